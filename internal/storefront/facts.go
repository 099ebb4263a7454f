package storefront

import (
	"html/template"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/regen-registry/regen/internal/wire"
)

// A Fact is one thing to know at a glance.
type Fact struct {
	Label string
	Lines []template.HTML
	Class string // "tags": words of a list; "links": links to elsewhere; else lines
}

// factList collects facts for a page.
type factList struct {
	l     *locale
	lists lists
	facts []Fact
}

// maxFactLines bounds the lines of a fact.
const maxFactLines = 50

// add adds a fact unless there is nothing to it. label is the key of a text.
func (f *factList) add(label, class string, links ...Link) {
	links = slices.DeleteFunc(links, func(l Link) bool { return l.Label == "" })
	if len(links) == 0 {
		return
	}
	links = links[:min(len(links), maxFactLines)]
	lines := make([]template.HTML, len(links))
	for i, l := range links {
		lines[i] = l.html()
	}
	f.facts = append(f.facts, Fact{Label: f.l.text(label), Lines: lines, Class: class})
}

// needsOf returns what a package needs to work.
func needsOf(l *locale, in lists, m *wire.Metadata) []Fact {
	f := &factList{l: l, lists: in, facts: make([]Fact, 0, 2)}
	f.add("fact_host", "", f.host(m))
	f.add("fact_requires", "", plainTexts(m.Requires...)...)
	return f.facts
}

// factsOf returns what else the metadata say, the most important first.
func factsOf(l *locale, in lists, m *wire.Metadata, files map[string]asset) []Fact {
	f := &factList{l: l, lists: in, facts: make([]Fact, 0, 8)}
	authors := make([]Link, 0, len(m.Authors))
	for _, a := range m.Authors {
		authors = append(authors, f.author(a)...)
	}
	f.add("fact_authors", "", authors...)
	f.add("fact_license", "", f.license(m, files)...)
	f.add("fact_format", "", in.link(wire.OfFormat, m.Format))
	f.add("fact_categories", "tags", f.each(wire.OfCategory, m.Categories)...)
	f.add("fact_languages", "", f.languages(m.Languages)...)
	f.add("fact_links", "links", f.links(m, files)...)
	f.add("fact_related", "", f.related(m.Related)...)
	f.add("fact_keywords", "tags", plainTexts(m.Keywords...)...)
	return f.facts
}

func (f *factList) each(kind wire.ListKind, values []string) []Link {
	links := make([]Link, len(values))
	for i, v := range values {
		links[i] = f.lists.link(kind, v)
		if kind == wire.OfCategory {
			links[i].Label = f.l.known("category_", v)
		}
	}
	return links
}

// known returns the text for a word of which there may be one, else the word.
func (l *locale) known(prefix, word string) string {
	if _, _, err := l.find(prefix + word); err == nil {
		return l.text(prefix + word)
	}
	return clean(word)
}

// host says which versions of the host the package works with. The host is named as its format is.
func (f *factList) host(m *wire.Metadata) Link {
	format := clean(m.Format)
	if format == "" {
		return Link{}
	}
	label := ""
	switch api := m.HostAPI; {
	case api == nil || api.Min == "" && api.Target == "":
		label = f.l.text("host_unsaid", "host", format)
	case api.Target == "":
		label = f.l.text("host_min", "host", format, "min", clean(api.Min))
	case api.Min == "":
		label = f.l.text("host_target", "host", format, "target", clean(api.Target))
	default:
		label = f.l.text("host_range", "host", format, "min", clean(api.Min), "target", clean(api.Target))
	}
	return Link{Label: label, Href: f.lists.host(m.Format)}
}

// author names an author by the best that there is, with links to what else there is of the author here and elsewhere.
func (f *factList) author(a wire.Author) []Link {
	label, away := "", gitHubLink(a.GitHub)
	if u, ok := external(a.URL); ok {
		away = foreign(u.String())
	}
	for _, label = range []string{a.Name, a.GitHub, a.Email, a.URL} {
		if label = clean(label); label != "" {
			break
		}
	}
	here := f.lists.author(label)
	switch {
	case label == "":
		return nil
	case here == "":
		return []Link{{Label: label, Href: away}}
	case away == "":
		return []Link{{Label: label, Href: here}}
	}
	return []Link{{Label: label, Href: here}, {Label: clean(hostOf(a)), Href: away}}
}

// hostOf returns where the page about an author is.
func hostOf(a wire.Author) string {
	if u, ok := external(a.URL); ok {
		return cutText(strings.TrimPrefix(u.Hostname(), "www."), 60)
	}
	return "github.com"
}

func (f *factList) license(m *wire.Metadata, files map[string]asset) []Link {
	links := []Link{f.lists.link(wire.OfLicense, m.License)}
	if m.LicenseFile != nil {
		if a := files[m.LicenseFile.Path]; a.opens {
			return append(links, Link{Label: f.l.text("license_text"), Href: attr("href", a.url)})
		}
	}
	if _, ok := external(m.LicenseURL); ok {
		links = append(links, webLink(f.l.text("license_text"), m.LicenseURL))
	}
	return links
}

// languages names the languages of the package in the page's own, the most complete ones first.
func (f *factList) languages(percent map[string]int) []Link {
	tags := make([]string, 0, len(percent))
	for tag := range percent {
		tags = append(tags, tag)
	}
	slices.SortFunc(tags, func(a, b string) int {
		if percent[a] != percent[b] {
			return percent[b] - percent[a]
		}
		return strings.Compare(a, b)
	})
	links := make([]Link, len(tags))
	for i, tag := range tags {
		links[i].Label = f.l.languageName(tag)
		if n := percent[tag]; n >= 0 && n < 100 {
			links[i].Note = f.l.text("percent", "n", n)
		}
	}
	return links
}

// languageName returns what a language is called in this one; its tag where that isn't known.
func (l *locale) languageName(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return clean(tag)
	}
	if name := display.Tags(l.parsed).Name(parsed); name != "" {
		return name
	}
	return clean(tag)
}

func (f *factList) links(m *wire.Metadata, files map[string]asset) []Link {
	var links []Link
	if m.Homepage != "" {
		links = append(links, webLink(f.l.text("link_homepage"), m.Homepage))
	}
	if m.Repository != "" {
		links = append(links, webLink(f.l.text("link_source"), m.Repository))
	}
	for _, u := range m.Support {
		links = append(links, supportLink(f.l.text("link_support"), u[wire.BestTag(u, f.l.tag)]))
	}
	for _, u := range m.Funding {
		links = append(links, webLink(f.l.text("link_funding"), u[wire.BestTag(u, f.l.tag)]))
	}
	for _, help := range m.HelpFiles[wire.BestTag(m.HelpFiles, f.l.tag)] {
		if a := files[help.Path]; a.opens {
			links = append(links, Link{Label: f.l.text("link_help"), Note: clean(path.Base(help.Path)), Href: attr("href", a.url)})
		}
	}
	return links
}

// related names what goes with the package. A package may not be there any more, so its id leads to the search.
func (f *factList) related(list []wire.Related) []Link {
	var links []Link
	for _, r := range list {
		note := f.l.known("relation_", r.Relation)
		switch {
		case r.ID != "":
			links = append(links, Link{Label: clean(r.ID), Note: note, Href: f.lists.search(r.ID)})
		case r.URL != "":
			link := webLink("", r.URL)
			link.Label, link.Note = link.Note, note
			links = append(links, link)
		}
	}
	return links
}

// plainTexts returns those of the texts that have anything to show.
func plainTexts(from ...string) []Link {
	links := make([]Link, 0, len(from))
	for _, t := range from {
		if t = clean(t); t != "" {
			links = append(links, Link{Label: t})
		}
	}
	return links
}
