package wire

import (
	"fmt"
	"slices"
)

// What an advisory asks of devices, the mildest first.
const (
	Warn      = "warn"      // tell whoever has or wants the version
	Block     = "block"     // don't install it, don't run it
	Uninstall = "uninstall" // take it off the device, with its owner's consent
)

// Actions are all actions, the mildest first.
var Actions = []string{Warn, Block, Uninstall}

// MaxAdvisoryID is how long the id of an advisory may be, in bytes.
const MaxAdvisoryID = 64

// An Advisory is what people are told about versions that something is wrong with: advisories/<sha256>.json. Which versions it applies to, the log says.
type Advisory struct {
	ID      string `json:"id"`             // unique in the registry, such as ACME-2026-0001
	Package string `json:"package"`        // id of the package
	Action  string `json:"action"`         // one of [Actions]
	Reason  Text   `json:"reason"`         // language → what is wrong
	Link    string `json:"link,omitempty"` // https URL of a page that says more
}

// A Yank is an advisory that applies to a version.
type Yank struct {
	Advisory string `json:"advisory"` // its id
	Action   string `json:"action"`   // one of [Actions]
	Ref             // of the [Advisory]
}

// CheckAdvisoryID returns an error unless id can be that of an advisory: letters, digits, and inner dots, hyphens and underscores.
func CheckAdvisoryID(id string) error {
	if id == "" || len(id) > MaxAdvisoryID {
		return fmt.Errorf("the advisory's id has %d bytes, expected 1 to %d", len(id), MaxAdvisoryID)
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case i > 0 && (c == '.' || c == '-' || c == '_'):
		default:
			return fmt.Errorf("advisory id %q has %q, expected letters, digits, and dots, hyphens and underscores behind the first one", id, string(c))
		}
	}
	return nil
}

// Action returns the strictest action of the advisories that apply to the version, or "".
func (v Version) Action() string {
	strictest := -1
	for _, y := range v.Yanks {
		strictest = max(strictest, slices.Index(Actions, y.Action))
	}
	if strictest < 0 {
		return ""
	}
	return Actions[strictest]
}

// Blocked reports whether an advisory keeps the version from being installed and run.
func (v Version) Blocked() bool { return v.Action() == Block || v.Action() == Uninstall }
