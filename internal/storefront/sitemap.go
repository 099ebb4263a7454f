package storefront

import (
	"encoding/xml"
	"fmt"

	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of a part of the sitemap, as sitemaps.org has them.
const (
	maxSitemapAddresses = 50_000
	maxSitemapBytes     = 50_000_000
)

// maxAlternates is how many links to other languages a part has at most. One with more has none: the pages have them, too.
const maxAlternates = 100_000

// pagesSitemap is the name of the part with what isn't about a package. No digits of a hash look like it.
const pagesSitemap = "pages"

type urlSet struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string       `xml:"xmlns:xhtml,attr,omitempty"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc        string             `xml:"loc"`
	LastMod    string             `xml:"lastmod,omitempty"`
	Alternates []sitemapAlternate `xml:"xhtml:link"`
}

type sitemapAlternate struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Parts   []sitemapURL `xml:"sitemap"`
}

// SitemapPart renders the part of the sitemap with the pages of the packages whose hash begins with these digits, those alone that are on offer. There is none where the registry has no
// base URL, since a sitemap needs absolute addresses.
func (r *Renderer) SitemapPart(registry wire.Registry, digits string, rows []wire.Row) ([]File, error) {
	var pages []sitemapPage
	for i := range rows {
		if rows[i].Listed() {
			pages = append(pages, sitemapPage{wire.PackagePage(rows[i].ID), rows[i].Updated})
		}
	}
	return r.sitemapPart(registry, digits, pages)
}

// Sitemap renders the index of the sitemap, and its part with the pages that aren't about one package. parts are the digits of all parts that [Renderer.SitemapPart] renders.
func (r *Renderer) Sitemap(registry wire.Registry, parts []string) ([]File, error) {
	var pages []sitemapPage
	for _, at := range []string{wire.IndexPage, wire.NewsPage, wire.AdvisoriesPage, wire.DocsPage, wire.AddPage, wire.ListPage(wire.AllPackages, "", wire.ByUpdate, "")} {
		pages = append(pages, sitemapPage{path: at})
	}
	for _, kind := range wire.ListKinds {
		if kind != wire.AllPackages {
			pages = append(pages, sitemapPage{path: wire.ValuesPage(kind, "")})
		}
	}
	files, err := r.sitemapPart(registry, pagesSitemap, pages)
	if err != nil || files == nil {
		return nil, err
	}
	var index sitemapIndex
	for _, part := range append([]string{pagesSitemap}, parts...) {
		index.Parts = append(index.Parts, sitemapURL{Loc: registry.BaseURL + "/" + wire.SitemapPartPath(part)})
	}
	data, err := xmlDocument(index)
	return append(files, File{wire.SitemapPath, data}), err
}

// A sitemapPage is a page below its language.
type sitemapPage struct {
	path    string
	updated int64 // unix seconds; 0 where it isn't known
}

// sitemapPart renders a part: each page in all languages.
func (r *Renderer) sitemapPart(registry wire.Registry, name string, pages []sitemapPage) ([]File, error) {
	if registry.BaseURL == "" {
		return nil, nil
	}
	at, languages := wire.SitemapPartPath(name), len(r.locales)
	if n := len(pages) * languages; n > maxSitemapAddresses {
		return nil, fmt.Errorf("%s would have %d addresses, expected at most %d", at, n, maxSitemapAddresses)
	}
	var set urlSet
	linked := languages > 1 && len(pages)*languages*languages <= maxAlternates
	if linked {
		set.XHTML = "http://www.w3.org/1999/xhtml"
	}
	address := func(l *locale, path string) string {
		return registry.BaseURL + "/" + pageAddress(wire.LangPath(l.tag, path))
	}
	for _, page := range pages {
		var alternates []sitemapAlternate
		for _, l := range r.locales {
			if linked {
				alternates = append(alternates, sitemapAlternate{"alternate", l.tag, address(l, page.path)})
			}
		}
		for _, l := range r.locales {
			set.URLs = append(set.URLs, sitemapURL{address(l, page.path), formatDate(page.updated), alternates})
		}
	}
	data, err := xmlDocument(set)
	if len(data) > maxSitemapBytes {
		return nil, fmt.Errorf("%s would have %d bytes, expected at most %d", at, len(data), maxSitemapBytes)
	}
	return []File{{at, data}}, err
}
