package wire

import "slices"

// A Row is what lists show of one package, and what they are made of: storefront/cards/<n>.json. It shows the release that [VersionList.Primary] returns. It is a view.
type Row struct {
	Number       int64       `json:"n"`                       // index in the log of the package's first release: no other package has it
	ID           string      `json:"id"`                      // of the package
	Format       string      `json:"format"`                  // of the package
	State        string      `json:"state,omitempty"`         // "", Delisted, or AllBlocked
	Version      string      `json:"version"`                 // that is shown
	Channel      string      `json:"channel"`                 // of the version
	Action       string      `json:"action,omitempty"`        // of the strictest advisory on the version
	Released     int64       `json:"released"`                // when the package's first release was, unix seconds
	Updated      int64       `json:"updated"`                 // when the version was released, unix seconds
	Log          int64       `json:"log"`                     // index of the version's release in the log
	Official     bool        `json:"official,omitempty"`      // as the metadata say
	Name         Text        `json:"name"`                    // in the storefront's languages, or the default one, or the first there is
	Summary      Text        `json:"summary,omitempty"`       // likewise
	Icon         string      `json:"icon,omitempty"`          // published path of a picture for a place of 48 pixels
	Icon2x       string      `json:"icon_2x,omitempty"`       // and for screens of twice the density; absent where the other serves
	Authors      []RowAuthor `json:"authors,omitempty"`       // at most [MaxRowAuthors]
	Keywords     []string    `json:"keywords,omitempty"`      // at most [MaxRowKeywords]
	Categories   []string    `json:"categories,omitempty"`    // slugs
	License      string      `json:"license,omitempty"`       // SPDX expression
	AntiFeatures []string    `json:"anti_features,omitempty"` // kinds
	Host         string      `json:"host,omitempty"`          // major.minor of the lowest version of the host that it works with
	Versions     int         `json:"versions"`                // how many were published
}

// RowAuthor is an author in a row.
type RowAuthor struct {
	Name string `json:"name"` // as people are shown it
	Slug string `json:"slug"` // of the author's list
}

// Bounds of a row. A package that says more has it on its own page.
const (
	MaxRowAuthors    = 5
	MaxRowKeywords   = 20
	MaxRowCategories = 5
	MaxRowText       = 300 // characters
)

// Listed reports whether the package is on offer: lists and the search show it.
func (r *Row) Listed() bool { return r.State == "" }

// Rows are the rows of a node of the catalogue, by number.
type Rows struct {
	Rows []Row `json:"rows"`
}

// Renditions are the smaller renditions that were made of a picture, the narrowest first: storefront/renditions/<hash>-<width>.json. There may be none.
type Renditions struct {
	Renditions []Rendition `json:"renditions"`
}

// A Rendition is one of them.
type Rendition struct {
	Width  int    `json:"width"`  // pixels
	Height int    `json:"height"` // pixels
	Ext    string `json:"ext"`    // "png" or "jpg"
}

// DayRelease is a release in a [Day].
type DayRelease struct {
	Log     int64  `json:"log"`            // index in the log
	Time    int64  `json:"time,omitempty"` // unix seconds
	ID      string `json:"id"`
	Version string `json:"version"`
	Channel string `json:"channel"`
	First   bool   `json:"first,omitempty"` // it is the package's first release
	Action  string `json:"action,omitempty"`
	Name    Text   `json:"name"`
}

// Day holds the releases of a day (UTC), in the order of the log: storefront/days/<day>.json.
type Day struct {
	Day      string       `json:"day"` // 2026-11-21
	Releases []DayRelease `json:"releases"`
}

// Days says how many releases each day has: storefront/days/index.json.
type Days struct {
	Days map[string]int `json:"days"`
}

// Latest returns the days with releases, the latest first.
func (d Days) Latest() []string {
	days := sortedKeys(d.Days)
	slices.Reverse(days)
	return days
}

// ActiveAdvisory is an advisory that applies to versions of a package.
type ActiveAdvisory struct {
	ID       string   `json:"id"`
	Package  string   `json:"package"`
	Name     Text     `json:"name"` // of the package
	Action   string   `json:"action"`
	Versions []string `json:"versions"` // rising
	Ref
}

// ActiveAdvisories are those of a registry, by id and package: storefront/advisories.json.
type ActiveAdvisories struct {
	Advisories []ActiveAdvisory `json:"advisories"`
}

// Site is what a registry says of its storefront, and what it changes about it: storefront/site.json. With it, pages can be rendered again without the repo.
type Site struct {
	Languages  []string          `json:"languages"`            // of the pages, the default one first
	Accent     string            `json:"accent,omitempty"`     // colour, #rrggbb
	Featured   []string          `json:"featured,omitempty"`   // ids of packages
	Repository string            `json:"repository,omitempty"` // https URL of the repo, at its host
	Branch     string            `json:"branch,omitempty"`     // that pull requests go to
	Packages   string            `json:"packages"`             // directory that new packages go to
	Formats    []string          `json:"formats"`              // that the registry takes
	Install    map[string]string `json:"install,omitempty"`    // format → command, with {id}, {version} and {url}
	Dangerous  []string          `json:"dangerous,omitempty"`  // permissions that somebody has to review
	Files      map[string]string `json:"files,omitempty"`      // path below site/ → content that takes the place of the built-in one
}
