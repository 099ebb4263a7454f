package storefront

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// A Screenshot is a picture of the package at work.
type Screenshot struct {
	Src           template.HTMLAttr
	SrcSet        template.HTMLAttr // with sizes; "" where there is one size
	Href          template.HTMLAttr // "" if it must not be opened by itself
	Alt           string
	AltLang       string // "" where it is the page's own
	Caption       Text
	Width, Height int // 0 if unknown
	Lazy          bool
}

// An asset is a published listing file.
type asset struct {
	url           string
	opens         bool   // whether it may be linked
	picture       bool   // whether it may be shown
	width, height int    // 0 if unknown
	srcset        string // of it and its renditions; "" where there is one size
}

// assetsOf returns the published listing files of a release by their path in the package.
func assetsOf(b base, m *wire.Metadata, renditions map[string][]Rendition) map[string]asset {
	files := m.Assets()
	assets := make(map[string]asset, len(files))
	for _, f := range files {
		assets[f.Path] = asset{url: b.to(wire.AssetPath(m.ID, m.Version, f.Path)), opens: opensSafely(f.Path)}
	}
	for _, images := range [][]wire.Image{m.Icons, shotsOf(m)} {
		for _, image := range images {
			a := assets[image.Path]
			a.picture, a.width, a.height = true, image.Width, image.Height
			a.srcset = srcset(b, a, renditions[image.Path])
			assets[image.Path] = a
		}
	}
	return assets
}

// srcset returns the widths that there are of a picture.
func srcset(b base, a asset, renditions []Rendition) string {
	if len(renditions) == 0 || a.width == 0 {
		return ""
	}
	var s strings.Builder
	for _, r := range renditions {
		s.WriteString(b.to(r.Path) + " " + strconv.Itoa(r.Width) + "w, ")
	}
	return s.String() + a.url + " " + strconv.Itoa(a.width) + "w"
}

// iconWidth is how wide a package's icon is on its page, in pixels; [iconSize] is how large it should be at least to be sharp on any screen.
const (
	iconWidth = 96
	iconSize  = 2 * iconWidth
)

// packageIcon returns the icon of a package's page.
func packageIcon(b base, m *wire.Metadata, name string, files map[string]asset, renditions map[string][]Rendition) Icon {
	if len(m.Icons) == 0 {
		return iconOf(m.ID, name, "")
	}
	path := BestIcon(m.Icons).Path
	icon := iconOf(m.ID, name, files[path].url)
	at := func(width int) string {
		for _, r := range renditions[path] {
			if r.Width >= width {
				return b.to(r.Path)
			}
		}
		return files[path].url
	}
	if one, two := at(iconWidth), at(iconSize); one != two {
		icon.Src, icon.SrcSet = attr("src", one), attr("srcset", one+" 1x, "+two+" 2x")
	} else {
		icon.Src = attr("src", one)
	}
	return icon
}

// BestIcon returns the icon to show: a scalable one, else the smallest one that is large enough, else the largest. There has to be one.
func BestIcon(icons []wire.Image) wire.Image {
	best := icons[0]
	for _, image := range icons {
		switch width := image.Width; {
		case width == 0:
			return image
		case width > best.Width && best.Width < iconSize, width < best.Width && width >= iconSize:
			best = image
		}
	}
	return best
}

// shotsOf returns the screenshots, each once, the main one first.
func shotsOf(m *wire.Metadata) []wire.Image {
	if m.MainScreenshot == nil {
		return m.Screenshots
	}
	shots := make([]wire.Image, 1, len(m.Screenshots)+1)
	shots[0] = *m.MainScreenshot
	for _, image := range m.Screenshots {
		if image.Path != shots[0].Path {
			shots = append(shots, image)
			continue
		}
		if len(shots[0].Title) == 0 {
			shots[0].Title = image.Title
		}
		if len(shots[0].Alt) == 0 {
			shots[0].Alt = image.Alt
		}
	}
	return shots
}

// shotHeight is how high screenshots are at most, in pixels; the stylesheet says the same.
const shotHeight = 352

func screenshots(l *locale, files map[string]asset, images []wire.Image) []Screenshot {
	images = slices.DeleteFunc(slices.Clone(images), func(i wire.Image) bool { return files[i.Path].url == "" })
	shots := make([]Screenshot, len(images))
	for i, image := range images {
		a := files[image.Path]
		s := &shots[i]
		s.Src, s.Width, s.Height, s.Lazy = attr("src", a.url), a.width, a.height, i > 0
		if a.opens {
			s.Href = attr("href", a.url)
		}
		if a.srcset != "" && a.height > 0 {
			s.SrcSet = attr("srcset", a.srcset) + template.HTMLAttr(` sizes="min(100vw, `+strconv.Itoa(1+shotHeight*a.width/a.height)+`px)"`)
		}
		s.Caption = l.local(image.Title)
		alt := l.local(image.Alt)
		if alt.Text == "" {
			alt = s.Caption
		}
		if alt.Text == "" {
			alt = Text{Text: l.text("screenshot_of", "n", i+1, "total", len(images))}
		}
		s.Alt, s.AltLang = alt.Text, alt.Lang
	}
	return shots
}
