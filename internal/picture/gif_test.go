package picture

import (
	"bytes"
	"compress/lzw"
	"image/gif"
	"strings"
	"testing"
)

func TestGIF(t *testing.T) {
	squeezed := func(pixels string) string { // with the size of a pixel before, and in blocks
		var b bytes.Buffer
		w := lzw.NewWriter(&b, lzw.LSB, 2)
		w.Write([]byte(pixels))
		w.Close()
		return string(rune(b.Len())) + b.String()
	}
	const (
		screen  = "\x02\x00\x02\x00\x80\x00\x00" // 2×2 with a table of two colours
		table   = "rgbRGB"
		frame   = ",\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02"
		comment = "!\xfe\x02hi\x00"
		end     = ";"
	)
	begin := "GIF89a" + screen + table
	pixels := squeezed("\x00\x01\x00\x01")
	packed := pixels[1:]
	noEnd := func() string { // a code for clearing, and four pixels, of three bits each
		bits := 4 | 0<<3 | 1<<6 | 0<<9 | 1<<12
		return string([]byte{2, byte(bits), byte(bits >> 8), 0})
	}()
	for _, c := range []struct {
		shows, content, want string
		std                  bool // image/gif takes it
	}{
		{"a frame", begin + frame + pixels + "\x00" + end, "", true},
		{"the older version", "GIF87a" + screen + table + frame + pixels + "\x00" + end, "", true},
		{"pixels in blocks of one byte", begin + frame + "\x01" + strings.Join(strings.Split(packed, ""), "\x01") + "\x00" + end, "", true},
		{"a table of the frame's own", "GIF89a\x02\x00\x02\x00\x00\x00\x00" + ",\x00\x00\x00\x00\x02\x00\x02\x00\x80" + table + "\x02" + pixels + "\x00" + end, "", true},
		{"comments and controls", begin + comment + "!\xf9\x04\x01\x00\x00\x01\x00" + frame + pixels + "\x00" + comment + end, "", true},
		{"an application's block", begin + "!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00" + frame + pixels + "\x00" + end, "", true},
		{"a clear colour beyond the table", begin + "!\xf9\x04\x01\x00\x00\x03\x00" + frame + squeezed("\x00\x03\x00\x01") + "\x00" + end, "", true},
		{"no code for the end", begin + frame + noEnd + end, "", true},
		{"something behind the code for the end", begin + frame + string(rune(len(packed)+2)) + packed + "xx\x00" + end, "", true},

		{"a colour beyond the table", begin + frame + squeezed("\x00\x03\x00\x01") + "\x00" + end, "a pixel has colour 3 of 2", false},
		{"a clear colour is for one frame", begin + "!\xf9\x04\x01\x00\x00\x03\x00" + frame + pixels + "\x00" + frame + squeezed("\x00\x03\x00\x01") + "\x00" + end, "a pixel has colour 3 of 2", false},
		{"no size", "GIF89a\x00\x00\x02\x00\x80\x00\x00" + table + end, "its header says 0×2 pixels", false},
		{"no frame", begin + end, "it has no pixels", false},
		{"no colours", "GIF89a\x02\x00\x02\x00\x00\x00\x00" + frame + pixels + "\x00" + end, "it has a frame without colours", false},
		{"a frame that sticks out", begin + ",\x01\x00\x00\x00\x02\x00\x02\x00\x00\x02" + pixels + "\x00" + end, "it has a frame of 2×2 pixels at 1,0, which isn't within its 2×2", false},
		{"too few pixels", begin + frame + squeezed("\x00\x01\x00") + "\x00" + end, "a frame's data holds fewer pixels than its header says", false},
		{"no data", begin + frame + "\x00" + end, "a frame's data holds fewer pixels than its header says", false},
		{"too many pixels", begin + frame + squeezed("\x00\x01\x00\x01\x00") + "\x00" + end, "a frame's data holds more pixels than its header says", false},
		{"a file behind the code for the end", begin + frame + pixels + strings.Repeat("\xff"+strings.Repeat("x", 255), 2) + "\x00" + end, "a frame's data holds more pixels than its header says", false},
		{"a wrong code", begin + frame + "\x02\xff\xff\x00" + end, "a frame's pixels: lzw: invalid code", false},
		{"pixels of one bit", begin + frame[:10] + "\x01" + pixels + "\x00" + end, "a frame has pixels of 1 bits, expected 2 to 8", false},
		{"a strange block", begin + "?" + frame + pixels + "\x00" + end, "it has a block of the kind 0x3f, which GIF doesn't know", false},
		{"a strange extension", begin + "!\x02\x00" + frame + pixels + "\x00" + end, "it has an extension of the kind 0x02, which GIF doesn't know", false},
		{"controls of another size", begin + "!\xf9\x03\x01\x00\x00\x00" + frame + pixels + "\x00" + end, "a frame's controls have 3 bytes, expected 4", false},
	} {
		want := ""
		if c.want != "" {
			want = "image/broken a.gif: the icon can't be decoded: " + c.want
		}
		_, findings := Check("a.gif", []byte(c.content), anything)
		if got := strings.Join(lines(findings, nil), "\n"); got != want {
			t.Errorf("%s: %q, expected %q", c.shows, got, want)
		}
		if _, err := gif.DecodeAll(strings.NewReader(c.content)); (err == nil) != c.std {
			t.Errorf("%s: image/gif says %v", c.shows, err)
		}
	}
}
