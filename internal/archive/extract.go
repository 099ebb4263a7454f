package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// ExtractZip unpacks a stored zip of size bytes into a directory, which must be empty, or
// not exist while its parent does, and no symbolic link. Names are taken as they stand in
// the archive, with their prefix. Files get mode 0644 and directories 0755, less the umask.
//
// The archive is held against every rule, as in [ReadZip], and nothing is written
// outside dir whatever it holds ([os.Root]). If anything fails, what was written
// is removed, the directory too if it was made here. Nothing is synced to disk, which
// is what [SyncTree] does.
//
// What somebody else puts in its way meanwhile makes it fail, and stays: of two that unpack
// the same archive into one directory at once, one at most gets nil.
func ExtractZip(r io.ReaderAt, size int64, lim Limits, dir string) error {
	return extractTo(dir, func(visit visitor) error { return ReadZip(r, size, lim, visit) })
}

// ExtractTarGz unpacks a stored .tar.gz as [ExtractZip] does a zip, held against every
// rule as in [ReadTarGz]. What is wrong at its end is found only when all before it is
// written, so that as much as lim allows may be on disk until it is removed.
func ExtractTarGz(r io.Reader, lim Limits, dir string) error {
	return extractTo(dir, func(visit visitor) error { return ReadTarGz(r, lim, visit) })
}

// A visitor is called once for each file of an archive.
type visitor = func(name string, size int64, content io.Reader) error

// extractTo unpacks into a directory what read visits.
func extractTo(dir string, read func(visitor) error) error {
	x, err := newExtraction(dir)
	if err == nil {
		err = x.close(read(x.file))
	}
	if err != nil {
		return fmt.Errorf("extract to %s: %w", dir, err)
	}
	return nil
}

// An extraction writes files below one directory, and can take them back. It knows
// nothing of any format.
type extraction struct {
	dir  string
	own  bool // the directory itself was made here
	root *os.Root
	tops []string // the first components of what was made here
	dirs []openDir
	buf  []byte
}

// An openDir is a directory that the last file lies in, in the one before it. That they stay
// open spares a walk through all of them for each file.
type openDir struct {
	name string
	root *os.Root
}

// newExtraction opens an empty directory, or makes it.
func newExtraction(dir string) (*extraction, error) {
	x := &extraction{dir: dir, buf: make([]byte, 64<<10)}
	switch err := os.Mkdir(dir, 0o755); {
	case err == nil:
		x.own = true
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	var err error
	if x.root, err = openDirectory(dir); err != nil {
		return nil, x.close(err)
	}
	if err := x.checkEmpty(); err != nil {
		return nil, x.close(err)
	}
	return x, nil
}

func (x *extraction) checkEmpty() error {
	d, err := x.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	switch names, err := d.Readdirnames(1); {
	case len(names) > 0:
		return fmt.Errorf("holds %s, expected an empty directory", quote(names[0]))
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// file writes one file, and the directories above it. Names come in byte order, so that a
// directory that the last file doesn't lie in is a new one. All of them are made here: what
// is there already is somebody else's, or the file system takes two names for one.
func (x *extraction) file(name string, _ int64, content io.Reader) error {
	at := strings.LastIndexByte(name, '/') + 1
	dir, err := x.enter(name[:at])
	if err != nil {
		return err
	}
	f, err := dir.OpenFile(name[at:], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err := x.made(name, err); err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{f}, content, x.buf) // nothing but Write, or it takes another buffer
	return errors.Join(err, f.Close())
}

// enter returns a directory, whose path is empty or ends in a slash. It makes those on the way
// that the last file doesn't lie in.
func (x *extraction) enter(path string) (*os.Root, error) {
	dir, at, depth := x.root, 0, 0
	for at < len(path) {
		end := nameEnd(path, at)
		name := path[at:end]
		if depth < len(x.dirs) && x.dirs[depth].name != name {
			if err := x.leave(depth); err != nil {
				return nil, err
			}
		}
		if depth == len(x.dirs) {
			if err := x.made(path[:end], dir.Mkdir(name, 0o755)); err != nil {
				return nil, err
			}
			root, err := dir.OpenRoot(name)
			if err != nil {
				return nil, err
			}
			x.dirs = append(x.dirs, openDir{name, root})
		}
		dir = x.dirs[depth].root
		at, depth = end+1, depth+1
	}
	return dir, nil
}

// leave closes the directories below a depth.
func (x *extraction) leave(depth int) error {
	var errs []error
	for _, d := range x.dirs[depth:] {
		errs = append(errs, d.root.Close())
	}
	x.dirs = x.dirs[:depth]
	return errors.Join(errs...)
}

// made notes what was made, if err is nil.
func (x *extraction) made(path string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%w, expected nothing there: something else writes here, or the file system takes two names for one", err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", quote(path), err)
	}
	if !strings.Contains(path, "/") {
		x.tops = append(x.tops, path)
	}
	return nil
}

// close ends the extraction. If it failed, it removes what was written, and returns
// why it failed along with what couldn't be removed.
func (x *extraction) close(failure error) error {
	errs := []error{failure, x.leave(0)}
	if x.root != nil {
		if failure != nil {
			for _, top := range x.tops {
				errs = append(errs, x.root.RemoveAll(top))
			}
		}
		errs = append(errs, x.root.Close())
	}
	if failure != nil && x.own {
		errs = append(errs, os.Remove(x.dir))
	}
	return errors.Join(errs...)
}
