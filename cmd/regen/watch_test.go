package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A directory that can't be read keeps nothing else from being watched.
func TestWatchUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads every directory")
	}
	top := t.TempDir()
	for _, dir := range []string{"plugins/a/closed", "plugins/b/src"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	closed := filepath.Join(top, "plugins/a/closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(closed, 0o777) })
	changed := make(chan struct{}, 10)
	if !watch(t.Context(), filepath.Join(top, "registry.yaml"), []string{filepath.Join(top, "plugins")}, func() { changed <- struct{}{} }) {
		t.Fatal("nothing is watched")
	}
	if err := os.WriteFile(filepath.Join(top, "plugins/b/src/main.js"), []byte("1"), 0o666); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	case <-time.After(5 * time.Second):
		t.Error("an edit behind a directory that can't be read isn't seen")
	}
}
