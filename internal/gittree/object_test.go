package gittree

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// layouts are ways in which git may store the same history.
var layouts = map[string]func(t *testing.T, dir string) string{
	"loose": func(t *testing.T, dir string) string { return dir },
	"packed": func(t *testing.T, dir string) string {
		git(t, dir, "repack", "-q", "-a", "-d", "-f", "--depth=50")
		return dir
	},
	"packed, deltas by hash": func(t *testing.T, dir string) string {
		git(t, dir, "-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f", "--depth=50")
		return dir
	},
	"packed without deltas": func(t *testing.T, dir string) string {
		git(t, dir, "repack", "-q", "-a", "-d", "-f", "--depth=0")
		return dir
	},
	"stored": func(t *testing.T, dir string) string {
		git(t, dir, "-c", "pack.compression=0", "repack", "-q", "-a", "-d", "-F")
		return dir
	},
	"large offsets": func(t *testing.T, dir string) string {
		git(t, dir, "repack", "-q", "-a", "-d", "-f")
		pack, _ := filepath.Glob(filepath.Join(dir, ".git/objects/pack/*.pack"))
		idx := strings.TrimSuffix(pack[0], ".pack") + ".idx"
		if err := os.Remove(idx); err != nil {
			t.Fatal(err)
		}
		git(t, dir, "index-pack", "--index-version=2,0x40", "-o", idx, pack[0])
		return dir
	},
	"several packs and loose": func(t *testing.T, dir string) string {
		git(t, dir, "repack", "-q", "-d")
		for i := range 3 {
			write(t, dir, "plugins/app-1/src/main.lua", text(uint64(i+10), 300))
			git(t, dir, "commit", "-q", "-a", "-m", "more")
			if i < 2 {
				git(t, dir, "repack", "-q", "-d")
			}
		}
		return dir
	},
	"alternates": func(t *testing.T, dir string) string {
		git(t, dir, "repack", "-q", "-d")
		other := filepath.Join(t.TempDir(), "middle")
		git(t, dir, "clone", "-q", "--shared", dir, other)
		write(t, other, "plugins/app-1/new", "new\n")
		git(t, other, "add", "-A")
		git(t, other, "commit", "-q", "-m", "in the middle")
		last := filepath.Join(t.TempDir(), "last")
		git(t, dir, "clone", "-q", "--shared", other, last)
		return last
	},
	"bare": func(t *testing.T, dir string) string {
		bare := filepath.Join(t.TempDir(), "registry.git")
		git(t, dir, "clone", "-q", "--bare", "--no-local", dir, bare)
		return bare
	},
}

// Every object is what `git cat-file` says, however it is stored.
func TestObjects(t *testing.T) {
	needGit(t)
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := layout(t, history(t))
			list := strings.Fields(git(t, dir, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
			if len(list) < 50 {
				t.Fatalf("expected many objects, found %d", len(list))
			}
			r := openRepo(t, dir)
			all := git(t, dir, "cat-file", "--batch-all-objects", "--batch")
			rd := r.NewReader()
			deltas := 0
			for len(all) > 0 {
				line, rest, _ := strings.Cut(all, "\n")
				f := strings.Fields(line)
				size, _ := strconv.ParseInt(f[2], 10, 64)
				want := rest[:size]
				all = rest[size+1:]
				h := hash(t, f[0])

				k, err := rd.kindOf(h)
				if err != nil || k.String() != f[1] {
					t.Fatalf("%s: expected a %s, found %s, %v", h, f[1], k, err)
				}
				if n, err := rd.Size(h); n != size || err != nil {
					t.Fatalf("%s: expected a size of %d, found %d, %v", h, size, n, err)
				}
				for _, keep := range []bool{false, true, true} {
					data, err := rd.object(h, k, size, keep)
					if err != nil || string(data) != want {
						t.Fatalf("%s: other content, %v", h, err)
					}
				}
				fresh, err := r.NewReader().object(h, k, size, false)
				if err != nil || string(fresh) != want {
					t.Fatalf("%s: other content from a fresh reader, %v", h, err)
				}
				if size > 0 {
					_, err = rd.object(h, k, size-1, false)
					if l := wantLimit(t, err); l.Found != size || l.Limit != size-1 {
						t.Errorf("expected a size of %d, found %+v", size, l)
					}
				}
				if p, off, _ := rd.find(h); p != nil {
					if e, _ := rd.entry(p, off); e.kind == kindOfs || e.kind == kindRef {
						deltas++
					}
				}
			}
			if strings.HasPrefix(name, "packed") && (deltas > 20) == strings.Contains(name, "without") {
				t.Errorf("found %d deltas", deltas)
			}
			compareWalk(t, r, dir)
		})
	}
}

// compareWalk compares a walk of HEAD with `git ls-tree -r`.
func compareWalk(t *testing.T, r *Repo, dir string) {
	t.Helper()
	head, err := r.Resolve("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if want := hash(t, git(t, dir, "rev-parse", "HEAD")); head != want {
		t.Fatalf("expected HEAD to be %s, found %s", want, head)
	}
	c, err := r.Commit(head)
	if err != nil {
		t.Fatal(err)
	}
	var got, paths []string
	rd := r.NewReader()
	err = rd.Walk(c.Tree, 1000, func(path string, e Entry) error {
		mode := map[Mode]string{Regular: "100644 blob", Executable: "100755 blob", Symlink: "120000 blob", Submodule: "160000 commit"}[e.Mode]
		got = append(got, fmt.Sprintf("%s %s\t%s", mode, e.Hash, path))
		paths = append(paths, path)
		same, ok, err := rd.Lookup(c.Tree, path)
		if err != nil || !ok || same != e {
			t.Errorf("look up %q: expected %v, found %v, %v, %v", path, e, same, ok, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(git(t, dir, "ls-tree", "--full-tree", "-r", "-z", "HEAD"), "\x00"), "\x00")
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("expected\n%q\nfound\n%q", want, got)
	}
	if !sort.StringsAreSorted(paths) {
		t.Error("expected the paths in byte order")
	}
}

func TestReadersSideBySide(t *testing.T) {
	dir := layouts["packed"](t, history(t))
	r := openRepo(t, dir)
	list := strings.Fields(git(t, dir, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			rd := r.NewReader()
			for _, s := range list {
				h := hash(t, s)
				if k, err := rd.kindOf(h); err != nil {
					t.Error(err)
				} else if _, err := rd.object(h, k, 1<<20, false); err != nil {
					t.Error(err)
				}
				if _, err := r.Resolve("HEAD~2"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// A large blob costs its size once.
func TestLargeBlobAllocation(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	const size = 32 << 20
	write(t, dir, "big", strings.Repeat("0123456789abcdef", size/16))
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "big")
	for _, packed := range []bool{false, true} {
		if packed {
			git(t, dir, "repack", "-q", "-a", "-d")
		}
		r := openRepo(t, dir)
		e, _, err := r.NewReader().Lookup(treeOf(t, r, "HEAD"), "big")
		if err != nil {
			t.Fatal(err)
		}
		rd := r.NewReader()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		data, err := rd.Blob(e.Hash, size)
		runtime.ReadMemStats(&after)
		if err != nil || len(data) != size {
			t.Fatal(len(data), err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > size+1<<20 {
			t.Errorf("packed %v: expected about %d bytes to be allocated, found %d", packed, size, n)
		}
	}
}

func treeOf(t testing.TB, r *Repo, rev string) Hash {
	t.Helper()
	h, err := r.Resolve(rev)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Commit(h)
	if err != nil {
		t.Fatal(err)
	}
	return c.Tree
}

func TestMissingObject(t *testing.T) {
	r := openRepo(t, history(t))
	rd := r.NewReader()
	h := Hash{1, 2, 3}
	_, err := rd.Blob(h, 10)
	wantError(t, err, ErrMissing, h.String())
	_, err = rd.Tree(h)
	wantError(t, err, ErrMissing)
	_, err = rd.Size(h)
	wantError(t, err, ErrMissing)
	_, err = r.Commit(h)
	wantError(t, err, ErrMissing)
	_, err = rd.Blob(treeOf(t, r, "HEAD"), 1<<20)
	if err == nil || !strings.Contains(err.Error(), "expected a blob, found a tree") {
		t.Errorf("found %v", err)
	}
}

func TestCloseEndsReading(t *testing.T) {
	dir := layouts["packed"](t, history(t))
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	h, err := r.Resolve("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = r.NewReader().Tree(h)
	wantError(t, err, os.ErrClosed)
}
