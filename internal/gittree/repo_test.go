package gittree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	dir := history(t)
	bare := filepath.Join(t.TempDir(), "shop.git")
	git(t, dir, "clone", "-q", "--bare", dir, bare)
	linked := filepath.Join(t.TempDir(), "feature")
	git(t, dir, "worktree", "add", "-q", "-b", "feature", linked, "v1")
	super := initRepo(t, filepath.Join(t.TempDir(), "super"))
	git(t, super, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", dir, "sub")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, name, workTree string }{
		{dir, "registry", dir},
		{filepath.Join(dir, "plugins", "app-0"), "registry", dir},
		{filepath.Join(dir, ".git"), "registry", dir},
		{link, "registry", dir},
		{bare, "shop", ""},
		{linked, "registry", linked},
		{filepath.Join(linked, "plugins"), "registry", linked},
		{filepath.Join(super, "sub", "plugins"), "sub", filepath.Join(super, "sub")},
	} {
		r := openRepo(t, c.path)
		if r.Name() != c.name || r.WorkTree() != c.workTree {
			t.Errorf("%s: expected %q, %q, found %q, %q", c.path, c.name, c.workTree, r.Name(), r.WorkTree())
		}
		if r.IsShallow() {
			t.Errorf("%s: expected a full clone", c.path)
		}
		compareWalk(t, r, c.path)
	}
}

func TestOpenFails(t *testing.T) {
	dir := history(t)
	_, err := Open(t.TempDir())
	wantError(t, err, ErrNoRepo)
	_, err = Open(filepath.Join(dir, "nowhere"))
	wantError(t, err, os.ErrNotExist)
	_, err = Open(filepath.Join(dir, "plugins/app-0/manifest.json"))
	wantError(t, err, ErrNoRepo)

	lost := t.TempDir()
	write(t, lost, ".git", "gitdir: ../gone\n")
	_, err = Open(lost)
	wantError(t, err, ErrNoRepo, "gone")

	write(t, dir, ".git/objects/info/alternates", "/nowhere/objects\n")
	_, err = Open(dir)
	wantError(t, err, ErrMissing, filepath.FromSlash("/nowhere/objects"))
}

func TestAlternatesInARing(t *testing.T) {
	dir := history(t)
	write(t, dir, ".git/objects/info/alternates", "# a comment\n\n../objects\n")
	compareWalk(t, openRepo(t, dir), dir)
}

func TestUnsupportedFormats(t *testing.T) {
	dir := initRepo(t, t.TempDir(), "--object-format=sha256")
	_, err := Open(dir)
	wantError(t, err, ErrUnsupported, "sha256", "expected sha1")

	for config, word := range map[string]string{
		"[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n": "reftable",
		"[core]\nrepositoryformatversion = 1\n[extensions]\nsomethingNew = true\n":   "somethingnew",
		"[core]\nrepositoryformatversion = 2\n":                                      "version 2",
	} {
		dir := initRepo(t, t.TempDir())
		write(t, dir, ".git/config", config)
		_, err := Open(dir)
		wantError(t, err, ErrUnsupported, word)
	}
}

// Partial clones and sparse work trees open: their extensions change nothing
// for a reader.
func TestKnownExtensions(t *testing.T) {
	dir := history(t)
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	partial := filepath.Join(t.TempDir(), "partial")
	git(t, dir, "clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+dir, partial)
	r := openRepo(t, partial)
	e, ok, err := r.NewReader().Lookup(treeOf(t, r, "HEAD"), "plugins/app-0/manifest.json")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, err = r.NewReader().Blob(e.Hash, 1000)
	wantError(t, err, ErrMissing, "partial clone")

	git(t, dir, "sparse-checkout", "set", "plugins/app-0")
	compareWalk(t, openRepo(t, dir), dir)
}

func TestResolve(t *testing.T) {
	dir := history(t)
	git(t, dir, "update-ref", "refs/remotes/origin/main", "HEAD~1")
	git(t, dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	git(t, dir, "branch", "cafe", "HEAD~3") // also looks like a hash
	git(t, dir, "tag", "-a", "-m", "of a tag", "v2", "v1")
	head := strings.TrimSpace(git(t, dir, "rev-parse", "HEAD"))
	write(t, dir, ".git/FETCH_HEAD", head+"\t\tbranch 'main' of example.org\n"+head+"\tnot-for-merge\tx\n")
	revs := []string{
		"HEAD", "@", "main", "side", "v1", "v2", "light", "cafe", "FETCH_HEAD",
		"refs/heads/side", "heads/side", "tags/v1", "origin/main", "origin",
		"HEAD~", "HEAD~1", "HEAD~3", "HEAD^", "HEAD^1", "HEAD^2", "HEAD^2~2", "HEAD^^", "HEAD~2^0", "HEAD~0",
		"v1~2", "v2^{}", "v1^{commit}", "v1^{commit}~1", "@~1",
		head, strings.ToUpper(head), head[:4], head[:7], head[:8], head[:11] + "~1", head[:39],
		strings.TrimSpace(git(t, dir, "rev-parse", "v1")),
	}
	for _, packed := range []bool{false, true} {
		if packed {
			git(t, dir, "pack-refs", "--all")
			git(t, dir, "repack", "-q", "-a", "-d")
		}
		r := openRepo(t, dir)
		for _, rev := range revs {
			want := strings.TrimSpace(git(t, dir, "rev-parse", rev+"^{commit}"))
			h, err := r.Resolve(rev)
			if err != nil || h.String() != want {
				t.Errorf("packed %v: %s: expected %s, found %s, %v", packed, rev, want, h, err)
			}
		}
		for _, rev := range []string{
			"", "nothing", "config", "HEAD~100", "HEAD^3", "fffffff", "abc",
			"HEAD~99999999999999999999", "ffffffffffffffffffffffffffffffffffffffff", "-x", "refs/heads",
			strings.TrimSpace(git(t, dir, "rev-parse", "HEAD^{tree}")),
			strings.TrimSpace(git(t, dir, "rev-parse", "HEAD^{tree}"))[:10],
		} {
			_, err := r.Resolve(rev)
			wantError(t, err, ErrNoRevision, "resolve revision")
		}
		for _, rev := range []string{"HEAD@{1}", "@{u}", "HEAD:plugins", ":/merge", "main..side", "../config", "refs/heads/../../config", "HEAD^{tree}", "HEAD^{/x}", "HEAD~x"} {
			_, err := r.Resolve(rev)
			wantError(t, err, ErrUnsupported)
		}
	}
}

func TestResolveAmbiguousPrefix(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	tree := strings.TrimSpace(git(t, dir, "mktree"))
	seen := map[string]bool{}
	for i := range 2000 { // two of them soon share 4 digits
		h := strings.TrimSpace(gitInput(t, dir, []byte(text(uint64(i), 1)), "commit-tree", tree))
		if seen[h[:4]] {
			_, err := openRepo(t, dir).Resolve(h[:4])
			wantError(t, err, ErrNoRevision, "more digits")
			return
		}
		seen[h[:4]] = true
	}
	t.Fatal("expected two hashes with the same beginning")
}

func TestUnborn(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	r := openRepo(t, dir)
	_, err := r.Resolve("HEAD")
	wantError(t, err, ErrUnborn, "refs/heads/main")
	_, err = r.Resolve("HEAD~1")
	wantError(t, err, ErrUnborn)
	_, err = r.Resolve("main")
	wantError(t, err, ErrNoRevision)
}

func TestBadReferences(t *testing.T) {
	dir := history(t)
	write(t, dir, ".git/refs/heads/bad", "garbage\n")
	write(t, dir, ".git/refs/heads/ring", "ref: refs/heads/gnir\n")
	write(t, dir, ".git/refs/heads/gnir", "ref: refs/heads/ring\n")
	r := openRepo(t, dir)
	for _, name := range []string{"bad", "ring"} {
		_, err := r.Resolve(name)
		wantError(t, err, ErrCorrupt)
	}
}

// TestRepacked: git may pack the objects while they are being read.
func TestRepacked(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "add", "a")
	git(t, dir, "commit", "-q", "-m", "a")
	repo, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	head, err := repo.Resolve("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	git(t, dir, "gc", "-q", "--prune=now")
	commit, err := repo.Commit(head)
	if err != nil {
		t.Fatal(err)
	}
	r := repo.NewReader()
	entry, ok, err := r.Lookup(commit.Tree, "a")
	if err != nil || !ok {
		t.Fatalf("%v %v", ok, err)
	}
	if size, err := r.Size(entry.Hash); err != nil || size != 7 {
		t.Errorf("size %d, %v", size, err)
	}
	if data, err := r.Blob(entry.Hash, 100); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
}
