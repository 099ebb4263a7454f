package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// What Composer itself defines of a composer.json (https://getcomposer.org/doc/04-schema.md): texts, people, addresses, dependencies.

// license returns an SPDX expression: Composer has one as a text, or a list of licences to choose from.
func (v *vito) license(value *strictjson.Value) string {
	if value == nil {
		v.file(check.Warning, "listing/license", vitoManifest, `write "license": "MIT", or another SPDX identifier`, "there is no license, expected one, so that people know what they may do")
		return ""
	}
	if value.Kind == strictjson.String {
		return v.shown(value, "license", "vito/license", 200)
	}
	return strings.Join(v.shownList(value, "license", "vito/license", 20, 100), " OR ")
}

// requires returns the packages that are required besides PHP itself, sorted.
func (v *vito) requires(value *strictjson.Value) []string {
	if !v.is(value, strictjson.Object, "require") {
		return nil
	}
	const most = 100 // packages, each of which somebody has to review
	if n := len(value.Members); n > most {
		v.at(value.Pos, "vito/require", "", "require has %d packages, expected at most %d", n, most)
		return nil
	}
	var names []string
	for _, m := range value.Members {
		if m.Key == "php" {
			continue
		}
		if _, what, _ := wording.Unshowable(m.Key); what != "" || m.Key == "" {
			v.at(m.KeyPos, "text/character", "", "require has %s, expected the name of a package", wording.Quote(m.Key))
			continue
		}
		v.add(check.Warning, vitoManifest, m.KeyPos, "vito/require", "a panel installs no dependencies: say in the pull request where it comes from",
			"the plugin requires %s besides php, which somebody has to review", wording.Quote(m.Key))
		names = append(names, m.Key)
	}
	slices.Sort(names)
	return names
}

// funding returns the addresses of Composer's list of {type, url}.
func (v *vito) funding(value *strictjson.Value) []string {
	var list []string
	for i, item := range v.items(value, "funding", "vito/funding", 20) {
		what := fmt.Sprintf("item %d of funding", i+1)
		if url := v.url(v.object(item, what).Get("url"), what+", url", "https", "http"); url != "" && !slices.Contains(list, url) {
			list = append(list, url)
		}
	}
	return list
}

// support returns the addresses of Composer's support, in the order of this list, whatever the order in the manifest.
func (v *vito) support(value *strictjson.Value) []string {
	var list []string
	for _, key := range []string{"email", "issues", "forum", "wiki", "irc", "source", "docs", "rss", "chat", "security"} {
		item, what := value.Get(key), "support."+key
		address := ""
		if key != "email" {
			address = v.url(item, what, "https", "http", "irc", "ircs")
		} else if email := v.email(item, what); email != "" {
			address = "mailto:" + email
		}
		if address != "" && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}

func (v *vito) email(value *strictjson.Value, what string) string {
	if !v.is(value, strictjson.String, what) {
		return ""
	}
	if !isEmail(value.String) {
		v.at(value.Pos, "text/email", "", "%s is %s, expected an address such as name@example.org", what, wording.Quote(value.String))
		return ""
	}
	return value.String
}

// authors returns Composer's list of {name, email, homepage, role}.
func (v *vito) authors(value *strictjson.Value) []wire.Author {
	var list []wire.Author
	for i, item := range v.items(value, "authors", "vito/authors", 50) {
		what := fmt.Sprintf("item %d of authors", i+1)
		item = v.object(item, what)
		author := wire.Author{
			Name:  v.shown(item.Get("name"), what+", name", "vito/authors", 100),
			Email: v.email(item.Get("email"), what+", email"),
			URL:   v.url(item.Get("homepage"), what+", homepage", "https", "http"),
		}
		if author != (wire.Author{}) && !slices.Contains(list, author) {
			list = append(list, author)
		}
	}
	return list
}
