package report

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/gate"
)

// maxTime bounds a run.
const maxTime = 8 * time.Minute

// Options are what a run needs.
type Options struct {
	Result, Event    []byte // the two documents
	API, Repo, Token string
	// Sleep waits; nil for the clock.
	Sleep func(context.Context, time.Duration) error
}

// Done is what a run wrote.
type Done struct {
	Plan
	Commented string // "created", "updated" or "unchanged"
}

// Run tells a pull request what the gate found. An error that is a [*Refusal] says that nothing was written, and why.
func Run(ctx context.Context, o Options) (*Done, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	c, err := newClient(o.API, o.Repo, o.Token, o.Sleep)
	if err != nil {
		return nil, err
	}
	event, err := ParseEvent(o.Event)
	if err != nil {
		return nil, refuse("%v", err)
	}
	if !strings.EqualFold(event.Repository.FullName, o.Repo) {
		return nil, refuse("the event is of %s, and this is %s", event.Repository.FullName, o.Repo)
	}
	result, err := gate.ParseResult(o.Result)
	if err != nil {
		return nil, refuse("%v", err)
	}
	facts, err := c.facts(ctx, result, event)
	if err != nil {
		return nil, err
	}
	plan, err := Decide(result, facts)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, plan)
}

// facts asks GitHub about the pull request that a result names.
func (c *client) facts(ctx context.Context, r gate.Result, e Event) (Facts, error) {
	f := Facts{Event: e}
	if err := compare(r, e); err != nil {
		return f, err
	}
	before, _, err := c.pull(ctx, r.Pull.Number)
	if isStatus(err, 404) {
		return f, refuse("there is no pull request %d", r.Pull.Number)
	}
	if err != nil {
		return f, err
	}
	if err := comparePull(r, e, before); err != nil {
		return f, err
	}
	var listed, all int
	if f.Files, listed, err = c.files(ctx, r.Pull.Number); err != nil {
		return f, err
	}
	// Again: those were the files of the head that it names if nobody pushed in between.
	if f.Pull, all, err = c.pull(ctx, r.Pull.Number); err != nil {
		return f, err
	}
	f.Complete = listed >= all
	// The branch, as the gate takes it: the commit that a pull request names as its base is as old as it likes.
	f.Owners, err = c.owners(ctx, f.Pull.Base.Ref, changedPackages(r, f.Files))
	return f, err
}

// write does what was planned. What fails keeps nothing else from being written.
func (c *client) write(ctx context.Context, p Plan) (*Done, error) {
	done := &Done{Plan: p}
	var err error
	done.Commented, err = c.upsert(ctx, p.Number, p.Comment)
	errs := []error{err, c.label(ctx, p.Number, p.Add)}
	for _, l := range p.Remove {
		errs = append(errs, c.unlabel(ctx, p.Number, l))
	}
	if p.Title != "" {
		errs = append(errs, c.retitle(ctx, p.Number, p.Title))
	}
	return done, errors.Join(errs...)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
