package strictyaml

import (
	"bytes"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// characters refuses what tools don't read alike before YAML looks at it, and notes where the lines and characters
// begin. Since it refuses every other line end that YAML 1.1 knows, lines are what everyone counts.
func (r *reader) characters() bool {
	start := strictjson.Pos{Line: 1, Column: 1}
	if n := len(r.data); n > r.lim.Size {
		r.add(CodeSize, start, "move long texts into files of their own", "the document has %d bytes, at most %d are allowed", n, r.lim.Size)
		return false
	}
	for _, bom := range []struct{ bytes, name string }{{"\xef\xbb\xbf", "UTF-8"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"}} {
		if bytes.HasPrefix(r.data, []byte(bom.bytes)) {
			r.add(CodeEncoding, start, "save it as UTF-8 without a byte order mark", "the document begins with a byte order mark (%s)", bom.name)
			return false
		}
	}
	r.chars, r.lines = make([]int, 0, len(r.data)+1), []int{0}
	for i := 0; i < len(r.data); {
		c, size := utf8.DecodeRune(r.data[i:])
		r.chars = append(r.chars, i)
		if c == utf8.RuneError && size == 1 {
			r.add(CodeEncoding, r.last(), "save the file as UTF-8", "byte 0x%02x is not part of any UTF-8 character", r.data[i])
			return false
		}
		if what := r.hidden(c, i); what != "" {
			r.add(CodeCharacter, r.last(), "remove it", "found %s (%U), expected visible text", what, c)
		}
		i += size
		if c == '\n' {
			r.lines = append(r.lines, len(r.chars))
		}
	}
	r.chars = append(r.chars, len(r.data))
	return !r.fatal
}

// hidden says what the character at an offset is if it may not stand in a document, else "".
func (r *reader) hidden(c rune, offset int) string {
	switch {
	case c == '\n', c == '\t', c == '\r' && bytes.HasPrefix(r.data[offset:], []byte("\r\n")):
		return ""
	case c == 0xfeff:
		return "an invisible character"
	case c == 0xfffe, c == 0xffff:
		return "a noncharacter" // yaml.v3 refuses it, and doesn't say where
	}
	_, what, _ := wording.Unshowable(string(c))
	return what
}

// last returns the place of the last character that was noted.
func (r *reader) last() strictjson.Pos {
	return r.at(len(r.lines)-1, len(r.chars)-1)
}

// at returns the place of a character in a line, both as indexes.
func (r *reader) at(line, char int) strictjson.Pos {
	offset := r.chars[char]
	return strictjson.Pos{Offset: offset, Line: line + 1, Column: offset - r.chars[r.lines[line]] + 1}
}

// place turns a line and a column in characters, both from 1, into a place; beyond the end of the line it is that end.
func (r *reader) place(line, column int) strictjson.Pos {
	end := len(r.chars) - 1
	switch {
	case line > len(r.lines):
		return r.at(len(r.lines)-1, end)
	case line < len(r.lines):
		end = r.lines[line] - 1
	}
	line = max(line-1, 0)
	return r.at(line, min(r.lines[line]+max(column-1, 0), end))
}

// pos returns the place of a node.
func (r *reader) pos(n *yaml.Node) strictjson.Pos {
	return r.place(n.Line-shift, n.Column)
}
