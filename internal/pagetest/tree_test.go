package pagetest

import (
	"context"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/browsertest"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pagetest")
	if err != nil {
		panic(err)
	}
	treeDir, addDir = filepath.Join(dir, "tree"), filepath.Join(dir, "add")
	browsertest.Main(m, func() { os.RemoveAll(dir) })
}

// A world is a published tree, and the server that shows it.
type world struct {
	dir  string
	site string // address
}

var (
	treeDir   string // where the tree is
	addDir    string // where the pages are that need no package
	worldOnce sync.Mutex
	theWorld  *world
)

// published returns the tree that the tests look at. The first one publishes it.
func published(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("publishes a registry and looks at it in a browser")
	}
	worldOnce.Lock()
	defer worldOnce.Unlock()
	if theWorld == nil {
		theWorld = build(t)
	}
	return theWorld
}

// tab opens a tab for the tree.
func (w *world) tab(t *testing.T, options ...browsertest.Option) *browsertest.Tab {
	t.Helper()
	return browsertest.New(t, w.site, options...)
}

const (
	registryName = "Harbour & Sons"
	baseURL      = "https://plugins.example.org"
)

const configuration = `id: harbour
name: ` + registryName + `
base_url: ` + baseURL + `
listings: [dropserver, mana, mosis]
official: [disk-watch]
permissions: {dangerous: [camera, contacts]}
`

const advisories = `advisories:
- {id: HARBOUR-2024-0001, package: warned, versions: "*", action: warn, reason: {en: "Is slow & says \"maybe\".", de: "Ist langsam."}, link: "https://example.org/advisories/1"}
- {id: HARBOUR-2024-0002, package: yanked, versions: "<1.1.0", action: block, reason: "Loses data.\n\nUpdate, please: https://example.org/update"}
- {id: HARBOUR-2024-0003, package: blocked, versions: "*", action: uninstall, reason: "Sends passwords to strangers."}
- {id: HARBOUR-2024-0004, package: three, versions: "=1.1.0", action: warn, reason: "</p><script>alert(1)</script><p> & more"}
`

const day = 24 * time.Hour

// build publishes a registry that has some history: releases of several days, a package that left, advisories.
func build(t *testing.T) *world {
	t.Helper()
	repo := gittest.New(t)
	packages := func(ids ...string) gittest.Files {
		files := gittest.Files{}
		for _, id := range ids {
			maps.Copy(files, hard.with(id, nil))
		}
		return files
	}
	early, late := []string{"three", "yanked", "gone"}, []string{"arabic", "chinese", "markup", "beta", "official-registry"}
	middle := slices.DeleteFunc(slices.Collect(maps.Keys(hard)), func(id string) bool { return slices.Contains(early, id) || slices.Contains(late, id) })

	begin := repo.Commit(t, gittest.Join(gittest.Files{"registry.yaml": gittest.Text(configuration), "site/strings/ar.yaml": gittest.Text(arabic(t))}, own(t), packages(early...), fillers(fillerCount)))
	repo.Pass(20 * day)
	repo.Commit(t, gittest.Join(packages(middle...), hard.with("three", facts{"version": "1.1.0"}), hard.with("yanked", facts{"version": "1.1.0"})))
	repo.Pass(30 * day)
	repo.Commit(t, gittest.Join(packages(late...), hard.with("three", facts{"version": "2.0.0"}), hard.with("rich", facts{"version": "1.1.0", "version_code": 2}), gittest.Remove("plugins/gone")))
	repo.Pass(day)
	repo.Commit(t, gittest.Join(gittest.Files{"advisories.yaml": gittest.Text(advisories)}, hard.with("three", facts{"version": "3.0.0-rc.1"})))

	signer, err := sign.Generate()
	if err != nil {
		t.Fatal(err)
	}
	publishTo(t, repo, begin, treeDir, signer) // the first run publishes one commit, those after it walk the history
	publishTo(t, repo, "main", treeDir, signer)
	poison(t, treeDir, signer)
	publishTo(t, repo, "main", treeDir, signer)
	handler, err := browsertest.Serve(treeDir)
	if err != nil {
		t.Fatal(err)
	}
	return &world{treeDir, httptest.NewServer(handler).URL}
}

// published2024 is when the tree is published.
var published2024 = time.Date(2024, 1, 20, 0, 0, 0, 0, time.UTC)

// publishTo publishes a revision of a repo into a directory. Nothing of it may fail.
func publishTo(t *testing.T, repo *gittest.Repo, rev, dir string, signer *sign.Signer) {
	t.Helper()
	git, err := gittree.Open(repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer git.Close()
	history, err := publish.NewCommits(git, rev)
	if err != nil {
		t.Fatal(err)
	}
	report, err := publish.Run(context.Background(), publish.Options{
		History: history, Store: store.NewDir(dir), Pin: trust.KeyPin(signer.Public()), Signer: signer, Now: published2024,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range slices.Concat(report.Failed, report.Mended) {
		t.Errorf("%s isn't published: %v", f.ID, f.Findings)
	}
	if len(report.Broken) > 0 {
		t.Fatalf("nothing is published: %v", report.Broken)
	}
}
