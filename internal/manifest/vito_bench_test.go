package manifest

import (
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// plain is a plugin of common size: 1 KB of composer.json, an SVG of 700 bytes, a readme of 2 KB.
func plain() Package {
	files := good()
	files["composer.json"] = strings.Replace(goodComposer, `"require"`, `"keywords": ["disk", "monitoring", "alerts"],
    "authors": [{"name": "Acme", "email": "hello@example.org", "homepage": "https://example.org", "role": "maintainer"}],
    "support": {"issues": "https://example.org/issues", "docs": "https://example.org/docs", "source": "https://example.org/source"},
    "funding": [{"type": "other", "url": "https://example.org/pay"}], "minimum-stability": "stable",
    "require-dev": {"phpunit/phpunit": "^11.0", "larastan/larastan": "^3.0"}, "scripts": {"test": "phpunit", "lint": "pint --test"},
    "require"`, 1)
	files["icon.svg"] = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">` + "\n" + strings.Repeat(`<circle cx="32" cy="12" r="7" fill="#a0b1c2"/>`+"\n", 12) + "</svg>\n"
	files["README.md"] = strings.Repeat("Some words about what it does.\n", 64)
	return pack(files)
}

func BenchmarkVito(b *testing.B) {
	png := func(icon string) Package {
		p := plain()
		for i := range p.Files {
			switch f := &p.Files[i]; f.Path {
			case "composer.json":
				f.Data = []byte(strings.Replace(string(f.Data), "icon.svg", "icon.png", 1))
			case "icon.svg":
				*f = File{Path: "icon.png", Data: []byte(icon)}
			}
		}
		return p
	}
	shots := plain()
	for i := range shots.Files {
		if f := &shots.Files[i]; f.Path == "composer.json" {
			f.Data = []byte(strings.Replace(string(f.Data), `"categories"`, `"screenshots": ["shot.png"], "categories"`, 1))
		}
	}
	shots.Files = append(shots.Files, File{Path: "shot.png", Data: []byte(picture(1600, 1000))})
	for _, bench := range []struct {
		name string
		p    Package
	}{{"svg", plain()}, {"png256", png(picture(256, 256))}, {"png512", png(picture(512, 512))}, {"screenshot", shots}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, findings := (Vito{}).Read(bench.p, Limits{}); len(findings) > 0 {
					b.Fatal(findings)
				}
			}
		})
	}
}

// Whatever the files hold, reading them ends soon, without a panic; and what has no error can be published.
func FuzzVito(f *testing.F) {
	f.Add([]byte(goodComposer), []byte(goodPlugin), []byte(goodSVG), []byte(flat(256, 256)))
	f.Add([]byte(strings.Replace(goodComposer, "icon.svg", "icon.png", 1)), []byte("<?php"), []byte(goodSVG), []byte(flat(256, 256)))
	f.Add([]byte(strings.Replace(goodComposer, `"categories"`, `"screenshots": ["icon.png"], "categories"`, 1)), []byte(goodPlugin), []byte(`<svg xmlns="http://www.w3.org/2000/svg"><style>a{b:url(#c)}</style></svg>`), []byte(flat(1600, 1000)))
	f.Fuzz(func(t *testing.T, composer, plugin, svg, png []byte) {
		p := Package{Dir: "plugins/disk-watch", ID: "disk-watch", Files: []File{
			{Path: "Plugin.php", Data: plugin}, {Path: "README.md", Data: []byte("x")}, {Path: "composer.json", Data: composer}, {Path: "icon.png", Data: png}, {Path: "icon.svg", Data: svg},
		}}
		start := time.Now()
		m, findings := (Vito{}).Read(p, Limits{})
		if d := time.Since(start); d > 5*time.Second {
			t.Fatalf("took %v", d)
		}
		for _, f := range findings {
			if f.Code == "" || f.Message == "" || f.Severity == "" || !strings.HasPrefix(f.Path, p.Dir) {
				t.Fatalf("bad finding: %+v", f)
			}
		}
		if len(findings.Errors()) > 0 {
			return
		}
		if wire.CheckVersion(m.Version) != nil || m.Facts.Name.In("en") == "" || len(m.Facts.Icons) != 1 {
			t.Fatalf("no error, and yet not complete: %+v", m)
		}
		if _, err := wire.Encode(m.Facts); err != nil {
			t.Fatal(err)
		}
	})
}
