package verify

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// copies checks that each cheaper way to get an artifact gives its bytes.
func (v *verifier) copies(ctx context.Context, m wire.Metadata, artifact []byte) {
	a := m.Artifact
	if a.Zstd != nil {
		v.copied(ctx, wire.ZstdPath(m.ID, m.Version, a.Name), *a.Zstd, artifact, func(r io.Reader) (io.Reader, error) {
			return squeeze.Expand(r, a.Size), nil
		})
	}
	for _, d := range a.Deltas {
		v.copied(ctx, wire.DeltaPath(m.ID, m.Version, a.Name, d.From), d.Ref, artifact, func(r io.Reader) (io.Reader, error) {
			old, err := v.older(ctx, m.ID, d.From)
			return squeeze.Apply(old, r, a.Size), err
		})
	}
	if (a.Zstd != nil || len(a.Deltas) > 0) != (a.Encoder != "") {
		v.problem(wire.MetadataPath(m.ID, m.Version), "names the encoder %q, expected one where there are compressed copies or deltas, and else none", a.Encoder)
	}
}

// copied checks one of them.
func (v *verifier) copied(ctx context.Context, path string, ref wire.Ref, artifact []byte, expand func(io.Reader) (io.Reader, error)) {
	v.alive(path)
	data, err := v.state.ReadRef(ctx, path, ref, maxArtifact)
	if err != nil {
		v.problem(path, "%v", err)
		return
	}
	r, err := expand(bytes.NewReader(data))
	var got []byte
	if err == nil {
		got, err = io.ReadAll(r)
	}
	switch {
	case err != nil:
		v.problem(path, "%v", err)
	case !bytes.Equal(got, artifact):
		v.problem(path, "expands to other bytes than the artifact's: sha256 %s, expected %s", wire.Sum(got), wire.Sum(artifact))
	}
}

// older returns the artifact that a delta is from.
func (v *verifier) older(ctx context.Context, id, version string) ([]byte, error) {
	p := v.lists[id]
	from, ok := p.list.Find(version)
	if !ok {
		return nil, errors.New("is a delta from " + version + ", which was never published")
	}
	var m wire.Metadata
	data, err := v.state.ReadRef(ctx, wire.MetadataPath(id, version), from.Metadata, tree.MaxMetadata)
	if err == nil {
		err = wire.Decode(data, &m)
	}
	if err != nil {
		return nil, err
	}
	return v.state.ReadRef(ctx, wire.ArtifactPath(id, version, m.Artifact.Name), m.Artifact.Ref(), squeeze.MaxDelta)
}
