package client_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/regen-registry/regen/client"
)

// disk is a small disk with a root.
type disk struct {
	t    *testing.T
	dir  string
	root string
}

// newDisk mounts a disk in memory, if this process may, and puts a stand's root onto it.
func newDisk(t *testing.T, s *stand) *disk {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root mounts file systems")
	}
	d := &disk{t: t, dir: t.TempDir()}
	d.root = filepath.Join(d.dir, "root")
	if err := unix.Mount("none", d.dir, "tmpfs", 0, "size=64m,nr_inodes=10000"); err != nil {
		t.Skipf("mount a tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(d.dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", d.dir, err)
		}
	})
	copyRoot(t, s.root, d.root)
	if err := os.MkdirAll(d.root, 0o755); err != nil {
		t.Fatal(err)
	}
	return d
}

// set changes the size of the disk, or whether it can be written.
func (d *disk) set(flags uintptr, options string) {
	d.t.Helper()
	if err := unix.Mount("none", d.dir, "", unix.MS_REMOUNT|flags, options); err != nil {
		d.t.Fatalf("%s: %v", options, err)
	}
}

// used returns the size of the disk that is in use, in pages and in inodes.
func (d *disk) used() (pages, inodes uint64) {
	d.t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(d.dir, &st); err != nil {
		d.t.Fatal(err)
	}
	return st.Blocks - st.Bfree, st.Files - st.Ffree
}

// refuses fails the test unless an operation on the disk's root fails with an error that says why, and leaves everything as it was, or in a state that is on the way. It returns that one.
func (s *stand) refuses(t *testing.T, root string, err error, why ...string) int {
	t.Helper()
	fails(t, err, client.Local)
	if err == nil || !slices.ContainsFunc(why, func(why string) bool { return strings.Contains(err.Error(), why) }) || strings.Contains(err.Error(), "undone") {
		t.Errorf("the error is %v, expected one with %q", err, why)
	}
	files := s.look(t, root)
	for at, state := range s.states[:len(s.states)-1] {
		if maps.Equal(files, state) {
			return at
		}
	}
	sameFiles(t, files, s.states[0])
	return -1
}

// TestFullDisk: however little space, or however few inodes there are, an operation that fails leaves the root as before, and succeeds once there is more.
func TestFullDisk(t *testing.T) {
	for _, s := range stands(t) {
		t.Run(s.name, func(t *testing.T) {
			for _, what := range []string{"size", "nr_inodes"} {
				d := newDisk(t, s)
				failures := 0
				for at, more := 0, uint64(0); ; more++ {
					pages, inodes := d.used()
					if what == "size" {
						d.set(0, fmt.Sprintf("size=%d", max(pages+more, 1)*uint64(os.Getpagesize())))
					} else {
						d.set(0, fmt.Sprintf("nr_inodes=%d", inodes+more))
					}
					err := interruptible[s.do](s.open(d.root))
					if err == nil {
						break
					}
					failures++
					if now := s.refuses(t, d.root, err, "no space left on device"); now > at {
						at, more = now, 0 // one package of two is done
					}
					if _, err := s.open(d.root).Verify(ctx); err != nil {
						t.Errorf("verify: %v", err)
					}
					if more > 1000 || t.Failed() {
						t.Fatalf("%s and %d: %v", what, more, err)
					}
				}
				sameFiles(t, s.look(t, d.root), s.states[len(s.states)-1])
				if failures == 0 {
					t.Errorf("%s: there was always enough", what)
				}
				t.Logf("%s: %d failures", what, failures)
			}
		})
	}
}

// TestRecoversOnFullDisk: what was interrupted is finished or undone even if not one more byte fits onto the disk.
func TestRecoversOnFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	for _, s := range stands(t) {
		t.Run(s.name, func(t *testing.T) {
			for n := 1; ; n++ {
				d := newDisk(t, s)
				if s.process(d.root, s.do, n).Run() == nil {
					break
				}
				pages, inodes := d.used()
				d.set(0, fmt.Sprintf("size=%d,nr_inodes=%d", max(pages, 1)*uint64(os.Getpagesize()), inodes))
				if _, err := s.open(d.root).Verify(ctx); err != nil {
					t.Errorf("killed at change %d, verify: %v", n, err)
				}
				d.set(0, "size=64m,nr_inodes=10000")
				s.check(t, d.root)
			}
		})
	}
}

// TestReadOnlyDisk: what changes nothing works on a disk that can't be written, the rest says why not.
func TestReadOnlyDisk(t *testing.T) {
	for _, s := range stands(t) {
		t.Run(s.name, func(t *testing.T) {
			d := newDisk(t, s)
			d.set(unix.MS_RDONLY, "")
			s.refuses(t, d.root, interruptible[s.do](s.open(d.root)), "read-only file system")
			if _, err := s.open(d.root).Verify(ctx); err != nil {
				t.Errorf("verify: %v", err)
			}
			if _, err := s.open(d.root).List(ctx); err != nil {
				t.Errorf("list: %v", err)
			}
			d.set(0, "")
			if err := interruptible[s.do](s.open(d.root)); err != nil {
				t.Error(err)
			}
			sameFiles(t, s.look(t, d.root), s.states[len(s.states)-1])
		})
	}
}

// TestPermissionDenied: whichever directory belongs to somebody else, the root stays as it is.
func TestPermissionDenied(t *testing.T) {
	const somebody = 65534
	if os.Geteuid() != 0 {
		t.Skip("only root acts as two users")
	}
	as := func(uid int, do func()) {
		done := make(chan bool)
		go func() {
			defer close(done)
			runtime.LockOSThread() // and never unlocked: the thread ends with this
			_, _ = unix.SetfsuidRetUid(uid)
			do()
		}()
		<-done
	}
	for _, s := range stands(t) {
		if err := os.Chmod(filepath.Dir(filepath.Dir(s.w.tree)), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, closed := range []string{".", "apps", "apps/clock", "apps/clock/package", "apps/clock/previous"} {
			if _, err := os.Lstat(filepath.Join(s.root, closed)); err != nil && closed != "." {
				continue
			}
			t.Run(s.name+" "+closed, func(t *testing.T) {
				root := s.copy(t)
				if err := os.MkdirAll(root, 0o755); err != nil {
					t.Fatal(err)
				}
				own := func(uid int) {
					if err := filepath.WalkDir(filepath.Dir(root), func(name string, _ fs.DirEntry, err error) error { return os.Lchown(name, uid, -1) }); err != nil {
						t.Fatal(err)
					}
				}
				own(somebody)
				if err := os.Lchown(filepath.Join(root, closed), 0, -1); err != nil {
					t.Fatal(err)
				}
				var err, verifyErr error
				as(somebody, func() {
					err = interruptible[s.do](s.open(root))
					_, verifyErr = s.open(root).Verify(ctx)
				})
				if verifyErr != nil {
					t.Errorf("verify: %v", verifyErr)
				}
				if err == nil {
					if closed == "." {
						t.Error("no error")
					}
					sameFiles(t, s.look(t, root), s.states[len(s.states)-1])
					return
				}
				next := s.do
				if left := "clock is removed, and something of it is left"; strings.Contains(err.Error(), left) {
					next = "verify"
				} else {
					s.refuses(t, root, err, "permission denied")
				}
				own(somebody)
				as(somebody, func() { err = interruptible[next](s.open(root)) })
				if err != nil {
					t.Error(err)
				}
				sameFiles(t, s.look(t, root), s.states[len(s.states)-1])
			})
		}
	}
}
