package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// listView is what templates/list.html sees.
type listView struct {
	Page       page
	Kinds      []kindLink
	Kind       string    // of the list in a word, over its name; "" for that of all packages
	Name       valueName // what the packages have in common
	Long       bool      // whether the name needs smaller letters
	Count      int       // of packages; 0 where it isn't known
	Feed       template.HTMLAttr
	Orders     []choice
	Jumps      []Link
	Cards      []cardView
	First      bool              // there are more packages than the page shows, and no next page
	ByName     template.HTMLAttr // href of the list by name, which has all
	Prev, Next *Link
}

// A kindLink leads to the values of a kind of list.
type kindLink struct {
	Label   string
	Href    template.HTMLAttr
	Current bool
}

// A choice is one of several pages that show the same.
type choice = kindLink

// orders are those of a list, with the keys of their names.
var orders = []struct {
	order wire.ListOrder
	key   string
}{{wire.ByUpdate, "order_update"}, {wire.ByName, "order_name"}, {wire.ByRelease, "order_release"}}

// List renders a page of a list of packages.
func (r *Renderer) List(list List) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		kind, value := list.Kind, list.Value
		v := listView{
			Page:  r.page(l, wire.ListPage(kind, value.Slug, list.Order, list.From), list.Registry),
			Count: value.Count,
			First: !list.Whole && list.Order != wire.ByName,
		}
		b := v.Page.base
		to := func(order wire.ListOrder, from string) template.HTMLAttr {
			return b.href(wire.LangPath(l.tag, wire.ListPage(kind, value.Slug, order, from)), "")
		}
		v.Name = l.valueName(kind, value)
		v.Long = isLong(v.Name.Text)
		switch {
		case kind == wire.AllPackages:
			v.Page.title(v.Name.Text)
		case kind == wire.OfAntiFeature && value.Slug == wire.NoAntiFeature:
			v.Page.title(v.Name.Text)
		default:
			v.Kind = l.text("one_" + string(kind))
			v.Page.title(l.text("title_"+string(kind), "name", cutText(v.Name.Text, maxTitle/2)))
		}
		v.Page.Description = l.text("list_description", "list", v.Page.Title)
		v.Page.Section = sectionOf(kind)
		v.Kinds = r.kinds(l, b, kind)
		for _, o := range orders {
			v.Orders = append(v.Orders, choice{l.text(o.key), to(o.order, ""), o.order == list.Order})
		}
		for _, j := range list.Jumps {
			v.Jumps = append(v.Jumps, Link{Label: clean(j.Initial), Href: to(wire.ByName, j.From)})
		}
		v.Cards = r.cards(l, b, list.Rows)
		v.ByName = to(wire.ByName, "")
		v.Prev, v.Next = partLink(list.Prev, to, list.Order), partLink(list.Next, to, list.Order)
		if kind == wire.OfCategory {
			v.Feed = b.href(wire.LangPath(l.tag, wire.ListFeed(kind, value.Slug)), "")
			v.Page.Feeds = append(v.Page.Feeds, Link{Label: l.text("feed_list", "name", cutText(v.Name.Text, maxTitle), "registry", cutText(v.Page.Registry, maxTitleEnd)), Href: v.Feed})
		}
		data, err := r.execute(l, listFile, &v)
		return File{v.Page.path, data}, err
	}, listFeed(list))
}

// partLink returns the link to another part of a list; nil where there is none.
func partLink(p *Part, to func(wire.ListOrder, string) template.HTMLAttr, order wire.ListOrder) *Link {
	if p == nil {
		return nil
	}
	return &Link{Label: cutText(clean(p.Label), 60), Href: to(order, p.From)}
}

// sectionOf returns the entry of the main menu that a kind of list belongs to.
func sectionOf(kind wire.ListKind) string {
	if kind == wire.OfCategory {
		return "categories"
	}
	return "browse"
}

// kinds returns the links to all packages and to the values of each kind.
func (r *Renderer) kinds(l *locale, b base, current wire.ListKind) []kindLink {
	links := make([]kindLink, 0, len(wire.ListKinds))
	for _, kind := range wire.ListKinds {
		at := wire.ValuesPage(kind, "")
		if kind == wire.AllPackages {
			at = wire.ListPage(kind, "", wire.ByUpdate, "")
		}
		links = append(links, kindLink{l.text("kind_" + string(kind)), b.href(wire.LangPath(l.tag, at), ""), kind == current})
	}
	return links
}

// A valueName is what people call a value.
type valueName struct {
	Text    string
	Foreign bool // the word is a package's, in a language that nobody knows
}

// valueName returns what people call a value. A few are words that every registry shares, and are translated; all others are the packages' own.
func (l *locale) valueName(kind wire.ListKind, value Value) valueName {
	key := ""
	switch kind {
	case wire.AllPackages:
		key = "kind_" + string(kind)
	case wire.OfCategory:
		key = "category_" + value.Slug
	case wire.OfAntiFeature:
		key = "anti_feature_" + value.Slug
	}
	if key != "" {
		if m, _, err := l.find(key); err == nil && len(m.names()) == 0 {
			return valueName{Text: l.text(key)}
		}
	}
	return valueName{Text: named(clean(value.Label), value.Slug), Foreign: true}
}
