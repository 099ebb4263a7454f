// Package rendition makes smaller copies of published pictures, so that a page shows each in about the size of its place.
//
// Rules that it keeps:
//
//   - A rendition is narrower than its source and has fewer bytes. The aspect ratio stays, to the nearest pixel.
//   - PNG and GIF become PNG, JPEG becomes JPEG, and WebP becomes PNG where anything in it is transparent, else JPEG. Of an animation, the first
//     frame is taken. Drawings (SVG) need no renditions, and no other kind has any.
//   - A PNG of more than 256 colours gets as many as that if the difference is hardly seen.
//   - Nothing of the source is kept but its pixels: no colour profile, no text, no place and time of a photo.
//   - What decoding takes is bounded before it begins: a picture has at most 40 million pixels, half of that in 16 bits a channel.
//     Memory is about 4 bytes a pixel of the source, for a progressive JPEG 20.
//   - Equal sources give equal PNG, whatever the CPU and the version of Go: all arithmetic is in integers, and the data is compressed by a
//     module that go.mod pins. That isn't promised for JPEG, which the standard library reads and writes: Go 1.26 changed the bytes of
//     both. [Stable] tells them apart.
package rendition

import (
	"errors"
	"fmt"
	"slices"
)

// A Place is where a page shows a picture.
type Place int

// The places of a listing's pictures.
const (
	Icon Place = iota // 48 CSS pixels wide in lists, 96 on the page of its package
	Shot              // a screenshot: about 320 CSS pixels wide as a thumbnail, at most 960 at large
)

// places says for each place which widths it takes, in pixels, and up to how many bytes a source is small enough as it is.
var places = map[Place]struct {
	widths []int
	small  int64
}{
	Icon: {[]int{96, 192}, 8 << 10},
	Shot: {[]int{320, 640, 1280}, 24 << 10},
}

// Widths returns the widths, in pixels and rising, of the renditions that a picture should have: it has that width and height in
// pixels and size in bytes. There are none for a drawing, which has no width, for a picture of few bytes, or one that is too large
// to be decoded.
func Widths(width, height int, size int64, place Place) []int {
	p := places[place]
	if size <= p.small || !fits(width, height, 1) {
		return nil
	}
	var widths []int
	for _, w := range p.widths {
		if w < width {
			widths = append(widths, w)
		}
	}
	return widths
}

// A Rendition is a smaller copy of a picture.
type Rendition struct {
	Width, Height int    // in pixels
	Ext           string // "png" or "jpg", which is what the data is
	Data          []byte
}

// ErrKind is wrapped by the error for a picture that isn't of a kind that renditions are made of.
var ErrKind = errors.New("expected a PNG, a JPEG, a GIF or a WebP that doesn't move")

// Stable tells whether the bytes of renditions with this extension are the same under every version of Go.
func Stable(ext string) bool { return ext == "png" }

// Make returns renditions of a picture, by rising width. Those that wouldn't be narrower than the picture or wouldn't have fewer bytes
// are left out, so there can be less of them than widths, or none. A photo that has to be turned to be seen upright has none, either:
// what says so isn't kept. The error is [ErrKind], or says what is wrong with the picture.
func Make(data []byte, widths []int) ([]Rendition, error) {
	src, err := decode(data)
	if err != nil || src.turned {
		return nil, err
	}
	widths = slices.Compact(slices.Sorted(slices.Values(widths)))
	var scalers []*scaler
	for _, w := range widths {
		if w < 1 {
			return nil, fmt.Errorf("a rendition is to be %d pixels wide, expected at least 1", w)
		}
		if w < src.width {
			scalers = append(scalers, newScaler(src.width, src.height, w))
		}
	}
	if len(scalers) == 0 {
		return nil, nil
	}
	opaque := true
	line := newLine(src.width)
	for y := range src.height {
		src.row(y, line.pixels)
		opaque = line.premultiply() && opaque
		for _, s := range scalers {
			s.add(line)
		}
	}
	var made []Rendition
	for _, s := range scalers {
		r := Rendition{Width: s.width, Height: s.height, Ext: "png"}
		if src.kind == "jpeg" || src.kind == "webp" && opaque {
			r.Ext = "jpg"
			if r.Data, err = encodeJPEG(s.out, s.width, s.height); err != nil {
				return nil, err
			}
		} else {
			r.Data = encodePNG(s.out, s.width, s.height)
		}
		if len(r.Data) < len(data) {
			made = append(made, r)
		}
	}
	return made, nil
}
