package release

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/wire"
)

// Built is a package that is ready to be published.
type Built struct {
	ID, Dir      string
	Format       string
	Version      string
	Channel      string
	Source       string // source digest
	ArtifactName string
	Artifact     archive.Segments
	ArtifactRef  wire.Ref
	Facts        wire.Facts
	Files        []manifest.File // packed
	Assets       []manifest.File // listing files
}

// Build packs a package. Findings that aren't errors don't keep it from being built.
func Build(p manifest.Package, format manifest.Format, cfg config.Config) (*Built, check.Findings, error) {
	m, findings := format.Read(p, manifest.Limits{ManifestSize: int64(cfg.Limits.ManifestSize)})
	if len(findings.Errors()) > 0 {
		return nil, findings, nil
	}
	files := make([]archive.File, len(p.Files))
	for i, f := range p.Files {
		files[i] = archive.File{Path: f.Path, Data: f.Data, Exec: f.Exec}
	}
	artifact, err := archive.StoredZip(format.Prefix(p.ID), files)
	if err != nil {
		return nil, append(findings, check.Finding{Code: "files/archive", Severity: check.Error, Path: p.Dir, Message: err.Error()}), nil
	}
	b := &Built{
		ID: p.ID, Dir: p.Dir, Format: m.Format, Version: m.Version, Channel: m.Channel,
		ArtifactName: m.ArtifactName, Artifact: artifact, Facts: m.Facts, Files: p.Files,
	}
	b.ArtifactRef = wire.Ref{SHA256: sum(artifact...), Size: artifact.Size()}
	if b.Source, err = digest(p, m); err != nil {
		return nil, nil, err
	}
	wanted := make(map[string]bool, len(m.Assets))
	for _, path := range m.Assets {
		wanted[path] = true
	}
	for _, f := range p.Files {
		if wanted[f.Path] {
			b.Assets = append(b.Assets, f)
		}
	}
	return b, findings, nil
}

// digest returns the source digest: SHA-256 over these lines, each ended by \n:
//
//	regen/1 source
//	format <name>
//	version <version>
//	channel <channel>
//	facts <sha256 of the facts as canonical JSON>
//	file <sha256> <path>       one a packed file, in byte order of the paths
//
// Paths have no control characters, so that no path can look like two lines.
func digest(p manifest.Package, m manifest.Manifest) (string, error) {
	facts, err := wire.Encode(m.Facts)
	if err != nil {
		return "", fmt.Errorf("facts of %s: %w", p.Dir, err)
	}
	var b strings.Builder
	b.Grow(256 + 128*len(p.Files))
	fmt.Fprintf(&b, "regen/1 source\nformat %s\nversion %s\nchannel %s\nfacts %s\n", m.Format, m.Version, m.Channel, wire.Sum(facts))
	h := sha256.New()
	for _, f := range p.Files {
		h.Reset()
		h.Write(f.Data)
		b.WriteString("file ")
		b.WriteString(hexSum(h))
		b.WriteByte(' ')
		b.WriteString(f.Path)
		b.WriteByte('\n')
	}
	return wire.Sum([]byte(b.String())), nil
}

func sum(segments ...[]byte) string {
	h := sha256.New()
	for _, s := range segments {
		h.Write(s)
	}
	return hexSum(h)
}

func hexSum(h hash.Hash) string {
	var buf [sha256.Size]byte
	return hex.EncodeToString(h.Sum(buf[:0]))
}

// Metadata returns every fact about the release. The time is in unix seconds.
func (b *Built) Metadata(commit string, releasedAt int64, cfg config.Config) wire.Metadata {
	m := wire.Metadata{
		ID: b.ID, Format: b.Format, PackagingVersion: wire.PackagingVersion, Version: b.Version, Channel: b.Channel,
		Commit: commit, Source: b.Dir, ReleasedAt: releasedAt,
		Artifact: wire.Artifact{Name: b.ArtifactName, Size: b.ArtifactRef.Size, SHA256: b.ArtifactRef.SHA256},
		Facts:    b.Facts,
	}
	for _, id := range cfg.Official {
		m.Official = m.Official || id == b.ID
	}
	if cfg.BaseURL != "" {
		m.DistributionURL = strings.TrimSuffix(cfg.BaseURL, "/") + "/" + wire.ArtifactPath(b.ID, b.Version, b.ArtifactName)
	}
	return m
}

// Make loads and builds a package. Where the findings hold an error, there is no [Built].
func Make(dir, id string, inputs []Input, cfg config.Config, reserve func(size int64) error) (*Built, check.Findings, error) {
	p, format, findings, err := Load(dir, id, inputs, cfg, reserve)
	if err != nil || len(findings.Errors()) > 0 {
		return nil, findings, err
	}
	return Build(p, format, cfg)
}
