package wire

import "fmt"

// The types of events in the log.
const (
	EventKeys    = "keys"    // a new trust document
	EventRelist  = "relist"  // a package's directory came back
	EventRelease = "release" // a version was published
	EventDelist  = "delist"  // a package's directory went
)

// MaxEvent is the most bytes that an event may take: entry bundles have a 16-bit length before each entry (C2SP tlog-tiles).
const MaxEvent = 1<<16 - 1

// An Event is one entry of the log. It is as small as can be, since devices download it: one hash an entry.
type Event struct {
	Type    string `json:"type"`              // keys, relist, release or delist
	ID      string `json:"id,omitempty"`      // release, delist, relist
	Version string `json:"version,omitempty"` // release
	Channel string `json:"channel,omitempty"` // release
	SHA256  string `json:"sha256,omitempty"`  // release: of metadata.json; keys: of keys/<n>.json
	Size    int64  `json:"size,omitempty"`    // release: of metadata.json
	Keys    int    `json:"keys,omitempty"`    // keys: version of the trust document
	Time    int64  `json:"time,omitempty"`    // delist, relist, keys: unix seconds; a release's is in its metadata
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
	default:
		return fmt.Errorf("unknown event type %q", e.Type)
	}
	if e != want {
		return fmt.Errorf("%s event has members of another type", e.Type)
	}
	if e.Type != EventKeys {
		if err := CheckID(e.ID); err != nil {
			return err
		}
	}
	if e.Type == EventRelease || e.Type == EventKeys {
		return CheckSHA256(e.SHA256)
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
	switch e.Type {
	case EventKeys, EventRelist, EventRelease, EventDelist:
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
