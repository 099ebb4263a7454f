//go:build unix

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Lock implements [Store] with flock(2) on the directory itself, so that the tree holds no lock file and
// a killed publisher holds no lock.
func (d *Dir) Lock(ctx context.Context, wait func()) (func(), error) {
	for first := true; ; first = false {
		f, err := d.tryLock()
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", d.root, err)
		}
		if f != nil {
			return func() { f.Close() }, nil
		}
		if first && wait != nil {
			wait()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockEvery):
		}
	}
}

// tryLock returns the locked directory, or nil if somebody else has the lock.
func (d *Dir) tryLock() (*os.File, error) {
	if err := os.MkdirAll(d.root, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Open(d.root)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		// Whoever had the lock may have removed the directory. Then there may be another one by now, that somebody else has locked.
		locked, lockedErr := f.Stat()
		there, thereErr := os.Stat(d.root)
		if lockedErr == nil && thereErr == nil && os.SameFile(locked, there) {
			return f, nil
		}
	}
	f.Close()
	if err != nil && !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
		return nil, err
	}
	return nil, nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
