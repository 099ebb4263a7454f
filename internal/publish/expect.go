package publish

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// Views are what the views of a published state have to be.
type Views struct {
	Paths   map[string]bool // of all of them
	Differ  []string        // those that are otherwise, or missing
	Current bool            // whether the tree says that its views show this state, made by this renderer
}

// ExpectViews renders the views of a state, and compares them with those in a tree. It writes nothing.
func ExpectViews(ctx context.Context, reader store.Reader, state *tree.State, progress func(string, int, int)) (Views, error) {
	compared := &comparing{Reader: reader, ctx: ctx, views: Views{Paths: make(map[string]bool)}}
	r := &run{
		Options: Options{Store: compared, Signer: unsigned{state.Key}, Progress: progress},
		report:  &Report{}, state: state, facts: factsOf(state.Root.Registry),
	}
	shown, err := r.shown(ctx)
	if err != nil {
		return Views{}, err
	}
	r.listings = shown.Listings
	if r.site, err = publishedSite(ctx, reader); err != nil {
		return Views{}, err
	}
	if r.renderer, err = storefront.For(r.site); err != nil {
		return Views{}, err
	}
	root, err := wire.Encode(state.Root)
	if err != nil {
		return Views{}, err
	}
	err = r.writeViews(ctx, wire.Views{}, registry.Update{Root: state.Root}, root, state.Statement)
	compared.views.Current = sameViews(shown, r.viewsOf(state.Statement))
	return compared.views, err
}

// comparing is a store in which writing means comparing.
type comparing struct {
	store.Reader
	store.Store
	ctx   context.Context
	mu    sync.Mutex
	views Views
}

func (c *comparing) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	return c.Reader.Read(ctx, path, limit)
}

func (c *comparing) Put(path string, data []byte) error {
	have, err := c.Reader.Read(c.ctx, path, int64(len(data)))
	if err != nil && !errors.Is(err, store.ErrNotExist) && !errors.Is(err, store.ErrTooLarge) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.views.Paths[path] = true
	if err != nil || !bytes.Equal(have, data) {
		c.views.Differ = append(c.views.Differ, path)
	}
	return nil
}

// alive notes that a path is that of a view.
func (c *comparing) alive(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.views.Paths[path] = true
}
