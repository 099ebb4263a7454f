package archive

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// genFiles makes sets of files that may be in one package, in any order: with names as long as they
// may be, too, and from any script, and with empty files.
var genFiles = rapid.Custom(func(t *rapid.T) []File {
	component := rapid.OneOf(
		rapid.SampledFrom([]string{"a", "A", "b", "a-b", "a.b", ".x", "é", "e\u0301", "日本", "ß", "ss", "con1", "x y"}),
		rapid.StringN(1, 8, 32).Filter(func(s string) bool { return CheckPath(s) == nil }), // with slashes, too
		rapid.Map(rapid.IntRange(90, MaxComponent), func(n int) string { return strings.Repeat("n", n) }),
		rapid.Map(rapid.IntRange(40, MaxComponent/3), func(n int) string { return strings.Repeat("語", n) }),
	)
	path := rapid.Map(rapid.SliceOfN(component, 1, 4), func(c []string) string { return strings.Join(c, "/") })
	paths := rapid.SliceOfN(path, 0, 40).Draw(t, "paths")
	var files []File
	for _, path := range paths {
		if fits := append(pathsOf(files), path); CheckPaths(fits) != nil {
			continue
		}
		files = append(files, File{Path: path, Data: rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "data")})
	}
	return files
})

// genPrefix makes what may stand before all paths.
var genPrefix = rapid.SampledFrom([]string{"", "", "p/", "acme-panel-42/", "p/q/r/", "größe/", "p p/"})

// below returns the files with a prefix before their paths.
func below(prefix string, files []File) []File {
	var all []File
	for _, f := range files {
		all = append(all, File{Path: prefix + f.Path, Data: f.Data})
	}
	return all
}

// onlyThose returns the files whose paths keep to a rule.
func onlyThose(files []File, keeps func(path string) bool) []File {
	return slices.DeleteFunc(files, func(f File) bool { return !keeps(f.Path) })
}

func pathsOf(files []File) []string {
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	return paths
}

func sameFiles(a, b []File) bool {
	return slices.EqualFunc(a, b, func(a, b File) bool { return a.Path == b.Path && bytes.Equal(a.Data, b.Data) })
}

func byPath(files []File) []File {
	return slices.SortedFunc(slices.Values(files), func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}

// What comes out is what went in, for a reader and on disk, in whatever order it went in.
func TestCreateAndExtractAreInverse(t *testing.T) {
	top := inMemory(t)
	rapid.Check(t, func(rt *rapid.T) {
		files, prefix := genFiles.Draw(rt, "files"), genPrefix.Draw(rt, "prefix")
		files = onlyThose(files, func(path string) bool { return CheckPath(prefix+path) == nil })
		data := pack(t, prefix, files)
		want := byPath(below(prefix, files))

		shuffled := rapid.Permutation(files).Draw(rt, "shuffled")
		if !bytes.Equal(pack(t, prefix, shuffled), data) {
			rt.Error("another order gives other bytes")
		}
		got, err := unpack(data, DefaultLimits())
		if err != nil || !sameFiles(got, want) {
			rt.Errorf("ReadZip gives %v, %v", got, err)
		}
		comesBack(t, rt, top, "a.zip", data, want)
	})
}

// comesBack unpacks an archive, and fails unless the directory has just these files, and the
// archive can be made again from it.
func comesBack(t *testing.T, rt *rapid.T, top, name string, data []byte, want []File) {
	dir, err := os.MkdirTemp(top, "")
	if err != nil {
		rt.Fatal(err)
	}
	if err := unpacker(name, data, DefaultLimits())(dir); err != nil {
		rt.Fatal(err)
	}
	if got := byPath(readTree(t, dir)); !sameFiles(got, want) {
		rt.Errorf("on disk there is %q, want %q", pathsOf(got), pathsOf(want))
	}
	if again, err := repack(dir, name); err != nil || !bytes.Equal(again, data) {
		rt.Errorf("packing it again gives %d bytes, %v, want those %d of the archive", len(again), err, len(data))
	}
	if err := os.RemoveAll(dir); err != nil {
		rt.Error(err)
	}
}

// Whether a set of paths is allowed doesn't depend on their order.
func TestCheckPathsIsSymmetric(t *testing.T) {
	component := rapid.SampledFrom([]string{"a", "A", "b", "B", "é", "e\u0301", "É", "ß", "SS"})
	path := rapid.Map(rapid.SliceOfN(component, 1, 3), func(c []string) string { return strings.Join(c, "/") })
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOfN(path, 0, 6).Draw(t, "paths")
		shuffled := rapid.Permutation(paths).Draw(t, "shuffled")
		if a, b := CheckPaths(paths), CheckPaths(shuffled); (a == nil) != (b == nil) {
			t.Errorf("CheckPaths(%q) = %v, but CheckPaths(%q) = %v", paths, a, shuffled, b)
		}
		if got, want := CheckPaths(paths) == nil, !clashesByPairs(paths); got != want {
			t.Errorf("CheckPaths(%q) allows it: %v, but by pairs: %v", paths, got, want)
		}
	})
}

// clashesByPairs says plainly what CheckPaths does fast: that in no two paths the same
// component, folded, under the same directory, is spelled in two ways, or both a file
// and a directory, or the same file.
func clashesByPairs(paths []string) bool {
	for i := range paths {
		for j := range i {
			a, b := strings.Split(paths[i], "/"), strings.Split(paths[j], "/")
			for k := 0; k < len(a) && k < len(b) && fold(a[k]) == fold(b[k]); k++ {
				if a[k] != b[k] || k == len(a)-1 || k == len(b)-1 {
					return true
				}
			}
		}
	}
	return false
}
