package casefile

import (
	"bytes"
	"image"
	"image/gif"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"strings"
	"testing"

	_ "golang.org/x/image/webp"
)

// What is made as a picture can be read as one, of that kind and size.
func TestPictures(t *testing.T) {
	for directive, want := range map[string]struct {
		format        string
		width, height int
	}{
		"png 300 256":         {"png", 300, 256},
		"png 1 1":             {"png", 1, 1},
		"apng 33 7":           {"png", 33, 7},
		"gif 64 48 1":         {"gif", 64, 48},
		"gif 64 48 3":         {"gif", 64, 48},
		"jpeg 65 40":          {"jpeg", 65, 40},
		"webp 160 90":         {"webp", 160, 90},
		"webp 1 1":            {"webp", 1, 1},
		"png 8 8 append tail": {"png", 8, 8},
	} {
		data, err := Make(directive, nil)
		if err != nil {
			t.Errorf("%s: %v", directive, err)
			continue
		}
		m, format, err := image.Decode(bytes.NewReader(data))
		if err != nil || format != want.format || m.Bounds().Dx() != want.width || m.Bounds().Dy() != want.height {
			t.Errorf("%s: a %s, %v, expected a %s of %d×%d", directive, format, err, want.format, want.width, want.height)
		}
		again, err := Make(directive, nil)
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s: two runs made two files", directive)
		}
	}
}

// An animation has the frames that it is told to have.
func TestFrames(t *testing.T) {
	data, err := Make("gif 20 20 4", nil)
	if err != nil {
		t.Fatal(err)
	}
	if g, err := gif.DecodeAll(bytes.NewReader(data)); err != nil || len(g.Image) != 4 {
		t.Errorf("got %v, expected four frames", err)
	}
	for directive, want := range map[string]map[string]int{
		"apng 20 20":          {"acTL": 1, "fcTL": 2, "fdAT": 1},
		"png 20 20":           {"acTL": 0},
		"webp-animated 20 20": {"ANIM": 1, "ANMF": 2, "VP8L": 2},
		"webp 20 20":          {"ANIM": 0, "VP8L": 1},
	} {
		data, err := Make(directive, nil)
		for chunk, count := range want {
			if got := bytes.Count(data, []byte(chunk)); err != nil || got != count {
				t.Errorf("%s: %d times %s, %v, expected %d", directive, got, chunk, err, count)
			}
		}
	}
}

// What is damaged is damaged as it is told.
func TestDamage(t *testing.T) {
	whole, _ := Make("png 50 50", nil)
	if got, err := Make("png 50 50 truncated", nil); err != nil || !bytes.Equal(got, whole[:len(whole)/2]) {
		t.Errorf("truncated: %d bytes of %d, %v", len(got), len(whole), err)
	}
	got, err := Make("png 50 50 claims 5000 6000", nil)
	if err != nil || len(got) != len(whole) {
		t.Fatalf("claims: %d bytes, %v", len(got), err)
	}
	if c, _, err := image.DecodeConfig(bytes.NewReader(got)); err != nil || c.Width != 5000 || c.Height != 6000 {
		t.Errorf("claims: %v, %v", c, err)
	}
	if _, _, err := image.Decode(bytes.NewReader(got)); err == nil {
		t.Error("claims: the picture can be read")
	}
	if got, err := Make("png 50 50 claims 51 50 truncated append  <?php x", nil); err != nil || !strings.HasSuffix(string(got), " <?php x") || len(got) != len(whole)/2+8 {
		t.Errorf("all of them: %d bytes, %v", len(got), err)
	}
}

func TestContent(t *testing.T) {
	for _, c := range []struct{ directive, content, want string }{
		{"hex", "00 ff\n7e\n", "\x00\xff\x7e"},
		{"hex", "", ""},
		{"repeat 3", "ab\n", "ababab"},
		{"repeat 2", "a\n\n", "a\na\n"},
		{"repeat 0", "ab\n", ""},
		{" repeat 2 append  x", "a\n", "aa x"},
		{"append x y", "a\n", "a\nx y"},
		{"truncated", "abcd", "ab"},
	} {
		if got, err := Make(c.directive, []byte(c.content)); err != nil || string(got) != c.want {
			t.Errorf("%s of %q: %q, %v, expected %q", c.directive, c.content, got, err, c.want)
		}
	}
}

// The content that is given is never written to.
func TestContentStays(t *testing.T) {
	content := append(make([]byte, 0, 64), "abc"...)
	if _, err := Make("append xyz", content); err != nil || string(content[:6]) != "abc\x00\x00\x00" {
		t.Errorf("the content is %q, %v", content[:6], err)
	}
}

func TestErrors(t *testing.T) {
	for directive, want := range map[string]string{
		"":                            `unknown directive ""`,
		"bmp 1 1":                     `unknown directive "bmp"`,
		"png":                         `"", expected a number from 1 to 16383`,
		"png 1":                       `"", expected a number from 1 to 16383`,
		"png 0 1":                     `"0", expected a number`,
		"png 1 20000":                 `"20000", expected a number`,
		"png 16383 16383":             `more than 33554432 pixels`,
		"png 1 1 upside-down":         `unknown word "upside-down"`,
		"png 1 1 claims":              `unknown word "claims"`,
		"png 1 1 claims 1":            `"", expected a number from 1 to 2147483647`,
		"png 1 1 claims 1 4294967296": `"4294967296", expected a number`,
		"apng 4096 4097":              `more than 33554432 pixels`,
		"gif 1 1":                     `"", expected a number from 1 to`,
		"gif 4096 4096 3":             `"3", expected a number from 1 to 2`,
		"jpeg x y":                    `"x", expected a number`,
		"webp 1  1":                   `"", expected a number`,
		"webp-animated -1 1":          `"-1", expected a number`,
		"hex":                         `invalid byte`,
		"repeat":                      `"", expected a number`,
		"repeat 99999999":             `"99999999", expected a number from 0 to 22369621`,
		"repeat 1 2":                  `unknown word "2"`,
	} {
		_, err := Make(directive, []byte("no.\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %s", directive, err, want)
		}
	}
}
