package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// shift is how many lines decode puts before a document. In its errors yaml.v3 takes line 0, the first one, for
// no line at all, and names another or none; with an empty line before them, all lines have a number.
const shift = 1

// decode returns the documents of a stream, at most the first two, as yaml.v3's nodes, which keep their places
// and never expand an alias.
//
// yaml.v3 reports errors by panics inside, and hands on whatever panic isn't of its own kind. Short documents made earlier
// versions panic that way (https://github.com/go-yaml/yaml/issues/665, https://github.com/go-yaml/yaml/issues/855). None is known for
// this one, but nobody keeps it any more, so any panic counts as an error here. As measured, its time and memory
// grow with the size alone, and it refuses what is nested more than 10,000 deep, so that the depth needs no look beforehand.
func decode(data []byte) (docs []*yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			docs, err = nil, errPanic
		}
	}()
	dec := yaml.NewDecoder(io.MultiReader(strings.NewReader(strings.Repeat("\n", shift)), bytes.NewReader(data)))
	for len(docs) < 2 {
		var doc yaml.Node
		err := dec.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, err
		case doc.Kind != yaml.DocumentNode || len(doc.Content) != 1:
			return docs, nil
		}
		docs = append(docs, &doc)
	}
	return docs, nil
}

var errPanic = errors.New("yaml: the parser can't make sense of it")

var (
	yamlError     = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	parserMessage = regexp.MustCompile(`^did not find expected (<|node content|',' or|'-' indicator|key)|^found (duplicate %|incompatible YAML|undefined tag)`)
	blockMessage  = regexp.MustCompile(`^did not find expected ('-' indicator|key)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// message parts an error of yaml.v3 into its text and its line in data. In it, its parser counts lines from 0 and its
// scanner from 1 (see fail in its decode.go); the text tells which of the two it is from.
func message(err error) (text string, line int) {
	text = err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = m[2]
		line, _ = strconv.Atoi(m[1])
		if parserMessage.MatchString(text) {
			line++
		}
		line -= shift
	}
	return text, max(line, 1)
}

// syntax words an error of yaml.v3.
func (r *reader) syntax(err error) {
	text, line := message(err)
	if blockMessage.MatchString(text) {
		line = r.firstLine(text, line)
	}
	at := r.text(line)
	if m := unknownAnchor.FindStringSubmatch(text); m != nil {
		r.add(CodeAlias, r.alias(m[1]), aliasHint,
			"found the alias %s, expected a document without anchors and aliases", wording.Quote("*"+m[1]))
		return
	}
	switch {
	case strings.HasPrefix(text, "exceeded max depth"):
		r.tooDeep(at)
	case strings.HasPrefix(text, "found undefined tag"):
		r.add(CodeTag, at, tagHint, "found a tag that isn't declared, expected a document without tags")
	default:
		r.add(CodeSyntax, at, r.hint(text, line), "not YAML: %s", text)
	}
}

// text returns the place where the text of a line begins.
func (r *reader) text(line int) strictjson.Pos {
	at := r.place(line, 1)
	rest, _, _ := bytes.Cut(r.data[at.Offset:], []byte("\n"))
	if blank := len(rest) - len(bytes.TrimLeft(rest, " \t")); blank < len(rest) {
		at.Offset += blank
		at.Column += blank
	}
	return at
}

// firstLine returns the line that brings an error about. What yaml.v3 names is the line in which the mapping or list around it
// began, often the first of the document; the right one is the first with which the document up to there has the same error.
func (r *reader) firstLine(text string, line int) int {
	if len(r.data) > DefaultSize {
		return line // parsing a large document again and again would take seconds
	}
	line = min(line, len(r.lines))
	return line + sort.Search(len(r.lines)-line, func(i int) bool {
		_, err := decode(r.data[:r.chars[r.lines[line+i]]])
		if err == nil {
			return false
		}
		got, _ := message(err)
		return got == text
	})
}

// alias looks for the place of an alias, since yaml.v3 doesn't say where it found one without an anchor: where
// it stands before any quote and comment of its line.
func (r *reader) alias(name string) strictjson.Pos {
	before := fmt.Sprintf(`(?m)^(?:[^#"'\n]*?[\s,:\[{?-])?(\*%s)(?:[\s,\]}]|$)`, regexp.QuoteMeta(name))
	if m := regexp.MustCompile(before).FindSubmatchIndex(r.data); m != nil {
		char := sort.SearchInts(r.chars, m[2])
		return r.at(sort.SearchInts(r.lines, char+1)-1, char)
	}
	return r.place(1, 1)
}

const (
	aliasHint = "put a text that begins with * in quotes, or write the value itself"
	tagHint   = "put a text that begins with ! in quotes, or remove the tag"
	tabHint   = "indent with spaces, not with tabs"
	quoteHint = "put a text that begins with *, &, @, `, % or ! in quotes"
)

// hints are for parts of yaml.v3's messages.
var hints = []struct{ part, hint string }{
	{"tab character", tabHint},
	{"end of stream", "a quote isn't closed"},
	{"document indicator", "a quote isn't closed before the line of --- or ..."},
	{"mapping values are not allowed", "put a text that holds a colon in quotes, and indent all keys of a mapping alike"},
	{"cannot start any token", quoteHint},
	{"alphabetic or numeric", quoteHint},
	{"expected tag", quoteHint},
	{"expected '!'", quoteHint},
	{"expected '>'", quoteHint},
	{"escape", `write \\ for a backslash, or put the text in single quotes`},
	{"hexdecimal", `write \\ for a backslash, or put the text in single quotes`},
	{"could not find expected ':'", "write key: value, and indent the further lines of a text"},
	{"expected key", "indent all keys of a mapping alike, and write nothing after a closing quote or bracket"},
	{"'-' indicator", "indent all items of a list alike, and what follows the list less"},
	{"',' or", "a bracket isn't closed, or a comma is missing"},
	{"node content", "a value is missing, a bracket isn't closed, or there is a comma too many"},
	{"block sequence entries are not allowed", "begin a list on a line of its own, and put a text that begins with a hyphen in quotes"},
	{"mapping keys are not allowed", "put a text that begins with ? in quotes"},
	{"<document start>", "write all as one mapping: keys and their values"},
	{"expected comment or line break", "begin the text after | or > on the next line, or put it in quotes"},
	{"indentation indicator", "write | or > alone"},
	{"directive", "remove the line that begins with %"},
	{"incompatible YAML", "remove the line that begins with %"},
	{"version number", "remove the line that begins with %"},
}

func (r *reader) hint(text string, line int) string {
	at := r.place(line, 1)
	content, _, _ := bytes.Cut(r.data[at.Offset:], []byte("\n"))
	if strings.Contains(text, "cannot start any token") && bytes.IndexByte(content, '\t') >= 0 {
		return tabHint
	}
	for _, h := range hints {
		if strings.Contains(text, h.part) {
			return h.hint
		}
	}
	return "write keys, lists and texts in their plain forms"
}
