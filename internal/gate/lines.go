package gate

import (
	"bytes"
	"unicode/utf8"
)

// lines says which lines of a text a change touches. A line that only moved doesn't count: it was reviewed where it was before.
type lines struct {
	touched map[int]bool // lines of the new text, from 1
	added   int
	removed int
}

// compareLines takes time in proportion to the texts, whatever is in them.
func compareLines(was, now []byte) lines {
	a, b := split(was), split(now)
	first := 0
	for len(a) > 0 && len(b) > 0 && bytes.Equal(a[0], b[0]) {
		a, b = a[1:], b[1:]
		first++
	}
	for len(a) > 0 && len(b) > 0 && bytes.Equal(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	left := make(map[string]int, len(a))
	for _, line := range a {
		left[string(line)]++
	}
	l := lines{touched: make(map[int]bool), removed: len(a)}
	for i, line := range b {
		if left[string(line)] > 0 {
			left[string(line)]--
			l.removed--
			continue
		}
		l.touched[first+i+1] = true
		l.added++
	}
	return l
}

// split returns the lines of a text, without what ends them.
func split(text []byte) [][]byte {
	if len(text) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
}

// isText reports whether somebody can read the bytes.
func isText(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }
