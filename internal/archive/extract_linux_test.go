package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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

// bothFormats are the archives of the files.
func bothFormats(t testing.TB, files []File) map[string][]byte {
	return map[string][]byte{"a.zip": pack(t, "", files), "a.tar.gz": packTarGz(t, files)}
}

// On a full disk, be it of bytes or of files, nothing is left, and it has room again.
func TestExtractFullDisk(t *testing.T) {
	var small []File
	for i := range 100 {
		small = append(small, File{Path: fmt.Sprintf("d%d/f", i), Data: []byte("x")})
	}
	for _, test := range []struct {
		name, options string
		files         []File
	}{
		{"bytes", "size=256k", []File{{Path: "a/b", Data: make([]byte, 100_000)}, {Path: "c", Data: make([]byte, 1<<20)}}},
		{"files", "size=16m,nr_inodes=50", small},
	} {
		for format, data := range bothFormats(t, test.files) {
			t.Run(test.name+"/"+format, func(t *testing.T) {
				w := newWorld(t, mount(t, test.options))
				for range 3 {
					err := unpacker(format, data, DefaultLimits())(w.dir)
					if !errors.Is(err, unix.ENOSPC) || errors.As(err, new(*FormatError)) {
						t.Errorf("%v, want %v", err, unix.ENOSPC)
					}
					if _, err := os.Lstat(w.dir); !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("the directory is there, or %v", err)
					}
					w.check(t)
				}
				if err := unpacker(format, bothFormats(t, tiny)[format], DefaultLimits())(w.dir); err != nil {
					t.Errorf("of what there is room for: %v", err)
				}
				w.check(t)
			})
		}
	}
}

// Into a directory that can't be written nothing comes, and it stays as it is.
func TestExtractReadOnly(t *testing.T) {
	top := mount(t, "size=256k")
	w := newWorld(t, top)
	given := filepath.Join(top, "box", "near", "empty")
	if err := unix.Mount("none", top, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for format, data := range bothFormats(t, tiny) {
		for _, dir := range []string{w.dir, given} {
			if err := unpacker(format, data, DefaultLimits())(dir); !errors.Is(err, unix.EROFS) {
				t.Errorf("%s to %s: %v, want %v", format, dir, err, unix.EROFS)
			}
			w.check(t)
		}
	}
}

// Files and directories get the modes of the umask, and no more, whatever it is.
func TestExtractUmask(t *testing.T) {
	for _, test := range []struct {
		umask     int
		dir, file fs.FileMode
	}{{0, 0o755, 0o644}, {0o022, 0o755, 0o644}, {0o027, 0o750, 0o640}, {0o077, 0o700, 0o600}} {
		for format, data := range bothFormats(t, tiny) {
			dir := filepath.Join(t.TempDir(), "out")
			before := unix.Umask(test.umask)
			err := unpacker(format, data, DefaultLimits())(dir)
			unix.Umask(before)
			if err != nil {
				t.Fatal(err)
			}
			for path, want := range map[string]fs.FileMode{"": test.dir, "b": test.dir, "a.txt": test.file, "b/c": test.file} {
				info, err := os.Lstat(filepath.Join(dir, path))
				if err != nil {
					t.Fatal(err)
				}
				if got := info.Mode() &^ fs.ModeDir; got != want {
					t.Errorf("%s with umask %03o: %q has mode %v, want %v", format, test.umask, path, got, want)
				}
			}
		}
	}
}

// Nothing stays open, whether it comes to its end or not.
func TestExtractClosesAll(t *testing.T) {
	open := func() int {
		names, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(names)
	}
	files := []File{{Path: "a/b/c/d", Data: []byte("x")}, {Path: "a/e/f/g", Data: []byte("x")}, {Path: "h/i/j", Data: []byte("x")}}
	dir := filepath.Join(t.TempDir(), "out")
	before := open()
	for format, data := range bothFormats(t, files) {
		wrong := bytes.Clone(data)
		if wrong[0] == 'P' {
			wrong[bytes.Index(wrong, []byte("h/i/j"))+5] ^= 1 // the content of the last file
		} else {
			wrong[len(wrong)-1] ^= 1 // the end
		}
		for i, data := range [][]byte{wrong, data} {
			err := unpacker(format, data, DefaultLimits())(dir)
			if (err == nil) != (i == 1) {
				t.Errorf("%s: %v", format, err)
			}
			if now := open(); now != before {
				t.Errorf("%s: %d files are open after unpacking, %v, and %d were before", format, now, err, before)
			}
		}
		for _, lim := range []Limits{DefaultLimits(), {Files: 2, FileSize: 1, Size: 9}} {
			_, err := Files(dir, lim)
			if now := open(); now != before {
				t.Errorf("%s: %d files are open after reading them, %v, and %d were before", format, now, err, before)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// Who may not write gets an error, and leaves nothing. Root always may, so this test runs itself
// as somebody else.
func TestExtractUnprivileged(t *testing.T) {
	const nobody = 65534
	if dir := os.Getenv("REGEN_TEST_UNPRIVILEGED"); dir != "" {
		unprivileged(t, dir)
		return
	}
	dir, err := os.MkdirTemp("/tmp", "regen-archive-") // which others may enter, as they may not t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestExtractUnprivileged$", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "REGEN_TEST_UNPRIVILEGED="+dir)
	if os.Geteuid() == 0 {
		program := filepath.Join(dir, "test")
		self, err := os.ReadFile("/proc/self/exe")
		if err := errors.Join(err, os.WriteFile(program, self, 0o755), os.Chown(dir, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
		cmd.Path = program
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("PASS: TestExtractUnprivileged")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func unprivileged(t *testing.T, dir string) {
	if os.Geteuid() == 0 {
		t.Fatal("still root")
	}
	readOnly := filepath.Join(dir, "read-only")
	unreadable := filepath.Join(dir, "unreadable")
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(readOnly, 0o555))
	must(os.Mkdir(unreadable, 0o300))
	for format, data := range bothFormats(t, tiny) {
		unpack := unpacker(format, data, DefaultLimits())
		for _, place := range []string{readOnly, filepath.Join(readOnly, "out"), unreadable} {
			if err := unpack(place); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s to %s: %v, want %v", format, place, err, fs.ErrPermission)
			}
		}
		// What can't be entered can't be written below.
		before := unix.Umask(0o777)
		err := unpack(filepath.Join(dir, "out"))
		unix.Umask(before)
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s with umask 777: %v, want %v", format, err, fs.ErrPermission)
		}
		given := filepath.Join(dir, "given")
		must(os.Mkdir(given, 0o700))
		before = unix.Umask(0o777)
		err = unpack(given)
		unix.Umask(before)
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s with umask 777 to a directory that is there: %v, want %v", format, err, fs.ErrPermission)
		}
		must(os.Remove(given))
		must(unpack(given))
		must(os.RemoveAll(given))
	}
	must(os.Chmod(unreadable, 0o700))
	for _, place := range []string{readOnly, unreadable} {
		if left, err := os.ReadDir(place); err != nil || len(left) > 0 {
			t.Errorf("in %s there is %v, %v", place, left, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || strings.Contains(fmt.Sprint(left), "out") {
		t.Errorf("there is %v, %v", left, err)
	}
}

// Every file is flushed, however deep it lies: one that can't be opened for it shows that.
func TestSyncEachGoesDown(t *testing.T) {
	top := mount(t, "size=256k")
	dir := filepath.Join(top, "out")
	if err := extract(pack(t, "p/q/", tiny[1:]), dir); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("none", top, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if err := syncEach(dir); !errors.Is(err, unix.EROFS) {
		t.Errorf("%v, want %v", err, unix.EROFS)
	}
}
