package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// advisories are what a commit says about published versions, by package. Those of a package are sorted by their ids.
type advisories map[string][]advisory.Advisory

// advised is a file of advisories with what was read of it.
type advised struct {
	data     []byte
	list     advisories
	findings check.Findings // why it can't be used
}

// advisories returns what a commit says about published versions. A broken file is an error of the commit as a whole, and lifts nothing. Most commits have the file of the
// commit before, which isn't parsed again.
func (r *run) advisories(s Snapshot) (advisories, error) {
	data, err := r.History.File(s, advisory.FileName, advisory.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
		return nil, &CommitError{s.Commit, advisory.TooLarge(tooLarge.Found)}
	}
	if errors.Is(err, ErrNotAFile) {
		return nil, &CommitError{s.Commit, advisory.NotAFile()}
	}
	if err != nil {
		return nil, err
	}
	if r.advised == nil || !bytes.Equal(r.advised.data, data) {
		r.advised = parseAdvisories(data)
	}
	if len(r.advised.findings.Errors()) > 0 {
		return nil, &CommitError{s.Commit, r.advised.findings}
	}
	return r.advised.list, nil
}

func parseAdvisories(data []byte) *advised {
	list, findings := advisory.Parse(advisory.FileName, data)
	findings.Quote(func(string) []byte { return data })
	byPackage := make(advisories)
	for _, a := range list {
		a.Line, a.Column = 0, 0 // an advisory that stands elsewhere in the file is the same one
		byPackage[a.Package] = append(byPackage[a.Package], a)
	}
	return &advised{data, byPackage, findings}
}

// advise brings the packages' versions to what the advisories of a commit say. Looked at are the packages of which the advisories changed, and those with advisories that had a
// release.
func (r *run) advise(ctx context.Context, w work, before, now basis, released map[string]bool) error {
	ids := make(map[string]bool)
	for _, list := range []advisories{before.advisories, now.advisories} {
		for id := range list {
			if released[id] || !reflect.DeepEqual(before.advisories[id], now.advisories[id]) {
				ids[id] = true
			}
		}
	}
	if !before.known {
		// What the published advisories were isn't known: every package may have some.
		if err := r.all(ctx, func(id string) { ids[id] = true }); err != nil {
			return err
		}
	}
	var restores, yanks []wire.Event
	texts := make(map[string][]byte) // by hash
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		p, err := r.published(ctx, id)
		if err != nil {
			return err
		}
		delete(r.unheard, id)
		if p.List.ID == "" {
			if len(now.advisories[id]) > 0 {
				r.unheard[id] = true
			}
			continue
		}
		applied, err := r.applied(ctx, p, now.advisories[id], texts)
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
	changed := make(map[string]*tree.Package)
	for _, e := range slices.Concat(restores, yanks) {
		p, err := r.published(ctx, e.ID)
		if err != nil {
			return err
		}
		if p.List, err = registry.FoldAdvisory(p.List, e); err != nil {
			return err
		}
		if e.Type == wire.EventYank {
			if err := r.create(ctx, wire.AdvisoryPath(e.SHA256), texts[e.SHA256]); err != nil {
				return err
			}
		}
		if _, err := r.append(e); err != nil {
			return err
		}
		r.changed[e.ID], changed[e.ID] = p, p
		r.report.Advisories = append(r.report.Advisories, Advised{e.Type, e.Advisory, e.ID, e.Action, e.Versions})
	}
	for _, id := range slices.Sorted(maps.Keys(changed)) {
		// A version that is blocked no longer stands for its package, and one that isn't any more may do so again.
		if err := r.describe(ctx, changed[id]); err != nil {
			return err
		}
	}
	return nil
}

// applied returns how the advisories about a package ought to apply to it. What people are told by them is added to the texts.
func (r *run) applied(ctx context.Context, p *tree.Package, list []advisory.Advisory, texts map[string][]byte) ([]registry.Applied, error) {
	var out []registry.Applied
	var hashes map[string]string // version → SHA-256 of its artifact, once that is asked for
	for _, a := range list {
		if a.NeedsHash() && hashes == nil {
			var err error
			if hashes, err = r.artifacts(ctx, p.List); err != nil {
				return nil, err
			}
		}
		data, err := wire.Encode(wire.Advisory{ID: a.ID, Package: a.Package, Action: a.Action, Reason: a.Reason, Link: a.Link})
		if err != nil {
			return nil, err
		}
		ref := wire.RefOf(data)
		texts[ref.SHA256] = data
		one := registry.Applied{Yank: wire.Yank{Advisory: a.ID, Action: a.Action, Ref: ref}}
		for _, v := range p.List.Versions {
			if a.Matches(v.Version, hashes[v.Version]) {
				one.Versions = append(one.Versions, v.Version)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// artifacts returns the SHA-256 of the artifact of each version. Those of this run are known, also to one that writes nothing.
func (r *run) artifacts(ctx context.Context, list wire.VersionList) (map[string]string, error) {
	hashes := make(map[string]string, len(list.Versions))
	for _, x := range r.report.Released { // the last one counts: what a new epoch undid may have been released again
		if x.ID == list.ID {
			hashes[x.Version] = x.SHA256
		}
	}
	for _, v := range list.Versions {
		if _, ok := hashes[v.Version]; ok {
			continue
		}
		m, err := r.state.Metadata(ctx, list.ID, v)
		if err != nil {
			return nil, err
		}
		hashes[v.Version] = m.Artifact.SHA256
	}
	return hashes, nil
}

// noteUnheard tells of advisories that apply to nothing.
func (r *run) noteUnheard() {
	for _, id := range slices.Sorted(maps.Keys(r.unheard)) {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("%s is about %s, which was never published", advisory.FileName, id))
	}
}
