package check

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxQuote bounds a quoted line, in bytes. What a terminal has room for is less.
const maxQuote = 400

// Quote sets the source of each finding that has a line: that line of the file at its path, and where in it the column is. file returns the content of a
// file, or nil; it is asked once for findings in a row that are in one file. Sorted findings take one pass over each file.
func (fs Findings) Quote(file func(path string) []byte) {
	var in *reader
	for i := range fs {
		f := &fs[i]
		if f.Line <= 0 || f.Source != "" {
			continue
		}
		if in == nil || in.path != f.Path {
			in = newReader(f.Path, file(f.Path))
		}
		if in.seek(f.Line) {
			f.quote(in)
		}
	}
}

// A reader finds lines and columns of a file. It is fast where they are asked for in their order, however long the file and its lines are.
type reader struct {
	path   string
	file   []byte
	rest   []byte // what is behind the line
	line   []byte // without its end
	number int    // of the line
	column int    // in the line, in bytes, from 0
	utf16  int    // the same in UTF-16 code units
}

func newReader(path string, file []byte) *reader {
	return &reader{path: path, file: file, rest: file}
}

// seek goes to a line, and reports whether there is one.
func (r *reader) seek(number int) bool {
	if number < r.number {
		*r = *newReader(r.path, r.file)
	}
	for r.number < number {
		if r.rest == nil {
			return false
		}
		line, rest, more := bytes.Cut(r.rest, []byte{'\n'})
		if !more {
			rest = nil
		}
		r.line, r.rest, r.number = bytes.TrimSuffix(line, []byte{'\r'}), rest, r.number+1
		r.column, r.utf16 = 0, 0
	}
	return true
}

// columnUTF16 counts the UTF-16 code units before a column of the line.
func (r *reader) columnUTF16(column int) int {
	if column < r.column {
		r.column, r.utf16 = 0, 0
	}
	for _, c := range string(r.line[r.column:column]) {
		r.utf16 += max(utf16.RuneLen(c), 1)
	}
	r.column = column
	return r.utf16
}

// quote sets the source and the columns in it.
func (f *Finding) quote(in *reader) {
	line := in.line
	column := min(max(f.Column-1, 0), len(line))
	from, to := 0, len(line)
	if len(line) > maxQuote {
		from = min(max(column-maxQuote/2, 0), len(line)-maxQuote)
		to = from + maxQuote
		for from < column && splits(line, from) {
			from++
		}
		for to > column && to < len(line) && splits(line, to) {
			to--
		}
	}
	before, after := valid(line[from:column]), valid(line[column:to])
	if from > 0 {
		before = "…" + before
	}
	if to < len(line) {
		after += "…"
	}
	f.Source = before + after
	if f.Column > 0 {
		f.Caret = len(before) + 1
		f.ColumnUTF16 = in.columnUTF16(column) + 1
	}
}

// splits reports whether a place in a line is inside a character, or between a letter and its marks.
func splits(line []byte, at int) bool {
	if !utf8.RuneStart(line[at]) {
		return true
	}
	r, _ := utf8.DecodeRune(line[at:])
	return unicode.In(r, unicode.Mn, unicode.Me)
}

// valid returns UTF-8: each byte that is none is replaced.
func valid(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	var b strings.Builder
	for _, r := range string(text) {
		b.WriteRune(r)
	}
	return b.String()
}
