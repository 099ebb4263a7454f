package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/wire"
)

// basis is what the next commit is compared with. The zero value stands for nothing: then every package is looked at.
type basis struct {
	known  bool
	config config.Config
	list   directories
	failed map[string]bool // ids to try again
	// advisories are what is wrong with published versions
	advisories advisories
}

// walk takes the commits from the last reconciled one to the newest, one after the other. A commit that can't be published as a whole is passed over;
// if it is the newest, it is returned as broken.
func (r *run) walk(ctx context.Context, snapshots []Snapshot, before basis) (broken *CommitError, err error) {
	r.report.Commits = len(snapshots)
	for _, s := range snapshots {
		after, err := r.commitAt(ctx, s, before)
		if errors.As(err, &broken) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if broken != nil {
			r.report.Notes = append(r.report.Notes, fmt.Sprintf("commit %.12s could not be published as a whole; a later one mended it", broken.Commit))
		}
		broken, before = nil, after
	}
	if r.waiting != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("%v; it isn't published yet", r.waiting))
	}
	ids := make(map[string]bool)
	for _, entries := range before.list {
		for _, e := range entries {
			ids[e.Name] = true
		}
	}
	r.report.Packages = len(ids)
	return broken, nil
}

// commitAt takes one commit with its configuration.
func (r *run) commitAt(ctx context.Context, s Snapshot, before basis) (basis, error) {
	cfg, err := r.History.Config(s)
	if err != nil {
		return before, err
	}
	after, err := r.reconcile(ctx, s, cfg, before)
	if err != nil {
		return before, err
	}
	if shown := (facts{cfg.ID, cfg.Name, cfg.BaseURL}); shown != r.facts {
		r.facts, r.configured = shown, s.Commit
	}
	return after, nil
}

// snapshots returns the commits to walk, and what the first of them is compared with.
func (r *run) snapshots(ctx context.Context, head Snapshot) ([]Snapshot, basis, error) {
	if !r.initial {
		list, err := r.sinceFloor(ctx, head)
		if r.returning = len(list) > 0; r.returning || err != nil {
			return list, basis{}, err
		}
	}
	start := r.commit
	if r.initial {
		if r.From == "" {
			return []Snapshot{head}, basis{}, nil
		}
		start = r.From
	}
	after, base, found, err := r.History.Since(start)
	switch {
	case err != nil:
		return nil, basis{}, err
	case !found && r.initial:
		return nil, basis{}, fmt.Errorf("commit %.12s is not a first-parent ancestor of %.12s", start, head.Commit)
	case !found:
		older, known, err := r.History.Precedes(start)
		switch {
		case err != nil:
			return nil, basis{}, err
		case older:
			return nil, basis{}, errOlder
		case !known && head.Time < r.time:
			return nil, basis{}, fmt.Errorf("%w: commit %.12s was published from, which isn't here, and %.12s is older than that", ErrBehind, start, head.Commit)
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf(
			"the last reconciled commit %.12s isn't in the first-parent history of %.12s (a shallow clone, or rewritten history): compared %.12s alone", start, head.Commit, head.Commit))
		return []Snapshot{head}, basis{}, nil
	case r.initial:
		return append([]Snapshot{base}, after...), basis{}, nil
	}
	r.base = base
	cfg, err := r.History.Config(base)
	if broken := (*CommitError)(nil); errors.As(err, &broken) {
		return after, basis{}, nil // published by a version that could read it: look at everything
	}
	if err != nil {
		return nil, basis{}, err
	}
	before := basis{known: true, config: cfg, failed: make(map[string]bool)}
	if before.list, err = r.list(base, cfg); err != nil {
		return nil, basis{}, err
	}
	before.advisories, err = r.advisories(base)
	if broken := (*CommitError)(nil); errors.As(err, &broken) {
		return after, basis{}, nil
	}
	if err != nil {
		return nil, basis{}, err
	}
	for _, id := range r.pending {
		if id == wire.AllPending {
			before.known = false
		}
		before.failed[id] = true
	}
	if len(after) == 0 && len(before.failed) > 0 {
		after = []Snapshot{base} // what failed may pass with this version of the program
	}
	return after, before, nil
}

// reconcile takes one commit.
func (r *run) reconcile(ctx context.Context, s Snapshot, cfg config.Config, before basis) (basis, error) {
	list, err := r.list(s, cfg)
	if err != nil {
		return before, err
	}
	now := basis{known: true, config: cfg, list: list, failed: make(map[string]bool)}
	if now.advisories, err = r.advisories(s); err != nil {
		return before, err
	}
	events := r.events
	if r.state.Log.Size() == 0 {
		r.start = s.Commit
	}
	began := r.floor
	if err := r.adopt(ctx, s); err != nil {
		return before, err
	}
	switch {
	case r.returning && r.floor == nil:
		return before, nil // whatever it brought would be undone
	case r.floor != began:
		before = basis{} // what is published isn't what the commit before had
	}
	var ids map[string]bool
	if before.known && cfg.SamePackaging(before.config) {
		ids = differing(before.list, list)
		maps.Copy(ids, before.failed)
	} else {
		ids = make(map[string]bool)
		for _, entries := range list {
			for _, e := range entries {
				ids[e.Name] = true
			}
		}
		if err := r.all(ctx, func(id string) { ids[id] = true }); err != nil {
			return before, err
		}
	}
	claims := make(map[string][]claim, len(ids))
	for _, dir := range roots(cfg) {
		for _, e := range list[dir] {
			if ids[e.Name] {
				claims[e.Name] = append(claims[e.Name], claim{dir + "/" + e.Name, e})
			}
		}
	}
	w := work{snapshot: s, config: cfg, time: max(r.time, s.Time), claims: claims}
	outcomes, err := r.evaluate(ctx, w, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return before, err
	}
	released, err := r.apply(ctx, w, outcomes, now.failed)
	if err != nil {
		return before, err
	}
	if err := r.advise(ctx, w, before, now, released); err != nil {
		return before, err
	}
	if r.events > events {
		r.commit, r.time, r.pending = s.Commit, w.time, pending(now.failed)
	}
	return now, nil
}

// pending returns the ids that the next run tries again, as the root node names them.
func pending(failed map[string]bool) []string {
	ids := slices.Sorted(maps.Keys(failed))
	notText := func(id string) bool { return !utf8.ValidString(id) } // a directory's name can be any bytes
	if len(ids) > wire.MaxPending || slices.ContainsFunc(ids, notText) {
		return []string{wire.AllPending}
	}
	return ids
}
