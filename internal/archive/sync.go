package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// SyncTree flushes a directory and all that is below it to the disk, so that a power cut takes
// nothing of it. Its own name is part of the directory that it is in: whoever renames it must
// flush that one afterwards.
//
// On Linux that is one call for the whole file system (syncfs), elsewhere one for each file
// and directory. Directories can't be flushed on Windows, and aren't.
func SyncTree(dir string) error {
	if err := syncTree(dir); err != nil {
		return fmt.Errorf("flush %s to the disk: %w", dir, err)
	}
	return nil
}

// syncEach flushes the files and directories one by one, what is in a directory before itself.
func syncEach(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			err = syncEach(name)
		case e.Type().IsRegular():
			err = syncOne(name, os.O_WRONLY) // to read isn't enough on Windows
		}
		if err != nil {
			return err
		}
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	return syncOne(dir, os.O_RDONLY)
}

func syncOne(name string, flag int) error {
	f, err := os.OpenFile(name, flag, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
