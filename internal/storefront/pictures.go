package storefront

import (
	"html/template"
	"strconv"

	"github.com/regen-registry/regen/internal/wire"
)

// A Screenshot is a picture of the package at work.
type Screenshot struct {
	Src           template.HTMLAttr
	Href          template.HTMLAttr // "" if it must not be opened by itself
	Alt           string
	Caption       string
	Width, Height int // 0 if unknown
}

// An asset is a published listing file.
type asset struct {
	url           string
	opens         bool // whether it may be linked
	picture       bool // whether it may be shown
	width, height int  // 0 if unknown
}

// assetsOf returns the published listing files of a release by their path in the package.
func assetsOf(b base, m *wire.Metadata) map[string]asset {
	files := m.Assets()
	assets := make(map[string]asset, len(files))
	for _, f := range files {
		assets[f.Path] = asset{url: b.to(wire.AssetPath(m.ID, m.Version, f.Path)), opens: opensSafely(f.Path)}
	}
	for _, images := range [][]wire.Image{m.Icons, m.Screenshots} {
		for _, image := range images {
			a := assets[image.Path]
			a.picture, a.width, a.height = true, image.Width, image.Height
			assets[image.Path] = a
		}
	}
	return assets
}

// iconSize is how large an icon should be at least, in pixels, to be sharp on any screen.
const iconSize = 192

// bestIcon returns the icon to show: a scalable one, else the smallest one that is large enough, else the largest.
func bestIcon(files map[string]asset, icons []wire.Image) string {
	best := -1
	for i, image := range icons {
		switch width := image.Width; {
		case width == 0:
			return files[image.Path].url
		case best < 0,
			width > icons[best].Width && icons[best].Width < iconSize,
			width < icons[best].Width && width >= iconSize:
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return files[icons[best].Path].url
}

func screenshots(files map[string]asset, images []wire.Image) []Screenshot {
	shots := make([]Screenshot, len(images))
	for i, image := range images {
		a := files[image.Path]
		s := &shots[i]
		s.Src, s.Width, s.Height = attr("src", a.url), a.width, a.height
		if a.opens {
			s.Href = attr("href", a.url)
		}
		s.Caption = local(image.Title).Text
		if s.Alt = local(image.Alt).Text; s.Alt == "" {
			s.Alt = s.Caption
		}
		if s.Alt == "" {
			s.Alt = "Screenshot " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(images))
		}
	}
	return shots
}
