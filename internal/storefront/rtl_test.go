package storefront

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// arabic is a renderer of a registry that brings a language of its own.
var arabic = sync.OnceValues(func() (*Renderer, error) {
	texts, err := os.ReadFile("testdata/ar.yaml")
	if err != nil {
		return nil, err
	}
	return New(site.FS, wire.Site{Languages: []string{"en", "de", "es", "ar"}, Files: map[string]string{"strings/ar.yaml": string(texts)}})
})

func withArabic(t *testing.T) *Renderer {
	t.Helper()
	r, err := arabic()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Pages in a language that is written from right to left say so, and texts of packages say which language they are in.
func TestRightToLeft(t *testing.T) {
	r := withArabic(t)
	row := wire.Row{
		ID: "notes", Version: "1.0.0", Channel: wire.Stable, Updated: 1767484800, Name: wire.Text{"en": "Notes", "ar": "ملاحظات"}, Summary: wire.Text{"en": "Plain notes."},
		Authors: []wire.RowAuthor{{Name: "سارة", Slug: "a"}, {Name: "Ada", Slug: "ada"}},
	}
	files, err := r.List(List{Registry: registry, Kind: wire.AllPackages, Value: Value{Count: 3}, Rows: []wire.Row{row}})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f File) bool { return f.Path == "ar/browse/index.html" })
	if i < 0 {
		t.Fatal("there is no page in Arabic")
	}
	page := files[i].Data
	checkSafe(t, files[i].Path, page)
	text := textOf(t, page)
	for _, want := range []string{"كل الحزم", "3 حزم", "4 يناير 2026", "سارة، Ada"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page doesn't say %q: %s", want, text)
		}
	}
	walk(t, page, func(n *html.Node, attr map[string]string) {
		switch {
		case n.Data == "html" && (attr["lang"] != "ar" || attr["dir"] != "rtl"):
			t.Errorf("the page is in %q, %q", attr["lang"], attr["dir"])
		case n.FirstChild != nil && n.FirstChild.Data == "ملاحظات" && (attr["lang"] != "" || attr["dir"] != "auto"):
			t.Errorf("the name is in %q, %q, expected the page's own language", attr["lang"], attr["dir"])
		case n.FirstChild != nil && n.FirstChild.Data == "Plain notes." && (attr["lang"] != "en" || attr["dir"] != "auto"):
			t.Errorf("the summary is in %q, %q, expected en", attr["lang"], attr["dir"])
		case attr["hreflang"] == "ar" && n.Data == "a" && attr["dir"] != "rtl":
			t.Error("the link to the page in Arabic has no direction of its own")
		}
	})
}

// The styles know no left and no right, but for what is mirrored on purpose.
func TestStylesFollowTheReading(t *testing.T) {
	for _, name := range namesIn(builtIn().r.files, styleDir, ".css") {
		for i, line := range bytes.Split(builtIn().r.files[name], []byte("\n")) {
			for _, physical := range []string{"margin-left", "margin-right", "padding-left", "padding-right", "border-left", "border-right", " left:", " right:", "text-align: left", "text-align: right", "float:"} {
				if bytes.Contains(line, []byte(physical)) {
					t.Errorf("site/%s:%d: %s, expected a length that follows the reading direction", name, i+1, physical)
				}
			}
		}
	}
}

// Names of any length and in any script leave the page whole: its title ends with the registry's name, and nothing escapes from where it stands.
func TestHostileLists(t *testing.T) {
	r := builtIn().r
	for name, s := range map[string]string{
		"long":    strings.Repeat("Extraordinarily long ", 15),
		"word":    strings.Repeat("ünbröken", 700),
		"markup":  `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}</title>`,
		"control": "a\u202eb\u2066c\x00d\x07\u2028e",
		"link":    "javascript:alert(1)",
		"empty":   "\u202e",
		"arabic":  "دفتر الملاحظات",
	} {
		row := wire.Row{
			ID: "app", Version: s, Channel: s, Action: s, State: s, Updated: -1, Name: wire.Text{"en": s}, Summary: wire.Text{"xx-" + s: s}, Icon: s, Icon2x: s, Authors: []wire.RowAuthor{{Name: s, Slug: "a"}},
			Categories: []string{s}, License: s,
		}
		rows := []wire.Row{row}
		value := Value{Slug: wire.Slug(s), Label: s, Count: 1}
		hostile := registry
		hostile.Name = s
		day := wire.Day{Day: "2026-11-21", Releases: []wire.DayRelease{{ID: "app", Version: s, Channel: s, Action: s, Name: wire.Text{"en": s}}}}
		active := []wire.ActiveAdvisory{{ID: "A-1", Package: "app", Name: wire.Text{"en": s}, Action: wire.Warn, Versions: []string{s}}}
		for i, render := range []func() ([]File, error){
			func() ([]File, error) {
				return r.Home(Home{Registry: registry, PublicKey: s, Featured: rows, Categories: []Value{value}})
			},
			func() ([]File, error) {
				return r.List(List{Registry: registry, Kind: wire.OfCategory, Value: value, Rows: rows, Prev: &Part{"a", s}})
			},
			func() ([]File, error) {
				return r.Values(Values{Registry: registry, Kind: wire.OfAuthor, Values: []Value{value}})
			},
			func() ([]File, error) {
				return r.News(News{Registry: registry, Days: []wire.Day{day, {Day: s}}, Months: []Month{{Month: s}}})
			},
			func() ([]File, error) { return r.Day(DayPage{Registry: registry, Day: day}) },
			func() ([]File, error) { return r.Advisories(Advisories{registry, active}) },
			func() ([]File, error) {
				return r.Advisory(AdvisoryPage{registry, active, []wire.Advisory{{ID: "A-1", Reason: wire.Text{"en": s}, Link: s}}})
			},
			func() ([]File, error) { return r.List(List{Registry: hostile, Kind: wire.AllPackages, Rows: rows}) },
		} {
			files, err := render()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if !strings.HasSuffix(f.Path, ".html") {
					continue
				}
				checkSafe(t, name+": "+f.Path, f.Data)
				title := ""
				walk(t, f.Data, func(n *html.Node, _ map[string]string) {
					if n.Data == "title" && n.Parent.Data == "head" {
						title = n.FirstChild.Data
					}
				})
				if len([]rune(title)) > maxTitle+4 || i < 7 && !strings.HasSuffix(title, registry.Name) {
					t.Errorf("%s: %s: the title is %q", name, f.Path, title)
				}
			}
		}
	}
}
