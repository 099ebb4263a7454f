// Package strictyaml parses YAML that somebody else wrote into the tree that package
// strictjson has, so that whatever checks the content needs to know only one.
//
// It accepts what every reader of YAML 1.1 and of YAML 1.2 reads alike, and of that only what
// JSON can hold. These are errors:
//
//   - more bytes, levels or values than the limits allow; the size is looked at before anything else
//   - a byte order mark, and bytes that aren't UTF-8
//   - control characters, bidi controls and other characters that nobody sees, in comments too
//   - a second document
//   - anchors, aliases, merge keys and tags: a document says what it says once, so nothing multiplies
//   - a key that its mapping already has, and a key that isn't a text
//   - a text without quotes that some reader takes for something else: yes, 12:30, 0777, 2026-11-21
//
// Numbers without quotes stay as they are written: whether one is welcome is for a schema to say.
package strictyaml

import (
	"fmt"
	"slices"

	"github.com/regen-registry/regen/internal/strictjson"
)

// The codes of errors. They are stable.
const (
	CodeSize      = "yaml/size"          // more bytes than allowed
	CodeEncoding  = "yaml/encoding"      // a byte order mark, or not UTF-8
	CodeCharacter = "yaml/character"     // a character that nobody sees
	CodeSyntax    = "yaml/syntax"        // not YAML
	CodeDocuments = "yaml/documents"     // more than one document
	CodeAlias     = "yaml/alias"         // an anchor, an alias or a merge key
	CodeTag       = "yaml/tag"           // a tag
	CodeDuplicate = "yaml/duplicate-key" // a key twice in a mapping
	CodeKey       = "yaml/key"           // a key that isn't a text
	CodeDepth     = "yaml/depth"         // nested too deep
	CodeValues    = CodeSize             // too many values, which takes a document beyond the size of any that is read
	CodeSurprise  = "yaml/surprise"      // read as different things by different readers
)

// DefaultSize is what applies where the limit of the size is zero, in bytes. The defaults of
// depth and values are those of strictjson.
const DefaultSize = 64 << 10

const (
	maxDepth  = 1000 // bounds the recursion, whatever the limits say
	maxErrors = 100  // of one document; whoever mends these sees the next ones
)

// Parse parses a document of one value; one without any content is an empty object.
//
// It returns the errors in the order of the document, and up to 100 of them. An error of the size, the encoding,
// a character or the syntax ends the parsing. An error of the syntax is placed where the text of its line begins.
//
// Beside errors the value is nil, except where all of them are of CodeSurprise or CodeDuplicate. Then the value is
// there so that the rest of the document can be checked, too: a surprise is a String, and of a key's values the first counts.
//
// The cost grows with the size alone. As measured, 64 KiB take at most 50 ms and 20 MB, or a quarter of a second where the line
// of an error has to be looked for; a megabyte, which must be asked for, a second and 350 MB.
func Parse(data []byte, lim strictjson.Limits) (*strictjson.Value, []*strictjson.Error) {
	r := &reader{data: data, lim: orDefaults(lim)}
	v := r.document()
	slices.SortStableFunc(r.errs, func(a, b *strictjson.Error) int { return a.Offset - b.Offset })
	if r.fatal {
		v = nil
	}
	return v, r.errs
}

func orDefaults(lim strictjson.Limits) strictjson.Limits {
	if lim.Size <= 0 {
		lim.Size = DefaultSize
	}
	if lim.Depth <= 0 {
		lim.Depth = strictjson.DefaultDepth
	}
	if lim.Values <= 0 {
		lim.Values = strictjson.DefaultValues
	}
	lim.Depth = min(lim.Depth, maxDepth)
	return lim
}

// A reader turns one document into errors and a value.
type reader struct {
	data   []byte
	lim    strictjson.Limits
	chars  []int // the offset of each character, and at last the length of data
	lines  []int // the index in chars of the first character of each line
	values int
	errs   []*strictjson.Error
	fatal  bool // an error was found with which the value is of no use
}

func (r *reader) add(code string, at strictjson.Pos, hint, format string, args ...any) {
	if code != CodeSurprise && code != CodeDuplicate {
		r.fatal = true
	}
	if len(r.errs) < maxErrors {
		r.errs = append(r.errs, &strictjson.Error{Code: code, Pos: at, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
}

// document returns the value of the only document.
func (r *reader) document() *strictjson.Value {
	if !r.characters() {
		return nil
	}
	docs, err := decode(r.data)
	if err != nil {
		r.syntax(err)
		return nil
	}
	if len(docs) > 1 {
		r.add(CodeDocuments, r.pos(docs[1]), "remove the line --- and merge what follows it", "a second document begins, expected one")
	}
	empty := &strictjson.Value{Kind: strictjson.Object, Pos: r.place(1, 1)}
	if len(docs) == 0 { // comments alone
		return empty
	}
	top := r.value(docs[0].Content[0], 0)
	if top != nil && top.Kind == strictjson.Null && docs[0].Content[0].Value == "" { // comments and ---
		return empty
	}
	return top
}
