package main

import (
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/validate"
)

// withKeys adds what is wrong with the trust documents to a report. They hang on no package, and no package on them.
func withKeys(report check.Report, work *publish.WorkDir, head publish.Snapshot, registry string) check.Report {
	pinned, _ := work.File(head, publicKeyFile, sign.MaxKeyFile) // without it, the documents are looked at by themselves
	found := validate.Keys(registry, pinned, publish.Documents(work, head))
	if len(found) == 0 {
		return report
	}
	packages := []check.Package{{Dir: ".", Findings: found}}
	for _, p := range report.Packages {
		if p.Dir == "." {
			packages[0].Findings = append(p.Findings, found...)
		} else {
			packages = append(packages, p)
		}
	}
	return check.NewReport(packages)
}
