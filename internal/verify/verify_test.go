package verify_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
	"github.com/regen-registry/regen/internal/wire"
)

var (
	ctx    = context.Background()
	now    = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	signer = sync.OnceValue(func() *sign.Signer {
		s, err := sign.Generate()
		if err != nil {
			panic(err)
		}
		return s
	})
)

// published is a tree with two packages, one of them with two releases, one delisted.
func published(t *testing.T) *store.Mem {
	t.Helper()
	repo, tree := gittest.New(t), store.NewMem()
	for _, files := range []gittest.Files{
		gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), gittest.Plugin("plugins/b", "1.0.0", "x")),
		gittest.Join(gittest.Plugin("plugins/a", "1.1.0", "y"), gittest.Remove("plugins/b")),
	} {
		repo.Commit(t, files)
		r, err := gittree.Open(repo.Dir)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		history, err := publish.NewCommits(r, "main")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := publish.Run(ctx, publish.Options{History: history, Store: tree, Pin: trust.KeyPin(signer().Public()), Signer: signer(), Now: now}); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

func run(t *testing.T, tree *store.Mem, at time.Time) (*verify.Report, error) {
	t.Helper()
	return verify.Run(ctx, verify.Options{Reader: tree, Lister: tree, Pin: trust.KeyPin(signer().Public()), Now: at})
}

func copyOf(t *testing.T, tree *store.Mem) *store.Mem {
	t.Helper()
	m := store.NewMem()
	for path := range tree.List("") {
		data, err := tree.Read(ctx, path, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Put(path, data); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// TestSound: what publish writes verifies, and every file is accounted for.
func TestSound(t *testing.T) {
	report, err := run(t, published(t), now)
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || len(report.Stale) > 0 || len(report.Leftovers) > 0 {
		t.Errorf("problems %v, stale %v, leftovers %v; expected none", report.Problems, report.Stale, report.Leftovers)
	}
	if report.Packages != 2 || report.Releases != 3 || report.LogSize != 5 || report.Signatures != 1+1+2*3 || len(report.Grace) == 0 {
		t.Errorf("report %+v", report)
	}
}

// TestEveryFile changes, cuts, lengthens or removes each file of a tree: it is found. Only files in their time of grace, which nothing
// names any more, may be anything. Files are spoilt one by one, but for the storefront's, of which all are spoilt at once: each has to be named.
func TestEveryFile(t *testing.T) {
	tree := published(t)
	whole, err := run(t, tree, now)
	if err != nil {
		t.Fatal(err)
	}
	dead := strings.Join(whole.Grace, "\n")
	free := func(path string) bool {
		return strings.HasPrefix(path, wire.RetiredPrefix) || strings.Contains(dead, path)
	}
	var single, pages []string
	for path := range tree.List("") {
		top, _, _ := strings.Cut(path, "/")
		if path != wire.SitePath && (wire.IsLanguageDirectory(top) || top == "storefront" || top == "static" || top == "schemas") {
			pages = append(pages, path)
		} else {
			single = append(single, path)
		}
	}
	if len(single) < 25 || len(pages) < 200 {
		t.Errorf("only %d files and %d of the storefront", len(single), len(pages))
	}
	for what, spoil := range map[string]func(m *store.Mem, path string, data []byte){
		"changed": func(m *store.Mem, path string, data []byte) {
			data = bytes.Clone(data)
			data[len(data)/2] ^= 1
			_ = m.Put(path, data)
		},
		"cut":     func(m *store.Mem, path string, data []byte) { _ = m.Put(path, data[:len(data)-1]) },
		"longer":  func(m *store.Mem, path string, data []byte) { _ = m.Put(path, append(bytes.Clone(data), '\n')) },
		"removed": func(m *store.Mem, path string, _ []byte) { _ = m.Remove(path) },
	} {
		spoilt := func(paths ...string) (*verify.Report, error) {
			m := copyOf(t, tree)
			for _, path := range paths {
				data, err := m.Read(ctx, path, 1<<30)
				if err != nil {
					t.Fatal(err)
				}
				spoil(m, path, data)
			}
			return run(t, m, now)
		}
		for _, path := range single {
			report, err := spoilt(path)
			found := err != nil || !report.OK() || (path == wire.ViewsPath || path == wire.SitePath) && len(report.Stale) > 0
			if found == free(path) && !strings.HasPrefix(path, wire.RetiredPrefix) {
				t.Errorf("%s, %s: found %v, expected %v", path, what, found, !found)
			}
			if err == nil && !report.OK() && path != wire.HeadPath && !names(report, path) {
				t.Errorf("%s, %s: no problem names it: %v", path, what, report.Problems)
			}
		}
		report, err := spoilt(pages...)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range pages {
			if !names(report, path) {
				t.Errorf("%s, %s: no problem names it", path, what)
			}
		}
	}
}

// names reports whether a problem is about a path, or about what it lies in.
func names(report *verify.Report, path string) bool {
	for _, p := range report.Problems {
		if strings.HasPrefix(path, p.Path) || strings.Contains(p.Message, path) {
			return true
		}
	}
	return false
}

// TestSwapped: a file that is genuine, in the place of another one, is found: the signature is for another purpose, package or version.
func TestSwapped(t *testing.T) {
	tree := published(t)
	for _, c := range [][2]string{
		{"packages/a/1.0.0/a-1.0.0.zip", "packages/a/1.1.0/a-1.1.0.zip"},
		{"packages/a/1.0.0/a-1.0.0.zip.minisig", "packages/a/1.1.0/a-1.1.0.zip.minisig"},
		{"packages/a/1.0.0/metadata.json.minisig", "packages/a/1.0.0/a-1.0.0.zip.minisig"},
		{"packages/b/1.0.0/metadata.json", "packages/a/1.0.0/metadata.json"},
		{"index.json.minisig", "packages/a/1.0.0/metadata.json.minisig"},
		{"keys/1.json." + sign.KeyID(signer().Public()) + ".minisig", "packages/a/1.1.0/a-1.1.0.zip.minisig"},
	} {
		m := copyOf(t, tree)
		data, err := m.Read(ctx, c[0], 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Put(c[1], data); err != nil {
			t.Fatal(err)
		}
		if report, err := run(t, m, now); err == nil && report.OK() {
			t.Errorf("%s in the place of %s wasn't found", c[0], c[1])
		}
	}
}

// TestExpiry: a head is good until it expires, and one from the future tells of a wrong clock.
func TestExpiry(t *testing.T) {
	tree := published(t)
	const lifetime = 30 * 24 * time.Hour
	for _, c := range []struct {
		at   time.Duration
		want string
	}{
		{0, ""}, {lifetime - time.Second, ""}, {lifetime, "expired at 2024-01-31T00:00:00Z"},
		{-24 * time.Hour, ""}, {-24*time.Hour - time.Second, "issued in the future"},
	} {
		report, err := run(t, tree, now.Add(c.at))
		if err != nil {
			t.Fatal(err)
		}
		if c.want == "" && !report.OK() || c.want != "" && (len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Message, c.want)) {
			t.Errorf("at %v: %v, expected %q", c.at, report.Problems, c.want)
		}
	}
}

// TestLeftovers: what nothing names is listed, and is no problem; stale views likewise.
func TestLeftovers(t *testing.T) {
	tree := published(t)
	for _, path := range []string{"packages/a/9.0.0/a-9.0.0.zip", "index/" + strings.Repeat("0", 64) + ".json", "log/1/tile/0/000.p/77", "packages/a/.tmp-index.json"} {
		if err := tree.Put(path, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	static := 0
	for path := range tree.List("static") {
		static++
		if err := tree.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := tree.Put(wire.ViewsPath, []byte(`{"log":"","renderer":"","root":""}`)); err != nil {
		t.Fatal(err)
	}
	if err := tree.Put(wire.PackageViewPath("a"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	report, err := run(t, tree, now)
	if err != nil || !report.OK() {
		t.Fatalf("%v %v", err, report.Problems)
	}
	if want := static + 2; len(report.Leftovers) != 4 || len(report.Stale) != want || static < 2 {
		t.Errorf("leftovers %v, stale %v; expected 4 and %d: the version list, the static files, views.json", report.Leftovers, report.Stale, want)
	}
}
