package main

import (
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/validate"
)

// keysFindings returns what is wrong with the trust documents of the working directory.
func keysFindings(work *publish.WorkDir, head publish.Snapshot, registry string) check.Findings {
	pinned, _ := work.File(head, publicKeyFile, sign.MaxKeyFile) // without it, the documents are looked at by themselves
	return validate.Keys(registry, pinned, publish.Documents(work, head))
}

// withRegistry adds what is wrong with the registry itself to a report. It hangs on no package, and no package on it.
func withRegistry(report check.Report, found check.Findings) check.Report {
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
