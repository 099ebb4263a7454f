package config

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Bounds of exclude, since every pattern is matched against every path.
const (
	maxPatterns   = 100
	maxPattern    = 256 // bytes of one pattern
	maxDoubleStar = 4   // ** in one pattern
	maxBraces     = 2   // {…} in one pattern: a match tries every combination of them
)

// Parse reads the registry.yaml at path. dirName is the name of the repo's directory, which the id defaults
// to. It returns all findings, in the order of the file; where one of them is an error, the value that it is
// about has its default.
func Parse(path string, data []byte, dirName string) (Config, check.Findings) {
	c := Default(dirName)
	r := &reader{path: path, data: data}
	top := r.document()
	if top == nil {
		r.findings.Sort()
		return c, r.findings
	}
	named := false
	r.mapping(top, FileName, []field{
		{"id", func(n *yaml.Node) {
			if s, ok := r.text(n, "id"); ok && r.valid(n, "config/id", "", wire.CheckID(s)) {
				c.ID = s
			}
		}},
		{"name", func(n *yaml.Node) {
			if s, ok := r.text(n, "name"); ok && r.name(n, s) {
				c.Name, named = s, true
			}
		}},
		{"base_url", func(n *yaml.Node) {
			if s, ok := r.text(n, "base_url"); ok {
				c.BaseURL = r.baseURL(n, s)
			}
		}},
		{"packages", func(n *yaml.Node) { r.set(&c.Packages, r.packages(n)) }},
		{"formats", func(n *yaml.Node) { r.set(&c.Formats, r.formats(n)) }},
		{"head_lifetime", func(n *yaml.Node) {
			if s, ok := r.scalar(n, "head_lifetime", "days (30d) or hours (12h)"); ok {
				if d, err := ParseDuration(s); err != nil {
					r.at(n, "config/head-lifetime", "", "head_lifetime is %s, %v", wording.Quote(s), err)
				} else {
					c.HeadLifetime = d
				}
			}
		}},
		{"limits", func(n *yaml.Node) { r.limits(n, &c.Limits) }},
		{"exclude", func(n *yaml.Node) { r.set(&c.Exclude, r.exclude(n)) }},
		{"official", func(n *yaml.Node) {
			r.set(&c.Official, r.texts(n, "official", "disk-watch", func(n *yaml.Node, s string) bool {
				return r.valid(n, "config/official", "write the package's id", wire.CheckID(s))
			}))
		}},
	})
	if !named {
		c.Name = c.ID
	}
	r.findings.Sort()
	return c, r.findings
}

// set stores a list that was read, unless there is nothing to store.
func (r *reader) set(to *[]string, list []string) {
	if len(list) > 0 {
		*to = list
	}
}

// valid adds a finding for an error.
func (r *reader) valid(n *yaml.Node, code, hint string, err error) bool {
	if err != nil {
		r.at(n, code, hint, "%v", err)
	}
	return err == nil
}

func (r *reader) name(n *yaml.Node, s string) bool {
	c, what, _ := wording.Unshowable(s)
	switch length := utf8.RuneCountInString(s); {
	case what != "":
		r.at(n, "config/name", "remove it", "name holds %s (%U), expected one line of visible text", what, c)
	case strings.TrimSpace(s) != s || s == "":
		r.at(n, "config/name", "", "name is %s, expected a text without spaces around it", wording.Quote(s))
	case length > MaxName:
		r.at(n, "config/name", "", "name has %d characters, expected at most %d", length, MaxName)
	default:
		return true
	}
	return false
}

func (r *reader) formats(n *yaml.Node) []string {
	known := manifest.Names()
	list := r.texts(n, "formats", known[0], func(n *yaml.Node, s string) bool {
		if !slices.Contains(known, s) {
			r.at(n, "config/formats", wording.DidYouMean(s, known), "there is no format %s", wording.Quote(s))
			return false
		}
		return true
	})
	r.notEmpty(n, "formats", "config/formats")
	return list
}

func (r *reader) notEmpty(n *yaml.Node, key, code string) {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.at(n, code, "remove the key to have its default", "%s is an empty list, expected at least one item", key)
	}
}

func (r *reader) limits(n *yaml.Node, l *Limits) {
	size := func(key string, most Size, to *Size) field {
		return field{key, func(n *yaml.Node) {
			if s, ok := r.scalar(n, "limits."+key, "bytes, or a text such as 64 MiB"); ok {
				if size, err := ParseSize(s, most); err != nil {
					r.at(n, "config/limits", "", "limits.%s is %s, %v", key, wording.Quote(s), err)
				} else {
					*to = size
				}
			}
		}}
	}
	r.mapping(n, "limits", []field{
		size("package_size", MaxSize, &l.PackageSize),
		size("file_size", MaxSize, &l.FileSize),
		size("manifest_size", MaxManifestSize, &l.ManifestSize),
		{"files", func(n *yaml.Node) {
			if s, ok := r.scalar(n, "limits.files", "a number"); ok {
				if i, err := strconv.Atoi(s); err != nil || i < 1 || i > MaxFiles || n.ShortTag() != "!!int" {
					r.at(n, "config/limits", "", "limits.files is %s, expected a number from 1 to %d", found(n), MaxFiles)
				} else {
					l.Files = i
				}
			}
		}},
	})
}

// packages reads where packages lie. One path below another would make one directory both a package
// and a holder of packages.
func (r *reader) packages(n *yaml.Node) []string {
	var dirs []string
	list := r.texts(n, "packages", "plugins/*", func(n *yaml.Node, s string) bool {
		dir, ok := strings.CutSuffix(s, "/*")
		fault := ""
		switch {
		case !ok:
			fault = "expected a directory's path and /*"
		case strings.ContainsAny(dir, `*?[]{}\`):
			fault = "expected no wildcard but the /* at its end"
		case dir == "" || path.IsAbs(dir):
			fault = "expected a path from the top of the repo, without a slash before it"
		case path.Clean(dir) != dir || dir == "." || dir == ".." || strings.HasPrefix(dir, "../"):
			fault = "expected no empty part, no . and no .. in it"
		case len(dir) > maxPattern:
			fault = "expected at most " + strconv.Itoa(maxPattern) + " bytes"
		case slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool { return strings.EqualFold(part, ".git") }):
			fault = "expected a directory that git keeps"
		}
		if _, what, _ := wording.Unshowable(dir); what != "" {
			fault = "expected visible characters"
		}
		if fault != "" {
			r.at(n, "config/packages", "write it like plugins/*", "packages has %s, %s", wording.Quote(s), fault)
			return false
		}
		for _, other := range dirs {
			if strings.HasPrefix(dir+"/", other+"/") || strings.HasPrefix(other+"/", dir+"/") {
				r.at(n, "config/packages", "keep one of the two", "packages has %s and %s, expected none below another", wording.Quote(other+"/*"), wording.Quote(s))
				return false
			}
		}
		dirs = append(dirs, dir)
		return true
	})
	r.notEmpty(n, "packages", "config/packages")
	return list
}

func (r *reader) exclude(n *yaml.Node) []string {
	list := r.texts(n, "exclude", "docs/**", func(n *yaml.Node, s string) bool {
		fault := ""
		switch {
		case s == "" || strings.HasPrefix(s, "/") || strings.HasSuffix(s, "/"):
			fault = "expected a pattern for paths in a package, without a slash before or after it"
		case len(s) > maxPattern:
			fault = "expected at most " + strconv.Itoa(maxPattern) + " bytes"
		case slices.ContainsFunc(strings.Split(s, "/"), func(part string) bool { return part == ".." || part == "." || part == "" }):
			fault = "expected no empty part, no . and no .. in it"
		case strings.Count(s, "**") > maxDoubleStar:
			fault = "expected at most " + strconv.Itoa(maxDoubleStar) + " of **"
		case strings.Count(s, "{") > maxBraces:
			fault = "expected at most " + strconv.Itoa(maxBraces) + " pairs of braces"
		case !doublestar.ValidatePattern(s):
			fault = "expected a doublestar glob: a bracket or a brace isn't closed"
		}
		if fault != "" {
			r.at(n, "config/exclude", "", "exclude has %s, %s", wording.Quote(s), fault)
		}
		return fault == ""
	})
	if len(list) > maxPatterns {
		r.at(n, "config/exclude", "", "exclude has %d patterns, expected at most %d", len(list), maxPatterns)
		return nil
	}
	return list
}
