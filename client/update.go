package client

import (
	"context"
	"errors"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// UpdateOptions say what is updated.
type UpdateOptions struct {
	IDs   []string // empty for all that is installed
	Check bool     // only look
	// NewAuthor says that the device's owner agrees to other authors of these packages than those that the device knows. With [Options.Authors], they have to have signed all the same.
	NewAuthor bool
	// Confirm is asked before each package is updated; nil stands for yes.
	Confirm func(Offer) bool
	// Uninstall is asked before a package is removed because an advisory says so; nil stands for no. Its data stay.
	Uninstall func(Word, Advisory) bool
}

// Updated says what an update did, or would do.
type Updated struct {
	Synced
	Changes []Change `json:"changes"`
	// Held are the packages that are pinned although there is something newer.
	Held []Change `json:"held,omitempty"`
	// Strangers are the ids of the packages of which there is a newer version that isn't from the author that the device knows, or isn't signed where that is asked for. The device doesn't take it, and goes on with the others;
	// their owner has to know, since somebody may have taken the registry over. The reason is in the change's Passed.
	Strangers []string `json:"strangers,omitempty"`
}

// Update brings packages to the newest version of their channel that no advisory blocks and that runs on the device's hosts. Each package is swapped by itself; what was done before an
// error stays done, and is in the result.
func (c *Client) Update(ctx context.Context, o UpdateOptions) (Updated, error) {
	out := Updated{Changes: []Change{}}
	s, done, err := c.begin(ctx)
	if err != nil {
		return out, err
	}
	defer done()
	if out.Synced, err = s.sync(); err != nil {
		return out, err
	}
	ids := o.IDs
	if len(ids) == 0 {
		ids = sortedKeys(s.next.Installed)
	}
	for _, id := range ids {
		if s.next.Installed[id] == nil {
			return out, failf(StepChoose, Unknown, "%s isn't installed", id)
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		s.id = id
		if err := s.update(id, o, &out); err != nil {
			return out, err
		}
	}
	if o.Check {
		return out, nil
	}
	return out, s.save()
}

// above reports whether a version is an update of the installed one. A release that was undone may come again under its version.
func (in *Installed) above(v Version) bool {
	order := wire.CompareVersions(v.Version, in.Version)
	return order > 0 || order == 0 && in.Undone && v.Metadata != in.Metadata
}

func (s *session) update(id string, o UpdateOptions, out *Updated) error {
	in := s.next.Installed[id]
	known := in.list(id)
	offered, passed := candidates(*known, in.Channel)
	offered = slices.DeleteFunc(offered, func(v Version) bool { return !in.above(v) })
	passed = slices.DeleteFunc(passed, func(p Passed) bool { return wire.CompareVersions(p.Version, in.Version) <= 0 })
	change := Change{ID: id, From: in.Version, Channel: in.Channel}
	if in.Delisted {
		offered = nil // what the registry doesn't offer any more isn't updated
	}
	m, v, passed, err := s.pick(*known, offered, passed, o.NewAuthor)
	if err != nil {
		return err
	}
	change.Passed = passed
	if slices.ContainsFunc(passed, func(p Passed) bool { return p.Class == Author }) {
		out.Strangers = append(out.Strangers, id)
	}
	switch {
	case m == nil:
		return s.withdraw(id, o, out, change)
	case in.Pinned:
		change.To, change.Metadata = v.Version, m
		out.Held = append(out.Held, change)
		return nil
	case o.Check:
		change.To, change.Metadata = v.Version, m
		change.Bytes, change.Via = s.ways(*m, in)[0].size, s.ways(*m, in)[0].via
		out.Changes = append(out.Changes, change)
		return nil
	}
	err = s.put(&change, *known, m, v, o.NewAuthor, o.Confirm)
	if err == nil || ClassOf(err) == Refused {
		out.Changes = append(out.Changes, change)
		return nil
	}
	if ClassOf(err) == Author { // found in the files; nothing was changed
		change.Passed = append([]Passed{{v.Version, Author, "isn't what its author signed"}}, passed...)
		change.To, change.Metadata, change.Bytes, change.Via = "", nil, 0, ""
		out.Changes = append(out.Changes, change)
		if !slices.Contains(out.Strangers, id) {
			out.Strangers = append(out.Strangers, id)
		}
		return nil
	}
	return err
}

// withdraw removes a package that an advisory wants uninstalled and that has no better version, if its owner agrees.
func (s *session) withdraw(id string, o UpdateOptions, out *Updated, change Change) error {
	in := s.next.Installed[id]
	if in.Action() != Uninstall {
		if len(change.Passed) > 0 {
			out.Changes = append(out.Changes, change)
		}
		return nil
	}
	for _, y := range in.Yanks {
		if y.Action != Uninstall {
			continue
		}
		a, err := s.advisory(id, y)
		if err != nil {
			return err
		}
		change.Removed = o.Check || o.Uninstall != nil && o.Uninstall(Word{ID: id, Version: in.Version, Kind: y.Action, Advisory: &y}, a)
		change.Refused = !change.Removed
		if change.Removed && !o.Check {
			if err := s.remove(id, false); err != nil {
				return err
			}
		}
		out.Changes = append(out.Changes, change)
		return nil
	}
	return errors.New("no advisory asks for what was asked") // Action found one
}
