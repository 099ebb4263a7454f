package browse_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/browse"
	"github.com/regen-registry/regen/internal/wire"
)

var words = []string{"backup", "Cache", "disk", "Édge", "firewall", "git", "health", "image", "مراقب", "磁盘", "1 on 1", "!"}

func row(n int) *wire.Row {
	name := fmt.Sprintf("%s %s %d", words[n*7%len(words)], words[n%len(words)], n)
	r := &wire.Row{
		Number: int64(n), Log: int64(n), ID: fmt.Sprintf("p-%d", n), Format: []string{"vito", "mana"}[n%2], Version: "1.0.0", Channel: wire.Stable, Name: wire.Text{"en": name},
		Categories: []string{words[n%5]}, License: []string{"MIT", "", "Apache-2.0"}[n%3], Host: []string{"3.0", "3.1", ""}[n%3],
		Authors: []wire.RowAuthor{{Name: "Author " + fmt.Sprint(n%50), Slug: fmt.Sprintf("author-%d", n%50)}},
	}
	if n%10 == 0 {
		r.AntiFeatures = []string{"tracking"}
	}
	return r
}

// show returns what a page shows as one text.
func show(p browse.Page) string {
	s := fmt.Sprintf("%v %q %d %d %q %v %v %v %v", p.List, p.Label, p.Count, p.Order, p.From, p.Whole, p.Jumps, p.Prev != nil, p.Next != nil)
	for _, part := range []*browse.Part{p.Prev, p.Next} {
		if part != nil {
			s += fmt.Sprint(*part)
		}
	}
	for _, r := range p.Rows {
		s += fmt.Sprintf(" %s@%s", r.ID, r.Version)
	}
	return s
}

// tree returns all pages by their paths.
func tree(t interface{ Fatalf(string, ...any) }, p browse.Pages) map[string]string {
	pages := make(map[string]string)
	for _, page := range p.Lists {
		if _, ok := pages[page.Path()]; ok {
			t.Fatalf("two pages are at %s", page.Path())
		}
		pages[page.Path()] = show(page)
	}
	for _, page := range p.Values {
		pages[page.Path()] = fmt.Sprint(page.Values, page.Prev, page.Next)
		s := fmt.Sprint(page.Values)
		for _, part := range []*browse.Part{page.Prev, page.Next} {
			if part != nil {
				s += fmt.Sprint(*part)
			}
		}
		pages[page.Path()] = s
	}
	return pages
}

// TestChanged: bringing the pages up to changes gives those of the packages as they are then.
func TestChanged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := make(map[int]*wire.Row)
		for n := range rapid.IntRange(0, 300).Draw(rt, "packages") {
			rows[n] = row(n)
		}
		have := tree(rt, browse.NewSet(slices.Collect(maps.Values(rows))).All())
		for range rapid.IntRange(1, 3).Draw(rt, "publishes") {
			var changes []browse.Change
			seen := make(map[int]bool)
			for range rapid.IntRange(1, 4).Draw(rt, "changes") {
				n := rapid.IntRange(0, 310).Draw(rt, "which")
				if seen[n] {
					continue
				}
				seen[n] = true
				old, to := rows[n], row(n)
				if old != nil {
					*to = *old
				}
				switch rapid.IntRange(0, 4).Draw(rt, "what") {
				case 0:
					to.State = wire.Delisted
				case 1:
					to.State = ""
				case 2:
					to.Name = wire.Text{"en": rapid.SampledFrom(words).Draw(rt, "name")}
				case 3:
					to.Categories, to.AntiFeatures = []string{rapid.SampledFrom(words).Draw(rt, "category")}, nil
				case 4:
					to.Authors = []wire.RowAuthor{{Name: rapid.SampledFrom(words).Draw(rt, "author"), Slug: "author-1"}}
				}
				to.Version = to.Version + "1"
				to.Log = int64(1000 + rapid.IntRange(0, 100000).Draw(rt, "log"))
				rows[n] = to
				changes = append(changes, browse.Change{Old: old, New: to})
			}
			set := browse.NewSet(slices.Collect(maps.Values(rows)))
			changed := set.Changed(changes)
			for _, path := range changed.Gone {
				if _, ok := have[path]; !ok {
					rt.Fatalf("%s goes, and wasn't there", path)
				}
				delete(have, path)
			}
			maps.Copy(have, tree(rt, changed))
			want := tree(rt, set.All())
			for path := range want {
				if have[path] != want[path] {
					rt.Fatalf("%s shows\n%s\nexpected\n%s", path, have[path], want[path])
				}
			}
			if len(have) != len(want) {
				rt.Fatalf("%d pages, expected %d", len(have), len(want))
			}
		}
	})
}

// TestFewPages: in a registry of 10,000 packages, a change of one reaches few pages, wherever it is.
func TestFewPages(t *testing.T) {
	var rows []*wire.Row
	for n := range 10_000 {
		rows = append(rows, row(n))
	}
	set := browse.NewSet(rows)
	all := set.All()
	byName := 0
	for _, p := range all.Lists {
		if len(p.Rows) > browse.Most || p.Order != wire.ByName && len(p.Rows) > browse.First {
			t.Errorf("%s has %d packages", p.Path(), len(p.Rows))
		}
		if p.List.Kind == wire.AllPackages && p.Order == wire.ByName {
			byName++
		}
	}
	if byName < 10_000/browse.Most || byName > 10_000/browse.Least {
		t.Errorf("10,000 packages by name take %d pages", byName)
	}
	most := 0
	for _, n := range []int{0, 1, 77, 4999, 9999} {
		to := *rows[n]
		to.Version, to.Log = "1.1.0", 20_000
		after := slices.Clone(rows)
		after[n] = &to
		p := browse.NewSet(after).Changed([]browse.Change{{Old: rows[n], New: &to}})
		most = max(most, len(p.Lists)+len(p.Values))
		if n := len(p.Lists) + len(p.Values); n == 0 || n > 24 {
			t.Errorf("a new version reaches %d pages, expected at most 24", n)
		}
		gone := append(slices.Clone(rows[:n]), rows[n+1:]...)
		p = browse.NewSet(gone).Changed([]browse.Change{{Old: rows[n]}})
		most = max(most, len(p.Lists)+len(p.Values))
		if n := len(p.Lists) + len(p.Values) + len(p.Gone); n == 0 || n > 40 {
			t.Errorf("a package that goes reaches %d pages, expected at most 40", n)
		}
	}
	t.Logf("at most %d pages a language", most)
}

// Names without accents or case stand beside those with them, and what isn't on offer stands nowhere.
func TestOrder(t *testing.T) {
	rows := []*wire.Row{
		{ID: "c", Number: 1, Log: 9, Name: wire.Text{"en": "zebra"}}, {ID: "b", Number: 2, Log: 8, Name: wire.Text{"en": "Édge"}}, {ID: "a", Number: 3, Log: 7, Name: wire.Text{"de": "edge"}},
		{ID: "d", Number: 4, Log: 6, Name: wire.Text{"en": "gone"}, State: wire.Delisted}, {ID: "e", Number: 5, Log: 5, Name: wire.Text{"en": "blocked"}, State: wire.AllBlocked},
	}
	want := map[wire.ListOrder]string{wire.ByName: "[a b c]", wire.ByUpdate: "[c b a]", wire.ByRelease: "[a b c]"}
	for _, p := range browse.NewSet(rows).All().Lists {
		if p.List.Kind != wire.AllPackages {
			continue
		}
		var ids []string
		for _, r := range p.Rows {
			ids = append(ids, r.ID)
		}
		if fmt.Sprint(ids) != want[p.Order] {
			t.Errorf("order %d: %v, expected %s", p.Order, ids, want[p.Order])
		}
	}
}
