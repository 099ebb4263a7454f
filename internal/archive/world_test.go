package archive

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A world is a place to unpack to, and what is around it, which stays as it is whatever is
// unpacked.
type world struct {
	top    string
	dir    string // to unpack to; it isn't there at first
	before map[string]string
}

// absolute is a place outside of every world, to which archives in testdata try to get.
const absolute = "/tmp/regen-archive-canary"

// newWorld makes a world in an empty directory.
func newWorld(t testing.TB, top string) *world {
	t.Helper()
	for _, dir := range []string{"box/near/empty", "sibling/deep"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"canary", "box/canary", "box/near/canary", "box/out.txt", "sibling/canary", "sibling/deep/canary"} {
		if err := os.WriteFile(filepath.Join(top, file), []byte("canary in "+file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("near", filepath.Join(top, "box", "link")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	w := &world{top: top, dir: filepath.Join(top, "box", "out")}
	w.before = w.around(t)
	return w
}

// around returns what is outside of the place to unpack to: kinds, modes, contents, and times of
// modification, which tell of what was made and removed again, too.
func (w *world) around(t testing.TB) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(w.top, func(path string, d fs.DirEntry, err error) error {
		if path == w.dir {
			return fs.SkipDir
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		state := info.Mode().String()
		if path != filepath.Dir(w.dir) { // in which dir itself comes and goes
			state += info.ModTime().String()
		}
		switch {
		case info.Mode().IsRegular():
			var data []byte
			if data, err = os.ReadFile(path); err == nil {
				state += fmt.Sprintf(" %x", sha256.Sum256(data))
			}
		case info.Mode()&fs.ModeSymlink != 0:
			var to string
			to, err = os.Readlink(path)
			state += " " + to
		}
		found[strings.TrimPrefix(path, w.top)] = state
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(absolute); err == nil {
		found[absolute] = "is there"
	}
	return found
}

// check fails the test if anything around isn't as it was.
func (w *world) check(t testing.TB) {
	t.Helper()
	after := w.around(t)
	for _, path := range slices.Sorted(maps.Keys(after)) {
		if after[path] != w.before[path] {
			t.Errorf("outside, %s was %q, and is %q", path, w.before[path], after[path])
		}
	}
	for path := range w.before {
		if _, ok := after[path]; !ok {
			t.Errorf("outside, %s is gone", path)
		}
	}
}

// refuses fails the test unless the archive is refused for that reason: for a directory that
// isn't there and for one that is, after which both are as before, and all around them is.
func (w *world) refuses(t testing.TB, unpack func(dir string) error, want string) {
	t.Helper()
	refused := func() {
		t.Helper()
		err := unpack(w.dir)
		if got, want := message(err), "extract to "+w.dir+": "+want; got != want {
			t.Errorf("extract\n got %s\nwant %s", got, want)
		}
		if format := (*FormatError)(nil); !errors.As(err, &format) {
			t.Errorf("extract returns a %T, want a *FormatError in it", err)
		}
		w.check(t)
	}
	refused()
	if _, err := os.Lstat(w.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is there, or %v", w.dir, err)
	}

	if err := os.Mkdir(w.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	before, err := os.Lstat(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	refused()
	after, err := os.Lstat(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || before.Mode() != after.Mode() {
		t.Errorf("%s was %v, and is %v", w.dir, before.Mode(), after.Mode())
	}
	if err := os.Remove(w.dir); err != nil { // which has to be empty for it
		t.Error(err)
	}
}

// unpacker returns what unpacks an archive, going by the end of its name.
func unpacker(name string, data []byte, lim Limits) func(dir string) error {
	if strings.HasSuffix(name, ".zip") {
		return func(dir string) error { return ExtractZip(bytes.NewReader(data), int64(len(data)), lim, dir) }
	}
	return func(dir string) error { return ExtractTarGz(bytes.NewReader(data), lim, dir) }
}

// The world sees what an archive could do outside, or else no test would.
func TestWorldSees(t *testing.T) {
	for name, do := range map[string]func(top string) error{
		"a new file":      func(top string) error { return os.WriteFile(filepath.Join(top, "box", "evil"), nil, 0o644) },
		"another content": func(top string) error { return os.WriteFile(filepath.Join(top, "canary"), []byte("x"), 0o644) },
		"a mode":          func(top string) error { return os.Chmod(filepath.Join(top, "sibling", "canary"), 0o600) },
		"a file less":     func(top string) error { return os.Remove(filepath.Join(top, "box", "near", "canary")) },
		"another link": func(top string) error {
			return errors.Join(os.Remove(filepath.Join(top, "box", "link")), os.Symlink("..", filepath.Join(top, "box", "link")))
		},
		"made and removed": func(top string) error {
			name := filepath.Join(top, "sibling", "deep", "evil")
			return errors.Join(os.WriteFile(name, nil, 0o644), os.Remove(name))
		},
	} {
		if runtime.GOOS == "windows" && (name == "a mode" || name == "another link") {
			continue
		}
		w := newWorld(t, t.TempDir())
		if err := do(w.top); err != nil {
			t.Fatal(err)
		}
		if maps.Equal(w.before, w.around(t)) {
			t.Errorf("%s: not seen", name)
		}
	}
}
