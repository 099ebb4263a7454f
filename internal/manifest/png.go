package manifest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"unicode"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

// maxPixels bounds the memory of a decoded picture, in bytes: 4096×4096 of 8 bits a channel. A small file can
// claim any size.
const maxPixels = 64 << 20

// A pngRule is what a format wants of a picture.
type pngRule struct {
	what          string // "the icon"
	code          string // of the finding about its size in bytes
	maxBytes      int
	width, height int // pixels; 0 for a square of at least minSide
	minSide       int
}

// png checks a picture, and decodes all of it, so that what is published isn't cut short and nothing else than a picture.
// It returns what the listing says of it.
func (s *source) png(f *File, rule pngRule) wire.Image {
	img := wire.Image{File: asset(f)}
	if n := len(f.Data); n > rule.maxBytes {
		s.file(check.Error, rule.code, f.Path, "make the file smaller", "%s has %d bytes, expected at most %d", rule.what, n, rule.maxBytes)
		return img
	}
	conf, err := png.DecodeConfig(bytes.NewReader(f.Data))
	if err != nil {
		s.file(check.Error, "image/png", f.Path, "export the picture as PNG", "%s isn't a PNG: %s", rule.what, printable(err))
		return img
	}
	img.Width, img.Height = conf.Width, conf.Height
	fits := true
	switch {
	case rule.width > 0 && (conf.Width != rule.width || conf.Height != rule.height):
		fits = false
		s.file(check.Error, "image/dimensions", f.Path, "", "%s has %d×%d pixels, expected exactly %d×%d", rule.what, conf.Width, conf.Height, rule.width, rule.height)
	case rule.width == 0 && conf.Width != conf.Height:
		fits = false
		s.file(check.Error, "image/not-square", f.Path, "", "%s has %d×%d pixels, expected a square", rule.what, conf.Width, conf.Height)
	case rule.width == 0 && conf.Width < rule.minSide:
		fits = false
		s.file(check.Error, "image/dimensions", f.Path, "", "%s has %d×%d pixels, expected at least %d×%d", rule.what, conf.Width, conf.Height, rule.minSide, rule.minSide)
	}
	if need := int64(conf.Width) * int64(conf.Height) * bytesPerPixel(conf); need > maxPixels {
		if fits {
			s.file(check.Error, "image/too-large", f.Path, "", "%s has %d×%d pixels, which take %d bytes when decoded, expected at most %d", rule.what, conf.Width, conf.Height, need, maxPixels)
		}
		return img
	}
	r := bytes.NewReader(f.Data)
	if _, err := png.Decode(r); err != nil {
		s.file(check.Error, "image/png", f.Path, "export the picture anew", "%s can't be decoded: %s", rule.what, printable(err))
	} else if r.Len() > 0 {
		s.file(check.Warning, "image/trailing", f.Path, "export the picture anew", "%s has %d bytes after its end", rule.what, r.Len())
	}
	return img
}

// bytesPerPixel returns what image/png takes for a pixel.
func bytesPerPixel(c image.Config) int64 {
	switch c.ColorModel {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, palette := c.ColorModel.(color.Palette); palette {
		return 1
	}
	return 4
}

// printable returns an error's text, which may hold bytes of the file, as text.
func printable(err error) string {
	b := []rune(err.Error())
	for i, r := range b {
		if !unicode.IsPrint(r) {
			b[i] = '?'
		}
	}
	return string(b)
}
