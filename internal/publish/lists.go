package publish

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/browse"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of the home page.
const (
	homeRows       = 8
	homeCategories = 24
)

// putLists writes the pages of lists that changes reached, or all, and the home page.
func (v *views) putLists(all *rows, changes []browse.Change) error {
	list := slices.Collect(maps.Values(all.byID))
	slices.SortFunc(list, func(a, b *wire.Row) int { return cmp.Compare(a.Number, b.Number) })
	set := browse.NewSet(list)
	var pages browse.Pages
	if v.partial {
		pages = set.Changed(changes)
	} else {
		pages = set.All()
	}
	err := parallel(len(pages.Lists), func(i int) error { return v.putFiles(v.renderer.List(v.listOf(&pages.Lists[i]))) })
	if err != nil {
		return err
	}
	err = parallel(len(pages.Values), func(i int) error { return v.putFiles(v.renderer.Values(v.valuesOf(&pages.Values[i]))) })
	if err != nil {
		return err
	}
	for _, path := range pages.Gone {
		if err := v.removePage(path); err != nil {
			return err
		}
		if dir, ok := strings.CutSuffix(path, "/index.html"); ok && strings.HasPrefix(dir, string(wire.OfCategory)+"/") {
			slug := strings.TrimPrefix(dir, string(wire.OfCategory)+"/")
			if err := v.removePage(wire.ListFeed(wire.OfCategory, slug)); err != nil {
				return err
			}
		}
	}
	return v.putFiles(v.renderer.Home(v.homeOf(set, all)))
}

func (v *views) listOf(p *browse.Page) storefront.List {
	list := storefront.List{
		Registry: v.registry, Kind: p.List.Kind, Value: storefront.Value{Slug: p.List.Slug(), Label: p.Label, Count: p.Count}, Order: p.Order, From: p.From, Whole: p.Whole,
		Prev: partOf(p.Prev), Next: partOf(p.Next),
	}
	for _, row := range p.Rows {
		list.Rows = append(list.Rows, *row)
	}
	for _, j := range p.Jumps {
		list.Jumps = append(list.Jumps, storefront.Jump(j))
	}
	return list
}

func (v *views) valuesOf(p *browse.ValuesPage) storefront.Values {
	return storefront.Values{Registry: v.registry, Kind: p.Kind, From: p.From, Values: valuesOf(p.Values), Prev: partOf(p.Prev), Next: partOf(p.Next)}
}

func partOf(p *browse.Part) *storefront.Part {
	if p == nil {
		return nil
	}
	return &storefront.Part{From: p.From, Label: p.Label}
}

func valuesOf(values []browse.Value) []storefront.Value {
	var list []storefront.Value
	for _, value := range values {
		list = append(list, storefront.Value(value))
	}
	return list
}

func (v *views) homeOf(set *browse.Set, all *rows) storefront.Home {
	home := storefront.Home{
		Registry: v.registry, PublicKey: v.key, Newest: set.Newest(homeRows), Updated: set.Updated(homeRows), Formats: valuesOf(set.Values(wire.OfFormat)), Count: set.Count(),
	}
	categories := set.Values(wire.OfCategory)
	if len(categories) > homeCategories { // those with most packages
		slices.SortStableFunc(categories, func(a, b browse.Value) int { return cmp.Compare(b.Count, a.Count) })
		categories = categories[:homeCategories]
	}
	home.Categories = valuesOf(categories)
	for _, id := range v.renderer.Site().Featured {
		if row := all.byID[id]; row != nil && row.Listed() {
			home.Featured = append(home.Featured, *row)
		}
	}
	return home
}
