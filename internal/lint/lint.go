// Package lint looks through the files of a package for what a reviewer wants to know of: code that runs other code or programs, that
// comes from elsewhere, or that nobody can read. Its findings are advice; none is an error.
//
// The rules are one table, in rules.go, sorted by code. What holds for all of them:
//
//   - Source files are looked at as tokens (package code), so that comments, strings and the names of methods, properties
//     and definitions don't count. Where code hides behind other names, no rule finds it: this helps a reviewer, and replaces none.
//   - At one place the first rule of the table that fits counts, and no other.
//   - A rule reports at most 20 places of a file, then how many more there are.
//   - A file of more than 8 MiB isn't read as tokens or as text; its first bytes and the lengths of its lines are looked at.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/code"
)

const (
	maxSize   = 8 << 20 // bytes of a file that is read
	maxLine   = 2000    // bytes of a line
	maxPlaces = 20      // of one rule in one file
)

// File returns what the rules find in a file, sorted by place. The path is that in the repo; its extension says the language.
func File(path string, data []byte) check.Findings {
	f := files.Get().(*file)
	defer f.release()
	f.path, f.data, f.language = path, data, code.LanguageOf(path)
	isSource := f.language != code.None || isMarkup(path)
	if what := machineCode(data, isSource); what != "" {
		if what == luaBytecode {
			f.report(ruleLuaBytecode, 0, what)
		} else {
			f.report(ruleBytecode, 0, what)
		}
		return f.findings()
	}
	if isSource {
		f.longLines()
		if len(data) <= maxSize {
			f.characters()
			f.tokens()
		} else {
			f.report(ruleUnread, 0, "is larger than 8 MiB")
		}
	}
	return f.findings()
}

// isMarkup reports whether a path is that of a file which may hold scripts, though its language isn't known here.
func isMarkup(path string) bool {
	for _, extension := range [...]string{".html", ".htm", ".rml", ".vue", ".svelte", ".sh"} {
		if strings.HasSuffix(path, extension) {
			return true
		}
	}
	return false
}

// A file is being looked at. Its tokens are read through a window that moves over them.
type file struct {
	path     string
	data     []byte
	language code.Language
	word     string // of the rule that is being tried
	window   [windowSize]code.Token
	n        int // tokens in the window
	places   []place
	counts   []int // of places, by rule
}

// A place is where a rule fits.
type place struct {
	offset, rule int
	detail       string
}

var files = sync.Pool{New: func() any { return &file{counts: make([]int, len(rules))} }}

// release gives the file's memory back.
func (f *file) release() {
	f.data, f.n = nil, 0
	clear(f.places)
	f.places = f.places[:0]
	clear(f.counts)
	files.Put(f)
}

// report notes that a rule fits at an offset. The offsets of one rule rise. It keeps the first place that is too many, too.
func (f *file) report(rule, offset int, detail string) {
	if f.counts[rule]++; f.counts[rule] <= maxPlaces+1 {
		f.places = append(f.places, place{offset, rule, detail})
	}
}

// findings returns the findings of the places.
func (f *file) findings() check.Findings {
	if len(f.places) == 0 {
		return nil
	}
	slices.SortStableFunc(f.places, func(a, b place) int { return cmp.Or(a.offset-b.offset, a.rule-b.rule) })
	list := make(check.Findings, 0, len(f.places))
	reported := make([]int, len(rules))
	line, lineStart, offset := 1, 0, 0
	for _, p := range f.places {
		for ; offset < p.offset; offset++ {
			if f.data[offset] == '\n' {
				line++
				lineStart = offset + 1
			}
		}
		r := rules[p.rule]
		message := strings.Replace(r.Message, "%s", p.detail, 1)
		if reported[p.rule]++; reported[p.rule] > maxPlaces {
			message = fmt.Sprintf("this and %d more places of this kind in the file: %s", f.counts[p.rule]-reported[p.rule], message)
		}
		list = append(list, check.Finding{
			Code: r.Code, Severity: r.Severity, Path: f.path, Line: line, Column: 1 + p.offset - lineStart, Message: message, Hint: r.Hint,
		})
	}
	return list
}

// longLines reports lines that are too long.
func (f *file) longLines() {
	for start := 0; len(f.data)-start > maxLine; {
		next := lastIndexByte(f.data, start, start+maxLine+1, '\n')
		if next < 0 {
			next = indexByte(f.data, start+maxLine, '\n')
			f.report(ruleLongLine, start, strconv.Itoa(next-start))
		}
		start = next + 1
	}
}
