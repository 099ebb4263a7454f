package gittree

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCommit(t *testing.T) {
	dir := history(t)
	r := openRepo(t, dir)
	h, err := r.Resolve("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Commit(h)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %s", c.Hash, c.Tree)
	for _, p := range c.Parents {
		got += " " + p.String()
	}
	if want := strings.TrimSpace(git(t, dir, "log", "-1", "--format=%H %T %P")); got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
	if len(c.Parents) != 2 || c.Shallow || !c.Time.Equal(time.Unix(1700000000, 0)) || c.Time.Location() != time.UTC {
		t.Errorf("found %+v", c)
	}
}

func TestParseCommit(t *testing.T) {
	const tree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	for committer, want := range map[string]int64{
		"a <b> 1700000000 +0200":     1700000000,
		"a <b> 0 +0000":              0,
		"a <b>1 +0000":               1,
		"> <> 5 +0000":               5,
		"a <b> -5 +0000":             0,
		"a <b> 253402300799 +0000":   253402300799,
		"a <b> 253402300800 +0000":   0,
		"a <b> 99999999999999999999": 0,
		"a <b>":                      0,
		"":                           0,
	} {
		c, err := parseCommit([]byte(tree + "author x <y> 1 +0000\ncommitter " + committer + "\ngpgsig x\n\ncommitter z <> 7\n"))
		if err != nil || c.Time.Unix() != want {
			t.Errorf("%q: expected %d, found %v, %v", committer, want, c.Time, err)
		}
	}
	for _, bad := range []string{"", "tree x\n", tree, tree + "parent 12\ncommitter a <b> 1\n", "committer a <b> 1\n", tree + "author a\n\ncommitter a <b> 1\n"} {
		_, err := parseCommit([]byte(bad))
		wantError(t, err, ErrCorrupt)
	}
}

func TestFirstParents(t *testing.T) {
	dir := history(t)
	r := openRepo(t, dir)
	resolve := func(rev string) Hash {
		h, err := r.Resolve(rev)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	head := resolve("HEAD")
	for _, until := range []string{"HEAD", "HEAD~1", "HEAD~4", "v1"} {
		list, found, err := r.FirstParents(head, resolve(until))
		if err != nil || !found {
			t.Fatal(until, found, err)
		}
		var got []string
		for _, c := range list {
			got = append(got, c.Hash.String())
			if same, _ := r.Commit(c.Hash); same.Tree != c.Tree {
				t.Errorf("%s: another tree", c.Hash)
			}
		}
		want := strings.Fields(git(t, dir, "rev-list", "--first-parent", "--reverse", until+"..HEAD"))
		if !slices.Equal(got, want) {
			t.Errorf("%s: expected %v, found %v", until, want, got)
		}
	}
	for _, until := range []Hash{{}, {1}, resolve("side"), treeOf(t, r, "HEAD")} {
		list, found, err := r.FirstParents(head, until)
		if found || list != nil || err != nil {
			t.Errorf("%s: expected it not to be found, found %v, %v", until, found, err)
		}
	}
	if _, _, err := r.FirstParents(Hash{1}, head); err == nil {
		t.Error("expected an error for a head that isn't there")
	}
}

func TestShallow(t *testing.T) {
	dir := history(t)
	old := hash(t, git(t, dir, "rev-parse", "HEAD~3"))
	shallow := filepath.Join(t.TempDir(), "shallow")
	git(t, dir, "clone", "-q", "--depth=1", "file://"+dir, shallow)
	r := openRepo(t, shallow)
	h, err := r.Resolve("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Commit(h)
	if err != nil || !c.Shallow || len(c.Parents) != 0 || !r.IsShallow() {
		t.Errorf("expected a shallow commit, found %+v, %v", c, err)
	}
	_, err = r.Resolve("HEAD~1")
	wantError(t, err, ErrNoRevision, "shallow clone ends")
	if _, found, err := r.FirstParents(h, old); found || err != nil {
		t.Errorf("expected nothing, found %v, %v", found, err)
	}
	compareWalk(t, r, shallow)
}
