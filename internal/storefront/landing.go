package storefront

import (
	"html/template"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// Landing is what the page shows that is passed around with a deep link to a package.
type Landing struct {
	Registry wire.Registry // its id and name count, nothing else
	Metadata wire.Metadata
	Delisted bool
	// Advisories are those that apply to the release. If one blocks it, then all releases are blocked.
	Advisories []wire.Advisory
	Link       string // the deep link: its scheme is the package's format; empty where there is none
	Picture    string // published path of its QR code; may be empty
}

// landingView is what templates/landing.html sees.
type landingView struct {
	Page       page
	Name       Text
	Long       bool // whether the name needs smaller letters
	Summary    Text
	Icon       Icon
	Version    string
	Channel    string // "" for the stable one
	Date       string // day of the release
	Delisted   bool
	Advisories advisoriesView
	Blocked    bool              // all releases are
	Link       template.HTMLAttr // href; "" where there is none
	Picture    template.HTMLAttr // src; "" where there is none
	Download   Link              // noted with kind and size
	More       template.HTMLAttr // href of the package's page
	Apps       []string          // that the package is for
}

// Landing renders the page, for index.html below [wire.HostPath] of the package.
func (r *Renderer) Landing(l Landing) ([]byte, error) {
	m := &l.Metadata
	v := landingView{
		Page:     r.page(wire.HostPath(m.Format, m.ID)+"index.html", l.Registry),
		Name:     local(m.Name),
		Summary:  local(m.Summary),
		Version:  clean(m.Version),
		Date:     formatDate(m.ReleasedAt),
		Delisted: l.Delisted,
	}
	b := v.Page.base
	v.Advisories = advisoriesOf(b, m, l.Advisories)
	v.Blocked = v.Advisories.blocked()
	v.Name.Text = named(v.Name.Text, m.ID)
	v.Long = isLong(v.Name.Text)
	if m.Channel != wire.Stable {
		v.Channel = clean(m.Channel)
	}
	v.Page.Title = cutText(v.Name.Text, maxTitle-20) + " – " + cutText(v.Page.Registry, 40)
	v.Page.Description = v.Summary.Text
	v.Icon = iconOf(m.ID, v.Name.Text, bestIcon(assetsOf(b, m), m.Icons))
	v.Download, _ = genuine(b, m, "")
	v.More = b.href(wire.PackagePage(m.ID), "")
	for _, app := range texts(m.Requires...) {
		v.Apps = append(v.Apps, app.Label)
	}
	// html/template would refuse the scheme. The publisher makes the link, of an address and a hash; nothing in it is the package's own word.
	if m.Format != "" && strings.HasPrefix(l.Link, m.Format+"://") && !v.Blocked {
		v.Link = attr("href", l.Link)
	}
	if l.Picture != "" {
		v.Picture = attr("src", b.to(l.Picture))
	}
	return r.execute(landingFile, &v)
}
