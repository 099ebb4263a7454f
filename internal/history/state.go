package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// MaxState bounds the file that holds a [State], in bytes: a head, a trust document, and at most 63 hashes.
const MaxState = 256 << 10

// stateFormat is the version of the form of a state.
const stateFormat = 1

// ErrState says that a text isn't what [State.Encode] wrote.
var ErrState = errors.New("not a monitor's state")

// State is what a monitor keeps of a registry. The zero value has seen nothing.
type State struct {
	Format   int       `json:"format"`
	Registry string    `json:"registry"` // id
	Pin      string    `json:"pin"`      // as [trust.Pin] writes it
	Trust    string    `json:"trust"`    // the newest version of the trust document that counts
	Head     string    `json:"head"`     // the newest head: the signature file
	Log      tlog.Edge `json:"log"`      // right edge of its log

	known     *trust.Document // Trust, read
	statement wire.Statement  // Head, read
	root      string          // of Log
}

// ParseState reads a state, and checks that its parts belong together. That the signatures count was checked before they were stored.
func ParseState(data []byte) (State, error) {
	var s State
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%w: %w", ErrState, err)
	}
	if s.Format != stateFormat {
		return s, fmt.Errorf("%w: it has format %d, expected %d", ErrState, s.Format, stateFormat)
	}
	if err := s.read(); err != nil {
		return s, fmt.Errorf("%w: %w", ErrState, err)
	}
	return s, nil
}

func (s *State) read() error {
	t, err := trust.Parse([]byte(s.Trust))
	if err != nil {
		return err
	}
	comment, err := sign.StoredComment([]byte(s.Head))
	if err != nil {
		return err
	}
	if s.statement, err = wire.ParseStatement(comment); err != nil {
		return err
	}
	if s.root, err = s.Log.Root(); err != nil {
		return err
	}
	if s.Log.Size != s.statement.LogSize || s.root != s.statement.LogRoot {
		return fmt.Errorf("the edge is that of a log of %d entries with the root %q, and the head names %d and %q", s.Log.Size, s.root, s.statement.LogSize, s.statement.LogRoot)
	}
	if t.Registry != s.Registry || s.statement.Registry != s.Registry || s.statement.Epoch != t.InEpoch() {
		return fmt.Errorf("it is of registry %q, its trust document of %q in epoch %d, and its head of %q in epoch %d", s.Registry, t.Registry, t.InEpoch(), s.statement.Registry, s.statement.Epoch)
	}
	s.known = &trust.Document{Trust: t, Data: []byte(s.Trust)}
	return nil
}

// Encode returns the state as [ParseState] reads it.
func (s State) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(s)
	return b.Bytes(), err
}
