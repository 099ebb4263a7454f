package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// tolerance is how far a head may lie in the future: clocks differ.
const tolerance = 24 * time.Hour

// Options are what following a log needs.
type Options struct {
	Pin  trust.Pin
	Now  time.Time
	Read trust.ReadFunc // of a published file
	// Past is Read past caches, with the key behind the path. It is asked where what Read gave is old, or isn't what proves itself. nil where there are no caches.
	Past func(path, key string, limit int64) ([]byte, error)
	// Tell is called with each line, in order. It may keep the bytes.
	Tell     func(line []byte) error
	Progress func(done, total int64) // in entries; may be nil
}

// The reasons why a registry isn't followed.
var (
	// ErrPin says that another key or trust document is pinned than when the monitor began.
	ErrPin = errors.New("not the pin that the monitor began with")
	// ErrUntrusted says that there is no head that counts.
	ErrUntrusted = errors.New("the head doesn't count")
	// ErrBehind says that a head is older than the one that was seen: somebody serves an old tree.
	ErrBehind = errors.New("the registry is older than it was")
	// ErrForked says that two heads can't both belong to one registry that only ever goes on.
	ErrForked = errors.New("two histories were signed")
	// ErrGone says that something can't be proved any more, since what proves it isn't there.
	ErrGone = errors.New("what proves it isn't there any more")
)

// The problems that a registry may have while it is followed.
var (
	// ErrExpired says that devices don't install by the head, since it or the trust document is too old.
	ErrExpired = errors.New("expired")
	// ErrFuture says that the head comes from the future, or that this clock is late.
	ErrFuture = errors.New("issued in the future")
	// ErrUnreadable says that devices refuse the log, since entries of it can't be read.
	ErrUnreadable = errors.New("the log holds what no publisher writes")
)

// A Contradiction is an error with two heads of one registry that contradict each other. Each is a signature file, and counted when it was read.
type Contradiction struct {
	Seen, Shown []byte // the one that the monitor has, and the one that it was shown now
	Err         error  // wraps [ErrBehind] or [ErrForked]
}

// Error implements error.
func (c *Contradiction) Error() string { return c.Err.Error() }

// Unwrap returns Err.
func (c *Contradiction) Unwrap() error { return c.Err }

// follower is one run.
type follower struct {
	Options
	old      State
	chain    []*trust.Document // from the known one to the newest
	head     trust.Head
	told     error // what Tell failed with
	bad      int64 // entries that can't be read
	firstBad error
}

// Follow brings a monitor's state up to the registry's head. It proves that the log goes on from what was seen, and tells what is new. Where it fails, what was told is
// proved all the same, and the old state stands: the next run tells it again. The problems are of the registry's present, and no reason not to keep the new state.
func Follow(o Options, old State) (State, []error, error) {
	f := &follower{Options: o, old: old}
	err := f.meet(o.Read)
	if o.Past != nil && (errors.Is(err, ErrBehind) || errors.Is(err, ErrUntrusted)) {
		err = f.meet(func(path string, limit int64) ([]byte, error) { return o.Past(path, wire.Sum([]byte(old.Head)), limit) })
	}
	if err != nil {
		return old, nil, err
	}
	kept, err := f.prove()
	if err != nil {
		return old, nil, err
	}
	if err := f.tell(kept); err != nil {
		return old, nil, err
	}
	s := State{
		Format: stateFormat, Registry: f.head.Registry, Pin: o.Pin.String(), Trust: string(f.newest().Data), Head: string(f.head.Data), Log: old.Log,
	}
	if kept < f.head.LogSize {
		err = f.log(func(l *tlog.Log) (err error) {
			s.Log, err = l.EdgeAt(f.head.LogSize)
			return err
		})
	}
	if err == nil {
		err = s.read()
	}
	if err != nil {
		return old, nil, err
	}
	return s, f.problems(), nil
}

func (f *follower) newest() *trust.Document { return f.chain[len(f.chain)-1] }

// first reports whether nothing was seen yet.
func (f *follower) first() bool { return f.old.Head == "" }

// meet reads the head and the trust document that it has to count under, and holds it against the head that was seen.
func (f *follower) meet(read trust.ReadFunc) error {
	if !f.first() && f.Pin.String() != f.old.Pin {
		return fmt.Errorf("%w: it was %s, and is %s", ErrPin, f.old.Pin, f.Pin)
	}
	data, err := read(wire.HeadPath, sign.MaxSignature)
	if err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	if f.chain, err = trust.Chain(f.Pin, f.old.Registry, f.old.known, read); err != nil {
		return fmt.Errorf("follow the trust documents: %w", err)
	}
	if f.head, err = f.newest().Head(data); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrUntrusted, wire.HeadPath, err)
	}
	return f.newer()
}

// newer holds the head against the one that was seen, as far as the two alone tell.
func (f *follower) newer() error {
	seen, now := f.old.statement, f.head.Statement
	if f.first() || now.Epoch > seen.Epoch { // the trust document is never older than the known one, and so the epoch isn't
		return nil
	}
	said := fmt.Sprintf("the head has serial %d and a log of %d entries, and the one that was seen serial %d and %d", now.Serial, now.LogSize, seen.Serial, seen.LogSize)
	switch {
	case now.Serial < seen.Serial && now.LogSize <= seen.LogSize:
		return f.contradiction(ErrBehind, errors.New(said))
	case now.Serial < seen.Serial:
		return f.contradiction(ErrForked, errors.New(said))
	case now.Serial == seen.Serial && now != seen:
		return f.contradiction(ErrForked, fmt.Errorf("two heads of serial %d say different things", now.Serial))
	}
	return nil
}

func (f *follower) contradiction(kind, err error) error {
	return &Contradiction{Seen: []byte(f.old.Head), Shown: f.head.Data, Err: fmt.Errorf("%w: %w", kind, err)}
}

// prove proves that the head's log goes on from what was seen, so far as no floor undid it. It returns how many entries that are.
func (f *follower) prove() (kept int64, err error) {
	kept, root := f.old.Log.Size, f.old.root
	epoch := f.old.statement.Epoch
	for _, doc := range f.chain {
		if doc.InEpoch() <= epoch || doc.Floor == nil {
			continue
		}
		epoch = doc.InEpoch()
		if doc.Floor.Size < kept {
			// Only the first floor can lie below what was seen: each one is above those before it.
			err := f.oldLog(func(l *tlog.Log) error { return l.Continues(doc.Floor.Size, doc.Floor.Root) })
			if err := f.forked(err, "the floor of epoch %d, at %d entries, isn't a state that was seen", epoch, doc.Floor.Size); err != nil {
				return 0, err
			}
			kept, root = doc.Floor.Size, doc.Floor.Root
		}
		err := f.log(func(l *tlog.Log) error { return l.Continues(doc.Floor.Size, doc.Floor.Root) })
		if err := f.forked(err, "the log doesn't begin with the floor of epoch %d, at %d entries", epoch, doc.Floor.Size); err != nil {
			return 0, err
		}
	}
	err = f.log(func(l *tlog.Log) error { return l.Continues(kept, root) })
	return kept, f.forked(err, "the log isn't the one that was seen")
}

// forked makes a contradiction of a proof that failed. Other errors stay what they are.
func (f *follower) forked(err error, format string, args ...any) error {
	if !errors.Is(err, tlog.ErrRewritten) {
		return err
	}
	err = fmt.Errorf(format+": %w", append(args, err)...)
	if f.first() {
		return fmt.Errorf("%w: %w", ErrForked, err)
	}
	return f.contradiction(ErrForked, err)
}

// log does something with the head's log.
func (f *follower) log(use func(*tlog.Log) error) error {
	return f.open(f.head.Statement, use)
}

// oldLog does something with the log that was seen last, of an epoch that is over.
func (f *follower) oldLog(use func(*tlog.Log) error) error {
	err := f.open(f.old.statement, use)
	if f.told != nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%w: the log of epoch %d with %d entries, as it was seen: %w", ErrGone, f.old.statement.Epoch, f.old.Log.Size, err)
}

// open does something with a log, and once more past caches if what is read isn't what the log's root proves. What the root proves, no cache can say otherwise.
func (f *follower) open(s wire.Statement, use func(*tlog.Log) error) error {
	try := func(read trust.ReadFunc) error {
		l, err := tlog.Open(s.Epoch, s.LogSize, s.LogRoot, func(path string, limit int64) ([]byte, error) {
			data, err := read(path, limit)
			if errors.Is(err, fs.ErrNotExist) {
				err = fmt.Errorf("%w: %w", tlog.ErrDamaged, err)
			}
			return data, err
		})
		if err != nil {
			return err
		}
		return use(l)
	}
	err := try(f.Read)
	if err == nil || f.Past == nil || f.told != nil || errors.Is(err, tlog.ErrRewritten) {
		return err
	}
	return try(func(path string, limit int64) ([]byte, error) { return f.Past(path, s.LogRoot, limit) })
}

// tell tells of a new epoch, of the entries that it undid, and of those that are new.
func (f *follower) tell(kept int64) error {
	seen := f.old.Log.Size
	if !f.first() && f.head.Epoch > f.old.statement.Epoch {
		text, err := json.Marshal(Epoch{EventEpoch, f.head.Epoch, *f.newest().Floor, seen, kept})
		if err != nil {
			return err
		}
		if err := f.Tell(text); err != nil {
			return err
		}
		if err := f.entries(f.oldLog, f.old.statement.Epoch, true, kept, seen); err != nil {
			return err
		}
	}
	return f.entries(f.log, f.head.Epoch, false, kept, f.head.LogSize)
}

// entries tells of the entries of a log from one index to another, each as soon as it is proved.
func (f *follower) entries(log func(func(*tlog.Log) error) error, epoch int, undone bool, next, to int64) error {
	if next == to {
		return nil
	}
	return log(func(l *tlog.Log) error {
		return l.Entries(next, to, func(index int64, entry []byte) error {
			text, problem := line(index, epoch, undone, entry)
			if problem != nil && !undone {
				if f.bad++; f.bad == 1 {
					f.firstBad = fmt.Errorf("entry %d: %w", index, problem)
				}
			}
			if f.told = f.Tell(text); f.told != nil {
				return f.told
			}
			next = index + 1 // a second try goes on behind it
			if f.Progress != nil {
				f.Progress(next, to)
			}
			return nil
		})
	})
}

// problems returns what is wrong with the registry's present.
func (f *follower) problems() []error {
	var found []error
	add := func(kind error, format string, args ...any) {
		found = append(found, fmt.Errorf("%w: "+format, append([]any{kind}, args...)...))
	}
	stamp := func(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }
	now := f.Now.Unix()
	if now >= f.head.Expires {
		add(ErrExpired, "the head is good until %s", stamp(f.head.Expires))
	}
	if f.head.Issued > f.Now.Add(tolerance).Unix() {
		add(ErrFuture, "the head is of %s, and this clock says %s", stamp(f.head.Issued), stamp(now))
	}
	if e := f.newest().Expires; e != 0 && now >= e {
		add(ErrExpired, "version %d of the trust document is good until %s", f.newest().Version, stamp(e))
	}
	if f.bad > 0 {
		add(ErrUnreadable, "%d of the new entries, the first one is %w", f.bad, f.firstBad)
	}
	return found
}
