package storefront

import (
	"bytes"
	"path"
	"strings"
	"unicode"

	"github.com/regen-registry/regen/internal/wire"
)

// latestID is the id of the section of a package's page that shows what the release changed.
const latestID = "changes"

// maxLatest bounds what of a changelog is shown on a package's page, in bytes.
const maxLatest = 3000

// latest returns what the changelog says of the release, nil where it says nothing of it by a heading.
func (t *texts) latest(page string) (*Prose, error) {
	s := t.changelogSource(page)
	src, _ := cutMarkdown(s.text, maxMarkdown)
	text := changesOf(src, t.pkg.Metadata.Version, strings.EqualFold(path.Ext(s.path), ".txt"))
	short := text
	if len(text) > maxLatest {
		short = text[:maxLatest]
		short = short[:bytes.LastIndexByte(short, '\n')+1]
	}
	prose, err := t.render(latestID, page, s, short, t.readmeSource(page).path, s.path)
	if prose != nil {
		prose.Cut = len(short) < len(text)
	}
	return prose, err
}

// changelog returns all of the changelog for its own page, nil where there is nothing to show.
func (t *texts) changelog(page string) (*Prose, error) {
	s := t.changelogSource(page)
	return t.render(changelogID, page, s, s.text, t.readmeSource(page).path, s.path)
}

// changesOf returns the section of a changelog that a heading with the version begins, without that heading. In a plain text a line that begins with a version is one.
func changesOf(src []byte, version string, plain bool) []byte {
	start, level, fence := -1, 0, ""
	for at := 0; at < len(src); {
		line := src[at : at+lineEnd(src[at:])]
		next := min(len(src), at+len(line)+1)
		heading, depth := "", 0
		switch {
		case plain:
			heading, depth = plainHeading(line)
		case fence != "":
			if strings.HasPrefix(strings.TrimSpace(string(line)), fence) {
				fence = ""
			}
		default:
			if fence = openedFence(line); fence == "" {
				heading, depth = markdownHeading(line)
			}
		}
		switch {
		case depth == 0:
		case start >= 0 && depth <= level:
			return src[start:at]
		case start < 0 && names(heading, version):
			start, level = next, depth
		}
		at = next
	}
	if start < 0 {
		return nil
	}
	return src[start:]
}

// markdownHeading returns the text and the level of a heading that begins with #; the level is 0 for any other line.
func markdownHeading(line []byte) (text string, level int) {
	trimmed := bytes.TrimLeft(line, " ")
	if len(line)-len(trimmed) > 3 {
		return "", 0
	}
	rest := bytes.TrimLeft(trimmed, "#")
	level = len(trimmed) - len(rest)
	if level == 0 || level > 6 || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '\r' {
		return "", 0
	}
	return string(rest), level
}

// plainHeading does the same for a plain text.
func plainHeading(line []byte) (text string, level int) {
	word, _, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
	word = strings.TrimPrefix(strings.Trim(word, "[]():"), "v")
	if len(line) == 0 || unicode.IsSpace(rune(line[0])) || wire.CheckVersion(word) != nil {
		return "", 0
	}
	return string(line), 1
}

// openedFence returns the marks that end the code that a line begins; "" where it begins none.
func openedFence(line []byte) string {
	trimmed := strings.TrimSpace(string(line))
	for _, fence := range []string{"```", "~~~"} {
		if strings.HasPrefix(trimmed, fence) {
			return fence
		}
	}
	return ""
}

// names reports whether a heading has the version as a word of its own, such as in "## [1.4.0] - 2026-01-04" and "## v1.4.0".
func names(heading, version string) bool {
	words := strings.FieldsFunc(heading, func(r rune) bool {
		return r != '.' && r != '-' && r != '+' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, word := range words {
		if strings.TrimPrefix(strings.Trim(word, ".-"), "v") == version {
			return true
		}
	}
	return false
}
