package wire

import (
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The paths of the published tree that don't depend on anything. All paths are relative to the tree's top, with slashes.
const (
	HeadPath       = "index.json.minisig" // the head: signature of the root node, with the head statement as its trusted comment
	RootPath       = "index.json"         // view: the root node's bytes
	ReleaseKeyPath = "release.pub"        // view: the public key that the head is signed with
	ViewsPath      = "views.json"         // view: what the views show; written last
)

// Suffixes and limits that belong to paths.
const (
	SignatureSuffix = ".minisig"
	zstdSuffix      = ".zst"
	LogHeight       = 8 // a tile of the log is 2⁸ = 256 hashes wide (C2SP tlog-tiles)
)

// NodePath returns where a node of the catalogue lies.
func NodePath(sha256 string) string { return "index/" + sha256 + ".json" }

// PackagePath returns the directory of all that is published of one package.
func PackagePath(id string) string { return "packages/" + id + "/" }

// PackageViewPath returns where the current version list of a package lies for people and stock tools.
func PackageViewPath(id string) string { return PackagePath(id) + "index.json" }

// VersionsPath returns where a version list of a package lies.
func VersionsPath(id, sha256 string) string { return PackagePath(id) + "versions/" + sha256 + ".json" }

// ReleasePath returns the directory of one release.
func ReleasePath(id, version string) string { return PackagePath(id) + version + "/" }

// MetadataPath returns where the metadata of one release lies.
func MetadataPath(id, version string) string { return ReleasePath(id, version) + "metadata.json" }

// ArtifactPath returns where the package of one release lies.
func ArtifactPath(id, version, name string) string { return ReleasePath(id, version) + name }

// ZstdPath returns where the compressed artifact of one release lies.
func ZstdPath(id, version, name string) string { return ArtifactPath(id, version, name) + zstdSuffix }

// DeltaPath returns where the delta from an older release to one release's artifact lies.
func DeltaPath(id, version, name, from string) string {
	return ArtifactPath(id, version, name) + ".from-" + from + zstdSuffix
}

// AssetPath returns where a listing file of one release lies; path is relative to the package's source directory.
func AssetPath(id, version, path string) string { return ReleasePath(id, version) + "assets/" + path }

// AdvisoryPath returns where an advisory lies.
func AdvisoryPath(sha256 string) string { return "advisories/" + sha256 + ".json" }

// KeysPath returns where version n of the trust document lies.
func KeysPath(n int) string { return "keys/" + itoa(n) + ".json" }

// KeysSignaturePath returns where the signature of one root key over version n of the trust document lies.
func KeysSignaturePath(n int, keyID string) string {
	return "keys/" + itoa(n) + ".json." + keyID + SignatureSuffix
}

// TilePath returns where a tile of the log lies: tile/<L>/<N>[.p/<W>] for hashes, tile/entries/<N>[.p/<W>]
// for the entries themselves (a tile of level -1), below the epoch's directory.
func TilePath(epoch int, t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), "tile/8/")
	if rest, isData := strings.CutPrefix(path, "data/"); isData {
		path = "entries/" + rest
	}
	return LogPath(epoch) + "tile/" + path
}

// LogPath returns the directory of one epoch of the log.
func LogPath(epoch int) string { return "log/" + itoa(epoch) + "/" }

// RetiredPath returns where the publisher notes what the head with this serial superseded: those files
// may go when their time of grace is over. No device reads it.
func RetiredPath(serial int64) string { return RetiredPrefix + itoa(serial) + ".json" }

// RetiredPrefix is the directory of those notes.
const RetiredPrefix = "retired/"

// RedirectsPath is where CDNs that know such a file look for redirects.
const RedirectsPath = "_redirects"

// What GitHub Pages reads at the top of a branch that it serves. They are no part of the tree, and may lie there.
const (
	NoJekyllPath = ".nojekyll" // the files are served as they are
	CNAMEPath    = "CNAME"     // the domain; its settings page writes it
)

// HostPath returns the directory of what an existing host reads of a package.
func HostPath(host, id string) string { return host + "/" + id + "/" }

// SchemaPath returns where a JSON Schema is published.
func SchemaPath(name string) string { return "schemas/" + name + ".schema.json" }

// Kind says how long the bytes at a path stay what they are.
type Kind int

// The three kinds of published files.
const (
	View      Kind = iota // for people and other tools; a device never reads it
	Head                  // the one file that is swapped
	Immutable             // the bytes never change from the moment that a head names the file
)

// KindOf returns the kind of the file at a path of the published tree.
func KindOf(path string) Kind {
	top, rest, _ := strings.Cut(path, "/")
	switch {
	case path == HeadPath:
		return Head
	case top == "index" && rest != "", top == "keys", top == "log", top == "advisories", path == renditionDirectory+rest:
		return Immutable
	case top == "packages":
		// packages/<id>/index.json and the signatures are views; signatures are made anew when a key is revoked.
		if depth := strings.Count(rest, "/"); depth < 2 || depth == 2 && strings.HasSuffix(path, SignatureSuffix) {
			return View
		}
		return Immutable
	}
	return View
}

// CacheControl returns the Cache-Control header that a server should send for a path.
func CacheControl(path string) string {
	switch KindOf(path) {
	case Immutable:
		return "public, max-age=31536000, immutable"
	case Head:
		return "no-cache"
	}
	return "public, max-age=300"
}

// IsTopLevel reports whether a published tree may have an entry of this name at its top, or may before its first head is written.
func IsTopLevel(name string) bool {
	switch name {
	case HeadPath, RootPath, ReleaseKeyPath, ViewsPath, HomePage, NotFoundPage, HeadersPath, RobotsPath, SitemapPath, WebManifestPath,
		"index", "packages", "log", "keys", "advisories", "static", "retired", "schemas", "storefront", "renditions", "sitemaps",
		"apps", "shelves", // of earlier versions
		"dropserver", "mana", "v1", RedirectsPath, NoJekyllPath, CNAMEPath:
		return true
	}
	return IsLanguageDirectory(name)
}

// IsLanguageDirectory reports whether a name is the tag of a language that pages may be in: two letters, perhaps with a script or region, as in de or pt-BR. None of the other names at the top looks so.
func IsLanguageDirectory(name string) bool {
	primary, rest, _ := strings.Cut(name, "-")
	if len(primary) != 2 || strings.HasSuffix(name, "-") {
		return false
	}
	for _, c := range primary {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	for part := range strings.SplitSeq(rest, "-") {
		if part == "" && rest == "" {
			break
		}
		if len(part) < 1 || len(part) > 8 {
			return false
		}
		for _, c := range part {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// PageCSP is the content security policy of every page: nothing inline, and nothing from elsewhere. A page says it itself; the headers say the same.
const PageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
