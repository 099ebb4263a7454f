package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// A Fact is one thing to know at a glance.
type Fact struct {
	Label string
	Lines []template.HTML
	Class string // "tags": words of a list; "links": links to elsewhere; else lines
}

// factsOf returns what the metadata say, the most important first.
func factsOf(m *wire.Metadata) []Fact {
	facts := make([]Fact, 0, 7)
	add := func(label, class string, links ...Link) {
		if len(links) > 0 {
			lines := make([]template.HTML, len(links))
			for i, l := range links {
				lines[i] = l.html()
			}
			facts = append(facts, Fact{Label: label, Lines: lines, Class: class})
		}
	}
	if m.HostAPI != nil {
		add("Works with", "", texts(hostRange(m.Format, *m.HostAPI))...)
	}
	add("Requires", "", texts(m.Requires...)...)
	add("Format", "", texts(m.Format)...)
	add("Licence", "", texts(m.License)...)
	authors := make([]Link, 0, len(m.Authors))
	for _, a := range m.Authors {
		if link := authorLink(a); link.Label != "" {
			authors = append(authors, link)
		}
	}
	add("By", "", authors...)
	add("Categories", "tags", texts(m.Categories...)...)
	links := make([]Link, 0, 4)
	if m.Homepage != "" {
		links = append(links, webLink("Homepage", m.Homepage))
	}
	if m.Repository != "" {
		links = append(links, webLink("Source code", m.Repository))
	}
	for _, u := range m.Support {
		links = append(links, supportLink("Support", u.In(wire.DefaultLanguage)))
	}
	for _, u := range m.Funding {
		links = append(links, webLink("Funding", u.In(wire.DefaultLanguage)))
	}
	add("Links", "links", links...)
	return facts
}

// hostRange words the range of host versions. The host is named as its format is.
func hostRange(format string, api wire.HostAPI) string {
	switch {
	case api.Min != "" && api.Target != "":
		return format + " " + api.Min + " or newer, made for " + api.Target
	case api.Min != "":
		return format + " " + api.Min + " or newer"
	case api.Target != "":
		return format + " " + api.Target
	}
	return ""
}

// texts returns those of the texts that have anything to show.
func texts(from ...string) []Link {
	links := make([]Link, 0, len(from))
	for _, t := range from {
		if t = clean(t); t != "" {
			links = append(links, Link{Label: t})
		}
	}
	return links
}

// authorLink names an author by the best that there is.
func authorLink(a wire.Author) Link {
	link := Link{Href: gitHubLink(a.GitHub)}
	if u, ok := external(a.URL); ok {
		link.Href = foreign(u.String())
	}
	for _, label := range []string{a.Name, a.GitHub, a.Email, a.URL} {
		if link.Label = clean(label); link.Label != "" {
			break
		}
	}
	return link
}
