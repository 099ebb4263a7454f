package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// FoldAdvisory returns a version list after a yank or a restore of its package, which passes [wire.Event.Check]. An event that changes nothing of a version that it names is an
// error: no publisher writes it.
func FoldAdvisory(list wire.VersionList, e wire.Event) (wire.VersionList, error) {
	list.Versions = slices.Clone(list.Versions)
	i := 0 // both the list's versions and the event's rise
	for _, version := range e.Versions {
		next := slices.IndexFunc(list.Versions[i:], func(v wire.Version) bool { return v.Version == version })
		if next < 0 {
			return list, fmt.Errorf("%s of %s %s, which was never released", e.Type, e.ID, version)
		}
		i += next
		yanks := slices.Clone(list.Versions[i].Yanks)
		at, active := slices.BinarySearchFunc(yanks, e.Advisory, func(y wire.Yank, id string) int { return cmp.Compare(y.Advisory, id) })
		switch y := (wire.Yank{Advisory: e.Advisory, Action: e.Action, Ref: wire.Ref{SHA256: e.SHA256, Size: e.Size}}); {
		case e.Type == wire.EventRestore && active:
			yanks = slices.Delete(yanks, at, at+1)
		case e.Type == wire.EventRestore:
			return list, fmt.Errorf("restore of %s %s, to which advisory %s doesn't apply", e.ID, version, e.Advisory)
		case !active:
			yanks = slices.Insert(yanks, at, y)
		case yanks[at] == y:
			return list, fmt.Errorf("yank of %s %s by advisory %s, which applies to it already", e.ID, version, e.Advisory)
		default:
			yanks[at] = y
		}
		if len(yanks) == 0 {
			yanks = nil
		}
		list.Versions[i].Yanks = yanks
	}
	return list, nil
}

// An Applied is an advisory as it ought to apply to a package.
type Applied struct {
	Yank     wire.Yank
	Versions []string // rising
}

// Advise returns the events that bring a version list to what the advisories say: restores first, then yanks, each in the order of the advisories' ids.
func Advise(list wire.VersionList, advisories []Applied, time int64) []wire.Event {
	restores, yanks := make(map[string][]string), make(map[string][]string)
	want := make(map[string]map[string]bool) // advisory → versions
	by := make(map[string]wire.Yank)
	for _, a := range advisories {
		want[a.Yank.Advisory] = make(map[string]bool)
		by[a.Yank.Advisory] = a.Yank
		for _, v := range a.Versions {
			want[a.Yank.Advisory][v] = true
		}
	}
	for _, v := range list.Versions { // rising, and so are the events' versions
		has := make(map[string]wire.Yank)
		for _, y := range v.Yanks {
			has[y.Advisory] = y
			if !want[y.Advisory][v.Version] {
				restores[y.Advisory] = append(restores[y.Advisory], v.Version)
			}
		}
		for id, versions := range want {
			if versions[v.Version] && has[id] != by[id] {
				yanks[id] = append(yanks[id], v.Version)
			}
		}
	}
	var events []wire.Event
	for _, id := range slices.Sorted(maps.Keys(restores)) {
		for versions := range slices.Chunk(restores[id], wire.MaxYanked) {
			events = append(events, wire.Event{Type: wire.EventRestore, ID: list.ID, Advisory: id, Versions: versions, Time: time})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(yanks)) {
		y := by[id]
		for versions := range slices.Chunk(yanks[id], wire.MaxYanked) {
			events = append(events, wire.Event{
				Type: wire.EventYank, ID: list.ID, Advisory: id, Action: y.Action, SHA256: y.SHA256, Size: y.Size, Versions: versions, Time: time,
			})
		}
	}
	return events
}
