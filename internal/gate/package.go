package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
)

// A side is a package before or after the change.
type side struct {
	there   bool
	pkg     manifest.Package
	format  manifest.Format // nil where it couldn't be told
	read    manifest.Manifest
	facts   wire.Facts
	version string
	built   *release.Built // nil where it can't be packed
}

// one is what is known of a changed package.
type one struct {
	*gate
	changed
	was, now side
	owners   []string // before the change
	keys     []string // that its author signs with, before the change
	forked   []byte   // regen.yaml where the change left the base; nil where it wasn't there
	lint     check.Findings
	out      Package
}

// pkg says all that is to be said about one package. The targets are the directories of its id after the change.
func (g *gate) pkg(ctx context.Context, c changed, targets, others []validate.Target) error {
	p := one{gate: g, changed: c, out: Package{ID: c.id, Dir: c.dir(targets)}}
	var err error
	if entry, ok := g.base.Entry(c.id); ok {
		if p.was, err = g.side(g.base.Loader(), entry.Name, entry); err != nil {
			return err
		}
		p.keys = manifest.KeysOf(p.was.pkg.Sidecar)
		if p.forked, err = g.forkedSidecar(entry.Name); err != nil {
			return err
		}
	}
	p.owners = g.owners.Of(c.id, p.was.pkg.Sidecar) // which owners.yaml may name while there is no such package
	if len(targets) > 0 {
		found, err := g.validate(ctx, targets, others)
		if err != nil {
			return err
		}
		p.out.Findings, p.out.Format, p.out.Version = found.Findings, found.Format, found.Version
		if p.now, err = g.side(g.now.Loader(), targets[0].Dir, targets[0].Entry); err != nil {
			return err
		}
	}
	if err := p.published(); err != nil {
		return err
	}
	p.change()
	if err := p.files(); err != nil {
		return err
	}
	p.ownership()
	p.signature()
	p.compare()
	p.finish()
	g.result.Packages = append(g.result.Packages, p.out)
	return nil
}

// dir returns where the package lies after the change, or lay before it.
func (c changed) dir(targets []validate.Target) string {
	if len(targets) > 0 {
		return targets[0].Dir
	}
	name := c.deltas[0].path
	i := strings.Index("/"+name+"/", "/"+c.id+"/")
	return name[:min(i+len(c.id), len(name))]
}

// forkedSidecar returns the regen.yaml of a package where the change left the base, nil where there was none.
func (g *gate) forkedSidecar(dir string) ([]byte, error) {
	e, ok, err := g.read.Lookup(g.was, dir+"/"+manifest.SidecarFile)
	if err != nil || !ok || e.Mode != gittree.Regular && e.Mode != gittree.Executable {
		return nil, err
	}
	data, err := g.read.Blob(e.Hash, manifest.MaxSidecar)
	if limit := (*gittree.LimitError)(nil); errors.As(err, &limit) {
		return nil, nil
	}
	return data, err
}

// side reads a package as a commit has it.
func (g *gate) side(l release.Loader, dir string, entry gittree.Entry) (side, error) {
	s := side{there: true}
	inputs, fault, err := release.Inputs(l, dir, entry)
	if fault != nil || err != nil {
		return s, err
	}
	var findings check.Findings
	id := dir[strings.LastIndexByte(dir, '/')+1:]
	if s.pkg, s.format, findings, err = release.Load(dir, id, inputs, g.config, func(int64) error { return nil }); err != nil {
		return s, err
	}
	if s.format == nil || len(s.pkg.Files) == 0 && len(findings.Errors()) > 0 {
		return s, nil
	}
	m, found := s.format.Read(s.pkg, release.Env(g.config))
	s.read, s.facts, s.version = m, m.Facts, m.Version
	if len(found.Errors()) > 0 || len(findings.Errors()) > 0 {
		return s, nil
	}
	built, err := release.Pack(s.pkg, s.format, m, g.head.Time)
	if release.NameFinding(dir, err) != nil {
		return s, nil
	}
	s.built = built
	return s, err
}

// published puts what was published last in the place of what the base has: that is what people have.
func (p *one) published() error {
	if p.Published == nil {
		return nil
	}
	m, ok, err := p.Published.Newest(p.id)
	if !ok || err != nil {
		return err
	}
	if !p.was.there && m.Author != nil {
		p.keys = m.Author.Keys // it went, and comes back
	}
	p.was.there, p.was.facts, p.was.version = true, m.Facts, m.Version
	if p.was.built == nil || p.was.built.Version != m.Version {
		p.was.built = &release.Built{Version: m.Version, ArtifactRef: m.Artifact.Ref()}
	}
	return nil
}

// change says what the change is.
func (p *one) change() {
	p.out.Before = p.was.version
	switch {
	case !p.now.there:
		p.out.Change = "removal"
	case !p.was.there:
		p.out.Change = "new"
	case p.was.built != nil && p.now.built != nil && p.was.version == p.now.version:
		p.out.Change = "upkeep"
	default:
		p.out.Change = "release"
	}
	if b := p.now.built; b != nil {
		p.out.Artifact = &Artifact{Name: b.ArtifactName, Size: b.ArtifactRef.Size, SHA256: b.ArtifactRef.SHA256, Source: b.Source}
		if _, dated := p.now.format.(manifest.Dropserver); dated {
			p.out.Artifact.SHA256 = "" // the day of the release is in it, which nobody knows yet
		}
		if p.was.built != nil {
			p.out.Artifact.Before = p.was.built.ArtifactRef.Size
		}
	}
}

// review adds something to look at.
func (p *one) review(kind Kind, path string, line int, format string, args ...any) {
	p.out.Review = append(p.out.Review, Item{Kind: kind, Text: fmt.Sprintf(format, args...), Path: path, Line: line})
}

// found adds a finding about the package.
func (p *one) found(f check.Finding) {
	if f.Path == "" {
		f.Path = p.out.Dir
	}
	if f.Severity == check.Error && p.overridden(f.Code) {
		f.Severity, f.Hint = check.Notice, "a maintainer put "+OverrideLabel+" on the pull request"
	}
	p.out.Findings = append(p.out.Findings, f)
}

// maxReported bounds the findings of a package that are written as text and as SARIF.
const maxReported = 1000

// finish sorts, and leaves advice about lines that the change doesn't touch out.
func (p *one) finish() {
	fresh := make(map[string]bool, len(p.lint))
	for _, f := range p.lint {
		fresh[f.Code+" "+f.Place()] = true
	}
	p.out.Findings = slices.DeleteFunc(p.out.Findings, func(f check.Finding) bool {
		return strings.HasPrefix(f.Code, "lint/") && f.Severity != check.Error && !fresh[f.Code+" "+f.Place()]
	})
	p.out.FindingCount = len(p.out.Findings)
	if p.out.FindingCount > MaxFindings { // an error mustn't be among those that aren't listed
		rank := func(f check.Finding) int {
			return slices.Index([]check.Severity{check.Error, check.Warning, check.Notice}, f.Severity)
		}
		slices.SortStableFunc(p.out.Findings, func(a, b check.Finding) int { return rank(a) - rank(b) })
		p.out.Findings = first(p.out.Findings, maxReported)
	}
	slices.SortStableFunc(p.out.Review, func(a, b Item) int { return a.Kind.rank() - b.Kind.rank() })
	p.report = append(p.report, check.Package{ID: p.out.ID, Dir: p.out.Dir, Format: p.out.Format, Version: p.out.Version, Findings: p.out.Findings})
	p.out.ReviewCount = len(p.out.Review)
	if p.out.Owners = p.owners; p.out.Change == "new" {
		p.out.Owners = p.newOwners()
	}
}

// newOwners returns who owns a new package: those that the base's owners.yaml names, else those that the change itself does.
func (p *one) newOwners() []string { return p.gate.owners.Of(p.id, p.now.pkg.Sidecar) }

// kinds is the order in which things to look at are shown.
var kinds = []Kind{KindNew, KindFirstTime, KindRemoval, KindOwners, KindKeys, KindDangerous, KindPermission, KindUnreadable, KindBinary, KindNetwork, KindLint, KindLicence, KindSize}

func (k Kind) rank() int { return slices.Index(kinds, k) }

// isOwner reports whether a handle is that of an owner, or of a maintainer.
func (p *one) isOwner(handle string) bool {
	return owners.Has(p.owners, handle) || p.gate.owners.IsMaintainer(handle)
}
