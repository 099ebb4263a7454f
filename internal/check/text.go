package check

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// How text is laid out: severities in a column of their own, and all else of a finding right of it.
const (
	gutter    = 11  // columns left of what is said
	mostText  = 120 // columns: longer lines are hard to read
	leastText = 40
	mostFrame = 78  // columns of a quoted line where no terminal says how wide it is; explanations indent it by 2
	mostAlike = 100 // findings with one code in one package that are shown
)

// writeText prints findings for people: by package, the errors first, each with its line and a caret, and a summary.
func writeText(out io.Writer, r Report, s Style) error {
	w := bufio.NewWriter(out)
	for _, p := range r.Packages {
		if len(p.Findings) > 0 {
			p.text(w, s)
		}
	}
	w.WriteString(r.summary(s))
	return w.Flush()
}

// text prints what was found in a package, and a blank line.
func (p Package) text(w io.Writer, s Style) {
	title := OneLine(p.Dir)
	if p.Dir == "." {
		title = "the registry"
	}
	title = s.paint(bold, title)
	if facts := strings.TrimSpace(OneLine(p.Format + " " + p.Version)); facts != "" {
		title += "  " + s.paint(dim, facts)
	}
	fmt.Fprintln(w, title)
	worst := slices.Clone(p.Findings)
	slices.SortStableFunc(worst, func(a, b Finding) int {
		return cmp.Compare(slices.Index(severities, a.Severity.known()), slices.Index(severities, b.Severity.known()))
	})
	alike := make(map[string]int)
	for _, f := range worst {
		alike[f.Code]++
		if alike[f.Code] <= mostAlike {
			f.text(w, p.Dir, s)
			fmt.Fprintln(w)
		}
	}
	for _, f := range worst { // in their order
		if more := alike[f.Code] - mostAlike; more > 0 {
			delete(alike, f.Code)
			fmt.Fprintf(w, "%s%d more of %s: --output json has them all\n\n", strings.Repeat(" ", gutter), more, OneLine(f.Code))
		}
	}
}

// Text prints findings for people as they are in a report, without the packages around them.
func (fs Findings) Text(w io.Writer, s Style) {
	for i, f := range fs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		f.text(w, "", s)
	}
}

// text prints a finding: what is wrong, where, the line, and how to mend it.
func (f Finding) text(w io.Writer, dir string, s Style) {
	margin := strings.Repeat(" ", gutter)
	columns := 0
	if s.Width > 0 {
		columns = min(max(s.Width, leastText), mostText) - gutter
	}
	severity := f.Severity.known()
	head := "  " + s.paint(severity.colour(), string(severity)) + strings.Repeat(" ", gutter-2-len(severity))
	fmt.Fprintf(w, "%s%s\n", head, strings.Join(Wrap(OneLine(f.Message), columns), "\n"+margin))

	place := strings.TrimPrefix(OneLine(f.Place())+"  ", "  ")
	if rest, ok := strings.CutPrefix(place, OneLine(dir)+"/"); ok { // whole, so that a terminal can open it
		place = s.paint(dim, OneLine(dir)+"/") + rest
	}
	fmt.Fprintf(w, "%s%s%s\n", margin, place, s.paint(dim, OneLine(f.Code)))

	if f.Source != "" {
		shown, column := frame(f.Source, f.Caret-1, cmp.Or(columns, mostFrame-gutter)-2)
		fmt.Fprintf(w, "%s %s\n", s.paint(dim, fmt.Sprintf("%*d │", gutter-1, f.Line)), shown)
		if f.Caret > 0 {
			fmt.Fprintf(w, "%s %s%s\n", s.paint(dim, margin+"│"), strings.Repeat(" ", column), s.paint(severity.colour(), "^"))
		}
	}
	if f.Hint != "" {
		hint := Wrap("hint: "+OneLine(f.Hint), columns)
		hint[0] = s.paint(cyan, "hint:") + strings.TrimPrefix(hint[0], "hint:")
		fmt.Fprintf(w, "%s%s\n", margin, strings.Join(hint, "\n"+margin))
	}
}
