package history

import (
	"encoding/json"

	"github.com/regen-registry/regen/internal/wire"
)

// A Line is an entry of the log, as a monitor is told of it. Its members are those of the event beside its own; members of an event that this format doesn't have are left out.
type Line struct {
	Index  int64 `json:"index"` // in the log of the epoch, from 0
	Epoch  int   `json:"epoch"`
	Undone bool  `json:"undone,omitempty"` // a new epoch took it back
	wire.Event
	Unknown    bool   `json:"unknown,omitempty"`    // devices pass over an event of this type
	Unreadable string `json:"unreadable,omitempty"` // why devices can't read it
	Entry      string `json:"entry,omitempty"`      // the text of an entry that is unknown or unreadable; U+FFFD stands for what isn't UTF-8
}

// line returns an entry as a line of JSON, without its end. problem is why the entry can't be read.
func line(index int64, epoch int, undone bool, entry []byte) (text []byte, problem error) {
	l := Line{Index: index, Epoch: epoch, Undone: undone}
	e, problem := wire.DecodeEvent(entry)
	switch {
	case problem != nil:
		l.Unreadable, l.Entry = problem.Error(), string(entry)
	case !e.Known():
		// What its members mean, this format doesn't say.
		l.Type, l.Unknown, l.Entry = e.Type, true, string(entry)
	default:
		l.Event = e
	}
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	return text, problem
}

// EventEpoch is the type of the line that tells of a new epoch. It is no event of the log.
const EventEpoch = "epoch"

// An Epoch is the line that tells that a key was revoked, and that the log goes on from a floor. Lines of the entries that were seen and are undone follow it.
type Epoch struct {
	Type  string     `json:"type"`  // [EventEpoch]
	Epoch int        `json:"epoch"` // that began
	Floor wire.Floor `json:"floor"` // where it begins
	Seen  int64      `json:"seen"`  // entries of the earlier epoch that the monitor had seen
	Kept  int64      `json:"kept"`  // how many of them still count, from the first one; the others are undone
}
