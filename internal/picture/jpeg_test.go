package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

// A segment of a JPEG that a test makes.
func segment(marker byte, body string) string {
	n := len(body) + 2
	return string([]byte{0xff, marker, byte(n >> 8), byte(n)}) + body
}

// progressive returns a progressive JPEG of one shade, with so many scans that each go over all of it, in a few bytes.
func progressive(width, height, components, scans int) string {
	var frame, first strings.Builder
	frame.Write([]byte{8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), byte(components)})
	first.WriteByte(byte(components))
	for i := range components {
		frame.Write([]byte{byte(i + 1), 0x11, 0})
		first.Write([]byte{byte(i + 1), 0})
	}
	code := "\x01" + strings.Repeat("\x00", 15) // one code, of one bit
	out := "\xff\xd8" + segment(0xdb, "\x00"+strings.Repeat("\x01", 64)) + segment(0xc2, frame.String()) +
		segment(0xc4, "\x00"+code+"\x00") + segment(0xc4, "\x10"+code+"\xe0") // no change; the end of a band in 2^14 blocks and more
	blocks := ((width + 7) / 8) * ((height + 7) / 8)
	out += segment(0xda, first.String()+"\x00\x00\x00") + strings.Repeat("\x00", blocks*components/8+1)
	for range scans - 1 {
		out += segment(0xda, "\x01\x01\x00\x01\x3f\x00") + strings.Repeat("\x00", (blocks/(1<<14)+1)*15/8+1)
	}
	return out + "\xff\xd9"
}

// 16×16 pixels, progressive in ten scans, with colours at half the size, as ImageMagick writes them.
const progressiveSample = `ffd8ffe000104a46494600010100000100010000ffdb00430050373c463c32504641465a55505f78c882786e6e78f5afb991c8ffffffffffffffffffff
	ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdb004301555a5a786978eb8282ebffffffffffffffffffffffffffffffffffffffffff
	ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc20011080010001003012200021101031101ffc400150001010000000000
	0000000000000000000002ffc40014010100000000000000000000000000000002ffda000c030100021003100000018492ffc4001410010000000000000000000000
	0000000020ffda00080101000105021fffc4001511010100000000000000000000000000000012ffda0008010301013f01a7ffc40015110101000000000000000000
	00000000000012ffda0008010201013f0197ffc40014100100000000000000000000000000000020ffda0008010100063f021fffc400141001000000000000000000
	00000000000020ffda0008010100013f211fffda000c0301000200030000001037ffc40014110100000000000000000000000000000000ffda0008010301013f103f
	ffc40014110100000000000000000000000000000000ffda0008010201013f107fffc4001510010100000000000000000000000000000011ffda0008010100013f10
	aaaaffd9`

func TestJPEG(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10)), nil); err != nil {
		t.Fatal(err)
	}
	baseline := b.String()
	const begin, end = "\xff\xd8", "\xff\xd9"
	tables, pixels, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(baseline, end), begin), "\xff\xda")
	tables, header, _ := strings.Cut(tables, "\xff\xc0")
	pixels, header, codes := "\xff\xda"+pixels, "\xff\xc0"+header[:11], header[11:]
	frame := func(marker byte, body string) string {
		return begin + tables + segment(marker, body) + codes + pixels + end
	}
	const gray = "\x08\x00\x0a\x00\x14\x01\x01\x11\x00"
	for _, c := range []struct{ shows, data, want string }{
		{"baseline", baseline, ""},
		{"the same from its parts", begin + tables + header + codes + pixels + end, ""},
		{"progressive", string(unhex(t, progressiveSample)), ""},
		{"fill bytes before a marker", begin + tables + "\xff\xff\xff" + header[1:] + codes + pixels + "\xff\xff" + end, ""},
		{"a preview in an application's segment", begin + segment(0xe1, begin+"\xff\xda"+end) + tables + header + codes + pixels + end, ""},
		{"32 scans", progressive(64, 64, 1, 32), ""},
		{"33 scans", progressive(64, 64, 1, 33), "image/too-large a.jpg: the icon goes over its pixels more than 32 times, expected at most that"},
		{"two scans of one component", begin + tables + header + codes + pixels + pixels + end, "image/too-large a.jpg: the icon goes over its pixels more than 1 times"},
		{"8 million pixels to keep five bytes a sample of", progressive(3840, 2160, 3, 1), ""},
		{"9 million", progressive(3000, 3000, 3, 1), "image/too-large a.jpg: the icon has 3000×3000 pixels and takes 135000000 bytes to decode, expected at most 125829120"},

		{"no header", begin + tables + codes + pixels + end, "image/broken a.jpg: the icon can't be decoded: its pixels (SOS) stand before its header (SOF)"},
		{"two headers", begin + tables + header + header + codes + pixels + end, "image/broken a.jpg: the icon can't be decoded: it has two headers (SOF)"},
		{"no pixels", begin + tables + header + codes + end, "image/broken a.jpg: the icon can't be decoded: it has no pixels"},
		{"no tables", begin + header + pixels + end, "image/broken a.jpg: the icon can't be decoded: "},
		{"too few pixels", begin + tables + header + codes + pixels[:10] + end, "image/broken a.jpg: the icon can't be decoded: invalid JPEG format"},
		{"lossless", frame(0xc3, gray), "image/broken a.jpg: the icon can't be decoded: it isn't a baseline or progressive JPEG (SOF3)"},
		{"arithmetic codes", frame(0xc9, gray), "image/broken a.jpg: the icon can't be decoded: it isn't a baseline or progressive JPEG (SOF9)"},
		{"no height", frame(0xc0, "\x08\x00\x00\x00\x14\x01\x01\x11\x00"), "image/broken a.jpg: the icon can't be decoded: its header says 20×0 pixels"},
		{"no components", frame(0xc0, "\x08\x00\x0a\x00\x14\x00"), "image/broken a.jpg: the icon can't be decoded: its header (SOF) has 6 bytes"},
		{"fewer components than it says", frame(0xc0, "\x08\x00\x0a\x00\x14\x02\x01\x11\x00"), "image/broken a.jpg: the icon can't be decoded: its header (SOF) has 9 bytes"},
		{"two components", frame(0xc0, "\x08\x00\x0a\x00\x14\x02\x01\x11\x00\x02\x11\x00"), "image/broken a.jpg: the icon can't be decoded: unsupported JPEG feature: number of components"},
		{"components without samples", frame(0xc0, "\x08\x00\x0a\x00\x14\x03\x01\x01\x00\x02\x11\x00\x03\x11\x00"), "image/broken a.jpg: the icon can't be decoded: its header says that a component has no samples"},
		{"a segment that is shorter than its length", begin + "\xff\xe0\x00\x01" + tables + end, "image/broken a.jpg: the icon can't be decoded: a segment has 1 bytes, expected at least 2"},
		{"a second picture behind the first", baseline + baseline, "warning: image/trailing a.jpg: the icon has "},
	} {
		info, findings := Check("a.jpg", []byte(c.data), anything)
		got := strings.Join(lines(findings, nil), "\n")
		if c.want == "" && (got != "" || info.Width == 0) || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %+v, %q, expected %q", c.shows, info, got, c.want)
		}
		if _, err := jpeg.Decode(strings.NewReader(c.data)); err != nil && c.want == "" {
			t.Errorf("%s: image/jpeg says %v", c.shows, err)
		}
	}
}
