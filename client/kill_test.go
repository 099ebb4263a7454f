package client_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
)

// asDevice makes this test binary run one operation on a device, so that a real process can be killed.
const asDevice = "REGEN_TEST_AS_DEVICE"

// errand is what such a process does.
type errand struct {
	Root, Mirror, Pin string
	Now               time.Time
	Do                string // a key of interruptible
	KillAt            int    // kills itself when so many changes of the disk were announced
	HoldAt            int    // says so, and waits until its standard input ends
}

// interruptible are what processes are interrupted in.
var interruptible = map[string]func(*client.Client) error{
	"install": func(c *client.Client) error { _, err := c.Install(ctx, "clock", client.InstallOptions{}); return err },
	"other":   func(c *client.Client) error { _, err := c.Install(ctx, "other", client.InstallOptions{}); return err },
	"lower": func(c *client.Client) error {
		_, err := c.Install(ctx, "clock", client.InstallOptions{Version: "1.0.0"})
		return err
	},
	"update":   func(c *client.Client) error { _, err := c.Update(ctx, client.UpdateOptions{}); return err },
	"sync":     func(c *client.Client) error { _, err := c.Sync(ctx); return err },
	"pin":      func(c *client.Client) error { return c.Pin(ctx, "clock", true) },
	"remove":   func(c *client.Client) error { _, err := c.Remove(ctx, "clock", false); return err },
	"purge":    func(c *client.Client) error { _, err := c.Remove(ctx, "clock", true); return err },
	"rollback": func(c *client.Client) error { _, err := c.Rollback(ctx, "clock"); return err },
	"verify":   func(c *client.Client) error { _, err := c.Verify(ctx); return err },
}

func init() {
	text := os.Getenv(asDevice)
	if text == "" {
		return
	}
	runtime.LockOSThread() // so that all calls of the system that matter come from the first thread
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		panic(err)
	}
	announced := 0
	c := must(client.Open(client.Options{Root: e.Root, Mirrors: []string{e.Mirror}, Pin: e.Pin, Now: func() time.Time { return e.Now }, Progress: func(p client.Progress) {
		if p.Writes == "" {
			return
		}
		if announced++; announced == e.KillAt {
			_ = must(os.FindProcess(os.Getpid())).Kill()
			select {}
		}
		if announced == e.HoldAt {
			fmt.Println("holding")
			_, _ = io.Copy(io.Discard, os.Stdin)
		}
	}}))
	if err := interruptible[e.Do](c); err != nil {
		fmt.Printf("%s: %v\n", client.ClassOf(err), err)
		os.Exit(1)
	}
	os.Exit(0)
}

// stand is a root before an operation.
type stand struct {
	w      *world
	name   string
	root   string
	do     string
	states []map[string]string // what the root may be after an interruption: as before, as after; between them, with one package of several done
	broken bool                // the installed package isn't sound
}

// stands returns roots, and operations on them.
func stands(t testing.TB) []*stand {
	t.Helper()
	w := newWorld(t)
	fork := func(d *device) *device {
		f := w.device()
		copyRoot(t, d.root, f.root)
		return f
	}
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "first"), gittest.Plugin("plugins/other", "1.0.0", "first"))
	empty, one := w.device(), w.device()
	one.install("clock", client.InstallOptions{})
	if err := os.WriteFile(filepath.Join(one.root, "apps/clock/data/mine"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	two := fork(one)
	two.install("other", client.InstallOptions{})
	missing := fork(one)
	if err := os.RemoveAll(filepath.Join(missing.root, "apps/clock/package")); err != nil {
		t.Fatal(err)
	}
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "second"), gittest.Plugin("plugins/other", "1.1.0", "second"))
	updated, removed := fork(one), fork(one)
	updated.update()
	must(removed.Remove(ctx, "clock", false))
	both := fork(two)
	both.update()
	w.publish(gittest.Plugin("plugins/clock", "1.2.0", "third"), gittest.Plugin("plugins/other", "1.2.0", "third"))

	all := []*stand{
		{name: "the first install", root: empty.root, do: "install"},
		{name: "install beside another", root: one.root, do: "other"},
		{name: "install where data are left", root: removed.root, do: "install"},
		{name: "install a lower version", root: updated.root, do: "lower"},
		{name: "install what is missing", root: missing.root, do: "lower", broken: true},
		{name: "update", root: one.root, do: "update"},
		{name: "update again", root: updated.root, do: "update"},
		{name: "update two", root: two.root, do: "update"},
		{name: "update two again", root: both.root, do: "update"},
		{name: "sync", root: one.root, do: "sync"},
		{name: "pin", root: one.root, do: "pin"},
		{name: "remove", root: updated.root, do: "remove"},
		{name: "purge", root: updated.root, do: "purge"},
		{name: "rollback", root: updated.root, do: "rollback"},
	}
	for _, s := range all {
		s.w = w
		after := s.copy(t)
		s.states = []map[string]string{s.look(t, after), nil}
		if strings.HasPrefix(s.name, "update two") {
			must(s.open(after).Update(ctx, client.UpdateOptions{IDs: []string{"clock"}}))
			s.states = append(s.states[:1], s.look(t, after), nil)
		}
		if err := interruptible[s.do](s.open(after)); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		s.states[len(s.states)-1] = s.look(t, after)
	}
	return all
}

// standOf returns one of [stands].
func standOf(t testing.TB, name string) *stand {
	t.Helper()
	all := stands(t)
	return all[slices.IndexFunc(all, func(s *stand) bool { return s.name == name })]
}

// copy returns a copy of the root.
func (s *stand) copy(t testing.TB) string {
	t.Helper()
	root := filepath.Join(memory(t), "root")
	copyRoot(t, s.root, root)
	return root
}

// memory returns a new directory, in memory where that is possible: to flush a disk to which others write takes its time.
func memory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "regen-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func copyRoot(t testing.TB, from, to string) {
	t.Helper()
	if _, err := os.Lstat(from); os.IsNotExist(err) {
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func (s *stand) open(root string) *client.Client {
	return must(client.Open(client.Options{Root: root, Mirrors: []string{s.w.tree}, Pin: s.w.pin.String(), Now: func() time.Time { return s.w.now }}))
}

// look returns what is in a root. An empty one is as good as none.
func (s *stand) look(t testing.TB, root string) map[string]string {
	t.Helper()
	files := snapshot(t, root)
	delete(files, ".")
	return files
}

// process returns the operation, or another one, as a process of its own.
func (s *stand) process(root, do string, killAt int) *exec.Cmd {
	return s.runs(errand{Root: root, Do: do, KillAt: killAt})
}

func (s *stand) runs(e errand) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	e.Mirror, e.Pin, e.Now = s.w.tree, s.w.pin.String(), s.w.now
	cmd.Env = append(os.Environ(), asDevice+"="+string(must(json.Marshal(e))))
	return cmd
}

// check fails the test unless an interrupted root is as before or as after, and the next command succeeds. It returns which of the states it is in.
func (s *stand) check(t testing.TB, root string) int {
	t.Helper()
	twin := filepath.Join(memory(t), "twin")
	copyRoot(t, root, twin)
	verified, err := s.open(root).Verify(ctx)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	files := s.look(t, root)
	at := slices.IndexFunc(s.states, func(state map[string]string) bool { return maps.Equal(state, files) })
	if at < 0 {
		t.Error("neither as before nor as after")
		sameFiles(t, files, s.states[0])
		sameFiles(t, files, s.states[len(s.states)-1])
		return at
	}
	for _, v := range verified {
		if !v.OK && (!s.broken || at > 0) {
			t.Errorf("%s %s isn't sound: %+v", v.ID, v.Version, v.Words)
		}
	}
	next := s.do
	if at == len(s.states)-1 {
		next = "sync"
	}
	// The next command finds the root as it was left, or after it was looked at.
	for _, root := range []string{twin, root} {
		if err := interruptible[next](s.open(root)); err != nil {
			t.Errorf("the next command, %s: %v", next, err)
		}
		if next == s.do {
			sameFiles(t, s.look(t, root), s.states[len(s.states)-1])
		}
	}
	return at
}

// TestKilled: a process that kills itself before any change that it announces leaves the root as before or as after, and the next command succeeds.
func TestKilled(t *testing.T) {
	for _, s := range stands(t) {
		if testing.Short() && !slices.Contains([]string{"the first install", "update again", "purge", "rollback"}, s.name) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			kills, seen := 0, make(map[int]int)
			for n := 1; ; n++ {
				root := s.copy(t)
				out, err := s.process(root, s.do, n).CombinedOutput()
				if err == nil {
					sameFiles(t, s.look(t, root), s.states[len(s.states)-1])
					break
				}
				if len(out) > 0 {
					t.Fatalf("%v: %s", err, out)
				}
				kills++
				seen[s.check(t, root)]++
				if t.Failed() {
					t.Fatalf("killed at change %d", n)
				}
			}
			t.Logf("%d kills, by state %v", kills, seen)
			if seen[0] == 0 {
				t.Error("no kill left the root as before")
			}
		})
	}
}
