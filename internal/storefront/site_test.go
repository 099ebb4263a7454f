package storefront

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/regen-registry/regen/site"
)

// copyOf returns the site's files, to be changed.
func copyOf(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(site.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(site.FS, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A mistake in a site is found when it is loaded, with its place.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		file, from, to string // to is "" where the file is missing
		want           string
	}{
		"syntax":         {"templates/home.html", "<h1", "\n{{if}}<h1", "templates/home.html:4: missing value for if"},
		"unknown field":  {"templates/release.html", "{{.Version}}", "{{.Versoin}}", "templates/release.html:4:"},
		"unknown part":   {"templates/shelf.html", `{{template "cards"`, `{{template "crads"`, "templates/shelf.html:12:"},
		"field of part":  {"templates/card.html", "{{.Name}}", "{{.Label}}", "templates/card.html:10:"},
		"no context":     {"templates/card.html", "<h3>", `<h3 {{if .Name}}class={{end}}>`, "templates/card.html:10:"},
		"no main":        {"templates/home.html", `{{define "main"}}`, `{{define "mian"}}`, `templates/home.html:1: the page doesn't define "main"`},
		"missing page":   {"templates/shelf.html", "", "", "templates/shelf.html is missing"},
		"missing layout": {"templates/layout.html", "", "", "templates/layout.html is missing"},
		"missing style":  {"style.css", "", "", "open style.css"},
		"missing icon":   {"icon.svg", "", "", "open icon.svg"},
	} {
		t.Run(name, func(t *testing.T) {
			files := copyOf(t)
			if c.to == "" {
				delete(files, c.file)
			} else {
				old := string(files[c.file].Data)
				if !strings.Contains(old, c.from) {
					t.Fatalf("%s doesn't hold %s", c.file, c.from)
				}
				files[c.file].Data = []byte(strings.Replace(old, c.from, c.to, 1))
			}
			_, err := New(files)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, expected %q", err, c.want)
			}
		})
	}
}

// The digest changes with every file, and the path of a static file with its content.
func TestDigest(t *testing.T) {
	old := newRenderer(t)
	for path := range copyOf(t) {
		files := copyOf(t)
		files[path].Data = append(files[path].Data, '\n')
		r, err := New(files)
		if err != nil {
			t.Fatal(err)
		}
		if r.Digest() == old.Digest() {
			t.Errorf("%s isn't part of the digest", path)
		}
		if (r.style == old.style) != (path != "style.css") || (r.icon == old.icon) != (path != "icon.svg") {
			t.Errorf("%s changed, and the static files are %s and %s", path, r.style, r.icon)
		}
	}
	static := old.Static()
	if len(static) != 2 || len(static[old.style]) == 0 || len(static[old.icon]) == 0 {
		t.Errorf("static files are %v", static)
	}
	delete(static, old.style)
	if len(old.Static()) != 2 {
		t.Error("the renderer's own map was changed")
	}
}

// Text reaches the contrast that WCAG 2.2 AA asks for, 4.5 : 1, in both schemes.
func TestContrast(t *testing.T) {
	style, err := fs.ReadFile(site.FS, "style.css")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(style), "url(") || strings.Contains(string(style), "@import") {
		t.Error("the stylesheet loads something")
	}
	screen, _, _ := strings.Cut(string(style), "@media print")
	colour := regexp.MustCompile(`(--[a-z-]+): (#[0-9a-f]{6})`)
	tile := regexp.MustCompile(`\.(tile\d) \{ background: (#[0-9a-f]{6}); color: (#[0-9a-f]{6}); \}`)
	schemes := []map[string]string{{}, {}}
	for _, m := range colour.FindAllStringSubmatch(screen, -1) {
		scheme := schemes[0]
		if scheme[m[1]] != "" {
			scheme = schemes[1]
		}
		scheme[m[1]] = m[2]
	}
	pairs := [][2]string{
		{"ink", "ground"}, {"ink", "surface"}, {"ink", "sunken"}, {"quiet", "ground"}, {"quiet", "surface"}, {"quiet", "sunken"}, {"accent", "ground"}, {"accent", "surface"},
		{"accent-strong", "ground"}, {"accent", "good"}, {"on-accent", "accent"}, {"on-accent", "accent-strong"}, {"warn", "warn-ground"}, {"bad", "bad-ground"}, {"ink", "warn-ground"}, {"ink", "bad-ground"},
		{"accent", "warn-ground"},
	}
	for i, scheme := range schemes {
		for _, p := range pairs {
			if c := contrast(scheme["--"+p[0]], scheme["--"+p[1]]); c < 4.5 {
				t.Errorf("scheme %d: %s on %s has a contrast of %.2f", i, p[0], p[1], c)
			}
		}
	}
	found := tile.FindAllStringSubmatch(screen, -1)
	if len(found) != 2*tiles {
		t.Errorf("there are %d tiles, expected %d", len(found), 2*tiles)
	}
	for _, m := range found {
		if c := contrast(m[2], m[3]); c < 4.5 {
			t.Errorf("%s has a contrast of %.2f", m[1], c)
		}
	}
}

// contrast returns WCAG's contrast ratio of two colours.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(colour string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(fmt.Sprintf("colour %q: %v", colour, err))
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
