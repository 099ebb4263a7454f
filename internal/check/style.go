package check

import "io"

// A Writer prints a report.
type Writer func(w io.Writer, r Report, s Style) error

// Writers are the ways of printing, by the name that the command line has for them.
var Writers = map[string]Writer{
	"text":   writeText,
	"json":   writeJSON,
	"github": writeGitHub,
	"sarif":  writeSARIF,
}

// Style says how a report is shown.
type Style struct {
	Colour   bool                    // whether with the terminal's colours
	Width    int                     // the terminal's, in columns; 0 where the text goes elsewhere, and long lines are nobody's trouble
	Describe func(code string) About // what a code means; may be nil
}

// About is what is known of a code. The zero value stands for nothing.
type About struct {
	Title    string // in a few words
	Why      string // why the rule is there
	Help     string // all of it with examples, as Markdown
	URL      string // where that can be read
	Severity Severity
}

func (s Style) about(code string) About {
	if s.Describe == nil {
		return About{}
	}
	return s.Describe(code)
}

// The colours in use, by ANSI's numbers.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (s Style) paint(colour, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func (v Severity) colour() string {
	switch v {
	case Error:
		return red
	case Warning:
		return yellow
	}
	return cyan
}
