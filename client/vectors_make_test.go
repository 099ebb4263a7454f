package client_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/wire"
)

// TestVectorsAreFresh compares the vectors with what this file makes; with -update it writes them.
func TestVectorsAreFresh(t *testing.T) {
	m := &deviceMaker{t: t, vectors: make(map[string][]byte), served: make(map[string]map[string][]byte), devices: make(map[string]deviceIn)}
	m.syncs()
	m.heads()
	m.trusts()
	m.floors()
	m.logs()
	m.catalogues()
	m.choices()
	m.packages()
	m.ways()
	m.updates()
	m.previous()
	m.advisories()
	m.authors()
	if *update {
		if err := os.RemoveAll(deviceVectors); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(deviceVectors, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, data := range m.vectors {
			if err := os.WriteFile(filepath.Join(deviceVectors, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, data := range m.vectors {
		have, err := os.ReadFile(filepath.Join(deviceVectors, name))
		if err != nil || !bytes.Equal(have, data) {
			t.Errorf("%s isn't fresh (%v): run go test ./client -run TestVectors -update", name, err)
		}
	}
	if found := must(filepath.Glob(filepath.Join(deviceVectors, "*"))); len(found) != len(m.vectors) {
		t.Errorf("there are %d files, expected %d", len(found), len(m.vectors))
	}
}

type deviceMaker struct {
	t       *testing.T
	vectors map[string][]byte
	served  map[string]map[string][]byte // what each vector serves
	devices map[string]deviceIn          // devices that did something, by what it was
}

// add makes a vector. Its files are written as what they differ in from those of another vector, if one is given.
func (m *deviceMaker) add(name, shows, outcome, base string, in deviceIn, files map[string][]byte) {
	m.t.Helper()
	if (outcome != "accept") != strings.HasPrefix(name, "bad-") {
		m.t.Errorf("%s: the outcome is %s", name, outcome)
	}
	in.Files = make(map[string]string)
	if base != "" {
		in.Base = base + ".json"
		if m.served[base] == nil {
			m.t.Fatalf("%s is based on %s, which isn't there yet", name, base)
		}
	}
	for _, path := range sortedPaths(m.served[base]) {
		if _, ok := files[path]; !ok {
			in.Remove = append(in.Remove, path)
		}
	}
	for path, data := range files {
		if was, ok := m.served[base][path]; !ok || !bytes.Equal(was, data) {
			in.Files[path] = hex.EncodeToString(data)
		}
	}
	v := vector{Shows: shows, Outcome: outcome, In: in}
	if outcome == "accept" {
		v.Out = m.out(name, in, files)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		m.t.Fatal(err)
	}
	if m.vectors[name+".json"] != nil {
		m.t.Errorf("two vectors are called %s", name)
	}
	m.vectors[name+".json"], m.served[name] = b.Bytes(), files
}

// out returns what comes out of a vector. Unless it is to be written anew, that is what it says: [TestVectors] holds that against the client.
func (m *deviceMaker) out(name string, in deviceIn, files map[string][]byte) *deviceOut {
	m.t.Helper()
	if !*update {
		if _, err := os.Stat(filepath.Join(deviceVectors, name+".json")); err != nil {
			return nil // it isn't fresh, as will be found
		}
		return readVector(m.t, name+".json").Out
	}
	out, err := run(m.t, in, files)
	if err != nil {
		m.t.Errorf("%s: %v", name, err)
	}
	return out
}

func sortedPaths(files map[string][]byte) []string {
	var paths []string
	for path := range files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// The operations of vectors.
var (
	toSync       = deviceDo{Op: "sync"}
	toUpdate     = deviceDo{Op: "update"}
	installClock = deviceDo{Op: "install", ID: "clock"}
)

// in is a device that pins the registry's key and knows nothing, a minute after the head was issued.
func (p *published) in(do deviceDo) deviceIn {
	return deviceIn{Pin: p.doc.Root.Keys[0], Now: p.statement.Issued + 60, Do: do}
}

// after is a device that did something while the registry was as it was then, and now does something else.
func (m *deviceMaker) after(was *published, before deviceDo, p *published, do deviceDo) deviceIn {
	m.t.Helper()
	return m.then(was.in(before), was, p, do)
}

// then is what a device that does something is afterwards, and now does something else.
func (m *deviceMaker) then(in deviceIn, was, p *published, do deviceDo) deviceIn {
	m.t.Helper()
	key := wire.Sum(append(must(json.Marshal(in)), was.files[wire.HeadPath]...))
	had, ok := m.devices[key]
	if !ok {
		root := filepath.Join(m.t.TempDir(), "root")
		if _, err := runIn(m.t, root, in, was.files); err != nil {
			m.t.Fatal(err)
		}
		had = deviceIn{Pin: in.Pin, State: must(os.ReadFile(filepath.Join(root, "state.json"))), Root: make(map[string]string)}
		for path, kind := range snapshot(m.t, root) {
			if strings.HasPrefix(path, "apps") && len(kind) == 64 {
				had.Root[filepath.ToSlash(path)] = hex.EncodeToString(must(os.ReadFile(filepath.Join(root, path))))
			}
		}
		m.devices[key] = had
	}
	now := p.in(do)
	now.Pin, now.State, now.Root = had.Pin, had.State, maps.Clone(had.Root)
	return now
}

// synced is a device that synced with the registry as it was.
func (m *deviceMaker) synced(was, p *published, do deviceDo) deviceIn {
	m.t.Helper()
	return m.after(was, toSync, p, do)
}

// installed is a device that installed clock from the registry as it was.
func (m *deviceMaker) installed(was, p *published, do deviceDo) deviceIn {
	m.t.Helper()
	return m.after(was, installClock, p, do)
}

// one is a registry with one version of one package.
func (m *deviceMaker) one() *published {
	p := newPublished(m.t, nil)
	p.release(clock("1.0.0"))
	p.publish()
	return p
}

// two is that registry later: with another version, and another package.
func (m *deviceMaker) two() *published {
	p := m.one()
	p.second()
	return p
}

func (p *published) second() {
	next := clock("1.1.0")
	next.copies = true
	p.release(next)
	p.release(alarm("1.0.0"))
	p.publish()
}

// alarm is a version of a Mosis app.
func alarm(version string) release {
	return release{id: "alarm", version: version, format: "mosis", files: []archive.File{
		text("main.lua", "print('alarm')\n"), text("manifest.json", fmt.Sprintf("{\"id\":\"alarm\",\"version\":%q}\n", version)),
	}}
}

// many appends entries about a package that no device of a vector has.
func (p *published) many(n int) {
	p.t.Helper()
	if p.state.Packages["b"] == nil {
		p.release(release{id: "b", version: "1.0.0", files: []archive.File{text("b/composer.json", `{"version":"1.0.0"}`)}})
		n--
	}
	for range n {
		kind := wire.EventDelist
		if p.list("b").State == wire.Delisted {
			kind = wire.EventRelist
		}
		p.event(wire.Event{Type: kind, ID: "b", Time: p.time})
	}
}

func (m *deviceMaker) syncs() {
	one, two := m.one(), m.two()
	m.add("first", "a device that knows nothing meets a registry with one package: it reads the trust document, the head, and the edge of the log", "accept", "", one.in(toSync), one.files)
	m.add("second", "later, the registry has another version and another package", "accept", "first", m.synced(one, two, toSync), two.files)

	p := m.one()
	p.only(wire.HeadPath)
	m.add("unchanged", "nothing has happened: nothing but the head is read", "accept", "", m.synced(one, p, toSync), p.files)
	p = m.one()
	p.reissue()
	m.add("reissued", "a head that was issued anew", "accept", "first", m.installed(one, p, toSync), p.files)
	m.add("new-entries", "new entries of the log; an installed package stays as it is, until it is updated", "accept", "second", m.installed(one, two, toSync), two.files)
	p = m.one()
	p.head(p.key, p.statement.String()+" mirrors=3")
	m.add("head-more-members", "the head has a member that a reader doesn't know", "accept", "first", p.in(toSync), p.files)
	p = m.one()
	p.statement.Keys = 5
	p.sign()
	m.add("head-hint", "the head says that there is a version 5 of the trust document, and there is none: a hint is nothing more", "accept", "first", p.in(toSync), p.files)
	p = m.one()
	p.entry(`{"id":"clock","new":[1],"type":"merge"}`)
	p.publish()
	m.add("unknown-event", "an entry of a type that a reader doesn't know", "accept", "first", m.installed(one, p, toSync), p.files)

	// Across bundles, and far behind.
	was := m.one()
	was.many(248)
	was.publish()
	p = m.one()
	p.many(248)
	p.publish()
	p.many(7)
	p.release(clock("1.1.0"))
	p.many(2)
	p.publish()
	old, now := fmt.Sprintf("%d", len(was.entries)), fmt.Sprintf("%d", len(p.entries))
	m.add("across-bundles", "the log went from "+old+" to "+now+" entries: two bundles are read, and one of them was read in part before", "accept", "", m.installed(was, p, toUpdate), p.files)
	far := func() *published {
		p := m.one()
		p.many(420)
		p.yank("EX-2023-1", wire.Warn, "clock", "1.0.0")
		p.publish()
		return p
	}
	p = far()
	m.add("far-behind", "a device that is hundreds of entries behind learns of a warning, from the log or from the catalogue", "accept", "", m.installed(one, p, toSync), p.files)
	other := newPublished(m.t, nil)
	other.release(release{id: "clock", version: "1.0.0", files: []archive.File{text("clock/composer.json", `{"version":"1.0.0"}`)}})
	other.publish()
	m.add("bad-far-behind-rewritten", "the same, and the log isn't a continuation of the one that the device saw", "fork", "far-behind", m.installed(other, p, toSync), p.files)
}

func (m *deviceMaker) heads() {
	one, two := m.one(), m.two()
	other := knownSigner(m.t, "another key", "another key")
	add := func(name, shows, outcome string, change func(p *published, in *deviceIn)) {
		p := m.one()
		in := p.in(toSync)
		change(p, &in)
		m.add(name, shows, outcome, "first", in, p.files)
	}
	add("bad-head-missing", "there is no head", "missing", func(p *published, _ *deviceIn) { delete(p.files, wire.HeadPath) })
	add("bad-head-empty", "the head is an empty file", "syntax", func(p *published, _ *deviceIn) { p.files[wire.HeadPath] = nil })
	add("bad-head-page", "a page in place of the head", "syntax", func(p *published, _ *deviceIn) {
		p.files[wire.HeadPath] = []byte("<!doctype html>\n<title>Welcome</title>\n")
	})
	add("bad-head-long", "a head of more than 16 KiB", "size", func(p *published, _ *deviceIn) {
		p.alter(wire.HeadPath, "untrusted comment: ", "untrusted comment: "+strings.Repeat("x", 16<<10))
	})
	add("bad-head-key", "the head is by another key", "key", func(p *published, _ *deviceIn) { p.head(other, p.statement.String()) })
	add("bad-head-key-id", "the head is by another key, under the id of the right one", "key", func(p *published, _ *deviceIn) {
		p.head(knownSigner(m.t, "another key", "release key"), p.statement.String())
	})
	add("bad-head-altered", "the statement was altered", "key", func(p *published, _ *deviceIn) { p.alter(wire.HeadPath, "serial=1", "serial=9") })
	add("bad-head-legacy", "a signature of the legacy kind", "legacy", func(p *published, _ *deviceIn) {
		lines := strings.Split(string(p.files[wire.HeadPath]), "\n")
		lines[1] = "RW" + lines[1][2:] // Ed, not ED
		p.files[wire.HeadPath] = []byte(strings.Join(lines, "\n"))
	})
	add("bad-head-purpose", "the signature of a trust document in place of the head", "purpose", func(p *published, _ *deviceIn) {
		p.files[wire.HeadPath] = p.files[wire.KeysSignaturePath(1, sign.KeyID(p.key.Public()))]
	})
	add("bad-head-registry", "the head of another registry that has the same key", "purpose", func(p *published, _ *deviceIn) {
		p.statement.Registry = "another"
		p.sign()
	})
	add("bad-head-epoch", "the head is of an epoch that no trust document names", "rollback", func(p *published, _ *deviceIn) {
		p.statement.Epoch = 2
		p.sign()
	})
	add("head-last-second", "a second before the head expires", "accept", func(p *published, in *deviceIn) { in.Now = p.statement.Expires - 1 })
	add("bad-head-expired", "the head has expired just now", "expired", func(p *published, in *deviceIn) { in.Now = p.statement.Expires })
	add("bad-head-expired-unchanged", "a mirror that is frozen: the head is the one that the device has, and has expired", "expired", func(p *published, in *deviceIn) {
		*in = m.installed(one, p, toSync)
		in.Now = p.statement.Expires
	})
	add("bad-head-expired-install", "nothing is installed from it, either", "expired", func(p *published, in *deviceIn) {
		*in = m.synced(one, p, installClock)
		in.Now = p.statement.Expires
	})
	add("head-ahead", "the head was issued a day from now: the clock may be that much behind", "accept", func(p *published, in *deviceIn) { in.Now = p.statement.Issued - 24*60*60 })
	add("bad-head-ahead", "the head was issued more than a day from now", "clock", func(p *published, in *deviceIn) { in.Now = p.statement.Issued - 24*60*60 - 1 })
	add("head-ahead-tolerance", "a device that tolerates ten minutes: the head was issued in ten minutes", "accept", func(p *published, in *deviceIn) {
		in.Now, in.Tolerance = p.statement.Issued-600, 600
	})
	add("bad-head-ahead-tolerance", "a device that tolerates ten minutes, and a second more", "clock", func(p *published, in *deviceIn) {
		in.Now, in.Tolerance = p.statement.Issued-601, 600
	})

	// What was seen before.
	m.add("bad-rollback", "a mirror that is older than what the device has seen", "rollback", "first", m.synced(two, one, toSync), one.files)
	p := m.one()
	p.statement.Serial = 9
	p.sign()
	in := m.synced(two, p, toSync)
	m.add("bad-rollback-log", "a higher serial, and a shorter log", "rollback", "first", in, p.files)
	p = m.one()
	p.statement.Issued++
	p.sign()
	m.add("bad-fork-serial", "another statement under the serial that the device has seen", "fork", "first", m.installed(one, p, toSync), p.files)
	p = newPublished(m.t, nil)
	p.release(clock("1.0.1"))
	p.publish()
	p.reissue()
	m.add("bad-fork-log", "a higher serial, and another log of the same size", "fork", "first", m.synced(one, p, toSync), p.files)
	p = m.one()
	in = m.synced(two, p, toSync)
	in.Now = one.statement.Issued - 24*60*60
	m.add("bad-clock-behind", "the clock says a time that is more than a day before the head that the device has seen", "clock", "first", in, p.files)
}

func (m *deviceMaker) trusts() {
	one := m.one()
	other, third := knownSigner(m.t, "another key", "another key"), knownSigner(m.t, "third key", "third key")
	first := func(name, shows, outcome string, change func(p *published, in *deviceIn)) {
		p := m.one()
		in := p.in(toSync)
		change(p, &in)
		m.add(name, shows, outcome, "first", in, p.files)
	}
	signature := wire.KeysSignaturePath(1, sign.KeyID(one.key.Public()))
	first("bad-pin", "another key is pinned", "key", func(_ *published, in *deviceIn) { in.Pin = other.Public().String() })
	first("bad-pin-changed", "another key is pinned than when the device met the registry", "key", func(p *published, in *deviceIn) {
		*in = m.synced(one, p, toSync)
		in.Pin = other.Public().String()
	})
	first("bad-trust-missing", "there is no trust document", "missing", func(p *published, _ *deviceIn) { delete(p.files, wire.KeysPath(1)) })
	first("bad-trust-unsigned", "the trust document has no signature", "key", func(p *published, _ *deviceIn) { delete(p.files, signature) })
	first("bad-trust-altered", "the trust document was altered", "key", func(p *published, _ *deviceIn) { p.alter(wire.KeysPath(1), `"example"`, `"exemple"`) })
	first("bad-trust-cut-off", "the trust document is cut off", "syntax", func(p *published, _ *deviceIn) { p.files[wire.KeysPath(1)] = p.files[wire.KeysPath(1)][:40] })
	first("bad-trust-forged", "a whole registry of somebody else, sound by itself", "key", func(p *published, _ *deviceIn) {
		p.key = other
		p.putTrust(trustOf(1, other, other), other)
		p.sign()
	})
	first("hash", "the hash of version 1 is pinned", "accept", func(p *published, in *deviceIn) { in.Pin = "sha256:" + wire.Sum(p.files[wire.KeysPath(1)]) })
	first("bad-hash", "a hash is pinned that no version has", "key", func(_ *published, in *deviceIn) { in.Pin = "sha256:" + wire.Sum(nil) })

	// A root key that isn't the release key.
	root := knownSigner(m.t, "root key", "root key")
	was := newPublished(m.t, root)
	was.release(clock("1.0.0"))
	was.publish()
	rotated := func() *published {
		p := newPublished(m.t, root)
		p.release(clock("1.0.0"))
		p.publish()
		p.key = other
		p.trust(trustOf(2, root, other), root)
		p.second()
		return p
	}
	p := rotated()
	m.add("rotated", "version 2 of the trust document has another release key, and the head is by it", "accept", "first", m.installed(was, p, toSync), p.files)
	m.add("rotated-first", "a device that knows nothing follows the versions from the pinned root key", "accept", "rotated", p.in(installClock), p.files)
	in := p.in(toSync)
	in.Pin = "sha256:" + wire.Sum(p.files[wire.KeysPath(2)])
	m.add("rotated-hash", "the hash of version 2 is pinned", "accept", "rotated", in, p.files)
	later := func(name, shows, outcome string, change func(p *published, in *deviceIn)) {
		p := rotated()
		in := m.installed(was, p, toSync)
		change(p, &in)
		m.add(name, shows, outcome, "rotated", in, p.files)
	}
	second := wire.KeysSignaturePath(2, sign.KeyID(root.Public()))
	later("bad-rotated-old-key", "version 2 counts, and the head is by the key that it replaced", "key", func(p *published, _ *deviceIn) {
		p.key = knownSigner(m.t, "release key", "release key")
		p.sign()
	})
	later("bad-not-yet", "version 2 lacks its signature, so the key that it names may not sign yet", "key", func(p *published, _ *deviceIn) { delete(p.files, second) })
	later("not-yet", "version 2 lacks its signature, and the head is by the key that still counts", "accept", func(p *published, _ *deviceIn) {
		delete(p.files, second)
		p.key = knownSigner(m.t, "release key", "release key")
		p.sign()
	})
	later("bad-rotated-forged", "version 2 is signed by itself alone", "key", func(p *published, _ *deviceIn) {
		delete(p.files, second)
		p.key = third
		p.putTrust(trustOf(2, third, third), third)
		p.sign()
	})
	later("bad-rotated-registry", "version 2 is of another registry", "key", func(p *published, _ *deviceIn) {
		doc := trustOf(2, root, other)
		doc.Registry = "another"
		p.putTrust(doc, root)
	})
	expires := func(p *published) *published {
		doc := trustOf(2, root, other)
		doc.Expires = p.statement.Issued + 120
		p.putTrust(doc, root)
		return p
	}
	p = expires(rotated())
	m.add("trust-valid", "the trust document expires in a minute", "accept", "rotated", p.in(toSync), p.files)
	in = p.in(toSync)
	in.Now += 60
	m.add("bad-trust-expired", "the trust document has expired just now, and the head hasn't", "expired", "rotated", in, p.files)
}

// floors: the release key was stolen, and the registry goes back to what was before.
func (m *deviceMaker) floors() {
	root, other, third := knownSigner(m.t, "root key", "root key"), knownSigner(m.t, "another key", "another key"), knownSigner(m.t, "third key", "third key")
	good := func() *published { return offline(m.t) }
	recovered := func() *published { return recovered(m.t) }
	p, thief := recovered(), stolen(m.t)
	m.add("recovered", "the release key was stolen, and revoked: a new epoch begins at the floor, below which the device is", "accept", "first", m.installed(good(), p, toSync), p.files)
	m.add("recovered-first", "a device that knows nothing", "accept", "recovered", p.in(installClock), p.files)
	m.add("recovered-above", "a device that is above the floor, and has the thief's version: it goes back, though the thief's serial was the highest", "accept", "recovered", m.installed(thief, p, toSync), p.files)
	m.add("recovered-update", "the thief's version is undone, and the registry's own version of that name takes its place", "accept", "recovered", m.installed(thief, p, toUpdate), p.files)
	m.add("recovered-package", "a package that only the thief published is undone, and stays until its owner removes it", "accept", "recovered", m.after(thief, deviceDo{Op: "install", ID: "evil"}, p, toSync), p.files)
	again := recovered()
	again.release(release{id: "evil", version: "1.0.0", files: []archive.File{text("evil/composer.json", `{"version":"1.0.0"}`), text("evil/Plugin.php", "<?php // ours\n")}})
	again.publish()
	m.add("recovered-package-again", "then the registry publishes a package of that name itself", "accept", "recovered", m.then(m.after(thief, deviceDo{Op: "install", ID: "evil"}, p, toSync), p, again, toUpdate), again.files)
	twice := recovered()
	twice.release(clock("1.2.0"))
	twice.publish()
	twice.recover(3, root, third)
	twice.publish()
	m.add("recovered-twice", "a device that is above the first floor, and below the second one, has missed an epoch", "accept", "recovered", m.installed(thief, twice, toSync), twice.files)
	p = recovered()
	p.reissue()
	m.add("recovered-reissued", "a device of the new epoch goes on in it", "accept", "recovered", m.installed(recovered(), p, toSync), p.files)

	m.add("bad-stolen", "the thief's head, after the device has learned that the key is revoked", "key", "recovered", m.installed(p, thief, toSync), thief.files)
	add := func(name, shows, outcome string, was *published, change func(p *published)) {
		p := recovered()
		change(p)
		in := m.installed(was, p, toSync)
		m.add(name, shows, outcome, "recovered", in, p.files)
	}
	add("bad-recovered-epoch", "a head of epoch 1 by the new key", "rollback", good(), func(p *published) {
		p.statement.Epoch = 1
		p.sign()
	})
	add("bad-recovered-serial", "a head whose serial isn't above the floor's", "rollback", good(), func(p *published) {
		p.statement.Serial = p.doc.Floor.Serial
		p.sign()
	})
	rewritten := func(first release) *published {
		p := newPublished(m.t, root)
		p.release(first)
		p.publish()
		p.recover(2, root, other)
		p.second()
		return p
	}
	changed := clock("1.0.0")
	changed.files[0] = text("clock/Plugin.php", "<?php // another one\n")
	p = rewritten(changed)
	m.add("bad-recovered-rewritten", "the new epoch begins with other entries than the device has seen up to the floor", "fork", "recovered", m.installed(good(), p, toSync), p.files)
	p = recovered()
	doc := p.doc
	floor := *doc.Floor
	floor.Root = wire.Sum(nil)
	doc.Floor = &floor
	p.putTrust(doc, root)
	m.add("bad-recovered-floor", "the log of the new epoch doesn't begin with what its floor says", "fork", "recovered", m.installed(good(), p, toSync), p.files)
}

// offline is a registry whose root key isn't its release key.
func offline(t *testing.T) *published {
	p := newPublished(t, knownSigner(t, "root key", "root key"))
	p.release(clock("1.0.0"))
	p.publish()
	return p
}

// stolen is that registry after somebody stole its release key: with a version that isn't its own, and another package.
func stolen(t *testing.T) *published {
	p := offline(t)
	evil := clock("1.1.0")
	evil.files[0] = text("clock/Plugin.php", "<?php // not ours\n")
	p.release(evil)
	p.release(release{id: "evil", version: "1.0.0", files: []archive.File{text("evil/composer.json", `{"version":"1.0.0"}`)}})
	p.statement.Serial = 1<<53 - 2 // so that little can be above it
	p.publish()
	return p
}

// recovered is that registry after it revoked the key, and went on from where it was before.
func recovered(t *testing.T) *published {
	p := offline(t)
	p.recover(2, knownSigner(t, "root key", "root key"), knownSigner(t, "another key", "another key"))
	p.second()
	return p
}

// recover revokes the release key, and begins an epoch at the head as it is.
func (p *published) recover(version int, root, release *sign.Signer) {
	p.t.Helper()
	doc := trustOf(version, root, release)
	doc.Epoch = p.statement.Epoch + 1
	doc.Revoked = append(slices.Clone(p.doc.Revoked), p.key.Public().String())
	doc.Floor = &wire.Floor{Serial: p.statement.Serial, Size: p.statement.LogSize, Root: p.statement.LogRoot}
	p.statement.Epoch, p.key = doc.Epoch, release
	p.trust(doc, root)
}

func (m *deviceMaker) logs() {
	one := m.one()
	add := func(name, shows, outcome string, change func(p *published)) {
		p := m.two()
		change(p)
		m.add(name, shows, outcome, "second", m.installed(one, p, toSync), p.files)
	}
	add("bad-log-altered", "a new entry was altered", "content", func(p *published) { p.alter(p.bundle(), "alarm", "alert") })
	add("bad-log-left-out", "a new entry is left out", "content", func(p *published) {
		p.files[p.bundle()] = p.files[p.bundle()][:bytes.Index(p.files[p.bundle()], p.entries[len(p.entries)-1])-2]
	})
	add("bad-log-swapped", "two new entries in another order", "content", func(p *published) {
		n := len(p.entries)
		p.entries[n-1], p.entries[n-2] = p.entries[n-2], p.entries[n-1]
		tile := p.files[p.tile()]
		p.tiles()
		p.files[p.tile()] = tile
	})
	add("bad-log-long", "a byte behind the entries", "content", func(p *published) { p.files[p.bundle()] = append(bytes.Clone(p.files[p.bundle()]), 0) })
	add("bad-log-missing", "the new entries are missing", "missing", func(p *published) { delete(p.files, p.bundle()) })
	add("bad-log-of-before", "the head is new, and the log as it was before: old and new files don't mix", "missing", func(p *published) {
		delete(p.files, p.bundle())
		delete(p.files, p.tile())
		p.files[one.bundle()], p.files[one.tile()] = one.files[one.bundle()], one.files[one.tile()]
	})
	p := newPublished(m.t, nil)
	p.release(release{id: "clock", version: "1.0.0", files: []archive.File{text("clock/composer.json", `{"version":"1.0.0"}`)}})
	p.publish()
	p.second()
	m.add("bad-log-rewritten", "the registry signed another history: an entry that the device has seen isn't in it", "fork", "second", m.installed(one, p, toSync), p.files)

	hidden := func(change func(p, without *published)) *published {
		p, without := m.one(), m.one()
		p.yank("EX-2023-1", wire.Block, "clock", "1.0.0")
		p.publish()
		change(p, without)
		return p
	}
	p = hidden(func(p, without *published) {
		without.release(clock("1.0.1"))
		without.tiles()
		p.files[p.bundle()] = without.files[without.bundle()]
	})
	m.add("bad-log-yank-hidden", "another entry stands in place of a yank", "content", "first", m.installed(one, p, toSync), p.files)
	for name, c := range map[string]struct{ shows, entry string }{
		"critical":     {"an entry that a reader doesn't know, and has to", `{"critical":true,"id":"clock","type":"merge"}`},
		"short":        {"a release without the hash of its metadata", `{"channel":"stable","id":"clock","size":9,"type":"release","version":"1.1.0"}`},
		"json":         {"an entry that isn't JSON", `{"id":`},
		"same-version": {"the installed version is released again", string(one.entries[1])},
		"restore":      {"a restore of the installed version, to which no advisory applies", `{"advisory":"EX-2023-1","id":"clock","time":1700004200,"type":"restore","versions":["1.0.0"]}`},
		"relist":       {"the installed package comes back, and never went", `{"id":"clock","time":1700004200,"type":"relist"}`},
	} {
		p := m.one()
		p.entry(c.entry)
		p.publish()
		m.add("bad-event-"+name, c.shows, "events", "first", m.installed(one, p, toSync), p.files)
	}
	fresh := func(name, shows, outcome string, change func(p *published)) {
		p := m.one()
		change(p)
		m.add(name, shows, outcome, "first", p.in(toSync), p.files)
	}
	fresh("bad-tile-altered", "the hashes of the log were altered", "content", func(p *published) { p.files[p.tile()] = append([]byte{0}, p.files[p.tile()][1:]...) })
	fresh("bad-tile-short", "half a hash of the log is missing", "content", func(p *published) { p.files[p.tile()] = p.files[p.tile()][:48] })
	fresh("bad-tile-missing", "the hashes of the log are missing", "missing", func(p *published) { delete(p.files, p.tile()) })
}

// catalogues: each document on the way to a package.
func (m *deviceMaker) catalogues() {
	add := func(name, shows, outcome string, change func(p *published, in *deviceIn)) {
		p := m.one()
		in := p.in(installClock)
		change(p, &in)
		m.add(name, shows, outcome, "first", in, p.files)
	}
	root := func(p *published) string { return wire.NodePath(p.statement.Root.SHA256) }
	list := func(p *published) string {
		return wire.VersionsPath("clock", p.root.Packages["clock"].Versions.SHA256)
	}
	metadata := wire.MetadataPath("clock", "1.0.0")
	add("install", "a package is installed by a device that knows nothing", "accept", func(*published, *deviceIn) {})
	add("bad-root-missing", "the root node is missing", "missing", func(p *published, _ *deviceIn) { delete(p.files, root(p)) })
	add("bad-root-altered", "the root node was altered", "content", func(p *published, _ *deviceIn) { p.alter(root(p), "Example", "Exampel") })
	add("bad-root-cut-off", "the last byte of the root node is missing", "content", func(p *published, _ *deviceIn) { p.files[root(p)] = p.files[root(p)][:p.statement.Root.Size-1] })
	add("bad-root-long", "a byte behind the root node", "content", func(p *published, _ *deviceIn) { p.files[root(p)] = append(bytes.Clone(p.files[root(p)]), ' ') })
	add("bad-root-registry", "the root node is of another registry than the head", "purpose", func(p *published, _ *deviceIn) {
		p.root.Registry.ID = "another"
		p.sign()
	})
	add("bad-root-critical", "the root node has a member that a reader doesn't know, and has to", "syntax", func(p *published, _ *deviceIn) {
		data := []byte(`{"critical":true,"new":1,` + string(p.files[root(p)][1:]))
		p.statement.Root = wire.RefOf(data)
		p.files[root(p)] = data
		p.head(p.key, p.statement.String())
	})
	add("bad-root-signature", "the head names another root node than the one that its signature is over", "content", func(p *published, _ *deviceIn) {
		now := p.statement
		other := []byte(strings.Replace(string(p.files[root(p)]), "Example", "Exampel", 1))
		now.Root = wire.RefOf(other)
		p.head(p.key, now.String())
		p.files[wire.NodePath(now.Root.SHA256)] = other
	})
	deep := func(p *published) string {
		leaf := must(wire.Encode(wire.Node{Packages: p.root.Packages}))
		path := wire.NodePath(wire.Sum(leaf))
		p.root = wire.Node{Registry: p.root.Registry, Children: map[string]wire.Ref{wire.HashDigits("clock")[:1]: wire.RefOf(leaf)}}
		p.files[path] = leaf
		p.sign()
		return path
	}
	add("catalogue-deep", "the package is in a node below the root", "accept", func(p *published, _ *deviceIn) { deep(p) })
	add("bad-leaf-missing", "that node is missing", "missing", func(p *published, _ *deviceIn) { delete(p.files, deep(p)) })
	add("bad-leaf-altered", "that node was altered", "content", func(p *published, _ *deviceIn) { p.alter(deep(p), "Clock", "Cl0ck") })
	add("bad-leaf-none", "there is no node for the digit of the package", "unknown", func(p *published, in *deviceIn) {
		deep(p)
		in.Do.ID = "alarm"
	})
	add("bad-list-missing", "the version list is missing", "missing", func(p *published, _ *deviceIn) { delete(p.files, list(p)) })
	add("bad-list-altered", "the version list was altered", "content", func(p *published, _ *deviceIn) { p.alter(list(p), "1.0.0", "1.0.1") })
	relist := func(p *published, data []byte) {
		entry := p.root.Packages["clock"]
		entry.Versions = wire.RefOf(data)
		p.root.Packages["clock"] = entry
		p.files[list(p)] = data
		p.sign()
	}
	add("bad-list-of-another", "the entry names the version list of another package", "wrong", func(p *published, _ *deviceIn) {
		relist(p, []byte(strings.Replace(string(p.files[list(p)]), `"clock"`, `"clack"`, 1)))
	})
	add("bad-list-falling", "the versions in the list don't rise", "syntax", func(p *published, _ *deviceIn) {
		l := *p.list("clock")
		l.Versions = append(slices.Clone(l.Versions), l.Versions[0])
		relist(p, must(wire.Encode(l)))
	})
	add("bad-list-size", "the entry says that the version list has 9 MiB: it isn't even asked for", "size", func(p *published, _ *deviceIn) {
		entry := p.root.Packages["clock"]
		entry.Versions.Size = 9 << 20
		p.root.Packages["clock"] = entry
		p.sign()
	})
	add("bad-metadata-missing", "the metadata are missing", "missing", func(p *published, _ *deviceIn) { delete(p.files, metadata) })
	add("bad-metadata-altered", "the metadata were altered", "content", func(p *published, _ *deviceIn) { p.alter(metadata, "Clock", "Cl0ck") })

	// Genuine documents of something else.
	genuine := func(name, shows, outcome string, change func(m *wire.Metadata)) {
		p := newPublished(m.t, nil)
		r := clock("1.0.0")
		r.change = change
		p.release(r)
		p.publish()
		m.add(name, shows, outcome, "first", p.in(installClock), p.files)
	}
	genuine("bad-metadata-package", "the metadata are of another package", "wrong", func(m *wire.Metadata) { m.ID = "alarm" })
	genuine("bad-metadata-version", "the metadata are of another version", "wrong", func(m *wire.Metadata) { m.Version = "1.0.1" })
	genuine("bad-metadata-artifact", "the artifact's name leads elsewhere", "syntax", func(m *wire.Metadata) { m.Artifact.Name = "../1.0.1/clock-1.0.1.zip" })
	genuine("bad-metadata-size", "the artifact's size is below 0", "syntax", func(m *wire.Metadata) { m.Artifact.Size = -1 })
	genuine("bad-metadata-hash", "the artifact's hash isn't one", "syntax", func(m *wire.Metadata) { m.Artifact.SHA256 = "00" })
}

// choices: which version is installed.
func (m *deviceMaker) choices() {
	install := func(version, channel string) deviceDo {
		return deviceDo{Op: "install", ID: "clock", Version: version, Channel: channel}
	}
	add := func(name, shows, outcome string, do deviceDo, change func(p *published)) {
		p := newPublished(m.t, nil)
		change(p)
		p.publish()
		m.add(name, shows, outcome, "first", p.in(do), p.files)
	}
	stable := func(p *published) {
		p.release(clock("1.0.0"))
		p.release(clock("1.1.0-beta.1"))
	}
	add("channel-stable", "without a channel, it is the highest stable version", "accept", install("", ""), stable)
	add("channel-beta", "on the channel beta, it is the highest version that is as stable or more so", "accept", install("", "beta"), stable)
	add("channel-rc", "the channel rc has no beta", "accept", install("", "rc"), stable)
	add("version", "a version that is asked for, though there is a higher one", "accept", install("1.0.0", ""), func(p *published) {
		p.release(clock("1.0.0"))
		p.release(clock("1.1.0"))
	})
	add("bad-channel-empty", "there is no version on the channel, and none that is more stable", "unknown", install("", ""), func(p *published) { p.release(clock("1.0.0-beta.1")) })
	add("bad-channel", "a channel that there isn't", "unknown", install("", "nightly"), stable)
	add("bad-version", "a version that was never released", "unknown", install("2.0.0", ""), stable)
	add("bad-package", "a package that there isn't", "unknown", deviceDo{Op: "install", ID: "alarm"}, stable)
	add("bad-package-id", "an id that can't be", "unknown", deviceDo{Op: "install", ID: "../clock"}, stable)

	yanked := func(action string, versions ...string) func(p *published) {
		return func(p *published) {
			p.release(clock("1.0.0"))
			p.release(clock("1.1.0"))
			p.yank("EX-2023-1", action, "clock", versions...)
		}
	}
	add("warned", "an advisory warns of the version: it is installed, and the device tells of it", "accept", install("", ""), yanked(wire.Warn, "1.1.0"))
	add("blocked-passed", "the highest version is blocked: the one below is installed", "accept", install("", ""), yanked(wire.Block, "1.1.0"))
	add("bad-blocked", "all versions are blocked", "blocked", install("", ""), yanked(wire.Block, "1.0.0", "1.1.0"))
	add("bad-blocked-version", "the version that is asked for is blocked", "blocked", install("1.1.0", ""), yanked(wire.Block, "1.1.0"))
	add("bad-blocked-uninstall", "an advisory that asks for a version to be uninstalled keeps it from being installed", "blocked", install("1.1.0", ""), yanked(wire.Uninstall, "1.1.0"))
	add("bad-delisted", "the package is delisted", "delisted", install("", ""), func(p *published) {
		p.release(clock("1.0.0"))
		p.event(wire.Event{Type: wire.EventDelist, ID: "clock", Time: p.time})
	})
	advisory := func(name, shows, outcome, says string) {
		p := newPublished(m.t, nil)
		p.release(clock("1.0.0"))
		data := []byte(says)
		if outcome != "missing" {
			p.files[wire.AdvisoryPath(wire.Sum(data))] = data
		}
		p.yankBy("EX-2023-1", wire.Warn, "clock", data, "1.0.0")
		p.publish()
		if outcome == "content" {
			p.alter(wire.AdvisoryPath(wire.Sum(data)), "backwards", "forwards")
		}
		m.add(name, shows, outcome, "first", p.in(installClock), p.files)
	}
	const says = `{"action":"warn","id":"EX-2023-1","package":"clock","reason":{"en":"It runs backwards."}}`
	advisory("bad-advisory-missing", "what the advisory says is missing", "missing", says)
	advisory("bad-advisory-altered", "what the advisory says was altered", "content", says)
	advisory("bad-advisory-of-another", "the advisory is about another package", "wrong", strings.Replace(says, "clock", "alarm", 1))
	advisory("bad-advisory-id", "the advisory is another one", "wrong", strings.Replace(says, "EX-2023-1", "EX-2023-2", 1))

	host := func(name, shows, outcome, have string, do deviceDo) {
		p := newPublished(m.t, nil)
		p.release(clock("1.0.0"))
		r := clock("1.1.0")
		r.change = func(m *wire.Metadata) {
			m.HostAPI = &wire.HostAPI{Min: "3.1.0"}
		}
		p.release(r)
		p.publish()
		in := p.in(do)
		in.Hosts = map[string]string{"vito": have}
		m.add(name, shows, outcome, "first", in, p.files)
	}
	host("host", "the host is new enough", "accept", "3.1.0", install("", ""))
	host("host-passed", "the highest version needs a newer host: the one below is installed", "accept", "3.0.9", install("", ""))
	host("bad-host", "the version that is asked for needs a newer host", "host", "3.0.9", install("1.1.0", ""))
}

// packages: what an artifact holds.
func (m *deviceMaker) packages() {
	artifact := wire.ArtifactPath("clock", "1.0.0", "clock-1.0.0.zip")
	served := func(name, shows, outcome string, change func(p *published)) {
		p := m.one()
		change(p)
		m.add(name, shows, outcome, "first", p.in(installClock), p.files)
	}
	served("bad-artifact-missing", "the artifact is missing", "missing", func(p *published) { delete(p.files, artifact) })
	served("bad-artifact-altered", "the artifact was altered", "content", func(p *published) { p.alter(artifact, "<?php", "<?PHP") })
	served("bad-artifact-long", "a byte behind the artifact", "content", func(p *published) { p.files[artifact] = append(bytes.Clone(p.files[artifact]), 0) })
	served("bad-artifact-short", "the last byte of the artifact is missing", "content", func(p *published) { p.files[artifact] = p.files[artifact][:len(p.files[artifact])-1] })
	served("bad-artifact-of-another", "the artifact of another version", "content", func(p *published) {
		other := m.two()
		p.files[artifact] = other.artifacts["clock 1.1.0"]
	})

	add := func(name, shows, outcome string, r release) {
		p := newPublished(m.t, nil)
		r.version = "1.0.0"
		p.release(r)
		p.publish()
		m.add(name, shows, outcome, "first", p.in(deviceDo{Op: "install", ID: r.id}), p.files)
	}
	add("mosis", "a Mosis app: a zip without a directory at the top", "accept", alarm("1.0.0"))
	add("dropserver", "a Dropserver app: a tar in gzip", "accept", release{id: "notes", format: "dropserver", files: []archive.File{text("dropapp.json", `{"version":"1.0.0"}`), text("app.ts", "export {}\n")}})
	add("native", "a native package", "accept", release{id: "notes", format: "native", files: []archive.File{text("regen.yaml", "id: notes\nversion: 1.0.0\n"), text("notes.txt", "")}})
	add("mana", "a Mana bundle: the artifact is its one file", "accept", release{id: "notes", format: "mana", artifact: []byte(`{"steps":[]}`), change: func(m *wire.Metadata) { m.Entrypoint = "notes.mana" }})
	add("bad-mana-path", "a Mana bundle whose name leads elsewhere", "archive", release{id: "notes", format: "mana", artifact: []byte(`{"steps":[]}`), change: func(m *wire.Metadata) { m.Entrypoint = "../notes.mana" }})

	// Signed by the registry, and bad all the same.
	composer := text("clock/composer.json", `{"version":"1.0.0"}`)
	zip := func(files ...archive.File) []byte { return bytes.Join(must(archive.StoredZip("", files)), nil) }
	bad := func(name, shows string, data []byte) {
		add("bad-archive-"+name, shows, "archive", release{id: "clock", artifact: data})
	}
	// Names are exchanged for others of the same length, since nothing here makes such an archive.
	named := func(name, shows, as, is string) {
		data := zip(text(as, "x"), composer)
		if len(as) != len(is) || bytes.Count(data, []byte(as)) != 2 {
			m.t.Fatalf("%s doesn't stand for %s", as, is)
		}
		bad(name, shows, bytes.ReplaceAll(data, []byte(as), []byte(is)))
	}
	named("slip", "a path that leads out of the package", "clock/aa/aa/x", "clock/../../x")
	named("absolute", "an absolute path", "a/x", "/ax")
	named("backslash", "a path with a backslash", "clock/aa_aa_x", `clock/..\..\x`)
	named("device", "a device of Windows", "clock/aaa.php", "clock/nul.php")
	named("case", "two files whose names differ in case", "clock/Composer.jsox", "clock/Composer.json")
	named("twice", "a file twice", "clock/aomposer.json", "clock/composer.json")
	with := func(change func(data []byte, directory int) []byte) []byte {
		data := zip(text("clock/a", "/etc/passwd"), composer)
		return change(data, bytes.Index(data, []byte("PK\x01\x02")))
	}
	bad("link", "a symbolic link", with(func(data []byte, directory int) []byte {
		data[directory+5], data[directory+41] = 3, 0o120777>>8
		return data
	}))
	bad("overlap", "two entries at one place", with(func(data []byte, directory int) []byte {
		second := directory + bytes.Index(data[directory+4:], []byte("PK\x01\x02")) + 4
		copy(data[second+42:second+46], []byte{0, 0, 0, 0})
		return data
	}))
	bad("directory", "a directory that says another name than the entry itself", with(func(data []byte, directory int) []byte {
		copy(data[directory+46:], "clock/b")
		return data
	}))
	bad("trailing", "a byte behind the archive", with(func(data []byte, _ int) []byte { return append(data, 0) }))
	bad("page", "no archive at all", []byte("<!doctype html>\n"))
	add("bad-archive-targz", "a tar in gzip with a byte behind it", "archive", release{id: "notes", format: "dropserver", artifact: append(bytes.Join(must(archive.StoredTarGz([]archive.File{text("dropapp.json", `{"version":"1.0.0"}`)})), nil), 0)})

	inner := func(name, shows string, r release) { add("bad-inner-"+name, shows, "wrong", r) }
	inner("version", "the package says that it is another version", release{id: "clock", files: []archive.File{text("clock/composer.json", `{"version":"1.1.0"}`)}})
	inner("directory", "the directory in the package has another name", release{id: "clock", files: []archive.File{text("clack/composer.json", `{"version":"1.0.0"}`)}})
	inner("id", "the package says that it is another one", release{id: "notes", format: "mosis", files: alarm("1.0.0").files})
	inner("none", "the package doesn't say what it is", release{id: "clock", files: []archive.File{text("clock/Plugin.php", "")}})
	inner("json", "the package's manifest can't be read", release{id: "clock", files: []archive.File{text("clock/composer.json", `{"version":`)}})
}

// ways: how an artifact comes.
func (m *deviceMaker) ways() {
	one := m.one()
	zstd, delta := wire.ZstdPath("clock", "1.1.0", "clock-1.1.0.zip"), wire.DeltaPath("clock", "1.1.0", "clock-1.1.0.zip", "1.0.0")
	plain := wire.ArtifactPath("clock", "1.1.0", "clock-1.1.0.zip")
	install := func(name, shows, outcome string, change func(p *published)) {
		p := m.two()
		change(p)
		m.add(name, shows, outcome, "second", p.in(installClock), p.files)
	}
	install("zstd", "a first installation takes the compressed copy", "accept", func(*published) {})
	install("zstd-alone", "the artifact itself isn't needed then", "accept", func(p *published) { delete(p.files, plain) })
	install("zstd-missing", "the compressed copy is missing: the artifact itself is taken", "accept", func(p *published) { delete(p.files, zstd) })
	install("zstd-altered", "the compressed copy was altered: the artifact itself is taken", "accept", func(p *published) {
		p.files[zstd] = append(bytes.Clone(p.files[zstd][:len(p.files[zstd])-1]), 0)
	})
	install("bad-zstd", "the compressed copy was altered, and the artifact, too", "content", func(p *published) {
		p.files[zstd] = append(bytes.Clone(p.files[zstd][:len(p.files[zstd])-1]), 0)
		p.alter(plain, "<?php", "<?PHP")
	})
	// Copies that the registry itself names, and that are none.
	lies := func(change func(m *wire.Metadata, p *published)) *published {
		p := m.one()
		r := clock("1.1.0")
		r.copies = true
		r.change = func(m *wire.Metadata) { change(m, p) }
		p.release(r)
		p.publish()
		return p
	}
	put := func(p *published, path string, data []byte) wire.Ref {
		p.files[path] = data
		return wire.RefOf(data)
	}
	was := m.two()
	other := bytes.Replace(was.artifacts["clock 1.1.0"], []byte("<?php"), []byte("<?PHP"), 1)
	copied := func(name, shows string, data []byte) {
		p := lies(func(m *wire.Metadata, p *published) { *m.Artifact.Zstd = put(p, zstd, data) })
		m.add(name, shows, "accept", "second", p.in(installClock), p.files)
	}
	copied("zstd-of-another", "the compressed copy is genuine, and expands to other bytes than the artifact's: the artifact itself is taken", squeeze.Compress([][]byte{other}))
	copied("zstd-short", "the compressed copy expands to fewer bytes than the artifact's", squeeze.Compress([][]byte{other[1:]}))
	copied("zstd-bomb", "the compressed copy expands to 12 MiB", bomb(len(other)))
	copied("zstd-no-frame", "the compressed copy is none", []byte("<!doctype html>\n"))
	p := lies(func(m *wire.Metadata, p *published) {
		*m.Artifact.Zstd = put(p, zstd, bytes.Repeat([]byte{0}, int(m.Artifact.Size)))
	})
	m.add("zstd-large", "a compressed copy that is no smaller than the artifact isn't asked for", "accept", "second", p.in(installClock), p.files)

	update := func(name, shows, outcome string, change func(p *published, in *deviceIn)) {
		p := m.two()
		in := m.installed(one, p, toUpdate)
		change(p, &in)
		m.add(name, shows, outcome, "second", in, p.files)
	}
	update("delta", "an update takes the delta from the installed version", "accept", func(*published, *deviceIn) {})
	update("delta-alone", "nothing else is needed then", "accept", func(p *published, _ *deviceIn) {
		delete(p.files, zstd)
		delete(p.files, plain)
	})
	update("delta-missing", "the delta is missing: the compressed copy is taken", "accept", func(p *published, _ *deviceIn) { delete(p.files, delta) })
	update("delta-altered", "the delta was altered: the compressed copy is taken", "accept", func(p *published, _ *deviceIn) {
		p.files[delta] = append(bytes.Clone(p.files[delta][:len(p.files[delta])-1]), 0)
	})
	update("delta-base-altered", "the installed package was altered, and can't be the base of a delta: the update mends it", "accept", func(_ *published, in *deviceIn) {
		in.Root["apps/clock/package/clock/Plugin.php"] = hex.EncodeToString([]byte("<?php // altered\n"))
	})
	update("bad-update-artifact", "there is no way to the artifact: the installed version stays", "missing", func(p *published, _ *deviceIn) {
		delete(p.files, delta)
		delete(p.files, zstd)
		delete(p.files, plain)
	})
	p = lies(func(m *wire.Metadata, p *published) {
		m.Artifact.Deltas[0].Ref = put(p, delta, must(squeeze.Delta(p.artifacts["clock 1.0.0"], [][]byte{other})))
	})
	m.add("delta-to-another", "the delta is genuine, and makes other bytes than the artifact's: the compressed copy is taken", "accept", "second", m.installed(one, p, toUpdate), p.files)
	p = m.two()
	next := clock("1.2.0")
	next.copies = true
	p.release(next)
	p.publish()
	m.add("delta-older", "a delta from a version that isn't the last one", "accept", "second", m.installed(one, p, toUpdate), p.files)
}

// bomb is a zstd frame that says that its content has so many bytes, and has 12 MiB: a hundred blocks, each of one byte 128 Ki times.
func bomb(size int) []byte {
	frame := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x60, byte(size - 256), byte((size - 256) >> 8)}
	h := 1<<1 | 128<<10<<3
	block := []byte{byte(h), byte(h >> 8), byte(h >> 16), 'a'}
	frame = append(frame, bytes.Repeat(block, 99)...)
	return append(frame, block[0]|1, block[1], block[2], 'a')
}

func (m *deviceMaker) updates() {
	one := m.one()
	add := func(name, shows, outcome string, was *published, do deviceDo, change func(p *published, in *deviceIn)) {
		p := m.one()
		change(p, nil)
		p.publish()
		in := m.installed(was, p, do)
		change(nil, &in)
		m.add(name, shows, outcome, "first", in, p.files)
	}
	registry := func(change func(p *published)) func(*published, *deviceIn) {
		return func(p *published, _ *deviceIn) {
			if p != nil {
				change(p)
			}
		}
	}
	next := func(p *published) { p.release(clock("1.1.0")) }
	nothing := func(*published) {}
	add("update", "the next version", "accept", one, toUpdate, registry(next))
	add("update-none", "there is nothing newer", "accept", one, toUpdate, registry(nothing))
	add("update-pinned", "the package is pinned, and stays", "accept", one, toUpdate, func(p *published, in *deviceIn) {
		if p != nil {
			next(p)
		} else {
			in.State = withState(in.State, func(installed map[string]any) { installed["pinned"] = true })
		}
	})
	add("update-prerelease", "a device on stable isn't given a beta", "accept", one, toUpdate, registry(func(p *published) { p.release(clock("1.1.0-beta.1")) }))
	add("update-channel", "a device on beta is", "accept", one, toUpdate, func(p *published, in *deviceIn) {
		if p != nil {
			p.release(clock("1.1.0-beta.1"))
		} else {
			in.State = withState(in.State, func(installed map[string]any) { installed["channel"] = "beta" })
		}
	})
	add("update-more-stable", "and goes on to a stable version that is above it", "accept", one, toUpdate, func(p *published, in *deviceIn) {
		if p != nil {
			p.release(clock("1.1.0-beta.1"))
			next(p)
		} else {
			in.State = withState(in.State, func(installed map[string]any) { installed["channel"] = "beta" })
		}
	})
	add("update-blocked-passed", "the highest version is blocked: the one below is taken", "accept", one, toUpdate, registry(func(p *published) {
		next(p)
		p.release(clock("1.2.0"))
		p.yank("EX-2023-1", wire.Block, "clock", "1.2.0")
	}))
	add("update-blocked", "the next version is blocked: the installed one stays", "accept", one, toUpdate, registry(func(p *published) {
		next(p)
		p.yank("EX-2023-1", wire.Block, "clock", "1.1.0")
	}))
	add("update-host", "the next version needs a newer host: the installed one stays", "accept", one, toUpdate, func(p *published, in *deviceIn) {
		if p != nil {
			r := clock("1.1.0")
			r.change = func(m *wire.Metadata) { m.HostAPI = &wire.HostAPI{Min: "3.1.0"} }
			p.release(r)
		} else {
			in.Hosts = map[string]string{"vito": "3.0.9"}
		}
	})
	delist := func(p *published) { p.event(wire.Event{Type: wire.EventDelist, ID: "clock", Time: p.time}) }
	add("update-delisted", "the package had another version, and was delisted: the installed one stays, and the device tells of it", "accept", one, toUpdate, registry(func(p *published) {
		next(p)
		delist(p)
	}))
	add("update-relisted", "the package went, and came back with another version", "accept", one, toUpdate, registry(func(p *published) {
		delist(p)
		p.event(wire.Event{Type: wire.EventRelist, ID: "clock", Time: p.time})
		next(p)
	}))
	add("bad-update-not-installed", "a package that isn't installed", "unknown", one, deviceDo{Op: "update", ID: "alarm"}, registry(next))

	// Never down by itself, and down if it is asked for.
	higher := func() *published {
		p := m.one()
		next(p)
		p.publish()
		return p
	}
	p := higher()
	p.yank("EX-2023-1", wire.Block, "clock", "1.1.0")
	p.publish()
	m.add("update-never-down", "the installed version is blocked, and there is only a lower one: it stays, and the device tells of it", "accept", "first", m.installed(higher(), p, toUpdate), p.files)
	m.add("install-down", "the lower version is installed if it is asked for", "accept", "first", m.installed(higher(), p, deviceDo{Op: "install", ID: "clock", Version: "1.0.0"}), p.files)
	m.add("install-again", "it is installed already, as it ought to be: nothing is downloaded", "accept", "first", m.installed(one, one, installClock), one.files)
	in := m.installed(one, one, installClock)
	in.Root["apps/clock/package/clock/Plugin.php"] = hex.EncodeToString([]byte("<?php // altered\n"))
	m.add("install-mends", "it is installed, and was altered: it is installed anew", "accept", "first", in, one.files)
	p = m.two()
	in = m.installed(one, p, installClock)
	p.alter(wire.DeltaPath("clock", "1.1.0", "clock-1.1.0.zip", "1.0.0"), "\x28\xb5", "\x28\xb6")
	p.alter(wire.ZstdPath("clock", "1.1.0", "clock-1.1.0.zip"), "\x28\xb5", "\x28\xb6")
	p.alter(wire.ArtifactPath("clock", "1.1.0", "clock-1.1.0.zip"), "<?php", "<?PHP")
	m.add("bad-install-over", "all ways to another version fail: the installed one stays as it is", "content", "second", in, p.files)
}

// previous: going back to the version that was installed before. That needs no mirror.
func (m *deviceMaker) previous() {
	one, two := m.one(), m.two()
	back := deviceDo{Op: "rollback", ID: "clock"}
	updated := m.then(m.installed(one, two, toUpdate), two, two, back)
	none := map[string][]byte{}
	m.add("previous", "an update is taken back", "accept", "", updated, none)
	m.add("bad-previous-none", "there was no version before", "unknown", "", m.installed(one, one, back), none)
	in := m.then(m.installed(one, two, toUpdate), two, two, back)
	in.Root["apps/clock/previous/clock/Plugin.php"] = hex.EncodeToString([]byte("<?php // altered\n"))
	m.add("bad-previous-altered", "what is left of the version before was altered", "altered", "", in, none)
	yanked := m.two()
	yanked.yank("EX-2023-1", wire.Block, "clock", "1.0.0")
	yanked.publish()
	synced := m.then(m.installed(one, two, toUpdate), two, yanked, toSync)
	m.add("bad-previous-blocked", "the version before is blocked now", "blocked", "", m.then(synced, yanked, yanked, back), none)
}

// withState changes what a device's state says of clock.
func withState(state json.RawMessage, change func(installed map[string]any)) json.RawMessage {
	var s map[string]any
	dec := json.NewDecoder(bytes.NewReader(state))
	dec.UseNumber()
	if err := dec.Decode(&s); err != nil {
		panic(err)
	}
	change(s["installed"].(map[string]any)["clock"].(map[string]any))
	return must(json.Marshal(s))
}

// advisories: what a device learns of them by following the log.
func (m *deviceMaker) advisories() {
	one := m.one()
	add := func(name, shows string, do deviceDo, was *published, change func(p *published)) {
		p := m.one()
		change(p)
		p.publish()
		m.add(name, shows, "accept", "first", m.installed(was, p, do), p.files)
	}
	yank := func(action string) func(p *published) {
		return func(p *published) { p.yank("EX-2023-1", action, "clock", "1.0.0") }
	}
	uninstall := deviceDo{Op: "update", Uninstall: true}
	add("yank-warn", "an advisory warns of the installed version", toSync, one, yank(wire.Warn))
	add("yank-block", "an advisory blocks the installed version: it may not be run", toSync, one, yank(wire.Block))
	add("yank-uninstall", "an advisory wants the installed version off the device: nothing is removed without its owner", toSync, one, yank(wire.Uninstall))
	add("yank-uninstall-refused", "an update asks the owner, who says no", toUpdate, one, yank(wire.Uninstall))
	add("yank-uninstall-agreed", "an update asks the owner, who says yes", uninstall, one, yank(wire.Uninstall))
	add("yank-uninstall-update", "there is a better version: the update takes that one, and nobody is asked", uninstall, one, func(p *published) {
		yank(wire.Uninstall)(p)
		p.release(clock("1.1.0"))
	})
	add("yank-two", "two advisories on the installed version", toSync, one, func(p *published) {
		p.yank("EX-2023-2", wire.Block, "clock", "1.0.0")
		yank(wire.Warn)(p)
	})
	add("yank-again", "an advisory that warned blocks now", toSync, one, func(p *published) {
		yank(wire.Warn)(p)
		yank(wire.Block)(p)
	})
	add("yank-other-version", "an advisory on another version doesn't concern the device", toSync, one, func(p *published) {
		p.release(clock("1.1.0"))
		p.yank("EX-2023-1", wire.Block, "clock", "1.1.0")
	})
	add("yank-other-package", "nor does one on another package", toSync, one, func(p *published) {
		p.release(alarm("1.0.0"))
		p.yank("EX-2023-1", wire.Block, "alarm", "1.0.0")
	})
	add("restore", "an advisory came and went between two syncs", toSync, one, func(p *published) {
		yank(wire.Block)(p)
		p.restore("EX-2023-1", "clock", "1.0.0")
	})
	blocked := func() *published {
		p := m.one()
		yank(wire.Warn)(p)
		p.publish()
		return p
	}
	p := blocked()
	p.restore("EX-2023-1", "clock", "1.0.0")
	p.publish()
	m.add("restore-later", "an advisory that the device told of has gone", "accept", "first", m.installed(blocked(), p, toSync), p.files)
}
