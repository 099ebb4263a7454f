package trust_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// key returns a key pair that is made from a name. The id is that of the part of the name before a slash: two keys can have the same.
func key(name string) *sign.Signer {
	seed := sha256.Sum256([]byte(name))
	owner, _, _ := strings.Cut(name, "/")
	id := sha256.Sum256([]byte(owner))
	raw := make([]byte, 158)
	copy(raw, "Ed\x00\x00B2")
	binary.LittleEndian.PutUint64(raw[54:], binary.LittleEndian.Uint64(id[:]))
	copy(raw[62:], ed25519.NewKeyFromSeed(seed[:]))
	s, err := sign.ParseSecret([]byte("untrusted comment: x\n"+base64.StdEncoding.EncodeToString(raw)), nil)
	if err != nil {
		panic(err)
	}
	return s
}

// keys returns the public keys of names.
func keys(names ...string) []string {
	var list []string
	for _, name := range names {
		list = append(list, key(name).Public().String())
	}
	return list
}

// files are what a registry serves.
type files map[string][]byte

func (f files) read(path string, limit int64) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	if int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, nil
}

var errTooLarge = errors.New("more bytes than expected")

// put adds a document with the signatures of the named keys.
func (f files) put(t testing.TB, doc wire.Trust, signers ...string) []byte {
	t.Helper()
	data, err := wire.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	f[wire.KeysPath(doc.Version)] = data
	for _, name := range signers {
		f.sign(doc, data, name, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
	}
	return data
}

func (f files) sign(doc wire.Trust, data []byte, name, comment string) {
	s := key(name)
	f[wire.KeysSignaturePath(doc.Version, sign.KeyID(s.Public()))] = s.Sign([][]byte{data}, comment)
}

// document returns version 1 with root keys and a threshold of all of them.
func document(release string, root ...string) wire.Trust {
	return wire.Trust{Registry: "example", Version: 1, Root: wire.RootKeys{Threshold: len(root), Keys: keys(root...)}, Release: keys(release)}
}

// after returns the next version of a document, changed by hand and so perhaps against the rules.
func after(doc wire.Trust, change func(*wire.Trust)) wire.Trust {
	doc.Version++
	if change != nil {
		change(&doc)
	}
	return doc
}

func pin(t testing.TB, text string) trust.Pin {
	t.Helper()
	p, err := trust.ParsePin([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keyPin(name string) trust.Pin { return trust.KeyPin(key(name).Public()) }

// floor is a state of a registry.
func floor(n int64) *wire.Floor {
	return &wire.Floor{Serial: n, Size: n, Root: wire.Sum([]byte("root"))}
}
