package storefront

import (
	"bytes"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"golang.org/x/net/html"
)

// hostile are texts that want to be more than text.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><script>alert(1)</script>`, `--><script>`, `</pre></code><iframe src=//e.org>`,
	`javascript:alert(1)`, `JaVaScRiPt:alert(1)`, ` javascript:alert(1)`, "java\tscript:alert(1)", `data:text/html,<script>alert(1)</script>`, `vbscript:x`, `//e.org/x`, `https://user@e.org/`, `https://`, `http:x`,
	`mailto:a@e.org?subject=x&body=y`, `mailto:a@e.org,b@e.org`, `mailto:javascript:alert(1)`, "\u202egnp.exe\u202c", "\u2067\u2066x", "a\x00b\x1b[31mc\x07", "\xff\xfe", `{{.Page}}`, `${x}`,
	strings.Repeat("W", 300), strings.Repeat("👩‍👩‍👧‍👦", 300), strings.Repeat("a\u0300", 300), "../../../index.json", "$(rm -rf /)", "`x`", "'; rm -rf /; '", "-rf", "[a](javascript:alert(1))", "\u2028\u2029",
	"&lt;script&gt;", "&#60;script&#62;", "<!--", "]]>", "\\u003cscript\\u003e", "%3Cscript%3E", " ", "",
}

func TestHostile(t *testing.T) {
	r := newRenderer(t)
	r.site.Install = map[string]string{"{url}": "get {url} {id} {version}"}
	for _, s := range hostile {
		text := wire.Text{s: s, "a": s}
		image := wire.Image{File: wire.File{Path: s}, Title: text, Alt: text, Width: 1, Height: 1}
		m := wire.Metadata{
			ID: "x", Format: s, Version: "1.0.0", Channel: s, Commit: s, Source: s, Artifact: wire.Artifact{Name: s, SHA256: s}, DistributionURL: s, Author: &wire.Authorship{Keys: []string{s, s}, Signature: s},
			Facts: wire.Facts{
				Name: text, Summary: text, Description: map[string]wire.File{s: {Path: s + ".md"}}, DescriptionText: text, Changelog: map[string]wire.File{s: {Path: s + ".txt"}}, HelpFiles: map[string][]wire.File{s: {{Path: s}}},
				HostAPI: &wire.HostAPI{Min: s, Target: s}, Requires: []string{s}, Icons: []wire.Image{image}, MainScreenshot: &image, Screenshots: []wire.Image{image, {File: wire.File{Path: s + ".png"}}}, Entrypoint: s,
				Authors:    []wire.Author{{Name: s, Email: s, URL: s, GitHub: s}, {GitHub: s}, {Email: s}, {URL: s}},
				Repository: s, Homepage: s, Categories: []string{s, s}, Keywords: []string{s}, License: s, LicenseURL: s, LicenseFile: &wire.File{Path: s}, Funding: []wire.Text{{"en": s}}, Support: []wire.Text{{"en": s}},
				Permissions: []string{s, "network"}, RoutesRisk: s, Code: s, Vendored: true, DataSchema: 1, AgeRating: s, Orientation: s, AccentColor: s, Languages: map[string]int{s: 50, "": 1},
				Features: []wire.Text{text}, AntiFeatures: []wire.AntiFeature{{Kind: s, Reason: text}}, Related: []wire.Related{{ID: s, Relation: s}, {URL: s, Relation: s}},
			},
		}
		reg := wire.Registry{ID: "r", Name: s, BaseURL: "https://example.org"}
		md := []byte("# " + s + "\n\n" + s + "\n\n[" + s + "](" + s + ") ![" + s + "](" + s + ") <" + s + ">\n\n" + "```" + s + "\n" + s + "\n```\n\n|" + s + "|\n|-|\n|" + s + "|\n\n" + s)
		row := wire.Row{
			ID: "x", Format: s, Name: text, Summary: text, Icon: "packages/x/1.0.0/assets/" + s, Categories: []string{s}, State: s, Version: s, Channel: s, Action: s, License: s, AntiFeatures: []string{s}, Host: s,
			Authors: []wire.RowAuthor{{Name: s, Slug: wire.Slug(s)}}, Keywords: []string{s},
		}
		listed := row
		listed.State = ""
		versions := []wire.Version{{Version: "0.9.0", Yanks: []wire.Yank{{Advisory: s, Action: s}, {Advisory: s, Action: wire.Block}}}, {Version: "1.0.0", Channel: s}}
		p := Package{
			Registry: reg, PublicKey: s, Metadata: m, Texts: map[string][]byte{s + ".md": md, s + ".txt": md}, List: wire.VersionList{Versions: versions}, Row: listed, Link: s, Epoch: 1,
			Renditions: map[string][]Rendition{s: {{Path: wire.RenditionPath(wire.Sum([]byte(s)), 320, "png"), Width: 320, Height: 200}}},
		}
		files, err := r.Package(p)
		checkAll(t, s, files, err)
		p.Own = true
		files, err = r.Package(p)
		checkAll(t, s, files, err)
		value := Value{Slug: wire.Slug(s), Label: s}
		files, err = r.Home(Home{Registry: reg, PublicKey: s, Featured: []wire.Row{row, listed}, Newest: []wire.Row{listed}, Categories: []Value{value}, Formats: []Value{value}})
		checkAll(t, s, files, err)
		files, err = r.List(List{Registry: reg, Kind: wire.OfCategory, Value: value, Rows: []wire.Row{row}, Prev: &Part{From: "x", Label: s}, Jumps: []Jump{{Initial: s, From: "x"}}})
		checkAll(t, s, files, err)
	}
}

// checkAll checks the pages in the default language; what lists and feeds add to them for programs has tests of its own.
func checkAll(t *testing.T, s string, files []File, err error) {
	t.Helper()
	checked := 0
	for _, f := range files {
		if strings.HasPrefix(f.Path, "en/") && strings.HasSuffix(f.Path, ".html") {
			checkPage(t, s, f.Data, err)
			checked++
		}
	}
	if err != nil || checked == 0 {
		t.Errorf("%q: %d pages: %v", s, checked, err)
	}
}

func checkPage(t *testing.T, s string, page []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	checkSafe(t, "page of "+s, page)
	walk(t, page, func(n *html.Node, attr map[string]string) {
		if n.Data == "a" && (strings.Contains(attr["href"], "user@") || strings.Contains(attr["href"], "?subject") || strings.Contains(attr["href"], ",b@")) {
			t.Errorf("%q: is linked as %s", s, attr["href"])
		}
	})
}

func TestTitlesAreCut(t *testing.T) {
	r := newRenderer(t)
	p := bareRelease()
	p.Metadata.Name = wire.Text{"en": strings.Repeat("€", 300)}
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	_, title, _ := bytes.Cut(page, []byte("<title>"))
	title, _, _ = bytes.Cut(title, []byte("</title>"))
	if n := len([]rune(string(title))); n > maxTitle || !strings.HasSuffix(string(title), "… – Harbour Plugins") {
		t.Errorf("the title has %d characters: %s", n, title)
	}
}

func FuzzPackage(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, []byte(s))
	}
	f.Add("Disk Watch", []byte(readme))
	r := newRenderer(f)
	f.Fuzz(func(t *testing.T, s string, md []byte) {
		p := richRelease()
		p.Metadata.Name = wire.Text{"en": s}
		p.Metadata.Homepage, p.Metadata.Artifact.Name, p.Metadata.Screenshots[0].Path = s, s, s
		p.Texts = map[string][]byte{"README.md": md, "CHANGELOG.md": md}
		files, err := r.Package(p)
		checkAll(t, s, files, err)
	})
}
