package storefront

import (
	"html/template"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// A Card is what a list shows of one package.
type Card struct {
	ID    string
	Entry wire.Entry
}

// A Shelf is one node of a catalogue that is split: a leaf has cards, an inner node has shelves.
type Shelf struct {
	Digits  string // hex digits that lead to the node
	Cards   []Card
	Shelves []string // digits of the nodes below
}

// Home is what the home page of a registry shows.
type Home struct {
	Registry  wire.Registry
	PublicKey string // as minisign writes it (base64); may be empty
	// Cards are all packages, sorted by name, if the catalogue isn't split, else the most recent ones. They are shown in this order.
	Cards   []Card
	Shelves []string // digits of the nodes below the root, if the catalogue is split
}

// Home renders [wire.HomePage].
func (r *Renderer) Home(h Home) ([]byte, error) {
	v := homeView{
		Page:      r.page(wire.HomePage, h.Registry),
		Count:     formatCount(int64(h.Registry.Count)),
		One:       h.Registry.Count == 1,
		None:      h.Registry.Count == 0,
		Changed:   formatDate(h.Registry.Time),
		PublicKey: clean(h.PublicKey),
	}
	v.Page.Title, v.Page.Class, v.Page.IsHome = cutText(v.Page.Registry, maxTitle), "wide", true
	v.Long = isLong(v.Page.Registry)
	v.Page.Description = v.Page.Registry + ": signed packages, as plain files."
	v.Cards = cardViews(v.Page.base, h.Cards)
	v.Shelves = shelfLinks(v.Page.base, h.Shelves)
	v.Index = Link{Label: wire.RootPath, Href: v.Page.base.href(wire.RootPath, "")}
	v.Signature = Link{Label: wire.HeadPath, Href: v.Page.base.href(wire.HeadPath, "")}
	v.Key = Link{Label: wire.ReleaseKeyPath, Href: v.Page.base.href(wire.ReleaseKeyPath, "")}
	return r.execute(homeFile, &v)
}

// Shelf renders [wire.ShelfPage]. The cards are shown in their order.
func (r *Renderer) Shelf(registry wire.Registry, s Shelf) ([]byte, error) {
	v := shelfView{Page: r.page(wire.ShelfPage(s.Digits), registry), Digits: s.Digits}
	v.Page.Title, v.Page.Class = cutText("Shelf "+s.Digits+" – "+v.Page.Registry, maxTitle), "wide"
	v.All = v.Page.base.href(wire.HomePage, "#shelves")
	v.Page.Description = "Packages of " + v.Page.Registry + "."
	v.Cards = cardViews(v.Page.base, s.Cards)
	v.Shelves = shelfLinks(v.Page.base, s.Shelves)
	return r.execute(shelfFile, &v)
}

// homeView is what templates/home.html sees.
type homeView struct {
	Page                  page
	Long                  bool   // whether the registry's name needs smaller letters
	Count                 string // of all packages
	One                   bool   // whether that is one
	None                  bool   // whether that is none
	Changed               string // day of the last event
	PublicKey             string
	Index, Signature, Key Link
	Cards                 []cardView
	Shelves               []shelfLink
}

// shelfView is what templates/shelf.html sees.
type shelfView struct {
	Page    page
	Digits  string
	All     template.HTMLAttr // href: where the first shelves are
	Cards   []cardView
	Shelves []shelfLink
}

type shelfLink struct {
	Digits string
	Href   template.HTMLAttr
}

func shelfLinks(b base, digits []string) []shelfLink {
	links := make([]shelfLink, len(digits))
	for i, d := range digits {
		links[i] = shelfLink{d, b.href(wire.ShelfPage(d), "")}
	}
	return links
}

// cardView is what templates/card.html sees.
type cardView struct {
	Name     string
	Href     template.HTMLAttr
	Icon     Icon
	Summary  string
	Version  string
	Channel  string // "" for the stable one
	Tags     string
	Delisted bool
}

// maxTags is how many categories a card has room for.
const maxTags = 4

func cardViews(b base, cards []Card) []cardView {
	views := make([]cardView, len(cards))
	for i, c := range cards {
		v := &views[i]
		v.Name = named(clean(c.Entry.Name), c.ID)
		v.Href = b.href(wire.PackagePage(c.ID), "")
		icon := ""
		if c.Entry.Icon != "" {
			icon = b.to(wire.PackagePath(c.ID) + c.Entry.Icon)
		}
		v.Icon = iconOf(c.ID, v.Name, icon)
		v.Summary = clean(c.Entry.Summary)
		v.Version, v.Channel = newest(c.Entry.Channels)
		v.Version = clean(v.Version)
		v.Tags = clean(strings.Join(c.Entry.Categories[:min(maxTags, len(c.Entry.Categories))], " · "))
		v.Delisted = c.Entry.State == wire.Delisted
	}
	return views
}

// newest returns the version to name where there is room for one: the stable one, else that of the next channel. The channel is
// "" if it is the stable one.
func newest(channels map[string]string) (version, channel string) {
	for _, channel := range wire.Channels {
		if version := channels[channel]; version != "" {
			if channel == wire.Stable {
				channel = ""
			}
			return version, channel
		}
	}
	return "", ""
}
