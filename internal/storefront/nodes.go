package storefront

import (
	"bytes"
	"strconv"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// A picture is a published picture in a text.
type picture struct {
	ast.BaseInline
	asset
	alt []byte
}

var kindPicture = ast.NewNodeKind("Picture")

func (*picture) Kind() ast.NodeKind              { return kindPicture }
func (n *picture) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// nodeRenderer renders the nodes for which goldmark's own way isn't ours.
type nodeRenderer struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (r nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindPicture, r.picture)
	reg.Register(kindListing, r.listing)
	reg.Register(ast.KindLink, r.link)
	reg.Register(ast.KindFencedCodeBlock, r.code)
	reg.Register(ast.KindCodeBlock, r.code)
	reg.Register(extast.KindTable, r.table)
	reg.Register(extast.KindTableCell, r.cell)
	reg.Register(extast.KindTaskCheckBox, r.checkBox)
	// rewrite leaves none of these. Should one be missed, it isn't shown.
	reg.Register(ast.KindImage, r.nothing)
	reg.Register(ast.KindAutoLink, r.nothing)
	reg.Register(ast.KindRawHTML, r.nothing)
	reg.Register(ast.KindHTMLBlock, r.nothing)
}

func (nodeRenderer) nothing(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

func (nodeRenderer) link(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	destination := node.(*ast.Link).Destination
	_, _ = w.WriteString(`<a href="`)
	_, _ = w.Write(util.EscapeHTML(destination))
	if bytes.HasPrefix(destination, []byte("http")) { // all others are relative
		_, _ = w.WriteString(`" rel="` + rel)
	}
	_, _ = w.WriteString(`">`)
	return ast.WalkContinue, nil
}

func (nodeRenderer) picture(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*picture)
	_, _ = w.WriteString(`<img src="`)
	_, _ = w.Write(util.EscapeHTML([]byte(n.url)))
	_, _ = w.WriteString(`" alt="`)
	html.DefaultWriter.Write(w, n.alt)
	_ = w.WriteByte('"')
	if n.srcset != "" {
		_, _ = w.WriteString(` srcset="` + n.srcset + `" sizes="min(45rem, 100vw)"`)
	}
	if n.width > 0 && n.height > 0 {
		_, _ = w.WriteString(` width="` + strconv.Itoa(n.width) + `" height="` + strconv.Itoa(n.height) + `"`)
	}
	_, _ = w.WriteString(` loading="lazy">`)
	return ast.WalkContinue, nil
}

// code can be scrolled, so it can be reached by keyboard.
func (nodeRenderer) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</code></pre>\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<pre tabindex="0"><code>`)
	lines := n.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		html.DefaultWriter.RawWrite(w, line.Value(source))
	}
	return ast.WalkContinue, nil
}

// table goes into a frame that can be scrolled.
func (nodeRenderer) table(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="scroll" tabindex="0"><table>` + "\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

// cell is a heading in the first row, unless nothing stands in it: a heading of nothing tells whoever hears the page nothing.
func (nodeRenderer) cell(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*extast.TableCell)
	tag := "td"
	if n.Parent().Kind() == extast.KindTableHeader && n.HasChildren() {
		tag = "th"
	}
	switch {
	case !entering:
		_, _ = w.WriteString("</" + tag + ">\n")
	case n.Alignment != extast.AlignNone:
		_, _ = w.WriteString("<" + tag + ` align="` + n.Alignment.String() + `">`)
	default:
		_, _ = w.WriteString("<" + tag + ">")
	}
	return ast.WalkContinue, nil
}

func (nodeRenderer) checkBox(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		sign := "☐ "
		if node.(*extast.TaskCheckBox).IsChecked {
			sign = "☑ "
		}
		_, _ = w.WriteString(sign)
	}
	return ast.WalkContinue, nil
}
