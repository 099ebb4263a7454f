package publish

import (
	"context"
	"fmt"
	"slices"

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

// candidate is what a commit has in the directory of a package, packed or out of a release set. Where the findings hold an error, there is nothing else.
type candidate struct {
	registry.Candidate
	findings check.Findings
	built    *release.Built // packed here
	metadata *wire.Ref      // out of a set: of the release, if it is one there
}

// memoryBudget bounds the bytes of packages that are held at once.
const memoryBudget = 96 << 20

// evaluate looks at packages on all cores, and writes the files of new releases.
func (r *run) evaluate(ctx context.Context, c work, ids []string) ([]outcome, error) {
	outcomes := make([]outcome, len(ids))
	budget := release.NewBudget(memoryBudget)
	loader := r.History.Loader
	if r.Set != nil {
		loader = func() release.Loader { return nil } // no package is read
	}
	err := release.Each(ctx, len(ids), loader, func(ctx context.Context, l release.Loader, i int) (err error) {
		w := worker{run: r, work: c, ctx: ctx, load: l, budget: budget}
		outcomes[i], err = w.evaluate(ids[i], c.claims[ids[i]])
		return err
	}, func(done int) { r.Progress("packages", done, len(ids)) })
	if r.builder != nil {
		r.builder.commit()
	}
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
	reserve, free := w.budget.Reserver(w.ctx)
	defer free()
	highest, _ := pub.List.Highest()
	var found candidate
	if w.Set != nil {
		found, err = w.Set.candidate(w.snapshot.Commit, id, highest.Version)
	} else {
		found, err = w.make(id, c, highest.Version, reserve)
	}
	if err != nil {
		return o, err
	}
	o.findings = found.findings
	if err := w.decide(&o, c, pub, found, reserve); err != nil {
		return o, err
	}
	if w.builder != nil {
		w.builder.note(w.snapshot.Commit, id, highest.Version, found, o)
	}
	return o, nil
}

// make reads, checks and packs a package.
func (w *worker) make(id string, c claim, before string, reserve func(size int64) error) (candidate, error) {
	inputs, fault, err := release.Inputs(w.load, c.dir, c.entry)
	if fault != nil {
		return candidate{findings: check.Findings{*fault}}, nil
	}
	if err != nil {
		return candidate{}, fmt.Errorf("commit %.12s: %w", w.snapshot.Commit, err)
	}
	built, findings, err := release.Make(c.dir, id, inputs, w.work.config, before, w.work.time, reserve)
	found := candidate{findings: findings, built: built}
	if err == nil && built != nil {
		found.Candidate = registry.Candidate{Format: built.Format, Version: built.Version, Source: built.Source, Rising: registry.RisingOf(built.Facts)}
	}
	return found, err
}

// decide holds a candidate against what is published, and writes the files of a release.
func (w *worker) decide(o *outcome, c claim, pub *tree.Package, found candidate, reserve func(size int64) error) (err error) {
	if errs := found.findings.Errors(); len(errs) > 0 {
		o.decision = registry.Decision{Failure: &errs[0]}
		return nil
	}
	o.rising = found.Rising
	was := pub.Published
	if was.Last, err = w.last(o.id, pub, found.Candidate); err != nil {
		return err
	}
	o.decision = registry.Decide(was, &found.Candidate)
	if f := o.decision.Failure; f != nil {
		f.Path = c.dir
		o.findings = append(slices.Clip(o.findings), *f)
		return nil
	}
	switch {
	case w.Set != nil && o.decision.Release != (found.metadata != nil):
		return fmt.Errorf("%w: it was made when %s %s of commit %.12s was another decision", ErrSet, o.id, found.Version, w.snapshot.Commit)
	case !o.decision.Release:
		return nil
	case w.Set != nil:
		return w.releaseSet(o, c, pub.List, found, reserve)
	}
	return w.release(o, pub.List, found.built, reserve)
}

// last returns what of the highest published version's facts a new one is held against. Nothing is read for what is published already.
func (w *worker) last(id string, p *tree.Package, c registry.Candidate) (registry.Rising, error) {
	highest, ok := p.List.Highest()
	if !ok || highest.Version == c.Version && highest.Source == c.Source {
		return c.Rising, nil
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
	o.released(m, data, b.Source)
	if w.DryRun {
		return nil
	}
	if err := w.create(w.ctx, wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name), b.Artifact...); err != nil {
		return err
	}
	if err := w.create(w.ctx, wire.MetadataPath(m.ID, m.Version), data); err != nil {
		return err
	}
	for _, c := range cheaper {
		if err := w.create(w.ctx, c.path, c.data); err != nil {
			return err
		}
	}
	for _, asset := range b.Assets {
		if err := w.create(w.ctx, wire.AssetPath(m.ID, m.Version, asset.Path), asset.Data); err != nil {
			return err
		}
	}
	if w.builder != nil {
		return nil
	}
	return w.sign(o, m, data, b.Artifact)
}

// released sets what a release changes in the registry.
func (o *outcome) released(m wire.Metadata, data []byte, source string) {
	o.metadata, o.artifact = wire.RefOf(data), m.Artifact.Ref()
	o.entry = registry.Describe(m)
	o.version = wire.Version{Version: m.Version, Channel: m.Channel, Metadata: o.metadata, Source: source, Time: m.ReleasedAt}
}

// sign writes the signatures beside a release's files.
func (w *worker) sign(o *outcome, m wire.Metadata, data []byte, artifact [][]byte) error {
	sig := w.Signer.Sign(artifact, wire.ArtifactComment(m.ID, m.Version, o.artifact))
	if err := w.create(w.ctx, wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name)+wire.SignatureSuffix, sig); err != nil {
		return err
	}
	sig = w.Signer.Sign([][]byte{data}, wire.MetadataComment(m.ID, m.Version, o.metadata))
	return w.create(w.ctx, wire.MetadataPath(m.ID, m.Version)+wire.SignatureSuffix, sig)
}
