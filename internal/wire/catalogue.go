package wire

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of the catalogue. MaxLeaf keeps a registry of common size in one readable document; MaxEntry
// bounds what a device has to read for a package that it may never install.
const (
	MaxLeaf  = 1024 // packages in a node that isn't split
	MaxEntry = 1024 // bytes of an entry, as canonical JSON
	// MaxPending bounds the ids in [Registry.Pending].
	MaxPending = 1024
)

// AllPending in [Registry.Pending] stands for more than [MaxPending] ids.
const AllPending = "*"

// A Node is a node of the catalogue: a leaf with packages, or an inner node with children. The shape depends on the set of ids alone:
// a node with more than [MaxLeaf] packages below it splits by the next hex digit of SHA-256(id).
type Node struct {
	Registry *Registry        `json:"registry,omitempty"` // in the root node, and there alone
	Packages map[string]Entry `json:"packages,omitzero"`  // id → entry
	Children map[string]Ref   `json:"children,omitzero"`  // hex digit → node
}

// Registry holds the facts about a whole registry, as its root node has them.
type Registry struct {
	ID      string `json:"id"`                 // the id that devices are bound to
	Name    string `json:"name"`               // what people are shown as its name
	BaseURL string `json:"base_url,omitempty"` // the address below which the tree is published
	// Start is the commit that the first publish began at. Reconciling each commit from there on gives the same log again.
	Start string `json:"start"`
	// Configured is the commit whose configuration gives the id, name and base URL.
	Configured string `json:"configured"`
	// Commit is the last reconciled commit that had events. The next walk starts there.
	Commit string `json:"commit"`
	Time   int64  `json:"time"` // of the last event, unix seconds
	// Pending are the ids that could not be published as that commit has them; the next walk tries them again.
	Pending []string `json:"pending,omitempty"`
	// Count is the number of packages in the catalogue, delisted ones included.
	Count int `json:"count"`
}

// An Entry is what the catalogue says of one package: what a list shows, in the default language, and the hash that binds the rest.
type Entry struct {
	Format     string            `json:"format"`               // of the package: "vito", …
	Name       string            `json:"name"`                 // what people know the package by
	Summary    string            `json:"summary,omitempty"`    // what it is, in one sentence
	Icon       string            `json:"icon,omitempty"`       // below the package's directory: <version>/assets/<file>
	Categories []string          `json:"categories,omitempty"` // what kind of package it is
	State      string            `json:"state,omitempty"`      // "", Delisted, or AllBlocked
	Channels   map[string]string `json:"channels"`             // channel → its highest version that isn't blocked
	Versions   Ref               `json:"versions"`             // the version list
}

// Delisted is the state of a package whose source directory is gone. Its releases stay.
const Delisted = "delisted"

// AllBlocked is the state that the catalogue gives a package of which advisories block every version.
const AllBlocked = "blocked"

// Fit returns the entry cut so that it takes at most [MaxEntry] bytes. What a list can best do without is cut first: the summary's
// end, then the categories, the icon, and the name's end. A cut text ends in "…", behind a whole character.
func (e Entry) Fit() (Entry, error) {
	for {
		b, err := Encode(e)
		if err != nil {
			return Entry{}, err
		}
		over := len(b) - MaxEntry
		switch {
		case over <= 0:
			return e, nil
		case e.Summary != "":
			e.Summary = shorten(e.Summary, over)
		case e.Categories != nil:
			e.Categories = nil
		case e.Icon != "":
			e.Icon = ""
		case e.Name != "":
			e.Name = shorten(e.Name, over)
		default:
			return Entry{}, fmt.Errorf("the catalogue entry has %d bytes at least, expected at most %d", len(b), MaxEntry)
		}
	}
}

// ellipsis ends a text that was cut.
const ellipsis = "…"

// shorten drops as few characters from the end of a text as it takes to save that many bytes of canonical JSON, and the spaces before
// them. Nothing is left where only the ellipsis would be.
func shorten(text string, save int) string {
	if cut, ok := strings.CutSuffix(text, ellipsis); ok {
		text = cut
	} else {
		save += len(ellipsis)
	}
	var buf [16]byte
	for save > 0 && text != "" {
		_, n := utf8.DecodeLastRuneInString(text)
		save -= len(appendString(buf[:0], text[len(text)-n:])) - len(`""`)
		text = text[:len(text)-n]
	}
	if text = strings.TrimRight(text, " "); text == "" {
		return ""
	}
	return text + ellipsis
}

// HashDigits returns the hex digits by which a package is found in the catalogue: SHA-256(id).
func HashDigits(id string) string { return Sum([]byte(id)) }

// A VersionList holds every version of one package, the lowest first.
type VersionList struct {
	ID       string    `json:"id"`              // of the package
	State    string    `json:"state,omitempty"` // "", or Delisted
	Versions []Version `json:"versions"`        // all that were published, the lowest first
}

// A Version is what a version list says of one release.
type Version struct {
	Version  string `json:"version"`         // semantic version
	Channel  string `json:"channel"`         // as the version says
	Metadata Ref    `json:"metadata"`        // the metadata of the release
	Source   string `json:"source"`          // source digest: SHA-256 over the packed files and the canonical facts
	Log      int64  `json:"log"`             // index of its release event in the log, from 0
	Time     int64  `json:"time"`            // when it was released, unix seconds
	Yanks    []Yank `json:"yanks,omitempty"` // advisories that apply to it, by their ids
}

// Highest returns the highest version ever published; ok is false where there is none.
func (l VersionList) Highest() (v Version, ok bool) {
	if len(l.Versions) == 0 {
		return Version{}, false
	}
	return l.Versions[len(l.Versions)-1], true
}

// Find returns the given version; ok is false where it isn't in the list.
func (l VersionList) Find(version string) (v Version, ok bool) {
	i := slices.IndexFunc(l.Versions, func(v Version) bool { return v.Version == version })
	if i < 0 {
		return Version{}, false
	}
	return l.Versions[i], true
}

// ChannelHeads returns the highest version of each channel that no advisory blocks.
func (l VersionList) ChannelHeads() map[string]string {
	heads := make(map[string]string, 1)
	for _, v := range l.Versions {
		if !v.Blocked() {
			heads[v.Channel] = v.Version
		}
	}
	return heads
}

// Primary returns the version that the package is shown by: the highest of its most stable channel. One that is blocked only stands for the package where all are.
func (l VersionList) Primary() Version {
	var primary Version
	rank := 2 * len(Channels)
	for _, v := range l.Versions {
		r := slices.Index(Channels, v.Channel)
		if r < 0 {
			continue
		}
		if v.Blocked() {
			r += len(Channels)
		}
		if r <= rank {
			primary, rank = v, r
		}
	}
	return primary
}
