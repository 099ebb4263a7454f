package publish

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// otherKey reports whether signatures beside artifacts and metadata may be by another key than the run's: the views aren't known to be by this one, or a thief may have said so.
func (r *run) otherKey(shown wire.Views) bool {
	if r.initial || r.rebuilding() {
		return false
	}
	return r.floor != nil || shown.Key != r.Signer.Public().String()
}

// signAgain makes the signatures beside artifacts and metadata anew, after another key became the one in release.pub. They are for people and for
// hosts that check one file alone: a device follows the hashes from the head. It reads every artifact, and happens when keys change.
func (r *run) signAgain(ctx context.Context, root wire.Node) error {
	done := 0
	return r.state.Walk(ctx, root, func(_ string, _ *wire.Ref, node wire.Node) error {
		ids := slices.Sorted(maps.Keys(node.Packages))
		err := parallel(len(ids), func(i int) error {
			list, err := r.state.Versions(ctx, ids[i], node.Packages[ids[i]].Versions)
			if err != nil {
				return err
			}
			for _, v := range list.Versions {
				if err := r.signRelease(ctx, list.ID, v); err != nil {
					return err
				}
			}
			return nil
		})
		done += len(ids)
		r.Progress("signatures", done, done)
		return err
	})
}

func (r *run) signRelease(ctx context.Context, id string, v wire.Version) error {
	path := wire.MetadataPath(id, v.Version)
	data, err := r.state.ReadRef(ctx, path, v.Metadata, tree.MaxMetadata)
	if err != nil {
		return err
	}
	var m wire.Metadata
	if err := wire.Decode(data, &m); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	sig := r.Signer.Sign([][]byte{data}, wire.MetadataComment(id, v.Version, v.Metadata))
	if err := r.Store.Put(path+wire.SignatureSuffix, sig); err != nil {
		return err
	}
	path = wire.ArtifactPath(id, v.Version, m.Artifact.Name)
	artifact, err := r.state.ReadRef(ctx, path, m.Artifact.Ref(), maxArtifact)
	if err != nil {
		return err
	}
	return r.Store.Put(path+wire.SignatureSuffix, r.Signer.Sign([][]byte{artifact}, wire.ArtifactComment(id, v.Version, m.Artifact.Ref())))
}
