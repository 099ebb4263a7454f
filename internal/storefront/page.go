package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// A page is what the frame around every page sees.
type page struct {
	Lang              string
	Title             string
	Description       string
	Registry          string            // name of the registry
	Style             template.HTMLAttr // href
	MarkHref, MarkSrc template.HTMLAttr
	Home              template.HTMLAttr // href
	Check             template.HTMLAttr // href: how to check the registry
	Class             string            // "wide": the page is a list that uses all of a screen
	IsHome            bool

	base base
}

// maxTitle is how long the title of a page may be; browsers show less.
const maxTitle = 120

func (r *Renderer) page(at string, registry wire.Registry) page {
	b := baseOf(at)
	return page{
		Lang:     pageLang,
		Registry: nameOf(registry),
		Style:    b.href(r.style, ""),
		MarkHref: b.href(r.icon, ""),
		MarkSrc:  attr("src", b.to(r.icon)),
		Home:     b.href(wire.HomePage, ""),
		Check:    b.href(wire.HomePage, "#check"),
		base:     b,
	}
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
