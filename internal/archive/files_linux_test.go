package archive

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What is neither a file nor a directory is an error, and isn't opened, which would wait for a pipe.
func TestFilesOfOtherKinds(t *testing.T) {
	for name, make := range map[string]func(name string) error{
		"a pipe":   func(name string) error { return unix.Mkfifo(name, 0o644) },
		"a socket": func(name string) error { return unix.Mknod(name, unix.S_IFSOCK|0o644, 0) },
		"a device": func(name string) error { return unix.Mknod(name, unix.S_IFCHR|0o644, int(unix.Mkdev(1, 3))) },
	} {
		dir := t.TempDir()
		if err := extract(pack(t, "p/", tiny), dir); err != nil {
			t.Fatal(err)
		}
		if err := make(filepath.Join(dir, "p", "x")); err != nil && os.Geteuid() != 0 {
			continue // only root makes devices
		} else if err != nil {
			t.Fatal(err)
		}
		_, err := Files(dir, DefaultLimits())
		if want := `"p/x" is ` + name + `, expected a regular file or a directory`; !strings.HasSuffix(message(err), want) {
			t.Errorf("%s: %v, want an error with %s", name, err, want)
		}
	}
}

// A hard link is a file: its content counts.
func TestFilesOfHardLinks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	data := pack(t, "p/", tiny)
	if err := extract(data, dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(dir, "p", "a.txt"), filepath.Join(filepath.Dir(dir), "outside")); err != nil {
		t.Fatal(err)
	}
	if again, err := repack(dir, ".zip"); err != nil || !bytes.Equal(again, data) {
		t.Errorf("%d bytes, %v, want those of the archive", len(again), err)
	}
}

// What changes between a look at it and its reading is an error.
func TestFilesChangedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "d/a", "e/a"} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte("x"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("b", filepath.Join(dir, "link")), os.Symlink("d", filepath.Join(dir, "linked")), os.Symlink("/proc", filepath.Join(dir, "out")), unix.Mkfifo(filepath.Join(dir, "pipe"), 0o644)); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	lstat := func(root *os.Root, name string) fs.FileInfo {
		info, err := root.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	for _, other := range []string{"b", "link", "pipe", "d"} {
		x := treeReader{lim: DefaultLimits()}
		if err := x.file(root, other, "a", lstat(root, "a")); message(err) != `"a" was replaced while it was opened` {
			t.Errorf("%s in the place of a: %v", other, err)
		}
	}
	for _, test := range []struct{ before, after string }{{"d", "e"}, {"e", "linked"}, {"d", "out"}, {"d", "a"}} {
		x := treeReader{lim: DefaultLimits()}
		if err := x.below(root, test.after, test.before, lstat(root, test.before)); err == nil || len(x.files) > 0 {
			t.Errorf("%s in the place of %s: %v, %d files", test.after, test.before, err, len(x.files))
		}
	}

	// A file that has more than its size says, as it has if it grows.
	proc, err := os.OpenRoot("/proc/self")
	if err != nil {
		t.Skip(err)
	}
	defer proc.Close()
	x := treeReader{lim: DefaultLimits()}
	err = x.file(proc, "status", "status", lstat(proc, "status"))
	if want := `"status" goes on after 0 bytes, expected its end: it changed while it was read`; message(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Names that other systems don't know are seen where there can be files of that name.
func TestFilesOfOtherNames(t *testing.T) {
	for _, test := range []struct{ path, want string }{
		{"p/con", `path "p/con": component "con" is a device on Windows`},
		{"p/a ./b", `path "p/a .": component "a ." ends in a dot or a space, which Windows drops`},
		{"p/a\\b", `path "p/a\\b": character "\\", which Windows does not allow in a name`},
		{"p/caf\xe9", `path "p/caf\xe9": byte "\xe9" is not UTF-8`},
		{"p/A.TXT", `path "p/a.txt": clashes with "p/A.TXT": they differ only in letter case or Unicode normal form`},
		{strings.Repeat("d/", 128) + "f", `path "` + strings.Repeat("d/", 128) + `"…: 257 bytes long, expected at most 256`},
	} {
		dir := t.TempDir()
		if err := extract(pack(t, "p/", tiny), dir); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, test.path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
		if _, err := repack(dir, ".zip"); !strings.HasSuffix(message(err), test.want) {
			t.Errorf("%q: %v, want an error with %s", test.path, err, test.want)
		}
	}
}
