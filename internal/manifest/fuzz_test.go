package manifest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/wire"
)

// sound fails unless what was read can be worked with: findings have a place and say what to do, and what has no errors can be published.
func sound(t *testing.T, p Package, m Manifest, findings check.Findings) {
	t.Helper()
	for _, f := range findings {
		if f.Code == "" || f.Message == "" || f.Hint == "" || f.Line < 0 || f.Column < 0 || f.Path != p.Dir && !strings.HasPrefix(f.Path, p.Dir+"/") {
			t.Fatalf("bad finding: %+v", f)
		}
		if len(f.Message)+len(f.Hint) > 4000 {
			t.Fatalf("a message of %d bytes", len(f.Message)+len(f.Hint))
		}
	}
	if len(findings) > 500 {
		t.Fatalf("%d findings", len(findings))
	}
	if len(findings.Errors()) > 0 {
		return
	}
	if err := wire.CheckVersion(m.Version); err != nil {
		t.Fatal(err)
	}
	if _, err := wire.Encode(m.Facts); err != nil {
		t.Fatal(err)
	}
	for lang := range m.Facts.Name {
		if !isLanguage(lang) {
			t.Fatalf("a name in %q", lang)
		}
	}
	for _, path := range m.Assets {
		if p.File(path) == nil {
			t.Fatalf("the asset %q isn't a file", path)
		}
	}
}

// FuzzVito reads a plugin with any manifest, class and sidecar.
func FuzzVito(f *testing.F) {
	f.Add(vitoBase["composer.json"], vitoBase["Plugin.php"], vitoBase["regen.yaml"])
	f.Add(`{"name": "acme/demo", "extra": {"vito": {"icon": "../icon.svg", "screenshots": ["README.md", 5]}}, "license": ["MIT", "("], "autoload": {"psr-4": {"": []}}}`, "\n<?php namespace A { class Plugin {} }", "ext: {composer: 1.0e+999}")
	f.Add(`{"authors": [{"name": "<b>", "homepage": "x"}, null], "support": {"email": "a b", "irc": "::"}, "funding": [{"url": 1}], "require": {"ext-json": "*"}}`, "<?php", "name: {de: \"\\u202e\"}\nicons: [{path: icon.svg}]\nrelated: [{}]")
	f.Fuzz(func(t *testing.T, composer, plugin, sidecar string) {
		p := vitoBase.with(files{"composer.json": composer, "Plugin.php": plugin, SidecarFile: sidecar}).pkg(t, Vito{})
		m, findings := Vito{}.Read(p, Env{ManifestSize: 1 << 16, Dangerous: []string{"network"}})
		sound(t, p, m, findings)
	})
}

// FuzzNative reads a package with any regen.yaml.
func FuzzNative(f *testing.F) {
	f.Add(fullSidecar)
	f.Add("name: On\nversion: 1.0\nlicense: (MIT\nicons: [{path: main.bin}, {path: icon.svg}]\nscreenshots: [{path: LICENSE, alt: {}}]\n")
	f.Add("host_api: {}\nfunding: [{xx: mailto:}]\nhelp_files: {de: [docs/help.md, docs/../LICENSE]}\ndescription: {en: docs/none.md}\nlanguages: {de: 1.0e+2}\n")
	f.Add("{\"channel\": \"rc\", \"version\": \"1.0.0-0.beta\", \"related\": [{\"id\": \"a\", \"url\": \"https://a@b\", \"relation\": \"extends\"}]}")
	base := fullFiles.pkg(f, Native{})
	f.Fuzz(func(t *testing.T, sidecar string) {
		p := base
		p.Files, p.Sidecar = slices.Clone(base.Files), []byte(sidecar)
		p.File(SidecarFile).Data = p.Sidecar
		m, findings := Native{}.Read(p, Env{Permissions: []string{"storage"}, Published: "0.0.1"})
		sound(t, p, m, findings)
	})
}

// A manifest that is as bad as can be takes no longer than a moment.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time, and the race detector takes its own")
	}
	many := func(n int, item string) string { return strings.Repeat(item, n) }
	for shows, composer := range map[string]string{
		"many keywords":    `{"keywords": [` + many(99_000, `"a",`) + `"b"]}`,
		"many authors":     `{"authors": [` + many(30_000, `{"name":"<b>"},`) + `{}]}`,
		"many screenshots": `{"extra": {"vito": {"screenshots": [` + many(90_000, `"a.png",`) + `"b"]}}}`,
		"many licences":    `{"license": [` + many(90_000, `"MIT",`) + `"b"]}`,
		"many namespaces":  `{"autoload": {"psr-4": [` + many(90_000, `{},`) + `{}]}}`,
		"one long text":    `{"description": "` + many(900_000, "x") + `", "name": "acme/` + many(100_000, "a-") + `"}`,
		"hidden text":      `{"description": "` + many(100_000, `\u200e`) + `\u0627"}`,
		"deep":             many(60, `{"a":[`) + many(60, `]}`),
		"numbers":          `{"x": [` + many(90_000, `1e999999,`) + `1]}`,
	} {
		p := vitoBase.with(files{"composer.json": composer}).pkg(t, Vito{})
		gittest.Within(t, 2*time.Second, shows, func() {
			m, findings := Vito{}.Read(p, Env{})
			sound(t, p, m, findings)
		})
	}
	base := vitoBase.with(files{"big.png | png 2000 2000": "", "big.md | repeat 900000": "text "})
	for shows, sidecar := range map[string]string{
		"many icons":        "icons: [" + many(3000, "{path: big.png},") + "]",
		"many screenshots":  "screenshots: [" + many(3000, "{path: big.png},") + "]",
		"many help files":   "help_files: [" + many(8000, "big.md,") + "]",
		"no such files":     "help_files: [" + many(15_000, "a.x,") + "]",
		"many permissions":  "permissions: [" + many(15_000, "a-b,") + "]",
		"many addresses":    "support: [" + many(4000, "'https://a@b',") + "]",
		"many related":      "related: [" + many(15_000, "{},") + "]",
		"many features":     "features: [" + many(10_000, "'<b>',") + "]",
		"many owners":       "owners: [" + many(20_000, "a,") + "]",
		"many numbers":      "ext: {a: [" + many(9000, "1.0e+9,") + "]}",
		"many huge numbers": "ext: {a: [" + many(5000, "1.0e+999999,") + "]}",
	} {
		p := base.with(files{SidecarFile: sidecar}).pkg(t, Vito{})
		gittest.Within(t, 2*time.Second, shows, func() {
			m, findings := Vito{}.Read(p, Env{Permissions: []string{"storage"}})
			sound(t, p, m, findings)
		})
	}
}
