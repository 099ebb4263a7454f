package pagetest

import (
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/browsertest"
)

// shifts adds up how much of a page moves while it loads.
const shifts = `window.moved = 0; window.movedWhat = [];
const rect = r => " " + [r.x, r.y, r.width, r.height].join();
new PerformanceObserver(list => { for (const e of list.getEntries()) {
	moved += e.value;
	movedWhat.push(...e.sources.map(s => (s.node ? s.node.nodeName + "." + s.node.className : "?") + rect(s.previousRect) + " to" + rect(s.currentRect)));
} }).observe({type: "layout-shift", buffered: true});`

// Each kind of page opens without a fault, in one piece, with one style that it waits for; axe finds nothing in either scheme; nothing moves for readers who don't want it.
func TestKinds(t *testing.T) {
	w := published(t)
	for _, k := range w.all(t) {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			tab := w.tab(t)
			tab.OnEveryPage(shifts)
			w.open(tab, k.page)
			blocking := 0
			for _, r := range tab.Requests() {
				if r.Blocking {
					blocking++
				}
			}
			if blocking != 1 {
				t.Errorf("the page waits for %d files, expected its style alone: %v", blocking, tab.Requests())
			}
			scroll(tab)
			still(t, tab, "at 1280")
			axe(t, tab, "light")
			tab.Set(browsertest.In(browsertest.Dark))
			axe(t, tab, "dark", "color-contrast") // all that a scheme changes
			tab.Set(browsertest.Size(320, 640), browsertest.In(browsertest.Light), browsertest.ReducedMotion())
			w.open(tab, k.page)
			scroll(tab)
			still(t, tab, "at 320")
			if moving := browsertest.Eval[[]string](tab, `[...document.getAnimations().map(a => a.animationName || a.transitionProperty),
				...[...document.querySelectorAll("*")].filter(e => getComputedStyle(e).transitionDuration.split(", ").some(d => parseFloat(d) > 0.01)).map(e => e.nodeName + "." + e.className)]`); len(moving) > 0 {
				t.Errorf("the reader wants nothing to move, and this does: %q", moving)
			}
		})
	}
}

// axe says what axe finds wrong with the page that is open, by all rules or some.
func axe(t *testing.T, tab *browsertest.Tab, when string, rules ...string) {
	t.Helper()
	t.Run("axe "+when, func(t *testing.T) {
		browsertest.NeedAxe(t)
		for _, finding := range tab.Axe(rules...) {
			t.Errorf("%s: %s", tab.Path(), finding)
		}
	})
}

// scroll goes through the page, as a reader does, so that what is loaded late is loaded.
func scroll(tab *browsertest.Tab) {
	browsertest.Eval[any](tab, `(async () => {
		for (let y = 0; y < Math.min(document.documentElement.scrollHeight, 12000); y += innerHeight) { scrollTo({top: y, behavior: "instant"}); await new Promise(requestAnimationFrame); }
		await Promise.all([...document.images].filter(i => i.checkVisibility() && i.getBoundingClientRect().width > 0 && !i.complete && i.loading !== "lazy").map(i => i.decode().catch(() => {})));
		await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame); scrollTo({top: 0, behavior: "instant"}); return null; })()`)
}

// unsteady is how much of a page may move: on a busy machine a page is shown before its last lines are there, and what they bring to its head moves that by a few pixels.
const unsteady = 0.005

func still(t *testing.T, tab *browsertest.Tab, where string) {
	t.Helper()
	if moved := browsertest.Eval[float64](tab, "moved"); moved > unsteady {
		t.Errorf("the page shifts by %.4f while it loads %s, expected nothing to move: %s", moved, where, browsertest.Eval[string](tab, "movedWhat.join('; ')"))
	}
}

// No page scrolls sideways, be it on a phone or on a wall: no kind in any language, and no package however long its words are. And a page is in the browser what it is in its file,
// whatever the package says: the title is the file's, and nothing runs but the storefront's scripts.
func TestEverywhere(t *testing.T) {
	w := published(t)
	s := w.scan(t)
	const group = 16
	pages := w.everywhere(t)
	for from := 0; from < len(pages); from += group {
		part := pages[from:min(from+group, len(pages))]
		t.Run(part[0], func(t *testing.T) {
			t.Parallel()
			tab := w.tab(t)
			for _, page := range part {
				tab.Set(browsertest.Size(320, 640))
				w.open(tab, page)
				seen := browsertest.Eval[struct {
					Title, Lang, Dir string
					Scripts          int
					Wrong            []string
				}](tab, inside)
				if d := s.docs[page]; d == nil || seen.Title != strings.Join(strings.Fields(d.title), " ") || seen.Lang != d.lang || seen.Dir != d.dir || seen.Scripts != d.scripts {
					t.Errorf("%s is %+v in the browser, and %+v in its file", page, seen, d)
				}
				for _, what := range seen.Wrong {
					t.Errorf("%s has what no page has: %s", page, what)
				}
				for _, width := range []int{320, 1280, 3840} {
					tab.Set(browsertest.Size(width, 800))
					if wide := browsertest.Eval[[]string](tab, sideways); len(wide) > 0 {
						t.Errorf("%s at %d pixels: %q is wider than the page", page, width, wide)
					}
				}
			}
		})
	}
}

// inside says what a page is in the browser, once its scripts have run.
const inside = `(() => {
	const wrong = [];
	for (const e of document.querySelectorAll("*")) for (const a of e.attributes) {
		const value = a.value.replace(/[\u0000-\u0020]/g, "").toLowerCase();
		if (a.name.startsWith("on") || a.name === "srcdoc" || /^(javascript|vbscript|data):/.test(value) && ["href", "src", "action", "formaction", "xlink:href"].includes(a.name)) wrong.push(e.nodeName + " " + a.name + "=" + a.value);
	}
	for (const e of document.querySelectorAll("iframe, object, embed, base, style, frame, audio, video, meta[http-equiv=refresh]")) wrong.push(e.outerHTML.slice(0, 100));
	return {Title: document.title, Lang: document.documentElement.lang, Dir: document.documentElement.dir, Scripts: document.scripts.length, Wrong: wrong};
})()`

// sideways names what makes a page scroll sideways: nothing where it doesn't.
const sideways = `(() => {
	const root = document.documentElement, width = root.clientWidth;
	if (document.scrollingElement.scrollWidth <= width) return [];
	const inner = e => { for (let p = e.parentElement; p && p !== document.body && p !== root; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return true; return false; };
	const out = [...document.body.querySelectorAll("*")].filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.right > width + 0.5 || r.left < -0.5) && !inner(e); });
	return ["scrolls by " + (document.scrollingElement.scrollWidth - width), ...out.slice(-3).map(e => e.nodeName + "." + e.className + " " + e.textContent.slice(0, 40))];
})()`

// Without scripts, every page shows all that it has: each link and each heading of it can be seen, or is in something that opens. What would do nothing isn't there.
func TestNoScript(t *testing.T) {
	w := published(t)
	t.Parallel()
	tab := w.tab(t, browsertest.NoScript())
	for _, k := range w.all(t) {
		w.open(tab, k.page)
		hidden := browsertest.Eval[[]string](tab, `[...document.querySelectorAll("a[href], h1, h2, h3, main p, main input")].filter(e => !e.checkVisibility() && !e.closest("details:not([open]), .needs-script")).map(e => e.nodeName + " " + (e.getAttribute("href") || e.textContent).slice(0, 80))`)
		for _, what := range hidden {
			t.Errorf("%s: without scripts, this can't be seen: %s", k.page, what)
		}
		if n := browsertest.Eval[int](tab, `document.querySelector("main").innerText.trim().length`); n < 20 {
			t.Errorf("%s: without scripts, the page has %d characters of text", k.page, n)
		}
		if n := browsertest.Eval[int](tab, `document.querySelectorAll("a[href]").length`); n < 5 {
			t.Errorf("%s: without scripts, the page has %d links", k.page, n)
		}
	}
}

// open opens a page that is in the tree; that for what isn't is shown at any depth.
func (w *world) open(tab *browsertest.Tab, page string) {
	if page == "404.html" {
		tab.OpenMissing("en/apps/there-is-none/")
		return
	}
	tab.Open(page)
}

// all returns one page of each kind, in the default language.
func (w *world) all(t *testing.T) []kind {
	t.Helper()
	var list []kind
	for _, k := range kinds {
		list = append(list, kind{k.name, "en/" + k.page})
	}
	return append(list, apart...)
}

// everywhere returns a page of each kind in the languages that need most care, and those of the packages that pages have a hard time with in that of most readers, and from right to left.
func (w *world) everywhere(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, lang := range []string{"en", "de", "ar"} { // short words, long ones, and from right to left
		for _, k := range kinds {
			pages = append(pages, lang+"/"+k.page)
		}
	}
	for _, page := range hardPages() {
		pages = append(pages, "en/"+page, "ar/"+page)
	}
	for _, k := range apart {
		pages = append(pages, k.page)
	}
	return pages
}

// languages are those of the tree's pages.
var languages = []string{"en", "de", "es", "ar"}
