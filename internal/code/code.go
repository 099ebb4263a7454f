// Package code reads source files of PHP, Lua, JavaScript and TypeScript as tokens, to find what they use without running them.
//
// A lexer knows just enough of its language to tell code from comments, strings and text. It checks nothing: whatever the bytes
// are, it ends without an error, in time linear in their number and with memory for what is open. The rules:
//
//   - Comments and white space are no tokens. Together with them the tokens cover the file; none is empty, and they don't overlap.
//   - A string without values in it is one token. One with values is a token for each piece of text, with the brackets that
//     lead to a value and back, and the tokens of the values in between, since what stands there runs.
//   - Names are as they stand in the file: PHP's with their backslashes and in any letter case, JavaScript's with # and escapes.
//   - At most [MaxOpen] strings and brackets are open at a time. The lexer stops before the next one, and [Lexer.TooDeep] says so.
//
// The grammars are those of https://www.php.net/manual/en/langref.php, of https://www.lua.org/manual/ (5.1 to 5.4), of ECMA-262 with
// https://facebook.github.io/jsx/, and of TypeScript as far as it differs in these things. Where JavaScript's tokens depend on its
// syntax (is a slash a division? is < an element?), the token before and the open brackets decide; see js.go.
package code

import "strings"

// A Language is a programming language that can be read here.
type Language uint8

// The languages. TypeScript is two: in .tsx files < may begin an element, in the others a type.
const (
	None Language = iota
	PHP
	Lua
	JS // JavaScript and TypeScript, with JSX
	TS // TypeScript without JSX
)

// String returns the language's name.
func (l Language) String() string {
	return [...]string{"", "PHP", "Lua", "JavaScript", "TypeScript"}[l]
}

// LanguageOf returns the language that a path's extension, in any letter case, says.
func LanguageOf(path string) Language {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 || len(path)-dot > len(".phtml") {
		return None
	}
	switch strings.ToLower(path[dot:]) {
	case ".php", ".phtml", ".inc":
		return PHP
	case ".lua":
		return Lua
	case ".js", ".mjs", ".cjs", ".jsx", ".tsx":
		return JS
	case ".ts", ".mts", ".cts":
		return TS
	}
	return None
}

// A Kind says what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Ident      Kind = iota + 1 // a name or a keyword; of JavaScript also #private
	Variable                   // $name, of PHP
	String                     // a whole string in any kind of quotes, without values in it; its delimiters belong to it
	StringPart                 // a piece of a string that has values in it
	Shell                      // a PHP command in backticks, or a piece of one
	Number
	Regexp // of JavaScript
	Punct  // one character, or one of -> ?-> :: => -- #[ ?> (PHP), :: .. ... (Lua), ?. => << ... ++ -- (JavaScript)
	Text   // around the code: HTML with the tag that opens PHP, the tags and texts of JSX
)

// A Token is a piece of a file, from Start up to End. The zero Token is none.
type Token struct {
	Kind       Kind
	Start, End int
}

// MaxOpen is how many strings with values, or brackets of JavaScript, may be open at a time. People's code, and what tools make of it, stays
// far below.
const MaxOpen = 10_000

// A Lexer reads one file.
type Lexer struct {
	data []byte
	pos  int
	lang Language
	deep bool
	last Token // the one before

	// PHP
	html    bool     // outside of <?php
	braces  int      // open in the value of a string
	strings []phpStr // whose values are being read, the innermost last

	// JavaScript
	jsx     bool   // in a tag or in the text of an element
	noRegex int    // no regular expression begins before this
	closed  byte   // what the last closing bracket closed
	value   bool   // whether there was a value before the last ++, -- or !
	open    []byte // brackets
}

// Lex returns a lexer for a file. It keeps data, and never changes it.
func Lex(lang Language, data []byte) *Lexer {
	l := &Lexer{data: data, lang: lang, html: true}
	if lang != PHP {
		if hasPrefix(data, bom) {
			l.pos = len(bom)
		}
		l.firstLine()
	}
	return l
}

const bom = "\xef\xbb\xbf"

// firstLine skips the line that names an interpreter: #!, or in Lua any that begins with #.
func (l *Lexer) firstLine() {
	rest := l.data[l.pos:]
	if hasPrefix(rest, "#!") || l.lang == Lua && hasPrefix(rest, "#") {
		l.pos = lineEnd(l.data, l.pos)
	}
}

// Next returns the next token. ok is false at the end, for a file without a [Language], and where the file is nested too deeply.
func (l *Lexer) Next() (t Token, ok bool) {
	switch l.lang {
	case PHP:
		t, ok = l.php()
	case Lua:
		t, ok = l.lua()
	case JS, TS:
		t, ok = l.js()
	}
	l.last = t
	return t, ok
}

// Fill reads tokens into buf, as Next would return them, and returns how many. Fewer than there is room for are the last.
func (l *Lexer) Fill(buf []Token) int {
	for n := range buf {
		t, ok := l.Next()
		if !ok {
			return n
		}
		buf[n] = t
	}
	return len(buf)
}

// InValue reports whether the last token belongs to a value in one of PHP's strings, or leads into one.
func (l *Lexer) InValue() bool { return len(l.strings) > 0 }

// TooDeep reports whether the lexer has stopped since more than [MaxOpen] strings or brackets are open.
func (l *Lexer) TooDeep() bool { return l.deep }

// tooDeep stops the lexer.
func (l *Lexer) tooDeep() (Token, bool) {
	l.deep, l.pos = true, len(l.data)
	return Token{}, false
}

// token returns a token that ends at end, where the next one is looked for.
func (l *Lexer) token(kind Kind, start, end int) (Token, bool) {
	l.pos = end
	return Token{kind, start, end}, true
}

// end is the end of the file.
func (l *Lexer) end() (Token, bool) {
	l.pos = len(l.data)
	return Token{}, false
}

// blockComment returns the offset after the */ at or after i.
func blockComment(data []byte, i int) int {
	for start := i; i < len(data); i++ {
		// Comments have few slashes and many asterisks.
		k := indexByte(data, i, '/')
		if k < 0 {
			break
		}
		if i = k; i > start && data[i-1] == '*' {
			return i + 1
		}
	}
	return len(data)
}

func hasPrefix(data []byte, prefix string) bool {
	return len(data) >= len(prefix) && string(data[:len(prefix)]) == prefix
}

// at returns the byte at i, or 0 after the end.
func at(data []byte, i int) byte {
	if i < len(data) {
		return data[i]
	}
	return 0
}

// A class says what a byte begins, in one of the languages.
type class uint8

const (
	punct  class = iota // by itself, or what the language says
	space               // goes unread
	letter              // of a name
	digit
	other // begins something longer, perhaps
)

// classes makes a language's table. Bytes above ASCII are letters.
func classes(spaces, letters, others string) (table [256]class) {
	for b := range table {
		c := byte(b)
		switch {
		case isLetter(c) || strings.IndexByte(letters, c) >= 0:
			table[b] = letter
		case isDigit(c):
			table[b] = digit
		case strings.IndexByte(spaces, c) >= 0:
			table[b] = space
		case strings.IndexByte(others, c) >= 0:
			table[b] = other
		}
	}
	return table
}

// stops makes a table of the bytes that end a quick scan.
func stops(set string) (table [256]bool) {
	for i := range len(set) {
		table[set[i]] = true
	}
	return table
}

// names makes a table of the bytes that a name goes on with.
func names(more string) (table [256]bool) {
	for b := range table {
		c := byte(b)
		table[b] = isLetter(c) || isDigit(c) || strings.IndexByte(more, c) >= 0
	}
	return table
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
