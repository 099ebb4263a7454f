package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// Passed is a version that was passed over, and why.
type Passed struct {
	Version string `json:"version"`
	Class   Class  `json:"class"` // Blocked, Host or Author
	Reason  string `json:"reason"`
}

// maxPassed bounds how many versions are looked at before the device gives up: each costs a document.
const maxPassed = 64

// candidates returns the versions that may be installed, the best one first: those of the channel and of the more stable ones, by precedence. So a device on beta goes on to a newer
// stable version. What advisories block is passed over.
func candidates(list VersionList, channel string) (offered []Version, passed []Passed) {
	rank := slices.Index(wire.Channels, channel)
	for _, v := range slices.Backward(list.Versions) {
		if r := slices.Index(wire.Channels, wire.ChannelOf(v.Version)); r > rank {
			continue
		}
		if v.Blocked() {
			passed = append(passed, Passed{v.Version, Blocked, "blocked by advisory " + blockedBy(v)})
			continue
		}
		offered = append(offered, v)
	}
	return offered, passed
}

// blockedBy names the advisories that block a version.
func blockedBy(v Version) string {
	var ids []string
	for _, y := range v.Yanks {
		if y.Action != wire.Warn {
			ids = append(ids, y.Advisory)
		}
	}
	return strings.Join(ids, ", ")
}

// fits returns why a release doesn't run on the hosts that the device has, or "".
func fits(m Metadata, hosts map[string]string) string {
	host, known := hosts[m.Format]
	if !known || m.HostAPI == nil || m.HostAPI.Min == "" || wire.CompareVersions(host, m.HostAPI.Min) >= 0 {
		return ""
	}
	return fmt.Sprintf("needs %s %s, and this device has %s", m.Format, m.HostAPI.Min, host)
}

// pick returns the best candidate that runs on the device's hosts and comes from the author that the device knows, with its facts. What was passed over are the versions above it, the highest first. list has
// all versions; consent says that the owner agreed to another author.
func (s *session) pick(list VersionList, offered []Version, passed []Passed, consent bool) (*Metadata, Version, []Passed, error) {
	id := list.ID
	for i, v := range offered {
		if i == maxPassed {
			break
		}
		m, err := s.metadata(id, v)
		if err != nil {
			return nil, v, passed, err
		}
		if why := fits(m, s.o.Hosts); why != "" {
			passed = append(passed, Passed{v.Version, Host, why})
			continue
		}
		why, err := s.unsigned(m, s.next.Installed[id], list.Versions, consent)
		if err != nil {
			return nil, v, passed, err
		}
		if why != "" {
			passed = append(passed, Passed{v.Version, Author, why})
			continue
		}
		return &m, v, above(passed, v.Version), nil
	}
	return nil, Version{}, above(passed, ""), nil
}

// above returns those of the versions that are above one, the highest first. All are above "".
func above(passed []Passed, version string) []Passed {
	passed = slices.DeleteFunc(passed, func(p Passed) bool { return wire.CompareVersions(p.Version, version) <= 0 })
	slices.SortFunc(passed, func(a, b Passed) int { return wire.CompareVersions(b.Version, a.Version) })
	return passed
}
