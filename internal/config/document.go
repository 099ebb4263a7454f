package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

// A reader turns one YAML document into findings and values. It works on yaml.v3's nodes, which keep
// their places and never expand an alias.
type reader struct {
	path     string
	data     []byte
	lines    [][]byte
	findings check.Findings
}

func (r *reader) add(code string, line, column int, hint, format string, args ...any) {
	r.findings = append(r.findings, check.Finding{
		Code: code, Severity: check.Error, Path: r.path, Line: line, Column: column,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// at adds a finding at a node.
func (r *reader) at(n *yaml.Node, code, hint, format string, args ...any) {
	r.add(code, n.Line, r.column(n), hint, format, args...)
}

// column returns the column of a node in bytes: YAML counts characters.
func (r *reader) column(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(r.lines) {
		return n.Column
	}
	column := 1
	for i, line := 1, r.lines[n.Line-1]; i < n.Column && len(line) > 0; i++ {
		_, size := utf8.DecodeRune(line)
		line, column = line[size:], column+size
	}
	return column
}

// document returns the top node of the only document, or nil where there is none to look at:
// because the file has no content, or because of what the findings say.
func (r *reader) document() *yaml.Node {
	if !r.characters() {
		return nil
	}
	r.lines = bytes.Split(r.data, []byte("\n"))
	dec := yaml.NewDecoder(bytes.NewReader(r.data))
	top, ok := r.next(dec)
	if !ok || top == nil {
		return nil
	}
	if second, ok := r.next(dec); !ok {
		return nil
	} else if second != nil {
		r.at(second, "config/documents", "remove the line --- and merge what follows it", "a second document begins, expected one")
	}
	if !r.plain(top) {
		return nil
	}
	if top.Kind == yaml.ScalarNode && top.Value == "" && top.Style == 0 {
		return nil // a file of comments, or of --- alone
	}
	return top
}

// characters refuses what tools don't read alike, before YAML looks at it.
func (r *reader) characters() bool {
	if n := len(r.data); n > MaxFile {
		r.add("config/size", 0, 0, "", "the file has %d bytes, expected at most %d", n, MaxFile)
		return false
	}
	for _, bom := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(r.data, []byte(bom)) {
			r.add("config/encoding", 1, 1, "save it as UTF-8 without a byte order mark", "the file begins with a byte order mark")
			return false
		}
	}
	for i := 0; i < len(r.data); {
		c, size := utf8.DecodeRune(r.data[i:])
		line, column := 0, 0
		if c == utf8.RuneError && size == 1 {
			line, column = check.Position(r.data, i)
			r.add("config/encoding", line, column, "save the file as UTF-8", "byte 0x%02x is not part of any UTF-8 character", r.data[i])
			return false
		}
		lineEnd := c == '\n' || c == '\r' && i+1 < len(r.data) && r.data[i+1] == '\n'
		if _, what, _ := wording.Unshowable(string(c)); what != "" && c != '\t' && !lineEnd || c == 0xfeff {
			line, column = check.Position(r.data, i)
			if what == "" {
				what = "an invisible character"
			}
			r.add("config/character", line, column, "remove it", "found %s (%U), expected visible text", what, c)
			return false
		}
		i += size
	}
	return true
}

// next returns the content of the next document, or nil at the end of the file.
func (r *reader) next(dec *yaml.Decoder) (_ *yaml.Node, ok bool) {
	var doc yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return nil, true
	case err != nil:
		r.syntax(err)
		return nil, false
	case doc.Kind != yaml.DocumentNode || len(doc.Content) == 0:
		return nil, true
	}
	return doc.Content[0], true
}

var (
	yamlError     = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	parserMessage = regexp.MustCompile(`^did not find expected (<|node content|',' or|'-' indicator|key)`)
)

// syntax words an error of yaml.v3. Its parser counts lines from 0 and its scanner from 1
// (https://github.com/go-yaml/yaml/issues/860), and neither names the first line; the
// text of a message tells which of the two it is from.
func (r *reader) syntax(err error) {
	line, message := 1, err.Error()
	if m := yamlError.FindStringSubmatch(message); m != nil {
		message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
			if parserMessage.MatchString(message) {
				line++
			}
		}
	}
	line = min(line, max(1, len(r.lines)))
	hint := ""
	switch {
	case strings.Contains(message, "unknown anchor"):
		r.add("config/alias", 0, 0, "write the value itself", "%s, expected a file without anchors and aliases", message)
		return
	case strings.Contains(message, "cannot start any token") && bytes.IndexByte(r.lines[line-1], '\t') >= 0:
		hint = "indent with spaces, not with tabs"
	case strings.Contains(message, "end of stream"):
		hint = "a quote isn't closed"
	case strings.Contains(message, "mapping values are not allowed"):
		hint = "put a value that holds a colon in quotes, and indent all keys of a mapping alike"
	case strings.Contains(message, "cannot start any token"), strings.Contains(message, "alphabetic or numeric"):
		hint = "put a value that begins with *, &, @, ` or % in quotes"
	}
	r.add("config/syntax", line, 0, hint, "not YAML: %s", message)
}

// plain reports whether there is nothing in the tree that stands for something else, and adds a finding
// for each such thing.
func (r *reader) plain(top *yaml.Node) bool {
	before := len(r.findings)
	for todo := []*yaml.Node{top}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], n.Content...)
		switch {
		case n.Kind == yaml.AliasNode:
			r.at(n, "config/alias", aliasHint(n), "found the alias *%s, expected a file without anchors and aliases", n.Value)
		case n.Anchor != "":
			r.at(n, "config/alias", "remove it, and write the value where it is needed", "found the anchor &%s, expected a file without anchors and aliases", n.Anchor)
		case n.Style&yaml.TaggedStyle != 0:
			r.at(n, "config/tag", "remove it", "found the tag %s, expected a file without tags", wording.Quote(n.Tag))
		}
	}
	return len(r.findings) == before
}

func aliasHint(n *yaml.Node) string {
	if strings.ContainsAny(n.Value, "*/.") { // such as **/*.psd
		return "put a pattern that begins with * in quotes"
	}
	return "write the value itself"
}
