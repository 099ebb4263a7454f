package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/scaffold"
)

// beginner is somebody who has git and regen, and nothing else.
type beginner struct {
	t   *testing.T
	env []string
	dir string
}

func newBeginner(t *testing.T) *beginner {
	t.Helper()
	gittest.Tool(t, "git")
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[user]\nname = Ada Lovelace\nemail = ada@example.org\n[protocol \"file\"]\nallow = always\n[uploadpack]\nallowFilter = true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HOME=" + home, "USERPROFILE=" + home, "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1"}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); !strings.HasPrefix(name, "GIT_") && !strings.HasPrefix(name, "MINISIGN_") && name != "HOME" {
			env = append(env, v)
		}
	}
	return &beginner{t, env, t.TempDir()}
}

// try runs a command, and returns all that it says.
func (b *beginner) try(name string, args ...string) (string, error) {
	var cmd *exec.Cmd
	if name == "regen" {
		cmd = regen(args...)
		cmd.Path, _ = filepath.Abs(cmd.Path)
		cmd.Env = append(b.env[:len(b.env):len(b.env)], asRegen+"=1")
	} else {
		cmd = exec.Command(name, args...)
		cmd.Env = b.env
	}
	cmd.Dir = b.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run is try for what has to succeed.
func (b *beginner) run(name string, args ...string) string {
	b.t.Helper()
	out, err := b.try(name, args...)
	if err != nil {
		b.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// replace replaces a text in a file.
func (b *beginner) replace(file, old, new string) {
	b.t.Helper()
	name := filepath.Join(b.dir, file)
	data, err := os.ReadFile(name)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		b.t.Fatalf("%s has no %q: %v", file, old, err)
	}
	if err := os.WriteFile(name, bytes.ReplaceAll(data, []byte(old), []byte(new)), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// copyFile copies a file that is there, and makes the directories that it is in.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// hashes returns the hash of every file below a directory, but for git's own.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		all[path] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// examplePin is what an operator puts in place of the zeros that a development build writes.
var examplePin = scaffold.Repository + "@" + strings.Repeat("5e", 20) + " # v1.2.3"

// From `regen init` on, validate, preview, publish, verify and doctor succeed at once, for each format and for all of them; and a second init changes nothing.
func TestInit(t *testing.T) {
	for _, format := range append(manifest.Names(), "") {
		t.Run("format "+format, func(t *testing.T) {
			if testing.Short() && format != "vito" {
				t.Skip("one format is enough")
			}
			b := newBeginner(t)
			key := filepath.Join(b.dir, "keys", "acme.key")
			args := []string{"init", "acme", "--owner", "ada", "--repository", "ada/acme", "--key", key, "-W"}
			if format != "" {
				args = append(args, "--format", format)
			}
			said := b.run("regen", args...)
			b.dir = filepath.Join(b.dir, "acme")
			secret, err := os.ReadFile(key)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(secret)) {
				if strings.Contains(said, strings.TrimSpace(line)) {
					t.Error("the secret key is printed")
				}
			}
			for _, want := range []string{"gh secret set MINISIGN_SECRET_KEY --env publish < " + key, "Made the registry acme in acme:", "a package to begin with"} {
				if !strings.Contains(said, want) {
					t.Errorf("init doesn't say %q:\n%s", want, said)
				}
			}
			again := func() {
				t.Helper()
				before := hashes(t, b.dir)
				if said := b.run("regen", "init", "."); said != ". has all that a registry needs: nothing was written\n" {
					t.Errorf("a second init says\n%s", said)
				}
				after := hashes(t, b.dir)
				for path, sum := range after {
					if before[path] != sum {
						t.Errorf("a second init writes %s", path)
					}
				}
				if len(before) != len(after) {
					t.Errorf("%d files, expected %d", len(after), len(before))
				}
			}
			again()
			b.run("git", "add", "-A")
			b.run("git", "commit", "-q", "-m", "A registry")
			if branch := strings.TrimSpace(b.run("git", "branch", "--show-current")); branch != "main" {
				t.Errorf("the branch is %s", branch)
			}
			if said := b.run("regen", "validate"); said != "✓ 1 package, nothing found\n" {
				t.Errorf("validate says\n%s", said)
			}
			b.previews()
			b.run("regen", "publish", "--to", "../public", "--key", key)
			b.run("regen", "verify", "../public", "--rebuild", "--repo", ".")
			if said := b.run("regen", "publish", "--to", "../public", "--key", key); !strings.Contains(said, "nothing to do") {
				t.Errorf("a second publish says\n%s", said)
			}
			b.run("regen", "init", "--check")
			if files, _ := filepath.Glob(filepath.Join(b.dir, ".github/workflows/*")); len(files) > 0 {
				b.healthy(files)
			}
			again()
		})
	}
}

// healthy: doctor finds the pin that a development build can't know, and nothing once it is there; nor is it drift.
func (b *beginner) healthy(workflows []string) {
	b.t.Helper()
	said, err := b.try("regen", "doctor")
	if err == nil || !strings.Contains(said, "1 problem,") || !strings.Contains(said, "they name no release of regen") {
		b.t.Errorf("doctor: %v\n%s", err, said)
	}
	found := false
	for _, name := range workflows {
		data, err := os.ReadFile(name)
		if err != nil {
			b.t.Fatal(err)
		}
		if bytes.Contains(data, []byte(scaffold.Placeholder)) {
			found = true
			rel, _ := filepath.Rel(b.dir, name)
			b.replace(rel, scaffold.Placeholder, examplePin)
		}
	}
	if !found {
		b.t.Error("no workflow has the placeholder")
	}
	b.run("git", "remote", "add", "origin", filepath.Join(b.dir, "..", "nowhere.git"))
	if said := b.run("regen", "doctor"); !strings.Contains(said, "0 problems, 1 note\n") || !strings.Contains(said, "before the first publish there is none") {
		b.t.Errorf("doctor says\n%s", said)
	}
	b.run("regen", "init", "--check")
}

// previews starts a preview, looks at its first page, and ends it with Ctrl-C.
func (b *beginner) previews() {
	b.t.Helper()
	if runtime.GOOS == "windows" {
		return // no Ctrl-C to send
	}
	cmd := regen("preview")
	cmd.Path, _ = filepath.Abs(cmd.Path)
	cmd.Dir, cmd.Env = b.dir, append(b.env[:len(b.env):len(b.env)], asRegen+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = cmd.Process.Kill() })
	url, said := "", bufio.NewScanner(stdout)
	for address := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`); url == "" && said.Scan(); {
		url = address.FindString(said.Text())
	}
	client := http.Client{Timeout: 20 * time.Second}
	resp, err := client.Get(url + "/")
	if err != nil {
		b.t.Fatalf("%v\n%s", err, &stderr)
	}
	page, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 200 || !bytes.Contains(page, []byte(">Hello<")) || !bytes.Contains(page, []byte("Acme")) {
		b.t.Errorf("%s: %d\n%s", url, resp.StatusCode, page)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		b.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		b.t.Errorf("after Ctrl-C: %v\n%s", err, &stderr)
	}
}

// CONTRIBUTING.md's way works: a sparse, partial clone that holds one package, and one that is to be made; without the server, too.
func TestSparseClone(t *testing.T) {
	b := newBeginner(t)
	top := b.dir
	key := filepath.Join(top, "acme.key")
	b.run("regen", "init", "acme", "--format", "native", "--owner", "ada", "--key", key, "-W")
	b.dir = filepath.Join(top, "acme")
	b.run("regen", "new", "other", "--format", "native", "--owner", "eve")
	b.run("git", "add", "-A")
	b.run("git", "commit", "-q", "-m", "A registry")
	b.run("git", "config", "uploadpack.allowFilter", "true")
	b.run("git", "config", "uploadpack.allowAnySHA1InWant", "true")
	b.dir = top
	guide, err := os.ReadFile(filepath.Join(top, "acme", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"git clone --filter=blob:none --sparse ", "git sparse-checkout set plugins/<id> schema .vscode\n"} {
		if !strings.Contains(string(guide), line) {
			t.Errorf("CONTRIBUTING.md doesn't say %q", line)
		}
	}
	b.run("git", "clone", "-q", "--filter=blob:none", "--sparse", "file://"+filepath.ToSlash(filepath.Join(top, "acme")), "clone")
	b.dir = filepath.Join(top, "clone")
	b.run("git", "sparse-checkout", "set", "plugins/hello", "plugins/mine", "schema", ".vscode")
	if err := os.Rename(filepath.Join(top, "acme"), filepath.Join(top, "gone")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "plugins", "other")); err == nil {
		t.Fatal("the clone isn't sparse")
	}
	if said := b.run("regen", "validate", "plugins/hello"); said != "✓ 1 package, nothing found\n" {
		t.Errorf("validate says\n%s", said)
	}
	b.run("regen", "new", "mine", "--format", "native", "--owner", "ada")
	if said := b.run("regen", "validate", "plugins/mine"); said != "✓ 1 package, nothing found\n" {
		t.Errorf("validate says\n%s", said)
	}
	b.replace("plugins/mine/regen.yaml", "version: 0.1.0", "version: one")
	if said, err := b.try("regen", "validate", "plugins/mine"); err == nil || !strings.Contains(said, "plugins/mine/regen.yaml") {
		t.Errorf("a broken package: %v\n%s", err, said)
	}
	b.replace("plugins/mine/regen.yaml", "version: one", "version: 0.1.0")
	b.previews()
	if said, err := b.try("regen", "doctor"); err != nil || !strings.Contains(said, "a sparse and partial clone: other packages aren't here") || strings.Contains(said, "missing:") {
		t.Errorf("doctor: %v\n%s", err, said)
	}
	for _, args := range [][]string{{"init", "."}, {"init", "--check"}} {
		if said, err := b.try("regen", args...); err == nil || !strings.Contains(said, "is a sparse checkout: files that aren't here may be committed") {
			t.Errorf("%v: %v\n%s", args, err, said)
		}
	}
	b.run("git", "add", "plugins/mine")
	b.run("git", "commit", "-q", "-m", "Mine")
	if said := b.run("regen", "validate", "--changed", "origin/HEAD"); said != "✓ 1 package, nothing found\n" { // other isn't gone, it only isn't here
		t.Errorf("validate --changed says\n%s", said)
	}
	said, err := b.try("regen", "publish", "--to", "../public", "--key", key)
	if err == nil || !strings.Contains(said, "hint: the clone lacks objects") {
		t.Errorf("a publish from a partial clone: %v\n%s", err, said)
	}
}

// What the Go tool notes of a build makes a pin, if it is the build of a release.
func TestReleased(t *testing.T) {
	hash := strings.Repeat("5e", 20)
	for _, c := range []struct{ version, revision, modified, wantVersion, wantCommit string }{
		{"v1.2.3", hash, "false", "v1.2.3", hash},
		{"v1.2.3-rc.1", hash, "false", "v1.2.3-rc.1", hash},
		{"v1.2.3", hash, "true", "", ""},
		{"v1.2.3+dirty", hash, "false", "", ""},
		{"v0.0.0-20260101000000-5e5e5e5e5e5e", hash, "false", "", ""},
		{"(devel)", hash, "false", "", ""},
		{"", "", "", "", ""},
		{"v1.2.3", "", "", "v1.2.3", ""}, // go install, of the module proxy
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: c.version}}
		if c.revision != "" {
			info.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: c.revision}, {Key: "vcs.modified", Value: c.modified}}
		}
		if version, commit := released(info); version != c.wantVersion || commit != c.wantCommit {
			t.Errorf("%+v: %q %q", c, version, commit)
		}
	}
}

// A regen that is built at a tag, or is told what it is, pins its own commit; any other says that it has none.
func TestInitByRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the tool")
	}
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(top, ".git")); err != nil {
		t.Skip("not a git repo")
	}
	b := newBeginner(t)
	goMod, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := strings.Split(string(goMod), "\n")
	b.env = append(b.env, "GOMODCACHE="+dirs[0], "GOCACHE="+dirs[1], "GOPROXY="+dirs[2], "GOFLAGS=-buildvcs=true")
	list, err := exec.Command("git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(b.dir, "source")
	for path := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		copyFile(t, filepath.Join(top, path), filepath.Join(source, path))
	}
	b.dir = source
	b.run("git", "init", "-q")
	b.run("git", "add", "-A")
	b.run("git", "commit", "-q", "-m", "A release")
	b.run("git", "tag", "v1.98.7")
	commit := strings.TrimSpace(b.run("git", "rev-parse", "HEAD"))
	b.run("go", "build", "-o", "../noted", "./cmd/regen")
	b.run("go", "build", "-buildvcs=false", "-ldflags", "-X main.version=v1.98.7 -X main.commit="+commit, "-o", "../told", "./cmd/regen")
	b.run("go", "build", "-buildvcs=false", "-o", "../neither", "./cmd/regen")
	b.dir = filepath.Dir(b.dir)
	for name, want := range map[string]string{"noted": scaffold.Pinned(commit, "v1.98.7"), "told": scaffold.Pinned(commit, "v1.98.7"), "neither": scaffold.Placeholder} {
		said := b.run(filepath.Join(b.dir, name), "init", "by-"+name, "--key", filepath.Join(b.dir, name+".key"), "-W")
		files, _ := filepath.Glob(filepath.Join(b.dir, "by-"+name, ".github/workflows/*"))
		if unknown := want == scaffold.Placeholder; strings.Contains(said, "this regen is a development build") != (unknown && len(files) > 0) {
			t.Errorf("%s says\n%s", name, said)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if text := string(data); strings.Contains(text, scaffold.Repository+"@") && !strings.Contains(text, "uses: "+want+"\n") {
				t.Errorf("%s: %s has another pin:\n%s", name, file, text)
			}
		}
	}
}

// This repo's own files of that kind are the ones that init writes, and a changed byte of them is told.
func TestInitCheckThisRepo(t *testing.T) {
	b := newBeginner(t)
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	work := b.dir
	b.dir = top
	if said, err := b.try("regen", "init", "--check"); err != nil {
		t.Fatalf("this repo's files have drifted (go generate ./internal/scaffold): %v\n%s", err, said)
	}
	p, err := scaffold.Read(reader(top), "regen")
	if err != nil {
		t.Fatal(err)
	}
	list, err := scaffold.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	b.dir = filepath.Join(work, "regen")
	copied := []string{"minisign.pub", "go.mod"}
	for _, f := range list {
		copied = append(copied, f.Path)
	}
	for _, path := range copied {
		copyFile(t, filepath.Join(top, path), filepath.Join(b.dir, path))
	}
	b.run("regen", "init", "--check")
	b.replace("CONTRIBUTING.md", "bash .ci/run ", "bash .ci/rum ")
	said, err := b.try("regen", "init", "--check", b.dir)
	if err == nil || !regexp.MustCompile(`^CONTRIBUTING.md:\d+  differs\n  found      +bash .ci/rum .*\n  expected   +bash .ci/run .*\n\n1 of \d+ files have drifted\nhint: `).MatchString(said) {
		t.Errorf("a changed byte: %v\n%s", err, said)
	}
}
