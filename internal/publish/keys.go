package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// adopt brings the trust documents up to a commit: version 1 where nothing is published yet, and then each next version that the commit has, if it has enough
// signatures. One that can't follow is an error of the commit as a whole.
func (r *run) adopt(ctx context.Context, s Snapshot) error {
	read := func(path string, limit int64) ([]byte, error) { return r.History.File(s, path, limit) }
	if r.trust == nil {
		first, err := r.first(read)
		if err != nil {
			return keysError(s.Commit, wire.KeysPath(1), err)
		}
		if err := r.introduce(first, s); err != nil {
			return err
		}
	}
	for {
		next, err := trust.Successor(r.trust, read)
		if errors.Is(err, trust.ErrMissing) {
			return nil
		}
		if errors.Is(err, trust.ErrNotYet) {
			r.report.Notes = append(r.report.Notes, fmt.Sprintf("commit %.12s: %v; it isn't published yet", s.Commit, err))
			return nil
		}
		if err != nil {
			return keysError(s.Commit, wire.KeysPath(r.trust.Version+1), err)
		}
		if next.InEpoch() != r.trust.InEpoch() {
			if err := r.returnTo(ctx, next); err != nil {
				return keysError(s.Commit, wire.KeysPath(next.Version), err)
			}
		}
		if err := r.introduce(next, s); err != nil {
			return err
		}
	}
}

// keysError is an error of the commit as a whole, unless it is one of reading.
func keysError(commit, path string, err error) error {
	if !errors.Is(err, trust.ErrForged) && !errors.Is(err, trust.ErrSyntax) && !errors.Is(err, errFloor) {
		return err
	}
	return &CommitError{commit, check.Findings{{
		Code: "keys/document", Severity: check.Error, Path: path, Message: err.Error(), Hint: "make it with `regen keys`, and take it back as it was if it was made by hand",
	}}}
}

// introduce makes a trust document the newest, and appends its event.
func (r *run) introduce(doc *trust.Document, s Snapshot) error {
	r.trust = doc
	r.time = max(r.time, s.Time)
	r.documents = append(r.documents, doc)
	_, err := r.append(wire.Event{Type: wire.EventKeys, Keys: doc.Version, SHA256: wire.Sum(doc.Data), Time: r.time})
	return err
}

// first returns version 1 of the trust document: the commit's, or, where it has none, the one that names the pinned key for everything.
func (r *run) first(read trust.ReadFunc) (*trust.Document, error) {
	doc, err := trust.Read(1, read)
	if err == nil {
		if doc.Registry != r.config.ID {
			return nil, fmt.Errorf("%w: it is of registry %q, and registry.yaml says %q", trust.ErrForged, doc.Registry, r.config.ID)
		}
		return doc, r.Pin.First(doc, read)
	}
	key, pinned := r.Pin.Key()
	if !errors.Is(err, trust.ErrMissing) || !pinned {
		return nil, err
	}
	t := wire.SingleKey(r.config.ID, key.String())
	data, err := wire.Encode(t)
	if err != nil {
		return nil, err
	}
	doc = &trust.Document{Trust: t, Data: data, Signatures: make(map[string][]byte)}
	switch {
	case r.Signer == nil, r.rebuilding():
	case !r.Signer.Public().Equal(key):
		return nil, fmt.Errorf("the secret key is %s, and the public key that devices pin is %s: %w", sign.KeyID(r.Signer.Public()), sign.KeyID(key), ErrPair)
	default:
		doc.Signatures[sign.KeyID(key)] = r.Signer.Sign([][]byte{data}, wire.KeysComment(t.Registry, 1, wire.RefOf(data)))
	}
	return doc, nil
}

// writeTrust writes the trust documents that are new. They come last before the head: a device that meets a version
// that revokes the key of the head trusts that head no more.
func (r *run) writeTrust(ctx context.Context) error {
	for _, doc := range r.documents {
		for _, id := range slices.Sorted(maps.Keys(doc.Signatures)) {
			if err := r.create(ctx, wire.KeysSignaturePath(doc.Version, id), doc.Signatures[id]); err != nil {
				return err
			}
		}
		if err := r.create(ctx, wire.KeysPath(doc.Version), doc.Data); err != nil {
			return err
		}
	}
	return nil
}

// maySign returns an error unless the newest trust document lets the signer sign.
func (r *run) maySign() error {
	if r.rebuilding() || r.trust.Allows(r.Signer.Public()) {
		return nil
	}
	return fmt.Errorf("the secret key is %s, and version %d of the trust document doesn't name it as a release key: %w", sign.KeyID(r.Signer.Public()), r.trust.Version, ErrPair)
}

// refuseEarly saves work where it is plain from the start that the signer may not sign, and that no commit lets it.
func (r *run) refuseEarly(head Snapshot) error {
	if r.DryRun || r.trust == nil {
		return nil
	}
	if _, err := r.History.File(head, wire.KeysPath(r.trust.Version+1), trust.MaxDocument); err == nil {
		return nil
	}
	return r.maySign()
}

// rebuilding reports whether nothing is signed.
func (r *run) rebuilding() bool {
	_, is := r.Signer.(unsigned)
	return is
}

// errFloor says that what is published doesn't have the state that a new epoch begins at.
var errFloor = errors.New("the floor isn't a state of this registry")

// returnTo takes the state back to the floor of a new epoch: the last one that the operators vouch for. What came above it is undone, and reconciling the commits
// publishes again what of it the repo has.
func (r *run) returnTo(ctx context.Context, doc *trust.Document) error {
	floor := *doc.Floor
	if r.state.Log.Size() < floor.Size {
		return fmt.Errorf("%w: the log has %d entries, and the floor %d", errFloor, r.state.Log.Size(), floor.Size)
	}
	log, err := tlog.Open(doc.InEpoch(), 0, "", nil)
	if err != nil {
		return err
	}
	folded := registry.NewState()
	err = r.state.Log.Each(0, floor.Size, func(_ int64, data []byte) error {
		e, err := wire.DecodeEvent(data)
		if err != nil {
			return err
		}
		if err := folded.Fold(e); err != nil {
			return err
		}
		_, err = log.Append(data)
		return err
	})
	if err != nil {
		return err
	}
	if root, err := log.Root(); err != nil || root != floor.Root {
		return errors.Join(err, fmt.Errorf("%w: the log's root at %d entries is %s, and the floor's %s", errFloor, floor.Size, root, floor.Root))
	}
	now := make(map[string]*tree.Package)
	ids := make(map[string]bool)
	if err := r.state.All(ctx, func(id string) { ids[id] = true }); err != nil {
		return err
	}
	for id := range r.changed {
		ids[id] = true
	}
	r.time = folded.Last
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		p, err := r.published(ctx, id)
		if err != nil {
			return err
		}
		back, err := r.packageAt(ctx, p, folded.Packages[id])
		if err != nil {
			return err
		}
		if back != nil {
			now[id] = back
		}
	}
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("version %d of the trust document revokes a key: the log begins epoch %d at %d of %d entries",
		doc.Version, doc.InEpoch(), floor.Size, r.state.Log.Size()))
	r.state.Log, r.changed, r.floor = log, now, doc.Floor
	r.released = make(map[string]registry.Rising)
	return nil
}

// packageAt returns a package as the log had it at the floor; nil where it had no release. The log has no source digests and no times: those are in the version list,
// whose releases up to the floor are the same.
func (r *run) packageAt(ctx context.Context, p *tree.Package, folded *wire.VersionList) (*tree.Package, error) {
	if folded == nil {
		return nil, nil
	}
	back := &tree.Package{Published: registry.Published{Format: p.Format, List: *folded}, Entry: p.Entry}
	for i, v := range back.List.Versions {
		now, ok := p.List.Find(v.Version)
		if !ok || now.Metadata != v.Metadata {
			return nil, fmt.Errorf("%w: the version list of %s doesn't have %s as the log has it", tree.ErrDamaged, folded.ID, v.Version)
		}
		back.List.Versions[i].Source, back.List.Versions[i].Time = now.Source, now.Time
		r.time = max(r.time, now.Time)
	}
	return back, r.describe(ctx, back)
}

// describe makes the catalogue's entry of a package anew, of the metadata of its primary version.
func (r *run) describe(ctx context.Context, p *tree.Package) error {
	m, err := r.state.Metadata(ctx, p.List.ID, p.List.Primary())
	if errors.Is(err, fs.ErrNotExist) && r.DryRun {
		return nil // released by this run, which writes nothing
	}
	if err != nil {
		return err
	}
	p.Entry = registry.Describe(m)
	p.Format = m.Format
	return nil
}
