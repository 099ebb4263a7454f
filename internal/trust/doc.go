// Package trust decides whose signatures count. It follows the trust documents of a registry, keys/<n>.json, from what a device has pinned.
//
// The rules that it enforces:
//
//   - A pin is a public key, or the SHA-256 of one version of the document. Under a key, version 1 counts if that key is among its root keys and signed it,
//     and the document's own threshold did. A pinned hash vouches for its version whole.
//   - Version n+1 counts if the threshold of the root keys of version n signed it, and the threshold of its own. Thresholds count distinct public keys, never key ids.
//   - Key ids are unique within a document, and between the root keys of a version and those of the next: a file name stands for one key.
//   - A revoked key stays revoked. A version that revokes one begins a new epoch of the log, and says at which state of the registry.
//   - A version with too few signatures isn't there yet. It is no error, and ends the walk.
//   - A walk takes at most [MaxSteps] versions, of at most [MaxDocument] bytes each.
//
// The package is pure: what it reads is passed in.
package trust

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of a trust document.
const (
	MaxDocument = 64 << 10 // bytes
	MaxKeys     = 32       // root keys, and release keys
	MaxRevoked  = 256      // keys
	MaxSteps    = 256      // versions that one walk takes
)

// The reasons why a document doesn't count.
var (
	// ErrSyntax says that a document isn't one.
	ErrSyntax = errors.New("not a trust document")
	// ErrForged says that a document isn't one that may follow: by other keys, of another registry, or against the rules of succession.
	ErrForged = errors.New("the trust document doesn't follow from what is trusted")
	// ErrNotYet says that a document lacks signatures.
	ErrNotYet = errors.New("the trust document lacks signatures")
	// ErrMissing says that a document that must be there isn't.
	ErrMissing = errors.New("the trust document is missing")
)

// Document is a version of the trust document that counts.
type Document struct {
	wire.Trust
	Data []byte // as published
	// Signatures are the files that made it count, by the id of their key.
	Signatures map[string][]byte
}

// ReadFunc returns the file at a published path, or an error that is [fs.ErrNotExist] where there is none.
type ReadFunc func(path string, limit int64) ([]byte, error)

// Walk returns the newest version of a registry's trust document that counts, see [Chain].
func Walk(pin Pin, registry string, known *Document, read ReadFunc) (*Document, error) {
	chain, err := Chain(pin, registry, known, read)
	if err != nil {
		return nil, err
	}
	return chain[len(chain)-1], nil
}

// Chain follows the trust documents of a registry as far as they count, and returns all versions that it met. It begins at the version that is known, or, where none is, at
// the one that the pin vouches for. registry is the id that is expected; empty for the one that the first document names.
func Chain(pin Pin, registry string, known *Document, read ReadFunc) ([]*Document, error) {
	doc := known
	if doc == nil {
		var err error
		if doc, err = pin.begin(read); err != nil {
			return nil, err
		}
		if registry != "" && doc.Registry != registry {
			return nil, fmt.Errorf("%w: %s is of registry %q, expected %q", ErrForged, wire.KeysPath(doc.Version), doc.Registry, registry)
		}
	}
	chain := []*Document{doc}
	for len(chain) <= MaxSteps {
		next, err := Successor(chain[len(chain)-1], read)
		if errors.Is(err, ErrMissing) || errors.Is(err, ErrNotYet) {
			break
		}
		if err != nil {
			return nil, err
		}
		chain = append(chain, next)
	}
	return chain, nil
}

// Successor reads the version that follows a document. It fails with [ErrMissing] where there is none, and with [ErrNotYet] where it lacks signatures.
func Successor(doc *Document, read ReadFunc) (*Document, error) {
	n := doc.Version + 1
	next, err := load(n, read)
	if err != nil {
		return nil, err
	}
	if err := Follows(doc.Trust, next.Trust); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrForged, wire.KeysPath(n), err)
	}
	quorums, err := next.quorums(doc, read)
	if err != nil {
		return nil, err
	}
	for _, q := range quorums {
		if !q.Reached() {
			return nil, fmt.Errorf("%w: %s is signed by %d of the root keys of version %d, expected %d", ErrNotYet, wire.KeysPath(n), len(q.Signed), q.Version, q.Threshold)
		}
	}
	return next, nil
}

// load reads a version and checks its form.
func load(n int, read ReadFunc) (*Document, error) {
	data, err := read(wire.KeysPath(n), MaxDocument)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if err != nil {
		return nil, err
	}
	t, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", wire.KeysPath(n), err)
	}
	if t.Version != n {
		return nil, fmt.Errorf("%w: %s is version %d", ErrSyntax, wire.KeysPath(n), t.Version)
	}
	return &Document{Trust: t, Data: data, Signatures: make(map[string][]byte)}, nil
}

// signers reads the signatures of keys over the document, and returns the keys that signed. A signature that doesn't verify is as good as none: whoever serves
// the files could leave it out as well.
func (d *Document) signers(keys []string, read ReadFunc) (map[string]bool, error) {
	signed := make(map[string]bool)
	comment := wire.KeysComment(d.Registry, d.Version, wire.RefOf(d.Data))
	for _, text := range keys {
		if signed[text] {
			continue
		}
		key, err := sign.ParsePublic([]byte(text))
		if err != nil {
			return nil, err // Parse has looked at it
		}
		id := sign.KeyID(key)
		sig, err := read(wire.KeysSignaturePath(d.Version, id), sign.MaxSignature)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if sign.Verify(key, [][]byte{d.Data}, sig, comment) == nil {
			signed[text] = true
			d.Signatures[id] = sig
		}
	}
	return signed, nil
}
