package browsertest

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Headers are what a _headers file says: which headers a host of static files sends for which paths.
//
// The file is read as such hosts read it: a line that isn't indented begins a rule and is a path, in which one * stands for anything, and :name for anything without a slash; the indented
// lines below it are headers. An empty line, and one that begins with #, says nothing. All rules that match a path count; a header that several of them set gets all their values, with
// commas between them.
type Headers struct {
	rules []headerRule
}

type headerRule struct {
	path  *regexp.Regexp
	lines [][2]string
}

// Bounds that such hosts have.
const (
	maxHeaderRules = 100
	maxHeaderLine  = 2000 // bytes
)

// special are the parts of a path that stand for something else.
var special = regexp.MustCompile(`\*|:[a-z]+`)

// ParseHeaders reads a _headers file. The error names the line.
func ParseHeaders(text string) (*Headers, error) {
	h := new(Headers)
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case len(line) > maxHeaderLine:
			return nil, fmt.Errorf("_headers:%d: the line has %d bytes, expected at most %d", n, len(line), maxHeaderLine)
		case trimmed == "" || trimmed[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			name, value, ok := strings.Cut(trimmed, ":")
			if !ok || name == "" || strings.ContainsAny(name, " \t") {
				return nil, fmt.Errorf("_headers:%d: %q, expected a header such as Name: value", n, trimmed)
			}
			if len(h.rules) == 0 {
				return nil, fmt.Errorf("_headers:%d: a header comes before the first path", n)
			}
			rule := &h.rules[len(h.rules)-1]
			rule.lines = append(rule.lines, [2]string{name, strings.TrimSpace(value)})
		default:
			if trimmed[0] != '/' || strings.Count(trimmed, "*") > 1 || strings.ContainsAny(trimmed, " \t") {
				return nil, fmt.Errorf("_headers:%d: %q, expected a path that begins with / and has at most one *", n, trimmed)
			}
			if len(h.rules) == maxHeaderRules {
				return nil, fmt.Errorf("_headers:%d: there are more than %d rules", n, maxHeaderRules)
			}
			h.rules = append(h.rules, headerRule{path: pathPattern(trimmed)})
		}
	}
	return h, nil
}

// Of returns the headers for the path of a request, which begins with a slash.
func (h *Headers) Of(path string) http.Header {
	out := make(http.Header)
	for _, rule := range h.rules {
		if !rule.path.MatchString(path) {
			continue
		}
		for _, line := range rule.lines {
			value := line[1]
			if before := out.Get(line[0]); before != "" {
				value = before + ", " + value
			}
			out.Set(line[0], value)
		}
	}
	return out
}

func pathPattern(path string) *regexp.Regexp {
	var b strings.Builder
	at := 0
	for _, m := range special.FindAllStringIndex(path, -1) {
		b.WriteString(regexp.QuoteMeta(path[at:m[0]]))
		if path[m[0]] == '*' {
			b.WriteString(".*")
		} else {
			b.WriteString("[^/]+")
		}
		at = m[1]
	}
	return regexp.MustCompile("^(?s:" + b.String() + regexp.QuoteMeta(path[at:]) + ")$")
}
