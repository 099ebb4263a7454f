package search

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/chromedp/kb"
	"github.com/regen-registry/regen/internal/browsertest"
)

// These tests run the real script in a real browser, over indexes that Build made.

func TestMain(m *testing.M) { browsertest.Main(m) }

// page is a page with a form. results is the id of the list's place, or empty for a list below the field.
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Search</title><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'">
<link rel="icon" href="../static/icon.svg"><script src="../static/search.js" defer></script></head><body><main><h1>Search</h1>
<form role="search" class="search" action="search.html" data-index="../storefront/search/en/" data-cards="../storefront/cards/" data-top="../" data-pages="" data-lang="en" data-results="%s"
 data-label="Results" data-none="nothing" data-one="{n} result" data-many="{n} results" data-over="more than {n}" data-more="More" data-failed="failed"><input type="search" name="q" aria-label="Search"><button>Search</button></form>
<div id="results"></div><p><a href="app.html">All packages</a></p></main></body></html>`

// A site serves an index of documents, and counts what is fetched of it.
type site struct {
	*httptest.Server
	mu       sync.RWMutex
	files    map[string][]byte
	cacheFor atomic.Int64 // seconds
	bytes    atomic.Int64 // below storefront/
	delay    atomic.Int64 // of cards, nanoseconds
}

func newSite(t testing.TB, docs []Doc, extra map[int64]map[string]any) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	script, err := os.ReadFile("../../site/scripts/search.js")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{files: map[string][]byte{
		"/en/search.html":   fmt.Appendf(nil, page, "results"),
		"/en/page.html":     fmt.Appendf(nil, page, ""),
		"/en/app.html":      []byte(`<!doctype html><html lang="en"><title>All</title><link rel="icon" href="../static/icon.svg">`),
		"/static/icon.svg":  []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
		"/static/search.js": script,
	}}
	for name, data := range Build(docs, testStop) {
		s.files["/storefront/search/en/"+name] = data
	}
	for _, d := range docs {
		card := map[string]any{
			"n": d.Number, "id": d.ID, "format": "vito", "version": "1.2.3", "channel": "stable", "released": 1_700_000_000, "updated": 1_710_000_000, "log": d.Number,
			"name": map[string]string{"en": d.Name}, "summary": map[string]string{"en": d.Summary, "de": d.Summary, "es": d.Summary}, "icon": "", "keywords": d.Keywords, "categories": []string{"tools"}, "license": "MIT", "versions": 3,
		}
		for k, v := range extra[d.Number] {
			card[k] = v
		}
		data, err := json.Marshal(card)
		if err != nil {
			t.Fatal(err)
		}
		s.files[fmt.Sprintf("/storefront/cards/%d.json", d.Number)] = data
		s.files["/en/apps/"+d.ID+"/index.html"] = []byte(`<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">`)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.RLock()
		data, ok := s.files[r.URL.Path]
		s.mu.RUnlock()
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/storefront/cards/") {
			time.Sleep(time.Duration(s.delay.Load()))
		}
		if strings.HasPrefix(r.URL.Path, "/storefront/") {
			s.bytes.Add(int64(len(data)))
		}
		if age := s.cacheFor.Load(); age > 0 {
			w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", age))
		} else {
			w.Header().Set("Cache-Control", "no-store")
		}
		switch {
		case strings.HasSuffix(r.URL.Path, ".svg"):
			w.Header().Set("Content-Type", "image/svg+xml")
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
		case strings.HasSuffix(r.URL.Path, ".json"):
			w.Header().Set("Content-Type", "application/json")
		default:
			w.Header().Set("Content-Type", "text/html")
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(s.Close)
	return s
}

// A found is what a page shows for a query.
type found struct {
	Names  []string `json:"names"`
	Status string   `json:"status"`
}

// ask puts a query into the field and waits for the answer.
func ask(tab *browsertest.Tab, query string) found {
	q, err := json.Marshal(query)
	if err != nil {
		panic(err)
	}
	return browsertest.Eval[found](tab, `(async () => {
		const input = document.querySelector("input"), status = document.querySelector("[role=status]");
		status.textContent = "";
		input.value = `+string(q)+`;
		input.dispatchEvent(new Event("input"));
		while (!status.textContent) await new Promise((r) => setTimeout(r, 2));
		return {names: [...document.querySelectorAll("[role=option]")].map((o) => o.querySelector(".name").textContent), status: status.textContent};
	})()`)
}

func name(number int64, name, summary string, more ...string) Doc {
	d := Doc{Number: number, ID: fmt.Sprintf("pkg-x%d", number), Name: name, Summary: summary}
	for _, m := range more {
		if author, ok := strings.CutPrefix(m, "by "); ok {
			d.Authors = append(d.Authors, author)
		} else {
			d.Keywords = append(d.Keywords, m)
		}
	}
	return d
}

var small = []Doc{
	name(1, "Git", "Version control", "vcs"),
	name(2, "Gitea", "A painless forge with git inside"),
	name(3, "GitLab Runner", "Runs jobs"),
	name(4, "Forge", "Hosts git repositories", "git"),
	name(5, "Octopus", "Merges branches", "by Gitta Meyer"),
	name(6, "Photo Editor", "Crops and retouches pictures", "by Ada Lovelace"),
	name(7, "Photo", "Shows pictures"),
	name(8, "Old Photo Editor Deluxe", "Retouches old pictures"),
	name(9, "Editor", "Edits photo collections and text"),
	name(10, "Café Crème", "Espresso timers for São Paulo"),
	name(11, "Straßenkarte", "Karten für überall"),
	name(12, "محرر الصور", "تحرير الصور بسهولة"),
	name(13, "مدير الملفات", "تنظيم الملفات"),
	name(14, "图像编辑器", "编辑图片的工具"),
	name(15, "图书管理", "管理图书"),
	name(16, "Kubernetes Dashboard", "Watches clusters", "orchestration"),
	name(17, "The Who", "Music of the band"),
	name(18, "Ελληνικός Οδηγός", "Λεξικό"),
	name(19, "画像ビューア", "画像を見る"),
	name(20, "Редактор фото", "Правит снимки"),
	name(21, "Notebook", "Keeps notes", "by Grace Hopper"),
	name(1<<53-1, "Largest Number", "of all"),
	name(1<<40, "Middling Number", "of all"),
}

// TestFinds: what is asked for comes first, however it is written.
func TestFinds(t *testing.T) {
	s := newSite(t, small, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html")
	for _, c := range []struct{ why, query, want string }{
		{"the exact name is first, then names that begin with it, then keywords, then texts", "git", "Git|GitLab Runner|Gitea|Forge|Octopus"},
		{"capitals don't count", "GIT", "Git|GitLab Runner|Gitea|Forge|Octopus"},
		{"the exact name of several words is first", "photo editor", "Photo Editor|Old Photo Editor Deluxe|Editor"},
		{"a short exact name before longer ones", "photo", "Photo|Photo Editor|Old Photo Editor Deluxe|Editor"},
		{"the first letter finds", "k", "Kubernetes Dashboard|Notebook|Straßenkarte"},
		{"the last word goes on", "old ph", "Old Photo Editor Deluxe"},
		{"the other words don't", "ol photo", ""},
		{"words in any order", "editor old photo", "Old Photo Editor Deluxe"},
		{"words of different places", "editor lovelace", "Photo Editor"},
		{"every word has to match", "photo kubernetes", ""},
		{"keyword", "orchestr", "Kubernetes Dashboard"},
		{"author", "hopper", "Notebook"},
		{"part of the id", "x16", "Kubernetes Dashboard"},
		{"stop words don't leave anything out", "the photo of", "Photo|Old Photo Editor Deluxe|Photo Editor|Editor"},
		{"but may be a name", "the who", "The Who"},
		{"a letter is missing", "kuberntes", "Kubernetes Dashboard"},
		{"two letters are swapped", "kubrenetes", "Kubernetes Dashboard"},
		{"a letter is wrong", "kubermetes", "Kubernetes Dashboard"},
		{"a letter is too much", "kuberrnetes", "Kubernetes Dashboard"},
		{"the first letter is wrong", "lubernetes", "Kubernetes Dashboard"},
		{"the first letter is missing", "ubernetes", "Kubernetes Dashboard"},
		{"the first letters are swapped", "ukbernetes", "Kubernetes Dashboard"},
		{"a letter before the first", "akubernetes", "Kubernetes Dashboard"},
		{"the second letter is wrong", "kabernetes", "Kubernetes Dashboard"},
		{"the third letter is missing", "kuernetes", "Kubernetes Dashboard"},
		{"two errors in a long word", "kubrnetas", "Kubernetes Dashboard"},
		{"a mistyped beginning", "kubren", "Kubernetes Dashboard"},
		{"a mistyped word among others", "dashbord kuber", "Kubernetes Dashboard"},
		{"two mistyped words", "kubernets dashbord", "Kubernetes Dashboard"},
		{"an error in a short word is another word", "gut", ""},
		{"three errors are too many", "kxbxrnxtes", ""},
		{"nothing is like it", "zzzzzzzz", ""},
		{"accents don't count", "cafe creme", "Café Crème"},
		{"accents that aren't there", "Gít", "Git|GitLab Runner|Gitea|Forge|Octopus"},
		{"accents apart from their letters", "cafe\u0301", "Café Crème"},
		{"ß and ss", "strassen", "Straßenkarte"},
		{"capital ẞ", "STRAẞENKARTE", "Straßenkarte"},
		{"umlauts", "uberall", "Straßenkarte"},
		{"a tilde", "sao paulo", "Café Crème"},
		{"Arabic", "محرر", "محرر الصور"},
		{"Arabic, two words", "الصور محرر", "محرر الصور"},
		{"Arabic, a beginning", "المل", "مدير الملفات"},
		{"Arabic with vowel signs", "مُحَرِّر", "محرر الصور"},
		{"Arabic, a letter is missing", "الملفت", "مدير الملفات"},
		{"Chinese", "编辑", "图像编辑器"},
		{"Chinese, the whole name", "图像编辑器", "图像编辑器"},
		{"Chinese, one letter", "图", "图书管理|图像编辑器"},
		{"Chinese, the last letter", "器", "图像编辑器"},
		{"Chinese, words apart", "编辑 图像", "图像编辑器"},
		{"Japanese", "ビュー", "画像ビューア"},
		{"Greek final sigma", "ΕΛΛΗΝΙΚΟΣ", "Ελληνικός Οδηγός"},
		{"Cyrillic, two letters are swapped", "редаткор", "Редактор фото"},
		{"high numbers are told apart", "number", "Largest Number|Middling Number"},
		{"control characters and markup", "<git>\x00\u202e", "Git|GitLab Runner|Gitea|Forge|Octopus"},
	} {
		got := ask(tab, c.query)
		if names := strings.Join(got.Names, "|"); names != c.want {
			t.Errorf("%s: %q finds %q, expected %q", c.why, c.query, names, c.want)
		}
		want := fmt.Sprintf("%d results", len(got.Names))
		switch len(got.Names) {
		case 0:
			want = "nothing"
		case 1:
			want = "1 result"
		}
		if got.Status != want {
			t.Errorf("%q: the status is %q, expected %q", c.query, got.Status, want)
		}
	}
}

// TestKeyboard: the list is gone through and left by keyboard, as a combobox is.
func TestKeyboard(t *testing.T) {
	s := newSite(t, small, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/page.html")
	state := func(want string) {
		t.Helper()
		got := browsertest.Eval[string](tab, `(() => {
			const input = document.querySelector("input"), list = document.getElementById(input.getAttribute("aria-controls"));
			const active = document.getElementById(input.getAttribute("aria-activedescendant"));
			const selected = [...list.querySelectorAll("[aria-selected=true]")];
			if (selected.length > 1 || (active ?? undefined) !== selected[0]) return "the active option isn't the selected one";
			return [document.activeElement === input, input.getAttribute("aria-expanded"), list.hidden ? "hidden" : list.children.length, active ? active.querySelector(".name").textContent : "-", input.value].join();
		})()`)
		if got != want {
			t.Errorf("found %s, expected %s", got, want)
		}
	}
	until := func(expanded bool) {
		t.Helper()
		tab.Until(fmt.Sprintf(`document.querySelector("input").getAttribute("aria-expanded") === "%v"`, expanded))
	}
	tab.Keys(kb.Tab)
	state("true,false,hidden,-,")
	tab.Keys("git")
	until(true)
	tab.Until(`document.querySelectorAll("[role=option]").length === 5`)
	state("true,true,5,-,git")
	tab.Keys(kb.ArrowDown)
	state("true,true,5,Git,git")
	tab.Keys(kb.ArrowDown + kb.ArrowDown)
	state("true,true,5,Gitea,git")
	tab.Keys(kb.End)
	state("true,true,5,Octopus,git")
	tab.Keys(kb.ArrowDown)
	state("true,true,5,-,git")
	tab.Keys(kb.ArrowUp)
	state("true,true,5,Octopus,git")
	tab.Keys(kb.Home)
	state("true,true,5,Git,git")
	tab.Keys(kb.Escape)
	state("true,false,hidden,-,git")
	tab.Keys(kb.ArrowDown)
	until(true)
	tab.Keys(kb.Tab) // to the button
	until(false)
	tab.BackTab()
	until(true)
	tab.Keys(kb.ArrowDown + kb.ArrowDown)
	state("true,true,5,GitLab Runner,git")
	if got := tab.Follow(func() { tab.Keys(kb.Enter) }); got != "en/apps/pkg-x3/index.html" {
		t.Errorf("Enter on the option leads to %s", got)
	}

	// Without an option, Enter leads to the search page, which has the query in its address and in its field.
	tab.Open("en/page.html")
	tab.Keys(kb.Tab + "painless")
	until(true)
	if got := tab.Follow(func() { tab.Keys(kb.Enter) }); got != "en/search.html?q=painless" {
		t.Errorf("Enter leads to %s", got)
	}
	tab.Until(`document.querySelectorAll("#results [role=option]").length === 1`)
	state("false,true,1,-,painless")
	browsertest.Eval[any](tab, `document.querySelector("input").focus()`)
	tab.Keys(" inside")
	tab.Until(`location.search === "?q=painless+inside"`)
	before := browsertest.Eval[int](tab, "history.length")
	tab.Keys(kb.Enter)
	if after := browsertest.Eval[int](tab, "history.length"); after != before || tab.Path() != "en/search.html?q=painless+inside" {
		t.Errorf("Enter on the search page leads to %s, with %d entries in the history, expected %d", tab.Path(), after, before)
	}
}

// TestBudget: what any query fetches stays below 50,000 bytes, at 10,000 packages.
func TestBudget(t *testing.T) {
	docs := corpus(10_000)
	s := newSite(t, docs, nil)
	random := rand.New(rand.NewPCG(3, 4))
	word := func() string {
		for {
			fields := strings.Fields(docs[random.IntN(len(docs))].Summary)
			if w := strings.ToLower(strings.Trim(fields[random.IntN(len(fields))], ".")); len(w) > 3 {
				return w
			}
		}
	}
	mistype := func(w string) string {
		letters := []byte(w)
		i := random.IntN(len(letters))
		switch random.IntN(4) {
		case 0:
			return string(slices.Delete(letters, i, i+1))
		case 1:
			return string(slices.Insert(letters, i, 'e'))
		case 2:
			letters[i] = 'x'
		case 3:
			if i+1 < len(letters) {
				letters[i], letters[i+1] = letters[i+1], letters[i]
			}
		}
		return string(letters)
	}
	var queries []string
	for _, c := range "abcdepst" {
		queries = append(queries, string(c))
	}
	for range 10 {
		d := docs[random.IntN(len(docs))]
		w := word()
		queries = append(queries, d.Name, mistype(d.Name), w, w[:2], mistype(word()), word()+" "+word(), mistype(word())+" "+mistype(word())+" "+mistype(word()), word()+" "+w[:1], word()+" "+word()+" "+w[:2])
	}
	queries = append(queries, "", "7", "the", strings.Repeat("co re pr ", 20), strings.Join(strings.Fields(docs[9].Summary), " "))
	largest, sum := int64(0), int64(0)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html")
	for i, q := range queries {
		// A script that is new, with a form that is new, has nothing in its memory.
		browsertest.Eval[any](tab, fmt.Sprintf(`new Promise((done) => {
			document.querySelector("form").outerHTML = document.querySelector("form").outerHTML;
			document.querySelector("#results").replaceChildren();
			const script = document.createElement("script");
			script.src = "../static/search.js?%d";
			script.onload = done;
			document.head.append(script);
		}).then(() => null)`, i))
		s.bytes.Store(0)
		var got found
		if strings.TrimSpace(q) != "" {
			got = ask(tab, q)
		}
		n := s.bytes.Load()
		if n > 50_000 {
			t.Errorf("%q fetches %d bytes, expected at most 50,000", q, n)
		}
		if n > 40_000 {
			t.Logf("%q fetches %d bytes and shows %d results: %s", q, n, len(got.Names), got.Status)
		}
		largest, sum = max(largest, n), sum+n
	}
	t.Logf("%d queries: %d bytes at most, %d on average", len(queries), largest, sum/int64(len(queries)))
}

// TestNamesFirst: of 10,000 packages the one with the name that is asked for comes first.
func TestNamesFirst(t *testing.T) {
	docs := corpus(10_000)
	s := newSite(t, docs, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/page.html")
	random := rand.New(rand.NewPCG(5, 6))
	meant := 0
	for range 60 {
		d := docs[random.IntN(len(docs))]
		if got := ask(tab, d.Name); len(got.Names) == 0 || got.Names[0] != d.Name {
			t.Errorf("%q finds %q, expected the package of that name first", d.Name, got.Names)
		}
		if w := strings.Fields(d.Name)[0]; len(w) >= 6 {
			typo := w[:3] + w[4:5] + w[3:4] + w[5:] + strings.TrimPrefix(d.Name, w)
			if slices.Contains(ask(tab, typo).Names, d.Name) {
				meant++
			} else {
				t.Logf("%q doesn't find %q", typo, d.Name)
			}
		} else {
			meant++
		}
	}
	if meant < 54 {
		t.Errorf("%d of 60 mistyped names are found, expected 54", meant)
	}
}

// TestFast: with a warm cache the first results stand on the page soon after the first key.
func TestFast(t *testing.T) {
	docs := corpus(10_000)
	s := newSite(t, docs, nil)
	s.cacheFor.Store(600)
	tab := browsertest.New(t, s.URL)
	const watch = `(() => {
		window.times = [];
		const input = document.querySelector("input");
		let typed = 0;
		input.addEventListener("keydown", (e) => { typed = e.timeStamp; }, true);
		new MutationObserver(() => {
			if (typed && document.querySelector("[role=option]")) {
				const from = typed;
				typed = 0;
				requestAnimationFrame(() => window.times.push(performance.now() - from));
			}
		}).observe(document.querySelector("form"), {subtree: true, childList: true});
	})()`
	var times []float64
	for i := range 6 {
		for _, key := range []string{"s", "p", "d"} {
			tab.Open("en/page.html")
			browsertest.Eval[any](tab, watch)
			tab.Keys(kb.Tab + key)
			tab.Until("window.times.length > 0")
			if i > 0 { // the first round warms the cache
				times = append(times, browsertest.Eval[float64](tab, "window.times[0]"))
			}
		}
	}
	slices.Sort(times)
	t.Logf("first results after the first key, in ms: %.1f", times)
	if median := times[len(times)/2]; median > 100 {
		t.Errorf("half of the first results take longer than %.0f ms, expected at most 100", median)
	}
}

// TestStale: the answer to an older query never takes the place of a newer one.
func TestStale(t *testing.T) {
	s := newSite(t, small, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html")
	ask(tab, "notebook")
	s.delay.Store(int64(300 * time.Millisecond))
	browsertest.Eval[any](tab, `(() => { const input = document.querySelector("input"); input.value = "git"; input.dispatchEvent(new Event("input")); })()`)
	tab.Until(`performance.getEntriesByType("resource").length > 0`)
	time.Sleep(50 * time.Millisecond)
	s.delay.Store(0)
	want := "Kubernetes Dashboard"
	if got := ask(tab, "kubernetes"); strings.Join(got.Names, "|") != want {
		t.Errorf("found %q, expected %q", got.Names, want)
	}
	time.Sleep(400 * time.Millisecond)
	if got := browsertest.Eval[string](tab, `[...document.querySelectorAll(".name")].map((n) => n.textContent).join("|")`); got != want {
		t.Errorf("later found %q, expected %q", got, want)
	}
}

// TestFails: where the index can't be had, the page says so, and its links stay.
func TestFails(t *testing.T) {
	s := newSite(t, small, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html")
	s.mu.Lock()
	for name := range s.files {
		if strings.HasPrefix(name, "/storefront/search/") {
			delete(s.files, name)
		}
	}
	s.mu.Unlock()
	if got := ask(tab, "git"); got.Status != "failed" || len(got.Names) != 0 {
		t.Errorf("found %+v, expected failed", got)
	}
	if faults := tab.Faults(); len(faults) == 0 || slices.ContainsFunc(faults, func(f string) bool { return !strings.Contains(f, "404") }) {
		t.Errorf("the faults are %q, expected files that are missing", faults)
	}
	if got := browsertest.Eval[string](tab, `document.querySelector("main p a").textContent`); got != "All packages" {
		t.Errorf("the page's link is %q", got)
	}
}

// TestNewEdition: a page that is open when an index is published goes on with the new one.
func TestNewEdition(t *testing.T) {
	s := newSite(t, corpus(3000), nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html")
	ask(tab, "x")
	next := newSite(t, small, nil)
	s.mu.Lock()
	s.files = next.files
	s.mu.Unlock()
	if got := ask(tab, "kubernetes dash"); strings.Join(got.Names, "|") != "Kubernetes Dashboard" {
		t.Errorf("found %+v, expected the package of the new edition", got)
	}
	tab.Faults() // files of the old edition that are gone
}

// TestHostile: what a card says is text, whatever it looks like.
func TestHostile(t *testing.T) {
	docs := []Doc{name(1, `Evil <img src=x onerror=alert(1)> ${1} name`, "Evil"), name(2, "Evil twin", "Evil"), name(3, "Evil Arabic", "Evil"), name(4, "Evil gone", "Evil")}
	s := newSite(t, docs, map[int64]map[string]any{
		1: {"id": "../../a b?c#d", "icon": "javascript:alert(1)", "icon_2x": "packages/x/1.0.0/a, b.png", "summary": map[string]string{"en": "<script>alert(1)</script> \u202eevil\u0000 &amp;"}},
		2: {"name": map[string]string{}, "summary": nil},
		3: {"name": map[string]string{"ar": "محرر", "de": "Böse"}, "icon": "packages/evil/1.0.0/assets/i c%o?n.png"},
	})
	for _, icon := range []string{"/javascript:alert(1)", "/packages/evil/1.0.0/assets/i c%o?n.png", "/packages/x/1.0.0/a, b.png"} {
		s.files[icon] = []byte("\x89PNG")
	}
	delete(s.files, "/storefront/cards/4.json")
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html")
	ask(tab, "evil")
	tab.Until(`document.querySelectorAll("[role=option]").length === 3`)
	for expression, want := range map[string]string{
		`[...document.querySelectorAll("[role=option]")].map((o) => o.getAttribute("href")).join()`:  "apps/pkg-x3/index.html,apps/pkg-x2/index.html,apps/..%2F..%2Fa%20b%3Fc%23d/index.html",
		`[...document.querySelectorAll(".name")].map((o) => o.textContent).join()`:                   "محرر,pkg-x2,Evil <img src=x onerror=alert(1)> ${1} name",
		`[...document.querySelectorAll(".name")].map((o) => o.lang).join()`:                          "ar,,",
		`[...document.querySelectorAll(".summary")].map((o) => o.textContent).join()`:                "Evil,<script>alert(1)</script> evil  &amp;",
		`[...document.querySelectorAll("#results img")].map((o) => o.getAttribute("src")).join()`:    "../packages/evil/1.0.0/assets/i%20c%25o%3Fn.png,../javascript%3Aalert(1)",
		`[...document.querySelectorAll("#results .icon:not(img)")].map((o) => o.textContent).join()`: "P",
		`document.querySelectorAll("#results script, #results [onerror]").length + ""`:               "0",
	} {
		if got := browsertest.Eval[string](tab, expression); got != want {
			t.Errorf("%s is %q, expected %q", expression, got, want)
		}
	}
	for _, fault := range tab.Faults() {
		if !strings.Contains(fault, "cards/4.json") {
			t.Error(fault)
		}
	}
}

// TestMore: results beyond the first ones come when they are asked for, and marks show why each is there.
func TestMore(t *testing.T) {
	docs := slices.Clone(small)
	for i := range 50 {
		docs = append(docs, name(int64(100+i), fmt.Sprintf("Widget %d", i), "Shows things"))
	}
	s := newSite(t, docs, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/search.html?q=widget")
	shows := func(n int) {
		t.Helper()
		tab.Until(fmt.Sprintf(`document.querySelectorAll("[role=option]").length === %d`, n))
	}
	shows(20)
	tab.Click("button.more")
	shows(40)
	if got := browsertest.Eval[string](tab, `document.querySelector("[aria-selected=true] .name").textContent`); got != "Widget 29" {
		t.Errorf("the first new result is %q, and it is to be the active one", got)
	}
	tab.Click("button.more")
	shows(50)
	if got := browsertest.Eval[string](tab, `document.querySelector("button.more").hidden + document.querySelector("[role=status]").textContent`); got != "true50 results" {
		t.Errorf("found %q, expected no button and 50 results", got)
	}
	for query, want := range map[string]string{"cafe creme": "Café|Crème", "kuberne": "Kuberne", "kubrenete": "Kubernetes", "strassenk": "Straßenk", "编辑": "编辑|编辑", "merges": "Merges"} {
		ask(tab, query)
		if got := browsertest.Eval[string](tab, `[...document.querySelectorAll("mark")].map((m) => m.textContent).join("|")`); got != want {
			t.Errorf("%q marks %q, expected %q", query, got, want)
		}
	}
	tab.Open("en/page.html")
	if got := ask(tab, "widget"); len(got.Names) != 8 || got.Status != "50 results" {
		t.Errorf("the list below the field has %d of %q, expected 8 of 50 results", len(got.Names), got.Status)
	}
}

// TestAxe: axe finds nothing wrong with the list.
func TestAxe(t *testing.T) {
	browsertest.NeedAxe(t)
	s := newSite(t, small, nil)
	tab := browsertest.New(t, s.URL)
	for _, page := range []string{"en/page.html", "en/search.html"} {
		tab.Open(page)
		ask(tab, "git")
		tab.Keys(kb.Tab + kb.ArrowDown)
		for _, finding := range tab.Axe() {
			t.Errorf("%s: %s", page, finding)
		}
	}
}

// TestFoldsAlike: the script folds and cuts texts of any script as Build does, so that every name is found by itself.
func TestFoldsAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	var letters []rune
	for r := rune(0x20); r < 0x1_F000; r++ {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			letters = append(letters, r)
		}
	}
	var docs []Doc
	for i := range 150 {
		// Neighbours in the code belong to one script, mostly.
		from := random.IntN(len(letters) - 40)
		if i%3 == 0 {
			from = random.IntN(900)
		}
		var name strings.Builder
		for range 4 + random.IntN(12) {
			if random.IntN(6) == 0 {
				name.WriteByte(" -.'"[random.IntN(4)])
			}
			name.WriteRune(letters[from+random.IntN(40)])
		}
		if d := (Doc{Number: int64(i), ID: fmt.Sprint("p", i), Name: strings.TrimSpace(name.String())}); wholeKey(d.Name) != "" {
			docs = append(docs, d)
		}
	}
	s := newSite(t, docs, nil)
	tab := browsertest.New(t, s.URL)
	tab.Open("en/page.html")
	for _, d := range docs {
		if got := ask(tab, d.Name); len(got.Names) == 0 || got.Names[0] != d.Name {
			t.Errorf("%q (%U) finds %q, expected itself", d.Name, []rune(d.Name), got.Names)
		}
	}
}
