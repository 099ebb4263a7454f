package storefront

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wire"
)

// A formatText is what is known of a format: by what `regen new` makes, and what reading that says.
type formatText struct {
	format   manifest.Format
	about    string
	sample   starter.Package
	files    []formatFile
	manifest starter.File // as the starter has it
	artifact string       // its name, with <id> and <version> in it
}

type formatFile struct {
	Path     string
	Manifest bool
	Packed   string // path in the artifact, or ""
	Shown    bool   // published beside the artifact, for listings
	Sidecar  bool
}

// sampleOf returns the package that a format is shown by.
func sampleOf(format string) starter.Package {
	const id, title = "my-app", "My App"
	p := starter.Package{Format: format, Vendor: "your-name", ID: id, Title: title, Summary: starter.Summary(title), Day: "2026-01-31"}
	if format == "mosis" { // it asks for a reverse domain
		p.ID = "org.example.myapp"
	}
	return p
}

// formatTexts returns all formats that there is a new package of.
func formatTexts() ([]formatText, error) {
	var list []formatText
	for _, format := range manifest.Formats {
		if starter.Has(format.Name()) {
			f, err := formatOf(format)
			if err != nil {
				return nil, fmt.Errorf("format %s: %w", format.Name(), err)
			}
			list = append(list, f)
		}
	}
	return list, nil
}

func formatOf(format manifest.Format) (formatText, error) {
	f := formatText{format: format, about: sentence(starter.About(format.Name())), sample: sampleOf(format.Name())}
	files, err := starter.Files(f.sample)
	if err != nil {
		return f, err
	}
	p := manifest.Package{Dir: "plugins/" + f.sample.ID, ID: f.sample.ID}
	for _, file := range files {
		if file.Path == manifest.SidecarFile {
			p.Sidecar = file.Data
		}
		if !format.Excluded(file.Path) {
			p.Files = append(p.Files, manifest.File{Path: file.Path, Data: file.Data})
		}
	}
	m, findings := format.Read(p, manifest.Env{})
	for _, finding := range findings {
		if finding.Severity == check.Error {
			return f, fmt.Errorf("the new package isn't one: %s", finding.Message)
		}
	}
	f.artifact = strings.NewReplacer(f.sample.ID, "<id>", m.Version, "<version>").Replace(m.Artifact.Name)
	for _, file := range files {
		is := isManifest(format, file.Path)
		if is {
			f.manifest = file
		}
		packed := ""
		if slices.ContainsFunc(m.Artifact.Files, func(a manifest.File) bool { return a.Path == file.Path }) {
			packed = format.Prefix("<id>") + file.Path
		}
		f.files = append(f.files, formatFile{
			Path: file.Path, Manifest: is, Packed: packed, Shown: slices.Contains(m.Assets, file.Path), Sidecar: file.Path == manifest.SidecarFile && !is,
		})
	}
	if f.manifest.Path == "" {
		return f, fmt.Errorf("the new package has no manifest")
	}
	return f, nil
}

// isManifest reports whether a file is the manifest of a format. That of a bundle without assets is called as its package is.
func isManifest(format manifest.Format, path string) bool {
	return path == format.Manifest() || format.Name() == "mana" && strings.HasSuffix(path, ".mana")
}

// formats returns the page that says how packages look.
func (m docsMaker) formats() ([]File, error) {
	type format struct {
		Name, About        string
		Taken              bool
		Documents          []Link
		ManifestName       string
		Command            template.HTML
		Artifact, Kind     string
		Files              []formatFile
		Manifest, Document string
		Rules              []findingLink
	}
	v := struct {
		docsView
		DirCode template.HTML
		IDs     template.HTML
		Formats []format
	}{docsView: m.view(wire.DocPage("formats"), "formats", m.l.text("docs_formats"), m.l.text("docs_formats_about")), DirCode: code(cmp.Or(clean(m.site.Packages), "plugins") + "/<id>"), IDs: m.texts.ids}
	for _, f := range m.sorted() {
		one := format{
			Name: f.format.Name(), About: f.about, Taken: m.takes(f.format.Name()),
			ManifestName: f.format.Manifest(), Command: code("regen new --format " + f.format.Name()),
			Artifact: f.artifact, Kind: m.l.text("docs_kind_" + kindName(f.artifact)), Files: f.files, Manifest: f.manifest.Path, Document: string(f.manifest.Data),
		}
		for _, d := range f.format.Documents() {
			one.Documents = append(one.Documents, Link{Label: m.texts.schemaTitle(d.Name), Href: v.Page.base.href(wire.LangPath(m.l.tag, wire.DocPage("schema-"+d.Name)), "")})
		}
		own := slices.DeleteFunc(slices.Clone(rules.All()), func(r rules.Rule) bool { return !strings.HasPrefix(r.Code, f.format.Name()+"/") })
		one.Rules = m.findingLinks(v.Page.base, own)
		v.Formats = append(v.Formats, one)
		v.Contents = append(v.Contents, Link{Label: one.Name, Href: attr("href", "#"+one.Name)})
	}
	f, err := m.make(&v.docsView, formatsFile, &v)
	return []File{f}, err
}

// sorted returns the formats, those that the registry takes first.
func (m docsMaker) sorted() []formatText {
	var taken, others []formatText
	for _, f := range m.texts.formats {
		if m.takes(f.format.Name()) {
			taken = append(taken, f)
		} else {
			others = append(others, f)
		}
	}
	return append(taken, others...)
}

// kindName returns a word for the kind of an artifact.
func kindName(artifact string) string {
	switch manifest.KindOf(artifact) {
	case manifest.TarGz:
		return "targz"
	case manifest.Single:
		return "single"
	}
	return "zip"
}

// sentence returns a text with a capital at its beginning. It begins with an ASCII letter.
func sentence(s string) string { return strings.ToUpper(s[:min(len(s), 1)]) + s[min(len(s), 1):] + "." }

// code returns a text as code.
func code(s string) template.HTML {
	return template.HTML("<code>" + template.HTMLEscapeString(s) + "</code>")
}
