package storefront

import (
	"fmt"
	"hash"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	projectdocs "github.com/regen-registry/regen/docs"
	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
)

// The documentation is made of what the project has anyway: guides are docs/*.md, findings are internal/rules, schemas are package schema, and formats are what internal/manifest
// says of the packages of internal/starter. Titles and labels are in the page's language; the text itself is English, and says so.

// docsGroups are the pages of the documentation, by what readers want to do. Each has the texts docs_<name> and docs_<name>_about.
var docsGroups = []struct {
	name  string
	pages []string
}{
	{"make", []string{"formats", "schemas", "findings", "reviewing"}},
	{"use", []string{"verifying", "devices", "hosts", "spec"}},
	{"run", []string{"cli", "keys"}},
}

// guides are the pages that are a file of docs/.
var guides = []string{"reviewing", "verifying", "devices", "hosts", "spec", "cli", "keys"}

// A docsView is what all pages of the documentation show.
type docsView struct {
	Page     page
	Heading  string
	Groups   []docsGroup
	Up       Link // the page above, but for the first page
	English  bool // the text is in another language than the page
	Contents []Link
}

type docsGroup struct {
	Title string
	Pages []docsLink
}

type docsLink struct {
	Link
	About   string
	Current bool
}

// A docsMaker renders the documentation in one language.
type docsMaker struct {
	*Renderer
	l        *locale
	registry wire.Registry
	texts    *docsTexts
}

// docsTexts are what is the same in all languages.
type docsTexts struct {
	guides   map[string]guide
	findings []findingArea
	schemas  []schemaText
	formats  []formatText
	ids      template.HTML // what an id may be
}

// Docs returns the pages of the documentation.
func (r *Renderer) Docs(registry wire.Registry) ([]File, error) {
	texts, err := readDocs()
	if err != nil {
		return nil, fmt.Errorf("make the documentation: %w", err)
	}
	var files []File
	for _, l := range r.locales {
		m := docsMaker{r, l, registry, texts}
		for _, pages := range []func() ([]File, error){m.first, m.guides, m.findings, m.schemas, m.formats} {
			more, err := pages()
			if err != nil {
				return nil, err
			}
			files = append(files, more...)
		}
	}
	return files, nil
}

// readDocs reads it once, since it is a part of the program.
var readDocs = sync.OnceValues(func() (*docsTexts, error) {
	t, md := &docsTexts{guides: make(map[string]guide)}, newMarkdown()
	for _, name := range guides {
		src, err := fs.ReadFile(projectdocs.FS, name+".md")
		if err != nil {
			return nil, err
		}
		if t.guides[name], err = md.guide(src); err != nil {
			return nil, err
		}
	}
	var err error
	if t.findings, err = findingAreas(md); err != nil {
		return nil, err
	}
	if t.schemas, err = schemaTexts(); err != nil {
		return nil, err
	}
	if t.formats, err = formatTexts(); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(rules.All(), func(r rules.Rule) bool { return r.Code == "id/invalid" })
	ids, err := md.guide([]byte(rules.All()[i].Why))
	t.ids = ids.html
	return t, err
})

// view returns what a page of the documentation shows. name is that of a page in [docsGroups] that it is, or that it belongs to; "" is the first page.
func (m docsMaker) view(at, name, title, about string, scripts ...string) docsView {
	v := docsView{Page: m.page(m.l, at, m.registry, scripts...), English: m.l.parsed.String() != wire.DefaultLanguage}
	v.Page.title(title)
	v.Heading, v.Page.Description, v.Page.Section = title, about, "docs"
	for _, group := range docsGroups {
		g := docsGroup{Title: m.l.text("docs_" + group.name)}
		for _, page := range group.pages {
			g.Pages = append(g.Pages, docsLink{m.link(v.Page.base, "docs_"+page, wire.DocPage(page)), m.l.text("docs_" + page + "_about"), page == name})
		}
		v.Groups = append(v.Groups, g)
	}
	switch at {
	case wire.DocsPage:
	case wire.DocPage(name):
		v.Up = m.link(v.Page.base, "docs", wire.DocsPage)
	default:
		v.Up = m.link(v.Page.base, "docs_"+name, wire.DocPage(name))
	}
	return v
}

// link returns a link to a page in the same language.
func (m docsMaker) link(b base, key, page string) Link {
	return Link{Label: m.l.text(key), Href: b.href(wire.LangPath(m.l.tag, page), "")}
}

// make renders a page. view points to what embeds v.
func (m docsMaker) make(v *docsView, template string, view any) (File, error) {
	data, err := m.execute(m.l, template, view)
	return File{v.Page.path, data}, err
}

// first returns the page that leads to all others.
func (m docsMaker) first() ([]File, error) {
	v := m.view(wire.DocsPage, "", m.l.text("docs"), m.l.text("docs_about"))
	f, err := m.make(&v, docsFile, &v)
	return []File{f}, err
}

func (m docsMaker) guides() ([]File, error) {
	var files []File
	for _, name := range guides {
		f, err := m.guide(name, wire.DocPage(name), m.l.text("docs_"+name), m.l.text("docs_"+name+"_about"), m.texts.guides[name])
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func (m docsMaker) guide(name, at, title, about string, g guide) (File, error) {
	v := struct {
		docsView
		HTML template.HTML
	}{m.view(at, name, title, about), g.html}
	v.Contents = g.contents
	return m.make(&v.docsView, guideFile, &v)
}

// takes reports whether the registry takes packages of a format.
func (r *Renderer) takes(format string) bool {
	return len(r.site.Formats) == 0 || slices.Contains(r.site.Formats, format)
}

// digestDocs adds to a digest what the documentation is made of. The findings are in docs/findings.md.
func digestDocs(h hash.Hash) error {
	for _, files := range []fs.FS{projectdocs.FS, schema.FS(), starter.FS()} {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(files, name)
			fmt.Fprintf(h, "%s %d\n", name, len(data))
			h.Write(data)
			return err
		})
		if err != nil {
			return fmt.Errorf("read the documentation: %w", err)
		}
	}
	return nil
}

// docsPage returns the page that a file of the project's repo is published as, and the fragment there, relative to the other pages of the documentation.
func docsPage(file, fragment string) (string, bool) {
	name, ext := path.Base(file), path.Ext(file)
	switch stem := strings.TrimSuffix(name, ext); {
	case file == "docs/findings.md" && fragment != "":
		for _, rule := range rules.All() {
			area, _, _ := strings.Cut(rule.Code, "/")
			if strings.ReplaceAll(rule.Code, "/", "") == fragment || area == fragment {
				return path.Base(wire.DocPage("findings-"+area)) + strings.TrimSuffix("#"+fragment, "#"+area), true
			}
		}
		return "", false
	case file == "docs/"+stem+".md" && (slices.Contains(guides, stem) || stem == "findings"):
		if fragment != "" {
			fragment = "#" + fragment
		}
		return path.Base(wire.DocPage(stem)) + fragment, true
	case file == "schema/"+name && slices.Contains(schema.Names(), strings.TrimSuffix(name, ".schema.json")):
		return path.Base(wire.DocPage("schema-" + strings.TrimSuffix(name, ".schema.json"))), true
	}
	return "", false
}
