package publish

import (
	"slices"

	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/wire"
)

// maxDeltas is from how many versions, the newest ones, there are deltas to a release.
const maxDeltas = 3

// copied is a cheaper way to get an artifact, ready to be written.
type copied struct {
	path string
	data []byte
}

// copies makes the cheaper ways to get an artifact, and names them in its metadata: compressed, where that saves a tenth; and as a delta from each of the last versions, where
// that saves half of what else would be downloaded.
func (w *worker) copies(m *wire.Metadata, list wire.VersionList, b *release.Built, reserve func(size int64) error) ([]copied, error) {
	var out []copied
	a := &m.Artifact
	cheapest := a.Size
	if err := reserve(2 * a.Size); err != nil { // the artifact, and what it is compressed to
		return nil, err
	}
	compressed := squeeze.Compress(b.Artifact)
	if n := int64(len(compressed)); n <= a.Size-a.Size/10 && n < a.Size {
		ref := wire.RefOf(compressed)
		a.Zstd, cheapest = &ref, n
		out = append(out, copied{wire.ZstdPath(m.ID, m.Version, a.Name), compressed})
	}
	for _, v := range slices.Backward(list.Versions[max(0, len(list.Versions)-maxDeltas):]) {
		delta, err := w.delta(m, v, b, reserve)
		if err != nil {
			return nil, err
		}
		if n := int64(len(delta)); delta != nil && n <= cheapest/2 {
			a.Deltas = append(a.Deltas, wire.Delta{From: v.Version, Ref: wire.RefOf(delta)})
			out = append(out, copied{wire.DeltaPath(m.ID, m.Version, a.Name, v.Version), delta})
		}
	}
	if len(out) > 0 {
		a.Encoder = squeeze.Encoder
	}
	return out, nil
}

// delta makes the delta from the artifact of an older version; nil where one of the two is too large for it.
func (w *worker) delta(m *wire.Metadata, from wire.Version, b *release.Built, reserve func(size int64) error) ([]byte, error) {
	if m.Artifact.Size > squeeze.MaxDelta {
		return nil, nil
	}
	old, err := w.state.Metadata(w.ctx, m.ID, from)
	if err != nil || old.Artifact.Size > squeeze.MaxDelta {
		return nil, err
	}
	// Both artifacts are there, and once more in one piece.
	if err := reserve(3*m.Artifact.Size + 2*old.Artifact.Size); err != nil {
		return nil, err
	}
	data, err := w.state.ReadRef(w.ctx, wire.ArtifactPath(old.ID, old.Version, old.Artifact.Name), old.Artifact.Ref(), squeeze.MaxDelta)
	if err != nil {
		return nil, err
	}
	return squeeze.Delta(data, b.Artifact)
}
