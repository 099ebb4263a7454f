package manifest

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

func TestFormats(t *testing.T) {
	names := Names()
	if len(names) != len(Formats) || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("names %v aren't different", names)
	}
	for _, f := range Formats {
		if ByName(f.Name()) != f {
			t.Errorf("%s isn't found by its name", f.Name())
		}
		if wire.CheckID(f.Name()) != nil || f.Manifest() == "" {
			t.Errorf("%s: name and manifest", f.Name())
		}
		if f.Excluded(f.Manifest()) {
			t.Errorf("%s leaves out its own manifest", f.Name())
		}
		if !f.Detect(func(name string) bool { return true }) || f.Detect(func(string) bool { return false }) {
			t.Errorf("%s is found without a manifest, or not with one", f.Name())
		}
		if p := f.Prefix("x"); p != "" && !strings.HasSuffix(p, "/") {
			t.Errorf("%s: prefix %q", f.Name(), p)
		}
	}
	if ByName("nothing") != nil {
		t.Error("there is a format of no name")
	}
}

func TestVitoExcluded(t *testing.T) {
	for path, want := range map[string]bool{
		".git/config": true, ".github/workflows/ci.yml": true, "node_modules/a/b.js": true, ".idea/x": true, ".vscode/settings.json": true,
		".DS_Store": true, "Thumbs.db": true, ".gitignore": true, ".gitattributes": true,
		"js/node_modules/a.js": true, "src/.DS_Store": true, "a/b/.gitignore": true, // wherever they are
		"vendor/autoload.php": true, "tests/a/B.php": true, "Tests/B.php": true, "composer.lock": true, "phpunit.xml": true, "phpunit.xml.dist": true, "regen.yaml": true,
		"resources/views/vendor/mail/x.blade.php": false, "src/Tests/Speed.php": false, "stubs/composer.lock": false, "src/regen.yaml": false, // deeper, they are the plugin's own
		"composer.json": false, "Plugin.php": false, "vendors/x": false, "vendor": false, "tests": false, ".gitkeep": false, ".env": false,
		".gitignored": false, "x.DS_Store": false, "node_modules.md": false, ".gitignore/x": false, "composer.lock/x": false, "VENDOR/x": false,
	} {
		if got := (Vito{}).Excluded(path); got != want {
			t.Errorf("Excluded(%q) = %v", path, got)
		}
	}
}

func TestFile(t *testing.T) {
	p := pack(map[string]string{"a": "1", "a/b": "2", "a.b": "3"})
	for _, f := range p.Files {
		if got := p.File(f.Path); got == nil || string(got.Data) != string(f.Data) {
			t.Errorf("%s isn't found", f.Path)
		}
	}
	if p.File("b") != nil || (Package{}).File("a") != nil {
		t.Error("a file is found that isn't there")
	}
}

func TestStudly(t *testing.T) {
	for name, want := range map[string]string{
		"acme": "Acme", "disk-watch": "DiskWatch", "my_2nd co": "My2ndCo", "a--b": "AB", "2nd": "2nd", "x-1y": "X1y", "": "", "already-Up": "AlreadyUp",
	} {
		if got := studly(name); got != want {
			t.Errorf("studly(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]bool{"a": true, "a-b1": true, "1": true, "": false, "-a": false, "a-": false, "A": false, "a_b": false, "a b": false, "é": false} {
		if isSlug(s) != want {
			t.Errorf("isSlug(%q) = %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"a@example.org": true, "a.b+c@x": true, "a@": false, "@b": false, "a b@c.d": false, "a@b..c": false, "a@b\n": false, strings.Repeat("a", 250) + "@b.c": true, strings.Repeat("a", 251) + "@b.c": false} {
		if isEmail(s) != want {
			t.Errorf("isEmail(%q) = %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"acme": true, "a-b": true, "co_corp": true, "@acme": false, "-a": false, "a/b": false, "": false, strings.Repeat("a", 40): false} {
		if isGitHub(s) != want {
			t.Errorf("isGitHub(%q) = %v", s, !want)
		}
	}
}

// The plugins of this repo have no findings at all.
func TestOwnPlugins(t *testing.T) {
	const top = "../../plugins"
	manifests, err := filepath.Glob(top + "/*/composer.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range manifests {
		dir := filepath.Dir(m)
		files := make(map[string]string)
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(dir, path)
			if rel = filepath.ToSlash(rel); (Vito{}).Excluded(rel) {
				return nil
			}
			data, err := os.ReadFile(path)
			files[rel] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		p := pack(files)
		p.ID = filepath.Base(dir)
		p.Dir = "plugins/" + p.ID
		if _, findings := (Vito{}).Read(p, Limits{}); len(findings) > 0 {
			t.Errorf("%s: %v", p.Dir, findings)
		}
	}
}
