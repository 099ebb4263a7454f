package storefront

import (
	"bytes"
	"html/template"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Bounds of Markdown.
const (
	maxMarkdown = 256 << 10 // bytes of a source that are rendered
	maxDepth    = 32        // of nested nodes
	maxMarkers  = 64        // containers that one line may open
)

// markdown renders sources. It is safe for concurrent use.
type markdown struct {
	goldmark goldmark.Markdown
}

func newMarkdown() *markdown {
	md := goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
			extension.TaskList,
		),
		// The nodes that aren't rendered as goldmark does it; the lower number wins.
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{}, 1))),
	)
	return &markdown{goldmark: md}
}

// A document is what a source is rendered for.
type document struct {
	prefix string                                            // of the ids of headings
	titles []string                                          // a first heading that says one of these is left out: the page says it
	dir    string                                            // of the file, in the package
	source string                                            // of the package, in the repo
	shown  map[string]string                                 // path in the package → where the page shows that file, as a link
	asset  func(path string) (asset, bool)                   // finds published files by their path in the package
	page   func(path, fragment string) (url string, ok bool) // finds pages that show other files; nil where there are none
}

// render returns a source as HTML.
func (m *markdown) render(src []byte, doc document) (template.HTML, error) {
	src = flatten(cleanMarkdown(src))
	root := m.goldmark.Parser().Parse(text.NewReader(src))
	rewrite(root, src, doc)
	var out writer
	out.Grow(len(src) + len(src)/2 + 256)
	if err := m.goldmark.Renderer().Render(&out, src, root); err != nil {
		return "", err
	}
	return template.HTML(out.String()), nil
}

// writer is a buffer that goldmark doesn't wrap into another one.
type writer struct{ strings.Builder }

func (w *writer) Available() int { return w.Cap() - w.Len() }
func (*writer) Buffered() int    { return 0 }
func (*writer) Flush() error     { return nil }

// cutMarkdown returns the beginning of a source that has more than so many bytes, to the end of a line.
func cutMarkdown(src []byte, most int) (start []byte, cut bool) {
	if len(src) <= most {
		return src, false
	}
	src = src[:most]
	if i := bytes.LastIndexByte(src, '\n'); i > 0 {
		return src[:i+1], true
	}
	for len(src) > 0 {
		if r, size := utf8.DecodeLastRune(src); r != utf8.RuneError || size != 1 {
			break
		}
		src = src[:len(src)-1]
	}
	return src, true
}

// flatten cuts the runs of markers that open containers ("> > - - …") to [maxMarkers] a line.
func flatten(src []byte) []byte {
	var out []byte
	done := 0 // how much of src is in out, if out isn't nil
	for start := 0; start < len(src); {
		end := len(src)
		if i := bytes.IndexByte(src[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		if from, to := surplus(src[start:end]); to > from {
			out = append(append(out, src[done:start+from]...), ' ')
			done = start + to
		}
		start = end
	}
	if out == nil {
		return src
	}
	return append(out, src[done:]...)
}

// surplus returns which part of a line holds the markers beyond [maxMarkers].
func surplus(line []byte) (from, to int) {
	if len(line) <= maxMarkers {
		return 0, 0
	}
	markers, number := 0, false // number: whether a digit stands before
	for to = 0; to < len(line); to++ {
		switch c := line[to]; {
		case c == '>' || c == '-' || c == '*' || c == '+' || (c == '.' || c == ')') && number:
			if markers++; markers == maxMarkers {
				from = to + 1
			}
			number = false
		case c >= '0' && c <= '9':
			number = true
		case c == ' ' || c == '\t':
			number = false
		default:
			if markers <= maxMarkers {
				return 0, 0
			}
			return from, to
		}
	}
	if markers <= maxMarkers {
		return 0, 0
	}
	return from, len(bytes.TrimRight(line, "\r\n"))
}

// slugs gives headings their ids, as GitHub does: so links that authors wrote to them work.
type slugs struct {
	prefix string
	taken  map[string]int // id → how many headings asked for it
}

// maxSlug bounds an id, in bytes.
const maxSlug = 120

// add returns the id of a heading.
func (s *slugs) add(heading []byte) []byte {
	b := make([]byte, 0, len(s.prefix)+len(heading)+4)
	b = append(b, s.prefix...)
	for _, r := range string(bytes.TrimSpace(heading)) {
		switch {
		case r == ' ':
			b = append(b, '-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
		if len(b) > maxSlug {
			break
		}
	}
	if s.taken == nil {
		s.taken = make(map[string]int)
	}
	plain := string(b)
	for s.taken[string(b)] > 0 {
		b = strconv.AppendInt(append(b[:len(plain)], '-'), int64(s.taken[plain]), 10)
		s.taken[plain]++
	}
	s.taken[string(b)]++
	return b
}

// find returns the id that a fragment names.
func (s *slugs) find(fragment string) (string, bool) {
	id := s.prefix + strings.ToLower(fragment)
	return id, s.taken[id] > 0
}
