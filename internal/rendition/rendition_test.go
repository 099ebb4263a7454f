package rendition

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
)

func TestWidths(t *testing.T) {
	for _, c := range []struct {
		width, height int
		size          int64
		place         Place
		want          []int
	}{
		{512, 512, 60_000, Icon, []int{96, 192}},
		{192, 192, 60_000, Icon, []int{96}},
		{96, 96, 60_000, Icon, nil},
		{512, 512, 8 << 10, Icon, nil},
		{1920, 1080, 300_000, Shot, []int{320, 640, 1280}},
		{1280, 800, 300_000, Shot, []int{320, 640}},
		{1280, 800, 24 << 10, Shot, nil},
		{0, 0, 300_000, Shot, nil},             // a drawing
		{20_000, 20_000, 300_000, Shot, nil},   // too large
		{1 << 30, 1 << 30, 300_000, Icon, nil}, // without overflow
		{2_000, -1, 300_000, Icon, nil},
	} {
		if got := Widths(c.width, c.height, c.size, c.place); !slices.Equal(got, c.want) {
			t.Errorf("%d×%d, %d bytes, place %d: %v, expected %v", c.width, c.height, c.size, c.place, got, c.want)
		}
	}
}

// scene returns a picture of gradients and shapes, as a screenshot has them. Where alpha is set, its left half fades away.
func scene(width, height int, alpha bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	seed := uint32(1)
	for y := range height {
		for x := range width {
			seed = seed*1664525 + 1013904223
			c := color.NRGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8((x ^ y) & 0xc0), 255}
			if x/16%3 == 0 && y/8%4 != 0 {
				c = color.NRGBA{uint8(seed >> 24), 30, 40, 255}
			}
			if alpha && x < width/2 {
				c.A = uint8(x * 510 / width)
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// dim returns a picture with many colours that are nearly the same.
func dim(width, height int) *image.NRGBA {
	m := scene(width, height, false)
	for i, v := range m.Pix {
		if i%4 != 3 {
			m.Pix[i] = 200 + v/16
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	data, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A rendition has the width that was asked for and the aspect ratio of its source, is of the right kind, and is smaller.
func TestMake(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		ext  string
	}{
		"PNG":            {pngOf(t, scene(400, 250, false)), "png"},
		"PNG with alpha": {pngOf(t, scene(400, 250, true)), "png"},
		"JPEG":           {jpegOf(t, scene(400, 250, false)), "jpg"},
	} {
		made, err := Make(c.data, []int{200, 100, 400, 100, 500})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(made) != 2 {
			t.Fatalf("%s: %d renditions, expected 100 and 200", name, len(made))
		}
		for i, r := range made {
			width, height := 100*(i+1), 125*(i+1)/2
			if i == 0 {
				height = 63
			}
			m, kind, err := image.Decode(bytes.NewReader(r.Data))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if size := m.Bounds().Size(); r.Width != width || r.Height != height || size != image.Pt(width, height) || r.Ext != c.ext || kind != strings.Replace(c.ext, "jpg", "jpeg", 1) {
				t.Errorf("%s: %d×%d as %s, in the file %v as %s, expected %d×%d as %s", name, r.Width, r.Height, r.Ext, size, kind, width, height, c.ext)
			}
			if len(r.Data) >= len(c.data) {
				t.Errorf("%s: %d bytes made of %d", name, len(r.Data), len(c.data))
			}
		}
	}
}

// A rendition that would have more bytes than its source is left out: a pattern of few colours becomes one of many.
func TestLargerIsLeftOut(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 300, 300), color.Palette{color.Black, color.White})
	for i := range m.Pix {
		if x, y := i%300-150, i/300-150; (x*x+y*y)/97%2 == 0 {
			m.Pix[i] = 1
		}
	}
	made, err := Make(pngOf(t, m), []int{3, 299})
	if err != nil || len(made) != 1 || made[0].Width != 3 {
		t.Errorf("got %d renditions and %v, expected that of 3 pixels alone", len(made), err)
	}
}

// Each pixel is the average of its area, of which transparent ones are no part. Edges may lie within a pixel of the source.
func TestAverage(t *testing.T) {
	red, blue, clear := color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 0, 100, 255}, color.NRGBA{9, 99, 199, 0}
	for _, c := range []struct {
		shows  string
		width  int
		source []color.NRGBA // a row
		want   []color.NRGBA
	}{
		{"halves", 2, []color.NRGBA{red, red, blue, blue}, []color.NRGBA{red, blue}},
		{"mixed", 1, []color.NRGBA{red, blue}, []color.NRGBA{{100, 0, 50, 255}}},
		{"within a pixel", 2, []color.NRGBA{red, blue, blue}, []color.NRGBA{{133, 0, 33, 255}, blue}},
		{"beside what is transparent", 1, []color.NRGBA{red, clear}, []color.NRGBA{{200, 0, 0, 128}}},
		{"little of it", 1, []color.NRGBA{{200, 0, 0, 1}, clear, {200, 0, 0, 1}}, []color.NRGBA{{200, 0, 0, 1}}},
		{"nothing", 1, []color.NRGBA{clear, clear}, []color.NRGBA{{}}},
		{"nearly transparent ones count as little", 1, []color.NRGBA{{255, 255, 255, 5}, {0, 0, 0, 250}}, []color.NRGBA{{5, 5, 5, 128}}},
	} {
		s := newScaler(len(c.source), 1, c.width)
		l := newLine(len(c.source))
		for i, p := range c.source {
			put(l.pixels, i, p.R, p.G, p.B, p.A)
		}
		l.premultiply()
		s.add(l)
		var want []byte
		for _, p := range c.want {
			want = append(want, p.R, p.G, p.B, p.A)
		}
		if !bytes.Equal(s.out, want) {
			t.Errorf("%s: %v, expected %v", c.shows, s.out, want)
		}
	}
}

// A picture of one colour keeps it exactly, whatever the sizes.
func TestFlat(t *testing.T) {
	for _, size := range []image.Point{{2, 1}, {7, 5}, {100, 1}, {64, 1000}, {997, 3}, {31, 29}} {
		for _, width := range []int{1, 2, 3, size.X / 2, size.X - 1} {
			if width < 1 || width >= size.X {
				continue
			}
			s := newScaler(size.X, size.Y, width)
			l := newLine(size.X)
			for i := range size.X {
				put(l.pixels, i, 201, 33, 7, 254)
			}
			l.premultiply()
			for range size.Y {
				s.add(l)
			}
			if len(s.out) != 4*s.width*s.height || s.height < 1 || s.height > size.Y {
				t.Fatalf("%v to %d: %d bytes for %d×%d", size, width, len(s.out), s.width, s.height)
			}
			for i := 0; i < len(s.out); i += 4 {
				if !bytes.Equal(s.out[i:i+4], []byte{201, 33, 7, 254}) {
					t.Fatalf("%v to %d: pixel %d is %v", size, width, i/4, s.out[i:i+4])
				}
			}
		}
	}
}

// What image/png reads of a file is exactly what was written, in each form that files take.
func TestPNG(t *testing.T) {
	for name, c := range map[string]struct {
		colours       int // how many there are at most
		alpha, grey   bool
		form, depth   byte
		width, height int
	}{
		"two colours":     {colours: 2, form: pngPalette, depth: 1, width: 13, height: 7},
		"four":            {colours: 4, form: pngPalette, depth: 2, width: 13, height: 7},
		"sixteen":         {colours: 16, alpha: true, form: pngPalette, depth: 4, width: 13, height: 7},
		"many":            {colours: 200, alpha: true, form: pngPalette, depth: 8, width: 261, height: 47},
		"more":            {colours: 1 << 24, form: pngColour, depth: 8, width: 61, height: 47},
		"more with alpha": {colours: 1 << 24, alpha: true, form: pngAlpha, depth: 8, width: 61, height: 47},
		"grey":            {colours: 256, grey: true, form: pngGrey, depth: 8, width: 301, height: 300},
		"a pixel":         {colours: 1, form: pngPalette, depth: 1, width: 1, height: 1},
		"a row":           {colours: 1, form: pngPalette, depth: 1, width: 1000, height: 1},
	} {
		pixels := make([]byte, 4*c.width*c.height)
		for i := range c.width * c.height {
			n := i * 7919 % c.colours
			p := pixels[4*i:]
			p[0], p[1], p[2], p[3] = byte(n), byte(n>>8+n*3), byte(n*5), 255
			if c.grey {
				p[0] = byte(i%c.width*255/c.width + i/c.width*3)
				p[1], p[2] = p[0], p[0]
			}
			if c.alpha && n%3 == 0 {
				p[3] = byte(n)
			}
		}
		data := encodePNG(pixels, c.width, c.height)
		if data[25] != c.form || data[24] != c.depth {
			t.Errorf("%s: colour type %d in %d bits, expected %d in %d", name, data[25], data[24], c.form, c.depth)
		}
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range c.width * c.height {
			got := color.NRGBAModel.Convert(m.At(i%c.width, i/c.width)).(color.NRGBA)
			p := pixels[4*i:]
			if want := (color.NRGBA{p[0], p[1], p[2], p[3]}); got != want {
				t.Fatalf("%s: pixel %d is %v, expected %v", name, i, got, want)
			}
		}
	}
}

// colours returns how many colours there are.
func colours(pixels []byte) int {
	seen := make(map[uint32]bool)
	for i := 0; i < len(pixels); i += 4 {
		seen[binary.BigEndian.Uint32(pixels[i:])] = true
	}
	return len(seen)
}

// Where 256 colours are nearly enough, there are no more: the most frequent ones stay exactly, and none moves far. A picture of which one could
// see it keeps all of its colours.
func TestReduce(t *testing.T) {
	const width, height = 200, 150
	ground := []byte{250, 250, 247, 255}
	shades := bytes.Repeat(ground, width*height)
	for i := range 5000 { // text in two colours, with edges in all shades between them and the ground
		p := shades[4*(i*5+i/7):]
		mix := func(to, part int) byte { return byte((250*(255-part) + to*part) / 255) }
		p[0], p[1], p[2] = mix(20, i*37%256), mix(25+i%3, i*37%256), mix(20+i%50, i*37%256)
	}
	reduced, ok := reduce(shades)
	if n := colours(shades); n < 1000 {
		t.Fatalf("the picture has %d colours, expected many", n)
	}
	if !ok || colours(reduced) > 256 || len(reduced) != len(shades) {
		t.Fatalf("%d colours, expected 256 (%v)", colours(reduced), ok)
	}
	for i := 0; i < len(shades); i += 4 {
		if bytes.Equal(shades[i:i+4], ground) && !bytes.Equal(reduced[i:i+4], ground) {
			t.Fatalf("the ground became %v at pixel %d", reduced[i:i+4], i/4)
		}
		for k := range 4 {
			if d := int(shades[i+k]) - int(reduced[i+k]); d > 16 || d < -16 {
				t.Fatalf("pixel %d: %v became %v", i/4, shades[i:i+4], reduced[i:i+4])
			}
		}
	}
	if data := encodePNG(shades, width, height); data[25] != pngPalette {
		t.Errorf("the file has the colour type %d, expected %d", data[25], pngPalette)
	}
	for name, picture := range map[string]*image.NRGBA{"opaque": scene(width, height, false), "alpha": scene(width, height, true)} {
		if _, ok := reduce(picture.Pix); ok {
			t.Errorf("%s: a picture of many colours is reduced", name)
		}
	}
}

// The bytes of PNG are part of what a registry signs: they change with the module that compresses, and with this package, and never else.
func TestStable(t *testing.T) {
	for name, c := range map[string]struct {
		m    image.Image
		want string
	}{
		"opaque":  {scene(400, 250, false), "2d9bda83876052e08b6c1b983efeb5cfa9d020ab73d6087565c0d522c5c30098"},
		"alpha":   {scene(400, 250, true), "d39d15296648fca62d86203dcd8f64a29e296a8ea27e85938e069895c93f875e"},
		"reduced": {dim(400, 250), "016ed507f2a41280b4284f55c2950ee3eb2e51f3e5111ad63e33fd630fbe7d78"},
	} {
		var first []byte
		for range 2 {
			made, err := Make(pngOf(t, c.m), []int{50, 200})
			if err != nil || len(made) != 2 {
				t.Fatalf("%s: %d renditions, %v", name, len(made), err)
			}
			all := append(slices.Clone(made[0].Data), made[1].Data...)
			if first != nil && !bytes.Equal(all, first) {
				t.Errorf("%s: other bytes the second time", name)
			}
			first = all
			if !Stable(made[0].Ext) {
				t.Errorf("%s: %s isn't stable", name, made[0].Ext)
			}
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(first)); got != c.want {
			t.Errorf("%s: the hash is %s, expected %s", name, got, c.want)
		}
	}
	if Stable("jpg") {
		t.Error("JPEG counts as stable")
	}
}

// Pictures that libwebp made: 16×16 pixels of one colour, without alpha and with an alpha of 127. It reads (200, 39, 89) of them, and in a
// corner (202, 39, 89).
const (
	webpFlat  = "524946463600000057454250565038202a0000007001009d012a1000100000c01225a0027401750000fef58895afffd92b7ffecf2ffffb256ffb1e400000"
	webpAlpha = "524946465a00000057454250565038580a000000100000000f00000f0000414c50480a0000000107d0bf88084444ff03565038202a0000007001009d012a1000100000c01225a0027401750000fef58895afffd92b7ffecf2ffffb256ffb1e400000"
)

// WebP has the colours that a browser shows, and alpha decides what becomes of it.
func TestWebP(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want color.NRGBA
	}{"opaque": {webpFlat, color.NRGBA{200, 39, 89, 255}}, "alpha": {webpAlpha, color.NRGBA{200, 39, 89, 127}}} {
		src, err := decode(unhex(t, c.data))
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, 4*src.width)
		for y := range src.height {
			src.row(y, dst)
			for x := range src.width {
				if got := (color.NRGBA{dst[4*x] &^ 2, dst[4*x+1], dst[4*x+2], dst[4*x+3]}); got != c.want {
					t.Fatalf("%s: pixel %d, %d is %v, expected %v", name, x, y, got, c.want)
				}
			}
		}
	}
	padded := func(s string) []byte { return append(unhex(t, s), make([]byte, 10_000)...) } // so that any rendition is smaller
	for s, want := range map[string]string{webpFlat: "jpg", webpAlpha: "png"} {
		made, err := Make(padded(s), []int{4})
		if err != nil || len(made) != 1 || made[0].Ext != want {
			t.Errorf("%v, %v, expected one %s", made, err, want)
		}
	}
	moving := unhex(t, webpAlpha)
	moving[20] |= 2
	if _, err := Make(moving, []int{4}); !errors.Is(err, ErrKind) {
		t.Errorf("an animated WebP gives %v", err)
	}
}

// Of a GIF the first frame is taken, where it stands; around it nothing is.
func TestGIF(t *testing.T) {
	colours := color.Palette{color.NRGBA{}, color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}}
	frame := func(r image.Rectangle, c uint8) *image.Paletted {
		m := image.NewPaletted(r, colours)
		for i := range m.Pix {
			m.Pix[i] = c
		}
		return m
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{frame(image.Rect(4, 4, 8, 6), 1), frame(image.Rect(0, 0, 8, 8), 2)}, Delay: []int{9, 9},
		Config: image.Config{ColorModel: colours, Width: 8, Height: 8},
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := Make(append(b.Bytes(), make([]byte, 1000)...), []int{4})
	if err != nil || len(made) != 1 || made[0].Ext != "png" {
		t.Fatalf("%v, %v, expected one PNG", made, err)
	}
	m, err := png.Decode(bytes.NewReader(made[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	for y := range 4 {
		for x := range 4 {
			var want color.NRGBA
			if y == 2 && x >= 2 {
				want = color.NRGBA{255, 0, 0, 255}
			}
			if got := color.NRGBAModel.Convert(m.At(x, y)); got != want {
				t.Errorf("pixel %d, %d is %v, expected %v", x, y, got, want)
			}
		}
	}
}

// A photo that has to be turned has no renditions: they would lie on their side.
func TestTurned(t *testing.T) {
	plain := jpegOf(t, scene(400, 250, false))
	with := func(order binary.AppendByteOrder, begin string, orientation uint16) []byte {
		tiff := order.AppendUint32([]byte(begin), 8)
		tiff = order.AppendUint16(tiff, 2)
		tiff = append(tiff, make([]byte, 12)...) // another entry
		tiff = order.AppendUint16(tiff, 0x112)
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, orientation)
		tiff = append(tiff, 0, 0, 0, 0, 0, 0)
		segment := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(tiff) + 8)}, "Exif\x00\x00"...)
		return append(append(segment, tiff...), plain[2:]...)
	}
	for name, c := range map[string]struct {
		data []byte
		want int
	}{
		"no Exif":                {plain, 1},
		"upright":                {with(binary.BigEndian, "MM\x00*", 1), 1},
		"turned":                 {with(binary.BigEndian, "MM\x00*", 6), 0},
		"turned, little endian":  {with(binary.LittleEndian, "II*\x00", 8), 0},
		"a number without sense": {with(binary.BigEndian, "MM\x00*", 9), 1},
	} {
		made, err := Make(c.data, []int{100})
		if err != nil || len(made) != c.want {
			t.Errorf("%s: %d renditions, %v, expected %d", name, len(made), err, c.want)
		}
	}
	for n := range 40 { // cut anywhere
		turned(with(binary.BigEndian, "MM\x00*", 6)[:n])
	}
}

// header returns a PNG of which only the header is there.
func header(width, height uint32, depth, colour byte) []byte {
	body := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	body = binary.BigEndian.AppendUint32(body, height)
	body = append(body, depth, colour, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}

func TestRefused(t *testing.T) {
	good := pngOf(t, scene(40, 25, false))
	for name, c := range map[string]struct {
		data []byte
		kind bool // whether it is ErrKind
		want string
	}{
		"nothing":              {nil, true, `it begins with "": expected a PNG`},
		"AVIF":                 {[]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00"), true, "expected a PNG"},
		"a drawing":            {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), true, "expected a PNG"},
		"half":                 {good[:len(good)/2], false, "can't decode it as png: "},
		"a header cut short":   {good[:20], false, "can't read its header as png: "},
		"too many pixels":      {header(8000, 5001, 8, 2), false, "it has 8000×5001 pixels, expected at least 1, at most 40000000 of them"},
		"many large pixels":    {header(8000, 2501, 16, 6), false, "it has 8000×2501 pixels, expected at least 1, at most 20000000 of them"},
		"too wide":             {header(1<<20+1, 1, 8, 0), false, "no side longer than 1048576"},
		"too many to multiply": {header(1<<31-1, 1<<31-1, 1, 0), false, "can't read its header as png: "},
	} {
		made, err := Make(c.data, []int{10})
		if err == nil || made != nil || errors.Is(err, ErrKind) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
	if _, err := Make(good, []int{0}); err == nil || !strings.Contains(err.Error(), "expected at least 1") {
		t.Errorf("a width of 0 gives %v", err)
	}
	if made, err := Make(good, []int{40, 50}); err != nil || made != nil {
		t.Errorf("widths that aren't smaller give %v, %v", made, err)
	}
}

// Whatever a file holds, there is an error or renditions that can be read.
func FuzzMake(f *testing.F) {
	f.Add(pngOf(f, scene(40, 25, true)), 7)
	f.Add(pngOf(f, scene(40, 25, false)), 39)
	f.Add(jpegOf(f, scene(40, 25, false)), 20)
	f.Add(unhex(f, webpFlat), 4)
	f.Add(unhex(f, webpAlpha), 15)
	f.Add(header(8000, 5000, 8, 2), 1)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		config, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err == nil && config.Width*config.Height > 1<<20 {
			return // for speed
		}
		made, err := Make(data, []int{width})
		if err != nil {
			return
		}
		for _, r := range made {
			m, _, err := image.Decode(bytes.NewReader(r.Data))
			if err != nil || m.Bounds().Dx() != width || m.Bounds().Dy() != r.Height || r.Height < 1 {
				t.Fatalf("%+v is read with %v", r, err)
			}
		}
	})
}

// A publish makes the renditions of every picture that changed, so these are to take a few and some tens of milliseconds.
func BenchmarkMake(b *testing.B) {
	for name, c := range map[string]struct {
		data   []byte
		widths []int
	}{
		"icon":  {pngOf(b, scene(256, 256, true)), []int{96, 192}},
		"shot":  {pngOf(b, scene(1280, 800, false)), []int{320, 640, 960}},
		"photo": {jpegOf(b, scene(1280, 800, false)), []int{320, 640, 960}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Make(c.data, c.widths); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
