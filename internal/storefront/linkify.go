package storefront

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// linkify turns the web addresses in a text, which run through the texts that follow it without a gap, into links. It returns the
// last node that the text became.
//
// goldmark has an extension for this, but that one looks at every space, which takes a quarter of the time.
func (w *rewriter) linkify(parent ast.Node, n *ast.Text) ast.Node {
	for {
		next, ok := n.NextSibling().(*ast.Text)
		if !ok || next.IsRaw() || n.IsRaw() || !n.Merge(next, w.src) {
			break
		}
		parent.RemoveChild(parent, next)
	}
	for {
		from, to := findAddress(n.Value(w.src))
		if from < 0 {
			return n
		}
		segment := n.Segment
		address := segment.WithStart(segment.Start + from)
		address.Stop = segment.Start + to
		u, ok := external(string(util.URLEscape(address.Value(w.src), true)))
		if !ok {
			return n
		}
		link := ast.NewLink()
		link.Destination = []byte(u.String())
		link.AppendChild(link, ast.NewTextSegment(address))
		if from > 0 {
			parent.InsertBefore(parent, n, ast.NewTextSegment(segment.WithStop(segment.Start+from)))
		}
		parent.InsertBefore(parent, n, link)
		n.Segment = segment.WithStart(segment.Start + to)
	}
}

var http = []byte("http")

// findAddress returns where the first web address in a text is; from is negative if there is none.
func findAddress(s []byte) (from, to int) {
	for from = 0; ; from += len(http) {
		i := bytes.Index(s[from:], http)
		if i < 0 {
			return -1, 0
		}
		from += i
		rest := s[from:]
		if from > 0 && (isAlphanumeric(s[from-1]) || s[from-1] >= 0x80) ||
			!bytes.HasPrefix(rest, []byte("http://")) && !bytes.HasPrefix(rest, []byte("https://")) {
			continue
		}
		n := bytes.IndexAny(rest, " \t\r\n<>\"`")
		if n < 0 {
			n = len(rest)
		}
		return from, from + trimAddress(rest[:n])
	}
}

// trimAddress returns the length of an address without the punctuation of the sentence that it stands in.
func trimAddress(s []byte) int {
	open, closed := bytes.Count(s, []byte("(")), bytes.Count(s, []byte(")"))
	n := len(s)
	for ; n > 0; n-- {
		switch c := s[n-1]; {
		case c == ')' && closed > open:
			closed--
		case c != ')' && strings.IndexByte("?!.,:;*_~'", c) >= 0:
		default:
			return n
		}
	}
	return n
}
