package branch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// maxFiles bounds the files of a tree on a branch.
const maxFiles = 1 << 20

// Tree is a published tree as a commit of the branch has it, with what was written since. It is a [store.Store], and safe for concurrent use as one.
type Tree struct {
	branch  *Branch
	repo    *gittree.Repo // nil where there is no commit
	readers sync.Pool     // of repo
	parent  string        // the fetched commit, hex; "" where there is none
	old     map[string]gittree.Hash
	mu      sync.Mutex
	changed map[string]bool // path → whether it is there now, among the written files
	files   *store.Dir      // those
}

func (b *Branch) tree(parent string, repo *gittree.Repo) *Tree {
	t := &Tree{
		branch: b, repo: repo, parent: parent, old: make(map[string]gittree.Hash), changed: make(map[string]bool),
		files: store.NewDir(filepath.Join(b.dir, "files", strconv.Itoa(b.tries))),
	}
	t.readers.New = func() any { return repo.NewReader() }
	return t
}

// Close ends the reading of the tree.
func (t *Tree) Close() error {
	if t.repo == nil {
		return nil
	}
	return t.repo.Close()
}

// load lists what a commit holds. Whatever isn't a file can't be of a publisher.
func (t *Tree) load(rev string) error {
	hash, err := t.repo.Resolve(rev)
	if err != nil {
		return err
	}
	commit, err := t.repo.Commit(hash)
	if err != nil {
		return err
	}
	t.parent = hash.String()
	return t.repo.NewReader().Walk(commit.Tree, maxFiles, func(path string, e gittree.Entry) error {
		if e.Mode != gittree.Regular && e.Mode != gittree.Executable {
			return fmt.Errorf("%w: %q is a %s, expected files alone", ErrForeign, path, e.Mode)
		}
		t.old[path] = e.Hash
		return nil
	})
}

// Commit returns the fetched commit, or "".
func (t *Tree) Commit() string { return t.parent }

// Foreign returns an error where the branch holds something and no registry.
func (t *Tree) Foreign() error {
	if _, ok := t.old[wire.HeadPath]; ok {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(t.old)) {
		if top, _, _ := strings.Cut(path, "/"); !wire.IsTopLevel(top) {
			return fmt.Errorf("%s is %w: it holds %q", t.branch, ErrForeign, top)
		}
	}
	return nil
}

// find returns where the file at a path is: among the written ones, or under a hash.
func (t *Tree) find(path string) (written bool, hash gittree.Hash, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if there, changed := t.changed[path]; changed {
		return there, hash, there
	}
	hash, ok = t.old[path]
	return false, hash, ok
}

func (t *Tree) change(path string, there bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed[path] = there
}

// Read implements [store.Reader].
func (t *Tree) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	written, hash, ok := t.find(path)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: %w", path, store.ErrNotExist)
	case written:
		return t.files.Read(ctx, path, limit)
	}
	r := t.readers.Get().(*gittree.Reader)
	defer t.readers.Put(r)
	data, err := r.Blob(hash, limit)
	if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("%s has %d bytes: %w: at most %d", path, tooLarge.Found, store.ErrTooLarge, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// Create implements [store.Store].
func (t *Tree) Create(path string, segments ...[]byte) error {
	written, hash, ok := t.find(path)
	if ok && !written {
		if gittree.BlobHash(bytes.Join(segments, nil)) != hash {
			return fmt.Errorf("%s: %w", path, store.ErrDiffers)
		}
		return nil
	}
	if err := t.files.Create(path, segments...); err != nil {
		return err
	}
	t.change(path, true)
	return nil
}

// Put implements [store.Store].
func (t *Tree) Put(path string, data []byte) error {
	if err := t.files.Put(path, data); err != nil {
		return err
	}
	t.change(path, true)
	return nil
}

// Swap implements [store.Store]. Whether the branch still is what was fetched shows when the commit is pushed.
func (t *Tree) Swap(path string, old, new []byte) error {
	now, err := t.Read(context.Background(), path, max(int64(len(old)), 1))
	if err != nil && !errors.Is(err, store.ErrNotExist) && !errors.Is(err, store.ErrTooLarge) {
		return err
	}
	if err != nil && (old != nil || errors.Is(err, store.ErrTooLarge)) || !bytes.Equal(now, old) {
		return store.ErrHeadMoved
	}
	return t.Put(path, new)
}

// Remove implements [store.Store].
func (t *Tree) Remove(path string) error {
	if err := t.files.Remove(path); err != nil {
		return err
	}
	t.change(path, false)
	return nil
}

// List implements [store.Store].
func (t *Tree) List(dir string) iter.Seq2[string, error] {
	if dir != "" {
		dir = strings.TrimSuffix(dir, "/") + "/"
	}
	t.mu.Lock()
	paths := make(map[string]bool)
	for path := range t.old {
		if strings.HasPrefix(path, dir) {
			paths[path] = true
		}
	}
	for path, there := range t.changed {
		if strings.HasPrefix(path, dir) {
			paths[path] = there
		}
	}
	t.mu.Unlock()
	return func(yield func(string, error) bool) {
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			if paths[path] && !yield(path, nil) {
				return
			}
		}
	}
}

// Lock implements [store.Store]. Publishers at work at the same time don't meet before one of them pushes.
func (t *Tree) Lock(context.Context, func()) (func(), error) { return func() {}, nil }
