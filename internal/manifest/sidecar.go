package manifest

import (
	"slices"

	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
)

// SidecarFile is the file that fills what a native manifest has no place for. Where there is no native manifest, it is the manifest.
const SidecarFile = "regen.yaml"

// MaxSidecar bounds regen.yaml, in bytes.
const MaxSidecar = 64 << 10

// The comments of the fields below are the descriptions in schema/regen.schema.json and schema/native.schema.json.

// Sidecar is what a package says of itself in the common model: regen.yaml. Beside a native manifest it fills what that has no place for, and never overrides it; alone it is the manifest of the native format.
type Sidecar struct {
	// The package's id. It is the name of its directory, and needn't be said.
	ID ID `json:"id"`
	// What people know the package by: a text, or one per language.
	Name Title `json:"name"`
	// The semantic version of this release. Published versions never change, and only rise.
	Version Version `json:"version"`
	// A number that rises with every release, for hosts that compare numbers.
	VersionCode int `json:"version_code" jsonschema:"minimum=1,maximum=2147483647,example=12"`
	// The channel that the release is for. It follows from the version, such as beta from 2.0.0-beta.1, and needn't be said.
	Channel string `json:"channel" jsonschema:"enum=stable,enum=rc,enum=beta,enum=alpha,enum=preview,example=beta"`
	// What the package is, in one sentence: a text, or one per language.
	Summary Sentence `json:"summary"`
	// The package's description: Markdown, or the path of a Markdown file, or one of these per language. Default: README.md, and README.<language>.md.
	Description Prose `json:"description"`
	// The path of the list of changes, or one per language. Default: CHANGELOG.md, and CHANGELOG.<language>.md.
	Changelog LocalPath `json:"changelog"`
	// Paths of Markdown files that help with using the package, or lists of them per language.
	HelpFiles LocalPaths `json:"help_files"`
	// The file that a host starts with.
	Entrypoint Path `json:"entrypoint"`
	// Which versions of the host the package is made for.
	HostAPI *HostRange `json:"host_api"`
	// The version of the data that the package keeps on the host. It never falls from one release to the next.
	DataSchema int `json:"data_schema" jsonschema:"minimum=0,maximum=2147483647,example=3"`
	// Who can reach what the package serves: everybody and it computes answers, everybody and it only serves files, or nobody without an account.
	RoutesRisk string `json:"routes_risk" jsonschema:"enum=public-dynamic,enum=public-static,enum=private,example=private"`
	// What the package may do on its host.
	Permissions []Slug `json:"permissions" jsonschema:"uniqueItems=true,maxItems=50"`
	// Ids of the packages or apps that have to be there.
	Requires []Line `json:"requires" jsonschema:"uniqueItems=true,maxItems=100"`
	// What of the package runs on the host: PHP, Lua, TypeScript or JavaScript, code that is loaded from elsewhere, or nothing.
	Code string `json:"code" jsonschema:"enum=php,enum=lua,enum=ts,enum=remote,enum=none,example=none"`
	// Whether the package holds copies of what it depends on.
	Vendored bool `json:"vendored"`
	// The pictures that stand for the package: SVG up to 512 KiB, or square PNG, JPEG or WebP of at least 64 pixels and up to 1 MiB.
	Icons []SidecarIcon `json:"icons" jsonschema:"maxItems=8"`
	// The path of the picture that is shown first and largest.
	MainScreenshot Path `json:"main_screenshot"`
	// Pictures of the package at work: PNG, JPEG or WebP up to 3 MiB.
	Screenshots []SidecarScreenshot `json:"screenshots" jsonschema:"maxItems=12"`
	// Which languages the package itself speaks, and how much of its texts is translated, in percent. Default: English.
	Languages map[string]int `json:"languages"`
	// Who made the package.
	Authors []SidecarAuthor `json:"authors" jsonschema:"maxItems=50"`
	// Where the package's source is developed.
	Repository URL `json:"repository"`
	// The package's own page.
	Homepage URL `json:"homepage"`
	// What else goes with the package.
	Related []SidecarRelated `json:"related" jsonschema:"maxItems=20"`
	// Words that people search for.
	Keywords []Line `json:"keywords" jsonschema:"uniqueItems=true,maxItems=50,example=monitoring"`
	// What kind of package it is.
	Categories []Slug `json:"categories" jsonschema:"uniqueItems=true,maxItems=8"`
	// The licence as an SPDX expression. LicenseRef- names are for licences that SPDX doesn't list.
	License License `json:"license"`
	// The path of the licence's text.
	LicenseFile Path `json:"license_file"`
	// The address of the licence's text.
	LicenseURL URL `json:"license_url"`
	// Where one can give money.
	Funding []LocalURL `json:"funding" jsonschema:"maxItems=20"`
	// Where one finds help.
	Support []LocalURL `json:"support" jsonschema:"maxItems=20"`
	// How intense the content is, by the levels of the Open Age Ratings Service.
	AgeRating string `json:"age_rating" jsonschema:"enum=none,enum=mild,enum=moderate,enum=intense,example=none"`
	// What the package can do, a sentence each: texts, or one per language.
	Features []Sentence `json:"features" jsonschema:"maxItems=30"`
	// What people may not want about the package.
	AntiFeatures []SidecarAntiFeature `json:"anti_features" jsonschema:"maxItems=20"`
	// The colour that goes with the package.
	AccentColor Color `json:"accent_color"`
	// How the device is held.
	Orientation string `json:"orientation" jsonschema:"enum=portrait,enum=landscape,enum=any,example=portrait"`
	// The colour that is shown until the package is there.
	BackgroundColor Color `json:"background_color"`
	// What else hosts need to know. It is kept as it is, and signed.
	Ext map[string]any `json:"ext"`
	// Who may change the package: GitHub handles. They count as the default branch has them, and aren't part of a release.
	Owners []Handle `json:"owners" jsonschema:"uniqueItems=true,maxItems=50"`
	// The minisign public keys of the package's authors. Where there are any, one of them has to sign each version, with `regen sign`. They count as the default branch has them, and aren't part of a release.
	Keys []PublicKey `json:"keys" jsonschema:"uniqueItems=true,maxItems=20"`
}

// HostRange says which versions of a host a package is made for.
type HostRange struct {
	// The lowest version that the package runs on.
	Min HostVersion `json:"min"`
	// The version that the package was made and tested for.
	Target HostVersion `json:"target"`
}

// SidecarIcon is a picture that stands for the package.
type SidecarIcon struct {
	// The path of the picture.
	Path Path `json:"path" jsonschema:"required"`
}

// SidecarScreenshot is a picture of the package at work.
type SidecarScreenshot struct {
	// The path of the picture.
	Path Path `json:"path" jsonschema:"required"`
	// What the picture shows, as a caption.
	Title Sentence `json:"title"`
	// What the picture shows, for people who don't see it.
	Alt Sentence `json:"alt"`
}

// SidecarAuthor is somebody who made the package.
type SidecarAuthor struct {
	// The name as people are shown it.
	Name Line `json:"name" jsonschema:"required,example=Ada Example"`
	// Where to write to.
	Email Email `json:"email"`
	// A page about the author.
	URL URL `json:"url"`
	// The author's handle on GitHub.
	GitHub Handle `json:"github"`
}

// SidecarRelated is something that goes with the package.
type SidecarRelated struct {
	// The address of what is related.
	URL URL `json:"url"`
	// The id of a related package of this registry.
	ID ID `json:"id"`
	// What the relation is.
	Relation string `json:"relation" jsonschema:"required,enum=replaces,enum=extends,enum=works-with,enum=see-also,example=works-with"`
}

// SidecarAntiFeature is something that people may not want.
type SidecarAntiFeature struct {
	// What it is. The kinds are those that F-Droid knows (https://f-droid.org/docs/Anti-Features/).
	Kind string `json:"kind" jsonschema:"required,enum=ads,enum=tracking,enum=non-free-network,enum=tethered-network,enum=non-free-addons,enum=non-free-dependencies,enum=non-free-assets,enum=no-source-since,enum=disabled-algorithm,enum=known-vulnerability,enum=nsfw,example=non-free-network"`
	// Why, in one sentence.
	Reason Sentence `json:"reason" jsonschema:"required"`
}

// OwnersOf returns the owners that a sidecar names, or nil where it can't be read.
func OwnersOf(sidecar []byte) []string {
	var s Sidecar
	shape.Decode(parseSidecar(sidecar), &s)
	return strs(s.Owners)
}

// KeysOf returns the authors' keys that a sidecar registers, in byte order and each once, or nil where it can't be read.
func KeysOf(sidecar []byte) []string {
	var s Sidecar
	shape.Decode(parseSidecar(sidecar), &s)
	keys := strs(s.Keys)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// parseSidecar returns the document that a sidecar is, or nil where there is none, or none that can be read.
func parseSidecar(sidecar []byte) *strictjson.Value {
	if sidecar == nil {
		return nil
	}
	v, errs := strictyaml.Parse(sidecar, strictjson.Limits{Size: MaxSidecar})
	if len(errs) > 0 {
		return nil
	}
	return v
}
