package trust

import (
	"errors"
	"fmt"
	"slices"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

// ErrSigner says that a signature isn't by a key that may sign releases.
var ErrSigner = errors.New("not signed by a release key")

// Allows reports whether a key may sign releases.
func (d *Document) Allows(key sign.PublicKey) bool { return slices.Contains(d.Release, key.String()) }

// A Head is a head that counts: by a release key, of the document's registry and epoch.
type Head struct {
	wire.Statement
	Data []byte // the signature file
	Key  sign.PublicKey
}

// The reasons why a head that is by a release key doesn't count.
var (
	ErrPurpose  = errors.New("signed for something else") // no head statement
	ErrRegistry = errors.New("the head of another registry")
	ErrEpoch    = errors.New("the head of another epoch")
)

// Head reads a head. How old it is, and whether it is older than one that was seen, is for the caller to check.
func (d *Document) Head(data []byte) (Head, error) {
	h := Head{Data: data}
	var comment string
	var err error
	if h.Key, comment, err = d.comment(data); err != nil {
		return h, err
	}
	if h.Statement, err = wire.ParseStatement(comment); err != nil {
		return h, fmt.Errorf("%w: %w", ErrPurpose, err)
	}
	if h.Registry != d.Registry {
		return h, fmt.Errorf("%w: %q, expected %q", ErrRegistry, h.Registry, d.Registry)
	}
	if h.Epoch != d.InEpoch() {
		return h, fmt.Errorf("%w: %d, expected %d as version %d of the trust document says", ErrEpoch, h.Epoch, d.InEpoch(), d.Version)
	}
	if f := d.Floor; f != nil && (h.Serial <= f.Serial || h.LogSize <= f.Size) {
		return h, fmt.Errorf("%w: serial %d and %d entries aren't above the floor of the epoch, %d and %d", ErrEpoch, h.Serial, h.LogSize, f.Serial, f.Size)
	}
	return h, nil
}

// Signs returns an error unless the head is a signature over a root node of the catalogue.
func (h Head) Signs(root []byte) error {
	comment, err := sign.Comment(h.Key, h.Data)
	if err != nil {
		return err
	}
	return sign.Verify(h.Key, [][]byte{root}, h.Data, comment)
}

// Verify returns an error unless a signature over content is by a release key, with exactly this trusted comment.
func (d *Document) Verify(segments [][]byte, sig []byte, comment string) error {
	key, _, err := d.comment(sig)
	if err != nil {
		return err
	}
	return sign.Verify(key, segments, sig, comment)
}

// comment returns the authentic trusted comment of a signature by a release key. Ids are hints, and those of a document's keys are unique.
func (d *Document) comment(sig []byte) (key sign.PublicKey, comment string, err error) {
	id, err := sign.SignedBy(sig)
	if err != nil {
		return key, "", err
	}
	for _, text := range d.Release {
		if KeyID(text) != id {
			continue
		}
		if key, err = sign.ParsePublic([]byte(text)); err != nil {
			return key, "", err
		}
		comment, err = sign.Comment(key, sig)
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrSigner, err)
		}
		return key, comment, err
	}
	for _, text := range d.Revoked {
		if KeyID(text) == id {
			return key, "", fmt.Errorf("%w: key %s is revoked", ErrSigner, id)
		}
	}
	return key, "", fmt.Errorf("%w: key %s isn't a release key of version %d of the trust document", ErrSigner, id, d.Version)
}
