package listing

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/regen-registry/regen/internal/wire"
)

// mana makes a landing page for each bundle: a deep link that the apps open, and a QR code of it for the phone beside.
type mana struct{}

func (mana) Format() string { return "mana" }

func (mana) App(a App) (Files, error) {
	m, err := a.primary()
	if err != nil {
		return nil, err
	}
	dir := wire.HostPath("mana", m.ID)
	page := dir + "index.html"
	files := make(Files)
	link, picture := deepLink(a.Registry, m), ""
	code := qrCode(link)
	if a.blocked() { // a picture that was passed around leads to the page, which says why there is nothing to import
		code = qrCode(pageLink(a.Registry, page))
	}
	if code != nil {
		picture = dir + "qr.svg"
		files[picture] = code
	}
	if !a.offered() {
		link, picture = "", ""
	}
	files[page], err = a.Page(m, link, picture)
	return files, err
}

// pageLink returns the address of a page. There is none where the registry has no base URL.
func pageLink(r wire.Registry, path string) string {
	if r.BaseURL == "" {
		return ""
	}
	return address(r, "", path)
}

// deepLink returns the link that imports a bundle: mana://import with the address of the package and its hash, which the app checks. There is none where the
// registry has no base URL: an app knows no place that a path could begin at.
func deepLink(r wire.Registry, m wire.Metadata) string {
	if r.BaseURL == "" {
		return ""
	}
	query := url.Values{"url": {address(r, "", wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name))}, "sha256": {m.Artifact.SHA256}}
	return "mana://import?" + query.Encode()
}

// maxLink bounds what a QR code is made of, in bytes. That takes 101 modules a side, and a camera hardly tells more apart on a screen.
const maxLink = 700

// quiet is the light margin that a QR code needs, in modules (ISO/IEC 18004, 6.3.8).
const quiet = 4

// qrCode returns an SVG of a QR code that can be read even if 15 % of it is covered; nil for no text, and for one that is too long. It is one path, with a
// piece for each run of dark modules.
func qrCode(text string) []byte {
	if text == "" || len(text) > maxLink {
		return nil
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool {
		if x >= side {
			return false
		}
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	full := strconv.Itoa(side + 2*quiet)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + full + ` ` + full + `" shape-rendering="crispEdges">` +
		`<rect width="` + full + `" height="` + full + `" fill="#fff"/><path d="`)
	for y := range side {
		for x := 0; x < side; x++ {
			start := x
			for dark(x, y) {
				x++
			}
			if run := strconv.Itoa(x - start); x > start {
				b.WriteString("M" + strconv.Itoa(start+quiet) + " " + strconv.Itoa(y+quiet) + "h" + run + "v1h-" + run + "z")
			}
		}
	}
	b.WriteString(`"/></svg>` + "\n")
	return []byte(b.String())
}
