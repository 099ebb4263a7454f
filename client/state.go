package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// stateFile is the one file in which a device keeps what it knows, below its root. docs/spec.md has its members.
const stateFile = "state.json"

// maxState bounds what is read of it, in bytes: tens of thousands of packages.
const maxState = 64 << 20

// state is what a device knows. The zero value knows nothing.
type state struct {
	Format    int                   `json:"format"`              // stateFormat
	Registry  string                `json:"registry"`            // id of the registry
	Pin       string                `json:"pin"`                 // as it was when the registry was first met
	Trust     string                `json:"trust"`               // the newest version of the trust document that counts
	Head      string                `json:"head"`                // the newest head that counts: the signature file
	Log       tlog.Edge             `json:"log"`                 // right edge of the log
	Installed map[string]*Installed `json:"installed,omitempty"` // by id
	Pending   *pending              `json:"pending,omitempty"`   // what is being done
}

// stateFormat is the version of the form of the state file.
const stateFormat = 1

// Installed is a package on the device.
type Installed struct {
	Release
	Format  string `json:"format"`
	Name    Text   `json:"name"`    // language → name
	Channel string `json:"channel"` // that the device follows for it
	Pinned  bool   `json:"pinned,omitempty"`
	// Permissions are what its owner agreed to.
	Permissions []string `json:"permissions,omitempty"`
	// Delisted says that the registry doesn't offer the package any more. It stays.
	Delisted bool `json:"delisted,omitempty"`
	// Undone says that the registry took the release back when it recovered from a stolen key: nobody vouches for it.
	Undone bool `json:"undone,omitempty"`
	// Versions are the package's versions from the installed one on, or from the previous one if that is lower, the lowest first.
	Versions []Release `json:"versions"`
	// Previous is what [Client.Rollback] returns to.
	Previous *Release `json:"previous,omitempty"`
}

// Release is a version of a package as the log names it.
type Release struct {
	Version  string   `json:"version"`
	Metadata wire.Ref `json:"metadata"`
	Log      int64    `json:"log"`               // index of its event
	Yanks    []Yank   `json:"yanks,omitempty"`   // advisories that apply to it
	Artifact artifact `json:"artifact,omitzero"` // of a version that is on the device
	// Authors are the keys that the author's signature of a version on the device names. There are none where the device didn't ask for it.
	Authors []string `json:"authors,omitempty"`
}

// artifact is the archive that a package on the device was unpacked from.
type artifact struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (a artifact) ref() wire.Ref { return wire.Ref{SHA256: a.SHA256, Size: a.Size} }

// version returns the release as a version list has it, so far as the log says.
func (r Release) version() wire.Version {
	return wire.Version{Version: r.Version, Channel: wire.ChannelOf(r.Version), Metadata: r.Metadata, Log: r.Log, Yanks: r.Yanks}
}

// Action returns what the strictest advisory on the release asks for, or "".
func (r Release) Action() string { return r.version().Action() }

// readState reads the state of a device; an empty one where there is none yet.
func readState(root string) (*state, error) {
	name := filepath.Join(root, stateFile)
	info, err := os.Lstat(name) // opening a pipe might wait for ever
	if errors.Is(err, fs.ErrNotExist) {
		return &state{Format: stateFormat}, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxState {
		return nil, fmt.Errorf("%s isn't a file of at most %d bytes", name, maxState)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if s.Format != stateFormat {
		return nil, fmt.Errorf("%s has format %d, expected %d: it takes another version of this program", name, s.Format, stateFormat)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &s, nil
}

// check returns an error where a state is none that was written here.
func (s *state) check() error {
	if err := s.Log.Check(); err != nil {
		return err
	}
	for id, in := range s.Installed {
		if err := in.check(id); err != nil {
			return err
		}
	}
	p := s.Pending
	if p == nil {
		return nil
	}
	if p.After == nil || p.After.Pending != nil {
		return fmt.Errorf("what is to become of %q isn't told", p.ID)
	}
	return errors.Join(wire.CheckID(p.ID), p.After.check())
}

func (in *Installed) check(id string) error {
	if err := wire.CheckID(id); err != nil {
		return err
	}
	if in == nil || wire.CheckVersion(in.Version) != nil {
		return fmt.Errorf("%s has no version", id)
	}
	return nil
}

// encode returns the state as the file has it.
func (s *state) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(s)
	return b.Bytes(), err
}

// empty reports whether the device knows nothing. Such a state isn't stored.
func (s *state) empty() bool { return s.Head == "" && s.Registry == "" && len(s.Installed) == 0 }

// clone returns a copy that can be changed.
func (s *state) clone() *state {
	c := *s
	c.Log.Hashes = slices.Clone(s.Log.Hashes)
	c.Pending = nil
	c.Installed = make(map[string]*Installed, len(s.Installed))
	for id, in := range s.Installed {
		copied := *in
		copied.Versions = slices.Clone(in.Versions)
		c.Installed[id] = &copied
	}
	return &c
}

// document returns the trust document, or nil where the device has met no registry yet. It was checked before it was stored.
func (s *state) document() (*trust.Document, error) {
	if s.Trust == "" {
		return nil, nil
	}
	t, err := trust.Parse([]byte(s.Trust))
	if err != nil {
		return nil, failf(StepState, Local, "%s: %w", stateFile, err)
	}
	return &trust.Document{Trust: t, Data: []byte(s.Trust)}, nil
}
