package main

import (
	"bytes"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// shownCommand finds the commands of a package's page by the ids of their elements.
var shownCommand = regexp.MustCompile(`<code id="(minisign|log|command)">([^<]*)</code>`)

// TestGenuineCommands: what a package's page tells its reader to type checks the package, proves the release to be in the log, and installs it, on the published files alone. On files
// that somebody changed it fails.
func TestGenuineCommands(t *testing.T) {
	minisign, err := exec.LookPath("minisign")
	if err != nil {
		if os.Getenv("REGEN_REQUIRE_TOOLS") != "" {
			t.Fatal("minisign isn't installed, and REGEN_REQUIRE_TOOLS is set")
		}
		t.Skip("minisign isn't installed")
	}
	_, tree := newRegistry(t, gittest.Files{"plugins/clock/regen.yaml": gittest.Text("name: Clock\nversion: 1.0.0\n"), "plugins/clock/README.md": gittest.Text("# Clock\n")})
	page, err := os.ReadFile(filepath.Join(tree, "en", "apps", "clock", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	commands := make(map[string]string)
	for _, m := range shownCommand.FindAllStringSubmatch(string(page), -1) {
		commands[m[1]] = html.UnescapeString(m[2])
	}
	run := func(name, dir string) (string, error) {
		t.Helper()
		program, rest, _ := strings.Cut(commands[name], " ")
		args := strings.Fields(rest)
		cmd := exec.Command(minisign, args...)
		if program == "regen" {
			cmd = regen(args...)
		}
		if name == "command" {
			cmd.Args = append(cmd.Args, "--yes")
		}
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	release := filepath.Join(tree, "packages", "clock", "1.0.0")
	comment := regexp.MustCompile(`<code>(regen/1 artifact [^<]*)</code>`).FindSubmatch(page)
	out, err := run("minisign", release)
	if err != nil || comment == nil || !strings.Contains(out, "Trusted comment: "+string(comment[1])) {
		t.Errorf("%s: %v\n%s", commands["minisign"], err, out)
	}
	if out, err := run("log", tree); err != nil || !regexp.MustCompile(`(?m)^1 .* release +1\.0\.0 `).MatchString(out) || !bytes.Contains(page, []byte("as entry 1, ")) {
		t.Errorf("%s: %v\n%s", commands["log"], err, out)
	}
	if out, err := run("command", tree); err != nil || !strings.Contains(out, "installed") {
		t.Errorf("%s: %v\n%s", commands["command"], err, out)
	}

	artifact := filepath.Join(release, "clock-1.0.0.zip")
	if data, err := os.ReadFile(artifact); err != nil || os.WriteFile(artifact, append(data, 0), 0o644) != nil {
		t.Fatal(err)
	}
	if out, err := run("minisign", release); err == nil {
		t.Errorf("%s passes a package that was changed: %s", commands["minisign"], out)
	}
	if err := os.WriteFile(filepath.Join(tree, "release.pub"), []byte("untrusted comment: x\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run("log", tree); err == nil {
		t.Errorf("%s passes a registry of another key: %s", commands["log"], out)
	}
}
