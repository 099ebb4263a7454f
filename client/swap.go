package client

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// pending is what an operation is about to do to one package. It is stored before the package is touched, and gone when all is done. Whoever finds it finishes the operation if
// the package has been swapped, and undoes it if not.
type pending struct {
	ID    string   `json:"id"`
	After *state   `json:"after"`           // what the device knows afterwards
	Purge bool     `json:"purge,omitempty"` // whether the package's data go with it
	Made  []string `json:"made,omitempty"`  // those of the package's own directories that aren't there yet
}

// now is what is installed afterwards; nil where the package goes.
func (p *pending) now() *Installed { return p.After.Installed[p.ID] }

func (s *session) appDir(id string) string      { return filepath.Join(s.o.Root, "apps", id) }
func (s *session) packageDir(id string) string  { return filepath.Join(s.appDir(id), "package") }
func (s *session) previousDir(id string) string { return filepath.Join(s.appDir(id), "previous") }

// ownDirs are the directories that are a package's own.
var ownDirs = []string{"data", "cache", "db"}

// writes tells that something is about to be changed on the disk.
func (s *session) writes(step Step, what string) {
	s.o.Progress(Progress{Step: step, Package: s.id, Writes: what})
}

// save stores the next state, in one step, or leaves the one that is stored.
func (s *session) save() error {
	if s.stored() {
		return nil
	}
	before, err := s.state.encode()
	if err == nil {
		err = s.write("before", before)
	}
	if err != nil {
		return failf(StepStore, Local, "%w", err)
	}
	if err := s.saveAs(stateFile); err != nil {
		return withUndone(err, s.back())
	}
	return nil
}

// stored reports whether the next state is the one that is stored.
func (s *session) stored() bool {
	s.next.Format = stateFormat
	data, err := s.next.encode()
	if err != nil {
		return false
	}
	old, err := os.ReadFile(filepath.Join(s.o.Root, stateFile))
	return err == nil && bytes.Equal(old, data)
}

// saveAs stores the next state. It takes no space on the disk where the work directory has a file of that name that holds it.
func (s *session) saveAs(ready string) error {
	s.next.Format = stateFormat
	data, err := s.next.encode()
	if err != nil {
		return failf(StepStore, Local, "%w", err)
	}
	s.writes(StepStore, stateFile)
	if have, err := os.ReadFile(filepath.Join(s.work(), ready)); err != nil || !bytes.Equal(have, data) {
		if err := s.write(ready, data); err != nil {
			return failf(StepStore, Local, "%w", err)
		}
	}
	if err := s.rename(ready, stateFile); err != nil {
		return failf(StepStore, Local, "%w", err)
	}
	s.state, s.next = s.next, s.next.clone()
	return nil
}

// swapIn puts an unpacked package into its place, and stores the next state with it.
func (s *session) swapIn(id, staged string, now *Installed) error {
	s.next.Installed[id] = now
	return s.change(&pending{ID: id}, func() error { return exchange(staged, s.packageDir(id)) }, func() error { return unexchange(staged, s.packageDir(id)) })
}

// change announces an operation, does its one decisive step, and stores the next state. What may take space on the disk is written before that step. If anything fails, what
// was done is undone; and if that fails, too, it stays announced, for the next operation to undo or finish.
func (s *session) change(p *pending, swap, unswap func() error) (err error) {
	local := func(step Step, err error) error { return failf(step, Local, "%w", err) }
	if err := s.checkPlace(p.ID); err != nil {
		return local(StepSwap, err)
	}
	if err := s.prepare(p); err != nil {
		return local(StepStore, err)
	}
	undo := []func() error{s.back, func() error { return s.unmake(p) }}
	defer func() {
		for i := len(undo) - 1; i >= 0 && err != nil && !errors.Is(err, errStuck); i-- {
			err = withUndone(err, undo[i]())
		}
		s.stuck = errors.Is(err, errStuck)
	}()
	s.writes(StepStore, stateFile)
	if err := s.rename("during", stateFile); err != nil {
		return local(StepStore, err)
	}
	if err := s.make(p); err != nil {
		return local(StepSwap, err)
	}
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
		undo = append(undo, func() error { return unexchange(s.swappedOut(), s.previousDir(p.ID)) })
	}
	for _, dir := range []string{s.appDir(p.ID), filepath.Dir(s.appDir(p.ID))} {
		if err := syncDir(dir); err != nil {
			return local(StepSwap, err)
		}
	}
	s.writes(StepStore, stateFile)
	undo = append(undo, func() error { return s.rename("undoing", stateFile) })
	if err := s.rename("after", stateFile); err != nil {
		return local(StepStore, err)
	}
	s.state, s.next = s.next, s.next.clone()
	return nil
}

// errStuck says that something failed, and couldn't be undone either.
var errStuck = errors.New("what was done couldn't be undone")

// withUndone adds to an error what came of undoing what was done before it.
func withUndone(err, failure error) error {
	if failure == nil {
		return err
	}
	return fmt.Errorf("%w; %w: %w", err, errStuck, failure)
}

// prepare writes the states before, after, during and while undoing an operation into the work directory.
func (s *session) prepare(p *pending) error {
	s.next.Format = stateFormat
	p.After = s.next.clone()
	if p.now() != nil {
		for _, own := range ownDirs {
			if _, err := os.Lstat(filepath.Join(s.appDir(p.ID), own)); errors.Is(err, fs.ErrNotExist) {
				p.Made = append(p.Made, own)
			}
		}
	}
	during := s.state.clone()
	during.Pending = p
	for _, state := range []struct {
		name string
		*state
	}{{"before", s.state}, {"after", s.next}, {"during", during}, {"undoing", during}} {
		data, err := state.encode()
		if err != nil {
			return err
		}
		if err := s.write(state.name, data); err != nil {
			return err
		}
	}
	return syncDir(s.work())
}

// back stores the state from before an operation. That takes no space on the disk.
func (s *session) back() error {
	if !s.state.empty() {
		return s.rename("before", stateFile)
	}
	if err := os.Remove(filepath.Join(s.o.Root, stateFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(s.o.Root)
}

// checkPlace returns an error if something else is where a package's directory is, or is to be: what is done below a symbolic link is done elsewhere.
func (s *session) checkPlace(id string) error {
	for _, dir := range []string{filepath.Dir(s.appDir(id)), s.appDir(id)} {
		info, err := os.Lstat(dir)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s isn't a directory, and no link to one would do", dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// make makes the directories that are a package's own.
func (s *session) make(p *pending) error {
	for _, own := range p.Made {
		s.writes(StepSwap, own)
		if err := os.MkdirAll(filepath.Join(s.appDir(p.ID), own), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// unmake removes the directories that were made, if they are still empty.
func (s *session) unmake(p *pending) error {
	for _, own := range ownDirs {
		if slices.Contains(p.Made, own) {
			if err := removeEmpty(filepath.Join(s.appDir(p.ID), own)); err != nil {
				return err
			}
		}
	}
	if len(p.Made) == 0 {
		return nil
	}
	return s.tidy(p.ID)
}

// tidy removes the directory of a package that has nothing in it.
func (s *session) tidy(id string) error {
	if err := removeEmpty(s.appDir(id)); err != nil {
		return err
	}
	return removeEmpty(filepath.Dir(s.appDir(id)))
}

// removeEmpty removes a directory, if it is there and has nothing in it.
func removeEmpty(dir string) error {
	err := os.Remove(dir)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil
	}
	return err
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

// swappedOut is where a package is unpacked, and then the one lies that was swapped out for it.
func (s *session) swappedOut() string { return filepath.Join(s.work(), "package") }

// keepPrevious moves the package that was swapped out to where [Client.Rollback] finds it. It reports whether there was one.
func (s *session) keepPrevious(p *pending) (bool, error) {
	now := p.now()
	if now == nil || now.Previous == nil || !holds(s.swappedOut(), now.Previous.Artifact) {
		return false, nil // nothing was swapped out, or it is kept already
	}
	s.writes(StepSwap, "previous")
	return true, exchange(s.swappedOut(), s.previousDir(p.ID))
}

// recover finishes or undoes what was interrupted.
func (s *session) recover() error {
	if s.state.Pending == nil {
		s.clear() // what stays is in nobody's way, as on a disk that can't be written
		return nil
	}
	if err := s.resume(s.state.Pending); err != nil {
		return failf(StepState, Local, "finish what was interrupted, or undo it: %w", err)
	}
	return nil
}

func (s *session) resume(p *pending) error {
	if err := s.checkPlace(p.ID); err != nil {
		return err
	}
	if info, err := os.Lstat(s.work()); err == nil && !info.IsDir() {
		if err := os.Remove(s.work()); err != nil {
			return err
		}
	}
	dir := s.packageDir(p.ID)
	for _, e := range [][2]string{{s.swappedOut(), dir}, {s.swappedOut(), s.previousDir(p.ID)}, {s.previousDir(p.ID), dir}} {
		if err := restore(e[0], e[1]); err != nil {
			return err
		}
	}
	_, err := os.Lstat(dir)
	switch now := p.now(); {
	case now == nil && errors.Is(err, fs.ErrNotExist):
		err = s.takeAway(p)
	case now != nil && holds(dir, now.Artifact):
		_, err = s.keepPrevious(p)
	default:
		return s.abandon(p)
	}
	if err != nil {
		return err
	}
	s.next = p.After.clone()
	return s.end("after")
}

// abandon stores the state from before an operation that didn't get to its decisive step.
func (s *session) abandon(p *pending) error {
	if err := s.unmake(p); err != nil {
		return err
	}
	if s.state.empty() {
		s.writes(StepStore, stateFile)
		s.state, s.next = s.next, s.next.clone()
		return errors.Join(s.back(), s.clear())
	}
	return s.end("before")
}

// end stores the next state, which the work directory has under a name, and ends the recovery.
func (s *session) end(ready string) (err error) {
	if err := s.saveAs(ready); err != nil {
		return err
	}
	if s.trust, err = s.state.document(); err != nil {
		return err
	}
	return s.clear()
}

// clear removes the work directory, unless the next operation needs it. What a removed package left there may have directories that forbid it.
func (s *session) clear() error {
	if s.stuck {
		return nil
	}
	err := os.RemoveAll(s.work())
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(s.work(), func(name string, e fs.DirEntry, err error) error {
		if e != nil && e.IsDir() && err == nil {
			_ = os.Chmod(name, 0o700)
		}
		return nil
	})
	return os.RemoveAll(s.work())
}
