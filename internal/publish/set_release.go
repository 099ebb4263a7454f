package publish

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// releaseSet writes a release out of a set, and signs it. All that the metadata say of the commit, of the registry and of what was published before is made again here and compared. What they say of
// the package itself is taken as it is.
func (w *worker) releaseSet(o *outcome, c claim, list wire.VersionList, found candidate, reserve func(size int64) error) error {
	m, data, err := w.metadata(*found.metadata)
	if err == nil {
		err = w.check(m, o.id, c, list, found)
	}
	if err != nil {
		return fmt.Errorf("%s %s of commit %.12s: %w", o.id, found.Version, w.snapshot.Commit, err)
	}
	o.released(m, data, found.Source)
	if w.DryRun {
		return nil
	}
	if err := reserve(m.Artifact.Size); err != nil {
		return err
	}
	artifact, err := w.Set.read(m.Artifact.Ref())
	if err != nil {
		return err
	}
	if err := w.create(w.ctx, wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name), artifact); err != nil {
		return err
	}
	if err := w.create(w.ctx, wire.MetadataPath(m.ID, m.Version), data); err != nil {
		return err
	}
	for _, f := range besides(m) {
		more, err := w.Set.read(f.ref)
		if err != nil {
			return err
		}
		if err := w.create(w.ctx, f.path, more); err != nil {
			return err
		}
	}
	return w.sign(o, m, data, [][]byte{artifact})
}

// named is a file and where it is published to.
type named struct {
	path string
	ref  wire.Ref
}

// besides returns the files of a release besides its artifact and its metadata.
func besides(m wire.Metadata) []named {
	var files []named
	if z := m.Artifact.Zstd; z != nil {
		files = append(files, named{wire.ZstdPath(m.ID, m.Version, m.Artifact.Name), *z})
	}
	for _, d := range m.Artifact.Deltas {
		files = append(files, named{wire.DeltaPath(m.ID, m.Version, m.Artifact.Name, d.From), d.Ref})
	}
	for _, a := range m.Assets() {
		files = append(files, named{wire.AssetPath(m.ID, m.Version, a.Path), wire.Ref{SHA256: a.SHA256, Size: a.Size}})
	}
	return files
}

// metadata reads the metadata of a release out of the set.
func (w *worker) metadata(ref wire.Ref) (m wire.Metadata, data []byte, err error) {
	if ref.Size > tree.MaxMetadata {
		return m, nil, fmt.Errorf("%w: the metadata have %d bytes, expected at most %d", ErrSet, ref.Size, tree.MaxMetadata)
	}
	if data, err = w.Set.read(ref); err != nil {
		return m, nil, err
	}
	if err := wire.DecodeStrict(data, &m); err != nil {
		return m, nil, fmt.Errorf("%w: %w", ErrSet, err)
	}
	return m, data, nil
}

// check holds the metadata of a release against what is being published.
func (w *worker) check(m wire.Metadata, id string, c claim, list wire.VersionList, found candidate) error {
	if err := wire.CheckID(id); err != nil {
		return fmt.Errorf("%w: %w", ErrSet, err)
	}
	if err := checkFiles(m, list, int64(w.work.config.Limits.FileSize)); err != nil {
		return err
	}
	want := (&release.Built{ID: id, Dir: c.dir, Version: found.Version, ArtifactName: m.Artifact.Name}).Metadata(w.snapshot.Commit, w.work.time, w.work.config)
	for _, x := range []struct {
		what      string
		got, want any
	}{
		{"id", m.ID, want.ID},
		{"format", m.Format, found.Format},
		{"packaging_version", m.PackagingVersion, want.PackagingVersion},
		{"version", m.Version, want.Version},
		{"channel", m.Channel, wire.ChannelOf(found.Version)},
		{"commit", m.Commit, want.Commit},
		{"source", m.Source, want.Source},
		{"released_at", m.ReleasedAt, want.ReleasedAt},
		{"official", m.Official, want.Official},
		{"distribution_url", m.DistributionURL, want.DistributionURL},
		{"what has to rise", registry.RisingOf(m.Facts), found.Rising},
	} {
		if x.got != x.want {
			return fmt.Errorf("%w: %s is %v in the metadata, expected %v", ErrSet, x.what, x.got, x.want)
		}
	}
	if a := m.Author; a != nil { // the registry signs nothing that no author signed
		if _, err := author.Signer(m.ID, m.Version, *a, a.Keys); err != nil {
			return fmt.Errorf("%w: the author's signature: %w", ErrSet, err)
		}
	}
	if !slices.Contains(w.work.config.Formats, m.Format) {
		return fmt.Errorf("%w: the registry has no %s packages", ErrSet, m.Format)
	}
	return nil
}

// checkFiles checks that the files of a release can lie beside one another in its directory, that listing files are no larger than the registry lets them be, and that deltas are from versions that may
// have one.
func checkFiles(m wire.Metadata, list wire.VersionList, limit int64) error {
	dir := wire.ReleasePath(m.ID, m.Version)
	artifact, metadata := wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name), wire.MetadataPath(m.ID, m.Version)
	if m.Artifact.Name == "" || strings.ContainsAny(m.Artifact.Name, `/\`) {
		return fmt.Errorf("%w: the artifact's name is %q, expected that of a file", ErrSet, m.Artifact.Name)
	}
	if m.Artifact.Size < 0 || m.Artifact.Size > maxArtifact {
		return fmt.Errorf("%w: the artifact has %d bytes, expected at most %d", ErrSet, m.Artifact.Size, int64(maxArtifact))
	}
	paths := []string{metadata, metadata + wire.SignatureSuffix, artifact, artifact + wire.SignatureSuffix}
	for _, f := range besides(m) {
		paths = append(paths, f.path)
	}
	for i, path := range paths {
		rel, below := strings.CutPrefix(path, dir)
		if !below {
			return fmt.Errorf("%w: %q isn't below %s", ErrSet, path, dir)
		}
		paths[i] = rel
	}
	if problems := archive.CheckPaths(paths); len(problems) > 0 {
		return fmt.Errorf("%w: below %s: %w", ErrSet, dir, problems[0])
	}
	for _, a := range m.Assets() {
		if a.Size < 0 || a.Size > limit {
			return fmt.Errorf("%w: %s has %d bytes, expected at most %d", ErrSet, a.Path, a.Size, limit)
		}
	}
	recent := list.Versions[max(0, len(list.Versions)-maxDeltas):]
	for _, d := range m.Artifact.Deltas {
		if !slices.ContainsFunc(recent, func(v wire.Version) bool { return v.Version == d.From }) {
			return fmt.Errorf("%w: there is a delta from version %q, which isn't one of the last %d", ErrSet, d.From, maxDeltas)
		}
	}
	return nil
}
