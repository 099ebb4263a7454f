package client

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/wire"
)

// way is a way to get an artifact.
type way struct {
	via  string // delta, zstd or plain
	from string // the installed version that a delta is from
	path string
	size int64
	ref  wire.Ref
}

// ways returns the ways to get an artifact, the cheapest first. The plain one is always among them.
func (s *session) ways(m Metadata, in *Installed) []way {
	a := m.Artifact
	ways := []way{{via: "plain", path: wire.ArtifactPath(m.ID, m.Version, a.Name), ref: a.Ref()}}
	if a.Zstd != nil {
		ways = append(ways, way{via: "zstd", path: wire.ZstdPath(m.ID, m.Version, a.Name), ref: *a.Zstd})
	}
	if in != nil && a.Size <= squeeze.MaxDelta && in.Artifact.Size <= squeeze.MaxDelta {
		for _, d := range a.Deltas {
			if d.From == in.Version && wire.CheckVersion(d.From) == nil {
				ways = append(ways, way{via: "delta", from: d.From, path: wire.DeltaPath(m.ID, m.Version, a.Name, d.From), ref: d.Ref})
			}
		}
	}
	for i := range ways {
		ways[i].size = ways[i].ref.Size
	}
	// One that is no smaller than the artifact itself saves nothing, and no size is taken on trust that could cost more.
	ways = slices.DeleteFunc(ways, func(w way) bool { return w.via != "plain" && (w.size >= a.Size || w.size < 0) })
	slices.SortStableFunc(ways, func(x, y way) int { return cmp.Compare(x.size, y.size) })
	return ways
}

// get downloads an artifact in the cheapest way that works. The file is below the work directory.
func (s *session) get(m Metadata, ways []way, change *Change) (*os.File, error) {
	var failures []error
	for _, w := range ways {
		f, err := s.getBy(m, w)
		if err == nil {
			change.Via, change.Bytes = w.via, w.size
			return f, nil
		}
		if s.ctx.Err() != nil || ClassOf(err) == Local {
			return nil, err
		}
		failures = append(failures, err)
	}
	return nil, worst(failures)
}

// getBy downloads an artifact in one way, and holds what comes out against the metadata.
func (s *session) getBy(m Metadata, w way) (f *os.File, err error) {
	s.step(StepDownload)
	local := func(err error) error { return classified(StepDownload, Local, err) }
	raw, err := s.create("download")
	if err != nil {
		return nil, local(err)
	}
	defer func() {
		if raw != f {
			raw.Close()
		}
	}()
	if err := s.src.Download(s.ctx, w.path, w.ref, raw); err != nil {
		return nil, classified(StepDownload, Local, err)
	}
	if w.via == "plain" {
		return raw, nil
	}
	if _, err := raw.Seek(0, io.SeekStart); err != nil {
		return nil, local(err)
	}
	var content io.Reader
	if w.via == "delta" {
		old, err := s.repack(m.ID, s.state.Installed[m.ID])
		if err != nil {
			return nil, failf(StepDownload, Altered, "the installed package can't be the base of a delta: %w", err)
		}
		content = squeeze.Apply(old, raw, m.Artifact.Size)
	} else {
		content = squeeze.Expand(raw, m.Artifact.Size)
	}
	out, err := s.create("artifact")
	if err != nil {
		return nil, local(err)
	}
	h := sha256.New()
	written, err := io.Copy(out, io.TeeReader(content, h))
	var disk *os.PathError
	switch {
	case errors.As(err, &disk):
		err = local(err)
	case err != nil:
		err = failf(StepDownload, Content, "%s: %w", w.path, err)
	case written != m.Artifact.Size || hex.EncodeToString(h.Sum(nil)) != m.Artifact.SHA256:
		err = failf(StepDownload, Content, "%s expands to other bytes than the artifact's: %d of them with sha256 %x, expected %d with %s", w.path, written, h.Sum(nil), m.Artifact.Size, m.Artifact.SHA256)
	}
	if err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// create makes an empty file below the work directory.
func (s *session) create(name string) (*os.File, error) {
	if err := os.MkdirAll(s.work(), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(s.work(), name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}

// work is the directory in which things are made before they are put into their place.
func (s *session) work() string { return filepath.Join(s.o.Root, ".work") }
