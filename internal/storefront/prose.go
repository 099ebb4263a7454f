package storefront

import (
	"bytes"
	"html/template"
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
	Short bool   // whether it is shown unasked
	File  Link   // the source
}

// shortProse is how many bytes a text may have to be shown unasked.
const shortProse = 3000

// Ids of the sections that show the readme and the changelog. The ids of headings in them begin so, too.
const (
	readmeID    = "about"
	changelogID = "changelog"
)

// texts renders readme and changelog of the package of this name; each is nil where there is nothing to show.
func (md *markdown) texts(p Release, name string, files map[string]asset) (readme, changelog *Prose, err error) {
	m := &p.Metadata
	readmePath, readmeLang := shownFile(m.Description)
	changelogPath, changelogLang := shownFile(m.Changelog)
	doc := document{
		source: m.Source,
		asset:  func(path string) (asset, bool) { a, ok := files[path]; return a, ok },
		shown:  make(map[string]string, 2),
	}
	if p.Readme != nil && readmePath != "" {
		doc.shown[readmePath] = readmeID
	}
	if isText(p.Changelog) && changelogPath != "" {
		doc.shown[changelogPath] = changelogID
	}
	render := func(section, file, lang string, src []byte) (*Prose, error) {
		if !isText(src) {
			return nil, nil
		}
		prose := &Prose{Lang: lang, Short: len(src) <= shortProse}
		if a, ok := files[file]; ok && a.opens {
			prose.File = Link{Label: clean(path.Base(file)), Href: attr("href", a.url)}
		}
		src, prose.Cut = cutMarkdown(src)
		if strings.EqualFold(path.Ext(file), ".txt") || costly(src) {
			prose.Plain = string(cleanMarkdown(src))
			return prose, nil
		}
		doc.prefix, doc.dir, doc.titles = section+"-", path.Dir(file), []string{name, section}
		var err error
		prose.HTML, err = md.render(src, doc)
		return prose, err
	}
	if readme, err = render(readmeID, readmePath, readmeLang, p.Readme); err != nil {
		return nil, nil, err
	}
	changelog, err = render(changelogID, changelogPath, changelogLang, p.Changelog)
	return readme, changelog, err
}

// isText tells whether there is anything in a text.
func isText(src []byte) bool { return len(bytes.TrimSpace(src)) > 0 }

// shownFile returns the path of the file in the language that the page shows, and that language, "" for the page's own.
func shownFile(byLang map[string]wire.File) (path, lang string) {
	if f, ok := byLang[pageLang]; ok {
		return f.Path, ""
	}
	first := firstTag(byLang)
	return byLang[first].Path, cleanTag(first)
}
