package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// On a terminal, install and update ask, and do what the answer says.
func TestDeviceAsks(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	o, tree := newRegistry(t, gittest.Plugin("plugins/clock", "1.0.0", "first"))
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	install := []string{"device", "install", "clock", "--root", root, "--url", tree, "--pub", o.pub}
	for what, c := range map[string]struct{ key, want string }{
		"no":      {"n\r", "nothing was installed"},
		"nothing": {"\r", "nothing was installed"},
		"Ctrl-D":  {"\x04", "nothing was installed"},
		"Ctrl-C":  {"\x03", "interrupted; what was installed before stands"},
		"maybe":   {"maybe\rn\r", "answer with y or n"},
	} {
		cmd, keys := terminal(t, dir, install...)
		said, err := converse(t, cmd, keys, "Install clock? (y/n)", c.key)
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said, c.want) {
			t.Errorf("%s: %v, expected exit code 1 and %q\n%s", what, err, c.want, said)
		}
		if _, err := os.Lstat(filepath.Join(root, "apps")); err == nil {
			t.Fatalf("%s: it was installed", what)
		}
	}
	cmd, keys := terminal(t, dir, install...)
	said, err := converse(t, cmd, keys, "permissions", "", "Install clock? (y/n)", "y\r")
	if err != nil || !strings.Contains(said, "1.0.0") {
		t.Fatalf("%v\n%s", err, said)
	}

	o.repo.Commit(t, gittest.Join(gittest.Plugin("plugins/clock", "1.1.0", "second"), gittest.Plugin("plugins/other", "1.0.0", "x")))
	if out, err := o.publish(tree).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	update := []string{"device", "update", "--root", root, "--url", tree}
	cmd, keys = terminal(t, dir, update...)
	if said, err = converse(t, cmd, keys, "Update clock? (y/n)", "n\r"); err != nil || !strings.Contains(said, "declined") {
		t.Errorf("%v\n%s", err, said)
	}
	cmd, keys = terminal(t, dir, update...)
	if said, err = converse(t, cmd, keys, "Update clock? (y/n)", "y\r"); err != nil || !strings.Contains(said, "1.0.0 → 1.1.0") || !strings.Contains(said, "\x1b[32mupdated\x1b[0m") {
		t.Errorf("%v\n%s", err, said)
	}

	// An advisory that wants the package off the device takes an answer of its own.
	o.repo.Commit(t, gittest.Files{"advisories.yaml": gittest.Text("advisories:\n  - {id: A-1, package: clock, versions: \"*\", action: uninstall, reason: It eats clocks.}\n")})
	if out, err := o.publish(tree).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd, keys = terminal(t, dir, update...)
	if said, err = converse(t, cmd, keys, "It eats clocks.", "", "Remove clock? (y/n)", "n\r"); err != nil || !strings.Contains(said, "declined") {
		t.Errorf("%v\n%s", err, said)
	}
	t.Setenv("NO_COLOR", "1")
	cmd, keys = terminal(t, dir, update...)
	if said, err = converse(t, cmd, keys, "Remove clock? (y/n)", "yes\r"); err != nil || !strings.Contains(said, "removed  clock") {
		t.Errorf("%v\n%s", err, said)
	}
	if _, err := os.Lstat(filepath.Join(root, "apps", "clock", "package")); err == nil {
		t.Error("the package is there still")
	}
}
