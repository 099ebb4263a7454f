package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/regen-registry/regen/internal/fetch"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Options are what a device is opened with. Root is all that listing, verifying, pinning, removing and rolling back need.
type Options struct {
	// Root is the device's directory. It is made when something is installed or synced.
	Root string
	// Mirrors are the addresses of the registry's tree, https or http, or directories. Each of them is asked for the head, and the newest one counts. For all else
	// they are asked in this order, until one has it.
	Mirrors []string
	// Pin is what the device trusts: a public key as minisign writes it, or "sha256:" and the hash of a trust document. A root that has met its registry remembers it.
	Pin string
	// ClockTolerance is how far in the future a head may be issued, before the device's clock is called wrong. 0 stands for a day.
	ClockTolerance time.Duration
	// Hosts are the versions of what packages run on: format → semantic version, as in "vito" → "3.1.0". Versions of packages that need a newer host are passed over.
	Hosts map[string]string
	// Authors says that the device installs only what the package's own author signed, over and above the registry. It keeps the author's keys, and takes a version of an installed package only from
	// them: so a thief of the registry's keys can't update it. Once installed like that, a package is held to its author without this option, too.
	Authors bool

	// Now is the clock; nil stands for [time.Now].
	Now func() time.Time
	// HTTP sends the requests; nil stands for a client of this package's own.
	HTTP *http.Client
	// Patience is how long a server may send too little; 0 stands for 30 seconds.
	Patience time.Duration
	// Progress is told what is being done, if it isn't nil. It may be called many times a second.
	Progress func(Progress)
	// Waiting is called once if another operation is at work on the root, if it isn't nil.
	Waiting func()
}

// Progress says what an operation does.
type Progress struct {
	Step    Step
	Package string // its id, where the step is about one
	Done    int64  // bytes of a download
	Total   int64
	// Writes is what is about to be changed on the disk; "" where nothing is.
	Writes string
}

// dayTolerance is the default of [Options.ClockTolerance].
const dayTolerance = 24 * time.Hour

// A Client is a device. It keeps nothing open: every operation locks the root, reads the state and writes it.
type Client struct {
	o   Options
	pin trust.Pin // zero where none is given
}

// Open returns the device whose root the options name. It reads and writes nothing.
func Open(o Options) (*Client, error) {
	if o.Root == "" {
		return nil, errors.New("no root is given, expected the device's directory")
	}
	c := &Client{o: o}
	if o.Pin != "" {
		var err error
		if c.pin, err = trust.ParsePin([]byte(o.Pin)); err != nil {
			return nil, err
		}
	}
	for format, version := range o.Hosts {
		if err := wire.CheckVersion(version); err != nil {
			return nil, fmt.Errorf("the version of the host %s: %w", format, err)
		}
	}
	if c.o.Now == nil {
		c.o.Now = time.Now
	}
	if c.o.ClockTolerance <= 0 {
		c.o.ClockTolerance = dayTolerance
	}
	if c.o.Progress == nil {
		c.o.Progress = func(Progress) {}
	}
	return c, nil
}

// session is one operation.
type session struct {
	*Client
	ctx   context.Context
	state *state // as it is stored
	next  *state // as it will be
	src   *fetch.Source
	trust *trust.Document
	floor *wire.Floor // of the first epoch that began since the stored head; nil where none did
	head  trust.Head
	root  *wire.Node // of the catalogue, once it is read
	id    string     // of the package that is at work, for progress
	stuck bool       // something failed, and couldn't be undone either
	// authorships are those that were read to follow authors' keys, by the metadata that they are in.
	authorships map[wire.Ref]*wire.Authorship
	// lastNode is the leaf of the catalogue that was read last.
	lastNode struct {
		ref  wire.Ref
		node wire.Node
	}
}

// begin locks the root and reads the state. Whatever was interrupted is finished or undone first.
func (c *Client) begin(ctx context.Context) (*session, func(), error) {
	_, err := os.Lstat(c.o.Root)
	unlock, lockErr := store.NewDir(c.o.Root).Lock(ctx, c.o.Waiting)
	if lockErr != nil {
		if ctx.Err() != nil {
			return nil, nil, failf(StepState, Busy, "another operation is at work on %s: %w", c.o.Root, ctx.Err())
		}
		return nil, nil, classified(StepState, Local, lockErr)
	}
	s, sessionErr := c.session(ctx)
	if sessionErr == nil {
		sessionErr = classified(StepState, Local, s.recover())
	}
	if sessionErr != nil {
		unlock()
		return nil, nil, sessionErr
	}
	return s, func() {
		_ = s.clear()
		if err != nil {
			os.Remove(c.o.Root) // made by the lock, and empty still: as it was
		}
		unlock()
	}, nil
}

// session reads the state, without a lock: it is replaced in one step.
func (c *Client) session(ctx context.Context) (*session, error) {
	s := &session{Client: c, ctx: ctx}
	var err error
	if s.state, err = readState(c.o.Root); err != nil {
		return nil, classified(StepState, Local, err)
	}
	if s.trust, err = s.state.document(); err != nil {
		return nil, classified(StepState, Local, err)
	}
	s.next = s.state.clone()
	return s, nil
}

// source opens the mirrors.
func (s *session) source() error {
	if s.src != nil {
		return nil
	}
	var err error
	s.src, err = fetch.New(s.o.Mirrors, fetch.Options{Client: s.o.HTTP, Patience: s.o.Patience, Progress: func(_ string, done, total int64) {
		s.o.Progress(Progress{Step: StepDownload, Package: s.id, Done: done, Total: total})
	}})
	return classified(StepHead, Network, err)
}

func (s *session) step(step Step) { s.o.Progress(Progress{Step: step, Package: s.id}) }
