package storefront

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/regen-registry/regen/internal/wire"
)

// landing returns a page and the paths that it leads to, apart from the deep links, which it may have where nothing else does.
func landing(t *testing.T, l Landing) (page []byte, deep []string, paths map[string]bool) {
	t.Helper()
	page, err := newRenderer(t).Landing(l)
	if err != nil {
		t.Fatal(err)
	}
	at := wire.HostPath(l.Metadata.Format, l.Metadata.ID) + "index.html"
	paths = make(map[string]bool)
	headings := ""
	walk(t, page, func(n *html.Node, attr map[string]string) {
		if strings.Contains("h1 h2 h3", n.Data) {
			headings += n.Data
		}
		for _, key := range []string{"href", "src"} {
			link := attr[key]
			switch {
			case link == "" || strings.HasPrefix(link, "#"):
			case n.Data == "a" && strings.HasPrefix(link, "mana://"):
				deep = append(deep, link)
			default:
				link, _, _ = strings.Cut(link, "#")
				paths[path.Join(path.Dir(at), unescape(t, link))] = true
			}
		}
		if alt, ok := attr["alt"]; n.Data == "img" && (!ok || attr["width"] == "" || attr["height"] == "" || strings.Contains(attr["src"], "qr.svg") && alt == "") {
			t.Errorf("%v", attr)
		}
	})
	if headings != "h1h2h2" {
		t.Errorf("headings are %s", headings)
	}
	safe := page
	for _, link := range deep {
		safe = bytes.ReplaceAll(safe, []byte(html.EscapeString(link)), []byte("https://example.org/"))
	}
	checkSafe(t, at, safe)
	return page, deep, paths
}

func manaMetadata() wire.Metadata {
	m := richMetadata()
	m.Format, m.Artifact.Name, m.Requires = "mana", "disk-watch-1.4.0.manapkg", []string{"tasks", "calendar"}
	return m
}

func TestLanding(t *testing.T) {
	const link = "mana://import?sha256=00&url=https%3A%2F%2Fexample.org%2Fx.mana"
	full := Landing{Registry: registry, Metadata: manaMetadata(), Link: link, Picture: "mana/disk-watch/qr.svg"}
	bare := full
	bare.Link, bare.Picture, bare.Delisted = "", "", true
	bare.Metadata.Requires, bare.Metadata.Channel = nil, "beta"
	far := full
	far.Picture = ""
	for _, c := range []struct {
		l            Landing
		picture      bool
		says, silent string
	}{
		{full, true, "Disk Watch|Checks the disks|Version 1.4.0|Jan 4, 2026|Open in the app|download it : manapkg, 31 kB|tasks|calendar|Nothing happens?|Scan the code", "delisted|beta|How to add it"},
		{bare, false, "Disk Watch|Download|manapkg, 31 kB|is delisted|beta|How to add it|which the app adds", "Open in the app|Scan the code|for these apps"},
		{far, false, "Open in the app|Install it, or", "Scan the code|For the device"},
	} {
		page, deep, paths := landing(t, c.l)
		if want := c.l.Link; want == "" && len(deep) > 0 || want != "" && !slices.Equal(deep, []string{want}) {
			t.Errorf("deep links are %v", deep)
		}
		for _, path := range []string{"packages/disk-watch/1.4.0/disk-watch-1.4.0.manapkg", "en/apps/disk-watch/index.html", "en/index.html", "packages/disk-watch/1.4.0/assets/assets/icon.png"} {
			if !paths[path] {
				t.Errorf("the page doesn't lead to %s: %v", path, paths)
			}
		}
		if paths["mana/disk-watch/qr.svg"] != c.picture {
			t.Errorf("the page shows the picture: %v", !c.picture)
		}
		text := textOf(t, page)
		for says := range strings.SplitSeq(c.says, "|") {
			if !strings.Contains(text, says) {
				t.Errorf("the page doesn't say %q: %s", says, text)
			}
		}
		for says := range strings.SplitSeq(c.silent, "|") {
			if strings.Contains(text, says) {
				t.Errorf("the page says %q: %s", says, text)
			}
		}
	}
}

// A deep link has the scheme of the package's format, and no other.
func TestLandingLink(t *testing.T) {
	for _, link := range []string{"javascript:alert(1)", "https://example.org/", "manana://x", "mana:x", "Mana://x", " mana://x", "data:text/html,x"} {
		page, deep, _ := landing(t, Landing{Registry: registry, Metadata: manaMetadata(), Link: link})
		if len(deep) > 0 || bytes.Contains(page, []byte(html.EscapeString(link)+`"`)) {
			t.Errorf("%s is linked", link)
		}
	}
	m := manaMetadata()
	m.Format = ""
	if page, err := newRenderer(t).Landing(Landing{Registry: registry, Metadata: m, Link: "://x"}); err != nil || bytes.Contains(page, []byte(`"://x"`)) {
		t.Errorf("a link without a scheme is taken (%v)", err)
	}
}

// Nothing that a package says of itself is more than text.
func TestLandingHostile(t *testing.T) {
	for _, s := range hostile {
		m := manaMetadata()
		m.Name, m.Summary, m.Requires, m.Version, m.Channel = wire.Text{s: s, "a": s}, wire.Text{s: s}, []string{s, s}, s, s
		m.Artifact.Name, m.Icons[0].Path = s, s
		landing(t, Landing{Registry: wire.Registry{ID: "r", Name: s}, Metadata: m, Link: "mana://import?url=" + s, Picture: "mana/disk-watch/qr.svg"})
	}
}
