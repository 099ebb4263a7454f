package highlight

import "strings"

// isWord tells whether a byte may be in a word of any language. Whole characters beyond ASCII are.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// wordEnd returns how long the word at the beginning is, which may hold the characters of inner, too.
func wordEnd(s, inner string) int {
	n := 0
	for n < len(s) && (isWord(s[n]) || strings.IndexByte(inner, s[n]) >= 0) {
		n++
	}
	return n
}

func (c *coder) number() bool {
	rest := c.rest()
	if c.hex && len(rest) > 1 && rest[0] == '-' && isDigit(rest[1]) {
		return c.take("", 1)
	}
	if !isDigit(rest[0]) || isWord(c.before()) {
		return false
	}
	n := 1
	for n < len(rest) && (isWord(rest[n]) || rest[n] == '.' && n+1 < len(rest) && isDigit(rest[n+1]) || (rest[n] == '+' || rest[n] == '-') && rest[n-1]|0x20 == 'e' && !strings.HasPrefix(rest, "0x")) {
		n++
	}
	if c.commands { // versions and names of files are no numbers
		c.first()
		n = max(n, wordEnd(rest, c.inner))
		return c.take("", n)
	}
	if n < len(rest) && rest[n] == '%' && c.hex {
		n++
	}
	return c.take(Number, n)
}

func (c *coder) word() bool {
	rest := c.rest()
	if !isWord(rest[0]) && (c.inner == "" || strings.IndexByte(c.inner, rest[0]) < 0) {
		return false
	}
	n := wordEnd(rest, c.inner)
	word, after := rest[:n], rest[n:]
	for _, prefix := range c.prefixes {
		if word == prefix && after != "" && (after[0] == '"' || after[0] == '\'') {
			return c.take(String, n)
		}
	}
	return c.take(c.classOf(word, after, c.first()), n)
}

// first tells whether what is here would be a command. What follows then isn't; but a command may stand behind NAME=value.
func (c *coder) first() bool {
	if c.before() == '=' {
		return false
	}
	first := c.command
	c.command = false
	return first
}

// classOf returns what a word is. first tells whether it is where a command would be.
func (c *coder) classOf(word, after string, first bool) Class {
	if c.anyCase {
		word = strings.ToLower(word)
	}
	next := byte(0)
	if after != "" {
		next = after[0]
	}
	switch {
	case c.commands && next == '=' && wordEnd(word, "") == len(word):
		c.command = first
		return Variable
	case c.keywords[word] && (first || !c.commands):
		c.command = c.leads[word]
		return Keyword
	case c.constants[word]:
		return Number
	case c.commands && first:
		return Name
	case c.keys != 0 && c.place == inBraces && c.depth > 0 && next == c.keys:
		return Type
	case c.calls && next == '(':
		return Name
	case c.capitals && word[0] >= 'A' && word[0] <= 'Z':
		return Type
	}
	return ""
}

// other goes over a character that has no colour.
func (c *coder) other() {
	rest := c.rest()
	switch rest[0] {
	case '\n':
		c.at++
		c.command = c.command || c.at < 2 || c.source[c.at-2] != '\\'
		c.text()
		c.lineStart()
		return
	case '|', ';', '&', '(', '`', '{':
		c.command = true
	case '<':
		if c.heredocs {
			c.announce(rest)
		}
	}
	switch rest[0] {
	case '{':
		c.depth++
	case '}':
		c.depth = max(0, c.depth-1)
	}
	c.at++
}

// maxLost is how many heredocs without an end are looked for: each takes a look at all that follows.
const maxLost = 8

// announce notes the word that ends a heredoc, which begins with the next line.
func (c *coder) announce(rest string) {
	word, ok := strings.CutPrefix(rest, "<<")
	if !ok {
		return
	}
	word = strings.TrimLeft(word[:min(len(word), 80)], "<-~ '\"")
	c.heredoc = word[:wordEnd(word, "")]
}

// text colours a heredoc, if there is one and it has an end.
func (c *coder) text() {
	word := c.heredoc
	if c.heredoc = ""; word == "" || c.lost == maxLost {
		return
	}
	for at := c.at; at < c.limit; {
		end := c.lineEnd(at, c.limit)
		if line := strings.TrimLeft(c.source[at:end], " \t"); strings.HasPrefix(line, word) && strings.Trim(line[len(word):], " \t\r;,)") == "" {
			c.take(String, end-c.at)
			return
		}
		at = end + 1
	}
	c.lost++
}

// lineStart colours what the beginning of a line means in languages of keys and values.
func (c *coder) lineStart() {
	if c.keys == 0 || c.place != lineStart || c.at >= c.limit {
		return
	}
	line := c.source[c.at:c.lineEnd(c.at, c.limit)]
	for line != "" && (line[0] == ' ' || line[0] == '\t' || line[0] == '-' && strings.HasPrefix(line, "- ")) {
		c.at, line = c.at+1, line[1:]
	}
	if strings.HasPrefix(line, "[") && c.keys == '=' {
		if n := strings.LastIndexByte(line, ']'); n > 0 && strings.IndexByte(line, '=') < 0 {
			c.take(Keyword, n+1)
		}
		return
	}
	n := strings.IndexByte(line, c.keys)
	if n <= 0 || c.keys == ':' && n+1 < len(line) && line[n+1] != ' ' || strings.ContainsAny(line[:n], "#;{}[]") {
		return
	}
	if c.keys == ':' && line[0] != '"' && line[0] != '\'' && strings.ContainsAny(line[:n], " \"'") {
		return // a sentence
	}
	c.take(Type, len(strings.TrimRight(line[:n], " \t")))
}
