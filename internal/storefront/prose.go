package storefront

import (
	"bytes"
	"html/template"
	"maps"
	"path"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// Prose is a rendered text.
type Prose struct {
	HTML  template.HTML
	Plain string // instead of HTML, where the text isn't Markdown
	Lang  string // "" where it is the page's own
	Cut   bool   // whether it is the beginning alone
	File  Link   // the source; no link where it isn't published
}

// Ids of the sections that show the readme and the changelog. The ids of headings in them begin so, too.
const (
	readmeID    = "about"
	changelogID = "changelog"
)

// A source is a text of a package in one language.
type source struct {
	tag  string // of the language; "" where there is none
	path string // of the file in the package; "" for a text of the metadata
	text []byte
}

// sourceOf returns the text in the best language for the pages of one: a file, or in languages without one what the metadata say themselves.
func (p *Package) sourceOf(files map[string]wire.File, inline wire.Text, page string) source {
	tag := sourceTag(files, inline, page)
	if f, ok := files[tag]; ok {
		return source{tag: tag, path: f.Path, text: p.Texts[f.Path]}
	}
	return source{tag: tag, text: []byte(inline[tag])}
}

func sourceTag(files map[string]wire.File, inline wire.Text, page string) string {
	if len(inline) == 0 {
		return wire.BestTag(files, page)
	}
	tags := make(map[string]bool, len(files)+len(inline))
	for tag := range files {
		tags[tag] = true
	}
	for tag := range inline {
		tags[tag] = true
	}
	return wire.BestTag(tags, page)
}

// texts renders the texts of a package. The pages that show them are equally deep in every language, so each text is rendered once for all.
type texts struct {
	markdown *markdown
	pkg      *Package
	files    map[string]asset
	titles   []string // first headings that say no more than the page does
	rendered map[rendering]*Prose
}

// A rendering is what a rendered text depends on, beside the package.
type rendering struct{ section, text, readme, changelog string }

func newTexts(md *markdown, p *Package, files map[string]asset) *texts {
	t := &texts{markdown: md, pkg: p, files: files, titles: []string{readmeID, changelogID, "Readme"}, rendered: make(map[rendering]*Prose, 3)}
	for _, name := range p.Metadata.Name {
		t.titles = append(t.titles, clean(name))
	}
	return t
}

// readme returns the readme for the pages of a language, nil where there is nothing to show.
func (t *texts) readme(page string) (*Prose, error) {
	s := t.readmeSource(page)
	return t.render(readmeID, page, s, s.text, s.path, t.changelogSource(page).path)
}

func (t *texts) readmeSource(page string) source {
	return t.pkg.sourceOf(t.pkg.Metadata.Description, t.pkg.Metadata.DescriptionText, page)
}

// changelogSource returns the changelog for the pages of a language; nothing where there is nothing to show. A file without text is passed over, so that a package has a changelog in all languages, or in none.
func (t *texts) changelogSource(page string) source {
	written := maps.Clone(t.pkg.Metadata.Changelog)
	maps.DeleteFunc(written, func(_ string, f wire.File) bool { return !isText(t.pkg.Texts[f.Path]) })
	if len(written) == 0 {
		return source{}
	}
	return t.pkg.sourceOf(written, nil, page)
}

// render renders a text, or a part of it, for a section. readme and changelog are the files that the pages show.
func (t *texts) render(section, page string, s source, text []byte, readme, changelog string) (*Prose, error) {
	if !isText(text) {
		return nil, nil
	}
	key := rendering{section, s.tag, readme, changelog}
	prose := t.rendered[key]
	if prose == nil {
		prose = &Prose{}
		if a, ok := t.files[s.path]; ok && a.opens {
			prose.File = Link{Label: clean(path.Base(s.path)), Href: attr("href", a.url)}
		}
		doc := document{
			prefix: section + "-", dir: path.Dir(s.path), source: t.pkg.Metadata.Source, titles: t.titles, shown: t.shown(section, readme, changelog),
			asset: func(path string) (asset, bool) { a, ok := t.files[path]; return a, ok },
		}
		if err := t.markdown.prose(prose, text, doc, strings.EqualFold(path.Ext(s.path), ".txt")); err != nil {
			return nil, err
		}
		t.rendered[key] = prose
	}
	shown := *prose
	if s.tag != page {
		shown.Lang = cleanTag(s.tag)
	}
	return &shown, nil
}

// shown returns where the texts lie that the package's pages show, seen from the page with this section.
func (t *texts) shown(section, readme, changelog string) map[string]string {
	shown := make(map[string]string, 2)
	if changelog != "" && !t.pkg.Own {
		shown[changelog] = path.Base(wire.PackageChangelogPage(""))
	}
	if readme != "" {
		shown[readme] = "#" + readmeID
		if section == changelogID {
			shown[readme] = path.Base(wire.PackagePage("")) + "#" + readmeID
		}
	}
	return shown
}

// prose renders a text into p, as much of it as a page may weigh: plain is one that isn't Markdown.
func (md *markdown) prose(p *Prose, src []byte, doc document, plain bool) error {
	src, p.Cut = cutMarkdown(src, maxMarkdown)
	plain = plain || costly(src)
	for {
		var shown string
		if plain {
			p.Plain = string(cleanMarkdown(src))
			shown = template.HTMLEscapeString(p.Plain)
		} else {
			var err error
			if p.HTML, err = md.render(src, doc); err != nil {
				return err
			}
			shown = string(p.HTML)
		}
		size := weight(shown, maxWeight)
		if size <= maxWeight {
			return nil
		}
		// What is left is in proportion, and a quarter goes at least: so it doesn't take many rounds.
		src, p.Cut = cutMarkdown(src, min(len(src)*maxWeight/size, len(src)*3/4))
	}
}

// isText tells whether there is anything in a text.
func isText(src []byte) bool { return len(bytes.TrimSpace(src)) > 0 }
