package check

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// A cell is what is shown of one character of a text from outside.
type cell struct {
	text    string
	columns int // of a terminal
	at      int // where the character is in the text, in bytes
}

// maxMarks is how many marks may stand on one letter. Writing that people read has fewer; a pile of them reaches into other lines.
const maxMarks = 4

// cells takes a text from outside apart. What isn't printable is escaped, and so is what a CI system would take for a command: "::" at the start of a
// line, "##[" (both GitHub's) and "##vso[" (Azure's) anywhere.
func cells(text string) []cell {
	list := make([]cell, 0, len(text))
	start := len(text) - len(strings.TrimLeft(text, " \t"))
	marks := 0
	for i, r := range text {
		c := cell{string(r), 1, i}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == '\t':
			c.text = "    "
		case !unicode.IsPrint(r), marks > maxMarks, isCommand(text[i:], i == start):
			c.text = escape(r)
		case marks > 0, r >= 0x1160 && r <= 0x11ff: // the vowels and ends of Hangul syllables stand on what is before
			c.columns = 0
		case isWide(r):
			c.columns = 2
		}
		if len(c.text) > utf8.UTFMax || r == '\t' {
			c.columns = len(c.text)
		}
		list = append(list, c)
	}
	return list
}

func isCommand(text string, start bool) bool {
	if start && strings.HasPrefix(text, "::") {
		return true
	}
	rest, ok := strings.CutPrefix(text, "##")
	return ok && strings.HasPrefix(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz"), "[")
}

func isWide(r rune) bool {
	if r < 0x1100 {
		return false
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return true
	}
	return false
}

func escape(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// OneLine makes a text from outside safe in a line of a terminal or a log.
func OneLine(text string) string {
	var b strings.Builder
	for _, c := range cells(text) {
		b.WriteString(c.text)
	}
	return b.String()
}

// Wrap breaks a text at its spaces into lines of at most so many columns; 0 is no limit. A longer word stays whole, since it may be something to click
// at or to copy.
func Wrap(text string, columns int) []string {
	if columns <= 0 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for i, word := range strings.Split(text, " ") {
		n := 0
		for _, c := range cells(word) {
			n += c.columns
		}
		switch {
		case i == 0:
			line, used = word, n
		case used+1+n > columns && !strings.HasPrefix(word, "::"): // which would be a command at the start of a line
			lines = append(lines, line)
			line, used = word, n
		default:
			line += " " + word
			used += 1 + n
		}
	}
	return append(lines, line)
}

// frame fits a line of source into so many columns around a caret, which is a byte offset, or negative where there is none. It returns what is shown and
// the column that the caret comes to stand in, from 0.
func frame(source string, caret, columns int) (shown string, column int) {
	list := cells(source)
	at, used := 0, 0
	for i, c := range list {
		if c.at <= caret {
			at = i
		}
		used += c.columns
	}
	if caret >= len(source) {
		at = len(list)
	}
	for at > 0 && at < len(list) && list[at].columns == 0 { // a mark is pointed at below its letter
		at--
	}
	from, to := 0, len(list)
	if used > columns {
		from, to = window(list, at, columns-2) // and an ellipsis at either end
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
		column++
	}
	for i, c := range list[from:to] {
		if from+i < at {
			column += c.columns
		}
		b.WriteString(c.text)
	}
	if to < len(list) {
		b.WriteString("…")
	}
	return b.String(), column
}

// window returns which cells are shown where they are too many: those around one of them, more of what is before it than behind it.
func window(list []cell, at, columns int) (from, to int) {
	from, to = at, at
	used := 0
	if at < len(list) {
		used, to = list[at].columns, at+1
	}
	fill := func(limit int) {
		for from > 0 && used+list[from-1].columns <= limit {
			from--
			used += list[from].columns
		}
	}
	fill(columns * 2 / 3)
	for to < len(list) && used+list[to].columns <= columns {
		used += list[to].columns
		to++
	}
	fill(columns)
	return from, to
}
