package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/check"
)

// ui writes for people. Results go to out, progress and errors to err. Colours and progress are for terminals alone, and
// NO_COLOR (https://no-color.org) switches colours off.
type ui struct {
	out, err          io.Writer
	colour, errColour bool
	terminal          bool // whether err is one
	mu                sync.Mutex
	drawn             time.Time
	bar               bool    // whether a progress bar stands on the last line of err
	secret            *string // MINISIGN_PASSWORD, once it was read
}

func newUI(out, err *os.File) *ui {
	colours := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	isTerminal := term.IsTerminal(int(err.Fd()))
	return &ui{
		out: out, err: err, terminal: isTerminal,
		colour:    colours && term.IsTerminal(int(out.Fd())),
		errColour: colours && isTerminal,
	}
}

// The colours in use.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func paint(on bool, colour, text string) string {
	if !on || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func (u *ui) paint(colour, text string) string { return paint(u.colour, colour, text) }

func (u *ui) printf(format string, args ...any) { fmt.Fprintf(u.out, format, args...) }

// note tells something about the run, beside its results.
func (u *ui) note(format string, args ...any) {
	u.clear()
	columns := 0
	if u.terminal {
		columns = u.columns()
	}
	lines := check.Wrap("note: "+clean(fmt.Sprintf(format, args...)), columns)
	lines[0] = paint(u.errColour, dim, "note:") + strings.TrimPrefix(lines[0], "note:")
	fmt.Fprintln(u.err, strings.Join(lines, "\n"))
}

// notice tells what whoever set up the run has to know of. In a run of GitHub Actions it is an annotation.
func (u *ui) notice(format string, args ...any) {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		u.note(format, args...)
		return
	}
	fmt.Fprintf(u.err, "::notice::%s\n", strings.ReplaceAll(check.OneLine(fmt.Sprintf(format, args...)), "%", "%25"))
}

// onErr returns one that writes all that is for people to err, where the standard output is for programs.
func (u *ui) onErr() *ui {
	return &ui{out: u.err, err: u.err, colour: u.errColour, errColour: u.errColour, terminal: u.terminal}
}

// fail prints an error and its hint.
func (u *ui) fail(err error) {
	u.clear()
	fmt.Fprintf(u.err, "%s %s\n", paint(u.errColour, red, "regen:"), clean(err.Error()))
	var h *hintError
	if errors.As(explain(err), &h) && h.hint != "" {
		fmt.Fprintf(u.err, "%s %s\n", paint(u.errColour, cyan, "hint:"), clean(h.hint))
	}
}

// json prints a result for programs.
func (u *ui) json(v any) error {
	enc := json.NewEncoder(u.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// progress draws a bar on a terminal, at most every 50 ms.
func (u *ui) progress(stage string, done, total int) {
	if !u.terminal || total == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := time.Now(); done < total && now.Sub(u.drawn) < 50*time.Millisecond {
		return
	} else {
		u.drawn = now
	}
	const width = 28
	filled := width * done / total
	fmt.Fprintf(u.err, "\r\x1b[K%-9s %s%s %d/%d", stage,
		paint(u.errColour, green, strings.Repeat("━", filled)), paint(u.errColour, dim, strings.Repeat("━", width-filled)), done, total)
	u.bar = true
}

// clear removes the progress bar.
func (u *ui) clear() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.bar {
		fmt.Fprint(u.err, "\r\x1b[K")
		u.bar = false
	}
}

// table prints rows of cells in columns. The colour function gets the column and the padded cell.
func (u *ui) table(rows [][]string, colour func(column int, row []string) string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			row[i] = clean(cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			c := ""
			if colour != nil {
				c = colour(i, row)
			}
			pad := widths[i] - utf8.RuneCountInString(cell)
			if i == len(row)-1 {
				pad = 0
			}
			if c == "" {
				line.WriteString(cell)
			} else {
				line.WriteString(u.paint(c, cell))
			}
			line.WriteString(strings.Repeat(" ", pad))
		}
		fmt.Fprintln(u.out, strings.TrimRight(line.String(), " "))
	}
}

// style says how findings are shown.
func (u *ui) style() check.Style {
	return check.Style{Colour: u.colour, Width: u.width(), Describe: describe}
}

// findings prints what was found, each with its place and hint.
func (u *ui) findings(findings check.Findings) {
	findings.Text(u.out, u.style())
}

// clean makes text from outside safe to print, line by line.
func clean(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = check.OneLine(line)
	}
	return strings.Join(lines, "\n")
}

// plural returns "1 package", "2 packages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
