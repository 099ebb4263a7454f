package storefront

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/wire"
)

// A Text is a text in one language.
type Text struct {
	Text string
	Lang string // "" where it is the page's own
}

// local returns a text in the best language that there is for the pages of this one.
func (l *locale) local(t wire.Text) Text {
	tag := wire.BestTag(t, l.tag)
	if tag == l.tag {
		return Text{Text: clean(t[tag])}
	}
	return Text{Text: clean(t[tag]), Lang: cleanTag(tag)}
}

// cleanTag returns a language's tag if it looks like one, else "".
func cleanTag(tag string) string {
	for i := range len(tag) {
		if c := tag[i]; !isAlphanumeric(c) && c != '-' {
			return ""
		}
	}
	return tag
}

// clean returns a text without what would change the text around it: control characters, and marks that override or
// embed a direction of writing. (Marks that only hint at one stay: scripts need them.)
func clean(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return strings.TrimSpace(strings.Map(cleanRune, s))
		}
	}
	return s
}

// cleanMarkdown does the same for a source in which line breaks and tabs count.
func cleanMarkdown(src []byte) []byte {
	if !utf8.Valid(src) {
		src = bytes.ToValidUTF8(src, []byte("\uFFFD"))
	}
	clean := func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return r
		}
		return cleanRune(r)
	}
	for i := 0; i < len(src); {
		r, size := rune(src[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(src[i:])
		}
		if (r < ' ' || r >= 0x7f) && clean(r) != r {
			return bytes.Map(clean, src)
		}
		i += size
	}
	return src
}

func cleanRune(r rune) rune {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
		return -1
	case r == 0x2028, r == 0x2029, unicode.IsControl(r):
		return ' '
	}
	return r
}

// cutText returns at most n characters of s.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
		n--
	}
	return s
}

// monogram returns the first letter of a name, in upper case: it stands in for a missing icon.
func monogram(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

// tiles is how many colours the stylesheet has for monograms.
const tiles = 6

// tileOf returns the colour of an id's monogram.
func tileOf(id string) int {
	sum := 0
	for i := range len(id) {
		sum = sum*31%9973 + int(id[i])
	}
	return sum % tiles
}

// formatDate returns the day of a time, in UTC; "" if the time isn't known.
func formatDate(unix int64) string {
	if unix <= 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format(time.DateOnly)
}

// formatSize returns a size as people read it.
func formatSize(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n)/1000, 0
	for value >= 999.5 && unit < len("kMGT")-1 {
		value /= 1000
		unit++
	}
	digits := 0
	if value < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + "kMGT"[unit:unit+1] + "B"
}

// formatCount returns a whole number with a comma before every three digits.
func formatCount(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// keyWord returns a public key as it can be pasted into a shell. Base64 needs no quotes.
func keyWord(key string) string {
	for i := range len(key) {
		if c := key[i]; !isAlphanumeric(c) && c != '+' && c != '/' && c != '=' {
			return shellWord(clean(key))
		}
	}
	return key
}

// shellWord returns a word as it can be pasted into a shell.
func shellWord(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	for i := range len(s) {
		if !isPathByte(s[i]) || s[i] == '~' {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}
