package strictjson

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string parses the string whose opening quote is at i.
func (p *parser) string() (string, *Error) {
	start := p.i + 1
	for i := start; i < len(p.data); i++ {
		switch c := p.data[i]; {
		case c == '"':
			p.i = i + 1
			return string(p.data[start:i]), nil
		case c == '\\':
			return p.escaped(start, i)
		case c < ' ':
			return "", p.control(i)
		}
	}
	return "", p.unclosed(start - 1)
}

// escaped parses the rest of a string that begins at start and has its first
// backslash at i.
func (p *parser) escaped(start, i int) (string, *Error) {
	buf := append(p.buf[:0], p.data[start:i]...)
	defer func() { p.buf = buf }()
	for i < len(p.data) {
		c := p.data[i]
		switch {
		case c == '"':
			p.i = i + 1
			return string(buf), nil
		case c < ' ':
			return "", p.control(i)
		case c != '\\':
			buf = append(buf, c)
			i++
			continue
		}
		if i+1 == len(p.data) {
			break
		}
		c = p.data[i+1]
		if c == 'u' {
			r, n, err := p.unicode(i)
			if err != nil {
				return "", err
			}
			buf = utf8.AppendRune(buf, r)
			i += n
			continue
		}
		k := strings.IndexByte(`"\/bfnrt`, c)
		if k < 0 {
			return "", p.errorf(CodeSyntax, i, "expected an escape that JSON has (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX), found a backslash and %s", p.found(i+1)).
				hint(`write \\ for a backslash`)
		}
		buf = append(buf, "\"\\/\b\f\n\r\t"[k])
		i += 2
	}
	return "", p.unclosed(start - 1)
}

// unicode reads the \uXXXX at i, and the one after it where the two are a surrogate
// pair. It returns the character and the number of bytes read.
func (p *parser) unicode(i int) (rune, int, *Error) {
	r, ok := hex4(p.data, i)
	if !ok {
		return 0, 0, p.errorf(CodeSyntax, i, "expected four hexadecimal digits after \\u")
	}
	if !utf16.IsSurrogate(r) {
		return r, 6, nil
	}
	if low, ok := hex4(p.data, i+6); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12, nil
		}
	}
	return 0, 0, p.errorf(CodeSurrogate, i, "\\u%04x is half of a surrogate pair, and its other half isn't next to it", r).
		hint("write the character itself instead of its escapes")
}

// hex4 reads \uXXXX at i.
func hex4(data []byte, i int) (rune, bool) {
	if i+6 > len(data) || data[i] != '\\' || data[i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range data[i+2 : i+6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func (p *parser) control(i int) *Error {
	c := p.data[i]
	if c == '\n' || c == '\r' {
		return p.errorf(CodeSyntax, i, "the line ends within a string").
			hint(`close the string with ", or write \n for a line end in it`)
	}
	return p.errorf(CodeSyntax, i, "a string holds the control character U+%04X", c).
		hint(`write it as an escape (\t for a tab), or remove it`)
}

func (p *parser) unclosed(quote int) *Error {
	return p.errorf(CodeSyntax, quote, "the string that begins here isn't closed")
}
