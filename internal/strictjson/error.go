package strictjson

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/wording"
)

// The codes of errors. They are stable.
const (
	CodeSize      = "json/size"          // more bytes than allowed
	CodeBOM       = "json/bom"           // begins with a byte order mark
	CodeEncoding  = "json/encoding"      // not UTF-8
	CodeSyntax    = "json/syntax"        // not JSON
	CodeTrailing  = "json/trailing"      // something after the value
	CodeDepth     = "json/depth"         // nested too deep
	CodeValues    = "json/values"        // too many values
	CodeDuplicate = "json/duplicate-key" // a key twice in an object
	CodeSurrogate = "json/surrogate"     // half of a surrogate pair
)

// An Error says why a document was refused, and where.
type Error struct {
	Code string // one of the Code constants
	Pos
	Message string // what was found and what was expected
	Hint    string // how to mend it
}

// Error returns the place and the message.
func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

func (e *Error) hint(s string) *Error {
	e.Hint = s
	return e
}

// found describes what stands at an offset.
func (p *parser) found(i int) string {
	if i >= len(p.data) {
		return "the end of the document"
	}
	r, _ := utf8.DecodeRune(p.data[i:])
	return strconv.QuoteRune(r)
}

// noValue says that there is no value at i, and guesses at what was meant.
func (p *parser) noValue() *Error {
	err := p.errorf(CodeSyntax, p.i, "expected a JSON value, found %s", p.found(p.i))
	word := p.data[p.i:]
	word = word[:len(word)-len(bytes.TrimLeftFunc(word, unicode.IsLetter))]
	switch c := p.peek(); {
	case len(bytes.TrimSpace(p.data)) == 0:
		err.Message = "the document is empty, expected a JSON value"
	case (c == ']' || c == '}') && bytes.HasSuffix(bytes.TrimSpace(p.data[:p.i]), []byte(",")):
		return err.hint("remove the comma before it")
	case c == '/' || c == '#':
		return err.hint("JSON has no comments: remove it")
	case c == '\'' || c == '`':
		return err.hint(`strings are quoted with "`)
	case c == '+' || c == '.':
		return err.hint("a number begins with a digit or with '-'")
	case len(word) > 0:
		err.Message = fmt.Sprintf("expected a JSON value, found the word %s", wording.Quote(string(word)))
		for _, w := range [][2]string{{"True", "true"}, {"False", "false"}, {"None", "null"}, {"NULL", "null"}, {"undefined", "null"}} {
			if bytes.EqualFold(word, []byte(w[0])) {
				return err.hint("did you mean " + w[1] + "?")
			}
		}
		return err.hint(`put a text in quotes (")`)
	}
	return err
}

// noKey says that there is no key at i.
func (p *parser) noKey(afterComma bool) *Error {
	err := p.errorf(CodeSyntax, p.i, "expected a key in quotes or '}', found %s", p.found(p.i))
	switch c := p.peek(); {
	case afterComma && c == '}':
		err.Message = "expected a key in quotes after ',', found '}'"
		err.Hint = "remove the comma before it"
	case c == '/' || c == '#':
		err.Hint = "JSON has no comments: remove it"
	case c == '\'':
		err.Hint = `keys are quoted with "`
	}
	return err
}
