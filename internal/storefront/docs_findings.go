package storefront

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/wire"
)

// A findingArea is the findings whose codes begin alike. It has a page of its own, since all together are too much for one.
type findingArea struct {
	name  string
	rules []rules.Rule
	guide guide
}

// findingAreas returns the findings, by area.
func findingAreas(md *markdown) ([]findingArea, error) {
	var areas []findingArea
	for _, rule := range rules.All() {
		name, _, _ := strings.Cut(rule.Code, "/")
		if n := len(areas); n == 0 || areas[n-1].name != name {
			areas = append(areas, findingArea{name: name})
		}
		area := &areas[len(areas)-1]
		area.rules = append(area.rules, rule)
	}
	for i := range areas {
		var b strings.Builder
		for _, rule := range areas[i].rules {
			fmt.Fprintf(&b, "## `%s`\n\n%s\n", rule.Code, rule.Markdown())
		}
		var err error
		if areas[i].guide, err = md.guide([]byte(b.String())); err != nil {
			return nil, err
		}
	}
	return areas, nil
}

// findingHref returns a link to what is said of a finding.
func (m docsMaker) findingHref(b base, code string) template.HTMLAttr {
	area, _, _ := strings.Cut(code, "/")
	return b.href(wire.LangPath(m.l.tag, wire.DocPage("findings-"+area)), "#"+strings.ReplaceAll(code, "/", ""))
}

// A findingLink is a finding in a list.
type findingLink struct {
	Code, Title, Severity string
	Href                  template.HTMLAttr
}

func (m docsMaker) findingLinks(b base, list []rules.Rule) []findingLink {
	links := make([]findingLink, len(list))
	for i, r := range list {
		links[i] = findingLink{r.Code, r.Title, string(r.Severity), m.findingHref(b, r.Code)}
	}
	return links
}

// findings returns the page that names all findings, and a page for each area.
func (m docsMaker) findings() ([]File, error) {
	type area struct {
		Link
		ID    string
		Rules []findingLink
	}
	v := struct {
		docsView
		Areas []area
	}{docsView: m.view(wire.DocPage("findings"), "findings", m.l.text("docs_findings"), m.l.text("docs_findings_about"))}
	var files []File
	for _, a := range m.texts.findings {
		at := wire.DocPage("findings-" + a.name)
		v.Areas = append(v.Areas, area{Link{Label: a.name, Href: v.Page.base.href(wire.LangPath(m.l.tag, at), "")}, a.name, m.findingLinks(v.Page.base, a.rules)})
		v.Contents = append(v.Contents, Link{Label: a.name, Href: attr("href", "#"+a.name)})
		f, err := m.guide("findings", at, m.l.text("docs_findings_of", "area", a.name), m.l.text("docs_findings_about"), a.guide)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	f, err := m.make(&v.docsView, findingsFile, &v)
	return append(files, f), err
}
