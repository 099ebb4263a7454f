package listing

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/qrcode"
	"github.com/regen-registry/regen/internal/wire"
)

func TestMana(t *testing.T) {
	for _, c := range []struct {
		what, base, state string
		link, picture     bool // whether the page shows them
		files             string
	}{
		{"with a base URL", "https://example.org/a%20b", "", true, true, "mana/starter/index.html mana/starter/qr.svg"},
		{"without one", "", "", false, false, "mana/starter/index.html"},
		{"delisted", "https://example.org", wire.Delisted, false, false, "mana/starter/index.html mana/starter/qr.svg"},
		{"too long for a QR code", "https://example.org/" + strings.Repeat("a", qrcode.MaxText), "", true, false, "mana/starter/index.html"},
	} {
		r := &releases{base: c.base, state: c.state, metadata: []wire.Metadata{
			metadataOf("mana", "starter", "1.0.0", "starter-1.0.0.mana"), metadataOf("mana", "starter", "1.1.0", "starter-1.1.0.manapkg"), metadataOf("mana", "starter", "2.0.0-rc.1", "starter-2.0.0-rc.1.mana"),
		}}
		r.page = func(m wire.Metadata, link, picture string) {
			if m.Version != "1.1.0" || (link != "") != c.link || (picture != "") != c.picture || picture != "" && picture != "mana/starter/qr.svg" {
				t.Errorf("%s: the page of %s shows %q and %q", c.what, m.Version, link, picture)
			}
			if link == "" {
				return
			}
			u, err := url.Parse(link)
			if err != nil || u.Scheme != "mana" || u.Host != "import" || u.Path != "" || len(u.Query()) != 2 ||
				u.Query().Get("url") != c.base+"/packages/starter/1.1.0/starter-1.1.0.manapkg" || u.Query().Get("sha256") != m.Artifact.SHA256 {
				t.Errorf("%s: %s (%v)", c.what, link, err)
			}
		}
		if got := paths(made(t, mana{}, r.app())); got != c.files {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}

// What is blocked isn't linked: the page is about the highest version that isn't. Where all are, a picture that was passed around leads to the page.
func TestManaBlocked(t *testing.T) {
	const base = "https://example.org/a"
	for _, c := range []struct {
		what, base, state string
		yanked            map[string]string
		version           string // that the page shows
		link              bool
		code              string // what the picture holds; "" where there is none
	}{
		{"the highest", base, "", map[string]string{"1.1.0": wire.Block}, "1.0.0", true, "link"},
		{"warned of", base, "", map[string]string{"1.1.0": wire.Warn}, "1.1.0", true, "link"},
		{"all", base, "", map[string]string{"1.0.0": wire.Block, "1.1.0": wire.Uninstall}, "1.1.0", false, base + "/mana/starter/index.html"},
		{"all, and delisted", base, wire.Delisted, map[string]string{"1.0.0": wire.Block, "1.1.0": wire.Uninstall}, "1.1.0", false, base + "/mana/starter/index.html"},
		{"all, without a base URL", "", "", map[string]string{"1.0.0": wire.Block, "1.1.0": wire.Uninstall}, "1.1.0", false, ""},
	} {
		r := &releases{base: c.base, state: c.state, yanked: c.yanked, metadata: []wire.Metadata{
			metadataOf("mana", "starter", "1.0.0", "starter-1.0.0.mana"), metadataOf("mana", "starter", "1.1.0", "starter-1.1.0.mana"),
		}}
		linked := ""
		r.page = func(m wire.Metadata, link, picture string) {
			linked = link
			if m.Version != c.version || (link != "") != c.link || (picture != "") != c.link || link != "" && !strings.Contains(link, "%2Fstarter%2F"+c.version+"%2F") {
				t.Errorf("%s: the page of %s shows %q and %q", c.what, m.Version, link, picture)
			}
		}
		files := made(t, mana{}, r.app())
		want := c.code
		if want == "link" {
			want = linked
		}
		if string(files["mana/starter/qr.svg"]) != string(qrCode(want)) || files["mana/starter/index.html"] == nil {
			t.Errorf("%s: %s, or the picture holds something else than %q", c.what, paths(files), want)
		}
	}
}

// The picture has the modules of the code, dark on light, with the margin and the patterns that a reader looks for (ISO/IEC 18004).
// TestQRCode: the picture has the code of the text, dark on a light ground with its margin.
func TestQRCode(t *testing.T) {
	for _, text := range []string{"a", "mana://import?sha256=" + strings.Repeat("0f", 32) + "&url=https%3A%2F%2Fexample.org%2Fx.mana"} {
		var svg struct {
			XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
			ViewBox string   `xml:"viewBox,attr"`
			Rect    struct {
				Width  int    `xml:"width,attr"`
				Height int    `xml:"height,attr"`
				Fill   string `xml:"fill,attr"`
			} `xml:"rect"`
			Path struct {
				D string `xml:"d,attr"`
			} `xml:"path"`
		}
		data := qrCode(text)
		if err := xml.Unmarshal(data, &svg); err != nil {
			t.Fatal(err)
		}
		d, side := qrcode.Path(text)
		if svg.ViewBox != fmt.Sprintf("0 0 %d %d", side, side) || svg.Rect.Width != side || svg.Rect.Height != side || svg.Rect.Fill != "#fff" || svg.Path.D != d || d == "" {
			t.Errorf("%.200s", data)
		}
	}
	if code := qrCode(""); code != nil {
		t.Errorf("no text has a code: %.100s", code)
	}
}
