package trust_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Under a pinned key, a first version counts if the key is one of its root keys and signed it, and if its own threshold is reached.
func TestFirst(t *testing.T) {
	one, two := document("ci", "root"), document("ci", "root", "second")
	for _, c := range []struct {
		name string
		lay  func(files)
		want string // of the error; "" for none
	}{
		{"one key", func(f files) { f.put(t, wire.SingleKey("example", keys("root")[0]), "root") }, ""},
		{"a root key and a release key", func(f files) { f.put(t, one, "root") }, ""},
		{"two root keys", func(f files) { f.put(t, two, "root", "second") }, ""},
		{"forged: by other keys", func(f files) { f.put(t, document("thief", "thief"), "thief") }, "doesn't have the pinned key"},
		{"forged: the pinned key beside another one, and the other one signed", func(f files) {
			d := document("thief", "thief", "root")
			d.Root.Threshold = 1
			f.put(t, d, "thief")
		}, "isn't signed by the pinned key"},
		{"forged: the pinned key signs releases alone", func(f files) {
			d := document("root", "thief")
			f.put(t, d, "thief", "root")
		}, "doesn't have the pinned key"},
		{"forged: another key with the id of the pinned one", func(f files) { f.put(t, document("thief", "root/thief"), "root/thief") }, "doesn't have the pinned key"},
		{"forged: a signature by another key with the id of the pinned one", func(f files) { f.put(t, one, "root/thief") }, "isn't signed by the pinned key"},
		{"below its own threshold", func(f files) { f.put(t, two, "root") }, "is signed by 1 of its root keys, expected 2"},
		{"without a signature", func(f files) { f.put(t, one) }, "isn't signed"},
		{"changed after it was signed", func(f files) {
			f.put(t, one, "root")
			d := one
			d.Release = keys("thief")
			f.put(t, d)
		}, "isn't signed"},
		{"of another registry than expected", func(f files) {
			d := one
			d.Registry = "other"
			f.put(t, d, "root")
		}, `is of registry "other", expected "example"`},
		{"version 2 in its place", func(f files) {
			d := after(one, nil)
			f.put(t, d, "root")
			f[wire.KeysPath(1)] = f[wire.KeysPath(2)]
		}, "is version 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := make(files)
			c.lay(f)
			_, err := trust.Walk(keyPin("root"), "example", nil, f.read)
			wantError(t, err, c.want)
			if c.want != "" && !errors.Is(err, trust.ErrForged) && !errors.Is(err, trust.ErrSyntax) {
				t.Errorf("%v is of no class", err)
			}
		})
	}
	if _, err := trust.Walk(keyPin("root"), "example", nil, make(files).read); !errors.Is(err, trust.ErrMissing) {
		t.Errorf("no document at all: %v", err)
	}
	if _, err := trust.Walk(trust.Pin{}, "example", nil, files{wire.KeysPath(1): []byte("{}")}.read); err == nil {
		t.Error("nothing is pinned, and something counts")
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, expected %q", err, want)
	}
}

// A next version counts if the threshold of the root keys before signed it and its own threshold did. With too few signatures it isn't there yet; against the rules, it is forged.
func TestSuccessor(t *testing.T) {
	three := document("ci", "a", "b", "c")
	three.Root.Threshold = 2
	rotated := after(three, func(d *wire.Trust) { d.Root.Keys = keys("a", "b", "d") })
	lowered := after(three, func(d *wire.Trust) { d.Root = wire.RootKeys{Threshold: 1, Keys: keys("d")} })
	for _, c := range []struct {
		name    string
		next    wire.Trust
		signers []string
		change  func(files)
		class   error
		want    string
	}{
		{name: "a release key rotated", next: after(three, func(d *wire.Trust) { d.Release = keys("ci2") }), signers: []string{"a", "c"}},
		{name: "one root key exchanged by the two others", next: rotated, signers: []string{"a", "b"}},
		{name: "one root key exchanged by the old one, another one and the new one", next: rotated, signers: []string{"a", "c", "d"}},
		{name: "all root keys exchanged", next: after(three, func(d *wire.Trust) { d.Root.Keys = keys("x", "y", "z") }), signers: []string{"a", "b", "y", "z"}},
		{name: "one signature of two", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of the root keys of version 1, expected 2"},
		{name: "none", next: rotated, class: trust.ErrNotYet, want: "signed by 0 of the root keys of version 1"},
		{name: "enough of the old keys, too few of its own", next: rotated, signers: []string{"a", "c"}, class: trust.ErrNotYet, want: "signed by 1 of the root keys of version 2, expected 2"},
		{name: "enough of its own, too few of the old keys", next: rotated, signers: []string{"a", "d"}, class: trust.ErrNotYet, want: "root keys of version 1, expected 2"},
		{name: "a lower threshold doesn't count before it is agreed upon", next: lowered, signers: []string{"a", "d"}, class: trust.ErrNotYet, want: "root keys of version 1, expected 2"},
		{name: "release keys don't count", next: rotated, signers: []string{"a", "ci"}, class: trust.ErrNotYet, want: "signed by 1 of"},
		{name: "one key's signature under another one's name", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of",
			change: func(f files) { f[sigPath(2, "b")] = f[sigPath(2, "a")] }},
		{name: "a signature by another key with the id of a root key", next: rotated, signers: []string{"a", "b/thief"}, class: trust.ErrNotYet, want: "signed by 1 of"},
		{name: "a signature of another version", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of",
			change: func(f files) { f[sigPath(2, "b")] = f[sigPath(1, "b")] }},
		{name: "the same bytes signed as another version", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of",
			change: func(f files) {
				data := f[wire.KeysPath(2)]
				f.sign(rotated, data, "b", wire.KeysComment("example", 3, wire.RefOf(data)))
			}},
		{name: "the same bytes signed for another registry", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of",
			change: func(f files) {
				data := f[wire.KeysPath(2)]
				f.sign(rotated, data, "b", wire.KeysComment("other", 2, wire.RefOf(data)))
			}},
		{name: "the same bytes signed for another purpose", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of",
			change: func(f files) {
				data := f[wire.KeysPath(2)]
				f.sign(rotated, data, "b", wire.MetadataComment("example", "2.0.0", wire.RefOf(data)))
			}},
		{name: "a signature that isn't one", next: rotated, signers: []string{"a"}, class: trust.ErrNotYet, want: "signed by 1 of",
			change: func(f files) { f[sigPath(2, "b")] = []byte("untrusted comment: x\n") }},
		{name: "of another registry", next: after(three, func(d *wire.Trust) { d.Registry = "other" }), signers: []string{"a", "b", "c"}, class: trust.ErrForged, want: `of "other"`},
		{name: "a version is skipped", next: three, signers: nil, class: trust.ErrSyntax, want: "is version 3",
			change: func(f files) {
				f.put(t, after(rotated, nil), "a", "b")
				f[wire.KeysPath(2)] = f[wire.KeysPath(3)]
			}},
		{name: "another root key with the id of one before", next: after(three, func(d *wire.Trust) { d.Root.Keys = keys("a", "b", "c/thief") }), signers: []string{"a", "b", "c/thief"}, class: trust.ErrForged, want: "has the id of an earlier one"},
		{name: "over the cap", next: rotated, signers: []string{"a", "b"}, class: errTooLarge, want: "more bytes",
			change: func(f files) { f[wire.KeysPath(2)] = make([]byte, trust.MaxDocument+1) }},
		{name: "no document", next: rotated, class: trust.ErrSyntax, want: "not a trust document", change: func(f files) { f[wire.KeysPath(2)] = []byte("null") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := make(files)
			f.put(t, three, "a", "b", "c")
			first, err := trust.Walk(keyPin("a"), "example", nil, f.read)
			if err != nil {
				t.Fatal(err)
			}
			f.put(t, c.next, c.signers...)
			if c.change != nil {
				c.change(f)
			}
			next, err := trust.Successor(first, f.read)
			wantError(t, err, c.want)
			if !errors.Is(err, c.class) {
				t.Fatalf("%v, expected the class %v", err, c.class)
			}
			if err == nil && next.Version != 2 {
				t.Errorf("version %d", next.Version)
			}
			walked, err := trust.Walk(keyPin("a"), "example", nil, f.read)
			switch {
			case c.class == nil && (err != nil || walked.Version != 2):
				t.Errorf("the walk: %v", err)
			case errors.Is(c.class, trust.ErrNotYet) && (err != nil || walked.Version != 1):
				t.Errorf("the walk doesn't end before a version that isn't there yet: %v", err)
			case c.class != nil && !errors.Is(c.class, trust.ErrNotYet) && err == nil:
				t.Error("the walk passes over it")
			}
		})
	}
}

func sigPath(n int, name string) string {
	return wire.KeysSignaturePath(n, idOf(name))
}

// A revoked key never comes back. A version that revokes one, and only such a one, begins the next epoch, at a floor above the last one.
func TestRevocation(t *testing.T) {
	first := document("ci", "root")
	revoked := after(first, func(d *wire.Trust) { d.Release, d.Revoked, d.Epoch, d.Floor = keys("ci2"), keys("ci"), 2, floor(7) })
	for _, c := range []struct {
		name string
		last wire.Trust
		next wire.Trust
		want string
	}{
		{"a release key is revoked", first, revoked, ""},
		{"a rotation afterwards keeps all of it", revoked, after(revoked, func(d *wire.Trust) { d.Release = keys("ci3") }), ""},
		{"another one", revoked, after(revoked, func(d *wire.Trust) {
			d.Release, d.Revoked, d.Epoch, d.Floor = keys("ci3"), keys("ci", "ci2"), 3, floor(8)
		}), ""},
		{"the revoked key comes back", revoked, after(revoked, func(d *wire.Trust) {
			d.Release, d.Revoked, d.Epoch, d.Floor = keys("ci"), nil, 0, nil
		}), "was revoked, and isn't any more"},
		{"another revoked key in its place", revoked, after(revoked, func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = keys("ci9"), 3, floor(8) }), "was revoked, and isn't any more"},
		{"an epoch without a revocation", revoked, after(revoked, func(d *wire.Trust) { d.Epoch = 3 }), "no key is revoked"},
		{"the epoch goes back", revoked, after(revoked, func(d *wire.Trust) { d.Epoch, d.Floor, d.Revoked = 0, nil, nil }), "was revoked"},
		{"a floor that moves without a revocation", revoked, after(revoked, func(d *wire.Trust) { d.Floor = floor(9) }), "no key is revoked"},
		{"a revocation without an epoch", revoked, after(revoked, func(d *wire.Trust) { d.Release, d.Revoked = keys("ci3"), keys("ci", "ci2") }), "in epoch 2, expected epoch 3"},
		{"an epoch is skipped", after(first, nil), after(revoked, func(d *wire.Trust) { d.Epoch = 3 }), "in epoch 3, expected epoch 2"},
		{"the floor of the epoch before", revoked, after(revoked, func(d *wire.Trust) {
			d.Release, d.Revoked, d.Epoch = keys("ci3"), keys("ci", "ci2"), 3
		}), "isn't above"},
		{"a floor below the one of the epoch before", revoked, after(revoked, func(d *wire.Trust) {
			d.Release, d.Revoked, d.Epoch, d.Floor = keys("ci3"), keys("ci", "ci2"), 3, &wire.Floor{Serial: 8, Size: 6, Root: wire.Sum(nil)}
		}), "isn't above"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, doc := range []wire.Trust{c.last, c.next} {
				if err := trust.Check(doc); err != nil {
					t.Fatal(err)
				}
			}
			wantError(t, trust.Follows(c.last, c.next), c.want)
		})
	}
}

// A walk takes 256 versions and no more. It can go on from there.
func TestMaxSteps(t *testing.T) {
	f := make(files)
	doc := document("ci", "root")
	f.put(t, doc, "root")
	for range trust.MaxSteps + 10 {
		doc = after(doc, func(d *wire.Trust) { d.Expires++ })
		f.put(t, doc, "root")
	}
	reads := 0
	read := func(path string, limit int64) ([]byte, error) {
		if !strings.Contains(path, wire.KeysPath(1)) && strings.HasSuffix(path, ".json") {
			reads++
		}
		return f.read(path, limit)
	}
	chain, err := trust.Chain(keyPin("root"), "example", nil, read)
	if err != nil || reads != trust.MaxSteps || len(chain) != 1+trust.MaxSteps {
		t.Fatalf("%d versions, %d reads, %v", len(chain), reads, err)
	}
	last := chain[len(chain)-1]
	if next, err := trust.Walk(keyPin("root"), "example", last, read); err != nil || next.Version != trust.MaxSteps+11 {
		t.Errorf("from version %d on: %v", last.Version, err)
	}
}

// A walk goes on from the version that is known, and reads none before it: a pinned key that was stolen changes nothing there.
func TestKnown(t *testing.T) {
	f := make(files)
	first := document("ci", "root")
	f.put(t, first, "root")
	second := after(first, func(d *wire.Trust) { d.Root.Keys = keys("new") })
	f.put(t, second, "root", "new")
	known, err := trust.Walk(keyPin("root"), "example", nil, f.read)
	if err != nil || known.Version != 2 {
		t.Fatal(err)
	}
	thief := make(files)
	thief.put(t, document("thief", "root"), "root")
	thief.put(t, after(first, func(d *wire.Trust) { d.Root.Keys = keys("thief") }), "root", "thief")
	thief.put(t, after(second, func(d *wire.Trust) { d.Root.Keys = keys("thief") }), "root", "thief")
	got, err := trust.Walk(keyPin("root"), "example", known, thief.read)
	if err != nil || got.Version != 2 || string(got.Data) != string(known.Data) {
		t.Errorf("a stolen key of an earlier version leads to version %v: %v", got, err)
	}
	if fresh, err := trust.Walk(keyPin("root"), "example", nil, thief.read); err != nil || fresh.Root.Keys[0] != keys("thief")[0] {
		t.Errorf("what is documented no longer holds: a device that knows the stolen key alone follows the thief: %v", err)
	}
}
