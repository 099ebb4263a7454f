package wire

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Bounds of names. An id and a version each become one component of a path.
const (
	MaxID      = 128 // bytes
	MaxVersion = 64  // bytes
	MaxDigits  = 15  // of a number in a version, so that every reader can count that far
)

// CheckID returns an error unless id can name a package or a registry: parts of lower-case letters, digits and inner
// hyphens, joined by dots, at most [MaxID] bytes, and not the name of a device of some operating system.
func CheckID(id string) error {
	if id == "" {
		return fmt.Errorf("the id is empty")
	}
	if len(id) > MaxID {
		return fmt.Errorf("the id has %d bytes, expected at most %d", len(id), MaxID)
	}
	for part := range strings.SplitSeq(id, ".") {
		if part == "" {
			return fmt.Errorf("id %q has an empty part beside a dot", id)
		}
		for i := range len(part) {
			switch c := part[i]; {
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			case c == '-' && i > 0 && i < len(part)-1:
			case c == '-':
				return fmt.Errorf("id %q has a hyphen at the edge of a part", id)
			default:
				return fmt.Errorf("id %q has %q, expected lower-case letters, digits, hyphens and dots", id, string([]rune(part[i:])[:1]))
			}
		}
	}
	if first, _, _ := strings.Cut(id, "."); deviceNames[first] {
		return fmt.Errorf("id %q is the name of a device on Windows", id)
	}
	return nil
}

// deviceNames are Windows' reserved file names, whatever follows after a dot.
var deviceNames = func() map[string]bool {
	m := map[string]bool{"con": true, "prn": true, "aux": true, "nul": true}
	for c := '0'; c <= '9'; c++ {
		m["com"+string(c)], m["lpt"+string(c)] = true, true
	}
	return m
}()

// CheckVersion returns an error unless v is a semantic version 2.0.0 without build metadata, in lower case, of at most [MaxVersion] bytes,
// with numbers of at most [MaxDigits] digits. So two versions of equal precedence are the same string.
func CheckVersion(v string) error {
	if len(v) > MaxVersion {
		return fmt.Errorf("the version has %d bytes, expected at most %d", len(v), MaxVersion)
	}
	parsed, err := semver.StrictNewVersion(v)
	switch {
	case err != nil:
		return fmt.Errorf("version %q isn't a semantic version such as 1.4.0 or 2.0.0-beta.1", v)
	case parsed.Metadata() != "":
		return fmt.Errorf("version %q has build metadata (+%s), expected none", v, parsed.Metadata())
	case v != strings.ToLower(v):
		return fmt.Errorf("version %q has upper-case letters, expected lower case", v)
	}
	core, pre, _ := strings.Cut(v, "-")
	for part := range strings.SplitSeq(core+"."+pre, ".") {
		if len(part) > MaxDigits && strings.Trim(part, "0123456789") == "" {
			return fmt.Errorf("version %q has a number of %d digits, expected at most %d", v, len(part), MaxDigits)
		}
	}
	return nil
}

// CompareVersions orders two versions by semver's precedence: prereleases before their release.
// A version that doesn't parse is below all that do.
func CompareVersions(a, b string) int {
	va, errA := semver.StrictNewVersion(a)
	vb, errB := semver.StrictNewVersion(b)
	switch {
	case errA != nil && errB != nil:
		return strings.Compare(a, b)
	case errA != nil:
		return -1
	case errB != nil:
		return 1
	}
	return va.Compare(vb)
}

// Stable is the channel of versions that aren't prereleases.
const Stable = "stable"

// Channels are all channels, the most stable one first. There are few, so that a catalogue entry has a bounded size.
var Channels = []string{Stable, "rc", "beta", "alpha", "preview"}

// ChannelOf returns the channel that a version belongs to: [Stable] for a release, else what the letters of the first prerelease
// identifier say (rc, beta, alpha), and "preview" for any other prerelease.
func ChannelOf(version string) string {
	_, pre, found := strings.Cut(version, "-")
	if !found {
		return Stable
	}
	first, _, _ := strings.Cut(pre, ".")
	switch name := strings.TrimRight(first, "0123456789-"); name {
	case "rc", "beta", "alpha":
		return name
	}
	return "preview"
}
