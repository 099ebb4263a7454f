// Package client is the device's side of a registry: it finds, verifies, installs and updates packages from mirrors that nobody has to trust.
//
// A device pins one public key, or the hash of one trust document. Everything else is checked: who signed, for what, when; that the log of the registry only grew; that
// each file is the one that the head leads to. The steps, in their order, are those of docs/spec.md, "A device's checks". The rules that this package enforces:
//
//   - A failure at any step leaves the device as it was, with an [Error] that names the step, its [Class], what was expected and what came.
//   - The state is one file, replaced in one step. A package is unpacked beside its place, and swapped in. What was interrupted is finished, or undone, by the next operation.
//   - Nothing is endless: every document has a bound, every download a size, every server a time in which it has to get somewhere.
//   - A device never goes to a lower version by itself. An expired head stops installing and updating, and nothing that is installed.
//   - Two operations on one root wait for each other.
//   - What the device keeps grows with what is installed, not with the registry. Searching streams the catalogue and keeps nothing of it.
//   - What texts of packages hold is hostile: escape them before you show them.
//
// Below its root a device has:
//
//	state.json                 all that it knows
//	apps/<id>/package/         the package, as its archive has it
//	apps/<id>/previous/        the package before, for [Client.Rollback]
//	apps/<id>/data/ cache/ db/ the package's own; no update touches them
//	evidence/                  heads that contradict each other, if there ever were any
//
// The package has no global state. A [Client] is safe for concurrent use.
package client

import (
	"github.com/regen-registry/regen/internal/wire"
)

// What the registry publishes, in its own words: docs/spec.md has each member.
type (
	Metadata    = wire.Metadata    // every fact about one release
	Entry       = wire.Entry       // what the catalogue says of a package
	VersionList = wire.VersionList // every version of a package
	Version     = wire.Version     // one of them
	Advisory    = wire.Advisory    // what is wrong with a version
	Yank        = wire.Yank        // an advisory that applies to a version
	Text        = wire.Text        // language → text
	AntiFeature = wire.AntiFeature // something that people may not want
	Statement   = wire.Statement   // what a head says
)

// The actions of advisories.
const (
	Warn      = wire.Warn
	Block     = wire.Block
	Uninstall = wire.Uninstall
)

// Stable is the channel of versions that aren't prereleases.
const Stable = wire.Stable
