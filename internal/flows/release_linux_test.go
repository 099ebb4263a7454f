package flows

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// .ci/build-release makes the same bytes out of the same source, in another directory and with nothing left of an earlier build; and they say their version.
func TestReleaseIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tool twice")
	}
	for _, tool := range []string{"bash", "git", "sha256sum", "tar"} {
		gittest.Tool(t, tool)
	}
	platform := runtime.GOOS + "/" + runtime.GOARCH
	name := "regen-1.2.3-" + runtime.GOOS + "-" + runtime.GOARCH
	build := func(source string, env ...string) []byte {
		t.Helper()
		dist := filepath.Join(source, "..", "dist")
		cmd := exec.Command("bash", filepath.Join(source, ".ci/build-release"), "v1.2.3", dist, platform)
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
		check.Dir = dist
		if out, err := check.CombinedOutput(); err != nil || !strings.Contains(string(out), name) {
			t.Errorf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(filepath.Join(dist, name), "--version").Output()
		commit := runGit(t, source, nil, "rev-parse", "HEAD")
		if err != nil || string(out) != "regen v1.2.3 (commit "+commit[:12]+")\n" {
			t.Errorf("--version says %q (%v)", out, err)
		}
		return data
	}
	first := build(copySource(t, filepath.Join(t.TempDir(), "a")))
	second := build(copySource(t, filepath.Join(t.TempDir(), "another/name/altogether")), "GOCACHE="+t.TempDir(), "GOFLAGS=-ldflags=-X=main.version=other", "USER=somebody", "TZ=Asia/Tokyo", "CGO_ENABLED=1", "GOFIPS140=v1.0.0")
	if !bytes.Equal(first, second) {
		t.Errorf("two builds differ: %d and %d bytes", len(first), len(second))
	}
}

// copySource makes a repo with one commit, of the files of this one that git knows, or would.
func copySource(t *testing.T, to string) string {
	t.Helper()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-c", `git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$1"`, "-", to)
	cmd.Dir = top
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	who := []string{"GIT_AUTHOR_NAME=Op", "GIT_AUTHOR_EMAIL=op@example.org", "GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_NAME=Op", "GIT_COMMITTER_EMAIL=op@example.org", "GIT_COMMITTER_DATE=1700000000 +0000"}
	runGit(t, to, nil, "init", "-q", "-b", "main")
	runGit(t, to, nil, "add", "-A", "-f")
	runGit(t, to, who, "commit", "-q", "-m", "source")
	return to
}

// A release is of a commit, and not of what else lies around.
func TestReleaseIsOfACommit(t *testing.T) {
	gittest.Tool(t, "bash")
	gittest.Tool(t, "git")
	dir := copySource(t, filepath.Join(t.TempDir(), "a"))
	if err := os.WriteFile(filepath.Join(dir, "cmd/regen/extra.go"), []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", filepath.Join(dir, ".ci/build-release"), "v1.2.3", t.TempDir(), "linux/amd64")
	cmd.Env = append(os.Environ(), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=status.showUntrackedFiles", "GIT_CONFIG_VALUE_0=no")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "cmd/regen/extra.go") {
		t.Errorf("%v\n%s", err, out)
	}
}

// What isn't a version is refused, before anything is built.
func TestReleaseVersions(t *testing.T) {
	gittest.Tool(t, "bash")
	for _, version := range []string{"1.2.3", "v1.2", "v1.2.3 -X main.x=y", "v1.2.3\nx", "", "../v1.2.3"} {
		cmd := exec.Command("bash", filepath.Join(top, ".ci/build-release"), version, t.TempDir(), "linux/amd64")
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "expected one such as v1.2.3") {
			t.Errorf("%q: %v\n%s", version, err, out)
		}
	}
}

// The step that signs checksums checks them first, makes a signature that stock minisign verifies, and leaves no key behind.
func TestReleaseSigns(t *testing.T) {
	minisign := gittest.Tool(t, "minisign")
	gittest.Tool(t, "sha256sum")
	flow, err := parse(own(t)["release.yml"])
	if err != nil {
		t.Fatal(err)
	}
	var script string
	for _, s := range flow.job(t, "sign").Steps {
		if s.title() == "Check and sign the checksums" {
			script = string(s.Run)
		}
	}
	for _, password := range []string{"", "some words"} {
		if password != "" && testing.Short() {
			continue // a password costs seconds
		}
		dir := t.TempDir()
		dist, temp := filepath.Join(dir, "dist"), filepath.Join(dir, "temp")
		for _, d := range []string{dist, temp} {
			if err := os.MkdirAll(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"-G", "-f", "-p", dir + "/key.pub", "-s", dir + "/key"}
		if password == "" {
			args = append(args, "-W")
		}
		generate := exec.Command(minisign, args...)
		generate.Stdin = strings.NewReader(password + "\n" + password + "\n")
		if out, err := generate.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		key, err := os.ReadFile(dir + "/key")
		if err != nil {
			t.Fatal(err)
		}
		write(dist+"/regen", "a binary")
		sum := exec.Command("bash", "-c", "sha256sum regen >SHA256SUMS")
		sum.Dir = dist
		if err := sum.Run(); err != nil {
			t.Fatal(err)
		}
		write(dir+"/step.sh", script)
		run := func() (string, error) {
			cmd := exec.Command("/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", dir+"/step.sh")
			cmd.Dir = dist
			cmd.Env = []string{"PATH=" + filepath.Dir(minisign) + ":" + systemPath, "RUNNER_TEMP=" + temp, "GITHUB_REF_NAME=v1.2.3", "MINISIGN_SECRET_KEY=" + string(key), "MINISIGN_PASSWORD=" + password}
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		out, err := run()
		if err != nil {
			t.Fatalf("password %q: %v\n%s", password, err, out)
		}
		verify := exec.Command(minisign, "-V", "-p", dir+"/key.pub", "-m", dist+"/SHA256SUMS")
		if out, err := verify.CombinedOutput(); err != nil || !strings.Contains(string(out), "regen v1.2.3") {
			t.Errorf("%v\n%s", err, out)
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s is left behind", left[0].Name())
		}
		write(dist+"/regen", "another binary")
		if out, err := run(); err == nil {
			t.Errorf("a changed binary is signed\n%s", out)
		}
	}
}
