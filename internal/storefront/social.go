package storefront

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"github.com/regen-registry/regen/internal/wire"
)

// A social is what a page says of itself to the sites that it is shared on, and to search engines: Open Graph, and schema.org data as JSON-LD. Title, description and address are the page's own.
type social struct {
	Image string // absolute address of a picture, or ""
	Large bool   // the picture shows the package at work, and isn't its icon
	Data  any    // a schema.org thing, or nil
}

// Locale returns the page's language as Open Graph writes it: with the country that most of its readers live in where the tag has none.
func (p page) Locale() string { return ogLocale(p.Lang) }

func ogLocale(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return ""
	}
	base, _ := tag.Base()
	region, _ := tag.Region()
	return base.String() + "_" + region.String()
}

// Locale returns the same of the page in another language.
func (a alternate) Locale() string { return ogLocale(a.Lang) }

// A website is schema.org's WebSite.
type website struct {
	Context string        `json:"@context"`
	Type    string        `json:"@type"`
	Name    string        `json:"name"`
	URL     string        `json:"url"`
	Lang    string        `json:"inLanguage"`
	Search  websiteSearch `json:"potentialAction"`
}

type websiteSearch struct {
	Type   string        `json:"@type"`
	Target websiteTarget `json:"target"`
	Query  string        `json:"query-input"`
}

type websiteTarget struct {
	Type     string `json:"@type"`
	Template string `json:"urlTemplate"`
}

// homeSocial says what the registry is, and how to search it. It needs the registry's base URL.
func homeSocial(l *locale, registry wire.Registry) social {
	if registry.BaseURL == "" {
		return social{}
	}
	address := func(page string) string { return registry.BaseURL + "/" + pageAddress(wire.LangPath(l.tag, page)) }
	return social{Data: website{
		Context: schemaOrg, Type: "WebSite", Name: nameOf(registry), URL: address(wire.IndexPage), Lang: l.tag,
		Search: websiteSearch{"SearchAction", websiteTarget{"EntryPoint", address(wire.SearchPage) + "?q={query}"}, "required name=query"},
	}}
}

const schemaOrg = "https://schema.org"

// A software is schema.org's SoftwareApplication. It says what the metadata say, and nothing that the registry doesn't know, such as ratings.
type software struct {
	Context      string           `json:"@context"`
	Type         string           `json:"@type"`
	Name         string           `json:"name"`
	Description  string           `json:"description,omitempty"`
	URL          string           `json:"url,omitempty"`
	Lang         string           `json:"inLanguage"` // of the page's texts
	Version      string           `json:"softwareVersion"`
	Published    string           `json:"datePublished,omitempty"`
	Modified     string           `json:"dateModified,omitempty"`
	Authors      []softwareAuthor `json:"author,omitempty"`
	License      string           `json:"license,omitempty"`
	Category     string           `json:"applicationCategory,omitempty"`
	Host         string           `json:"operatingSystem"`
	Requirements []string         `json:"softwareRequirements,omitempty"`
	Keywords     []string         `json:"keywords,omitempty"`
	Download     string           `json:"downloadUrl,omitempty"`
	Size         string           `json:"fileSize,omitempty"`
	Image        string           `json:"image,omitempty"`
	Screenshots  []string         `json:"screenshot,omitempty"`
}

// softwareAuthor has no type: a registry doesn't know who of the authors is a person, and who an organisation.
type softwareAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// maxSocialImages is how many screenshots the data name.
const maxSocialImages = 5

// packageSocial says what a package is.
func packageSocial(l *locale, p Package) social {
	m := &p.Metadata
	absolute := func(path string) string {
		if p.Registry.BaseURL == "" {
			return ""
		}
		return p.Registry.BaseURL + "/" + pageAddress(path)
	}
	s := software{
		Context: schemaOrg, Type: "SoftwareApplication", Name: named(l.local(m.Name).Text, m.ID), Description: l.local(m.Summary).Text, URL: absolute(wire.LangPath(l.tag, p.Path())), Lang: l.tag,
		Version: clean(m.Version), Published: formatDate(m.ReleasedAt), License: licenseAddress(m), Category: clean(strings.Join(m.Categories, ", ")),
		Host: clean(m.Format), Requirements: cleanAll(m.Requires), Keywords: cleanAll(m.Keywords),
	}
	if !p.Own {
		s.Published, s.Modified = formatDate(p.Row.Released), s.Published
	}
	if m.HostAPI != nil && m.HostAPI.Min != "" {
		s.Host += " " + clean(m.HostAPI.Min) + "+"
	}
	for _, a := range m.Authors {
		if name := clean(cmp.Or(a.Name, a.GitHub)); name != "" {
			author := softwareAuthor{Name: name}
			if u, ok := external(a.URL); ok {
				author.URL = u.String()
			}
			s.Authors = append(s.Authors, author)
		}
	}
	if !advised(p.Advisories) {
		s.Download, s.Size = absolute(wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name)), formatSize(m.Artifact.Size)
	}
	asset := func(image wire.Image) string { return absolute(wire.AssetPath(m.ID, m.Version, image.Path)) }
	for _, image := range m.Screenshots[:min(maxSocialImages, len(m.Screenshots))] {
		if isBitmap(image.Path) && p.Registry.BaseURL != "" {
			s.Screenshots = append(s.Screenshots, asset(image))
		}
	}
	widest := 0
	for _, icon := range m.Icons {
		if isBitmap(icon.Path) && icon.Width > widest {
			s.Image, widest = asset(icon), icon.Width
		}
	}
	view := social{Image: s.Image, Data: s}
	if main := m.MainScreenshot; main != nil && isBitmap(main.Path) {
		view.Image = asset(*main)
	} else if len(s.Screenshots) > 0 {
		view.Image = s.Screenshots[0]
	}
	view.Large = view.Image != s.Image
	return view
}

// advised reports whether an advisory keeps the release from being installed.
func advised(list []wire.Advisory) bool {
	for _, a := range list {
		if a.Action == wire.Block || a.Action == wire.Uninstall {
			return true
		}
	}
	return false
}

// spdxID is one licence of the SPDX list, as against an expression of several or one of somebody's own.
var spdxID = regexp.MustCompile(`^[A-Za-z0-9.+-]{1,64}$`)

// licenseAddress returns the address of the licence's text, "" where it isn't known.
func licenseAddress(m *wire.Metadata) string {
	if u, ok := external(m.LicenseURL); ok {
		return u.String()
	}
	if spdxID.MatchString(m.License) && !strings.HasPrefix(m.License, "LicenseRef-") {
		return "https://spdx.org/licenses/" + m.License + ".html"
	}
	return ""
}

// isBitmap tells whether a picture is of a kind that every site shows.
func isBitmap(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".webp", ".gif":
		return true
	}
	return false
}

// cleanAll returns those of the texts that have anything to show.
func cleanAll(from []string) []string {
	var list []string
	for _, text := range from {
		if text = clean(text); text != "" {
			list = append(list, text)
		}
	}
	return list
}
