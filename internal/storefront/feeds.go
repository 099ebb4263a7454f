package storefront

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of feeds, in entries.
const (
	maxNewsEntries = 50
	maxFeedEntries = 20
)

// A feed is an Atom feed (RFC 4287).
//
// Ids are UUIDs made of the registry's id and of what the feed or the entry is about, so that they stay when the registry moves to another address, and a release is the
// same entry in every feed of its language. Links are absolute where the registry has an address, else relative to the feed. Times are those of releases.
type feed struct {
	XMLName xml.Name     `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string       `xml:"xml:lang,attr"`
	ID      string       `xml:"id"`
	Title   string       `xml:"title"`
	Updated string       `xml:"updated"`
	Author  []feedPerson `xml:"author"`
	Links   []feedLink   `xml:"link"`
	Entries []feedEntry  `xml:"entry"`
}

type feedPerson struct {
	Name string `xml:"name"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID      string       `xml:"id"`
	Title   string       `xml:"title"`
	Updated string       `xml:"updated"`
	Author  []feedPerson `xml:"author"`
	Link    feedLink     `xml:"link"`
	Summary *feedText    `xml:"summary"`
}

type feedText struct {
	Lang string `xml:"xml:lang,attr,omitempty"` // "" where it is the feed's own
	Text string `xml:",chardata"`
}

const (
	atomType = "application/atom+xml"
	htmlType = "text/html"
)

// A feedWriter makes one feed.
type feedWriter struct {
	l        *locale
	registry wire.Registry
	path     string // published
	base     base
	feed     feed
	latest   int64 // unix seconds
}

// newFeed begins the feed that lies at this path below its language. page is what it is the feed of.
func newFeed(l *locale, registry wire.Registry, at, page, title string) *feedWriter {
	w := &feedWriter{l: l, registry: registry, path: wire.LangPath(l.tag, at)}
	w.base = baseOf(w.path)
	w.feed = feed{
		Lang: l.tag, ID: urn(registry.ID, "feed", w.path), Title: title, Author: []feedPerson{{nameOf(registry)}},
		Links: []feedLink{{"self", atomType, w.href(w.path)}, {"alternate", htmlType, w.href(wire.LangPath(l.tag, page))}},
	}
	return w
}

// href returns the address of a published path.
func (w *feedWriter) href(path string) string {
	if w.registry.BaseURL != "" {
		return w.registry.BaseURL + "/" + pageAddress(path)
	}
	return w.base.to(path)
}

// add adds a release. page is where it is shown, below the language. A release whose time isn't known has none in the feed, since Atom wants one.
func (w *feedWriter) add(id, version, name, page string, unix int64, summary Text, authors []feedPerson) {
	if unix <= 0 {
		return
	}
	w.latest = max(w.latest, unix)
	e := feedEntry{
		ID: urn(w.registry.ID, "release", w.l.tag, id, version), Title: cutText(named(name, id), maxTitle) + " " + clean(version), Updated: atomTime(unix), Author: authors,
		Link: feedLink{"alternate", htmlType, w.href(wire.LangPath(w.l.tag, page))},
	}
	if summary.Text != "" {
		e.Summary = &feedText{summary.Lang, summary.Text}
	}
	w.feed.Entries = append(w.feed.Entries, e)
}

// file returns the feed.
func (w *feedWriter) file() (File, error) {
	w.feed.Updated = atomTime(w.latest)
	data, err := xmlDocument(w.feed)
	return File{w.path, data}, err
}

// xmlDocument returns an XML file.
func xmlDocument(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", " ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write XML: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// atomTime returns a time as RFC 3339 writes it, in UTC.
func atomTime(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }

// urn returns a UUID of version 8 (RFC 9562): a hash of the parts.
func urn(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// newsFeed renders the feed of all releases.
func newsFeed(n News) func(l *locale) (File, error) {
	return func(l *locale) (File, error) {
		w := newFeed(l, n.Registry, wire.FeedPath, wire.NewsPage, l.text("feed_news", "registry", nameOf(n.Registry)))
		for _, day := range n.Days {
			for i := len(day.Releases) - 1; i >= 0 && len(w.feed.Entries) < maxNewsEntries; i-- {
				d := &day.Releases[i]
				summary := l.releaseNote(d.Action)
				if summary == "" && d.First {
					summary = l.text("feed_first")
				}
				w.add(d.ID, d.Version, l.local(d.Name).Text, wire.PackagePage(d.ID), d.Time, Text{Text: summary}, nil)
			}
		}
		return w.file()
	}
}

// listFeed renders the feed of a list: there is one of each category, made with the page that shows the latest releases. Other lists have none.
func listFeed(list List) func(l *locale) (File, error) {
	return func(l *locale) (File, error) {
		if list.Kind != wire.OfCategory || list.Order != wire.ByUpdate || list.From != "" {
			return File{}, nil
		}
		page := wire.ListPage(list.Kind, list.Value.Slug, list.Order, "")
		w := newFeed(l, list.Registry, wire.ListFeed(list.Kind, list.Value.Slug), page, l.text("feed_list", "name", cutText(clean(list.Value.Label), maxTitle), "registry", nameOf(list.Registry)))
		for i := range list.Rows[:min(maxFeedEntries, len(list.Rows))] {
			row := &list.Rows[i]
			summary := l.local(row.Summary)
			if note := l.releaseNote(row.Action); note != "" {
				summary = Text{Text: note}
			}
			w.add(row.ID, row.Version, l.local(row.Name).Text, wire.PackagePage(row.ID), row.Updated, summary, rowPersons(row))
		}
		return w.file()
	}
}

// packageFeed renders the feed of a package's releases. The page of a release by itself has none.
func packageFeed(p Package) func(l *locale) (File, error) {
	return func(l *locale) (File, error) {
		if p.Own {
			return File{}, nil
		}
		id, name := p.Metadata.ID, l.local(p.Metadata.Name).Text
		w := newFeed(l, p.Registry, wire.PackageFeed(id), wire.PackagePage(id), l.text("feed_package", "name", cutText(named(name, id), maxTitle), "registry", nameOf(p.Registry)))
		versions := slices.Clone(p.List.Versions)
		slices.SortStableFunc(versions, func(a, b wire.Version) int { return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(b.Log, a.Log)) })
		for _, v := range versions[:min(maxFeedEntries, len(versions))] {
			page := wire.ReleasePage(id, v.Version)
			if v.Version == p.Metadata.Version {
				page = wire.PackagePage(id)
			}
			w.add(id, v.Version, name, page, v.Time, Text{Text: l.releaseNote(v.Action())}, nil)
		}
		return w.file()
	}
}

// releaseNote says what an advisory does to a release; "" where there is none.
func (l *locale) releaseNote(action string) string {
	switch action {
	case wire.Warn:
		return l.text("feed_warn")
	case wire.Block:
		return l.text("feed_block")
	case wire.Uninstall:
		return l.text("feed_uninstall")
	}
	return ""
}

// rowPersons returns the authors of a package; nil where there are none, and then the feed's stands for them.
func rowPersons(row *wire.Row) []feedPerson {
	var list []feedPerson
	for _, a := range row.Authors {
		if name := clean(a.Name); name != "" {
			list = append(list, feedPerson{name})
		}
	}
	return list
}
