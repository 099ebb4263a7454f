package store

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Mem is a tree in memory, for tests and for rebuilding.
type Mem struct {
	mu    sync.Mutex
	files map[string][]byte
}

// NewMem returns an empty tree.
func NewMem() *Mem { return &Mem{files: make(map[string][]byte)} }

// Read implements [Reader].
func (m *Mem) Read(_ context.Context, path string, limit int64) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[path]
	if !ok {
		return nil, fmt.Errorf("%s: %w", path, ErrNotExist)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %w: at most %d", path, ErrTooLarge, limit)
	}
	return data, nil
}

// Create implements [Store].
func (m *Mem) Create(path string, segments ...[]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	data := bytes.Join(segments, nil)
	if old, ok := m.files[path]; ok && !bytes.Equal(old, data) {
		return fmt.Errorf("%s: %w", path, ErrDiffers)
	}
	m.files[path] = data
	return nil
}

// Put implements [Store].
func (m *Mem) Put(path string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[path] = bytes.Clone(data)
	return nil
}

// Swap implements [Store].
func (m *Mem) Swap(path string, old, new []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !bytes.Equal(m.files[path], old) {
		return ErrHeadMoved
	}
	m.files[path] = bytes.Clone(new)
	return nil
}

// Remove implements [Store].
func (m *Mem) Remove(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, path)
	return nil
}

// List implements [Store].
func (m *Mem) List(dir string) iter.Seq2[string, error] {
	m.mu.Lock()
	paths := slices.Sorted(maps.Keys(m.files))
	m.mu.Unlock()
	if dir != "" {
		dir = strings.TrimSuffix(dir, "/") + "/"
	}
	return func(yield func(string, error) bool) {
		for _, path := range paths {
			if strings.HasPrefix(path, dir) && !yield(path, nil) {
				return
			}
		}
	}
}

// Lock implements [Store]: there is nothing to wait for.
func (m *Mem) Lock(context.Context, func()) (func(), error) { return func() {}, nil }
