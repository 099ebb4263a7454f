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
// Whatever turns up in dir meanwhile makes it fail, and stays: of two that unpack into one
// directory at once, one at most gets nil.
func ExtractZip(r io.ReaderAt, size int64, lim Limits, dir string) error {
	return extractTo(dir, func(visit visitor) error { return ReadZip(r, size, lim, visit) })
}

// ExtractTarGz unpacks a stored .tar.gz as [ExtractZip] does a zip, held against every
// rule as in [ReadTarGz].
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
	made bool // the directory itself was made here
	root *os.Root
	tops []string // the first components of what was made here
	name string   // the last file
}

// newExtraction opens an empty directory, or makes it.
func newExtraction(dir string) (*extraction, error) {
	x := &extraction{dir: dir}
	switch err := os.Mkdir(dir, 0o755); {
	case err == nil:
		x.made = true
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
// directory that the last name doesn't go through is a new one. The files and the
// directories are all made here: one that is there already is somebody else's, or the file
// system takes two names for one.
func (x *extraction) file(name string, _ int64, content io.Reader) error {
	for at, c := range []byte(name) {
		if c == '/' && !strings.HasPrefix(x.name, name[:at+1]) {
			if err := x.add(name[:at], x.root.Mkdir(name[:at], 0o755)); err != nil {
				return err
			}
		}
	}
	f, err := x.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err := x.add(name, err); err != nil {
		return err
	}
	x.name = name
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}

// add notes what was made, if err is nil.
func (x *extraction) add(name string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w, expected nothing there: something else writes here, or the file system takes two names for one", err)
	}
	if err == nil && !strings.Contains(name, "/") {
		x.tops = append(x.tops, name)
	}
	return err
}

// close ends the extraction. If it failed, it removes what was written, and returns
// why it failed along with what couldn't be removed.
func (x *extraction) close(failure error) error {
	errs := []error{failure}
	if x.root != nil {
		if failure != nil {
			for _, top := range x.tops {
				errs = append(errs, x.root.RemoveAll(top))
			}
		}
		errs = append(errs, x.root.Close())
	}
	if failure != nil && x.made {
		errs = append(errs, os.Remove(x.dir))
	}
	return errors.Join(errs...)
}
