package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// openDirectory opens a directory, so that what is done in it stays below it. It refuses
// a symbolic link to one, which someone may have put in its place.
func openDirectory(dir string) (*os.Root, error) {
	dir = filepath.Join(dir) // a slash at the end would follow the link
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("is %s, expected a directory", fileKind(info.Mode()))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := checkOpened(root, info); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// checkOpened returns an error if a directory isn't the one that it was before it was opened.
func checkOpened(root *os.Root, before fs.FileInfo) error {
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(before, opened) {
		err = errReplaced(root.Name())
	}
	return err
}

// errReplaced says that a path was something else when it was opened than it was before.
func errReplaced(path string) error {
	return fmt.Errorf("%s was replaced while it was opened", quote(path))
}

// fileKind says what a file is.
func fileKind(mode fs.FileMode) string {
	switch mode.Type() {
	case 0:
		return "a regular file"
	case fs.ModeDir:
		return "a directory"
	case fs.ModeSymlink:
		return "a symbolic link"
	case fs.ModeNamedPipe:
		return "a pipe"
	case fs.ModeSocket:
		return "a socket"
	case fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice:
		return "a device"
	}
	return "something else" // on Windows, a junction
}
