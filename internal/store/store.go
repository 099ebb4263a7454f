// Package store keeps published trees.
//
// A tree has three kinds of files ([wire.Kind]), and a store a way to write each:
//
//   - Immutable files are created. A file that is there with the same bytes is left alone; one with other bytes is an error
//     ([ErrDiffers]), which a publisher may answer with [Store.Put] if it knows that no head names the file: then it is
//     the leftover of a killed run.
//   - Views and leftovers are put: replaced in one step, so that a reader sees the old bytes or the new ones.
//   - The head is swapped: replaced in one step, and only if it still is what the publisher started from.
//
// Paths are slash-separated and relative to the tree; only internal/wire makes them.
package store

import (
	"context"
	"errors"
	"io/fs"
	"iter"
)

// ErrNotExist says that there is no file at a path.
var ErrNotExist = fs.ErrNotExist

// ErrDiffers says that an immutable file is there with other bytes.
var ErrDiffers = errors.New("a file with other bytes is there")

// ErrHeadMoved says that the head isn't the one that a swap expected: somebody else published.
var ErrHeadMoved = errors.New("the head was moved by another publisher")

// ErrTooLarge says that a file has more bytes than its reader allows.
var ErrTooLarge = errors.New("more bytes than expected")

// A Reader reads a published tree.
type Reader interface {
	// Read returns the file at path. It fails with [ErrNotExist] where there is none, and with [ErrTooLarge] where
	// it has more than limit bytes.
	Read(ctx context.Context, path string, limit int64) ([]byte, error)
}

// A Store is a tree that can be written. It is safe for concurrent use.
type Store interface {
	Reader
	// Create writes an immutable file: the segments, one after the other.
	Create(path string, segments ...[]byte) error
	// Put writes a file in one step, whatever was there.
	Put(path string, data []byte) error
	// Swap replaces the head old by new, or fails with [ErrHeadMoved]. A nil old stands for no head. All that was written before
	// is as durable as new, or more so.
	Swap(path string, old, new []byte) error
	// Remove removes a file. One that isn't there is no error.
	Remove(path string) error
	// List yields the paths of all files below a directory ("" for all), in no particular order.
	List(dir string) iter.Seq2[string, error]
	// Lock waits until no other publisher works on the tree, where the store knows; wait is called if it has to.
	// What happens without a lock is safe as well, since the head is swapped.
	Lock(ctx context.Context, wait func()) (unlock func(), err error)
}
