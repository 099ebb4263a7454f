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

const manaTestdata = "../rules/testdata/"

// manaTree is a package's files by their paths.
type manaTree map[string]string

// pack returns the package as it is read.
func (files manaTree) pack() manifest.Package {
	p := manifest.Package{Dir: "plugins/demo", ID: "demo"}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name == manifest.SidecarFile {
			p.Sidecar = []byte(files[name])
		}
		if !(manifest.Mana{}).Excluded(name) {
			p.Files = append(p.Files, manifest.File{Path: name, Data: []byte(files[name])})
		}
	}
	return p
}

// with returns the files with another one over them.
func (files manaTree) with(name, content string) manaTree {
	files = maps.Clone(files)
	files[name] = content
	return files
}

// without returns the files but one.
func (files manaTree) without(name string) manaTree {
	files = maps.Clone(files)
	delete(files, name)
	return files
}

// lay lays the files of an archive that are below a directory over some others.
func (files manaTree) lay(t testing.TB, a *txtar.Archive, below string) manaTree {
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

// manaBase returns the files of a base package: mana or mana-single.
func manaBase(t testing.TB, name string) manaTree {
	t.Helper()
	a, err := txtar.ParseFile(manaTestdata + "bases/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	return manaTree{}.lay(t, a, "")
}
