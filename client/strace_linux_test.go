package client_test

import (
	"errors"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/stracetest"
)

// every asks for all calls of all operations, which takes ten minutes or more. Otherwise it is those that differ.
var every = flag.Bool("every", false, "interrupt each operation at each call of the system")

// byThree makes the file system one that can't exchange two directories.
const byThree = "renameat2:error=EINVAL"

// calls runs a test on operations, with the calls that change the disk. With [every], it is all of them, on both kinds of file systems; else it is the operations that are
// named, with [byThree] behind the name or not, and the calls from the first one on that touches something that is there.
func calls(t *testing.T, names []string, test func(t *testing.T, s *stand, calls []stracetest.Call, inject []string)) {
	if testing.Short() {
		t.Skip("takes long")
	}
	stracetest.Tool(t)
	for _, s := range stands(t) {
		for _, inject := range [][]string{nil, {byThree}} {
			name := strings.TrimSpace(s.name + " " + strings.Join(inject, " "))
			if !*every && !slices.Contains(names, name) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				out, calls, err := stracetest.Run(t, s.process(s.copy(t), s.do, 0), inject...)
				if err != nil {
					t.Fatalf("%v %s", err, out)
				}
				if !*every {
					calls = calls[slices.IndexFunc(calls, func(c stracetest.Call) bool { return c.Name == "renameat" }):]
				}
				test(t, s, calls, inject)
			})
		}
	}
}

// with adds something to what is injected.
func with(inject []string, more ...string) []string { return append(slices.Clone(inject), more...) }

// TestKilledAtEachCall: kill -9 before any call that changes the disk leaves the root as before or as after, and the next command succeeds.
func TestKilledAtEachCall(t *testing.T) {
	names := []string{"the first install", "update again", "update again " + byThree, "remove", "purge", "rollback " + byThree}
	calls(t, names, func(t *testing.T, s *stand, calls []stracetest.Call, inject []string) {
		seen := make(map[int]int)
		for _, c := range calls {
			root := s.copy(t)
			stracetest.Kill(t, s.process(root, s.do, 0), c, inject...)
			seen[s.check(t, root)]++
			if t.Failed() {
				t.Fatalf("killed before %s", c.Text)
			}
		}
		t.Logf("%d kills, by state %v", len(calls), seen)
	})
}

// TestKilledWhileRecovering: what was interrupted is recovered even if that is interrupted.
func TestKilledWhileRecovering(t *testing.T) {
	calls(t, []string{"rollback " + byThree}, func(t *testing.T, s *stand, calls []stracetest.Call, inject []string) {
		kills := 0
		for _, c := range calls {
			left := *s
			left.root = s.copy(t)
			stracetest.Kill(t, s.process(left.root, s.do, 0), c, inject...)
			if data, _ := os.ReadFile(filepath.Join(left.root, "state.json")); !strings.Contains(string(data), `"pending"`) {
				continue
			}
			out, again, err := stracetest.Run(t, s.process(left.copy(t), "verify", 0), inject...)
			if err != nil {
				t.Fatalf("%v %s", err, out)
			}
			for _, c2 := range again {
				root := left.copy(t)
				stracetest.Kill(t, s.process(root, "verify", 0), c2, inject...)
				kills++
				s.check(t, root)
				if t.Failed() {
					t.Fatalf("killed before %s, and then before %s", c.Text, c2.Text)
				}
			}
		}
		t.Logf("%d kills", kills)
	})
}

// TestFailsAtEachCall: whichever call fails, the root is as before at once, or as after, and the error is of the device's own.
func TestFailsAtEachCall(t *testing.T) {
	calls(t, []string{"the first install", "update again", "sync", "remove", "rollback " + byThree}, func(t *testing.T, s *stand, calls []stracetest.Call, inject []string) {
		failures, seen := 0, make(map[int]int)
		for _, c := range calls {
			errno := "ENOSPC"
			if slices.Contains([]string{"unlinkat", "fsync", "syncfs"}, c.Name) {
				errno = "EIO"
			}
			root := s.copy(t)
			out, _, err := stracetest.Run(t, s.process(root, s.do, 0), with(inject, c.Inject("error="+errno))...)
			// A package is removed, even if something of it can't be.
			if err != nil && !strings.Contains(out, "is removed, and something of it is left") {
				failures++
				if !strings.HasPrefix(out, "local: ") {
					t.Errorf("it failed with %s", out)
				}
				files := s.look(t, root)
				if !slices.ContainsFunc(s.states[:len(s.states)-1], func(state map[string]string) bool { return maps.Equal(files, state) }) {
					sameFiles(t, files, s.states[0])
				}
			}
			seen[s.check(t, root)]++
			if t.Failed() {
				t.Fatalf("%s at %s: %s", errno, c.Text, out)
			}
		}
		t.Logf("%d failures at %d calls, by state %v", failures, len(calls), seen)
	})
}

// TestDiskDies: if nothing can be changed from some call on, so that nothing can be undone either, the next command finds a root that it can mend.
func TestDiskDies(t *testing.T) {
	calls(t, []string{"the first install", "update again", "remove", "rollback " + byThree}, func(t *testing.T, s *stand, calls []stracetest.Call, inject []string) {
		seen := make(map[int]int)
		for _, c := range calls {
			dead := slices.DeleteFunc(c.InjectFrom("error=EROFS"), func(what string) bool { return inject != nil && strings.HasPrefix(what, "renameat2:") })
			root := s.copy(t)
			out, _, err := stracetest.Run(t, s.process(root, s.do, 0), with(inject, dead...)...)
			if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
				t.Errorf("%v: %s", err, out)
			}
			seen[s.check(t, root)]++
			if t.Failed() {
				t.Fatalf("from %s on", c.Text)
			}
		}
		t.Logf("%d deaths, by state %v", len(calls), seen)
	})
}

// TestKilledWhileUndoing: an operation that fails, and is killed while it is undone, leaves the root as before or as after.
func TestKilledWhileUndoing(t *testing.T) {
	calls(t, []string{"update again"}, func(t *testing.T, s *stand, calls []stracetest.Call, inject []string) {
		if !*every {
			// At the last one that can fail, there is most to be undone.
			calls = slices.DeleteFunc(calls, func(c stracetest.Call) bool { return c.Name != "fsync" })
			calls = calls[len(calls)-1:]
		}
		kills := 0
		for _, c := range calls {
			if c.Name == "unlinkat" {
				continue
			}
			fault := with(inject, c.Inject("error=EIO"))
			_, again, err := stracetest.Run(t, s.process(s.copy(t), s.do, 0), fault...)
			if err == nil {
				continue
			}
			for _, c2 := range again {
				// One thing can be injected into the calls of a name.
				if c2.Name == c.Name || !c.Before(c2) {
					continue
				}
				root := s.copy(t)
				stracetest.Kill(t, s.process(root, s.do, 0), c2, fault...)
				kills++
				s.check(t, root)
				if t.Failed() {
					t.Fatalf("failed at %s, and killed before %s", c.Text, c2.Text)
				}
			}
		}
		t.Logf("%d kills", kills)
	})
}
