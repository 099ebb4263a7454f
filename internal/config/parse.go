package config

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Bounds of exclude, since every pattern is matched against every path.
const (
	maxPattern    = 256 // bytes of one pattern
	maxDoubleStar = 4   // ** in one pattern
	maxBraces     = 2   // {…} in one pattern: a match tries every combination of them
)

// Parse reads the registry.yaml at path. dirName is the name of the repo's directory, which the id defaults
// to. It returns all findings, in the order of the file; where there is one, the configuration isn't to be used.
func Parse(path string, data []byte, dirName string) (Config, check.Findings) {
	r := &reader{path: path}
	c := Default(dirName)
	top, errs := strictyaml.Parse(data, strictjson.Limits{Size: MaxFile})
	r.problems(errs)
	if top == nil {
		return c, r.findings
	}
	r.top = top
	r.units() // says more than the schema can
	problems := shape.Check("registry", FileName, top)
	r.problems(slices.DeleteFunc(problems, func(p *strictjson.Error) bool { return shape.Follows(p.Code) && r.told(p.Pos) }))
	read := c
	shape.Decode(top, &read)
	r.check(&read)
	if len(r.findings) == 0 {
		c = read
	}
	if top.Get("name") == nil {
		c.Name = c.ID
	}
	r.findings.Sort()
	r.findings = slices.Compact(r.findings)
	return c, r.findings
}

// A reader looks at what the schema can't say.
type reader struct {
	path     string
	top      *strictjson.Value
	findings check.Findings
}

func (r *reader) problems(errs []*strictjson.Error) {
	for _, err := range errs {
		r.findings = append(r.findings, check.Finding{Code: err.Code, Severity: check.Error, Path: r.path, Line: err.Line, Column: err.Column, Message: err.Message, Hint: err.Hint})
	}
}

// at adds a finding at a place where there is none yet.
func (r *reader) at(v *strictjson.Value, code, hint, format string, args ...any) {
	err := &strictjson.Error{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
	if v != nil {
		err.Pos = v.Pos
	}
	if !r.told(err.Pos) {
		r.problems([]*strictjson.Error{err})
	}
}

// told reports whether there is a finding at a place.
func (r *reader) told(pos strictjson.Pos) bool {
	return slices.ContainsFunc(r.findings, func(f check.Finding) bool { return f.Line == pos.Line && f.Column == pos.Column })
}

// units looks at the ranges of values with a unit, and at a value that isn't there because of how it is written.
func (r *reader) units() {
	if v := r.top.Get("head_lifetime"); v != nil && (v.Kind == strictjson.String || v.Kind == strictjson.Number) {
		s := v.String + string(v.Number)
		if _, err := ParseDuration(s); err != nil {
			r.at(v, "config/head-lifetime", "write days or hours, such as 30d", "head_lifetime is %s, %v", wording.Quote(s), err)
		}
	}
	for _, size := range []struct {
		key  string
		most Size
	}{{"package_size", MaxSize}, {"file_size", MaxSize}, {"manifest_size", MaxManifestSize}} {
		if v := r.top.At("limits", size.key); v != nil && v.Kind == strictjson.String {
			if _, err := ParseSize(v.String, size.most); err != nil {
				r.at(v, "config/limits", "write a size such as 8 MiB, or remove the key to have its default", "limits.%s is %s, %v", size.key, wording.Quote(v.String), err)
			}
		}
	}
	if v := r.top.At("storefront", "accent"); v != nil && v.Kind == strictjson.Null {
		r.at(v, "config/storefront", `write it like "#0b6b50": without quotes, # begins a comment`, "storefront.accent is empty, expected a colour in quotes")
	}
}

// check looks at what was decoded.
func (r *reader) check(c *Config) {
	if v := r.top.Get("id"); v != nil {
		if err := wire.CheckID(c.ID); err != nil {
			r.at(v, "config/id", "choose another id: it is part of paths, on Windows, too", "%v", err)
		}
	}
	if code, hint, what := manifest.Suspicious(c.Name); code != "" && r.top.Get("name") != nil {
		r.at(r.top.Get("name"), code, hint, "name holds %s", what)
	}
	if c.BaseURL != "" {
		c.BaseURL = r.address(r.top.Get("base_url"), "config/base-url", "base_url", "https://plugins.example.org", c.BaseURL)
	}
	r.packages(c.Packages)
	for i, pattern := range c.Exclude {
		if fault := patternFault(pattern); fault != "" {
			r.at(item(r.top.Get("exclude"), i), "config/exclude", "write it like docs/** or **/*.psd", "exclude has %s, %s", wording.Quote(pattern), fault)
		}
	}
	for i, id := range c.Official {
		if err := wire.CheckID(id); err != nil {
			r.at(item(r.top.Get("official"), i), "config/official", "write the package's id, which is its directory's name", "official has a package that can't be: %v", err)
		}
	}
	r.storefront(&c.Storefront)
	known := c.Permissions.Known
	for i, p := range c.Permissions.Dangerous {
		if len(known) > 0 && !slices.Contains(known, p) {
			r.at(item(r.top.At("permissions", "dangerous"), i), "config/permissions", wording.DidYouMean(p, known),
				"permissions.dangerous has %s, expected one of permissions.known, since packages can ask for no other", wording.Quote(p))
		}
	}
}

func item(v *strictjson.Value, i int) *strictjson.Value {
	if v == nil || i >= len(v.Items) {
		return nil
	}
	return v.Items[i]
}

// packages looks at where packages lie. One path below another would make one directory both a package
// and a holder of packages.
func (r *reader) packages(list []string) {
	var dirs []string
	for i, s := range list {
		at := item(r.top.Get("packages"), i)
		dir, _ := strings.CutSuffix(s, "/*")
		fault := ""
		switch {
		case path.IsAbs(dir):
			fault = "expected a path from the top of the repo, without a slash before it"
		case path.Clean(dir) != dir || dir == "." || dir == ".." || strings.HasPrefix(dir, "../"):
			fault = "expected no empty part, no . and no .. in it"
		case slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool { return strings.EqualFold(part, ".git") }):
			fault = "expected a directory that git keeps"
		}
		if fault != "" {
			r.at(at, "config/packages", "write it like plugins/*", "packages has %s, %s", wording.Quote(s), fault)
			continue
		}
		for _, other := range dirs {
			if strings.HasPrefix(dir+"/", other+"/") || strings.HasPrefix(other+"/", dir+"/") {
				r.at(at, "config/packages", "keep one of the two", "packages has %s and %s, expected none below another", wording.Quote(other+"/*"), wording.Quote(s))
			}
		}
		dirs = append(dirs, dir)
	}
}

// patternFault returns what keeps a text from being a pattern of files to leave out, or "".
func patternFault(s string) string {
	switch {
	case s == "" || strings.HasPrefix(s, "/") || strings.HasSuffix(s, "/"):
		return "expected a pattern for paths in a package, without a slash before or after it"
	case len(s) > maxPattern:
		return "expected at most " + strconv.Itoa(maxPattern) + " bytes"
	case slices.ContainsFunc(strings.Split(s, "/"), func(part string) bool { return part == ".." || part == "." || part == "" }):
		return "expected no empty part, no . and no .. in it"
	case strings.Count(s, "**") > maxDoubleStar:
		return "expected at most " + strconv.Itoa(maxDoubleStar) + " of **"
	case strings.Count(s, "{") > maxBraces:
		return "expected at most " + strconv.Itoa(maxBraces) + " pairs of braces"
	case !doublestar.ValidatePattern(s):
		return "expected a doublestar glob: a bracket or a brace isn't closed"
	}
	return ""
}
