package validate_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
)

// keyRing lays trust documents with signatures into a map of files.
type keyRing struct {
	*testing.T
	files map[string][]byte
}

func (r keyRing) put(doc wire.Trust, signers ...*sign.Signer) {
	r.Helper()
	data, err := wire.Encode(doc)
	if err != nil {
		r.Fatal(err)
	}
	r.files[wire.KeysPath(doc.Version)] = data
	for _, s := range signers {
		r.files[wire.KeysSignaturePath(doc.Version, sign.KeyID(s.Public()))] = s.Sign([][]byte{data}, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
	}
}

func (r keyRing) read(path string, _ int64) ([]byte, error) {
	data, ok := r.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// Each fault of the trust documents in a repo is found at its version; what only lacks signatures is a notice.
func TestKeys(t *testing.T) {
	a, b, c := must(sign.Generate()), must(sign.Generate()), must(sign.Generate())
	text := func(s *sign.Signer) string { return s.Public().String() }
	first := wire.Trust{Registry: "example", Version: 1, Root: wire.RootKeys{Threshold: 2, Keys: []string{text(a), text(b)}}, Release: []string{text(c)}}
	second, err := trust.Rotate(first, trust.Changes{Root: []string{text(a), text(c)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name     string
		lay      func(r keyRing)
		registry string
		pinned   []byte
		want     string // code, path, part of the message; "" for nothing
	}{
		{"no documents", func(keyRing) {}, "example", sign.PublicText(a.Public()), ""},
		{"sound", func(r keyRing) { r.put(first, a, b); r.put(second, a, b, c) }, "example", sign.PublicText(b.Public()), ""},
		{"no pin yet", func(r keyRing) { r.put(first, a, b) }, "", []byte("untrusted comment: placeholder: no key yet\nnone\n"), ""},
		{"of another registry", func(r keyRing) { r.put(first, a, b) }, "other", nil, `keys/document keys/1.json is of registry "example", and registry.yaml says "other"`},
		{"another key is pinned", func(r keyRing) { r.put(first, a, b) }, "example", sign.PublicText(c.Public()), "keys/document keys/1.json doesn't have the pinned key"},
		{"not signed by the pinned key", func(r keyRing) { r.put(first, b) }, "example", sign.PublicText(a.Public()), "keys/document keys/1.json isn't signed by the pinned key"},
		{"a pinned hash that nothing has", func(r keyRing) { r.put(first, a, b) }, "example", []byte("sha256:" + wire.Sum(nil)), "keys/document keys/1.json no version has the pinned hash"},
		{"no pin, and a signature too few", func(r keyRing) { r.put(first, a) }, "example", nil, "keys/signatures keys/1.json is signed by 1 of the root keys of version 1, expected 2, and isn't published before; there is none by " + sign.KeyID(b.Public())},
		{"a signature too few by its own keys", func(r keyRing) { r.put(first, a, b); r.put(second, a, b) }, "example", nil, "keys/signatures keys/2.json is signed by 1 of the root keys of version 2, expected 2, and isn't published before; there is none by " + sign.KeyID(c.Public())},
		{"a version left out", func(r keyRing) {
			r.put(first, a, b)
			third := second
			third.Version = 3
			r.put(third)
		}, "example", nil, "keys/document keys/2.json keys/3.json is there, and keys/2.json isn't"},
		{"one that can't follow", func(r keyRing) {
			r.put(first, a, b)
			other := second
			other.Registry = "other"
			r.put(other)
		}, "example", nil, `keys/document keys/2.json version 2 of "other"`},
		{"no document", func(r keyRing) { r.files[wire.KeysPath(1)] = []byte("x") }, "example", nil, "keys/document keys/1.json not a trust document"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := keyRing{t, make(map[string][]byte)}
			x.lay(r)
			found := validate.Keys(x.registry, x.pinned, r.read)
			if x.want == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			code, rest, _ := strings.Cut(x.want, " ")
			path, message, _ := strings.Cut(rest, " ")
			if len(found) != 1 || found[0].Code != code || found[0].Path != path || !strings.Contains(found[0].Message, message) || found[0].Hint == "" {
				t.Errorf("found %+v, expected %s", found, x.want)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprint(err))
	}
	return v
}
