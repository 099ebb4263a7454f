package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// A version of the trust document that revokes a key begins an epoch of the log. What is published above its floor may be a thief's, and so may be all that the published head
// says: which commit it is of, when it was made, what its packages are. The log up to the floor is proved by the floor's root, and metadata by the log. All else is made anew.

// errFloor says that what is published doesn't have the state that a new epoch begins at.
var errFloor = errors.New("the floor isn't a state of this registry")

// floorState is the state at the floor that a trust document names.
type floorState struct {
	doc    *trust.Document
	log    *tlog.Log       // of the new epoch, with the entries up to the floor
	folded *registry.State // what they say
	first  wire.Event      // the first entry
	opens  wire.Event      // the first release
	newest wire.Event      // the newest release
}

// atFloor reads the log up to the floor of a document. earlier is the floor that the same commit has besides: there can be no such, since the second floor would be a
// state that nobody published.
func (r *run) atFloor(doc *trust.Document, earlier *floorState) (*floorState, error) {
	floor := doc.Floor
	if size := r.state.Log.Size(); earlier != nil || size < floor.Size {
		return nil, fmt.Errorf("%w: the log has %d entries before version %d of the trust document, and the floor %d", errFloor, size, doc.Version, floor.Size)
	}
	log, err := tlog.Open(doc.InEpoch(), 0, "", nil)
	if err != nil {
		return nil, err
	}
	f := &floorState{doc: doc, log: log, folded: registry.NewState()}
	err = r.state.Log.Each(0, floor.Size, func(index int64, data []byte) error {
		e, err := wire.DecodeEvent(data)
		if err != nil {
			return err
		}
		if err := f.folded.Fold(e); err != nil {
			return err
		}
		if index == 0 {
			f.first = e
		}
		if e.Type == wire.EventRelease {
			f.newest = e
			if f.opens.ID == "" {
				f.opens = e
			}
		}
		_, err = log.Append(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	root, err := log.Root()
	if err == nil && root != floor.Root {
		err = fmt.Errorf("%w: the log's root at %d entries is %s, and the floor's %s", errFloor, floor.Size, root, floor.Root)
	}
	return f, err
}

// returnTo takes the state back to the floor. What came above it is undone, and reconciling the commits publishes again what of it the repo has.
func (r *run) returnTo(ctx context.Context, f *floorState, s Snapshot) error {
	ids := slices.Sorted(maps.Keys(f.folded.Packages))
	packages := make([]*tree.Package, len(ids))
	err := parallel(len(ids), func(i int) (err error) {
		packages[i], err = r.packageAt(ctx, f.folded.Packages[ids[i]])
		return err
	})
	if err != nil {
		return err
	}
	start, err := r.startAt(ctx, f)
	if err != nil {
		return err
	}
	now := make(map[string]*tree.Package, len(ids))
	r.time = f.folded.Last
	for i, p := range packages {
		now[ids[i]] = p
		for _, v := range p.List.Versions {
			r.time = max(r.time, v.Time)
		}
	}
	r.time = max(r.time, s.Time)
	floor := f.doc.Floor
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("version %d of the trust document revokes a key: epoch %d of the log begins with the first %d of %d entries",
		f.doc.Version, f.doc.InEpoch(), floor.Size, r.state.Log.Size()))
	r.state.Log, r.changed, r.floor, r.start = f.log, now, floor, start
	r.released = make(map[string]registry.Rising)
	r.facts = facts{} // the commit says them again
	for n := f.folded.Trust + 1; n < f.doc.Version; n++ {
		// Versions that came above the floor stand all the same: they don't hang on the head.
		doc, err := r.version(n)
		if err != nil {
			return err
		}
		if err := r.appendKeys(doc); err != nil {
			return err
		}
	}
	return nil
}

// version returns a version of the trust document that is published, or that this run publishes.
func (r *run) version(n int) (*trust.Document, error) {
	for _, doc := range slices.Concat(r.documents, r.state.Chain) {
		if doc.Version == n {
			return doc, nil
		}
	}
	return nil, fmt.Errorf("version %d of the trust document came after the floor, and before the version that is pinned: publish with an older pin", n)
}

// startAt returns the commit that the first publish began at. The published root node says it; if the repo knows better, the repo does: the first entry of the log has
// the commit's time, and mostly the first release is of it.
func (r *run) startAt(ctx context.Context, f *floorState) (string, error) {
	fits := func(commit string) bool {
		_, base, found, err := r.History.Since(commit)
		return err == nil && found && base.Time == f.first.Time
	}
	if f.opens.ID == "" || fits(r.start) {
		return r.start, nil
	}
	m, err := r.metadataOf(ctx, f.opens)
	if err != nil || !fits(m.Commit) {
		return r.start, err
	}
	return m.Commit, nil
}

// metadataOf returns the metadata of a release that the log has.
func (r *run) metadataOf(ctx context.Context, e wire.Event) (wire.Metadata, error) {
	m, err := r.state.Metadata(ctx, e.ID, wire.Version{Version: e.Version, Metadata: wire.Ref{SHA256: e.SHA256, Size: e.Size}})
	if errors.Is(err, fs.ErrNotExist) && r.DryRun {
		return m, nil // released by this run, which writes nothing
	}
	return m, err
}

// packageAt returns a package as the log had it at the floor. The log has no source digests: those are in the published version list, whose releases up to the floor are the same. The times
// come from the metadata, since every later event's time lies after them.
func (r *run) packageAt(ctx context.Context, folded *wire.VersionList) (*tree.Package, error) {
	p, err := r.published(ctx, folded.ID)
	if err != nil {
		return nil, err
	}
	back := &tree.Package{Published: registry.Published{Format: p.Format, List: *folded}, Entry: p.Entry}
	for i, v := range folded.Versions {
		now, ok := p.List.Find(v.Version)
		if !ok || now.Metadata != v.Metadata {
			return nil, fmt.Errorf("%w: the version list of %s doesn't have %s as the log has it", tree.ErrDamaged, folded.ID, v.Version)
		}
		m, err := r.state.Metadata(ctx, folded.ID, v)
		if err != nil && !(r.DryRun && errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
		if err != nil {
			m.ReleasedAt = now.Time
		}
		back.List.Versions[i].Source, back.List.Versions[i].Time = now.Source, m.ReleasedAt
	}
	return back, r.describe(ctx, back)
}

// describe makes the catalogue's entry of a package anew, of the metadata of its primary version.
func (r *run) describe(ctx context.Context, p *tree.Package) error {
	m, err := r.state.Metadata(ctx, p.List.ID, p.List.Primary())
	if r.DryRun && (errors.Is(err, fs.ErrNotExist) || r.floor != nil && errors.Is(err, tree.ErrDamaged)) {
		return nil // released by this run, which writes nothing
	}
	if err != nil {
		return err
	}
	p.Entry = registry.Describe(m)
	p.Format = m.Format
	return nil
}

// sinceFloor returns the commits to walk where the newest one has a version of the trust document that begins an epoch: those after the one that the newest release at the
// floor was made of, whatever the published head says of commits. It returns none where there is no such version.
func (r *run) sinceFloor(ctx context.Context, head Snapshot) ([]Snapshot, error) {
	docs, _, err := r.newer(head)
	if broken := (*CommitError)(nil); errors.As(err, &broken) {
		return nil, nil // the walk tells
	}
	if err != nil {
		return nil, err
	}
	last := r.trust
	for _, doc := range docs {
		if doc.InEpoch() == last.InEpoch() {
			last = doc
			continue
		}
		f, err := r.atFloor(doc, nil)
		if errors.Is(err, errFloor) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if f.newest.ID != "" {
			m, err := r.metadataOf(ctx, f.newest)
			if err != nil {
				return nil, err
			}
			if after, _, found, err := r.History.Since(m.Commit); err == nil && found && len(after) > 0 {
				return after, nil
			}
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("the commit of the newest release at the floor isn't in the first-parent history of %.12s: compared %.12s alone", head.Commit, head.Commit))
		return []Snapshot{head}, nil
	}
	return nil, nil
}

// all visits the ids of all packages that are published, this run's included.
func (r *run) all(ctx context.Context, visit func(id string)) error {
	for id := range r.changed {
		visit(id)
	}
	if r.floor != nil {
		return nil
	}
	return r.state.All(ctx, visit)
}
