package trust_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func idOf(name string) string { return sign.KeyID(key(name).Public()) }

// A pin is a key, as a line or as a file, or the hash of a document. It is written as it is read.
func TestParsePin(t *testing.T) {
	hash := "sha256:" + wire.Sum([]byte("x"))
	public := key("root").Public()
	for _, c := range []struct{ text, want, err string }{
		{public.String(), public.String(), ""},
		{string(sign.PublicText(public)), public.String(), ""},
		{hash, hash, ""},
		{hash + "\n", hash, ""},
		{"", "", "not a pin"},
		{"sha256:", "", "0 characters"},
		{strings.ToUpper(hash), "", "not a pin"},
		{"sha256:" + strings.Repeat("G", 64), "", "hex"},
		{hash + " " + hash, "", "expected 64"},
		{"sha512:" + strings.Repeat("0", 128), "", "not a pin"},
		{public.String()[1:], "", "not a pin"},
		{"untrusted comment: placeholder: no key yet\nnone\n", "", "placeholder"},
	} {
		p, err := trust.ParsePin([]byte(c.text))
		wantError(t, err, c.err)
		if err == nil && p.String() != c.want {
			t.Errorf("%q is read as %s", c.text, p)
		}
		if err != nil && !errors.Is(err, trust.ErrPin) {
			t.Errorf("%v is of no class", err)
		}
	}
	if p := (trust.Pin{}); p.String() != "" {
		t.Errorf("no pin is written as %q", p)
	}
	if k, ok := pin(t, public.String()).Key(); !ok || !k.Equal(public) {
		t.Error("the pinned key isn't returned")
	}
	if _, ok := pin(t, hash).Key(); ok {
		t.Error("a hash isn't a key")
	}
}

// A pinned hash may be that of any version. The walk starts there, whatever the versions before it say.
func TestHashPin(t *testing.T) {
	f := make(files)
	doc := document("ci", "root")
	data := [][]byte{nil, f.put(t, doc, "root")}
	for range 4 {
		doc = after(doc, func(d *wire.Trust) { d.Expires++ })
		data = append(data, f.put(t, doc, "root"))
	}
	for n := 1; n <= 5; n++ {
		chain, err := trust.Chain(pin(t, "sha256:"+wire.Sum(data[n])), "example", nil, f.read)
		if err != nil || chain[0].Version != n || chain[len(chain)-1].Version != 5 || len(chain) != 6-n {
			t.Errorf("version %d pinned: %v", n, err)
		}
		if err == nil && len(chain[0].Signatures) != 1 {
			t.Errorf("version %d pinned: its signatures aren't kept", n)
		}
	}

	// Forged versions before it don't matter, nor does one whose bytes were changed after it: that one isn't there yet.
	forged := make(files)
	for path, data := range f {
		forged[path] = data
	}
	forged.put(t, document("thief", "thief"), "thief")
	forged.put(t, after(after(after(document("ci", "root"), nil), nil), func(d *wire.Trust) { d.Release = keys("thief") }))
	chain, err := trust.Chain(pin(t, "sha256:"+wire.Sum(data[3])), "example", nil, forged.read)
	if err != nil || len(chain) != 1 || chain[0].Version != 3 {
		t.Errorf("a forged version 1: %v", err)
	}

	// A pinned version vouches for itself: it needs no signature.
	bare := make(files)
	bare.put(t, document("ci", "root"))
	if _, err := trust.Walk(pin(t, "sha256:"+wire.Sum(data[1])), "example", nil, bare.read); err != nil {
		t.Errorf("the pinned version without signatures: %v", err)
	}
	if _, err := trust.Walk(pin(t, "sha256:"+wire.Sum(data[1])), "other", nil, bare.read); !errors.Is(err, trust.ErrForged) {
		t.Errorf("of another registry than expected: %v", err)
	}
	if _, err := trust.Walk(pin(t, "sha256:"+wire.Sum([]byte("x"))), "example", nil, f.read); !errors.Is(err, trust.ErrForged) {
		t.Errorf("no version with the hash: %v", err)
	}
	broken := fmt.Errorf("connection reset")
	_, err = trust.Walk(pin(t, "sha256:"+wire.Sum(data[3])), "example", nil, func(path string, limit int64) ([]byte, error) {
		if path == wire.KeysPath(2) {
			return nil, broken
		}
		return f.read(path, limit)
	})
	if !errors.Is(err, broken) || errors.Is(err, trust.ErrForged) {
		t.Errorf("what can't be read is taken for a forgery: %v", err)
	}
}

// Whoever has no device state begins at version 1: it counts under a pinned hash if it leads to it.
func TestFirstUnderHash(t *testing.T) {
	f := make(files)
	first := document("ci", "root")
	f.put(t, first, "root")
	second := after(first, func(d *wire.Trust) { d.Release = keys("ci2") })
	hash := "sha256:" + wire.Sum(f.put(t, second, "root"))
	read := func() *trust.Document {
		doc, err := trust.Read(1, f.read)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	if err := pin(t, hash).First(read(), f.read); err != nil {
		t.Error(err)
	}
	wantError(t, pin(t, "sha256:"+wire.Sum(nil)).First(read(), f.read), "no version has the pinned hash")
	delete(f, sigPath(2, "root"))
	wantError(t, pin(t, hash).First(read(), f.read), "no version has the pinned hash")
	f.put(t, second, "root")
	delete(f, sigPath(1, "root"))
	wantError(t, pin(t, hash).First(read(), f.read), "signed by 0 of its root keys")
}
