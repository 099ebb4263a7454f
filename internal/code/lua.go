package code

import "bytes"

var (
	luaBytes    = classes(" \t\r\n\v\f", "", "-['\".:")
	luaNames    = names("")
	luaInString = stops("'\"\\\r\n")
)

// indexByte returns the offset of the first c at or after i, or -1.
func indexByte(data []byte, i int, c byte) int {
	k := bytes.IndexByte(data[i:], c)
	if k < 0 {
		return -1
	}
	return i + k
}

// lua returns the next token of Lua.
func (l *Lexer) lua() (Token, bool) {
	data, i := l.data, l.pos
	for i < len(data) {
		start, c := i, data[i]
		switch luaBytes[c] {
		case space:
			i++
			continue
		case letter:
			for i++; i < len(data) && luaNames[data[i]]; i++ {
			}
			return l.token(Ident, start, i)
		case digit:
			return l.token(Number, start, number(data, i))
		case punct:
			return l.token(Punct, start, i+1)
		}
		next := at(data, i+1)
		n := 1
		switch c {
		case '\'', '"':
			return l.token(String, start, luaString(data, i+1, c))
		case '[':
			if end := longBracket(data, i); end > 0 {
				return l.token(String, start, end)
			}
		case '-':
			if next != '-' {
				break
			}
			if i = longBracket(data, start+2); i > 0 {
				continue
			}
			i = lineEnd(data, start)
			continue
		case ':':
			if next == ':' {
				n = 2
			}
		case '.':
			switch {
			case isDigit(next):
				return l.token(Number, start, number(data, i+1))
			case next == '.' && at(data, i+2) == '.':
				n = 3
			case next == '.':
				n = 2
			}
		}
		return l.token(Punct, start, i+n)
	}
	return l.end()
}

// lineEnd returns the offset of the line end at or after i.
func lineEnd(data []byte, i int) int {
	for i < len(data) && data[i] != '\n' && data[i] != '\r' {
		i++
	}
	return i
}

// luaString returns the offset after a string whose text begins at i. One that isn't closed ends with its line.
func luaString(data []byte, i int, quote byte) int {
	for i < len(data) {
		c := data[i]
		if !luaInString[c] {
			i++
			continue
		}
		switch c {
		case quote:
			return i + 1
		case '\n', '\r':
			return i
		case '\\':
			switch i++; at(data, i) {
			case 'z': // white space goes unread, line ends too
				for i+1 < len(data) && luaBytes[data[i+1]] == space {
					i++
				}
			case '\r', '\n': // \r\n is one line end
				if next := at(data, i+1); (next == '\r' || next == '\n') && next != data[i] {
					i++
				}
			}
		}
		i++
	}
	return len(data)
}

// longBracket returns the offset after the string or comment in long brackets at i, as in [==[ … ]==]. It returns 0 if none begins there.
func longBracket(data []byte, i int) int {
	if at(data, i) != '[' {
		return 0
	}
	level := 0
	for i++; at(data, i) == '='; i++ {
		level++
	}
	if at(data, i) != '[' {
		return 0
	}
	for i++; i < len(data); {
		if i = indexByte(data, i, ']'); i < 0 {
			break
		}
		n := 0
		for i++; at(data, i) == '=' && n < level; i++ {
			n++
		}
		if n == level && at(data, i) == ']' {
			return i + 1
		}
	}
	return len(data)
}
