package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// Dir is a tree in a directory.
type Dir struct {
	root string
	swap sync.Mutex // held from looking at the head to replacing it
}

// NewDir returns the tree in a directory, which need not exist yet.
func NewDir(root string) *Dir { return &Dir{root: root} }

// temporary starts the names of files that are being written. A killed run may leave one; the next one that
// puts the same file replaces it.
const temporary = ".tmp-"

// lockEvery is how long a lock is waited for before it is tried again.
const lockEvery = 50 * time.Millisecond

// maxName is how long a file name may be, in bytes, where files are kept.
const maxName = 255

// tempName returns the name of a file of that name while it is being written.
func tempName(base string) string {
	if len(temporary)+len(base) > maxName {
		base = wire.Sum([]byte(base))
	}
	return temporary + base
}

// name returns where a published path lies in the file system.
func (d *Dir) name(path string) (string, error) {
	local, err := filepath.Localize(path)
	if err != nil {
		return "", fmt.Errorf("path %q can't be a file here", path)
	}
	return filepath.Join(d.root, local), nil
}

// Read implements [Reader].
func (d *Dir) Read(_ context.Context, path string, limit int64) ([]byte, error) {
	name, err := d.name(path)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes: %w: at most %d", name, info.Size(), ErrTooLarge, limit)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// Create implements [Store]. It writes in place: until a head names the file, nobody reads it.
func (d *Dir) Create(path string, segments ...[]byte) error {
	name, err := d.name(path)
	if err != nil {
		return err
	}
	f, err := d.open(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		return d.same(name, segments)
	}
	if err != nil {
		return err
	}
	for _, segment := range gather(segments) {
		if _, err = f.Write(segment); err != nil {
			break
		}
	}
	return d.close(f, err)
}

// close closes a file that was written. One that couldn't be written whole, as on a full disk, is removed again.
func (d *Dir) close(f *os.File, err error) error {
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// gather joins small segments, since a system call costs more than a copy.
func gather(segments [][]byte) [][]byte {
	total := 0
	for _, s := range segments {
		total += len(s)
	}
	if len(segments) == 1 || total > 1<<20 {
		return segments
	}
	return [][]byte{bytes.Join(segments, nil)}
}

// same returns [ErrDiffers] unless the file holds just the segments.
func (d *Dir) same(name string, segments [][]byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 64<<10)
	for _, want := range segments {
		for len(want) > 0 {
			n, err := io.ReadFull(f, buf[:min(len(buf), len(want))])
			if err != nil || !bytes.Equal(buf[:n], want[:n]) {
				return fmt.Errorf("%s: %w", name, ErrDiffers)
			}
			want = want[n:]
		}
	}
	if n, _ := f.Read(buf[:1]); n > 0 {
		return fmt.Errorf("%s: %w", name, ErrDiffers)
	}
	return nil
}

// open opens a file for writing, and makes its directory if it isn't there.
func (d *Dir) open(name string, flag int) (*os.File, error) {
	f, err := os.OpenFile(name, flag, 0o644)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	// One new directory is the common case, several of them at once are not.
	if err := os.Mkdir(filepath.Dir(name), 0o755); err != nil {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(name, flag, 0o644)
}

// Put implements [Store].
func (d *Dir) Put(path string, data []byte) error { return d.replace(path, data, false) }

// replace writes a file beside its place and renames it. A durable file is on the disk before it is renamed, and its name afterwards.
func (d *Dir) replace(path string, data []byte, durable bool) error {
	name, err := d.name(path)
	if err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(name), tempName(filepath.Base(name)))
	f, err := d.open(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && durable {
		err = f.Sync()
	}
	if err := d.close(f, err); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	if durable {
		return syncDir(filepath.Dir(name))
	}
	return nil
}

// Swap implements [Store].
func (d *Dir) Swap(path string, old, new []byte) error {
	name, err := d.name(path)
	if err != nil {
		return err
	}
	d.swap.Lock()
	defer d.swap.Unlock()
	now, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		now, err = nil, nil
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return ErrHeadMoved
	}
	if err := os.MkdirAll(d.root, 0o755); err != nil {
		return err
	}
	// A head that survives a power cut must not name files that don't.
	if err := syncFilesystem(d.root); err != nil {
		return fmt.Errorf("flush %s to the disk: %w", d.root, err)
	}
	return d.replace(path, new, true)
}

// Remove implements [Store]. Directories that are left empty go, too.
func (d *Dir) Remove(path string) error {
	name, err := d.name(path)
	if err != nil {
		return err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := filepath.Dir(name); dir != filepath.Clean(d.root); dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			break // not empty
		}
	}
	return nil
}

// List implements [Store].
func (d *Dir) List(dir string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		top := d.root
		if dir != "" {
			top = filepath.Join(d.root, filepath.FromSlash(dir))
		}
		err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) && name == top {
					return nil
				}
				return err
			}
			if entry.IsDir() {
				return nil
			}
			rel, err := filepath.Rel(d.root, name)
			if err != nil {
				return err
			}
			if !yield(filepath.ToSlash(rel), nil) {
				return filepath.SkipAll
			}
			return nil
		})
		if err != nil {
			yield("", err)
		}
	}
}

// IsTemporary reports whether a path is that of a file that a killed run was writing.
func IsTemporary(path string) bool {
	return strings.HasPrefix(path[strings.LastIndexByte(path, '/')+1:], temporary)
}

// Foreign returns the name of something in the directory that no publisher puts there, if there is no head yet: then the
// directory is somebody's, and not a tree.
func (d *Dir) Foreign() (string, error) {
	if _, err := os.Lstat(filepath.Join(d.root, wire.HeadPath)); err == nil {
		return "", nil
	}
	entries, err := os.ReadDir(d.root)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if !wire.IsTopLevel(strings.TrimPrefix(e.Name(), temporary)) {
			return e.Name(), nil
		}
	}
	return "", nil
}
