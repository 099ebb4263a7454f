package client

import (
	"context"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// InstallOptions say what is installed.
type InstallOptions struct {
	Version string // exactly this one; empty for the best of the channel
	Channel string // that the device follows from now on; empty for [Stable], or for the version's own
	// NewAuthor says that the device's owner agrees to another author than the one that the device knows. With [Options.Authors], the version has to be signed all the same.
	NewAuthor bool
	// Confirm is asked before anything is downloaded; false ends the operation. nil stands for yes. The root is locked meanwhile: of the device's operations, it may
	// use [Client.Search], [Client.Show] and [Client.Changelog].
	Confirm func(Offer) bool
}

// Offer is what a device's owner ought to know before a version is installed.
type Offer struct {
	ID   string
	From string // the version that is installed, or ""
	Metadata
	Permissions []string   // that it didn't have before
	Warnings    []Advisory // advisories that warn of the version
	Passed      []Passed   // higher versions that were passed over, and why
	Bytes       int64      // that are to be downloaded, at best
	// Stranger says why the version isn't one of the author that the device knows, where the owner agreed to another one (NewAuthor); else it is "".
	Stranger string
}

// Change is what an operation did, or would do.
type Change struct {
	ID      string   `json:"id"`
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Channel string   `json:"channel,omitempty"`
	Passed  []Passed `json:"passed,omitempty"`
	Bytes   int64    `json:"bytes,omitempty"` // downloaded, or to be
	Via     string   `json:"via,omitempty"`   // how the artifact came: delta, zstd or plain
	// Refused says that the owner said no, or wasn't asked.
	Refused bool `json:"refused,omitempty"`
	// Removed says that the package was removed, or would be: an advisory asks for it.
	Removed bool `json:"removed,omitempty"`
	// Metadata are the facts of the new version.
	Metadata *Metadata `json:"-"`
}

// Install installs a package, or another version of one that is installed: the one that is asked for, even if it is lower.
func (c *Client) Install(ctx context.Context, id string, o InstallOptions) (Change, error) {
	change := Change{ID: id}
	if err := wire.CheckID(id); err != nil {
		return change, failf(StepChoose, Unknown, "%w", err)
	}
	if o.Channel != "" && !slices.Contains(wire.Channels, o.Channel) {
		return change, failf(StepChoose, Unknown, "channel %q, expected one of %v", o.Channel, wire.Channels)
	}
	s, done, err := c.begin(ctx)
	if err != nil {
		return change, err
	}
	defer done()
	s.id = id
	if _, err := s.sync(); err != nil {
		return change, err
	}
	entry, found, err := s.find(id)
	if err != nil {
		return change, err
	}
	if !found {
		return change, failf(StepIndex, Unknown, "the registry %s has no package %s", s.head.Registry, id)
	}
	list, err := s.versions(id, entry.Versions)
	if err != nil {
		return change, err
	}
	if list.State == wire.Delisted {
		return change, failf(StepChoose, Delisted, "%s is delisted: the registry doesn't offer it any more", id)
	}
	m, v, err := s.wanted(&change, list, o)
	if err != nil {
		return change, err
	}
	in := s.next.Installed[id]
	if in != nil {
		change.From = in.Version
		if in.Version == v.Version && in.Metadata == v.Metadata && s.intact(id, in) {
			if in.Authors, err = s.authors(*m, in, s.packageDir(id), o.NewAuthor); err != nil {
				return change, err
			}
			in.Channel = change.Channel
			change.Metadata = m
			return change, s.save() // it is there
		}
	}
	return change, s.put(&change, list, m, v, o.NewAuthor, o.Confirm)
}

// wanted chooses the version to install.
func (s *session) wanted(change *Change, list VersionList, o InstallOptions) (*Metadata, Version, error) {
	id := change.ID
	change.Channel = o.Channel
	if o.Version != "" {
		v, ok := list.Find(o.Version)
		if !ok {
			return nil, v, failf(StepChoose, Unknown, "%s has no version %s", id, o.Version)
		}
		if change.Channel == "" {
			change.Channel = wire.ChannelOf(v.Version)
		}
		if v.Blocked() {
			return nil, v, s.blocked(id, v)
		}
		m, err := s.metadata(id, v)
		if err != nil {
			return nil, v, err
		}
		if why := fits(m, s.o.Hosts); why != "" {
			return nil, v, failf(StepChoose, Host, "%s %s %s", id, v.Version, why)
		}
		why, err := s.unsigned(m, s.next.Installed[id], list.Versions, o.NewAuthor)
		if err != nil {
			return nil, v, err
		}
		if why != "" {
			return nil, v, failf(StepChoose, Author, "%s %s %s", id, v.Version, why)
		}
		return &m, v, nil
	}
	if change.Channel == "" {
		change.Channel = Stable
		if in := s.next.Installed[id]; in != nil {
			change.Channel = in.Channel
		}
	}
	offered, passed := candidates(list, change.Channel)
	m, v, passed, err := s.pick(list, offered, passed, o.NewAuthor)
	change.Passed = passed
	switch {
	case err != nil:
		return nil, v, err
	case m != nil:
		return m, v, nil
	case len(passed) == 0:
		return nil, v, failf(StepChoose, Unknown, "%s has no version on channel %s", id, change.Channel)
	case passed[0].Class == Blocked:
		blocked, _ := list.Find(passed[0].Version)
		return nil, v, s.blocked(id, blocked)
	}
	return nil, v, failf(StepChoose, passed[0].Class, "%s has no version for this device: %s %s", id, passed[0].Version, passed[0].Reason)
}

// blocked is the error of a version that an advisory keeps from being installed, with the reason that it gives.
func (s *session) blocked(id string, v Version) error {
	for _, y := range v.Yanks {
		if y.Action == wire.Warn {
			continue
		}
		a, err := s.advisory(id, y)
		if err != nil {
			return err
		}
		return failf(StepChoose, Blocked, "%s %s is blocked by advisory %s: %s", id, v.Version, a.ID, a.Reason.In(wire.DefaultLanguage))
	}
	return failf(StepChoose, Blocked, "%s %s is blocked", id, v.Version)
}

// put asks, downloads, unpacks, compares and swaps a release in.
func (s *session) put(change *Change, list VersionList, m *Metadata, v Version, newAuthor bool, confirm func(Offer) bool) error {
	id := change.ID
	in := s.next.Installed[id]
	change.To, change.Metadata = v.Version, m
	ways := s.ways(*m, in)
	change.Bytes = ways[0].size
	offer := Offer{ID: id, From: change.From, Metadata: *m, Permissions: m.Permissions, Passed: change.Passed, Bytes: change.Bytes}
	if newAuthor {
		var err error
		if offer.Stranger, err = s.unsigned(*m, in, list.Versions, false); err != nil {
			return err
		}
	}
	if in != nil {
		offer.Permissions = slices.DeleteFunc(slices.Clone(m.Permissions), func(p string) bool { return slices.Contains(in.Permissions, p) })
	}
	for _, y := range v.Yanks {
		a, err := s.advisory(id, y)
		if err != nil {
			return err
		}
		offer.Warnings = append(offer.Warnings, a)
	}
	if confirm != nil && !confirm(offer) {
		change.Refused = true
		return failf(StepChoose, Refused, "%s %s isn't installed: its owner said no", id, v.Version)
	}
	staged, err := s.stage(*m, ways, change)
	if err != nil {
		return err
	}
	keys, err := s.authors(*m, in, staged, newAuthor)
	if err != nil {
		return err
	}
	now := &Installed{
		Release: Release{Version: v.Version, Metadata: v.Metadata, Log: v.Log, Yanks: v.Yanks, Artifact: artifact{m.Artifact.Name, m.Artifact.Size, m.Artifact.SHA256}, Authors: keys},
		Format:  m.Format, Name: m.Name, Channel: change.Channel, Permissions: m.Permissions,
	}
	if in != nil {
		now.Pinned = in.Pinned
		if !in.Undone && (in.Version != v.Version || in.Metadata != v.Metadata) {
			previous := in.Release
			now.Previous = &previous
		} else {
			now.Previous = in.Previous
		}
	}
	now.take(list)
	return s.swapIn(id, staged, now)
}
