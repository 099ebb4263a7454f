package store

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncFilesystem flushes all that was written to the file system of a directory: one call instead of one a file.
func syncFilesystem(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}
