package browse

import (
	"cmp"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// A Set is the packages on offer.
type Set struct {
	entries []entry // sorted by name
}

// NewSet returns the set of those rows that are on offer. It keeps pointers to them.
func NewSet(rows []*wire.Row) *Set {
	s := &Set{entries: make([]entry, 0, len(rows))}
	for _, r := range rows {
		if r.Listed() {
			s.entries = append(s.entries, entryOf(r))
		}
	}
	slices.SortFunc(s.entries, byName)
	return s
}

// Count returns how many packages are on offer.
func (s *Set) Count() int { return len(s.entries) }

// Newest returns the n packages that were released first last.
func (s *Set) Newest(n int) []wire.Row {
	return copies(top(s.entries, n, func(a, b *wire.Row) int { return cmp.Compare(b.Number, a.Number) }))
}

// Updated returns the n packages with the latest releases.
func (s *Set) Updated(n int) []wire.Row {
	return copies(top(s.entries, n, func(a, b *wire.Row) int { return cmp.Compare(b.Log, a.Log) }))
}

func copies(rows []*wire.Row) []wire.Row {
	list := make([]wire.Row, len(rows))
	for i, r := range rows {
		list[i] = *r
	}
	return list
}

// A Change is what a publish did to a row. Old is nil where the package is new.
type Change struct{ Old, New *wire.Row }

// Pages are the pages of all lists.
type Pages struct {
	Lists  []Page
	Values []ValuesPage
	Gone   []string // paths of pages that are no more
}

// All returns all pages.
func (s *Set) All() Pages {
	members := make(map[List][]entry)
	order := []List{{Kind: wire.AllPackages}}
	for _, e := range s.entries {
		for _, l := range Lists(e.row) {
			if members[l] == nil && l.Kind != wire.AllPackages {
				order = append(order, l)
			}
			members[l] = append(members[l], e)
		}
	}
	var p Pages
	for _, l := range order {
		p.Lists = append(p.Lists, pages(l, members[l])...)
	}
	for _, kind := range wire.ListKinds[1:] {
		p.Values = append(p.Values, valuesPages(kind, s.Values(kind))...)
	}
	return p
}

// Changed returns the pages that changes reached: s is the set after them.
func (s *Set) Changed(changes []Change) Pages {
	touched := make(map[List]bool)
	var order []List
	was := slices.Clone(s.entries) // the set before the changes
	for _, c := range changes {
		for _, r := range []*wire.Row{c.Old, c.New} {
			for _, l := range Lists(r) {
				if !touched[l] {
					touched[l] = true
					order = append(order, l)
				}
			}
		}
		if c.New != nil && c.New.Listed() {
			if i, ok := slices.BinarySearchFunc(was, entryOf(c.New), byName); ok {
				was = slices.Delete(was, i, i+1)
			}
		}
	}
	for _, c := range changes {
		if c.Old != nil && c.Old.Listed() {
			e := entryOf(c.Old)
			i, _ := slices.BinarySearchFunc(was, e, byName)
			was = slices.Insert(was, i, e)
		}
	}
	var p Pages
	kinds := make(map[wire.ListKind]bool)
	for _, l := range order {
		kinds[l.Kind] = true
		before := make(map[string]Page)
		for _, page := range pages(l, filter(was, l)) {
			before[page.Path()] = page
		}
		for _, page := range pages(l, filter(s.entries, l)) {
			path := page.Path()
			if old, ok := before[path]; !ok || !same(&old, &page) {
				p.Lists = append(p.Lists, page)
			}
			delete(before, path)
		}
		for path := range before {
			p.Gone = append(p.Gone, path)
		}
	}
	for _, kind := range wire.ListKinds[1:] {
		if !kinds[kind] {
			continue
		}
		before := make(map[string]ValuesPage)
		for _, page := range valuesPages(kind, values(kind, was)) {
			before[page.Path()] = page
		}
		for _, page := range valuesPages(kind, s.Values(kind)) {
			path := page.Path()
			if old, ok := before[path]; !ok || !sameValues(&old, &page) {
				p.Values = append(p.Values, page)
			}
			delete(before, path)
		}
		for path := range before {
			p.Gone = append(p.Gone, path)
		}
	}
	slices.Sort(p.Gone)
	return p
}

func filter(entries []entry, l List) []entry {
	if l.Kind == wire.AllPackages {
		return entries
	}
	var members []entry
	for _, e := range entries {
		if l.has(e.row) {
			members = append(members, e)
		}
	}
	return members
}
