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
	for _, s := range hostile {
		text := wire.Text{s: s, "a": s}
		image := wire.Image{File: wire.File{Path: s}, Title: text, Alt: text, Width: 1, Height: 1}
		m := wire.Metadata{
			ID: "x", Format: s, Version: "1.0.0", Channel: s, Commit: s, Source: s, Artifact: wire.Artifact{Name: s, SHA256: s},
			Facts: wire.Facts{
				Name: text, Summary: text, Description: map[string]wire.File{s: {Path: s + ".md"}}, Changelog: map[string]wire.File{s: {Path: s + ".txt"}},
				HostAPI: &wire.HostAPI{Min: s, Target: s}, Requires: []string{s}, Icons: []wire.Image{image}, Screenshots: []wire.Image{image}, Authors: []wire.Author{{Name: s, Email: s, URL: s, GitHub: s}, {GitHub: s}, {Email: s}},
				Repository: s, Homepage: s, Categories: []string{s, s}, License: s, Funding: []wire.Text{{"en": s}}, Support: []wire.Text{{"en": s}},
			},
		}
		reg := wire.Registry{ID: "r", Name: s}
		md := []byte("# " + s + "\n\n" + s + "\n\n[" + s + "](" + s + ") ![" + s + "](" + s + ") <" + s + ">\n\n" + "```" + s + "\n" + s + "\n```\n\n|" + s + "|\n|-|\n|" + s + "|\n\n" + s)
		page, err := r.Release(Release{Registry: reg, PublicKey: s, Metadata: m, Readme: md, Changelog: md, List: wire.VersionList{Versions: []wire.Version{{Version: "1.0.0", Channel: s}}}})
		check(t, s, page, err)
		m.Version = "0.9.0"
		page, err = r.Release(Release{Registry: reg, Metadata: m, Own: true})
		check(t, s, page, err)
		listed := []Card{{ID: "x", Entry: wire.Entry{Format: s, Name: s, Summary: s, Icon: "1.0.0/assets/" + s, Categories: []string{s}, State: s, Channels: map[string]string{wire.Stable: s}}}}
		page, err = r.Home(Home{Registry: reg, PublicKey: s, Cards: listed, Shelves: []string{"0"}})
		check(t, s, page, err)
		page, err = r.Shelf(reg, Shelf{Digits: "0", Cards: listed})
		check(t, s, page, err)
	}
}

func check(t *testing.T, s string, page []byte, err error) {
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
	page, err := r.Release(p)
	if err != nil {
		t.Fatal(err)
	}
	_, title, _ := bytes.Cut(page, []byte("<title>"))
	title, _, _ = bytes.Cut(title, []byte("</title>"))
	if n := len([]rune(string(title))); n > maxTitle || !strings.HasSuffix(string(title), "… – Harbour Plugins") {
		t.Errorf("the title has %d characters: %s", n, title)
	}
}

func FuzzRelease(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, []byte(s))
	}
	f.Add("Disk Watch", []byte(readme))
	r := newRenderer(f)
	f.Fuzz(func(t *testing.T, s string, md []byte) {
		p := richRelease()
		p.Metadata.Name = wire.Text{"en": s}
		p.Metadata.Homepage, p.Metadata.Artifact.Name, p.Metadata.Screenshots[0].Path = s, s, s
		p.Readme, p.Changelog = md, md
		page, err := r.Release(p)
		check(t, s, page, err)
	})
}
