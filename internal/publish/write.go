package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// create writes an immutable file that no head names yet. Other bytes in its place are the leftover of a killed run, unless another
// publisher moved the head meanwhile. Where an epoch of the log is undone, they may be those of a release above the floor: then the last head of that epoch loses the release
// a moment before it is undone.
func (r *run) create(ctx context.Context, path string, segments ...[]byte) error {
	err := r.Store.Create(path, segments...)
	if !errors.Is(err, store.ErrDiffers) {
		return err
	}
	if err := r.headStands(ctx); err != nil {
		return err
	}
	return r.Store.Put(path, bytes.Join(segments, nil))
}

// createWhole is [run.create] for a small file that is read before a head names it: it is there as a whole, or not at all.
func (r *run) createWhole(ctx context.Context, path string, data []byte) error {
	have, err := r.Store.Read(ctx, path, int64(len(data)))
	switch {
	case err == nil && bytes.Equal(have, data):
		return nil
	case err != nil && !errors.Is(err, store.ErrNotExist) && !errors.Is(err, store.ErrTooLarge):
		return err
	}
	if err := r.headStands(ctx); err != nil {
		return err
	}
	return r.Store.Put(path, data)
}

// headStands returns [store.ErrHeadMoved] if the head isn't the one that the run started from.
func (r *run) headStands(ctx context.Context) error {
	now, err := r.Store.Read(ctx, wire.HeadPath, sign.MaxSignature)
	if err != nil && !errors.Is(err, store.ErrNotExist) {
		return err
	}
	if !bytes.Equal(now, r.state.Head) {
		return store.ErrHeadMoved
	}
	return nil
}

// write publishes what the walk found: immutable files, the head, views. It writes nothing where there is nothing new.
func (r *run) write(ctx context.Context) error {
	if err := r.writeLists(ctx); err != nil {
		return err
	}
	u, root, err := r.root(ctx, func(ref wire.Ref, data []byte) error { return r.create(ctx, wire.NodePath(ref.SHA256), data) })
	if err != nil {
		return err
	}
	logRoot, err := r.state.Log.Root()
	if err != nil {
		return err
	}
	old := r.state.Statement
	if r.floor != nil {
		old.Serial, old.Issued = r.floor.Serial, 0 // a thief's may be of any size
	}
	next := wire.Statement{
		Registry: r.config.ID, Serial: old.Serial + 1, Issued: max(r.Now.Unix(), old.Issued), Root: wire.RefOf(root),
		Epoch: r.trust.InEpoch(), LogSize: r.state.Log.Size(), LogRoot: logRoot, Keys: r.trust.Version,
	}
	lifetime := r.config.HeadLifetime.Seconds()
	next.Expires = next.Issued + lifetime
	r.report.LogSize, r.report.Serial, r.report.Issued = next.LogSize, old.Serial, old.Issued
	unchanged := r.events == 0 && !r.initial && next.Root == old.Root
	if r.DryRun {
		return nil
	}
	if err := r.maySign(); err != nil {
		return err
	}
	shown, err := r.shown(ctx)
	if err != nil {
		return err
	}
	if !unchanged || r.expiring() {
		if err := r.writeImmutable(ctx, u, root, next); err != nil {
			return err
		}
		if err := r.writeTrust(ctx); err != nil {
			return err
		}
		head := r.Signer.Sign([][]byte{root}, next.String())
		if err := r.Store.Swap(wire.HeadPath, r.state.Head, head); err != nil {
			return err
		}
		r.report.Wrote, r.report.Serial, r.report.Issued = true, next.Serial, next.Issued
	}
	if err := r.writeViews(ctx, shown, u, root, next); err != nil {
		return fmt.Errorf("write views: %w", err)
	}
	if r.report.Wrote {
		return r.sweep(ctx, u.Root, next)
	}
	return nil
}

// root returns the catalogue with the changes in it, and the bytes of its root node. What else is new in it is saved.
func (r *run) root(ctx context.Context, save func(ref wire.Ref, data []byte) error) (u registry.Update, root []byte, err error) {
	entries := make(map[string]*wire.Entry, len(r.changed))
	for id, p := range r.changed {
		entries[id] = &p.Entry
	}
	base := r.state.Root
	if r.floor != nil {
		base = wire.Node{} // all that is published is among the changes
	}
	if u, err = registry.Apply(base, entries, r.state.Reader(ctx), save); err != nil {
		return u, nil, err
	}
	count := len(u.Root.Packages)
	if u.Root.Children != nil {
		count = 0
		if base.Registry != nil {
			count = r.state.Root.Registry.Count
		}
		for _, p := range r.changed {
			if p.Was == (wire.Ref{}) {
				count++
			}
		}
	}
	u.Root.Registry = r.registry(count)
	root, err = wire.Encode(u.Root)
	return u, root, err
}

// expiring reports whether more than half of the head's lifetime has passed: then it is issued anew.
func (r *run) expiring() bool {
	s := r.state.Statement
	return r.Now.Unix() > s.Issued+(s.Expires-s.Issued)/2
}

// writeLists writes the version lists of the changed packages, and completes their entries with them.
func (r *run) writeLists(ctx context.Context) error {
	ids := r.changedIDs()
	return parallel(len(ids), func(i int) error {
		p := r.changed[ids[i]]
		entry, data, err := registry.Complete(p.Entry, p.List)
		if err != nil {
			return err
		}
		p.Entry = entry
		return r.create(ctx, wire.VersionsPath(ids[i], entry.Versions.SHA256), data)
	})
}

// writeImmutable writes what else the next head names and isn't there yet, and notes what it supersedes.
func (r *run) writeImmutable(ctx context.Context, u registry.Update, root []byte, next wire.Statement) error {
	var retired []string
	for id, p := range r.changed {
		if p.Was != (wire.Ref{}) && p.Was != p.Entry.Versions {
			retired = append(retired, wire.VersionsPath(id, p.Was.SHA256))
		}
	}
	if r.floor != nil && !r.initial {
		// What can't be read of a catalogue that is undone stays as a leftover.
		err := r.state.Walk(ctx, r.state.Root, func(_ string, ref *wire.Ref, node wire.Node) error {
			if ref != nil {
				retired = append(retired, wire.NodePath(ref.SHA256))
			}
			for id, e := range node.Packages {
				retired = append(retired, wire.VersionsPath(id, e.Versions.SHA256))
			}
			return nil
		})
		if err != nil && !errors.Is(err, tree.ErrDamaged) {
			return err
		}
	}
	for _, ref := range u.Retired {
		retired = append(retired, wire.NodePath(ref.SHA256))
	}
	if old := r.state.Statement.Root; old != next.Root {
		if err := r.create(ctx, wire.NodePath(next.Root.SHA256), root); err != nil {
			return err
		}
		if !r.initial {
			retired = append(retired, wire.NodePath(old.SHA256))
		}
	}
	tiles, err := r.state.Log.Files()
	if err != nil {
		return err
	}
	for _, tile := range tiles {
		if err := r.create(ctx, tile.Path, tile.Data); err != nil {
			return err
		}
	}
	retired = append(retired, r.state.Log.Superseded()...)
	return r.retire(next, retired)
}

// parallel calls f with 0 to n-1 on all cores, and returns the first error.
func parallel(n int, f func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	var group errgroup.Group
	for w := range workers {
		group.Go(func() error {
			for i := w; i < n; i += workers {
				if err := f(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
