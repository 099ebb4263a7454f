package client

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// exchange puts a directory into its place in one step. What was there is where the directory was; nothing is there if there was nothing.
func exchange(from, to string) error {
	err := unix.RenamexNp(from, to, unix.RENAME_SWAP)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(from, to)
	case errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.EINVAL):
		return exchangeByThree(from, to) // a file system that can't
	}
	return &os.PathError{Op: "exchange", Path: to, Err: err}
}
