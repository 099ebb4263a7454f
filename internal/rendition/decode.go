package rendition

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Bounds of a source.
const (
	maxPixels = 40_000_000
	maxSide   = 1 << 20 // so that no row of a tall or wide picture takes more than a few MB
)

// fits tells whether a picture is small enough to be decoded. The pixels of some take twice the room.
func fits(width, height, room int) bool {
	return width > 0 && height > 0 && width <= maxSide && height <= maxSide && width*room <= maxPixels/height
}

// A source is a decoded picture.
type source struct {
	kind          string // as in codecs
	width, height int
	turned        bool                    // whether it has to be turned to be seen upright
	row           func(y int, dst []byte) // writes red, green, blue and alpha of each pixel of a row
}

// codecs are the kinds of pictures and how their files begin, where "?" is any byte.
var codecs = []struct {
	kind, begin string
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
	convert     conversion
}{
	{"png", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, nil},
	{"jpeg", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, fullRange},
	{"gif", "GIF8?a", gif.DecodeConfig, gif.Decode, nil},
	{"webp", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, studioRange},
}

// decode reads a picture.
func decode(data []byte) (*source, error) {
	for _, c := range codecs {
		if !begins(data, c.begin) {
			continue
		}
		config, err := c.config(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("can't read its header as %s: %w", c.kind, err)
		}
		room := 1
		if config.ColorModel == color.NRGBA64Model || config.ColorModel == color.RGBA64Model {
			room = 2
		}
		if !fits(config.Width, config.Height, room) {
			return nil, fmt.Errorf("it has %d×%d pixels, expected at least 1, at most %d of them, no side longer than %d", config.Width, config.Height, maxPixels/room, maxSide)
		}
		if c.kind == "webp" && moves(data) {
			return nil, fmt.Errorf("it is an animated WebP: %w", ErrKind)
		}
		m, err := c.decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("can't decode it as %s: %w", c.kind, err)
		}
		return &source{
			kind: c.kind, width: config.Width, height: config.Height,
			turned: c.kind == "jpeg" && turned(data), row: rows(m, config.Width, c.convert),
		}, nil
	}
	return nil, fmt.Errorf("it begins with %q: %w", data[:min(len(data), 12)], ErrKind)
}

func begins(data []byte, begin string) bool {
	if len(data) < len(begin) {
		return false
	}
	for i := range len(begin) {
		if begin[i] != '?' && begin[i] != data[i] {
			return false
		}
	}
	return true
}

// moves tells whether a WebP is an animation (RFC 9649, 2.7.1).
func moves(data []byte) bool {
	return len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0
}

// rows returns how to read the rows of a picture that is so wide. It may be smaller than that: the first frame of a GIF needn't fill its
// screen. The kinds of images that decoders return most have a way of their own, since the general one takes ten times as long.
func rows(m image.Image, width int, convert conversion) func(y int, dst []byte) {
	frame := m.Bounds()
	line := image.Rect(0, 0, width, 1)
	colours := palette(m)
	return func(y int, dst []byte) {
		in := frame.Intersect(line.Add(image.Pt(0, y)))
		if in.Dx() < width {
			clear(dst)
		}
		if in.Empty() {
			return
		}
		dst = dst[4*in.Min.X : 4*in.Max.X]
		switch m := m.(type) {
		case *image.NRGBA:
			copy(dst, m.Pix[m.PixOffset(in.Min.X, y):])
		case *image.RGBA: // which decoders make of what is opaque, so that nothing is multiplied by alpha
			copy(dst, m.Pix[m.PixOffset(in.Min.X, y):])
		case *image.Gray:
			for i, v := range m.Pix[m.PixOffset(in.Min.X, y):][:in.Dx()] {
				put(dst, i, v, v, v, 255)
			}
		case *image.Paletted:
			for i, index := range m.Pix[m.PixOffset(in.Min.X, y):][:in.Dx()] {
				c := colours[index]
				put(dst, i, c.R, c.G, c.B, c.A)
			}
		case *image.YCbCr:
			for i := range in.Dx() {
				r, g, b := convert(m, in.Min.X+i, y)
				put(dst, i, r, g, b, 255)
			}
		case *image.NYCbCrA:
			for i := range in.Dx() {
				r, g, b := convert(&m.YCbCr, in.Min.X+i, y)
				put(dst, i, r, g, b, m.A[m.AOffset(in.Min.X+i, y)])
			}
		default:
			for i := range in.Dx() {
				c := color.NRGBAModel.Convert(m.At(in.Min.X+i, y)).(color.NRGBA)
				put(dst, i, c.R, c.G, c.B, c.A)
			}
		}
	}
}

func put(dst []byte, i int, r, g, b, a byte) {
	p := dst[4*i : 4*i+4 : 4*i+4]
	p[0], p[1], p[2], p[3] = r, g, b, a
}

// palette returns the colours of a picture that has a palette. Those of indexes beyond it are transparent.
func palette(m image.Image) (colours [256]color.NRGBA) {
	if m, ok := m.(*image.Paletted); ok {
		for i, c := range m.Palette[:min(len(m.Palette), len(colours))] {
			colours[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
	}
	return colours
}

// A conversion returns the colour of a pixel in fractions of 2¹⁶. The result is part of what is published, so it isn't left to the
// standard library, of which another version may round in another way. And that knows only the one of JPEG.
type conversion func(m *image.YCbCr, x, y int) (r, g, b byte)

// fullRange is as JFIF says: black is 0, white 255.
func fullRange(m *image.YCbCr, x, y int) (r, g, b byte) {
	at := m.COffset(x, y)
	luma := int(m.Y[m.YOffset(x, y)])<<16 + 1<<15
	cb, cr := int(m.Cb[at])-128, int(m.Cr[at])-128
	return clamp(luma + 91881*cr), clamp(luma - 22554*cb - 46802*cr), clamp(luma + 116130*cb)
}

// studioRange is as VP8 says, which is WebP with losses (RFC 6386, 9.2): black is 16, white 235.
func studioRange(m *image.YCbCr, x, y int) (r, g, b byte) {
	at := m.COffset(x, y)
	luma := 76309*(int(m.Y[m.YOffset(x, y)])-16) + 1<<15
	cb, cr := int(m.Cb[at])-128, int(m.Cr[at])-128
	return clamp(luma + 104597*cr), clamp(luma - 25675*cb - 53279*cr), clamp(luma + 132201*cb)
}

func clamp(v int) byte { return byte(min(max(v>>16, 0), 255)) }
