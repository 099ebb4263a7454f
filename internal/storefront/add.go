package storefront

import (
	"cmp"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
)

// On the page of a format, one adds a package of it. A form, made of the format's schema and filled in with what `regen new` writes, builds the manifest with the help of a script. By hand it takes
// a few steps, which the page says without one.

type addView struct {
	Page    page
	Heading string
	Formats []addFormat
	Guide   template.HTML // link
}

type addFormat struct {
	Link
	Name, About string
}

type addFormatView struct {
	Page           page
	Heading        string
	Up             Link
	Format, About  string
	Repo           template.HTML // link to the repo, or a text
	Dir, File      template.HTML // as code
	New, Check     template.HTML
	Schema         template.HTML // link
	Document       string
	OpenHref       template.HTMLAttr // of a new file with the document; "" where the host takes none
	Takes          bool              // the host takes the content from the address, too
	Files          []formatFile      // beside the manifest
	Main, More     []formField
	Vendor         bool // the form asks for one
	ID, VendorName string
	FileName       string
	Path, Address  string // templates, for the script
	FirstPath      string // of the manifest, while the id is the sample's
	Syntax         string // json or yaml
	SchemaURL      string
	MaxAddress     int
	PullRequests   template.HTML // link
}

// Add returns the pages on which one adds a package: one that leads to the formats that the registry takes, and one for each of them.
func (r *Renderer) Add(registry wire.Registry) ([]File, error) {
	texts, err := readDocs()
	if err != nil {
		return nil, fmt.Errorf("make the documentation: %w", err)
	}
	var files []File
	for _, l := range r.locales {
		m := docsMaker{r, l, registry, texts}
		v := addView{Page: m.addPage(wire.AddPage, l.text("add")), Heading: l.text("add")}
		v.Guide = m.link(v.Page.base, "docs_formats", wire.DocPage("formats")).html()
		for _, f := range texts.formats {
			name := f.format.Name()
			if !r.takes(name) {
				continue
			}
			v.Formats = append(v.Formats, addFormat{Link{Label: name, Href: v.Page.base.href(wire.LangPath(l.tag, wire.AddFormatPage(name)), "")}, name, f.about})
			file, err := m.addFormat(f)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
		data, err := r.execute(l, addFile, &v)
		if err != nil {
			return nil, err
		}
		files = append(files, File{v.Page.path, data})
	}
	return files, nil
}

func (m docsMaker) addPage(at, title string, scripts ...string) page {
	p := m.page(m.l, at, m.registry, scripts...)
	p.title(title)
	p.Description, p.Section = m.l.text("add_about"), "add"
	return p
}

// addFormat returns the page of a format.
func (m docsMaker) addFormat(f formatText) (File, error) {
	name := f.format.Name()
	part, value, err := f.parsed()
	if err != nil {
		return File{}, err
	}
	v := addFormatView{
		Page: m.addPage(wire.AddFormatPage(name), m.l.text("add_format", "format", name), "validate", "manifest", "add"), Heading: m.l.text("add_format", "format", name), Format: name, About: f.about,
		Document: string(f.manifest.Data), FileName: f.manifest.Path, Syntax: "json", ID: f.sample.ID, MaxAddress: maxNewFile, Address: newFileAddress(m.site),
		New: code("regen new --format " + name), Check: code("regen validate"),
	}
	b := v.Page.base
	v.Up = m.link(b, "add", wire.AddPage)
	v.Repo = template.HTML(template.HTMLEscapeString(m.l.text("add_repo")))
	if _, ok := external(m.site.Repository); ok {
		v.Repo = Link{Label: m.l.text("add_repo"), Href: foreign(m.site.Repository)}.html()
	}
	if path.Ext(f.manifest.Path) == ".yaml" {
		v.Syntax = "yaml"
	}
	dir := cmp.Or(clean(m.site.Packages), "plugins")
	v.Path = dir + "/{id}/" + strings.ReplaceAll(f.manifest.Path, f.sample.ID, "{id}")
	v.FirstPath = strings.ReplaceAll(v.Path, "{id}", f.sample.ID)
	v.Dir, v.File = code(dir+"/<id>"), code(strings.ReplaceAll(v.Path[len(dir+"/{id}/"):], "{id}", "<id>"))
	schemaName := f.format.Documents()[0].Name
	v.SchemaURL = b.to(wire.SchemaPath(schemaName))
	v.Schema = Link{Label: m.texts.schemaTitle(schemaName), Href: b.href(wire.LangPath(m.l.tag, wire.DocPage("schema-"+schemaName)), "")}.html()
	v.PullRequests = m.link(b, "docs_reviewing", wire.DocPage("reviewing")).html()
	if v.Takes = strings.Contains(v.Address, "{text}"); v.Address != "" {
		if to := newFile(v.Address, v.FirstPath, v.Document); to != "" {
			v.OpenHref = foreign(to)
		}
	}
	v.Files = slices.DeleteFunc(slices.Clone(f.files), func(file formatFile) bool { return file.Manifest })
	if strings.Contains(v.Document, f.sample.Vendor) {
		v.Vendor, v.VendorName = true, f.sample.Vendor
	}
	v.Main, v.More = formMaker{m, f}.object(part, value, "f", "")
	data, err := m.execute(m.l, addFormatFile, &v)
	return File{v.Page.path, data}, err
}

// parsed returns the schema of a format's manifest, and the manifest of the small package.
func (f formatText) parsed() (*schemaPart, *strictjson.Value, error) {
	part, err := schemaOf(f.format.Documents()[0].Name)
	if err != nil {
		return nil, nil, err
	}
	if path.Ext(f.manifest.Path) == ".yaml" {
		value, problems := strictyaml.Parse(f.manifest.Data, strictjson.Limits{Size: manifest.MaxSidecar})
		if len(problems) > 0 {
			return nil, nil, fmt.Errorf("%s: %w", f.manifest.Path, problems[0])
		}
		return part, value, nil
	}
	value, problem := strictjson.Parse(f.manifest.Data, strictjson.Limits{})
	if problem != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.manifest.Path, problem)
	}
	return part, value, nil
}
