package manifest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/rules/casefile"
)

const dropRules = "../rules/testdata/"

// dropArchive returns what an archive holds below a directory, laid over the files of another package.
func dropArchive(t testing.TB, name, below string, over map[string][]byte) map[string][]byte {
	t.Helper()
	archive, err := txtar.ParseFile(dropRules + name)
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(over)
	if files == nil {
		files = make(map[string][]byte)
	}
	for _, f := range archive.Files {
		path, how, made := strings.Cut(f.Name, " | ")
		path, ok := strings.CutPrefix(path, below)
		if !ok {
			continue
		}
		if made {
			if f.Data, err = casefile.Make(how, f.Data); err != nil {
				t.Fatal(err)
			}
		}
		files[path] = f.Data
	}
	return files
}

func dropBase(t testing.TB) map[string][]byte {
	return dropArchive(t, "bases/dropserver.txtar", "", nil)
}

// dropPackage returns the package that a commit with these files has.
func dropPackage(files map[string][]byte) Package {
	p := Package{Dir: "plugins/demo", ID: "demo", Sidecar: files[SidecarFile]}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if !(Dropserver{}).Excluded(path) {
			p.Files = append(p.Files, File{Path: path, Data: files[path]})
		}
	}
	return p
}

// readDrop reads the base package with other files in it, where nil removes one.
func readDrop(t testing.TB, other map[string]string) (Manifest, check.Findings) {
	t.Helper()
	files := dropBase(t)
	for path, content := range other {
		if files[path] = []byte(content); content == dropRemoved {
			delete(files, path)
		}
	}
	return Dropserver{}.Read(dropPackage(files), Env{})
}

// dropFile makes a file as the rules' directives do.
func dropFile(how string) ([]byte, error) { return casefile.Make(how, nil) }

const dropRemoved = "\x00removed"

func dropCodes(findings check.Findings) []string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Code)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
