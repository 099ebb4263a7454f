// Package check holds findings: what is wrong with a package, where, and how to mend it.
//
// A finding is data. The packages that look at something return all findings that
// they have, not the first one; only the command line words, sorts and prints them.
package check

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad a finding is.
type Severity string

// An Error keeps a package from being published; a Warning and a Notice don't.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Notice  Severity = "notice"
)

// A Finding is one thing found in the source of a package. The last three fields are set by [Findings.Quote].
type Finding struct {
	Code     string   `json:"code"`             // stable, "area/what", such as "vito/namespace"
	Severity Severity `json:"severity"`         // error, warning or notice
	Path     string   `json:"path,omitempty"`   // slash-separated, from the top of the repo
	Line     int      `json:"line,omitempty"`   // from 1; 0 where the finding is about the whole file
	Column   int      `json:"column,omitempty"` // in bytes, from 1; 0 where unknown
	Message  string   `json:"message"`          // one sentence: what was found and what was expected
	Hint     string   `json:"hint,omitempty"`   // how to mend it

	Source      string `json:"source,omitempty"`       // the line; of a long one what is around the column, between ellipses
	Caret       int    `json:"caret,omitempty"`        // where the column is in the source, in bytes, from 1
	ColumnUTF16 int    `json:"column_utf16,omitempty"` // the column as editors count it, in UTF-16 code units, from 1
}

// Place returns "path:line:column", as far as they are known.
func (f Finding) Place() string {
	switch {
	case f.Line == 0:
		return f.Path
	case f.Column == 0:
		return fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	return fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Column)
}

// String returns the finding in one line, without its hint.
func (f Finding) String() string {
	if place := f.Place(); place != "" {
		return place + ": " + f.Message
	}
	return f.Message
}

// Findings are what was found in one package.
type Findings []Finding

// Errors returns those that keep the package from being published.
func (fs Findings) Errors() Findings {
	var errs Findings
	for _, f := range fs {
		if f.Severity == Error {
			errs = append(errs, f)
		}
	}
	return errs
}

// Warnings returns those that whoever publishes should know of, too. A notice is for the package's author.
func (fs Findings) Warnings() Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Severity == Notice })
}

// Sort orders the findings by place, then by code and message.
func (fs Findings) Sort() {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), a.Line-b.Line, a.Column-b.Column,
			strings.Compare(a.Code, b.Code), strings.Compare(a.Message, b.Message))
	})
}

// Position turns a byte offset in data into a line and a column, both from 1.
func Position(data []byte, offset int) (line, column int) {
	before := data[:min(max(offset, 0), len(data))]
	return 1 + bytes.Count(before, []byte{'\n'}), len(before) - bytes.LastIndexByte(before, '\n')
}
