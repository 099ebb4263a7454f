package archive

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
)

// Files reads the files below a directory into which an archive was unpacked, in byte order
// of their paths. Without a prefix, [StoredZip] or [StoredTarGz] makes of them the very
// archive that it was, if it was of that kind and nothing was changed since. Permissions and
// times are not looked at.
//
// It follows no symbolic link, dir included ([os.Root]), and fails on anything but regular
// files and directories with files below them: only dir itself may be empty. It fails
// with a [PathProblem] on a path that no archive has ([CheckPath]), and with a [LimitError]
// beyond lim or 65,534 directories. How paths go together is checked by packing them.
//
// Memory is bounded by lim.Size, for the contents, and by lim.Files.
func Files(dir string, lim Limits) ([]File, error) {
	if err := lim.check(); err != nil {
		return nil, err
	}
	t := treeReader{lim: lim}
	root, err := openDirectory(dir)
	if err == nil {
		err = errors.Join(t.directory(root, ""), root.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("read the files in %s: %w", dir, err)
	}
	slices.SortFunc(t.files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return t.files, nil
}

// A treeReader reads the files below a directory.
type treeReader struct {
	lim Limits

	// So far:
	files []File
	size  int64 // of all contents
	names int   // of files and directories, read or yet to be
	dirs  int64
}

// directory reads a directory. The prefix stands before its names, and is empty or ends in
// a slash.
func (t *treeReader) directory(root *os.Root, prefix string) error {
	names, err := t.list(root)
	if err != nil {
		return err
	}
	if len(names) == 0 && prefix != "" {
		return fmt.Errorf("%s is an empty directory, expected files in it", quote(prefix))
	}
	for _, name := range names {
		if err := t.entry(root, name, prefix+name); err != nil {
			return err
		}
	}
	return nil
}

// list returns the names in a directory, in order, if there aren't too many.
func (t *treeReader) list(root *os.Root) ([]string, error) {
	d, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	most := min(t.lim.Files, 1<<30) + maxDirs
	var names []string
	for {
		some, err := d.Readdirnames(1024)
		names = append(names, some...)
		t.names += len(some)
		if err == io.EOF {
			slices.Sort(names)
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if err := atMost("files and directories", int64(t.names), int64(most)); err != nil {
			return nil, err
		}
	}
}

// entry reads what a directory has under a name.
func (t *treeReader) entry(root *os.Root, name, path string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	switch {
	case info.Mode().IsRegular():
		return t.file(root, name, path, info)
	case info.IsDir():
		t.dirs++
		if err := atMost("directories", t.dirs, maxDirs); err != nil {
			return err
		}
		return t.below(root, name, path, info)
	}
	return fmt.Errorf("%s is %s, expected a regular file or a directory", quote(path), fileKind(info.Mode()))
}

// below reads a directory in a directory.
func (t *treeReader) below(root *os.Root, name, path string, info os.FileInfo) error {
	sub, err := root.OpenRoot(name)
	if err != nil {
		return err
	}
	if err = checkOpened(sub, info); err == nil {
		err = t.directory(sub, path+"/")
	}
	return errors.Join(err, sub.Close())
}

// file reads a file.
func (t *treeReader) file(root *os.Root, name, path string, info os.FileInfo) error {
	// Not to block is for a pipe that someone puts in its place.
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(info, opened) {
		return errReplaced(path)
	}
	size := opened.Size()
	if err := t.checkLimits(size); err != nil {
		return fmt.Errorf("%s: %w", quote(path), err)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return fmt.Errorf("read %d bytes of %s: %w", size, quote(path), err)
	}
	if n, _ := f.Read(make([]byte, 1)); n > 0 {
		return fmt.Errorf("%s goes on after %d bytes, expected its end: it changed while it was read", quote(path), size)
	}
	t.files = append(t.files, File{Path: path, Data: data})
	t.size += size
	return nil
}

// checkLimits returns an error if a file of that size is beyond the limits, alone or with
// those before it.
func (t *treeReader) checkLimits(size int64) error {
	if err := atMost("files up to this one", int64(len(t.files))+1, int64(t.lim.Files)); err != nil {
		return err
	}
	if err := atMost("bytes in one file", size, t.lim.FileSize); err != nil {
		return err
	}
	return atMost("bytes in all files up to this one", t.size+size, t.lim.Size)
}
