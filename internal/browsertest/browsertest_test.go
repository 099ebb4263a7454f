package browsertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/regen-registry/regen/internal/browsertest"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// files serves a tree of some files.
func files(t *testing.T, files map[string]string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	handler, err := browsertest.Serve(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

const sound = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sound</title><link rel="icon" href="icon.svg"><meta name="viewport" content="width=device-width"></head><body><main><h1>Sound</h1><a href="next.html">Next</a></main></body></html>`

// Whatever breaks a rule is a fault, and a sound page has none.
func TestFaults(t *testing.T) {
	const csp = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; script-src 'self'">`
	site := files(t, map[string]string{
		"icon.svg":       `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`,
		"sound.html":     sound,
		"error.html":     strings.Replace(sound, "<main>", `<script src="error.js"></script><main>`, 1),
		"error.js":       `console.error("this went wrong")`,
		"warning.html":   strings.Replace(sound, "<main>", `<script src="warning.js"></script><main>`, 1),
		"warning.js":     `console.warn("this is odd")`,
		"throw.html":     strings.Replace(sound, "<main>", `<script src="throw.js"></script><main>`, 1),
		"throw.js":       `null.field`,
		"script.html":    strings.Replace(sound, "<title>", csp+"<script>document.title = 'x'</script><title>", 1),
		"style.html":     strings.Replace(sound, "<title>", csp+"<style>h1 { color: red }</style><title>", 1),
		"attribute.html": strings.Replace(strings.Replace(sound, "<title>", csp+"<title>", 1), "<h1>", `<h1 style="color: red">`, 1),
		"header.html":    strings.Replace(sound, "<title>", "<style>h1 { color: red }</style><title>", 1),
		"foreign.html":   strings.Replace(sound, "<h1>", `<img src="http://127.0.0.1:9/x.png" alt=""><h1>`, 1),
		"missing.html":   strings.Replace(sound, "<h1>", `<img src="missing.png" alt=""><h1>`, 1),
		"_headers":       "# a note\n\n/header.html\n  Content-Security-Policy: default-src 'none'; img-src 'self'\n/*.html\n  X-Kind: page\n",
	})
	for name, want := range map[string]string{
		"sound": "", "error": "this went wrong", "warning": "this is odd", "throw": "Cannot read properties of null", "script": "script-src", "style": "default-src", "attribute": "default-src",
		"header": "default-src", "foreign": "http://127.0.0.1:9/x.png, expected requests to " + site, "missing": "missing.png, which the server answers with 404",
	} {
		t.Run(name, func(t *testing.T) {
			tab := browsertest.New(t, site)
			tab.Open(name + ".html")
			faults := strings.Join(tab.Faults(), "\n")
			if (faults != "") != (want != "") || !strings.Contains(faults, want) {
				t.Errorf("the faults are %q, expected %q", faults, want)
			}
		})
	}
}

// The server sends what _headers says, and what isn't there is answered with the tree's own page.
func TestServe(t *testing.T) {
	site := files(t, map[string]string{
		"index.html": "top", "a/index.html": "a", "404.html": "nothing here", "x.svg": "<svg/>",
		"_headers": "/*\n  X-All: 1\n/a/*\n\tX-All: 2\n  X-A: a: b\n/x.svg\n  Cache-Control: no-cache\n",
	})
	for path, want := range map[string]struct {
		status              int
		body, all, a, cache string
	}{
		"/":        {200, "top", "1", "", ""},
		"/a":       {200, "a", "1, 2", "a: b", ""}, // after a redirect
		"/a/":      {200, "a", "1, 2", "a: b", ""},
		"/b/c":     {404, "nothing here", "1", "", ""},
		"/x.svg":   {200, "<svg/>", "1", "", "no-cache"},
		"/../a/..": {200, "top", "1", "", ""},
	} {
		answer, err := http.Get(site + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		h := answer.Header
		if err != nil || answer.StatusCode != want.status || string(body) != want.body || h.Get("X-All") != want.all || h.Get("X-A") != want.a || h.Get("Cache-Control") != want.cache {
			t.Errorf("%s: %d %q %v, expected %+v", path, answer.StatusCode, body, h, want)
		}
	}
	h, err := browsertest.ParseHeaders("/p/:id/*.txt\n  A: 1\n/p/a.b/c.txt\n  B: 2\n")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/p/x/y/z.txt": "1", "/p/a.b/c.txt": "12", "/p/a-b/c.txt": "1", "/p/c.txt": "", "/p/x/c.text": "", "/q/p/x/y.txt": ""} {
		if got := h.Of(path).Get("A") + h.Of(path).Get("B"); got != want {
			t.Errorf("%s gets %q, expected %q", path, got, want)
		}
	}
	for text, want := range map[string]string{
		"  X: y\n":     "_headers:1: a header comes before the first path",
		"/\n  X y\n":   `_headers:2: "X y", expected a header`,
		"# x\nindex\n": `_headers:2: "index", expected a path`,
		"/*/*\n":       `_headers:1: "/*/*", expected a path`,

		"/\n  X: " + strings.Repeat("x", 2000): "_headers:2: the line has 2005 bytes",
		strings.Repeat("/\n", 101):             "_headers:101: there are more than 100 rules",
	} {
		if _, err := browsertest.ParseHeaders(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %s", text, err, want)
		}
	}
}

// The page sees what the options say.
func TestOptions(t *testing.T) {
	site := files(t, map[string]string{"icon.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`, "next.html": sound, "404.html": strings.Replace(sound, `"icon.svg"`, `"/icon.svg"`, 1), "index.html": strings.Replace(sound, "<main>", `<script src="x.js"></script><main>`, 1), "x.js": `document.title = "Script"`})
	tab := browsertest.New(t, site, browsertest.Size(320, 500), browsertest.In(browsertest.Dark), browsertest.ReducedMotion(), browsertest.NoScript())
	tab.Open("")
	const seen = `[document.title, innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(prefers-reduced-motion: reduce)").matches].join()`
	if got := browsertest.Eval[string](tab, seen); got != "Sound,320,true,true" {
		t.Errorf("the page sees %s", got)
	}
	tab = browsertest.New(t, site)
	tab.Open("")
	if got := browsertest.Eval[string](tab, seen); got != "Script,1280,false,false" {
		t.Errorf("the page sees %s", got)
	}
	tab.Keys(kb.Tab)
	if got := tab.Follow(func() { tab.Keys(kb.Enter) }); got != "next.html" {
		t.Errorf("Enter on the link leads to %s", got)
	}
	tab.OpenMissing("nothing/here")
	if shot := tab.Screenshot(); !strings.HasPrefix(string(shot), "\x89PNG") {
		t.Error("the screenshot isn't a PNG")
	}
}

// Axe finds what is wrong, and nothing where nothing is.
func TestAxe(t *testing.T) {
	browsertest.NeedAxe(t)
	site := files(t, map[string]string{"icon.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`, "sound.html": sound, "bad.html": strings.Replace(sound, "<h1>", `<img src="icon.svg"><h1>`, 1)})
	tab := browsertest.New(t, site)
	tab.Open("sound.html")
	if found := tab.Axe(); len(found) > 0 {
		t.Errorf("axe finds %v in a sound page", found)
	}
	tab.Open("bad.html")
	if found := tab.Axe("color-contrast"); len(found) > 0 {
		t.Errorf("axe finds %v in the colours", found)
	}
	if found := tab.Axe(); len(found) != 1 || found[0].ID != "image-alt" || !strings.Contains(found[0].String(), "img") {
		t.Errorf("axe finds %v in a picture without a text", found)
	}
}
