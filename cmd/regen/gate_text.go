package main

import (
	"fmt"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/wording"
)

// verdictColours are what verdicts are painted in.
var verdictColours = map[gate.Verdict]string{gate.Pass: green, gate.NeedsReview: yellow, gate.Fail: red}

// gate prints what the gate says, for a terminal: what was found, then each package, and the verdict last.
func (u *ui) gate(r gate.Result, report check.Report) error {
	if report.Errors+report.Warnings+report.Notices > 0 {
		if err := check.Writers["text"](u.out, report, u.style()); err != nil {
			return err
		}
		u.printf("\n")
	}
	for _, p := range r.Packages {
		u.gatePackage(p)
	}
	if r.OtherCount > 0 {
		u.printf("%s outside of packages\n\n", files(r.OtherCount))
	}
	sign := map[gate.Verdict]string{gate.Pass: "✓", gate.NeedsReview: "!", gate.Fail: "✗"}[r.Verdict]
	u.printf("%s  %s\n", u.paint(verdictColours[r.Verdict], sign+" "+strings.ReplaceAll(string(r.Verdict), "-", " ")), u.paint(dim, strings.Join(r.Labels, " ")))
	if r.Pull == nil {
		u.printf("%s\n", u.paint(dim, "who may change what isn't looked at without --event"))
	}
	return nil
}

func (u *ui) gatePackage(p gate.Package) {
	title := p.ID
	switch {
	case p.Change == "new":
		title += " " + p.Version + ", new"
	case p.Change == "removal":
		title += " goes"
	case p.Before != p.Version:
		title += " " + p.Before + " → " + p.Version
	default:
		title += " " + p.Version
	}
	u.printf("%s\n", u.paint(bold, oneLine(title)))
	list := []fact{{"owners", strings.Join(p.Owners, ", "), ""}}
	switch {
	case p.NeedsOwner:
		list = append(list, fact{"approval", "missing", yellow})
	case p.ApprovedBy != "":
		list = append(list, fact{"approval", "by " + p.ApprovedBy, ""})
	}
	if a := p.Artifact; a != nil {
		text := fmt.Sprintf("%s, %s", a.Name, wording.Bytes(a.Size))
		if a.Before > 0 && a.Before != a.Size {
			text += ", was " + wording.Bytes(a.Before)
		}
		list = append(list, fact{"artifact", text, ""}, fact{"sha256", a.SHA256, ""})
	}
	for i, item := range p.Look() {
		label := ""
		if i == 0 {
			label = "to look at"
		}
		place := item.Path
		if item.Line > 0 {
			place = fmt.Sprintf("%s:%d", item.Path, item.Line)
		}
		if place != "" {
			place = " at " + place
		}
		list = append(list, fact{label, item.Text + place, ""})
	}
	added, removed := 0, 0
	for _, f := range p.Files {
		added, removed = added+f.Added, removed+f.Removed
	}
	list = append(list, fact{"changes", fmt.Sprintf("%s, +%d −%d", files(p.FileCount), added, removed), ""})
	u.facts(list)
	u.printf("\n")
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}
