package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
)

// A source is a package that is being read: its native manifest, its sidecar, and what was found so far. The formats' readers embed it.
type source struct {
	pkg      Package
	env      Env
	format   string            // its name
	name     string            // of the manifest, relative to the package's directory
	top      *strictjson.Value // the manifest, nil where it can't be read
	side     *strictjson.Value // the sidecar's document, nil where there is none
	sidecar  Sidecar
	facts    wire.Facts
	version  string
	channel  string
	unread   bool                 // whether there is something in the manifest or the sidecar that couldn't be read, or isn't of the schema's form
	assets   map[string]wire.File // by their paths
	looked   map[string]bool      // paths of the files that were looked at as texts
	pictures int                  // that were looked at
	findings check.Findings
	places   map[Place]bool // that have a finding
}

// newSource returns the source of a package whose id and sidecar are checked. schema names that of the manifest, which is decoded into the value that into points to; none is read where the name is empty.
func newSource(p Package, env Env, format, name, schema string, into any) *source {
	if env.Permissions == nil {
		env.Permissions = defaultPermissions
	}
	s := &source{pkg: p, env: env, format: format, name: name, assets: make(map[string]wire.File), looked: make(map[string]bool)}
	if err := wire.CheckID(p.ID); err != nil {
		s.findings = append(s.findings, check.Finding{
			Code: "id/invalid", Severity: check.Error, Path: p.Dir, Message: err.Error(), Hint: "rename the directory, and the package in the manifest",
		})
	}
	if into != nil {
		s.top = s.json(name, schema, into)
	}
	s.readSidecar()
	return s
}

// json reads a JSON document of the package, holds it against a schema and decodes it. It returns nil where it can't be parsed.
func (s *source) json(name, schema string, into any) *strictjson.Value {
	file := s.pkg.File(name)
	if file == nil {
		s.unread = true
		s.file(check.Error, "files/missing", name, "see that it isn't left out: exclude in registry.yaml", "there is no %s, expected the manifest", name)
		return nil
	}
	v, err := strictjson.Parse(file.Data, strictjson.Limits{Size: int(s.env.ManifestSize)})
	if err != nil {
		s.problems(name, []*strictjson.Error{err})
		return nil
	}
	s.document(name, schema, v, into)
	return v
}

// document holds a document against a schema, looks at its texts, and decodes it.
func (s *source) document(name, schema string, v *strictjson.Value, into any) {
	s.characters(name, v)
	problems := shape.Check(schema, name, v)
	s.problems(name, slices.DeleteFunc(problems, func(p *strictjson.Error) bool { return shape.Follows(p.Code) && s.found(name, p.Pos) }))
	shape.Decode(v, into)
}

// readSidecar reads regen.yaml, if there is one.
func (s *source) readSidecar() {
	if s.pkg.Sidecar == nil {
		return
	}
	v, errs := strictyaml.Parse(s.pkg.Sidecar, strictjson.Limits{Size: MaxSidecar})
	s.problems(SidecarFile, errs)
	if v == nil {
		return
	}
	s.side = v
	schema := "regen"
	if s.name == SidecarFile {
		schema, s.top = "native", v
	}
	s.document(SidecarFile, schema, v, &s.sidecar)
}

// problems adds what parsing and shape found in a document.
func (s *source) problems(name string, errs []*strictjson.Error) {
	for _, err := range errs {
		s.unread = true
		s.add(check.Error, name, err.Pos, err.Code, cmp.Or(err.Hint, "an editor that knows the format shows what is wrong there"), "%s", err.Message)
	}
}

// at adds an error at a place in the manifest.
func (s *source) at(v *strictjson.Value, code, hint, format string, args ...any) {
	s.note(check.Error, v, code, hint, format, args...)
}

// note adds a finding at a place in the manifest. A value that isn't there stands for the whole file.
func (s *source) note(severity check.Severity, v *strictjson.Value, code, hint, format string, args ...any) {
	var pos strictjson.Pos
	if v != nil {
		pos = v.Pos
	}
	s.add(severity, s.name, pos, code, hint, format, args...)
}

// beside adds a finding at a place in the sidecar.
func (s *source) beside(severity check.Severity, v *strictjson.Value, code, hint, format string, args ...any) {
	var pos strictjson.Pos
	if v != nil {
		pos = v.Pos
	}
	s.add(severity, SidecarFile, pos, code, hint, format, args...)
}

// file adds a finding about a file as a whole.
func (s *source) file(severity check.Severity, code, path, hint, format string, args ...any) {
	s.add(severity, path, strictjson.Pos{}, code, hint, format, args...)
}

func (s *source) add(severity check.Severity, path string, pos strictjson.Pos, code, hint, format string, args ...any) {
	s.findings = append(s.findings, check.Finding{
		Code: code, Severity: severity, Path: s.pkg.Dir + "/" + path, Line: pos.Line, Column: pos.Column,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
	if s.places == nil {
		s.places = make(map[Place]bool)
	}
	s.places[Place{path, pos.Line, pos.Column}] = true
}

// setVersion takes the version of the release: of the native manifest if it has one, else of the sidecar.
func (s *source) setVersion(native Version) {
	at, name := s.top.Get("version"), s.name
	version := native
	if native == "" {
		version, at, name = s.sidecar.Version, s.side.Get("version"), SidecarFile
	}
	if version != "" {
		if err := wire.CheckVersion(string(version)); err == nil {
			s.version = string(version)
		} else if at != nil && !s.found(name, at.Pos) { // a schema may ask for less than that
			s.add(check.Error, name, at.Pos, shape.CodePattern, "write it like 1.0.0", "%v", err)
		}
	}
	s.channel = wire.ChannelOf(s.version)
	if asked := s.sidecar.Channel; asked != "" && asked != s.channel && s.version != "" && slices.Contains(wire.Channels, asked) {
		hint := "leave the channel out: it follows from the version"
		if asked != wire.Stable {
			core, _, _ := strings.Cut(s.version, "-")
			hint = "choose a version such as " + core + "-" + asked + ".1, or leave the channel out"
		}
		s.beside(check.Error, s.side.Get("channel"), "version/channel", hint, "channel is %s, and version %s belongs to %s, expected them to agree", asked, s.version, s.channel)
	}
}

// found reports whether there is a finding at a place already.
func (s *source) found(name string, pos strictjson.Pos) bool {
	return s.places[Place{name, pos.Line, pos.Column}]
}

// manifest ends the reading.
func (s *source) manifest(artifact Artifact) (Manifest, check.Findings) {
	m := Manifest{Format: s.format, Version: s.version, Channel: s.channel, Facts: s.facts, Artifact: artifact}
	for _, file := range m.Facts.Assets() {
		m.Assets = append(m.Assets, file.Path)
	}
	s.findings.Sort()
	return m, few(slices.Compact(s.findings))
}

// most is how many findings of one code are listed.
const most = 50

// few returns the findings, which are sorted, without those of a code that has too many, and says how many more there are.
func few(findings check.Findings) check.Findings {
	count, rest := make(map[string]int), make(map[string]int)
	var list, more check.Findings
	for _, f := range findings {
		switch count[f.Code]++; {
		case count[f.Code] <= most:
			list = append(list, f)
		case count[f.Code] == most+1:
			rest[f.Code] = len(more)
			more = append(more, f)
		case f.Severity == check.Error:
			more[rest[f.Code]].Severity = check.Error
		}
	}
	for _, f := range more {
		f.Message, f.Hint = fmt.Sprintf("%d more findings of this kind, from here on, aren't listed", count[f.Code]-most), "mend those above, and run it again"
		list = append(list, f)
	}
	list.Sort()
	return list
}

// rest returns the members of v that aren't in known, for Facts.Ext. Everything in there has to have a canonical form.
func (s *source) rest(v *strictjson.Value, known ...string) map[string]any {
	rest := make(map[string]any)
	if v == nil {
		return rest
	}
	for _, m := range v.Members {
		if !slices.Contains(known, m.Key) {
			s.numbers(s.name, m.Value)
			rest[m.Key] = m.Value.Any()
		}
	}
	return rest
}

// numbers looks for numbers in what is kept as it is. Readers take them for floating-point ones, and what doesn't fit those would be another number for each.
func (s *source) numbers(name string, v *strictjson.Value) {
	for _, item := range v.Items {
		s.numbers(name, item)
	}
	for _, m := range v.Members {
		s.numbers(name, m.Value)
	}
	if v.Kind == strictjson.Number {
		if _, err := wire.Encode(v.Number); err != nil {
			shown := string(v.Number)
			if len(shown) > 40 {
				shown = shown[:40] + "…"
			}
			s.add(check.Error, name, v.Pos, "schema/number", "put it in quotes", "the number %s isn't one that all readers read alike, expected at most 15 digits", shown)
		}
	}
}
