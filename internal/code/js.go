package code

import (
	"unicode"
	"unicode/utf8"
)

// A slash begins a regular expression, and in JSX < an element, where a value is expected, and is an operator after one. The token before
// decides: after a name, a literal or a closing bracket there was a value, else there was none. Three cases need more:
//
//   - Keywords such as return are names after which a value is expected.
//   - After the ) of if, while, for and with a statement follows.
//   - A } ends a block, and a statement follows, unless its { stood where a value was expected.
//
// The last one takes the end of a function that is a value for that of a block. So a regular expression also has to end on its line.
//
// In JSX the tags and the texts of elements are Text tokens, which end where a value in braces begins.

// What is open.
const (
	paren      = '('
	condition  = 'i' // the parenthesis of if, while, for or with
	bracket    = '['
	block      = '{'
	object     = 'o'
	inTemplate = '$' // the braces around a value
	child      = 'x' // the braces around a value in a tag or in the text of an element
	tag        = '<' // of an element that begins
	endTag     = '/'
	types      = 'T' // the angle brackets around types in a tag
	content    = '>' // of an element
)

var (
	jsBytes      = classes(" \t\r\n\v\f", "$", "\\#'\"`/.?=!+-<(){}[]")
	jsNames      = names("$")
	jsInString   = stops("'\"\\\r\n")
	jsInTemplate = stops("`$\\")
	jsInComment  = stops("\r\n\xe2")
	jsInTag      = stops("\"'{<>/")
)

// js returns the next token of JavaScript or TypeScript.
func (l *Lexer) js() (Token, bool) {
	data, i := l.data, l.pos
	if l.jsx {
		return l.jsxText(i, i)
	}
	for i < len(data) {
		start, c := i, data[i]
		switch jsBytes[c] {
		case space:
			i++
			continue
		case letter:
			for i < len(data) && jsNames[data[i]] && data[i] < utf8.RuneSelf {
				i++
			}
			if c = at(data, i); c >= utf8.RuneSelf || c == '\\' {
				i = jsName(data, i)
			}
			if i > start {
				return l.token(Ident, start, i)
			}
			_, n := utf8.DecodeRune(data[i:]) // white space beyond ASCII
			i += n
			continue
		case digit:
			return l.token(Number, start, number(data, i))
		case punct:
			return l.token(Punct, start, i+1)
		}
		next := at(data, i+1)
		n := 1 // how many bytes the punctuation has
		switch c {
		case '\\', '#':
			first := i
			if c == '#' {
				first++
			}
			if end := jsName(data, first); end > first {
				return l.token(Ident, start, end)
			}
		case '\'', '"':
			return l.token(String, start, jsString(data, i+1, c))
		case '`':
			return l.template(start, i+1, String)
		case '/':
			switch {
			case next == '/':
				i = jsComment(data, i+2)
				continue
			case next == '*':
				i = blockComment(data, i+2)
				continue
			case i >= l.noRegex && !l.afterValue():
				if end := l.regexp(i + 1); end > 0 {
					return l.token(Regexp, start, end)
				}
			}
		case '<':
			if l.lang == JS && isElement(data, i+1) && !l.afterValue() && l.lastByte() != '}' {
				if !l.push(tag) {
					return l.tooDeep()
				}
				l.jsx = true
				return l.jsxText(start, i+1)
			}
			if next == '<' { // the second one begins no element
				n = 2
			}
		case '.':
			switch {
			case isDigit(next):
				return l.token(Number, start, number(data, i+1))
			case next == '.' && at(data, i+2) == '.':
				n = 3
			}
		case '?':
			if next == '.' && !isDigit(at(data, i+2)) {
				n = 2
			}
		case '=':
			if next == '>' {
				n = 2
			}
		case '+', '-':
			if next == c {
				n = 2
				l.value = l.afterValue()
			}
		case '!':
			l.value = l.afterValue()
		case '(', '[', '{':
			if !l.push(l.opens(c)) {
				return l.tooDeep()
			}
		case ')', ']', '}':
			l.closed = l.close(c)
			switch l.closed {
			case inTemplate:
				return l.template(start, i+1, StringPart)
			case child:
				l.jsx = true
				return l.jsxText(start, i+1)
			}
		}
		return l.token(Punct, start, i+n)
	}
	return l.end()
}

// push notes that something is open. It reports false where too much is.
func (l *Lexer) push(open byte) bool {
	l.open = append(l.open, open)
	return len(l.open) <= MaxOpen
}

// opens returns what a bracket opens.
func (l *Lexer) opens(c byte) byte {
	switch {
	case c == '(' && l.last.Kind == Ident:
		switch string(l.data[l.last.Start:l.last.End]) {
		case "if", "while", "for", "with":
			return condition
		}
	case c == '{' && !l.afterValue():
		switch string(l.data[l.last.Start:l.last.End]) {
		case "", ";", "{", "}", ")", "=>", "else", "do":
		default:
			return object
		}
	}
	return c
}

// close closes what the bracket c closes, and returns what that was, or 0 if nothing fits. A } also closes what is open within its braces.
func (l *Lexer) close(c byte) byte {
	for n := len(l.open) - 1; n >= 0; n-- {
		open := l.open[n]
		fits := false
		switch open {
		case paren, condition:
			fits = c == ')'
		case bracket:
			fits = c == ']'
		case block, object, inTemplate, child:
			fits = c == '}'
		}
		if fits || c == '}' {
			l.open = l.open[:n]
		}
		if fits {
			return open
		}
		if c != '}' {
			break
		}
	}
	return 0
}

// afterValue reports whether the last token ended a value, so that an operator follows.
func (l *Lexer) afterValue() bool {
	last := l.last
	switch last.Kind {
	case Ident:
		switch string(l.data[last.Start:last.End]) {
		case "return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else", "yield", "await", "default":
			return l.isMember(last.Start)
		}
		return true
	case Number, String, Regexp:
		return true
	case StringPart, Text:
		return l.lastByte() != '{'
	case Punct:
		switch l.lastByte() {
		case ')':
			return l.closed != condition
		case ']':
			return true
		case '}':
			return l.closed == object
		case '+', '-':
			return last.End-last.Start == 2 && l.value
		case '!': // x!, of TypeScript
			return l.value
		case '.': // a name has to follow, unless it is ...
			return last.End-last.Start < 3
		}
	}
	return false
}

// isMember reports whether the name at i is what a dot selects, so that it is no keyword.
func (l *Lexer) isMember(i int) bool {
	for i > 0 && jsBytes[l.data[i-1]] == space {
		i--
	}
	return i > 0 && l.data[i-1] == '.' && (i == 1 || l.data[i-2] != '.')
}

// lastByte returns the last byte of the last token, or 0.
func (l *Lexer) lastByte() byte {
	if l.last.End == 0 {
		return 0
	}
	return l.data[l.last.End-1]
}

// jsName returns where the name that goes on at i ends, in all of Unicode and with escapes.
func jsName(data []byte, i int) int {
	for i < len(data) {
		switch c := data[i]; {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(data[i:])
			if isSpace(r) {
				return i
			}
			i += n
		case jsNames[c]:
			i++
		case c == '\\' && at(data, i+1) == 'u':
			i += 2
			if at(data, i) == '{' {
				for i++; isHex(at(data, i)); i++ {
				}
				if at(data, i) == '}' {
					i++
				}
			}
		default:
			return i
		}
	}
	return i
}

// isSpace reports whether a character beyond ASCII is white space or a line end.
func isSpace(r rune) bool {
	return r == 0xfeff || r == 0x2028 || r == 0x2029 || unicode.Is(unicode.Zs, r)
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// jsString returns the offset after a string whose text begins at i. One that isn't closed ends with its line.
func jsString(data []byte, i int, quote byte) int {
	for i < len(data) {
		c := data[i]
		if !jsInString[c] {
			i++
			continue
		}
		switch c {
		case quote:
			return i + 1
		case '\n', '\r':
			return i
		case '\\':
			if i++; at(data, i) == '\r' && at(data, i+1) == '\n' {
				i++
			}
		}
		i++
	}
	return len(data)
}

// jsComment returns where the comment of one line that goes on at i ends.
func jsComment(data []byte, i int) int {
	for ; i < len(data); i++ {
		if !jsInComment[data[i]] {
			continue
		}
		if rest := data[i:]; rest[0] != 0xe2 || hasPrefix(rest, "\u2028") || hasPrefix(rest, "\u2029") {
			break
		}
	}
	return i
}

// regexp returns the offset after the regular expression, with its flags, whose text begins at i. It returns 0 if none ends on this line.
func (l *Lexer) regexp(i int) int {
	inClass := false
	for ; i < len(l.data); i++ {
		switch l.data[i] {
		case '\\':
			if next := at(l.data, i+1); next != '\n' && next != '\r' {
				i++
			}
		case '[':
			inClass = true
		case ']':
			inClass = false
		case '/':
			if !inClass {
				return jsName(l.data, i+1)
			}
		case '\n', '\r':
			l.noRegex = i
			return 0
		}
	}
	l.noRegex = len(l.data)
	return 0
}

// template returns the piece of a template that begins at start and whose text goes on at i. kind is that of a piece which ends the template.
func (l *Lexer) template(start, i int, kind Kind) (Token, bool) {
	data := l.data
	for ; i < len(data); i++ {
		if !jsInTemplate[data[i]] {
			continue
		}
		switch c := data[i]; {
		case c == '`':
			return l.token(kind, start, i+1)
		case c == '\\':
			i++
		case at(data, i+1) == '{':
			if !l.push(inTemplate) {
				return l.tooDeep()
			}
			return l.token(StringPart, start, i+2)
		}
	}
	return l.token(StringPart, start, len(data))
}
