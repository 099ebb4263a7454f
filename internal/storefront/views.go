package storefront

import "github.com/regen-registry/regen/internal/wire"

// What the pages are rendered from. Of a [wire.Registry] its id, name and base URL count on all pages, and its number of packages and time on the home page alone: the others change
// with every publish.

// Home is what the home page of a registry shows.
type Home struct {
	Registry                  wire.Registry
	PublicKey                 string // as minisign writes it (base64); may be empty
	Featured, Newest, Updated []wire.Row
	Categories, Formats       []Value
	Count                     int // of packages that are on offer
}

// A Value is what the packages of a list have in common.
type Value struct {
	Slug  string // "" for the list of all packages
	Label string // the category, the format, the licence, the kind of anti-feature, the author's name; of hosts the format and the lowest version, with a space between
	Count int    // of its packages; 0 where it isn't known
}

// Values is a page that names the values of a kind of list.
type Values struct {
	Registry   wire.Registry
	Kind       wire.ListKind
	From       string // as in [wire.ValuesPage]
	Values     []Value
	Prev, Next *Part
}

// A Part is another page of the same list.
type Part struct {
	From  string // as in [wire.ListPage]
	Label string // name of the first package or value
}

// A Jump leads from the first page of a list that takes several to where an initial begins.
type Jump struct {
	Initial string
	From    string // of the page, as in [wire.ListPage]
}

// List is a page of a list of packages.
type List struct {
	Registry wire.Registry
	Kind     wire.ListKind
	Value    Value // its count is known on the first page of each order
	Order    wire.ListOrder
	From     string // as in [wire.ListPage]
	Rows     []wire.Row
	Whole    bool   // the page shows all of the list
	Jumps    []Jump // on the first pages of lists that take several
	// Prev and Next are there by name alone. By update and by release the page shows the first ones.
	Prev, Next *Part
}

// Package is what the pages of a package show.
type Package struct {
	Registry  wire.Registry
	PublicKey string // as minisign writes it (base64); may be empty
	Row       wire.Row
	Metadata  wire.Metadata // of the release that the pages show
	List      wire.VersionList
	// Advisories are those that apply to the release.
	Advisories []wire.Advisory
	// Texts are the listing files that [Renderer.TextFiles] names, by their path in the package.
	Texts map[string][]byte
	// Renditions are the smaller renditions that there are of pictures, by the path of the picture in the package, the narrowest first.
	Renditions map[string][]Rendition
	// Own says that the page is that of the release, and not that of its package. Then the row doesn't count, and of the list the release's own line alone.
	Own bool
	// Epoch is that of the log; 0 where it isn't known.
	Epoch int
	// Link is the deep link: its scheme is the package's format. It is empty where there is none.
	Link string
}

// A Rendition is a published smaller rendition of a picture.
type Rendition struct {
	Path          string // published
	Width, Height int
}

// News is what is new: the latest releases.
type News struct {
	Registry wire.Registry
	Days     []wire.Day // the latest first, and in them the latest release last; there may be more releases than these
	Months   []Month    // all, the latest first
}

// Month is a month with releases.
type Month struct {
	Month string // 2026-11
	Count int    // of releases
}

// MonthPage is the page of a month.
type MonthPage struct {
	Registry wire.Registry
	Month    string
	Days     []DayCount // the latest first
}

// DayCount says how many releases a day has.
type DayCount struct {
	Day   string // 2026-11-21
	Count int
}

// DayPage is the page of a day, or of a part of it.
type DayPage struct {
	Registry wire.Registry
	Day      wire.Day // with the releases of the part alone
	Part     int      // as in [wire.DayPage]
	Older    int      // the part before it, 0 where there is none
	Count    int      // of all releases of the day; known on part 0
}

// DayPart is how many releases a numbered part of a day has. The last one has as many or more, and less than twice that.
const DayPart = 200

// DayParts returns how many numbered parts a day with so many releases has.
func DayParts(releases int) int { return max(0, releases/DayPart-1) }

// Advisories are all that apply.
type Advisories struct {
	Registry wire.Registry
	List     []wire.ActiveAdvisory
}

// AdvisoryPage is the page of one advisory, which may apply to several packages.
type AdvisoryPage struct {
	Registry   wire.Registry
	Packages   []wire.ActiveAdvisory // not empty; all have the same id
	Advisories []wire.Advisory       // as many: what each says
}
