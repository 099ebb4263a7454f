package publish

import "github.com/regen-registry/regen/internal/store"

// dryStore reads a tree and writes nothing.
type dryStore struct{ store.Store }

func (dryStore) Create(string, ...[]byte) error    { return nil }
func (dryStore) Put(string, []byte) error          { return nil }
func (dryStore) Swap(string, []byte, []byte) error { return nil }
func (dryStore) Remove(string) error               { return nil }
