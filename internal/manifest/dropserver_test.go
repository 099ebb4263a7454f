package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/rules/casefile"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

// The base package has no finding at all, and says all of this.
func TestDropserverFacts(t *testing.T) {
	p := dropPackage(dropBase(t))
	m, findings := Dropserver{}.Read(p, Env{Published: "0.0.1"})
	if len(findings) > 0 {
		t.Fatalf("%+v", findings)
	}
	ref := func(path string) wire.File { return asset(p.File(path)) }
	license := ref("LICENSE")
	want := Manifest{
		Format: "dropserver", Version: "1.0.0", Channel: "stable",
		Facts: wire.Facts{
			Name:        wire.Text{"en": "Demo"},
			Summary:     wire.Text{"en": "Shows what an app is made of"},
			Description: map[string]wire.File{"en": ref("README.md")},
			Changelog:   map[string]wire.File{"en": ref("changelog.txt")},
			Entrypoint:  "app.ts",
			DataSchema:  1,
			Migrations:  []wire.Migration{{Direction: "up", Schema: 1}, {Direction: "down", Schema: 1}},
			RoutesRisk:  "private",
			Code:        "ts",
			Icons:       []wire.Image{{File: ref("icon.png"), Width: 192, Height: 192}},
			Languages:   map[string]int{"en": 100},
			Authors:     []wire.Author{{Name: "Ada Example", Email: "ada@example.org", URL: "https://example.org/ada"}},
			Repository:  "https://example.org/demo/source",
			Homepage:    "https://example.org/demo",
			Funding:     []wire.Text{{"en": "https://example.org/donate"}},
			License:     "MIT",
			LicenseFile: &license,
			AccentColor: "#3b82f6",
			Ext:         map[string]any{"dropserver": map[string]any{"imports": []string{}}},
		},
		Assets:   []string{"icon.png", "LICENSE", "README.md", "changelog.txt"},
		Artifact: Artifact{Name: "demo-1.0.0.tar.gz", Files: p.Files},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("got  %+v\nwant %+v", m, want)
	}
	if _, err := wire.Encode(m.Facts); err != nil {
		t.Error(err)
	}
	if p.File(SidecarFile) != nil {
		t.Error("the sidecar is packed")
	}
}

func TestDropserverFormat(t *testing.T) {
	var f Format = Dropserver{}
	if _, ok := f.(Stamper); !ok || f.Name() != "dropserver" || f.Manifest() != "dropapp.json" || f.Prefix("demo") != "" || KindOf("demo-1.0.0.tar.gz") != TarGz {
		t.Error("not as the format is described")
	}
	if !f.Detect([]string{"app.ts", "dropapp.json"}) || f.Detect([]string{"app.ts", "dropapp.yaml"}) {
		t.Error("Detect looks for something else than dropapp.json")
	}
	for path, excluded := range map[string]bool{
		".env": true, "a/.env": true, ".well-known/x": true, "a/.b/c": true, "regen.yaml": true, "node_modules/x.js": true,
		"a.b": false, "a/b.": false, "a/regen.yaml": false, "vendor/x.ts": false, "tests/x.ts": false,
	} {
		if f.Excluded(path) != excluded {
			t.Errorf("%s: left out %t", path, !excluded)
		}
	}
}

const dropHead = `"name": "Demo", "short-description": "Shows what an app is made of", "version": "1.0.0"`

// dropManifestWith returns a manifest that has more in it.
func dropManifestWith(more string) map[string]string {
	return map[string]string{"dropapp.json": "{" + dropHead + more + "}"}
}

// Each of these is found, in this place, and nothing else of the same kind.
func TestDropserverFindings(t *testing.T) {
	for _, c := range []struct {
		more    string // in the manifest
		files   map[string]string
		code    string
		message string
	}{
		{`, "releasedate": "x"`, nil, "schema/unknown-key", "releasedate"},
		{`, "name ": "x"`, nil, "schema/unknown-key", ""},
		{`, "schema": "1"`, nil, "schema/type", "schema is"},
		{`, "schema": -1`, nil, "schema/range", "schema is -1"},
		{`, "schema": 1.5`, nil, "schema/type", "1.5"},
		{`, "migrations": {}`, nil, "schema/type", "migrations is"},
		{`, "migrations": [{"direction": "sideways", "schema": 1}]`, nil, "schema/enum", "sideways"},
		{`, "migrations": [{"direction": "up", "schema": 0}]`, nil, "schema/range", "migrations[0].schema"},
		{`, "migrations": [{"direction": "up"}]`, nil, "schema/required", "schema"},
		{`, "migrations": [{"direction": "up", "schema": 1}]`, nil, "dropserver/schema", "the schema is 0"},
		{`, "schema": 3`, nil, "dropserver/schema", "is 0"},
		{`, "authors": "Ada"`, nil, "schema/type", "authors is"},
		{`, "authors": [{"name": "<b>Ada</b>"}]`, nil, "text/html", "authors[0].name"},
		{`, "authors": [{"email": "ada"}]`, nil, "schema/pattern", "authors[0].email"},
		{`, "authors": [{"url": "ftp://example.org"}]`, nil, "schema/pattern", "authors[0].url"},
		{`, "code": "git@example.org:demo"`, nil, "schema/pattern", "code is"},
		{`, "website": "javascript:alert(1)"`, nil, "schema/pattern", "website is"},
		{`, "funding": "https://ada:secret@example.org/"`, nil, "text/url", "no user and password"},
		{`, "funding": ["https://example.org/"]`, nil, "schema/type", "funding is"},
		{`, "license": "MITT"`, nil, "license/unknown", "MITT"},
		{`, "license-file": "LICENCE"`, nil, "files/missing", "LICENCE"},
		{`, "icon": "icons/icon.png"`, nil, "files/missing", "icons/icon.png"},
		{`, "icon": ".icon.png"`, map[string]string{".icon.png": "x"}, "files/missing", ".icon.png"},
		{`, "icon": "icon.png"`, map[string]string{"icon.png": "no picture at all"}, "image/kind", ""},
		{`, "changelog": "changes.txt"`, nil, "files/missing", "changes.txt"},
		{`, "entrypoint": "main.ts"`, nil, "files/missing", "main.ts"},
		{`, "entrypoint": "../app.ts"`, nil, "schema/pattern", "entrypoint is"},
		{`, "entrypoint": "lib/../app.ts"`, nil, "schema/pattern", "entrypoint is"},
		{`, "entrypoint": "lib\\app.ts"`, nil, "schema/pattern", "entrypoint is"},
		{`, "entrypoint": "app..ts"`, map[string]string{"app..ts": ""}, "schema/pattern", "entrypoint is"}, // as hosts do
		{`, "entrypoint": ""`, nil, "schema/pattern", "entrypoint is"},
		{`, "entrypoint": "/"`, nil, "files/path", ""},
		{`, "entrypoint": "./"`, nil, "files/path", ""},
		{``, map[string]string{"app.ts": dropRemoved}, "dropserver/entrypoint", "neither"},
		{``, map[string]string{"app.js": ""}, "dropserver/entrypoint", "both"},
		{`, "accent-color": 255`, nil, "schema/type", "accent-color is"},
		{`, "release-date": ""`, nil, "dropserver/release-date", ""},
		{`, "release\u002ddate": "2026-05-04"`, nil, "dropserver/release-date", ""},
		{`, "name": "x"`, nil, "json/duplicate-key", "name"},
		{``, map[string]string{"regen.yaml": "version: 2.0.0"}, "sidecar/overrides", "version"},
		{``, map[string]string{"regen.yaml": "data_schema: 3"}, "sidecar/ignored", "data_schema"},
		{``, map[string]string{"regen.yaml": "vendored: true"}, "sidecar/ignored", "vendored"},
		{``, map[string]string{"regen.yaml": "code: none"}, "sidecar/ignored", "code"},
		{``, map[string]string{"regen.yaml": "ext: {dropserver: {imports: []}}"}, "sidecar/overrides", "ext.dropserver"},
	} {
		files := dropManifestWith(c.more)
		for path, content := range c.files {
			files[path] = content
		}
		_, findings := readDrop(t, files)
		count := 0
		for _, f := range findings {
			if f.Code == c.code && strings.Contains(f.Message, c.message) {
				count++
			}
			if f.Severity == check.Error && f.Code != c.code {
				t.Errorf("%s %v: also %s: %s", c.more, c.files, f.Code, f)
			}
		}
		if count != 1 {
			t.Errorf("%s %v: %d times %s: %+v", c.more, c.files, count, c.code, findings)
		}
	}
}

// What is nearly one of those is fine.
func TestDropserverNearMisses(t *testing.T) {
	for _, c := range []struct {
		more  string
		files map[string]string
		check func(wire.Facts) bool
	}{
		{`, "entrypoint": "/app.ts"`, nil, func(f wire.Facts) bool { return f.Entrypoint == "app.ts" }},
		{`, "entrypoint": "./lib//main.ts"`, map[string]string{"lib/main.ts": ""}, func(f wire.Facts) bool { return f.Entrypoint == "lib/main.ts" }},
		{`, "entrypoint": "pages.ts"`, map[string]string{"app.js": ""}, func(f wire.Facts) bool { return f.Entrypoint == "pages.ts" }},
		{``, map[string]string{"app.ts": dropRemoved, "app.js": ""}, func(f wire.Facts) bool { return f.Entrypoint == "app.js" }},
		{`, "icon": "/icon.png"`, nil, func(f wire.Facts) bool { return f.Icons[0].Path == "icon.png" }},
		{`, "changelog": "/docs/new.txt"`, map[string]string{"docs/new.txt": "\ufeff\n 1.0.0 \r\n\nx"}, func(f wire.Facts) bool { return f.Changelog["en"].Path == "docs/new.txt" }},
		{`, "license-file": "/LICENSE"`, nil, func(f wire.Facts) bool { return f.LicenseFile.Path == "LICENSE" && f.License == "" }},
		{`, "schema": 0, "migrations": []`, nil, func(f wire.Facts) bool { return f.DataSchema == 0 && f.Migrations == nil }},
		{`, "schema": 2e0, "migrations": [{"direction": "up", "schema": 2}, {"direction": "up", "schema": 1.0}]`, nil, func(f wire.Facts) bool { return f.DataSchema == 2 && len(f.Migrations) == 2 }},
		{`, "code": "http://example.org", "website": "https://example.org/?a=b#c"`, nil, func(f wire.Facts) bool {
			return f.Repository == "http://example.org" && f.Homepage == "https://example.org/?a=b#c"
		}},
		{`, "authors": [{}, {"email": "ada@example.org"}]`, nil, func(f wire.Facts) bool { return slices.Equal(f.Authors, []wire.Author{{Email: "ada@example.org"}}) }},
		{`, "accent-color": "  hsl(120deg 50% 40% / 0.5)"`, nil, func(f wire.Facts) bool { return f.AccentColor == "hsl(120deg 50% 40% / 0.5)" }},
		{`, "accent-color": "no colour"`, nil, func(f wire.Facts) bool { return f.AccentColor == "" }},
		{``, map[string]string{"regen.yaml": "host_api: {min: \"0.13\"}\nversion: 1.0.0\nversion_code: 3"}, func(f wire.Facts) bool { return f.HostAPI.Min == "0.13.0" && f.VersionCode == 3 }},
		{``, map[string]string{"vendor/x.ts": ""}, func(f wire.Facts) bool { return f.Vendored }},
		{``, map[string]string{"lib/vendor/x.ts": "", "vendor.ts": ""}, func(f wire.Facts) bool { return !f.Vendored }},
		{``, map[string]string{"deno.json": `{"vendor": true}`}, func(f wire.Facts) bool { return f.Vendored }},
		{``, map[string]string{"deno.json": `{"vendor": "true"}`}, func(f wire.Facts) bool { return !f.Vendored }},
		{``, map[string]string{"deno.json": `{"vendor": true`}, func(f wire.Facts) bool { return !f.Vendored }},
	} {
		files := dropManifestWith(c.more)
		for path, content := range c.files {
			files[path] = content
		}
		m, findings := readDrop(t, files)
		if errs := findings.Errors(); len(errs) > 0 || !c.check(m.Facts) {
			t.Errorf("%s %v: %v, %+v", c.more, c.files, errs, m.Facts)
		}
	}
}

// Hosts count what people see as one character as one.
func TestDropserverTexts(t *testing.T) {
	for _, c := range []struct {
		name string
		warn bool
	}{
		{strings.Repeat("x", 30), false},
		{strings.Repeat("x", 31), true},
		{"  " + strings.Repeat("x", 30) + "  ", false},
		{strings.Repeat("é", 30), false},
		{strings.Repeat("e\u0301", 30), false},
		{strings.Repeat("👩\u200d👩\u200d👧", 30), false},
		{strings.Repeat("🇩🇪", 31), true},
		{"", true},
		{"  ", true},
	} {
		_, findings := readDrop(t, map[string]string{"dropapp.json": fmt.Sprintf(`{"name": %q, "short-description": "x", "version": "1.0.0"}`, c.name)})
		if got := slices.Contains(dropCodes(findings), "dropserver/name"); got != c.warn || len(findings.Errors()) > 0 {
			t.Errorf("%q: %v", c.name, findings)
		}
	}
	if _, findings := readDrop(t, map[string]string{"dropapp.json": `{"name": 5, "version": "1.0.0", "short-description": "` + strings.Repeat("x", 60) + `"}`}); slices.Contains(dropCodes(findings), "dropserver/name") || slices.Contains(dropCodes(findings), "dropserver/short-description") {
		t.Errorf("a name that is a number is told of once, and 60 characters are few enough: %v", findings)
	}
}

func TestDropserverGraphemes(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a": 1, "abc": 3, "a b": 3, "ä": 1, "a\u0308": 1, "\u0308": 1, "\u0308\u0308": 1, "न\u0940": 1, "நி": 1, "กำ": 1,
		"👍🏽": 1, "👍👍": 2, "❤\ufe0f": 1, "❤\ufe0f\u200d🔥": 1, "👩\u200d👩\u200d👧\u200d👦": 1, "a\u200db": 2, "🇩🇪": 1, "🇩🇪🇫🇷": 2, "🇩🇪🇫": 2, "🇩a🇪": 3,
		"🏴\U000e0067\U000e0062\U000e007f": 1, "1\ufe0f\u20e3": 1, "한국": 2, "\u1112\u1161\u11ab": 1, "\xff\xff": 2, "漢字": 2,
	} {
		if got := graphemes(text); got != want {
			t.Errorf("%q has %d, expected %d", text, got, want)
		}
	}
}

func TestDropserverColors(t *testing.T) {
	for _, text := range []string{
		"#abc", "#ABCD", "#3b82f6", "#3b82f6ff", "red", "Red", "rebeccapurple", "LightGoldenrodYellow", "transparent",
		"rgb(1,2,3)", "rgb( 1 , 2 , 3 )", "RGBA(1, 2, 3, 0.5)", "rgb(10%, 20.5%, 100%)", "rgb(1 2 3)", "rgb(1 2 3 / 50%)", "rgb(none 2 3 / none)", "rgb(300 -2 +3.5e1)", "rgba(1,2,3,50%)",
		"hsl(120, 50%, 40%)", "hsl(120deg,50%,40%)", "hsla(0.5turn, 50%, 40%, .5)", "hsl(120 50% 40%)", "hsl(none 50 40/1)", "hsl(2rad 50% 40% / 1)",
	} {
		if !isCSSColor(text) {
			t.Errorf("%s isn't taken for a colour", text)
		}
	}
	for _, text := range []string{
		"", "#", "#ab", "#abcde", "#1234567", "#123456789", "#abg", "abc", "reddish", "rgb", "rgb()", "rgb(1,2)", "rgb(1 2)", "rgb(1, 2 3)", "rgb(1,2%,3)", "rgb(1,2,3,4,5)", "rgb(1 2 3 4)",
		"rgb(1,2,3", "rgb(1.,2,3)", "rgb(a,b,c)", "hsl(120,50,40)", "hsl(120 deg 50% 40%)", "hsl(50%,50%,50%)", "cmyk(1,2,3,4)", "var(--x)", "url(x)", "red;", "red blue", "#abc\n",
		"currentcolor", "inherit", strings.Repeat(" ", 200) + "red", "rgb(" + strings.Repeat(" ", 200) + "1,2,3)",
	} {
		if isCSSColor(text) {
			t.Errorf("%q is taken for a colour", text)
		}
	}
}

func TestDropserverMigrations(t *testing.T) {
	const gap, pair, up, duplicate, schema = "dropserver/migration-gap", "dropserver/migration-pair", "dropserver/migration-up", "dropserver/migration-duplicate", "dropserver/schema"
	for _, c := range []struct {
		schema int
		steps  string // u1 is up to 1, d1 down from 1
		codes  []string
		tells  string
	}{
		{0, "", nil, ""},
		{1, "u1 d1", nil, ""},
		{2, "u1 d1 u2 d2", nil, ""},
		{2, "d2 u2 d1 u1", nil, ""},
		{2, "u1 u2", []string{pair}, "from 1 to 2,"},
		{2, "u1 u2 d2", []string{pair}, "from 1,"},
		{3, "u1 u3", []string{gap, pair}, "up to 2,"},
		{3, "u2 u3", []string{gap, pair}, "up to 1,"},
		{3, "u1 u2 u3 d1 d3", []string{gap}, "down from 2,"},
		{3, "u1 u2 u3 d1", []string{gap}, "down from 2 to 3,"},
		{2147483647, "u1 u2147483647", []string{gap, pair}, "up to 2 to 2147483646,"},
		{14, "u2 u4 u6 u8 u10 u12 u14", []string{gap, pair}, "up to 1, 3, 5, 7, 9, more,"},
		{1, "u1 u1", []string{duplicate}, "up to 1 is here twice"},
		{1, "u1 d1 d1", []string{duplicate}, "down from 1 is here twice"},
		{0, "u1", []string{schema, pair}, "the schema is 0"},
		{2, "u1 d1", []string{schema}, "is 1"},
		{1, "u1 d1 d2", []string{up}, "down from 2"},
		{0, "d1", []string{up}, "down from 1"},
	} {
		var steps []string
		for _, step := range strings.Fields(c.steps) {
			steps = append(steps, fmt.Sprintf(`{"direction": %q, "schema": %s}`, map[byte]string{'u': "up", 'd': "down"}[step[0]], step[1:]))
		}
		_, findings := readDrop(t, dropManifestWith(fmt.Sprintf(`, "schema": %d, "migrations": [%s]`, c.schema, strings.Join(steps, ","))))
		var got []string
		tells := c.tells == ""
		for _, f := range findings {
			if strings.HasPrefix(f.Code, "dropserver/") {
				got = append(got, f.Code)
				tells = tells || strings.Contains(f.Message, c.tells)
			}
		}
		slices.Sort(got)
		slices.Sort(c.codes)
		if !slices.Equal(got, c.codes) || !tells {
			t.Errorf("%d %s: %v", c.schema, c.steps, findings)
		}
	}
	many := strings.Repeat(`{"direction":"up","schema":1},`, 300)
	_, findings := readDrop(t, dropManifestWith(`, "schema": 1, "migrations": [`+strings.TrimSuffix(many, ",")+`]`))
	told := 0
	for _, f := range findings {
		if f.Code == duplicate {
			told++
		}
	}
	if told != mostDuplicates+1 || !slices.ContainsFunc(findings, func(f check.Finding) bool { return strings.HasPrefix(f.Message, "249 more") }) {
		t.Errorf("%d findings", told)
	}
}

func TestDropserverChangelog(t *testing.T) {
	for _, c := range []struct {
		text  string
		line  int // of the warning; -1 for none
		tells string
	}{
		{"1.0.0\n\nNew.\n", -1, ""},
		{"1.0.0\r\nNew.", -1, ""},
		{"Old news first.\n\n  1.0.0\t\nNew.", -1, ""},
		{"0.9.0\nOld.\n1.0.0\nNew.\n1.1.0\n", -1, ""},
		{"1.0.0\n2nd try\n", -1, ""},
		{"", 0, "no section on 1.0.0"},
		{"0.9.0\nOld.\n", 0, "no section on 1.0.0"},
		{"11.0.0\nNew.\n", 0, "no section on 1.0.0"},
		{"1.0.0-beta.1\nNew.\n", 0, "no section on 1.0.0"},
		{"\nv1.0.0\nNew.\n", 2, "nothing but that"},
		{"# Changes\n\n## [1.0.0] - 2026-05-04\nNew.\n", 3, "nothing but that"},
		{"1.0.0\n", 1, "is empty"},
		{"1.0.0\n\n0.9.0\nOld.\n", 1, "is empty"},
		{"1.0.0\n\nv0.9\nOld.\n", 1, "is empty"}, // hosts take that for a version
	} {
		_, findings := readDrop(t, map[string]string{"changelog.txt": c.text})
		line := -1
		for _, f := range findings {
			if f.Code == "dropserver/changelog-section" && strings.Contains(f.Message, c.tells) && f.Path == "plugins/demo/changelog.txt" {
				line = f.Line
			}
		}
		if line != c.line || len(findings.Errors()) > 0 || c.line < 0 && len(findings) > 0 {
			t.Errorf("%q: %v", c.text, findings)
		}
	}
	for _, name := range []string{"changelog.txt", "CHANGELOG.md"} {
		m, findings := readDrop(t, map[string]string{"changelog.txt": dropRemoved, name: "# 1.0.0\n"})
		if !slices.Contains(dropCodes(findings), "dropserver/changelog-section") || m.Facts.Changelog["en"].Path != name {
			t.Errorf("%s: %v, %v", name, m.Facts.Changelog, findings)
		}
	}
	if _, findings := readDrop(t, map[string]string{"changelog.txt": dropRemoved}); !slices.Equal(dropCodes(findings), []string{"dropserver/changelog-section"}) {
		t.Error(findings)
	}
}

func TestDropserverIcon(t *testing.T) {
	for directive, code := range map[string]string{
		"icon.png | png 160 160":                                       "",
		"icon.webp | webp 160 160":                                     "",
		"icon.jpg | jpeg 200 200":                                      "",
		"icon.png | png 159 159":                                       "image/dimensions",
		"icon.png | png 200 160":                                       "image/not-square",
		"icon.png | apng 160 160":                                      "image/animated",
		"icon.gif | gif 160 160 1":                                     "image/format",
		"icon.png | png 160 160 append " + strings.Repeat("x", 50<<10): "image/too-many-bytes",
	} {
		name, how, _ := strings.Cut(directive, " | ")
		data, err := dropFile(how)
		if err != nil {
			t.Fatal(err)
		}
		files := dropManifestWith(fmt.Sprintf(`, "icon": %q`, name))
		files[name] = string(data)
		m, findings := readDrop(t, files)
		if len(findings.Errors()) > 0 || len(m.Facts.Icons) != 1 || (code != "") != slices.Contains(dropCodes(findings), code) {
			t.Errorf("%.40s: %v", directive, findings)
		}
	}
}

func TestDropserverImports(t *testing.T) {
	read := func(files map[string]string) (string, []string, any) {
		if files["app.ts"] == "" {
			files["app.ts"] = `import "./pages.ts";`
		}
		files["pages.ts"] = ""
		m, findings := readDrop(t, files)
		if len(findings) > 0 {
			t.Error(findings)
		}
		ext := m.Facts.Ext["dropserver"].(map[string]any)
		return m.Facts.Code, ext["imports"].([]string), ext["more_imports"]
	}
	for source, want := range map[string]string{
		``: "", `import "./a.ts"; import "/b.ts"; import "c"; import "node:fs"; import "data:text/javascript,0"; import(x)`: "",
		`// import "https://deno.land/x"`: "", `const s = 'import "https://deno.land/x"'`: "",
		`import a from "https://deno.land/x/a@1/mod.ts"; export * from 'HTTP://Deno.Land:8080?x'`: "http://deno.land:8080 https://deno.land",
		`const a = await import("https://ada:secret@esm.sh/a#b")`:                                 "https://esm.sh",
		`import "jsr:@std/path@1"; import "npm:express@4"; import "JSR:@std/path@1"`:              "jsr:@std/path@1 npm:express@4",
		"import \"ht\\ntps://a.example/\\u202e\"; import \"npm:\\u202ex\"":                        "https://a.example npm:?x",
		`import "https://"; import "npm:` + strings.Repeat("x", 300) + `"`:                        "https:// npm:" + strings.Repeat("x", 196),
		`import type { A } from "https://types.example/a.d.ts"`:                                   "https://types.example",
	} {
		code, list, more := read(map[string]string{"app.ts": source + ";"})
		if got := strings.Join(list, " "); got != want || more != nil || code != map[bool]string{true: "remote", false: "ts"}[want != ""] {
			t.Errorf("%s: %s, %q, %v", source, code, got, more)
		}
	}
	for name, counts := range map[string]bool{"a.js": true, "a.jsx": true, "a.tsx": true, "a.mjs": true, "lib/a.MTS": true, "a.json": false, "a.md": false, "a.jsm": false} {
		if code, _, _ := read(map[string]string{name: `import "https://esm.sh/a"`}); (code == "remote") != counts {
			t.Errorf("%s: %s", name, code)
		}
	}
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "import \"npm:p%04d\";\n", 4999-i)
	}
	_, list, more := read(map[string]string{"app.ts": b.String()})
	if len(list) != maxImports || list[0] != "npm:p0000" || list[99] != "npm:p0099" || more != true {
		t.Errorf("%d imports from %s on, more: %v", len(list), list[0], more)
	}
}

// A manifest that can't be read is told of once, without all that is missing in it.
func TestDropserverUnreadable(t *testing.T) {
	for _, content := range []string{"{", "", "null,", dropRemoved} {
		if _, findings := readDrop(t, map[string]string{"dropapp.json": content}); len(findings) != 1 || findings[0].Severity != check.Error {
			t.Errorf("%q: %v", content, findings)
		}
	}
	for _, content := range []string{"[]", "5", "{}"} {
		if _, findings := readDrop(t, map[string]string{"dropapp.json": content}); len(findings.Errors()) != 1 {
			t.Errorf("%q: %v", content, findings)
		}
	}
}

// A hostile manifest costs little.
func TestDropserverBounds(t *testing.T) {
	start := time.Now()
	for _, content := range []string{
		"{" + dropHead + `, "migrations": [` + strings.Repeat(`{"direction":"up","schema":1},`, 30_000) + `{"direction":"up","schema":1}]}`,
		"{" + dropHead + `, "authors": [` + strings.Repeat(`{"url":"http://"},`, 50_000) + `{}]}`,
		"{" + dropHead + `, "authors": [` + strings.Repeat(`{"url":"https://a:b@c"},`, 40_000) + `{}]}`,
		"{" + dropHead + `, "accent-color": "` + strings.Repeat(`rgb(`, 200_000) + `"}`,
		`{"version": "1.0.0", "name": "` + strings.Repeat("👩\u200d", 100_000) + `"}`,
		"{" + strings.Repeat("\n", 500_000) + dropHead + "}",
	} {
		_, findings := readDrop(t, map[string]string{"dropapp.json": content})
		if len(findings.Errors()) == 0 || len(findings) > 200 {
			t.Errorf("%.60s: %d findings", content, len(findings))
		}
	}
	readDrop(t, map[string]string{"changelog.txt": strings.Repeat("1.0.0-"+strings.Repeat("9", 40)+"\n", 20_000)})
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestDropserverStamp(t *testing.T) {
	const released = 1777852800 + 86399 // 2026-05-04, 23:59:59 UTC
	for source, want := range map[string]string{
		`{}`:                           `{"release-date": "2026-05-04"}`,
		"{ \n}":                        "{ \n\"release-date\": \"2026-05-04\" \n}",
		`{"version":"1.0.0"}`:          `{"release-date": "2026-05-04","version":"1.0.0"}`,
		"\n {\r\n\t\"name\": \"{\"}\n": "\n {\r\n\t\"release-date\": \"2026-05-04\",\r\n\t\"name\": \"{\"}\n",
		"{\n  \"a\": {},\n  \"b\": 1}": "{\n  \"release-date\": \"2026-05-04\",\n  \"a\": {},\n  \"b\": 1}",
	} {
		files := []File{{Path: "app.ts", Data: []byte("x")}, {Path: "dropapp.json", Data: []byte(source)}, {Path: "lib/dropapp.json", Data: []byte("{}")}}
		stamped := Dropserver{}.Stamp(files, released)
		if got := string(stamped[1].Data); got != want || string(files[1].Data) != source || string(stamped[2].Data) != "{}" {
			t.Errorf("%q becomes %q, expected %q", source, got, want)
		}
		back, err := Dropserver{}.Unstamp(stamped, released)
		if err != nil || !reflect.DeepEqual(back, files) || string(stamped[1].Data) != want {
			t.Errorf("%q goes back to %v, %v", want, back, err)
		}
		if _, err := (Dropserver{}).Unstamp(stamped, released+1); err == nil {
			t.Errorf("%q is taken for the day after", want)
		}
	}
	for _, data := range []string{
		"", "{}", "[]", `{"version":"1.0.0"}`, `{"release-date":"2026-05-04"}`, `{"release-date": "2026-05-04",}`, `{"release-date": "2026-05-04" }`, `{"release-date": "2026-05-04" ,"a":1}`,
		`{ "release-date": "2026-05-04","a":1}`, `{"release-date": "2026-05-04", "a":1}`, `{"a":1,"release-date": "2026-05-04"}`, `[{"release-date": "2026-05-04"}]`, `{"release-date": "2026-05-03"}`,
	} {
		if back, err := (Dropserver{}).Unstamp([]File{{Path: "dropapp.json", Data: []byte(data)}}, released); err == nil {
			t.Errorf("%s goes back to %s", data, back[0].Data)
		}
	}
	if _, err := (Dropserver{}).Unstamp(nil, released); err == nil {
		t.Error("a package without a manifest is taken for one")
	}
}

// Unstamp gives back each byte of any manifest, and what Stamp makes says the day first, and else the same.
func TestDropserverStampProperty(t *testing.T) {
	white := rapid.StringMatching(`[ \t\r\n]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(white.Draw(t, "before") + "{")
		for i := range rapid.IntRange(0, 4).Draw(t, "members") {
			if i > 0 {
				b = append(b, ',')
			}
			value := rapid.SampledFrom([]string{`1`, `"x"`, `{}`, `{"a": [1, {"b": null}]}`, `"\"{\u007d,"`, `[]`}).Draw(t, "value")
			b = fmt.Appendf(b, `%s"%s%d"%s:%s%s%s`, white.Draw(t, "a"), rapid.SampledFrom([]string{"k", "}", ",", "é"}).Draw(t, "key"), i, white.Draw(t, "b"), white.Draw(t, "c"), value, white.Draw(t, "d"))
		}
		b = append(b, white.Draw(t, "end")+"}"+white.Draw(t, "after")...)
		released := rapid.Int64Range(0, 1<<37).Draw(t, "released")
		checkDropStamp(t, b, released)
	})
}

// checkDropStamp checks what holds for every JSON object.
func checkDropStamp(t interface{ Errorf(string, ...any) }, source []byte, released int64) {
	files := []File{{Path: "dropapp.json", Data: bytes.Clone(source)}}
	stamped := Dropserver{}.Stamp(files, released)
	back, err := Dropserver{}.Unstamp(stamped, released)
	if err != nil || !bytes.Equal(back[0].Data, source) || !bytes.Equal(files[0].Data, source) {
		t.Errorf("%q doesn't come back: %v", source, err)
		return
	}
	v, fault := strictjson.Parse(stamped[0].Data, strictjson.Limits{})
	day := time.Unix(released, 0).UTC().Format("2006-01-02")
	if fault != nil || len(v.Members) == 0 || v.Members[0].Key != "release-date" || v.Members[0].Value.String != day {
		t.Errorf("%q becomes %q: %v", source, stamped[0].Data, fault)
		return
	}
	v.Members = v.Members[1:]
	if original, fault := strictjson.Parse(source, strictjson.Limits{}); fault != nil || !reflect.DeepEqual(original.Any(), v.Any()) {
		t.Errorf("%q says something else than %q: %v", stamped[0].Data, source, fault)
	}
}

// Whatever the manifest is: no panic, the same findings each time, and what is taken can be stamped, and encoded.
func FuzzDropserver(f *testing.F) {
	base := dropBase(f)
	for _, seed := range []string{
		string(base["dropapp.json"]), "{}", "[]", "{" + dropHead + "}", `{"version": "1.0.0", "entrypoint": "/./app.ts", "icon": "icon.png/"}`,
		`{"version": "1.0.0", "schema": 1e3, "migrations": [{"direction": "up", "schema": 1000}]}`, `{"version": "1.0.0", "accent-color": "rgb(1 2 3 / none)"}`,
	} {
		f.Add([]byte(seed), string(base["changelog.txt"]))
	}
	f.Fuzz(func(t *testing.T, manifest []byte, changelog string) {
		files := dropBase(t)
		files["dropapp.json"], files["changelog.txt"] = manifest, []byte(changelog)
		m, findings := Dropserver{}.Read(dropPackage(files), Env{})
		again, same := Dropserver{}.Read(dropPackage(files), Env{})
		if !reflect.DeepEqual(m, again) || !slices.Equal(findings, same) {
			t.Errorf("reading it again gives %v, then %v", findings, same)
		}
		if len(findings) > 500 {
			t.Errorf("%d findings", len(findings))
		}
		if len(findings.Errors()) > 0 {
			return
		}
		checkDropStamp(t, manifest, 1777852800)
		if _, err := wire.Encode(m.Facts); err != nil {
			t.Error(err)
		}
		if !json.Valid(manifest) || m.Facts.Entrypoint == "" || dropPackage(files).File(m.Facts.Entrypoint) == nil {
			t.Errorf("taken without an error: %s", manifest)
		}
	})
}

func dropBase(t testing.TB) map[string][]byte {
	files := make(map[string][]byte)
	for path, content := range baseOf(t, "dropserver") {
		files[path] = []byte(content)
	}
	return files
}

// dropPackage returns the package that a commit with these files has.
func dropPackage(files map[string][]byte) Package {
	p := Package{Dir: "plugins/demo", ID: "demo", Sidecar: files[SidecarFile]}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if !(Dropserver{}).Excluded(path) {
			p.Files = append(p.Files, File{Path: path, Data: files[path]})
		}
	}
	return p
}

// readDrop reads the base package with other files in it, where nil removes one.
func readDrop(t testing.TB, other map[string]string) (Manifest, check.Findings) {
	t.Helper()
	files := dropBase(t)
	for path, content := range other {
		if files[path] = []byte(content); content == dropRemoved {
			delete(files, path)
		}
	}
	return Dropserver{}.Read(dropPackage(files), Env{})
}

// dropFile makes a file as the rules' directives do.
func dropFile(how string) ([]byte, error) { return casefile.Make(how, nil) }

const dropRemoved = "\x00removed"

func dropCodes(findings check.Findings) []string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Code)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
