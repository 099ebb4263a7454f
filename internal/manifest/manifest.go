// Package manifest reads the manifests of package formats into one model, and checks what only a format knows.
//
// A format is one type that implements [Format], in a file of its own, and one line in [Formats]. What the
// formats have in common stands in files of its own: the sidecar and how it fills the facts, texts, addresses, licences, what is left out.
//
// The rules that hold for every format:
//
//   - A manifest is strict JSON (package strictjson) or YAML (package strictyaml), and is held against its schema in schema/ (package shape). What a schema can say,
//     nothing here says again. Every finding in it has a line and a column.
//   - All findings are returned, not the first one. Their codes are stable.
//   - The id of a package is the name of its directory, and fits [wire.CheckID]. The version fits [wire.CheckVersion].
//   - regen.yaml beside a native manifest fills what that has no place for, and never overrides the id, the version or the permissions.
//   - No text in a manifest has control characters, bidi controls or invisible characters, or is a command to a CI system. A text that listings show holds no HTML.
//   - A licence is an SPDX expression.
//   - Pictures are decoded, within bounds (package picture).
//   - What a manifest says that the model has no field for is kept in [wire.Facts.Ext], since devices and
//     hosts may need it.
//
// Nothing here reads a disk or a clock: the files come in, findings and a [Manifest] go out.
package manifest

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
)

// A File is one file of a package. Its data are never changed here.
type File = stamp.File

// A Package is the source of one package, as a commit has it.
type Package struct {
	Dir     string // path of its directory in the repo, such as plugins/disk-watch
	ID      string // name of that directory
	Files   []File // sorted by path; what is left out is absent
	Sidecar []byte // regen.yaml, also where it is left out; nil where there is none
	// Signature is the author's: regen.minisig, which is left out everywhere. nil where there is none.
	Signature []byte
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
	Format   string // name of the format
	Version  string // fits wire.CheckVersion
	Channel  string // one of wire.Channels
	Facts    wire.Facts
	Assets   []string // paths of the listing files that are published beside the artifact: icon, screenshots, readme, changelog
	Artifact Artifact
}

// An Artifact says what is packed of a package, and how.
type Artifact struct {
	Name  string // file name
	Files []File // sorted by path
}

// ArtifactKind says how the files of an artifact are put into one.
type ArtifactKind int

// The kinds of artifact.
const (
	StoredZip ArtifactKind = iota
	TarGz
	Single // the one file itself
)

// KindOf returns the kind of an artifact by its name.
func KindOf(name string) ArtifactKind {
	switch {
	case strings.HasSuffix(name, ".tar.gz"):
		return TarGz
	case strings.HasSuffix(name, ".mana"):
		return Single
	}
	return StoredZip
}

// Env is what the registry says that reading a manifest depends on.
type Env struct {
	ManifestSize int64    // bytes of a manifest; 0 means 1 MiB
	Permissions  []string // those that packages may ask for; nil means the default ones
	Dangerous    []string // those that somebody has to review
	Published    string   // the highest version of the package that is published, or ""
}

// A Format is a kind of package: an ecosystem with a manifest of its own.
type Format interface {
	// Name returns the name that registry.yaml and metadata call the format by.
	Name() string
	// Manifest returns what the manifest is called, for messages where there is none.
	Manifest() string
	// Documents returns the documents of the format that have a schema.
	Documents() []Document
	// Detect reports whether a directory is a package of the format, by the names of the files at its top, sorted.
	Detect(names []string) bool
	// Excluded reports whether the format leaves a file out of its packages. The path is relative to the
	// package's directory.
	Excluded(path string) bool
	// Prefix returns what stands before every path in the artifact of a package: empty, or ending in a slash.
	Prefix(id string) string
	// Read reads and checks the manifest, and the files that it names. The Manifest is to be used only where no
	// finding is an error.
	Read(p Package, env Env) (Manifest, check.Findings)
}

// A Document is a kind of file that packages have, and that is held against a schema: schema/<name>.schema.json, which `go generate ./schema` makes of the Go type.
type Document struct {
	Name         string   // of the schema
	Title, About string   // what the document is
	Root         any      // a value of the type; the comments of its fields are the descriptions
	Open         []string // the objects that may have other keys than the known ones, as paths such as "extra" or "authors.[]"; "" is the top
	Sample       any      // a document whose parts are examples, where the fields' types have none
}

// A Stamper is a format whose artifacts hold something that isn't in the source. Unstamp undoes what Stamp did. Neither changes the files that it is given. Package stamp
// does it, since devices undo it, too.
type Stamper interface {
	// Stamp returns the files to pack. The time of the release is in unix seconds.
	Stamp(files []File, released int64) []File
	Unstamp(files []File, released int64) ([]File, error)
}

// Formats are all formats, in the order in which a directory is tried. A new one is one line.
var Formats = []Format{
	Vito{},
	Mosis{},
	Dropserver{},
	Mana{},
	Native{},
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
