package client_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// press makes published trees by hand, so far as devices read them: those of a publisher, and those of somebody who has its keys and means ill.
type press struct {
	t       testing.TB
	id      string       // of the registry
	key     *sign.Signer // signs the heads
	pin     trust.Pin
	files   tree
	entries [][]byte // of the log
	lists   map[string]wire.VersionList
	shown   map[string]wire.Entry // without channels and version list
	zips    map[string][]byte     // id and version → artifact
	doc     wire.Trust            // the newest trust document
	serial  int64
	now     time.Time // when the next head is issued
}

// tree is a published tree: path → content.
type tree map[string][]byte

// newPress returns a registry with nothing in it, whose one key is known to its devices.
func newPress(t testing.TB) *press {
	t.Helper()
	p := blankPress(t)
	p.trust(wire.SingleKey(p.id, p.key.Public().String()), p.key)
	return p
}

// blankPress is a registry that has no trust document yet.
func blankPress(t testing.TB) *press {
	t.Helper()
	key := must(sign.Generate())
	return &press{
		t: t, id: "example", key: key, pin: trust.KeyPin(key.Public()), files: make(tree), now: start,
		lists: make(map[string]wire.VersionList), shown: make(map[string]wire.Entry), zips: make(map[string][]byte),
	}
}

// fork returns the same registry, to be gone on with in another way.
func (p *press) fork() *press {
	f := *p
	f.files, f.lists, f.shown, f.zips = maps.Clone(p.files), maps.Clone(p.lists), maps.Clone(p.shown), maps.Clone(p.zips)
	f.entries = slices.Clip(p.entries)
	return &f
}

// event appends an entry to the log.
func (p *press) event(e wire.Event) int64 {
	p.entries = append(p.entries, must(wire.Encode(e)))
	return int64(len(p.entries) - 1)
}

// time is that of an event.
func (p *press) time() int64 { return 1_700_000_000 + int64(len(p.entries)) }

// trust publishes the next trust document, with the signatures of these keys.
func (p *press) trust(doc wire.Trust, signers ...*sign.Signer) {
	data := must(wire.Encode(doc))
	p.doc = doc
	p.files[wire.KeysPath(doc.Version)] = data
	for _, s := range signers {
		p.files[wire.KeysSignaturePath(doc.Version, sign.KeyID(s.Public()))] = s.Sign([][]byte{data}, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
	}
	p.event(wire.Event{Type: wire.EventKeys, Keys: doc.Version, SHA256: wire.Sum(data), Time: p.time()})
}

// A pressed release can be changed before it is published.
type pressed struct {
	wire.Metadata
	artifact []byte
	zstd     []byte            // the compressed copy
	deltas   map[string][]byte // by the version that they are from
	assets   map[string][]byte
}

// plugin returns the files of a Vito plugin.
func plugin(id, version, text string) []archive.File {
	composer := must(json.Marshal(map[string]string{"name": "acme/" + id, "version": version}))
	return []archive.File{{Path: "Plugin.php", Data: []byte("<?php // " + text + "\n")}, {Path: "composer.json", Data: composer}}
}

func zipOf(prefix string, files []archive.File) []byte {
	return bytes.Join(must(archive.StoredZip(prefix, files)), nil)
}

// release publishes a Vito plugin, or what is made of it. Sizes and hashes are right, unless they are given.
func (p *press) release(id, version string, edit ...func(*pressed)) *wire.Metadata {
	p.t.Helper()
	name := strings.ToUpper(id[:1]) + id[1:]
	r := &pressed{
		Metadata: wire.Metadata{
			ID: id, Format: "vito", PackagingVersion: wire.PackagingVersion, Version: version, Channel: wire.ChannelOf(version),
			Commit: strings.Repeat("0", 40), Source: "plugins/" + id, ReleasedAt: p.time(), Artifact: wire.Artifact{Name: id + "-" + version + ".zip"},
			Facts: wire.Facts{Name: wire.Text{"en": name}, Summary: wire.Text{"en": "Shows the " + id}, Categories: []string{"tests"}},
		},
		artifact: zipOf(id+"/", plugin(id, version, "made for "+version+strings.Repeat(" and so on", 40))),
	}
	for _, f := range edit {
		f(r)
	}
	a := &r.Artifact
	if a.SHA256 == "" {
		a.Size, a.SHA256 = int64(len(r.artifact)), wire.Sum(r.artifact)
	}
	p.files[wire.ArtifactPath(id, version, a.Name)] = r.artifact
	if r.zstd != nil {
		ref := wire.RefOf(r.zstd)
		a.Zstd = &ref
		p.files[wire.ZstdPath(id, version, a.Name)] = r.zstd
	}
	for _, from := range slices.Sorted(maps.Keys(r.deltas)) {
		a.Deltas = append(a.Deltas, wire.Delta{From: from, Ref: wire.RefOf(r.deltas[from])})
		p.files[wire.DeltaPath(id, version, a.Name, from)] = r.deltas[from]
	}
	for path, data := range r.assets {
		p.files[wire.AssetPath(id, version, path)] = data
	}
	data := must(wire.Encode(r.Metadata))
	p.files[wire.MetadataPath(id, version)] = data
	p.zips[id+version] = r.artifact
	p.list(id, version, wire.RefOf(data))
	p.shown[id] = registry.Describe(r.Metadata)
	return &r.Metadata
}

// list adds a release to the log and to the version list of an id.
func (p *press) list(id, version string, ref wire.Ref) {
	channel := wire.ChannelOf(version)
	at := p.event(wire.Event{Type: wire.EventRelease, ID: id, Version: version, Channel: channel, SHA256: ref.SHA256, Size: ref.Size})
	l := p.lists[id]
	l.ID = id
	p.lists[id] = registry.Add(l, wire.Version{Version: version, Channel: channel, Metadata: ref, Source: ref.SHA256, Log: at, Time: p.time()})
}

// cheaper adds a compressed copy, and deltas from older versions.
func (p *press) cheaper(from ...string) func(*pressed) {
	return func(r *pressed) {
		r.zstd = squeeze.Compress([][]byte{r.artifact})
		r.deltas = make(map[string][]byte)
		for _, v := range from {
			r.deltas[v] = must(squeeze.Delta(p.zips[r.ID+v], [][]byte{r.artifact}))
		}
	}
}

// yank lets an advisory apply to versions.
func (p *press) yank(id, advisory, action, reason string, versions ...string) {
	data := must(wire.Encode(wire.Advisory{ID: advisory, Package: id, Action: action, Reason: wire.Text{"en": reason}}))
	ref := wire.RefOf(data)
	p.files[wire.AdvisoryPath(ref.SHA256)] = data
	e := wire.Event{Type: wire.EventYank, ID: id, Advisory: advisory, Action: action, SHA256: ref.SHA256, Size: ref.Size, Versions: versions, Time: p.time()}
	p.event(e)
	p.lists[id] = must(registry.FoldAdvisory(p.lists[id], e))
}

// noise adds so many entries to the log that concern no package of a device.
func (p *press) noise(n int) {
	for range n {
		at := len(p.entries)
		p.event(wire.Event{Type: wire.EventRelease, ID: fmt.Sprintf("noise-%d", at%1000), Version: fmt.Sprintf("1.%d.0", at), Channel: client.Stable, SHA256: wire.Sum([]byte{byte(at)}), Size: 9})
	}
}

// fill adds so many packages to the catalogue that nobody reads.
func (p *press) fill(n int) {
	for i := range n {
		id := fmt.Sprintf("filler-%d", i)
		p.lists[id] = wire.VersionList{ID: id, Versions: []wire.Version{{Version: "1.0.0", Channel: client.Stable}}}
		p.shown[id] = wire.Entry{Format: "vito", Name: "Filler"}
	}
}

// log returns the log with all entries.
func (p *press) log() *tlog.Log {
	log := must(tlog.Open(p.doc.InEpoch(), 0, "", nil))
	for _, e := range p.entries {
		must(log.Append(e))
	}
	return log
}

// head publishes a head of all that there is, a minute after the last one, and returns the tree.
func (p *press) head(edit ...func(*wire.Statement)) tree {
	p.t.Helper()
	p.serial++
	p.now = p.now.Add(time.Minute)
	changes := make(map[string]*wire.Entry)
	for id, list := range p.lists {
		e, data, err := registry.Complete(p.shown[id], list)
		if err != nil {
			p.t.Fatal(err)
		}
		changes[id] = &e
		p.files[wire.VersionsPath(id, e.Versions.SHA256)] = data
	}
	catalogue := must(registry.Apply(wire.Node{}, changes, nil, func(ref wire.Ref, data []byte) error {
		p.files[wire.NodePath(ref.SHA256)] = data
		return nil
	}))
	none := strings.Repeat("0", 40)
	catalogue.Root.Registry = &wire.Registry{ID: p.id, Name: "Example", Start: none, Configured: none, Commit: none, Count: len(p.lists)}
	return p.headOver(must(wire.Encode(catalogue.Root)), edit...)
}

// headOver publishes a head over the given root node.
func (p *press) headOver(root []byte, edit ...func(*wire.Statement)) tree {
	p.t.Helper()
	log := p.log()
	for _, f := range must(log.Files()) {
		p.files[f.Path] = f.Data
	}
	p.files[wire.NodePath(wire.Sum(root))] = root
	s := wire.Statement{
		Registry: p.id, Serial: p.serial, Issued: p.now.Unix(), Expires: p.now.Add(30 * 24 * time.Hour).Unix(), Root: wire.RefOf(root),
		Epoch: p.doc.InEpoch(), LogSize: log.Size(), LogRoot: must(log.Root()), Keys: p.doc.Version,
	}
	for _, f := range edit {
		f(&s)
	}
	p.files[wire.HeadPath] = p.key.Sign([][]byte{root}, s.String())
	return maps.Clone(p.files)
}

// floor returns what a trust document says of the state that the registry is in.
func (p *press) floor() *wire.Floor {
	return &wire.Floor{Serial: p.serial, Size: int64(len(p.entries)), Root: must(p.log().Root())}
}

// device returns a device that pins the registry and reads the given trees, each from a server of its own. Its clock stands a minute after the newest head.
func (p *press) device(trees ...tree) *device {
	p.t.Helper()
	d := &device{w: &world{t: p.t, pin: p.pin, now: p.now.Add(time.Minute)}, root: filepath.Join(p.t.TempDir(), "root")}
	d.reads(trees...)
	return d
}

// settled returns a device that read the tree, and installed a package of it.
func (p *press) settled(files tree, id string) *device {
	p.t.Helper()
	d := p.device(files)
	d.install(id, client.InstallOptions{})
	return d
}

// reads lets the device read other trees from now on.
func (d *device) reads(trees ...tree) {
	d.w.t.Helper()
	mirrors := make([]string, len(trees))
	for i, files := range trees {
		mirrors[i] = serve(d.w.t, files).URL
	}
	d.Client = must(client.Open(client.Options{Root: d.root, Mirrors: mirrors, Pin: d.w.pin.String(), Now: func() time.Time { return d.w.now }, Patience: long}))
}

// attempt is one of the things that a device does with what it reads.
type attempt struct {
	name string
	do   func(d *device) error
}

// changing are the attempts that change the device, if they succeed.
var changing = []attempt{
	{"sync", func(d *device) error { _, err := d.Sync(ctx); return err }},
	{"install", func(d *device) error { _, err := d.Install(ctx, "other", client.InstallOptions{}); return err }},
	{"update", func(d *device) error { _, err := d.Update(ctx, client.UpdateOptions{}); return err }},
}

// looking are the attempts that change nothing.
var looking = []attempt{
	{"check", func(d *device) error { _, err := d.Update(ctx, client.UpdateOptions{Check: true}); return err }},
	{"search", func(d *device) error { _, _, err := d.Search(ctx, ""); return err }},
	{"show", func(d *device) error { _, err := d.Show(ctx, "clock", ""); return err }},
}

// refuses makes attempts, and fails the test unless each fails with that class and leaves the root as it was. Of a fork, both heads are left as evidence.
func (d *device) refuses(what string, class client.Class, attempts ...attempt) {
	d.w.t.Helper()
	for _, a := range attempts {
		before := snapshot(d.w.t, d.root)
		err := a.do(d)
		if got := client.ClassOf(err); got != class {
			d.w.t.Errorf("%s: %s fails with class %q, expected %q: %v", what, a.name, got, class, err)
		}
		after := snapshot(d.w.t, d.root)
		if class == client.Fork {
			var e *client.Error
			if !errors.As(err, &e) || e.Evidence[0] == e.Evidence[1] {
				d.w.t.Errorf("%s: %s has no evidence: %v", what, a.name, err)
				continue
			}
			for _, head := range e.Evidence {
				path := filepath.Join("evidence", wire.Sum([]byte(head))+wire.SignatureSuffix)
				if after[path] != wire.Sum([]byte(head)) {
					d.w.t.Errorf("%s: %s keeps no evidence of %q", what, a.name, head)
				}
			}
			noEvidence := func(path, _ string) bool { return path == "." || strings.HasPrefix(path, "evidence") }
			maps.DeleteFunc(before, noEvidence)
			maps.DeleteFunc(after, noEvidence)
		}
		if !maps.Equal(after, before) {
			d.w.t.Errorf("%s: %s changes the device", what, a.name)
			sameFiles(d.w.t, after, before)
		}
	}
}

// does makes attempts, and fails the test if one fails.
func (d *device) does(what string, attempts ...attempt) {
	d.w.t.Helper()
	for _, a := range attempts {
		if err := a.do(d); err != nil {
			d.w.t.Errorf("%s: %s: %v", what, a.name, err)
		}
	}
}

// withID gives a secret key, as minisign writes it, another id.
func withID(t testing.TB, secret string, id uint64) string {
	t.Helper()
	comment, line, _ := strings.Cut(secret, "\n")
	raw := must(base64.StdEncoding.DecodeString(strings.TrimSpace(line)))
	binary.LittleEndian.PutUint64(raw[54:], id)
	return comment + "\n" + base64.StdEncoding.EncodeToString(raw)
}

// legacy signs in the way that isn't prehashed.
func legacy(t testing.TB, key *sign.Signer, data []byte, comment string) []byte {
	t.Helper()
	var secret minisign.PrivateKey
	if err := secret.UnmarshalText(must(key.SecretText(""))); err != nil {
		t.Fatal(err)
	}
	return minisign.SignWithComments(secret, data, comment, "legacy")
}
