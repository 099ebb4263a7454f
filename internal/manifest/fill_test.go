package manifest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/rules/casefile"
	"github.com/regen-registry/regen/internal/wire"
)

// files are those of a package, by their paths. One whose path goes on with " | " is made (see package casefile).
type files map[string]string

// with returns the files with others over them.
func (f files) with(other files) files {
	all := maps.Clone(f)
	maps.Copy(all, other)
	return all
}

// pkg returns the package that the files are. Beside another manifest, regen.yaml is the sidecar alone.
func (f files) pkg(t testing.TB, format Format) Package {
	t.Helper()
	p := Package{Dir: "plugins/demo", ID: "demo"}
	for name, content := range f {
		path, directive, made := strings.Cut(name, " | ")
		data := []byte(content)
		if made {
			var err error
			if data, err = casefile.Make(directive, data); err != nil {
				t.Fatal(err)
			}
		}
		if path == SidecarFile {
			p.Sidecar = data
		}
		if !format.Excluded(path) {
			p.Files = append(p.Files, File{Path: path, Data: data})
		}
	}
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return p
}

// read reads the package.
func (f files) read(t testing.TB, format Format) (Manifest, check.Findings) {
	t.Helper()
	return format.Read(f.pkg(t, format), Env{})
}

// asset returns how the facts name a file.
func (f files) asset(t testing.TB, name string) wire.File {
	t.Helper()
	path, _, _ := strings.Cut(name, " | ")
	p := f.pkg(t, Native{})
	ref := wire.RefOf(p.File(path).Data)
	return wire.File{Path: path, Size: ref.Size, SHA256: ref.SHA256}
}

// list words findings: "regen.yaml:2:3 warning code: message".
func list(findings check.Findings) []string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", strings.TrimPrefix(f.Place(), "plugins/demo/"), f.Severity, f.Code, f.Message))
	}
	return lines
}

// expect fails unless these are what is found.
func expect(t *testing.T, what string, findings check.Findings, want ...string) {
	t.Helper()
	if got := list(findings); !slices.Equal(got, want) {
		t.Errorf("%s: found\n%s\nexpected\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, f := range findings {
		if f.Hint == "" {
			t.Errorf("%s: without a hint: %s", what, f)
		}
	}
}

// vitoBase is a plugin without findings.
var vitoBase = files{
	"composer.json": `{
  "name": "acme/demo",
  "description": "Shows something",
  "version": "1.0.0",
  "license": "MIT",
  "autoload": {"psr-4": {"App\\Vito\\Plugins\\Acme\\Demo\\": ""}},
  "extra": {"vito": {"name": "Demo", "icon": "icon.svg", "categories": ["tools"], "author": {"name": "Ada"}, "min_vito_version": "3.0", "homepage": "https://example.org/demo"}}
}`,
	"Plugin.php": "<?php\n\nnamespace App\\Vito\\Plugins\\Acme\\Demo;\n\nclass Plugin {}\n",
	"README.md":  "# Demo\n",
	"icon.svg":   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>`,
	"regen.yaml": "languages: {en: 100}\n",
}

func (f files) sidecar(text string) files {
	return f.with(files{SidecarFile: "languages: {en: 100}\n" + text})
}

// fullSidecar has every key that there is.
const fullSidecar = `
id: demo
name: {en: Demo, de: Beispiel}
version: 2.0.0-beta.1
version_code: 12
channel: beta
summary: {en: Shows something, de: Zeigt etwas}
description: {en: docs/about.md, de: "# Beispiel\n\nZeigt etwas."}
changelog: {en: docs/changes.md, fr: docs/changes.fr.md}
help_files: {en: [docs/help.md, docs/more.md], de: [docs/hilfe.md]}
entrypoint: main.bin
host_api: {min: "3.1", target: 3.2.1}
data_schema: 4
routes_risk: public-static
permissions: [storage, network]
requires: [acme/base, ext-json]
code: none
vendored: true
icons: [{path: icon.png}, {path: icon.svg}]
main_screenshot: shot.png
screenshots:
  - path: shot.png
    title: {en: At work, de: Bei der Arbeit}
    alt: A list of disks
  - {path: other.png}
languages: {en: 100, de: 80, pt-BR: 0}
authors:
  - {name: Ada Example, email: ada@example.org, url: https://example.org/ada, github: ada}
  - {name: Bob}
repository: https://example.org/demo.git
homepage: https://example.org/demo
related:
  - {url: https://example.org/old, relation: replaces}
  - {id: other, relation: works-with}
keywords: [disk, Festplatte]
categories: [tools, server-monitoring]
license: MIT OR Apache-2.0
license_file: LICENSE
license_url: https://example.org/license
funding: [https://example.org/give, {en: https://example.org/en, de: https://example.org/de}]
support: [mailto:help@example.org, https://example.org/help]
age_rating: mild
features: [Watches disks, {en: Warns, de: Warnt}]
anti_features: [{kind: tracking, reason: {en: It counts, de: Es zählt}}]
accent_color: "#3b82f6"
orientation: landscape
background_color: "#fff"
ext: {panel: {rows: 3, wide: true}, list: [a, 1.5, null]}
owners: [ada, bob]
keys: [RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3]
`

var fullFiles = files{
	SidecarFile: fullSidecar, "main.bin": "x", "icon.png | png 128 128": "", "icon.svg": vitoBase["icon.svg"], "shot.png | png 400 300": "", "other.png | png 300 300": "",
	"docs/about.md": "# Demo\n", "docs/changes.md": "2\n", "docs/changes.fr.md": "deux\n", "docs/help.md": "help\n", "docs/more.md": "more\n", "docs/hilfe.md": "Hilfe\n", "LICENSE": "Do.\n",
	"README.md": "# Readme\n", "README.pl.md": "# Czytaj\n", "CHANGELOG.de.md": "zwei\n",
}

// What a full regen.yaml says is all in the facts.
func TestFull(t *testing.T) {
	m, findings := fullFiles.read(t, Native{})
	expect(t, "full", findings)
	if m.Format != "native" || m.Version != "2.0.0-beta.1" || m.Channel != "beta" || m.Artifact.Name != "demo-2.0.0-beta.1.zip" || len(m.Artifact.Files) != len(fullFiles) {
		t.Errorf("%s %s on %s as %s with %d files", m.Format, m.Version, m.Channel, m.Artifact.Name, len(m.Artifact.Files))
	}
	asset := func(name string) wire.File { return fullFiles.asset(t, name) }
	want := wire.Facts{
		Name:            wire.Text{"en": "Demo", "de": "Beispiel"},
		VersionCode:     12,
		Summary:         wire.Text{"en": "Shows something", "de": "Zeigt etwas"},
		Description:     map[string]wire.File{"en": asset("docs/about.md"), "pl": asset("README.pl.md")},
		DescriptionText: wire.Text{"de": "# Beispiel\n\nZeigt etwas."},
		Changelog:       map[string]wire.File{"en": asset("docs/changes.md"), "fr": asset("docs/changes.fr.md"), "de": asset("CHANGELOG.de.md")},
		HelpFiles:       map[string][]wire.File{"en": {asset("docs/help.md"), asset("docs/more.md")}, "de": {asset("docs/hilfe.md")}},
		Entrypoint:      "main.bin",
		HostAPI:         &wire.HostAPI{Min: "3.1.0", Target: "3.2.1"},
		DataSchema:      4,
		RoutesRisk:      "public-static",
		Permissions:     []string{"storage", "network"},
		Requires:        []string{"acme/base", "ext-json"},
		Code:            "none",
		Vendored:        true,
		Icons:           []wire.Image{{File: asset("icon.png"), Width: 128, Height: 128}, {File: asset("icon.svg")}},
		MainScreenshot:  &wire.Image{File: asset("shot.png"), Width: 400, Height: 300},
		Screenshots: []wire.Image{
			{File: asset("shot.png"), Width: 400, Height: 300, Title: wire.Text{"en": "At work", "de": "Bei der Arbeit"}, Alt: wire.Text{"en": "A list of disks"}},
			{File: asset("other.png"), Width: 300, Height: 300},
		},
		Languages:  map[string]int{"en": 100, "de": 80, "pt-BR": 0},
		Authors:    []wire.Author{{Name: "Ada Example", Email: "ada@example.org", URL: "https://example.org/ada", GitHub: "ada"}, {Name: "Bob"}},
		Repository: "https://example.org/demo.git", Homepage: "https://example.org/demo",
		Related:  []wire.Related{{URL: "https://example.org/old", Relation: "replaces"}, {ID: "other", Relation: "works-with"}},
		Keywords: []string{"disk", "Festplatte"}, Categories: []string{"tools", "server-monitoring"},
		License: "MIT OR Apache-2.0", LicenseFile: ptr(asset("LICENSE")), LicenseURL: "https://example.org/license",
		Funding:      []wire.Text{{"en": "https://example.org/give"}, {"en": "https://example.org/en", "de": "https://example.org/de"}},
		Support:      []wire.Text{{"en": "mailto:help@example.org"}, {"en": "https://example.org/help"}},
		AgeRating:    "mild",
		Features:     []wire.Text{{"en": "Watches disks"}, {"en": "Warns", "de": "Warnt"}},
		AntiFeatures: []wire.AntiFeature{{Kind: "tracking", Reason: wire.Text{"en": "It counts", "de": "Es zählt"}}},
		AccentColor:  "#3b82f6", Orientation: "landscape", BackgroundColor: "#fff",
	}
	ext, err := wire.Encode(m.Facts.Ext)
	if wanted := `{"list":["a",1.5,null],"panel":{"rows":3,"wide":true}}`; err != nil || string(ext) != wanted {
		t.Errorf("ext is %s (%v), expected %s", ext, err, wanted)
	}
	got, expected := reflect.ValueOf(m.Facts), reflect.ValueOf(want)
	for i := range got.NumField() {
		switch name := got.Type().Field(i).Name; {
		case name == "Ext", name == "Migrations": // no key for that
		case !reflect.DeepEqual(got.Field(i).Interface(), expected.Field(i).Interface()):
			t.Errorf("%s is\n%+v, expected\n%+v", name, got.Field(i).Interface(), expected.Field(i).Interface())
		case got.Field(i).IsZero():
			t.Errorf("%s isn't said", name)
		}
	}
	if owners := OwnersOf([]byte(fullSidecar)); !slices.Equal(owners, []string{"ada", "bob"}) {
		t.Errorf("the owners are %q", owners)
	}
	// The test says something of every key.
	for i := range reflect.TypeFor[Sidecar]().NumField() {
		key := reflect.TypeFor[Sidecar]().Field(i).Tag.Get("json")
		if !strings.Contains(fullSidecar, "\n"+key+": ") && !strings.Contains(fullSidecar, "\n"+key+":\n") {
			t.Errorf("the full regen.yaml has no %s", key)
		}
	}
	// All pictures and texts that the facts name are published beside the package.
	if want := 13; len(m.Assets) != want || !slices.Contains(m.Assets, "docs/hilfe.md") || !slices.Contains(m.Assets, "LICENSE") {
		t.Errorf("%d assets, expected %d: %q", len(m.Assets), want, m.Assets)
	}
}

// What a package is held against is found where it stands.
func TestLocate(t *testing.T) {
	full, side := fullFiles.pkg(t, Native{}), vitoBase.sidecar("version: 1.0.0\ndata_schema: 3\n").pkg(t, Vito{})
	for key, line := range map[string]int{"name": 3, "version": 4, "version_code": 5, "data_schema": 13} {
		if at, ok := Locate(full, Native{}, "nothing", key); !ok || at.Path != SidecarFile || at.Line != line || at.Column != len(key)+3 {
			t.Errorf("%s stands at %+v, expected line %d", key, at, line)
		}
	}
	if at, _ := Locate(side, Vito{}, "version"); at != (Place{"composer.json", 4, 14}) {
		t.Errorf("a version in both stands at %+v", at)
	}
	if at, _ := Locate(side, Vito{}, "schema", "data_schema"); at != (Place{SidecarFile, 3, 14}) {
		t.Errorf("what the sidecar alone has stands at %+v", at)
	}
	for _, files := range []files{{}, {"composer.json": "{", SidecarFile: "a: [\n"}, {"composer.json": "[]", SidecarFile: ""}} {
		if at, ok := Locate(files.pkg(t, Vito{}), Vito{}, "version"); ok {
			t.Errorf("of %v, it stands at %+v", files, at)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// Beside another manifest, regen.yaml fills what that doesn't say.
func TestSidecarFills(t *testing.T) {
	side := vitoBase.sidecar(`
name: {de: Beispiel}
summary: {de: Zeigt etwas}
repository: https://example.org/demo.git
keywords: [disk]
data_schema: 3
vendored: true
host_api: {target: 3.4.0}
permissions: [storage]
features: [Watches disks]
license: MIT
categories: []
homepage: https://example.org/demo
`)
	m, findings := side.read(t, Vito{})
	f := m.Facts
	expect(t, "fills", findings)
	if f.Name["en"] != "Demo" || f.Name["de"] != "Beispiel" || f.Summary["en"] != "Shows something" || f.Summary["de"] != "Zeigt etwas" {
		t.Errorf("languages are added: %v, %v", f.Name, f.Summary)
	}
	if f.Repository != "https://example.org/demo.git" || !slices.Equal(f.Keywords, []string{"disk"}) || f.DataSchema != 3 || !f.Vendored || *f.HostAPI != (wire.HostAPI{Min: "3.0.0", Target: "3.4.0"}) ||
		!slices.Equal(f.Permissions, []string{"storage"}) || len(f.Features) != 1 {
		t.Errorf("not filled: %+v", f)
	}
	for _, file := range m.Artifact.Files {
		if file.Path == SidecarFile {
			t.Error("a sidecar is packed")
		}
	}
}

// It never overrides what the manifest says: the id, the version and permissions are errors, all else is ignored and told.
func TestSidecarNeverOverrides(t *testing.T) {
	for _, test := range []struct {
		side string
		want []string
	}{
		{"id: demo\nversion: 1.0.0\n", nil},
		{"id: other\n", []string{`regen.yaml:2:5 error sidecar/overrides: id is "other", and the directory's name says "demo"`}},
		{"version: 1.0.1\n", []string{`regen.yaml:2:10 error sidecar/overrides: version is "1.0.1", and composer.json says "1.0.0"`}},
		{"name: Other\n", []string{`regen.yaml:2:7 warning sidecar/ignored: name in en is ignored, since composer.json says something else`}},
		{"name: {de: Beispiel, en: Other}\n", []string{`regen.yaml:2:26 warning sidecar/ignored: name in en is ignored, since composer.json says something else`}},
		{"name: Demo\nsummary: Shows something\nhomepage: https://example.org/demo\nlicense: MIT\nentrypoint: Plugin.php\ncode: php\n", nil}, // the same again
		{"license: Apache-2.0\n", []string{`regen.yaml:2:10 warning sidecar/ignored: license is ignored, since composer.json says something else`}},
		{"code: none\nhost_api: {min: 4.0.0}\nentrypoint: README.md\n", []string{
			`regen.yaml:2:7 warning sidecar/ignored: code is ignored, since composer.json says something else`,
			`regen.yaml:3:17 warning sidecar/ignored: host_api.min is ignored, since composer.json says something else`,
			`regen.yaml:4:13 warning sidecar/ignored: entrypoint is ignored, since composer.json says something else`,
		}},
		{"authors: [{name: Bob}]\nicons: [{path: icon.svg}]\ncategories: [other]\n", []string{
			`regen.yaml:2:10 warning sidecar/ignored: authors is ignored, since composer.json says something else`,
			`regen.yaml:3:8 warning sidecar/ignored: icons is ignored, since composer.json says something else`,
			`regen.yaml:4:13 warning sidecar/ignored: categories is ignored, since composer.json says something else`,
		}},
		{"ext: {composer: 1, mine: 2}\n", []string{`regen.yaml:2:17 error sidecar/overrides: ext.composer is something that composer.json says`}},
	} {
		m, findings := vitoBase.sidecar(test.side).read(t, Vito{})
		expect(t, test.side, findings, test.want...)
		if m.Version != "1.0.0" || m.Facts.Name["en"] != "Demo" || m.Facts.License != "MIT" || m.Facts.Code != "php" || m.Facts.Authors[0].Name != "Ada" || m.Facts.HostAPI.Min != "3.0.0" {
			t.Errorf("%s: overridden: %s %+v", test.side, m.Version, m.Facts)
		}
	}
}

// Texts are found by their names, in the languages that these say.
func TestDocuments(t *testing.T) {
	for _, test := range []struct {
		shows     string
		files     files
		readme    map[string]string // language → path
		changelog map[string]string
	}{
		{"by name alone", files{"README.de.md": "d", "README.pt-BR.md": "p", "CHANGELOG.md": "c", "CHANGELOG.pt-BR.md": "c"},
			map[string]string{"en": "README.md", "de": "README.de.md", "pt-BR": "README.pt-BR.md"}, map[string]string{"en": "CHANGELOG.md", "pt-BR": "CHANGELOG.pt-BR.md"}},
		{"what is no language", files{"README.old.backup.md": "x", "README.PT-br.md": "x", "README.123.md": "x", "README..md": "x", "docs/README.de.md": "x", "README.de.txt": "x", "readme.fr.md": "x"},
			map[string]string{"en": "README.md"}, nil},
		{"another file is named", files{SidecarFile: "languages: {en: 100}\ndescription: docs/about.md\nchangelog: {de: docs/neu.md}\n", "docs/about.md": "a", "docs/neu.md": "n", "CHANGELOG.md": "c"},
			map[string]string{"en": "docs/about.md"}, map[string]string{"en": "CHANGELOG.md", "de": "docs/neu.md"}},
		{"a text instead of a file", files{SidecarFile: "languages: {en: 100}\ndescription: 'Shows something.md or other'\n"}, nil, nil},
	} {
		m, findings := vitoBase.with(test.files).read(t, Vito{})
		expect(t, test.shows, findings)
		for _, found := range []struct {
			got  map[string]wire.File
			want map[string]string
		}{{m.Facts.Description, test.readme}, {m.Facts.Changelog, test.changelog}} {
			got := make(map[string]string)
			for lang, file := range found.got {
				got[lang] = file.Path
			}
			if !maps.Equal(got, found.want) {
				t.Errorf("%s: got %v, expected %v", test.shows, got, found.want)
			}
		}
	}
}

// What is missing is said once, and not where something is there that can't be used.
func TestMissing(t *testing.T) {
	bare := files{SidecarFile: "name: Demo\nversion: 1.0.0\n", "README.md": "# Demo\n"}
	m, findings := bare.read(t, Native{})
	expect(t, "bare", findings,
		`regen.yaml warning listing/authors: there is no author, expected one, so that people know whom to ask`,
		`regen.yaml warning listing/icon: there is no icon, expected one`,
		`regen.yaml notice listing/languages: nothing says which languages the package itself speaks, expected them; English is assumed`,
		`regen.yaml warning listing/license: there is no license, expected one, so that people know what they may do`,
		`regen.yaml warning listing/summary: there is no summary, expected one sentence that says what the package is`,
	)
	if m.Version != "1.0.0" {
		t.Errorf("version is %q", m.Version)
	}
	_, findings = Native{}.Read(bare.pkg(t, Native{}), Env{Published: "0.0.1"})
	if got := list(findings); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "notice listing/changelog") }) {
		t.Errorf("an upgrade without a list of changes: %q", got)
	}
	rest := "name: Demo\nversion: 1.0.0\nsummary: Shows something\nauthors: [{name: Ada}]\nlanguages: {en: 100}\n"
	for _, test := range []struct {
		shows, doc string
		want       []string
	}{
		{"no file of that name", rest + "license: MIT\nicons: [{path: icon.png}]\n", []string{`regen.yaml:7:16 error files/missing: "icon.png" isn't a file of the package`}},
		{"no such licence", rest + "license: MTI\nicons: [{path: a.svg}]\n", []string{`regen.yaml:6:10 error license/unknown: license names "MTI", expected an identifier that SPDX lists`}},
		{"a document that isn't read", "name: Demo\nversion: [1\n", []string{`regen.yaml:2:1 error yaml/syntax: not YAML: did not find expected ',' or ']'`}},
		{"a key that isn't spelt right", rest + "licence: MIT\n", []string{`regen.yaml:6:1 error schema/unknown-key: regen.yaml has no key "licence"`}},
		{"no name", "version: 1.0.0\n", []string{`regen.yaml:1:1 error schema/required: regen.yaml has no "name", expected it: what people know the package by: a text, or one per language`}},
	} {
		_, findings := files{SidecarFile: test.doc, "README.md": "# Demo\n", "a.svg": vitoBase["icon.svg"]}.read(t, Native{})
		expect(t, test.shows, findings, test.want...)
	}
}

// One fault is told once, however many rules it breaks.
func TestOneFindingForOneFault(t *testing.T) {
	for side, want := range map[string]string{
		"vendored: yes":                                    `regen.yaml:2:11 error yaml/surprise: found "yes" without quotes, which YAML 1.1 takes for true and YAML 1.2 for a text`,
		"orientation: off":                                 `regen.yaml:2:14 error yaml/surprise: found "off" without quotes, which YAML 1.1 takes for false and YAML 1.2 for a text`,
		"homepage: example.org":                            `regen.yaml:2:11 error schema/pattern: homepage is "example.org", expected an address that begins with https://`,
		"homepage: javascript://example.org":               `regen.yaml:2:11 error schema/pattern: homepage is "javascript://example.org", expected an address that begins with https://`,
		`keywords: ["\u0007bell"]`:                         `regen.yaml:2:12 error text/control: keywords[0] holds a control character (U+0007), expected visible text`,
		"license: ' MIT'":                                  `regen.yaml:2:10 error schema/pattern: license is " MIT", expected an SPDX expression`,
		"id: Other":                                        `regen.yaml:2:5 error schema/pattern: id is "Other", expected lower-case letters, digits and inner hyphens, perhaps in parts with dots between them`,
		"license_file: ../LICENSE":                         `regen.yaml:2:15 error schema/pattern: license_file is "../LICENSE", expected a path in the package, with slashes and without . and ..`,
		"version: 1.0":                                     `regen.yaml:2:10 error schema/type: version is the number 1.0, expected a text`,
		"permissions: [Network]":                           `regen.yaml:2:15 error schema/pattern: permissions[0] is "Network", expected lower-case letters, digits and inner hyphens`,
		"channel: beta":                                    `regen.yaml:2:10 error version/channel: channel is beta, and version 1.0.0 belongs to stable, expected them to agree`,
		"related: [{relation: see-also}]":                  `regen.yaml:2:11 error sidecar/related: related[0] has neither, expected either an id or a url`,
		"features: ['<script>']":                           `regen.yaml:2:12 error text/html: features[0] holds "<script>", which looks like HTML, expected text`,
		"ext: {a: 1.0e+999}":                               `regen.yaml:2:10 error schema/number: the number 1.0e+999 isn't one that all readers read alike, expected at most 15 digits`,
		"owners: [ada, ada]":                               `regen.yaml:2:15 error schema/duplicate-item: owners has "ada" twice`,
		"main_screenshot: icon.gif":                        `regen.yaml:2:18 error files/missing: "icon.gif" isn't a file of the package`,
		"support: ['mailto:ada@example.org', 'ftp://a.b']": `regen.yaml:2:37 error schema/pattern: support[1] is "ftp://a.b", expected an address that begins with https:// or mailto:`,
	} {
		_, findings := vitoBase.sidecar(side+"\n").read(t, Vito{})
		expect(t, side, findings, want)
	}
	for composer, want := range map[string]string{
		`"name": "acme/demo"|"name": "acme/demos"`: `composer.json:2:11 error vito/directory: the package is "demos", and its directory "demo", expected one name`,
		`"name": "acme/demo"|"name": "Acme/demo"`:  `composer.json:2:11 error schema/pattern: name is "Acme/demo", expected vendor/package of lower-case letters, digits and inner hyphens`,
		`"1.0.0"|"v1.0.0"`:                         `composer.json:4:14 error schema/pattern: version is "v1.0.0", expected a semantic version without a v before it`,
		`"version": "1.0.0",|`:                     `composer.json:1:1 error schema/required: composer.json has no "version", expected it: the semantic version of this release`,
		`"MIT"|"proprietary"`:                      `composer.json:5:14 error license/unknown: license names "proprietary", expected an identifier that SPDX lists`,
		`"icon.svg"|"icon.gif"`:                    `composer.json:7:46 error schema/pattern: extra.vito.icon is "icon.gif", expected the path of a file that ends in .svg or .png`,
		`"icon": "icon.svg",|`:                     `composer.json:7:21 error schema/required: extra.vito has no "icon", expected it: the path of the icon: an SVG of up to 512 KiB, or a square PNG of at least 256 pixels and up to 1 MiB`,
		`"name": "Ada"|"name": "<Ada>"`:            `composer.json:7:102 error text/html: extra.vito.author.name holds "<Ada>", which looks like HTML, expected text`,
		`"MIT",|"MIT", "support": {"chat": "javascript://example.org/%0aalert(1)"},`: `composer.json:5:41 error text/url: "javascript://example.org/%0aalert(1)" is no address to link to, expected one that begins with https://`,
	} {
		old, now, _ := strings.Cut(composer, "|")
		text := strings.Replace(vitoBase["composer.json"], old, now, 1)
		if text == vitoBase["composer.json"] {
			t.Fatalf("%s isn't in the base", old)
		}
		_, findings := vitoBase.with(files{"composer.json": text}).read(t, Vito{})
		expect(t, composer, findings, want)
	}
}

// The directory's name is the id, and what can't be one is told, whatever else there is.
func TestID(t *testing.T) {
	for id, wrong := range map[string]bool{"demo": false, "a.b-c": false, "Demo": true, "con": true, "a b": true, "-a": true, "a..b": true, "\xff": true, strings.Repeat("a", 129): true} {
		p := fullFiles.pkg(t, Native{})
		p.ID, p.Dir = id, "plugins/"+id
		_, findings := Native{}.Read(p, Env{})
		if got := slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Code == "id/invalid" && f.Path == p.Dir }); got != wrong {
			t.Errorf("%q: %v", id, findings)
		}
	}
}

// Permissions are held against those that the registry knows, wherever they stand.
func TestPermissions(t *testing.T) {
	for _, test := range []struct {
		env  Env
		want []string
	}{
		{Env{}, nil},
		{Env{Permissions: []string{"storage", "network"}}, nil},
		{Env{Dangerous: []string{"network"}}, []string{`regen.yaml:2:24 warning permissions/dangerous: the package asks for "network", which somebody has to review`}},
		{Env{Permissions: []string{"storage"}, Dangerous: []string{"storage"}}, []string{
			`regen.yaml:2:15 warning permissions/dangerous: the package asks for "storage", which somebody has to review`,
			`regen.yaml:2:24 error permissions/unknown: there is no permission "network", expected storage`,
		}},
	} {
		p := vitoBase.sidecar("permissions: [storage, network]\n").pkg(t, Vito{})
		_, findings := Vito{}.Read(p, test.env)
		expect(t, fmt.Sprint(test.env), findings, test.want...)
	}
}

// Owners count where the file can be read, and nowhere else.
func TestOwnersOf(t *testing.T) {
	for doc, want := range map[string][]string{
		"owners: [ada, bob]": {"ada", "bob"}, "owners: []": nil, "name: x": nil, "": nil, "owners: ada": nil, "owners: [ada": nil, "owners: [ada]\nowners: [eve]": nil, "owners: {a: b}": nil,
	} {
		if got := OwnersOf([]byte(doc)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, expected %q", doc, got, want)
		}
	}
	if OwnersOf(nil) != nil {
		t.Error("no file has owners")
	}
}
