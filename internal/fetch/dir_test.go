package fetch

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// stick returns a directory with a file.
func stick(t *testing.T, path, data string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "media", "stick 1")
	name := filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return root
}

// A directory is a mirror, by itself and beside others.
func TestDir(t *testing.T) {
	data := noise(200_000)
	path := "packages/clock/1.0.0/assets/big picture #1.png"
	root := stick(t, path, string(data))
	for _, place := range []string{root, root + string(filepath.Separator)} {
		s := open(t, Options{}, place)
		if got := s.Mirrors()[0]; got != root+string(filepath.Separator) {
			t.Errorf("the mirror is %q", got)
		}
		got, err := s.Read(ctx, path, int64(len(data)))
		wantBytes(t, got, err, string(data))
		got, err = s.ReadFrom(ctx, 0, path, large)
		wantBytes(t, got, err, string(data))
		got, err = s.ReadRef(ctx, path, wire.RefOf(data), large)
		wantBytes(t, got, err, string(data))
		if err := get(t, s, path, data); err != nil {
			t.Error(err)
		}
		_, err = s.Read(ctx, path, int64(len(data))-1)
		if wantKind(t, err, TooLarge); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("%v isn't ErrTooLarge", err)
		}
		_, err = s.Read(ctx, "index.json.minisig", large)
		if wantKind(t, err, NotFound); !errors.Is(err, store.ErrNotExist) {
			t.Errorf("%v isn't ErrNotExist", err)
		}
		for _, other := range [][]byte{noise(200_001)[1:], data[1:], data[:len(data)-1], append(data[:len(data):len(data)], 0)} {
			_, err = s.ReadRef(ctx, path, wire.RefOf(other), large)
			wantKind(t, err, Content)
			wantKind(t, get(t, s, path, other), Content)
		}
		_, err = s.Read(ctx, "packages", large)
		wantKind(t, err, Network)
		wantText(t, err, "not a regular file")
	}

	// What the stick lacks comes from the server, and a break there is continued from the stick.
	server := serve(t, content(data))
	if err := get(t, open(t, Options{}, t.TempDir(), server.URL), path, data); err != nil {
		t.Error(err)
	}
	broken := breaking(t, data, 10_000, 1000)
	var last int64
	s := open(t, Options{Patience: time.Second, MinRate: 100_000, Progress: func(_ string, done, _ int64) {
		if done <= last {
			t.Errorf("the download went back from %d to %d", last, done)
		}
		last = done
	}}, broken.URL, root)
	if err := get(t, s, path, data); err != nil {
		t.Error(err)
	}
}

// A stick that isn't plugged in doesn't say that there is no file.
func TestDirIsMissing(t *testing.T) {
	root := filepath.Join(t.TempDir(), "stick")
	s := open(t, Options{}, root)
	_, err := s.Read(ctx, "x", large)
	if wantKind(t, err, Network); errors.Is(err, store.ErrNotExist) {
		t.Errorf("%v is ErrNotExist", err)
	}
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = s.Read(ctx, "x", large)
	wantKind(t, err, NotFound)
}

// Links lead nowhere but into the tree.
func TestDirLinks(t *testing.T) {
	root := stick(t, "a/x", "abc")
	secret := stick(t, "secret", "secret")
	for name, to := range map[string]string{
		"a/in": "x", "a/out": filepath.Join(secret, "secret"), "a/up": "../../../../../etc/hostname", "b": secret, "c": "a",
	} {
		if err := os.Symlink(to, filepath.Join(root, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	s := open(t, Options{}, root)
	for _, path := range []string{"a/in", "c/x", "c/in"} {
		data, err := s.Read(ctx, path, large)
		wantBytes(t, data, err, "abc")
	}
	for _, path := range []string{"a/out", "a/up", "b/secret"} {
		data, err := s.Read(ctx, path, large)
		if wantKind(t, err, Network); data != nil {
			t.Errorf("%s: %q", path, data)
		}
	}
}
