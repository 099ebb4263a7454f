package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Synced says what a sync found.
type Synced struct {
	Statement
	Unchanged bool   `json:"unchanged"`         // nothing happened since the last sync
	Entries   int64  `json:"entries"`           // of the log that were read
	Catalogue bool   `json:"catalogue"`         // the device was so far behind that it read the catalogue instead
	Trust     int    `json:"trust"`             // version of the trust document
	Floor     bool   `json:"floor,omitempty"`   // the registry recovered from a stolen key: a new epoch began
	Notices   []Word `json:"notices,omitempty"` // what concerns installed packages
}

// Word is what a device has to tell about an installed package.
type Word struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Kind    string `json:"kind"` // warn, block, uninstall, delisted, undone, altered
	// Advisory is the one that the kind comes from, if it does.
	Advisory *Yank `json:"advisory,omitempty"`
}

// Sync checks for news: the head, and what happened since the last time. On an unchanged registry it is one small GET.
func (c *Client) Sync(ctx context.Context) (Synced, error) {
	s, done, err := c.begin(ctx)
	if err != nil {
		return Synced{}, err
	}
	defer done()
	synced, err := s.sync()
	if err == nil {
		err = s.save()
	}
	return synced, err
}

// sync brings the next state up to the registry's. It stores nothing.
func (s *session) sync() (Synced, error) {
	var out Synced
	if err := s.source(); err != nil {
		return out, err
	}
	if s.pin != (trust.Pin{}) && s.state.Pin != "" && s.pin.String() != s.state.Pin {
		return out, failf(StepTrust, Key, "%s was pinned when this device met the registry, and %s is given now", s.state.Pin, s.pin)
	}
	if err := s.readHead(); err != nil {
		return out, err
	}
	out.Statement, out.Trust = s.head.Statement, s.trust.Version
	if s.state.Head == string(s.head.Data) {
		out.Unchanged = true
	} else {
		var err error
		if out.Entries, out.Catalogue, out.Floor, err = s.follow(); err != nil {
			return out, err
		}
	}
	s.next.Registry, s.next.Trust, s.next.Head = s.trust.Registry, string(s.trust.Data), string(s.head.Data)
	if s.next.Pin == "" {
		s.next.Pin = s.pin.String()
	}
	out.Notices = s.next.words()
	return out, nil
}

// readHead reads the head of the first mirror that has one that counts and isn't older than the stored one. What the other mirrors said is the error, if none has.
func (s *session) readHead() error {
	var failures []error
	for i := range s.src.Mirrors() {
		s.step(StepHead)
		data, err := s.src.ReadFrom(s.ctx, i, wire.HeadPath, sign.MaxSignature)
		if err == nil {
			err = s.accept(data)
		}
		if err == nil {
			return nil
		}
		if s.ctx.Err() != nil {
			return err
		}
		failures = append(failures, classified(StepHead, Syntax, err))
	}
	return worst(failures)
}

// order are the classes of failures, from what mirrors suffer to what somebody does on purpose. Where mirrors fail in several ways, the last one of these is told.
var order = []Class{Network, Missing, Slow, Redirect, Size, Syntax, Content, Legacy, Purpose, Key, Expired, Clock, Rollback, Fork}

// worst returns the failure that tells most.
func worst(failures []error) error {
	var found error
	rank := -2
	for _, err := range failures {
		r := -1
		for i, class := range order {
			if ClassOf(err) == class {
				r = i
			}
		}
		if r > rank {
			found, rank = err, r
		}
	}
	return found
}

// accept checks a head against the trust documents, the clock and the stored state.
func (s *session) accept(data []byte) error {
	doc := s.trust
	var head trust.Head
	err := errUnknownTrust
	if doc != nil {
		head, err = doc.Head(data)
	}
	// A key that isn't known may be one that is new. The head's word that there is a new version is a hint, and only worth following if the head is genuine.
	if errors.Is(err, errUnknownTrust) || errors.Is(err, trust.ErrSigner) || errors.Is(err, trust.ErrEpoch) || err == nil && head.Keys > doc.Version {
		s.step(StepTrust)
		walked, walkErr := s.followTrust(doc)
		if walkErr != nil {
			return walkErr
		}
		doc = walked
		head, err = doc.Head(data)
	}
	if err != nil {
		return classified(StepHead, Syntax, err)
	}
	if err := s.fresh(doc, head); err != nil {
		return err
	}
	if err := s.newer(doc, head); err != nil {
		return err
	}
	s.trust, s.head = doc, head
	return nil
}

var errUnknownTrust = errors.New("no trust document yet")

// followTrust follows the trust documents from the known one, or from the pin. A mirror that serves spoilt ones is passed over.
func (s *session) followTrust(known *trust.Document) (*trust.Document, error) {
	pin := s.pin
	if s.state.Pin != "" {
		var err error
		if pin, err = trust.ParsePin([]byte(s.state.Pin)); err != nil {
			return nil, classified(StepState, Local, err)
		}
	}
	if pin == (trust.Pin{}) {
		return nil, failf(StepTrust, Key, "nothing is pinned: the device needs the registry's public key, or the hash of a trust document")
	}
	var chain []*trust.Document
	err := s.eachWay(wire.Sum([]byte(pin.String())), func(read trust.ReadFunc) (err error) {
		chain, err = trust.Chain(pin, s.state.Registry, known, read)
		return err
	})
	if err != nil {
		return nil, classified(StepTrust, Syntax, err)
	}
	old, _ := s.storedHead()
	s.lowest = nil
	for _, doc := range chain { // floors rise
		if s.lowest == nil && doc.InEpoch() > max(old.Epoch, 1) {
			s.lowest = doc.Floor
		}
	}
	return chain[len(chain)-1], nil
}

// eachWay tries to read something whose parts prove each other, and have no hash of their own: from whichever mirror has each part, and then
// from each mirror alone, past its caches. It returns the worst error, if all ways fail.
func (s *session) eachWay(past string, try func(read trust.ReadFunc) error) error {
	err := try(func(path string, limit int64) ([]byte, error) { return s.src.Read(s.ctx, path, limit) })
	if err == nil || s.ctx.Err() != nil {
		return err
	}
	failures := []error{err}
	for i := range s.src.Mirrors() {
		err := try(func(path string, limit int64) ([]byte, error) { return s.src.ReadPast(s.ctx, i, path, past, limit) })
		if err == nil || s.ctx.Err() != nil {
			return err
		}
		failures = append(failures, err)
	}
	for i, err := range failures {
		failures[i] = classified(StepTrust, Syntax, err)
	}
	found := worst(failures)
	if e := (*Error)(nil); errors.As(found, &e) {
		return e.Err // the caller names the step
	}
	return found
}

// fresh holds the head, and the trust document that it counts under, against the clock.
func (s *session) fresh(doc *trust.Document, head trust.Head) error {
	now := s.o.Now()
	stamp := func(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }
	clock := stamp(now.Unix())
	if early := now.Add(s.o.ClockTolerance).Unix(); head.Issued > early {
		return failf(StepHead, Clock, "the head was issued at %s, and this device's clock says %s: set the clock", stamp(head.Issued), clock)
	}
	if known, err := s.storedHead(); err == nil && known.Issued > now.Add(s.o.ClockTolerance).Unix() {
		return failf(StepHead, Clock, "this device has seen a head that was issued at %s, and its clock says %s: set the clock", stamp(known.Issued), clock)
	}
	if now.Unix() >= head.Expires {
		return failf(StepHead, Expired, "the head expired at %s, and this device's clock says %s: the mirror is out of date, or the clock is wrong", stamp(head.Expires), clock)
	}
	if doc.Expires != 0 && now.Unix() >= doc.Expires {
		return failf(StepTrust, Expired, "version %d of the trust document expired at %s, and this device's clock says %s", doc.Version, stamp(doc.Expires), clock)
	}
	return nil
}

// storedHead returns the stored head, which was checked before it was stored.
func (s *session) storedHead() (wire.Statement, error) {
	if s.state.Head == "" {
		return wire.Statement{}, errUnknownTrust
	}
	comment, err := sign.StoredComment([]byte(s.state.Head))
	if err != nil {
		return wire.Statement{}, err
	}
	return wire.ParseStatement(comment)
}

// newer holds the head against the stored one. What the trust document says of a floor is checked by itself: a head above the floor of a new epoch
// may be below what was stored.
func (s *session) newer(doc *trust.Document, head trust.Head) error {
	if s.state.Head == "" || s.state.Head == string(head.Data) {
		return nil
	}
	old, err := s.storedHead()
	if err != nil {
		return classified(StepState, Local, err)
	}
	switch {
	case head.Epoch > old.Epoch:
		return nil
	case head.Epoch < old.Epoch:
		return failf(StepHead, Rollback, "the head is of epoch %d, and this device has seen epoch %d", head.Epoch, old.Epoch)
	case head.Serial < old.Serial || head.LogSize < old.LogSize:
		return failf(StepHead, Rollback, "the head has serial %d and %d log entries, and this device has seen serial %d and %d", head.Serial, head.LogSize, old.Serial, old.LogSize)
	case head.Serial == old.Serial && head.Statement != old, head.LogSize == old.LogSize && head.LogRoot != old.LogRoot:
		return s.fork(head, fmt.Errorf("two heads of serial %d and %d, with logs of %d and %d entries, say different things: somebody signed two histories", old.Serial, head.Serial, old.LogSize, head.LogSize))
	}
	return nil
}

// fork is the error of two heads that contradict each other.
func (s *session) fork(head trust.Head, err error) error {
	evidence := [2]string{s.state.Head, string(head.Data)}
	s.keep(evidence)
	return &Error{Step: StepHead, Class: Fork, Err: err, Evidence: evidence}
}

// keep writes heads that contradict each other to the root's evidence/. That it can't be written is no reason for another error.
func (s *session) keep(heads [2]string) {
	dir := filepath.Join(s.o.Root, "evidence")
	_ = os.MkdirAll(dir, 0o755)
	for _, head := range heads {
		_ = os.WriteFile(filepath.Join(dir, wire.Sum([]byte(head))+wire.SignatureSuffix), []byte(head), 0o644)
	}
}

// readRef reads a document that another one named, and decodes it.
func (s *session) readRef(step Step, path string, ref wire.Ref, limit int64, doc any) error {
	s.step(step)
	data, err := s.src.ReadRef(s.ctx, path, ref, limit)
	if err != nil {
		return classified(step, Network, err)
	}
	if err := wire.Decode(data, doc); err != nil {
		return classified(step, Syntax, fmt.Errorf("%s: %w", path, err))
	}
	return nil
}
