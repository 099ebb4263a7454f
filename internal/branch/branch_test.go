package branch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/branch"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

var (
	ctx = context.Background()
	at  = time.Unix(1_700_000_000, 0)
)

// open opens the branch "published" of a remote, which is a path.
func open(t *testing.T, remote string) *branch.Branch {
	t.Helper()
	b, err := branch.Open(ctx, branch.Options{Repo: t.TempDir(), Remote: remote, Name: "published", Lookup: os.LookupEnv})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func fetch(t *testing.T, b *branch.Branch) *branch.Tree {
	t.Helper()
	tree, err := b.Fetch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

func push(t *testing.T, tree *branch.Tree, message string) string {
	t.Helper()
	commit, err := tree.Push(ctx, message, at)
	if err != nil {
		t.Fatal(err)
	}
	return commit
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func paths(t *testing.T, tree *branch.Tree, dir string) []string {
	t.Helper()
	list := []string{}
	for path, err := range tree.List(dir) {
		ok(t, err)
		list = append(list, path)
	}
	return list
}

// awkward are contents and paths that git would change or misread if they were checked out, or if they were added as files are.
var awkward = map[string]string{
	"packages/a/.gitattributes":        "* text eol=crlf\n*.txt filter=evil\n",
	"packages/a/.gitignore":            "*\n",
	"packages/a/lines.txt":             "one\r\ntwo\n",
	"packages/a/ sp ace\" \\.txt":      "x",
	"packages/a/\u00e4\u2028.txt":      "x",
	"packages/a/-rf":                   "",
	"packages/a/from refs/heads/main":  "x",
	"packages/a/1.0.0/assets/DATA.bin": strings.Repeat("\x00\xff", 100_000),
}

// From no branch to a second commit: what is read is what was written, byte for byte, and the commits are on top of one another.
func TestLife(t *testing.T) {
	remote := gittest.New(t)
	b := open(t, remote.Dir)
	tree := fetch(t, b)
	if tree.Commit() != "" || len(paths(t, tree, "")) != 0 || tree.Foreign() != nil {
		t.Errorf("no branch: commit %q, files %v, %v", tree.Commit(), paths(t, tree, ""), tree.Foreign())
	}
	if commit := push(t, tree, "nothing"); commit != "" {
		t.Errorf("nothing was written, and the commit is %s", commit)
	}
	for path, data := range awkward {
		ok(t, tree.Create(path, []byte(data[:len(data)/2]), []byte(data[len(data)/2:])))
	}
	ok(t, tree.Swap(wire.HeadPath, nil, []byte("head 1")))
	ok(t, tree.Put("index.html", []byte("page 1")))
	first := push(t, tree, "serial 1\n\nof commit x")
	if got := remote.Git(t, "", "log", "--format=%H %an %ae %at %ct %s|%b", "published"); got != first+" regen regen@localhost 1700000000 1700000000 serial 1|of commit x" {
		t.Errorf("the first commit is %q", got)
	}

	tree = fetch(t, open(t, remote.Dir))
	if tree.Commit() != first {
		t.Errorf("fetched %s, expected %s", tree.Commit(), first)
	}
	want := []string{".nojekyll", wire.HeadPath, "index.html"}
	for path, data := range awkward {
		want = append(want, path)
		if got, err := tree.Read(ctx, path, int64(len(data))); err != nil || string(got) != data {
			t.Errorf("%q: %d bytes, %v", path, len(got), err)
		}
	}
	slices.Sort(want)
	if got := paths(t, tree, ""); !slices.Equal(got, want) {
		t.Errorf("the tree holds %q, expected %q", got, want)
	}
	if got := paths(t, tree, "packages/a/1.0.0"); !slices.Equal(got, []string{"packages/a/1.0.0/assets/DATA.bin"}) {
		t.Errorf("below a directory there are %q", got)
	}

	// What is written again as it was is no change.
	ok(t, tree.Put("index.html", []byte("page 1")))
	ok(t, tree.Create("packages/a/-rf"))
	ok(t, tree.Put("more", []byte("x")))
	ok(t, tree.Remove("more"))
	ok(t, tree.Remove("never"))
	if commit := push(t, tree, "nothing"); commit != "" {
		t.Errorf("nothing changed, and the commit is %s", commit)
	}
	ok(t, tree.Put("index.html", []byte("page 2")))
	ok(t, tree.Remove("packages/a/lines.txt"))
	ok(t, tree.Create("packages/a/lines.txt/now a directory", []byte("x")))
	ok(t, tree.Swap(wire.HeadPath, []byte("head 1"), []byte("head 2")))
	second := push(t, tree, "serial 2")
	if got := remote.Git(t, "", "rev-list", "published"); got != second+"\n"+first {
		t.Errorf("the history is %q", got)
	}
	if got := remote.Git(t, "", "diff", "--name-status", "--no-renames", first, second); got != "M\tindex.html\nM\tindex.json.minisig\nD\tpackages/a/lines.txt\nA\tpackages/a/lines.txt/now a directory" {
		t.Errorf("the second commit changes\n%s", got)
	}
	remote.Git(t, "", "fsck", "--strict")
}

// The same tree, message and time on the same parent are the same commit.
func TestDeterministic(t *testing.T) {
	commit := func() string {
		tree := fetch(t, open(t, gittest.New(t).Dir))
		ok(t, tree.Put("b", []byte("x")))
		ok(t, tree.Put("a", []byte("y")))
		return push(t, tree, "m")
	}
	if a, b := commit(), commit(); a != b || a == "" {
		t.Errorf("commits %q and %q", a, b)
	}
}

// As a store, the tree keeps the promises of one: see internal/store.
func TestStore(t *testing.T) {
	remote := gittest.New(t)
	tree := fetch(t, open(t, remote.Dir))
	ok(t, tree.Create("a", []byte("one")))
	ok(t, tree.Put(wire.HeadPath, []byte("head")))
	push(t, tree, "m")
	tree = fetch(t, open(t, remote.Dir))
	for range 2 { // fetched, and then written
		ok(t, tree.Create("a", []byte("on"), []byte("e")))
		if err := tree.Create("a", []byte("two")); !errors.Is(err, store.ErrDiffers) {
			t.Errorf("an immutable file with other bytes: %v", err)
		}
		if _, err := tree.Read(ctx, "a", 2); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("a file that is too large: %v", err)
		}
		for _, old := range [][]byte{nil, []byte("hea"), []byte("headx")} {
			if err := tree.Swap(wire.HeadPath, old, []byte("x")); !errors.Is(err, store.ErrHeadMoved) {
				t.Errorf("the head is swapped though it isn't %q: %v", old, err)
			}
		}
		if err := tree.Swap("none", []byte("x"), []byte("y")); !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("a head that isn't there is swapped: %v", err)
		}
		ok(t, tree.Put("a", []byte("one")))
	}
	ok(t, tree.Remove("a"))
	if _, err := tree.Read(ctx, "a", 9); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("a removed file is read: %v", err)
	}
	ok(t, tree.Create("a", []byte("three")))
	for _, path := range []string{"../x", "/x", "a/../b", ""} {
		if err := tree.Put(path, nil); err == nil {
			t.Errorf("%q was written", path)
		}
	}
}

// Of two publishers that began at the same state, one wins, and the other is told.
func TestRace(t *testing.T) {
	remote := gittest.New(t)
	a, b := open(t, remote.Dir), open(t, remote.Dir)
	for round := range 3 { // the branch doesn't exist at first
		one, two := fetch(t, a), fetch(t, b)
		ok(t, one.Put("a", fmt.Append(nil, round)))
		ok(t, two.Put("b", fmt.Append(nil, round)))
		won := push(t, one, "one")
		if _, err := two.Push(ctx, "two", at); !errors.Is(err, branch.ErrMoved) {
			t.Fatalf("round %d: the second push: %v", round, err)
		}
		two = fetch(t, b)
		if two.Commit() != won {
			t.Errorf("round %d: fetched %s after %s", round, two.Commit(), won)
		}
		ok(t, two.Put("b", fmt.Append(nil, round)))
		push(t, two, "two")
	}
	if n := remote.Git(t, "", "rev-list", "--count", "published"); n != "6" {
		t.Errorf("%s commits, expected 6", n)
	}
}

// A run that is killed between commit and push leaves the remote as it was, and nothing that the next one minds.
func TestKilledBeforePush(t *testing.T) {
	remote := gittest.New(t)
	hook := filepath.Join(remote.Dir, "hooks", "pre-receive")
	ok(t, os.MkdirAll(filepath.Dir(hook), 0o755))
	ok(t, os.WriteFile(hook, []byte("#!/bin/sh\necho 'a rule of the server' >&2\nexit 1\n"), 0o755))
	b := open(t, remote.Dir)
	tree := fetch(t, b)
	ok(t, tree.Put("a", []byte("x")))
	_, err := tree.Push(ctx, "m", at)
	if err == nil || errors.Is(err, branch.ErrMoved) || !strings.Contains(err.Error(), "a rule of the server") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a push that the server refuses: %v", err)
	}
	ok(t, os.Remove(hook))
	tree = fetch(t, b)
	if tree.Commit() != "" || len(paths(t, tree, "")) > 0 {
		t.Errorf("there is %s, with %v", tree.Commit(), paths(t, tree, ""))
	}
	ok(t, tree.Put("b", []byte("x")))
	push(t, tree, "m")
	if got := remote.Git(t, "", "ls-tree", "--name-only", "published"); got != ".nojekyll\nb" {
		t.Errorf("the branch holds %q", got)
	}
}

// What lies on a branch that isn't a publisher's is refused; nothing of it comes into the file system.
func TestHostile(t *testing.T) {
	remote := gittest.New(t)
	remote.Commit(t, gittest.Files{"x": gittest.Text("x")})
	for name, c := range map[string]struct {
		files gittest.Files
		want  string
	}{
		"a symlink":     {gittest.Files{"packages": {Mode: "120000", Data: "/etc"}}, `"packages" is a symlink`},
		"a submodule":   {gittest.Files{"packages/a": {Mode: "160000", Data: strings.Repeat("1", 40)}}, `"packages/a" is a submodule`},
		"no registry":   {gittest.Files{"README.md": gittest.Text("x")}, `it holds "README.md"`},
		"other sources": {gittest.Files{"index/x": gittest.Text("x"), "src/x": gittest.Text("x")}, `it holds "src"`},
	} {
		remote := gittest.New(t)
		remote.Commit(t, c.files)
		remote.Git(t, "", "branch", "published", "main")
		tree, err := open(t, remote.Dir).Fetch(ctx)
		if err == nil {
			err = tree.Foreign()
			tree.Close()
		}
		if !errors.Is(err, branch.ErrForeign) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
	// A host's own files may be there before anything is published, and stay.
	remote.Commit(t, gittest.Join(gittest.Remove("x"), gittest.Files{"CNAME": gittest.Text("registry.example.org\n"), ".nojekyll": gittest.Text("")}))
	remote.Git(t, "", "branch", "published", "main")
	tree := fetch(t, open(t, remote.Dir))
	ok(t, tree.Foreign())
	ok(t, tree.Put(wire.HeadPath, []byte("x")))
	push(t, tree, "m")
	if got := remote.Git(t, "", "ls-tree", "--name-only", "published"); got != ".nojekyll\nCNAME\nindex.json.minisig" {
		t.Errorf("the branch holds %q", got)
	}
}

// A tree of trees that hold one another names more files than can be: it is refused before they are counted to the end.
func TestTreeBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a million files to refuse")
	}
	remote := gittest.New(t)
	hash := remote.Git(t, "x", "hash-object", "-w", "--stdin")
	kind := "100644 blob"
	for range 12 {
		var list strings.Builder
		for i := range 16 {
			fmt.Fprintf(&list, "%s %s\t%02d\n", kind, hash, i)
		}
		hash, kind = remote.Git(t, list.String(), "mktree"), "040000 tree"
	}
	commit := remote.Git(t, "", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "m", hash)
	remote.Git(t, "", "update-ref", "refs/heads/published", commit)
	_, err := open(t, remote.Dir).Fetch(ctx)
	if err == nil || !strings.Contains(err.Error(), "too many files") {
		t.Errorf("%v", err)
	}
}

// The clone is left as it is: nothing is fetched into it, and what its configuration says of hooks, helpers and signatures isn't done.
func TestCloneIsUntouched(t *testing.T) {
	remote, clone := gittest.New(t), gittest.New(t)
	trap := filepath.Join(t.TempDir(), "trap")
	for _, s := range [][2]string{
		{"remote.origin.url", "../../" + filepath.Base(filepath.Dir(remote.Dir)) + "/registry.git"},
		{"core.hooksPath", filepath.Dir(trap)}, {"core.sshCommand", trap}, {"credential.helper", "!" + trap}, {"commit.gpgSign", "true"}, {"gpg.program", trap}, {"core.fsmonitor", trap},
	} {
		clone.Git(t, "", "config", s[0], s[1])
	}
	snapshot := func() string {
		var list strings.Builder
		ok(t, filepath.Walk(clone.Dir, func(name string, info os.FileInfo, err error) error {
			fmt.Fprintln(&list, name, info.Size(), info.ModTime().UnixNano())
			return err
		}))
		return list.String()
	}
	before := snapshot()
	b, err := branch.Open(ctx, branch.Options{Repo: clone.Dir, Remote: "origin", Name: "published", Lookup: os.LookupEnv})
	ok(t, err)
	tree := fetch(t, b)
	ok(t, tree.Put("a", []byte("x")))
	push(t, tree, "m")
	tree = fetch(t, b)
	if tree.Commit() == "" {
		t.Error("nothing was published")
	}
	ok(t, b.Close())
	if now := snapshot(); now != before {
		t.Errorf("the clone was\n%s\nand is\n%s", before, now)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"published", "gh-pages", "a/b", "v1.2_x"} {
		if err := branch.CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "-x", "a..b", "a b", "a/", "/a", "a//b", "a.lock", "a:b", "+a", "a\n", "@{-1}", "a~1", "a.", ".a", "a/-b", strings.Repeat("a", 201)} {
		if err := branch.CheckName(name); err == nil {
			t.Errorf("%q may be a branch", name)
		}
	}
	for _, remote := range []string{"", "--upload-pack=x", "no-such-remote"} {
		if _, err := branch.Open(ctx, branch.Options{Repo: t.TempDir(), Remote: remote, Name: "published", Lookup: os.LookupEnv}); err == nil {
			t.Errorf("%q may be a remote", remote)
		}
	}
	b := open(t, filepath.Join(t.TempDir(), "nowhere"))
	if _, err := b.Fetch(ctx); err == nil || !strings.Contains(err.Error(), "read branch published of") {
		t.Errorf("a remote that isn't there: %v", err)
	}
}
