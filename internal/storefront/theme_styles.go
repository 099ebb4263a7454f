package storefront

import (
	"regexp"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

// elsewhere is how the address of something begins that isn't a file of the registry.
var elsewhere = regexp.MustCompile(`^\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|//)`)

// checkStyle finds what keeps a stylesheet from being a part of the one that pages have: what isn't closed, and would reach into the next file; imports, which would hold pages up; and addresses elsewhere,
// which the pages' policy doesn't load anyway.
func checkStyle(name, css string) check.Findings {
	s := &styleReader{name: name, css: css}
	s.read()
	return s.found
}

type styleReader struct {
	name, css string
	at        int
	open      []int // where the brackets stand that aren't closed yet
	found     check.Findings
}

// maxStyleFindings is how many are told of one file.
const maxStyleFindings = 10

func (s *styleReader) fault(at int, hint, format string, args ...any) {
	if len(s.found) < maxStyleFindings {
		before := s.css[:at]
		line, column := strings.Count(before, "\n")+1, at-strings.LastIndexByte(before, '\n')
		s.found = append(s.found, themeFinding(s.name, line, column, hint, format, args...))
	}
}

var closers = map[byte]byte{'{': '}', '(': ')', '[': ']'}

func (s *styleReader) read() {
	for s.at < len(s.css) {
		switch c := s.css[s.at]; {
		case strings.HasPrefix(s.css[s.at:], "/*"):
			end := strings.Index(s.css[s.at+2:], "*/")
			if end < 0 {
				s.fault(s.at, "end it with */", "a comment isn't closed")
				return
			}
			s.at += end + 4
		case c == '"' || c == '\'':
			s.text(c)
		case c == '\\':
			if s.at+1 < len(s.css) && isAlphanumeric(s.css[s.at+1]) {
				s.fault(s.at, "write the letter itself", "found an escape in a name, expected none outside of quotes")
			}
			s.at += 2
		case closers[c] != 0:
			s.open = append(s.open, s.at)
			s.at++
			if c == '(' && s.url() {
				s.address()
			}
		case c == '}' || c == ')' || c == ']':
			if n := len(s.open); n == 0 || closers[s.css[s.open[n-1]]] != c {
				s.fault(s.at, "close what was opened last", "found %q, which closes nothing", string(c))
				return
			}
			s.open = s.open[:len(s.open)-1]
			s.at++
		case c == '@' && len(s.css) >= s.at+7 && strings.EqualFold(s.css[s.at:s.at+7], "@import"):
			s.fault(s.at, "put the rules into a file of site/styles: all of them become one stylesheet", "found @import, expected rules")
			s.at += 7
		default:
			s.at++
		}
	}
	if n := len(s.open); n > 0 {
		s.fault(s.open[n-1], "close it: what follows it would belong to it", "%q isn't closed", s.css[s.open[n-1]:s.open[n-1]+1])
	}
}

// text reads what stands in quotes.
func (s *styleReader) text(quote byte) {
	start := s.at
	for s.at++; s.at < len(s.css) && s.css[s.at] != quote; s.at++ {
		switch s.css[s.at] {
		case '\n':
			s.fault(start, "close the quote", "a text in quotes isn't closed")
			return
		case '\\':
			s.at++
		}
	}
	if s.at >= len(s.css) {
		s.fault(start, "close the quote", "a text in quotes isn't closed")
		return
	}
	if n := len(s.open); n > 0 && s.css[s.open[n-1]] == '(' {
		s.foreign(start, s.css[start+1:s.at])
	}
	s.at++
}

// url reports whether the bracket before this place is that of url().
func (s *styleReader) url() bool {
	return s.at >= 4 && strings.EqualFold(s.css[s.at-4:s.at], "url(")
}

// address reads an address without quotes; what stands in quotes is read as such.
func (s *styleReader) address() {
	start := s.at
	for s.at < len(s.css) && !strings.ContainsRune("\"')\\", rune(s.css[s.at])) {
		s.at++
	}
	s.foreign(start, s.css[start:s.at])
}

func (s *styleReader) foreign(at int, address string) {
	if elsewhere.MatchString(address) || strings.Contains(address, `\`) {
		s.fault(at, "pages load nothing from elsewhere: draw it with rules, or leave it out", "found the address %s, expected none, or one of a file of the registry", wording.Quote(address))
	}
}
