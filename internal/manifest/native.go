package manifest

import (
	"slices"

	"github.com/regen-registry/regen/internal/check"
)

// Native is the format of packages that belong to no ecosystem: regen.yaml is the manifest, and all files are packed as <id>-<version>.zip, with the files at its root.
//
// The rules are those of schema/native.schema.json, and what every format asks of the sidecar.
type Native struct{}

// NativeManifest is regen.yaml where it is the manifest: a [Sidecar] that has to have a name and a version.
type NativeManifest struct {
	Sidecar
	// What people know the package by: a text, or one per language.
	Name Title `json:"name" jsonschema:"required"`
	// The semantic version of this release. Published versions never change, and only rise.
	Version Version `json:"version" jsonschema:"required"`
}

// Name implements [Format].
func (Native) Name() string { return "native" }

// Manifest implements [Format].
func (Native) Manifest() string { return SidecarFile }

// Documents implements [Format].
func (Native) Documents() []Document {
	return []Document{
		{Name: "native", Title: "regen.yaml as the manifest", About: "A package that belongs to no ecosystem: what it says of itself.", Root: NativeManifest{}},
		{Name: "regen", Title: "regen.yaml beside another manifest", About: "What a package says of itself that its own manifest has no place for. It never overrides the id, the version or the permissions.", Root: Sidecar{}},
	}
}

// Prefix implements [Format].
func (Native) Prefix(string) string { return "" }

// Detect implements [Format]. It is tried last: beside another format's manifest, the file is a sidecar.
func (Native) Detect(names []string) bool { return slices.Contains(names, SidecarFile) }

// Excluded implements [Format].
func (Native) Excluded(path string) bool { return Excluded(path) }

// Read implements [Format].
func (Native) Read(p Package, env Env) (Manifest, check.Findings) {
	s := newSource(p, env, "native", SidecarFile, "", nil)
	s.setVersion("")
	s.fill()
	return s.manifest(Artifact{Name: p.ID + "-" + s.version + ".zip", Files: p.Files})
}
