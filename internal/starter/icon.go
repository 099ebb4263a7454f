package starter

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
)

// An icon is a mark on a rounded square in a colour. Which ones, the id decides, so that new packages look different from each other.
type icon struct {
	accent string // as #rrggbb
	mark   []shape
}

// accents are colours on which white can be read: 4.5 : 1 or better.
var accents = []string{"#0b6b50", "#1d5fa8", "#6a3fb5", "#b3261e", "#a8470b", "#77590a", "#0e6f7c", "#a02768"}

// A shape is a rounded rectangle on a grid of 64×64; a circle is one whose radius is half its side. It is white, so strong as it says, or where that is 0 a
// hole of the accent colour.
type shape struct{ x, y, width, height, radius, strength float64 }

// grid is how wide and high an icon is in the units of its shapes.
const grid = 64

var ground = shape{0, 0, grid, grid, 15, 1}

var marks = [][]shape{
	{{13, 20, 24, 24, 12, 1}, {27, 20, 24, 24, 12, 0.55}},                                                  // two circles
	{{16, 34, 8, 14, 4, 0.55}, {28, 25, 8, 23, 4, 0.8}, {40, 16, 8, 32, 4, 1}},                             // bars
	{{16, 16, 14, 14, 4, 1}, {34, 16, 14, 14, 4, 0.55}, {16, 34, 14, 14, 4, 0.55}, {34, 34, 14, 14, 4, 1}}, // tiles
	{{14, 14, 36, 36, 18, 1}, {20, 20, 24, 24, 12, 0}, {27, 27, 10, 10, 5, 1}},                             // a ring
	{{20, 14, 24, 6, 3, 0.45}, {17, 23, 30, 7, 3.5, 0.7}, {14, 33, 36, 17, 5, 1}},                          // a stack
	{{14, 19, 8, 8, 4, 1}, {27, 19, 23, 8, 4, 0.65}, {14, 37, 8, 8, 4, 1}, {27, 37, 23, 8, 4, 0.65}},       // a list
	{{29, 13, 6, 38, 3, 1}, {13, 29, 38, 6, 3, 1}, {24, 24, 16, 16, 8, 1}, {28, 28, 8, 8, 4, 0}},           // a compass
	{{13, 18, 38, 28, 8, 1}, {19, 24, 12, 16, 4, 0}, {35, 26, 11, 4, 2, 0}, {35, 34, 11, 4, 2, 0}},         // a card
}

// iconOf returns the icon of a package.
func iconOf(id string) icon {
	hash := sha256.Sum256([]byte(id))
	return icon{accents[int(hash[0])%len(accents)], marks[int(hash[1])%len(marks)]}
}

// svg returns the icon as a drawing.
func (c icon) svg() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"256\" height=\"256\">\n", grid, grid)
	rect := func(s shape, fill string) {
		fmt.Fprintf(&b, "  <rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" rx=\"%g\" fill=\"%s\"", s.x, s.y, s.width, s.height, s.radius, fill)
		if s.strength > 0 && s.strength < 1 {
			fmt.Fprintf(&b, " fill-opacity=\"%g\"", s.strength)
		}
		b.WriteString("/>\n")
	}
	rect(ground, c.accent)
	for _, s := range c.mark {
		fill := "#ffffff"
		if s.strength == 0 {
			fill = c.accent
		}
		rect(s, fill)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// png returns the icon as a picture of side×side pixels.
func (c icon) png(side int) ([]byte, error) {
	accent := c.colour()
	picture := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			pixel := accent
			for _, s := range c.mark {
				on, strength := color.NRGBA{255, 255, 255, 255}, s.strength
				if strength == 0 {
					on, strength = accent, 1
				}
				pixel = blend(pixel, on, strength*s.cover(x, y, side))
			}
			pixel.A = uint8(math.Round(255 * ground.cover(x, y, side)))
			picture.SetNRGBA(x, y, pixel)
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}

// cover returns how much of a pixel the shape covers, from 0 to 1, by how far the pixel's middle is from the shape's edge.
func (s shape) cover(x, y, side int) float64 {
	scale := grid / float64(side)
	dx := math.Abs((float64(x)+0.5)*scale-s.x-s.width/2) - s.width/2 + s.radius
	dy := math.Abs((float64(y)+0.5)*scale-s.y-s.height/2) - s.height/2 + s.radius
	outside := math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - s.radius
	return min(max(0.5-outside/scale, 0), 1)
}

func (c icon) colour() color.NRGBA {
	pixel := color.NRGBA{A: 255}
	fmt.Sscanf(c.accent, "#%02x%02x%02x", &pixel.R, &pixel.G, &pixel.B) // the test reads all of them
	return pixel
}

// blend returns one colour with so much of another over it.
func blend(under, over color.NRGBA, much float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*much)) }
	return color.NRGBA{mix(under.R, over.R), mix(under.G, over.G), mix(under.B, over.B), 255}
}
