package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// named returns the file of the package that a manifest names by its path, whose name ends in one of the extensions.
func (s *source) named(v *strictjson.Value, what, code string, extensions ...string) *File {
	if !s.is(v, strictjson.String, what) {
		return nil
	}
	name := v.String
	switch {
	case name == "" || path.IsAbs(name) || strings.Contains(name, `\`) || path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../"):
		hint := ""
		if clean := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"); s.pkg.File(clean) != nil {
			hint = "write " + wording.Quote(clean)
		}
		s.at(v.Pos, code, hint, "%s is %s, expected a path in the package, with slashes and without . and ..", what, wording.Quote(name))
		return nil
	case !slices.Contains(extensions, path.Ext(name)):
		s.at(v.Pos, code, "", "%s is %s, expected the name of a file that ends in %s", what, wording.Quote(name), wording.List(extensions))
		return nil
	}
	if f := s.pkg.File(name); f != nil {
		return f
	}
	s.at(v.Pos, "files/missing", s.nearFile(name), "%s is %s, which isn't a file of the package", what, wording.Quote(name))
	return nil
}

// nearFile returns a hint at the file that may be meant.
func (s *source) nearFile(name string) string {
	const most = 1000 // files to compare with
	var names []string
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

// asset returns how a listing names a file of the package.
func asset(f *File) wire.File {
	ref := wire.RefOf(f.Data)
	return wire.File{Path: f.Path, Size: ref.Size, SHA256: ref.SHA256}
}
