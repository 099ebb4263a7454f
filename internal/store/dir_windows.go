package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Lock implements [Store] with a named object of the system, which is there as long as somebody holds it: the tree holds
// no lock file, and a killed publisher holds no lock. It keeps the processes of one machine apart.
func (d *Dir) Lock(ctx context.Context, wait func()) (func(), error) {
	for first := true; ; first = false {
		lock, err := d.tryLock()
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", d.root, err)
		}
		if lock != 0 {
			return func() { _ = windows.CloseHandle(lock) }, nil
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

// tryLock returns the lock, or 0 if somebody else has it.
func (d *Dir) tryLock() (windows.Handle, error) {
	if err := os.MkdirAll(d.root, 0o755); err != nil {
		return 0, err
	}
	f, err := os.Open(d.root)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	// The directory's number on its volume is the same under whatever name it goes.
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0, err
	}
	name, err := windows.UTF16PtrFromString(fmt.Sprintf(`Global\regen-%08x-%08x%08x`, info.VolumeSerialNumber, info.FileIndexHigh, info.FileIndexLow))
	if err != nil {
		return 0, err
	}
	lock, err := windows.CreateMutex(nil, false, name)
	switch {
	case err == nil:
		return lock, nil
	case errors.Is(err, windows.ERROR_ALREADY_EXISTS):
		return 0, windows.CloseHandle(lock)
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return 0, nil // another user has it
	}
	return 0, err
}

// syncDir does nothing: directories can't be flushed here.
func syncDir(string) error { return nil }
