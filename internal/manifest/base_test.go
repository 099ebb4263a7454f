package manifest

import (
	"maps"
	"slices"
	"testing"

	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/rules/casefile"
)

// A tree is a package's files by their paths, the manifest and regen.yaml included.
type tree = files

// baseOf returns the files of a base package of the rules.
func baseOf(t testing.TB, name string) tree {
	t.Helper()
	examples, err := rules.Base(name)
	if err != nil {
		t.Fatal(err)
	}
	all := make(tree)
	for _, e := range examples {
		data := []byte(e.Content)
		if e.Make != "" {
			if data, err = casefile.Make(e.Make, data); err != nil {
				t.Fatal(err)
			}
		}
		all[e.Path] = string(data)
	}
	return all
}

// put returns the files with another one over them.
func (f files) put(name, content string) files { return f.with(files{name: content}) }

// without returns the files but one.
func (f files) without(name string) files {
	f = maps.Clone(f)
	delete(f, name)
	return f
}

// pack returns the package as it is read, of the format that its files are of.
func (f files) pack() Package {
	var format Format = Native{}
	names := slices.Sorted(maps.Keys(f))
	for _, known := range slices.Backward(Formats) {
		if known.Detect(names) {
			format = known
		}
	}
	p := Package{Dir: "plugins/demo", ID: "demo"}
	if format == (Mosis{}) {
		p.Dir, p.ID = "plugins/org.example.demo", "org.example.demo"
	}
	for _, name := range names {
		if name == SidecarFile {
			p.Sidecar = []byte(f[name])
		}
		if !format.Excluded(name) {
			p.Files = append(p.Files, File{Path: name, Data: []byte(f[name])})
		}
	}
	return p
}
