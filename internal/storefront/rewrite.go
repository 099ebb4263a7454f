package storefront

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// rewrite turns a parsed source into what may be shown: afterwards every link and picture has a destination that is right as it
// stands, no raw HTML is left, and headings lie below the page's.
func rewrite(root ast.Node, src []byte, doc document) {
	w := rewriter{src: src, doc: doc, slugs: slugs{prefix: doc.prefix}, addresses: bytes.Contains(src, http)}
	w.dropTitle(root)
	w.children(root, 0, false)
	w.finishHeadings()
	w.finishFragments()
}

// topLevel is the level of the highest heading of a source on a page: h1 is the page's, h2 the section's.
const topLevel = 3

type rewriter struct {
	src       []byte
	doc       document
	slugs     slugs
	addresses bool // whether there may be web addresses in the text
	coloured  int  // bytes of code in colours
	spans     int  // that they have
	headings  []*ast.Heading
	fragments []*ast.Link // that lead to headings, not yet known to be there
}

// dropTitle removes a first heading that only repeats the page's.
func (w *rewriter) dropTitle(root ast.Node) {
	first, ok := root.FirstChild().(*ast.Heading)
	if !ok {
		return
	}
	heading := strings.TrimSpace(string(plainText(first, w.src)))
	if slices.ContainsFunc(w.doc.titles, func(title string) bool { return strings.EqualFold(heading, title) }) {
		root.RemoveChild(root, first)
	}
}

func (w *rewriter) children(parent ast.Node, depth int, inLink bool) {
	for child := parent.FirstChild(); child != nil; {
		if t, ok := child.(*ast.Text); ok && w.addresses && !inLink {
			child = w.linkify(parent, t).NextSibling()
			continue
		}
		next := child.NextSibling()
		w.node(parent, child, depth+1, inLink)
		child = next
	}
}

func (w *rewriter) node(parent, n ast.Node, depth int, inLink bool) {
	if depth > maxDepth {
		w.cut(parent, n)
		return
	}
	switch n := n.(type) {
	case *ast.Text, *ast.String, *ast.CodeSpan:
		return
	case *ast.HTMLBlock:
		parent.RemoveChild(parent, n)
		return
	case *ast.RawHTML:
		w.rawHTML(parent, n)
		return
	case *ast.AutoLink:
		w.autoLink(parent, n)
		return
	case *ast.Image:
		w.image(parent, n, inLink)
		return
	case *ast.FencedCodeBlock:
		w.highlight(parent, n)
		return
	case *extast.TaskCheckBox:
		if item := parent.Parent(); item != nil && item.Kind() == ast.KindListItem {
			item.SetAttributeString("class", "task") // its sign takes the place of the bullet
		}
		return
	case *ast.Heading:
		w.headings = append(w.headings, n)
	case *ast.Link:
		w.children(n, depth, true)
		w.link(parent, n)
		return
	}
	w.children(n, depth, inLink)
}

// cut puts an ellipsis where nesting goes too deep.
func (w *rewriter) cut(parent, n ast.Node) {
	var sign ast.Node = ast.NewString([]byte("…"))
	if n.Type() == ast.TypeBlock {
		block := ast.NewTextBlock()
		block.AppendChild(block, sign)
		sign = block
	}
	parent.ReplaceChild(parent, n, sign)
}

// rawHTML drops a tag; only a line break is one of ours, too. The text between tags isn't part of them and stays.
func (w *rewriter) rawHTML(parent ast.Node, n *ast.RawHTML) {
	if n.Segments.Len() == 1 {
		segment := n.Segments.At(0)
		switch tag := segment.Value(w.src); strings.ToLower(string(tag)) {
		case "<br>", "<br/>", "<br />":
			br := ast.NewString([]byte("<br>"))
			br.SetCode(true) // written as it is
			parent.ReplaceChild(parent, n, br)
			return
		}
	}
	parent.RemoveChild(parent, n)
}

func (w *rewriter) autoLink(parent ast.Node, n *ast.AutoLink) {
	label := rawString(n.Label(w.src))
	if n.AutoLinkType == ast.AutoLinkURL {
		if u, ok := external(string(n.URL(w.src))); ok {
			link := ast.NewLink()
			link.Destination = []byte(u.String())
			link.AppendChild(link, label)
			parent.ReplaceChild(parent, n, link)
			return
		}
	}
	parent.ReplaceChild(parent, n, label)
}

// link resolves a link. One that leads nowhere becomes its text.
func (w *rewriter) link(parent ast.Node, n *ast.Link) {
	raw := string(util.URLEscape(n.Destination, true))
	n.Title = nil
	if u, ok := external(raw); ok {
		n.Destination = []byte(u.String())
		return
	}
	if fragment, ok := strings.CutPrefix(raw, "#"); ok {
		n.Destination = []byte(fragment)
		w.fragments = append(w.fragments, n)
		return
	}
	if file, ok := w.resolve(raw); ok {
		if address, ok := w.doc.shown[file]; ok {
			n.Destination = []byte(address)
			return
		}
		if a, ok := w.doc.asset(file); ok && a.opens {
			n.Destination = []byte(a.url)
			return
		}
		if w.doc.page != nil {
			_, fragment, _ := strings.Cut(raw, "#")
			if url, ok := w.doc.page(file, fragment); ok {
				n.Destination = []byte(url)
				return
			}
		}
	}
	unwrap(parent, n)
}

// image resolves a picture: a published one is shown, a foreign one linked, and of any other only the alternative text is left.
func (w *rewriter) image(parent ast.Node, n *ast.Image, inLink bool) {
	raw := string(util.URLEscape(n.Destination, true))
	alt := plainText(n, w.src)
	if u, ok := external(raw); ok {
		if len(bytes.TrimSpace(alt)) == 0 {
			alt = []byte(u.Hostname())
		}
		label := ast.NewString(alt)
		if inLink {
			parent.ReplaceChild(parent, n, label)
			return
		}
		link := ast.NewLink()
		link.Destination = []byte(u.String())
		link.AppendChild(link, label)
		parent.ReplaceChild(parent, n, link)
		return
	}
	if file, ok := w.resolve(raw); ok {
		if a, ok := w.doc.asset(file); ok && a.picture {
			parent.ReplaceChild(parent, n, &picture{asset: a, alt: alt})
			return
		}
	}
	parent.ReplaceChild(parent, n, ast.NewString(alt))
}

// resolve returns the path in the package that a relative link names.
func (w *rewriter) resolve(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" {
		return "", false
	}
	p, absolute := strings.CutPrefix(u.Path, "/")
	if !absolute {
		p = path.Join(w.doc.dir, p)
	} else if w.doc.source != "" {
		p = strings.TrimPrefix(p, w.doc.source+"/")
	}
	p = path.Clean(p)
	return p, !strings.HasPrefix(p, "../")
}

// finishHeadings shifts the headings, the highest one to [topLevel], and gives them ids.
func (w *rewriter) finishHeadings() {
	highest := 6
	for _, h := range w.headings {
		highest = min(highest, h.Level)
	}
	for _, h := range w.headings {
		h.Level = min(6, h.Level-highest+topLevel)
		h.SetAttributeString("id", w.slugs.add(plainText(h, w.src)))
	}
}

func (w *rewriter) finishFragments() {
	for _, n := range w.fragments {
		fragment, err := url.PathUnescape(string(n.Destination))
		id, ok := w.slugs.find(fragment)
		if err != nil || !ok {
			unwrap(n.Parent(), n)
			continue
		}
		n.Destination = []byte("#" + escapePath(id))
	}
}

// unwrap puts a node's children in its place.
func unwrap(parent, n ast.Node) {
	for child := n.FirstChild(); child != nil; {
		next := child.NextSibling()
		parent.InsertBefore(parent, n, child)
		child = next
	}
	parent.RemoveChild(parent, n)
}

// rawString returns text that is escaped and nothing else.
func rawString(s []byte) *ast.String {
	n := ast.NewString(s)
	n.SetRaw(true)
	return n
}

// plainText returns the text of a node without its marks.
func plainText(n ast.Node, src []byte) []byte {
	if first := n.FirstChild(); first != nil && first == n.LastChild() {
		if t, ok := first.(*ast.Text); ok {
			return t.Value(src)
		}
	}
	var b []byte
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b = append(b, n.Value(src)...)
			if n.SoftLineBreak() || n.HardLineBreak() {
				b = append(b, ' ')
			}
		case *ast.String:
			if !n.IsCode() {
				b = append(b, n.Value...)
			}
		case *ast.AutoLink:
			b = append(b, n.Label(src)...)
		case *picture:
			b = append(b, n.alt...)
		}
		return ast.WalkContinue, nil
	})
	return b
}
