package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/rules/casefile"
)

var rasters = []Kind{PNG, JPEG, WebP, GIF}

// anything is what a place without wishes would allow.
var anything = Rule{What: "the icon", Kinds: append([]Kind{SVG}, rasters...), Animated: true}

// made returns what a directive of a rule's file makes.
func made(t testing.TB, directive string) []byte {
	t.Helper()
	data, err := casefile.Make(directive, nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lines returns findings as text, "code place: message", with a severity before it that isn't error, and a hint behind it where one is wanted.
func lines(findings check.Findings, want []string) []string {
	var all []string
	for i, f := range findings {
		line := f.Code + " " + f.String()
		if f.Severity != check.Error {
			line = string(f.Severity) + ": " + line
		}
		if i < len(want) && strings.Contains(want[i], " | ") {
			line += " | " + f.Hint
		}
		all = append(all, line)
	}
	return all
}

func expectFindings(t *testing.T, findings check.Findings, want []string) {
	t.Helper()
	if got := lines(findings, want); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Each kind is known by its content, and its size is read.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		path, directive string
		want            Info
	}{
		{"a.png", "png 30 20", Info{PNG, 30, 20, false}},
		{"a.PNG", "png 1 1", Info{PNG, 1, 1, false}},
		{"a.png", "apng 30 20", Info{PNG, 30, 20, true}},
		{"a.jpg", "jpeg 33 17", Info{JPEG, 33, 17, false}},
		{"a.jpeg", "jpeg 1 1", Info{JPEG, 1, 1, false}},
		{"dir.png/a.gif", "gif 30 20 1", Info{GIF, 30, 20, false}},
		{"a.gif", "gif 30 20 2", Info{GIF, 30, 20, true}},
		{"a.webp", "webp 30 20", Info{WebP, 30, 20, false}},
		{"a.webp", "webp-animated 30 20", Info{WebP, 30, 20, true}},
		{"a.svg", `append <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>`, Info{Kind: SVG}},
	} {
		info, findings := Check(c.path, made(t, c.directive), anything)
		if info != c.want || len(findings) > 0 {
			t.Errorf("%s as %s: %+v, %v, expected %+v", c.directive, c.path, info, findings, c.want)
		}
	}
}

// What a place wants, and what it says of a picture that isn't so.
func TestRules(t *testing.T) {
	const drawn = `append <svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`
	still := Rule{What: "the icon", Kinds: rasters}
	icon := Rule{What: "the icon", Kinds: []Kind{PNG, SVG}, MinSide: 256, Square: true}
	shot := Rule{What: "the screenshot", Kinds: []Kind{PNG}, Width: 160, Height: 100}
	soft := Rule{What: "the icon", Kinds: []Kind{PNG, JPEG, WebP}, MaxBytes: 600, MinSide: 160, Square: true, Severity: check.Warning}
	wide := Rule{What: "the banner", Kinds: []Kind{PNG}, Width: 160}
	high := Rule{What: "the banner", Kinds: []Kind{PNG}, Height: 100}
	for _, c := range []struct {
		shows, path, directive string
		rule                   Rule
		want                   []string
	}{
		{"least side", "a.png", "png 256 256", icon, nil},
		{"one pixel less", "a.png", "png 255 255", icon, []string{"image/dimensions a.png: the icon has 255×255 pixels, expected at least 256×256"}},
		{"not a square", "a.png", "png 300 256", icon, []string{"image/not-square a.png: the icon has 300×256 pixels, expected a square"}},
		{"neither", "a.png", "png 300 255", icon, []string{
			"image/dimensions a.png: the icon has 300×255 pixels, expected at least 256×256", "image/not-square a.png: the icon has 300×255 pixels, expected a square"}},
		{"exact", "a.png", "png 160 100", shot, nil},
		{"turned round", "a.png", "png 100 160", shot, []string{"image/dimensions a.png: the screenshot has 100×160 pixels, expected exactly 160×100"}},
		{"a width", "a.png", "png 160 7", wide, nil},
		{"another width", "a.png", "png 161 7", wide, []string{"image/dimensions a.png: the banner has 161×7 pixels, expected a width of exactly 160"}},
		{"a height", "a.png", "png 7 100", high, nil},
		{"another height", "a.png", "png 7 99", high, []string{"image/dimensions a.png: the banner has 7×99 pixels, expected a height of exactly 100"}},

		{"an animated PNG", "a.png", "apng 9 9", still, []string{"image/animated a.png: the icon is animated, expected a picture that doesn't move | export a single frame"}},
		{"an animated GIF", "a.gif", "gif 9 9 2", still, []string{"image/animated a.gif: the icon is animated, expected a picture that doesn't move"}},
		{"an animated WebP", "a.webp", "webp-animated 9 9", still, []string{"image/animated a.webp: the icon is animated, expected a picture that doesn't move"}},
		{"a GIF of one frame", "a.gif", "gif 9 9 1", still, nil},

		{"warnings", "a.png", "apng 160 120", soft, []string{
			"warning: image/animated a.png: the icon is animated, expected a picture that doesn't move",
			"warning: image/dimensions a.png: the icon has 160×120 pixels, expected at least 160×160 | export it in that size",
			"warning: image/not-square a.png: the icon has 160×120 pixels, expected a square | put it on a square canvas"}},
		{"damage stays an error", "a.webp", "webp 160 160 truncated", soft, []string{
			"image/truncated a.webp: the icon is cut short: its header says 34 bytes, expected as many as the file has, 17 | the file isn't complete: export the picture anew"}},
		{"just small enough", "a.svg", drawn, Rule{What: "the icon", Kinds: []Kind{SVG}, MaxBytes: 62}, nil},
		{"too many bytes", "a.svg", drawn, Rule{What: "the icon", Kinds: []Kind{SVG}, MaxBytes: 61}, []string{
			"image/too-many-bytes a.svg: the icon has 62 bytes, expected at most 61 | make the file smaller"}},
		{"too many bytes, which ends it", "a.svg", drawn + "<", Rule{What: "the icon", Kinds: []Kind{SVG}, MaxBytes: 61}, []string{
			"image/too-many-bytes a.svg: the icon has 63 bytes, expected at most 61"}},
		{"too many bytes by a warning, and damaged", "a.svg", drawn + "<", Rule{What: "the icon", Kinds: []Kind{SVG}, MaxBytes: 61, Severity: check.Warning}, []string{
			"warning: image/too-many-bytes a.svg: the icon has 63 bytes, expected at most 61",
			"image/svg-syntax a.svg:1:64: the icon isn't well-formed SVG: unexpected EOF"}},
		{"more than 8 MiB by a warning", "a.png", "append " + strings.Repeat(".", maxBytes+1), soft, []string{"image/too-many-bytes a.png: the icon has 8388609 bytes, expected at most 600"}},
		{"more than 8 MiB", "a.png", "append " + strings.Repeat(".", maxBytes+1), anything, []string{"image/too-many-bytes a.png: the icon has 8388609 bytes, expected at most 8388608"}},
		{"a drawing of more than 2 MiB", "a.svg", drawn + strings.Repeat("<!-- -->", maxDrawing/8), anything, []string{"image/too-many-bytes a.svg: the icon has 2097214 bytes, expected at most 2097152"}},
		{"another kind by a warning", "a.gif", "gif 160 160 1", Rule{What: "the icon", Kinds: []Kind{PNG, WebP}, Severity: check.Warning}, []string{
			`warning: image/format a.gif: the icon is named "a.gif", expected a name that ends in .png or .webp | export the picture in that format`}},
		{"active, and of another kind by a warning", "a.svg", `append <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2" onload=""/>`, soft, []string{
			`warning: image/format a.svg: the icon is named "a.svg", expected a name that ends in .png, .jpg, .jpeg or .webp`,
			`image/svg-event a.svg:1:1: the icon has the attribute "onload", expected nothing that runs`}},

		{"another kind", "a.jpg", "jpeg 256 256", icon, []string{`image/format a.jpg: the icon is named "a.jpg", expected a name that ends in .png or .svg`}},
		{"a kind that nobody knows", "a.bmp", "append BM", soft, []string{`image/format a.bmp: the icon is named "a.bmp", expected a name that ends in .png, .jpg, .jpeg or .webp`}},
		{"no ending", "png", "png 256 256", icon, []string{`image/format png: the icon is named "png", expected a name that ends in .png or .svg`}},
		{"a JPEG named .png", "a.png", "jpeg 256 256", icon, []string{"image/kind a.png: the icon is a JPEG, and its name ends in .png, expected a PNG | end its name in .jpg, or export it as a PNG"}},
		{"a PNG named .jpg", "a.jpg", "png 160 160", still, []string{"image/kind a.jpg: the icon is a PNG, and its name ends in .jpg, expected a JPEG"}},
		{"a PNG named .svg", "a.svg", "png 256 256", icon, []string{"image/kind a.svg: the icon is a PNG, and its name ends in .svg, expected an SVG"}},
		{"an SVG named .png", "a.png", `append <?xml version="1.0"?> <svg/>`, icon, []string{"image/kind a.png: the icon is an SVG, and its name ends in .png, expected a PNG"}},
		{"a text named .png", "a.png", "append not a picture", icon, []string{"image/kind a.png: the icon doesn't begin as a PNG does, and its name ends in .png | export the picture as a PNG"}},
		{"a RIFF of sound", "a.webp", "append RIFF....WAVE....", still, []string{"image/kind a.webp: the icon doesn't begin as a WebP does, and its name ends in .webp"}},
		{"an empty file", "a.png", "append ", icon, []string{"image/truncated a.png: the icon has only 0 bytes, expected a PNG"}},

		{"bytes after a PNG", "a.png", "png 256 256 append <?php", icon, []string{"warning: image/trailing a.png: the icon has 5 bytes after its end | export the picture anew"}},
		{"bytes after a JPEG", "a.jpg", "jpeg 9 9 append <?php", still, []string{"warning: image/trailing a.jpg: the icon has 5 bytes after its end"}},
		{"bytes after a GIF", "a.gif", "gif 9 9 1 append <?php", still, []string{"warning: image/trailing a.gif: the icon has 5 bytes after its end"}},
		{"bytes after a WebP", "a.webp", "webp 9 9 append <?php", still, []string{"warning: image/trailing a.webp: the icon has 5 bytes after its end"}},
		{"bytes after two frames", "a.webp", "webp-animated 9 9 append <?php", anything, []string{"warning: image/trailing a.webp: the icon has 5 bytes after its end"}},
	} {
		t.Run(c.shows, func(t *testing.T) {
			_, findings := Check(c.path, made(t, c.directive), c.rule)
			expectFindings(t, findings, c.want)
		})
	}
}

// What a picture takes is known before it is decoded. 4096×4096 pixels are the most, of all frames together.
func TestTooLarge(t *testing.T) {
	// sized writes another size into a header, in two bytes each way.
	sized := func(directive string, at int, order binary.ByteOrder, width, height int) []byte {
		data := made(t, directive)
		order.PutUint16(data[at:], uint16(width))
		order.PutUint16(data[at+2:], uint16(height))
		return data
	}
	sof := bytes.Index(made(t, "jpeg 9 9"), []byte{0xff, 0xc0}) + 5
	canvas := made(t, "webp-animated 9 9")
	copy(canvas[24:], []byte{0xff, 0x0f, 0, 0xff, 0x0f, 0}) // less 1
	const wide = "has 4097×4096 pixels, which take more than 67108864 bytes when decoded, expected at most that"
	const frames = "has 4096×4096 pixels, in frames that together take more than 67108864 bytes when decoded, expected at most that"
	for _, c := range []struct {
		shows, path string
		data        []byte
		want        string
	}{
		{"a PNG at the limit", "a.png", made(t, "png 4096 4096"), ""},
		{"a PNG above it", "a.png", made(t, "png 9 9 claims 4097 4096"), "too-large a.png: the icon " + wide},
		{"a PNG of the most that it can say", "a.png", made(t, "png 9 9 claims 2147483647 2147483647"), "too-large a.png: the icon has 2147483647×2147483647 pixels, which"},
		{"a PNG's frames", "a.png", made(t, "apng 2900 2900"), "too-large a.png: the icon has 2900×2900 pixels, in frames that"},
		{"a WebP above it", "a.webp", made(t, "webp 4097 4096"), "too-large a.webp: the icon " + wide},
		{"a WebP's frames", "a.webp", canvas, "too-large a.webp: the icon " + frames},
		{"a JPEG at the limit", "a.jpg", sized("jpeg 9 9", sof, binary.BigEndian, 4096, 4096), "broken a.jpg: the icon can't be decoded"},
		{"a JPEG above it", "a.jpg", sized("jpeg 9 9", sof, binary.BigEndian, 4096, 4097), "too-large a.jpg: the icon " + wide},
		{"a GIF at the limit", "a.gif", sized("gif 9 9 1", 6, binary.LittleEndian, 4096, 4096), ""},
		{"a GIF above it", "a.gif", sized("gif 9 9 1", 6, binary.LittleEndian, 4097, 4096), "too-large a.gif: the icon " + wide},
		{"a GIF's frames", "a.gif", sized("gif 9 9 2", 6, binary.LittleEndian, 4096, 4096), "too-large a.gif: the icon " + frames},
	} {
		_, findings := Check(c.path, c.data, anything)
		got := strings.TrimPrefix(strings.Join(lines(findings, nil), "\n"), "image/")
		if got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: %q, expected %q", c.shows, got, c.want)
		}
	}
}

// A file that ends anywhere before its end is cut short, of every kind, and never anything but an error.
func TestCutShort(t *testing.T) {
	for _, c := range []struct{ path, directive string }{
		{"a.png", "png 40 30"}, {"a.png", "apng 40 30"}, {"a.jpg", "jpeg 40 30"}, {"a.gif", "gif 40 30 3"}, {"a.webp", "webp 40 30"}, {"a.webp", "webp-animated 40 30"},
	} {
		whole := made(t, c.directive)
		for n := range whole {
			_, findings := Check(c.path, whole[:n], anything)
			if len(findings) != 1 || findings[0].Code != "image/truncated" || findings[0].Severity != check.Error {
				t.Errorf("%s: %d of %d bytes: %v, expected image/truncated", c.directive, n, len(whole), findings)
			}
		}
		if _, findings := Check(c.path, whole, anything); len(findings) > 0 {
			t.Errorf("%s: %v", c.directive, findings)
		}
	}
}

// places are where the pictures of the rules' examples stand.
var places = map[string]Rule{
	"vito/.svg":       {What: "the icon", Kinds: []Kind{PNG, SVG}, MaxBytes: 512 << 10},
	"vito/.png":       {What: "the icon", Kinds: []Kind{PNG, SVG}, MaxBytes: 1 << 20, Square: true, MinSide: 256},
	"mosis/.png":      {What: "the icon", Kinds: []Kind{PNG}, Width: 64, Height: 64},
	"dropserver/.png": {What: "the icon", Kinds: []Kind{PNG, JPEG, WebP}, MaxBytes: 50 << 10, Square: true, MinSide: 160, Severity: check.Warning},
}

// The example of every rule about pictures shows it: the bad picture has that finding and no other, the good one none.
func TestExamples(t *testing.T) {
	codes := []string{
		"animated", "broken", "dimensions", "format", "kind", "not-square", "svg-doctype", "svg-event", "svg-external", "svg-foreign", "svg-script",
		"svg-size", "svg-syntax", "too-large", "too-many-bytes", "trailing", "truncated",
	}
	files, err := filepath.Glob("../rules/testdata/image/*.txtar")
	if err != nil || len(files) != len(codes) {
		t.Errorf("there are %d files, expected one for each of the %d codes, %v", len(files), len(codes), err)
	}
	for _, what := range codes {
		t.Run(what, func(t *testing.T) {
			data, err := os.ReadFile("../rules/testdata/image/" + what + ".txtar")
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(data)
			severity, after, _ := strings.Cut(string(archive.Comment), ": ")
			_, after, _ = strings.Cut(after, "\nbase: ")
			base, _, _ := strings.Cut(after, "\n")
			seen := ""
			for _, file := range archive.Files {
				name, directive, isMade := strings.Cut(file.Name, " | ")
				if isMade {
					if file.Data, err = casefile.Make(directive, file.Data); err != nil {
						t.Fatal(err)
					}
				}
				side, name, _ := strings.Cut(name, "/")
				if side != "bad" && side != "good" || path.Ext(name) == ".json" {
					continue
				}
				seen += side
				rule, known := places[base+"/"+path.Ext(name)]
				if !known {
					rule = places[base+"/.png"]
				}
				_, findings := Check(name, file.Data, rule)
				for _, f := range findings {
					if side == "good" || f.Code != "image/"+what || string(f.Severity) != severity || f.Hint == "" {
						t.Errorf("%s: %+v", file.Name, f)
					}
				}
				if side == "bad" && len(findings) == 0 {
					t.Errorf("%s has no finding", file.Name)
				}
			}
			if seen != "badgood" {
				t.Errorf("it has %q, expected a bad and a good picture", seen)
			}
		})
	}
}

// Info never says more than the file does.
func TestInfoOfDamage(t *testing.T) {
	for directive, want := range map[string]Info{
		"png 9 9 claims 100 50": {PNG, 100, 50, false},
		"png 9 9 truncated":     {PNG, 9, 9, false},
		"append text":           {},
	} {
		if info, findings := Check("a.png", made(t, directive), anything); info != want || len(findings.Errors()) == 0 {
			t.Errorf("%s: %+v, %v, expected %+v", directive, info, findings, want)
		}
	}
}

func ExampleCheck() {
	data, _ := casefile.Make("png 300 256", nil)
	info, findings := Check("plugins/demo/icon.png", data, Rule{What: "the icon", Kinds: []Kind{PNG}, Square: true})
	fmt.Println(info.Kind, info.Width, info.Height)
	for _, f := range findings {
		fmt.Println(f)
	}
	// Output:
	// png 300 256
	// plugins/demo/icon.png: the icon has 300×256 pixels, expected a square
}
