package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// Release is what the page of a release shows.
type Release struct {
	Registry  wire.Registry // its id and name count, nothing else
	PublicKey string        // as minisign writes it (base64); may be empty
	Metadata  wire.Metadata // of the release that the page shows
	List      wire.VersionList
	// Own says that the page is the release's own, and not that of its package. Then the list doesn't count.
	Own bool
	// Advisories are those that apply to the release.
	Advisories []wire.Advisory
	// Readme and Changelog are the files that the metadata name for the page's language, or nil.
	Readme, Changelog []byte
}

// Path returns where the page lies: at [wire.ReleasePage] if it is the release's own, else at [wire.PackagePage].
func (p Release) Path() string {
	if p.Own {
		return wire.ReleasePage(p.Metadata.ID, p.Metadata.Version)
	}
	return wire.PackagePage(p.Metadata.ID)
}

// releaseView is what templates/release.html sees.
type releaseView struct {
	Page                    page
	Name                    Text
	Long                    bool // whether the name needs smaller letters
	Summary                 Text
	Icon                    Icon
	Version                 string
	Channel                 string // "" for the stable one
	Date                    string // day of the release
	Official, Delisted, Own bool
	Advisories              advisoriesView
	Blocked                 bool              // the release is; if the page is that of the package, then all of its releases are
	Package, AllVersions    template.HTMLAttr // href, if Own
	Download                Link              // noted with kind and size
	Facts                   []Fact
	Screenshots             []Screenshot
	Readme, Changelog       *Prose
	Versions                []versionView // the newest first; none if Own
	Genuine                 genuineView
}

// versionView is a line of the table of versions.
type versionView struct {
	Label    string
	Href     template.HTMLAttr
	Channel  string
	Date     string            // "" if it isn't known
	Metadata template.HTMLAttr // href
	Shown    bool              // whether it is the one that the page shows
	Mark     Mark
}

// Release renders the page of a release, for [Release.Path].
func (r *Renderer) Release(p Release) ([]byte, error) {
	m := &p.Metadata
	v := releaseView{
		Page:     r.page(p.Path(), p.Registry),
		Name:     local(m.Name),
		Summary:  local(m.Summary),
		Version:  clean(m.Version),
		Date:     formatDate(m.ReleasedAt),
		Official: m.Official,
		Delisted: !p.Own && p.List.State == wire.Delisted,
		Own:      p.Own,
		Facts:    factsOf(m),
	}
	b := v.Page.base
	v.Advisories = advisoriesOf(b, m, p.Advisories)
	v.Blocked = v.Advisories.blocked()
	v.Name.Text = named(v.Name.Text, m.ID)
	v.Long = isLong(v.Name.Text)
	if m.Channel != wire.Stable {
		v.Channel = clean(m.Channel)
	}
	v.Page.Title = cutText(v.Name.Text, maxTitle-20)
	v.Page.Description = v.Summary.Text
	if v.Own {
		v.Page.Title += " " + v.Version
		v.Package = b.href(wire.PackagePage(m.ID), "")
		v.AllVersions = b.href(wire.PackagePage(m.ID), "#versions")
	} else {
		v.Versions = versionViews(b, p)
	}
	v.Page.Title += " – " + cutText(v.Page.Registry, 40)

	files := assetsOf(b, m)
	v.Icon = iconOf(m.ID, v.Name.Text, bestIcon(files, m.Icons))
	v.Screenshots = screenshots(files, m.Screenshots)
	v.Download, v.Genuine = genuine(b, m, p.PublicKey)

	var err error
	if v.Readme, v.Changelog, err = r.markdown.texts(p, v.Name.Text, files); err != nil {
		return nil, err
	}
	return r.execute(releaseFile, &v)
}

// isLong tells whether a name needs smaller letters.
func isLong(name string) bool { return len(name) > 48 }

func versionViews(b base, p Release) []versionView {
	id, n := p.Metadata.ID, len(p.List.Versions)
	views := make([]versionView, n)
	for i, from := range p.List.Versions {
		to := &views[n-1-i]
		to.Label, to.Channel, to.Mark = clean(from.Version), clean(from.Channel), markOf(from.Action())
		to.Metadata = b.href(wire.MetadataPath(id, from.Version), "")
		if to.Shown = from.Version == p.Metadata.Version; to.Shown {
			to.Date = formatDate(p.Metadata.ReleasedAt)
			to.Href = b.href(wire.PackagePage(id), "")
		} else {
			to.Date = formatDate(from.Time)
			to.Href = b.href(wire.ReleasePage(id, from.Version), "")
		}
	}
	return views
}
