package release

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/lint"
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
	Files        []manifest.File // packed, as they are in the artifact
	Assets       []manifest.File // listing files
	Author       *wire.Authorship
}

// Build reads, checks and packs a package. published is the highest version of it that is, or "". Findings that aren't errors don't keep it from being built. released is the time of the release, in unix seconds.
func Build(p manifest.Package, format manifest.Format, cfg config.Config, published string, released int64) (*Built, check.Findings, error) {
	m, findings := Read(p, format, cfg, published)
	if len(findings.Errors()) > 0 {
		return nil, findings, nil
	}
	signed, f := Author(p, m, manifest.KeysOf(p.Sidecar))
	if f != nil {
		findings = append(findings, *f)
		findings.Block(cfg.Blocking)
		if len(findings.Errors()) > 0 {
			return nil, findings, nil
		}
	}
	b, err := Pack(p, format, m, released)
	if f := NameFinding(p.Dir, err); f != nil {
		return nil, append(findings, *f), nil
	}
	if b != nil && signed != nil {
		b.Author = &signed.Authorship
	}
	return b, findings, err
}

// Read reads and checks a package, but for its author's signature. published is the highest version of it that is, or "". The manifest is to be used only where no finding is an error.
func Read(p manifest.Package, format manifest.Format, cfg config.Config, published string) (manifest.Manifest, check.Findings) {
	env := Env(cfg)
	env.Published = published
	m, findings := format.Read(p, env)
	if lints(cfg) {
		for _, f := range p.Files {
			findings = append(findings, lint.File(p.Dir+"/"+f.Path, f.Data)...)
		}
	}
	findings.Block(cfg.Blocking)
	return m, findings
}

// NameFinding returns what an error of [Pack] says of the package, or nil where it isn't about the package. All that it can say is that a file's name doesn't
// fit the archive of the format: sizes and counts were looked at before, and their bounds are below those of archives.
func NameFinding(dir string, err error) *check.Finding {
	problem := archive.PathProblem{}
	if !errors.As(err, &problem) {
		return nil
	}
	return &check.Finding{Code: "files/name", Severity: check.Error, Path: dir + "/" + problem.Path, Message: problem.Reason(), Hint: nameHint}
}

// lints reports whether advice on the code may keep a package from being published.
func lints(cfg config.Config) bool {
	return slices.ContainsFunc(cfg.Blocking, func(code string) bool { return strings.HasPrefix(code, "lint/") })
}

// Env returns what a registry's configuration says that reading a manifest depends on.
func Env(cfg config.Config) manifest.Env {
	return manifest.Env{ManifestSize: int64(cfg.Limits.ManifestSize), Permissions: cfg.Permissions.Known, Dangerous: cfg.Permissions.Dangerous}
}

// Layout lays out the artifact of a package whose manifest was read. The hashes aren't computed: [Pack] does.
func Layout(p manifest.Package, format manifest.Format, m manifest.Manifest, released int64) (*Built, error) {
	b := &Built{
		ID: p.ID, Dir: p.Dir, Format: m.Format, Version: m.Version, Channel: m.Channel,
		ArtifactName: m.Artifact.Name, Facts: m.Facts, Files: m.Artifact.Files,
	}
	if stamper, ok := format.(manifest.Stamper); ok {
		b.Files = stamper.Stamp(b.Files, released)
	}
	var err error
	if b.Artifact, err = pack(b.ArtifactName, format.Prefix(p.ID), b.Files); err != nil {
		return nil, fmt.Errorf("pack %s: %w", p.Dir, err)
	}
	return b, nil
}

// Pack packs a package whose manifest was read.
func Pack(p manifest.Package, format manifest.Format, m manifest.Manifest, released int64) (*Built, error) {
	b, err := Layout(p, format, m, released)
	if err != nil {
		return nil, err
	}
	b.ArtifactRef = wire.Ref{SHA256: sum(b.Artifact...), Size: b.Artifact.Size()}
	if b.Source, err = digest(p.Dir, m); err != nil {
		return nil, err
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
	return b, nil
}

// pack puts the files of an artifact into one.
func pack(name, prefix string, packed []manifest.File) (archive.Segments, error) {
	if manifest.KindOf(name) == manifest.Single {
		if len(packed) != 1 {
			return nil, fmt.Errorf("%s is made of %d files, expected one", name, len(packed))
		}
		return archive.Segments{packed[0].Data}, nil
	}
	files := make([]archive.File, len(packed))
	for i, f := range packed {
		files[i] = archive.File{Path: f.Path, Data: f.Data, Exec: f.Exec}
	}
	if manifest.KindOf(name) == manifest.TarGz {
		return archive.StoredTarGz(files)
	}
	return archive.StoredZip(prefix, files)
}

// digest returns the source digest: SHA-256 over these lines, each ended by \n:
//
//	regen/1 source
//	format <name>
//	version <version>
//	channel <channel>
//	facts <sha256 of the facts as canonical JSON>
//	file <sha256> <path>       one a packed source file, in byte order of the paths
//
// Paths have no control characters, so that no path can look like two lines. The files are those of the source, before a format stamps them.
func digest(dir string, m manifest.Manifest) (string, error) {
	facts, err := wire.Encode(m.Facts)
	if err != nil {
		return "", fmt.Errorf("facts of %s: %w", dir, err)
	}
	var b strings.Builder
	b.Grow(256 + 128*len(m.Artifact.Files))
	fmt.Fprintf(&b, "regen/1 source\nformat %s\nversion %s\nchannel %s\nfacts %s\n", m.Format, m.Version, m.Channel, wire.Sum(facts))
	h := sha256.New()
	for _, f := range m.Artifact.Files {
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
		Author:   b.Author,
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
func Make(dir, id string, inputs []Input, cfg config.Config, published string, released int64, reserve func(size int64) error) (*Built, check.Findings, error) {
	p, format, findings, err := Load(dir, id, inputs, cfg, reserve)
	if err != nil || len(findings.Errors()) > 0 {
		return nil, findings, err
	}
	return Build(p, format, cfg, published, released)
}
