package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode"
	"unicode/utf8"
)

// writeJSON prints the report for programs: an object with the members of [Report]. Its packages, and each package's findings, are arrays even where they
// are empty, and hold everything that was found. Members may be added; those that there are keep their names and meanings, and so do the codes.
func writeJSON(out io.Writer, r Report, _ Style) error {
	packages := make([]Package, len(r.Packages))
	for i, p := range r.Packages {
		p.Findings = slices.Concat(Findings{}, p.Findings)
		if p.Findings == nil {
			p.Findings = Findings{}
		}
		packages[i] = p
	}
	r.Packages = packages
	return encode(out, r)
}

// encode writes a value as JSON whose text is as harmless in a terminal or a log as the others: what isn't printable, and the second # of two, is escaped.
func encode(out io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	text := b.Bytes()
	safe := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == '#' && i > 0 && text[i-1] == '#', r != '\n' && !unicode.IsPrint(r):
			safe = appendEscaped(safe, r)
		default:
			safe = append(safe, text[i:i+size]...)
		}
		i += size
	}
	_, err := out.Write(safe)
	return err
}

// appendEscaped appends a character as JSON escapes it, in UTF-16.
func appendEscaped(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
