package gittree

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// git runs git in a directory, cut off from the configuration of the system,
// with fixed names and times, and returns what it prints.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return gitInput(t, dir, nil, args...)
}

func gitInput(t testing.TB, dir string, stdin []byte, args ...string) string {
	t.Helper()
	needGit(t)
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=1700000000 +0200",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.org", "GIT_COMMITTER_DATE=1700000000 +0200")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

func needGit(t testing.TB) {
	gittest.Tool(t, "git")
}

func write(t testing.TB, dir, name, data string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func initRepo(t testing.TB, dir string, args ...string) string {
	t.Helper()
	needGit(t)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, dir, append([]string{"init", "-q", "-b", "main"}, args...)...)
	return dir
}

// text is some lines, the same for the same seed.
func text(seed uint64, lines int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for range lines {
		fmt.Fprintf(&b, "%x %x\n", r.Uint64(), r.Uint64())
	}
	return b.String()
}

// history makes a repository of 12 commits, the later ones with small changes
// to larger files (so that packs have deltas), a merge and a tag.
func history(t testing.TB) string {
	t.Helper()
	needGit(t)
	template.once.Do(func() {
		template.dir, template.err = os.MkdirTemp("", "gittree")
		if template.err == nil {
			makeHistory(t, template.dir)
		}
	})
	if template.err != nil {
		t.Fatal(template.err)
	}
	dir := filepath.Join(t.TempDir(), "registry")
	if err := os.CopyFS(dir, os.DirFS(template.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

var template struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if template.dir != "" {
		os.RemoveAll(template.dir)
	}
	os.Exit(code)
}

func makeHistory(t testing.TB, dir string) {
	t.Helper()
	initRepo(t, dir)
	body := text(1, 400)
	for i := range 10 {
		for p := range 5 {
			body = strings.Replace(body, "0", fmt.Sprintf("<%d>", i), 1)
			write(t, dir, fmt.Sprintf("plugins/app-%d/src/main.lua", p), fmt.Sprintf("-- %d\n", p)+body)
		}
		write(t, dir, "plugins/app-0/manifest.json", fmt.Sprintf(`{"version": "1.0.%d"}`, i))
		write(t, dir, "plugins/app-0/empty", "")
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-q", "-m", fmt.Sprintf("commit %d", i))
		if i == 4 {
			git(t, dir, "branch", "side")
			git(t, dir, "tag", "-a", "v1", "-m", "a tag")
			git(t, dir, "tag", "light")
		}
	}
	git(t, dir, "checkout", "-q", "side")
	write(t, dir, "plugins/side/README.md", "# side\n")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "side")
	git(t, dir, "checkout", "-q", "main")
	git(t, dir, "merge", "-q", "--no-ff", "-m", "merge", "side")
}

func openRepo(t testing.TB, dir string) *Repo {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func hash(t testing.TB, s string) Hash {
	t.Helper()
	h, err := ParseHash(strings.TrimSpace(s))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func wantError(t testing.TB, err, kind error, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("expected an error of kind %q, found %v", kind, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("expected %q to say %q", err, w)
		}
	}
}

func wantLimit(t testing.TB, err error) *LimitError {
	t.Helper()
	var l *LimitError
	if !errors.As(err, &l) {
		t.Fatalf("expected a LimitError, found %v", err)
	}
	return l
}
