package storefront

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"github.com/regen-registry/regen/internal/highlight"
)

// Bounds of coloured code in a text. What goes beyond is shown in one colour.
const (
	maxColoured = 64 << 10 // bytes of code
	maxSpans    = 3000
)

// A listing is code with parts that have a colour.
type listing struct {
	ast.BaseBlock
	code  []byte
	spans []highlight.Span
}

var kindListing = ast.NewNodeKind("Listing")

func (*listing) Kind() ast.NodeKind              { return kindListing }
func (n *listing) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// highlight puts a listing in the place of code in a language that is known.
func (w *rewriter) highlight(parent ast.Node, n *ast.FencedCodeBlock) {
	if n.Info == nil || w.spans == maxSpans {
		return
	}
	code := n.Lines().Value(w.src)
	if len(code) > maxColoured-w.coloured {
		return
	}
	spans := highlight.Spans(string(n.Info.Value(w.src)), string(code))
	if len(spans) == 0 {
		return
	}
	spans = spans[:min(len(spans), maxSpans-w.spans)]
	w.coloured += len(code)
	w.spans += len(spans)
	parent.ReplaceChild(parent, n, &listing{code: code, spans: spans})
}

// listing writes code as [nodeRenderer.code] does. The classes are those of package highlight; nothing of the source is in an attribute.
func (nodeRenderer) listing(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*listing)
	_, _ = w.WriteString(`<pre tabindex="0"><code>`)
	at := 0
	for _, span := range n.spans {
		html.DefaultWriter.RawWrite(w, n.code[at:span.Start])
		_, _ = w.WriteString(`<span class="` + string(span.Class) + `">`)
		html.DefaultWriter.RawWrite(w, n.code[span.Start:span.End])
		_, _ = w.WriteString("</span>")
		at = span.End
	}
	html.DefaultWriter.RawWrite(w, n.code[at:])
	_, _ = w.WriteString("</code></pre>\n")
	return ast.WalkContinue, nil
}
