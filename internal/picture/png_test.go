package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise returns a picture that doesn't compress to nothing.
func noise(side int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(i>>8) + byte(rng.IntN(4))
	}
	return m
}

// Every way to keep a pixel, and lines that a program left in several chunks.
func TestPNGPixels(t *testing.T) {
	box := image.Rect(0, 0, 37, 5)
	opaque := image.NewRGBA(box)
	for i := range opaque.Pix {
		opaque.Pix[i] = 0xff
	}
	pictures := map[string]image.Image{
		"grey": image.NewGray(box), "grey of 16 bits": image.NewGray16(box), "RGB": opaque, "RGBA": image.NewNRGBA(box),
		"RGBA of 16 bits": image.NewNRGBA64(box), "several IDAT": noise(200),
	}
	for _, n := range []int{2, 4, 16, 256} {
		palette := make(color.Palette, n)
		for i := range palette {
			palette[i] = color.NRGBA{byte(i), 0, 0, byte(255 - i)}
		}
		pictures[fmt.Sprint("palette of ", n)] = image.NewPaletted(box, palette)
	}
	for shows, m := range pictures {
		info, findings := Check("a.png", encodePNG(t, m), anything)
		if len(findings) > 0 || info.Width != m.Bounds().Dx() || info.Height != m.Bounds().Dy() {
			t.Errorf("%s: %+v, %v", shows, info, findings)
		}
	}
	// 7×5 pixels of 8 bits with a palette, interlaced, as ImageMagick writes them.
	interlaced := unhex(t, `89504e470d0a1a0a0000000d4948445200000007000000050803000001c943367c0000000f504c5445ff0000bf003f7f007f3f00bf0000ff64dab9d8
		0000001f4944415408d763600002161628c9040420268801e4b3303042000333040000057e0047c42c2fdc0000000049454e44ae426082`)
	if info, findings := Check("a.png", interlaced, anything); len(findings) > 0 || info != (Info{PNG, 7, 5, false}) {
		t.Errorf("interlaced: %+v, %v", info, findings)
	}
}

// A chunk of a PNG that a test makes.
func chunk(name, body string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// packed compresses rows.
func packed(rows string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(rows))
	w.Close()
	return b.String()
}

// Each way to be damaged, beside what is sound. image/png agrees, but in what it passes over.
func TestPNGChunks(t *testing.T) {
	header := func(colour byte) string {
		return chunk("IHDR", "\x00\x00\x00\x02\x00\x00\x00\x03\x08"+string(colour)+"\x00\x00\x00")
	}
	edited := func(at int, to byte) string {
		b := []byte("\x00\x00\x00\x02\x00\x00\x00\x03\x08\x00\x00\x00\x00")
		b[at] = to
		return chunk("IHDR", string(b))
	}
	grey, rgb, indexed, alpha := header(0), header(2), header(3), header(6)
	const rows = "\x00ab\x01cd\x04ef" // of grey, or of a palette
	data := packed(rows)
	pixels, palette, end := chunk("IDAT", data), chunk("PLTE", "rgbRGB"), chunk("IEND", "")
	rgbPixels := chunk("IDAT", packed(strings.Repeat("\x02abcabc", 3)))
	wrongSum := []byte(chunk("tEXt", "a\x00b"))
	wrongSum[len(wrongSum)-1]++
	for _, c := range []struct {
		shows  string
		chunks []string
		want   string
		std    bool // image/png takes it
	}{
		{"grey", []string{grey, pixels, end}, "", true},
		{"the data in pieces", []string{grey, chunk("IDAT", data[:1]), chunk("IDAT", ""), chunk("IDAT", data[1:5]), chunk("IDAT", data[5:]), end}, "", true},
		{"nothing in the last piece", []string{grey, pixels, chunk("IDAT", ""), end}, "", true},
		{"texts everywhere", []string{grey, chunk("tEXt", "a\x00b"), pixels, chunk("zzZz", "?"), end}, "", true},
		{"a palette", []string{indexed, palette, pixels, end}, "", true},
		{"a palette as a suggestion", []string{rgb, palette, rgbPixels, end}, "", true},
		{"a clear colour", []string{grey, chunk("tRNS", "\x00\x01"), pixels, end}, "", true},
		{"a clear RGB", []string{rgb, chunk("tRNS", "\x00\x01\x00\x01\x00\x01"), rgbPixels, end}, "", true},
		{"clear colours of a palette", []string{indexed, palette, chunk("tRNS", "\x01"), pixels, end}, "", true},

		{"no header", []string{pixels, end}, "it begins with another chunk than IHDR, or has two of it", false},
		{"two headers", []string{grey, grey, pixels, end}, "it begins with another chunk than IHDR, or has two of it", false},
		{"a short header", []string{chunk("IHDR", "\x00\x00\x00\x02"), pixels, end}, "its header (IHDR) has 4 bytes, expected 13", false},
		{"no width", []string{edited(3, 0), pixels, end}, "its header says 0×3 pixels", false},
		{"a negative height", []string{edited(4, 0x80), pixels, end}, "its header says 2×2147483651 pixels", false},
		{"a strange depth", []string{edited(8, 3), pixels, end}, "its header says colour type 0 of 3 bits", false},
		{"a depth of another type", []string{chunk("IHDR", "\x00\x00\x00\x02\x00\x00\x00\x03\x04\x06\x00\x00\x00"), pixels, end}, "its header says colour type 6 of 4 bits", false},
		{"a strange type", []string{edited(9, 5), pixels, end}, "its header says colour type 5 of 8 bits", false},
		{"a strange compression", []string{edited(10, 1), pixels, end}, "its header says colour type 0 of 8 bits, compression 1", false},
		{"a strange interlace", []string{edited(12, 2), pixels, end}, "its header says colour type 0 of 8 bits, compression 0, filter 0, interlace 2", false},
		{"a wrong checksum", []string{grey, string(wrongSum), pixels, end}, `the checksum of its chunk "tEXt" at byte 33 is wrong`, false},

		{"no palette", []string{indexed, pixels, end}, "its pixels (IDAT) stand in two places, or before the palette", false},
		{"a palette of grey", []string{grey, palette, pixels, end}, "its palette has no place or no good size", false},
		{"two palettes", []string{indexed, palette, palette, pixels, end}, "its palette has no place or no good size", false},
		{"half a colour", []string{indexed, chunk("PLTE", "rgbR"), pixels, end}, "its palette has no place or no good size", false},
		{"too many colours", []string{indexed, chunk("PLTE", strings.Repeat("rgb", 257)), pixels, end}, "its palette has no place or no good size", false},
		{"a palette after the pixels", []string{rgb, rgbPixels, palette, end}, "its palette has no place or no good size", false},
		{"clear before the palette", []string{indexed, chunk("tRNS", "\x01"), palette, pixels, end}, "its transparent colours (tRNS) have no place or no good size", false},
		{"clear beside alpha", []string{alpha, chunk("tRNS", "\x00\x01"), pixels, end}, "its transparent colours (tRNS) have no place or no good size", false},
		{"a clear colour of another size", []string{grey, chunk("tRNS", "\x01"), pixels, end}, "its transparent colours (tRNS) have no place or no good size", false},

		{"no pixels", []string{grey, end}, "it ends (IEND) without pixels", false},
		{"too few lines", []string{grey, chunk("IDAT", packed(rows[:6])), end}, "its data holds fewer pixels than its header says", false},
		{"half a line too few", []string{grey, chunk("IDAT", packed(rows[:8])), end}, "its data holds fewer pixels than its header says", false},
		{"a byte too many", []string{grey, chunk("IDAT", packed(rows+"x")), end}, "its data holds more pixels than its header says", false},
		{"a strange filter", []string{grey, chunk("IDAT", packed("\x00ab\x05cd\x04ef")), end}, "a line of its pixels has the filter 5, which PNG doesn't know", false},
		{"no compressed data", []string{grey, chunk("IDAT", ""), end}, "its data holds fewer pixels than its header says", false},
		{"no compressed data that is known", []string{grey, chunk("IDAT", "abcdef"), end}, "its pixels: zlib: invalid header", false},
		{"the checksum of the pixels is wrong", []string{grey, chunk("IDAT", data[:len(data)-1]+"x"), end}, "its pixels: zlib: invalid checksum", false},
		{"no checksum of the pixels", []string{grey, chunk("IDAT", data[:len(data)-4]), end}, "its data holds fewer pixels than its header says", false},
		{"an end that holds something", []string{grey, pixels, chunk("IEND", "x")}, "it ends (IEND) without pixels", false},

		{"pixels in two places", []string{grey, pixels, chunk("tEXt", "a\x00b"), pixels, end}, "its pixels (IDAT) stand in two places, or before the palette", true},
		{"bytes behind the pixels", []string{grey, chunk("IDAT", data+"x"), end}, "its data has 1 bytes after the pixels", true},
		{"bytes behind the pixels, in a chunk", []string{grey, pixels, chunk("IDAT", "x"), end}, "its data has 1 bytes after the pixels", true},
		{"a chunk that one has to know", []string{grey, chunk("ZzZz", "?"), pixels, end}, `it has the chunk "ZzZz", which PNG doesn't know`, true},
	} {
		file := []byte(pngBegin + strings.Join(c.chunks, ""))
		var want []string
		if c.want != "" {
			want = []string{"image/broken a.png: the icon can't be decoded: " + c.want}
		}
		_, findings := Check("a.png", file, anything)
		if got := lines(findings, nil); !slices.Equal(got, want) && !(len(got) == 1 && len(want) == 1 && strings.HasPrefix(got[0], want[0])) {
			t.Errorf("%s: %v, expected %v", c.shows, got, want)
		}
		if _, err := png.Decode(bytes.NewReader(file)); (err == nil) != c.std {
			t.Errorf("%s: image/png says %v", c.shows, err)
		}
	}
}

// All frames of an animation are decoded, and lie within the picture.
func TestPNGFrames(t *testing.T) {
	number := func(n ...uint32) string {
		var b []byte
		for _, n := range n {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return string(b)
	}
	control := func(width, height, x, y uint32) string {
		return chunk("fcTL", number(0, width, height, x, y)+"\x00\x01\x00\x01\x00\x00")
	}
	begin := pngBegin + chunk("IHDR", number(2, 3)+"\x08\x00\x00\x00\x00")
	pixels := chunk("IDAT", packed("\x00ab\x01cd\x04ef"))
	animation, end := chunk("acTL", number(2, 0)), chunk("IEND", "")
	small := packed("\x00a\x00b") // 1×2
	frame := func(data string) string { return chunk("fdAT", "\x00\x00\x00\x00"+data) }
	const outside = `image/broken a.png: the icon can't be decoded: it has a frame of `
	for _, c := range []struct{ shows, content, want string }{
		{"the picture is the first frame", animation + control(2, 3, 0, 0) + pixels + control(1, 2, 1, 1) + frame(small), ""},
		{"the picture isn't a frame", animation + pixels + control(1, 2, 0, 0) + frame(small) + control(1, 2, 0, 1) + frame(small), ""},
		{"a frame in pieces, with a text between", animation + pixels + control(1, 2, 0, 0) + frame(small[:3]) + chunk("tEXt", "a\x00b") + frame(small[3:]), ""},
		{"a frame too far to the right", animation + pixels + control(1, 2, 2, 0) + frame(small), outside + "1×2 pixels at 2,0, which isn't within its 2×3"},
		{"a frame far outside", animation + pixels + control(1, 2, 0, 1<<32-1) + frame(small), outside + "1×2 pixels at 0,4294967295, which isn't within its 2×3"},
		{"a frame of nothing", animation + pixels + control(0, 2, 0, 0) + frame(small), outside + "0×2 pixels"},
		{"a frame of more pixels than there are", animation + pixels + control(1, 3, 0, 0) + frame(small), "image/broken a.png: the icon can't be decoded: its data holds fewer pixels"},
		{"a frame without pixels", animation + pixels + control(1, 2, 0, 0), "image/broken a.png: the icon can't be decoded: its data holds fewer pixels"},
		{"a damaged frame", animation + pixels + control(1, 2, 0, 0) + frame(small[:len(small)-1]+"x"), "image/broken a.png: the icon can't be decoded: its pixels: zlib: invalid checksum"},
		{"a frame without a beginning", animation + pixels + frame(small), "image/broken a.png: the icon can't be decoded: it has pixels of a frame (fdAT) that wasn't begun"},
		{"a beginning without an animation", pixels + control(1, 2, 0, 0) + frame(small), "image/broken a.png: the icon can't be decoded: it has the start of a frame (fcTL) without an animation"},
		{"a short beginning", animation + pixels + chunk("fcTL", "x"), "image/broken a.png: the icon can't be decoded: it has the start of a frame (fcTL) without"},
	} {
		info, findings := Check("a.png", []byte(begin+c.content+end), anything)
		got := strings.Join(lines(findings, nil), "\n")
		if c.want == "" && (got != "" || !info.Animated) || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %+v, %q, expected %q", c.shows, info, got, c.want)
		}
	}
}

// A registry of 10,000 packages has as many icons. BenchmarkPNG/std is what image/png takes for the same.
func BenchmarkPNG(b *testing.B) {
	drawn := image.NewNRGBA(image.Rect(0, 0, 256, 256)) // as icons are: flat colours, some shade, and clear around
	for y := range 256 {
		for x := range 256 {
			if dx, dy := x-128, y-128; dx*dx+dy*dy < 100*100 {
				drawn.SetNRGBA(x, y, color.NRGBA{byte(y), byte(x / 2), 200, 255})
			}
		}
	}
	rule := Rule{What: "the icon", Kinds: []Kind{PNG}, MinSide: 256, Square: true}
	for _, icon := range []struct {
		name string
		data []byte
	}{{"drawn", encodePNG(b, drawn)}, {"noise", encodePNG(b, noise(256))}} {
		b.Run(icon.name+"/check", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, findings := Check("icon.png", icon.data, rule); len(findings) > 0 {
					b.Fatal(findings)
				}
			}
		})
		b.Run(icon.name+"/std", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := png.Decode(bytes.NewReader(icon.data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
