package trust

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

// A Pin is what a device knows of a registry from elsewhere, and trusts: a public key, or the hash of a trust document. The zero value pins nothing, and nothing counts under it.
type Pin struct {
	key  string // base64, or ""
	hash string // SHA-256 in hex, or ""
}

// hashPrefix starts the text of a pinned hash.
const hashPrefix = "sha256:"

// ErrPin says that a text pins nothing.
var ErrPin = errors.New("not a pin")

// KeyPin pins a public key.
func KeyPin(key sign.PublicKey) Pin { return Pin{key: key.String()} }

// ParsePin reads a pin: "sha256:" and the hash of a trust document, or a public key as [sign.ParsePublic] reads it.
func ParsePin(text []byte) (Pin, error) {
	line := strings.TrimSpace(string(text))
	if hash, ok := strings.CutPrefix(line, hashPrefix); ok {
		if err := wire.CheckSHA256(hash); err != nil {
			return Pin{}, fmt.Errorf("%w: %w", ErrPin, err)
		}
		return Pin{hash: hash}, nil
	}
	key, err := sign.ParsePublic(text)
	if err != nil {
		return Pin{}, fmt.Errorf("%w: %w", ErrPin, err)
	}
	return KeyPin(key), nil
}

// String returns the pin as [ParsePin] reads it, in one line.
func (p Pin) String() string {
	if p.hash != "" {
		return hashPrefix + p.hash
	}
	return p.key
}

// Key returns the pinned key, if it is one.
func (p Pin) Key() (key sign.PublicKey, ok bool) {
	key, err := sign.ParsePublic([]byte(p.key))
	return key, err == nil
}

// begin returns the document that the pin vouches for.
func (p Pin) begin(read ReadFunc) (*Document, error) {
	if p.hash != "" {
		return p.search(read)
	}
	doc, err := load(1, read)
	if err != nil {
		return nil, err
	}
	return doc, p.First(doc, read)
}

// search looks for the version with the pinned hash. The versions before it are of no interest: nothing of them is trusted.
func (p Pin) search(read ReadFunc) (*Document, error) {
	for n := 1; n <= MaxSteps; n++ {
		path := wire.KeysPath(n)
		data, err := read(path, MaxDocument)
		if errors.Is(err, fs.ErrNotExist) && n > 1 {
			return nil, fmt.Errorf("%w: none of the versions up to %d, which is the last one, has the pinned hash %s", ErrForged, n-1, p.hash)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %w", ErrMissing, err)
		}
		if err != nil {
			return nil, err
		}
		if wire.Sum(data) == p.hash {
			doc, err := load(n, func(string, int64) ([]byte, error) { return bytes.Clone(data), nil })
			if err != nil {
				return nil, err
			}
			_, err = doc.quorums(nil, read) // those that are there are of use to whoever copies them
			return doc, err
		}
	}
	return nil, fmt.Errorf("%w: none of %d versions has the pinned hash %s", ErrForged, MaxSteps, p.hash)
}

// First returns an error unless a first version counts under the pin. It keeps the signatures that it finds. Under a pinned key, the key and the document's own threshold must have
// signed; a pinned hash is that of the version, or of one that it leads to.
func (p Pin) First(doc *Document, read ReadFunc) error {
	quorums, err := doc.quorums(nil, read)
	if err != nil {
		return err
	}
	own := quorums[0]
	if p.hash != "" {
		return p.leads(doc, own, read)
	}
	if !slices.Contains(doc.Root.Keys, p.key) {
		return fmt.Errorf("%w: %s doesn't have the pinned key %s among its root keys", ErrForged, wire.KeysPath(1), KeyID(p.key))
	}
	if !slices.Contains(own.Signed, p.key) {
		return fmt.Errorf("%w: %s isn't signed by the pinned key %s", ErrForged, wire.KeysPath(1), KeyID(p.key))
	}
	return own.first()
}

// first returns an error unless enough of a first version's own root keys signed it.
func (q Quorum) first() error {
	if q.Reached() {
		return nil
	}
	return fmt.Errorf("%w: %s is signed by %d of its root keys, expected %d", ErrForged, wire.KeysPath(1), len(q.Signed), q.Threshold)
}

// leads returns an error unless a first version has the pinned hash, or is sound and one that follows it has.
func (p Pin) leads(doc *Document, own Quorum, read ReadFunc) error {
	if wire.Sum(doc.Data) == p.hash {
		return nil
	}
	if err := own.first(); err != nil {
		return err
	}
	for range MaxSteps {
		next, err := Successor(doc, read)
		if err != nil && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrNotYet) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: no version has the pinned hash %s: %w", ErrForged, p.hash, err)
		}
		if wire.Sum(next.Data) == p.hash {
			return nil
		}
		doc = next
	}
	return fmt.Errorf("%w: none of %d versions has the pinned hash %s", ErrForged, MaxSteps, p.hash)
}

// Read returns a version that is at hand. Whether it counts, [Pin.First] and [Successor] say.
func Read(n int, read ReadFunc) (*Document, error) { return load(n, read) }
