package config

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Storefront says how the pages for people look.
type Storefront struct {
	// The languages of the pages, as tags of two letters such as de, perhaps with a script or region as in pt-BR, the default one first. There are texts in en, de and es; those of another lie in site/strings/. Default: all that there are texts in, en first.
	Languages []string `json:"languages" jsonschema:"minItems=1,maxItems=20,uniqueItems=true,pattern=^[a-z]{2}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$,example=en,example=de" jsonschema_extras:"patternErrorMessage=expected the tag of a language such as de or pt-BR"`
	// The colour of links and buttons, as #rrggbb. Where text in it couldn't be read, it is made darker or lighter. Default: the storefront's own.
	Accent string `json:"accent" jsonschema:"pattern=^#[0-9a-fA-F]{6}$,example=#0b6b50" jsonschema_extras:"patternErrorMessage=expected a colour as # and six hexadecimal digits"`
	// The ids of the packages that the home page shows first, in this order. Default: none.
	Featured []string `json:"featured" jsonschema:"uniqueItems=true,maxItems=12,maxLength=128,example=disk-watch"`
	// The https address of the repo at its host, where people read its files and open pull requests. Default: none, and then the pages don't lead there.
	Repository string `json:"repository" jsonschema:"pattern=^https?://,maxLength=2000,example=https://github.com/acme/plugins" jsonschema_extras:"patternErrorMessage=expected an address that begins with https://"`
	// The branch that pull requests go to. Default: main.
	Branch string `json:"branch" jsonschema:"pattern=^[A-Za-z0-9][A-Za-z0-9._/-]*$,maxLength=200,example=main" jsonschema_extras:"patternErrorMessage=expected the name of a branch"`
	// For formats, the command that installs a package on its host, in one line. {id}, {version} and {url} stand for the package, the version that is shown and the address of its file. Default: what each format's host has.
	Install map[string]string `json:"install"`
}

// placeholders are what a command may have in braces.
var placeholders = []string{"{id}", "{version}", "{url}"}

// storefront looks at what the schema can't say about the storefront.
func (r *reader) storefront(s *Storefront) {
	const code = "config/storefront"
	top := r.top.Get("storefront")
	for i, tag := range s.Languages {
		parsed, err := language.Parse(tag)
		hint, fault := "write the tag of a language, such as de or pt-BR", ""
		switch {
		case err != nil:
			fault = "expected a language that is known"
		case parsed.String() != tag:
			fault, hint = "expected its usual spelling", "write "+wording.Quote(parsed.String())
		default:
			continue
		}
		r.at(item(top.At("languages"), i), code, hint, "storefront.languages has %s, %s", wording.Quote(tag), fault)
	}
	for i, id := range s.Featured {
		if err := wire.CheckID(id); err != nil {
			r.at(item(top.At("featured"), i), code, "write the package's id, which is its directory's name", "storefront.featured has a package that can't be: %v", err)
		}
	}
	if s.Repository != "" {
		s.Repository = r.address(top.Get("repository"), code, "storefront.repository", "https://github.com/acme/plugins", s.Repository)
		if strings.HasSuffix(s.Repository, ".git") {
			r.at(top.Get("repository"), code, "remove .git at its end", "storefront.repository is %s, expected the address that people open in a browser", wording.Quote(s.Repository))
		}
	}
	if b := s.Branch; strings.Contains(b, "..") || strings.Contains(b, "//") || strings.HasSuffix(b, "/") || strings.HasSuffix(b, ".") || strings.HasSuffix(b, ".lock") {
		r.at(top.Get("branch"), code, "write the name of the branch, such as main", "storefront.branch is %s, expected the name of a branch", wording.Quote(b))
	}
	if install := top.Get("install"); install != nil && install.Kind == strictjson.Object {
		for _, m := range install.Members {
			r.command(m, code)
		}
	}
}

// command looks at the command of a format.
func (r *reader) command(m strictjson.Member, code string) {
	s := m.Value.String
	if unknown := unknownPlaceholder(s); unknown != "" {
		r.at(m.Value, code, "in braces there can be "+wording.List(placeholders), "storefront.install.%s has %s, which stands for nothing", m.Key, wording.Quote(unknown))
		return
	}
	if found, hint, what := manifest.Suspicious(s); found != "" {
		r.at(m.Value, found, hint, "storefront.install.%s holds %s", m.Key, what)
	}
}

// unknownPlaceholder returns the first thing in braces that stands for nothing, or "".
func unknownPlaceholder(s string) string {
	for {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			return ""
		}
		s = s[i:]
		known := slices.IndexFunc(placeholders, func(p string) bool { return strings.HasPrefix(s, p) })
		if known < 0 {
			end := strings.IndexByte(s, '}') + 1
			if end == 0 {
				end = len(s)
			}
			return s[:end]
		}
		s = s[len(placeholders[known]):]
	}
}
