package listing

import (
	"net/url"
	"strconv"

	"github.com/regen-registry/regen/internal/qrcode"
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

// DeepLink returns the link that opens a release in the app that takes its format; "" where the format has none, or the registry has no base URL.
func DeepLink(r wire.Registry, m wire.Metadata) string {
	if m.Format != (mana{}).Format() {
		return ""
	}
	return deepLink(r, m)
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

// qrCode returns an SVG of a QR code; nil where there can be none.
func qrCode(text string) []byte {
	d, side := qrcode.Path(text)
	if d == "" {
		return nil
	}
	full := strconv.Itoa(side)
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + full + ` ` + full + `" shape-rendering="crispEdges">` +
		`<rect width="` + full + `" height="` + full + `" fill="#fff"/><path d="` + d + `"/></svg>` + "\n")
}
