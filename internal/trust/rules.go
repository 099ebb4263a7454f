package trust

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

// Parse reads a trust document and checks all that it says by itself. Members that this format doesn't have are passed over, unless the document is critical.
func Parse(data []byte) (wire.Trust, error) {
	var t wire.Trust
	if len(data) > MaxDocument {
		return t, fmt.Errorf("%w: %d bytes, expected at most %d", ErrSyntax, len(data), MaxDocument)
	}
	if err := wire.Decode(data, &t); err != nil {
		return t, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if err := Check(t); err != nil {
		return t, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return t, nil
}

// Check returns an error unless a document can count by itself.
func Check(t wire.Trust) error {
	if err := wire.CheckID(t.Registry); err != nil {
		return err
	}
	if t.Version < 1 || t.Epoch < 0 || t.Epoch == 1 || t.Expires < 0 {
		return fmt.Errorf("version %d, epoch %d, expires %d: expected a version from 1, an epoch above 1 or none, and no time below 0", t.Version, t.Epoch, t.Expires)
	}
	if t.Version == 1 && t.InEpoch() > 1 {
		return fmt.Errorf("version 1 is in epoch %d, and nothing came before it", t.Epoch)
	}
	if err := distinct("root", t.Root.Keys, 1, MaxKeys); err != nil {
		return err
	}
	if t.Root.Threshold < 1 || t.Root.Threshold > len(t.Root.Keys) {
		return fmt.Errorf("the threshold is %d of %d root keys", t.Root.Threshold, len(t.Root.Keys))
	}
	if err := distinct("release", t.Release, 1, MaxKeys); err != nil {
		return err
	}
	if err := distinct("revoked", t.Revoked, 0, MaxRevoked); err != nil {
		return err
	}
	for _, key := range t.Revoked {
		if slices.Contains(t.Release, key) || slices.Contains(t.Root.Keys, key) {
			return fmt.Errorf("key %s is revoked, and may sign all the same", KeyID(key))
		}
	}
	owner := make(map[string]string) // of an id
	for _, key := range slices.Concat(t.Root.Keys, t.Release, t.Revoked) {
		if other, taken := owner[KeyID(key)]; taken && other != key {
			return fmt.Errorf("two keys have the id %s", KeyID(key))
		}
		owner[KeyID(key)] = key
	}
	if (t.InEpoch() > 1) != (t.Floor != nil) || (t.InEpoch() > 1) != (len(t.Revoked) > 0) {
		return errors.New("an epoch above 1, a floor and revoked keys come together, or none of them does")
	}
	if f := t.Floor; f != nil {
		if f.Serial < 1 || f.Size < 1 {
			return fmt.Errorf("the floor has serial %d and size %d, expected 1 at least", f.Serial, f.Size)
		}
		return wire.CheckSHA256(f.Root)
	}
	return nil
}

// distinct checks a list of keys: their number, that each is one, and that no two have the same id.
func distinct(what string, keys []string, least, most int) error {
	if len(keys) < least || len(keys) > most {
		return fmt.Errorf("%d %s keys, expected %d to %d", len(keys), what, least, most)
	}
	ids := make(map[string]bool, len(keys))
	for _, text := range keys {
		key, err := sign.ParsePublic([]byte(text))
		if err != nil || key.String() != text {
			return fmt.Errorf("a %s key isn't a minisign public key of 56 characters", what)
		}
		if id := sign.KeyID(key); ids[id] {
			return fmt.Errorf("two %s keys have the id %s", what, id)
		} else {
			ids[id] = true
		}
	}
	return nil
}

// Follows returns an error unless next may be the version after t, signatures aside. Both must have passed [Check].
func Follows(t, next wire.Trust) error {
	if next.Registry != t.Registry || next.Version != t.Version+1 {
		return fmt.Errorf("version %d of %q, expected version %d of %q", next.Version, next.Registry, t.Version+1, t.Registry)
	}
	for _, key := range t.Root.Keys {
		for _, other := range next.Root.Keys {
			if key != other && KeyID(key) == KeyID(other) {
				return fmt.Errorf("another root key has the id of an earlier one, %s", KeyID(key))
			}
		}
	}
	for _, key := range t.Revoked {
		if !slices.Contains(next.Revoked, key) {
			return fmt.Errorf("key %s was revoked, and isn't any more", KeyID(key))
		}
	}
	if len(next.Revoked) == len(t.Revoked) {
		if next.InEpoch() != t.InEpoch() || !reflect.DeepEqual(next.Floor, t.Floor) {
			return errors.New("the epoch or its floor changes, and no key is revoked")
		}
		return nil
	}
	if next.InEpoch() != t.InEpoch()+1 {
		return fmt.Errorf("revokes a key in epoch %d, expected epoch %d", next.InEpoch(), t.InEpoch()+1)
	}
	if t.Floor != nil && (next.Floor.Serial <= t.Floor.Serial || next.Floor.Size <= t.Floor.Size) {
		return errors.New("the floor isn't above the one of the epoch before")
	}
	return nil
}

// KeyID returns the id of a public key in base64, or "?" for what isn't one.
func KeyID(text string) string {
	key, err := sign.ParsePublic([]byte(text))
	if err != nil {
		return "?"
	}
	return sign.KeyID(key)
}

// Canonical returns an error unless a document is in the form that a producer of this format writes. Readers take others as well; whoever publishes one doesn't.
func Canonical(data []byte) error {
	var t wire.Trust
	if err := wire.DecodeStrict(data, &t); err != nil {
		return fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return nil
}
