package storefront

import (
	"bytes"
	"encoding/hex"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"golang.org/x/net/html"
)

// samples returns pages of every kind, by their published paths.
func samples(t testing.TB, r *Renderer) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	add := func(path string, page []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		pages[path] = page
	}
	rich, bare := richRelease(), bareRelease()
	for _, p := range []Release{rich, bare} {
		page, err := r.Release(p)
		add(p.Path(), page, err)
	}
	for i, v := range rich.List.Versions[:3] {
		p := rich
		p.Metadata.Version, p.Own = v.Version, true
		p.Advisories = advisories()[:i]
		page, err := r.Release(p)
		add(p.Path(), page, err)
	}
	listed := []Card{
		{ID: "disk-watch", Entry: wire.Entry{Name: "Disk Watch", Icon: "1.4.0/assets/assets/icon.png", Channels: map[string]string{"stable": "1.4.0"}}},
		{ID: "tiny", Entry: wire.Entry{Name: "Tiny", State: wire.Delisted, Channels: map[string]string{"beta": "0.1.0-beta"}}},
	}
	page, err := r.Home(Home{Registry: registry, PublicKey: publicKey, Cards: listed, Shelves: []string{"0"}})
	add(wire.HomePage, page, err)
	page, err = r.Shelf(registry, Shelf{Digits: "0", Shelves: []string{"0a"}})
	add(wire.ShelfPage("0"), page, err)
	page, err = r.Shelf(registry, Shelf{Digits: "0a", Cards: listed})
	add(wire.ShelfPage("0a"), page, err)
	return pages
}

// write writes a tree that has the pages and all that a publisher writes beside them.
func write(t *testing.T, r *Renderer, pages map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string][]byte{wire.RootPath: nil, wire.HeadPath: nil, wire.ReleaseKeyPath: nil}
	for _, p := range []Release{richRelease(), bareRelease()} {
		id := p.Metadata.ID
		for _, v := range p.List.Versions {
			files[wire.MetadataPath(id, v.Version)] = nil
			artifact := wire.ArtifactPath(id, v.Version, p.Metadata.Artifact.Name)
			files[artifact], files[artifact+wire.SignatureSuffix] = nil, nil
			for _, a := range p.Metadata.Assets() {
				files[wire.AssetPath(id, v.Version, a.Path)] = nil
			}
		}
	}
	for _, more := range []map[string][]byte{r.Static(), pages} {
		for path, data := range more {
			files[path] = data
		}
	}
	for path, data := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// walk visits the elements of a page.
func walk(t testing.TB, page []byte, visit func(n *html.Node, attr map[string]string)) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			attr := make(map[string]string, len(n.Attr))
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			visit(n, attr)
		}
	}
}

// Every link leads to a file of the tree, or to a part of a page, or says that it leads away.
func TestLinks(t *testing.T) {
	r := newRenderer(t)
	pages := samples(t, r)
	dir := write(t, r, pages)
	ids := make(map[string]map[string]bool)
	for at, page := range pages {
		ids[at] = make(map[string]bool)
		walk(t, page, func(n *html.Node, attr map[string]string) {
			if id := attr["id"]; id != "" {
				if ids[at][id] {
					t.Errorf("%s: two elements have the id %s", at, id)
				}
				ids[at][id] = true
			}
		})
	}
	for at, page := range pages {
		walk(t, page, func(n *html.Node, attr map[string]string) {
			for _, key := range []string{"href", "src"} {
				if link, ok := attr[key]; ok {
					checkLink(t, dir, ids, at, n.Data, key, link, attr["rel"])
				}
			}
			for _, key := range []string{"aria-labelledby"} {
				if id, ok := attr[key]; ok && !ids[at][id] {
					t.Errorf("%s: %s names %s, which isn't there", at, key, id)
				}
			}
		})
	}
}

func checkLink(t *testing.T, dir string, ids map[string]map[string]bool, at, element, key, link, rels string) {
	t.Helper()
	if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "mailto:") {
		if element != "a" || key != "href" || rels != rel {
			t.Errorf("%s: <%s %s=%q rel=%q> leads away", at, element, key, link, rels)
		}
		return
	}
	target, fragment, _ := strings.Cut(link, "#")
	target = unescape(t, target)
	if target == "" {
		target = at
	} else {
		target = path.Join(path.Dir(at), target)
	}
	info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(target)))
	if err != nil || info.IsDir() || strings.HasPrefix(link, "/") {
		t.Errorf("%s: <%s %s=%q> doesn't lead to a file of the tree", at, element, key, link)
	}
	if fragment != "" && !ids[target][unescape(t, fragment)] {
		t.Errorf("%s: <%s %s=%q>: %s has no such part", at, element, key, link, target)
	}
}

// unescape undoes %XX.
func unescape(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for ; s != ""; s = s[1:] {
		if s[0] == '%' {
			c, err := hex.DecodeString(s[1:3])
			if err != nil {
				t.Fatal(err)
			}
			b.Write(c)
			s = s[2:]
			continue
		}
		b.WriteByte(s[0])
	}
	return b.String()
}

// csp is the policy that every page has.
const csp = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

// What the policy forbids isn't in the pages to begin with, and they have what makes them accessible.
func TestPages(t *testing.T) {
	r := newRenderer(t)
	for at, page := range samples(t, r) {
		checkSafe(t, at, page)
		counts := make(map[string]int)
		lastHeading := 0
		walk(t, page, func(n *html.Node, attr map[string]string) {
			counts[n.Data]++
			switch n.Data {
			case "html":
				if attr["lang"] != "en" {
					t.Errorf("%s: lang is %q", at, attr["lang"])
				}
			case "img":
				if _, ok := attr["alt"]; !ok {
					t.Errorf("%s: %s has no alternative text", at, attr["src"])
				}
				if attr["width"] == "" || attr["height"] == "" {
					t.Errorf("%s: %s has no size", at, attr["src"])
				}
			case "h1", "h2", "h3", "h4", "h5", "h6":
				level := int(n.Data[1] - '0')
				if level > lastHeading+1 {
					t.Errorf("%s: h%d follows h%d", at, level, lastHeading)
				}
				lastHeading = level
			}
		})
		for _, element := range []string{"h1", "main", "header", "footer", "title", "article"} {
			want := 1
			switch {
			case element == "article" && !strings.HasPrefix(at, "apps/"):
				want = 0
			case element == "header":
				want = 2
			}
			if counts[element] != want {
				t.Errorf("%s: has %d <%s>, expected %d", at, counts[element], element, want)
			}
		}
		if !bytes.Contains(page, []byte(`<a class="skip" href="#main">`)) {
			t.Errorf("%s: no link skips to the content", at)
		}
		if size := len(page) + len(r.Static()[r.style]); size > 40<<10 {
			t.Errorf("%s: %d bytes with its style", at, size)
		}
	}
}

// checkSafe fails where a page could run, load or submit anything.
func checkSafe(t testing.TB, at string, page []byte) {
	t.Helper()
	policy := false
	allowed := strings.Fields("html head meta title link body a header main footer section article aside div span p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd img figure figcaption " +
		"table thead tbody tr th td pre code b strong em del br hr blockquote details summary time svg path")
	walk(t, page, func(n *html.Node, attr map[string]string) {
		if !slices.Contains(allowed, n.Data) {
			t.Errorf("%s: has <%s>", at, n.Data)
		}
		if attr["http-equiv"] == "Content-Security-Policy" && attr["content"] == csp {
			policy = n.Parent.Data == "head"
		}
		for key, value := range attr {
			if key == "style" || strings.HasPrefix(key, "on") || key == "srcset" || key == "action" || key == "formaction" || key == "ping" {
				t.Errorf("%s: <%s %s=%q>", at, n.Data, key, value)
			}
			if key == "href" || key == "src" {
				scheme, _, found := strings.Cut(strings.ToLower(value), ":")
				if found && scheme != "https" && scheme != "http" && scheme != "mailto" && !strings.HasPrefix(value, "#") {
					t.Errorf("%s: <%s %s=%q>", at, n.Data, key, value)
				}
			}
		}
	})
	if !policy {
		t.Errorf("%s: has no content security policy", at)
	}
	if i := bytes.IndexAny(page, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b"); i >= 0 {
		t.Errorf("%s: has %q", at, page[i:min(len(page), i+20)])
	}
}

// A release's own page must not depend on other releases, or it would have to be written again with each.
func TestOwnPageKeepsStill(t *testing.T) {
	r := newRenderer(t)
	p := richRelease()
	p.Metadata.Version, p.Own = "1.2.0", true
	before, err := r.Release(p)
	if err != nil {
		t.Fatal(err)
	}
	p.List.Versions = append(slices.Clone(p.List.Versions), wire.Version{Version: "2.0.0", Channel: wire.Stable, Time: 1})
	p.List.State = wire.Delisted
	p.Registry.Commit, p.Registry.Time, p.Registry.Count, p.Registry.Pending = "c", 9, 9, []string{"a"}
	after, err := r.Release(p)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("a later release changed the page")
	}
	for _, want := range []string{"about release 1.2.0 alone", `href="../../../apps/disk-watch/index.html"`, "<title>Disk Watch 1.2.0 – Harbour Plugins</title>"} {
		if !bytes.Contains(before, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestReleaseSays(t *testing.T) {
	r := newRenderer(t)
	p := richRelease()
	p.List.State = wire.Delisted
	page, err := r.Release(p)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, page)
	for _, want := range []string{
		"Disk Watch", "Checks the disks", "Version 1.4.0", "2026-01-04", "official", "delisted", "vito 3.11.0 or newer, made for 3.14.0", "Ada Harbour", "Apache-2.0",
		"Homepage example.org", "help@example.org", "servers", "zip, 31 kB", "31,234 bytes", p.Metadata.Artifact.SHA256, "sha256sum disk-watch-1.4.0.zip",
		"minisign -Vm disk-watch-1.4.0.zip -P " + publicKey, "regen/1 artifact id=disk-watch version=1.4.0 size=31234 sha256=", p.Metadata.Commit, "plugins/disk-watch",
		"Every disk at a glance", "Inodes are watched", "1.4.0-rc.1 rc –", "1.2.0 stable 2025-07-01",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	if p.PublicKey = ""; true {
		page, err = r.Release(p)
		if err != nil || !strings.Contains(textOf(t, page), "minisign -Vm disk-watch-1.4.0.zip -p release.pub") {
			t.Errorf("without a key the page doesn't name the file (%v)", err)
		}
	}
}

// textOf returns what a reader sees, with single spaces.
func textOf(t testing.TB, page []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "title" {
			b.WriteString(n.Data)
			if n.Parent.Data == "td" || n.Parent.Data == "th" || n.Parent.Data == "a" || n.Parent.Data == "time" {
				b.WriteByte(' ')
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestReadmeIsCut(t *testing.T) {
	r := newRenderer(t)
	p := richRelease()
	p.Readme = []byte(strings.Repeat("All work and no play.\n\n", maxMarkdown/20))
	page, err := r.Release(p)
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(t, page); !strings.Contains(text, "This is the beginning of a long text. Read all of it in README.md") {
		t.Error("the page doesn't say that the readme goes on")
	}
	p.Readme = []byte(strings.Repeat("[a](", 60_000))
	if page, err = r.Release(p); err != nil || !bytes.Contains(page, []byte(`<pre class="plain" dir="auto">[a](`)) {
		t.Errorf("a costly readme isn't shown as it is (%v)", err)
	}
}

func TestHomeSays(t *testing.T) {
	r := newRenderer(t)
	h := Home{Registry: registry, PublicKey: publicKey}
	for _, c := range []struct {
		count int
		cards []Card
		want  string
	}{
		{0, nil, "Nothing here yet."},
		{2, nil, "Nothing on offer now."},
		{1, cards(1), "1 package, signed"},
		{30, cards(30), "30 packages, signed"},
		{104233, cards(12), "104,233 packages, signed"},
	} {
		h.Registry.Count, h.Cards = c.count, c.cards
		page, err := r.Home(h)
		if err != nil {
			t.Fatal(err)
		}
		if text := textOf(t, page); !strings.Contains(text, c.want) || !strings.Contains(text, "minisign -Vm index.json -p release.pub") {
			t.Errorf("%d packages: the page doesn't say %q and how to check it", c.count, c.want)
		}
	}
}

// The same arguments give the same bytes, also to many at once.
func TestDeterministic(t *testing.T) {
	r := newRenderer(t)
	want := samples(t, r)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				for at, page := range samples(t, r) {
					if !bytes.Equal(page, want[at]) {
						t.Errorf("%s differs", at)
					}
				}
			}
		})
	}
	wg.Wait()
	again := newRenderer(t)
	if r.Digest() != again.Digest() || len(r.Digest()) != 64 {
		t.Errorf("digests are %s and %s", r.Digest(), again.Digest())
	}
	for at, page := range samples(t, again) {
		if !bytes.Equal(page, want[at]) {
			t.Errorf("%s differs between renderers", at)
		}
	}
}
