package code

import (
	"bytes"
	"strings"
)

var (
	phpBytes = classes(" \t\r\n\v\f", `\`, "'\"`$#/<-?:=}{")
	phpNames = names(`\`)
	// The bytes that mean something in a string, and those that may end a comment of one line.
	phpInString  = stops("'\"`\\${\r\n")
	phpInComment = stops("?\r\n")
)

// A phpStr is a string in double quotes or backticks, or a heredoc, with a value in it that is being read.
type phpStr struct {
	quote  byte   // " or `, < for a heredoc, ' for a nowdoc
	label  []byte // of a heredoc or nowdoc
	braces int    // open around the string, in the value of another one
}

// php returns the next token of PHP.
func (l *Lexer) php() (Token, bool) {
	data, i := l.data, l.pos
	if l.html {
		return l.phpText()
	}
	for i < len(data) {
		start, c := i, data[i]
		switch phpBytes[c] {
		case space:
			i++
			continue
		case letter:
			for i++; i < len(data) && phpNames[data[i]]; i++ {
			}
			switch i - start {
			case 1: // b'…' and b"…" are strings, too
				if next := at(data, i); (c == 'b' || c == 'B') && (next == '\'' || next == '"') {
					continue
				}
			case len(haltCompiler):
				if c == '_' && strings.EqualFold(string(data[start:i]), haltCompiler) && !l.afterArrow() {
					l.pos = len(data) // what follows is data
					return Token{Ident, start, i}, true
				}
			}
			return l.token(Ident, start, i)
		case digit:
			return l.token(Number, start, number(data, i))
		case punct:
			return l.token(Punct, start, i+1)
		}
		next := at(data, i+1)
		n := 1 // how many bytes the punctuation has
		switch c {
		case '\'':
			return l.token(String, start, quoted(data, i+1))
		case '"', '`':
			return l.phpString(start, i+1, phpStr{quote: c}, false)
		case '$':
			if isLetter(next) {
				for i += 2; i < len(data) && phpNames[data[i]] && data[i] != '\\'; i++ {
				}
				return l.token(Variable, start, i)
			}
		case '#':
			if next != '[' {
				i = phpComment(data, i+1)
				continue
			}
			n = 2
		case '/':
			if next == '/' {
				i = phpComment(data, i+2)
				continue
			}
			if next == '*' {
				i = blockComment(data, i+2)
				continue
			}
		case '<':
			if next == '<' && at(data, i+2) == '<' {
				if body, s := heredoc(data, i); body > 0 {
					return l.phpString(start, body, s, false)
				}
			}
		case '-': // $x-->y is $x-- > y
			if next == '>' || next == '-' {
				n = 2
			}
		case '?':
			switch {
			case next == '-' && at(data, i+2) == '>':
				n = 3
			case next == '>' && len(l.strings) == 0:
				l.html = true
				n = 2
			}
		case ':':
			if next == ':' {
				n = 2
			}
		case '=':
			if next == '>' {
				n = 2
			}
		case '{':
			l.braces++
		case '}':
			if l.braces > 0 {
				l.braces--
			} else if last := len(l.strings) - 1; last >= 0 { // the end of a value
				s := l.strings[last]
				l.strings, l.braces = l.strings[:last], s.braces
				return l.phpString(start, i+1, s, true)
			}
		}
		return l.token(Punct, start, i+n)
	}
	return l.end()
}

const haltCompiler = "__halt_compiler"

// afterArrow reports whether a name is that of a property or a method.
func (l *Lexer) afterArrow() bool {
	return l.last.Kind == Punct && l.last.End-l.last.Start >= 2 && string(l.data[l.last.End-2:l.last.End]) == "->"
}

var openTag = []byte("<?")

// phpText returns the text up to the code, with the tag between them. A tag without php or = is one where PHP's short_open_tag is on,
// which it is by default; <?xml isn't.
func (l *Lexer) phpText() (Token, bool) {
	data, start := l.data, l.pos
	for i := start; i < len(data); {
		k := bytes.Index(data[i:], openTag)
		if k < 0 {
			return l.token(Text, start, len(data))
		}
		i += k
		switch {
		case OpensPHP(data[i:]):
			i += len("<?php")
		case at(data, i+2) == '=':
			i += len("<?=")
		case i+2 == len(data) || phpBytes[data[i+2]] == space:
			i += len("<?")
		default:
			i += len("<?")
			continue
		}
		l.html = false
		return l.token(Text, start, i)
	}
	return l.end()
}

// OpensPHP reports whether a file begins with <?php.
func OpensPHP(data []byte) bool {
	const tag = "<?php"
	return len(data) >= len(tag) && strings.EqualFold(string(data[:len(tag)]), tag) && (len(data) == len(tag) || strings.IndexByte(" \t\r\n", data[len(tag)]) >= 0)
}

// phpComment returns where the comment of one line that goes on at i ends.
func phpComment(data []byte, i int) int {
	for ; i < len(data); i++ {
		if phpInComment[data[i]] && (data[i] != '?' || at(data, i+1) == '>') {
			break
		}
	}
	return i
}

// quoted returns the offset after a string in single quotes whose text begins at i.
func quoted(data []byte, i int) int {
	for ; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(data)
}

// number returns the offset after the number that begins at i. An exponent's sign, and what follows it, are tokens of their own.
func number(data []byte, i int) int {
	point := false
	for ; i < len(data); i++ {
		switch c := data[i]; {
		case c < 0x80 && (isLetter(c) || isDigit(c)):
		case c == '.' && !point && isDigit(at(data, i+1)):
			point = true
		default:
			return i
		}
	}
	return i
}

// heredoc returns where the text of the heredoc or nowdoc at i begins: at the line end after its label. It returns 0 if none begins there.
func heredoc(data []byte, i int) (body int, s phpStr) {
	i += len("<<<")
	for i < len(data) && (data[i] == ' ' || data[i] == '\t') {
		i++
	}
	quote := at(data, i)
	if quote == '\'' || quote == '"' {
		i++
	}
	label := i
	for i < len(data) && phpNames[data[i]] && data[i] != '\\' {
		i++
	}
	s = phpStr{quote: '<', label: data[label:i]}
	if len(s.label) == 0 || isDigit(s.label[0]) {
		return 0, s
	}
	if quote == '\'' || quote == '"' {
		if at(data, i) != quote {
			return 0, s
		}
		i++
	}
	if c := at(data, i); c != '\n' && c != '\r' {
		return 0, s
	}
	if quote == '\'' {
		s.quote = '\''
	}
	return i, s
}

// phpString returns the piece of s that begins at start and whose text goes on at i: up to its end, or to a value in braces. values says whether
// there was one already.
func (l *Lexer) phpString(start, i int, s phpStr, values bool) (Token, bool) {
	data := l.data
	for i < len(data) {
		c := data[i]
		if !phpInString[c] {
			i++
			continue
		}
		next := at(data, i+1)
		switch {
		case s.label != nil && (c == '\n' || c == '\r'):
			if n := endsHeredoc(data[i+1:], s.label); n > 0 {
				return l.token(stringKind(s, values), start, i+1+n)
			}
		case s.quote == '\'':
		case c == s.quote:
			return l.token(stringKind(s, values), start, i+1)
		case c == '\\':
			if s.label == nil || next != '\n' && next != '\r' {
				i++
			}
		case c == '{' && next == '$', c == '$' && next == '{':
			if len(l.strings) == MaxOpen {
				return l.tooDeep()
			}
			s.braces = l.braces
			l.strings, l.braces = append(l.strings, s), 0
			if c == '$' {
				i++
			}
			return l.token(stringKind(s, true), start, i+1)
		case c == '$':
			values = values || isLetter(next)
		}
		i++
	}
	return l.token(stringKind(s, true), start, len(data))
}

func stringKind(s phpStr, values bool) Kind {
	switch {
	case s.quote == '`':
		return Shell
	case values:
		return StringPart
	}
	return String
}

// endsHeredoc returns how many bytes of a line are the end of a heredoc: its label, perhaps indented (PHP 7.3).
func endsHeredoc(line, label []byte) int {
	k := 0
	for k < len(line) && (line[k] == ' ' || line[k] == '\t') {
		k++
	}
	if !bytes.HasPrefix(line[k:], label) {
		return 0
	}
	k += len(label)
	if c := at(line, k); isLetter(c) || isDigit(c) {
		return 0
	}
	return k
}
