package storefront

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// faults returns what is wrong with a theme, a line each: path:line:column: message.
func faults(t *testing.T, s wire.Site) string {
	t.Helper()
	_, err := New(site.FS, s)
	if err == nil {
		return ""
	}
	var wrong *ThemeError
	if !errors.As(err, &wrong) {
		t.Fatalf("got the error %v, expected a ThemeError", err)
	}
	var lines []string
	for _, f := range wrong.Findings {
		if f.Hint == "" || f.Severity != check.Error {
			t.Errorf("%+v", f)
		}
		lines = append(lines, f.Place()+": "+f.Message)
	}
	return strings.Join(lines, "\n")
}

// alone is a theme of one file, in as few languages as can be, so that the samples are few.
func alone(name, content string) wire.Site {
	s := wire.Site{Languages: []string{"en"}, Files: map[string]string{name: content}}
	if tag, ok := strings.CutPrefix(strings.TrimSuffix(name, ".yaml"), "strings/"); ok && tag != "en" {
		s.Languages = append(s.Languages, tag)
	}
	return s
}

// A theme replaces templates, styles, the mark and single texts, and adds languages; what it doesn't replace stays.
func TestTheme(t *testing.T) {
	r, err := New(site.FS, wire.Site{Languages: []string{"fr", "en", "de"}, Files: map[string]string{
		"strings/en.yaml":     "skip: Jump\ntheme_hello: Hello, {name}\n",
		"strings/de.yaml":     "skip: Hüpf\n",
		"strings/fr.yaml":     "language: Français\ndirection: ltr\ndate: \"{day} {month} {year}\"\nmonths: janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.\nthousands: \" \"\ndecimal: \",\"\nskip: Aller au contenu\n",
		"templates/404.html":  `{{define "main"}}<h1>{{t "theme_hello" "name" .Page.Registry}}</h1>{{template "extra"}}{{end}}`,
		"templates/mine.html": `{{define "extra"}}<p>More</p>{{end}}`,
		"styles/90-mine.css":  "h1 { color: var(--accent) }\n",
		"icon.svg":            `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Fixed(registry)
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[string]string)
	for _, f := range files {
		pages[f.Path] = string(f.Data)
	}
	for path, wants := range map[string][]string{
		wire.NotFoundPage: {"<h1>Hello, Harbour Plugins</h1><p>More</p>", ">Aller au contenu<"}, "fr/" + wire.SearchPage: {">Aller au contenu<", `lang="fr"`},
		"de/" + wire.SearchPage: {">Hüpf<", "Sprachen"}, "en/" + wire.SearchPage: {">Jump<", "Languages"},
	} {
		for _, want := range wants {
			if !strings.Contains(pages[path], want) {
				t.Errorf("%s has no %s", path, want)
			}
		}
	}
	if css := string(r.Static()[r.style]); !strings.HasSuffix(css, "h1 { color: var(--accent) }\n") || !strings.Contains(css, "--ground:") {
		t.Error("the rules aren't at the end of the stylesheet")
	}
	if n := len(r.StopWords("de")); n == 0 {
		t.Error("the German stop words are gone")
	}
}

// What is wrong with a theme is found when it is loaded, with its line.
func TestThemeFaults(t *testing.T) {
	for _, c := range []struct {
		what, file, content, want string
	}{
		{"braces that aren't closed", "templates/404.html", "{{define \"main\"}}\n  <p>{{.Page.Title</p>\n{{end}}", "site/templates/404.html:2: "},
		{"a field that isn't there", "templates/404.html", "{{define \"main\"}}\n  <p>{{.Page.Nope}}</p>\n{{end}}", "site/templates/404.html:2:13: <.Page.Nope>: there is no field Nope in "},
		{"a text that isn't there", "templates/404.html", "{{define \"main\"}}\n  {{t \"nope\"}}\n{{end}}", `site/templates/404.html:2:7: no text "nope", expected a key of site/strings/en.yaml`},
		{"a value that a text isn't given", "templates/404.html", "{{define \"main\"}}\n  {{t \"packages\"}}\n{{end}}", "site/templates/404.html:2:7: the text \"packages\" takes {n}, and isn't given it"},
		{"a part that isn't there", "templates/404.html", "{{define \"main\"}}\n  {{template \"nope\"}}\n{{end}}", `site/templates/404.html:2:14: no such template "nope"`},
		{"a page without its part", "templates/404.html", "<p>", `site/templates/404.html:1: the page doesn't define "main"`},
		{"a value where it can't be escaped", "templates/404.html", "{{define \"main\"}}\n  <a onclick=a{{.Page.Title}}'>{{if .Page.Title}}\"{{end}}</a>\n{{end}}", "site/templates/404.html: \"'\" in unquoted attr"},
		{"a function that makes texts longer", "templates/404.html", "{{define \"main\"}}\n\n  {{$x := printf \"%99999d\" 1}}\n{{end}}", `site/templates/404.html:3:11: calls "printf", expected t, `},
		{"a function that isn't there", "templates/404.html", "{{define \"main\"}}{{env \"HOME\"}}{{end}}", `site/templates/404.html:1:20: calls "env", expected t, `},
		{"a function in brackets", "templates/404.html", "{{define \"main\"}}{{if (and 1 (print 2)).X}}{{end}}{{end}}", `site/templates/404.html:1:31: calls "print", expected t, `},
		{"loops in loops", "templates/404.html", "{{define \"main\"}}\n" + strings.Repeat("{{range .Page.Languages}}", 6) + "a" + strings.Repeat("{{end}}", 6) + "{{end}}", "site/templates/404.html:2:151: is in 6 loops, expected at most 5"},
		{"braces in braces", "templates/404.html", "{{define \"main\"}}{{" + strings.Repeat("(", 100_000) + "1", "site/templates/404.html:1: max expression depth exceeded"},
		{"parts in parts", "templates/404.html", "{{define \"main\"}}{{template \"main\"}}{{end}}", `site/templates/404.html:1:29: <{{template "main"}}>: exceeded maximum template depth (100000)`},
		{"very much in braces", "templates/404.html", "{{define \"main\"}}{{and" + strings.Repeat(" 1", 100) + "}}{{end}}", "site/templates/404.html:1:20: has 101 words in braces, expected at most 60"},
		{"a page that loops", "templates/404.html", "{{define \"main\"}}{{range 1000000000000}}{{end}}{{end}}", "site/templates/404.html: a page takes more than 1048576 steps, expected templates that come to an end"},
		{"assignments that loop", "templates/404.html", "{{define \"main\"}}{{range 1000000}}{{range 1000000}}{{$x := 1}}{{end}}{{end}}{{end}}", "site/templates/404.html: a page takes more than 1048576 steps"},
		{"parts that call themselves", "templates/404.html", "{{define \"main\"}}{{template \"a\" \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}}{{end}}{{define \"a\"}}{{if .}}{{template \"a\" slice . 1}}{{template \"a\" slice . 1}}{{end}}{{end}}", "site/templates/404.html: a page takes more than 1048576 steps"},
		{"a page that is too large", "templates/404.html", "{{define \"main\"}}{{range 1000000000}}<p>01234567890123456789012345678901234567890123456789</p>{{end}}{{end}}", "site/templates/404.html: a page has more than 8388608 bytes"},

		{"a text of a key that isn't there", "strings/de.yaml", "skip: a\nnav_hom: b\n", `site/strings/de.yaml:2:1: no page has a text "nav_hom", expected a key of strings/en.yaml; a text of the theme's own begins with theme_, and stands there first`},
		{"a value that a page doesn't give", "strings/de.yaml", "skip: Zu {name}\n", "site/strings/de.yaml:1:1: skip: the page gives no {name} there, expected no braces"},
		{"a plural without other", "strings/de.yaml", "packages:\n  one: ein Paket\n", "site/strings/de.yaml:1:1: packages: the plural category other is missing"},
		{"a plural category that isn't one", "strings/de.yaml", "packages:\n  none: kein Paket\n", `site/strings/de.yaml:1:1: packages: "none" is no plural category, expected zero, one, two, few, many or other`},
		{"a list for a text", "strings/de.yaml", "skip: [a]\n", "site/strings/de.yaml:1:1: skip: expected a text, in quotes where it looks like something else"},
		{"a language without its own facts", "strings/fr.yaml", "skip: Aller\n", "site/strings/fr.yaml:1:1: language is missing: it says something about the language itself"},
		{"a language that isn't one", "strings/french.yaml", "skip: Aller\n", `site/strings/french.yaml: "french" is no language tag, expected one such as de or pt-BR`},
		{"a directory of the tree as a language", "strings/log.yaml", "skip: Aller\n", `site/strings/log.yaml: "log" is no language tag, expected one such as de or pt-BR`},
		{"eleven months", "strings/de.yaml", "skip: a\nmonths: a b c d e f g h i j k\n", "site/strings/de.yaml:2:1: months has 11 names, expected 12"},
		{"YAML that isn't", "strings/de.yaml", "skip: a: b\n", "site/strings/de.yaml:1:1: not YAML: mapping values are not allowed in this context"},

		{"an import", "styles/90-a.css", "\n@import url(x.css);", "site/styles/90-a.css:2:1: found @import, expected rules"},
		{"an address elsewhere", "styles/90-a.css", "a {\n  background: url(https://example.org/x.png) }", `site/styles/90-a.css:2:19: found the address "https://example.org/x.png", expected none, or one of a file of the registry`},
		{"an address elsewhere, in quotes", "styles/90-a.css", "a { background: image-set(\"//example.org/x.png\" 1x) }", `site/styles/90-a.css:1:27: found the address "//example.org/x.png", expected none`},
		{"a picture in the sheet", "styles/90-a.css", "a { background: URL( data:image/png;base64,AA== ) }", `site/styles/90-a.css:1:21: found the address " data:image/png;base64,AA== ", expected none`},
		{"an escaped name", "styles/90-a.css", "a { background: u\\72l(//example.org/) }", "site/styles/90-a.css:1:18: found an escape in a name, expected none outside of quotes"},
		{"a block that isn't closed", "styles/90-a.css", "a { color: red }\nb {\n c { }\n", `site/styles/90-a.css:2:3: "{" isn't closed`},
		{"a brace too many", "styles/90-a.css", "a { } }\n", `site/styles/90-a.css:1:7: found "}", which closes nothing`},
		{"a comment that isn't closed", "styles/90-a.css", "a { }\n/* b", "site/styles/90-a.css:2:1: a comment isn't closed"},
		{"a quote that isn't closed", "styles/90-a.css", "a::before { content: \"x\n }", "site/styles/90-a.css:1:22: a text in quotes isn't closed"},
		{"bytes that are no text", "styles/90-a.css", "a { } /* \xff */", "site/styles/90-a.css: isn't UTF-8"},

		{"a script in the mark", "icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\">\n<script/></svg>", "site/icon.svg:2:1: the mark "},
		{"a mark that isn't one", "icon.svg", "<html>", "site/icon.svg:1:1: the mark "},
	} {
		start := time.Now()
		got := faults(t, alone(c.file, c.content))
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.what, got, c.want)
		}
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s: took %v", c.what, d)
		}
	}
}

// What looks like that and is right is taken.
func TestThemeAccepts(t *testing.T) {
	for name, content := range map[string]string{
		"styles/90-a.css": "/* @import url(https://example.org) */\n.sm\\:a::after { content: \"{ https://example.org \\\" (\"; background: url(icon.svg), url('../packages/a/1.0.0/assets/b.png') }\n" +
			"a[href^=\"https:\"] { color: rgb(0 0 0 / 50%) }\n@media (min-width: 10em) { @supports (display: grid) { b { color: red } } }\n",
		"templates/404.html": "{{define \"main\"}}{{/* a comment */}}{{range $i, $l := .Page.Languages}}{{if and $l.Lang (gt $i 0)}}{{number (len $l.Name)}}{{end}}{{else}}-{{end}}{{end}}",
		"strings/de.yaml":    "packages: {one: \"ein Paket\", two: \"zwei Pakete\", other: \"{n} Pakete\"}\n",
		"icon.svg":           `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>a</title></svg>`,
	} {
		if got := faults(t, alone(name, content)); got != "" {
			t.Errorf("%s", got)
		}
	}
}

// A language that registry.yaml names needs texts.
func TestNoTexts(t *testing.T) {
	if got, want := faults(t, wire.Site{Languages: []string{"en", "fr"}}), "site/strings/fr.yaml: is missing, and the pages are to be in that language, too"; got != want {
		t.Errorf("got %q, expected %q", got, want)
	}
}

// Files that no theme has are found, all of them, and what belongs to the directory for other reasons is passed over; of what is as it is built in, nothing is kept.
func TestThemeFiles(t *testing.T) {
	builtIn, err := fs.ReadFile(site.FS, "templates/home.html")
	if err != nil {
		t.Fatal(err)
	}
	theme, err := Theme(site.FS, map[string][]byte{"README.md": nil, "templates/home.html": builtIn, "styles/90-a.css": []byte("a {}")})
	if err != nil || len(theme) != 1 || theme["styles/90-a.css"] != "a {}" {
		t.Errorf("%v, %v", theme, err)
	}
	if theme, err = Theme(site.FS, map[string][]byte{"site.go": nil, "styles/90-a.css": []byte("a {}"), "scripts/a.js": nil}); err != nil || theme != nil {
		t.Errorf("the program's own directory is taken for a theme: %v, %v", theme, err)
	}
	_, err = Theme(site.FS, map[string][]byte{"scripts/copy.js": []byte("alert(1)"), "templates/a/b.html": nil, "fonts/a.woff2": nil, "styles/a.css": make([]byte, MaxTheme+1)})
	want := []string{
		"site/fonts/a.woff2: is no file of a theme, expected templates/*.html, styles/*.css, strings/<language>.yaml or icon.svg", "site/scripts/copy.js: is no file", "site/templates/a/b.html: is no file",
		"site: the files have 2097153 bytes, expected at most 2097152",
	}
	var wrong *ThemeError
	if !errors.As(err, &wrong) || len(wrong.Findings) != len(want) {
		t.Fatalf("%v", err)
	}
	for i, f := range wrong.Findings {
		if got := f.Place() + ": " + f.Message; !strings.HasPrefix(got, want[i]) {
			t.Errorf("got %s, expected %s", got, want[i])
		}
	}
}

// A text that is made out of itself again and again comes to an end.
func TestThemeGrows(t *testing.T) {
	got := faults(t, wire.Site{Languages: []string{"en"}, Files: map[string]string{
		"strings/en.yaml":    "theme_a: \"{x}{x}\"\n",
		"templates/404.html": "{{define \"main\"}}\n{{$x := \"0123456789\"}}{{range 64}}{{$x = t \"theme_a\" \"x\" $x}}{{end}}{{end}}",
	}})
	if want := "site/templates/404.html:2:"; !strings.HasPrefix(got, want) || !strings.Contains(got, "it would have more than 262144 bytes") {
		t.Errorf("got %s", got)
	}
}
