package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
)

// Published is a published tree: what is known of it, and the facts of releases.
type Published interface {
	validate.Known
	// Newest returns the metadata of the highest version of an id; ok is false where there is none.
	Newest(id string) (m wire.Metadata, ok bool, err error)
}

// Options are what the gate looks at.
type Options struct {
	Repo       *gittree.Repo
	Base, Head string          // revisions: the branch that the change is to go into, and the change's last commit
	Pull       *github.Pull    // nil where nothing is known of a pull request: then nothing is said about who may change what
	Reviews    []github.Review // of the pull request
	Published  Published       // nil where it isn't looked at
	Progress   func(stage string, done, total int)
}

// gate is one run.
type gate struct {
	Options
	base    *publish.Base
	now     *publish.Commits // the change
	was     gittree.Hash     // tree that the change began with
	head    publish.Snapshot
	config  config.Config // the base's
	owners  owners.File   // the base's
	read    *gittree.Reader
	changes changes
	guarded bool // something changes that decides what is published, or who may change what
	unsure  bool // the base doesn't say what counts
	result  Result
	report  []check.Package // all findings, for SARIF
}

// Look returns what the gate says of a change, and all of its findings as a report. An error is for what is no fault of the change.
func Look(ctx context.Context, o Options) (Result, check.Report, error) {
	g, err := open(o)
	if err != nil {
		return Result{}, check.Report{}, err
	}
	found, err := g.collect()
	if err != nil {
		return Result{}, check.Report{}, err
	}
	if found != nil {
		g.found(*found)
	} else if err := g.look(ctx); err != nil {
		return Result{}, check.Report{}, err
	}
	g.conclude()
	if len(g.result.Findings) > 0 {
		g.report = slices.Insert(g.report, 0, check.Package{Dir: ".", Findings: g.result.Findings})
	}
	report := check.NewReport(g.report)
	g.result.bound()
	return g.result, report, nil
}

func open(o Options) (*gate, error) {
	g := &gate{Options: o, read: o.Repo.NewReader()}
	if g.Progress == nil {
		g.Progress = func(string, int, int) {}
	}
	baseCommits, err := publish.NewCommits(o.Repo, o.Base)
	if err != nil {
		return nil, err
	}
	if g.base, err = publish.NewBase(baseCommits); err != nil {
		return nil, err
	}
	if g.now, err = publish.NewCommits(o.Repo, o.Head); err != nil {
		return nil, err
	}
	if g.head, err = g.now.Head(); err != nil {
		return nil, err
	}
	tip, err := g.base.Head()
	if err != nil {
		return nil, err
	}
	g.config = g.base.Settings()
	g.result = Result{Kind: KindOfResult, Registry: g.config.ID, Base: tip.Commit, Head: g.head.Commit, Labels: []string{}}
	if o.Pull != nil {
		g.result.Pull = &Pull{Number: o.Pull.Number, Author: o.Pull.User.Login, Draft: o.Pull.Draft}
		if o.Pull.Head.SHA != g.head.Commit {
			return nil, fmt.Errorf("pull request %d is at %.12s, and the head is %.12s: expected the same commit", o.Pull.Number, o.Pull.Head.SHA, g.head.Commit)
		}
	}
	_, err = baseCommits.Config(tip)
	if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
		g.baseFault("gate/registry-file", config.FileName, broken.Findings[0].String())
	} else if err != nil {
		return nil, err
	}
	return g, g.readOwners(baseCommits, tip)
}

// readOwners reads the base's owners.yaml.
func (g *gate) readOwners(base *publish.Commits, tip publish.Snapshot) error {
	data, err := base.File(tip, owners.FileName, owners.MaxFile)
	limit := (*gittree.LimitError)(nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, publish.ErrNotAFile) || errors.As(err, &limit):
		g.baseFault("gate/owners-file", owners.FileName, err.Error())
		return nil
	case err != nil:
		return err
	}
	var findings check.Findings
	if g.owners, findings = owners.Parse(owners.FileName, data); len(findings) > 0 {
		g.baseFault("gate/owners-file", owners.FileName, findings[0].String())
	}
	return nil
}

// baseFault says that a file of the base can't be used. Nothing passes by itself then, and the change may be the one that mends it.
func (g *gate) baseFault(code, name, why string) {
	g.unsure = true
	g.found(check.Finding{Code: code, Severity: check.Warning, Path: name, Message: "the base's " + name + " can't be used: " + why, Hint: "mend it in a pull request of its own"})
}

// collect finds out what the change touches, since it left the base's history.
func (g *gate) collect() (*check.Finding, error) {
	baseHash, err := gittree.ParseHash(g.result.Base)
	if err != nil {
		return nil, err
	}
	headHash, err := gittree.ParseHash(g.result.Head)
	if err != nil {
		return nil, err
	}
	from, err := g.Repo.MergeBases(baseHash, headHash)
	if limit := (*gittree.LimitError)(nil); errors.As(err, &limit) {
		return tooMuch(err), nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case len(from) > 1:
		// Held against one of them, what the change takes back of another wouldn't be seen.
		return &check.Finding{Code: "gate/history", Severity: check.Error, Path: ".", Message: fmt.Sprintf("the change left the history of %.12s in %d places, expected one", g.result.Base, len(from)),
			Hint: "merge the branch that it is to go into into the change once more, or rebase it"}, nil
	case len(from) == 0:
		return &check.Finding{Code: "gate/history", Severity: check.Error, Path: ".", Message: fmt.Sprintf("the change and %.12s have no commit in common", g.result.Base),
			Hint: "begin the change on the branch that it is to go into; a clone has to be deep enough to hold where it began (git fetch --unshallow)"}, nil
	}
	commit, err := g.Repo.Commit(from[0])
	if err != nil {
		return nil, err
	}
	head, err := g.Repo.Commit(headHash)
	if err != nil {
		return nil, err
	}
	g.was = commit.Tree
	var fault *check.Finding
	g.changes, fault, err = changesOf(g.read, commit.Tree, head.Tree, g.config)
	return fault, err
}

// look says all that is to be said.
func (g *gate) look(ctx context.Context) error {
	if err := g.outside(); err != nil {
		return err
	}
	list, err := publish.List(g.now, g.head, g.config)
	if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
		g.found(broken.Findings...)
		return nil
	}
	if err != nil {
		return err
	}
	targets := make(map[string][]validate.Target) // by id
	var others []validate.Target
	for dir, entries := range list {
		for _, e := range entries {
			t := validate.Target{Dir: dir + "/" + e.Name, Entry: e}
			if slices.ContainsFunc(g.changes.packages, func(c changed) bool { return c.id == e.Name }) {
				targets[e.Name] = append(targets[e.Name], t)
			} else {
				others = append(others, t)
			}
		}
	}
	g.result.PackageCount = len(g.changes.packages)
	if n, most := len(g.changes.packages), g.config.Gate.Packages; n > most {
		g.found(check.Finding{Code: "gate/packages", Severity: check.Error, Path: g.changes.packages[most].deltas[0].path,
			Message: fmt.Sprintf("the pull request changes %d packages, expected at most %d", n, most), Hint: "make a pull request of each: so that each is reviewed, and published, by itself"})
	}
	if len(g.changes.packages) > MaxPackages {
		return nil // which is an error already; what is wrong with each is not worth the time
	}
	for _, c := range g.changes.packages {
		if err := g.pkg(ctx, c, targets[c.id], others); err != nil {
			return err
		}
	}
	return nil
}

// found adds findings about the change as a whole.
func (g *gate) found(findings ...check.Finding) {
	for _, f := range findings {
		if f.Severity == check.Error && g.overridden(f.Code) {
			f.Severity, f.Hint = check.Notice, "a maintainer put "+OverrideLabel+" on the pull request"
		}
		g.result.Findings = append(g.result.Findings, f)
	}
}

// overridden reports whether a maintainer lets the change break a rule: one about who may change what, and how much at once. What publishing would refuse can't be
// let through.
func (g *gate) overridden(code string) bool {
	return strings.HasPrefix(code, "gate/") && slices.Contains(overridable, code) && g.Pull != nil && g.Pull.HasLabel(OverrideLabel)
}

// overridable are the codes that a maintainer's label takes the force from.
var overridable = []string{"gate/packages", "gate/transfer", "gate/new-owner", "gate/signature"}

// outside says what changes outside of packages.
func (g *gate) outside() error {
	g.result.OtherCount = len(g.changes.others)
	g.guard()
	for i, d := range g.changes.others {
		if i == MaxFiles {
			break
		}
		change, _, _, err := g.fileChange(d)
		if err != nil {
			return err
		}
		g.result.Others = append(g.result.Others, change)
	}
	return g.registryFiles()
}

// known is what the change is held against: what is published, and what the base has. Owners are looked at by the gate itself, which knows who asks.
type known struct{ validate.Known }

func (known) Owners(string) ([]string, error) { return nil, nil }

// later is what is published, and of a package that the base has at a higher version, that: it is merged, and published next.
type later struct {
	validate.Known
	base *publish.Base
}

func (k later) Published(id string) (registry.Published, error) {
	p, err := k.Known.Published(id)
	if err != nil {
		return p, err
	}
	waiting, err := k.base.Published(id)
	highest, _ := p.List.Highest()
	if next, ok := waiting.List.Highest(); ok && wire.CompareVersions(next.Version, highest.Version) > 0 {
		p.List.Versions = append(slices.Clone(p.List.Versions), next)
		p.Last = waiting.Last
	}
	return p, err
}

func (g *gate) known() validate.Known {
	if g.Published != nil {
		return known{later{validate.Both(g.Published, g.base), g.base}}
	}
	return known{g.base}
}

// validate returns everything that `regen validate` finds in one package.
func (g *gate) validate(ctx context.Context, targets, others []validate.Target) (check.Package, error) {
	report, err := validate.Run(ctx, targets, validate.Options{Config: g.config, Loader: g.now.Loader, Known: g.known(), Others: others, Progress: g.Progress})
	if err != nil {
		return check.Package{}, err
	}
	out := report.Packages[0]
	for _, p := range report.Packages[1:] {
		out.Findings = append(out.Findings, p.Findings...)
	}
	return out, nil
}
