package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal starts regen on a terminal of its own, and returns what types there and shows what it says.
func terminal(t *testing.T, dir string, args ...string) (*exec.Cmd, *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals: %v", err)
	}
	t.Cleanup(func() { keys.Close() })
	if err := unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals: %v", err)
	}
	defer screen.Close()
	cmd := regen(args...)
	cmd.Args[0], _ = filepath.Abs(cmd.Args[0])
	cmd.Path = cmd.Args[0]
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, keys
}

// converse waits for each text, and then types what is to be typed. It returns all that was said until the program ended.
func converse(t *testing.T, cmd *exec.Cmd, keys *os.File, dialogue ...string) (string, error) {
	t.Helper()
	stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	said := ""
	buffer := make([]byte, 4096)
	for heard := 0; ; {
		for len(dialogue) > 1 {
			i := strings.Index(said[heard:], dialogue[0])
			if i < 0 {
				break
			}
			heard += i + len(dialogue[0])
			if _, err := io.WriteString(keys, dialogue[1]); err != nil {
				t.Fatal(err)
			}
			dialogue = dialogue[2:]
		}
		n, err := keys.Read(buffer)
		said += string(buffer[:n])
		if err != nil { // EIO: nobody has the terminal open any more
			break
		}
	}
	if len(dialogue) > 0 {
		t.Errorf("it never said %q:\n%s", dialogue[0], said)
	}
	return said, cmd.Wait()
}

// On a terminal and without a name, new asks. Ctrl-C and Ctrl-D leave nothing behind.
func TestNewOnTerminal(t *testing.T) {
	dir := t.TempDir()
	cmd, keys := terminal(t, dir, "new")
	said, err := converse(t, cmd, keys, "Format", "\r", "Name", "acme/disk-watch\r", "Title", "\r", "Summary", "Watches disks\r", "Who may change it", "\r")
	if err != nil || !strings.Contains(said, "Wrote ") {
		t.Fatalf("%v\n%s", err, said)
	}
	data, err := os.ReadFile(filepath.Join(dir, "plugins/disk-watch/composer.json"))
	if err != nil || !strings.Contains(string(data), `"description": "Watches disks"`) {
		t.Errorf("%v\n%s", err, data)
	}
	for what, key := range map[string]string{"Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		dir := t.TempDir()
		cmd, keys := terminal(t, dir, "new", "--format", "native")
		said, err := converse(t, cmd, keys, "Name", "my-app\r", "Title", key)
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said, "stopped, and nothing was written") {
			t.Errorf("%s: %v, expected exit code 1\n%s", what, err, said)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s left %v (%v)", what, left, err)
		}
	}
}
