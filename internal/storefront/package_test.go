package storefront

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/regen-registry/regen/internal/qrcode"
	"github.com/regen-registry/regen/internal/wire"
)

// packagePages returns the pages of a package by their paths.
func packagePages(t testing.TB, r *Renderer, p Package) map[string][]byte {
	t.Helper()
	files, err := r.Package(p)
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[string][]byte)
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".html") {
			pages[f.Path] = f.Data
		}
	}
	return pages
}

// says fails unless a page says all of the texts, which are separated by |.
func says(t *testing.T, page []byte, texts string) {
	t.Helper()
	text := textOf(t, page)
	for want := range strings.SplitSeq(texts, "|") {
		if !strings.Contains(text, want) {
			t.Errorf("the page doesn't say %q: %s", want, text)
		}
	}
}

// hides fails if a page says any of the texts.
func hides(t *testing.T, page []byte, texts string) {
	t.Helper()
	text := textOf(t, page)
	for bad := range strings.SplitSeq(texts, "|") {
		if strings.Contains(text, bad) {
			t.Errorf("the page says %q", bad)
		}
	}
}

// linksOf returns what the links of a page lead to.
func linksOf(t *testing.T, page []byte) []string {
	t.Helper()
	var list []string
	walk(t, page, func(n *html.Node, attr map[string]string) {
		if n.Data == "a" {
			list = append(list, attr["href"])
		}
	})
	return list
}

// The page says at a glance what the package is, what it works with, what it may do and what is wrong with it, in the language of the page.
func TestGlance(t *testing.T) {
	r := newRenderer(t)
	r.site.Dangerous = []string{"network"}
	pages := packagePages(t, r, fullRelease())
	for path, want := range map[string]string{
		"en": "Disk Watch|mosis 3.11.0 or newer, made for 3.14.0|Keep files on the device|Use the internet sensitive|telepathy|Runs Lua code|Nobody without an account|Holds copies|in version 3|Suitable for all ages|Tracks what you do|Counts how often|Needs a network service|German|Spanish 72 %|works with it|Open in mosis|Download|mosis, 31 kB|The author signed|1,203, below log/1/|What’s new in 1.4.0 Inodes are watched, too|Draws a line|Clears caches",
		"de": "Plattenwächter|mosis 3.11.0 oder neuer, gemacht für 3.14.0|Dateien auf dem Gerät ablegen|Das Internet nutzen heikel|telepathy|Verfolgt, was du tust|Zählt, wie oft|Englisch|4. Jan. 2026|31.234 Bytes|1.203, unter log/1/|Neu in 1.4.0|Zieht eine Linie",
		"es": "Disk Watch|mosis 3.11.0 o posterior|Guardar archivos|delicado|Rastrea lo que haces|alemán|31.234 bytes|Novedades de 1.4.0",
	} {
		page := pages[path+"/apps/disk-watch/index.html"]
		says(t, page, want)
		hides(t, page, "permission_|code_|anti_feature_|%!|{n}|no description|Asks for no permissions")
	}
	p := bareRelease()
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	says(t, page, "native (no version named)|This release has no readme.")
	hides(t, page, "What it may do|What you may not like|Screenshots|All changes|The author signed|On another device")
	for code, want := range map[string]bool{"none": true, "lua": true, "php": false, "ts": false, "": false} { // what runs in the host asks for nothing, and may do all
		p.Metadata.Code = code
		page, err := onePage(r, p)
		if got := strings.Contains(textOf(t, page), "Asks for no permissions"); err != nil || got != want {
			t.Errorf("code %q: asks for no permissions: %v, expected %v (%v)", code, got, want, err)
		}
	}
}

// Every text is in the best language that there is, and says which it is in where that isn't the page's own. A file is rendered once for all pages that show it.
func TestPackageLanguages(t *testing.T) {
	r := newRenderer(t)
	p := fullRelease()
	pages := packagePages(t, r, p)
	for path, want := range map[string][]string{
		"en": {`<div class="prose" dir="auto">` + "\n<p>Watches the disks", `<h1 dir="auto">Disk Watch`},
		"de": {`<div class="prose" dir="auto">` + "\n<p>Prüft die Platten. Mehr in den <a href=\"changelog.html\">Änderungen</a> und <a href=\"../../../packages/disk-watch/1.4.0/assets/README.md\">auf Englisch</a>.", `<li><span dir="auto" lang="en">Clears caches`},
		"es": {`<div class="prose" dir="auto">` + "\n<h3 id=\"about-qué-hace\">Qué hace</h3>", `<h1 dir="auto" lang="en">Disk Watch`, `<div class="prose" dir="auto" lang="en">` + "\n<ul>\n<li>Inodes"},
	} {
		for _, part := range want {
			if page := pages[path+"/apps/disk-watch/index.html"]; !bytes.Contains(page, []byte(part)) {
				t.Errorf("%s: the page lacks %s", path, part)
			}
		}
	}
	var paths []string
	for _, f := range r.TextFiles(&p.Metadata) {
		paths = append(paths, f.Path)
	}
	if !slices.Equal(paths, []string{"README.md", "README.de.md", "CHANGELOG.md"}) {
		t.Errorf("the pages show %v", paths)
	}
	text := newTexts(r.markdown, &p, nil)
	for _, lang := range []string{"fr", "it", "en", "de"} {
		if _, err := text.readme(lang); err != nil {
			t.Fatal(err)
		}
	}
	if len(text.rendered) != 2 {
		t.Errorf("two files were rendered %d times", len(text.rendered))
	}
}

// The screenshots come with the main one first, in the sizes that there are, and lead to the picture; one that could run script does not.
func TestGallery(t *testing.T) {
	page, err := onePage(newRenderer(t), fullRelease())
	if err != nil {
		t.Fatal(err)
	}
	var shots []map[string]string
	var links []string
	walk(t, page, func(n *html.Node, attr map[string]string) {
		for up := n.Parent; up != nil; up = up.Parent {
			if up.Data == "ul" && slices.ContainsFunc(up.Attr, func(a html.Attribute) bool { return a.Key == "class" && a.Val == "shots" }) {
				switch n.Data {
				case "img":
					shots = append(shots, attr)
				case "a":
					links = append(links, attr["href"])
				}
			}
		}
		if n.Data == "a" && strings.Contains(attr["href"], ".svg") {
			t.Errorf("%s is linked", attr["href"])
		}
		if n.Data == "img" && (attr["width"] == "" || attr["height"] == "") {
			t.Errorf("%v has no size", attr)
		}
	})
	const assets = "../../../packages/disk-watch/1.4.0/assets/screenshots/"
	if len(shots) != 4 || !slices.Equal(links, []string{assets + "third.png", assets + "overview.png", assets + "a%20detail%20%26%20more.png"}) {
		t.Fatalf("%d pictures lead to %v", len(shots), links)
	}
	for i, alt := range []string{"Screenshot 1 of 4", "A list of servers with a bar for each disk", "Screenshot 3 of 4", "Ein Schema"} {
		if shots[i]["alt"] != alt {
			t.Errorf("picture %d has the alternative text %q, expected %q", i, shots[i]["alt"], alt)
		}
	}
	sum := wire.Sum([]byte("screenshots/overview.png"))
	want := fmt.Sprintf("../../../%s 320w, ../../../%s 640w, %soverview.png 1600w", wire.RenditionPath(sum, 320, "png"), wire.RenditionPath(sum, 640, "png"), assets)
	if shots[1]["srcset"] != want || shots[1]["sizes"] != "min(100vw, 564px)" || shots[0]["srcset"] != "" || shots[3]["lang"] != "de" {
		t.Errorf("the pictures are %v", shots)
	}
	if n := bytes.Count(page, []byte(want)); n != 2 { // the readme shows it, too
		t.Errorf("the sizes of a picture stand there %d times, expected 2", n)
	}
	icon := wire.Sum([]byte("assets/icon.png"))
	if !bytes.Contains(page, []byte(`srcset="../../../`+wire.RenditionPath(icon, 96, "png")+` 1x, ../../../`+wire.RenditionPath(icon, 192, "png")+` 2x"`)) {
		t.Error("the icon has no sizes")
	}
}

// A page leads to the lists that the package's row puts it in, and to no other; that of a release, and one of a package that isn't on offer, to none.
func TestLists(t *testing.T) {
	r := newRenderer(t)
	p := fullRelease()
	lists := []string{"categories/servers/index.html", "categories/monitoring/index.html", "licences/" + wire.Slug("Apache-2.0") + "/index.html", "formats/mosis/index.html", "anti-features/tracking/index.html", "hosts/" + wire.Slug("mosis 3.11") + "/index.html", "authors/ada-harbour/index.html"}
	all := append(slices.Clone(lists), "categories/maintenance/index.html", "anti-features/non-free-network/index.html")
	leads := func(what string, p Package, want []string) {
		t.Helper()
		page, err := onePage(r, p)
		if err != nil {
			t.Fatal(err)
		}
		up := "../../../en/"
		if p.Own {
			up = "../" + up
		}
		links := linksOf(t, page)
		for _, list := range all {
			if got := slices.Contains(links, up+list); got != slices.Contains(want, list) {
				t.Errorf("%s: the page leads to %s: %v", what, list, got)
			}
		}
	}
	leads("on offer", p, lists)
	own := p
	own.Own = true
	leads("a release", own, nil)
	p.Row.State = wire.Delisted
	leads("delisted", p, nil)
}

// What somebody types is what the registry says for the format, with its values as the shell takes them, else what regen's own device takes. There is nothing to type where devices
// install nothing.
func TestCommand(t *testing.T) {
	for _, c := range []struct {
		what, install string
		change        func(*Package)
		want          string
	}{
		{"its own", "php artisan plugins:install {id}@{version} --from={url}", nil, "php artisan plugins:install disk-watch@1.4.0 --from=https://plugins.example.org/packages/disk-watch/1.4.0/disk-watch-1.4.0.mosis"},
		{"its own, without a base URL", "get {url}", func(p *Package) { p.Registry.BaseURL = "" }, "get packages/disk-watch/1.4.0/disk-watch-1.4.0.mosis"},
		{"its own, an odd name", "get {url}", func(p *Package) { p.Metadata.Artifact.Name = "a b;$(id)'.zip" }, "get https://plugins.example.org/packages/disk-watch/1.4.0/a%20b%3B%24%28id%29%27.zip"},
		{"regen's", "", nil, "regen device install disk-watch --root ./device --url https://plugins.example.org --pub release.pub"},
		{"regen's, without a base URL", "", func(p *Package) { p.Registry.BaseURL = "" }, "regen device install disk-watch --root ./device --url . --pub release.pub"},
		{"regen's, of a release", "", func(p *Package) { p.Own = true }, "regen device install disk-watch@1.4.0 --root ./device --url https://plugins.example.org --pub release.pub"},
		{"delisted", "", func(p *Package) { p.List.State = wire.Delisted }, ""},
		{"blocked", "", func(p *Package) { p.Advisories = advisories()[1:] }, ""},
	} {
		r := newRenderer(t)
		r.site.Install = map[string]string{"mosis": c.install}
		p := fullRelease()
		if c.change != nil {
			c.change(&p)
		}
		page, err := onePage(r, p)
		if err != nil {
			t.Fatal(err)
		}
		command := ""
		deep := false
		walk(t, page, func(n *html.Node, attr map[string]string) {
			if attr["id"] == "command" {
				command = n.FirstChild.Data
			}
			deep = deep || strings.HasPrefix(attr["href"], "mosis://")
		})
		if command != c.want || deep != (c.want != "") {
			t.Errorf("%s: the command is %q, expected %q; deep link: %v", c.what, command, c.want, deep)
		}
	}
}

// The code is of the page's own address; there is none where the page has no address, and on the page of a release.
func TestCode(t *testing.T) {
	r := newRenderer(t)
	p := fullRelease()
	pages := packagePages(t, r, p)
	for _, lang := range []string{"en", "de"} {
		d, _ := qrcode.Path("https://plugins.example.org/" + lang + "/apps/disk-watch/")
		if !bytes.Contains(pages[lang+"/apps/disk-watch/index.html"], []byte(`<path d="`+d+`"`)) {
			t.Errorf("%s: the page has no code of its address", lang)
		}
	}
	p.Own = true
	own, err := onePage(r, p)
	p.Own, p.Registry.BaseURL = false, ""
	without, err2 := onePage(r, p)
	if err != nil || err2 != nil || bytes.Contains(own, []byte("crispEdges")) || bytes.Contains(without, []byte("crispEdges")) {
		t.Errorf("there is a code where none belongs (%v, %v)", err, err2)
	}
}

// However many versions a package gets, the pages of the older ones keep still; the package's page shows the newest.
func TestVersionsKeepStill(t *testing.T) {
	if testing.Short() {
		t.Skip("renders thousands of versions")
	}
	r := newRenderer(t)
	p := fullRelease()
	p.List.Versions = nil
	var before map[string][]byte
	for n := 1; n <= 3*versionsPart+1; n++ {
		version := fmt.Sprintf("1.0.%d", n)
		if n%7 == 0 {
			version = fmt.Sprintf("0.9.%d", n) // one of an older line
		}
		p.List.Versions = append(p.List.Versions, wire.Version{Version: version, Channel: wire.Stable, Log: int64(n), Time: int64(n) * 1e6})
		slices.SortFunc(p.List.Versions, func(a, b wire.Version) int { return wire.CompareVersions(a.Version, b.Version) })
		if n%100 > 1 {
			continue
		}
		p.Metadata.Version = version
		pages := packagePages(t, r, p)
		for path, page := range before {
			if strings.Contains(path, "versions-") && !bytes.Equal(page, pages[path]) {
				t.Errorf("%d versions: %s has changed", n, path)
			}
		}
		before = pages
		shown := make(map[string]int)
		for path, page := range pages {
			if !strings.HasPrefix(path, "en/") || !strings.Contains(path, "versions") {
				continue
			}
			rows := bytes.Count(page, []byte(`<th scope="row">`))
			if limit := 2 * versionsPart; rows >= limit || strings.Contains(path, "versions-") && rows != versionsPart {
				t.Errorf("%d versions: %s shows %d", n, path, rows)
			}
			walk(t, page, func(e *html.Node, attr map[string]string) {
				if e.Data == "th" && attr["scope"] == "row" {
					shown[textOfNode(e)]++
				}
			})
		}
		if n > 1 && len(shown) != n {
			t.Errorf("%d versions: the pages show %d", n, len(shown))
		}
	}
	if _, ok := before["en/apps/disk-watch/versions-2.html"]; !ok || len(before) != 3*(1+1+2+1) {
		t.Errorf("%d pages", len(before))
	}
	page := before["en/apps/disk-watch/index.html"]
	says(t, page, "All 601 versions|1.0.601|1.0.600|1.0.599|1.0.598|1.0.597")
	hides(t, page, "1.0.596|0.9.595")
}

func textOfNode(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// A package of one version has no page of versions, since its own shows that one; nor has one without a changelog a page of it.
func TestPagesOfPackage(t *testing.T) {
	r := newRenderer(t)
	for what, c := range map[string]struct {
		p    Package
		want string
	}{
		"full":  {fullRelease(), "changelog index versions"},
		"plain": {plainRelease(), "index"},
		"bare":  {bareRelease(), "index"},
	} {
		var names []string
		for path := range packagePages(t, r, c.p) {
			if name, ok := strings.CutPrefix(path, "de/apps/"+c.p.Metadata.ID+"/"); ok {
				names = append(names, strings.TrimSuffix(name, ".html"))
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: the pages are %s, expected %s", what, got, c.want)
		}
	}
	p := fullRelease()
	p.Texts["CHANGELOG.md"] = []byte(" \n")
	if pages := packagePages(t, r, p); pages["en/apps/disk-watch/changelog.html"] != nil || bytes.Contains(pages["en/apps/disk-watch/index.html"], []byte("changelog.html")) {
		t.Error("an empty changelog has a page")
	}
	page := packagePages(t, r, fullRelease())["de/apps/disk-watch/changelog.html"]
	says(t, page, "Plattenwächter|Änderungen|1.4.0|Inodes are watched|1.3.0|Notifications")
	if !bytes.Contains(page, []byte(`<title>Änderungen – Plattenwächter – Harbour Plugins</title>`)) {
		t.Errorf("the title is another one: %.900s", page)
	}
}

// Whatever a package is called, the title ends in the registry's name.
func TestTitlesEndInTheRegistry(t *testing.T) {
	r := newRenderer(t)
	p := fullRelease()
	p.Metadata.Name = wire.Text{"en": strings.Repeat("Bank of Harbour – official ", 12)}
	for path, page := range packagePages(t, r, p) {
		_, title, _ := strings.Cut(string(page), "<title>")
		title, _, _ = strings.Cut(title, "</title>")
		if !strings.HasSuffix(title, "… – Harbour Plugins") || len([]rune(title)) > maxTitle+40 {
			t.Errorf("%s: the title is %s", path, title)
		}
	}
}

func TestChangesOf(t *testing.T) {
	for name, c := range map[string]struct {
		src, want string
		plain     bool
	}{
		"heading":              {src: "# Changelog\n\n## 1.4.0\n\n- a\n\n## 1.3.0\n- b\n", want: "\n- a\n\n"},
		"in brackets, a date":  {src: "## [Unreleased]\n- x\n## [1.4.0] - 2026-01-04\n### Added\n- a\n## [1.3.0]\n", want: "### Added\n- a\n"},
		"with a v":             {src: "# v1.4.0\na\n# v1.3.0\nb", want: "a\n"},
		"the last one":         {src: "## 1.5.0\nb\n## 1.4.0\na", want: "a"},
		"a prerelease of it":   {src: "## 1.4.0-rc.1\nb\n", want: ""},
		"another one":          {src: "## 11.4.0\nb\n## 1.4.01\nc", want: ""},
		"a heading in code":    {src: "## 1.4.0\n```\n## 1.3.0\n```\na\n## 1.2.0\n", want: "```\n## 1.3.0\n```\na\n"},
		"no heading":           {src: "1.4.0\na\n", want: ""},
		"nothing":              {src: "", want: ""},
		"plain":                {src: "1.4.0\n- a\n\n1.3.0\n- b\n", want: "- a\n\n", plain: true},
		"plain, with more":     {src: "v1.4.0 (2026-01-04)\n  1.3.0 is older\n1.3.0:\nb", want: "  1.3.0 is older\n", plain: true},
		"plain, marks are not": {src: "# 1.4.0\na", want: "", plain: true},
	} {
		if got := string(changesOf([]byte(c.src), "1.4.0", c.plain)); got != c.want {
			t.Errorf("%s: %q, expected %q", name, got, c.want)
		}
	}
}
