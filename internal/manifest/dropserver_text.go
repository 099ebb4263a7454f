package manifest

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/image/colornames"
)

// graphemes counts the characters of a text as people see them: the extended grapheme clusters of Unicode's Standard Annex 29, without those of the rules that
// only rare texts need. What depends on it is a warning.
func graphemes(text string) int {
	const joiner = 0x200d
	count, flags := 0, 0 // letters of a flag, in a row
	var last rune
	for _, r := range text {
		flag := r >= 0x1f1e6 && r <= 0x1f1ff
		if !flag {
			flags = 0
		}
		switch {
		case count > 0 && extendsCharacter(r):
		case last == joiner && unicode.Is(unicode.So, r): // such as the parts of a family
		case flag && flags%2 == 1:
			flags++
		case flag:
			flags++
			count++
		default:
			count++
		}
		last = r
	}
	return count
}

// extendsCharacter reports whether r belongs to the character before it.
func extendsCharacter(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r == 0x200c, r == 0x200d, // joiners
		r >= 0x1f3fb && r <= 0x1f3ff,                           // colours of skin
		r >= 0xe0020 && r <= 0xe007f,                           // tags, for the flags of regions
		r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff, // vowels and ends of Korean syllables
		r == 0xe33, r == 0xeb3, r == 0xff9e, r == 0xff9f: // vowels of Thai and Lao, and marks of Japanese
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc)
}

// isCSSColor reports whether CSS knows a text as a colour, in one of the ways that hosts know, too: hexadecimal, rgb(), hsl() or by its name (CSS Color 4).
func isCSSColor(text string) bool {
	const longest = 100 // bytes
	if len(text) > longest {
		return false
	}
	text = strings.ToLower(text)
	_, named := colornames.Map[text]
	return named || text == "rebeccapurple" || text == "transparent" || cssColor.MatchString(text)
}

// cssColor matches what isn't a name: commas between all values, or between none. CSS brings values that are too large or too small within bounds.
var cssColor = func() *regexp.Regexp {
	const (
		number  = `[+-]?([0-9]+|[0-9]*\.[0-9]+)(e[+-]?[0-9]+)?`
		percent = number + `%`
		value   = `(` + number + `%?)`
		hue     = `(` + number + `(deg|grad|rad|turn)?)`
		comma   = `\s*,\s*`
		either  = `(` + number + `%?|none)`
		alpha   = `(\s*/\s*` + either + `)?`
	)
	forms := []string{
		`#([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})`,
		`rgba?\(\s*(` + number + comma + number + comma + number + `|` + percent + comma + percent + comma + percent + `)(` + comma + value + `)?\s*\)`,
		`rgba?\(\s*` + either + `\s+` + either + `\s+` + either + alpha + `\s*\)`,
		`hsla?\(\s*` + hue + comma + percent + comma + percent + `(` + comma + value + `)?\s*\)`,
		`hsla?\(\s*(` + hue + `|none)\s+` + either + `\s+` + either + alpha + `\s*\)`,
	}
	return regexp.MustCompile(`^(` + strings.Join(forms, `|`) + `)$`)
}()
