//go:build unix

package fetch

import (
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A pipe or a device on a stick is refused, and not waited for.
func TestDirPipe(t *testing.T) {
	root := stick(t, "x", "abc")
	if err := unix.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	within(t, time.Second, func() {
		_, err := open(t, Options{}, root).Read(ctx, "pipe", large)
		wantKind(t, err, Network)
		wantText(t, err, "not a regular file")
	})
}
