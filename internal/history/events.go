package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of what [Events] returns.
const (
	MaxEvents = 10_000
	maxBytes  = 8 << 20 // of their entries
)

// ErrUnknown says that a registry has no package of an id.
var ErrUnknown = errors.New("the registry has no such package")

// An Event is an event of the log with its place and its time.
type Event struct {
	Index int64 `json:"index"` // in the log, from 0
	wire.Event
	Time  int64  `json:"time,omitempty"` // unix seconds; that of a release is in the version list
	Proof *Proof `json:"proof,omitempty"`

	entry []byte
}

// A Proof shows that an entry is in the log, to anybody who has the head: RFC 6962, section 2.1.1. Hashes are in hex.
type Proof struct {
	Entry  []byte   `json:"entry"`  // as it stands in the log; base64 in JSON
	Leaf   string   `json:"leaf"`   // hash of the entry
	Size   int64    `json:"size"`   // entries of the log
	Root   string   `json:"root"`   // of the log, as the head says
	Hashes []string `json:"hashes"` // from the leaf's neighbour up
}

// Events returns the newest events of a registry, or of one package, the oldest first: at most last, and at most [MaxEvents]. earlier is how many there are before
// them; of a whole registry, those aren't read. Each event is proved against the root in the head.
func Events(ctx context.Context, st *tree.State, id string, last int) (events []Event, earlier int64, err error) {
	last = min(last, MaxEvents)
	size := st.Statement.LogSize
	from := max(0, size-int64(last))
	if id != "" {
		p, err := st.Package(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		if len(p.List.Versions) == 0 {
			return nil, 0, fmt.Errorf("%w: %q", ErrUnknown, id)
		}
		from, size = p.List.Versions[0].Log, st.Statement.LogSize // nothing is said of a package before its first release
	} else {
		earlier = from
	}
	kept := 0
	err = st.Log.Entries(from, size, func(index int64, entry []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := wire.DecodeEvent(entry)
		if err != nil {
			return fmt.Errorf("entry %d of the log: %w", index, err)
		}
		if id != "" && e.ID != id {
			return nil
		}
		events = append(events, Event{Index: index, Event: e, Time: e.Time, entry: bytes.Clone(entry)}) // the bundle goes
		for kept += len(entry); len(events) > last || kept > maxBytes; earlier++ {
			kept -= len(events[0].entry)
			events = events[1:]
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return events, earlier, times(ctx, st, events)
}

// times gives releases the time that the version list of their package has.
func times(ctx context.Context, st *tree.State, events []Event) error {
	byID := make(map[string][]*Event)
	for i, e := range events {
		if e.Type == wire.EventRelease {
			byID[e.ID] = append(byID[e.ID], &events[i])
		}
	}
	for id, releases := range byID {
		p, err := st.Package(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range releases {
			v, ok := p.List.Find(e.Version)
			if !ok || v.Log != e.Index {
				return fmt.Errorf("%w: the log has the release of %s %s at %d, and the version list hasn't", tree.ErrDamaged, id, e.Version, e.Index)
			}
			e.Time = v.Time
		}
	}
	return nil
}

// Prove gives events their proofs.
func Prove(st *tree.State, events []Event) error {
	for i := range events {
		e := &events[i]
		hashes, err := st.Log.Proof(e.Index)
		if err != nil {
			return err
		}
		leaf := sha256.Sum256(append([]byte{0}, e.entry...))
		e.Proof = &Proof{Entry: e.entry, Leaf: hex.EncodeToString(leaf[:]), Size: st.Statement.LogSize, Root: st.Statement.LogRoot, Hashes: hashes}
	}
	return nil
}
