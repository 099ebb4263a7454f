package tree_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

type trustIn struct {
	Pin      string            `json:"pin"`
	Registry string            `json:"registry,omitempty"` // that is expected; none: the one that the first document names
	Files    map[string]string `json:"files"`              // path → hex
}

// runTrust follows trust documents from a pin.
func runTrust(t *testing.T, in json.RawMessage) (any, error) {
	var c trustIn
	strict(t, in, &c)
	pin, err := trust.ParsePin([]byte(c.Pin))
	must(t, err)
	doc, err := trust.Walk(pin, c.Registry, nil, readHex(t, c.Files))
	if err != nil {
		return nil, refuse(err, map[error]string{trust.ErrForged: "key", trust.ErrMissing: "missing", trust.ErrSyntax: "syntax"})
	}
	release := []string{}
	for _, text := range doc.Release {
		key, err := sign.ParsePublic([]byte(text))
		must(t, err)
		release = append(release, sign.KeyID(key))
	}
	return map[string]any{"version": doc.Version, "release": release, "epoch": doc.InEpoch()}, nil
}

// readHex reads files that are given as hex.
func readHex(t *testing.T, files map[string]string) func(path string, limit int64) ([]byte, error) {
	return func(path string, limit int64) ([]byte, error) {
		text, ok := files[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		data, err := hex.DecodeString(text)
		must(t, err)
		if int64(len(data)) > limit {
			return nil, store.ErrTooLarge
		}
		return data, nil
	}
}

// chain is a registry's trust documents, while they are made.
type chain struct {
	t     testing.TB
	files map[string][]byte
}

// put writes a version, with the signatures of some keys.
func (c *chain) put(doc wire.Trust, signers ...*sign.Signer) wire.Trust {
	c.t.Helper()
	data := encode(c.t, doc)
	c.files[wire.KeysPath(doc.Version)] = data
	for _, s := range signers {
		c.files[wire.KeysSignaturePath(doc.Version, sign.KeyID(s.Public()))] = s.Sign([][]byte{data}, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
	}
	return doc
}

func keysOf(signers ...*sign.Signer) []string {
	keys := []string{}
	for _, s := range signers {
		keys = append(keys, s.Public().String())
	}
	return keys
}

func (m *maker) trusts() {
	rootA, rootB, rootC := signer(m.t, "root key"), signer(m.t, "second root key"), signer(m.t, "third root key")
	key, other, third := signer(m.t, "release key"), signer(m.t, "another key"), signer(m.t, "third key")
	doc := func(version, threshold int, roots []*sign.Signer, release ...*sign.Signer) wire.Trust {
		return wire.Trust{Registry: registryID, Version: version, Root: wire.RootKeys{Threshold: threshold, Keys: keysOf(roots...)}, Release: keysOf(release...)}
	}
	roots := func(s ...*sign.Signer) []*sign.Signer { return s }
	hex := func(files map[string][]byte) map[string]string {
		out := make(map[string]string)
		for path, data := range files {
			out[path] = fmt.Sprintf("%x", data)
		}
		return out
	}
	pin := rootA.Public().String()
	add := func(name, shows, outcome, pin string, make func(c *chain)) {
		c := &chain{m.t, map[string][]byte{}}
		make(c)
		m.add("trust/"+name, shows, outcome, trustIn{pin, registryID, hex(c.files)})
	}
	hashOf := func(t wire.Trust) string { return "sha256:" + wire.Sum(encode(m.t, t)) }
	// floor makes a document one that revokes keys.
	floor := func(d wire.Trust, epoch int, serial, size int64, revoked ...*sign.Signer) wire.Trust {
		d.Epoch, d.Floor, d.Revoked = epoch, &wire.Floor{Serial: serial, Size: size, Root: wire.Sum([]byte{byte(epoch)})}, keysOf(revoked...)
		return d
	}
	first := doc(1, 1, roots(rootA), key)
	same := func(version int) wire.Trust { return doc(version, 1, roots(rootA), key) }

	// The first version.
	add("single-key", "a registry with one key, which is pinned", "accept", key.Public().String(), func(c *chain) { c.put(wire.SingleKey(registryID, key.Public().String()), key) })
	add("offline-root", "the pinned root key signed it, and another key signs the releases", "accept", pin, func(c *chain) { c.put(first, rootA) })
	add("first-threshold", "two of three root keys signed the first version, which asks for two", "accept", pin, func(c *chain) { c.put(doc(1, 2, roots(rootA, rootB, rootC), key), rootA, rootC) })
	add("unknown-member", "a member that a reader doesn't know is passed over", "accept", pin, func(c *chain) {
		data := []byte(strings.Replace(string(encode(m.t, first)), `"release"`, `"hint":1,"release"`, 1))
		c.files[wire.KeysPath(1)] = data
		c.files[wire.KeysSignaturePath(1, sign.KeyID(rootA.Public()))] = rootA.Sign([][]byte{data}, wire.KeysComment(registryID, 1, wire.RefOf(data)))
	})
	add("expired", "whether it is still valid isn't the walk's business", "accept", pin, func(c *chain) {
		d := first
		d.Expires = 1
		c.put(d, rootA)
	})
	add("bad-missing", "there is no first version", "missing", pin, func(c *chain) { c.put(same(2), rootA) })
	add("bad-forged", "a first version of somebody else, in order by itself", "key", pin, func(c *chain) { c.put(doc(1, 1, roots(other), other), other) })
	add("bad-pinned-release-key", "the pinned key is among the release keys, and not among the root keys", "key", key.Public().String(), func(c *chain) { c.put(first, rootA, key) })
	add("bad-unsigned", "nobody signed the first version", "key", pin, func(c *chain) { c.put(first) })
	add("bad-below-threshold", "the pinned key signed the first version, which asks for two", "key", pin, func(c *chain) { c.put(doc(1, 2, roots(rootA, rootB), key), rootA) })
	add("bad-pinned-key-absent", "two other root keys signed the first version, the pinned one didn't", "key", pin, func(c *chain) { c.put(doc(1, 2, roots(rootA, rootB, rootC), key), rootB, rootC) })
	add("bad-altered", "it was altered after it was signed", "key", pin, func(c *chain) {
		c.put(first, rootA)
		c.put(doc(1, 1, roots(rootA), other))
	})
	add("bad-purpose", "the signature is for another version", "key", pin, func(c *chain) {
		data := encode(m.t, c.put(first))
		c.files[wire.KeysSignaturePath(1, sign.KeyID(rootA.Public()))] = rootA.Sign([][]byte{data}, wire.KeysComment(registryID, 2, wire.RefOf(data)))
	})
	add("bad-registry", "it is of another registry than the expected one", "key", pin, func(c *chain) {
		d := first
		d.Registry = "another"
		c.put(d, rootA)
	})
	twin := signerAs(m.t, "second root key", "root key")
	syntax := func(name, shows string, change func(d *wire.Trust)) {
		d := doc(1, 1, roots(rootA, rootB), key)
		change(&d)
		add("bad-"+name, shows, "syntax", pin, func(c *chain) { c.put(d, rootA) })
	}
	syntax("threshold-0", "a threshold of 0", func(d *wire.Trust) { d.Root.Threshold = 0 })
	syntax("threshold-3", "a threshold above the number of root keys", func(d *wire.Trust) { d.Root.Threshold = 3 })
	syntax("no-root-key", "no root key", func(d *wire.Trust) { d.Root.Keys = []string{} })
	syntax("no-release-key", "no release key", func(d *wire.Trust) { d.Release = []string{} })
	syntax("key-twice", "a root key twice", func(d *wire.Trust) { d.Root.Keys = keysOf(rootA, rootA) })
	syntax("id-twice", "two root keys with one key id", func(d *wire.Trust) { d.Root.Keys = keysOf(rootA, twin) })
	syntax("release-id-twice", "two release keys with one key id", func(d *wire.Trust) { d.Release = keysOf(key, signerAs(m.t, "another key", "release key")) })
	syntax("key-spelling", "a key without the end of its base64", func(d *wire.Trust) { d.Release[0] = d.Release[0][:55] })
	syntax("revoked-release-key", "a key that is revoked and may sign releases", func(d *wire.Trust) { *d = floor(*d, 2, 1, 1, key) })
	syntax("revoked-root-key", "a key that is revoked and may sign trust documents", func(d *wire.Trust) { *d = floor(*d, 2, 1, 1, rootB) })
	syntax("epoch-1", "epoch 1 is written as none", func(d *wire.Trust) { d.Epoch = 1 })
	syntax("epoch-without-floor", "an epoch above 1 without a floor", func(d *wire.Trust) { *d = floor(*d, 2, 1, 1, other); d.Floor = nil })
	syntax("epoch-without-revoked", "an epoch above 1, and no key is revoked", func(d *wire.Trust) { *d = floor(*d, 2, 1, 1) })
	syntax("revoked-without-epoch", "a revoked key in epoch 1", func(d *wire.Trust) { *d = floor(*d, 0, 1, 1, other); d.Floor = nil })
	syntax("floor-serial-0", "a floor at serial 0", func(d *wire.Trust) { *d = floor(*d, 2, 0, 1, other) })
	syntax("floor-hash", "a floor whose root isn't a hash", func(d *wire.Trust) { *d = floor(*d, 2, 1, 1, other); d.Floor.Root = "00" })
	syntax("registry-id", "what can't be a registry's id", func(d *wire.Trust) { d.Registry = "Example" })
	add("bad-version-0", "a version that isn't that of its path", "syntax", pin, func(c *chain) { c.files[wire.KeysPath(1)] = encode(m.t, same(0)) })
	add("bad-critical", "a member that a reader doesn't know, and has to", "syntax", pin, func(c *chain) {
		c.files[wire.KeysPath(1)] = []byte(`{"critical":true,"new":1,` + string(encode(m.t, first)[1:]))
	})
	add("bad-cut-off", "cut off", "syntax", pin, func(c *chain) { c.files[wire.KeysPath(1)] = encode(m.t, first)[:40] })

	// Later versions.
	next := func(name, shows, outcome string, make func(c *chain)) {
		add(name, shows, outcome, pin, func(c *chain) {
			c.put(first, rootA)
			make(c)
		})
	}
	next("release-key-replaced", "version 2 has another release key; the root key signed it", "accept", func(c *chain) { c.put(doc(2, 1, roots(rootA), other), rootA) })
	next("root-key-replaced", "version 2 has another root key; the old and the new one signed it", "accept", func(c *chain) { c.put(doc(2, 1, roots(rootB), key), rootA, rootB) })
	next("three-versions", "each version is held against the one before: version 3 is signed by the root key of version 2", "accept", func(c *chain) {
		c.put(doc(2, 1, roots(rootB), key), rootA, rootB)
		c.put(doc(3, 1, roots(rootB), other), rootB)
	})
	next("threshold-raised", "version 2 asks for two of two; both signed it", "accept", func(c *chain) { c.put(doc(2, 2, roots(rootA, rootB), key), rootA, rootB) })
	next("not-yet-unsigned", "nobody signed version 2: version 1 counts", "accept", func(c *chain) { c.put(doc(2, 1, roots(rootA), other)) })
	next("not-yet-old-root", "only the new root key signed version 2: version 1 counts", "accept", func(c *chain) { c.put(doc(2, 1, roots(rootB), other), rootB) })
	next("not-yet-own-threshold", "the old root key signed version 2, and not enough of its own: version 1 counts", "accept", func(c *chain) { c.put(doc(2, 2, roots(rootA, rootB), other), rootA) })
	next("not-yet-release-key", "a release key signed version 2: it may not, and version 1 counts", "accept", func(c *chain) { c.put(doc(2, 1, roots(rootA), other), key) })
	next("not-yet-then-three", "version 2 lacks signatures, so version 3 isn't looked at", "accept", func(c *chain) {
		c.put(doc(2, 1, roots(rootA), other))
		c.put(doc(3, 1, roots(rootA), third), rootA)
	})
	next("gap", "version 2 is missing, so version 3 isn't looked at", "accept", func(c *chain) { c.put(doc(3, 1, roots(rootA), other), rootA) })
	add("not-yet-one-key-twice", "one key signed version 2 under the name of another one, too: two are asked for, and version 1 counts", "accept", pin, func(c *chain) {
		c.put(doc(1, 2, roots(rootA, rootB), key), rootA, rootB)
		c.put(doc(2, 2, roots(rootA, rootB), other), rootA)
		c.files[wire.KeysSignaturePath(2, sign.KeyID(rootB.Public()))] = c.files[wire.KeysSignaturePath(2, sign.KeyID(rootA.Public()))]
	})
	next("bad-other-version", "keys/2.json is version 3", "syntax", func(c *chain) {
		d := same(3)
		c.put(d, rootA)
		c.files[wire.KeysPath(2)] = c.files[wire.KeysPath(3)]
	})
	next("bad-next-registry", "version 2 is of another registry", "key", func(c *chain) {
		d := same(2)
		d.Registry = "another"
		c.put(d, rootA)
	})
	next("bad-id-of-another", "version 2 has another root key under the id of an earlier one", "key", func(c *chain) { c.put(doc(2, 1, roots(twin), key), rootA) })

	// Revoked keys.
	revoking := floor(doc(2, 1, roots(rootA), other), 2, 5, 9, key)
	next("revoked", "version 2 revokes the release key, and begins epoch 2", "accept", func(c *chain) { c.put(revoking, rootA) })
	next("revoked-root-key", "a root key is replaced and revoked; it signed that itself", "accept", func(c *chain) { c.put(floor(doc(2, 1, roots(rootB), key), 2, 5, 9, rootA), rootA, rootB) })
	after := func(name, shows, outcome string, d wire.Trust) {
		next(name, shows, outcome, func(c *chain) {
			c.put(revoking, rootA)
			c.put(d, rootA)
		})
	}
	epoch2 := floor(doc(3, 1, roots(rootA), other), 2, 5, 9, key)
	after("revoked-stays", "version 3 changes nothing: epoch, floor and revoked key stay", "accept", epoch2)
	after("revoked-twice", "version 3 revokes another key, and begins epoch 3 above the floor before", "accept", floor(doc(3, 1, roots(rootA), third), 3, 6, 10, key, other))
	after("bad-revoked-back", "version 3 lets a revoked key sign again", "key", doc(3, 1, roots(rootA), key))
	after("bad-revoked-forgotten", "version 3 revokes another key in place of the revoked one", "key", floor(doc(3, 1, roots(rootA), other), 2, 5, 9, third))
	after("bad-epoch-without-key", "version 3 begins an epoch without revoking a key", "key", floor(doc(3, 1, roots(rootA), other), 3, 6, 10, key))
	after("bad-floor-moved", "version 3 moves the floor without revoking a key", "key", floor(doc(3, 1, roots(rootA), other), 2, 4, 8, key))
	after("bad-floor-below", "version 3 revokes another key, with a floor that isn't above the one before", "key", floor(doc(3, 1, roots(rootA), third), 3, 5, 9, key, other))
	next("bad-epoch-left-out", "version 2 revokes a key, and begins epoch 3", "key", func(c *chain) { c.put(floor(doc(2, 1, roots(rootA), other), 3, 5, 9, key), rootA) })

	// A pinned hash.
	second := doc(2, 1, roots(rootB), other)
	add("hash-first", "the hash of version 1 is pinned", "accept", hashOf(first), func(c *chain) { c.put(first, rootA) })
	add("hash-unsigned", "a pinned hash vouches for its version, signatures or none", "accept", hashOf(first), func(c *chain) { c.put(first) })
	add("hash-second", "the hash of version 2 is pinned: what version 1 says doesn't matter", "accept", hashOf(second), func(c *chain) {
		c.put(doc(1, 1, roots(other), other))
		c.put(second)
	})
	add("hash-then-walk", "the walk begins at the pinned version 1", "accept", hashOf(first), func(c *chain) {
		c.put(first)
		c.put(second, rootA, rootB)
	})
	add("hash-not-yet", "the hash of version 2 is pinned, and version 3 lacks signatures: version 2 counts", "accept", hashOf(second), func(c *chain) {
		c.put(first, rootA)
		c.put(second)
		c.put(doc(3, 1, roots(rootB), key), rootA)
	})
	add("bad-hash", "no version has the pinned hash", "key", hashOf(doc(1, 1, roots(other), other)), func(c *chain) {
		c.put(first, rootA)
		c.put(second, rootA, rootB)
	})
	add("bad-hash-registry", "the pinned version is of another registry than the expected one", "key", hashOf(func() wire.Trust { d := first; d.Registry = "another"; return d }()), func(c *chain) {
		d := first
		d.Registry = "another"
		c.put(d)
	})
}
