//go:build unix

package client

import (
	"errors"
	"io/fs"
	"os"
)

// syncDir makes the names in a directory durable. One that isn't there has none.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
