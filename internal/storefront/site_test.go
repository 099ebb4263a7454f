package storefront

import (
	"fmt"
	"io/fs"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// builtInFiles returns the site's files.
func builtInFiles(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(site.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(site.FS, path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A mistake in a registry's own files is found when they are loaded, with its place.
func TestMistakes(t *testing.T) {
	builtIn := builtInFiles(t)
	for name, c := range map[string]struct {
		file, from, to string
		want           string
	}{
		"syntax":             {"templates/home.html", "<h1", "\n{{if}}<h1", "site/templates/home.html:5: missing value for if"},
		"unknown field":      {"templates/package.html", "{{.Package}}", "{{.Pakcage}}", "site/templates/package.html:4:"},
		"unknown part":       {"templates/list.html", `{{template "cards"`, `{{template "crads"`, "site/templates/list.html:32:"},
		"field of part":      {"templates/card.html", "{{.Name.Text}}", "{{.Label.Text}}", "site/templates/card.html:22:"},
		"no context":         {"templates/card.html", "<h3>", `<h3 {{if .Name}}class={{end}}>`, "site/templates/card.html:22"},
		"no main":            {"templates/home.html", `{{define "main"}}`, `{{define "mian"}}`, `site/templates/home.html:1: the page doesn't define "main"`},
		"no text":            {"templates/home.html", `{{t "home_lead"}}`, `{{t "home_led"}}`, `site/templates/home.html:5:28: no text "home_led", expected a key of site/strings/en.yaml`},
		"no text, not taken": {"templates/news.html", `{{define "main"}}`, `{{define "main"}}{{if eq .Page.Title "?"}}{{t "nothing"}}{{end}}`, `site/templates/news.html:1:47: no text "nothing"`},
		"no value":           {"templates/home.html", `{{t "home_count" "n" .Count}}`, `{{t "packages"}}`, `the text "packages" takes {n}, and isn't given it`},
		"endless":            {"templates/404.html", `{{define "main"}}`, `{{define "main"}}{{range 2000000000}}` + strings.Repeat("endless ", 1000) + `{{end}}`, "a page has more than"},
		"unknown text":       {"strings/de.yaml", "home_lead:", "home_led:", `site/strings/de.yaml:`},
	} {
		t.Run(name, func(t *testing.T) {
			old := builtIn[c.file]
			if !strings.Contains(old, c.from) {
				t.Fatalf("%s doesn't hold %s", c.file, c.from)
			}
			_, err := New(site.FS, wire.Site{Files: map[string]string{c.file: strings.Replace(old, c.from, c.to, 1)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, expected %q", err, c.want)
			}
		})
	}
}

// A site that lacks a file it can't do without isn't loaded.
func TestMissingFiles(t *testing.T) {
	for _, path := range []string{"templates/list.html", "templates/layout.html", "icon.svg", "strings/en.yaml"} {
		files := mapFS(builtInFiles(t))
		delete(files, path)
		if _, err := New(files, wire.Site{}); err == nil || !strings.Contains(err.Error(), "site/"+path+": is missing") && !strings.Contains(err.Error(), path+" is missing") {
			t.Errorf("got %v, expected that %s is missing", err, path)
		}
	}
	if _, err := New(site.FS, wire.Site{Languages: []string{"en", "fr"}}); err == nil || !strings.Contains(err.Error(), "site/strings/fr.yaml: is missing, and the pages are to be in that language, too") {
		t.Errorf("got %v, expected that the texts are missing", err)
	}
}

func mapFS(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for path, content := range files {
		m[path] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

// A registry's own texts and styles take the place of the built-in ones.
func TestOwnFiles(t *testing.T) {
	home := strings.Replace(builtInFiles(t)["templates/home.html"], "<h1", `<p>Ahoy.</p><h1`, 1)
	r, err := New(site.FS, wire.Site{Files: map[string]string{"templates/home.html": home, "styles/90-own.css": "h1 { color: var(--accent); }\n"}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Home(Home{Registry: registry})
	if err != nil || !strings.Contains(string(files[0].Data), "Ahoy.") {
		t.Errorf("the registry's own template isn't used (%v)", err)
	}
	if style := string(r.static[r.style]); !strings.Contains(style, "h1 { color: var(--accent); }") {
		t.Error("the registry's own style isn't used")
	}
}

// The digest changes with every file, and the path of a static file with its content.
func TestDigest(t *testing.T) {
	old := builtIn().r
	files := builtInFiles(t)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		changed := mapFS(files)
		changed[path] = &fstest.MapFile{Data: []byte(files[path] + "\n")}
		r, err := New(changed, wire.Site{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Digest() == old.Digest() {
			t.Errorf("%s isn't part of the digest", path)
		}
		if (r.style == old.style) != !strings.HasPrefix(path, "styles/") || (r.icon == old.icon) != (path != "icon.svg") {
			t.Errorf("%s changed, and the static files are %s and %s", path, r.style, r.icon)
		}
	}
	static := old.Static()
	if len(static[old.style]) == 0 || len(static[old.icon]) == 0 {
		t.Errorf("static files are %v", slices.Sorted(maps.Keys(static)))
	}
	n := len(static)
	delete(static, old.style)
	if len(old.Static()) != n {
		t.Error("the renderer's own map was changed")
	}
}

// Text reaches the contrast that WCAG 2.2 AA asks for, 4.5 : 1, in both schemes.
func TestContrast(t *testing.T) {
	style := string(builtIn().r.static[builtIn().r.style])
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("the stylesheet loads something")
	}
	base, err := fs.ReadFile(site.FS, "styles/10-base.css")
	if err != nil {
		t.Fatal(err)
	}
	screen, _, _ := strings.Cut(string(base), "@media print")
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
		{"accent", "sunken"}, {"accent", "accent-soft"}, {"ink", "accent-soft"}, {"quiet", "accent-soft"}, {"accent-strong", "ground"}, {"accent", "good"}, {"on-accent", "accent"}, {"on-accent", "accent-strong"}, {"warn", "warn-ground"}, {"bad", "bad-ground"}, {"ink", "warn-ground"}, {"ink", "bad-ground"},
		{"accent", "warn-ground"},
	}
	for i, scheme := range schemes {
		for _, p := range pairs {
			if c := contrast(scheme["--"+p[0]], scheme["--"+p[1]]); c < 4.5 {
				t.Errorf("scheme %d: %s on %s has a contrast of %.2f", i, p[0], p[1], c)
			}
		}
	}
	for i, scheme := range schemes {
		for _, ground := range []string{"ground", "surface", "sunken", "accent-soft"} {
			if c := contrast(scheme["--edge"], scheme["--"+ground]); c < 3 {
				t.Errorf("scheme %d: the edge of a control on %s has a contrast of %.2f", i, ground, c)
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
