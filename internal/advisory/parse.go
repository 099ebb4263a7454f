package advisory

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// maxFindings bounds what is told of one file, as strictyaml and shape do; whoever mends these sees the next ones.
const maxFindings = 100

// Parse reads the advisories.yaml at path. It returns the advisories, sorted by id, or else all findings in the order of the file,
// every one of them an error.
func Parse(path string, data []byte) ([]Advisory, check.Findings) {
	r := &reader{path: path}
	top, errs := strictyaml.Parse(data, strictjson.Limits{Size: MaxFile})
	r.problems(errs)
	if top == nil {
		return nil, r.findings
	}
	var entries []*strictjson.Value
	if list := top.Get("advisories"); list != nil && len(list.Items) <= MaxAdvisories { // of more the schema tells
		entries = list.Items
	}
	for i, at := range entries {
		r.versions(i, at.Get("versions")) // says more than the schema can
	}
	problems := shape.Check("advisories", FileName, top)
	r.problems(slices.DeleteFunc(problems, func(p *strictjson.Error) bool { return shape.Follows(p.Code) && r.told(p.Pos) }))
	var f File
	shape.Decode(top, &f)
	ids := make(map[string]int)
	for i, at := range entries {
		if at.Kind == strictjson.Object {
			r.entry(i, at, &f.Advisories[i], ids)
		}
	}
	if len(r.findings) > 0 {
		r.findings.Sort()
		return nil, slices.Compact(r.findings)
	}
	slices.SortFunc(f.Advisories, func(a, b Advisory) int { return strings.Compare(a.ID, b.ID) })
	return f.Advisories, nil
}

// A reader looks at what the schema can't say.
type reader struct {
	path     string
	findings check.Findings
}

func (r *reader) problems(errs []*strictjson.Error) {
	for _, err := range errs {
		r.findings = append(r.findings, check.Finding{Code: err.Code, Severity: check.Error, Path: r.path, Line: err.Line, Column: err.Column, Message: err.Message, Hint: err.Hint})
	}
}

// at adds a finding at a value, unless there is one already.
func (r *reader) at(v *strictjson.Value, code, hint, format string, args ...any) {
	if !r.told(v.Pos) {
		r.add(v, code, hint, format, args...)
	}
}

func (r *reader) add(v *strictjson.Value, code, hint, format string, args ...any) {
	if len(r.findings) < maxFindings {
		r.problems([]*strictjson.Error{{Code: code, Pos: v.Pos, Message: fmt.Sprintf(format, args...), Hint: hint}})
	}
}

// told reports whether there is a finding at a place.
func (r *reader) told(pos strictjson.Pos) bool {
	return slices.ContainsFunc(r.findings, func(f check.Finding) bool { return f.Line == pos.Line && f.Column == pos.Column })
}

// versions looks at the range of an advisory.
func (r *reader) versions(i int, at *strictjson.Value) {
	if at == nil || at.Kind != strictjson.String || utf8.RuneCountInString(at.String) > MaxRange {
		return // the schema tells
	}
	versions, err := ParseRange(at.String)
	if err != nil {
		r.at(at, "advisories/versions", `write comparisons that must all hold, such as ">=1.0.0 <1.4.2", or "*" for all versions`,
			"advisories[%d].versions is %s, %v", i, wording.Quote(at.String), err)
	} else if empty := versions.empty(); empty != "" {
		r.at(at, "advisories/no-version", `write it like ">=1.0.0 <1.4.2"; between alternatives stands "||"`,
			"advisories[%d].versions has %s, which no version is in, expected a lower bound below the upper one", i, wording.Quote(empty))
	}
}

// entry looks at what was decoded of one advisory, and completes it. ids are those of the advisories before it, in lower case.
func (r *reader) entry(i int, at *strictjson.Value, a *Advisory, ids map[string]int) {
	if v := at.Get("id"); v != nil && a.ID != "" {
		id := strings.ToLower(a.ID)
		if first, taken := ids[id]; taken {
			r.at(v, "advisories/duplicate-id", "choose another id: advisories are looked up by it", "advisories[%d] has the id %s, and so has advisories[%d]", i, wording.Quote(a.ID), first)
		} else {
			ids[id] = i
		}
	}
	if v := at.Get("package"); v != nil {
		a.Line, a.Column = v.Line, v.Column
		if err := wire.CheckID(a.Package); err != nil {
			r.at(v, "advisories/package", "write the package's id, which is its directory's name", "advisories[%d].package can't be one: %v", i, err)
		}
	}
	if at.Get("versions") == nil && at.Get("hashes") == nil {
		r.add(at, "advisories/nothing-named", `add versions: "*" if it is about all of them`, "advisories[%d] has neither versions nor hashes, expected at least one of the two", i)
	}
	if v := at.Get("reason"); v != nil {
		r.reason(i, v, a)
	}
	if v := at.Get("link"); v != nil {
		if _, err := url.Parse(a.Link); err != nil {
			r.at(v, "text/url", "write it as a browser shows it", "advisories[%d].link is %s, expected an address such as https://example.org/", i, wording.Quote(a.Link))
		}
	}
}

// reason takes one text as that of the default language, drops the space around texts that blocks of YAML end with, and looks at their characters.
func (r *reader) reason(i int, at *strictjson.Value, a *Advisory) {
	if at.Kind == strictjson.String {
		a.Reason = wire.Text{wire.DefaultLanguage: at.String}
	}
	for _, lang := range slices.Sorted(maps.Keys(a.Reason)) {
		text := a.Reason[lang]
		place := cmp.Or(at.Get(lang), at)
		if code, hint, what := manifest.Suspicious(text); code != "" {
			r.at(place, code, hint, "advisories[%d].reason holds %s", i, what)
		}
		if a.Reason[lang] = strings.TrimSpace(text); a.Reason[lang] == "" { // of spaces beyond ASCII, the schema doesn't know
			r.at(place, shape.CodePattern, "write what is wrong with the versions", "advisories[%d].reason.%s is blank, expected a text", i, lang)
		}
	}
}
