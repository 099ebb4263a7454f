package storefront

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of lists of versions.
const (
	newestCount  = 5   // on a package's page
	versionsPart = 200 // on a numbered page; the page of the newest ones has up to twice as many, less one
	maxYanks     = 5   // marks of one version
)

// versionView is a line of a table of versions.
type versionView struct {
	Label     string
	Href      template.HTMLAttr
	Channel   string
	Released  dayView
	Metadata  template.HTMLAttr // href
	Signature template.HTMLAttr // href of the metadata's signature
	Shown     bool              // whether it is the one that the package's page shows
	Mark      Mark              // of the strictest advisory
	Yanks     []Link            // to each advisory
}

// byRelease returns the versions in the order in which they were released.
func byRelease(list []wire.Version) []wire.Version {
	return slices.SortedStableFunc(slices.Values(list), func(x, y wire.Version) int { return cmp.Compare(x.Log, y.Log) })
}

// newestVersions returns the lines of the versions that were released last, the latest first.
func newestVersions(l *locale, b base, p *Package) []versionView {
	list := byRelease(p.List.Versions)
	return versionViews(l, b, p, list[max(0, len(list)-newestCount):])
}

// versionViews returns the lines of versions, the last first.
func versionViews(l *locale, b base, p *Package, list []wire.Version) []versionView {
	id, n := p.Metadata.ID, len(list)
	several := len(p.List.Versions) > 1
	views := make([]versionView, n)
	for i, from := range list {
		to := &views[n-1-i]
		to.Label, to.Channel, to.Mark = clean(from.Version), cutText(clean(from.Channel), maxChannel), markOf(from.Action())
		to.Metadata = b.href(wire.MetadataPath(id, from.Version), "")
		to.Signature = b.href(wire.MetadataPath(id, from.Version)+wire.SignatureSuffix, "")
		to.Released = l.dayOf(from.Time)
		to.Shown = from.Version == p.Metadata.Version
		page := wire.PackagePage(id)
		if several {
			page = wire.ReleasePage(id, from.Version)
		}
		to.Href = b.href(wire.LangPath(l.tag, page), "")
		for _, y := range from.Yanks[:min(len(from.Yanks), maxYanks)] {
			to.Yanks = append(to.Yanks, Link{Label: clean(y.Advisory), Href: advisoryHref(l, b, y.Advisory)})
		}
	}
	return views
}

// versionsView is what templates/versions.html sees.
type versionsView struct {
	Page          page
	Name          Text
	Long          bool
	Package       template.HTMLAttr // href
	Part, Parts   int               // number of the page, 0 for the newest ones; how many numbered ones there are, on that page alone
	Count         int               // of all versions, on the page of the newest ones alone
	Versions      []versionView
	Newest, Older template.HTMLAttr // hrefs; "" where there is no such page
	Numbered      []Link            // to all numbered pages, on the page of the newest ones
}

// versionsPages renders the pages of all versions of a package that has several. The numbered pages have [versionsPart] versions each, in the order of their releases, and say nothing of
// what came after: so only an advisory changes them.
func (r *Renderer) versionsPages(p *Package) ([]File, error) {
	list := byRelease(p.List.Versions)
	if len(list) < 2 {
		return nil, nil
	}
	parts := max(0, len(list)/versionsPart-1)
	files := make([]File, 0, (parts+1)*len(r.locales))
	for part := range parts + 1 {
		shown := list[parts*versionsPart:]
		if part > 0 {
			shown = list[(part-1)*versionsPart : part*versionsPart]
		}
		for _, l := range r.locales {
			f, err := r.versionsPage(l, p, part, parts, shown)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	return files, nil
}

func (r *Renderer) versionsPage(l *locale, p *Package, part, parts int, list []wire.Version) (File, error) {
	m := &p.Metadata
	v := versionsView{Page: r.page(l, wire.PackageVersionsPage(m.ID, part), p.Registry), Name: l.local(m.Name), Part: part}
	v.Name.Text = named(v.Name.Text, m.ID)
	v.Long = isLong(v.Name.Text)
	b := v.Page.base
	to := func(page string) template.HTMLAttr { return b.href(wire.LangPath(l.tag, page), "") }
	v.Package = to(wire.PackagePage(m.ID))
	v.Versions = versionViews(l, b, p, list)
	older := part - 1
	if part == 0 {
		v.Count, v.Parts, older = len(p.List.Versions), parts, parts
		for n := parts; n > 0; n-- {
			v.Numbered = append(v.Numbered, Link{Label: l.text("versions_part", "from", (n-1)*versionsPart+1, "to", n*versionsPart), Href: to(wire.PackageVersionsPage(m.ID, n))})
		}
	} else {
		v.Newest = to(wire.PackageVersionsPage(m.ID, 0))
		for i := range v.Versions {
			v.Versions[i].Shown = false // a later release changes which one that is
		}
	}
	if older > 0 {
		v.Older = to(wire.PackageVersionsPage(m.ID, older))
	}
	v.Page.Section = "browse"
	v.Page.Title = l.text("versions") + " – " + cutText(v.Name.Text, maxTitle-40) + " – " + cutText(v.Page.Registry, 40)
	v.Page.Description = l.text("versions_of", "name", v.Name.Text)
	data, err := r.execute(l, versionsFile, &v)
	return File{v.Page.path, data}, err
}
