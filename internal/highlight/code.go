package highlight

import (
	"strings"
	"unicode/utf8"
)

// A syntax is what a scanner has to know of a language.
type syntax struct {
	lines     []string // what begins a comment up to the end of the line
	blocks    []pair   // what a longer comment stands in
	quotes    []quote  // the longer ones first, where one begins as another does
	prefixes  []string // words that belong to the string behind them
	keywords  map[string]bool
	constants map[string]bool
	inner     string          // what may be in a word besides letters, digits and _
	anyCase   bool            // keywords are in capitals, too
	calls     bool            // a word before ( is a name
	capitals  bool            // a word with a capital is a type
	variables bool            // words behind $ are variables
	marks     bool            // words behind @ are keywords
	keys      byte            // what stands behind a key: ':' or '=', or 0
	place     place           // of keys
	commands  bool            // a line begins with a command
	leads     map[string]bool // keywords that a command may stand behind
	heredocs  bool            // << and a word begin a text up to a line with that word
	chars     bool            // ' is for one character, and for other things
	hex       bool            // # and digits are a number
}

type place int

const (
	lineStart place = iota // a key is the beginning of a line
	quoted                 // it is a string
	inBraces               // it is a word between { and }
)

type pair struct{ open, close string }

// A quote is what a string stands in.
type quote struct {
	pair
	escape bool // \ takes the meaning of what follows
	long   bool // it may go over lines
}

// code colours a part of the source.
func (s *scanner) code(l *syntax, at, limit int) {
	c := &coder{scanner: s, syntax: l, at: at, limit: limit, start: at, command: true, unclosed: make(map[string]bool)}
	c.lineStart()
	for c.at < c.limit {
		if !c.comment() && !c.str() && !c.prefixed() && !c.number() && !c.word() {
			c.other()
		}
	}
}

// A coder goes through code.
type coder struct {
	*scanner
	*syntax
	start, at, limit int
	command          bool            // whether a word would be a command
	depth            int             // of braces
	unclosed         map[string]bool // what has no end from here on, so that it is looked for once
	heredoc          string          // the word that ends the text that begins with the next line
	lost             int             // how many of those have no end
}

func (c *coder) rest() string { return c.source[c.at:c.limit] }

// before returns the byte before this one, or a line break at the beginning.
func (c *coder) before() byte {
	if c.at == c.start {
		return '\n'
	}
	return c.source[c.at-1]
}

// take colours the next n bytes. Class may be "".
func (c *coder) take(class Class, n int) bool {
	if class != "" {
		c.add(class, c.at, c.at+n)
	}
	c.at += n
	return true
}

// find returns where a text is in the rest, from an offset, or -1. What isn't there once isn't looked for again.
func (c *coder) find(text string, from int) int {
	if c.unclosed[text] || from > len(c.rest()) {
		return -1
	}
	n := strings.Index(c.rest()[from:], text)
	if n < 0 {
		c.unclosed[text] = true
		return -1
	}
	return from + n
}

func (c *coder) comment() bool {
	for _, b := range c.blocks {
		if strings.HasPrefix(c.rest(), b.open) {
			if n := c.find(b.close, len(b.open)); n >= 0 {
				return c.take(Comment, n+len(b.close))
			}
		}
	}
	for _, begin := range c.lines {
		if !strings.HasPrefix(c.rest(), begin) {
			continue
		}
		if begin == "#" && (strings.IndexByte(" \t\r\n;(){}", c.before()) < 0 || strings.HasPrefix(c.rest(), "#[")) {
			continue // within a word, or an attribute
		}
		return c.take(Comment, c.lineEnd(c.at, c.limit)-c.at)
	}
	return false
}

func (c *coder) str() bool {
	n := c.strEnd(c.rest())
	if n == 0 {
		return false
	}
	class := String
	if c.keys != 0 && c.place == quoted {
		if after := strings.TrimLeft(c.rest()[n:min(n+8, len(c.rest()))], " "); strings.HasPrefix(after, string(c.keys)) {
			class = Type
		}
	}
	c.first()
	return c.take(class, n)
}

// strEnd returns how long the string at the beginning of the rest is, or 0.
func (c *coder) strEnd(rest string) int {
	if c.chars && rest[0] == '\'' {
		return charEnd(rest)
	}
	for _, q := range c.quotes {
		if !strings.HasPrefix(rest, q.open) || c.unclosed[q.open+q.close] {
			continue
		}
		if c.keys != 0 && c.place == lineStart && isWord(c.before()) {
			continue // an apostrophe
		}
		for i := len(q.open); i < len(rest); i++ {
			switch {
			case q.escape && rest[i] == '\\':
				i++
			case strings.HasPrefix(rest[i:], q.close):
				return i + len(q.close)
			case rest[i] == '\n' && !q.long:
				return i
			}
		}
		if !q.long {
			return len(rest)
		}
		c.unclosed[q.open+q.close] = true
	}
	return 0
}

// charEnd returns how long a character in quotes is, or 0.
func charEnd(rest string) int {
	if len(rest) > 2 && rest[1] == '\\' {
		if n := strings.IndexByte(rest[3:min(len(rest), 14)], '\''); n >= 0 {
			return 3 + n + 1
		}
		return 0
	}
	_, size := utf8.DecodeRuneInString(rest[1:])
	if size > 0 && 1+size < len(rest) && rest[1+size] == '\'' {
		return 1 + size + 1
	}
	return 0
}

// prefixed colours words behind $ and @, and colours in hexadecimal digits.
func (c *coder) prefixed() bool {
	rest := c.rest()
	if len(rest) < 2 {
		return false
	}
	switch {
	case c.variables && rest[0] == '$' && rest[1] == '{':
		n := strings.IndexAny(rest[:min(len(rest), 200)], "}\n")
		if n < 0 || rest[n] != '}' {
			return false
		}
		return c.take(Variable, n+1)
	case c.variables && rest[0] == '$' && isWord(rest[1]):
		return c.take(Variable, 1+wordEnd(rest[1:], ""))
	case c.marks && rest[0] == '@' && isWord(rest[1]):
		return c.take(Keyword, 1+wordEnd(rest[1:], "-"))
	case c.hex && rest[0] == '#' && c.depth > 0 && isWord(rest[1]):
		return c.take(Number, 1+wordEnd(rest[1:], ""))
	}
	return false
}
