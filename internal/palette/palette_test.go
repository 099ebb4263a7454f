package palette

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/site"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]string{"#0b6b50": "#0b6b50", "#0B6b5F": "#0b6b5f", "#0b6": "#00bb66", "#fff": "#ffffff", "#000000": "#000000"} {
		c, err := Parse(s)
		if err != nil || c.String() != want {
			t.Errorf("%s is read as %s, %v, expected %s", s, c, err, want)
		}
	}
	for _, s := range []string{"", "#", "0b6b50", "#0b6b5", "#0b6b501", "#0b6b5g", "#ggg", "#0b6b50;", "#-12", "red", "rgb(0,0,0)", "#0é6", strings.Repeat("#", 1000)} {
		_, err := Parse(s)
		if err == nil || !strings.Contains(err.Error(), "expected # and 6 or 3 hexadecimal digits") || len(err.Error()) > 200 {
			t.Errorf("%.40q gives the error %v", s, err)
		}
	}
}

// The colours here are those of the stylesheet.
func TestScheme(t *testing.T) {
	style, err := fs.ReadFile(site.FS, "styles/10-base.css")
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(style), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("the stylesheet has no dark scheme")
	}
	for name, c := range map[string]struct {
		css string
		s   scheme
	}{"light": {before, light}, "dark": {after, dark}} {
		for property, want := range map[string]Colour{
			"ground": c.s.ground, "surface": c.s.grounds[1], "sunken": c.s.grounds[2], "good": c.s.grounds[3], "warn-ground": c.s.grounds[4], "bad-ground": c.s.grounds[5],
			"ink": c.s.texts[0], "quiet": c.s.texts[1],
		} {
			m := regexp.MustCompile(`--` + property + `: (#[0-9a-f]{6});`).FindStringSubmatch(c.css)
			if m == nil || m[1] != want.String() {
				t.Errorf("%s: --%s is %s in the stylesheet, and %s here", name, property, m, want)
			}
		}
		if c.s.ground != c.s.grounds[0] {
			t.Errorf("%s: the ground isn't the first of the grounds", name)
		}
	}
}

// grid returns colours from all over the cube, and some at its edges.
func grid() []Colour {
	values := []uint8{0, 1, 2, 13, 31, 53, 80, 101, 119, 128, 144, 171, 199, 215, 216, 217, 240, 254, 255}
	var all []Colour
	for _, r := range values {
		for _, g := range values {
			for _, b := range values {
				all = append(all, Colour{r, g, b})
			}
		}
	}
	return all
}

// Whatever the accent colour, every text reaches 4.5 : 1 on each of its grounds. It is measured as WCAG says, in floating point.
func TestContrast(t *testing.T) {
	for name, s := range map[string]scheme{"light": light, "dark": dark} {
		least := 21.0
		for _, c := range grid() {
			tones := s.tones(c)
			hold := func(what string, text, ground Colour) {
				got := ratio(text, ground)
				least = min(least, got)
				if got < 4.4999999 {
					t.Errorf("%s, accent %s: %s, which is %s on %s, has a contrast of %.4f", name, c, what, text, ground, got)
				}
			}
			for _, ground := range append(slices.Clone(s.grounds), tones.soft) {
				hold("the accent colour", tones.accent, ground)
				hold("the strong one", tones.strong, ground)
			}
			for _, text := range s.texts {
				hold("text", text, tones.soft)
			}
			hold("text on the accent colour", tones.onAccent, tones.accent)
			hold("text on the strong one", tones.onAccent, tones.strong)
		}
		if least > 4.6 {
			t.Errorf("%s: the least contrast is %.2f, so colours move farther than they have to", name, least)
		}
	}
}

// A colour that can be read everywhere is taken as it is, one that can't moves.
func TestFitStays(t *testing.T) {
	for name, s := range map[string]scheme{"light": light, "dark": dark} {
		kept := 0
		for _, c := range grid() {
			tones := s.tones(c)
			fits := true
			for _, ground := range append(slices.Clone(s.grounds), tones.soft) {
				fits = fits && ratio(c, ground) >= 4.5
			}
			if fits {
				kept++
			}
			if fits != (tones.accent == c) {
				t.Errorf("%s: %s fits: %v, and became %s", name, c, fits, tones.accent)
			}
		}
		if kept < 500 {
			t.Errorf("%s: only %d colours fit", name, kept)
		}
	}
}

// The hue stays, as far as 8 bits can tell it.
func TestHueStays(t *testing.T) {
	for name, s := range map[string]scheme{"light": light, "dark": dark} {
		for _, c := range grid() {
			tones := s.tones(c)
			for _, tone := range []Colour{tones.accent, tones.strong} {
				before, width := hue(c)
				after, afterWidth := hue(tone)
				if narrow := min(width, afterWidth); narrow < 16 {
					continue // nearly grey
				} else if diff := math.Abs(math.Mod(before-after+540, 360) - 180); diff > 90/narrow {
					t.Errorf("%s: %s became %s: its hue moved from %.1f° to %.1f°", name, c, tone, before, after)
				}
			}
		}
	}
}

// A bright colour is kept where grounds are dark, a dark one where they are bright, and each has a touch of it on its soft ground.
func TestCSS(t *testing.T) {
	const frame = `@media screen {
  :root { --accent: %s; --accent-strong: %s; --on-accent: %s; --accent-soft: %s; }
}
@media screen and (prefers-color-scheme: dark) {
  :root { --accent: %s; --accent-strong: %s; --on-accent: %s; --accent-soft: %s; }
}
`
	for accent, want := range map[string][8]any{
		"#0b6b50": {"#0b6b50", "#08503c", "#ffffff", "#e2ebe6", "#11a57b", "#14bf8e", "#031f17", "#0f211c"},
		"#ffdd00": {"#7d6c00", "#5e5100", "#ffffff", "#fbf7de", "#ffdd00", "#ffe640", "#302900", "#35330f"},
		"#000000": {"#000000", "#000000", "#ffffff", "#e1e1de", "#919191", "#b5b5b5", "#1b1b1b", "#0e100f"},
	} {
		c, err := Parse(accent)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := CSS(c), fmt.Sprintf(frame, want[:]...); got != want {
			t.Errorf("%s\n got %s\nwant %s", accent, got, want)
		}
	}
}

// The table is what WCAG's formula gives.
func TestLinear(t *testing.T) {
	for i, got := range linear {
		if want := channel(uint8(i)) * linearUnit; math.Abs(float64(got)-want) > 0.6 {
			t.Errorf("%d gives %d, expected %.1f", i, got, want)
		}
	}
}

func channel(v uint8) float64 {
	c := float64(v) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

// ratio is WCAG's contrast ratio.
func ratio(a, b Colour) float64 {
	y := func(c Colour) float64 { return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B) + 0.05 }
	return max(y(a), y(b)) / min(y(a), y(b))
}

// hue returns the hue in degrees, and how far the largest channel is from the smallest.
func hue(c Colour) (degrees, width float64) {
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	width = max(r, g, b) - min(r, g, b)
	switch max(c.R, c.G, c.B) {
	case c.R:
		degrees = (g - b) / width
	case c.G:
		degrees = (b-r)/width + 2
	default:
		degrees = (r-g)/width + 4
	}
	return math.Mod(60*degrees+360, 360), width
}
