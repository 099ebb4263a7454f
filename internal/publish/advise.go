package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// advisories returns what a commit says about published versions. A broken file is an error of the commit as a whole, and lifts nothing.
func (r *run) advisories(s Snapshot) ([]advisory.Advisory, error) {
	data, err := r.History.File(s, advisory.FileName, advisory.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
		return nil, &CommitError{s.Commit, advisory.TooLarge(tooLarge.Found)}
	}
	if errors.Is(err, errNotAFile) {
		return nil, &CommitError{s.Commit, advisory.NotAFile()}
	}
	if err != nil {
		return nil, err
	}
	list, findings := advisory.Parse(advisory.FileName, data)
	if len(findings.Errors()) > 0 {
		return nil, &CommitError{s.Commit, findings}
	}
	return list, nil
}

// advise brings the packages' versions to what the advisories of a commit say. Looked at are the packages that the advisories of the commit before or of this one name, if those
// changed, and else those of them that had a release.
func (r *run) advise(ctx context.Context, w work, before, now basis, released map[string]bool) error {
	ids := make(map[string]bool)
	all := !before.known
	changed := all || !reflect.DeepEqual(before.advisories, now.advisories)
	for _, a := range slices.Concat(before.advisories, now.advisories) {
		if changed || released[a.Package] {
			ids[a.Package] = true
		}
	}
	if all {
		// What the published advisories were isn't known: every package may have some.
		if err := r.state.All(ctx, func(id string) { ids[id] = true }); err != nil {
			return err
		}
	}
	var restores, yanks []wire.Event
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		p, err := r.published(ctx, id)
		if err != nil {
			return err
		}
		if p.List.ID == "" {
			r.report.Notes = append(r.report.Notes, fmt.Sprintf("%s is about %s, which was never published", advisory.FileName, id))
			continue
		}
		applied, err := r.applied(ctx, p, now.advisories)
		if err != nil {
			return err
		}
		for _, e := range registry.Advise(p.List, applied, w.time) {
			if e.Type == wire.EventRestore {
				restores = append(restores, e)
			} else {
				yanks = append(yanks, e)
			}
		}
	}
	for _, e := range slices.Concat(restores, yanks) {
		p, err := r.published(ctx, e.ID)
		if err != nil {
			return err
		}
		if p.List, err = registry.FoldAdvisory(p.List, e); err != nil {
			return err
		}
		if _, err := r.append(e); err != nil {
			return err
		}
		r.changed[e.ID] = p
		r.report.Advisories = append(r.report.Advisories, Advised{e.Type, e.Advisory, e.ID, e.Action, e.Versions})
	}
	for id := range ids {
		// A version that is blocked no longer stands for its package, and one that isn't any more may do so again.
		if p := r.changed[id]; p != nil {
			if err := r.describe(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// applied returns how the advisories ought to apply to a package, and writes them.
func (r *run) applied(ctx context.Context, p *tree.Package, list []advisory.Advisory) ([]registry.Applied, error) {
	var out []registry.Applied
	for _, a := range list {
		if a.Package != p.List.ID {
			continue
		}
		data, err := wire.Encode(wire.Advisory{ID: a.ID, Package: a.Package, Action: a.Action, Reason: a.Reason, Link: a.Link})
		if err != nil {
			return nil, err
		}
		ref := wire.RefOf(data)
		one := registry.Applied{Yank: wire.Yank{Advisory: a.ID, Action: a.Action, Ref: ref}}
		for _, v := range p.List.Versions {
			hash := ""
			if a.NeedsHash() {
				m, err := r.state.Metadata(ctx, p.List.ID, v)
				if err != nil && !(r.DryRun && errors.Is(err, fs.ErrNotExist)) {
					return nil, err
				}
				hash = m.Artifact.SHA256
			}
			if a.Matches(v.Version, hash) {
				one.Versions = append(one.Versions, v.Version)
			}
		}
		if len(one.Versions) == 0 {
			continue
		}
		if err := r.create(ctx, wire.AdvisoryPath(ref.SHA256), data); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}
