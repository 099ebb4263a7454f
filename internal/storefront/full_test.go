package storefront

import (
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

// fullRelease has all that a page of a package can show, in two languages, and is in lists.
func fullRelease() Package {
	p := richRelease()
	p.Registry.BaseURL = "https://plugins.example.org"
	p.Epoch = 1
	m := &p.Metadata
	m.Format, m.Code = "mosis", "lua"
	m.Artifact.Name = "disk-watch-1.4.0.mosis"
	p.Link = "mosis://install/disk-watch"
	m.Name["de"], m.Summary["de"] = "Plattenwächter", "Prüft stündlich die Platten und Inodes deiner Server und sagt Bescheid, bevor sie voll sind."
	m.Permissions = []string{"storage", "network", "telepathy"}
	m.RoutesRisk, m.Vendored, m.DataSchema, m.AgeRating = "private", true, 3, "none"
	m.AntiFeatures = []wire.AntiFeature{
		{Kind: "tracking", Reason: wire.Text{"en": "Counts how often each page is opened.", "de": "Zählt, wie oft jede Seite geöffnet wird."}},
		{Kind: "non-free-network"},
	}
	m.Features = []wire.Text{{"en": "Draws a line through a week of answers", "de": "Zieht eine Linie durch die Antworten einer Woche"}, {"en": "Clears caches when you ask for it"}}
	m.Languages = map[string]int{"en": 100, "de": 100, "es": 72, "xx-invented-tag-that-is-long": 3}
	m.Keywords = []string{"disk", "inode", "monitoring"}
	m.Related = []wire.Related{{ID: "clock", Relation: "works-with"}, {URL: "https://example.org/df", Relation: "see-also"}}
	m.LicenseFile = &wire.File{Path: "LICENSE.txt"}
	m.HelpFiles = map[string][]wire.File{"en": {{Path: "help/start.md"}}}
	m.Description["de"] = wire.File{Path: "README.de.md"}
	m.DescriptionText = wire.Text{"es": "## Qué hace\n\nVigila los discos.\n"}
	m.Author = &wire.Authorship{Keys: []string{publicKey}}
	main := m.Screenshots[2]
	main.Title, main.Alt = nil, nil
	m.MainScreenshot = &main
	m.Screenshots = append(m.Screenshots, wire.Image{File: wire.File{Path: "screenshots/drawing.svg"}, Title: wire.Text{"de": "Ein Schema"}})
	p.Texts["README.de.md"] = []byte("# Plattenwächter\n\nPrüft die Platten. Mehr in den [Änderungen](CHANGELOG.md) und [auf Englisch](README.md).\n\n![Übersicht](screenshots/overview.png)\n")
	p.Renditions = map[string][]Rendition{
		"assets/icon.png":          {{wire.RenditionPath(m.Icons[0].SHA256, 96, "png"), 96, 96}, {wire.RenditionPath(m.Icons[0].SHA256, 192, "png"), 192, 192}},
		"screenshots/overview.png": {{wire.RenditionPath(m.Screenshots[0].SHA256, 320, "png"), 320, 200}, {wire.RenditionPath(m.Screenshots[0].SHA256, 640, "png"), 640, 400}},
	}
	for i := range p.List.Versions {
		p.List.Versions[i].Log = int64(1200 + i)
	}
	p.List.Versions[1].Yanks = []wire.Yank{{Advisory: "HARBOUR-2026-0002", Action: wire.Block}}
	p.Row = wire.Row{
		ID: m.ID, Format: m.Format, Name: m.Name, Categories: m.Categories[:2], License: m.License, AntiFeatures: []string{"tracking"}, Host: "3.11",
		Authors: []wire.RowAuthor{{Name: "Ada Harbour", Slug: "ada-harbour"}},
	}
	return p
}

// hostileRelease has names without end and texts that want to be more.
func hostileRelease() Package {
	p := fullRelease()
	m := &p.Metadata
	long := strings.Repeat("W", 300)
	m.Name = wire.Text{"en": "\u202e" + long, "de": strings.Repeat("Sehr langer Name ", 18)}
	m.Summary = wire.Text{"en": `<script>alert(1)</script> ` + long}
	m.Authors = []wire.Author{{Name: long}, {Name: "<b>bold</b>", URL: "javascript:alert(1)"}}
	m.Categories, m.Keywords, m.Requires = []string{long, "<i>"}, []string{long, long}, []string{long}
	m.Permissions = []string{long, "<script>"}
	m.AntiFeatures = []wire.AntiFeature{{Kind: long, Reason: wire.Text{"en": long}}}
	m.License, m.Homepage, m.Repository = long, "https://"+long+".example/", "javascript:alert(1)"
	m.HostAPI = &wire.HostAPI{Min: long, Target: long}
	m.Channel, m.Format = long, long
	m.Artifact.Name = long + ".zip"
	m.Screenshots[0].Title = wire.Text{"en": long}
	m.Features = []wire.Text{{"en": long}}
	p.Registry.Name = long
	p.Texts["README.md"] = []byte("# " + long + "\n\n" + long + "\n\n`" + long + "`\n\n- " + long + "\n\n|" + long + "|\n|-|\n|" + long + "|\n")
	p.List.State = wire.Delisted
	p.Advisories = []wire.Advisory{{ID: long, Action: wire.Warn, Reason: wire.Text{"en": long}}}
	return p
}

// TestHostileRelease: the pages of a package whose every fact is endless, or wants to be more than a text, are pages like others.
func TestHostileRelease(t *testing.T) {
	files, err := newRenderer(t).Package(hostileRelease())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Path, ".html") {
			continue
		}
		checkSafe(t, f.Path, f.Data)
		if strings.Contains(string(f.Data), "<script>alert") || strings.Contains(string(f.Data), `href="javascript:`) {
			t.Errorf("%s: a text of the package is more than a text", f.Path)
		}
	}
	if len(files) < 3 {
		t.Errorf("%d files", len(files))
	}
}
