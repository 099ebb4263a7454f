package validate

import (
	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/check"
)

// Advisories returns what is wrong with advisories.yaml, whose content data is, and quotes its lines. ids are those that [Options.IDs]
// returns; where they are nil, it isn't asked whether the packages that advisories name are there.
func Advisories(data []byte, ids []string) check.Findings {
	list, findings := advisory.Parse(advisory.FileName, data)
	if ids != nil {
		findings = append(findings, advisory.Unknown(advisory.FileName, list, ids)...)
	}
	findings.Quote(func(string) []byte { return data })
	return findings
}

// IDs returns the ids of all packages that there are: those of the targets, of the directories beside them, and of what is published.
func (o Options) IDs(targets []Target) ([]string, error) {
	ids := []string{} // not nil: none at all is an answer
	for _, list := range [][]Target{targets, o.Others} {
		for _, t := range list {
			ids = append(ids, t.ID())
		}
	}
	for _, dir := range o.Gone {
		ids = append(ids, Target{Dir: dir}.ID())
	}
	if o.Known == nil {
		return ids, nil
	}
	known, err := o.Known.IDs()
	return append(ids, known...), err
}
