package client_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/wire"
)

// knownSigner returns a key pair that is made from a name, and so known to everybody, with the key id of another name.
func knownSigner(t testing.TB, name, id string) *sign.Signer {
	t.Helper()
	seed, other := sha256.Sum256([]byte(name)), sha256.Sum256([]byte(id))
	raw := make([]byte, 158)
	copy(raw, "Ed\x00\x00B2")
	copy(raw[54:62], other[:])
	copy(raw[62:], ed25519.NewKeyFromSeed(seed[:]))
	return must(sign.ParseSecret([]byte("untrusted comment: x\n"+base64.StdEncoding.EncodeToString(raw)), nil))
}

// The times of the registries that vectors serve, unix seconds.
const (
	firstEvent = 1700000000
	firstHead  = 1700000600
	lifetime   = 30 * 24 * 60 * 60
)

// published is a registry in memory, all of it that a device reads. Everything in it follows from what is called.
type published struct {
	t         *testing.T
	files     map[string][]byte
	entries   [][]byte // of the log
	state     *registry.State
	metadata  map[string]wire.Metadata // by id and version
	artifacts map[string][]byte        // by id and version
	key       *sign.Signer             // that signs heads
	doc       wire.Trust
	time      int64 // of the last event
	root      wire.Node
	statement wire.Statement
}

// newPublished returns a registry with a trust document and nothing else. Without a root key, the release key is the root, too.
func newPublished(t *testing.T, root *sign.Signer) *published {
	t.Helper()
	p := &published{
		t: t, files: make(map[string][]byte), state: registry.NewState(), metadata: make(map[string]wire.Metadata), artifacts: make(map[string][]byte),
		key: knownSigner(t, "release key", "release key"), time: firstEvent,
		statement: wire.Statement{Registry: "example", Issued: firstHead - 3600, Epoch: 1, Keys: 1},
	}
	if root == nil {
		root = p.key
	}
	p.trust(trustOf(1, root, p.key), root)
	return p
}

// trustOf returns a trust document with one root key and one release key.
func trustOf(version int, root, release *sign.Signer) wire.Trust {
	doc := wire.SingleKey("example", root.Public().String())
	doc.Version, doc.Release = version, []string{release.Public().String()}
	return doc
}

// trust publishes a version of the trust document, signed by some keys.
func (p *published) trust(doc wire.Trust, signers ...*sign.Signer) {
	p.t.Helper()
	p.doc = doc
	data := p.putTrust(doc, signers...)
	p.event(wire.Event{Type: wire.EventKeys, Keys: doc.Version, SHA256: wire.Sum(data), Time: p.time})
	p.statement.Keys = doc.Version
}

// putTrust writes the files of a version, which the log doesn't know of.
func (p *published) putTrust(doc wire.Trust, signers ...*sign.Signer) []byte {
	p.t.Helper()
	data := must(wire.Encode(doc))
	p.files[wire.KeysPath(doc.Version)] = data
	for _, s := range signers {
		p.files[wire.KeysSignaturePath(doc.Version, sign.KeyID(s.Public()))] = s.Sign([][]byte{data}, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
	}
	return data
}

// event appends an event to the log.
func (p *published) event(e wire.Event) {
	p.t.Helper()
	if err := p.state.Fold(e); err != nil {
		p.t.Fatal(err)
	}
	p.entry(string(must(wire.Encode(e))))
}

// entry appends any entry to the log.
func (p *published) entry(text string) { p.entries = append(p.entries, []byte(text)) }

// A release is what a version is made of.
type release struct {
	id, version string
	format      string // none: vito
	files       []archive.File
	artifact    []byte // in place of the archive of the files
	name        string // of the artifact; none: as the format has it
	copies      bool   // whether there are a compressed copy, and deltas from the versions before
	change      func(m *wire.Metadata)
}

// text is a file of a package.
func text(path, content string) archive.File { return archive.File{Path: path, Data: []byte(content)} }

// code is a text that is worth compressing, and of which little is like anything else.
func code(last string) string {
	var b strings.Builder
	b.WriteString("<?php\n")
	for i := range 12 {
		fmt.Fprintf(&b, "$clock->turn('%s');\n", wire.Sum([]byte{byte(i)})[:12])
	}
	return b.String() + "// " + last + "\n"
}

// clock is a version of a plugin.
func clock(version string) release {
	return release{id: "clock", version: version, files: []archive.File{
		text("clock/Plugin.php", code(version)), text("clock/composer.json", fmt.Sprintf("{\"name\":\"acme/clock\",\"version\":%q}\n", version)),
	}}
}

// release publishes a version.
func (p *published) release(r release) {
	p.t.Helper()
	if r.format == "" {
		r.format = "vito"
	}
	if r.name == "" {
		r.name = r.id + "-" + r.version + map[string]string{"vito": ".zip", "native": ".zip", "mosis": ".mosis", "mana": ".mana", "dropserver": ".tar.gz"}[r.format]
	}
	if r.artifact == nil {
		pack := archive.StoredTarGz
		if r.format != "dropserver" {
			pack = func(files []archive.File) (archive.Segments, error) { return archive.StoredZip("", files) }
		}
		r.artifact = bytes.Join(must(pack(r.files)), nil)
	}
	m := wire.Metadata{
		ID: r.id, Format: r.format, PackagingVersion: wire.PackagingVersion, Version: r.version, Channel: wire.ChannelOf(r.version), Commit: strings.Repeat("0", 40), Source: "plugins/" + r.id, ReleasedAt: p.time,
		Artifact: wire.Artifact{Name: r.name, Size: int64(len(r.artifact)), SHA256: wire.Sum(r.artifact)},
		Facts:    wire.Facts{Name: wire.Text{"en": strings.ToUpper(r.id[:1]) + r.id[1:]}},
	}
	p.files[wire.ArtifactPath(r.id, r.version, r.name)] = r.artifact
	if r.copies {
		p.copies(&m, r.artifact)
	}
	if r.change != nil {
		r.change(&m)
	}
	p.putRelease(r.id, r.version, m, r.artifact)
}

// copies publishes the cheaper ways to get an artifact.
func (p *published) copies(m *wire.Metadata, artifact []byte) {
	p.t.Helper()
	zstd := squeeze.Compress([][]byte{artifact})
	ref := wire.RefOf(zstd)
	m.Artifact.Zstd, m.Artifact.Encoder = &ref, squeeze.Encoder
	p.files[wire.ZstdPath(m.ID, m.Version, m.Artifact.Name)] = zstd
	for _, v := range slices.Backward(p.list(m.ID).Versions) {
		delta := must(squeeze.Delta(p.artifacts[m.ID+" "+v.Version], [][]byte{artifact}))
		m.Artifact.Deltas = append(m.Artifact.Deltas, wire.Delta{From: v.Version, Ref: wire.RefOf(delta)})
		p.files[wire.DeltaPath(m.ID, m.Version, m.Artifact.Name, v.Version)] = delta
	}
}

// putRelease publishes metadata as a version.
func (p *published) putRelease(id, version string, m wire.Metadata, artifact []byte) {
	p.t.Helper()
	data := must(wire.Encode(m))
	ref := wire.RefOf(data)
	p.files[wire.MetadataPath(id, version)] = data
	p.event(wire.Event{Type: wire.EventRelease, ID: id, Version: version, Channel: wire.ChannelOf(version), SHA256: ref.SHA256, Size: ref.Size})
	list := p.list(id)
	last := &list.Versions[len(list.Versions)-1]
	last.Source, last.Time = wire.Sum(artifact), p.time // of no interest to a device
	p.metadata[id+" "+version], p.artifacts[id+" "+version] = m, artifact
}

func (p *published) list(id string) *wire.VersionList {
	if list := p.state.Packages[id]; list != nil {
		return list
	}
	return new(wire.VersionList)
}

// yank publishes an advisory on versions of a package.
func (p *published) yank(advisory, action, id string, versions ...string) {
	p.t.Helper()
	a := must(wire.Encode(wire.Advisory{ID: advisory, Package: id, Action: action, Reason: wire.Text{"en": "It runs backwards."}}))
	p.files[wire.AdvisoryPath(wire.Sum(a))] = a
	p.yankBy(advisory, action, id, a, versions...)
}

func (p *published) yankBy(advisory, action, id string, a []byte, versions ...string) {
	p.t.Helper()
	p.event(wire.Event{Type: wire.EventYank, ID: id, Advisory: advisory, Action: action, SHA256: wire.Sum(a), Size: int64(len(a)), Versions: versions, Time: p.time})
}

// restore ends an advisory.
func (p *published) restore(advisory, id string, versions ...string) {
	p.t.Helper()
	p.event(wire.Event{Type: wire.EventRestore, ID: id, Advisory: advisory, Versions: versions, Time: p.time})
}

// publish writes catalogue, log and head, an hour after the last one.
func (p *published) publish() {
	p.t.Helper()
	p.root.Packages = make(map[string]wire.Entry)
	for id, list := range p.state.Packages {
		entry, data, err := registry.Complete(registry.Describe(p.metadata[id+" "+list.Primary().Version]), *list)
		if err != nil {
			p.t.Fatal(err)
		}
		p.root.Packages[id] = entry
		p.files[wire.VersionsPath(id, entry.Versions.SHA256)] = data
	}
	none := strings.Repeat("0", 40)
	p.root.Registry = &wire.Registry{ID: "example", Name: "Example", Start: none, Configured: none, Commit: none, Time: p.time, Count: len(p.root.Packages)}
	p.tiles()
	p.reissue()
}

// tiles writes the log, and drops what is left of a smaller one.
func (p *published) tiles() {
	p.t.Helper()
	maps.DeleteFunc(p.files, func(path string, _ []byte) bool { return strings.HasPrefix(path, wire.LogPath(p.statement.Epoch)) })
	log := must(tlog.Open(p.statement.Epoch, 0, "", nil))
	for _, e := range p.entries {
		must(log.Append(e))
	}
	for _, f := range must(log.Files()) {
		p.files[f.Path] = f.Data
	}
	p.statement.LogSize, p.statement.LogRoot = log.Size(), must(log.Root())
}

// reissue writes the next head, an hour after the last one.
func (p *published) reissue() {
	p.t.Helper()
	p.statement.Serial++
	p.statement.Issued += 3600
	p.statement.Expires = p.statement.Issued + lifetime
	p.time = p.statement.Issued
	p.sign()
}

// sign writes root node and head as they are now.
func (p *published) sign() {
	p.t.Helper()
	root := must(wire.Encode(p.root))
	p.statement.Root = wire.RefOf(root)
	p.files[wire.NodePath(p.statement.Root.SHA256)] = root
	p.head(p.key, p.statement.String())
}

// head writes the head as a signature of the root node by a key, with any comment.
func (p *published) head(key *sign.Signer, comment string) {
	p.files[wire.HeadPath] = key.Sign([][]byte{p.files[wire.NodePath(p.statement.Root.SHA256)]}, comment)
}

// bundle is the path of the bundle of entries of a log that has less than 256.
func (p *published) bundle() string {
	return fmt.Sprintf("log/%d/tile/entries/000.p/%d", p.statement.Epoch, len(p.entries))
}

// tile is the path of its hashes.
func (p *published) tile() string {
	return fmt.Sprintf("log/%d/tile/0/000.p/%d", p.statement.Epoch, len(p.entries))
}

// alter replaces a text of a file, which is there.
func (p *published) alter(path, old, new string) {
	p.t.Helper()
	if !bytes.Contains(p.files[path], []byte(old)) {
		p.t.Fatalf("%s has no %q", path, old)
	}
	p.files[path] = bytes.Replace(p.files[path], []byte(old), []byte(new), 1)
}

// only drops all files but some.
func (p *published) only(paths ...string) {
	maps.DeleteFunc(p.files, func(path string, _ []byte) bool { return !slices.Contains(paths, path) })
}
