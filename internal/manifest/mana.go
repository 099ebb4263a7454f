package manifest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Mana is the format of bundles of starter data for a family of apps: a blueprint.json with its manifest.json and the files below assets/, packed as
// <id>-<version>.manapkg; or, where there are no assets, one JSON, packed as it is as <id>-<version>.mana.
//
// The rules beside those of schema/mana.schema.json and schema/mana-package.schema.json:
//
//   - There is either a blueprint.json or one .mana file. Assets need a blueprint.json, and a manifest.json that lists them (mana/layout). Nothing else
//     is packed: a host imports these files, and what a listing shows is published beside the package.
//   - The id is the directory's name. The version is manifest.json's, or else regen.yaml's (mana/version). What manifest.json says of name and author, the
//     blueprint says, too (mana/package-mismatch).
//   - Ids of steps are unique (mana/step-duplicate), and each stepId is one of them (mana/step-unknown). A condition is of one kind, and has what
//     that kind needs (mana/release-on). The conditions of all steps can be met, in some order (mana/unreachable).
//   - A taskId, and each text of the data that is a reference, names an item (mana/reference).
//   - {{name}} names a variable (mana/variable-unknown), each variable is used (mana/variable-unused, a warning), and its default is of its
//     type (mana/variable-default).
//   - A date is +Nd, today or an ISO 8601 date (mana/date): the default of a date, what the keys in manaDateKeys hold, and createdAt, where it is the last.
//   - asset://x in any text is the file assets/x (mana/asset-missing), each such file is referred to (mana/asset-unused), and manifest.json lists them all
//     (mana/asset-index). They are pictures, sounds or texts (mana/asset-kind), up to 20 MiB (mana/asset-size). Pictures are decoded (image/…).
//   - Inline data is less than 50 KB (mana/inline-size). Pictures and sounds that the data takes from the web are a warning (mana/hosted-asset).
//   - The conditions, and the apps that are written to, are bounded (mana/size).
type Mana struct{}

const (
	manaBlueprint = "blueprint.json"
	manaPackage   = "manifest.json"
	manaSuffix    = ".mana"
	manaAssets    = "assets/"
)

// Name implements [Format].
func (Mana) Name() string { return "mana" }

// Manifest implements [Format].
func (Mana) Manifest() string { return manaBlueprint }

// Documents implements [Format].
func (Mana) Documents() []Document {
	return []Document{{
		Name: "mana", Title: "A blueprint: blueprint.json, or a .mana file", Root: Blueprint{},
		About: "A bundle of starter data for a family of apps: what is written into them, and when.",
		Sample: map[string]any{
			"version": "1.0", "type": "blueprint",
			"meta":      map[string]any{"name": "New Home", "description": "What to think of when you move", "author": "Ada Example", "createdAt": "2026-01-31"},
			"variables": map[string]any{"moving_day": map[string]any{"type": "date", "prompt": "When do you move?", "default": "+30d"}},
			"steps": []any{map[string]any{
				"id": "plan", "label": "Plan the move", "releaseOn": "import",
				"data": map[string]any{"tasks": map[string]any{"todo": []any{map[string]any{"id": "van", "title": "Rent a van", "due": "{{moving_day}}"}}}},
			}},
			"dashboard": map[string]any{"layout": []any{map[string]any{"type": "task-list", "size": "medium", "position": map[string]any{"x": 0, "y": 2}}}},
		},
	}, {
		Name: "mana-package", Title: "manifest.json beside a blueprint.json", Root: ManaPackage{},
		About:  "What a bundle of starter data with assets is, and which assets it holds.",
		Sample: map[string]any{"name": "New Home", "version": "1.0.0", "author": "Ada Example", "assets": []any{"assets/rooms.png", "assets/van.png"}},
	}}
}

// Prefix implements [Format].
func (Mana) Prefix(string) string { return "" }

// Detect implements [Format].
func (Mana) Detect(names []string) bool {
	return slices.Contains(names, manaBlueprint) || slices.ContainsFunc(names, isMana)
}

// Excluded implements [Format].
func (Mana) Excluded(path string) bool {
	return Excluded(path) || path == SidecarFile
}

// isMana reports whether a path is that of a .mana file at the top.
func isMana(path string) bool {
	return strings.HasSuffix(path, manaSuffix) && path != manaSuffix && !strings.Contains(path, "/")
}

// A mana reads one bundle.
type mana struct {
	*source
	Blueprint
	single bool              // whether the blueprint is a .mana file
	index  *strictjson.Value // manifest.json, nil where there is none that can be read
	pack   ManaPackage
	assets []*File         // those below assets/
	used   map[string]bool // paths of assets, and variables after variableStart
	ids    map[string]int  // id of a step → its index
	lists  map[manaList]*strictjson.Value
	tasks  map[string][]int // id of an item → the steps that hold one
	count  map[string]int   // how many findings there are, by code
}

// Read implements [Format].
func (Mana) Read(p Package, env Env) (Manifest, check.Findings) {
	m := &mana{used: make(map[string]bool), count: make(map[string]int)}
	name := manaBlueprint
	var singles []*File
	for i := range p.Files {
		switch f := &p.Files[i]; {
		case isMana(f.Path):
			singles = append(singles, f)
		case strings.HasPrefix(f.Path, manaAssets):
			m.assets = append(m.assets, f)
		}
	}
	if p.File(manaBlueprint) == nil && len(singles) > 0 {
		m.single, name, singles = true, singles[0].Path, singles[1:]
	}
	m.source = newSource(p, env, "mana", name, "mana", &m.Blueprint)
	m.layout(singles)
	if p.File(manaPackage) != nil && !m.single {
		m.index = m.json(manaPackage, "mana-package", &m.pack)
	}
	m.release()
	m.listing()
	if m.top != nil {
		m.data()
		m.conditions()
		m.variables()
		m.texts()
		m.files()
	}
	if len(m.findings.Errors()) == 0 {
		m.facts.Ext["mana"] = m.ext()
	}
	m.fill()
	m.leftOut()
	artifact := Artifact{Name: p.ID + "-" + m.version + manaSuffix}
	if len(m.assets) > 0 {
		artifact.Name = p.ID + "-" + m.version + ".manapkg"
		for _, f := range p.Files {
			if f.Path == manaBlueprint || f.Path == manaPackage || strings.HasPrefix(f.Path, manaAssets) {
				artifact.Files = append(artifact.Files, f)
			}
		}
	} else if f := p.File(name); f != nil {
		artifact.Files = []File{*f}
	}
	return m.manifest(artifact)
}

// layout checks which files there are.
func (m *mana) layout(others []*File) {
	const code = "mana/layout"
	for _, f := range others {
		if !m.full(code) {
			m.file(check.Error, code, f.Path, "keep one of them", "there are %s and %s, expected one blueprint", wording.Quote(m.name), wording.Quote(f.Path))
		}
	}
	hint := "rename the " + manaSuffix + " file to " + manaBlueprint + ", or remove what is beside it"
	switch has := m.pkg.File(manaPackage) != nil; {
	case !m.single && len(m.assets) > 0 && !has:
		m.file(check.Error, code, manaPackage, "write one with the name, and the paths of the assets: see schema/mana-package.schema.json",
			"there are files in %s and no %s, expected one that lists them", manaAssets, manaPackage)
	case m.single && len(m.assets) > 0:
		m.file(check.Error, code, m.assets[0].Path, hint,
			"there are files in %s, and %s is packed alone, expected %s beside assets", manaAssets, wording.Quote(m.name), manaBlueprint)
	case m.single && has:
		m.file(check.Error, code, manaPackage, hint,
			"there is a %s, and %s is packed alone, expected %s beside it", manaPackage, wording.Quote(m.name), manaBlueprint)
	}
}

// release takes the version: manifest.json's is the native one.
func (m *mana) release() {
	if m.index.Get("version") == nil {
		m.setVersion("")
		if m.version == "" && m.side.Get("version") == nil {
			m.file(check.Error, "mana/version", SidecarFile, "write version: 1.0.0 in "+SidecarFile,
				"there is no version of the release, expected one: a blueprint has only that of its format")
		}
		return
	}
	// The blueprint has a version, too, and it is that of its format: the common code, which looks for the version in the manifest, is shown manifest.json.
	name, top := m.name, m.top
	m.name, m.top = manaPackage, m.index
	m.setVersion(m.pack.Version)
	m.owned("version", m.version, string(m.sidecar.Version))
	m.name, m.top = name, top
	m.sidecar.Version = ""
}

// listing takes what people are told of the bundle.
func (m *mana) listing() {
	f := &m.facts
	f.Code, f.Entrypoint, f.Ext = "none", m.name, map[string]any{"mana": nil}
	if m.Type == "blueprint" {
		// The type alone says little: the sidecar's categories stand beside it.
		f.Categories = append([]string{m.Type}, strs(m.sidecar.Categories)...)
		m.sidecar.Categories = nil
	}
	f.Name = m.title("meta.name", string(m.Meta.Name))
	f.Summary = m.title("meta.description", string(m.Meta.Description))
	author := m.author(m.name, "meta.author", m.Meta.Author, m.top.At("meta", "author"))
	if at := m.top.At("meta", "createdAt"); m.Meta.CreatedAt != "" && !isISODate(string(m.Meta.CreatedAt)) && !m.found(m.name, at.Pos) {
		m.at(at, "mana/date", "see whether there is such a day",
			"meta.createdAt is %s, expected a day of the calendar such as 2026-01-31", wording.Quote(string(m.Meta.CreatedAt)))
	}
	if m.index != nil {
		other := m.author(manaPackage, "author", m.pack.Author, m.index.Get("author"))
		m.same("name", string(m.Meta.Name), string(m.pack.Name), m.index.Get("name"))
		m.same("the author's name", author.Name, other.Name, m.index.Get("author"))
		m.same("the author's email", author.Email, other.Email, m.index.Get("author"))
		m.same("the author's url", author.URL, other.URL, m.index.Get("author"))
		author = wire.Author{Name: cmp.Or(author.Name, other.Name), Email: cmp.Or(author.Email, other.Email), URL: cmp.Or(author.URL, other.URL)}
	}
	if author.Name != "" {
		f.Authors = []wire.Author{author}
	}
}

// author returns who a document says has made the bundle.
func (m *mana) author(name, key string, a ManaAuthor, at *strictjson.Value) wire.Author {
	if at != nil && at.Kind == strictjson.String {
		m.listed(name, key, string(a.Name), at)
	} else {
		m.listed(name, key+".name", string(a.Name), at.Get("name"))
	}
	return wire.Author{Name: string(a.Name), Email: string(a.Email), URL: m.addressIn(name, string(a.URL), at.Get("url"))}
}

// same checks that manifest.json says nothing else than the blueprint.
func (m *mana) same(what, blueprint, other string, at *strictjson.Value) {
	if blueprint != other && blueprint != "" && other != "" {
		m.add(check.Error, manaPackage, at.Pos, "mana/package-mismatch", "write the same in both",
			"%s is %s, and %s says %s, expected one of them", what, wording.Quote(other), manaBlueprint, wording.Quote(blueprint))
	}
}

// ext returns what the blueprint says beyond the common model. The data of the steps isn't in there: it can be nearly all of a file of a mebibyte, which is too
// much for metadata that whoever shows the bundle reads, and it is in the artifact, which the metadata binds by its hash. What is left is bounded by the
// schema, and by maxConditions.
func (m *mana) ext() map[string]any {
	ext := m.rest(m.top, "type", "meta", "steps")
	if meta := m.rest(m.top.Get("meta"), "name", "description", "author"); len(meta) > 0 {
		ext["meta"] = meta
	}
	var steps []any
	for _, step := range m.top.Get("steps").Items {
		steps = append(steps, m.rest(step, "data"))
	}
	ext["steps"] = steps
	return ext
}

// maxManaFindings bounds the findings of one code.
const maxManaFindings = 50

// full counts a finding that is about to be added, and reports whether there are enough of its code.
func (m *mana) full(code string) bool {
	m.count[code]++
	return m.count[code] > maxManaFindings
}

// leftOut says how many findings aren't told.
func (m *mana) leftOut() {
	for _, code := range slices.Sorted(maps.Keys(m.count)) {
		if n := m.count[code] - maxManaFindings; n > 0 {
			i := slices.IndexFunc(m.findings, func(f check.Finding) bool { return f.Code == code })
			m.file(m.findings[i].Severity, code, m.name, "mend the others, and run it again", "%d more of these (%s) aren't listed", n, code)
		}
	}
}
