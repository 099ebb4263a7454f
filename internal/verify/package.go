package verify

import (
	"bytes"
	"context"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// pkg checks one package: its version list against its entry, and each release.
func (v *verifier) pkg(ctx context.Context, id string, p *published) {
	path := wire.VersionsPath(id, p.entry.Versions.SHA256)
	if !v.document(ctx, path, p.entry.Versions, tree.MaxVersions, &p.list) {
		return
	}
	if p.list.ID != id {
		v.problem(path, "is the version list of %q, expected %q", p.list.ID, id)
		return
	}
	if len(p.list.Versions) == 0 {
		v.problem(path, "lists no version")
		return
	}
	p.times = make([]int64, len(p.list.Versions))
	primary := p.list.Primary()
	for i, version := range p.list.Versions {
		if i > 0 && wire.CompareVersions(p.list.Versions[i-1].Version, version.Version) >= 0 {
			v.problem(path, "lists %s after %s, expected rising versions", version.Version, p.list.Versions[i-1].Version)
		}
		for _, y := range version.Yanks {
			v.advisory(ctx, id, y)
		}
		m, ok := v.release(ctx, id, version)
		if !ok {
			continue
		}
		p.times[i] = m.ReleasedAt
		if version.Version != primary.Version {
			continue
		}
		want, _, err := registry.Complete(registry.Describe(m), p.list)
		if err != nil || !reflect.DeepEqual(want, p.entry) {
			v.problem(path, "the catalogue's entry of %s isn't what its releases give", id)
		}
	}
}

// advisory checks what a yank names.
func (v *verifier) advisory(ctx context.Context, id string, y wire.Yank) {
	var a wire.Advisory
	path := wire.AdvisoryPath(y.SHA256)
	if v.document(ctx, path, y.Ref, tree.MaxAdvisory, &a) && (a.ID != y.Advisory || a.Package != id || a.Action != y.Action) {
		v.problem(path, "is %s about %s (%s), expected %s about %s (%s)", a.ID, a.Package, a.Action, y.Advisory, id, y.Action)
	}
}

// release checks one release: metadata, artifact, assets, and that they belong together.
func (v *verifier) release(ctx context.Context, id string, version wire.Version) (wire.Metadata, bool) {
	var m wire.Metadata
	if err := wire.CheckVersion(version.Version); err != nil {
		v.problem(wire.PackagePath(id), "%v", err)
		return m, false
	}
	path := wire.MetadataPath(id, version.Version)
	v.alive(path)
	data, err := v.state.ReadRef(ctx, path, version.Metadata, tree.MaxMetadata)
	if err == nil {
		err = wire.DecodeStrict(data, &m)
	}
	if err != nil {
		v.problem(path, "%v", err)
		return m, false
	}
	v.signature(ctx, path+wire.SignatureSuffix, data, wire.MetadataComment(id, version.Version, version.Metadata))
	if m.ID != id || m.Version != version.Version || m.Channel != version.Channel || m.ReleasedAt != version.Time {
		v.problem(path, "is of %s %s (channel %s), expected %s %s (channel %s)", m.ID, m.Version, m.Channel, id, version.Version, version.Channel)
		return m, false
	}
	if strings.ContainsAny(m.Artifact.Name, "/\\") || m.Artifact.Name == "" {
		v.problem(path, "names the artifact %q, expected a file name", m.Artifact.Name)
		return m, false
	}
	artifactPath := wire.ArtifactPath(id, version.Version, m.Artifact.Name)
	v.alive(artifactPath)
	ref := wire.Ref{SHA256: m.Artifact.SHA256, Size: m.Artifact.Size}
	artifact, err := v.state.ReadRef(ctx, artifactPath, ref, maxArtifact)
	if err != nil {
		v.problem(artifactPath, "%v", err)
		return m, false
	}
	v.signature(ctx, artifactPath+wire.SignatureSuffix, artifact, wire.ArtifactComment(id, version.Version, ref))
	v.mu.Lock()
	v.report.Releases++
	v.mu.Unlock()
	for _, asset := range m.Assets() {
		assetPath := wire.AssetPath(id, version.Version, asset.Path)
		v.alive(assetPath)
		if _, err := v.state.ReadRef(ctx, assetPath, wire.Ref{SHA256: asset.SHA256, Size: asset.Size}, maxArtifact); err != nil {
			v.problem(assetPath, "%v", err)
		}
	}
	v.copies(ctx, m, artifact)
	v.inside(artifactPath, artifact, m, version)
	return m, true
}

// maxArtifact bounds what is read of a file: what a stored zip without zip64 can hold.
const maxArtifact = 4 << 30

// inside opens an artifact and packs what is in it again: the same bytes and source digest must come out. What the package says of itself must be in the metadata; those may say
// more, since the files of a listing and what regen.yaml says aren't always packed.
func (v *verifier) inside(path string, artifact []byte, m wire.Metadata, version wire.Version) {
	format := manifest.ByName(m.Format)
	if format == nil {
		v.problem(path, "is of the unknown format %q", m.Format)
		return
	}
	p := manifest.Package{Dir: m.Source, ID: m.ID}
	prefix := format.Prefix(m.ID)
	err := unpack(m, artifact, func(name string, data []byte) {
		rel, ok := strings.CutPrefix(name, prefix)
		if !ok {
			v.problem(path, "holds %q, expected every file under %q", name, prefix)
		}
		p.Files = append(p.Files, manifest.File{Path: rel, Data: data})
	})
	if err != nil {
		v.problem(path, "%v", err)
		return
	}
	if stamper, ok := format.(manifest.Stamper); ok {
		if p.Files, err = stamper.Unstamp(p.Files, m.ReleasedAt); err != nil {
			v.problem(path, "%v", err)
			return
		}
	}
	if m.Author != nil {
		if _, err := author.Check(m.ID, m.Version, *m.Author, p.Files); err != nil {
			v.problem(wire.MetadataPath(m.ID, m.Version), "the author's signature: %v", err)
		}
		v.signatures(1)
	}
	if f := p.File(manifest.SidecarFile); f != nil {
		p.Sidecar = f.Data
	}
	read, _ := format.Read(p, release.Env(config.Default("")))
	if fault := v.says(read, m); fault != "" {
		v.problem(path, "%s", fault)
		return
	}
	built, err := release.Pack(p, format, manifest.Manifest{
		Format: m.Format, Version: m.Version, Channel: m.Channel, Facts: m.Facts, Artifact: manifest.Artifact{Name: m.Artifact.Name, Files: p.Files},
	}, m.ReleasedAt)
	switch {
	case err != nil:
		v.problem(path, "%v", err)
	case built.Source != version.Source:
		v.problem(path, "the source digest of the package inside is %s, and the version list has %s", built.Source, version.Source)
	case built.ArtifactRef.SHA256 != m.Artifact.SHA256:
		v.problem(path, "packing what is inside gives other bytes: sha256 %s, expected %s", built.ArtifactRef.SHA256, m.Artifact.SHA256)
	}
}

// unpack reads the files of an artifact.
func unpack(m wire.Metadata, artifact []byte, visit func(name string, data []byte)) error {
	read := func(name string, size int64, content io.Reader) error {
		data := make([]byte, size)
		if _, err := io.ReadFull(content, data); err != nil {
			return err
		}
		visit(name, data)
		return nil
	}
	switch manifest.KindOf(m.Artifact.Name) {
	case manifest.Single:
		visit(m.Entrypoint, artifact)
		return nil
	case manifest.TarGz:
		return archive.ReadTarGz(bytes.NewReader(artifact), archive.DefaultLimits(), read)
	}
	return archive.ReadZip(bytes.NewReader(artifact), int64(len(artifact)), archive.DefaultLimits(), read)
}

// says returns what the package inside says otherwise than its metadata, or "".
func (v *verifier) says(read manifest.Manifest, m wire.Metadata) string {
	const other = "the package inside says other things of itself than its metadata"
	if read.Version != "" && read.Version != m.Version {
		return other
	}
	// What regen.yaml and files beside the packed ones say isn't in there: which texts describe the package, and who made a bundle that is packed alone. Their hashes are signed.
	f := read.Facts
	f.Description = nil
	if m.Format != "dropserver" { // whose manifest names the list of changes
		f.Changelog = nil
	}
	if manifest.KindOf(m.Artifact.Name) == manifest.Single {
		f.Authors = nil
	}
	inside, err := plain(f)
	if err != nil {
		return err.Error()
	}
	all, err := plain(m.Facts)
	if err != nil {
		return err.Error()
	}
	if !contains(all, inside) {
		return other
	}
	return ""
}

// plain returns facts as the types that JSON has.
func plain(f wire.Facts) (v any, err error) {
	data, err := wire.Encode(f)
	if err != nil {
		return nil, err
	}
	err = wire.Decode(data, &v)
	return v, err
}

// contains reports whether all that part says is in whole: objects may have more members there, and categories more items.
func contains(whole, part any) bool {
	object, ok := part.(map[string]any)
	if !ok {
		return part == nil || reflect.DeepEqual(whole, part)
	}
	other, ok := whole.(map[string]any)
	if !ok {
		return false
	}
	for key, value := range object {
		all := other[key]
		if key == "categories" {
			if some, ok := value.([]any); ok {
				if list, ok := all.([]any); ok && len(list) > len(some) {
					all = list[:len(some)]
				}
			}
		}
		if _, there := other[key]; !there && value != nil || !contains(all, value) {
			return false
		}
	}
	return true
}
