package storefront

import (
	"html/template"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// A guide is a text of the documentation.
type guide struct {
	html     template.HTML
	contents []Link // its headings of the second level
}

// docsLevel is the level of the highest heading of a guide on its page.
const docsLevel = 2

// guide renders a file of docs/. Its first heading is left out, since the page has a title.
func (m *markdown) guide(src []byte) (guide, error) {
	doc := document{
		dir:   "docs",
		asset: func(string) (asset, bool) { return asset{}, false },
		page:  docsPage,
	}
	root := m.goldmark.Parser().Parse(text.NewReader(src))
	if first, ok := root.FirstChild().(*ast.Heading); ok && first.Level == 1 {
		root.RemoveChild(root, first)
	}
	rewrite(root, src, doc)
	var g guide
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok {
			continue
		}
		h.Level += docsLevel - topLevel
		if id, ok := h.AttributeString("id"); ok && h.Level == docsLevel {
			g.contents = append(g.contents, Link{Label: string(plainText(h, src)), Href: attr("href", "#"+escapePath(string(id.([]byte))))})
		}
	}
	var out writer
	if err := m.goldmark.Renderer().Render(&out, src, root); err != nil {
		return g, err
	}
	g.html = template.HTML(out.String())
	return g, nil
}
