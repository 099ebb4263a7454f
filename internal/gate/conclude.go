package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/owners"
)

// conclude makes a verdict, labels and a title of what was said.
func (g *gate) conclude() {
	r := &g.result
	r.Verdict = Pass
	review := func(label string) {
		r.Verdict = NeedsReview
		g.label(label)
	}
	for _, p := range r.Packages {
		g.label(map[string]string{"new": "regen/new-package", "release": "regen/release", "upkeep": "regen/upkeep", "removal": "regen/removal"}[p.Change])
		for _, item := range p.Review {
			review(labels[item.Kind])
		}
		if p.NeedsOwner {
			review("regen/needs-owner")
			r.ping(p.Owners, g.owners)
		}
	}
	if r.OtherCount > 0 {
		g.label("regen/tooling")
	}
	if g.guarded || g.unsure || r.OtherCount > 0 && r.PackageCount > 0 || g.Pull != nil && g.Pull.HasLabel(OverrideLabel) {
		r.Verdict = NeedsReview
	}
	if slices.ContainsFunc(r.Findings, isError) || slices.ContainsFunc(r.Packages, func(p Package) bool { return slices.ContainsFunc(p.Findings, isError) }) {
		r.Verdict = Fail
	}
	g.label("regen/" + string(r.Verdict))
	r.Title = g.title()
}

// labels are what things to look at put on a pull request, besides those of the verdict.
var labels = map[Kind]string{
	KindFirstTime: "regen/first-time", KindDangerous: "regen/permissions", KindPermission: "regen/permissions", KindNetwork: "regen/network",
	KindBinary: "regen/binary", KindUnreadable: "regen/binary", KindOwners: "regen/owners", KindKeys: "regen/owners",
}

func isError(f check.Finding) bool { return f.Severity == check.Error }

// label adds a label, once, in the order of all.
func (g *gate) label(name string) {
	if name == "" || slices.Contains(g.result.Labels, name) {
		return
	}
	g.result.Labels = append(g.result.Labels, name)
	slices.SortFunc(g.result.Labels, func(a, b string) int { return slices.Index(Labels, a) - slices.Index(Labels, b) })
}

// ping adds those whose approval is missing: the owners, or where there are none, the maintainers.
func (r *Result) ping(list []string, file owners.File) {
	if len(list) == 0 {
		for _, m := range file.Maintainers {
			list = append(list, string(m))
		}
	}
	for _, handle := range list {
		if handles.MatchString(handle) && !owners.Has(r.Ping, handle) {
			r.Ping = append(r.Ping, handle)
		}
	}
}

// title returns the title that the pull request should have. Of changes outside of packages the gate knows nothing better than what they are called.
func (g *gate) title() string {
	r := g.result
	switch {
	case len(r.Packages) == 1:
		p := r.Packages[0]
		what := p.ID
		if p.Version != "" && p.Change != "upkeep" {
			what += " " + p.Version
		}
		switch p.Change {
		case "new":
			return clip("Add "+what, maxTitle)
		case "removal":
			return clip("Remove "+p.ID, maxTitle)
		case "upkeep":
			return clip(what+": upkeep", maxTitle)
		}
		return clip(what, maxTitle)
	case r.PackageCount > 1:
		return fmt.Sprintf("%d packages", r.PackageCount)
	case g.Pull != nil:
		if title := clip(check.OneLine(strings.Join(strings.Fields(g.Pull.Title), " ")), maxTitle); title != "" {
			return title
		}
	}
	return "Upkeep of the registry"
}

// maxTitle bounds a title, in bytes.
const maxTitle = 200

// bound keeps a result within its bounds. What is over them was counted.
func (r *Result) bound() {
	r.Findings = first(r.Findings, MaxFindings)
	r.Ping = first(r.Ping, 50)
	r.Packages = first(r.Packages, MaxPackages)
	for i := range r.Packages {
		p := &r.Packages[i]
		p.ID, p.Dir = clip(valid(p.ID), 300), clip(valid(p.Dir), 600)
		p.Format, p.Version, p.Before, p.ApprovedBy = clip(valid(p.Format), 40), clip(valid(p.Version), 128), clip(valid(p.Before), 128), clip(p.ApprovedBy, 60)
		p.Owners = slices.Clone(first(p.Owners, 50))
		for i := range p.Owners {
			p.Owners[i] = clip(valid(p.Owners[i]), 60)
		}
		p.Review = first(p.Review, MaxItems)
		p.Findings = first(p.Findings, MaxFindings)
		p.Files = first(p.Files, MaxFiles)
		for i := range p.Review {
			p.Review[i].Text, p.Review[i].Path = clip(valid(p.Review[i].Text), 1000), clip(valid(p.Review[i].Path), 600)
		}
		boundFindings(p.Findings)
	}
	boundFindings(r.Findings)
	// Each list is short enough; all of them together may not be.
	for most := MaxFiles; r.size() > MaxResult && most > 0; most /= 4 {
		r.Others, r.Findings = first(r.Others, most), first(r.Findings, most)
		for i := range r.Packages {
			p := &r.Packages[i]
			p.Files, p.Findings, p.Review = first(p.Files, most), first(p.Findings, most), first(p.Review, most)
		}
	}
}

func boundFindings(list check.Findings) {
	for i := range list {
		f := &list[i]
		f.Path, f.Message, f.Hint = clip(valid(f.Path), 600), clip(valid(f.Message), 2000), clip(valid(f.Hint), 1000)
	}
}

// valid makes a text one that JSON can hold.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func first[T any](list []T, most int) []T { return list[:min(len(list), most):min(len(list), most)] }
