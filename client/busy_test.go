package client_test

import (
	"bufio"
	"context"
	"io"
	"maps"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
)

// held is a process that stopped in the middle of an operation.
type held struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

// hold starts the stand's operation, and stops it before the n-th change that it announces. It returns nil if there are fewer.
func (s *stand) hold(t *testing.T, root string, n int) *held {
	t.Helper()
	cmd := s.runs(errand{Root: root, Do: s.do, HoldAt: n})
	h := &held{t: t, cmd: cmd, stdin: must(cmd.StdinPipe()), lines: bufio.NewScanner(must(cmd.StdoutPipe()))}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if !h.lines.Scan() {
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		return nil
	}
	if h.lines.Text() != "holding" {
		t.Fatalf("the process says %s", h.lines.Text())
	}
	return h
}

// release lets the process go on, and waits for its end.
func (h *held) release() {
	h.t.Helper()
	h.stdin.Close()
	for h.lines.Scan() {
		h.t.Errorf("the process says %s", h.lines.Text())
	}
	if err := h.cmd.Wait(); err != nil {
		h.t.Error(err)
	}
}

// waits starts an operation that has to wait, and returns when it does. What it returns waits for its end.
func (s *stand) waits(t *testing.T, root string, do func(*client.Client) error) (end func()) {
	t.Helper()
	waiting, done := make(chan bool), make(chan error, 1)
	c := must(client.Open(client.Options{Root: root, Mirrors: []string{s.w.tree}, Pin: s.w.pin.String(), Now: func() time.Time { return s.w.now }, Waiting: func() { close(waiting) }}))
	go func() { done <- do(c) }()
	select {
	case <-waiting:
	case err := <-done:
		t.Fatalf("it didn't wait: %v", err)
	}
	return func() {
		t.Helper()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestTwoAtOnce: while a process is at work on a root, whatever its step, another one waits, or says that it can't wait any longer; and goes on when the first one has ended,
// or was killed.
func TestTwoAtOnce(t *testing.T) {
	for _, s := range stands(t) {
		if !slices.Contains([]string{"the first install", "update again", "purge"}, s.name) {
			continue
		}
		if testing.Short() && s.name != "update again" {
			continue
		}
		before, after := s.states[0], s.states[len(s.states)-1]
		t.Run(s.name, func(t *testing.T) {
			for n := 1; ; n++ {
				root := s.copy(t)
				h := s.hold(t, root, n)
				if h == nil {
					break
				}
				// One that can't wait says so, and does nothing.
				short, cancel := context.WithTimeout(ctx, 60*time.Millisecond)
				_, err := s.open(root).Install(short, "other", client.InstallOptions{})
				fails(t, err, client.Busy)
				_, err = s.open(root).List(short)
				fails(t, err, client.Busy)
				cancel()
				// What reads without a lock sees the root as before.
				shown, err := s.open(root).Show(ctx, "clock", "")
				if err != nil || (shown.Installed == nil) != (before["state.json"] == "") {
					t.Errorf("show: %+v, %v", shown.Installed, err)
				}
				// One that waits finds the root as after.
				verified := s.waits(t, root, func(c *client.Client) error { _, err := c.Verify(ctx); return err })
				h.release()
				verified()
				sameFiles(t, s.look(t, root), after)

				root = s.copy(t)
				h = s.hold(t, root, n)
				installed := s.waits(t, root, interruptible["other"])
				h.release()
				installed()
				wants(t, s.open(root), "other")
				if s.do != "purge" {
					wants(t, s.open(root), "clock")
				}

				root = s.copy(t)
				h = s.hold(t, root, n)
				verified = s.waits(t, root, func(c *client.Client) error { _, err := c.Verify(ctx); return err })
				_ = h.cmd.Process.Kill()
				_ = h.cmd.Wait()
				verified()
				if files := s.look(t, root); !maps.Equal(files, before) && !maps.Equal(files, after) {
					t.Error("killed: neither as before nor as after")
				}
				s.check(t, root)
			}
		})
	}
}

// wants fails the test unless a package is installed, and sound.
func wants(t *testing.T, c *client.Client, id string) {
	t.Helper()
	if v, err := c.Verify(ctx, id); err != nil || !v[0].OK {
		t.Errorf("%s: %+v, %v", id, v, err)
	}
}

// TestManyAtOnce: processes that start at the same time on one root all succeed, one after the other.
func TestManyAtOnce(t *testing.T) {
	s := standOf(t, "the first install")
	root := s.copy(t)
	var all sync.WaitGroup
	for _, do := range []string{"install", "other", "verify", "sync", "install", "other", "lower", "update"} {
		all.Add(1)
		go func() {
			defer all.Done()
			if out, err := s.process(root, do, 0).CombinedOutput(); err != nil {
				t.Errorf("%s: %v %s", do, err, out)
			}
		}()
	}
	all.Wait()
	wants(t, s.open(root), "clock")
	wants(t, s.open(root), "other")
	if _, there := s.look(t, root)[".work"]; there {
		t.Error("a work directory is left")
	}
}
