package client

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Remove removes a package. Its data stay, unless they are purged. It needs no mirror.
func (c *Client) Remove(ctx context.Context, id string, purge bool) (Change, error) {
	s, in, done, err := c.installed(ctx, id)
	if err != nil {
		return Change{ID: id}, err
	}
	defer done()
	return Change{ID: id, From: in.Version, Removed: true}, s.remove(id, purge)
}

func (s *session) remove(id string, purge bool) error {
	delete(s.next.Installed, id)
	p := &pending{ID: id, Purge: purge}
	if err := s.change(p, func() error { return s.takeAway(p) }, func() error { return s.putBack(p) }); err != nil {
		return err
	}
	if err := s.clear(); err != nil {
		return failf(StepStore, Local, "%s is removed, and something of it is left: %w", id, err)
	}
	return nil
}

// going are the directories that go with a package, the decisive one first.
func (s *session) going(p *pending) []string {
	if p.Purge {
		return []string{s.appDir(p.ID)}
	}
	return []string{s.packageDir(p.ID), s.previousDir(p.ID)}
}

// gone is where a directory lies that was taken away. What is in the work directory is removed when the operation ends, or the next one begins.
func (s *session) gone(dir string) string { return filepath.Join(s.work(), "gone-"+filepath.Base(dir)) }

// takeAway moves what goes with a package out of sight, or leaves it as it is if that fails.
func (s *session) takeAway(p *pending) error {
	for _, dir := range s.going(p) {
		if err := os.Rename(dir, s.gone(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return withUndone(err, s.putBack(p))
		}
	}
	if err := s.tidy(p.ID); err != nil {
		return withUndone(err, s.putBack(p))
	}
	return nil
}

// putBack undoes what [session.takeAway] did.
func (s *session) putBack(p *pending) error {
	var errs []error
	for _, dir := range slices.Backward(s.going(p)) {
		if _, err := os.Lstat(s.gone(dir)); err == nil {
			errs = append(errs, os.MkdirAll(filepath.Dir(dir), 0o755), os.Rename(s.gone(dir), dir))
		}
	}
	return errors.Join(errs...)
}

// Rollback returns a package to the version that was installed before, unless an advisory blocks that one. What was installed last becomes the previous one. It needs no mirror.
func (c *Client) Rollback(ctx context.Context, id string) (Change, error) {
	change := Change{ID: id}
	s, in, done, err := c.installed(ctx, id)
	if err != nil {
		return change, err
	}
	defer done()
	change.From = in.Version
	if in.Previous == nil {
		return change, failf(StepChoose, Unknown, "%s has no previous version on this device", id)
	}
	change.To = in.Previous.Version
	if in.Previous.version().Blocked() {
		return change, failf(StepChoose, Blocked, "%s %s is blocked by advisory %s", id, in.Previous.Version, blockedBy(in.Previous.version()))
	}
	if s.o.Authors && len(in.Previous.Authors) == 0 {
		return change, failf(StepChoose, Author, "%s %s was installed without its author's signature", id, in.Previous.Version)
	}
	if !holds(s.previousDir(id), in.Previous.Artifact) {
		return change, failf(StepChoose, Altered, "the previous package of %s isn't what was installed any more", id)
	}
	now, last := *in, in.Release
	now.Release, now.Previous, now.Undone = *in.Previous, &last, false
	if in.Undone {
		now.Previous = nil // nobody goes back to what the registry took back
	}
	change.Channel = in.Channel
	return change, s.swapIn(id, s.previousDir(id), &now)
}

// Pin keeps a package at its version: [Client.Update] passes it over, until it is unpinned.
func (c *Client) Pin(ctx context.Context, id string, pinned bool) error {
	s, _, done, err := c.installed(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	s.next.Installed[id].Pinned = pinned
	return s.save()
}

// installed begins an operation on a package that is installed.
func (c *Client) installed(ctx context.Context, id string) (*session, *Installed, func(), error) {
	s, done, err := c.begin(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	s.id = id
	in := s.state.Installed[id]
	if in == nil {
		done()
		return nil, nil, nil, failf(StepChoose, Unknown, "%s isn't installed", id)
	}
	return s, in, done, nil
}
