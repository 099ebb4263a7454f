package storefront

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/regen-registry/regen/internal/wire"
)

// head returns the meta elements of a page by name or property, and its schema.org data.
func head(t *testing.T, page []byte) (meta map[string]string, data map[string]any) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	meta = make(map[string]string)
	for n := range doc.Descendants() {
		attrs := make(map[string]string)
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
		}
		switch {
		case n.DataAtom == atom.Meta && attrs["name"]+attrs["property"] != "":
			meta[attrs["name"]+attrs["property"]] += attrs["content"]
		case n.DataAtom == atom.Script && attrs["type"] == "application/ld+json":
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &data); err != nil {
				t.Fatalf("%v\n%s", err, n.FirstChild.Data)
			}
		case n.DataAtom == atom.Script && attrs["src"] == "":
			t.Errorf("there is an inline script: %.200s", n.FirstChild.Data)
		}
	}
	return meta, data
}

// A package's page says what the package is to sites that it is shared on and to search engines: only what the metadata say.
func TestPackageSocial(t *testing.T) {
	p := richRelease()
	p.Registry, p.Row = withAddress(), wire.Row{Released: 1751328000}
	page, err := onePage(newRenderer(t), p)
	if err != nil {
		t.Fatal(err)
	}
	meta, data := head(t, page)
	assets := address + "/packages/disk-watch/1.4.0/assets/"
	for name, want := range map[string]string{
		"og:title": "Disk Watch – Harbour Plugins", "og:site_name": "Harbour Plugins", "og:type": "website", "og:url": address + "/en/apps/disk-watch/", "og:locale": "en_US",
		"og:locale:alternate": "de_DEes_ES", "og:image": assets + "screenshots/overview.png", "twitter:card": "summary_large_image",
	} {
		if meta[name] != want {
			t.Errorf("%s is %q, expected %q", name, meta[name], want)
		}
	}
	for key, want := range map[string]any{
		"@type": "SoftwareApplication", "name": "Disk Watch", "url": address + "/en/apps/disk-watch/", "softwareVersion": "1.4.0", "datePublished": "2025-07-01", "dateModified": "2026-01-04",
		"license": "https://spdx.org/licenses/Apache-2.0.html", "applicationCategory": "servers, monitoring, maintenance", "operatingSystem": "vito 3.11.0+", "fileSize": "31 kB",
		"downloadUrl": address + "/packages/disk-watch/1.4.0/disk-watch-1.4.0.zip", "image": assets + "assets/icon.png", "offers": nil, "aggregateRating": nil,
	} {
		if data[key] != want {
			t.Errorf("%s is %v, expected %v", key, data[key], want)
		}
	}
	if authors, _ := json.Marshal(data["author"]); string(authors) != `[{"name":"Ada Harbour"},{"name":"Grace","url":"https://grace.example/"}]` {
		t.Errorf("the authors are %s", authors)
	}

	// A blocked release is offered nowhere.
	p.Advisories = advisories()[1:2]
	if page, err = onePage(newRenderer(t), p); err != nil {
		t.Fatal(err)
	}
	if _, data = head(t, page); data["downloadUrl"] != nil || data["name"] != "Disk Watch" {
		t.Errorf("%v", data)
	}

	// Without an address, nothing that would need one is there.
	bare := bareRelease()
	if page, err = onePage(newRenderer(t), bare); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(page, []byte("og:url")) || bytes.Contains(page, []byte("og:image")) {
		t.Error("there are addresses")
	}
	if _, data = head(t, page); data["url"] != nil || data["downloadUrl"] != nil || data["license"] != nil || data["name"] != "Tiny" {
		t.Errorf("%v", data)
	}
}

// The home page says how to search.
func TestHomeSocial(t *testing.T) {
	files, err := newRenderer(t).Home(Home{Registry: withAddress()})
	if err != nil {
		t.Fatal(err)
	}
	_, data := head(t, files[1].Data)
	target, _ := data["potentialAction"].(map[string]any)["target"].(map[string]any)
	if data["@type"] != "WebSite" || target["urlTemplate"] != address+"/de/search/?q={query}" {
		t.Errorf("%v", data)
	}
}

// Whatever a package says, it stays inside the elements that it is put into.
func TestHostileSocial(t *testing.T) {
	p := richRelease()
	p.Registry = withAddress()
	m := &p.Metadata
	m.Name, m.Summary = wire.Text{"en": hostileText}, wire.Text{"en": hostileText + strings.Repeat("x", 5000)}
	m.License, m.LicenseURL, m.Categories, m.Keywords, m.Requires = hostileText, "javascript:alert(1)", []string{hostileText}, []string{hostileText}, []string{hostileText}
	m.Authors = []wire.Author{{Name: hostileText, URL: "javascript:alert(1)"}}
	m.HostAPI.Min, m.Artifact.Name = hostileText, `"></script><script>alert(2)</script>`
	m.Icons[0].Path, m.Screenshots[0].Path = `"><script>.png`, `</script><script>alert(3)</script>.png`
	page, err := onePage(newRenderer(t), p)
	if err != nil {
		t.Fatal(err)
	}
	_, data := head(t, page) // fails at a script of theirs
	if name, _ := data["name"].(string); !strings.HasPrefix(name, "<script>alert(1)</script>]]>&amp;") || strings.ContainsAny(name, "\x00\u202e") {
		t.Errorf("the name is %q", name)
	}
	if bytes.Contains(page, []byte("<script>alert")) || bytes.Contains(page, []byte(`href="javascript:`)) || data["license"] != nil {
		t.Errorf("%.3000s", page)
	}
}
