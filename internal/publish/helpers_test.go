package publish_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	signer = sync.OnceValue(func() *sign.Signer { return must(sign.Generate()) })
	now    = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// options returns what a run of a revision into a store needs.
func options(t fataler, repo *gittest.Repo, rev string, s store.Store) publish.Options {
	t.Helper()
	r, err := gittree.Open(repo.Dir)
	if err != nil {
		t.Fatalf("%v", err)
	}
	history, err := publish.NewCommits(r, rev)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return publish.Options{History: history, Store: s, Pin: trust.KeyPin(signer().Public()), Signer: signer(), Now: now}
}

// run publishes a revision and fails the test if the run as a whole fails.
func run(t fataler, repo *gittest.Repo, rev string, s store.Store) *publish.Report {
	t.Helper()
	report, err := publish.Run(context.Background(), options(t, repo, rev, s))
	if err != nil {
		t.Fatalf("publish %s: %v", rev, err)
	}
	return report
}

// check verifies a tree and returns the report. Nothing may be wrong.
func check(t fataler, s store.Store) *verify.Report {
	t.Helper()
	report, err := verify.Run(context.Background(), verify.Options{Reader: s, Lister: s, Pin: trust.KeyPin(signer().Public()), Now: now})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !report.OK() {
		t.Fatalf("verify: %+v", report.Problems)
	}
	return report
}

// live returns all files that the head names, and the views, but for the head itself, whose serial counts runs.
func live(t fataler, s store.Store) map[string]string {
	t.Helper()
	report := check(t, s)
	if len(report.Stale) > 0 {
		t.Fatalf("stale views: %v", report.Stale)
	}
	dead := map[string]bool{wire.HeadPath: true}
	for _, path := range slices.Concat(report.Grace, report.Leftovers) {
		dead[path] = true
	}
	files := make(map[string]string)
	for path, err := range s.List("") {
		if err != nil {
			t.Fatalf("%v", err)
		}
		if !dead[path] && !strings.HasPrefix(path, wire.RetiredPrefix) {
			data, err := s.Read(context.Background(), path, 1<<30)
			if err != nil {
				t.Fatalf("%v", err)
			}
			files[path] = string(data)
		}
	}
	return files
}

// same fails the test unless two trees hold the same files.
func same(t fataler, got, want map[string]string) {
	t.Helper()
	var diffs []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if have, ok := got[path]; !ok {
			diffs = append(diffs, "missing: "+path)
		} else if have != want[path] {
			at := 0
			for at < min(len(have), len(want[path])) && have[at] == want[path][at] {
				at++
			}
			at = max(0, at-40)
			diffs = append(diffs, fmt.Sprintf("differs: %s\n  have …%.200q\n  want …%.200q", path, have[min(at, len(have)):], want[path][min(at, len(want[path])):]))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[path]; !ok {
			diffs = append(diffs, "surplus: "+path)
		}
	}
	if len(diffs) > 0 {
		t.Fatalf("the trees differ:\n%s", strings.Join(diffs, "\n"))
	}
}

// errKilled is what a store returns from the moment that its run is killed.
var errKilled = errors.New("killed")

// killStore stops all writing at the n-th write, which it does in part: what a kill in the middle of a run leaves behind.
type killStore struct {
	store.Store
	left atomic.Int64 // writes that still succeed
	mu   sync.Mutex
	of   []string // the paths of all writes, in their order
}

// next counts a write down, and returns how many may follow it.
func (k *killStore) next(path string) int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.of = append(k.of, path)
	return k.left.Add(-1)
}

// points returns the writes to kill a run at: every one but those of the storefront, of which there are hundreds, one like the other, and every thirtieth and the first and last few of those.
func (k *killStore) points() []int {
	var points []int
	pages := 0
	for n, path := range k.of {
		top, _, _ := strings.Cut(path, "/")
		if wire.IsLanguageDirectory(top) || top == "storefront" || top == "static" || top == "schemas" {
			if pages++; pages > 3 && pages%30 != 0 && n < len(k.of)-6 {
				continue
			}
		}
		points = append(points, n)
	}
	return points
}

func newKillStore(s store.Store, after int) *killStore {
	k := &killStore{Store: s}
	k.left.Store(int64(after))
	return k
}

func (k *killStore) Create(path string, segments ...[]byte) error {
	switch left := k.next(path); {
	case left >= 0:
		return k.Store.Create(path, segments...)
	case left == -1:
		// A file that is created is written in place, so a part of it may be there.
		all := bytes.Join(segments, nil)
		_ = k.Store.Create(path, all[:len(all)/2])
	}
	return errKilled
}

func (k *killStore) Put(path string, data []byte) error {
	if k.next(path) >= 0 {
		return k.Store.Put(path, data)
	}
	return errKilled
}

func (k *killStore) Swap(path string, old, new []byte) error {
	if k.next(path) >= 0 {
		return k.Store.Swap(path, old, new)
	}
	return errKilled
}

func (k *killStore) Remove(path string) error {
	if k.next(path) >= 0 {
		return k.Store.Remove(path)
	}
	return errKilled
}

// clone copies a tree in memory.
func clone(t fataler, s store.Store) *store.Mem {
	t.Helper()
	m := store.NewMem()
	for path, err := range s.List("") {
		if err != nil {
			t.Fatalf("%v", err)
		}
		data, err := s.Read(context.Background(), path, 1<<30)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := m.Put(path, data); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return m
}

func verifyAt(s store.Store, at time.Time) (*verify.Report, error) {
	return verify.Run(context.Background(), verify.Options{Reader: s, Lister: s, Pin: trust.KeyPin(signer().Public()), Now: at})
}

// countStore notes what is written.
type countStore struct {
	store.Store
	mu    sync.Mutex
	put   []string
	bytes int64
}

func (c *countStore) note(path string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put = append(c.put, path)
	c.bytes += int64(n)
}

func (c *countStore) Create(path string, segments ...[]byte) error {
	n := 0
	for _, s := range segments {
		n += len(s)
	}
	c.note(path, n)
	return c.Store.Create(path, segments...)
}

func (c *countStore) Put(path string, data []byte) error {
	c.note(path, len(data))
	return c.Store.Put(path, data)
}

func (c *countStore) Swap(path string, old, new []byte) error {
	c.note(path, len(new))
	return c.Store.Swap(path, old, new)
}

// en returns where a page lies in English.
func en(page string) string { return wire.LangPath("en", page) }
