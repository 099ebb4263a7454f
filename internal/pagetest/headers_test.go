package pagetest

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/browsertest"
	"github.com/regen-registry/regen/internal/wire"
)

// The tree says which headers go with each file: how long it may be kept, that it is what its type says, and that pages load nothing but their own, and other files nothing at all.
func TestHeaders(t *testing.T) {
	w := published(t)
	s := w.scan(t)
	text, err := os.ReadFile(filepath.Join(w.dir, wire.HeadersPath))
	if err != nil {
		t.Fatal(err)
	}
	headers, err := browsertest.ParseHeaders(string(text))
	if err != nil {
		t.Fatal(err)
	}
	wrong := faults{t: t}
	defer wrong.end()
	for name := range s.files {
		if name == wire.HeadersPath || name == wire.RedirectsPath || strings.HasPrefix(name, wire.RetiredPrefix) {
			continue // hosts don't serve these, and nobody asks for those
		}
		h := headers.Of("/" + name)
		if got, want := h.Get("Cache-Control"), wire.CacheControl(name); got != want {
			wrong.add("%s: Cache-Control is %q, expected %q", name, got, want)
		}
		if got := h.Get("X-Content-Type-Options"); got != "nosniff" {
			wrong.add("%s: X-Content-Type-Options is %q", name, got)
		}
		got, want := h.Get("Content-Security-Policy"), "default-src 'none'; sandbox; frame-ancestors 'none'"
		if s.docs[name] != nil {
			want = wire.PageCSP + "; frame-ancestors 'none'"
		}
		static := strings.HasPrefix(name, "static/") || strings.HasPrefix(name, "mana/") || wire.IsLanguageDirectory(strings.Split(name, "/")[0])
		if got != want && (!static || path.Ext(name) == ".html" || !strings.HasPrefix(got, "default-src 'none'; ")) {
			wrong.add("%s: Content-Security-Policy is %q, expected %q", name, got, want)
		}
	}
	for _, d := range s.sorted() {
		if d.csp != wire.PageCSP {
			wrong.add("%s says that its policy is %q, expected %q", d.path, d.csp, wire.PageCSP)
		}
	}
}

// What browsers, readers of feeds and search engines look for is there, in every language.
func TestMachines(t *testing.T) {
	s := published(t).scan(t)
	want := []string{wire.RobotsPath, wire.SitemapPath, wire.WebManifestPath, wire.NotFoundPage, wire.HomePage}
	for _, lang := range languages {
		for _, page := range []string{wire.FeedPath, wire.OpenSearchPath, wire.PackageFeed("rich"), wire.ListFeed(wire.OfCategory, "showcase")} {
			want = append(want, wire.LangPath(lang, page))
		}
	}
	for _, name := range want {
		if _, ok := s.files[name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
	// A package says what it is to search engines and to what shows a link to it.
	d := s.docs["en/"+wire.PackagePage("rich")]
	if len(d.linked) != 1 {
		t.Fatalf("the page of a package has %d documents of JSON-LD, expected one", len(d.linked))
	}
	about, _ := d.linked[0].(map[string]any)
	for key, want := range map[string]string{"@type": "SoftwareApplication", "name": "Rich & Famous", "softwareVersion": "1.1.0", "url": baseURL + "/en/apps/rich/"} {
		if about[key] != want {
			t.Errorf("JSON-LD says that %s is %v, expected %s", key, about[key], want)
		}
	}
	for property, want := range map[string]string{"og:title": d.title, "og:url": baseURL + "/en/apps/rich/", "og:type": "website", "og:site_name": registryName} {
		if got := d.properties[property]; got != want {
			t.Errorf("%s is %q, expected %q", property, got, want)
		}
	}
}
