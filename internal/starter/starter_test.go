package starter_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/validate"
)

// loader implements release.Loader for files that are on no disk.
type loader []starter.File

func (l loader) Inputs(string, gittree.Entry, int) ([]release.Input, error) {
	var inputs []release.Input
	for _, f := range l {
		inputs = append(inputs, release.Input{
			Path: f.Path, Mode: gittree.Regular,
			Size: func() (int64, error) { return int64(len(f.Data)), nil },
			Read: func(int64) ([]byte, error) { return f.Data, nil },
		})
	}
	return inputs, nil
}

// look validates files as a package, and packs them where they have no error.
func look(t *testing.T, id string, files []starter.File) (*release.Built, check.Findings) {
	t.Helper()
	cfg := config.Default("test")
	report, err := validate.Run(context.Background(), []validate.Target{{Dir: "plugins/" + id, Entry: gittree.Entry{Name: id, Mode: gittree.Dir}}}, validate.Options{
		Config: cfg, Loader: func() release.Loader { return loader(files) },
	})
	if err != nil {
		t.Fatal(err)
	}
	findings := report.Packages[0].Findings
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	inputs, _ := loader(files).Inputs("", gittree.Entry{}, 0)
	built, packing, err := release.Make("plugins/"+id, id, inputs, cfg, "", 0, func(int64) error { return nil })
	if err != nil || built == nil {
		t.Fatalf("%s isn't packed: %v %v", id, packing, err)
	}
	return built, findings
}

func ofFormat(format string) starter.Package {
	p := starter.Package{Format: format, Vendor: "acme", ID: "disk-watch", Day: "2026-01-31", Author: "Ada Lovelace", Email: "ada@example.org", Owner: "ada-l"}
	if format == "mosis" {
		p.ID = "org.example.diskwatch"
	}
	p.Title = starter.Title(format, p.ID)
	p.Summary = starter.Summary(p.Title)
	return p
}

func ownersOf(p starter.Package) []string {
	if p.Owner == "" {
		return nil
	}
	return []string{p.Owner}
}

func files(t *testing.T, p starter.Package) []starter.File {
	t.Helper()
	list, err := starter.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func content(t *testing.T, list []starter.File, path string) string {
	t.Helper()
	for _, f := range list {
		if f.Path == path {
			return string(f.Data)
		}
	}
	t.Fatalf("there is no %s", path)
	return ""
}

// A new package of each format validates without a finding, is packed, and says what it was told; so it does with texts that mean something in the languages
// that it is written in, and without an author.
func TestSound(t *testing.T) {
	for _, format := range manifest.Names() {
		if starter.About(format) == "" {
			t.Errorf("%s: nothing is said about it", format)
		}
		plain := ofFormat(format)
		odd := plain
		odd.Title, odd.Summary, odd.Author = `A\B "C" 'd' $e %s *f* _g_`, `It's [h](i) & "j" \ ${k} #l: m < n?`, `O'Neil & "Sons"`
		unsigned := plain
		unsigned.Author, unsigned.Email, unsigned.Owner = "", "", ""
		for what, p := range map[string]starter.Package{"plain": plain, "odd": odd, "unsigned": unsigned} {
			list := files(t, p)
			built, findings := look(t, p.ID, list)
			if len(findings) > 0 {
				t.Errorf("%s, %s: %v", format, what, findings)
				continue
			}
			if built.Format != format || built.Version != "0.1.0" || built.Facts.License != "MIT" || len(built.Facts.Icons) == 0 || built.Facts.AccentColor != p.Accent() {
				t.Errorf("%s, %s: %+v", format, what, built)
			}
			if owners := manifest.OwnersOf([]byte(content(t, list, "regen.yaml"))); !slices.Equal(owners, ownersOf(p)) {
				t.Errorf("%s, %s: the owners are %v, expected %v", format, what, owners, ownersOf(p))
			}
			if got := built.Facts.Name["en"]; got != p.Title {
				t.Errorf("%s, %s: the title is %q, expected %q", format, what, got, p.Title)
			}
			if got := built.Facts.Summary["en"]; got != p.Summary {
				t.Errorf("%s, %s: the summary is %q, expected %q", format, what, got, p.Summary)
			}
			if a := built.Facts.Authors; len(a) != 1 || a[0].Name != p.Signed() || a[0].Email != p.Email {
				t.Errorf("%s, %s: the authors are %v, expected %s", format, what, a, p.Signed())
			}
			readme := content(t, list, "README.md")
			if _, decide, ok := strings.Cut(readme, "## Before you publish\n"); !ok || strings.Contains(decide, "\n#") {
				t.Errorf("%s: the readme doesn't end with what is to be decided", format)
			}
			if says := strings.Contains(readme, "write your name"); says != (p.Author == "") {
				t.Errorf("%s, %s: the readme asks for the author: %v", format, what, says)
			}
		}
	}
	if starter.About("nonsense") != "" {
		t.Error("something is said about a format that there isn't")
	}
	if _, err := starter.Files(starter.Package{Format: "../templates/vito"}); err == nil {
		t.Error("a format that there isn't is made")
	}
}

// The same values make the same files, and other ids other icons.
func TestSame(t *testing.T) {
	p := ofFormat("native")
	other := p
	other.ID = "other"
	icon := content(t, files(t, p), "icon.png")
	if icon != content(t, files(t, p), "icon.png") {
		t.Error("the icon is another one")
	}
	if icon == content(t, files(t, other), "icon.png") {
		t.Error("two ids have one icon")
	}
}

// The lead of a description is the summary, once there is one.
func TestLead(t *testing.T) {
	p := ofFormat("native")
	for summary, want := range map[string]string{
		p.Summary:          "Say here, in a few sentences, what Disk Watch does and for whom.",
		"Watches disks":    "Watches disks.",
		"Watches disks.":   "Watches disks.",
		"Who needs disks?": "Who needs disks?",
	} {
		p.Summary = summary
		if got := p.Lead(); got != want {
			t.Errorf("%q: the lead is %q, expected %q", summary, got, want)
		}
	}
}

// The examples that are commented out in regen.yaml are right: each, put in place of what is there, is taken without a finding, but for the screenshots that are still
// to be made.
func TestExamples(t *testing.T) {
	example := regexp.MustCompile(`(?m)(^#([a-z_]+:|  +).*\n)+`)
	key := regexp.MustCompile(`^[a-z_]+:`)
	for _, format := range manifest.Names() {
		p := ofFormat(format)
		p.Owner = "" // then the owners are an example, too
		made := files(t, p)
		sidecar := content(t, made, "regen.yaml")
		places := example.FindAllStringIndex(sidecar, -1)
		if len(places) < 3 || !strings.Contains(sidecar, "\n#  de: ") && !strings.Contains(sidecar, "#name:\n#  en:") {
			t.Errorf("%s: there are %d examples, expected some, and one in German", format, len(places))
		}
		for _, at := range places {
			text := sidecar[at[0]:at[1]]
			// Each key by itself: there may be several in a block.
			var blocks []string
			for line := range strings.Lines(text) {
				line = line[1:]
				if key.MatchString(line) || len(blocks) == 0 {
					blocks = append(blocks, "")
				}
				blocks[len(blocks)-1] += line
			}
			for _, block := range blocks {
				changed := sidecar[:at[0]] + block + sidecar[at[1]:]
				if k := key.FindString(block); k != "" {
					changed = regexp.MustCompile(`(?m)^`+k+`.*\n`).ReplaceAllString(sidecar[:at[0]], "") + block + regexp.MustCompile(`(?m)^`+k+`.*\n`).ReplaceAllString(sidecar[at[1]:], "")
				}
				list := slices.Clone(made)
				for i := range list {
					if list[i].Path == "regen.yaml" {
						list[i].Data = []byte(changed)
					}
				}
				_, findings := look(t, p.ID, list)
				for _, f := range findings {
					missing := f.Code == "files/missing" && (strings.Contains(f.Message, "screenshots/") || strings.Contains(f.Message, "assets/") || strings.Contains(f.Message, `"LICENSE"`))
					if !missing {
						t.Errorf("%s:\n%s%s: %s (%s)", format, block, f.Place(), f.Message, f.Code)
					}
				}
			}
		}
	}
}

// Pictures have the sides that their names or formats ask for, corners that are clear, and a mark.
func TestIcons(t *testing.T) {
	sides := map[string]int{"icons/32.png": 32, "icons/64.png": 64, "icons/128.png": 128}
	for _, format := range manifest.Names() {
		ids := 1
		if format == "dropserver" {
			ids = 40 // all colours and marks
		}
		for id := range ids {
			p := ofFormat(format)
			p.ID = fmt.Sprint("package", id)
			for _, f := range files(t, p) {
				if path.Ext(f.Path) != ".png" {
					continue
				}
				picture, err := png.Decode(bytes.NewReader(f.Data))
				if err != nil {
					t.Fatal(err)
				}
				want := sides[f.Path]
				if want == 0 {
					want = map[string]int{"dropserver": 192}[format]
				}
				if want == 0 {
					want = 256
				}
				size := picture.Bounds().Size()
				if size.X != want || size.Y != want {
					t.Errorf("%s: %s has %v, expected %d pixels a side", format, f.Path, size, want)
				}
				_, _, _, alpha := picture.At(0, 0).RGBA()
				r, g, b, _ := picture.At(want/2, 1).RGBA()
				if got := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8); alpha != 0 || got != p.Accent() {
					t.Errorf("%s: the corner's alpha is %d, and the edge %s, expected 0 and %s", p.ID, alpha, got, p.Accent())
				}
				if white := contrast(p.Accent()); white < 4.5 {
					t.Errorf("white on %s has a contrast of %.2f, expected 4.5", p.Accent(), white)
				}
			}
		}
	}
}

// contrast returns that of a colour and white, as WCAG 2.2 has it.
func contrast(colour string) float64 {
	var c [3]float64
	for i := range c {
		var v uint8
		fmt.Sscanf(colour[1+2*i:3+2*i], "%02x", &v)
		if c[i] = float64(v) / 255; c[i] <= 0.04045 {
			c[i] /= 12.92
		} else {
			c[i] = math.Pow((c[i]+0.055)/1.055, 2.4)
		}
	}
	return 1.05 / (0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] + 0.05)
}
