package pagetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/regen-registry/regen/internal/browsertest"
	"github.com/regen-registry/regen/internal/wire"
)

// field is where a reader types what to search for.
const field = `form[role=search] input[name=q]`

// found returns where the results lead, the best first, once they are those of a query.
func found(tab *browsertest.Tab, query string) []string {
	browsertest.Eval[any](tab, `document.querySelector("main `+field+`").select(), null`)
	tab.Keys(query)
	return results(tab)
}

// results waits until a search is over, and returns the ids of the packages in it.
func results(tab *browsertest.Tab) []string {
	tab.Until(`document.querySelector("main [role=option]") || document.querySelector("main form[role=search]").parentElement.querySelector("[role=status]")?.textContent`)
	tab.Until(`(window.settled ??= {at: performance.now(), is: ""}, (() => { const is = [...document.querySelectorAll("[role=option]")].map(o => o.href).join(); if (is !== settled.is) window.settled = {at: performance.now(), is}; return performance.now() - settled.at > 250; })())`)
	links := browsertest.Eval[[]string](tab, `[...document.querySelectorAll("main [role=option]")].map(o => o.pathname)`)
	for i, link := range links {
		parts := strings.Split(link, "/")
		links[i] = parts[max(0, len(parts)-2)]
	}
	return links
}

// The search finds packages by name, in the reader's language, in whatever script; it forgives mistakes; what isn't on offer it doesn't show.
func TestSearch(t *testing.T) {
	w := published(t)
	for _, c := range []struct{ lang, query, want string }{
		{"en", "three", "three"}, {"en", "disk watch", "disk-watch"}, {"en", "dsik wacth", "disk-watch"}, {"en", "filler 67", "filler-067"}, {"de", "plattenwache", "disk-watch"}, {"es", "reloj", "org.regen.clock"},
		{"ar", "مراقب", "arabic"}, {"en", "磁盘", "chinese"}, {"en", "grace example", "rich"}, {"de", "überfluss", "rich"}, {"en", "evil lists", "evil-lists"},
	} {
		t.Run(c.query, func(t *testing.T) {
			t.Parallel()
			tab := w.tab(t)
			w.open(tab, c.lang+"/"+wire.SearchPage)
			if got := found(tab, c.query); len(got) == 0 || got[0] != c.want {
				t.Errorf("%q finds %v in %s, expected %s first", c.query, got, c.lang, c.want)
			}
			if bytes := browsertest.Eval[int](tab, `performance.getEntriesByType("resource").filter(e => e.name.includes("/storefront/")).reduce((sum, e) => sum + e.decodedBodySize, 0)`); bytes == 0 || bytes > len(c.query)*50_000 {
				t.Errorf("%q fetches %d bytes, expected at most 50,000 for each of its letters", c.query, bytes)
			}
			if got := browsertest.Eval[string](tab, `new URLSearchParams(location.search).get("q")`); got != c.query {
				t.Errorf("the address of the results keeps %q, expected %q", got, c.query)
			}
		})
	}
	t.Run("not on offer", func(t *testing.T) {
		t.Parallel()
		tab := w.tab(t)
		w.open(tab, "en/"+wire.SearchPage)
		for _, id := range []string{"gone", "blocked"} {
			if got := found(tab, id); slices.Contains(got, id) {
				t.Errorf("%q finds %v, expected nothing that isn't on offer", id, got)
			}
		}
	})
	t.Run("hostile", func(t *testing.T) {
		t.Parallel()
		tab := w.tab(t)
		w.open(tab, "en/"+wire.SearchPage)
		if got := found(tab, "script alert"); !slices.Contains(got, "evil-texts") {
			t.Errorf("the results are %v, expected evil-texts among them", got)
		}
		if wrong := browsertest.Eval[struct{ Wrong []string }](tab, inside).Wrong; len(wrong) > 0 {
			t.Errorf("the results have what no page has: %q", wrong)
		}
		axe(t, tab, "with results")
		tab.Set(browsertest.Size(320, 640))
		if wide := browsertest.Eval[[]string](tab, sideways); len(wide) > 0 {
			t.Errorf("%q is wider than the page", wide)
		}
	})
	t.Run("by its address", func(t *testing.T) {
		t.Parallel()
		tab := w.tab(t)
		w.open(tab, "en/"+wire.SearchPage+"?q=disk+watch")
		if got := results(tab); len(got) == 0 || got[0] != "disk-watch" {
			t.Errorf("the results are %v, expected disk-watch first", got)
		}
	})
}

// The field at the top of every page shows results below it, and is used by keyboard alone: arrows choose, Enter opens, Escape closes.
func TestSearchByKeyboard(t *testing.T) {
	w := published(t)
	tab := w.tab(t)
	w.open(tab, "en/"+wire.IndexPage)
	const top = `header ` + field
	state := func() string {
		return browsertest.Eval[string](tab, fmt.Sprintf(`(() => {
			const i = document.querySelector(%q), active = document.getElementById(i.getAttribute("aria-activedescendant") || "-");
			return [document.activeElement === i ? "field" : "elsewhere", i.getAttribute("aria-expanded"), active ? active.pathname.split("/").at(-2) : "none"].join(" ");
		})()`, top))
	}
	browsertest.Eval[any](tab, fmt.Sprintf(`document.querySelector(%q).focus(), null`, top))
	tab.Keys("disk watch")
	tab.Until(`document.querySelector("header [role=option]")`)
	if got := state(); got != "field true none" {
		t.Errorf("with results, the field is %q", got)
	}
	axe(t, tab, "with results")
	tab.Keys(kb.ArrowDown)
	if got := state(); got != "field true disk-watch" {
		t.Errorf("after an arrow, the field is %q", got)
	}
	tab.Keys(kb.Escape)
	if got := state(); got != "field false none" {
		t.Errorf("after Escape, the field is %q", got)
	}
	tab.Keys(kb.ArrowDown)
	tab.Keys(kb.ArrowDown)
	tab.Until(`document.querySelector("header ` + field + `").getAttribute("aria-activedescendant")`)
	if got := tab.Follow(func() { tab.Keys(kb.Enter) }); !strings.HasPrefix(got, "en/apps/") {
		t.Errorf("Enter leads to %s", got)
	}
}

// Without scripts, the search leads to a page that says how else to find something.
func TestSearchWithoutScript(t *testing.T) {
	w := published(t)
	tab := w.tab(t, browsertest.NoScript())
	w.open(tab, "en/"+wire.IndexPage)
	browsertest.Eval[any](tab, fmt.Sprintf(`document.querySelector(%q).focus(), null`, "header "+field))
	tab.Keys("disk")
	if got := tab.Follow(func() { tab.Keys(kb.Enter) }); got != "en/"+wire.SearchPage+"?q=disk" {
		t.Errorf("Enter leads to %s", got)
	}
	if n := browsertest.Eval[int](tab, `[...document.querySelectorAll("main a[href]")].filter(a => a.checkVisibility()).length`); n < 3 {
		t.Errorf("the page has %d links that lead on", n)
	}
}
