package manifest

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/code"
	"github.com/regen-registry/regen/internal/strictjson"
)

// maxImports is how many sources of code [wire.Facts.Ext] lists.
const maxImports = 100

// code looks at what the app's modules import. Where that is a module at an http address, or one of the registries jsr and npm, a host loads code that isn't in
// the package, and may be other code tomorrow.
//
// All modules count, also those that only browsers run: which one is loaded where, only running the app tells.
func (d *dropserver) code() {
	var names []string
	for i := range d.pkg.Files {
		f := &d.pkg.Files[i]
		lang := code.LanguageOf(f.Path)
		if lang != code.JS && lang != code.TS {
			continue
		}
		for _, imported := range code.Imports(lang, f.Data) {
			if name := remoteSource(imported.Specifier); name != "" {
				if names = append(names, name); len(names) > 10*maxImports {
					names = firstImports(names)
				}
			}
		}
	}
	names = firstImports(names)
	d.facts.Code = "ts"
	if len(names) > 0 {
		d.facts.Code = "remote"
	}
	ext := map[string]any{"imports": append([]string{}, names[:min(len(names), maxImports)]...)}
	if len(names) > maxImports {
		ext["more_imports"] = true
	}
	d.facts.Ext = map[string]any{"dropserver": ext}
	d.facts.Vendored = d.vendored()
}

// firstImports returns the first ones of all names in their order, each once, and one more than are listed if there is one.
func firstImports(names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), maxImports+1)]
}

// remoteSource returns where an import that isn't of the package is from: https://host of an address, or the whole of jsr:… and npm:…; else "".
func remoteSource(specifier string) string {
	const longest = 200 // bytes
	// What is no ASCII would have to be looked at by who reads it, and white space within counts for nothing (https://url.spec.whatwg.org/#url-parsing).
	specifier = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return -1
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, strings.TrimSpace(specifier))
	scheme, rest, _ := strings.Cut(specifier, ":")
	switch scheme = strings.ToLower(scheme); scheme {
	case "http", "https":
		host := strings.TrimLeft(rest, `/\`)
		if i := strings.IndexAny(host, `/\?#`); i >= 0 {
			host = host[:i]
		}
		specifier = scheme + "://" + strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
	case "jsr", "npm":
		specifier = scheme + ":" + rest
	default:
		return ""
	}
	return specifier[:min(len(specifier), longest)]
}

// vendored reports whether what the app imports is in the package: in a directory vendor, where Deno puts it if its configuration says so
// (https://docs.deno.com/runtime/fundamentals/configuration/).
func (d *dropserver) vendored() bool {
	if slices.ContainsFunc(d.pkg.Files, func(f File) bool { return strings.HasPrefix(f.Path, "vendor/") }) {
		return true
	}
	file := d.pkg.File("deno.json")
	if file == nil {
		return false
	}
	config, err := strictjson.Parse(file.Data, strictjson.Limits{})
	if err != nil {
		return false
	}
	vendor := config.Get("vendor")
	return vendor != nil && vendor.Bool
}
