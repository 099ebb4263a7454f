package manifest

import (
	"bytes"
	"slices"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
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
	return s.manifest(Artifact{Name: p.ID + "-" + s.version + ".zip", Files: withoutOwners(p.Files, s.side)})
}

// withoutOwners returns the files with a regen.yaml that lacks owners and keys, which are no facts of a release: what names them can change without one.
func withoutOwners(files []File, side *strictjson.Value) []File {
	if side == nil {
		return files
	}
	i := slices.IndexFunc(files, func(f File) bool { return f.Path == SidecarFile })
	if i < 0 {
		return files
	}
	data := files[i].Data
	var kept []byte
	from := 0
	for n, m := range side.Members {
		if m.Key != "owners" && m.Key != "keys" || m.KeyPos.Column != 1 {
			continue
		}
		end := len(data)
		if n+1 < len(side.Members) {
			end = side.Members[n+1].KeyPos.Offset
		}
		kept, from = append(kept, data[from:m.KeyPos.Offset]...), end
	}
	if from == 0 {
		return files
	}
	kept = append(kept, data[from:]...)
	files = slices.Clone(files)
	files[i].Data = append(bytes.TrimRight(kept, "\n"), '\n')
	return files
}
