package publish

import (
	"context"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// apply turns the outcomes of a commit, in the order of their ids, into events. It returns the ids of which there is a new release.
func (r *run) apply(ctx context.Context, c work, outcomes []outcome, failed map[string]bool) (released map[string]bool, err error) {
	s := c.snapshot
	released = make(map[string]bool)
	for _, o := range outcomes {
		was, failedBefore := r.failing[o.id]
		if o.decision.Failure != nil {
			failed[o.id] = true
			r.failing[o.id] = Failed{o.id, s.Commit, o.findings.Warnings()}
			continue
		}
		if failedBefore {
			delete(r.failing, o.id)
			r.report.Mended = append(r.report.Mended, was)
		}
		if warnings := o.findings.Warnings(); len(warnings) > 0 {
			r.report.Warnings = append(r.report.Warnings, Failed{o.id, s.Commit, warnings})
		}
		d := o.decision
		if !d.Relist && !d.Release && !d.Delist {
			continue
		}
		p, err := r.published(ctx, o.id)
		if err != nil {
			return nil, err
		}
		p.List.ID = o.id
		r.changed[o.id] = p
		if d.Relist {
			p.List.State = ""
			r.report.Relisted = append(r.report.Relisted, o.id)
			if _, err := r.append(wire.Event{Type: wire.EventRelist, ID: o.id, Time: c.time}); err != nil {
				return nil, err
			}
		}
		if d.Release {
			v := o.version
			if v.Log, err = r.append(wire.Event{Type: wire.EventRelease, ID: o.id, Version: v.Version, Channel: v.Channel, SHA256: v.Metadata.SHA256, Size: v.Metadata.Size}); err != nil {
				return nil, err
			}
			p.List = registry.Add(p.List, v)
			p.Format = o.entry.Format
			released[o.id] = true
			r.released[o.id] = o.rising
			r.report.Released = append(r.report.Released, Released{o.id, v.Version, s.Commit, o.artifact.Size, o.artifact.SHA256})
		}
		if d.Delist {
			p.List.State = wire.Delisted
			r.report.Delisted = append(r.report.Delisted, o.id)
			if _, err := r.append(wire.Event{Type: wire.EventDelist, ID: o.id, Time: c.time}); err != nil {
				return nil, err
			}
		}
		// The published entry may have been cut for what it no longer has to hold, so that it is made anew each time.
		if d.Release && p.List.Primary().Version == o.version.Version {
			p.Entry = o.entry
		} else if err := r.describe(ctx, p); err != nil {
			return nil, err
		}
	}
	return released, nil
}

// append adds an event to the log.
func (r *run) append(e wire.Event) (int64, error) {
	data, err := wire.Encode(e)
	if err != nil {
		return 0, err
	}
	r.events++
	return r.state.Log.Append(data)
}

// published returns what is published of an id, this run's events included.
func (r *run) published(ctx context.Context, id string) (*tree.Package, error) {
	if p, ok := r.changed[id]; ok {
		return p, nil
	}
	if r.floor != nil {
		return &tree.Package{}, nil
	}
	return r.state.Package(ctx, id)
}
