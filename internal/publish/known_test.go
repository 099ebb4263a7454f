package publish_test

import (
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
)

// Of an id that two directories claim, the base has the same one in every run.
func TestBaseClaimedTwice(t *testing.T) {
	repo := gittest.New(t)
	repo.Commit(t, gittest.Files{
		"registry.yaml":         gittest.Text("name: Test\npackages: [plugins/*, apps/*]\n"),
		"apps/demo/README.md":   gittest.Text("an app\n"),
		"plugins/demo/index.md": gittest.Text("a plugin\n"),
	})
	r, err := gittree.Open(repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 50 {
		commits, err := publish.NewCommits(r, "main")
		if err != nil {
			t.Fatal(err)
		}
		base, err := publish.NewBase(commits)
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := base.Entry("demo"); !ok || e.Name != "apps/demo" {
			t.Fatalf("the base of demo is %q, expected apps/demo", e.Name)
		}
	}
}
