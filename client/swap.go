package client

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// pending is what an operation is about to do to one package. It is stored before the package is touched, and gone when all is done. Whoever finds it finishes the operation if
// the package has been swapped, and undoes it if not.
type pending struct {
	ID    string     `json:"id"`
	Now   *Installed `json:"now,omitempty"`   // what is installed afterwards; nil where the package goes
	Purge bool       `json:"purge,omitempty"` // whether the package's data go with it
}

func (s *session) appDir(id string) string      { return filepath.Join(s.o.Root, "apps", id) }
func (s *session) packageDir(id string) string  { return filepath.Join(s.appDir(id), "package") }
func (s *session) previousDir(id string) string { return filepath.Join(s.appDir(id), "previous") }

// ownDirs are the directories that are a package's own.
var ownDirs = []string{"data", "cache", "db"}

// writes tells that something is about to be changed on the disk.
func (s *session) writes(step Step, what string) {
	s.o.Progress(Progress{Step: step, Package: s.id, Writes: what})
}

// save stores the next state, in one step.
func (s *session) save() error {
	s.next.Format = stateFormat
	data, err := s.next.encode()
	if err != nil {
		return classified(StepStore, Local, err)
	}
	if old, err := os.ReadFile(filepath.Join(s.o.Root, stateFile)); err == nil && string(old) == string(data) {
		return nil
	}
	s.writes(StepStore, stateFile)
	if err := s.write(stateFile, data); err != nil {
		return classified(StepStore, Local, err)
	}
	if err := s.rename(stateFile, stateFile); err != nil {
		return classified(StepStore, Local, err)
	}
	s.state, s.next = s.next, s.next.clone()
	return nil
}

// swapIn puts an unpacked package into its place, and stores the next state with it.
func (s *session) swapIn(id, staged string, now *Installed) error {
	return s.change(&pending{ID: id, Now: now}, func() error { return exchange(staged, s.packageDir(id)) }, func() error { return s.takeBack(id, staged) })
}

// takeBack undoes a [session.swapIn].
func (s *session) takeBack(id, staged string) error {
	if s.state.Installed[id] == nil {
		return os.Rename(s.packageDir(id), staged)
	}
	return exchange(staged, s.packageDir(id))
}

// change announces an operation, does its one decisive step, and stores the next state. What may take space on the disk is written before that step. If anything fails
// behind it, it is undone.
func (s *session) change(p *pending, swap, unswap func() error) (err error) {
	local := func(step Step, err error) error { return classified(step, Local, err) }
	before, after, made, err := s.prepare(p)
	if err != nil {
		s.unmake(made)
		return local(StepStore, err)
	}
	undo := []func() error{
		func() error { s.unmake(made); return nil },
		func() error { return s.rename(before, stateFile) },
	}
	defer func() {
		if err == nil {
			return
		}
		for _, f := range slices.Backward(undo) {
			err = errors.Join(err, f())
		}
	}()
	s.writes(StepSwap, "package")
	if err := swap(); err != nil {
		return local(StepSwap, err)
	}
	undo = append(undo, unswap)
	kept, err := s.keepPrevious(p)
	if err != nil {
		return local(StepSwap, err)
	}
	if kept {
		undo = append(undo, func() error { return exchange(s.swappedOut(), s.previousDir(p.ID)) })
	}
	if err := syncDir(s.appDir(p.ID)); err != nil {
		return local(StepSwap, err)
	}
	s.writes(StepStore, stateFile)
	if err := s.rename(after, stateFile); err != nil {
		return local(StepStore, err)
	}
	s.state, s.next = s.next, s.next.clone()
	undo = nil
	return local(StepStore, s.clear(p))
}

// prepare writes the state before, after and during an operation, and the directories that it takes.
func (s *session) prepare(p *pending) (before, after string, made []string, err error) {
	during := s.state.clone()
	during.Format, during.Pending = stateFormat, p
	s.settle(p)
	for _, state := range []struct {
		name string
		*state
	}{{"before", s.state}, {"after", s.next}, {"during", during}} {
		data, err := state.encode()
		if err != nil {
			return "", "", nil, err
		}
		if err := s.write(state.name, data); err != nil {
			return "", "", nil, err
		}
	}
	if p.Now != nil {
		for _, dir := range append([]string{""}, ownDirs...) {
			dir = filepath.Join(s.appDir(p.ID), dir)
			if _, err := os.Lstat(dir); err == nil {
				continue
			}
			s.writes(StepSwap, "apps")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return "", "", made, err
			}
			made = append(made, dir)
		}
	}
	s.writes(StepStore, stateFile)
	return "before", "after", made, s.rename("during", stateFile)
}

// settle makes the next state that of after an operation.
func (s *session) settle(p *pending) {
	s.next.Format, s.next.Pending = stateFormat, nil
	if p.Now == nil {
		delete(s.next.Installed, p.ID)
	} else {
		s.next.Installed[p.ID] = p.Now
	}
}

// unmake removes directories that were made, if they are still empty.
func (s *session) unmake(made []string) {
	for _, dir := range slices.Backward(made) {
		_ = os.Remove(dir)
	}
	if len(made) > 0 {
		_ = os.Remove(filepath.Join(s.o.Root, "apps"))
	}
}

// write writes a file below the work directory, and makes it durable.
func (s *session) write(name string, data []byte) error {
	f, err := s.create(name)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// rename moves a file from the work directory to its place below the root.
func (s *session) rename(from, to string) error {
	if err := os.Rename(filepath.Join(s.work(), from), filepath.Join(s.o.Root, to)); err != nil {
		return err
	}
	return syncDir(s.o.Root)
}

// swappedOut is where the package lies that was swapped out.
func (s *session) swappedOut() string { return filepath.Join(s.work(), "package") }

// keepPrevious moves the package that was swapped out to where [Client.Rollback] finds it. It reports whether there was one.
func (s *session) keepPrevious(p *pending) (bool, error) {
	if p.Now == nil || p.Now.Previous == nil || !holds(s.swappedOut(), p.Now.Previous.Artifact) {
		return false, nil // nothing was swapped out, or it is kept already
	}
	s.writes(StepSwap, "previous")
	return true, exchange(s.swappedOut(), s.previousDir(p.ID))
}

// clear takes away what is left of a removed package, which the state doesn't know any more.
func (s *session) clear(p *pending) error {
	if p.Now != nil {
		return nil
	}
	if p.Purge {
		s.writes(StepSwap, "data")
		if err := s.discard(s.appDir(p.ID)); err != nil {
			return err
		}
	}
	s.writes(StepSwap, "previous")
	if err := s.discard(s.previousDir(p.ID)); err != nil {
		return err
	}
	s.tidy(p.ID)
	return nil
}

// discard moves a directory out of sight in one step. What lies in the work directory is removed when the operation ends, or the next one begins.
func (s *session) discard(dir string) error {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.MkdirAll(s.work(), 0o700); err != nil {
		return err
	}
	to, err := os.MkdirTemp(s.work(), "gone-")
	if err != nil {
		return err
	}
	return os.Rename(dir, filepath.Join(to, "dir"))
}

// tidy removes the directory of a package that has nothing in it.
func (s *session) tidy(id string) {
	_ = os.Remove(s.appDir(id))
	_ = os.Remove(filepath.Join(s.o.Root, "apps"))
}

// recover finishes or undoes what was interrupted.
func (s *session) recover() error {
	p := s.state.Pending
	if p == nil {
		return os.RemoveAll(s.work())
	}
	dir := s.packageDir(p.ID)
	if err := restore(s.swappedOut(), dir); err != nil {
		return err
	}
	_, err := os.Lstat(dir)
	there := err == nil
	s.next.Pending = nil
	if done := p.Now == nil && !there || p.Now != nil && there && holds(dir, p.Now.Artifact); !done {
		if s.state.Installed[p.ID] == nil {
			for _, own := range ownDirs {
				_ = os.Remove(filepath.Join(s.appDir(p.ID), own))
			}
		}
		s.tidy(p.ID)
		if err := s.save(); err != nil {
			return err
		}
		return os.RemoveAll(s.work())
	}
	if _, err := s.keepPrevious(p); err != nil {
		return err
	}
	if err := s.clear(p); err != nil {
		return err
	}
	// The state that was to be stored lies there whole, unless it is what the operation got to last.
	if data, err := os.ReadFile(filepath.Join(s.work(), "after")); err == nil {
		var after state
		if json.Unmarshal(data, &after) == nil && after.Format == stateFormat && after.check() == nil {
			s.next = &after
		}
	}
	s.settle(p)
	if err := s.save(); err != nil {
		return err
	}
	return os.RemoveAll(s.work())
}
