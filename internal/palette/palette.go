// Package palette makes a storefront's colours of the one that a registry chose.
//
// Rules that it keeps:
//
//   - Every text reaches the contrast that WCAG 2.2 AA asks for, 4.5 : 1, on every ground that it may stand on, in both schemes and whatever
//     the colour is.
//   - The hue stays; the colour gets darker or lighter until it fits. One that fits is taken as it is.
//   - All arithmetic is in integers, so the same colour gives the same bytes on every CPU.
package palette

import "fmt"

// A Colour is one of sRGB.
type Colour struct{ R, G, B uint8 }

// String returns the colour as "#rrggbb".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Parse reads "#rrggbb" or "#rgb".
func Parse(s string) (Colour, error) {
	var c Colour
	wrong := func() (Colour, error) {
		return Colour{}, fmt.Errorf("the colour is %.40q, expected # and 6 or 3 hexadecimal digits, as in #0b6b50", s)
	}
	if len(s) != 7 && len(s) != 4 || s[0] != '#' {
		return wrong()
	}
	each := (len(s) - 1) / 3 // digits of a channel
	for i, channel := range []*uint8{&c.R, &c.G, &c.B} {
		for _, digit := range []byte(s[1+i*each : 1+(i+1)*each]) {
			v, ok := hex(digit)
			if !ok {
				return wrong()
			}
			*channel = *channel<<4 | v
		}
		if each == 1 {
			*channel *= 0x11
		}
	}
	return c, nil
}

func hex(digit byte) (uint8, bool) {
	switch {
	case digit >= '0' && digit <= '9':
		return digit - '0', true
	case digit >= 'a' && digit <= 'f':
		return digit - 'a' + 10, true
	case digit >= 'A' && digit <= 'F':
		return digit - 'A' + 10, true
	}
	return 0, false
}

// CSS returns the rules that set the custom properties of an accent colour, for the light scheme and the dark one:
//
//	--accent         links and buttons
//	--accent-strong  the same under the pointer
//	--on-accent      text on a button
//	--accent-soft    a ground with a touch of the colour
//
// It goes behind the rules of site/styles, which has the other colours. On paper, the colours stay that are there.
func CSS(accent Colour) string {
	return "@media screen {\n" + light.rule(accent) + "}\n@media screen and (prefers-color-scheme: dark) {\n" + dark.rule(accent) + "}\n"
}

func (s *scheme) rule(accent Colour) string {
	t := s.tones(accent)
	return fmt.Sprintf("  :root { --accent: %s; --accent-strong: %s; --on-accent: %s; --accent-soft: %s; }\n", t.accent, t.strong, t.onAccent, t.soft)
}
