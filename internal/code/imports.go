package code

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// An Import is one place where a file loads other code.
type Import struct {
	Specifier string // what is imported; "" where Computed
	Start     int    // offset of the specifier, or of what it is computed with
	Dynamic   bool   // import(…) instead of a declaration
	Computed  bool   // not a literal, so that only running the code says what it loads
}

// Imports returns what a file of JavaScript or TypeScript imports, in its order: the declarations import and export … from, also those of types
// alone, import(…), and @jsxImportSource in a comment, which imports as well. Calls of require aren't imports.
func Imports(lang Language, data []byte) []Import {
	if !bytes.Contains(data, []byte("import")) && !bytes.Contains(data, []byte("from")) && !bytes.Contains(data, []byte(jsxSource)) {
		return nil
	}
	var list []Import
	l := Lex(lang, data)
	is := func(t Token, text string) bool { return string(data[t.Start:t.End]) == text }
	var before [3]Token // the last one first
	var dynamic Token   // the one after import(
	for {
		t, ok := l.Next()
		list = append(list, jsxImports(data, before[0].End, t.Start, ok)...)
		if first := dynamic; first.Kind != 0 {
			dynamic = Token{}
			if first.Kind == String && ok && (is(t, ")") || is(t, ",")) {
				list = append(list, Import{Specifier: JSString(data[first.Start:first.End]), Start: first.Start, Dynamic: true})
			} else {
				list = append(list, Import{Start: first.Start, Dynamic: true, Computed: true})
			}
		}
		if !ok {
			return list
		}
		switch last := before[0]; {
		case t.Kind == String && last.Kind == Ident && data[t.Start] != '`' && (is(last, "from") || is(last, "import")) && !is(before[1], "."):
			list = append(list, Import{Specifier: JSString(data[t.Start:t.End]), Start: t.Start})
		case is(last, "(") && before[1].Kind == Ident && is(before[1], "import") && !is(before[2], ".") && !is(before[2], "?."):
			dynamic = t
		}
		before[2], before[1], before[0] = before[1], before[0], t
	}
}

const jsxSource = "@jsxImportSource"

// jsxImports returns what the comments in data[start:end] import; with ok false they reach to the end of the file.
func jsxImports(data []byte, start, end int, ok bool) (list []Import) {
	if !ok {
		end = len(data)
	}
	for {
		k := bytes.Index(data[start:end], []byte(jsxSource))
		if k < 0 {
			return list
		}
		start += k + len(jsxSource)
		rest := data[start:end]
		word := bytes.TrimLeft(rest, " \t")
		if len(word) == len(rest) {
			continue
		}
		at := end - len(word)
		if k := bytes.IndexAny(word, " \t\r\n*"); k >= 0 {
			word = word[:k]
		}
		if len(word) > 0 {
			list = append(list, Import{Specifier: string(word), Start: at})
		}
	}
}

// JSString returns the text that a string of JavaScript, with its quotes, stands for. A name with escapes, without quotes, works as well.
func JSString(source []byte) string {
	if n := len(source); n >= 2 && source[0] == source[n-1] && strings.IndexByte("'\"`", source[0]) >= 0 {
		source = source[1 : n-1]
	}
	if bytes.IndexByte(source, '\\') < 0 {
		return string(source)
	}
	var b strings.Builder
	for i := 0; i < len(source); {
		c := source[i]
		i++
		if c != '\\' || i == len(source) {
			b.WriteByte(c)
			continue
		}
		c = source[i]
		i++
		switch c {
		case 'b', 'f', 'n', 'r', 't', 'v':
			b.WriteByte("\b\f\n\r\t\v"[strings.IndexByte("bfnrtv", c)])
		case '0', '1', '2', '3', '4', '5', '6', '7': // the old octal escapes, and \0
			r := rune(c - '0')
			for n := 1; n < 3 && '0' <= at(source, i) && at(source, i) <= '7' && r < 0o40; n++ {
				r = r<<3 | rune(source[i]-'0')
				i++
			}
			b.WriteRune(r)
		case 'x':
			r, end := hex(source, i, 2)
			b.WriteRune(r)
			i = end
		case 'u':
			r, end := jsUnicode(source, i)
			if low, next := jsUnicode(source, end+2); utf16.IsSurrogate(r) && hasPrefix(source[end:], `\u`) {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					r, end = pair, next
				}
			}
			b.WriteRune(r)
			i = end
		case '\r', '\n': // the string goes on
			if c == '\r' && at(source, i) == '\n' {
				i++
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// jsUnicode reads the digits of \uXXXX or \u{X…} at i, and returns where they end.
func jsUnicode(source []byte, i int) (rune, int) {
	if at(source, i) != '{' {
		return hex(source, i, 4)
	}
	r, end := hex(source, i+1, 8)
	if at(source, end) == '}' {
		end++
	}
	return r, end
}

// hex reads at most most hexadecimal digits at i.
func hex(source []byte, i, most int) (rune, int) {
	var r rune
	for ; most > 0 && isHex(at(source, i)); most-- {
		c := source[i] | 0x20
		if c >= 'a' {
			c -= 'a' - 10 - '0'
		}
		r = min(r<<4|rune(c-'0'), utf8.MaxRune+1) // no character
		i++
	}
	return r, i
}
