package publish

import (
	"context"
	"fmt"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// outcome is what a commit means for one id.
type outcome struct {
	id       string
	decision registry.Decision
	findings check.Findings
	metadata wire.Ref // of the release
	entry    wire.Entry
	version  wire.Version
	artifact wire.Ref
	rising   registry.Rising
}

// work is a commit that is looked at.
type work struct {
	snapshot Snapshot
	config   config.Config
	time     int64 // of its events: the committer time, or the previous event's if that is later
	claims   map[string][]claim
}

// claim is a directory that wants to be the package of an id.
type claim struct {
	dir   string
	entry gittree.Entry
}

// memoryBudget bounds the bytes of packages that are held at once.
const memoryBudget = 96 << 20

// evaluate looks at packages on all cores, and writes the files of new releases.
func (r *run) evaluate(ctx context.Context, c work, ids []string) ([]outcome, error) {
	outcomes := make([]outcome, len(ids))
	budget := release.NewBudget(memoryBudget)
	err := release.Each(ctx, len(ids), r.History.Loader, func(ctx context.Context, l release.Loader, i int) (err error) {
		w := worker{run: r, work: c, ctx: ctx, load: l, budget: budget}
		outcomes[i], err = w.evaluate(ids[i], c.claims[ids[i]])
		return err
	}, func(done int) { r.Progress("packages", done, len(ids)) })
	return outcomes, err
}

// worker evaluates a package.
type worker struct {
	*run
	work
	ctx    context.Context
	load   release.Loader
	budget *release.Budget
}

func (w *worker) evaluate(id string, claims []claim) (outcome, error) {
	o := outcome{id: id}
	fail := func(f check.Finding) (outcome, error) {
		o.decision = registry.Decision{Failure: &f}
		o.findings = append(o.findings, f)
		return o, nil
	}
	pub, err := w.published(w.ctx, id)
	if err != nil {
		return o, err
	}
	if len(claims) == 0 {
		o.decision = registry.Decide(pub.Published, nil)
		return o, nil
	}
	c := claims[0]
	if len(claims) > 1 {
		return fail(check.Finding{Code: "id/claimed-twice", Severity: check.Error, Path: c.dir,
			Message: fmt.Sprintf("the id %s is claimed by %s, too", id, claims[1].dir), Hint: "rename one of the directories: an id is one package"})
	}
	inputs, fault, err := release.Inputs(w.load, c.dir, c.entry)
	if fault != nil {
		return fail(*fault)
	}
	if err != nil {
		return o, fmt.Errorf("commit %.12s: %w", w.snapshot.Commit, err)
	}
	reserve, free := w.budget.Reserver(w.ctx)
	defer free()
	highest, _ := pub.List.Highest()
	built, findings, err := release.Make(c.dir, id, inputs, w.work.config, highest.Version, w.work.time, reserve)
	if err != nil {
		return o, err
	}
	o.findings = findings
	if errs := findings.Errors(); len(errs) > 0 {
		o.decision = registry.Decision{Failure: &errs[0]}
		return o, nil
	}
	o.rising = registry.RisingOf(built.Facts)
	was := pub.Published
	if was.Last, err = w.last(id, pub, built); err != nil {
		return o, err
	}
	o.decision = registry.Decide(was, &registry.Candidate{Format: built.Format, Version: built.Version, Source: built.Source, Rising: o.rising})
	if f := o.decision.Failure; f != nil {
		f.Path = c.dir
		o.findings = append(o.findings, *f)
		return o, nil
	}
	if o.decision.Release {
		err = w.release(&o, pub.List, built, reserve)
	}
	return o, err
}

// last returns what of the highest published version's facts a new one is held against. Nothing is read for what is published already.
func (w *worker) last(id string, p *tree.Package, built *release.Built) (registry.Rising, error) {
	highest, ok := p.List.Highest()
	if !ok || highest.Version == built.Version && highest.Source == built.Source {
		return registry.RisingOf(built.Facts), nil
	}
	if last, ok := w.released[id]; ok {
		return last, nil
	}
	m, err := w.state.Metadata(w.ctx, id, highest)
	return registry.RisingOf(m.Facts), err
}

// release writes what is new with a release. No head names any of these files yet, so they can be written whatever happens later. The
// signatures beside them are views of nothing else and are written with them, while the bytes are at hand.
func (w *worker) release(o *outcome, list wire.VersionList, b *release.Built, reserve func(size int64) error) error {
	m := b.Metadata(w.snapshot.Commit, w.work.time, w.work.config)
	var cheaper []copied
	if !w.DryRun { // which writes nothing, so that what it released before can't be read
		var err error
		if cheaper, err = w.copies(&m, list, b, reserve); err != nil {
			return err
		}
	}
	data, err := wire.Encode(m)
	if err != nil {
		return fmt.Errorf("metadata of %s %s: %w", b.ID, b.Version, err)
	}
	o.metadata, o.artifact = wire.RefOf(data), b.ArtifactRef
	o.entry = registry.Describe(m)
	o.version = wire.Version{Version: b.Version, Channel: b.Channel, Metadata: o.metadata, Source: b.Source, Time: m.ReleasedAt}
	if w.DryRun {
		return nil
	}
	artifact, metadata := wire.ArtifactPath(b.ID, b.Version, b.ArtifactName), wire.MetadataPath(b.ID, b.Version)
	if err := w.create(w.ctx, artifact, b.Artifact...); err != nil {
		return err
	}
	if err := w.create(w.ctx, metadata, data); err != nil {
		return err
	}
	for _, c := range cheaper {
		if err := w.create(w.ctx, c.path, c.data); err != nil {
			return err
		}
	}
	for _, asset := range b.Assets {
		if err := w.create(w.ctx, wire.AssetPath(b.ID, b.Version, asset.Path), asset.Data); err != nil {
			return err
		}
	}
	sig := w.Signer.Sign(b.Artifact, wire.ArtifactComment(b.ID, b.Version, b.ArtifactRef))
	if err := w.create(w.ctx, artifact+wire.SignatureSuffix, sig); err != nil {
		return err
	}
	sig = w.Signer.Sign([][]byte{data}, wire.MetadataComment(b.ID, b.Version, o.metadata))
	return w.create(w.ctx, metadata+wire.SignatureSuffix, sig)
}
