package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// activeAdvisoriesView is what templates/advisories.html sees.
type activeAdvisoriesView struct {
	Page page
	List []activeAdvisory
}

// activeAdvisory is an advisory and a package that it applies to.
type activeAdvisory struct {
	ID       string
	Href     template.HTMLAttr
	Action   string // in a word
	Class    string // of the action
	Package  Text
	Page     template.HTMLAttr // href of the package's page
	Versions []string          // the first ones
	More     int               // versions besides
}

// maxAdvisedVersions is how many versions a list names; all of them stand in the advisory.
const maxAdvisedVersions = 20

// Advisories renders the page of all advisories.
func (r *Renderer) Advisories(a Advisories) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		v := activeAdvisoriesView{Page: r.page(l, wire.AdvisoriesPage, a.Registry)}
		v.Page.title(l.text("advisories_title"))
		v.Page.Description, v.Page.Section = l.text("advisories_lead"), "advisories"
		v.List = activeAdvisories(l, v.Page.base, a.List)
		data, err := r.execute(l, advisoriesFile, &v)
		return File{v.Page.path, data}, err
	})
}

// advisoryPageView is what templates/advisory.html sees.
type advisoryPageView struct {
	Page  page
	Title string
	Cases []advisoryCase
}

// An advisoryCase is what an advisory says about one package.
type advisoryCase struct {
	activeAdvisory
	Does     string // what devices do
	Reason   Text
	Document template.HTMLAttr // href of the signed document
	Link     template.HTML     // to a page that says more, or ""
}

// Advisory renders the page of an advisory. One that is for no package is an empty page.
func (r *Renderer) Advisory(a AdvisoryPage) ([]File, error) {
	id := ""
	if len(a.Packages) > 0 {
		id = a.Packages[0].ID
	}
	return r.each(func(l *locale) (File, error) {
		v := advisoryPageView{Page: r.page(l, wire.AdvisoryPage(id), a.Registry), Title: l.text("advisory_title", "id", clean(id))}
		b := v.Page.base
		v.Page.title(v.Title)
		v.Page.Description, v.Page.Section = v.Page.Title, "advisories"
		for i, active := range activeAdvisories(l, b, a.Packages) {
			c := advisoryCase{activeAdvisory: active, Does: l.text("advisory_does_" + a.Packages[i].Action)}
			if i < len(a.Advisories) {
				said := a.Advisories[i]
				c.Reason = l.local(said.Reason)
				c.Reason.Text = lines(said.Reason[wire.BestTag(said.Reason, l.tag)])
				c.Link = moreLink(l, said.Link)
			}
			v.Cases = append(v.Cases, c)
		}
		data, err := r.execute(l, advisoryFile, &v)
		return File{v.Page.path, data}, err
	})
}

func activeAdvisories(l *locale, b base, list []wire.ActiveAdvisory) []activeAdvisory {
	views := make([]activeAdvisory, len(list))
	for i, a := range list {
		v := &views[i]
		v.ID, v.Href = clean(a.ID), b.href(wire.LangPath(l.tag, wire.AdvisoryPage(a.ID)), "")
		v.Action, v.Class = l.text("advisory_"+a.Action), markOf(a.Action).Class
		v.Package = l.local(a.Name)
		v.Package.Text = named(v.Package.Text, a.Package)
		v.Page = b.href(wire.LangPath(l.tag, wire.PackagePage(a.Package)), "")
		for _, version := range a.Versions[:min(len(a.Versions), maxAdvisedVersions)] {
			v.Versions = append(v.Versions, clean(version))
		}
		v.More = len(a.Versions) - len(v.Versions)
	}
	return views
}

// moreLink returns the link of an advisory to a page that says more. What isn't an https URL is shown as it is.
func moreLink(l *locale, raw string) template.HTML {
	if raw == "" {
		return ""
	}
	label := l.text("advisory_more")
	if u, ok := external(raw); ok && u.Scheme != "https" {
		return Link{Label: label, Note: cutText(clean(raw), 120)}.html()
	}
	return webLink(label, raw).html()
}
