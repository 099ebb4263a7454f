package storefront

import (
	"html/template"
	"net/url"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// lists leads from a package's page to the lists that the package is in. Its row says which these are: a list that no package is in isn't there. The page of a release of its own
// leads to none, since the package may have left them.
type lists struct {
	base base
	lang string
	row  *wire.Row // nil where the package is in no list
}

func listsOf(l *locale, b base, p *Package) lists {
	in := lists{base: b, lang: l.tag}
	if !p.Own && p.Row.Listed() {
		in.row = &p.Row
	}
	return in
}

func (in lists) href(kind wire.ListKind, slug string) template.HTMLAttr {
	return in.base.href(wire.LangPath(in.lang, wire.ListPage(kind, slug, wire.ByUpdate, "")), "")
}

// link names a value, and leads to the list of the packages that have it.
func (in lists) link(kind wire.ListKind, value string) Link {
	link := Link{Label: clean(value)}
	if in.row == nil || value == "" {
		return link
	}
	has := false
	switch kind {
	case wire.OfCategory:
		has = slices.Contains(in.row.Categories, value)
	case wire.OfAntiFeature:
		has = slices.Contains(in.row.AntiFeatures, value)
	case wire.OfLicense:
		has = in.row.License == value
	case wire.OfFormat:
		has = in.row.Format == value
	}
	if has {
		link.Href = in.href(kind, wire.Slug(value))
	}
	return link
}

// host leads to the packages that work with the same version of the host.
func (in lists) host(format string) template.HTMLAttr {
	if in.row == nil || in.row.Host == "" || in.row.Format != format {
		return ""
	}
	return in.href(wire.OfHost, wire.Slug(format+" "+in.row.Host))
}

// author leads to what else an author made.
func (in lists) author(name string) template.HTMLAttr {
	if in.row == nil {
		return ""
	}
	for _, a := range in.row.Authors {
		if clean(a.Name) == name && a.Slug != "" {
			return in.href(wire.OfAuthor, a.Slug)
		}
	}
	return ""
}

// search leads to what the search finds.
func (in lists) search(query string) template.HTMLAttr {
	return in.base.href(wire.LangPath(in.lang, wire.SearchPage), "?q="+url.QueryEscape(query))
}
