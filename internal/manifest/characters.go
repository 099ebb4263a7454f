package manifest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// maxTextFindings bounds the findings about the characters of one document.
const maxTextFindings = 20

// characters looks at every text of a document: whatever is in there may be shown, on a page, on a device or in the log of a CI run.
func (s *source) characters(name string, top *strictjson.Value) {
	s.charactersAs(check.Error, name, top)
}

// charactersAs looks at texts that the package itself shows, which real translations may need more characters for.
func (s *source) charactersAs(severity check.Severity, name string, top *strictjson.Value) {
	left := maxTextFindings
	var visit func(v *strictjson.Value, path string)
	look := func(pos strictjson.Pos, path, text string) {
		if code, hint, message := Suspicious(text); code != "" && left > 0 {
			left--
			s.add(severity, name, pos, code, hint, "%s holds %s", path, message)
		}
	}
	visit = func(v *strictjson.Value, path string) {
		switch v.Kind {
		case strictjson.String:
			look(v.Pos, path, v.String)
		case strictjson.Array:
			for i, item := range v.Items {
				visit(item, fmt.Sprintf("%s[%d]", path, i))
			}
		case strictjson.Object:
			for _, m := range v.Members {
				inner := m.Key
				if path != name {
					inner = path + "." + m.Key
				}
				look(m.KeyPos, "the key "+wording.Quote(m.Key), m.Key)
				if utf8.RuneCountInString(inner) > 200 {
					inner = "a value"
				}
				visit(m.Value, inner)
			}
		}
	}
	visit(top, name)
}

// Suspicious returns the code of the first thing in a text that makes it look like another text, or that makes a CI system do something, what to do about it, and
// what it is. Line ends and tabs are fine.
func Suspicious(text string) (code, hint, message string) {
	if !plain(text) {
		if code, hint, message = hidden(text); code != "" {
			return code, hint, message
		}
	}
	if command := workflowCommand(text); command != "" {
		return "text/workflow-command", "write it in another way, such as with a space in between", command + ", which CI systems take for a command, expected text"
	}
	return "", "", ""
}

// hidden looks for a character that can't be seen.
func hidden(text string) (code, hint, message string) {
	bothWays := strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
	})
	for i, r := range text {
		if r == '\n' || r == '\t' || r == '\r' && strings.HasPrefix(text[i:], "\r\n") {
			continue
		}
		switch _, what, _ := wording.Unshowable(string(r)); {
		case what == "a bidi control":
			return "text/bidi", "remove it: it makes text read in another order than it is written in", fmt.Sprintf("the bidi control %U, expected none", r)
		case what != "":
			return "text/control", "remove it", fmt.Sprintf("%s (%U), expected visible text", what, r)
		case r == utf8.RuneError || unicode.Is(unicode.Co, r) || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef:
			return "text/control", "remove it", fmt.Sprintf("%U, which is no character, expected visible text", r)
		case bothWays && (r == 0x061c || r == 0x200e || r == 0x200f): // marks that such texts need
		case invisible(text, i, r):
			return "text/invisible", "remove it: two texts that look the same would be different", fmt.Sprintf("the invisible character %U, expected visible text", r)
		}
	}
	return "", "", ""
}

// plain reports whether a text is printable ASCII, as most are.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' && c != '\n' && c != '\t') || c > '~' {
			return false
		}
	}
	return true
}

// invisible reports whether a character can't be seen where it stands. The joiners are part of how some scripts and emoji are written, and variation selectors choose
// how an emoji or a sign looks; they can't be seen beside a letter of the Latin, Greek or Cyrillic scripts, a space, an end, or each other.
func invisible(text string, i int, r rune) bool {
	switch r {
	case 0x00ad, 0x034f, 0x061c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x200b, 0x200e, 0x200f, 0x3164, 0xfeff, 0xffa0:
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
	edge := func(r rune) bool {
		return r == utf8.RuneError || unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Zs, unicode.Cf, unicode.Cc)
	}
	switch {
	case r == 0x200c, r == 0x200d:
		return edge(before) || before < 0x80 || edge(after) || after < 0x80
	case r >= 0xfe00 && r <= 0xfe0f:
		return edge(before) || unicode.Is(unicode.Variation_Selector, before)
	case r >= 0xe0100 && r <= 0xe01ef:
		return !unicode.Is(unicode.Han, before) // of which there are variants in names
	}
	return r >= 0x2060 && r <= 0x2064 || r >= 0x206a && r <= 0x206f || r >= 0xfff0 && r <= 0xfffb || r >= 0xe0000 && r <= 0xe0fff || r >= 0x1d173 && r <= 0x1d17a
}

// workflowCommand says what of a text GitHub Actions (https://docs.github.com/actions/reference/workflow-commands-for-github-actions) or Azure Pipelines
// (https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands) take for a command, or returns "". A command in colons is at the start of a line, the others
// are anywhere.
func workflowCommand(text string) string {
	for _, start := range []string{"##[", "##vso["} {
		if strings.Contains(text, start) {
			return wording.Quote(start)
		}
	}
	if !strings.Contains(text, "::") {
		return ""
	}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "::"); ok && strings.Contains(command, "::") {
			return `a line that begins with "::"`
		}
	}
	return ""
}

// html returns the start of a tag of HTML in a text, or "": texts that listings show are text.
func html(text string) string {
	for rest := text; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 || i+1 == len(rest) {
			return ""
		}
		rest = rest[i+1:]
		c := rest[0]
		if c == '/' || c == '!' || c == '?' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return "<" + rest[:min(len(rest), 12)]
		}
	}
}

// mixed returns a word that is written in letters of more than one of the scripts whose letters look alike, or "". The shortest ones are units, such as kΩ.
func mixed(text string) string {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(word) < 3 {
			continue
		}
		scripts := 0
		for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Cherokee} {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(script, r) }) {
				scripts++
			}
		}
		if scripts > 1 {
			return word
		}
	}
	return ""
}
