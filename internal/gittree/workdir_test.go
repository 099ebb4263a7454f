package gittree

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"
)

// compareWork compares WorkFiles of a directory with what `git add --all` there
// and a tree of it would hold, content included.
func compareWork(t *testing.T, root, sub string) {
	t.Helper()
	r := openRepo(t, root)
	var got []string
	list, err := WorkFiles(r, filepath.Join(root, filepath.FromSlash(sub)), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		line := fmt.Sprintf("%s %q", f.Mode, f.Path)
		if f.Mode != Submodule {
			data, err := f.Read(f.Size)
			if err != nil || int64(len(data)) != f.Size {
				t.Fatalf("%s: expected %d bytes, found %d, %v", f.Path, f.Size, len(data), err)
			}
			line += fmt.Sprintf(" %q", data)
		}
		got = append(got, line)
	}
	// git does it in an index of its own, on a copy of the work tree's.
	index := filepath.Join(t.TempDir(), "index")
	data, err := os.ReadFile(filepath.Join(r.gitDir, "index"))
	if err == nil {
		err = os.WriteFile(index, data, 0o644)
	}
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	t.Setenv("GIT_INDEX_FILE", index)
	git(t, root, "add", "--all")
	tree := strings.TrimSpace(git(t, root, "write-tree"))
	if sub != "" {
		tree += ":" + sub
	}
	os.Unsetenv("GIT_INDEX_FILE")
	var want []string
	for line := range strings.SplitSeq(strings.TrimSuffix(git(t, root, "ls-tree", "--full-tree", "-r", "-z", tree), "\x00"), "\x00") {
		if line == "" {
			continue
		}
		meta, path, _ := strings.Cut(line, "\t")
		f := strings.Fields(meta)
		mode := map[string]Mode{"100644": Regular, "100755": Executable, "120000": Symlink, "160000": Submodule}[f[0]]
		s := fmt.Sprintf("%s %q", mode, path)
		if mode != Submodule {
			s += fmt.Sprintf(" %q", git(t, root, "cat-file", "blob", f[2]))
		}
		want = append(want, s)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("expected\n%s\nfound\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

func TestWorkFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symlinks and executable bits")
	}
	dir := history(t)
	write(t, dir, "plugins/app-1/untracked.txt", "new\n")
	write(t, dir, "plugins/app-1/run", "#!/bin/sh\n")
	write(t, dir, "plugins/app-1/b\xff\xfe", "not UTF-8\n")
	write(t, dir, "plugins/app-1/a-b", "sorts before a/\n")
	write(t, dir, "plugins/app-1/a/b", "x\n")
	write(t, dir, "plugins/app-1/src/main.lua", "changed\n")
	write(t, dir, "plugins/app-1/.hidden", "x\n")
	chmod(t, filepath.Join(dir, "plugins/app-1/run"), 0o755)
	chmod(t, filepath.Join(dir, "plugins/app-2/src/main.lua"), 0o711)
	symlink(t, "../app-2", filepath.Join(dir, "plugins/app-1/to-dir"))
	symlink(t, "nowhere", filepath.Join(dir, "plugins/app-1/to-nothing"))
	remove(t, filepath.Join(dir, "plugins/app-3/src/main.lua"))
	remove(t, filepath.Join(dir, "plugins/app-4/src/main.lua"))
	write(t, dir, "plugins/app-4/src/main.lua/now-a-dir", "x")
	if err := os.MkdirAll(filepath.Join(dir, "plugins/app-1/nothing/in/here"), 0o755); err != nil {
		t.Fatal(err)
	}
	// a repository within, one without a valid .git, and a named pipe
	nested := initRepo(t, filepath.Join(dir, "plugins/app-1/nested"))
	write(t, nested, "f", "x")
	git(t, nested, "add", "-A")
	git(t, nested, "commit", "-q", "-m", "x")
	write(t, dir, "plugins/app-2/fake/.git/x", "x")
	write(t, dir, "plugins/app-2/fake/f", "x")
	git(t, dir, "add", "-N", "plugins/app-1/run") // announced only

	compareWork(t, dir, "")
	compareWork(t, dir, "plugins")
	for _, p := range []string{"app-0", "app-1", "app-2", "app-4", "side"} {
		compareWork(t, dir, "plugins/"+p)
	}
	git(t, dir, "config", "core.fileMode", "false")
	chmod(t, filepath.Join(dir, "plugins/app-0/src/main.lua"), 0o755)
	compareWork(t, dir, "plugins/app-0")
	for _, version := range []string{"3", "4"} {
		git(t, dir, "update-index", "--index-version", version)
		compareWork(t, dir, "plugins/app-1")
	}
}

func TestWorkFilesInOtherWorkTrees(t *testing.T) {
	dir := history(t)
	linked := filepath.Join(t.TempDir(), "linked")
	git(t, dir, "worktree", "add", "-q", "-b", "feature", linked, "v1")
	write(t, dir, ".git/info/exclude", "*.log\n")
	write(t, linked, "plugins/app-0/x.log", "x")
	write(t, linked, "plugins/app-0/x.txt", "x")
	compareWork(t, linked, "")
	compareWork(t, linked, "plugins/app-0")

	empty := initRepo(t, t.TempDir())
	write(t, empty, "plugins/a/b", "x")
	compareWork(t, empty, "plugins/a")

	super := initRepo(t, filepath.Join(t.TempDir(), "super"))
	git(t, super, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", dir, "plugins/sub")
	git(t, super, "commit", "-q", "-m", "submodule")
	compareWork(t, super, "plugins")
	compareWork(t, filepath.Join(super, "plugins", "sub"), "plugins/app-0")
	git(t, super, "submodule", "--quiet", "deinit", "-f", "--all") // leaves an empty directory
	compareWork(t, super, "plugins")
}

// Files that git changed on their way out come from the index, whatever time
// they have.
func TestWorkFilesLineEnds(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	write(t, dir, "p/a.txt", "one\ntwo\n")
	write(t, dir, "p/b.txt", "one\ntwo\nthree\n")
	write(t, dir, "p/racy.txt", "one\n")
	write(t, dir, "p/racy-changed.txt", "one\n")
	write(t, dir, "p/touched.txt", "one\ntwo\n")
	write(t, dir, "p/changed.txt", "one\ntwo\n")
	write(t, dir, "p/same-size.txt", "one\ntwo\n")
	write(t, dir, "p/binary.bin", "\x00\r\n\x01")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "x")
	git(t, dir, "config", "core.autocrlf", "true")
	files := []string{"a.txt", "b.txt", "racy.txt", "racy-changed.txt", "touched.txt", "changed.txt", "same-size.txt", "binary.bin"}
	for _, f := range files {
		remove(t, filepath.Join(dir, "p", f))
	}
	git(t, dir, "checkout", "-q", "--", ".")
	old := time.Unix(1600000000, 0)
	for _, f := range files {
		if !strings.HasPrefix(f, "racy") {
			if err := os.Chtimes(filepath.Join(dir, "p", f), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	git(t, dir, "update-index", "--refresh")
	write(t, dir, "p/changed.txt", "one\r\ntwo\r\nthree\r\n")
	write(t, dir, "p/same-size.txt", "one\r\nowt\r\n")
	if err := os.Chtimes(filepath.Join(dir, "p/touched.txt"), time.Time{}, old.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(dir, ".git/index")
	fi, err := os.Stat(filepath.Join(dir, "p/racy.txt"))
	if err != nil {
		t.Fatal(err)
	}
	racy := fi.ModTime()
	changed, err := os.Stat(filepath.Join(dir, "p/racy-changed.txt"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "p/racy-changed.txt", "owt\r\n") // as long as before, at the same time
	if err := os.Chtimes(filepath.Join(dir, "p/racy-changed.txt"), time.Time{}, changed.ModTime()); err != nil {
		t.Fatal(err)
	}
	if changed.ModTime().Before(racy) {
		racy = changed.ModTime()
	}
	if err := os.Chtimes(index, racy, racy); err != nil {
		t.Fatal(err)
	}
	list, err := WorkFiles(openRepo(t, dir), filepath.Join(dir, "p"), 100)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"a.txt": "one\ntwo\n", "b.txt": "one\ntwo\nthree\n", "racy.txt": "one\n", "racy-changed.txt": "owt\r\n", "touched.txt": "one\ntwo\n",
		"changed.txt": "one\r\ntwo\r\nthree\r\n", "same-size.txt": "one\r\nowt\r\n", "binary.bin": "\x00\r\n\x01",
	}
	for _, f := range list {
		data, err := f.Read(100)
		if string(data) != want[f.Path] || f.Size != int64(len(data)) || err != nil {
			t.Errorf("%s: expected %q, found %q, %v", f.Path, want[f.Path], data, err)
		}
		delete(want, f.Path)
	}
	if len(want) > 0 {
		t.Errorf("not found: %q", want)
	}
}

// A filter such as LFS: the index has a pointer, the work tree the content.
func TestWorkFilesFilter(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	dir := initRepo(t, t.TempDir())
	git(t, dir, "config", "filter.x.clean", "echo pointer")
	git(t, dir, "config", "filter.x.smudge", "echo much more than that")
	write(t, dir, ".gitattributes", "*.big filter=x\n")
	write(t, dir, "a.big", "much more than that\n")
	old := time.Unix(1600000000, 0)
	if err := os.Chtimes(filepath.Join(dir, "a.big"), old, old); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "add", "-A")
	compareWork(t, dir, "")
}

func TestWorkFilesSparse(t *testing.T) {
	dir := history(t)
	git(t, dir, "sparse-checkout", "set", "--cone", "plugins/app-0")
	compareWork(t, dir, "plugins")
	compareWork(t, dir, "plugins/app-0")
	git(t, dir, "sparse-checkout", "set", "--cone", "--sparse-index", "plugins/app-0")
	compareWork(t, dir, "")
	git(t, dir, "sparse-checkout", "disable")
	git(t, dir, "update-index", "--split-index")
	_, err := WorkFiles(openRepo(t, dir), dir, 100)
	wantError(t, err, ErrUnsupported, "split index")
}

func TestWorkFilesPartialClone(t *testing.T) {
	dir := history(t)
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	partial := filepath.Join(t.TempDir(), "partial")
	git(t, dir, "clone", "-q", "--filter=blob:none", "file://"+dir, partial)
	compareWork(t, partial, "plugins")
}

func TestWorkFilesConflict(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	blob := strings.TrimSpace(gitInput(t, dir, []byte("x"), "hash-object", "-w", "--stdin"))
	gitInput(t, dir, fmt.Appendf(nil, "100644 %s 1\tf\x00100644 %s 2\tf\x00100644 %s 3\tf\x00", blob, blob, blob), "update-index", "-z", "--index-info")
	write(t, dir, "f", "<<<<\n")
	compareWork(t, dir, "")
}

func TestWorkFilesWithoutRepo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".gitignore", "*.log\n")
	write(t, dir, "a.log", "x")
	write(t, dir, "b/c", "xyz")
	write(t, dir, "b-c", "x")
	write(t, dir, ".git/HEAD", "x")
	list, err := WorkFiles(nil, dir, 4)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Path)
	}
	if got := strings.Join(names, " "); got != ".gitignore a.log b-c b/c" {
		t.Errorf("found %s", got)
	}
	data, err := list[3].Read(3)
	if string(data) != "xyz" || err != nil {
		t.Error(data, err)
	}
	_, err = list[3].Read(2)
	wantLimit(t, err)
	_, err = WorkFiles(nil, dir, 3)
	wantLimit(t, err)
	_, err = WorkFiles(nil, filepath.Join(dir, "nowhere"), 3)
	wantError(t, err, os.ErrNotExist)
	if _, err = WorkFiles(nil, filepath.Join(dir, "a.log"), 3); err == nil {
		t.Error("expected an error for a file")
	}
	write(t, dir, strings.Repeat("d/", maxDepth+1)+"f", "x")
	_, err = WorkFiles(nil, dir, 100)
	wantLimit(t, err)
}

func TestWorkFilesOutside(t *testing.T) {
	dir := history(t)
	if _, err := WorkFiles(openRepo(t, dir), t.TempDir(), 10); err == nil || !strings.Contains(err.Error(), "expected a directory in the work tree") {
		t.Errorf("found %v", err)
	}
	bare := filepath.Join(t.TempDir(), "b.git")
	git(t, dir, "clone", "-q", "--bare", dir, bare)
	if _, err := WorkFiles(openRepo(t, bare), dir, 10); err == nil || !strings.Contains(err.Error(), "bare") {
		t.Errorf("found %v", err)
	}
}

func TestIgnorePatterns(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	for _, name := range []string{
		"a.log", "keep.log", "d/a.log", "d/keep.log", "d/e/x", "d/e/y", "d/f/x", "build/x", "d/build/x", "d/e/build",
		"top", "d/top", "x/y/z", "x/q/y/z", "x/a/b/y", "sp ", "sp", "#hash", "!bang", "brace{a,b}", "bracea", "c1", "c2", "cx", "c]",
		"deep/one/two/file", "star/one/two", "star/keep/two", "vendor/a/b", "vendor/keep/b", "tracked.tmp", "ignored/tracked", "ignored/untracked", "ignored/sub/untracked",
		"q1", "q12", "back\\slash", "mid/tail/x", "mid/x/tail/x", "ü.txt", "crlf.txt", "only/dir", "d/only", "neg/a", "neg/b/c", "all/in/it",
	} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "\\ ") {
			continue
		}
		write(t, dir, name, name)
	}
	git(t, dir, "add", "tracked.tmp", "ignored/tracked")
	write(t, dir, ".gitignore", strings.Join([]string{
		"# a comment", "", "*.log", "!keep.log", "build/", "/top", "x/**/y", "sp\\ ", "\\#hash", "\\!bang", "brace{a,b}", "c[1-2]", "c[!1-9x]",
		"**/two", "star/*", "!star/keep", "vendor/*", "!vendor/keep", "*.tmp", "ignored/", "q?", "back\\\\slash", "mid/**/tail", "ü*", "crlf.txt\r",
		"only/", "neg/**", "!neg/b/", "!neg/b/c", "all/**", "/", "!", "[", "trailing   ",
	}, "\n"))
	write(t, dir, "d/.gitignore", "!a.log\n/e/x\nf\n")
	write(t, dir, ".git/info/exclude", "d/e/y\n")
	compareWork(t, dir, "")
	compareWork(t, dir, "d")
	compareWork(t, dir, "d/e")
	compareWork(t, dir, "ignored")
	compareWork(t, dir, "vendor")
}

// What git doesn't commit, or not as it looks.
func TestWorkFilesOddFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symlinks")
	}
	dir := initRepo(t, t.TempDir())
	write(t, dir, "a", "a")
	symlink(t, "a", filepath.Join(dir, "link"))
	symlink(t, "elsewhere", filepath.Join(dir, ".gitignore"))
	write(t, dir, "elsewhere", "*\n")
	write(t, dir, "d/.gitignore/x", "x")
	write(t, dir, "assumed", "one\n")
	git(t, dir, "add", "-A")
	git(t, dir, "update-index", "--assume-unchanged", "assumed")
	write(t, dir, "assumed", "another\n")
	pipe, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err == nil {
		defer pipe.Close()
	}
	compareWork(t, dir, "")

	list, err := WorkFiles(openRepo(t, dir), dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.Size > 0 {
			_, err := f.Read(f.Size - 1)
			wantLimit(t, err)
		}
	}

	git(t, dir, "config", "core.symlinks", "false") // as where there are none
	remove(t, filepath.Join(dir, "link"))
	write(t, dir, "link", "a")
	compareWork(t, dir, "")
}

func TestBadIndex(t *testing.T) {
	dir := history(t)
	good, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"empty": "", "another file": "a file that isn't an index", "cut": string(good[:200]), "version": "DIRC\x00\x00\x00\x09" + string(good[8:]),
	} {
		write(t, dir, ".git/index", data)
		_, err := WorkFiles(openRepo(t, dir), dir, 100)
		if wantError(t, err, ErrCorrupt, "index"); t.Failed() {
			t.Fatal(name)
		}
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestTrackedBelow(t *testing.T) {
	var entries []indexEntry
	for _, p := range []string{"a", "a-b", "a/b", "a/c/d", "b.x", "c/d"} {
		entries = append(entries, indexEntry{path: p})
	}
	if !sort.SliceIsSorted(entries, func(i, j int) bool { return entries[i].path < entries[j].path }) {
		t.Fatal("expected them sorted")
	}
	for dir, want := range map[string]bool{"a": true, "a/c": true, "b": false, "c": true, "d": false, "a-b": false} {
		if trackedBelow(entries, dir) != want {
			t.Errorf("%s: expected %v", dir, want)
		}
	}
}
