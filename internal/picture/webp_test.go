package picture

import (
	"encoding/binary"
	"strings"
	"testing"
)

// Pictures that ImageMagick made: 16×16 pixels lossy, and 20×20 lossy with alpha.
const (
	lossySample = `524946464c0000005745425056503820400000001002009d012a1000100002c04c25b0ee00630f801fa00083f000fef0c737fa9f2fe1bb5eb85d237a7c4c8858
		4559ffd98b3e8f20fffa4ea7fff82734ceefa000`
	alphaSample = `524946466c00000057454250565038580a00000010000000130000130000414c50480a0000000107d0bf88084444ff03565038203c0000005003009d012a1400
		14003eed70b152a9a624a2a80801301d896500c10a80004051650000fee9691f9bec7b3c1fff3897f247e81769c26166ae000000`
)

func TestWebP(t *testing.T) {
	riff := func(chunks ...string) string {
		body := "WEBP" + strings.Join(chunks, "")
		return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
	}
	part := func(name, body string) string {
		out := name + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
		return out + strings.Repeat("\x00", len(body)%2)
	}
	lossy, alpha := string(unhex(t, lossySample)), string(unhex(t, alphaSample))
	lossless := string(made(t, "webp 16 16"))
	picture, flat := lossy[12:], lossless[12:]
	both := alpha[12+18:] // ALPH and VP8, 20×20
	canvas := func(flags byte, side byte) string {
		return part("VP8X", string([]byte{flags, 0, 0, 0, side - 1, 0, 0, side - 1, 0, 0}))
	}
	frame := func(x, y, side byte, content string) string {
		return part("ANMF", string([]byte{x / 2, 0, 0, y / 2, 0, 0, side - 1, 0, 0, side - 1, 0, 0, 100, 0, 0, 0})+content)
	}
	const animated, damaged = 2, "image/broken a.webp: the icon can't be decoded: "
	loop := part("ANIM", "\x00\x00\x00\x00\x00\x00")
	for _, c := range []struct {
		shows, data string
		animated    bool
		want        string
	}{
		{"lossy", lossy, false, ""},
		{"lossy with alpha", alpha, false, ""},
		{"lossless", lossless, false, ""},
		{"texts after it", riff(canvas(0, 16), picture, part("EXIF", "abc"), part("zzzz", "")), false, ""},
		{"an animation of all three", riff(canvas(animated, 20), loop, frame(4, 4, 16, picture), frame(0, 0, 20, both), frame(2, 0, 16, flat)), true, ""},
		{"an animation of one frame", riff(canvas(animated, 16), loop, frame(0, 0, 16, picture)), true, ""},
		{"frames without the flag", riff(canvas(0, 16), frame(0, 0, 16, picture)), true, ""},
		{"the flag alone", riff(canvas(animated, 16), picture), true, ""},
		{"ANIM alone", riff(canvas(0, 16), loop, picture), true, ""},

		{"nothing in it", riff(), false, damaged + "it has no header of a picture"},
		{"a header alone", riff(canvas(0, 16)), false, damaged},
		{"less than the least", "RIFF\x03\x00\x00\x00WEBPVP8 ", false, damaged + "its header says 11 bytes, expected at least 12"},
		{"half a chunk", riff(picture, "EXIF"), false, damaged + "a chunk has 4 bytes, expected at least 8"},
		{"a chunk that is too long", riff(picture, "EXIF\x09\x00\x00\x00abcd"), false, damaged + `its chunk "EXIF" has 9 bytes, and 4 follow`},
		{"another size than the canvas", riff(canvas(0, 17), picture), false, damaged + "webp: invalid format"},
		{"two pictures", riff(canvas(0, 16), picture, picture), false, damaged + "it has more than one picture, outside of an animation"},
		{"a picture beside frames", riff(canvas(animated, 16), loop, picture, frame(0, 0, 16, picture)), true, damaged + "it has more than one picture"},
		{"pixels that end early", riff(part("VP8 ", picture[8:40])), false, damaged},
		{"lossless pixels that end early", riff(part("VP8L", flat[8:14])), false, damaged},
		{"a short frame", riff(canvas(animated, 16), loop, part("ANMF", "abc")), true, damaged + "a frame has 3 bytes, expected at least 16"},
		{"a frame outside", riff(canvas(animated, 16), loop, frame(2, 0, 16, picture)), true, damaged + "it has a frame of 16×16 pixels at 2,0, which isn't within its 16×16"},
		{"a frame without a picture", riff(canvas(animated, 16), loop, frame(0, 0, 16, "")), true, damaged + "a frame has 0 pictures, expected one"},
		{"a frame with two", riff(canvas(animated, 16), loop, frame(0, 0, 16, picture+picture)), true, damaged + "a frame has 2 pictures, expected one"},
		{"a frame of another size than its picture", riff(canvas(animated, 20), loop, frame(0, 0, 20, picture)), true, damaged + "a frame: webp: invalid format"},
		{"a damaged frame", riff(canvas(animated, 16), loop, frame(0, 0, 16, part("VP8 ", picture[8:40]))), true, damaged + "a frame: "},
	} {
		info, findings := Check("a.webp", []byte(c.data), anything)
		got := strings.Join(lines(findings, nil), "\n")
		if info.Animated != c.animated || c.want == "" && (got != "" || info.Width == 0) || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %+v, %q, expected %q", c.shows, info, got, c.want)
		}
	}
}
