// Package picture checks pictures that strangers send: icons and screenshots that a listing shows in everybody's browser.
//
// Rules that it enforces on every picture, whatever the place in the listing:
//
//   - What a file is, its content tells, and its name has to say the same: a server tells browsers the kind by the name.
//   - All of it is decoded. Nothing is cut short or damaged; every checksum is right. What follows its end is reported.
//   - How much decoding takes is known before it begins, from the header, and is bounded: a small file can claim any size. Every
//     frame of an animation counts.
//   - A drawing (SVG) is well-formed, and nothing in it runs or is loaded from elsewhere: see svg.go.
//
// A place adds a [Rule] of its own: kinds, size, shape, and whether the picture may move.
//
// Decoding takes up to about a second and 150 MB, for pictures at the limit, and one that is nothing but hostile can take 100 MB more:
// see webp.go.
package picture

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

// A Kind is a format of picture.
type Kind string

// The kinds that browsers show everywhere.
const (
	PNG  Kind = "png"
	JPEG Kind = "jpeg"
	WebP Kind = "webp"
	GIF  Kind = "gif"
	SVG  Kind = "svg"
)

// kinds says what there is to say of each; of several names, the first is the common one.
var kinds = map[Kind]struct {
	title      string
	extensions []string
}{
	PNG:  {"a PNG", []string{".png"}},
	JPEG: {"a JPEG", []string{".jpg", ".jpeg"}},
	WebP: {"a WebP", []string{".webp"}},
	GIF:  {"a GIF", []string{".gif"}},
	SVG:  {"an SVG", []string{".svg"}},
}

const (
	// maxBytes bounds a picture's file, however generous the place is.
	maxBytes = 8 << 20
	// maxDecoded bounds what a picture takes in a browser, in bytes: 4096×4096 pixels of 8 bits a channel.
	maxDecoded = 64 << 20
	// shortest is more than the first bytes that tell a kind.
	shortest = 12
)

// A Rule is what a place in a listing wants of its picture.
type Rule struct {
	What          string         // "the icon", for messages
	Kinds         []Kind         // that are allowed
	MaxBytes      int            // of the file; 0 for 8 MiB, which nothing goes beyond
	Width, Height int            // exactly, in pixels; 0 for any
	MinSide       int            // least width and height in pixels; 0 for any
	Square        bool           // as wide as high
	Animated      bool           // may move
	Severity      check.Severity // of findings against the lines above; "" is check.Error
}

// Info is what a listing says of a picture.
type Info struct {
	Kind          Kind // "" where it isn't known
	Width, Height int  // in pixels; 0 for a drawing, which has none, and where they aren't known
	Animated      bool
}

// Check decodes a picture and returns what is wrong with it, all of it at the given path. A picture with a finding that is
// an error mustn't be published; its Info is as much as could be read.
func Check(name string, data []byte, rule Rule) (Info, check.Findings) {
	c := &checker{path: name, rule: rule}
	c.rule.Severity = cmp.Or(rule.Severity, check.Error)
	info := Info{Kind: kindOf(data)}
	if c.size(len(data)) && c.kind(&info, len(data)) {
		if info.Kind == SVG {
			c.drawing(data)
		} else {
			c.raster(&info, data)
		}
	}
	c.findings.Sort()
	return info, c.findings
}

// A checker checks one picture.
type checker struct {
	path     string
	rule     Rule
	findings check.Findings
}

// add adds a finding about the file as a whole. The picture's name and a space go before the message.
func (c *checker) add(severity check.Severity, code, hint, format string, args ...any) {
	c.at(severity, 0, 0, code, hint, format, args...)
}

// at adds a finding about a place in the file.
func (c *checker) at(severity check.Severity, line, column int, code, hint, format string, args ...any) {
	c.findings = append(c.findings, check.Finding{
		Code: code, Severity: severity, Path: c.path, Line: line, Column: column,
		Message: c.rule.What + " " + fmt.Sprintf(format, args...), Hint: hint,
	})
}

// size reports whether the file is to be looked into. One that is too large for its place by a warning is published all the same, so
// it is.
func (c *checker) size(n int) bool {
	most, severity := c.rule.MaxBytes, c.rule.Severity
	if most <= 0 || most > maxBytes {
		most = maxBytes
	}
	if n <= most {
		return true
	}
	if n > maxBytes {
		severity = check.Error
	}
	c.add(severity, "image/too-many-bytes", "make the file smaller", "has %d bytes, expected at most %d", n, most)
	return severity != check.Error
}

// kind reports whether the content is of the kind that the name says.
func (c *checker) kind(info *Info, n int) bool {
	extension := strings.ToLower(path.Ext(c.path))
	var named Kind
	for kind, k := range kinds {
		if slices.Contains(k.extensions, extension) {
			named = kind
		}
	}
	if named == "" || !slices.Contains(c.rule.Kinds, named) {
		var allowed []string
		for _, kind := range c.rule.Kinds {
			allowed = append(allowed, kinds[kind].extensions...)
		}
		severity := c.rule.Severity
		if named == "" {
			severity = check.Error
		}
		c.add(severity, "image/format", "export the picture in that format",
			"is named %s, expected a name that ends in %s", wording.Quote(path.Base(c.path)), wording.List(allowed))
	}
	title := kinds[named].title
	switch {
	case named == "":
		return false
	case named == info.Kind:
		return true
	case info.Kind != "":
		c.add(check.Error, "image/kind", fmt.Sprintf("end its name in %s, or export it as %s", kinds[info.Kind].extensions[0], title),
			"is %s, and its name ends in %s, expected %s", kinds[info.Kind].title, extension, title)
	case named == SVG: // its parser says what is wrong
		info.Kind = SVG
		return true
	case n < shortest:
		c.add(check.Error, "image/truncated", "export the picture anew", "has only %d bytes, expected %s", n, title)
	default:
		c.add(check.Error, "image/kind", "export the picture as "+title, "doesn't begin as %s does, and its name ends in %s", title, extension)
	}
	return false
}

// kindOf returns the kind that the content begins like, or "".
func kindOf(data []byte) Kind {
	begin := string(data[:min(len(data), 1024)])
	switch {
	case strings.HasPrefix(begin, pngBegin):
		return PNG
	case strings.HasPrefix(begin, jpegBegin):
		return JPEG
	case strings.HasPrefix(begin, "GIF87a"), strings.HasPrefix(begin, "GIF89a"):
		return GIF
	case len(begin) >= shortest && begin[:4] == "RIFF" && begin[8:12] == "WEBP":
		return WebP
	case strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(begin, byteOrderMark)), "<") && strings.Contains(begin, "<svg"):
		return SVG
	}
	return ""
}

// raster checks a picture that is made of pixels.
func (c *checker) raster(info *Info, data []byte) {
	var end int
	var fault *fault
	switch info.Kind {
	case PNG:
		end, fault = decodePNG(info, data)
	case JPEG:
		end, fault = decodeJPEG(info, data)
	case WebP:
		end, fault = decodeWebP(info, data)
	case GIF:
		end, fault = decodeGIF(info, data)
	}
	if fault != nil {
		c.add(check.Error, fault.code, fault.hint, "%s", fault.message)
	} else if n := len(data) - end; n > 0 {
		c.add(check.Warning, "image/trailing", "export the picture anew", "has %d bytes after its end", n)
	}
	c.shape(*info)
	if info.Animated && !c.rule.Animated {
		c.add(c.rule.Severity, "image/animated", "export a single frame", "is animated, expected a picture that doesn't move")
	}
}

// shape checks width and height, as far as they are known.
func (c *checker) shape(info Info) {
	width, height, rule := info.Width, info.Height, c.rule
	if width == 0 || height == 0 {
		return
	}
	expect := func(code, hint, format string, args ...any) {
		c.add(rule.Severity, code, hint, "has %d×%d pixels, expected "+format, append([]any{width, height}, args...)...)
	}
	const code, hint = "image/dimensions", "export it in that size"
	switch {
	case rule.Width > 0 && rule.Height > 0:
		if width != rule.Width || height != rule.Height {
			expect(code, hint, "exactly %d×%d", rule.Width, rule.Height)
		}
	case rule.Width > 0 && width != rule.Width:
		expect(code, hint, "a width of exactly %d", rule.Width)
	case rule.Height > 0 && height != rule.Height:
		expect(code, hint, "a height of exactly %d", rule.Height)
	}
	if min(width, height) < rule.MinSide {
		expect(code, hint, "at least %d×%d", rule.MinSide, rule.MinSide)
	}
	if rule.Square && width != height {
		expect("image/not-square", "put it on a square canvas", "a square")
	}
}

// A fault is why a picture can't be decoded.
type fault struct{ code, message, hint string }

// truncated is for a file that ends before its picture.
func truncated(format string, args ...any) *fault {
	return &fault{"image/truncated", "is cut short: " + fmt.Sprintf(format, args...), "the file isn't complete: export the picture anew"}
}

// broken is for all other damage.
func broken(format string, args ...any) *fault {
	return &fault{"image/broken", "can't be decoded: " + fmt.Sprintf(format, args...), "export the picture anew"}
}

func tooLarge(format string, args ...any) *fault {
	return &fault{"image/too-large", fmt.Sprintf(format, args...), "export it with fewer pixels"}
}

// A budget is what decoding takes so far, in bytes.
type budget int64

// take adds so many pixels, before they are decoded. info is what the message tells.
func (b *budget) take(info Info, width, height, perPixel int) *fault {
	left := maxDecoded - int64(*b)
	row := int64(width) * int64(perPixel)
	if row > left || int64(height) > left/max(row, 1) {
		which := "which"
		if *b > 0 {
			which = "in frames that together"
		}
		return tooLarge("has %d×%d pixels, %s take more than %d bytes when decoded, expected at most that", info.Width, info.Height, which, maxDecoded)
	}
	*b += budget(row * int64(height))
	return nil
}

// printable returns a text that may hold bytes of the file.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}
