package storefront

import (
	"html/template"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// TextFiles returns the listing files that the pages of a package show the content of.
func (r *Renderer) TextFiles(m *wire.Metadata) []wire.File {
	var files []wire.File
	seen := make(map[string]bool)
	add := func(byLang map[string]wire.File, inline wire.Text) {
		for _, l := range r.locales {
			if f, ok := byLang[sourceTag(byLang, inline, l.tag)]; ok && !seen[f.Path] {
				seen[f.Path] = true
				files = append(files, f)
			}
		}
	}
	add(m.Description, m.DescriptionText)
	add(m.Changelog, nil)
	return files
}

// Path returns where the page lies below its language: at [wire.ReleasePage] if it is the release's own, else at [wire.PackagePage].
func (p Package) Path() string {
	if p.Own {
		return wire.ReleasePage(p.Metadata.ID, p.Metadata.Version)
	}
	return wire.PackagePage(p.Metadata.ID)
}

// A headView is how a page about a release begins.
type headView struct {
	Name               Text
	Long               bool // whether the name needs smaller letters
	Summary            Text
	Icon               Icon
	Version            string
	Channel            string // "" for the stable one
	Released           dayView
	Authors            []template.HTML
	Official, Delisted bool
	Advisories         advisoriesView
}

// packageView is what templates/package.html sees.
type packageView struct {
	Page                            page
	Head                            headView
	Own                             bool
	Blocked                         bool              // the release is; if the page is that of the package, then all of its releases are
	Package, AllVersions, Changelog template.HTMLAttr // hrefs; "" where there is no such page
	Get                             *getView          // nil where there is nothing to get
	May, Anti                       []Point
	Needs, Facts                    []Fact
	Features                        []Text
	Screenshots                     []Screenshot
	Readme, Latest                  *Prose
	Versions                        []versionView // the newest ones; none if Own
	Count                           int           // of all versions
	Genuine                         genuineView
}

// Package renders the pages of a package, or that of one release if it is the release's own.
func (r *Renderer) Package(p Package) ([]File, error) {
	files, err := r.packagePages(&p)
	if err != nil || p.Own {
		return files, err
	}
	versions, err := r.versionsPages(&p)
	if err != nil {
		return nil, err
	}
	feeds, err := r.each(packageFeed(p))
	return slices.Concat(files, versions, feeds), err
}

// packagePages renders the page of a package or release, and that of its changelog.
func (r *Renderer) packagePages(p *Package) ([]File, error) {
	m := &p.Metadata
	var files, changelogs []File
	var text *texts // those of one language serve all others
	var assets map[string]asset
	for _, l := range r.locales {
		v := packageView{Page: r.page(l, p.Path(), p.Registry, "gallery", "copy"), Own: p.Own}
		b := v.Page.base
		if text == nil {
			assets = assetsOf(b, m, p.Renditions)
			text = newTexts(r.markdown, p, assets)
		}
		in := listsOf(l, b, p)
		v.Head = headOf(l, b, p, assets)
		v.Blocked = v.Head.Advisories.blocked()
		v.Page.Section = "browse"
		v.Page.Title = cutText(v.Head.Name.Text, maxTitle-20)
		v.Page.Description = v.Head.Summary.Text
		v.May, v.Anti = mayOf(l, m, r.site.Dangerous), antiFeatures(l, in, m)
		v.Needs, v.Facts, v.Features = needsOf(l, in, m), factsOf(l, in, m, assets), features(l, m)
		v.Head.Authors = authorsOf(l, in, m)
		v.Screenshots = screenshots(l, assets, shotsOf(m))
		v.Genuine = genuine(l, b, p)
		if !v.Blocked {
			v.Get = r.getOf(l, b, p, v.Page.Canonical)
		}
		if v.Own {
			v.Page.Title += " " + v.Head.Version
			v.Package = b.href(wire.LangPath(l.tag, wire.PackagePage(m.ID)), "")
		} else {
			v.Versions, v.Count = newestVersions(l, b, p), len(p.List.Versions)
		}
		if v.Own || v.Count > 1 {
			v.AllVersions = b.href(wire.LangPath(l.tag, wire.PackageVersionsPage(m.ID, 0)), "")
		}
		title := v.Page.Title
		v.Page.Title += " – " + cutText(v.Page.Registry, 40)
		v.Page.Social = packageSocial(l, *p)
		var err error
		if v.Readme, err = text.readme(l.tag); err != nil {
			return nil, err
		}
		if v.Latest, err = text.latest(l.tag); err != nil {
			return nil, err
		}
		if !p.Own {
			changelog, err := text.changelog(l.tag)
			if err != nil {
				return nil, err
			}
			if changelog != nil {
				v.Changelog = b.href(wire.LangPath(l.tag, wire.PackageChangelogPage(m.ID)), "")
				f, err := r.changelogPage(l, p, title, v.Head.Name, changelog)
				if err != nil {
					return nil, err
				}
				changelogs = append(changelogs, f)
			}
		}
		data, err := r.execute(l, packageFile, &v)
		if err != nil {
			return nil, err
		}
		files = append(files, File{v.Page.path, data})
	}
	return append(files, changelogs...), nil
}

// headOf returns how a page about a release begins.
func headOf(l *locale, b base, p *Package, files map[string]asset) headView {
	m := &p.Metadata
	v := headView{
		Name:       l.local(m.Name),
		Summary:    l.local(m.Summary),
		Version:    clean(m.Version),
		Released:   l.dayOf(m.ReleasedAt),
		Official:   m.Official,
		Delisted:   !p.Own && p.List.State == wire.Delisted,
		Advisories: advisoriesOf(l, b, m, p.Advisories),
	}
	v.Name.Text = named(v.Name.Text, m.ID)
	v.Long = isLong(v.Name.Text)
	if m.Channel != wire.Stable {
		v.Channel = cutText(clean(m.Channel), maxChannel)
	}
	v.Icon = packageIcon(b, m, v.Name.Text, files, p.Renditions)
	return v
}

// Bounds of what stands below the name of a package.
const (
	maxHeadAuthors = 3  // authors
	maxHeadAuthor  = 80 // characters of the name of one
	maxWord        = 80 // characters of a permission
	maxChannel     = 20 // characters of a channel
)

// authorsOf returns the authors that a page names first.
func authorsOf(l *locale, in lists, m *wire.Metadata) []template.HTML {
	f := factList{l: l, lists: in}
	var links []template.HTML
	for _, a := range m.Authors[:min(len(m.Authors), maxHeadAuthors)] {
		if named := f.author(a); len(named) > 0 {
			named[0].Label = cutText(named[0].Label, maxHeadAuthor)
			links = append(links, named[0].html())
		}
	}
	return links
}

// changelogView is what templates/changelog.html sees.
type changelogView struct {
	Page      page
	Name      Text
	Long      bool
	Package   template.HTMLAttr // href
	Changelog *Prose
}

// changelogPage renders the page of a package's changelog. title is that of the package's page, without the registry.
func (r *Renderer) changelogPage(l *locale, p *Package, title string, name Text, changelog *Prose) (File, error) {
	v := changelogView{Page: r.page(l, wire.PackageChangelogPage(p.Metadata.ID), p.Registry), Name: name, Long: isLong(name.Text), Changelog: changelog}
	v.Package = v.Page.base.href(wire.LangPath(l.tag, wire.PackagePage(p.Metadata.ID)), "")
	v.Page.Section = "browse"
	v.Page.Title = l.text("changelog") + " – " + title + " – " + cutText(v.Page.Registry, 40)
	v.Page.Description = l.text("changelog_of", "name", name.Text)
	data, err := r.execute(l, changelogFile, &v)
	return File{v.Page.path, data}, err
}
