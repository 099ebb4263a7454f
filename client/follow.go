package client

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// What things take when they are transferred with gzip, in bytes, measured on a registry of 6,858 packages. They decide whether the log or the catalogue is read, so nothing but
// traffic depends on them.
const (
	entryBytes   = 64       // an entry of the log: half of it is a hash
	packageBytes = 105      // a package in a node of the catalogue
	listBytes    = 1500     // a version list
	proofBytes   = 24 << 10 // the tiles that prove that one log continues another: hashes can't be compressed
	rootBytes    = 16 << 10 // a root node of so many bytes, as they are published, costs little enough to look at it
)

// maxKept bounds the events about installed packages that are kept until the log is proved, in bytes. A log with more is a reason to read the catalogue.
const maxKept = 8 << 20

// errTooMuch says that the log holds too much about installed packages.
var errTooMuch = errors.New("too many events about installed packages")

// follow brings what the device keeps of the log, and of its packages, up to the head.
func (s *session) follow() (entries int64, catalogue, floor bool, err error) {
	from := s.state.Log
	old, _ := s.storedHead()
	floor = s.state.Head != "" && s.head.Epoch > old.Epoch
	if floor {
		if catalogue, err = s.toFloor(from); err != nil {
			return 0, false, true, err
		}
	}
	if catalogue {
		from = tlog.Edge{} // proved already
	} else if catalogue, err = s.farBehind(from); err != nil {
		return 0, false, floor, err
	}
	if !catalogue {
		err = s.readLog(from)
		if errors.Is(err, errTooMuch) {
			catalogue = true
		} else if err != nil {
			return 0, false, floor, err
		}
		entries = s.head.LogSize - from.Size
	}
	if catalogue {
		entries = 0
		if err := s.readCatalogue(from); err != nil {
			return 0, true, floor, err
		}
	}
	return entries, catalogue && s.state.Log.Size > 0, floor, nil
}

// farBehind reports whether reading the catalogue takes fewer bytes than reading the log from the edge on. A device that has no edge yet needs neither: it takes that of the head.
func (s *session) farBehind(from tlog.Edge) (bool, error) {
	if from.Size == 0 {
		return true, nil
	}
	// The entries before the edge that share its bundle are read once more.
	unread := (s.head.LogSize - from.Size/tlog.Width*tlog.Width) * entryBytes
	if unread <= proofBytes {
		return false, nil
	}
	if s.head.Root.Size > rootBytes {
		// The catalogue is this one node.
		return unread > s.head.Root.Size/4+int64(len(s.next.Installed))*listBytes+proofBytes, nil
	}
	root, err := s.rootNode()
	if err != nil {
		return false, err
	}
	return unread > catalogueCost(int64(root.Registry.Count), int64(len(s.next.Installed))), nil
}

// catalogueCost estimates what it takes to read what the catalogue has of the installed packages: the nodes that they are in, which are split evenly, their version lists, and a proof.
func catalogueCost(count, installed int64) int64 {
	leaves := int64(1)
	for count/leaves > wire.MaxLeaf {
		leaves *= 16
	}
	return min(leaves, installed)*(count/leaves)*packageBytes + installed*listBytes + proofBytes
}

// log opens the head's log.
func (s *session) log(read trust.ReadFunc) (*tlog.Log, error) {
	return tlog.Open(s.head.Epoch, s.head.LogSize, s.head.LogRoot, tlog.ReadFunc(read))
}

// readLog reads the entries behind the edge, proves that they lead to the head's log, and takes from them what concerns installed packages.
func (s *session) readLog(from tlog.Edge) error {
	var events []indexed
	var bad error // an entry that can't be read: worth telling once it is proved that it is one
	var edge tlog.Edge
	err := s.eachWay(s.head.LogRoot, func(read trust.ReadFunc) error {
		s.step(StepLog)
		log, err := s.log(read)
		if err != nil {
			return err
		}
		events, bad = nil, nil
		kept := 0
		edge, err = log.Bundles(from, func(index int64, data []byte) error {
			e, err := wire.DecodeEvent(data)
			if err != nil && bad == nil {
				bad = failf(StepLog, Events, "the log holds what no publisher writes: entry %d: %w", index, err)
			}
			if err != nil || s.next.Installed[e.ID] == nil {
				return nil
			}
			if kept += len(data); kept > maxKept {
				return errTooMuch
			}
			events = append(events, indexed{index, e})
			return nil
		})
		return err
	})
	if errors.Is(err, errTooMuch) {
		return err
	}
	if errors.Is(err, tlog.ErrRewritten) {
		err = s.rewritten(from, err)
	}
	if err != nil {
		return classified(StepLog, Content, err)
	}
	if bad != nil {
		return bad
	}
	s.next.Log = edge
	return s.next.fold(events)
}

// rewritten finds out what it means that the entries don't lead from the edge to the head: whether the registry signed another history, or
// somebody serves other entries than the registry's.
func (s *session) rewritten(from tlog.Edge, cause error) error {
	root, err := from.Root()
	if err != nil {
		return classified(StepState, Local, err)
	}
	err = s.continues(from.Size, root)
	if errors.Is(err, tlog.ErrRewritten) {
		return s.fork([]byte(s.state.Head), s.head.Data, err)
	}
	if err != nil {
		return err
	}
	return &Error{Step: StepLog, Class: Content, Err: fmt.Errorf("the entries that the mirrors serve aren't those of the log: %w", cause)}
}

// continues proves that the head's log begins with one of the given size and root.
func (s *session) continues(size int64, root string) error {
	var verdict error
	err := s.eachWay(s.head.LogRoot, func(read trust.ReadFunc) error {
		log, err := s.log(read)
		if err != nil {
			return err
		}
		verdict = nil
		if err = log.Continues(size, root); errors.Is(err, tlog.ErrRewritten) {
			verdict, err = err, nil // proved: no mirror can say otherwise
		}
		return err
	})
	if err == nil {
		return verdict
	}
	return classified(StepLog, Content, err)
}

// edgeAt reads the edge that the head's log had at a size.
func (s *session) edgeAt(size int64) (edge tlog.Edge, err error) {
	err = s.eachWay(s.head.LogRoot, func(read trust.ReadFunc) error {
		log, err := s.log(read)
		if err == nil {
			edge, err = log.EdgeAt(size)
		}
		return err
	})
	return edge, classified(StepLog, Content, err)
}

// readCatalogue reads what the catalogue has of each installed package, and proves that the head's log continues the one that was seen.
func (s *session) readCatalogue(from tlog.Edge) error {
	s.step(StepLog)
	if from.Size > 0 {
		root, err := from.Root()
		if err != nil {
			return classified(StepState, Local, err)
		}
		if err := s.continues(from.Size, root); errors.Is(err, tlog.ErrRewritten) {
			return s.fork([]byte(s.state.Head), s.head.Data, err)
		} else if err != nil {
			return err
		}
	}
	edge, err := s.edgeAt(s.head.LogSize)
	if err != nil {
		return err
	}
	ids := sortedKeys(s.next.Installed)
	// In this order, packages of one node come one after the other.
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(wire.HashDigits(a), wire.HashDigits(b)) })
	for _, id := range ids {
		in := s.next.Installed[id]
		entry, found, err := s.find(id)
		if err != nil {
			return err
		}
		var list VersionList
		if found {
			if list, err = s.versions(id, entry.Versions); err != nil {
				return err
			}
		}
		in.take(list)
	}
	s.next.Log = edge
	return nil
}

// toFloor proves that the log of a new epoch begins with the entries up to its floor, and that what the device has seen is among them. A device that is past the first floor since then
// has seen what was undone: it has to read of every installed package what the catalogue says now.
func (s *session) toFloor(from tlog.Edge) (past bool, err error) {
	s.step(StepLog)
	f := s.trust.Floor // a head of an epoch above 1 has one
	if err := s.continues(f.Size, f.Root); errors.Is(err, tlog.ErrRewritten) {
		return false, s.fork([]byte(s.state.Head), s.head.Data, fmt.Errorf("the log of epoch %d doesn't begin with the %d entries that its trust document names: %w", s.head.Epoch, f.Size, err))
	} else if err != nil {
		return false, err
	}
	// Floors rise, so a device may be past the first one, and below those of later epochs.
	if from.Size > f.Size || s.floor != nil && from.Size > s.floor.Size {
		return true, nil
	}
	root, err := from.Root()
	if err != nil {
		return false, classified(StepState, Local, err)
	}
	if err := s.continues(from.Size, root); errors.Is(err, tlog.ErrRewritten) {
		return false, s.fork([]byte(s.state.Head), s.head.Data, err)
	} else if err != nil {
		return false, err
	}
	return false, nil
}

// indexed is an event with its place in the log.
type indexed struct {
	index int64
	event wire.Event
}

// fold applies events to what is known of the installed packages.
func (s *state) fold(events []indexed) error {
	for _, x := range events {
		in := s.Installed[x.event.ID]
		list := in.list(x.event.ID)
		if x.event.Versions != nil {
			// Of older versions than the installed one the device knows nothing, and need not.
			x.event.Versions = slices.DeleteFunc(slices.Clone(x.event.Versions), func(v string) bool { _, known := list.Find(v); return !known })
			if len(x.event.Versions) == 0 {
				continue
			}
		}
		folded := registry.NewState()
		folded.Packages[x.event.ID] = list
		if err := folded.FoldAt(x.index, x.event); err != nil {
			return failf(StepLog, Events, "%w", err)
		}
		in.take(*folded.Packages[x.event.ID])
	}
	return nil
}

// list returns what is known of the package as a version list.
func (in *Installed) list(id string) *VersionList {
	list := &VersionList{ID: id}
	if in.Delisted {
		list.State = wire.Delisted
	}
	for _, r := range in.Versions {
		list.Versions = append(list.Versions, r.version())
	}
	return list
}

// take keeps of a version list what concerns the device: the installed version, the previous one, and what is above the lower of them. A previous release that isn't in the list was taken
// back, and there is no way to it any more.
func (in *Installed) take(list VersionList) {
	in.Delisted = list.State == wire.Delisted
	in.Undone = true
	in.Versions = nil
	lowest, last := in.Version, in.Previous
	if last != nil && wire.CompareVersions(last.Version, lowest) < 0 {
		lowest = last.Version
	}
	in.Previous = nil
	for _, v := range list.Versions {
		r := Release{Version: v.Version, Metadata: v.Metadata, Log: v.Log, Yanks: v.Yanks}
		if v.Version == in.Version {
			// The very release, not another one under its name.
			in.Undone = v.Metadata != in.Metadata
			in.Yanks, in.Log = v.Yanks, v.Log
		}
		if last != nil && v.Version == last.Version && v.Metadata == last.Metadata {
			previous := *last
			previous.Yanks, previous.Log = v.Yanks, v.Log
			in.Previous = &previous
		}
		if wire.CompareVersions(v.Version, lowest) >= 0 {
			in.Versions = append(in.Versions, r)
		}
	}
}

// words returns what the device has to tell about installed packages, in the order of their ids.
func (s *state) words() []Word {
	var words []Word
	for _, id := range sortedKeys(s.Installed) {
		in := s.Installed[id]
		for _, y := range in.Yanks {
			words = append(words, Word{ID: id, Version: in.Version, Kind: y.Action, Advisory: &y})
		}
		if in.Undone {
			words = append(words, Word{ID: id, Version: in.Version, Kind: "undone"})
		}
		if in.Delisted && !in.Undone {
			words = append(words, Word{ID: id, Version: in.Version, Kind: "delisted"})
		}
	}
	return words
}
