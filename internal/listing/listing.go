// Package listing makes what existing hosts read: files in the forms that they know, beside the tree that devices trust. They are views: a host trusts
// the server for them, as ever, or checks what it downloads against what is signed.
//
// The rules:
//
//   - The files depend on the state of the tree alone, so that a publish of what changed gives the same ones as a publish of everything.
//   - What a host reads of one release stays as long as the release does: nothing that an older listing led to goes. What a release has
//     never changes, and is made once.
//   - Of a delisted package nothing is offered. Hosts keep what they have installed.
//   - A version that an advisory blocks isn't offered. Where all are blocked, nothing is, as of a delisted package.
//   - All names and texts are hostile. A path or an address that is made of them is escaped as its reader expects, or left out.
//
// A host is one file here and one line in [Hosts]. A registry switches its listing on in registry.yaml.
package listing

import (
	"net/url"

	"github.com/regen-registry/regen/internal/wire"
)

// An App is a package whose listing is made.
type App struct {
	Registry wire.Registry // its id, name and base URL count, nothing else
	List     wire.VersionList
	// Metadata returns the metadata of a release.
	Metadata func(wire.Version) (wire.Metadata, error)
	// Artifact returns the package of a release.
	Artifact func(wire.Metadata) ([]byte, error)
	// Asset returns a listing file of a release.
	Asset func(wire.Metadata, wire.File) ([]byte, error)
	// Known reports whether the files of a release are there already.
	Known func(version string) bool
	// Page renders a page of the storefront with a link that it shows, and the published path of a picture of that link. Either may be empty.
	Page func(m wire.Metadata, link, picture string) ([]byte, error)
}

// primary returns the metadata of the release that the package is shown by: one that isn't blocked, if there is any.
func (a App) primary() (wire.Metadata, error) { return a.Metadata(a.List.Primary()) }

// blocked reports whether advisories block every version.
func (a App) blocked() bool { return a.List.Primary().Blocked() }

// offered reports whether hosts are offered anything of the package.
func (a App) offered() bool { return a.List.State != wire.Delisted && !a.blocked() }

// Files are what is made: published path → content.
type Files map[string][]byte

// A Host is a kind of existing host.
type Host interface {
	// Format returns the format of the packages that the host takes.
	Format() string
	// App returns the files of one package.
	App(App) (Files, error)
}

// Indexed is a host that reads an index of all packages, too.
type Indexed interface {
	Host
	// Row returns what the index says of a package, as JSON; nil where the package isn't in it.
	Row(App) ([]byte, error)
	// Index returns the index of all packages by their rows.
	Index(r wire.Registry, rows map[string][]byte) (Files, error)
	// IndexPath returns where the file of the index lies that the rows can be read from again.
	IndexPath() string
	// Rows returns the rows in that file. The error says that it isn't an index of this registry.
	Rows(r wire.Registry, index []byte) (map[string][]byte, error)
}

// Hosts are all hosts. A new one is one line.
var Hosts = []Host{
	dropserver{},
	mana{},
	mosis{},
}

// Of returns the host of a format, or nil.
func Of(format string) Host {
	for _, h := range Hosts {
		if h.Format() == format {
			return h
		}
	}
	return nil
}

// Names returns the formats that have a host with a listing.
func Names() []string {
	var names []string
	for _, h := range Hosts {
		names = append(names, h.Format())
	}
	return names
}

// address returns where a published file is: its address, or where the registry has no base URL, how a document leads to it. up leads from the document's
// directory to the top of the tree.
func address(r wire.Registry, up, path string) string {
	escaped := (&url.URL{Path: path}).EscapedPath()
	if r.BaseURL != "" {
		return r.BaseURL + "/" + escaped
	}
	return up + escaped
}
