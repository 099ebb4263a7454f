package storefront

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// fixed renders what depends on the registry alone, by path.
func fixed(t *testing.T, registry wire.Registry, s wire.Site) map[string]string {
	t.Helper()
	r, err := New(site.FS, s)
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Fixed(registry)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, f := range files {
		all[f.Path] = string(f.Data)
	}
	return all
}

// The sitemap names the pages of all packages on offer in all languages, each with its other languages.
func TestSitemap(t *testing.T) {
	r := newRenderer(t)
	rows := []wire.Row{{ID: "a", Updated: 1767484800}, {ID: "gone", State: wire.Delisted}, {ID: "bad", State: wire.AllBlocked}, {ID: "b.c"}}
	part, err := r.SitemapPart(withAddress(), "3f", rows)
	if err != nil || len(part) != 1 || part[0].Path != wire.SitemapPartPath("3f") {
		t.Fatalf("%d files, %v", len(part), err)
	}
	wellFormed(t, part[0].Path, part[0].Data)
	var set urlSet
	if err := xml.Unmarshal(part[0].Data, &set); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range set.URLs {
		got = append(got, strings.TrimPrefix(u.Loc, address)+" "+u.LastMod)
	}
	want := []string{"/en/apps/a/ 2026-01-04", "/de/apps/a/ 2026-01-04", "/es/apps/a/ 2026-01-04", "/en/apps/b.c/ ", "/de/apps/b.c/ ", "/es/apps/b.c/ "}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	text := string(part[0].Data)
	if n := strings.Count(text, `<xhtml:link rel="alternate" hreflang="de" href="`+address+`/de/apps/a/"></xhtml:link>`); n != 3 || !strings.Contains(text, ` xmlns:xhtml="http://www.w3.org/1999/xhtml"`) {
		t.Errorf("the German page is named %d times\n%s", n, text)
	}

	files, err := r.Sitemap(withAddress(), []string{"3f", ""})
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		wellFormed(t, f.Path, f.Data)
	}
	var index sitemapIndex
	if err := xml.Unmarshal(files[1].Data, &index); err != nil || files[1].Path != wire.SitemapPath {
		t.Fatal(err)
	}
	got = nil
	for _, p := range index.Parts {
		got = append(got, strings.TrimPrefix(p.Loc, address+"/"))
	}
	if want := []string{files[0].Path, wire.SitemapPartPath("3f"), wire.SitemapPartPath("")}; !slices.Equal(got, want) {
		t.Errorf("the index has %q, expected %q", got, want)
	}
	for _, page := range []string{"/en/", "/de/new/", "/es/browse/", "/en/categories/", "/en/authors/"} {
		if !strings.Contains(string(files[0].Data), "<loc>"+address+page+"</loc>") {
			t.Errorf("%s has no %s", files[0].Path, page)
		}
	}
}

// A part that would be too large for search engines is an error; one with very many languages leaves out the links between them.
func TestSitemapBounds(t *testing.T) {
	r := newRenderer(t)
	rows := make([]wire.Row, maxSitemapAddresses/len(r.locales)+1)
	for i := range rows {
		rows[i].ID = fmt.Sprint("a", i)
	}
	if _, err := r.SitemapPart(withAddress(), "", rows); err == nil || !strings.Contains(err.Error(), "sitemaps/all.xml would have 50001 addresses") {
		t.Errorf("got the error %v", err)
	}
	part, err := r.SitemapPart(withAddress(), "", rows[1:])
	if err != nil || strings.Contains(string(part[0].Data), "xhtml") {
		t.Errorf("error %v, and the part has links between languages", err)
	}
}

// Without an address of its own, a registry has no sitemap and no search description, since both need absolute addresses; all else is there.
func TestNoAddress(t *testing.T) {
	r := newRenderer(t)
	for _, render := range []func() ([]File, error){
		func() ([]File, error) { return r.SitemapPart(registry, "", []wire.Row{{ID: "a"}}) },
		func() ([]File, error) { return r.Sitemap(registry, []string{""}) },
	} {
		if files, err := render(); err != nil || files != nil {
			t.Errorf("%d files, %v", len(files), err)
		}
	}
	with, without := fixed(t, withAddress(), wire.Site{}), fixed(t, registry, wire.Site{})
	for path := range with {
		if _, ok := without[path]; ok == strings.HasSuffix(path, "opensearch.xml") {
			t.Errorf("without an address %s is there: %v", path, ok)
		}
	}
	if got, want := with[wire.RobotsPath], "User-agent: *\nDisallow:\nSitemap: https://example.org/plugins/sitemap.xml\n"; got != want {
		t.Errorf("robots.txt is %q, expected %q", got, want)
	}
	if got := without[wire.RobotsPath]; got != "User-agent: *\nDisallow:\n" {
		t.Errorf("robots.txt is %q", got)
	}
}

// Browsers are told how to search, in each language, within the bounds of OpenSearch.
func TestOpenSearch(t *testing.T) {
	r := withAddress()
	r.Name = strings.Repeat("a < b & ", 40)
	files := fixed(t, r, wire.Site{})
	for _, lang := range []string{"en", "de", "es"} {
		text := files[wire.LangPath(lang, wire.OpenSearchPath)]
		wellFormed(t, lang, []byte(text))
		var d openSearchDescription
		if err := xml.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		if want := address + "/" + lang + "/search/?q={searchTerms}"; d.URL.Template != want {
			t.Errorf("it searches at %s, expected %s", d.URL.Template, want)
		}
		if n := len([]rune(d.ShortName)); n > maxShortName || n < 3 {
			t.Errorf("the short name is %q", d.ShortName)
		}
	}
}

func TestWebManifest(t *testing.T) {
	text := fixed(t, registry, wire.Site{Languages: []string{"de", "en"}, Accent: "#123456"})[wire.WebManifestPath]
	var m webManifest
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	if m.Name != "Harbour Plugins" || m.Lang != "de" || m.Dir != "ltr" || m.Theme != "#123456" || m.StartURL != wire.HomePage || !strings.HasPrefix(m.Icons[0].Src, "static/icon.") {
		t.Errorf("%+v", m)
	}
	styles, err := site.FS.ReadFile("styles/10-base.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, colour := range map[string]string{"ground": ground, "accent": defaultAccent} {
		if !strings.Contains(string(styles), "--"+name+": "+colour+";") {
			t.Errorf("site/styles/10-base.css has another --%s than %s", name, colour)
		}
	}
}

// A headerFile is a _headers file, read as the services do.
type headerFile []struct {
	pattern *regexp.Regexp
	lines   []string
}

func readHeaders(t *testing.T, text string) (file headerFile) {
	t.Helper()
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch {
		case len(line) > 2000:
			t.Errorf("line %d has %d characters", i+1, len(line))
		case line == "" || line[0] == '#':
		case line[0] == '/':
			if strings.Count(line, "*") > 1 {
				t.Errorf("%s has several *", line)
			}
			pattern := strings.ReplaceAll(regexp.QuoteMeta(line), `\*`, ".*")
			pattern = regexp.MustCompile(`:[a-z]+`).ReplaceAllString(pattern, "[^/]+")
			file = append(file, struct {
				pattern *regexp.Regexp
				lines   []string
			}{regexp.MustCompile("^" + pattern + "$"), nil})
		case strings.HasPrefix(line, "  ") && len(file) > 0:
			rule := &file[len(file)-1]
			rule.lines = append(rule.lines, strings.TrimSpace(line))
		default:
			t.Errorf("line %d is %q", i+1, line)
		}
	}
	if len(file) > 100 {
		t.Errorf("%d rules, expected at most 100", len(file))
	}
	return file
}

// of returns what is sent with a path. It fails where two rules send different values of a header.
func (file headerFile) of(t *testing.T, path string) map[string]string {
	t.Helper()
	headers := make(map[string]string)
	for _, rule := range file {
		if !rule.pattern.MatchString("/" + path) {
			continue
		}
		for _, line := range rule.lines {
			name, value, _ := strings.Cut(line, ": ")
			if have, ok := headers[name]; ok && have != value {
				t.Errorf("%s gets %s twice: %q and %q", path, name, have, value)
			}
			headers[name] = value
		}
	}
	return headers
}

// The headers that _headers asks for are those that package wire says; pages have their policy, and what packages bring runs nothing.
func TestHeaders(t *testing.T) {
	file := readHeaders(t, fixed(t, registry, wire.Site{})[wire.HeadersPath])
	sum := wire.Sum(nil)
	page := wire.PageCSP + "; frame-ancestors 'none'"
	pages := []string{
		"", wire.HomePage, wire.NotFoundPage, wire.HostPath("mana", "starter") + "index.html", wire.LangPath("en", wire.IndexPage), wire.LangPath("de", wire.PackagePage("disk-watch")),
		wire.LangPath("es", wire.ReleasePage("disk-watch", "1.0.0")), wire.LangPath("en", wire.ListPage(wire.OfAuthor, "ada", wire.ByName, "b")), wire.LangPath("en", wire.FeedPath), wire.LangPath("en", wire.OpenSearchPath),
		wire.StaticPath("search.01234567.js"),
	}
	data := []string{
		wire.HeadPath, wire.RootPath, wire.ReleaseKeyPath, wire.ViewsPath, wire.RobotsPath, wire.SitemapPath, wire.WebManifestPath, wire.SitePath, wire.DaysDocPath, wire.RowsPath("3"), wire.CardPath(7),
		wire.SearchPath("en", "index.json"), wire.SitemapPartPath("a"), wire.SchemaPath("node"), wire.RenditionPath(sum, 96, "png"),
		wire.NodePath(sum), wire.KeysPath(1), wire.KeysSignaturePath(1, "0123456789ABCDEF"), wire.AdvisoryPath(sum), wire.LogPath(1) + "tile/0/000", wire.LogPath(1) + "tile/entries/000.p/12",
		wire.PackageViewPath("disk-watch"), wire.VersionsPath("disk-watch", sum), wire.MetadataPath("disk-watch", "1.0.0"), wire.MetadataPath("disk-watch", "1.0.0") + wire.SignatureSuffix,
		wire.ArtifactPath("disk-watch", "1.0.0", "disk-watch-1.0.0.zip"), wire.ArtifactPath("disk-watch", "1.0.0", "disk-watch-1.0.0.zip.minisig"), wire.ZstdPath("disk-watch", "1.0.0", "disk-watch-1.0.0.zip"),
		wire.DeltaPath("disk-watch", "1.1.0", "disk-watch-1.1.0.zip", "1.0.0"), wire.ArtifactPath("a", "1.0.0", "a-1.0.0.tar.gz"), wire.ArtifactPath("a", "1.0.0", "a-1.0.0.mosis"),
		wire.ArtifactPath("a", "1.0.0", "a-1.0.0.mana"), wire.ArtifactPath("a", "1.0.0", "a-1.0.0.manapkg"), wire.AssetPath("a", "1.0.0", "docs/icon.svg"), wire.AssetPath("a", "1.0.0", "README.md"),
		wire.HostPath("dropserver", "a") + "app-listing.json", "v1/store/apps/index.json",
	}
	for _, path := range append(slices.Clone(pages), data...) {
		h := file.of(t, path)
		if got, want := h["Cache-Control"], wire.CacheControl(path); got != want {
			t.Errorf("%s: Cache-Control is %q, expected %q", path, got, want)
		}
		if h["X-Content-Type-Options"] != "nosniff" || h["Referrer-Policy"] != "no-referrer" || h["Permissions-Policy"] == "" {
			t.Errorf("%s: %v", path, h)
		}
		want := dataPolicy
		if slices.Contains(pages, path) {
			want = "Content-Security-Policy: " + page
		}
		if got := "Content-Security-Policy: " + h["Content-Security-Policy"]; got != want {
			t.Errorf("%s: %s, expected %s", path, got, want)
		}
	}
	for path, want := range map[string]string{
		wire.HeadPath: "text/plain; charset=utf-8", wire.LangPath("en", wire.PackageFeed("a")): "application/atom+xml; charset=utf-8", wire.WebManifestPath: "application/manifest+json",
		wire.LangPath("en", wire.OpenSearchPath): "application/opensearchdescription+xml", wire.RootPath: "", wire.LangPath("en", wire.IndexPage): "",
	} {
		if got := file.of(t, path)["Content-Type"]; got != want {
			t.Errorf("%s: Content-Type is %q, expected %q", path, got, want)
		}
	}
}

// With as many languages as registry.yaml takes, the file stays within what services read.
func TestManyHeaders(t *testing.T) {
	r := Renderer{site: wire.Site{Languages: make([]string, 20)}}
	for i := range r.site.Languages {
		r.site.Languages[i] = string([]byte{'a', byte('a' + i)})
	}
	readHeaders(t, string(r.headers().Data))
}
