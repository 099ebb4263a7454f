package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
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
	if err := s.readHead(); err != nil {
		return out, err
	}
	out.Statement, out.Trust = s.head.Statement, s.trust.Version
	if s.state.Head != "" && says([]byte(s.state.Head)) == says(s.head.Data) {
		out.Unchanged = true
		s.head.Data = []byte(s.state.Head) // a head has a comment that isn't signed: it is no news
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

// readHead reads the heads of all mirrors, and takes the newest one that counts: so one mirror that is up to date is enough, whatever the others hold back. If none has a head that
// counts, what the mirrors said is the error; and a fork is one in any case.
func (s *session) readHead() error {
	if s.pin != (trust.Pin{}) && s.state.Pin != "" && s.pin.String() != s.state.Pin {
		return failf(StepTrust, Key, "%s was pinned when this device met the registry, and %s is given now", s.state.Pin, s.pin)
	}
	answers := s.heads()
	if err := s.ctx.Err(); err != nil {
		return err
	}
	doc, floor, trustErr := s.trusted(answers)
	var heads []trust.Head
	var failures []error
	for _, a := range answers {
		var head trust.Head
		err := a.err
		switch {
		case err != nil:
		case trustErr != nil && lacks(doc, a.data):
			err = trustErr
		default:
			head, err = s.accept(doc, a.data)
		}
		if err != nil {
			failures = append(failures, classified(StepHead, Syntax, err))
			continue
		}
		heads = append(heads, head)
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	for i, head := range heads {
		for _, other := range heads[:i] {
			if why := contradict(other, head); why != nil {
				failures = append(failures, s.fork(other.Data, head.Data, why))
			}
		}
	}
	if err := worst(failures); len(heads) == 0 || ClassOf(err) == Fork {
		return err
	}
	s.trust, s.floor = doc, floor
	s.head = slices.MaxFunc(heads, func(a, b trust.Head) int { return cmp.Compare(a.Serial, b.Serial) })
	return nil
}

// answer is what a mirror said when it was asked for the head.
type answer struct {
	data []byte
	err  error
}

// heads asks all mirrors for the head, at the same time.
func (s *session) heads() []answer {
	s.step(StepHead)
	answers := make([]answer, len(s.src.Mirrors()))
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			answers[i].data, answers[i].err = s.src.ReadFrom(s.ctx, i, wire.HeadPath, sign.MaxSignature)
		})
	}
	all.Wait()
	return answers
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

// accept checks a head against the trust document, the clock and the stored state.
func (s *session) accept(doc *trust.Document, data []byte) (trust.Head, error) {
	head, err := doc.Head(data)
	if err == nil {
		err = s.fresh(doc, head)
	}
	if err == nil {
		err = s.newer(head)
	}
	return head, classified(StepHead, Syntax, err)
}

// lacks reports whether a newer trust document may tell more about a head: a key or an epoch that isn't known may be one that is new. The head's word that there is a new version is
// a hint, and only worth following if the head is genuine.
func lacks(doc *trust.Document, data []byte) bool {
	if doc == nil {
		return true
	}
	head, err := doc.Head(data)
	return err == nil && head.Keys > doc.Version || errors.Is(err, trust.ErrSigner) || errors.Is(err, trust.ErrEpoch)
}

// trusted follows the trust documents as far as the heads need it, from the known one or from the pin. Whoever serves spoilt ones, or holds some back, is passed over as long as another
// mirror has better ones. If the device knows a document, it is returned along with the error. floor is that of the first new epoch on the way, if there is one.
func (s *session) trusted(answers []answer) (doc *trust.Document, floor *wire.Floor, err error) {
	doc = s.trust
	enough := func(doc *trust.Document) bool {
		return !slices.ContainsFunc(answers, func(a answer) bool { return a.err == nil && lacks(doc, a.data) })
	}
	if enough(doc) {
		return doc, nil, nil
	}
	s.step(StepTrust)
	pin := s.pin
	if s.state.Pin != "" {
		if pin, err = trust.ParsePin([]byte(s.state.Pin)); err != nil {
			return doc, nil, classified(StepState, Local, err)
		}
	}
	if pin == (trust.Pin{}) {
		return doc, nil, failf(StepTrust, Key, "nothing is pinned: the device needs the registry's public key, or the hash of a trust document")
	}
	var best []*trust.Document
	err = s.eachWay(wire.Sum([]byte(pin.String())), func(read trust.ReadFunc) error {
		chain, err := trust.Chain(pin, s.state.Registry, s.trust, read)
		if err != nil {
			return err
		}
		if len(chain) > len(best) {
			best = chain
		}
		if !enough(chain[len(chain)-1]) {
			return errHeldBack
		}
		return nil
	})
	if best == nil {
		return doc, nil, classified(StepTrust, Syntax, err)
	}
	for _, d := range best {
		if floor == nil && d.InEpoch() > best[0].InEpoch() {
			floor = d.Floor
		}
	}
	return best[len(best)-1], floor, nil
}

// errHeldBack says that the trust documents end before what a head needs. Perhaps there are no more, perhaps a mirror holds some back.
var errHeldBack = errors.New("the trust documents end too early")

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

// errNoHead says that the device hasn't seen a head yet.
var errNoHead = errors.New("no head is stored")

// storedHead returns the stored head, which was checked before it was stored.
func (s *session) storedHead() (wire.Statement, error) {
	if s.state.Head == "" {
		return wire.Statement{}, errNoHead
	}
	comment, err := sign.StoredComment([]byte(s.state.Head))
	if err != nil {
		return wire.Statement{}, err
	}
	return wire.ParseStatement(comment)
}

// newer holds the head against the stored one. What the trust document says of a floor is checked by itself: a head above the floor of a new epoch
// may be below what was stored.
func (s *session) newer(head trust.Head) error {
	if s.state.Head == "" {
		return nil
	}
	stored, err := s.storedHead()
	if err != nil {
		return classified(StepState, Local, err)
	}
	old := trust.Head{Statement: stored, Data: []byte(s.state.Head)}
	switch {
	case head.Epoch > old.Epoch:
		return nil
	case head.Epoch < old.Epoch:
		return failf(StepHead, Rollback, "the head is of epoch %d, and this device has seen epoch %d", head.Epoch, old.Epoch)
	case head.Serial < old.Serial || head.LogSize < old.LogSize:
		return failf(StepHead, Rollback, "the head has serial %d and %d log entries, and this device has seen serial %d and %d", head.Serial, head.LogSize, old.Serial, old.LogSize)
	}
	if why := contradict(old, head); why != nil {
		return s.fork(old.Data, head.Data, why)
	}
	return nil
}

// contradict returns an error if two heads of one epoch can't be of one history, as far as they tell by themselves.
func contradict(a, b trust.Head) error {
	if a.Serial == b.Serial && says(a.Data) != says(b.Data) || a.LogSize == b.LogSize && a.LogRoot != b.LogRoot {
		return fmt.Errorf("two heads of serial %d and %d, with logs of %d and %d entries, say different things: somebody signed two histories", a.Serial, b.Serial, a.LogSize, b.LogSize)
	}
	return nil
}

// says returns what a head says, also what this program doesn't know of it. The head was read before.
func says(head []byte) string {
	comment, _ := sign.StoredComment(head)
	return comment
}

// fork is the error of two heads that contradict each other.
func (s *session) fork(old, now []byte, err error) error {
	evidence := [2]string{string(old), string(now)}
	s.keep(evidence)
	return &Error{Step: StepHead, Class: Fork, Err: err, Evidence: evidence}
}

// maxEvidence bounds the heads that are kept as evidence: two prove a fork, and who signs forks can sign many.
const maxEvidence = 64

// keep writes heads that contradict each other to the root's evidence/. That it can't be written is no reason for another error.
func (s *session) keep(heads [2]string) {
	dir := filepath.Join(s.o.Root, "evidence")
	_ = os.MkdirAll(dir, 0o755)
	if kept, err := os.ReadDir(dir); err != nil || len(kept) > maxEvidence-len(heads) {
		return
	}
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
