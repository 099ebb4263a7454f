package palette

// A scheme is the colours of site/styles/10-base.css that an accent colour stands beside.
type scheme struct {
	ground  Colour
	grounds []Colour                        // all that the accent colour may stand on as text, ground among them
	texts   []Colour                        // all that may stand on the soft ground
	soft    int                             // how much of the accent colour is in the soft ground, in 256ths
	towards func(c Colour, step int) Colour // makes a colour easier to read
	away    Colour                          // white or black, which is farther from the accent colour than all grounds are
	on      int                             // how much of that is in text on the accent colour at least, in 256ths
}

var (
	light = scheme{
		ground: Colour{0xfa, 0xfa, 0xf7},
		grounds: []Colour{
			{0xfa, 0xfa, 0xf7}, // --ground
			{0xff, 0xff, 0xff}, // --surface
			{0xf1, 0xf2, 0xed}, // --sunken
			{0xe3, 0xf2, 0xea}, // --good
			{0xfc, 0xf0, 0xdc}, // --warn-ground
			{0xfd, 0xec, 0xea}, // --bad-ground
		},
		texts: []Colour{
			{0x19, 0x1d, 0x1b}, // --ink
			{0x59, 0x62, 0x5d}, // --quiet
		},
		soft:    26,
		towards: darker,
		away:    white,
		on:      steps,
	}
	dark = scheme{
		ground: Colour{0x10, 0x13, 0x12},
		grounds: []Colour{
			{0x10, 0x13, 0x12},
			{0x17, 0x1b, 0x19},
			{0x1d, 0x22, 0x20},
			{0x17, 0x30, 0x1f},
			{0x2a, 0x20, 0x12},
			{0x2e, 0x16, 0x14},
		},
		texts: []Colour{
			{0xe7, 0xeb, 0xe8},
			{0x9f, 0xa9, 0xa3},
		},
		soft:    40,
		towards: lighter,
		away:    black,
		on:      208,
	}
	white = Colour{255, 255, 255}
	black = Colour{}
)

// tones are the colours of the four properties.
type tones struct{ accent, strong, onAccent, soft Colour }

// tones returns what becomes of an accent colour.
func (s *scheme) tones(accent Colour) tones {
	var t tones
	for part := s.soft; ; part-- {
		t.soft = mix(s.ground, accent, part)
		if Readable(t.soft, s.texts...) { // at the latest when it is the ground itself
			break
		}
	}
	grounds := append([]Colour{t.soft}, s.grounds...)
	step := 0
	for !Readable(s.towards(accent, step), grounds...) { // at the latest, white or black is
		step++
	}
	t.accent = s.towards(accent, step)
	t.strong = s.towards(t.accent, strong)
	for part := s.on; ; part++ {
		t.onAccent = mix(t.accent, s.away, part)
		if Readable(t.onAccent, t.accent, t.strong) {
			break
		}
	}
	return t
}

const (
	steps  = 256
	strong = 64 // steps from the accent colour to the one under the pointer
)

// darker returns the colour that lies so many steps of 256 on the way to black.
func darker(c Colour, step int) Colour { return mix(c, black, step) }

// lighter returns the colour that lies so many steps on the way to white. In the first half, the way is to the brightest colour of this hue
// that doesn't glare, so that dark colours don't become pale.
func lighter(c Colour, step int) Colour {
	bright, most := c, int(max(c.R, c.G, c.B))
	if most > 0 && most < glare {
		scale := func(v uint8) uint8 { return uint8((int(v)*glare + most/2) / most) }
		bright = Colour{scale(c.R), scale(c.G), scale(c.B)}
	}
	if bright == c {
		return mix(c, white, step)
	}
	if step <= steps/2 {
		return mix(c, bright, 2*step)
	}
	return mix(bright, white, 2*(step-steps/2))
}

// glare is the brightest that a channel gets, unless the accent colour has more or contrast wants it.
const glare = 216

// mix returns the colour between two that has so many 256ths of the second. The hue stays if the second is black, white, or of the same hue.
func mix(a, b Colour, part int) Colour {
	part = min(max(part, 0), steps)
	each := func(a, b uint8) uint8 { return uint8((int(a)*(steps-part) + int(b)*part + steps/2) / steps) }
	return Colour{each(a.R, b.R), each(a.G, b.G), each(a.B, b.B)}
}
