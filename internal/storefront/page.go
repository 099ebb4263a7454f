package storefront

import (
	"html/template"
	"path"

	"github.com/regen-registry/regen/internal/wire"
)

// A page is what the frame around every page sees.
type page struct {
	Lang        string
	Dir         string // "ltr" or "rtl"
	Title       string
	Description string
	Registry    string              // name of the registry
	Style       template.HTMLAttr   // href
	Scripts     []template.HTMLAttr // src of each
	CSP         string
	MarkHref    template.HTMLAttr
	MarkSrc     template.HTMLAttr
	Nav         nav
	Search      searchBox
	Feeds       []Link            // that browsers offer to subscribe to
	Manifest    template.HTMLAttr // href
	OpenSearch  template.HTMLAttr // href; "" where the registry has no base URL
	Languages   []alternate       // the page in every language, its own included; none for pages that have one language
	Canonical   string            // absolute address, or "" where the registry has none
	Class       string            // of the page's body, or ""
	Section     string            // of the site that the page belongs to: "home", "browse", "categories", "new", "docs", "add", "advisories" or "search"
	IsHome      bool
	Social      social

	base base
	loc  *locale
	path string // published
}

// nav are the pages that every page leads to: hrefs.
type nav struct {
	Home, Browse, Categories, News, Advisories, Docs, Add, Search, Feed, Check template.HTMLAttr
}

// A searchBox is the form that searches. Its script reads the attributes.
type searchBox struct {
	Action template.HTMLAttr
	Data   []template.HTMLAttr // where the index, the packages and the pages lie, and what the script says
}

// An alternate is a page in another language, or in its own.
type alternate struct {
	Lang, Name string
	Dir        string
	Href       template.HTMLAttr // relative
	Absolute   string            // "" where the registry has no base URL
	Current    bool
}

// maxTitle is how long the title of a page may be; browsers show less.
const (
	maxTitle    = 120
	maxTitleEnd = 40 // of the registry's name in it
)

// page returns the frame of the page that lies at this path below its language. scripts are the names of those that it loads.
func (r *Renderer) page(l *locale, at string, registry wire.Registry, scripts ...string) page {
	p := r.pageAt(l, wire.LangPath(l.tag, at), registry, scripts...)
	for _, other := range r.locales {
		there := wire.LangPath(other.tag, at)
		a := alternate{Lang: other.tag, Name: other.text("language"), Dir: other.text("direction"), Href: p.base.href(there, ""), Current: other == l}
		if registry.BaseURL != "" {
			a.Absolute = registry.BaseURL + "/" + pageAddress(there)
		}
		p.Languages = append(p.Languages, a)
	}
	return p
}

// pageAt returns the frame of a page that has one language, at its published path.
func (r *Renderer) pageAt(l *locale, path string, registry wire.Registry, scripts ...string) page {
	return r.pageFrom(l, baseOf(path), path, registry, scripts...)
}

// pageFrom returns the frame of a page whose addresses begin with b.
func (r *Renderer) pageFrom(l *locale, b base, at string, registry wire.Registry, scripts ...string) page {
	to := func(page, fragment string) template.HTMLAttr { return b.href(wire.LangPath(l.tag, page), fragment) }
	p := page{
		Lang:     l.tag,
		Dir:      l.text("direction"),
		Registry: nameOf(registry),
		Style:    b.href(r.style, ""),
		CSP:      wire.PageCSP,
		MarkHref: b.href(r.icon, ""),
		MarkSrc:  attr("src", b.to(r.icon)),
		Nav: nav{
			Home: to(wire.IndexPage, ""), Browse: to(wire.ListPage(wire.AllPackages, "", wire.ByUpdate, ""), ""), Categories: to(wire.ValuesPage(wire.OfCategory, ""), ""),
			News: to(wire.NewsPage, ""), Advisories: to(wire.AdvisoriesPage, ""), Docs: to(wire.DocsPage, ""), Add: to(wire.AddPage, ""), Search: to(wire.SearchPage, ""),
			Feed: to(wire.FeedPath, ""), Check: to(wire.IndexPage, "#check"),
		},
		Search:   searchOf(l, b),
		Feeds:    []Link{{Label: l.text("feed_news", "registry", nameOf(registry)), Href: to(wire.FeedPath, "")}},
		Manifest: b.href(wire.WebManifestPath, ""),
		base:     b, loc: l, path: at,
	}
	for _, name := range append([]string{"search"}, scripts...) {
		if script, ok := r.scripts[name]; ok {
			p.Scripts = append(p.Scripts, attr("src", b.to(script)))
		}
	}
	if registry.BaseURL != "" {
		p.Canonical = registry.BaseURL + "/" + pageAddress(at)
		p.OpenSearch = to(wire.OpenSearchPath, "")
	}
	return p
}

// searchOf returns the form that searches, for a page whose addresses begin with b. Templates would take data-one for a script: its name goes on like that of an event.
func searchOf(l *locale, b base) searchBox {
	return searchBox{Action: attr("action", b.to(wire.LangPath(l.tag, wire.SearchPage))), Data: []template.HTMLAttr{
		attr("data-index", b.to(wire.SearchPath(l.tag, ""))),
		attr("data-cards", b.to(path.Dir(wire.CardPath(0))+"/")),
		attr("data-top", b.to("")),
		attr("data-pages", b.to(l.tag+"/")),
		attr("data-lang", l.tag),
		attr("data-label", l.text("search_title")),
		attr("data-none", l.text("search_none")),
		attr("data-one", l.text("search_results", "n", 1)),
		attr("data-many", l.text("search_results", "n", "{n}")),
		attr("data-over", l.text("search_over", "n", "{n}")),
		attr("data-more", l.text("search_more")),
		attr("data-failed", l.text("search_failed")),
	}}
}

// title sets the title of a page. The registry's name always ends it, so that no page looks as if it were another site's.
func (p *page) title(title string) {
	p.Title = cutText(title, maxTitle-maxTitleEnd) + " – " + cutText(p.Registry, maxTitleEnd)
}

// pageAddress returns how a page is named in an absolute address: index.html is its directory.
func pageAddress(path string) string {
	const index = "index.html"
	if n := len(path) - len(index); n >= 0 && path[n:] == index && (n == 0 || path[n-1] == '/') {
		path = path[:n]
	}
	return escapePath(path)
}

// nameOf returns the name of a registry, or its id where it has none.
func nameOf(registry wire.Registry) string {
	if name := clean(registry.Name); name != "" {
		return name
	}
	return registry.ID
}

// An Icon is a package's picture, or the letter that stands in for it.
type Icon struct {
	Src      template.HTMLAttr // "" where there is none
	SrcSet   template.HTMLAttr // "" where there is one size
	Monogram string
	Tile     int // colour of the monogram
}

func iconOf(id, name, url string) Icon {
	if url != "" {
		return Icon{Src: attr("src", url)}
	}
	return Icon{Monogram: monogram(name), Tile: tileOf(id)}
}

// named returns the name of a package, or its id where nothing of the name can be shown.
func named(name, id string) string {
	if name == "" {
		return id
	}
	return name
}
