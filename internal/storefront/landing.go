package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// Landing is what the page shows that is passed around with a deep link to a package.
type Landing struct {
	Registry wire.Registry // its id, name and base URL count, nothing else
	Metadata wire.Metadata
	Delisted bool
	// Advisories are those that apply to the release. If one blocks it, then all releases are blocked.
	Advisories []wire.Advisory
	Link       string // the deep link: its scheme is the package's format; empty where there is none
	Picture    string // published path of its QR code; may be empty
	// Renditions are the smaller renditions that there are of pictures, by the path of the picture in the package, the narrowest first.
	Renditions map[string][]Rendition
}

// landingView is what templates/landing.html sees.
type landingView struct {
	Page     page
	Head     headView
	Blocked  bool              // all releases are
	Link     template.HTMLAttr // href; "" where there is none
	Host     string            // the app: the name of the format
	Picture  template.HTMLAttr // src; "" where there is none
	Download Link              // noted with kind and size
	Save     template.HTML     // the link within a sentence
	SaveFile template.HTML     // likewise
	More     template.HTMLAttr // href of the package's page
	Apps     []string          // that the package is for
}

// Landing renders the page, for index.html below [wire.HostPath] of the package. It is in the default language: links to it are passed around.
func (r *Renderer) Landing(from Landing) ([]byte, error) {
	m := &from.Metadata
	l := r.locales[0]
	v := landingView{Page: r.pageAt(l, wire.HostPath(m.Format, m.ID)+"index.html", from.Registry), Host: clean(m.Format)}
	b := v.Page.base
	p := Package{Metadata: from.Metadata, Advisories: from.Advisories, Renditions: from.Renditions}
	v.Head = headOf(l, b, &p, assetsOf(b, m, from.Renditions))
	v.Head.Delisted = from.Delisted
	v.Blocked = v.Head.Advisories.blocked()
	v.Page.Title = cutText(v.Head.Name.Text, maxTitle-20) + " – " + cutText(v.Page.Registry, 40)
	v.Page.Description = v.Head.Summary.Text
	v.Download = downloadOf(l, b, m)
	save := v.Download.Href + " download"
	v.Save, v.SaveFile = Link{Label: l.text("landing_download"), Href: save}.html(), Link{Label: l.text("landing_file"), Href: save}.html()
	v.More = b.href(wire.LangPath(l.tag, wire.PackagePage(m.ID)), "")
	for _, app := range plainTexts(m.Requires...) {
		v.Apps = append(v.Apps, app.Label)
	}
	if !v.Blocked {
		v.Link = deepLink(m.Format, from.Link)
	}
	if from.Picture != "" {
		v.Picture = attr("src", b.to(from.Picture))
	}
	return r.execute(l, landingFile, &v)
}
