package gittree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
)

// graph makes commits with any parents and any times, and returns their hashes.
func graph(t *testing.T, r *gittest.Repo, random *rand.Rand, n int) []string {
	t.Helper()
	tree := r.Git(t, "", "hash-object", "-t", "tree", "-w", "--stdin")
	var list []string
	for i := range n {
		args := []string{"-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", tree, "-m", fmt.Sprint(i)}
		for range min(random.IntN(3), len(list)) {
			p := list[max(0, len(list)-1-random.IntN(5))]
			if !slices.Contains(args, p) {
				args = append(args, "-p", p)
			}
		}
		list = append(list, r.Git(t, "", args...))
	}
	return list
}

// In any history, the answers are those that git itself gives.
func TestMergeBaseAsGit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds, size := 4, 14
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		r := gittest.New(t)
		commits := graph(t, r, random, size)
		repo, err := gittree.Open(r.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for range 25 {
			a, b := commits[random.IntN(size)], commits[random.IntN(size)]
			all := strings.Fields(bases(t, r, a, b))
			ha, _ := gittree.ParseHash(a)
			hb, _ := gittree.ParseHash(b)
			got, err := repo.MergeBases(ha, hb)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(all)
			if !slices.EqualFunc(got, all, func(h gittree.Hash, s string) bool { return h.String() == s }) {
				t.Errorf("%s and %s: %s; git has %v\n%s", a, b, got, all, r.Git(t, "", "log", "--graph", "--oneline", a, b))
			}
		}
		repo.Close()
	}
}

// bases returns git's merge bases, which may be none.
func bases(t *testing.T, r *gittest.Repo, a, b string) string {
	t.Helper()
	return r.Git(t, "", "-c", "alias.bases=!f() { git merge-base --all \"$1\" \"$2\" || :; }; f", "bases", a, b)
}

// The times of a change's commits lead nobody to an older ancestor, which would hide what it takes back.
func TestMergeBaseHostileTimes(t *testing.T) {
	r := gittest.New(t)
	r.Commit(t, gittest.Files{"a": gittest.Text("broken")})
	old := r.Git(t, "", "rev-parse", "main")
	fork := r.Commit(t, gittest.Files{"a": gittest.Text("mended")})
	tip := r.Commit(t, gittest.Files{"b": gittest.Text("more")})
	for _, date := range []string{"@0 +0000", "@4000000000 +0000"} {
		back := r.Git(t, "", "rev-parse", old+"^{tree}")
		head := strings.TrimSpace(r.Git(t, fmt.Sprintf("tree %s\nparent %s\nauthor T <t@example.org> %s\ncommitter T <t@example.org> %s\n\nback\n", back, fork, date[1:], date[1:]), "hash-object", "-t", "commit", "-w", "--stdin"))
		repo, err := gittree.Open(r.Dir)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := gittree.ParseHash(tip)
		b, _ := gittree.ParseHash(head)
		got, err := repo.MergeBases(a, b)
		if err != nil || len(got) != 1 || got[0].String() != fork {
			t.Errorf("%s: %s, %v, expected %s", date, got, err, fork)
		}
		repo.Close()
	}
}

// What differs is what git says differs, files that became directories included, and more than asked for is an error.
func TestDiffAsGit(t *testing.T) {
	r := gittest.New(t)
	a := r.Commit(t, gittest.Files{"x": gittest.Text("1"), "d/e/f": gittest.Text("2"), "d/g": gittest.Text("3"), "same/h": gittest.Text("4"), "to-dir": gittest.Text("5"), "l": {Mode: "120000", Data: "x"}})
	b := r.Commit(t, gittest.Join(gittest.Remove("d/e", "to-dir"), gittest.Files{"d/e": gittest.Text("now a file"), "to-dir/i": gittest.Text("6"), "x": {Mode: "100755", Data: "1"}, "l": gittest.Text("no link"), "d/new": gittest.Text("7")}))
	repo, err := gittree.Open(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	treeOf := func(rev string) gittree.Hash {
		h, _ := gittree.ParseHash(rev)
		c, err := repo.Commit(h)
		if err != nil {
			t.Fatal(err)
		}
		return c.Tree
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		var got []string
		err := repo.NewReader().Diff(treeOf(pair[0]), treeOf(pair[1]), 100, func(path string, was, now gittree.Entry) error {
			got = append(got, path)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(r.Git(t, "", "diff-tree", "-r", "--name-only", "--no-renames", pair[0], pair[1]))
		slices.Sort(want)
		slices.Sort(got)
		if want = slices.Compact(want); !slices.Equal(got, want) {
			t.Errorf("got %v, git has %v", got, want)
		}
	}
	var limit *gittree.LimitError
	err = repo.NewReader().Diff(gittree.Hash{}, treeOf(b), 3, func(string, gittree.Entry, gittree.Entry) error { return nil })
	if !errors.As(err, &limit) {
		t.Errorf("four differences with a limit of three: %v", err)
	}
}
