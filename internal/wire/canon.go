package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encode returns v as canonical JSON: the JSON Canonicalization Scheme, RFC 8785. Members stand in the
// order of their names' UTF-16 code units, strings escape as little as can be, numbers are written
// as ECMAScript writes them, and nothing stands between tokens. It depends on no detail of encoding/json's
// output, so that another Go version gives the same bytes.
//
// It fails where v can't be JSON, and for strings that aren't UTF-8.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	src := bytes.TrimSpace(b.Bytes())
	out, err := appendCanonical(make([]byte, 0, len(src)), src)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	// encoding/json puts U+FFFD in the place of bytes that aren't UTF-8. A string may also hold that character
	// itself, so where it comes up, the strings are looked at.
	if bytes.Contains(out, []byte("\uFFFD")) && !isUTF8(reflect.ValueOf(v)) {
		return nil, fmt.Errorf("encode %T: a string isn't UTF-8", v)
	}
	return out, nil
}

// isUTF8 reports whether all strings in a value, names of members included, are UTF-8.
func isUTF8(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || isUTF8(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if !isUTF8(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !isUTF8(v.Index(i)) {
				return false
			}
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			if !isUTF8(key) || !isUTF8(value) {
				return false
			}
		}
	}
	return true
}

// appendCanonical writes a JSON value in its canonical form. The value comes from encoding/json: it is sound, and without
// white space between tokens. It is put in order as text, since building it as maps takes three times as long.
func appendCanonical(b, src []byte) ([]byte, error) {
	switch src[0] {
	case '{':
		return appendObject(b, src)
	case '[':
		b = append(b, '[')
		for i := 1; src[i] != ']'; {
			end := endOfValue(src, i)
			var err error
			if b, err = appendCanonical(b, src[i:end]); err != nil {
				return nil, err
			}
			if i = end; src[i] == ',' {
				b = append(b, ',')
				i++
			}
		}
		return append(b, ']'), nil
	case '"':
		return appendQuoted(b, src)
	case 't', 'f', 'n':
		return append(b, src...), nil
	}
	return appendNumber(b, json.Number(src))
}

// member is a member of an object, as it stands in the text.
type member struct {
	name       string // without quotes and escapes
	key, value []byte
}

func appendObject(b, src []byte) ([]byte, error) {
	var buf [24]member
	members := buf[:0]
	for i := 1; src[i] != '}'; {
		end := endOfValue(src, i)
		m := member{key: src[i:end]}
		var err error
		if m.name, err = unquote(m.key); err != nil {
			return nil, err
		}
		i = end + 1 // past the colon
		end = endOfValue(src, i)
		m.value = src[i:end]
		members = append(members, m)
		if i = end; src[i] == ',' {
			i++
		}
	}
	slices.SortFunc(members, func(x, y member) int { return compareUTF16(x.name, y.name) })
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, m.name), ':')
		var err error
		if b, err = appendCanonical(b, m.value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendQuoted writes a string. One without escapes is in its canonical form.
func appendQuoted(b, src []byte) ([]byte, error) {
	if bytes.IndexByte(src, '\\') < 0 {
		return append(b, src...), nil
	}
	s, err := unquote(src)
	return appendString(b, s), err
}

func unquote(src []byte) (s string, err error) {
	if bytes.IndexByte(src, '\\') < 0 {
		return string(src[1 : len(src)-1]), nil
	}
	err = json.Unmarshal(src, &s)
	return s, err
}

// endOfValue returns where the value that starts at i ends.
func endOfValue(src []byte, i int) int {
	depth := 0
	for ; i < len(src); i++ {
		switch src[i] {
		case '"':
			for i++; src[i] != '"'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // a number or a name, last in what holds it
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// appendString escapes what RFC 8785, section 3.2.2.2, says, and nothing else.
func appendString(b []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}

// appendNumber writes a number as ECMAScript's Number::toString does: integers below 1e21 in full, else
// the shortest digits that give the same float64. What would be written as an integer beyond 2⁵³ is refused, since
// some readers round it and others don't.
func appendNumber(b []byte, n json.Number) ([]byte, error) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		if i > 1<<53 || i < -1<<53 {
			return nil, fmt.Errorf("the number %s is beyond 2^53", n)
		}
		return strconv.AppendInt(b, i, 10), nil
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, fmt.Errorf("the number %s doesn't fit a float64", n)
	}
	if f == 0 {
		return append(b, '0'), nil
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		if abs > 1<<53 {
			return nil, fmt.Errorf("the number %s is beyond 2^53", n)
		}
		return strconv.AppendFloat(b, f, 'f', -1, 64), nil
	}
	// Go writes 1e-07 where ECMAScript writes 1e-7.
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	sign := exponent[:1]
	b = append(append(append(b, mantissa...), 'e'), sign...)
	return append(b, strings.TrimLeft(exponent[1:], "0")...), nil
}

// compareUTF16 orders by UTF-16 code units (RFC 8785, section 3.2.3). That differs from the order of bytes
// only between U+E000…U+FFFF and the planes above.
func compareUTF16(a, b string) int {
	if isASCII(a) || isASCII(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
