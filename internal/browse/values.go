package browse

import (
	"cmp"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// A Value is what the packages of a list have in common.
type Value struct {
	Slug, Label string
	Count       int // of its packages
}

// ValuesPage is a page that names the values of a kind of list.
type ValuesPage struct {
	Kind       wire.ListKind
	From       string // slug of the first value; "" for the first page
	Values     []Value
	Prev, Next *Part
}

// Path returns where the page lies below its language.
func (p *ValuesPage) Path() string { return wire.ValuesPage(p.Kind, p.From) }

// Values returns the values of a kind, sorted by what people know them by.
func (s *Set) Values(kind wire.ListKind) []Value { return values(kind, s.entries) }

func values(kind wire.ListKind, entries []entry) []Value {
	counts := make(map[List]int)
	latest := make(map[List]int64) // where an author's name is from
	names := make(map[List]string)
	count := func(l List, label string, log int64) {
		counts[l]++
		if at, ok := latest[l]; !ok || log > at {
			names[l], latest[l] = label, log
		}
	}
	for _, e := range entries {
		r := e.row
		switch kind {
		case wire.OfCategory:
			for _, c := range r.Categories {
				count(List{kind, c}, c, 0)
			}
		case wire.OfFormat:
			count(List{kind, r.Format}, r.Format, 0)
		case wire.OfLicense:
			if r.License != "" {
				count(List{kind, r.License}, r.License, 0)
			}
		case wire.OfAntiFeature:
			for _, f := range r.AntiFeatures {
				count(List{kind, f}, f, 0)
			}
			if len(r.AntiFeatures) == 0 {
				count(List{kind, ""}, "", 0)
			}
		case wire.OfHost:
			if r.Host != "" {
				count(List{kind, r.Format + " " + r.Host}, r.Format+" "+r.Host, 0)
			}
		case wire.OfAuthor:
			for _, a := range r.Authors {
				count(List{kind, a.Slug}, a.Name, r.Log)
			}
		}
	}
	list := make([]Value, 0, len(counts))
	for l, n := range counts {
		list = append(list, Value{l.Slug(), names[l], n})
	}
	slices.SortFunc(list, func(a, b Value) int {
		return cmp.Or(strings.Compare(sortKey(a.Label), sortKey(b.Label)), strings.Compare(a.Slug, b.Slug))
	})
	return list
}

// valuesPages returns the pages of a kind. There is a first one even where there are no values.
func valuesPages(kind wire.ListKind, list []Value) []ValuesPage {
	var result []ValuesPage
	at := 0
	for i, length := range cut(len(list), func(i int) string { return list[i].Slug }) {
		p := ValuesPage{Kind: kind, Values: list[at : at+length]}
		if i > 0 {
			p.From = list[at].Slug
		}
		result = append(result, p)
		at += length
	}
	for i := range result {
		if i > 0 {
			result[i].Prev = &Part{result[i-1].From, result[i-1].Values[0].Label}
		}
		if i+1 < len(result) {
			result[i].Next = &Part{result[i+1].From, result[i+1].Values[0].Label}
		}
	}
	return result
}

func sameValues(a, b *ValuesPage) bool {
	return a.Kind == b.Kind && a.From == b.From && slices.Equal(a.Values, b.Values) && samePart(a.Prev, b.Prev) && samePart(a.Next, b.Next)
}
