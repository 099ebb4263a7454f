package tree_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"testing"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

var ctx = context.Background()

// signer returns a key pair that is made from a name, and so known to everybody.
func signer(t testing.TB, name string) *sign.Signer {
	t.Helper()
	return signerAs(t, name, name)
}

// signerAs returns the key pair of a name with the key id of another one.
func signerAs(t testing.TB, name, id string) *sign.Signer {
	t.Helper()
	seed, other := sha256.Sum256([]byte(name)), sha256.Sum256([]byte(id))
	raw := make([]byte, 158)
	copy(raw, "Ed\x00\x00B2")
	copy(raw[54:62], other[:])
	copy(raw[62:], ed25519.NewKeyFromSeed(seed[:]))
	s, err := sign.ParseSecret([]byte("untrusted comment: x\n"+base64.StdEncoding.EncodeToString(raw)), nil)
	must(t, err)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := wire.Encode(v)
	must(t, err)
	return data
}

// The registry of the fixture. All its times are in November 2023.
const (
	registryID = "example"
	issued     = 1700000600
	expires    = issued + 30*24*60*60
	now        = issued + 60
)

// small is a registry of one package with two versions, all of it but the views.
type small struct {
	files     map[string][]byte
	key       *sign.Signer
	statement wire.Statement
	root      wire.Node
	list      wire.VersionList
	metadata  []wire.Metadata
}

func newSmall(t testing.TB) *small {
	t.Helper()
	s := &small{files: make(map[string][]byte), key: signer(t, "release key")}
	log, err := tlog.Open(1, 0, "", nil)
	must(t, err)
	event := func(e wire.Event) int64 {
		t.Helper()
		must(t, e.Check())
		index, err := log.Append(encode(t, e))
		must(t, err)
		return index
	}

	trust := encode(t, wire.SingleKey(registryID, s.key.Public().String()))
	s.files[wire.KeysPath(1)] = trust
	s.files[wire.KeysSignaturePath(1, sign.KeyID(s.key.Public()))] = s.key.Sign([][]byte{trust}, wire.KeysComment(registryID, 1, wire.RefOf(trust)))
	event(wire.Event{Type: wire.EventKeys, Keys: 1, SHA256: wire.Sum(trust), Time: 1700000000})

	s.list = wire.VersionList{ID: "clock"}
	for i, version := range []string{"1.0.0", "1.1.0-rc.1"} {
		s.release(t, version, 1700000000+int64(i)*300, event)
	}
	entry, list, err := registry.Complete(registry.Describe(s.metadata[0]), s.list)
	must(t, err)
	s.files[wire.VersionsPath("clock", entry.Versions.SHA256)] = list

	tiles, err := log.Files()
	must(t, err)
	for _, f := range tiles {
		s.files[f.Path] = f.Data
	}
	logRoot, err := log.Root()
	must(t, err)
	const commit = "0123456789abcdef0123456789abcdef01234567"
	s.root = wire.Node{
		Registry: &wire.Registry{ID: registryID, Name: "Example", BaseURL: "https://example.org/registry", Start: commit, Configured: commit, Commit: commit, Time: 1700000300, Count: 1},
		Packages: map[string]wire.Entry{"clock": entry},
	}
	s.statement = wire.Statement{Registry: registryID, Serial: 2, Issued: issued, Expires: expires, Epoch: 1, LogSize: log.Size(), LogRoot: logRoot, Keys: 1}
	s.sign(t)
	return s
}

// sign writes the root node and the head as they are now.
func (s *small) sign(t testing.TB) {
	t.Helper()
	root := encode(t, s.root)
	s.statement.Root = wire.RefOf(root)
	s.files[wire.NodePath(s.statement.Root.SHA256)] = root
	s.files[wire.HeadPath] = s.key.Sign([][]byte{root}, s.statement.String())
}

// release adds a version of the package.
func (s *small) release(t testing.TB, version string, time int64, event func(wire.Event) int64) {
	t.Helper()
	files := []archive.File{{Path: "Plugin.php", Data: fmt.Appendf(nil, "<?php // %s\n", version)}, {Path: "icon.svg", Data: []byte("<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n")}}
	segments, err := archive.StoredZip("clock/", files)
	must(t, err)
	zip := bytes.Join(segments, nil)
	name := "clock-" + version + ".zip"
	icon := wire.File{Path: "icon.svg", Size: int64(len(files[1].Data)), SHA256: wire.Sum(files[1].Data)}
	m := wire.Metadata{
		ID: "clock", Format: "vito", PackagingVersion: wire.PackagingVersion, Version: version, Channel: wire.ChannelOf(version),
		Commit: "0123456789abcdef0123456789abcdef01234567", Source: "plugins/clock", ReleasedAt: time,
		Artifact:        wire.Artifact{Name: name, Size: int64(len(zip)), SHA256: wire.Sum(zip)},
		DistributionURL: "https://example.org/registry/" + wire.ArtifactPath("clock", version, name),
		Facts:           wire.Facts{Name: wire.Text{"en": "Clock"}, Summary: wire.Text{"en": "Shows the time"}, Icons: []wire.Image{{File: icon}}, Categories: []string{"time"}, License: "Apache-2.0"},
	}
	data := encode(t, m)
	ref := wire.RefOf(data)
	at := event(wire.Event{Type: wire.EventRelease, ID: "clock", Version: version, Channel: m.Channel, SHA256: ref.SHA256, Size: ref.Size})
	source := wire.Sum([]byte(sourceText(m, encode(t, m.Facts), files)))
	s.metadata = append(s.metadata, m)
	s.list = registry.Add(s.list, wire.Version{Version: version, Channel: m.Channel, Metadata: ref, Source: source, Log: at, Time: time})

	artifact := wire.ArtifactPath("clock", version, name)
	s.files[artifact] = zip
	s.files[artifact+wire.SignatureSuffix] = s.key.Sign([][]byte{zip}, wire.ArtifactComment("clock", version, wire.RefOf(zip)))
	s.files[wire.MetadataPath("clock", version)] = data
	s.files[wire.MetadataPath("clock", version)+wire.SignatureSuffix] = s.key.Sign([][]byte{data}, wire.MetadataComment("clock", version, ref))
	s.files[wire.AssetPath("clock", version, "icon.svg")] = files[1].Data
}

// sourceText returns what a source digest is the hash of, from the spec and not from the code that makes it.
func sourceText(m wire.Metadata, facts []byte, files []archive.File) string {
	text := fmt.Sprintf("regen/1 source\nformat %s\nversion %s\nchannel %s\nfacts %s\n", m.Format, m.Version, m.Channel, wire.Sum(facts))
	for _, f := range files {
		text += "file " + wire.Sum(f.Data) + " " + f.Path + "\n"
	}
	return text
}

func (s *small) store(t testing.TB) *store.Mem {
	t.Helper()
	m := store.NewMem()
	for path, data := range s.files {
		must(t, m.Put(path, data))
	}
	return m
}

// install does what a device does to get a version of a package, but for unpacking it: the checks of the spec, in its order.
func install(files store.Reader, key sign.PublicKey, registryID, id, version string, now int64) error {
	st, err := tree.Load(ctx, files, trust.KeyPin(key))
	switch {
	case err != nil:
		return err
	case st.Head == nil:
		return fmt.Errorf("no head")
	case st.Statement.Registry != registryID:
		return fmt.Errorf("the head is of registry %s", st.Statement.Registry)
	case now >= st.Statement.Expires:
		return fmt.Errorf("the head expired")
	}
	state := registry.NewState()
	err = st.Log.Entries(0, st.Statement.LogSize, func(_ int64, data []byte) error {
		e, err := wire.DecodeEvent(data)
		if err != nil {
			return err
		}
		return state.Fold(e)
	})
	if err != nil {
		return err
	}
	p, err := st.Package(ctx, id)
	if err != nil {
		return err
	}
	for _, v := range p.List.Versions {
		if v.Version != version {
			continue
		}
		data, err := st.ReadRef(ctx, wire.MetadataPath(id, version), v.Metadata, tree.MaxMetadata)
		if err != nil {
			return err
		}
		var m wire.Metadata
		if err := wire.Decode(data, &m); err != nil {
			return err
		}
		if m.ID != id || m.Version != version {
			return fmt.Errorf("the metadata is of %s %s", m.ID, m.Version)
		}
		zip, err := st.ReadRef(ctx, wire.ArtifactPath(id, version, m.Artifact.Name), wire.Ref{SHA256: m.Artifact.SHA256, Size: m.Artifact.Size}, 1<<20)
		if err != nil {
			return err
		}
		return archive.ReadZip(bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits(), func(string, int64, io.Reader) error { return nil })
	}
	return fmt.Errorf("no version %s of %q", version, id)
}

func base64Of(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

func unbase64(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	must(t, err)
	return raw
}

// looseEnd returns other base64 for the same bytes: the bits that decoding drops aren't 0.
func looseEnd(t testing.TB, text string) string {
	t.Helper()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	i := bytes.IndexByte([]byte(text), '=')
	if i < 1 {
		t.Fatalf("%s has no padding", text)
	}
	return text[:i-1] + string(alphabet[bytes.IndexByte([]byte(alphabet), text[i-1])+1]) + text[i:]
}

func sha256Of(data []byte) string { return wire.Sum(data) }

// pin is what devices of the fixture pin.
func (s *small) pin() trust.Pin { return trust.KeyPin(s.key.Public()) }
