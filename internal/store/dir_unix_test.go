//go:build unix

package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestDirLock(t *testing.T) {
	top := filepath.Join(t.TempDir(), "tree")
	a, b := NewDir(top), NewDir(top)
	unlock, err := a.Lock(ctx, nil)
	must(t, err)

	short, cancel := context.WithTimeout(ctx, 120*time.Millisecond)
	defer cancel()
	waited := 0
	_, err = b.Lock(short, func() { waited++ })
	wantIs(t, err, context.DeadlineExceeded)
	if waited != 1 {
		t.Errorf("told %d times that it has to wait, expected once", waited)
	}

	got := make(chan error, 1)
	waiting := make(chan bool, 1)
	go func() {
		unlock, err := b.Lock(ctx, func() { waiting <- true })
		if err == nil {
			unlock()
		}
		got <- err
	}()
	<-waiting
	select {
	case err := <-got:
		t.Fatalf("two hold the lock: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	unlock()
	must(t, <-got)
	if got := list(t, a, ""); len(got) != 0 {
		t.Errorf("the lock left %v", got)
	}
}

// Whoever waits for the lock of a directory that is removed meanwhile locks the one that is there then.
func TestDirLockRemoved(t *testing.T) {
	top := filepath.Join(t.TempDir(), "tree")
	unlock, err := NewDir(top).Lock(ctx, nil)
	must(t, err)
	waiting := make(chan bool, 1)
	got := make(chan func(), 1)
	go func() {
		unlock, err := NewDir(top).Lock(ctx, func() { waiting <- true })
		if err != nil {
			t.Error(err)
		}
		got <- unlock
	}()
	<-waiting
	must(t, os.Remove(top))
	unlock()
	defer (<-got)()
	short, cancel := context.WithTimeout(ctx, 120*time.Millisecond)
	defer cancel()
	_, err = NewDir(top).Lock(short, nil)
	wantIs(t, err, context.DeadlineExceeded)
}
