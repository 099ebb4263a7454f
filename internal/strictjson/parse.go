// Package strictjson parses JSON that somebody else wrote, and says where what stands.
//
// It accepts what RFC 8259 calls JSON, and of that only what every reader reads
// alike. These are errors:
//
//   - more bytes, levels or values than the [Limits] allow; the size is looked at
//     before anything else
//   - a byte order mark, and bytes that aren't UTF-8
//   - a key that its object already has, also where the two are escaped differently
//   - half of a surrogate pair, such as "\ud800"
//   - anything but white space after the value
//
// The first error ends the parsing. Every value and every key carries its place, so
// that whoever checks the content can say line and column, too.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/wording"
)

// What applies where a field of [Limits] is zero.
const (
	DefaultSize   = 1 << 20 // bytes
	DefaultDepth  = 64
	DefaultValues = 100_000
)

// maxDepth bounds the recursion, whatever the limits say.
const maxDepth = 1000

// Limits bound the cost of a document. A zero field means the default. A value
// takes about 150 bytes of memory, besides its text.
type Limits struct {
	Size   int // of the document, in bytes
	Depth  int // of arrays and objects within each other; at most 1000
	Values int // of all kinds, on all levels
}

func (l Limits) orDefaults() Limits {
	if l.Size <= 0 {
		l.Size = DefaultSize
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	if l.Values <= 0 {
		l.Values = DefaultValues
	}
	l.Depth = min(l.Depth, maxDepth)
	return l
}

// Parse parses a document of exactly one value. It keeps no reference to data.
func Parse(data []byte, lim Limits) (*Value, *Error) {
	p := parser{data: data, lim: lim.orDefaults(), line: 1}
	if err := p.preamble(); err != nil {
		return nil, err
	}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.i < len(data) {
		return nil, p.errorf(CodeTrailing, p.i, "expected the end of the document after its value, found %s", p.found(p.i)).
			hint("a document holds one value: remove what follows it")
	}
	return v, nil
}

// A parser reads data[i:]. Only white space holds line ends, since a string can't,
// so that space alone keeps count of the lines.
type parser struct {
	data      []byte
	lim       Limits
	i         int
	line      int // of i
	lineStart int // the offset at which that line begins
	values    int
	slab      []Value // values are allocated in slabs
	buf       []byte  // for strings with escapes
}

// preamble refuses what is wrong with the document as a whole.
func (p *parser) preamble() *Error {
	if n := len(p.data); n > p.lim.Size {
		return p.errorf(CodeSize, 0, "the document has %d bytes, at most %d are allowed", n, p.lim.Size).hint("a manifest is short: move data into a file of its own")
	}
	for _, bom := range boms {
		if bytes.HasPrefix(p.data, []byte(bom.bytes)) {
			return p.errorf(CodeBOM, 0, "the document begins with a byte order mark (%s)", bom.name).
				hint("save it as UTF-8 without a byte order mark")
		}
	}
	if !utf8.Valid(p.data) {
		i := 0
		for {
			r, n := utf8.DecodeRune(p.data[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		return p.errorf(CodeEncoding, i, "byte 0x%02x is not part of any UTF-8 character", p.data[i]).
			hint("save the file as UTF-8")
	}
	return nil
}

var boms = []struct{ bytes, name string }{
	{"\xef\xbb\xbf", "UTF-8"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
}

func (p *parser) space() {
	for p.i < len(p.data) {
		switch p.data[p.i] {
		case ' ', '\t', '\r':
		case '\n':
			p.line++
			p.lineStart = p.i + 1
		default:
			return
		}
		p.i++
	}
}

func (p *parser) pos() Pos {
	return Pos{Offset: p.i, Line: p.line, Column: p.i - p.lineStart + 1}
}

// peek returns the next byte, or 0 at the end; a 0 in the document is an error anywhere.
func (p *parser) peek() byte {
	if p.i < len(p.data) {
		return p.data[p.i]
	}
	return 0
}

func (p *parser) newValue(k Kind) (*Value, *Error) {
	if p.values++; p.values > p.lim.Values {
		return nil, p.errorf(CodeValues, p.i, "the document holds more than %d values", p.lim.Values).hint("a manifest is short: move data into a file of its own")
	}
	if len(p.slab) == 0 {
		p.slab = make([]Value, min(max(16, p.values), 1024))
	}
	v := &p.slab[0]
	p.slab = p.slab[1:]
	v.Kind, v.Pos = k, p.pos()
	return v, nil
}

// value parses the value at i, which lies within depth arrays and objects.
func (p *parser) value(depth int) (*Value, *Error) {
	kind := kinds[p.peek()]
	if kind == 0 {
		return nil, p.noValue()
	}
	v, err := p.newValue(kind)
	if err != nil {
		return nil, err
	}
	switch kind {
	case String:
		v.String, err = p.string()
	case Number:
		v.Number, err = p.number()
	case Object, Array:
		if depth >= p.lim.Depth {
			return nil, p.errorf(CodeDepth, p.i, "arrays and objects are nested more than %d deep", p.lim.Depth).hint("nest them less deeply")
		}
		if kind == Object {
			err = p.object(v, depth+1)
		} else {
			err = p.array(v, depth+1)
		}
	default:
		v.Bool = p.data[p.i] == 't'
		err = p.literal()
	}
	return v, err
}

// kinds says what begins with a byte.
var kinds = [256]Kind{
	'"': String, '{': Object, '[': Array, 't': Bool, 'f': Bool, 'n': Null, '-': Number,
	'0': Number, '1': Number, '2': Number, '3': Number, '4': Number,
	'5': Number, '6': Number, '7': Number, '8': Number, '9': Number,
}

func (p *parser) object(v *Value, depth int) *Error {
	p.i++ // {
	p.space()
	if p.peek() == '}' {
		p.i++
		return nil
	}
	var seen map[string]int // the index of each key, once there are many
	for {
		m := Member{KeyPos: p.pos()}
		if p.peek() != '"' {
			return p.noKey(len(v.Members) > 0)
		}
		var err *Error
		if m.Key, err = p.string(); err != nil {
			return err
		}
		if first := duplicate(v.Members, m.Key, &seen); first != nil {
			return p.errorf(CodeDuplicate, m.KeyPos.Offset, "the key %s is here twice, first at line %d column %d",
				wording.Quote(m.Key), first.KeyPos.Line, first.KeyPos.Column).
				hint("remove one of the two: readers don't agree on which of them counts")
		}
		if p.space(); p.peek() != ':' {
			return p.errorf(CodeSyntax, p.i, "expected ':' after the key %s, found %s", wording.Quote(m.Key), p.found(p.i)).hint("a key and its value are parted by a colon")
		}
		p.i++
		p.space()
		if m.Value, err = p.value(depth); err != nil {
			return err
		}
		v.Members = append(v.Members, m)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
		case '}':
			p.i++
			return nil
		default:
			return p.errorf(CodeSyntax, p.i, "expected ',' or '}' after the value of %s, found %s", wording.Quote(m.Key), p.found(p.i)).hint("is a comma or a closing bracket missing just before?")
		}
	}
}

// duplicate returns the member that already has the key. It compares one by one
// while there are few, and builds a map when there are many.
func duplicate(members []Member, key string, seen *map[string]int) *Member {
	const few = 16
	if len(members) < few {
		for i := range members {
			if members[i].Key == key {
				return &members[i]
			}
		}
		return nil
	}
	if *seen == nil {
		*seen = make(map[string]int, 4*few)
		for i, m := range members {
			(*seen)[m.Key] = i
		}
	}
	if i, ok := (*seen)[key]; ok {
		return &members[i]
	}
	(*seen)[key] = len(members)
	return nil
}

func (p *parser) array(v *Value, depth int) *Error {
	p.i++ // [
	p.space()
	if p.peek() == ']' {
		p.i++
		return nil
	}
	for {
		item, err := p.value(depth)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
		case ']':
			p.i++
			return nil
		default:
			return p.errorf(CodeSyntax, p.i, "expected ',' or ']' after an item, found %s", p.found(p.i)).hint("is a comma or a closing bracket missing just before?")
		}
	}
}

func (p *parser) literal() *Error {
	rest := p.data[p.i:]
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			p.i += len(word)
			return nil
		}
	}
	return p.noValue()
}

// number parses -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
func (p *parser) number() (json.Number, *Error) {
	start := p.i
	if p.peek() == '-' {
		p.i++
	}
	switch first := p.i; {
	case p.digits() == 0:
		return "", p.errorf(CodeSyntax, p.i, "expected a digit after '-', found %s", p.found(p.i))
	case p.data[first] == '0' && p.i > first+1:
		return "", p.errorf(CodeSyntax, start, "a number begins with a superfluous 0").
			hint("remove the 0, or put the value in quotes if it is a text")
	}
	if p.peek() == '.' {
		p.i++
		if p.digits() == 0 {
			return "", p.errorf(CodeSyntax, p.i, "expected a digit after the decimal point, found %s", p.found(p.i)).
				hint("put the value in quotes if it is a version or another text")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.i++
		if c := p.peek(); c == '+' || c == '-' {
			p.i++
		}
		if p.digits() == 0 {
			return "", p.errorf(CodeSyntax, p.i, "expected a digit in the exponent, found %s", p.found(p.i))
		}
	}
	return json.Number(p.data[start:p.i]), nil
}

// digits skips digits and says how many there were.
func (p *parser) digits() int {
	start := p.i
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		p.i++
	}
	return p.i - start
}

// errorf makes an error at an offset.
func (p *parser) errorf(code string, offset int, format string, args ...any) *Error {
	e := &Error{Code: code, Message: fmt.Sprintf(format, args...)}
	e.Offset = offset
	e.Line = 1 + bytes.Count(p.data[:offset], []byte("\n"))
	e.Column = offset - bytes.LastIndexByte(p.data[:offset], '\n')
	return e
}
