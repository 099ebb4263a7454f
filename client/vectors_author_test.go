package client_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
)

// authorKey is the key of an author.
func authorKey(t testing.TB, name string) *sign.Signer {
	t.Helper()
	return knownSigner(t, name, name)
}

// named returns the public keys of signers, in byte order.
func named(signers ...*sign.Signer) []string {
	var keys []string
	for _, s := range signers {
		keys = append(keys, s.Public().String())
	}
	slices.Sort(keys)
	return keys
}

// authored is a version that its author signed: the files as the source has them, before they are packed.
func authored(r release, by *sign.Signer, keys []string, change ...func(a *wire.Authorship)) release {
	statement := author.Statement(r.id, r.version, sourceOf(r))
	a := author.Of(statement, keys, author.Sign(by, r.id, r.version, statement, keys))
	for _, c := range change {
		c(&a)
	}
	r.change = func(m *wire.Metadata) { m.Author = &a }
	return r
}

// legacyBy makes a genuine signature of a legacy kind, which sign makes none of.
func legacyBy(name string, content []byte, comment string) string {
	seed := sha256.Sum256([]byte(name))
	key := ed25519.NewKeyFromSeed(seed[:])
	sig := ed25519.Sign(key, content)
	line := func(parts ...[]byte) string { return base64.StdEncoding.EncodeToString(slices.Concat(parts...)) }
	return fmt.Sprintf("untrusted comment: x\n%s\ntrusted comment: %s\n%s\n", line([]byte("Ed"), seed[:8], sig), comment, line(ed25519.Sign(key, slices.Concat(sig, []byte(comment)))))
}

// authors: what a device makes of the signatures of packages' authors. The thief has the registry's release key: everything that the registry signs is genuine.
func (m *deviceMaker) authors() {
	ada, next, thief := authorKey(m.t, "author key"), authorKey(m.t, "next author key"), authorKey(m.t, "another key")
	registry := func(releases ...release) *published {
		p := newPublished(m.t, nil)
		for _, r := range releases {
			p.release(r)
			p.publish()
		}
		return p
	}
	signed := func(version string, change ...func(a *wire.Authorship)) release {
		return authored(clock(version), ada, named(ada), change...)
	}
	one := signed("1.0.0")
	asks := func(in deviceIn) deviceIn {
		in.Authors = true
		return in
	}
	// installs
	install := func(name, shows, outcome string, r release) {
		p := registry(r)
		m.add(name, shows, outcome, "", asks(p.in(deviceDo{Op: "install", ID: r.id})), p.files)
	}
	install("author-install", "a device that asks for the author's signature installs what the author signed", "accept", one)
	install("bad-author-none", "nobody signed but the registry", "author", clock("1.0.0"))
	altered := one
	altered.files = slices.Clone(one.files)
	altered.files[0] = text("clock/Plugin.php", "<?php // altered\n")
	install("bad-author-altered", "a file was altered after the author signed it", "author", altered)
	added := one
	added.files = append(slices.Clone(one.files), text("clock/zz.php", "<?php\n"))
	install("bad-author-added", "a file was added after the author signed", "author", added)
	install("bad-author-key", "the metadata name the author's key, and the thief signed", "author", authored(clock("1.0.0"), thief, named(ada)))
	install("bad-author-keys", "the thief put his key beside the author's, whose signature doesn't name it", "author", signed("1.0.0", func(a *wire.Authorship) { a.Keys = named(ada, thief) }))
	install("bad-author-keys-none", "the signature names no key", "author", authored(clock("1.0.0"), ada, []string{}))
	install("bad-author-keys-order", "the keys aren't in byte order", "author", authored(clock("1.0.0"), ada, descending(ada, next)))
	other := func(id, version string) func(a *wire.Authorship) {
		return func(a *wire.Authorship) {
			a.Signature = string(author.Sign(ada, id, version, author.Statement(id, version, sourceOf(clock("1.0.0"))), a.Keys))
		}
	}
	install("bad-author-version", "the author signed the same files as another version", "author", signed("1.0.0", other("clock", "0.9.0")))
	install("bad-author-package", "the author signed the same files as another package", "author", signed("1.0.0", other("alarm", "1.0.0")))
	install("bad-author-purpose", "the author's key signed the same for another purpose", "author", signed("1.0.0", func(a *wire.Authorship) {
		statement := author.Statement("clock", "1.0.0", sourceOf(clock("1.0.0")))
		a.Signature = string(ada.Sign([][]byte{statement}, wire.ArtifactComment("clock", "1.0.0", a.Content)))
	}))
	install("bad-author-legacy", "a genuine signature by the author, of the legacy kind", "author", signed("1.0.0", func(a *wire.Authorship) {
		a.Signature = legacyBy("author key", author.Statement("clock", "1.0.0", sourceOf(clock("1.0.0"))), wire.AuthorComment("clock", "1.0.0", a.Content, a.Keys))
	}))
	install("bad-author-content", "the metadata have another content digest than the author signed", "author", signed("1.0.0", func(a *wire.Authorship) { a.Content.SHA256 = strings.Repeat("0", 64) }))
	notes := release{id: "notes", format: "dropserver", files: []archive.File{text("app.ts", "export {}\n"), text("dropapp.json", `{"version":"1.0.0"}`)}, version: "1.0.0"}
	install("author-dropserver", "the author signed the app as it was before the day of the release was put into it", "accept", stamped(authored(notes, ada, named(ada))))
	install("bad-author-dropserver", "the app's day of release isn't that of the release", "author", stampedAt(authored(notes, ada, named(ada)), firstEvent-24*60*60))
	table := release{id: "org.example.table", format: "mosis", files: []archive.File{text("main.rml", "<rml></rml>\n"), text("manifest.json", `{"id":"org.example.table","version":"1.0.0"}`)}, version: "1.0.0"}
	install("author-mosis", "the author signed the app as it was before META-INF/MANIFEST.MF was put into it", "accept", stamped(authored(table, ada, named(ada))))
	forged := stamped(authored(table, ada, named(ada)))
	forged.files[0].Data = append(slices.Clone(forged.files[0].Data), "0\n"...)
	install("bad-author-mosis", "META-INF/MANIFEST.MF isn't what the files give", "author", forged)
	p := registry(clock("1.0.0"))
	m.add("author-not-asked", "a device that doesn't ask installs what nobody signed but the registry", "accept", "", p.in(installClock), p.files)

	// updates
	first := registry(one)
	then := func(name, shows, outcome string, do deviceDo, asked bool, releases ...release) {
		p := registry(append([]release{one}, releases...)...)
		in := m.then(asks(first.in(installClock)), first, p, do)
		in.Authors = asked
		m.add(name, shows, outcome, "author-install", in, p.files)
	}
	stolen := authored(clock("1.1.0"), thief, named(thief))
	agreed := deviceDo{Op: "update", ID: "clock", NewAuthor: true}
	then("author-update", "an update that the same author signed", "accept", toUpdate, true, signed("1.1.0"))
	then("author-update-stolen", "a thief of the registry's key publishes a version, and signs it with a key of his own: it isn't taken", "accept", toUpdate, true, stolen)
	then("author-update-stolen-unasked", "nor is it if the device doesn't ask this time: it knows the author", "accept", toUpdate, false, stolen)
	then("author-update-stolen-beside", "nor if the thief names the author's key beside his own", "accept", toUpdate, true, authored(clock("1.1.0"), thief, named(ada, thief)))
	then("author-update-unsigned", "nor if he signs nothing", "accept", toUpdate, true, clock("1.1.0"))
	replaced := signed("1.1.0")
	replaced.files = altered.files[:1:1]
	replaced.files = append(replaced.files, clock("1.1.0").files[1])
	then("author-update-altered", "nor if he puts other files under the author's signature", "accept", toUpdate, true, replaced)
	then("author-update-below", "there is a version that the author signed below it: that one is taken", "accept", toUpdate, true, signed("1.1.0"), authored(clock("1.2.0"), thief, named(thief)))
	then("bad-author-install-stolen", "installing the thief's version is refused", "author", deviceDo{Op: "install", ID: "clock", Version: "1.1.0"}, true, stolen)
	then("bad-author-install-stolen-unasked", "if the device doesn't ask this time, too", "author", deviceDo{Op: "install", ID: "clock", Version: "1.1.0"}, false, stolen)
	then("author-lost", "the author lost the key, and the package has another author now: the owner agrees", "accept", agreed, true, authored(clock("1.1.0"), next, named(next)))
	then("author-lost-unsigned", "the owner agrees, but the device still asks for a signature", "accept", agreed, true, clock("1.1.0"))
	then("author-lost-unasked", "the owner agrees, and the device doesn't ask any more", "accept", agreed, false, clock("1.1.0"))

	// rotation
	both, after := authored(clock("1.1.0"), ada, named(ada, next)), authored(clock("1.2.0"), next, named(next))
	then("author-rotated-both", "the author signs with the key that the device knows, and names another one besides", "accept", toUpdate, true, both)
	second := registry(one, both)
	p = registry(one, both, after)
	in := m.then(asks(first.in(installClock)), first, second, toUpdate)
	in.Authors = true
	m.add("author-rotated", "the next version is signed by the new key alone", "accept", "author-rotated-both", asks(m.then(in, second, p, toUpdate)), p.files)
	then("author-rotated-missed", "a device that missed the version with both keys finds the new one in its metadata", "accept", toUpdate, true, both, after)
	then("author-rotated-alone", "without that version, the new key is a stranger's", "accept", toUpdate, true, after)
	then("author-rotated-forged", "a version that a stranger signed leads to no key", "accept", toUpdate, true, authored(clock("1.1.0"), thief, named(ada, thief, next)), after)
	then("author-rotated-keys", "nor do keys that its signature doesn't name", "accept", toUpdate, true, signed("1.1.0", func(a *wire.Authorship) { a.Keys = named(ada, next) }), after)
	p = registry(one, both, after)
	p.yank("EX-2023-1", wire.Block, "clock", "1.1.0")
	p.publish()
	m.add("author-rotated-blocked", "nor does a version that an advisory blocks", "accept", "author-install", asks(m.then(asks(first.in(installClock)), first, p, toUpdate)), p.files)
}

// sourceOf returns the files of a version's source.
func sourceOf(r release) []stamp.File {
	var files []stamp.File
	for _, f := range r.files {
		files = append(files, stamp.File{Path: strings.TrimPrefix(f.Path, r.id+"/"), Data: f.Data})
	}
	return files
}

// descending returns the public keys of signers against byte order.
func descending(signers ...*sign.Signer) []string {
	keys := named(signers...)
	slices.Reverse(keys)
	return keys
}

// stamped is a version with what its format adds when it packs.
func stamped(r release) release { return stampedAt(r, firstEvent) }

func stampedAt(r release, released int64) release {
	files := sourceOf(r)
	switch r.format {
	case "mosis":
		files = stamp.WithDigests(files)
	case "dropserver":
		files = stamp.WithDate(files, released)
	}
	r.files = nil
	for _, f := range files {
		r.files = append(r.files, archive.File{Path: f.Path, Data: f.Data})
	}
	return r
}
