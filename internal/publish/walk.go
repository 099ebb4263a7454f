package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// basis is what the next commit is compared with. The zero value stands for nothing: then every package is looked at.
type basis struct {
	known  bool
	config config.Config
	list   listing
	failed map[string]bool // ids to try again
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
func (r *run) snapshots(head Snapshot) ([]Snapshot, basis, error) {
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

// outcome is what a commit means for one id.
type outcome struct {
	id       string
	decision registry.Decision
	findings check.Findings
	metadata wire.Ref // of the release
	entry    wire.Entry
	version  wire.Version
	artifact wire.Ref
}

// reconcile takes one commit.
func (r *run) reconcile(ctx context.Context, s Snapshot, cfg config.Config, before basis) (basis, error) {
	list, err := r.list(s, cfg)
	if err != nil {
		return before, err
	}
	now := basis{known: true, config: cfg, list: list, failed: make(map[string]bool)}
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
		if err := r.state.All(ctx, func(id string) { ids[id] = true }); err != nil {
			return before, err
		}
		for id := range r.changed {
			ids[id] = true
		}
	}
	if r.state.Log.Size() == 0 {
		r.time, r.start, r.commit = s.Time, s.Commit, s.Commit
		if err := r.found(ctx); err != nil {
			return before, err
		}
	}
	if len(ids) == 0 {
		return now, nil
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
	return now, r.apply(ctx, w, outcomes, now.failed)
}

// work is a commit that is looked at.
type work struct {
	snapshot Snapshot
	config   config.Config
	time     int64 // of its events: the committer time, or the previous event's if that is later
	claims   map[string][]claim
}

// claim is a directory that wants to be the package of an id.
type claim struct {
	dir   string
	entry gittree.Entry
}

// memoryBudget bounds the bytes of packages that are held at once. A larger package is worked on alone.
const memoryBudget = 96 << 20

// evaluate looks at packages on all cores, and writes the files of new releases.
func (r *run) evaluate(ctx context.Context, c work, ids []string) ([]outcome, error) {
	outcomes := make([]outcome, len(ids))
	budget := semaphore.NewWeighted(memoryBudget)
	group, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex
	next, done := 0, 0
	for range min(runtime.GOMAXPROCS(0), len(ids)) {
		group.Go(func() error {
			w := worker{run: r, work: c, ctx: ctx, load: r.History.Loader(), budget: budget}
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(ids) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				var err error
				if outcomes[i], err = w.evaluate(ids[i], c.claims[ids[i]]); err != nil {
					return err
				}
				mu.Lock()
				done++
				n := done
				mu.Unlock()
				r.Progress("packages", n, len(ids))
			}
		})
	}
	return outcomes, group.Wait()
}

// worker evaluates packages, one after the other.
type worker struct {
	*run
	work
	ctx    context.Context
	load   Loader
	budget *semaphore.Weighted
}

func (w *worker) evaluate(id string, claims []claim) (outcome, error) {
	o := outcome{id: id}
	fail := func(f check.Finding) (outcome, error) {
		o.decision = registry.Decision{Failure: &f}
		o.findings = append(o.findings, f)
		return o, nil
	}
	pub, err := w.published(w.ctx, id)
	if err != nil {
		return o, err
	}
	if len(claims) == 0 {
		o.decision = registry.Decide(pub.Published, nil)
		return o, nil
	}
	c := claims[0]
	if len(claims) > 1 {
		return fail(check.Finding{Code: "id/claimed-twice", Severity: check.Error, Path: c.dir,
			Message: fmt.Sprintf("the id %s is claimed by %s, too", id, claims[1].dir), Hint: "rename one of the directories: an id is one package"})
	}
	if err := wire.CheckID(id); err != nil {
		return fail(check.Finding{Code: "id/name", Severity: check.Error, Path: c.dir, Message: err.Error(), Hint: "a package's directory is named by its id: rename it"})
	}
	switch c.entry.Mode {
	case gittree.Symlink:
		return fail(check.Finding{Code: "files/symlink", Severity: check.Error, Path: c.dir, Message: "is a symbolic link, expected a directory", Hint: "put the package itself in its place"})
	case gittree.Submodule:
		return fail(check.Finding{Code: "files/submodule", Severity: check.Error, Path: c.dir, Message: "is a git submodule, expected a directory", Hint: "put the package's files themselves into the repo"})
	}
	inputs, err := w.load.Inputs(c.dir, c.entry, maxInputs)
	if tooMany := (*gittree.LimitError)(nil); errors.As(err, &tooMany) {
		return fail(check.Finding{Code: "files/too-many", Severity: check.Error, Path: c.dir, Message: tooMany.Error(), Hint: "leave out what isn't needed at run time"})
	}
	if errors.Is(err, gittree.ErrCorrupt) {
		// Anybody can make such a tree and push it; it is that package's fault alone.
		return fail(check.Finding{Code: "files/tree", Severity: check.Error, Path: c.dir, Message: err.Error(), Hint: "make the directory anew with git itself: `git fsck` tells what is wrong with the tree"})
	}
	if err != nil {
		return o, fmt.Errorf("read %s at commit %.12s: %w", c.dir, w.snapshot.Commit, err)
	}
	var held int64
	defer func() { w.budget.Release(held) }()
	reserve := func(size int64) error {
		w.budget.Release(held)
		held, size = 0, min(size, memoryBudget)
		err := w.budget.Acquire(w.ctx, size)
		if err == nil {
			held = size
		}
		return err
	}
	built, findings, err := release.Make(c.dir, id, inputs, w.work.config, reserve)
	if err != nil {
		return o, err
	}
	o.findings = findings
	if errs := findings.Errors(); len(errs) > 0 {
		o.decision = registry.Decision{Failure: &errs[0]}
		return o, nil
	}
	o.decision = registry.Decide(pub.Published, &registry.Candidate{Format: built.Format, Version: built.Version, Source: built.Source})
	if f := o.decision.Failure; f != nil {
		f.Path = c.dir
		o.findings = append(o.findings, *f)
		return o, nil
	}
	if o.decision.Release {
		err = w.release(&o, built)
	}
	return o, err
}

// maxInputs bounds the files of a directory that are looked at, left out ones included.
const maxInputs = 200_000

// release writes what is new with a release. No head names any of these files yet, so they can be written whatever happens later. The
// signatures beside them are views of nothing else and are written with them, while the bytes are at hand.
func (w *worker) release(o *outcome, b *release.Built) error {
	m := b.Metadata(w.snapshot.Commit, w.work.time, w.work.config)
	data, err := wire.Encode(m)
	if err != nil {
		return fmt.Errorf("metadata of %s %s: %w", b.ID, b.Version, err)
	}
	o.metadata, o.artifact = wire.RefOf(data), b.ArtifactRef
	o.entry = registry.Describe(m)
	o.version = wire.Version{Version: b.Version, Channel: b.Channel, Metadata: o.metadata, Source: b.Source, Time: m.ReleasedAt}
	if w.DryRun {
		return nil
	}
	artifact, metadata := wire.ArtifactPath(b.ID, b.Version, b.ArtifactName), wire.MetadataPath(b.ID, b.Version)
	if err := w.create(w.ctx, artifact, b.Artifact...); err != nil {
		return err
	}
	if err := w.create(w.ctx, metadata, data); err != nil {
		return err
	}
	for _, asset := range b.Assets {
		if err := w.create(w.ctx, wire.AssetPath(b.ID, b.Version, asset.Path), asset.Data); err != nil {
			return err
		}
	}
	sig := w.Signer.Sign(b.Artifact, wire.ArtifactComment(b.ID, b.Version, b.ArtifactRef))
	if err := w.create(w.ctx, artifact+wire.SignatureSuffix, sig); err != nil {
		return err
	}
	sig = w.Signer.Sign([][]byte{data}, wire.MetadataComment(b.ID, b.Version, o.metadata))
	return w.create(w.ctx, metadata+wire.SignatureSuffix, sig)
}

// apply turns the outcomes of a commit, in the order of their ids, into events.
func (r *run) apply(ctx context.Context, c work, outcomes []outcome, failed map[string]bool) error {
	s := c.snapshot
	size := r.state.Log.Size()
	for _, o := range outcomes {
		was, failedBefore := r.failing[o.id]
		if o.decision.Failure != nil {
			failed[o.id] = true
			r.failing[o.id] = Failed{o.id, s.Commit, o.findings}
			continue
		}
		if failedBefore {
			delete(r.failing, o.id)
			r.report.Mended = append(r.report.Mended, was)
		}
		if len(o.findings) > 0 {
			r.report.Warnings = append(r.report.Warnings, Failed{o.id, s.Commit, o.findings})
		}
		d := o.decision
		if !d.Relist && !d.Release && !d.Delist {
			continue
		}
		p, err := r.published(ctx, o.id)
		if err != nil {
			return err
		}
		p.List.ID = o.id
		r.changed[o.id] = p
		if d.Relist {
			p.List.State = ""
			r.report.Relisted = append(r.report.Relisted, o.id)
			if _, err := r.append(wire.Event{Type: wire.EventRelist, ID: o.id, Time: c.time}); err != nil {
				return err
			}
		}
		if d.Release {
			v := o.version
			if v.Log, err = r.append(wire.Event{Type: wire.EventRelease, ID: o.id, Version: v.Version, Channel: v.Channel, SHA256: v.Metadata.SHA256, Size: v.Metadata.Size}); err != nil {
				return err
			}
			p.List = registry.Add(p.List, v)
			p.Format = o.entry.Format
			if p.List.Primary().Version == v.Version {
				p.Entry = o.entry
			}
			r.report.Released = append(r.report.Released, Released{o.id, v.Version, s.Commit, o.artifact.Size, o.artifact.SHA256})
		}
		if d.Delist {
			p.List.State = wire.Delisted
			r.report.Delisted = append(r.report.Delisted, o.id)
			if _, err := r.append(wire.Event{Type: wire.EventDelist, ID: o.id, Time: c.time}); err != nil {
				return err
			}
		}
	}
	if r.state.Log.Size() == size {
		return nil
	}
	r.commit, r.time = s.Commit, c.time
	r.pending = slices.Sorted(maps.Keys(failed))
	notText := func(id string) bool { return !utf8.ValidString(id) } // a directory's name can be any bytes
	if len(r.pending) > wire.MaxPending || slices.ContainsFunc(r.pending, notText) {
		r.pending = []string{wire.AllPending}
	}
	return nil
}

// append adds an event to the log.
func (r *run) append(e wire.Event) (int64, error) {
	data, err := wire.Encode(e)
	if err != nil {
		return 0, err
	}
	return r.state.Log.Append(data)
}

// published returns what is published of an id, this run's events included.
func (r *run) published(ctx context.Context, id string) (*tree.Package, error) {
	if p, ok := r.changed[id]; ok {
		return p, nil
	}
	return r.state.Package(ctx, id)
}
