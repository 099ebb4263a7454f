package client

import (
	"errors"
	"io/fs"
	"os"
)

// aside is behind the name of a directory that makes room for another one, where the system can't exchange two in one step.
const aside = ".aside"

// exchangeByThree is an exchange in three steps. Between the first two there is nothing in its place: [restore] puts back what was there.
func exchangeByThree(from, to string) error {
	err := os.Rename(to, from+aside)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Rename(from, to)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Rename(from+aside, to))
	}
	return os.Rename(from+aside, from)
}

// restore ends an exchange that was interrupted between its steps.
func restore(from, to string) error {
	if _, err := os.Lstat(from + aside); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(from+aside, to)
	}
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(from+aside, from)
	}
	return nil
}
