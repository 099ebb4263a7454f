package client

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// exchange puts a directory into its place in one step. What was there is where the directory was; nothing is there if there was nothing.
func exchange(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_EXCHANGE)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(from, to)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return exchangeByThree(from, to) // a file system that can't
	}
	return &os.PathError{Op: "exchange", Path: to, Err: err}
}
