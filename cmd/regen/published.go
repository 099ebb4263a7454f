package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/regen-registry/regen/internal/fetch"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
)

// openTree returns the published tree at a place that the command line names, to be read: a directory or a URL.
func openTree(place string) (store.Reader, error) {
	if !isURL(place) {
		return store.NewDir(place), nil
	}
	src, err := fetch.New([]string{place}, fetch.Options{})
	if err != nil {
		return nil, &usageError{err}
	}
	return src, nil
}

// openPublished opens a published tree to hold packages against. pub is the file of its public key.
func openPublished(ctx context.Context, place, pub string) (*publish.Tree, error) {
	pin, err := loadPin(pub)
	if err != nil {
		return nil, err
	}
	reader, err := openTree(place)
	if err != nil {
		return nil, err
	}
	state, err := tree.Load(ctx, reader, pin)
	if err != nil {
		return nil, err
	}
	if state.Statement.Serial == 0 {
		return nil, hinted(fmt.Errorf("nothing is published in %s", place), "check the place; before a registry's first publish, leave out --published")
	}
	return publish.NewTree(ctx, state)
}

// readError says which tree an error is about.
func readError(place string, err error) error {
	if errors.Is(err, store.ErrNotExist) && !errors.Is(err, tree.ErrDamaged) {
		return hinted(fmt.Errorf("%s isn't a published tree: %w", place, err), "name the directory that regen published to, or its URL")
	}
	return fmt.Errorf("%s: %w", place, err)
}
