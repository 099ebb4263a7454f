package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// errSpoilt says that the data of the storefront aren't what a publish left. Then everything is rendered.
var errSpoilt = errors.New("the storefront's data are spoilt")

// maxData bounds a file of the storefront's data, in bytes.
const maxData = 64 << 20

// rowDigits returns how many hex digits of a package's hash name the file that its row is in: so many that a file has some hundred rows.
func rowDigits(count int) int {
	digits := 0
	for ; count > wire.MaxLeaf; count /= 16 {
		digits++
	}
	return digits
}

// rowFiles returns the digits of all files of rows.
func rowFiles(digits int) []string {
	files := []string{""}
	for range digits {
		var next []string
		for _, f := range files {
			for _, c := range "0123456789abcdef" {
				next = append(next, f+string(c))
			}
		}
		files = next
	}
	return files
}

// rows are the rows of all packages.
type rows struct {
	digits int
	mu     sync.Mutex
	byID   map[string]*wire.Row
}

// readRows reads the published rows.
func (v *views) readRows(ctx context.Context, count int) (*rows, error) {
	all := &rows{digits: rowDigits(count), byID: make(map[string]*wire.Row, count)}
	files := rowFiles(all.digits)
	err := parallel(len(files), func(i int) error {
		data, err := v.Store.Read(ctx, wire.RowsPath(files[i]), maxData)
		if errors.Is(err, store.ErrNotExist) {
			return nil // no package there, or a spoilt tree: the count tells
		}
		if errors.Is(err, store.ErrTooLarge) {
			return errSpoilt
		}
		if err != nil {
			return err
		}
		var doc wire.Rows
		if json.Unmarshal(data, &doc) != nil {
			return errSpoilt
		}
		all.mu.Lock()
		defer all.mu.Unlock()
		for i := range doc.Rows {
			all.byID[doc.Rows[i].ID] = &doc.Rows[i]
		}
		return nil
	})
	if err == nil && len(all.byID) != count {
		err = errSpoilt
	}
	return all, err
}

// put writes the files of rows that the given packages are in; all files where ids is nil.
func (v *views) putRows(all *rows, ids []string) error {
	file := func(id string) string { return wire.HashDigits(id)[:all.digits] }
	wanted := make(map[string]bool)
	for _, id := range ids {
		wanted[file(id)] = true
	}
	files := make(map[string][]wire.Row)
	for id, row := range all.byID {
		if f := file(id); ids == nil || wanted[f] {
			files[f] = append(files[f], *row)
		}
	}
	var names []string
	for f := range files {
		names = append(names, f)
	}
	slices.Sort(names)
	return parallel(len(names), func(i int) error {
		list := files[names[i]]
		slices.SortFunc(list, func(a, b wire.Row) int { return cmp.Compare(a.Number, b.Number) })
		if err := v.putDoc(wire.RowsPath(names[i]), wire.Rows{Rows: list}); err != nil {
			return err
		}
		return v.putFiles(v.renderer.SitemapPart(v.registry, names[i], list))
	})
}

// putSitemap writes the index of the sitemap.
func (v *views) putSitemap(all *rows) error {
	seen := make(map[string]bool)
	for id := range all.byID {
		seen[wire.HashDigits(id)[:all.digits]] = true
	}
	return v.putFiles(v.renderer.Sitemap(v.registry, slices.Sorted(maps.Keys(seen))))
}

// putDoc writes a document of the storefront's data.
func (v *views) putDoc(path string, doc any) error {
	data, err := wire.Encode(doc)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return v.put(path, data, nil)
}

// row returns what lists show of a package.
func (v *views) row(list wire.VersionList, m *wire.Metadata, icons []string) wire.Row {
	primary := list.Primary()
	row := wire.Row{
		ID: list.ID, Format: m.Format, State: list.State, Version: primary.Version, Channel: primary.Channel, Action: primary.Action(), Updated: primary.Time, Log: primary.Log,
		Official: m.Official, Name: v.reduce(m.Name), Summary: v.reduce(m.Summary), Versions: len(list.Versions), License: shortened(m.License, 100),
	}
	if row.State == "" && primary.Blocked() {
		row.State = wire.AllBlocked
	}
	for i, version := range list.Versions {
		if i == 0 || version.Log < row.Number {
			row.Number, row.Released = version.Log, version.Time
		}
	}
	if len(icons) > 0 {
		row.Icon = icons[0]
	}
	if len(icons) > 1 {
		row.Icon2x = icons[1]
	}
	for _, a := range m.Authors[:min(len(m.Authors), wire.MaxRowAuthors)] {
		name := strings.TrimSpace(cmp.Or(a.Name, a.GitHub))
		if name == "" {
			continue
		}
		author := wire.RowAuthor{Name: shortened(name, wire.MaxRowText), Slug: wire.AuthorSlug(a)}
		if !slices.ContainsFunc(row.Authors, func(b wire.RowAuthor) bool { return b.Slug == author.Slug }) {
			row.Authors = append(row.Authors, author)
		}
	}
	row.Keywords = distinct(m.Keywords, wire.MaxRowKeywords)
	row.Categories = distinct(m.Categories, wire.MaxRowCategories)
	var kinds []string
	for _, a := range m.AntiFeatures {
		kinds = append(kinds, a.Kind)
	}
	row.AntiFeatures = distinct(kinds, wire.MaxRowCategories)
	if m.HostAPI != nil {
		row.Host = wire.HostRelease(m.HostAPI.Min)
	}
	return row
}

// reduce returns a text in those languages that the pages show.
func (v *views) reduce(t wire.Text) wire.Text {
	reduced := make(wire.Text)
	for _, lang := range append([]string{wire.DefaultLanguage}, v.renderer.Languages()...) {
		if tag := wire.BestTag(t, lang); tag != "" {
			reduced[tag] = shortened(t[tag], wire.MaxRowText)
		}
	}
	if len(reduced) == 0 {
		return nil
	}
	return reduced
}

// shortened returns at most n characters of a text.
func shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i]) + "…"
		}
		n--
	}
	return s
}

// distinct returns the first n different values.
func distinct(list []string, n int) []string {
	var values []string
	for _, s := range list {
		if s = shortened(strings.TrimSpace(s), 100); s != "" && len(values) < n && !slices.Contains(values, s) {
			values = append(values, s)
		}
	}
	return values
}
