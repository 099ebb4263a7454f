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
		return withUndone(err, os.Rename(from+aside, to))
	}
	if err := os.Rename(from+aside, from); err != nil {
		return withUndone(err, errors.Join(os.Rename(to, from), os.Rename(from+aside, to)))
	}
	return nil
}

// restore ends an exchange that was interrupted between its steps: it is done, or it wasn't begun.
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

// unexchange undoes an exchange, which moved a directory where there was nothing in its place.
func unexchange(from, to string) error {
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(to, from)
	}
	return exchange(from, to)
}
