package trust

import (
	"errors"
	"fmt"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// A Quorum says which of the root keys of one version signed a document. The keys of a version are distinct.
type Quorum struct {
	Version   int      // whose root keys they are
	Threshold int      // how many it takes
	Signed    []string // base64
	Missing   []string // the others
}

// Reached reports whether enough of them signed.
func (q Quorum) Reached() bool { return len(q.Signed) >= q.Threshold }

// quorums reads the signatures of a document, and returns how far they go: with the root keys of the version before, which is nil for the first one, and with its own.
func (d *Document) quorums(before *Document, read ReadFunc) ([]Quorum, error) {
	versions := []*Document{d}
	keys := d.Root.Keys
	if before != nil {
		versions = []*Document{before, d}
		keys = slices.Concat(before.Root.Keys, keys)
	}
	signed, err := d.signers(keys, read)
	if err != nil {
		return nil, err
	}
	var all []Quorum
	for _, v := range versions {
		q := Quorum{Version: v.Version, Threshold: v.Root.Threshold}
		for _, key := range v.Root.Keys {
			if signed[key] {
				q.Signed = append(q.Signed, key)
			} else {
				q.Missing = append(q.Missing, key)
			}
		}
		all = append(all, q)
	}
	return all, nil
}

// A Draft is a version of a trust document that lies at hand, whether or not it has enough signatures.
type Draft struct {
	*Document
	Quorums []Quorum // of the version before, if there is one, and its own
}

// Complete reports whether the version has enough signatures.
func (d Draft) Complete() bool {
	return !slices.ContainsFunc(d.Quorums, func(q Quorum) bool { return !q.Reached() })
}

// Drafts reads all versions that lie at hand, from the first. The error is for what can't be a version, or can't follow; those before it are returned all the same.
func Drafts(read ReadFunc) ([]Draft, error) {
	var list []Draft
	var before *Document
	for n := 1; n <= MaxSteps+1; n++ {
		doc, err := load(n, read)
		if errors.Is(err, ErrMissing) {
			if _, err := read(wire.KeysPath(n+1), MaxDocument); err == nil {
				return list, fmt.Errorf("%w: %s is there, and %s isn't", ErrForged, wire.KeysPath(n+1), wire.KeysPath(n))
			}
			return list, nil
		}
		if err != nil {
			return list, err
		}
		if before != nil {
			if err := Follows(before.Trust, doc.Trust); err != nil {
				return list, fmt.Errorf("%w: %s: %w", ErrForged, wire.KeysPath(n), err)
			}
		}
		quorums, err := doc.quorums(before, read)
		if err != nil {
			return list, err
		}
		list = append(list, Draft{doc, quorums})
		before = doc
	}
	return list, nil
}
