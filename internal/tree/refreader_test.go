package tree_test

import (
	"context"
	"errors"
	"testing"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// cached is a tree behind a cache that has other bytes at one path, or none.
type cached struct {
	store.Store
	path string
	data []byte // nil for none
	past int    // how often something was read past the cache
}

func (c *cached) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	if path != c.path {
		return c.Store.Read(ctx, path, limit)
	}
	if c.data == nil {
		return nil, store.ErrNotExist
	}
	return c.data, nil
}

func (c *cached) ReadRef(ctx context.Context, path string, ref wire.Ref, _ int64) ([]byte, error) {
	c.past++
	data, err := c.Store.Read(ctx, path, ref.Size)
	return data, errors.Join(err, ref.Check(data))
}

// What a cache has in the place of what a reference names is read past the cache, where the reader can; what isn't there either is damage.
func TestReadPastCache(t *testing.T) {
	s := newSmall(t)
	path := wire.MetadataPath("clock", "1.0.0")
	ref := s.list.Versions[0].Metadata
	for name, c := range map[string]struct {
		data []byte
		past int
	}{"missing": {nil, 1}, "altered": {make([]byte, ref.Size), 1}, "shorter": {[]byte("x"), 1}, "right": {s.files[path], 0}} {
		r := &cached{Store: s.store(t), path: path, data: c.data}
		st, err := tree.Load(ctx, r, s.pin())
		must(t, err)
		data, err := st.ReadRef(ctx, path, ref, 1<<20)
		if err != nil || string(data) != string(s.files[path]) || r.past != c.past {
			t.Errorf("%s: %q, %v, %d reads past the cache, expected %d", name, data, err, r.past, c.past)
		}
		must(t, r.Put(path, []byte("x")))
		if _, err := st.ReadRef(ctx, path, ref, 1<<20); errors.Is(err, tree.ErrDamaged) != (c.past > 0) {
			t.Errorf("%s, and past the cache, too: %v", name, err)
		}
	}
}
