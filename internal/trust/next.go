package trust

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// Changes are what the next version of a trust document has otherwise. What is nil stays as it is.
type Changes struct {
	Root      []string // all root keys, base64
	Threshold *int     // how many of them it takes
	Release   []string // all release keys, base64
	Expires   *int64   // unix seconds; 0 for never
}

// ErrUnchanged says that a version would be the same as the one before.
var ErrUnchanged = errors.New("nothing changes")

// ErrNoKey says that a version would be left without a root key or a release key.
var ErrNoKey = errors.New("no key is left")

// Rotate returns the version after t, with the changes. It has no signatures yet. A key that goes may still have signed heads that devices take which haven't
// seen the new version: one that was stolen has to be revoked.
func Rotate(t wire.Trust, c Changes) (wire.Trust, error) {
	n, err := next(t, t.Revoked, c)
	if err != nil {
		return n, err
	}
	same := n
	same.Version = t.Version
	if reflect.DeepEqual(same, t) {
		return n, ErrUnchanged
	}
	return n, Follows(t, n)
}

// Revoke returns the version after t without the keys, for ever, with the changes besides. It begins an epoch of the log at the floor. It has no signatures yet.
func Revoke(t wire.Trust, keys []string, floor wire.Floor, c Changes) (wire.Trust, error) {
	for i, key := range keys {
		if slices.Contains(t.Revoked, key) || slices.Contains(keys[:i], key) {
			return wire.Trust{}, fmt.Errorf("key %s is revoked already", KeyID(key))
		}
	}
	if len(keys) == 0 {
		return wire.Trust{}, errors.New("revokes no key")
	}
	without := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(key string) bool { return slices.Contains(keys, key) })
	}
	n := t
	n.Root.Keys, n.Release = without(t.Root.Keys), without(t.Release)
	n.Epoch, n.Floor = t.InEpoch()+1, &floor
	n, err := next(n, slices.Concat(t.Revoked, keys), c)
	if err != nil {
		return n, err
	}
	return n, Follows(t, n)
}

// next makes the version after t. It leaves t as it is.
func next(t wire.Trust, revoked []string, c Changes) (wire.Trust, error) {
	t.Version++
	t.Revoked = revoked
	if c.Root != nil {
		t.Root.Keys = c.Root
	}
	if c.Threshold != nil {
		t.Root.Threshold = *c.Threshold
	}
	if c.Release != nil {
		t.Release = c.Release
	}
	if c.Expires != nil {
		t.Expires = *c.Expires
	}
	for _, list := range []struct {
		name string
		keys []string
	}{{"root", t.Root.Keys}, {"release", t.Release}} {
		if len(list.keys) == 0 {
			return wire.Trust{}, fmt.Errorf("%w: version %d has no %s key", ErrNoKey, t.Version, list.name)
		}
	}
	return t, Check(t)
}
