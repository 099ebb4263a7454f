package manifest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/rules/casefile"
)

const mosisTestdata = "../rules/testdata/"

// mosisTree is a package's files by their paths.
type mosisTree map[string]string

// pack returns the package as it is read.
func (files mosisTree) pack() manifest.Package {
	p := manifest.Package{Dir: "plugins/org.example.demo", ID: "org.example.demo"}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name == manifest.SidecarFile {
			p.Sidecar = []byte(files[name])
		}
		if !(manifest.Mosis{}).Excluded(name) {
			p.Files = append(p.Files, manifest.File{Path: name, Data: []byte(files[name])})
		}
	}
	return p
}

// with returns the files with others over them.
func (files mosisTree) with(others mosisTree) mosisTree {
	files = maps.Clone(files)
	maps.Copy(files, others)
	return files
}

// lay lays the files of an archive that are below a directory over some others.
func (files mosisTree) lay(t testing.TB, a *txtar.Archive, below string) mosisTree {
	t.Helper()
	files = maps.Clone(files)
	for _, f := range a.Files {
		name, directive, made := strings.Cut(f.Name, " | ")
		name, ok := strings.CutPrefix(name, below)
		switch {
		case !ok:
		case directive == "remove":
			delete(files, name)
		case made:
			data, err := casefile.Make(directive, f.Data)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(data)
		default:
			files[name] = string(f.Data)
		}
	}
	return files
}

func mosisBase(t testing.TB) mosisTree {
	t.Helper()
	a, err := txtar.ParseFile(mosisTestdata + "bases/mosis.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return mosisTree{}.lay(t, a, "")
}
