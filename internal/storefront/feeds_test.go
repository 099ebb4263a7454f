package storefront

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// hostileText is a text as bad as a package can bring it.
const hostileText = "<script>alert(1)</script>]]>&amp;\x00\x08\u202etxt\ufffe\xff \" ' </title><!--"

// address is where the registry of these tests is published.
const address = "https://example.org/plugins"

func withAddress() wire.Registry {
	r := registry
	r.BaseURL = address
	return r
}

func sampleDays(n int) []wire.Day {
	var days []wire.Day
	for i := range n {
		at := time.Date(2026, 1, 30-i, 0, 0, 0, 0, time.UTC)
		day := wire.Day{Day: at.Format(time.DateOnly)}
		for j := range 3 {
			day.Releases = append(day.Releases, wire.DayRelease{
				Log: int64(100 - 3*i + j), Time: at.Unix() + int64(3600*j), ID: fmt.Sprintf("app-%d-%d", i, j), Version: "1.0.0", Channel: wire.Stable, First: j == 0,
				Action: []string{"", wire.Block, ""}[j], Name: wire.Text{"en": hostileText, "de": "Äpfel"},
			})
		}
		days = append(days, day)
	}
	return days
}

func sampleRow(id string) wire.Row {
	return wire.Row{
		ID: id, Version: "1.2.0", Channel: wire.Stable, Released: 1751328000, Updated: 1767484800, Name: wire.Text{"en": "Name of " + id}, Summary: wire.Text{"de": "Auf Deutsch", "en": hostileText},
		Authors: []wire.RowAuthor{{Name: "Ada " + hostileText, Slug: "ada"}}, Categories: []string{"tools"},
	}
}

// feeds renders all kinds of feeds, by path.
func feeds(t *testing.T, registry wire.Registry) map[string][]byte {
	t.Helper()
	r, err := New(site.FS, wire.Site{Languages: []string{"en", "de"}})
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]byte)
	add := func(files []File, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if path.Ext(f.Path) == ".atom" {
				all[f.Path] = f.Data
			}
		}
	}
	add(r.News(News{Registry: registry, Days: sampleDays(20)}))
	var rows []wire.Row
	for i := range 30 {
		rows = append(rows, sampleRow(fmt.Sprint("app-", i)))
	}
	for _, kind := range []wire.ListKind{wire.OfCategory, wire.OfLicense} {
		for _, order := range []wire.ListOrder{wire.ByUpdate, wire.ByName, wire.ByRelease} {
			add(r.List(List{Registry: registry, Kind: kind, Value: Value{Slug: "tools", Label: "tools " + hostileText}, Order: order, Rows: rows}))
		}
	}
	p := richRelease()
	p.Registry = registry
	add(r.Package(p))
	p.Own = true
	add(r.Package(p))
	add(r.News(News{Registry: wire.Registry{ID: "empty"}}))
	return all
}

// There is a feed for all, one per category and one per package, in each language; each is as RFC 4287 wants it, whatever packages say.
func TestFeeds(t *testing.T) {
	for _, registry := range []wire.Registry{withAddress(), registry} {
		all := feeds(t, registry)
		want := []string{"feed.atom", "categories/tools/feed.atom", "apps/disk-watch/feed.atom"}
		if len(all) != 2*len(want) {
			t.Errorf("%d feeds, expected %d", len(all), 2*len(want))
		}
		for _, lang := range []string{"en", "de"} {
			for _, at := range want {
				if at == "feed.atom" { // the last one rendered is that of a registry without releases
					continue
				}
				f := checkFeed(t, registry, wire.LangPath(lang, at), all[wire.LangPath(lang, at)])
				if n := len(f.Entries); n != map[bool]int{true: maxFeedEntries, false: 3}[at == want[1]] { // of the package's four releases, one has no known time
					t.Errorf("%s has %d entries", at, n)
				}
			}
		}
	}
}

// The feed of all has the latest releases first, up to a bound, and says what advisories say.
func TestNewsFeed(t *testing.T) {
	r := newRenderer(t)
	files, err := r.News(News{Registry: withAddress(), Days: sampleDays(20)})
	if err != nil {
		t.Fatal(err)
	}
	var f feed
	for _, file := range files {
		if file.Path == "en/feed.atom" {
			f = checkFeed(t, withAddress(), file.Path, file.Data)
		}
	}
	if len(f.Entries) != maxNewsEntries || f.Updated != "2026-01-30T02:00:00Z" || f.Entries[0].Updated != f.Updated {
		t.Fatalf("%d entries, updated %s, the first %s", len(f.Entries), f.Updated, f.Entries[0].Updated)
	}
	for i, want := range []string{"", "An advisory blocks this release.", "The first release of this package."} {
		got := ""
		if s := f.Entries[i].Summary; s != nil {
			got = s.Text
		}
		if got != want {
			t.Errorf("the summary of entry %d is %q, expected %q", i, got, want)
		}
	}
	if got := f.Entries[0].Link.Href; got != address+"/en/apps/app-0-2/" {
		t.Errorf("it links to %s", got)
	}
}

// A release is the same entry in every feed of a language, wherever the registry is published; another registry's is another.
func TestFeedIDs(t *testing.T) {
	id := func(registry wire.Registry, lang string) string {
		p := richRelease()
		p.Registry = registry
		for i, l := range newRenderer(t).locales {
			if l.tag == lang {
				file, err := packageFeed(p)(newRenderer(t).locales[i])
				if err != nil {
					t.Fatal(err)
				}
				return checkFeed(t, registry, file.Path, file.Data).Entries[0].ID
			}
		}
		return ""
	}
	here := id(registry, "en")
	if moved := id(withAddress(), "en"); moved != here {
		t.Errorf("at another address the id is %s, expected %s", moved, here)
	}
	if other := id(wire.Registry{ID: "other"}, "en"); other == here {
		t.Error("the release of another registry has the same id")
	}
	if other := id(registry, "de"); other == here {
		t.Error("the entry in another language has the same id")
	}
	row := wire.Row{ID: "disk-watch", Version: "1.4.0", Updated: 1767484800}
	file, err := listFeed(List{Registry: registry, Kind: wire.OfCategory, Value: Value{Slug: "a"}, Rows: []wire.Row{row}})(newRenderer(t).locales[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := checkFeed(t, registry, file.Path, file.Data).Entries[0].ID; got != here {
		t.Errorf("in the list's feed the id is %s, expected %s", got, here)
	}
}

var uuid = regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// checkFeed holds a feed against the rules of RFC 4287 that apply to it, and returns it.
func checkFeed(t *testing.T, registry wire.Registry, at string, data []byte) feed {
	t.Helper()
	wellFormed(t, at, data)
	var f feed
	if err := xml.Unmarshal(data, &f); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	if bytes.Contains(data, []byte("\u202e")) {
		t.Errorf("%s has a bidi control", at)
	}
	day := func(s string) bool {
		_, err := time.Parse(time.RFC3339, s)
		return err == nil && strings.HasSuffix(s, "Z")
	}
	link := func(l feedLink) {
		u, err := url.Parse(l.Href)
		if err != nil || u.IsAbs() != (registry.BaseURL != "") || registry.BaseURL != "" && !strings.HasPrefix(l.Href, registry.BaseURL+"/") {
			t.Errorf("%s: link %q (%v)", at, l.Href, err)
		}
		if registry.BaseURL == "" && strings.HasPrefix(path.Join(path.Dir(at), u.Path), "..") {
			t.Errorf("%s: link %q leads out of the tree", at, l.Href)
		}
	}
	if !uuid.MatchString(f.ID) || f.Title == "" || !day(f.Updated) || len(f.Author) != 1 || f.Author[0].Name == "" || len(f.Links) != 2 || !bytes.Contains(data, []byte(` xml:lang="`+at[:2]+`"`)) {
		t.Errorf("%s: %.1000s", at, data)
	}
	for _, l := range f.Links {
		link(l)
	}
	if u, _ := url.Parse(f.Links[0].Href); f.Links[0].Rel != "self" || !strings.HasSuffix(u.Path, path.Base(at)) {
		t.Errorf("%s: it says that it lies at %s", at, f.Links[0].Href)
	}
	seen := make(map[string]bool)
	for _, e := range f.Entries {
		if !uuid.MatchString(e.ID) || seen[e.ID] || e.Title == "" || !day(e.Updated) || e.Updated > f.Updated || e.Link.Rel != "alternate" {
			t.Errorf("%s: %+v", at, e)
		}
		seen[e.ID] = true
		link(e.Link)
	}
	return f
}

// wellFormed reads a whole XML file, strictly, and has xmllint do the same where it is there.
func wellFormed(t *testing.T, at string, data []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%s: %v\n%s", at, err, data)
		}
	}
	if tool, err := exec.LookPath("xmllint"); err == nil {
		cmd := exec.Command(tool, "--noout", "--nonet", "-")
		cmd.Stdin = bytes.NewReader(data)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s", at, err, out)
		}
	}
}
