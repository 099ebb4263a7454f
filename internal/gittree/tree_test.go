package gittree

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func rawTree(entries ...string) []byte {
	var b []byte
	for i, e := range entries {
		b = append(append(b, e...), 0)
		b = append(b, Hash{byte(i + 1)}.bytes()...)
	}
	return b
}

func (h Hash) bytes() []byte { return h[:] }

func TestParseTree(t *testing.T) {
	list, err := parseTree(rawTree("100644 a", "100664 a.b", "40000 a.c", "100755 a0", "120000 link", "160000 module", "40000 n\xff\xfe", "040000 old"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, e := range list {
		if e.Hash != (Hash{byte(i + 1)}) {
			t.Errorf("%s: another hash, %s", e.Name, e.Hash)
		}
		got = append(got, fmt.Sprintf("%s %s", e.Name, e.Mode))
	}
	want := "a file, a.b file, a.c directory, a0 executable file, link symlink, module submodule, n\xff\xfe directory, old directory"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("expected %q, found %q", want, s)
	}
	if list, err := parseTree(nil); len(list) != 0 || err != nil {
		t.Error(list, err)
	}
}

func TestParseTreeRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"cut":                     rawTree("100644 a")[:20],
		"no mode":                 rawTree("a"),
		"empty mode":              rawTree(" a"),
		"mode isn't octal":        rawTree("100648 a"),
		"long mode":               rawTree("1000000000000000100644 a"),
		"unknown mode":            rawTree("010644 a"),
		"no name":                 rawTree("100644 "),
		"dot":                     rawTree("100644 ."),
		"dot dot":                 rawTree("40000 .."),
		"slash":                   rawTree("100644 a/b"),
		"twice":                   rawTree("100644 a", "100644 a"),
		"directory twice":         rawTree("40000 a", "40000 a"),
		"out of order":            rawTree("100644 b", "100644 a"),
		"directory order":         rawTree("40000 a", "100644 a.b"),
		"file and directory":      rawTree("100644 a", "40000 a"),
		"file, other, directory":  rawTree("100644 a", "100644 a.b", "40000 a"),
		"file, others, directory": rawTree("100644 a", "100644 a!", "40000 a-", "120000 a.b", "40000 a"),
	} {
		_, err := parseTree(data)
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: expected damage, found %v", name, err)
		}
	}
	_, err := parseTree(rawTree("100644 " + strings.Repeat("a", maxName+1)))
	wantLimit(t, err)
	if _, err := parseTree(rawTree("100644 a!", "100644 a.b", "40000 a", "40000 ab")); err != nil {
		t.Errorf("expected no error, found %v", err)
	}
}

func TestUnusualTrees(t *testing.T) {
	dir := initRepo(t, filepath.Join(t.TempDir(), "r"))
	blob := strings.TrimSpace(gitInput(t, dir, []byte("x"), "hash-object", "-w", "--stdin"))
	var in bytes.Buffer
	for _, line := range []string{
		"100644 %s\ta", "100644 %s\ta.b", "100755 %s\ta/run", "120000 %s\ta/link", "160000 %s\ta/module",
		"100644 %s\tb\xff\xfe/\xc3\x28", "100644 %s\tb\n\t\"q", "100644 %s\t" + strings.Repeat("d/", 60) + "deep",
		"100644 %s\tä/ö", "100644 %s\tz-", "100644 %s\tz/a", "100644 %s\tz0",
	} {
		if strings.HasSuffix(line, "\ta") {
			continue // beside a/
		}
		fmt.Fprintf(&in, line+"\x00", blob)
	}
	gitInput(t, dir, in.Bytes(), "update-index", "-z", "--index-info")
	git(t, dir, "commit", "-q", "-m", "unusual")
	r := openRepo(t, dir)
	compareWalk(t, r, dir)

	rd := r.NewReader()
	tree := treeOf(t, r, "HEAD")
	for _, path := range []string{"nothing", "a/nothing", "a.b/x", "/a", "a/", "a//run", "a/module/x", "a/link/x"} {
		if _, ok, err := rd.Lookup(tree, path); ok || err != nil {
			t.Errorf("%q: expected nothing, found %v, %v", path, ok, err)
		}
	}
	if e, ok, err := rd.Lookup(tree, ""); !ok || err != nil || e.Hash != tree || e.Mode != Dir {
		t.Error("expected the empty path to be the tree itself")
	}

	err := rd.Walk(tree, 10, func(string, Entry) error { return nil })
	if l := wantLimit(t, err); l.Limit != 10 || l.Unit != "files" {
		t.Errorf("found %+v", l)
	}
	if err := rd.Walk(tree, 11, func(string, Entry) error { return nil }); err != nil {
		t.Error(err)
	}
	stop := errors.New("stop")
	if err := rd.Walk(tree, 100, func(string, Entry) error { return stop }); err != stop {
		t.Errorf("expected the error of visit, found %v", err)
	}
}

func TestWalkTooDeep(t *testing.T) {
	dir := initRepo(t, t.TempDir())
	write(t, dir, strings.Repeat("d/", maxDepth)+"f", "x")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "deep enough")
	write(t, dir, strings.Repeat("d/", maxDepth+1)+"f", "x")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "too deep")
	r := openRepo(t, dir)
	walk := func(rev string) error {
		return r.NewReader().Walk(treeOf(t, r, rev), 10, func(string, Entry) error { return nil })
	}
	if err := walk("HEAD~1"); err != nil {
		t.Error(err)
	}
	if l := wantLimit(t, walk("HEAD")); l.Unit != "levels" {
		t.Errorf("found %+v", l)
	}
}

// Thirty trees that hold the next one twice are two billion directories.
func TestTreeBomb(t *testing.T) {
	for _, bottom := range [][]byte{nil, rawTree("100644 f")} {
		var entries []madeEntry
		name := func(i int) Hash { return Hash{byte(i + 1)} }
		entries = append(entries, madeEntry{hash: name(0), kind: kindTree, size: int64(len(bottom)), data: bottom})
		for i := 1; i < 60; i++ {
			h := name(i - 1)
			data := fmt.Appendf(nil, "40000 a\x00%s40000 b\x00%s", h[:], h[:])
			entries = append(entries, madeEntry{hash: name(i), kind: kindTree, size: int64(len(data)), data: data})
		}
		rd := made(t, entries...)
		start := time.Now()
		err := rd.Walk(name(59), 1000, func(string, Entry) error { return nil })
		wantLimit(t, err)
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("took %s", d)
		}
	}
}

func TestLargeTree(t *testing.T) {
	var data []byte
	for i := range 100000 {
		data = fmt.Appendf(data, "40000 package-%07d\x00%020d", i, i)
	}
	rd := made(t, madeEntry{hash: Hash{1}, kind: kindTree, size: int64(len(data)), data: data})
	list, err := rd.Tree(Hash{1})
	if err != nil || len(list) != 100000 {
		t.Fatal(len(list), err)
	}
	e, ok, err := rd.Lookup(Hash{1}, "package-0099999")
	if !ok || err != nil || e != list[99999] {
		t.Error(e, ok, err)
	}
}

func BenchmarkParseTree(b *testing.B) {
	var data []byte
	for i := range 100000 {
		data = fmt.Appendf(data, "40000 package-%07d\x00%020d", i, i)
	}
	for b.Loop() {
		if _, err := parseTree(data); err != nil {
			b.Fatal(err)
		}
	}
}
