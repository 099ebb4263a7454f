// Package config reads registry.yaml, the one file that says how a repo is published.
//
// Every key has a default, so that a repo without the file works as it is. The rules
// for the file:
//
//   - It is strict YAML (package strictyaml), at most 64 KiB.
//   - It is held against schema/registry.schema.json (package shape).
//   - What a schema can't say is said here: names that some system reserves, addresses, patterns, and directories within each other.
//
// [Parse] returns all findings, each with its line and column.
package config

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/wire"
)

// FileName is where the configuration lies in a repo.
const FileName = "registry.yaml"

// The comments of the fields below are the descriptions in schema/registry.schema.json.

// Config says how a registry is published from its repo: registry.yaml. Every key has a default.
type Config struct {
	// The registry's id, which its head is bound to: parts of lower-case letters, digits and inner hyphens, joined by dots, at most 128 bytes. Devices refuse a registry that changes it. Default: the name of the repo's directory, made to fit.
	ID string `json:"id" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$,maxLength=128,example=acme-plugins" jsonschema_extras:"patternErrorMessage=expected lower-case letters and digits and inner hyphens in parts joined by dots"`
	// What people are shown as the registry's name, at most 80 characters. Default: the id.
	Name string `json:"name" jsonschema:"pattern=^[^\\s\\x00-\\x1f\\x7f](.*[^\\s])?$,maxLength=80,example=Acme plugins" jsonschema_extras:"patternErrorMessage=expected one line of text without spaces around it"`
	// The https address below which the tree is published; http for localhost alone. It has no query and no fragment. Default: none, and then the metadata have no addresses of downloads.
	BaseURL string `json:"base_url" jsonschema:"pattern=^https?://,maxLength=2000,example=https://plugins.example.org" jsonschema_extras:"patternErrorMessage=expected an address that begins with https://"`
	// Where packages lie: directories whose every subdirectory is one package, each written as its path and /*. None lies below another. Default: plugins/*.
	Packages []string `json:"packages" jsonschema:"minItems=1,uniqueItems=true,pattern=^[^*?{}\\[\\]\\\\]+/\\*$,example=plugins/*,example=extensions/*" jsonschema_extras:"patternErrorMessage=expected the path of a directory and /*"`
	// The formats of packages that the registry takes. Default: all that are known.
	Formats []string `json:"formats" jsonschema:"minItems=1,uniqueItems=true,example=vito"`
	// How long a head of the registry is valid, in days (30d) or hours (12h), from 1h to 366d. A device that sees nothing newer for longer knows that something holds updates back. The head is issued anew when half of it is over. Default: 30d.
	HeadLifetime Duration `json:"head_lifetime" jsonschema:"default=30d,example=30d,example=36h"`
	// What a package may cost at most.
	Limits Limits `json:"limits"`
	// Files to leave out of every package, besides those that its format leaves out: doublestar globs relative to the package's directory. A pattern that matches a directory leaves out all that is in it. Default: none.
	Exclude []string `json:"exclude" jsonschema:"uniqueItems=true,maxItems=100,maxLength=256,example=docs/**,example=**/*.psd"`
	// What packages may ask for on their hosts.
	Permissions Permissions `json:"permissions"`
	// Codes of advisory findings that keep a package from being published all the same; lint/* stands for all of that area. Default: none.
	Blocking []string `json:"blocking" jsonschema:"uniqueItems=true,maxItems=200,pattern=^[a-z]+/([a-z0-9-]+|\\*)$,example=lint/php-eval,example=lint/*" jsonschema_extras:"patternErrorMessage=expected the code of a finding such as lint/php-eval or lint/*"`
	// The formats for whose existing hosts listings are published beside. Default: none.
	Listings []string `json:"listings" jsonschema:"uniqueItems=true,example=dropserver,example=mosis"`
	// The ids of the packages that are shown as official. Default: none.
	Official []string `json:"official" jsonschema:"uniqueItems=true,maxLength=128,example=disk-watch"`
	// What pull requests are held to.
	Gate Gate `json:"gate"`
	// How the pages for people look.
	Storefront Storefront `json:"storefront"`
}

// Gate says what pull requests are held to.
type Gate struct {
	// How many packages one pull request may change. Default: 1.
	Packages int `json:"packages" jsonschema:"minimum=1,maximum=100,default=1,example=1"`
}

// Permissions say what packages may ask for.
type Permissions struct {
	// The permissions that packages may ask for. Default: storage, network, clipboard, notifications, camera, microphone, location, contacts.
	Known []string `json:"known" jsonschema:"uniqueItems=true,maxItems=100,maxLength=64,example=network,example=storage"`
	// The permissions that somebody has to review. Default: none.
	Dangerous []string `json:"dangerous" jsonschema:"uniqueItems=true,maxItems=100,maxLength=64,example=network"`
}

// Limits bound what a package may cost.
type Limits struct {
	// What the files of one package may take together: bytes as a number, or a text such as 64 MiB; at most 3 GiB. Default: 256 MiB.
	PackageSize Size `json:"package_size" jsonschema:"default=256 MiB,example=64 MiB"`
	// What one file may take; at most 3 GiB. Default: 256 MiB.
	FileSize Size `json:"file_size" jsonschema:"default=256 MiB,example=32 MiB"`
	// How many files one package may have; at most 65534, which is what a zip archive can hold. Default: 10000.
	Files int `json:"files" jsonschema:"minimum=1,maximum=65534,default=10000,example=2000"`
	// What one manifest may take; at most 16 MiB, since it is read into memory many times its size. Default: 1 MiB.
	ManifestSize Size `json:"manifest_size" jsonschema:"default=1 MiB,example=256 KiB"`
}

// Bounds of what registry.yaml may say.
const (
	MaxFile         = 64 * kib // of registry.yaml itself, in bytes
	MaxName         = 80       // characters of a name
	MaxSize         = 3 * gib  // of a package, in bytes: a zip without zip64 holds somewhat less than 4 GiB
	MaxManifestSize = 16 * mib // bytes
	MaxFiles        = 65_534   // 65,535 is zip64's mark (APPNOTE.TXT, 4.4.1.4)
	MinLifetime     = Duration(time.Hour)
	MaxLifetime     = 366 * day
)

// Default returns the configuration of a repo without a registry.yaml. dirName is the name of
// the repo's directory.
func Default(dirName string) Config {
	id := DefaultID(dirName)
	return Config{
		ID:           id,
		Name:         id,
		Packages:     []string{"plugins/*"},
		Formats:      manifest.Names(),
		HeadLifetime: 30 * day,
		Limits:       Limits{PackageSize: 256 * mib, FileSize: 256 * mib, Files: 10_000, ManifestSize: mib},
		Gate:         Gate{Packages: 1},
		Storefront:   Storefront{Branch: "main"},
	}
}

// DefaultID makes an id of the name of a directory: in lower case, accents dropped, every run of
// other characters a hyphen, without the .git of a bare repo. It is "registry" where nothing is left.
func DefaultID(name string) string {
	name = strings.TrimSuffix(name, ".git")
	if wire.CheckID(name) == nil {
		return name
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		last := byte('-')
		if s := b.String(); s != "" {
			last = s[len(s)-1]
		}
		switch {
		case b.Len() == wire.MaxID:
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 0x300 && r <= 0x36f: // a combining accent
		case last == '-', last == '.':
		case r == '.':
			b.WriteByte('.')
		default:
			b.WriteByte('-')
		}
	}
	id := strings.Trim(b.String(), "-.")
	if wire.CheckID(id) != nil && id != "" { // a device name
		id = "registry-" + id
		id = strings.TrimRight(id[:min(len(id), wire.MaxID)], "-.")
	}
	if wire.CheckID(id) != nil {
		return "registry"
	}
	return id
}

// SamePackaging reports whether c and d make the same packages of the same commit: the same directories, formats,
// limits and files left out. The order in a list doesn't matter.
func (c Config) SamePackaging(d Config) bool {
	return c.Limits == d.Limits && sameSet(c.Permissions.Known, d.Permissions.Known) && sameSet(c.Blocking, d.Blocking) && sameSet(c.Packages, d.Packages) && sameSet(c.Formats, d.Formats) && sameSet(c.Exclude, d.Exclude)
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
