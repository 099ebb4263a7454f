// Package browse sorts the packages of a registry into lists, and lists into pages.
//
// The rules:
//
//   - The pages are a function of the rows alone. Whichever publishes took place, the same pages come out.
//   - A change of one package reaches few pages. A list by name is cut before packages that a hash of their id chooses, so that all other pages keep still when one comes or goes;
//     a page knows how its neighbours begin, and not how many there are.
//   - A list by update or by release is its first page alone: what comes after changes with every publish. What is older is found by name, or by day.
//   - Only packages that are on offer are in lists.
//   - The order by name is that of the default language on pages in every language, so that a page has the same packages in each.
package browse

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of pages, in packages. A list of at most First is one page. Parts by name have between Least and Most, and about 48.
const (
	First = 48
	Least = 24
	Most  = 96
)

// A List names a list by what its packages have in common.
type List struct {
	Kind  wire.ListKind
	Value string // as rows have it: a category, a format, a licence, a kind of anti-feature ("" for none of them), a format and a version of its host, the slug of an author
}

// Slug returns the name of the list's directory.
func (l List) Slug() string {
	switch {
	case l.Kind == wire.AllPackages:
		return ""
	case l.Kind == wire.OfAntiFeature && l.Value == "":
		return wire.NoAntiFeature
	case l.Kind == wire.OfAuthor:
		return l.Value
	}
	return wire.Slug(l.Value)
}

// has reports whether a package is in the list.
func (l List) has(r *wire.Row) bool {
	switch l.Kind {
	case wire.AllPackages:
		return true
	case wire.OfCategory:
		return slices.Contains(r.Categories, l.Value)
	case wire.OfFormat:
		return r.Format == l.Value
	case wire.OfLicense:
		return r.License == l.Value
	case wire.OfAntiFeature:
		return l.Value == "" && len(r.AntiFeatures) == 0 || l.Value != "" && slices.Contains(r.AntiFeatures, l.Value)
	case wire.OfHost:
		format, version, _ := strings.Cut(l.Value, " ")
		return r.Host == version && r.Format == format
	case wire.OfAuthor:
		return slices.ContainsFunc(r.Authors, func(a wire.RowAuthor) bool { return a.Slug == l.Value })
	}
	return false
}

// Lists returns the lists that a package is in; none where it isn't on offer.
func Lists(r *wire.Row) []List {
	if r == nil || !r.Listed() {
		return nil
	}
	lists := []List{{Kind: wire.AllPackages}, {wire.OfFormat, r.Format}}
	for _, c := range r.Categories {
		lists = append(lists, List{wire.OfCategory, c})
	}
	if r.License != "" {
		lists = append(lists, List{wire.OfLicense, r.License})
	}
	for _, kind := range r.AntiFeatures {
		lists = append(lists, List{wire.OfAntiFeature, kind})
	}
	if len(r.AntiFeatures) == 0 {
		lists = append(lists, List{wire.OfAntiFeature, ""})
	}
	if r.Host != "" {
		lists = append(lists, List{wire.OfHost, r.Format + " " + r.Host})
	}
	for _, a := range r.Authors {
		lists = append(lists, List{wire.OfAuthor, a.Slug})
	}
	return lists
}

// A Part is another page of a list.
type Part struct {
	From  string // id of its first package, or slug of its first value; "" for the first page
	Label string // name of that
}

// A Jump leads from the first pages of a list to where an initial begins.
type Jump struct{ Initial, From string }

// A Page is a page of a list.
type Page struct {
	List       List
	Label      string // of the list's value
	Count      int    // of the list's packages, on its first pages; else 0
	Order      wire.ListOrder
	From       string
	Rows       []*wire.Row
	Whole      bool // the page has all of the list
	Jumps      []Jump
	Prev, Next *Part // by name
}

// Path returns where the page lies below its language.
func (p *Page) Path() string { return wire.ListPage(p.List.Kind, p.List.Slug(), p.Order, p.From) }

// An entry is a package with what it is sorted by.
type entry struct {
	row *wire.Row
	key string
}

func entryOf(r *wire.Row) entry { return entry{r, sortKey(Name(r))} }

// Name returns the name that a package is sorted by.
func Name(r *wire.Row) string {
	if name := r.Name.In(wire.DefaultLanguage); name != "" {
		return name
	}
	return r.ID
}

func byName(a, b entry) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.row.ID, b.row.ID))
}

// sortKey returns a name in lower case without accents.
func sortKey(name string) string {
	ascii := true
	for i := 0; i < len(name) && ascii; i++ {
		ascii = name[i] < 0x80
	}
	if ascii {
		return strings.ToLower(name)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
}

// initial returns what a name is found under.
func initial(key string) string {
	for _, r := range key {
		switch {
		case unicode.IsDigit(r):
			return "0–9"
		case unicode.IsLetter(r):
			return string(unicode.ToUpper(r))
		}
	}
	return "#"
}

// maxJumps bounds the initials of a page: scripts with thousands of letters have thousands of them.
const maxJumps = 64

// boundary reports whether an id begins a part if the one before it is long enough.
func boundary(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	sum := h.Sum32()
	return (sum^sum>>15)%(First-Least) == 0
}

// cut returns how long each part of a sorted sequence is.
func cut(n int, id func(i int) string) []int {
	if n <= First {
		return []int{n}
	}
	var parts []int
	length := 0
	for i := range n {
		if length == Most || length >= Least && boundary(id(i)) {
			parts = append(parts, length)
			length = 0
		}
		length++
	}
	return append(parts, length)
}

// pages returns the pages of a list; members are sorted by name. There are none of a list without packages, but for that of all.
func pages(list List, members []entry) []Page {
	if len(members) == 0 && list.Kind != wire.AllPackages {
		return nil
	}
	n := len(members)
	label := labelOf(list, members)
	first := func(order wire.ListOrder, less func(a, b *wire.Row) int) Page {
		rows := top(members, First, less)
		return Page{List: list, Label: label, Count: n, Order: order, Rows: rows, Whole: len(rows) == n}
	}
	result := []Page{
		first(wire.ByUpdate, func(a, b *wire.Row) int { return cmp.Or(cmp.Compare(b.Log, a.Log), strings.Compare(a.ID, b.ID)) }),
		first(wire.ByRelease, func(a, b *wire.Row) int {
			return cmp.Or(cmp.Compare(b.Number, a.Number), strings.Compare(a.ID, b.ID))
		}),
	}
	at := 0
	var jumps []Jump
	for i, length := range cut(n, func(i int) string { return members[i].row.ID }) {
		p := Page{List: list, Label: label, Order: wire.ByName, Whole: length == n}
		if i > 0 {
			p.From = members[at].row.ID
		}
		for _, e := range members[at : at+length] {
			p.Rows = append(p.Rows, e.row)
			if c := initial(e.key); len(jumps) < maxJumps && (len(jumps) == 0 || jumps[len(jumps)-1].Initial != c) {
				jumps = append(jumps, Jump{c, p.From})
			}
		}
		result = append(result, p)
		at += length
	}
	names := result[2:]
	for i := range names {
		if i > 0 {
			names[i].Prev = partOf(&names[i-1])
		}
		if i+1 < len(names) {
			names[i].Next = partOf(&names[i+1])
		}
	}
	names[0].Count = n
	if len(names) > 1 {
		result[0].Jumps, result[1].Jumps, names[0].Jumps = jumps, jumps, jumps
	}
	return result
}

func partOf(p *Page) *Part { return &Part{From: p.From, Label: Name(p.Rows[0])} }

// top returns the first n of the members in an order, without sorting all of them.
func top(members []entry, n int, less func(a, b *wire.Row) int) []*wire.Row {
	var rows []*wire.Row
	for _, e := range members {
		if len(rows) == n && less(e.row, rows[n-1]) >= 0 {
			continue
		}
		i, _ := slices.BinarySearchFunc(rows, e.row, less)
		rows = slices.Insert(rows, i, e.row)
		if len(rows) > n {
			rows = rows[:n]
		}
	}
	return rows
}

// labelOf returns what people know a list by. Packages may name one author in different ways: the latest release says.
func labelOf(list List, members []entry) string {
	if list.Kind != wire.OfAuthor {
		return list.Value
	}
	label, latest := "", int64(-1)
	for _, e := range members {
		for _, a := range e.row.Authors {
			if a.Slug == list.Value && e.row.Log > latest {
				label, latest = a.Name, e.row.Log
			}
		}
	}
	return label
}

// same reports whether two pages show the same. Rows that weren't changed are the same in memory.
func same(a, b *Page) bool {
	return a.List == b.List && a.Label == b.Label && a.Count == b.Count && a.Order == b.Order && a.From == b.From && a.Whole == b.Whole &&
		slices.Equal(a.Rows, b.Rows) && slices.Equal(a.Jumps, b.Jumps) && samePart(a.Prev, b.Prev) && samePart(a.Next, b.Next)
}

func samePart(a, b *Part) bool { return a == b || a != nil && b != nil && *a == *b }
