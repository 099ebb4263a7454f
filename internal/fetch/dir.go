package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/regen-registry/regen/internal/store"
)

// dir is a tree in a directory. It may come from anybody, as a USB stick does: links don't lead out of it, and only regular files are opened.
type dir struct {
	root string // ends with a separator
}

func newDir(root string) *dir {
	root = filepath.Clean(root)
	if !os.IsPathSeparator(root[len(root)-1]) {
		root += string(filepath.Separator)
	}
	return &dir{root}
}

func (m *dir) String() string { return m.root }

// document implements mirror.
func (m *dir) document(_ context.Context, path, _ string, limit int64) ([]byte, error) {
	f, _, err := m.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, m.unreadable(path, err)
	}
	if int64(len(data)) > limit {
		return nil, fail(m, path, TooLarge, fmt.Errorf("%w: at most %d", store.ErrTooLarge, limit))
	}
	return data, nil
}

// file implements mirror.
func (m *dir) file(_ context.Context, path, _ string, from, size int64) (io.ReadCloser, int64, error) {
	f, n, err := m.open(path)
	if err != nil {
		return nil, 0, err
	}
	if n != size {
		f.Close()
		return nil, 0, fail(m, path, Content, fmt.Errorf("size is %d bytes, expected %d", n, size))
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		f.Close()
		return nil, 0, m.unreadable(path, err)
	}
	return dirFile{f, m, path}, from, nil
}

// open opens a regular file and returns its size.
func (m *dir) open(path string) (*os.File, int64, error) {
	name, err := filepath.Localize(path)
	if err != nil {
		return nil, 0, fail(m, path, Network, errors.New("the path can't be a file here"))
	}
	root, err := os.OpenRoot(m.root)
	if err != nil {
		return nil, 0, m.unreadable(path, err)
	}
	defer root.Close()
	info, err := root.Stat(name) // opening a pipe might wait for ever
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fail(m, path, NotFound, store.ErrNotExist)
	case err != nil:
		return nil, 0, m.unreadable(path, err)
	case !info.Mode().IsRegular():
		return nil, 0, fail(m, path, Network, errors.New("not a regular file"))
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, 0, m.unreadable(path, err)
	}
	return f, info.Size(), nil
}

// unreadable returns an error that doesn't wrap err: a stick that isn't plugged in is none that lacks the file.
func (m *dir) unreadable(path string, err error) error {
	return fail(m, path, Network, errors.New(err.Error()))
}

// dirFile is a file of a directory.
type dirFile struct {
	*os.File
	dir  *dir
	path string
}

// Read implements io.Reader.
func (f dirFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	if err != nil && err != io.EOF {
		err = f.dir.unreadable(f.path, err)
	}
	return n, err
}
