package storefront

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/browse"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
	"github.com/regen-registry/regen/site"
)

// builtIn is a renderer of the built-in site, and what it makes of the sample registry. Both take a while, and no test changes them.
var builtIn = sync.OnceValue(func() (s struct {
	r    *Renderer
	tree map[string][]byte
}) {
	var err error
	if s.r, err = New(site.FS, wire.Site{}); err != nil {
		panic(err)
	}
	if s.tree, err = sampleSite(s.r, registry); err != nil {
		panic(err)
	}
	return s
})

// sampleSite renders all pages of a small registry, by their published paths, and what lies beside them. Some packages are made up by more.
func sampleSite(r *Renderer, registry wire.Registry, more ...wire.Row) (map[string][]byte, error) {
	var failed error
	tree := map[string][]byte{wire.RootPath: nil, wire.HeadPath: nil, wire.ReleaseKeyPath: nil}
	add := func(files []File, err error) {
		if err != nil {
			failed = err
		}
		for _, f := range files {
			if _, ok := tree[f.Path]; ok {
				failed = fmt.Errorf("%s was rendered twice", f.Path)
			}
			tree[f.Path] = f.Data
		}
	}
	for path, data := range r.Static() {
		add([]File{{path, data}}, nil)
	}
	packages := packagesOf(registry, more)
	var rows []*wire.Row
	var active []wire.ActiveAdvisory
	day := wire.Day{Day: "2026-11-21"}
	for i := range packages {
		p := &packages[i]
		rows = append(rows, &p.Row)
		add(r.Package(*p))
		id := p.Metadata.ID
		for _, v := range p.List.Versions {
			m := p.Metadata
			m.Version = v.Version
			metadata := wire.MetadataPath(id, v.Version)
			tree[metadata], tree[metadata+wire.SignatureSuffix] = nil, nil
			artifact := wire.ArtifactPath(id, v.Version, m.Artifact.Name)
			tree[artifact], tree[artifact+wire.SignatureSuffix] = nil, nil
			for _, a := range m.Assets() {
				tree[wire.AssetPath(id, v.Version, a.Path)] = nil
			}
			if len(p.List.Versions) > 1 {
				add(r.Package(Package{Registry: registry, PublicKey: publicKey, Metadata: m, Texts: p.Texts, Own: true}))
			}
			day.Releases = append(day.Releases, wire.DayRelease{Log: int64(i), ID: id, Version: v.Version, Channel: v.Channel, First: true, Name: m.Name})
		}
		tree[wire.PackageViewPath(id)] = nil
	}
	for _, a := range advisories() {
		active = append(active, wire.ActiveAdvisory{ID: a.ID, Package: a.Package, Name: wire.Text{"en": "Disk Watch"}, Action: a.Action, Versions: []string{"1.2.0"}})
		add(r.Advisory(AdvisoryPage{Registry: registry, Packages: active[len(active)-1:], Advisories: []wire.Advisory{a}}))
	}
	add(r.Advisories(Advisories{Registry: registry, List: active}))
	set := browse.NewSet(rows)
	pages := set.All()
	for _, p := range pages.Lists {
		list := List{Registry: registry, Kind: p.List.Kind, Value: Value{p.List.Slug(), p.Label, p.Count}, Order: p.Order, From: p.From, Whole: p.Whole, Prev: part(p.Prev), Next: part(p.Next)}
		for _, row := range p.Rows {
			list.Rows = append(list.Rows, *row)
		}
		for _, j := range p.Jumps {
			list.Jumps = append(list.Jumps, Jump(j))
		}
		add(r.List(list))
	}
	values := func(from []browse.Value) (list []Value) {
		for _, v := range from {
			list = append(list, Value(v))
		}
		return list
	}
	for _, p := range pages.Values {
		add(r.Values(Values{Registry: registry, Kind: p.Kind, From: p.From, Values: values(p.Values), Prev: part(p.Prev), Next: part(p.Next)}))
	}
	add(r.Home(Home{
		Registry: registry, PublicKey: publicKey, Featured: set.Newest(1), Newest: set.Newest(8), Updated: set.Updated(8), Categories: values(set.Values(wire.OfCategory)),
		Formats: values(set.Values(wire.OfFormat)), Count: set.Count(),
	}))
	add(r.News(News{Registry: registry, Days: []wire.Day{day}, Months: []Month{{"2026-11", len(day.Releases)}}}))
	add(r.Month(MonthPage{registry, "2026-11", []DayCount{{day.Day, len(day.Releases)}}}))
	add(r.Day(DayPage{Registry: registry, Day: day, Count: len(day.Releases)}))
	add(r.Fixed(registry))
	for _, name := range schema.Names() {
		tree[wire.SchemaPath(name)] = nil
	}
	return tree, failed
}

func part(p *browse.Part) *Part {
	if p == nil {
		return nil
	}
	return &Part{From: p.From, Label: p.Label}
}

// packagesOf returns a rich package, a bare one, those of the rows, and as many as take a list several pages.
func packagesOf(registry wire.Registry, more []wire.Row) []Package {
	rich, bare := richRelease(), bareRelease()
	rich.Row = wire.Row{Categories: rich.Metadata.Categories, License: rich.Metadata.License, Host: "3.11", Official: true}
	for _, a := range rich.Metadata.Authors {
		rich.Row.Authors = append(rich.Row.Authors, wire.RowAuthor{Name: a.Name, Slug: wire.AuthorSlug(a)})
	}
	packages := []Package{rich, bare}
	for i := range 70 {
		p := bareRelease()
		p.Metadata.ID = fmt.Sprintf("tool-%d", i)
		p.Metadata.Name = wire.Text{"en": fmt.Sprintf("%c Tool %d", 'A'+i%26, i)}
		packages = append(packages, p)
	}
	for _, row := range more {
		p := bareRelease()
		p.Metadata.ID, p.Metadata.Name, p.Row = row.ID, row.Name, row
		packages = append(packages, p)
	}
	for i := range packages {
		p := &packages[i]
		m := &p.Metadata
		p.Registry, p.PublicKey, p.List.ID = registry, publicKey, m.ID
		p.List.Versions = slices.Clone(p.List.Versions)
		row := &p.Row
		row.Number, row.Log, row.ID, row.Format, row.Version, row.Channel, row.Name, row.Versions = int64(i), int64(1000-i), m.ID, m.Format, m.Version, m.Channel, m.Name, len(p.List.Versions)
		if row.Summary == nil {
			row.Summary = m.Summary
		}
		row.Released, row.Updated = m.ReleasedAt, m.ReleasedAt
	}
	return packages
}

// pagesOf returns the pages of a tree.
func pagesOf(tree map[string][]byte) map[string][]byte {
	pages := make(map[string][]byte)
	for path, data := range tree {
		if strings.HasSuffix(path, ".html") {
			pages[path] = data
		}
	}
	return pages
}
