// Package highlight finds the parts of code that a page shows in colour: keywords, strings, comments and the like.
//
// It knows the languages roughly, as a reader's eye does. Where code is odd, a colour may be wrong; the text never is, for what comes out are
// places in it. The rules that hold for any input:
//
//   - The spans are in order, aren't empty, and don't overlap. Each begins and ends between characters.
//   - The time grows with the length of the source and nothing else: no place is looked at more than a few times. So there is no
//     clock that stops it, and the same source has the same spans on any machine.
//   - A language that isn't known has no spans.
package highlight

import "strings"

// A Class is what a part of the code is. As text, it is the class in HTML.
type Class string

// The classes. All other parts have none.
const (
	Keyword  Class = "k"
	String   Class = "s"
	Comment  Class = "c"
	Number   Class = "n" // and true, false, null
	Name     Class = "f" // of what is called: functions, commands, attributes
	Type     Class = "t" // and tags, keys, sections
	Variable Class = "v"
	Deleted  Class = "d"
	Inserted Class = "i"
)

// A Span is a part of the source: the bytes from Start to before End.
type Span struct {
	Class      Class
	Start, End int
}

// Spans returns the parts of a source in the language that a Markdown fence names, such as "php" or "JS {1,3}".
func Spans(info, source string) []Span {
	s := &scanner{source: source}
	switch name := language(info); name {
	case "diff", "patch":
		s.diff()
	case "console", "shell-session", "shellsession", "terminal":
		s.console()
	case "html", "xml", "svg", "vue", "xhtml", "htm", "rss", "atom":
		s.markup(0, len(source))
	case "php", "php3", "phtml":
		s.php()
	default:
		if l, ok := languages()[name]; ok {
			s.code(l, 0, len(source))
		}
	}
	return s.spans
}

// language returns the name of a language at the beginning of a fence's info, in lower case.
func language(info string) string {
	info = strings.TrimLeft(info, " {.")
	end := strings.IndexFunc(info, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '#' || r == '-')
	})
	if end >= 0 {
		info = info[:end]
	}
	if len(info) > 20 {
		return ""
	}
	return strings.ToLower(info)
}

// A scanner collects the spans of one source.
type scanner struct {
	source string
	spans  []Span
}

// add adds a span, or makes the last one longer if that is of the same class and ends here.
func (s *scanner) add(class Class, start, end int) {
	if start >= end {
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].End == start && s.spans[n-1].Class == class {
		s.spans[n-1].End = end
		return
	}
	s.spans = append(s.spans, Span{class, start, end})
}

// lineEnd returns where the line that i is in ends, before its line break, or limit.
func (s *scanner) lineEnd(i, limit int) int {
	if n := strings.IndexByte(s.source[i:limit], '\n'); n >= 0 {
		return i + n
	}
	return limit
}
