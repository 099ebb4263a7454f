// Package gittest makes git repos for tests, with the real git.
package gittest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// Tool skips the test if a program isn't installed; where REGEN_REQUIRE_TOOLS is set, as in CI, it fails it instead.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("REGEN_REQUIRE_TOOLS") != "" {
		t.Fatalf("%s is not installed, and REGEN_REQUIRE_TOOLS says that it has to be", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// Files are what a commit changes: path → content. An empty [File] removes the path, be it a file or a directory.
type Files map[string]File

// File is a file of a commit.
type File struct {
	Mode string // git's: "100644", "100755", "120000", "160000" (then Data is a commit's hash); "" removes
	Data string
}

// Text is a regular file.
func Text(data string) File { return File{"100644", data} }

// Repo is a bare repo.
type Repo struct {
	Dir     string
	commits int
	passed  time.Duration
}

// New makes an empty bare repo in a directory named registry.git.
func New(t testing.TB) *Repo {
	t.Helper()
	Tool(t, "git")
	r := &Repo{Dir: t.TempDir() + "/registry.git"}
	r.Git(t, "", "init", "-q", "--bare", "-b", "main", r.Dir)
	return r
}

// Git runs git in the repo with the given standard input, and returns what it prints.
func (r *Repo) Git(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	if len(args) == 0 || args[0] != "init" {
		cmd.Dir = r.Dir
	}
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

// Commit adds a commit to main, and returns its hash. Each commit is a minute younger than the one before.
func (r *Repo) Commit(t testing.TB, files Files) string {
	t.Helper()
	from := ""
	if r.commits > 0 {
		from = "refs/heads/main^0"
	}
	return r.commit(t, "refs/heads/main", from, files)
}

// Pass lets time pass before the next commit: that much more than the minute that lies between two.
func (r *Repo) Pass(d time.Duration) { r.passed += d }

// Change adds a commit on top of another one, as a pull request has it, and returns its hash. It is where the branch change points, and main stays.
func (r *Repo) Change(t testing.TB, from string, files Files) string {
	t.Helper()
	return r.commit(t, "refs/heads/change", from, files)
}

func (r *Repo) commit(t testing.TB, ref, from string, files Files) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "commit %s\ncommitter Test <test@example.org> %d +0000\ndata 5\ntests\n", ref, 1_700_000_000+60*r.commits+int(r.passed/time.Second))
	if from != "" {
		fmt.Fprintf(&b, "from %s\n", from)
	}
	r.commits++
	for _, path := range slices.Sorted(maps.Keys(files)) {
		switch f := files[path]; f.Mode {
		case "":
			fmt.Fprintf(&b, "D %s\n", path)
		case "160000":
			fmt.Fprintf(&b, "M 160000 %s %s\n", f.Data, path)
		default:
			fmt.Fprintf(&b, "M %s inline %s\ndata %d\n%s\n", f.Mode, path, len(f.Data), f.Data)
		}
	}
	r.Git(t, b.String(), "fast-import", "--quiet", "--force")
	return r.Git(t, "", "rev-parse", ref)
}

// Merge is [Repo.Commit] with a second parent, which holds nothing new.
func (r *Repo) Merge(t testing.TB, files Files) string {
	t.Helper()
	tip := r.Git(t, "", "rev-parse", "main")
	side := r.Git(t, "", "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit-tree", "-m", "side", "-p", tip, tip+"^{tree}")
	merged := r.Commit(t, files)
	both := r.Git(t, "", "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit-tree", "-m", "merge", "-p", tip, "-p", side, merged+"^{tree}")
	r.Git(t, "", "update-ref", "refs/heads/main", both)
	return both
}

// Plugin returns a sound Vito plugin below dir, whose last part is its id. The text stands in its Plugin.php.
func Plugin(dir, version, text string) Files {
	id := dir[strings.LastIndexByte(dir, '/')+1:]
	if err := wire.CheckID(id); err != nil {
		panic(err)
	}
	studly := ""
	for part := range strings.SplitSeq(id, "-") {
		studly += strings.ToUpper(part[:1]) + part[1:]
	}
	return Files{
		dir + "/composer.json": Text(fmt.Sprintf(`{
  "name": "acme/%s",
  "description": "The plugin %s.",
  "type": "vito-plugin",
  "license": "MIT",
  "version": "%s",
  "autoload": {"psr-4": {"App\\Vito\\Plugins\\Acme\\%s\\": ""}},
  "extra": {"vito": {"name": "%s", "icon": "icon.svg", "categories": ["tests"], "author": {"name": "Acme"}}}
}
`, id, id, version, studly, strings.ToUpper(id[:1])+id[1:])),
		dir + "/Plugin.php": Text(fmt.Sprintf("<?php\n\nnamespace App\\Vito\\Plugins\\Acme\\%s;\n\nclass Plugin\n{\n    // %s\n}\n", studly, text)),
		dir + "/README.md":  Text("# " + id + "\n\nA plugin for tests.\n"),
		dir + "/icon.svg":   Text(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>` + "\n"),
	}
}

// Join puts the files of several packages into one commit.
func Join(all ...Files) Files {
	joined := make(Files)
	for _, files := range all {
		maps.Copy(joined, files)
	}
	return joined
}

// Remove removes paths.
func Remove(paths ...string) Files {
	files := make(Files)
	for _, path := range paths {
		files[path] = File{}
	}
	return files
}

// In returns the files of one package, moved to another directory.
func (f Files) In(dir string) Files {
	moved := make(Files, len(f))
	for path, file := range f {
		parts := strings.SplitN(path, "/", 3)
		moved[dir+"/"+parts[2]] = file
	}
	return moved
}
