package registry

import (
	"fmt"

	"github.com/regen-registry/regen/internal/wire"
)

// State is what a log says: the fold of its events.
type State struct {
	Packages map[string]*wire.VersionList // the lists lack the source digests, which are no part of the log
	Trust    int                          // newest version of the trust document
	Last     int64                        // time of the last event that has one
	events   int64
}

// NewState returns the state of an empty log.
func NewState() *State { return &State{Packages: make(map[string]*wire.VersionList)} }

// Fold applies the next event of the log, and returns an error where no publisher would have written it there.
func (s *State) Fold(e wire.Event) error {
	s.events++
	return s.FoldAt(s.events-1, e)
}

// FoldAt applies an event that stands at the given index. It is for who keeps the state of some packages alone, and passes over the events of the others.
func (s *State) FoldAt(index int64, e wire.Event) error {
	if e.Time != 0 {
		if e.Time < s.Last {
			return fmt.Errorf("log entry %d: its time %d lies before that of an earlier entry, %d", index, e.Time, s.Last)
		}
		s.Last = e.Time
	}
	list := s.Packages[e.ID]
	switch e.Type {
	case wire.EventKeys:
		if e.Keys != s.Trust+1 {
			return fmt.Errorf("log entry %d: version %d of the trust document, expected %d", index, e.Keys, s.Trust+1)
		}
		s.Trust = e.Keys
	case wire.EventRelease:
		if list == nil {
			list = &wire.VersionList{ID: e.ID}
			s.Packages[e.ID] = list
		}
		if list.State == wire.Delisted {
			return fmt.Errorf("log entry %d: release of %s, which is delisted", index, e.ID)
		}
		if highest, ok := list.Highest(); ok && wire.CompareVersions(e.Version, highest.Version) <= 0 {
			return fmt.Errorf("log entry %d: release of %s %s after %s, expected a higher version", index, e.ID, e.Version, highest.Version)
		}
		if want := wire.ChannelOf(e.Version); e.Channel != want {
			return fmt.Errorf("log entry %d: release of %s %s on channel %s, expected %s", index, e.ID, e.Version, e.Channel, want)
		}
		list.Versions = append(list.Versions, wire.Version{
			Version: e.Version, Channel: e.Channel, Metadata: wire.Ref{SHA256: e.SHA256, Size: e.Size}, Log: index,
		})
	case wire.EventDelist:
		if list == nil || list.State == wire.Delisted {
			return fmt.Errorf("log entry %d: delists %s, which isn't listed", index, e.ID)
		}
		list.State = wire.Delisted
	case wire.EventRelist:
		if list == nil || list.State != wire.Delisted {
			return fmt.Errorf("log entry %d: relists %s, which isn't delisted", index, e.ID)
		}
		list.State = ""
	case wire.EventYank, wire.EventRestore:
		if list == nil {
			return fmt.Errorf("log entry %d: %s of %s, which has no release", index, e.Type, e.ID)
		}
		changed, err := FoldAdvisory(*list, e)
		if err != nil {
			return fmt.Errorf("log entry %d: %w", index, err)
		}
		*list = changed
	}
	return nil
}
