package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// mount mounts a small tmpfs, if this process may.
func mount(t *testing.T, options string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root mounts file systems")
	}
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("mount a tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir
}

// On a full disk, what can't be written whole isn't there at all, and what was there stays.
func TestDirFull(t *testing.T) {
	s := NewDir(mount(t, "size=256k"))
	must(t, s.Swap("head", nil, []byte("old")))
	must(t, s.Put("view", []byte("old")))
	big := make([]byte, 1<<20)
	wantIs(t, s.Create("packages/big", big), unix.ENOSPC)
	_, err := s.Read(ctx, "packages/big", large)
	wantIs(t, err, ErrNotExist)
	wantIs(t, s.Create("packages/big", big[:1<<19], big[:1<<19], big[:1<<19]), unix.ENOSPC)
	wantIs(t, s.Put("view", big), unix.ENOSPC)
	wantIs(t, s.Swap("head", []byte("old"), big), unix.ENOSPC)
	wantData(t, s, "view", "old")
	wantData(t, s, "head", "old")
	if got := list(t, s, ""); len(got) != 2 {
		t.Errorf("left behind: %v", got)
	}
	// With room again, the same store goes on.
	must(t, s.Create("packages/big", big[:1000]))
	must(t, s.Swap("head", []byte("old"), []byte("new")))
}

// A directory that can't be written gives errors, and keeps what it has.
func TestDirReadOnly(t *testing.T) {
	var top string
	if os.Geteuid() == 0 {
		top = mount(t, "size=64k")
	} else {
		top = t.TempDir()
	}
	s := NewDir(top)
	must(t, s.Create("a/file", []byte("abc")))
	must(t, s.Swap("head", nil, []byte("old")))
	if os.Geteuid() == 0 {
		must(t, unix.Mount("none", top, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	} else {
		for _, dir := range []string{filepath.Join(top, "a"), top} {
			must(t, os.Chmod(dir, 0o555))
			t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
		}
	}
	for name, err := range map[string]error{
		"create": s.Create("a/new", []byte("x")), "create in a new directory": NewDir(top).Create("b/new", []byte("x")), "put": s.Put("a/file", []byte("x")),
		"swap": s.Swap("head", []byte("old"), []byte("new")), "remove": s.Remove("a/file"),
	} {
		if !errors.Is(err, unix.EROFS) && !errors.Is(err, unix.EACCES) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, s.Create("a/file", []byte("abc")))
	wantData(t, s, "a/file", "abc")
	wantData(t, s, "head", "old")
}
