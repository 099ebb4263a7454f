package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

// maxNotes is how many lines of release notes are shown.
const maxNotes = 20

// maxNote is how long a line of them may be, in characters.
const maxNote = 500

// readNotes reads what a release says of its changes since a lower version. Notes that can't be read are no reason to stop.
func (q *consent) readNotes(m client.Metadata, from string) {
	if _, there := q.notes[m.ID]; there || from == "" || wire.CompareVersions(m.Version, from) <= 0 {
		return
	}
	text, err := q.c.Changelog(q.ctx, m, language)
	if err != nil {
		q.note("%s: the release notes can't be read: %v", m.ID, lineError{err})
		return
	}
	if lines := changes(text, from, m.Version); len(lines) > 0 {
		q.notes[m.ID] = lines
	}
}

// releaseNotes prints release notes, as much as anybody reads before an update.
func (u *ui) releaseNotes(notes []string) {
	var shown []string
	for _, line := range notes {
		shown = append(shown, check.Wrap(check.OneLine(line), u.columns()-2)...)
	}
	for i, line := range shown {
		if i == maxNotes {
			u.printf("  %s\n", u.paint(dim, fmt.Sprintf("… %d more lines", len(shown)-maxNotes)))
			break
		}
		u.printf("%s\n", strings.TrimRight("  "+line, " "))
	}
	if len(shown) > 0 {
		u.printf("\n")
	}
}

var versionPattern = regexp.MustCompile(`[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]*[0-9A-Za-z])?`)

// changes returns the part of a changelog that is about the versions above from, up to to: what stands below headings that have such a version. Where no
// heading does, it is the whole. Empty lines are put together, and long lines cut.
func changes(text, from, to string) []string {
	lines := strings.Split(text, "\n")
	var part []string
	level, within := 0, false
	for _, line := range lines {
		if depth := heading(line); depth > 0 {
			if v := versionPattern.FindString(line); v != "" {
				v = strings.ToLower(v)
				level, within = depth, wire.CompareVersions(v, from) > 0 && wire.CompareVersions(v, to) <= 0
			} else if depth <= level {
				within = false
			}
		}
		if within {
			part = append(part, line)
		}
	}
	if len(part) == 0 {
		part = lines
	}
	var out []string
	for _, line := range part {
		line = strings.TrimRight(line, " \t\r")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		if runes := []rune(line); len(runes) > maxNote {
			line = string(runes[:maxNote]) + "…"
		}
		out = append(out, line)
	}
	if n := len(out); n > 0 && out[n-1] == "" {
		out = out[:n-1]
	}
	return out
}

// heading returns the level of a Markdown heading, 0 for another line.
func heading(line string) int {
	rest := strings.TrimLeft(line, "#")
	if n := len(line) - len(rest); n <= 6 && strings.HasPrefix(rest, " ") {
		return n
	}
	return 0
}
