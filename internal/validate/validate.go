// Package validate says all that is wrong with packages, before anything is published.
//
// The rules:
//
//   - Every finding is returned, with its place; one package's faults never hide another's.
//   - What a package would be refused for when it is published, it is refused for here: both read packages through the same code.
//   - What is published already, or was at the commit that a change is based on, is what a package's id, format, owner and version are held against.
//   - Advice (lint) is a warning or a notice, unless the registry's configuration makes errors of it.
//
// It is pure but for what the loader and [Known] read.
package validate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/lint"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/wire"
)

// A Target is a directory that wants to be a package.
type Target struct {
	Dir   string // from the top of the repo, slash-separated; its last part is the id
	Entry gittree.Entry
}

// ID returns the target's id.
func (t Target) ID() string { return t.Dir[strings.LastIndexByte(t.Dir, '/')+1:] }

// Known tells what is published.
type Known interface {
	// Published returns what is published of an id.
	Published(id string) (registry.Published, error)
	// Owners returns who may change a package, as the default branch has it; nil where that isn't said.
	Owners(id string) ([]string, error)
	// IDs returns all ids, those of the packages that are looked at included.
	IDs() ([]string, error)
}

// Options are what a run needs.
type Options struct {
	Config config.Config
	Loader func() release.Loader
	Known  Known // nil where nothing is known to be published
	// Others are directories that aren't looked at, and claim their ids all the same.
	Others []Target
	// Gone are the directories of packages that a change removes.
	Gone     []string
	Progress func(stage string, done, total int)
}

// memoryBudget bounds the bytes of packages that are held at once.
const memoryBudget = 128 << 20

// Run looks at all targets, on all cores. The error is for what is no package's fault.
func Run(ctx context.Context, targets []Target, o Options) (check.Report, error) {
	packages := make([]check.Package, len(targets))
	v := validator{Options: o, budget: release.NewBudget(memoryBudget), claims: make(map[string][]string)}
	for _, t := range slices.Concat(targets, o.Others) {
		if !slices.Contains(v.claims[t.ID()], t.Dir) {
			v.claims[t.ID()] = append(v.claims[t.ID()], t.Dir)
		}
	}
	if err := v.lookAlikes(targets); err != nil {
		return check.Report{}, err
	}
	err := release.Each(ctx, len(targets), o.Loader, func(ctx context.Context, l release.Loader, i int) (err error) {
		packages[i], err = v.pkg(ctx, l, targets[i])
		return err
	}, func(done int) {
		if o.Progress != nil {
			o.Progress("packages", done, len(targets))
		}
	})
	if err != nil {
		return check.Report{}, err
	}
	for _, dir := range o.Gone {
		packages = append(packages, check.Package{ID: Target{Dir: dir}.ID(), Dir: dir, Findings: check.Findings{{
			Code: "id/gone", Severity: check.Notice, Path: dir, Message: "the package isn't there any more, and publishing delists it",
			Hint: "its releases stay, and so does its id: bring the directory back if it is only to move or to change",
		}}})
	}
	return check.NewReport(packages), nil
}

type validator struct {
	Options
	budget *release.Budget
	claims map[string][]string // id → directories
	alike  map[string]string   // id → another one that looks the same
}

// pkg looks at one package.
func (v *validator) pkg(ctx context.Context, loader release.Loader, t Target) (check.Package, error) {
	out := check.Package{ID: t.ID(), Dir: t.Dir}
	add := func(f check.Finding) {
		if f.Path == "" {
			f.Path = t.Dir
		}
		out.Findings = append(out.Findings, f)
	}
	if f := v.identity(t); f != nil {
		add(*f)
	}
	inputs, fault, err := release.Inputs(loader, t.Dir, t.Entry)
	if fault != nil {
		add(*fault)
		return out, nil
	}
	if err != nil {
		return out, err
	}
	reserve, free := v.budget.Reserver(ctx)
	defer free()
	p, format, findings, err := release.Load(t.Dir, out.ID, inputs, v.Config, reserve)
	if err != nil {
		return out, err
	}
	out.Findings = append(out.Findings, findings...)
	if format == nil || len(p.Files) == 0 && len(findings.Errors()) > 0 {
		return v.finish(out, p), nil
	}
	out.Format = format.Name()
	if err := v.contents(&out, p, format); err != nil {
		return out, err
	}
	return v.finish(out, p), nil
}

// contents looks at the manifest and the files, and holds the package against what is published.
func (v *validator) contents(out *check.Package, p manifest.Package, format manifest.Format) error {
	var pub registry.Published
	var owners []string
	if v.Known != nil {
		var err error
		if pub, err = v.Known.Published(p.ID); err != nil {
			return err
		}
		if owners, err = v.Known.Owners(p.ID); err != nil {
			return err
		}
	}
	env := release.Env(v.Config)
	highest, _ := pub.List.Highest()
	env.Published = highest.Version
	m, findings := format.Read(p, env)
	out.Version = m.Version
	out.Findings = append(out.Findings, findings...)
	if f := transfer(p, owners); f != nil {
		out.Findings = append(out.Findings, placed(*f, p, format))
	}
	for _, f := range p.Files {
		out.Findings = append(out.Findings, lint.File(p.Dir+"/"+f.Path, f.Data)...)
	}
	if len(out.Findings.Errors()) > 0 {
		if f := registry.CheckIdentity(pub, registry.Candidate{Format: format.Name(), Rising: registry.RisingOf(m.Facts)}); f != nil {
			out.Findings = append(out.Findings, placed(*f, p, format))
		}
		return nil
	}
	if _, f := release.Author(p, m, manifest.KeysOf(p.Sidecar)); f != nil {
		out.Findings = append(out.Findings, placed(*f, p, format))
	}
	_, exists := pub.List.Highest()
	pack := release.Layout
	if exists { // hashes are of use where there is something to compare them with
		pack = release.Pack
	}
	built, err := pack(p, format, m, 0)
	if err != nil {
		f := release.NameFinding(p.Dir, err)
		if f == nil {
			return err
		}
		out.Findings = append(out.Findings, *f)
		return nil
	}
	c := registry.Candidate{Format: built.Format, Version: built.Version, Source: built.Source, Rising: registry.RisingOf(built.Facts)}
	if f := registry.Decide(pub, &c).Failure; f != nil {
		out.Findings = append(out.Findings, placed(*f, p, format))
	}
	return nil
}

// placed returns a finding about what a package is held against, where that stands.
func placed(f check.Finding, p manifest.Package, format manifest.Format) check.Finding {
	if f.Path == "" {
		f.Path = p.Dir
	}
	if at, ok := manifest.Locate(p, format, heldAgainst[f.Code]...); ok {
		f.Path, f.Line, f.Column = p.Dir+"/"+at.Path, at.Line, at.Column
	}
	return f
}

// heldAgainst are the keys of what a finding holds a package against.
var heldAgainst = map[string][]string{
	"author/missing":        {"keys"},
	"id/owner":              {"owners", "name"},
	"release/same-version":  {"version"},
	"release/lower-version": {"version"},
	"release/version-code":  {"version_code", "version"},
	"release/data-schema":   {"data_schema", "schema", "version"},
}

// finish sorts the findings, makes errors of those that the registry wants as such, and quotes their lines.
func (v *validator) finish(out check.Package, p manifest.Package) check.Package {
	out.Findings.Block(v.Config.Blocking)
	out.Findings.Sort()
	out.Findings = slices.Compact(out.Findings)
	out.Findings.Quote(func(path string) []byte {
		rel := strings.TrimPrefix(path, p.Dir+"/")
		if rel == manifest.SidecarFile {
			return p.Sidecar
		}
		if f := p.File(rel); f != nil {
			return f.Data
		}
		return nil
	})
	return out
}

// identity looks at the id alone.
func (v *validator) identity(t Target) *check.Finding {
	id := t.ID()
	if dirs := v.claims[id]; len(dirs) > 1 {
		other := dirs[0]
		if other == t.Dir {
			other = dirs[1]
		}
		return &check.Finding{Code: "id/claimed-twice", Severity: check.Error,
			Message: fmt.Sprintf("the id %s is claimed by %s, too", id, other), Hint: "rename one of the directories: an id is one package"}
	}
	if err := wire.CheckID(id); err != nil {
		return nil // reading the package tells
	}
	if other := v.alike[id]; other != "" {
		return &check.Finding{Code: "id/look-alike", Severity: check.Error,
			Message: fmt.Sprintf("the id %s looks like %s, which there is already", id, other), Hint: "choose an id that nobody takes for the other one"}
	}
	return nil
}

// transfer says that a change takes a package from those who own it. What the registry's gate knows of the change's author is not looked at here.
func transfer(p manifest.Package, owners []string) *check.Finding {
	now := manifest.OwnersOf(p.Sidecar)
	if len(owners) == 0 || slices.ContainsFunc(owners, func(o string) bool {
		return slices.ContainsFunc(now, func(n string) bool { return strings.EqualFold(o, n) })
	}) {
		return nil
	}
	return &check.Finding{Code: "id/owner", Severity: check.Error, Path: p.Dir,
		Message: fmt.Sprintf("the package is owned by %s, and none of them stays an owner", strings.Join(owners, ", ")), Hint: "a package is handed over by its owners, who first add the new one"}
}
