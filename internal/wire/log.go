package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// The types of events in the log.
const (
	EventKeys    = "keys"    // a new trust document
	EventRelist  = "relist"  // a package's directory came back
	EventRelease = "release" // a version was published
	EventDelist  = "delist"  // a package's directory went
	EventRestore = "restore" // an advisory ceased to apply to versions
	EventYank    = "yank"    // an advisory began to apply to versions, or applies in another way
)

// MaxEvent is the most bytes that an event may take: entry bundles have a 16-bit length before each entry (C2SP tlog-tiles).
const MaxEvent = 1<<16 - 1

// MaxYanked is the most versions that one yank or restore may name; more of them take more events.
const MaxYanked = 256

// An Event is one entry of the log. It is as small as can be, since devices download it: one hash an entry.
type Event struct {
	Type     string   `json:"type"`               // one of the types above
	ID       string   `json:"id,omitempty"`       // all but keys
	Version  string   `json:"version,omitempty"`  // release
	Channel  string   `json:"channel,omitempty"`  // release
	SHA256   string   `json:"sha256,omitempty"`   // release: of metadata.json; keys: of keys/<n>.json; yank: of the advisory
	Size     int64    `json:"size,omitempty"`     // release: of metadata.json; yank: of the advisory
	Keys     int      `json:"keys,omitempty"`     // keys: version of the trust document
	Advisory string   `json:"advisory,omitempty"` // yank, restore: id of the advisory
	Action   string   `json:"action,omitempty"`   // yank: warn, block or uninstall
	Versions []string `json:"versions,omitempty"` // yank, restore: rising, at most [MaxYanked]
	Time     int64    `json:"time,omitempty"`     // all but release, whose time is in its metadata: unix seconds
}

// Known reports whether the event is of a type that this format has.
func (e Event) Known() bool {
	switch e.Type {
	case EventKeys, EventRelist, EventRelease, EventDelist, EventRestore, EventYank:
		return true
	}
	return false
}

// Check returns an error unless the event has all that its type needs and nothing else.
func (e Event) Check() error {
	var want Event
	switch e.Type {
	case EventRelease:
		want = Event{Type: e.Type, ID: e.ID, Version: e.Version, Channel: e.Channel, SHA256: e.SHA256, Size: e.Size}
		if err := CheckVersion(e.Version); err != nil {
			return err
		}
		if e.Channel == "" || e.Size <= 0 {
			return fmt.Errorf("release of %s %s lacks its channel or size", e.ID, e.Version)
		}
	case EventDelist, EventRelist:
		want = Event{Type: e.Type, ID: e.ID, Time: e.Time}
	case EventKeys:
		want = Event{Type: e.Type, Keys: e.Keys, SHA256: e.SHA256, Time: e.Time}
		if e.Keys < 1 {
			return fmt.Errorf("keys event has version %d, expected 1 or more", e.Keys)
		}
	case EventRestore, EventYank:
		want = Event{Type: e.Type, ID: e.ID, Advisory: e.Advisory, Versions: e.Versions, Time: e.Time}
		if e.Type == EventYank {
			want.Action, want.SHA256, want.Size = e.Action, e.SHA256, e.Size
			if !slices.Contains(Actions, e.Action) || e.Size <= 0 {
				return fmt.Errorf("yank of %s has action %q and size %d, expected one of %s and a size", e.ID, e.Action, e.Size, strings.Join(Actions, ", "))
			}
		}
		if err := e.checkVersions(); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown event type %q", e.Type)
	}
	if !reflect.DeepEqual(e, want) {
		return fmt.Errorf("%s event has members of another type", e.Type)
	}
	if e.Type != EventKeys {
		if err := CheckID(e.ID); err != nil {
			return err
		}
	}
	if e.Type == EventRelease || e.Type == EventKeys || e.Type == EventYank {
		return CheckSHA256(e.SHA256)
	}
	return nil
}

// checkVersions checks what a yank or a restore names.
func (e Event) checkVersions() error {
	if err := CheckAdvisoryID(e.Advisory); err != nil {
		return err
	}
	if len(e.Versions) == 0 || len(e.Versions) > MaxYanked {
		return fmt.Errorf("%s of %s names %d versions, expected 1 to %d", e.Type, e.ID, len(e.Versions), MaxYanked)
	}
	for i, v := range e.Versions {
		if err := CheckVersion(v); err != nil {
			return err
		}
		if i > 0 && CompareVersions(e.Versions[i-1], v) >= 0 {
			return fmt.Errorf("%s of %s names %s after %s, expected rising versions", e.Type, e.ID, v, e.Versions[i-1])
		}
	}
	return nil
}

// DecodeEvent reads one entry of the log. An unknown type is no error, so that old readers can pass over
// what newer registries write, unless the entry is marked critical.
func DecodeEvent(data []byte) (Event, error) {
	var e Event
	if err := Decode(data, &e); err != nil {
		return Event{}, err
	}
	if e.Known() {
		return e, e.Check()
	}
	return e, nil
}

// CheckSHA256 returns an error unless s is a SHA-256 in lower-case hex.
func CheckSHA256(s string) error {
	if len(s) != 64 {
		return fmt.Errorf("sha256 %q has %d characters, expected 64", s, len(s))
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("sha256 %q isn't lower-case hex", s)
		}
	}
	return nil
}
