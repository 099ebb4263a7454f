package manifest

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/wire"
)

func readMosis(files tree, env Env) (Manifest, check.Findings) {
	return Mosis{}.Read(files.pack(), env)
}

// mosisCodes returns the codes of findings, sorted, each once.
func mosisCodes(findings check.Findings) string {
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return strings.Join(slices.Compact(codes), " ")
}

// A manifest gives the facts that the model has, and the rest is kept.
func TestMosisFacts(t *testing.T) {
	files := baseOf(t, "mosis")
	m, findings := readMosis(files, Env{Published: "0.0.1"})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	file := func(path string) wire.File {
		ref := wire.RefOf([]byte(files[path]))
		return wire.File{Path: path, Size: ref.Size, SHA256: ref.SHA256}
	}
	icon := func(side int) wire.Image {
		return wire.Image{File: file(fmt.Sprintf("icons/%d.png", side)), Width: side, Height: side}
	}
	licence := file("LICENSE")
	want := wire.Facts{
		Name:            wire.Text{"en": "Tide Table"},
		VersionCode:     12,
		Summary:         wire.Text{"en": "Shows when the tide turns, for the harbours that you choose"},
		Description:     map[string]wire.File{"en": file("README.md")},
		Changelog:       map[string]wire.File{"en": file("CHANGELOG.md")},
		Entrypoint:      "main.rml",
		HostAPI:         &wire.HostAPI{Min: "3.0.0", Target: "3.2.0"},
		Permissions:     []string{"storage", "location"},
		Code:            "lua",
		Icons:           []wire.Image{icon(128), icon(64), icon(32)},
		Languages:       map[string]int{"en": 100, "de": 100},
		Authors:         []wire.Author{{Name: "Ada Lovelace", Email: "ada@example.org", URL: "https://example.org/tides"}},
		Repository:      "https://example.org/tides/source",
		Homepage:        "https://example.org/tides",
		Keywords:        []string{"tides", "sea"},
		Categories:      []string{"weather"},
		License:         "MIT",
		LicenseFile:     &licence,
		Orientation:     "portrait",
		BackgroundColor: "#0b3954",
		Ext:             map[string]any{"mosis": map[string]any{"locales": []any{"en", "de"}, "default_locale": "en"}},
	}
	if !reflect.DeepEqual(m.Facts, want) {
		t.Errorf("got  %+v\nwant %+v", m.Facts, want)
	}
	if m.Format != "mosis" || m.Version != "1.2.0" || m.Channel != "stable" || m.Artifact.Name != "org.example.demo-1.2.0.mosis" || KindOf(m.Artifact.Name) != StoredZip {
		t.Errorf("%s %s %s %s", m.Format, m.Version, m.Channel, m.Artifact.Name)
	}
	var packed []string
	for _, f := range m.Artifact.Files {
		packed = append(packed, f.Path)
	}
	delete(files, "regen.yaml")
	if all := slices.Sorted(maps.Keys(files)); !slices.Equal(packed, all) {
		t.Errorf("%v is packed, expected %v", packed, all)
	}

	// Only what is required.
	m, findings = readMosis(files.with(tree{"manifest.json": `{"id": "org.example.demo", "name": "Tides", "version": "1.0.0-beta.1", "version_code": 1, "entry": "main.rml",
		"permissions": [], "min_mosis_version": "3.0.1", "author": {"name": "Ada"}, "icons": {"32": "icons/32.png", "64": "icons/64.png", "128": "icons/128.png"}}`}), Env{})
	if len(findings.Errors()) > 0 || m.Channel != "beta" || m.Facts.Ext != nil || m.Facts.Permissions != nil || m.Facts.Homepage != "" || m.Facts.HostAPI.Target != "" {
		t.Errorf("%v, %+v", findings, m.Facts)
	}
}

// What the manifest may say, and what it may not.
func TestMosisManifest(t *testing.T) {
	base := baseOf(t, "mosis")
	for _, c := range []struct{ old, new, want string }{
		{`"id": "org.example.demo"`, `"id": "Org.example.demo"`, "schema/pattern"},
		{`"id": "org.example.demo"`, `"id": "demo"`, "schema/pattern"},
		{`"id": "org.example.demo"`, `"id": "org..demo"`, "schema/pattern"},
		{`"id": "org.example.demo"`, `"id": "org.example-2.demo"`, "schema/pattern"},
		{`"id": "org.example.demo"`, `"id": "org.` + strings.Repeat("e", 124) + `"`, "mosis/directory"},
		{`"id": "org.example.demo"`, `"id": "org.` + strings.Repeat("e", 125) + `"`, "schema/length"},
		{`"id": "org.example.demo",`, ``, "schema/required"},
		{`"Tide Table"`, `"` + strings.Repeat("é", 50) + `"`, ""},
		{`"Tide Table"`, `"` + strings.Repeat("é", 51) + `"`, "schema/length"},
		{`"Tide Table"`, `"Tide <b>Table</b>"`, "text/html"},
		{`"Tide Table"`, `"Tide < Table"`, ""},
		{`"1.2.0"`, `"1.2"`, "schema/pattern"},
		{`"version_code": 12`, `"version_code": 0`, "schema/range"},
		{`"version_code": 12`, `"version_code": 1`, ""},
		{`"version_code": 12`, `"version_code": 2147483647`, ""},
		{`"version_code": 12`, `"version_code": 2147483648`, "schema/range"},
		{`"version_code": 12`, `"version_code": "12"`, "schema/type"},
		{`"version_code": 12,`, ``, "schema/required"},
		{`"entry": "main.rml"`, `"entry": "scripts/main.lua"`, "schema/pattern"},
		{`"entry": "main.rml"`, `"entry": "start.rml"`, "files/missing"},
		{`"entry": "main.rml"`, `"entry": "../demo/main.rml"`, "files/path"},
		{`["storage", "location"]`, `[]`, ""},
		{`["storage", "location"]`, `["contacts", "storage", "network", "clipboard", "notifications", "camera", "microphone", "location"]`, ""},
		{`["storage", "location"]`, `["Storage"]`, "permissions/unknown"},
		{`["storage", "location"]`, `["storage", "storage"]`, "schema/duplicate-item"},
		{`"permissions": ["storage", "location"],`, ``, "schema/required"},
		{`"target_mosis_version": "3.2",`, ``, ""},
		{`"target_mosis_version": "3.2"`, `"target_mosis_version": "3.0.0"`, ""},
		{`"target_mosis_version": "3.2"`, `"target_mosis_version": "2.9.9"`, "mosis/target"},
		{`"target_mosis_version": "3.2"`, `"target_mosis_version": "2"`, "schema/pattern"},
		{`"min_mosis_version": "3.0",`, ``, "schema/required"},
		{`"name": "Ada Lovelace",`, ``, "schema/required"},
		{`"email": "ada@example.org",`, ``, ""},
		{`"ada@example.org"`, `"ada"`, "schema/pattern"},
		{`"https://example.org/tides"`, `"javascript:alert(1)"`, "schema/pattern"},
		{`"https://example.org/tides"`, `"https://ada:secret@example.org/"`, "text/url"},
		{`"32": "icons/32.png"`, `"32": "icons/64.png"`, "image/dimensions"},
		{`"32": "icons/32.png"`, `"32": "icons/33.png"`, "files/missing"},
		{`"32": "icons/32.png",`, ``, "schema/required"},
		{`"32": "icons/32.png"`, `"32": "icons/32.png", "48": "icons/32.png"`, "schema/unknown-key"},
		{`"weather"`, `"Weather"`, "schema/pattern"},
		{`"portrait"`, `"any"`, ""},
		{`"portrait"`, `"upright"`, "schema/enum"},
		{`"#0b3954"`, `"blue"`, "schema/pattern"},
		{`["tides", "sea"]`, `["tides", "<a>"]`, "text/html"},
		{`"tags"`, `"tag"`, "schema/unknown-key"},
		{`["en", "de"]`, `["en", "german"]`, "mosis/locale-unlisted schema/pattern"},
		{`"default_locale": "en"`, `"default_locale": "fr"`, "mosis/default-locale"},
	} {
		text := strings.Replace(base["manifest.json"], c.old, c.new, 1)
		if text == base["manifest.json"] {
			t.Fatalf("%s isn't in the manifest", c.old)
		}
		_, findings := readMosis(base.with(tree{"manifest.json": text}), Env{})
		if got := mosisCodes(findings); got != c.want {
			t.Errorf("%s: %v, expected %s", c.new, findings, cmp.Or(c.want, "nothing"))
		}
		for _, f := range findings {
			if f.Path == "plugins/org.example.demo/manifest.json" && f.Line == 0 {
				t.Errorf("%s: %v has no line", c.new, f)
			}
		}
	}

	_, findings := readMosis(base.with(tree{"manifest.json": strings.Replace(base["manifest.json"], `"tags"`, `"tag"`, 1)}), Env{})
	if len(findings) != 1 || findings[0].Line != 22 || findings[0].Column != 3 || findings[0].Hint != `did you mean "tags"?` {
		t.Errorf("%+v", findings)
	}
}

// The registry may have a list of permissions of its own, and say which are dangerous.
func TestMosisPermissions(t *testing.T) {
	base := baseOf(t, "mosis")
	for _, c := range []struct {
		env  Env
		want string
	}{
		{Env{Permissions: []string{"storage", "location"}}, ""},
		{Env{Permissions: []string{"storage", "rumble"}}, "permissions/unknown"},
		{Env{Permissions: []string{}}, "permissions/unknown"},
		{Env{Dangerous: []string{"location", "camera"}}, "permissions/dangerous"},
		{Env{Dangerous: []string{"camera"}}, ""},
	} {
		if _, findings := readMosis(base, c.env); mosisCodes(findings) != c.want {
			t.Errorf("%+v: %v, expected %s", c.env, findings, c.want)
		}
	}
	_, findings := readMosis(base.with(tree{"regen.yaml": "license: MIT\npermissions: [camera]\n"}), Env{})
	if !strings.Contains(mosisCodes(findings), "sidecar/overrides") {
		t.Errorf("permissions of the sidecar: %v", findings)
	}
}

// A language is as complete as the share of the default language's texts that it has.
func TestMosisLanguages(t *testing.T) {
	base := baseOf(t, "mosis")
	type languages = map[string]int
	for name, c := range map[string]struct {
		locales string // in place of those of the base
		files   tree
		want    languages
		codes   string
	}{
		"part of the texts":       {`"locales": ["en", "de"], "default_locale": "en"`, tree{"locales/de.json": `{"title": "Gezeiten", "tide": {"high": ""}}`}, languages{"en": 100, "de": 33}, ""},
		"texts of other kinds":    {`"locales": ["en", "de"], "default_locale": "en"`, tree{"locales/de.json": `{"title": 1, "tide": "x"}`}, languages{"en": 100, "de": 0}, ""},
		"more texts":              {`"locales": ["en", "de"], "default_locale": "de"`, tree{"locales/en.json": `{"title": "", "tide": {"high": "a", "low": "b"}, "more": "c"}`}, languages{"de": 100, "en": 66}, ""},
		"nothing to translate":    {`"locales": ["en", "de"], "default_locale": "en"`, tree{"locales/en.json": `{}`}, languages{"en": 100, "de": 100}, ""},
		"English is the default":  {`"locales": ["de", "en"]`, tree{"locales/de.json": `{}`}, languages{"en": 100, "de": 0}, ""},
		"else the first":          {`"locales": ["de", "fr"]`, tree{"locales/en.json": "", "locales/fr.json": `{"title": "Marées"}`}, languages{"de": 100, "fr": 33}, ""},
		"the default alone":       {`"default_locale": "de"`, tree{"locales/en.json": ""}, languages{"de": 100}, ""},
		"a script and a region":   {`"locales": ["en", "de", "zh-Hant-TW"]`, tree{"locales/zh-Hant-TW.json": `{"title": "潮汐"}`}, languages{"en": 100, "de": 100, "zh-Hant-TW": 33}, ""},
		"no locales":              {`"orientation": "any"`, tree{"locales/en.json": "", "locales/de.json": ""}, nil, "listing/languages"},
		"no locales, but texts":   {`"orientation": "any"`, nil, nil, "listing/languages mosis/locale-unlisted"},
		"one language, no file":   {`"locales": ["de"]`, tree{"locales/en.json": "", "locales/de.json": ""}, languages{"de": 100}, ""},
		"two languages, no file":  {`"locales": ["de", "en"]`, tree{"locales/en.json": "", "locales/de.json": ""}, languages{"en": 100}, "mosis/locale-missing"},
		"no file of the default":  {`"locales": ["de", "en"]`, tree{"locales/en.json": ""}, languages{"en": 100, "de": 100}, "mosis/locale-missing"},
		"a file without its name": {`"locales": ["en"]`, nil, languages{"en": 100}, "mosis/locale-unlisted"},
		"a group of files":        {`"locales": ["en", "de"]`, tree{"locales/de/more.json": `[]`}, languages{"en": 100, "de": 100}, ""},
		"not JSON":                {`"locales": ["en", "de"]`, tree{"locales/de.json": `{"title": "Gezeiten",}`}, languages{"en": 100}, "mosis/locale"},
		"a key twice":             {`"locales": ["en", "de"]`, tree{"locales/de.json": `{"title": "a", "title": "b"}`}, languages{"en": 100}, "mosis/locale"},
		"not UTF-8":               {`"locales": ["en", "de"]`, tree{"locales/de.json": "{\"title\": \"Gr\xf6\xdfe\"}"}, languages{"en": 100}, "mosis/file-content"},
		"a bidi control":          {`"locales": ["en", "de"]`, tree{"locales/de.json": `{"title": "a\u202eb"}`}, languages{"en": 100, "de": 33}, "text/bidi"},
		"markup":                  {`"locales": ["en", "de"]`, tree{"locales/en.json": `{"title": "<em>Tides</em>"}`}, languages{"en": 100, "de": 100}, ""},
	} {
		text, old := base["manifest.json"], "\"orientation\": \"portrait\",\n  \"background_color\": \"#0b3954\",\n  \"locales\": [\"en\", \"de\"],\n  \"default_locale\": \"en\""
		files := base.with(tree{"manifest.json": strings.Replace(text, old, c.locales, 1)}).with(c.files)
		maps.DeleteFunc(files, func(_, content string) bool { return content == "" })
		m, findings := readMosis(files, Env{})
		if got := mosisCodes(findings); got != c.codes || files["manifest.json"] == text {
			t.Errorf("%s: %v, expected %s", name, findings, cmp.Or(c.codes, "nothing"))
		}
		if !reflect.DeepEqual(m.Facts.Languages, c.want) {
			t.Errorf("%s: %v, expected %v", name, m.Facts.Languages, c.want)
		}
	}
	_, findings := readMosis(base.with(tree{"locales/de.json": "{\n  \"title\": \"Gezeiten\",\n}"}), Env{})
	if len(findings) != 1 || findings[0].Place() != "plugins/org.example.demo/locales/de.json:3:1" || findings[0].Hint == "" {
		t.Errorf("%+v", findings)
	}
}

// A file is of a type that devices know, by its name and its content.
func TestMosisFiles(t *testing.T) {
	base := baseOf(t, "mosis")
	zip, err := archive.StoredZip("", []archive.File{{Path: "a.txt", Data: []byte("hello")}})
	if err != nil {
		t.Fatal(err)
	}
	var zipped strings.Builder
	for _, s := range zip {
		zipped.Write(s)
	}
	tar := strings.Repeat("a", 257) + "ustar\x0000"
	tga := "\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x20\x08\x00\x00\x00\x00"
	const typ, content = "mosis/file-type", "mosis/file-content"
	for _, c := range []struct{ path, data, want string }{
		{"a.rml", "", ""}, {"a.rml", "<rml/>", ""}, {"a.rml", "\xff\xfe<\x00", content}, {"a.rml", "<rml>\x00", content},
		{"a.rcss", "p { color: red; }", ""}, {"a.rcss", "p\xe9", content},
		{"a.json", "[1]", ""}, {"a.json", "[1]\x00", content},
		{"a.lua", "return 1", ""}, {"a.lua", "return '\xe9'", ""}, {"a.lua", "#!/usr/bin/lua\nreturn 1", ""}, {"a.lua", "\x1bLua\x54\x00", ""}, {"a.lua", "\x7fELF", content}, {"a.lua", "MZ = 1", ""},
		{"a.png", base["icons/32.png"], ""}, {"a.png", "\xff\xd8\xff\xe0", content}, {"a.png", "", content},
		{"a.jpg", "\xff\xd8\xff\xe0", ""}, {"a.jpeg", "\xff\xd8\xff\xe1", ""}, {"a.jpg", base["icons/32.png"], content},
		{"a.tga", tga, ""}, {"a.tga", "GIF89a" + tga, content}, {"a.tga", "\x1bLua" + tga, content},
		{"a.webp", "RIFF\x10\x00\x00\x00WEBPVP8L", ""}, {"a.webp", "RIFF\x10\x00\x00\x00WAVEfmt ", content},
		{"a.wav", "RIFF\x10\x00\x00\x00WAVEfmt ", ""}, {"a.wav", "RIFF\x10\x00\x00\x00WEBPVP8L", content},
		{"a.ogg", "OggS\x00\x02", ""}, {"a.ogg", "ID3\x04", content},
		{"a.mp3", "ID3\x04", ""}, {"a.mp3", "\xff\xfb\x90\x64", ""}, {"a.mp3", "\xff\xf1\x90\x64", content}, {"a.mp3", "OggS\x00\x02", content},
		{"a.ttf", "\x00\x01\x00\x00\x00\x0a", ""}, {"a.otf", "OTTO\x00\x0a", ""}, {"a.otf", "wOFF\x00\x01", content},
		{"a.txt", "text", typ}, {"a.svg", "<svg/>", typ}, {"a", "text", typ}, {"a.sh", "echo", typ}, {"a.zip", zipped.String(), typ}, {"a.so", "\x7fELF", typ},
		{"a.PNG", base["icons/32.png"], typ}, {"a.json.gz", "x", typ}, {".json", "{}", ""}, {"notes.md", "text", typ},
		{"licence", "text", ""}, {"fonts/LICENSE-OFL.txt", "text", ""}, {"COPYING.LESSER", "text", ""}, {"LICENSE.so", "\x7fELF\x00", content},
		{"README.de.md", "text", ""}, {"docs/Readme.md", "text", ""}, {"README.txt", "text", typ}, {"CHANGELOG.de.md", "text", ""}, {"COPYING", "#!/bin/sh\n", content},
		{"b.tga", zipped.String(), content}, {"b.png", base["icons/32.png"] + zipped.String(), content}, {"b.png", base["icons/32.png"] + "PK\x05\x06", ""},
		{"b.lua", tar, content}, {"b.lua", tar[1:], ""},
		{"b.lua", "BZh91AY&SY", content}, {"b.lua", "BZh9 = 1", ""}, {"b.tga", "\x1f\x8b\x08\x00", content}, {"b.ogg", "\xfd7zXZ\x00", content}, {"b.mp3", "7z\xbc\xaf\x27\x1c", content},
		{"b.ttf", "Rar!\x1a\x07\x01\x00", content}, {"b.wav", "\x28\xb5\x2f\xfd", content}, {"b.json", "\x00asm\x01\x00\x00\x00", content}, {"b.lua", "\xcf\xfa\xed\xfe\x07\x00", content},
		{"b.lua", "\xca\xfe\xba\xbe\x00\x00", content}, {"b.lua", "MZ\x90\x00\x03\x00", content}, {"b.rml", "#!/bin/sh", content},
	} {
		_, findings := readMosis(base.with(tree{c.path: c.data}), Env{})
		if got := mosisCodes(findings); got != c.want {
			t.Errorf("%s with %q: %v, expected %s", c.path, c.data[:min(len(c.data), 20)], findings, cmp.Or(c.want, "nothing"))
		}
	}
}

// What is packed is at most what a device takes.
func TestMosisLimits(t *testing.T) {
	base := baseOf(t, "mosis")
	for count, want := range map[int]string{999: "", 1000: "mosis/package-size"} { // and META-INF/MANIFEST.MF
		files := maps.Clone(base)
		for i := len(files.pack().Files); i < count; i++ {
			files[fmt.Sprintf("a/%d.lua", i)] = ""
		}
		if _, findings := readMosis(files, Env{}); mosisCodes(findings) != want {
			t.Errorf("%d files: %v", count, findings)
		}
	}

	const most = 10 << 20
	for size, want := range map[int]string{most: "", most + 1: "mosis/file-size"} {
		if _, findings := readMosis(base.with(tree{"a.lua": strings.Repeat(" ", size)}), Env{}); mosisCodes(findings) != want {
			t.Errorf("a file of %d bytes: %v", size, findings)
		}
	}

	space := strings.Repeat(" ", most)
	files := base.with(tree{"a.lua": space, "b.lua": space, "c.lua": space, "d.lua": space, "META-INF/CERT.SIG": strings.Repeat("s", 64)})
	sizeOf := func(files tree) int64 {
		m, _ := readMosis(files, Env{})
		var packed []archive.File
		for _, f := range (Mosis{}).Stamp(m.Artifact.Files, 0) {
			packed = append(packed, archive.File{Path: f.Path, Data: f.Data})
		}
		zip, err := archive.StoredZip("", packed)
		if err != nil {
			t.Fatal(err)
		}
		return zip.Size()
	}
	files["e.lua"] = ""
	left := 50<<20 - int(sizeOf(files))
	for more, want := range map[int]string{0: "mosis/signature-unchecked", 1: "mosis/package-size"} {
		files["e.lua"] = space[:left+more]
		_, findings := readMosis(files, Env{})
		if size := sizeOf(files); mosisCodes(findings) != want || size != int64(50<<20+more) {
			t.Errorf("a package of %d bytes: %v", size, findings)
		}
	}

	for size, want := range map[int]string{64 << 10: "", 64<<10 + 1: "json/size"} {
		text := base["manifest.json"] + strings.Repeat(" ", size-len(base["manifest.json"]))
		if _, findings := readMosis(base.with(tree{"manifest.json": text}), Env{ManifestSize: 1 << 20}); strings.Contains(mosisCodes(findings), "json/size") != (want != "") || want == "" && len(findings) > 0 {
			t.Errorf("a manifest of %d bytes: %v", size, findings)
		}
	}
	if _, findings := readMosis(base, Env{ManifestSize: 100}); !strings.Contains(mosisCodes(findings), "json/size") {
		t.Errorf("a registry that takes less: %v", findings)
	}
}

// Of each kind of finding there are few, and an error among those that aren't listed stays one.
func TestMosisFew(t *testing.T) {
	files := baseOf(t, "mosis")
	for i := range 300 {
		files[fmt.Sprintf("a/%03d.txt", i)] = ""
		files[fmt.Sprintf("locales/x%d.json", i)] = `{"a": "\u202e", "b": 1, "b": 2}`
	}
	_, findings := readMosis(files, Env{})
	count := make(map[string]int)
	for _, f := range findings {
		count[f.Code]++
	}
	if count["mosis/file-type"] != 51 || count["mosis/locale"] != 51 || count["mosis/locale-unlisted"] != 51 {
		t.Error(count)
	}
	last := findings[slices.IndexFunc(findings, func(f check.Finding) bool {
		return strings.Contains(f.Message, "250 more") && f.Code == "mosis/file-type"
	})]
	if last.Severity != check.Error || last.Path != "plugins/org.example.demo/a/050.txt" || last.Hint == "" {
		t.Errorf("%+v", last)
	}
}

// A manifest that wants to cost much costs little.
func TestMosisHostile(t *testing.T) {
	base := baseOf(t, "mosis")
	list := func(n int, item func(i int) string) string {
		var items []string
		for i := range n {
			items = append(items, item(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	numbered := func(format string) func(int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	locales := make(tree)
	for i := range 900 {
		locales[fmt.Sprintf("locales/l%d.json", i)] = `{"a":"a"}`
	}
	for name, files := range map[string]tree{
		"permissions": {"manifest.json": `{"permissions": ` + list(6000, numbered(`"p%d"`)) + `}`},
		"empty":       {"manifest.json": `{"permissions": ` + list(20_000, same(`""`)) + `, "permission": 1}`},
		"locales":     locales.with(tree{"manifest.json": `{"locales": ` + list(6000, numbered(`"l%d"`)) + `, "default_locale": "zz"}`}),
		"tags":        {"manifest.json": `{"tags": ` + list(10_000, same(`"<b"`)) + `}`},
		"keys":        {"manifest.json": `{"a` + strings.Join(make([]string, 10_000), `":1,"a`) + `":1}`},
		"other keys":  {"manifest.json": "{" + strings.Trim(list(6000, numbered(`"k%d":1`)), "[]") + "}"},
		"depth":       {"manifest.json": strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000)},
		"numbers":     {"manifest.json": `{"version_code": 1e999999999, "locales": ` + list(15, same(`1e9999999`)) + `}`},
		"texts":       {"locales/en.json": `{"` + strings.Repeat("k", 1<<20) + `": {` + strings.Trim(list(20_000, numbered(`"%d":"\u202e"`)), "[]") + `}}`},
		"deep texts":  {"locales/en.json": strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)},
		"names": func() tree {
			tree := make(tree)
			for i := range 20_000 {
				tree[fmt.Sprintf("meta-inf/%d.zip", i)] = "PK\x03\x04"
			}
			return tree
		}(),
	} {
		gittest.Within(t, time.Second, name, func() {
			if _, findings := readMosis(base.with(files), Env{}); len(findings) > 500 {
				t.Errorf("%s: %d findings", name, len(findings))
			}
		})
	}
}

// The format is told by its manifest, and leaves out what isn't the app.
func TestMosisDetect(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  bool
	}{
		{[]string{"main.rml", "manifest.json"}, true},
		{[]string{"blueprint.json", "manifest.json"}, false},
		{[]string{"composer.json", "package.json"}, false},
		{nil, false},
	} {
		if got := (Mosis{}).Detect(c.names); got != c.want {
			t.Errorf("%v: %v", c.names, got)
		}
	}
	for path, want := range map[string]bool{"regen.yaml": true, "docs/regen.yaml": false, "a/.DS_Store": true, ".github/x.json": true, "META-INF/CERT.SIG": false, "tests/a.lua": false} {
		if got := (Mosis{}).Excluded(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// Whatever a manifest says, and whatever is beside it, reading it ends, in few findings, and a package without an error has what is required.
func FuzzMosis(f *testing.F) {
	base := baseOf(f, "mosis")
	f.Add(base["manifest.json"], "a.tga", "PK\x05\x06", base["locales/de.json"], "", base["regen.yaml"])
	f.Add(base["manifest.json"], "meta-inf", "", `[`, "sig", "keys: []")
	f.Add(strings.Replace(base["manifest.json"], `"de"`, `"de", "fr"`, 1), "META-INF/MANIFEST.MF", "0", `{"title": {}}`, strings.Repeat("s", 64), "")
	f.Add(`{"icons": [], "author": "", "locales": {}, "version_code": 1.5, "tags": null, "permissions": [1, ""]}`, "LICENSE", "\x00", "null", "", "id: x")
	f.Add(`[{"id": 1}]`, "", "", "{}", "", "- a")
	f.Fuzz(func(t *testing.T, text, path, data, texts, signature, sidecar string) {
		files := base.with(tree{"manifest.json": text, path: data, "locales/de.json": texts, "regen.yaml": sidecar})
		if signature != "" {
			files["META-INF/CERT.SIG"] = signature
		}
		m, findings := readMosis(files, Env{})
		if len(findings) > 500 {
			t.Errorf("%d findings", len(findings))
		}
		stamped := Mosis{}.Stamp(m.Artifact.Files, 0)
		back, err := Mosis{}.Unstamp(stamped, 0)
		if err != nil || !reflect.DeepEqual(back, m.Artifact.Files) {
			t.Errorf("unstamped: %v", err)
		}
		if len(findings.Errors()) > 0 {
			return
		}
		if _, err := wire.Encode(m.Facts); err != nil {
			t.Error(err)
		}
		if m.Version == "" || m.Facts.Entrypoint == "" || m.Facts.VersionCode < 1 || len(m.Facts.Icons) != 3 || len(m.Facts.Name) == 0 || m.Facts.HostAPI == nil {
			t.Errorf("%+v has no error", m)
		}
	})
}
