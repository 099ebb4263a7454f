package gate

import (
	"slices"

	"github.com/regen-registry/regen/internal/check"
)

// Verdict is what the gate says of a pull request as a whole.
type Verdict string

// The verdicts.
const (
	Pass        Verdict = "pass"         // nothing is wrong, and nothing needs a person's eyes
	NeedsReview Verdict = "needs-review" // nothing is wrong, but somebody has to look
	Fail        Verdict = "fail"         // it can't be merged as it is
)

// KindOfResult is what a result begins with.
const KindOfResult = "regen/1 gate"

// Bounds of a result. What is over them is counted, and not listed.
const (
	MaxResult   = 1 << 20 // bytes of its JSON
	MaxPackages = 100     // packages that are listed
	MaxFiles    = 300     // changed files that are listed, of a package and outside of packages
	MaxItems    = 100     // things to look at that are listed, of a package
	MaxFindings = 200     // findings that are listed, of a package
)

// The comments of the fields below are the descriptions in schema/gate.schema.json.

// Result is what `regen gate` says of a pull request. It is data for other programs, and made on a machine that the pull request's author may have a say in: who reads it checks it first.
type Result struct {
	// What the document is: always regen/1 gate.
	Kind string `json:"kind" jsonschema:"required,enum=regen/1 gate"`
	// The registry's id.
	Registry string `json:"registry" jsonschema:"required,maxLength=128"`
	// The commit that the change is held against, in hex.
	Base string `json:"base" jsonschema:"required,pattern=^[0-9a-f]{40}$"`
	// The commit that was looked at, in hex.
	Head string `json:"head" jsonschema:"required,pattern=^[0-9a-f]{40}$"`
	// The pull request, where the gate was told of one.
	Pull *Pull `json:"pull,omitempty"`
	// What the gate says as a whole.
	Verdict Verdict `json:"verdict" jsonschema:"required,enum=pass,enum=needs-review,enum=fail"`
	// The title that the pull request should have.
	Title string `json:"title" jsonschema:"required,maxLength=200"`
	// The labels that the pull request should have, of those that the gate gives.
	Labels []string `json:"labels" jsonschema:"required,maxItems=20,uniqueItems=true,maxLength=40,pattern=^regen/[a-z-]+$"`
	// The handles of those whose approval is missing.
	Ping []string `json:"ping,omitempty" jsonschema:"maxItems=50,uniqueItems=true,pattern=^[A-Za-z0-9][A-Za-z0-9_-]*$,maxLength=39"`
	// What is said of the pull request as a whole.
	Findings check.Findings `json:"findings,omitempty" jsonschema:"maxItems=200"`
	// The packages that change.
	Packages []Package `json:"packages,omitempty" jsonschema:"maxItems=100"`
	// How many packages change, listed or not.
	PackageCount int `json:"package_count" jsonschema:"required,minimum=0"`
	// What changes outside of packages.
	Others []FileChange `json:"others,omitempty" jsonschema:"maxItems=300"`
	// How many files change outside of packages, listed or not.
	OtherCount int `json:"other_count" jsonschema:"required,minimum=0"`
}

// Pull names the pull request that a result is about.
type Pull struct {
	// Its number.
	Number int `json:"number" jsonschema:"required,minimum=1"`
	// The handle of who opened it.
	Author string `json:"author" jsonschema:"required,maxLength=60"`
	// Whether it is a draft.
	Draft bool `json:"draft,omitempty"`
}

// Package is what the gate says of one package.
type Package struct {
	// The package's id.
	ID string `json:"id" jsonschema:"required,maxLength=300"`
	// Its directory, from the top of the repo.
	Dir string `json:"dir" jsonschema:"required,maxLength=600"`
	// The format, where it could be told.
	Format string `json:"format,omitempty" jsonschema:"maxLength=40"`
	// What the change is: a new package, another version, files that aren't packed or facts that aren't released, or its removal.
	Change string `json:"change" jsonschema:"required,enum=new,enum=release,enum=upkeep,enum=removal"`
	// The version, where it could be told.
	Version string `json:"version,omitempty" jsonschema:"maxLength=128"`
	// The highest version before.
	Before string `json:"before,omitempty" jsonschema:"maxLength=128"`
	// Who may change the package, as the base has it; for a new package, as the change has it.
	Owners []string `json:"owners,omitempty" jsonschema:"maxItems=50,maxLength=60"`
	// Whose approval it has: an owner, or a maintainer.
	ApprovedBy string `json:"approved_by,omitempty" jsonschema:"maxLength=60"`
	// Whether the approval of an owner is missing.
	NeedsOwner bool `json:"needs_owner,omitempty"`
	// The public key that the author signed the release with.
	SignedBy string `json:"signed_by,omitempty" jsonschema:"maxLength=56"`
	// What would be published.
	Artifact *Artifact `json:"artifact,omitempty"`
	// What somebody should look at, the most important first.
	Review []Item `json:"review,omitempty" jsonschema:"maxItems=100"`
	// How many of those there are, listed or not.
	ReviewCount int `json:"review_count,omitempty" jsonschema:"minimum=0"`
	// What is wrong with it, or advice.
	Findings check.Findings `json:"findings,omitempty" jsonschema:"maxItems=200"`
	// How many findings there are, listed or not.
	FindingCount int `json:"finding_count,omitempty" jsonschema:"minimum=0"`
	// The files that change.
	Files []FileChange `json:"files,omitempty" jsonschema:"maxItems=300"`
	// How many files change, listed or not.
	FileCount int `json:"file_count" jsonschema:"required,minimum=0"`
}

// Artifact is what would be published of a package.
type Artifact struct {
	// The file's name.
	Name string `json:"name" jsonschema:"required,maxLength=300"`
	// Its size in bytes.
	Size int64 `json:"size" jsonschema:"required,minimum=0"`
	// The size of the one before, in bytes; 0 where there is none.
	Before int64 `json:"before,omitempty" jsonschema:"minimum=0"`
	// The SHA-256 of it in hex, which anybody who packs the same commit gets. It is absent where the day of the release is part of the artifact.
	SHA256 string `json:"sha256,omitempty" jsonschema:"pattern=^[0-9a-f]{64}$"`
	// The digest of what it is made of, in hex.
	Source string `json:"source" jsonschema:"required,pattern=^[0-9a-f]{64}$"`
}

// Look returns what somebody should look at besides the findings, which hold the advice of lint already.
func (p Package) Look() []Item {
	return slices.DeleteFunc(slices.Clone(p.Review), func(i Item) bool { return i.Kind == KindLint })
}

// Item is something that somebody should look at.
type Item struct {
	// What it is.
	Kind Kind `json:"kind" jsonschema:"required,enum=first-time,enum=dangerous-permission,enum=permission,enum=network,enum=lint,enum=binary,enum=unreadable,enum=size,enum=licence,enum=owners,enum=keys,enum=removal,enum=new"`
	// One sentence that says it.
	Text string `json:"text" jsonschema:"required,maxLength=1000"`
	// Where it is, from the top of the repo.
	Path string `json:"path,omitempty" jsonschema:"maxLength=600"`
	// The line, from 1.
	Line int `json:"line,omitempty" jsonschema:"minimum=0"`
}

// Kind is a kind of thing to look at.
type Kind string

// The kinds, in the order in which they are shown.
const (
	KindNew        Kind = "new"                  // the package is new
	KindFirstTime  Kind = "first-time"           // its author changes this registry for the first time
	KindRemoval    Kind = "removal"              // the package goes
	KindOwners     Kind = "owners"               // who may change the package changes
	KindKeys       Kind = "keys"                 // what the author signs with changes
	KindDangerous  Kind = "dangerous-permission" // it asks for a permission that the registry calls dangerous
	KindPermission Kind = "permission"           // it asks for another permission
	KindUnreadable Kind = "unreadable"           // a file that nobody can review
	KindBinary     Kind = "binary"               // a file that isn't text
	KindNetwork    Kind = "network"              // a host that wasn't named before
	KindLint       Kind = "lint"                 // advice about a line that the change touches
	KindLicence    Kind = "licence"              // the licence is another one
	KindSize       Kind = "size"                 // the artifact grows a lot
)

// FileChange is one file that changes.
type FileChange struct {
	// Its path from the top of the repo.
	Path string `json:"path" jsonschema:"required,maxLength=600"`
	// What happens to it.
	Status string `json:"status" jsonschema:"required,enum=added,enum=modified,enum=removed"`
	// Lines that come, where it is text.
	Added int `json:"added,omitempty" jsonschema:"minimum=0"`
	// Lines that go, where it is text.
	Removed int `json:"removed,omitempty" jsonschema:"minimum=0"`
	// The size afterwards, in bytes.
	Size int64 `json:"size,omitempty" jsonschema:"minimum=0"`
	// Whether it isn't text.
	Binary bool `json:"binary,omitempty"`
	// Whether it is left out of the package.
	Unpacked bool `json:"unpacked,omitempty"`
}

// Labels are all that the gate gives; those that a result doesn't have are to be taken away again.
var Labels = []string{
	"regen/pass", "regen/needs-review", "regen/fail",
	"regen/new-package", "regen/release", "regen/upkeep", "regen/removal", "regen/tooling",
	"regen/needs-owner", "regen/first-time", "regen/permissions", "regen/network", "regen/binary", "regen/owners",
}

// OverrideLabel is what a maintainer puts on a pull request to let it pass although it breaks a rule about who may change what, or about how much one pull
// request changes. Only people with the role of triage or more can label.
const OverrideLabel = "regen/override"
