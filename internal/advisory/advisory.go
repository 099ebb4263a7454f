// Package advisory reads advisories.yaml, the file at the top of a registry's repo in which operators say what is wrong with published
// versions, and what devices do about it.
//
// The rules for the file:
//
//   - It is strict YAML (package strictyaml), at most 256 KiB, with at most 1,000 advisories. It may be empty, or not be there at all.
//   - It is held against schema/advisories.schema.json (package shape).
//   - Ids are unique, whatever the case of their letters.
//   - An action is one of [wire.Actions].
//   - An advisory names versions by a range, artifacts by their SHA-256, or both; then it is about what either of them names.
//   - A range is read as written in [ParseRange], and each of its alternatives holds some version.
//   - Texts hold nothing that makes them look like other texts (package manifest).
//   - A file with one error isn't used at all: whoever used the rest would lift what the operators want to stand.
//
// [Parse] returns the findings, each with its line and column. Whether the packages that are named exist is for whoever knows them all to
// ask, with [Unknown].
package advisory

import (
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// FileName is where the advisories lie in a repo.
const FileName = "advisories.yaml"

// Bounds of the file.
const (
	MaxFile       = 256 << 10 // of the file itself, in bytes
	MaxAdvisories = 1000
	MaxRange      = 1000 // bytes of a range
)

// The comments of the fields below are the descriptions in schema/advisories.schema.json.

// File is what advisories.yaml holds.
type File struct {
	// What is wrong with published versions, in any order.
	Advisories []Advisory `json:"advisories" jsonschema:"maxItems=1000"`
}

// Advisory says what is wrong with versions of one package, and what devices do about it.
type Advisory struct {
	// What people look the advisory up by. It is up to 64 letters, digits, dots, hyphens and underscores, which no other advisory of the file has, in letters of any case.
	ID string `json:"id" jsonschema:"required,pattern=^[A-Za-z0-9][A-Za-z0-9._-]*$,maxLength=64,example=ACME-2026-0001" jsonschema_extras:"patternErrorMessage=expected letters and digits and . _ - with a letter or digit first"`
	// The id of the package, which is the name of its directory.
	Package string `json:"package" jsonschema:"required,pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$,maxLength=128,example=disk-watch" jsonschema_extras:"patternErrorMessage=expected lower-case letters and digits and inner hyphens in parts joined by dots"`
	// The versions that it is about. They are comparisons (<, <=, >, >=, =) that must all hold, with spaces or commas between them; several such alternatives with || between them; or * for all versions. Prereleases come before their release. Either this or hashes is there, or both.
	Versions Range `json:"versions"`
	// The artifacts that it is about, each by its SHA-256 as 64 hexadecimal digits in lower case; at most 100.
	Hashes []string `json:"hashes" jsonschema:"minItems=1,maxItems=100,uniqueItems=true,pattern=^[0-9a-f]{64}$,example=88c7d713770885ebc83c951898f8b918a64bab82263ea9528bbad9f3ced9999c" jsonschema_extras:"patternErrorMessage=expected 64 hexadecimal digits in lower case"`
	// What devices do. warn tells people, block refuses to install or run the versions, uninstall also asks for consent to remove them.
	Action string `json:"action" jsonschema:"required,enum=warn,enum=block,enum=uninstall,example=block"`
	// What is wrong, for people. It is one text, which is English, or one for each language, each of at most 2,000 characters.
	Reason wire.Text `json:"reason" jsonschema:"required"`
	// The https address of a page that says more.
	Link string `json:"link" jsonschema:"pattern=^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?([/?#][!#-;=?-Z_a-z~]*)?$,maxLength=2000,example=https://example.org/advisories/1" jsonschema_extras:"patternErrorMessage=expected an address of ASCII characters that begins with https://"`

	// Line and Column are where the package is named in the file, from 1.
	Line   int `json:"-"`
	Column int `json:"-"`
}

// Matches reports whether the advisory is about a version of its package, or about the artifact of that version. The hash is in
// lower-case hex; it may be empty unless [Advisory.NeedsHash].
func (a Advisory) Matches(version, artifactSHA256 string) bool {
	return a.Versions.Contains(version) || slices.Contains(a.Hashes, artifactSHA256)
}

// NeedsHash reports whether artifacts have to be known to tell what the advisory is about.
func (a Advisory) NeedsHash() bool { return len(a.Hashes) > 0 }
