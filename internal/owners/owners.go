// Package owners reads owners.yaml, the file at the top of a registry's repo that says who looks after it, and who owns packages whose regen.yaml doesn't say.
//
// The rules for the file:
//
//   - It is strict YAML (package strictyaml), at most 256 KiB. It may be empty, or not be there at all.
//   - It is held against schema/owners.schema.json (package shape).
//   - Handles are compared without regard to the case of their letters, as GitHub does.
//   - A package that it names has the owners that stand there; the owners in the package's regen.yaml don't count then.
//   - A file with an error isn't used at all.
package owners

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
)

// FileName is where the owners lie in a repo.
const FileName = "owners.yaml"

// MaxFile bounds the file, in bytes.
const MaxFile = 256 << 10

// The comments of the fields below are the descriptions in schema/owners.schema.json.

// File is what owners.yaml holds.
type File struct {
	// The GitHub handles of those who look after the registry: they may change every package, and what they say counts as an owner's word.
	Maintainers []manifest.Handle `json:"maintainers" jsonschema:"uniqueItems=true,maxItems=100"`
	// Who owns packages: the GitHub handles, by the package's id. What stands here counts instead of the owners in a package's regen.yaml.
	Packages Packages `json:"packages"`
}

// Packages says who owns packages, by id.
type Packages map[string][]manifest.Handle

// Parse reads the owners.yaml at path. Where there are findings, each is an error, and the file is as if it were empty.
func Parse(path string, data []byte) (File, check.Findings) {
	var findings check.Findings
	problems := func(errs []*strictjson.Error) {
		for _, err := range errs {
			findings = append(findings, check.Finding{Code: err.Code, Severity: check.Error, Path: path, Line: err.Line, Column: err.Column, Message: err.Message, Hint: err.Hint})
		}
	}
	top, errs := strictyaml.Parse(data, strictjson.Limits{Size: MaxFile})
	problems(errs)
	if top == nil {
		return File{}, findings
	}
	problems(shape.Check("owners", FileName, top))
	var f File
	if len(findings) == 0 {
		shape.Decode(top, &f)
	}
	if len(findings) > 0 {
		findings.Sort()
		findings = slices.Compact(findings)
		findings.Quote(func(string) []byte { return data })
		return File{}, findings
	}
	return f, nil
}

// Of returns who owns a package: those that the file names, else those of the package's regen.yaml.
func (f File) Of(id string, sidecar []byte) []string {
	if list, ok := f.Packages[id]; ok {
		return handles(list)
	}
	return manifest.OwnersOf(sidecar)
}

// IsMaintainer reports whether a handle is that of somebody who looks after the registry.
func (f File) IsMaintainer(handle string) bool { return Has(handles(f.Maintainers), handle) }

// Has reports whether a handle is in a list.
func Has(list []string, handle string) bool {
	return slices.ContainsFunc(list, func(h string) bool { return strings.EqualFold(h, handle) })
}

func handles(list []manifest.Handle) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = string(h)
	}
	return out
}
