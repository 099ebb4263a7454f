package publish_test

import (
	"context"
	"errors"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
)

// TestKilledAnywhere kills a run at each of its writes: the tree then verifies as the old or the new state, and the
// next run completes it, as if nothing had happened.
func TestKilledAnywhere(t *testing.T) {
	first := gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), gittest.Plugin("plugins/b", "1.0.0", "x"))
	for _, c := range []struct {
		name          string
		before, after gittest.Files
	}{
		{"first publish", nil, first},
		{"later publish", first, gittest.Join(gittest.Plugin("plugins/a", "1.1.0", "y"), gittest.Remove("plugins/b"), gittest.Plugin("plugins/c", "1.0.0", "x"))},
		{"advisories", gittest.Join(first, advise(advised{"A-1", "a", "*", "block", "x"})),
			gittest.Join(gittest.Plugin("plugins/a", "1.1.0", "y"), gittest.Remove("plugins/b"), advise(advised{"A-1", "a", "<1.1.0", "uninstall", "x"}, advised{"A-2", "a", "*", "warn", "x"}, advised{"B", "b", "*", "block", "x"}))},
		{"lifted", gittest.Join(first, advise(advised{"A-1", "a", "*", "block", "x"}, advised{"B", "b", "*", "block", "x"})), gittest.Remove("advisories.yaml")},
	} {
		t.Run(c.name, func(t *testing.T) {
			const plenty = 1 << 30
			repo, start := gittest.New(t), store.NewMem()
			if c.before != nil {
				run(t, repo, repo.Commit(t, c.before), start)
			}
			repo.Commit(t, c.after)
			whole := clone(t, start)
			counter := newKillStore(whole, plenty)
			run(t, repo, "main", counter)
			want := live(t, whole)
			oldHead, _ := start.Read(context.Background(), "index.json.minisig", 1<<20)
			points, olds, news := counter.points(), 0, 0
			for _, n := range points {
				s := clone(t, start)
				_, err := publish.Run(context.Background(), options(t, repo, "main", newKillStore(s, n)))
				if !errors.Is(err, errKilled) {
					t.Fatalf("killed at write %d of %d: %v", n, len(counter.of), err)
				}
				head, err := s.Read(context.Background(), "index.json.minisig", 1<<20)
				switch {
				case err != nil && oldHead == nil:
					olds++ // nothing was published before, and nothing is
				case string(head) == string(oldHead):
					olds++
					check(t, s)
				default:
					news++
					check(t, s)
				}
				run(t, repo, "main", s)
				same(t, live(t, s), want)
			}
			if olds == 0 || news == 0 {
				t.Errorf("%d kills left the old state and %d the new one, expected some of both", olds, news)
			}
			t.Logf("%d of %d writes: the old state after %d kills, the new one after %d", len(points), len(counter.of), olds, news)
		})
	}
}
