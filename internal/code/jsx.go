package code

// isElement reports whether an element of JSX begins with the < before i, where a value is expected. In .tsx files it may also be the
// types of a function: <T,>(x), <T extends U>(x), <T = U>(x), and in a type <T>(x).
func isElement(data []byte, i int) bool {
	start := i
	for i < len(data) && (jsNames[data[i]] || i > start && (data[i] == '-' || data[i] == '.' || data[i] == ':')) {
		i++
	}
	name := data[start:i]
	if len(name) == 0 {
		return at(data, i) == '>' // <> is an element without a name
	}
	if isDigit(name[0]) || string(name) == "const" {
		return false
	}
	if at(data, i) == '>' && at(data, i+1) == '(' && (len(name) == 1 || name[0] == 'T' && isUpper(name[1])) {
		return !isUpper(name[0])
	}
	for i < len(data) && jsBytes[data[i]] == space {
		i++
	}
	switch at(data, i) {
	case ',', '=':
		return false
	}
	const extends = "extends"
	return !hasPrefix(data[i:], extends) || jsBytes[at(data, i+len(extends))] != space
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// jsxText returns the tags and texts from start on, read up to i, until a value in braces begins or the element ends.
func (l *Lexer) jsxText(start, i int) (Token, bool) {
	data := l.data
	for i < len(data) {
		c := data[i]
		if !jsInTag[c] {
			i++
			continue
		}
		top := len(l.open) - 1
		i++
		switch in := l.open[top]; {
		case c == '{':
			if !l.push(child) {
				return l.tooDeep()
			}
			l.jsx = false
			return l.token(Text, start, i)
		case in == content:
			if c != '<' {
				break
			}
			next := byte(tag)
			if at(data, i) == '/' {
				i++
				next = endTag
			}
			if !l.push(next) {
				return l.tooDeep()
			}
		case c == '"' || c == '\'': // without escapes
			if i = indexByte(data, i, c) + 1; i == 0 {
				i = len(data)
			}
		case c == '<':
			open := byte(types)
			if data[i-2] == '=' { // an element as the value of an attribute
				open = tag
			}
			if !l.push(open) {
				return l.tooDeep()
			}
		case c == '/' && at(data, i) == '/':
			i = jsComment(data, i+1)
		case c == '/' && at(data, i) == '*':
			i = blockComment(data, i+1)
		case c == '/' && at(data, i) == '>' && in == tag:
			i++
			if l.endElement(top) {
				return l.token(Text, start, i)
			}
		case c == '>' && in == tag:
			l.open[top] = content
		case c == '>' && in == types:
			l.open = l.open[:top]
		case c == '>': // of an end tag
			if l.endElement(top - 1) {
				return l.token(Text, start, i)
			}
		}
	}
	if start == len(data) {
		return l.end()
	}
	return l.token(Text, start, len(data))
}

// endElement closes the element that is open at top, and reports whether code goes on after it.
func (l *Lexer) endElement(top int) bool {
	l.open = l.open[:top]
	if top > 0 {
		switch l.open[top-1] {
		case tag, types, content:
			return false
		}
	}
	l.jsx = false
	return true
}
