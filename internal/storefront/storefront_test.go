package storefront

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"golang.org/x/net/html"
)

// Every link leads to a file of the tree, or to a part of a page, or says that it leads away. With a base URL, what machines read is absolute.
func TestLinks(t *testing.T) {
	for _, baseURL := range []string{"", "https://apps.example.org/regen"} {
		tree := builtIn().tree
		if baseURL != "" {
			registry := registry
			registry.BaseURL = baseURL
			var err error
			if tree, err = sampleSite(builtIn().r, registry); err != nil {
				t.Fatal(err)
			}
		}
		ids := make(map[string]map[string]bool)
		for at, page := range pagesOf(tree) {
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
		for at, page := range pagesOf(tree) {
			walk(t, page, func(n *html.Node, attr map[string]string) {
				for _, key := range []string{"href", "src", "action"} {
					if link, ok := attr[key]; ok {
						checkLink(t, tree, ids, baseURL, at, n.Data, key, link, attr["rel"])
					}
				}
				for candidate := range strings.SplitSeq(attr["srcset"], ",") {
					if fields := strings.Fields(candidate); len(fields) > 0 {
						checkLink(t, tree, ids, baseURL, at, n.Data, "srcset", fields[0], "")
					}
				}
				for _, key := range []string{"aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "for", "data-results"} {
					named := strings.Fields(attr[key])
					if id, ok := attr[key]; ok && len(named) == 0 {
						t.Errorf("%s: %s is %q", at, key, id)
					}
					for _, id := range named {
						if !ids[at][id] {
							t.Errorf("%s: %s names %s, which isn't there", at, key, id)
						}
					}
				}
			})
		}
	}
}

func checkLink(t *testing.T, tree map[string][]byte, ids map[string]map[string]bool, baseURL, at, element, key, link, rels string) {
	t.Helper()
	target, fragment, _ := strings.Cut(link, "#")
	machine := element == "link" && (rels == "canonical" || rels == "alternate")
	switch {
	case machine && baseURL != "" && strings.HasPrefix(target, baseURL+"/"):
		if target = strings.TrimPrefix(target, baseURL+"/"); target == "" || strings.HasSuffix(target, "/") {
			target += "index.html"
		}
	case strings.HasPrefix(link, "https://"), strings.HasPrefix(link, "http://"), strings.HasPrefix(link, "mailto:"):
		if element != "a" || key != "href" || rels != rel {
			t.Errorf("%s: <%s %s=%q rel=%q> leads away", at, element, key, link, rels)
		}
		return
	case target == "":
		target = at
	case at == wire.NotFoundPage:
		rest, ok := strings.CutPrefix(target, strings.TrimPrefix(baseURL, "https://apps.example.org")+"/")
		if !ok {
			t.Errorf("%s: <%s %s=%q> isn't right at every path", at, element, key, link)
		}
		target = rest
	default:
		target = path.Join(path.Dir(at), target)
	}
	target = unescape(t, target)
	if _, ok := tree[target]; !ok {
		t.Errorf("%s: <%s %s=%q> doesn't lead to a file of the tree", at, element, key, link)
	}
	if fragment != "" && !ids[target][unescape(t, fragment)] {
		t.Errorf("%s: <%s %s=%q>: %s has no such part", at, element, key, link, target)
	}
}

// What the policy forbids isn't in the pages to begin with, and they have what makes them accessible.
func TestPages(t *testing.T) {
	r := builtIn().r
	for at, page := range pagesOf(builtIn().tree) {
		checkSafe(t, at, page)
		lang, _, _ := strings.Cut(at, "/")
		if !slices.Contains(r.Languages(), lang) {
			lang = wire.DefaultLanguage
		}
		counts := make(map[string]int)
		labels := make(map[string]bool)
		lastHeading := 0
		walk(t, page, func(n *html.Node, attr map[string]string) {
			counts[n.Data]++
			switch n.Data {
			case "html":
				if attr["lang"] != lang || attr["dir"] != "ltr" {
					t.Errorf("%s: lang is %q and dir %q", at, attr["lang"], attr["dir"])
				}
			case "title":
				if n.Parent.Data == "head" && !strings.HasSuffix(n.FirstChild.Data, registry.Name) {
					t.Errorf("%s: the title is %q, expected the registry's name to end it", at, n.FirstChild.Data)
				}
			case "img":
				if _, ok := attr["alt"]; !ok {
					t.Errorf("%s: %s has no alternative text", at, attr["src"])
				}
				if attr["width"] == "" || attr["height"] == "" {
					t.Errorf("%s: %s has no size", at, attr["src"])
				}
			case "nav":
				label := attr["aria-label"] + attr["aria-labelledby"]
				if label == "" || labels[label] {
					t.Errorf("%s: a nav has the label %q", at, label)
				}
				labels[label] = true
			case "input", "select", "textarea":
				if attr["aria-label"] == "" && attr["id"] == "" && attr["type"] != "hidden" {
					t.Errorf("%s: an <%s> has no label", at, n.Data)
				}
			case "h1", "h2", "h3", "h4", "h5", "h6":
				level := int(n.Data[1] - '0')
				if level > lastHeading+1 {
					t.Errorf("%s: h%d follows h%d", at, level, lastHeading)
				}
				lastHeading = level
			}
		})
		for element, want := range map[string]int{"h1": 1, "main": 1, "footer": 1, "form": 1} {
			if counts[element] != want && (element != "form" || counts[element] < 1) {
				t.Errorf("%s: has %d <%s>, expected %d", at, counts[element], element, want)
			}
		}
		if !bytes.Contains(page, []byte(`<a class="skip" href="#main">`)) {
			t.Errorf("%s: no link skips to the content", at)
		}
	}
}

// maxPageWeight bounds a page with its style and scripts, compressed, in bytes.
const maxPageWeight = 60 << 10

func TestPageWeight(t *testing.T) {
	size := func(data []byte) int {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(data)
		w.Close()
		return b.Len()
	}
	static := make(map[string]int)
	for path, data := range builtIn().r.Static() {
		static[path] = size(data)
	}
	for at, page := range pagesOf(builtIn().tree) {
		weight := size(page)
		for path, n := range static {
			if strings.HasSuffix(path, ".css") || strings.HasSuffix(path, ".js") && bytes.Contains(page, []byte(path)) {
				weight += n
			}
		}
		if weight > maxPageWeight {
			t.Errorf("%s: %d bytes, expected at most %d", at, weight, maxPageWeight)
		}
	}
}

// A release's own page must not depend on other releases, or it would have to be written again with each.
func TestOwnPageKeepsStill(t *testing.T) {
	r := builtIn().r
	p := richRelease()
	p.Metadata.Version, p.Own = "1.2.0", true
	before, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	p.List.Versions = append(slices.Clone(p.List.Versions), wire.Version{Version: "2.0.0", Channel: wire.Stable, Time: 1})
	p.List.State = wire.Delisted
	p.Registry.Commit, p.Registry.Time, p.Registry.Count, p.Registry.Pending = "c", 9, 9, []string{"a"}
	after, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("a later release changed the page")
	}
	for _, want := range []string{`href="../../../../en/apps/disk-watch/index.html"`, "<title>Disk Watch 1.2.0 – Harbour Plugins</title>"} {
		if !bytes.Contains(before, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestReleaseSays(t *testing.T) {
	r := builtIn().r
	p := richRelease()
	p.List.State = wire.Delisted
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, page)
	for _, want := range []string{
		"Disk Watch", "Checks the disks", "1.4.0", "Jan 4, 2026", "official", "delisted", "vito 3.11.0", "3.14.0", "Ada Harbour", "Apache-2.0", "example.org", "help@example.org", "servers", "31,234 bytes",
		p.Metadata.Artifact.SHA256, "minisign -Vm disk-watch-1.4.0.zip -P " + publicKey, "regen/1 artifact id=disk-watch version=1.4.0 size=31234 sha256=", p.Metadata.Commit, "plugins/disk-watch",
		"Every disk at a glance", "Inodes are watched", "1.4.0-rc.1", "1.2.0", "Jul 1, 2025",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	p.PublicKey = ""
	page, err = onePage(r, p)
	if err != nil || !strings.Contains(textOf(t, page), "minisign -Vm disk-watch-1.4.0.zip -p release.pub") {
		t.Errorf("without a key the page doesn't name the file (%v)", err)
	}
}

func TestReadmeIsCut(t *testing.T) {
	r := builtIn().r
	p := richRelease()
	p.Texts["README.md"] = []byte(strings.Repeat("All work and no play.\n\n", maxMarkdown/20))
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(t, page); !strings.Contains(text, "This is the beginning of a long text. Read all of it in README.md") {
		t.Error("the page doesn't say that the readme goes on")
	}
	p.Texts["README.md"] = []byte(strings.Repeat("[a](", 60_000))
	if page, err = onePage(r, p); err != nil || !bytes.Contains(page, []byte(`<pre class="plain" tabindex="0" dir="auto">[a](`)) {
		t.Errorf("a costly readme isn't shown as it is (%v)", err)
	}
}

func TestHomeSays(t *testing.T) {
	r := builtIn().r
	for _, c := range []struct {
		published, onOffer int
		want               []string // in en, de and es
	}{
		{0, 0, []string{"Nothing here yet.", "Hier ist noch nichts.", "Aquí todavía no hay nada."}},
		{2, 0, []string{"Nothing on offer now.", "Zurzeit wird nichts angeboten.", "Ahora no se ofrece nada."}},
		{1, 1, []string{"package on offer 1 ", "Paket im Angebot 1 ", "paquete disponible 1 "}},
		{30, 30, []string{"packages on offer 30 ", "Pakete im Angebot 30 ", "paquetes disponibles 30 "}},
		{104233, 104233, []string{"packages on offer 104,233 ", "Pakete im Angebot 104.233 ", "paquetes disponibles 104.233 "}},
	} {
		h := Home{Registry: registry, PublicKey: publicKey, Count: c.onOffer}
		h.Registry.Count = c.published
		for i := range c.onOffer {
			if i < 12 {
				h.Updated = append(h.Updated, wire.Row{ID: fmt.Sprintf("tool-%d", i)})
			}
		}
		files, err := r.Home(h)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if text := textOf(t, files[i].Data); !strings.Contains(text, want) || !strings.Contains(text, "minisign -Vm index.json -p release.pub") || !strings.Contains(text, publicKey) {
				t.Errorf("%s: %d packages: the page doesn't say %q and how to check it", files[i].Path, c.onOffer, want)
			}
		}
		if top := files[3]; top.Path != wire.HomePage || !strings.Contains(textOf(t, top.Data), c.want[0]) || !bytes.Contains(top.Data, []byte(`href="static/`)) {
			t.Errorf("the page at the top is %s, expected %s in the default language", top.Path, wire.HomePage)
		}
	}
}

// The same arguments give the same bytes, also to many at once.
func TestDeterministic(t *testing.T) {
	want, again := builtIn(), newRenderer(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			tree, err := sampleSite(again, registry)
			if err != nil {
				t.Error(err)
			}
			for at, page := range tree {
				if !bytes.Equal(page, want.tree[at]) {
					t.Errorf("%s differs", at)
				}
			}
		})
	}
	wg.Wait()
	if want.r.Digest() != again.Digest() || len(again.Digest()) != 64 {
		t.Errorf("digests are %s and %s", want.r.Digest(), again.Digest())
	}
}
