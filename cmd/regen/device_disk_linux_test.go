package main

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeviceDisk: a full disk, and one that can't be written, leave a device as it was; the message says what to do.
func TestDeviceDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to mount a small disk")
	}
	for _, i := range interruptions(t) {
		disk := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk).CombinedOutput(); err != nil {
			t.Skipf("can't mount: %v %s", err, out)
		}
		t.Cleanup(func() { _ = exec.Command("umount", disk).Run() })
		root, ballast := filepath.Join(disk, "root"), filepath.Join(disk, "ballast")
		copyTree(t, i.root, root)
		fails := func(what, hint string) {
			t.Helper()
			out, err := i.command(root).CombinedOutput()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), what) || !strings.Contains(string(out), "hint: "+hint) {
				t.Errorf("%s: %v, expected exit code 1 and %q\n%s", i.name, err, what, out)
			}
			if out, err := regen("device", "verify", "--root", root).CombinedOutput(); err != nil {
				t.Errorf("%s: verify: %v\n%s", i.name, err, out)
			}
			if !maps.Equal(contents(t, root), i.before) {
				t.Errorf("%s: %s: the device isn't as before", i.name, what)
			}
		}
		if err := os.WriteFile(ballast, make([]byte, 9<<20), 0o644); err == nil {
			t.Fatal("the disk isn't full")
		}
		fails("no space left on device", "free some space")
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		remount := func(options string) {
			t.Helper()
			if out, err := exec.Command("mount", "-o", "remount,"+options, disk).CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
		}
		remount("ro")
		fails("read-only file system", "the directory that --root names can't be written")
		remount("rw")
		i.run(t, root)
		if !maps.Equal(contents(t, root), i.after) {
			t.Errorf("%s: the device isn't as after", i.name)
		}
	}
}
