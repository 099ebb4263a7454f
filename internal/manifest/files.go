package manifest

import (
	"path"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// named returns the file of the package that the manifest names by its path, or nil after a finding. What the path alone tells, the schema does.
func (s *source) named(name string, at *strictjson.Value) *File { return s.namedIn(s.name, name, at) }

// sideFile returns the file that the sidecar names.
func (s *source) sideFile(name string, at *strictjson.Value) *File {
	return s.namedIn(SidecarFile, name, at)
}

func (s *source) namedIn(document, name string, at *strictjson.Value) *File {
	if name == "" {
		return nil
	}
	var pos strictjson.Pos
	if at != nil {
		pos = at.Pos
	}
	if f := s.pkg.File(name); f != nil && !escapes(name) {
		return f
	}
	if s.found(document, pos) {
		return nil // the schema has told
	}
	if escapes(name) {
		s.add(check.Error, document, pos, "files/path", "write the path from the package's directory on, with slashes", "the path is %s, expected one in the package, without . and ..", wording.Quote(name))
		return nil
	}
	s.add(check.Error, document, pos, "files/missing", s.nearFile(name), "%s isn't a file of the package", wording.Quote(name))
	return nil
}

// escapes reports whether a path isn't one in the package.
func escapes(name string) bool {
	return path.IsAbs(name) || strings.Contains(name, `\`) || path.Clean(name) != name || name == ".." || name == "." || strings.HasPrefix(name, "../")
}

// nearFile returns a hint at the file that may be meant.
func (s *source) nearFile(name string) string {
	const most, enough = 1000, 50 // files to compare with, findings
	var names []string
	if len(s.findings) > enough {
		return "commit the file, and see that it isn't one that is left out"
	}
	for _, f := range s.pkg.Files[:min(len(s.pkg.Files), most)] {
		if path.Ext(f.Path) == path.Ext(name) || strings.EqualFold(f.Path, name) {
			names = append(names, f.Path)
		}
	}
	if near := wording.Nearest(name, names); near != "" {
		return "did you mean " + wording.Quote(near) + "?"
	}
	return "commit the file, and see that it isn't one that is left out"
}

// asset returns how a listing names a file of the package. A file may be named very often, and is hashed once.
func (s *source) asset(f *File) wire.File {
	known, ok := s.assets[f.Path]
	if !ok {
		known = asset(f)
		s.assets[f.Path] = known
	}
	return known
}

func asset(f *File) wire.File {
	ref := wire.RefOf(f.Data)
	return wire.File{Path: f.Path, Size: ref.Size, SHA256: ref.SHA256}
}
