package manifest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/picture"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Mosis is the format of apps of a device whose interface is made of RML, RCSS and Lua: a manifest.json, packed as <id>-<version>.mosis with the files at its root, and
// META-INF/MANIFEST.MF, the hash of each (see [Mosis.Stamp]).
//
// The rules beside those of schema/mosis.schema.json:
//
//   - id is the directory's name (mosis/directory). target_mosis_version isn't below min_mosis_version (mosis/target).
//   - The icons are PNG of exactly 32, 64 and 128 pixels a side and up to 1 MiB, and don't move (image/…).
//   - The texts of a language are in locales/<language>.json, an object (mosis/locale). A language without such a file, and a file without its language, are warned of
//     (mosis/locale-missing, mosis/locale-unlisted). default_locale is one of the locales (mosis/default-locale).
//   - As packed, there are at most 1,000 files and 50 MiB (mosis/package-size), a file has up to 10 MiB (mosis/file-size), the manifest 64 KiB (json/size). A
//     path has up to 256 characters in every format.
//   - Files are of the types that a device knows (mosis/file-type), in their content, too. Archives and executables are refused, whatever they are called
//     (mosis/file-content).
//   - META-INF holds nothing but CERT.SIG (mosis/meta-inf), the author's signature (mosis/signature, mosis/signature-unchecked). A MANIFEST.MF in the source says what
//     that in the package will say (mosis/manifest-mf).
//
// That version_code rises is for the registry to see, and what Lua does for the lint.
type Mosis struct{}

const (
	mosisManifest     = "manifest.json"
	mosisManifestSize = 64 << 10 // bytes
)

// Name implements [Format].
func (Mosis) Name() string { return "mosis" }

// Manifest implements [Format].
func (Mosis) Manifest() string { return mosisManifest }

// Documents implements [Format].
func (Mosis) Documents() []Document {
	return []Document{{
		Name: "mosis", Title: "manifest.json of a Mosis app", About: "The manifest of an app of a device whose interface is made of RML, RCSS and Lua.", Root: MosisManifest{},
	}}
}

// Prefix implements [Format].
func (Mosis) Prefix(string) string { return "" }

// Detect implements [Format]. Beside a blueprint.json, manifest.json is a part of another format.
func (Mosis) Detect(names []string) bool {
	return slices.Contains(names, mosisManifest) && !slices.Contains(names, "blueprint.json")
}

// Excluded implements [Format].
func (Mosis) Excluded(path string) bool { return Excluded(path) || path == SidecarFile }

// A mosis reads one app.
type mosis struct {
	*source
	MosisManifest
	small bool // whether the limits of the package as a whole are kept, so that it can be read as a whole
}

// Read implements [Format].
func (Mosis) Read(p Package, env Env) (Manifest, check.Findings) {
	committed := p.File(mosisDigestsFile)
	p.Files = stamp.Undigested(p.Files)
	env.ManifestSize = min(cmp.Or(env.ManifestSize, mosisManifestSize), mosisManifestSize)

	var m mosis
	m.source = newSource(p, env, "mosis", mosisManifest, "mosis", &m.MosisManifest)
	m.setVersion(m.Version)
	m.identity()
	m.listing()
	m.permissions(strs(m.Permissions), m.env.Permissions)
	m.files()
	m.small = m.limits()
	m.locales()
	m.metaInf(committed)
	m.fill()
	return m.manifest(Artifact{Name: p.ID + "-" + m.version + ".mosis", Files: p.Files})
}

// identity takes what devices know the app by.
func (m *mosis) identity() {
	f := &m.facts
	if id, at := string(m.ID), m.top.Get("id"); id != "" && id != m.pkg.ID && !m.found(mosisManifest, at.Pos) {
		m.at(at, "mosis/directory", fmt.Sprintf("rename the directory to %s, or the app to %s", id, m.pkg.ID),
			"the app is %s, and its directory %s, expected one name", wording.Quote(id), wording.Quote(m.pkg.ID))
	}
	f.VersionCode = m.VersionCode
	f.Code = "lua"
	f.Permissions = strs(m.Permissions)
	if entry := m.named(string(m.Entry), m.top.Get("entry")); entry != nil {
		f.Entrypoint = entry.Path
	}
	lowest, target := m.MinMosisVersion.semantic(), m.TargetMosisVersion.semantic()
	if lowest != "" {
		f.HostAPI = &wire.HostAPI{Min: lowest, Target: target}
	}
	if wire.CheckVersion(lowest) == nil && wire.CheckVersion(target) == nil && wire.CompareVersions(target, lowest) < 0 {
		m.at(m.top.Get("target_mosis_version"), "mosis/target", "raise it, or lower min_mosis_version",
			"target_mosis_version is %s, expected at least min_mosis_version, %s", m.TargetMosisVersion, m.MinMosisVersion)
	}
}

// listing takes what people see of the app.
func (m *mosis) listing() {
	f := &m.facts
	f.Name = m.title("name", string(m.Name))
	f.Summary = m.title("description", string(m.Description))
	author := wire.Author{Name: string(m.Author.Name), Email: string(m.Author.Email), URL: m.addressIn(mosisManifest, string(m.Author.URL), m.top.At("author", "url"))}
	if author != (wire.Author{}) {
		m.listed(mosisManifest, "author.name", author.Name, m.top.At("author", "name"))
		f.Authors, f.Homepage = []wire.Author{author}, author.URL
	}
	for _, icon := range []struct {
		key  string
		path PNGPath
		side int
	}{{"128", m.Icons.Large, 128}, {"64", m.Icons.Medium, 64}, {"32", m.Icons.Small, 32}} { // a listing shows the first
		if file := m.named(string(icon.path), m.top.At("icons", icon.key)); file != nil {
			f.Icons = append(f.Icons, m.image(file, picture.Rule{
				What: "the icon", Kinds: []picture.Kind{"png"}, MaxBytes: 1 << 20, Width: icon.side, Height: icon.side, Severity: check.Error,
			}))
		}
	}
	if m.Category != "" {
		f.Categories = []string{string(m.Category)}
	}
	f.Keywords = strs(m.Tags)
	for i, tag := range f.Keywords {
		m.listed(mosisManifest, fmt.Sprintf("tags[%d]", i), tag, item(m.top.Get("tags"), i))
	}
	f.Orientation = m.Orientation
	f.BackgroundColor = string(m.BackgroundColor)
	if rest := m.rest(m.top, "id", "name", "version", "version_code", "description", "entry", "permissions", "min_mosis_version", "target_mosis_version",
		"author", "icons", "category", "tags", "orientation", "background_color"); len(rest) > 0 {
		f.Ext = map[string]any{"mosis": rest}
	}
}
