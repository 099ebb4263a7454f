package wire

import "strings"

// Metadata holds every fact about one release. It is bound by a version list and by the release's event in the log.
type Metadata struct {
	ID               string   `json:"id"`                         // of the package
	Format           string   `json:"format"`                     // of the package: "vito", …
	PackagingVersion int      `json:"packaging_version"`          // of the archive rules that made the artifact
	Version          string   `json:"version"`                    // semantic version
	Channel          string   `json:"channel"`                    // as the version says
	Commit           string   `json:"commit"`                     // the git commit that the release was made from, hex
	Source           string   `json:"source"`                     // directory in the repo
	ReleasedAt       int64    `json:"released_at"`                // unix seconds: the committer time, never before an earlier event
	Artifact         Artifact `json:"artifact"`                   // the package itself
	Official         bool     `json:"official,omitempty"`         // as the registry's configuration says, and it alone
	DistributionURL  string   `json:"distribution_url,omitempty"` // where the artifact is published, if the registry has a base URL
	// Author is what the package's author signed, where the package registers an author's key.
	Author *Authorship `json:"author,omitempty"`
	Facts
}

// Authorship is an author's signature of a release: all that a device needs to check it, but for the files.
type Authorship struct {
	Keys      []string `json:"keys"`      // minisign public keys that the author names, one of which signed: in byte order
	Content   Ref      `json:"content"`   // the content statement
	Signature string   `json:"signature"` // of the content statement: a minisign signature file
}

// MaxAuthorKeys bounds the keys of [Authorship].
const MaxAuthorKeys = 20

// Artifact names the package itself.
type Artifact struct {
	Name   string `json:"name"`   // file name, as the ecosystem names it
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // lower-case hex
	// Zstd is the artifact compressed, where that saves enough.
	Zstd *Ref `json:"zstd,omitempty"`
	// Deltas make the artifact out of that of an older version, the newest of those first.
	Deltas []Delta `json:"deltas,omitempty"`
	// Encoder is what made those: the same one makes the same bytes.
	Encoder string `json:"encoder,omitempty"`
}

// Ref returns the reference to the artifact itself.
func (a Artifact) Ref() Ref { return Ref{SHA256: a.SHA256, Size: a.Size} }

// A Delta makes a release's artifact out of that of an older one: a zstd frame whose prefix is the old artifact (zstd --patch-from).
type Delta struct {
	From string `json:"from"` // the older version
	Ref         // of the delta
}

// PackagingVersion is the current version of the archive rules.
const PackagingVersion = 1

// Facts are what a package says of itself: the common model of all formats. A field that a format doesn't
// have is absent. Facts take part in the source digest, so changed facts need a new version.
type Facts struct {
	Name            Text              `json:"name"`                       // language → what people know the package by
	VersionCode     int               `json:"version_code,omitempty"`     // rises with every release, where the format has one
	Summary         Text              `json:"summary,omitempty"`          // language → what the package is, in one sentence
	Description     map[string]File   `json:"description,omitempty"`      // language → Markdown file, published as an asset
	DescriptionText Text              `json:"description_text,omitempty"` // Markdown, in the languages that have no file
	Changelog       map[string]File   `json:"changelog,omitempty"`        // language → Markdown or text file, published as an asset
	HelpFiles       map[string][]File `json:"help_files,omitempty"`       // language → Markdown files, published as assets
	Entrypoint      string            `json:"entrypoint,omitempty"`       // path in the package
	HostAPI         *HostAPI          `json:"host_api,omitempty"`         // versions of the host that it is made for
	DataSchema      int               `json:"data_schema,omitempty"`      // version of the data that the package keeps, never falling
	Migrations      []Migration       `json:"migrations,omitempty"`       // steps between versions of the data
	RoutesRisk      string            `json:"routes_risk,omitempty"`      // "public-dynamic", "public-static" or "private": who can reach what it serves
	Permissions     []string          `json:"permissions,omitempty"`      // what it may do on the host
	Requires        []string          `json:"requires,omitempty"`         // ids of packages or apps that must be there, as the ecosystem names them
	Code            string            `json:"code,omitempty"`             // "php", "lua", "ts", "remote" or "none": what runs on the host
	Vendored        bool              `json:"vendored,omitempty"`         // whether dependencies are inside the package
	Icons           []Image           `json:"icons,omitempty"`            // pictures that stand for the package
	MainScreenshot  *Image            `json:"main_screenshot,omitempty"`  // the picture that is shown first and largest
	Screenshots     []Image           `json:"screenshots,omitempty"`      // pictures of the package at work
	Languages       map[string]int    `json:"languages,omitempty"`        // language of the package's own texts → percent that is translated
	Authors         []Author          `json:"authors,omitempty"`          // who made it
	Repository      string            `json:"repository,omitempty"`       // URL of where the source is developed
	Homepage        string            `json:"homepage,omitempty"`         // URL of the package's own page
	Related         []Related         `json:"related,omitempty"`          // what goes with it
	Keywords        []string          `json:"keywords,omitempty"`         // words that people search for
	Categories      []string          `json:"categories,omitempty"`       // slugs of what kind of package it is
	License         string            `json:"license,omitempty"`          // SPDX expression
	LicenseFile     *File             `json:"license_file,omitempty"`     // published as an asset
	LicenseURL      string            `json:"license_url,omitempty"`      // URL of the licence's text
	Funding         []Text            `json:"funding,omitempty"`          // URLs
	Support         []Text            `json:"support,omitempty"`          // URLs and mailto: addresses
	AgeRating       string            `json:"age_rating,omitempty"`       // "none", "mild", "moderate" or "intense": levels of the Open Age Ratings Service
	Features        []Text            `json:"features,omitempty"`         // what it can do, a sentence each
	AntiFeatures    []AntiFeature     `json:"anti_features,omitempty"`    // what people may not want about it
	AccentColor     string            `json:"accent_color,omitempty"`     // CSS colour
	Orientation     string            `json:"orientation,omitempty"`      // "portrait", "landscape" or "any"
	BackgroundColor string            `json:"background_color,omitempty"` // CSS colour
	// Ext keeps what the native manifest says and the common model has no field for.
	Ext map[string]any `json:"ext,omitempty"`
}

// Migration is a step that changes a package's data from one schema to the next, or back.
type Migration struct {
	Direction string `json:"direction"` // "up" or "down"
	Schema    int    `json:"schema"`    // the version of the data that it leads to, or back from
}

// Related names something else that goes with the package.
type Related struct {
	URL      string `json:"url,omitempty"` // of what is related
	ID       string `json:"id,omitempty"`  // of a package in the same registry
	Relation string `json:"relation"`      // "replaces", "extends", "works-with" or "see-also"
}

// AntiFeature is something about the package that people may not want.
type AntiFeature struct {
	Kind   string `json:"kind"`             // such as "tracking"
	Reason Text   `json:"reason,omitempty"` // language → why, in one sentence
}

// Text is a text in one or more languages: BCP 47 tag → text.
type Text map[string]string

// DefaultLanguage is the language of texts that don't name one.
const DefaultLanguage = "en"

// BestTag returns the language, of those that there are, which readers of one are best served with: that itself, the one that it is a region of, one that is a region of the same, the default language,
// else the first one by its tag. It is "" where there is none.
func BestTag[V any](byLang map[string]V, lang string) string {
	if _, ok := byLang[lang]; ok {
		return lang
	}
	primary, _, _ := strings.Cut(lang, "-")
	if _, ok := byLang[primary]; ok {
		return primary
	}
	first, near := "", ""
	for tag := range byLang {
		if first == "" || tag < first {
			first = tag
		}
		if base, _, _ := strings.Cut(tag, "-"); base == primary && (near == "" || tag < near) {
			near = tag
		}
	}
	if near != "" {
		return near
	}
	if _, ok := byLang[DefaultLanguage]; ok {
		return DefaultLanguage
	}
	return first
}

// In returns the text in the language, else in the default language, else in the first one by its tag.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	if s, ok := t[DefaultLanguage]; ok {
		return s
	}
	first := ""
	for tag := range t {
		if first == "" || tag < first {
			first = tag
		}
	}
	return t[first]
}

// File is a listing file that is published below the release's assets/.
type File struct {
	Path   string `json:"path"`   // relative to the package's source directory
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // lower-case hex
}

// Image is a picture that is published below the release's assets/.
type Image struct {
	File
	Width  int  `json:"width,omitempty"`  // pixels; absent for SVG
	Height int  `json:"height,omitempty"` // pixels
	Title  Text `json:"title,omitempty"`  // language → caption
	Alt    Text `json:"alt,omitempty"`    // language → what it shows, for people who don't see it
}

// HostAPI is the range of host versions that a package is made for.
type HostAPI struct {
	Min    string `json:"min,omitempty"`    // lowest version of the host, semantic
	Target string `json:"target,omitempty"` // version of the host that it was made for, semantic
}

// Author is somebody who made the package.
type Author struct {
	Name   string `json:"name,omitempty"`   // as people are shown it
	Email  string `json:"email,omitempty"`  // where to write to
	URL    string `json:"url,omitempty"`    // a page about the author
	GitHub string `json:"github,omitempty"` // handle
}

// Assets returns the listing files that the facts name, each once, in the order of the facts.
func (f Facts) Assets() []File {
	var files []File
	seen := make(map[string]bool)
	add := func(file File) {
		if !seen[file.Path] {
			seen[file.Path] = true
			files = append(files, file)
		}
	}
	for _, image := range f.Icons {
		add(image.File)
	}
	if f.MainScreenshot != nil {
		add(f.MainScreenshot.File)
	}
	for _, image := range f.Screenshots {
		add(image.File)
	}
	if f.LicenseFile != nil {
		add(*f.LicenseFile)
	}
	for _, lang := range sortedKeys(f.HelpFiles) {
		for _, file := range f.HelpFiles[lang] {
			add(file)
		}
	}
	for _, byLang := range []map[string]File{f.Description, f.Changelog} {
		for _, lang := range sortedKeys(byLang) {
			add(byLang[lang])
		}
	}
	return files
}
