package internal

import (
	"go/build"
	"os"
	"slices"
	"strings"
	"testing"
)

// imports says which packages of this module each package may import. Data flows one way: a stage never calls the next one.
var imports = map[string][]string{
	"check":          {},
	"strictjson":     {"wording"},
	"wording":        {},
	"synth":          {},
	"archive":        {},
	"gittree":        {},
	"wire":           {},
	"sign":           {},
	"tlog":           {"wire"},
	"store":          {"wire"},
	"fetch":          {"store", "wire"},
	"squeeze":        {},
	"qrcode":         {},
	"pagetest":       {},
	"serve":          {"wire"},
	"storefront":     {"browse", "check", "highlight", "manifest", "palette", "picture", "qrcode", "rendition", "rules", "starter", "strictjson", "strictyaml", "wire", "wording"},
	"browse":         {"wire"},
	"search":         {},
	"highlight":      {},
	"palette":        {},
	"rendition":      {},
	"strictyaml":     {"strictjson", "wording"},
	"shape":          {"strictjson", "wording"},
	"picture":        {"check", "wording"},
	"code":           {},
	"lint":           {"check", "code", "wording"},
	"stamp":          {},
	"author":         {"sign", "stamp", "wire"},
	"manifest":       {"check", "code", "picture", "shape", "stamp", "strictjson", "strictyaml", "wording", "wire"},
	"config":         {"check", "manifest", "shape", "strictjson", "strictyaml", "wording", "wire"},
	"rules":          {"check"},
	"rules/casefile": {},
	"starter":        {"wire", "wording"},
	"scaffold":       {"config", "starter"},
	"doctor":         {},
	"listing":        {"archive", "qrcode", "store", "wire"},
	"validate":       {"advisory", "check", "config", "gittree", "lint", "manifest", "registry", "release", "storefront", "trust", "wire"},
	"registry":       {"check", "wire"},
	"release":        {"archive", "author", "check", "config", "gittree", "lint", "manifest", "sign", "wire", "wording"},
	"trust":          {"sign", "wire"},
	"history":        {"sign", "tlog", "tree", "trust", "wire"},
	"advisory":       {"check", "manifest", "shape", "strictjson", "strictyaml", "wire", "wording"},
	"tree":           {"registry", "sign", "store", "tlog", "trust", "wire"},
	"publish":        {"advisory", "archive", "author", "browse", "check", "config", "gittree", "listing", "manifest", "registry", "release", "rendition", "search", "sign", "squeeze", "store", "storefront", "tlog", "tree", "trust", "wire"},
	"verify":         {"archive", "author", "config", "manifest", "publish", "registry", "release", "sign", "squeeze", "store", "storefront", "tlog", "tree", "trust", "wire"},
	"gittest":        {"wire"},
	"stracetest":     {"gittest"},
	"browsertest":    {"serve"},
	"bench":          {},
	"github":         {},
	"report":         {"check", "gate", "github", "manifest", "owners"},
	"flows":          {},
	"owners":         {"check", "manifest", "shape", "strictjson", "strictyaml"},
	"review":         {"check", "gate", "github"},
	"gate":           {"advisory", "check", "config", "github", "gittree", "lint", "manifest", "owners", "publish", "registry", "release", "shape", "sign", "storefront", "strictjson", "validate", "wire", "wording"},
	"branch":         {"gittree", "store", "wire"},
}

// pure are the packages without files, network, processes or clock.
var pure = []string{"check", "strictjson", "strictyaml", "shape", "stamp", "author", "picture", "rendition", "palette", "highlight", "browse", "search", "code", "lint", "manifest", "wording", "wire", "sign", "squeeze", "trust", "history", "advisory", "github", "owners", "registry", "config", "starter", "scaffold", "doctor"}

// impure are the packages of the standard library that those may not import.
var impure = []string{"os", "os/exec", "net", "net/http", "path/filepath", "syscall"}

// TestImports holds the direction of data.
func TestImports(t *testing.T) {
	const module = "github.com/regen-registry/regen/internal/"
	seen := make(map[string]bool)
	var visit func(dir string)
	visit = func(dir string) {
		entries, err := os.ReadDir("./" + dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() && e.Name() != "testdata" {
				visit(strings.TrimPrefix(dir+"/"+e.Name(), "/"))
			}
		}
		pkg, err := build.ImportDir("./"+dir, 0)
		if err != nil || len(pkg.GoFiles) == 0 {
			return
		}
		seen[dir] = true
		allowed, known := imports[dir]
		if !known && dir != "" {
			t.Errorf("internal/%s isn't in the table: say what it may import", dir)
		}
		for _, path := range pkg.Imports {
			if name, ok := strings.CutPrefix(path, module); ok && !slices.Contains(allowed, name) {
				t.Errorf("internal/%s imports internal/%s, expected at most %v", dir, name, allowed)
			}
			if slices.Contains(pure, dir) && slices.Contains(impure, path) {
				t.Errorf("internal/%s imports %s, and it is to be pure", dir, path)
			}
		}
	}
	visit("")
	for name := range imports {
		if !seen[name] {
			t.Errorf("internal/%s is in the table, and not there", name)
		}
	}
}

// TestClientImports holds what the device's library is made of: makers of devices carry all of it.
func TestClientImports(t *testing.T) {
	const module = "github.com/regen-registry/regen/internal/"
	pkg, err := build.ImportDir("../client", 0)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"archive", "author", "fetch", "registry", "sign", "squeeze", "stamp", "store", "tlog", "tree", "trust", "wire"}
	others := []string{"golang.org/x/sys/unix", "gopkg.in/yaml.v3"}
	for _, path := range pkg.Imports {
		if name, ok := strings.CutPrefix(path, module); ok && !slices.Contains(allowed, name) {
			t.Errorf("client imports internal/%s, expected at most %v", name, allowed)
		} else if !ok && strings.Contains(path, ".") && !slices.Contains(others, path) {
			t.Errorf("client imports %s, expected at most %v", path, others)
		}
	}
}
