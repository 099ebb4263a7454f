package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

var ctx = context.Background()

const large = 1 << 30

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantIs(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got the error %v, expected %v", err, want)
	}
}

func wantData(t *testing.T, s Reader, path, want string) {
	t.Helper()
	got, err := s.Read(ctx, path, large)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v, expected %q", path, got, err, want)
	}
}

func list(t *testing.T, s Store, dir string) []string {
	t.Helper()
	var paths []string
	for path, err := range s.List(dir) {
		must(t, err)
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// The contract of Store, which every store keeps.
func TestStore(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) Store{
		"Mem":             func(*testing.T) Store { return NewMem() },
		"Dir":             func(t *testing.T) Store { return NewDir(t.TempDir()) },
		"Dir, to be made": func(t *testing.T) Store { return NewDir(filepath.Join(t.TempDir(), "a", "b")) },
	} {
		t.Run(name, func(t *testing.T) { conform(t, open) })
	}
}

func conform(t *testing.T, open func(t *testing.T) Store) {
	const path = "packages/clock/1.0.0/metadata.json"

	t.Run("read", func(t *testing.T) {
		s := open(t)
		_, err := s.Read(ctx, path, large)
		wantIs(t, err, ErrNotExist)
		must(t, s.Create(path, []byte("abc")))
		wantData(t, s, path, "abc")
		if data, err := s.Read(ctx, path, 3); err != nil || string(data) != "abc" {
			t.Errorf("with a limit that just suffices: %q, %v", data, err)
		}
		_, err = s.Read(ctx, path, 2)
		wantIs(t, err, ErrTooLarge)
		_, err = s.Read(ctx, path, 0)
		wantIs(t, err, ErrTooLarge)
		must(t, s.Put("empty", nil))
		if data, err := s.Read(ctx, "empty", 0); err != nil || len(data) != 0 {
			t.Errorf("an empty file gives %q, %v", data, err)
		}
		if _, err := s.Read(ctx, "packages/clock", large); err == nil {
			t.Error("a directory is read as a file")
		}
	})

	t.Run("create", func(t *testing.T) {
		s := open(t)
		must(t, s.Create(path, []byte("ab"), nil, []byte("c")))
		wantData(t, s, path, "abc")
		must(t, s.Create(path, []byte("abc")))
		must(t, s.Create(path, []byte("a"), []byte("bc")))
		for _, other := range []string{"", "ab", "abd", "abcd", "xbc"} {
			wantIs(t, s.Create(path, []byte(other)), ErrDiffers)
			wantData(t, s, path, "abc")
		}
		wantIs(t, s.Create(path), ErrDiffers)
		must(t, s.Create("nothing"))
		wantData(t, s, "nothing", "")
		must(t, s.Create("nothing", nil))
		big := bytes.Repeat([]byte("0123456789abcdef"), 3<<16) // 3 MiB, beyond what is gathered
		must(t, s.Create("big", big[:5], big[5:]))
		must(t, s.Create("big", big))
		big[len(big)-1]++
		wantIs(t, s.Create("big", big), ErrDiffers)
	})

	t.Run("put", func(t *testing.T) {
		s := open(t)
		must(t, s.Put(path, []byte("first, and longer")))
		must(t, s.Put(path, []byte("second")))
		wantData(t, s, path, "second")
		wantIs(t, s.Create(path, []byte("third")), ErrDiffers)
		buf := []byte("mine")
		must(t, s.Put(path, buf))
		copy(buf, "your")
		wantData(t, s, path, "mine")
		if got := list(t, s, ""); !slices.Equal(got, []string{path}) {
			t.Errorf("left behind: %v", got)
		}
	})

	t.Run("swap", func(t *testing.T) {
		s := open(t)
		const head = wire.HeadPath
		wantIs(t, s.Swap(head, []byte("not there"), []byte("one")), ErrHeadMoved)
		_, err := s.Read(ctx, head, large)
		wantIs(t, err, ErrNotExist)
		must(t, s.Swap(head, nil, []byte("one")))
		wantData(t, s, head, "one")
		wantIs(t, s.Swap(head, nil, []byte("two")), ErrHeadMoved)
		wantIs(t, s.Swap(head, []byte("other"), []byte("two")), ErrHeadMoved)
		wantIs(t, s.Swap(head, []byte("on"), []byte("two")), ErrHeadMoved)
		wantData(t, s, head, "one")
		must(t, s.Swap(head, []byte("one"), []byte("two")))
		wantData(t, s, head, "two")
	})

	t.Run("swap, many at once", func(t *testing.T) {
		s := open(t)
		must(t, s.Swap("head", nil, []byte("old")))
		var won atomic.Int32
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				switch err := s.Swap("head", []byte("old"), fmt.Append(nil, i)); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, ErrHeadMoved):
					t.Error(err)
				}
			})
		}
		group.Wait()
		if n := won.Load(); n != 1 {
			t.Errorf("%d of 16 swaps succeeded, expected 1", n)
		}
	})

	t.Run("remove", func(t *testing.T) {
		s := open(t)
		must(t, s.Remove(path))
		must(t, s.Create(path, []byte("abc")))
		must(t, s.Create("packages/clock/other", []byte("abc")))
		must(t, s.Remove(path))
		must(t, s.Remove(path))
		_, err := s.Read(ctx, path, large)
		wantIs(t, err, ErrNotExist)
		wantData(t, s, "packages/clock/other", "abc")
		must(t, s.Create(path, []byte("another")))
		wantData(t, s, path, "another")
	})

	t.Run("list", func(t *testing.T) {
		s := open(t)
		if got := list(t, s, ""); len(got) != 0 {
			t.Errorf("an empty tree lists %v", got)
		}
		for _, p := range []string{"log/1/a", "log/10/b", "log/1/c/d", "retired/1.json", "retired.json", "top"} {
			must(t, s.Create(p, []byte("x")))
		}
		for dir, want := range map[string][]string{
			"": {"log/1/a", "log/1/c/d", "log/10/b", "retired.json", "retired/1.json", "top"}, "log": {"log/1/a", "log/1/c/d", "log/10/b"},
			"log/1": {"log/1/a", "log/1/c/d"}, "log/1/": {"log/1/a", "log/1/c/d"}, "retired": {"retired/1.json"}, "none": nil, "none/at/all": nil,
		} {
			if got := list(t, s, dir); !slices.Equal(got, want) {
				t.Errorf("%q lists %v, expected %v", dir, got, want)
			}
		}
		n := 0
		for range s.List("") {
			if n++; n == 2 {
				break
			}
		}
		if n != 2 {
			t.Errorf("the list went on after %d", n)
		}
	})

	t.Run("lock", func(t *testing.T) {
		s := open(t)
		for range 2 {
			unlock, err := s.Lock(ctx, func() { t.Error("waits for nobody") })
			must(t, err)
			unlock()
		}
	})

	t.Run("many at once", func(t *testing.T) {
		s := open(t)
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				for j := range 20 {
					p := fmt.Sprintf("packages/p%d/%d", i, j)
					if err := errors.Join(s.Create(p, []byte(p)), s.Create("shared/"+fmt.Sprint(i, j), []byte(p)), s.Put("views/"+p, []byte(p))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if got := list(t, s, ""); len(got) != 3*160 {
			t.Errorf("%d files, expected %d", len(got), 3*160)
		}
	})
}

func TestDirPaths(t *testing.T) {
	top := t.TempDir()
	s := NewDir(filepath.Join(top, "tree"))
	for _, path := range []string{"", "../x", "/x", "a/../../x", "a//b", "a/./b", "a/", "a\x00b"} {
		_, err := s.Read(ctx, path, large)
		if err == nil || errors.Is(err, ErrNotExist) {
			t.Errorf("read %q: %v", path, err)
		}
		for _, err := range []error{s.Create(path, []byte("x")), s.Put(path, []byte("x")), s.Swap(path, nil, []byte("x")), s.Remove(path)} {
			if err == nil {
				t.Errorf("%q is taken for a path", path)
			}
		}
	}
	if entries, err := os.ReadDir(top); err != nil || len(entries) != 0 {
		t.Errorf("something was written: %v, %v", entries, err)
	}
}

// A killed run's half of a file is replaced by the next one.
func TestDirLeftovers(t *testing.T) {
	top := t.TempDir()
	s := NewDir(top)
	must(t, os.MkdirAll(filepath.Join(top, "a"), 0o755))
	must(t, os.WriteFile(filepath.Join(top, "a", temporary+"b"), []byte("half of something much longer"), 0o644))
	if got := list(t, s, ""); len(got) != 1 || !IsTemporary(got[0]) {
		t.Errorf("listed: %v", got)
	}
	must(t, s.Put("a/b", []byte("whole")))
	wantData(t, s, "a/b", "whole")
	if got := list(t, s, ""); !slices.Equal(got, []string{"a/b"}) {
		t.Errorf("listed: %v", got)
	}
	for path, want := range map[string]bool{".tmp-x": true, "a/b/.tmp-x": true, "a/.tmp-x/b": false, "tmp-x": false, "a/x.tmp-": false, "": false} {
		if IsTemporary(path) != want {
			t.Errorf("%q: expected %v", path, want)
		}
	}
}

// The longest name that a file system takes can be put, too.
func TestDirLongNames(t *testing.T) {
	s := NewDir(t.TempDir())
	for _, n := range []int{1, 249, 250, 251, 255} {
		path := "a/" + strings.Repeat("n", n)
		must(t, s.Put(path, []byte("x")))
		must(t, s.Put(path, []byte("y")))
		wantData(t, s, path, "y")
	}
	for path, err := range s.List("") {
		if err != nil || IsTemporary(path) {
			t.Errorf("left behind: %s, %v", path, err)
		}
	}
}

// Directories that a removal leaves empty go, the tree's own doesn't, and they can be made again.
func TestDirRemovesEmptyDirectories(t *testing.T) {
	top := filepath.Join(t.TempDir(), "tree")
	s := NewDir(top)
	must(t, s.Create("a/b/c/d", nil))
	must(t, s.Create("a/e", nil))
	must(t, s.Remove("a/b/c/d"))
	if _, err := os.Stat(filepath.Join(top, "a", "b")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a/b is still there: %v", err)
	}
	must(t, s.Create("a/b/c/d", []byte("again")))
	must(t, s.Remove("a/b/c/d"))
	must(t, s.Remove("a/e"))
	if entries, err := os.ReadDir(top); err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestDirNotRegular(t *testing.T) {
	top := t.TempDir()
	must(t, os.Mkdir(filepath.Join(top, "dir"), 0o755))
	s := NewDir(top)
	if _, err := s.Read(ctx, "dir", large); err == nil {
		t.Error("a directory is read")
	}
	wantIs(t, s.Create("dir", []byte("x")), ErrDiffers)
	if s.Put("dir", []byte("x")) == nil {
		t.Error("a directory is replaced by a file")
	}
	must(t, os.WriteFile(filepath.Join(top, "file"), nil, 0o644))
	if s.Create("file/below", []byte("x")) == nil {
		t.Error("a file below a file is created")
	}
}

func TestForeign(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"nothing there":             {nil, ""},
		"a killed first run":        {[]string{"packages/a", "keys/1.json", temporary + wire.HeadPath}, ""},
		"somebody's":                {[]string{"packages/a", "thesis.doc"}, "thesis.doc"},
		"a repo":                    {[]string{".git/HEAD"}, ".git"},
		"a tree, and more":          {[]string{wire.HeadPath, "CNAME"}, ""},
		"a temporary of somebody's": {[]string{temporary + "thesis.doc"}, temporary + "thesis.doc"},
	} {
		top := filepath.Join(t.TempDir(), "tree")
		s := NewDir(top)
		for _, f := range c.files {
			must(t, s.Create(f, []byte("x")))
		}
		if got, err := s.Foreign(); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, expected %q", name, got, err, c.want)
		}
	}
}

func TestMemLock(t *testing.T) {
	unlock, err := NewMem().Lock(ctx, nil)
	must(t, err)
	unlock()
}
