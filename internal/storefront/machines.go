package storefront

import (
	"encoding/xml"

	"github.com/regen-registry/regen/internal/wire"
)

// machines renders what browsers and robots read beside the pages.
func (r *Renderer) machines(registry wire.Registry) ([]File, error) {
	manifest, err := r.webManifest(registry)
	if err != nil {
		return nil, err
	}
	files := []File{manifest, robots(registry), r.headers()}
	if registry.BaseURL == "" {
		return files, nil
	}
	searches, err := r.openSearch(registry)
	return append(files, searches...), err
}

// robots says where the sitemap is. It asks nobody to stay away.
func robots(registry wire.Registry) File {
	text := "User-agent: *\nDisallow:\n"
	if registry.BaseURL != "" {
		text += "Sitemap: " + registry.BaseURL + "/" + wire.SitemapPath + "\n"
	}
	return File{wire.RobotsPath, []byte(text)}
}

const openSearchType = "application/opensearchdescription+xml"

// openSearchDescription is OpenSearch 1.1's.
type openSearchDescription struct {
	XMLName     xml.Name        `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
	ShortName   string          `xml:"ShortName"`
	Description string          `xml:"Description"`
	Language    string          `xml:"Language"`
	Encoding    string          `xml:"InputEncoding"`
	Image       openSearchImage `xml:"Image"`
	URL         openSearchURL   `xml:"Url"`
}

type openSearchImage struct {
	Type    string `xml:"type,attr"`
	Address string `xml:",chardata"`
}

type openSearchURL struct {
	Type     string `xml:"type,attr"`
	Template string `xml:"template,attr"`
}

// Bounds of OpenSearch 1.1, in characters. The mark that says that a text is cut counts, too.
const (
	maxShortName   = 16
	maxSearchAbout = 1024
)

// openSearch lets browsers add the search of each language to their own. It needs the registry's base URL.
func (r *Renderer) openSearch(registry wire.Registry) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		name := nameOf(registry)
		data, err := xmlDocument(openSearchDescription{
			ShortName: cutText(name, maxShortName-1), Description: cutText(l.text("opensearch_description", "registry", name), maxSearchAbout-1), Language: l.tag, Encoding: "UTF-8",
			Image: openSearchImage{"image/svg+xml", registry.BaseURL + "/" + r.icon},
			URL:   openSearchURL{htmlType, registry.BaseURL + "/" + pageAddress(wire.LangPath(l.tag, wire.SearchPage)) + "?q={searchTerms}"},
		})
		return File{wire.LangPath(l.tag, wire.OpenSearchPath), data}, err
	})
}

// webManifest is what browsers take name and icon from when a page is kept among the apps of a device. Its addresses are relative to it.
type webManifest struct {
	Name       string            `json:"name"`
	ShortName  string            `json:"short_name"`
	Lang       string            `json:"lang"`
	Dir        string            `json:"dir"`
	StartURL   string            `json:"start_url"`
	Scope      string            `json:"scope"`
	Display    string            `json:"display"`
	Theme      string            `json:"theme_color"`
	Background string            `json:"background_color"`
	Icons      []webManifestIcon `json:"icons"`
}

type webManifestIcon struct {
	Src   string `json:"src"`
	Sizes string `json:"sizes"`
	Type  string `json:"type"`
}

// Colours of the light scheme, as site/styles/10-base.css has them.
const (
	defaultAccent = "#0b6b50"
	ground        = "#fafaf7"
)

func (r *Renderer) webManifest(registry wire.Registry) (File, error) {
	l, name := r.locales[0], nameOf(registry)
	accent := r.site.Accent
	if accent == "" {
		accent = defaultAccent
	}
	data, err := wire.Encode(webManifest{
		Name: name, ShortName: cutText(name, 30), Lang: l.tag, Dir: l.text("direction"), StartURL: wire.HomePage, Scope: "./", Display: "minimal-ui",
		Theme: accent, Background: ground, Icons: []webManifestIcon{{r.icon, "any", "image/svg+xml"}},
	})
	return File{wire.WebManifestPath, data}, err
}
