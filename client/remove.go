package client

import (
	"context"
	"os"
	"path/filepath"
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
	out := filepath.Join(s.work(), "removed")
	return s.change(&pending{ID: id, Purge: purge},
		func() error { return os.Rename(s.packageDir(id), out) },
		func() error { return os.Rename(out, s.packageDir(id)) })
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
