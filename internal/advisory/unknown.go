package advisory

import (
	"fmt"
	"strconv"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

// maxNearest bounds the packages that a near id is looked for, since each is compared with all ids. Typing errors are few.
const maxNearest = 3

// Unknown returns a warning for each advisory of the file at path whose package isn't among ids. It is no error: a package that left the repo keeps its releases, and so its
// advisories.
func Unknown(path string, advisories []Advisory, ids []string) check.Findings {
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	var findings check.Findings
	hints := make(map[string]string)
	for _, a := range advisories {
		if known[a.Package] {
			continue
		}
		hint, ok := hints[a.Package]
		if !ok {
			hint = "write the id of a package of this registry; one that was removed from the repo is known with --published"
			if len(hints) < maxNearest {
				if near := wording.Nearest(a.Package, ids); near != "" {
					hint = "did you mean " + strconv.Quote(near) + "?"
				}
			}
			hints[a.Package] = hint
		}
		findings = append(findings, check.Finding{
			Code: "advisories/unknown-package", Severity: check.Warning, Path: path, Line: a.Line, Column: a.Column,
			Message: fmt.Sprintf("the advisory %s is about the package %s, which isn't there", a.ID, wording.Quote(a.Package)), Hint: hint,
		})
	}
	findings.Sort()
	return findings
}
