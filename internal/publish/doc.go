// Package publish brings a published tree up to a commit. It is the one place that knows the order of the stages; each stage is a
// package of its own, and none calls the next.
//
// The rules:
//
//   - It reconciles. It never asks what a push changed: it walks the first-parent commits from the last reconciled one to the
//     wanted one, and takes each in turn, so that the log is a function of the history, whichever runs took place.
//   - A package is looked at again when its directory's tree hash changed, when it failed at the commit before, or when the configuration
//     changed how packages are made. Nothing else is read.
//   - What one package does wrong keeps that package alone from being published.
//   - Files are written in an order that leaves a whole registry wherever a run is killed: immutable files, then the head, then views.
//   - A destination whose head doesn't verify is refused, never repaired.
//   - Where the newest commit revokes a key, the registry goes back to the floor that the revocation names, whatever the published head says, and on from there.
//   - A run that loses the race for the head starts over from the new state.
//   - A run without a key can make a release set ([Build]), and a run with a key publish it without reading any package. The result is the same, byte for byte. The second run makes every decision itself,
//     and believes the set only what is inside a package.
package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Options are what a run needs.
type Options struct {
	History History
	Store   store.Store
	Pin     trust.Pin // what devices pin: the trust documents and the head in the store must count under it
	Signer  Signer    // nil for a dry run
	Now     time.Time // for the head's times alone
	// From is the commit that a first publish starts at; empty for the newest one.
	From string
	// Set is a release set of the same commits; nil to pack the packages here. With it no package is read.
	Set *Set
	// DryRun writes nothing.
	DryRun bool
	// Progress is told how far the packages of a commit are; it may be called by several goroutines at once.
	Progress func(stage string, done, total int)
	// Waiting is called if another publisher is at work on the store.
	Waiting func()
	// listings are the formats for whose hosts listings are made, if it isn't nil; else the configuration says.
	listings []string
	// site is what the storefront is rendered with, if it isn't nil; else the commits say.
	site *wire.Site
}

// Signer signs what is published.
type Signer interface {
	Public() sign.PublicKey
	Sign(segments [][]byte, comment string) []byte
}

// maxTries bounds how often a run starts over because others published meanwhile.
const maxTries = 10

// ErrPair says that the secret key isn't one that may sign for the registry.
var ErrPair = errors.New("they don't belong together")

// ErrBehind says that the history ends before what is published, as in a clone that was made too early.
var ErrBehind = errors.New("the destination is ahead of this clone")

// errOlder ends a run of a commit that was published from before.
var errOlder = errors.New("older than what is published")

// facts are what the root node says of the registry out of its configuration.
type facts struct{ ID, Name, BaseURL string }

func factsOf(r *wire.Registry) facts { return facts{r.ID, r.Name, r.BaseURL} }

// ErrRegistry says that the store holds another registry than the configuration's.
var ErrRegistry = errors.New("the destination holds another registry")

// Run publishes. The report is complete even where packages failed; the error is for what kept the run as a whole from its work.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if o.DryRun {
		o.Store = dryStore{o.Store}
	} else {
		unlock, err := o.Store.Lock(ctx, o.Waiting)
		if err != nil {
			return &Report{}, err
		}
		defer unlock()
	}
	for try := 1; ; try++ {
		r := &run{Options: o, report: &Report{}}
		err := r.publish(ctx)
		if errors.Is(err, store.ErrHeadMoved) && try < maxTries {
			continue
		}
		return r.report, err
	}
}

// run is one try to publish.
type run struct {
	Options
	report     *Report
	state      *tree.State
	config     config.Config     // of the newest commit
	time       int64             // of the last event
	failing    map[string]Failed // by id: what can't be published at the commit that was looked at last
	changed    map[string]*tree.Package
	released   map[string]registry.Rising // by id: of the newest version that the run released
	commit     string                     // last commit that had events
	pending    []string                   // what failed at it
	start      string                     // the commit that the first publish began at
	facts      facts                      // what every page shows
	configured string                     // the commit that has them
	initial    bool                       // nothing was published before
	listings   []string                   // formats for whose hosts listings are made, sorted
	site       wire.Site                  // what the commits say of the storefront
	renderer   *storefront.Renderer       // of the views
	faded      error                      // why the views aren't as the commits say
	base       Snapshot                   // that the walk began behind
	trust      *trust.Document            // the newest version that the log has; nil where nothing is published
	documents  []*trust.Document          // versions that this run published
	waiting    error                      // what the version after it lacks; nil where there is none
	returning  bool                       // whether a commit of the walk begins an epoch; those before it are passed over
	floor      *wire.Floor                // where this run began an epoch; the state is all in changed then
	events     int                        // that this run appended
	advised    *advised                   // the advisories.yaml that was read last
	unheard    map[string]bool            // ids that it names and that were never published
	builder    *builder                   // of a release set, where that is all that is made
}

func (r *run) publish(ctx context.Context) error {
	var err error
	head, err := r.History.Head()
	if err != nil {
		return err
	}
	r.report.Commit = head.Commit
	if r.state, err = tree.Load(ctx, r.Store, r.Pin); err != nil {
		return err
	}
	r.failing = make(map[string]Failed)
	r.changed = make(map[string]*tree.Package)
	r.released = make(map[string]registry.Rising)
	r.unheard = make(map[string]bool)
	r.initial = r.state.Statement.Serial == 0
	if !r.initial {
		facts := r.state.Root.Registry
		r.time, r.start, r.commit, r.pending = facts.Time, facts.Start, facts.Commit, facts.Pending
		r.facts, r.configured = factsOf(facts), facts.Configured
		r.trust = r.state.Trust
	}
	if err := r.refuseEarly(head); err != nil {
		return err
	}
	snapshots, before, err := r.snapshots(ctx, head)
	if errors.Is(err, errOlder) {
		s := r.state.Statement
		r.report.Registry, r.report.Serial, r.report.LogSize = s.Registry, s.Serial, s.LogSize
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("commit %.12s is older than %.12s, which is published: nothing to do", head.Commit, r.commit))
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.configure(snapshots, before); err != nil {
		return err
	}
	if err := r.dress(ctx); err != nil {
		return err
	}
	r.report.Registry = r.config.ID
	if r.listings = r.Options.listings; r.listings == nil {
		r.listings = slices.Sorted(slices.Values(r.config.Listings))
	}
	if id := r.state.Statement.Registry; !r.initial && id != r.config.ID {
		return fmt.Errorf("%w: it is %q there, and %q here", ErrRegistry, id, r.config.ID)
	}
	if r.Set != nil {
		if err := r.Set.fits(r.config.ID, head.Commit); err != nil {
			return err
		}
	}
	broken, err := r.walk(ctx, snapshots, before)
	if err != nil {
		return err
	}
	r.noteUnheard()
	r.report.finish(r.failing)
	if broken != nil && r.trust == nil { // not one commit could be published, and nothing is: there is nothing to write
		r.report.Broken = broken.Findings
		return broken
	}
	publish := r.write
	if r.builder != nil {
		publish = r.finish
	}
	if err := publish(ctx); err != nil {
		return err
	}
	if broken != nil {
		r.report.Broken = broken.Findings
		return broken // what came before is published
	}
	return r.faded
}

// configure takes the newest configuration that can be used.
func (r *run) configure(snapshots []Snapshot, before basis) error {
	var broken *CommitError
	for _, s := range slices.Backward(snapshots) {
		cfg, err := r.History.Config(s)
		if err == nil {
			r.config, r.base = cfg, s
			return nil
		}
		if !errors.As(err, &broken) {
			return err
		}
	}
	if !before.known {
		return broken
	}
	r.config = before.config
	return nil
}

// registry returns the facts for the root node.
func (r *run) registry(count int) *wire.Registry {
	return &wire.Registry{
		ID: r.facts.ID, Name: r.facts.Name, BaseURL: r.facts.BaseURL, Configured: r.configured,
		Start: r.start, Commit: r.commit, Time: r.time, Pending: r.pending, Count: count,
	}
}
