package publish_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
)

// TestAnyRuns: whichever runs took place, skipped, killed or not, the log and every live file are the same, byte for byte.
func TestAnyRuns(t *testing.T) {
	anyRuns(t, randomChange, func(*rapid.T, *gittest.Repo, []string, store.Store) {})
}

// anyRuns publishes histories of random changes in two ways: each commit by itself, and some of them, with runs that are killed. Both give the same. then looks at the tree of the
// first way.
func anyRuns(t *testing.T, change func(*rapid.T) gittest.Files, then func(*rapid.T, *gittest.Repo, []string, store.Store)) {
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		repo := gittest.New(t)
		var commits []string
		for range rapid.IntRange(2, 9).Draw(rt, "commits") {
			files := change(rt)
			if rapid.IntRange(0, 5).Draw(rt, "merge") == 0 && len(commits) > 0 {
				commits = append(commits, repo.Merge(t, files))
			} else {
				commits = append(commits, repo.Commit(t, files))
			}
		}
		// Every commit by itself, undisturbed.
		each := store.NewMem()
		for _, c := range commits {
			if _, err := publish.Run(context.Background(), options(rt, repo, c, each)); err != nil {
				if broken := (*publish.CommitError)(nil); !errors.As(err, &broken) {
					rt.Fatalf("%v", err)
				}
			}
		}
		if _, err := each.Read(context.Background(), "index.json.minisig", 1<<20); err != nil {
			return // the configuration was never sound: nothing is published
		}
		then(rt, repo, commits, each)
		// The first one, then some of them, some killed; at last the newest.
		some := store.NewMem()
		first := true
		for i, c := range commits {
			last := i == len(commits)-1
			if !first && !last && rapid.Bool().Draw(rt, "skip") {
				continue
			}
			if rapid.IntRange(0, 2).Draw(rt, "kill") == 0 {
				o := options(rt, repo, c, newKillStore(some, rapid.OneOf(rapid.IntRange(0, 60), rapid.IntRange(60, 600)).Draw(rt, "after")))
				if _, err := publish.Run(context.Background(), o); err != nil && !errors.Is(err, errKilled) {
					if broken := (*publish.CommitError)(nil); !errors.As(err, &broken) {
						rt.Fatalf("%v", err)
					}
				}
				if _, err := some.Read(context.Background(), "index.json.minisig", 1<<20); err == nil {
					first = false
					check(rt, some)
				}
				if !last && !first {
					continue
				}
			}
			if _, err := publish.Run(context.Background(), options(rt, repo, c, some)); err != nil {
				if broken := (*publish.CommitError)(nil); !errors.As(err, &broken) {
					rt.Fatalf("%v", err)
				}
			} else {
				first = false
			}
		}
		same(rt, live(rt, some), live(rt, each))
	})
	least := 100 // rapid's own number
	if testing.Short() {
		least /= 5
	}
	if checks < least {
		t.Errorf("%d histories were tried, expected %d", checks, least)
	}
}

// randomChange is what one commit does: some of anything that happens to a registry.
func randomChange(t *rapid.T) gittest.Files {
	files := make(gittest.Files)
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "id")
		dir := "plugins/" + id
		version := fmt.Sprintf("%d.%d.0", rapid.IntRange(0, 2).Draw(t, "major"), rapid.IntRange(0, 4).Draw(t, "minor"))
		if rapid.IntRange(0, 3).Draw(t, "pre") == 0 {
			version += rapid.SampledFrom([]string{"-alpha.1", "-beta.2", "-rc.1", "-1"}).Draw(t, "channel")
		}
		text := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "text")
		switch rapid.IntRange(0, 10).Draw(t, "what") {
		case 0:
			files = gittest.Join(files, gittest.Remove(dir))
		case 1:
			files = gittest.Join(files, gittest.Files{dir + "/composer.json": gittest.Text("{")})
		case 2:
			files = gittest.Join(files, gittest.Files{dir + "/tests/t.php": gittest.Text(text)})
		case 3:
			files["registry.yaml"] = gittest.Text(rapid.SampledFrom([]string{
				"name: One\n", "name: Two\n", "exclude: [extra.txt]\n", "nonsense: 1\n", "packages: [plugins/*, more/*]\n", "official: [a]\n",
			}).Draw(t, "config"))
		case 4:
			files = gittest.Join(files, gittest.Plugin("more/"+id, version, text))
		case 5:
			files = gittest.Join(files, gittest.Files{dir + "/extra.txt": gittest.Text(text)})
		case 6:
			files = gittest.Join(files, randomAdvisories(t, "a", "b", "c"))
		default:
			files = gittest.Join(files, gittest.Plugin(dir, version, text))
		}
	}
	return files
}
