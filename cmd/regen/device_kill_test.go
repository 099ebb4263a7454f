package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
)

// interrupted is a command on a device that is interrupted.
type interrupted struct {
	name          string
	root          string // as it is before
	args          []string
	before, after map[string]string
}

// interruptions returns commands that change a device, each with a root to begin with.
func interruptions(t *testing.T) []*interrupted {
	t.Helper()
	o, tree := newRegistry(t, gittest.Plugin("plugins/clock", "1.0.0", "first"))
	top := t.TempDir()
	empty, one, two := filepath.Join(top, "empty"), filepath.Join(top, "one"), filepath.Join(top, "two")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	registry := []string{"--url", tree, "--pub", o.pub}
	all := []*interrupted{
		{name: "install", root: empty, args: append([]string{"device", "install", "clock", "--yes"}, registry...)},
		{name: "update", root: one, args: append([]string{"device", "update", "--yes"}, registry...)},
		{name: "remove", root: two, args: []string{"device", "remove", "clock"}},
		{name: "purge", root: two, args: []string{"device", "remove", "clock", "--purge"}},
		{name: "rollback", root: two, args: []string{"device", "rollback", "clock"}},
	}
	copyTree(t, empty, one)
	all[0].run(t, one)
	o.repo.Commit(t, gittest.Plugin("plugins/clock", "1.1.0", "second"))
	if out, err := o.publish(tree).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	copyTree(t, one, two)
	all[1].run(t, two)
	for _, i := range all {
		i.before = contents(t, i.root)
		root := i.copy(t)
		i.run(t, root)
		i.after = contents(t, root)
	}
	return all
}

// command returns the command, for a root.
func (i *interrupted) command(root string) *exec.Cmd {
	return regen(append(append([]string{}, i.args...), "--root", root)...)
}

// run runs the command to its end.
func (i *interrupted) run(t *testing.T, root string) {
	t.Helper()
	if out, err := i.command(root).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", i.name, err, out)
	}
}

func (i *interrupted) copy(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	copyTree(t, i.root, root)
	return root
}

// check fails the test unless an interrupted root verifies, is as before or as after, and the next command succeeds. It reports whether it is as after.
func (i *interrupted) check(t *testing.T, root string) bool {
	t.Helper()
	if out, err := regen("device", "verify", "--root", root).CombinedOutput(); err != nil {
		t.Fatalf("%s: verify: %v\n%s", i.name, err, out)
	}
	now := contents(t, root)
	done := maps.Equal(now, i.after)
	if !done && !maps.Equal(now, i.before) {
		t.Fatalf("%s: neither as before nor as after: %v", i.name, now)
	}
	if !done {
		i.run(t, root)
		if !maps.Equal(contents(t, root), i.after) {
			t.Fatalf("%s: the next command didn't complete it", i.name)
		}
	}
	return done
}

// contents returns what is below a directory: path → hash, or kind.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			files[name[len(root):]] = d.Type().String()
			return err
		}
		data, err := os.ReadFile(name)
		files[name[len(root):]] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestDeviceKilled: kill -9 at a random moment leaves a device as before or as after, and the next command succeeds.
func TestDeviceKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	kills := 20
	if testing.Short() {
		kills = 3
	}
	for _, i := range interruptions(t) {
		start := time.Now()
		i.run(t, i.copy(t))
		took := time.Since(start)
		done := 0
		for range kills {
			root := i.copy(t)
			cmd := i.command(root)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rand.Int64N(int64(took))))
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			if i.check(t, root) {
				done++
			}
			os.RemoveAll(root)
		}
		t.Logf("%s: %d of %d kills came too late", i.name, done, kills)
	}
}
