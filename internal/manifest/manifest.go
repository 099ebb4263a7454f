// Package manifest reads the manifests of package formats into one model, and checks what only a format knows.
//
// A format is one type that implements [Format], in a file of its own, and one line in [Formats]. What the
// formats have in common stands in files of its own: texts and addresses, pictures, what is left out.
//
// The rules that hold for every format:
//
//   - A manifest is strict JSON (package strictjson), and every finding in it has a line and a column.
//   - All findings are returned, not the first one. Their codes are stable.
//   - The id of a package is the name of its directory, and fits [wire.CheckID]. The version fits [wire.CheckVersion].
//   - A text that listings show is one line, without control characters and bidi controls. An
//     address is http or https, without user and password.
//   - Pictures are decoded, within bounds on their memory. An SVG has nothing in it that runs or that is loaded
//     from elsewhere.
//   - What a manifest says that the model has no field for is kept in [wire.Facts.Ext], since devices and
//     hosts may need it.
//
// Nothing here reads a disk or a clock: the files come in, findings and a [Manifest] go out.
package manifest

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

// A File is one file of a package.
type File struct {
	Path string // slash-separated, relative to the package's directory
	Exec bool   // whether git has it as executable
	Data []byte // never changed here
}

// A Package is the source of one package, as a commit has it.
type Package struct {
	Dir   string // path of its directory in the repo, such as plugins/disk-watch
	ID    string // name of that directory
	Files []File // sorted by path; what is left out is absent
}

// File returns the file at a path, or nil.
func (p Package) File(path string) *File {
	i, found := slices.BinarySearchFunc(p.Files, path, func(f File, path string) int { return strings.Compare(f.Path, path) })
	if !found {
		return nil
	}
	return &p.Files[i]
}

// A Manifest is what a package says of itself, in the model that all formats share.
type Manifest struct {
	Format       string // name of the format
	Version      string // fits wire.CheckVersion
	Channel      string // one of wire.Channels
	Facts        wire.Facts
	Assets       []string // paths of the listing files that are published beside the archive: icon, screenshots, readme, changelog
	ArtifactName string   // file name of the archive
}

// Limits bound what reading a manifest may cost.
type Limits struct {
	ManifestSize int64 // bytes of the manifest; 0 means 1 MiB
}

// A Format is a kind of package: an ecosystem with a manifest of its own.
type Format interface {
	// Name returns the name that registry.yaml and metadata call the format by.
	Name() string
	// Manifest returns the path of the manifest in a package, which messages name where it is missing.
	Manifest() string
	// Detect reports whether a directory is a package of the format. has tells whether there is a
	// file of that name at its top.
	Detect(has func(name string) bool) bool
	// Excluded reports whether the format leaves a file out of its packages. The path is relative to the
	// package's directory.
	Excluded(path string) bool
	// Prefix returns what stands before every path in the archive of a package: empty, or ending in a slash.
	Prefix(id string) string
	// Read reads and checks the manifest, and the files that it names. The Manifest is to be used only where no
	// finding is an error.
	Read(p Package, lim Limits) (Manifest, check.Findings)
}

// Formats are all formats, in the order in which a directory is tried. A new one is one line.
var Formats = []Format{
	Vito{},
}

// Names returns the names of all formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name()
	}
	return names
}

// ByName returns the format of that name, or nil.
func ByName(name string) Format {
	for _, f := range Formats {
		if f.Name() == name {
			return f
		}
	}
	return nil
}
