package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

func TestParse(t *testing.T) {
	full := `# How Acme's plugins are published.
id: acme-plugins
name: Acme plugins 🧩
base_url: https://Plugins.example.org/stable/
packages: [plugins/*, extensions/php/*]
formats:
  - vito
head_lifetime: 12h
limits:
  package_size: 64 MiB
  file_size: 1048576
  files: 2000
  manifest_size: "256 KiB"
exclude: ["**/*.psd", 'docs/**']
permissions:
  known: [storage, network]
  dangerous: [network]
blocking: [listing/*, lint/php-eval]
listings: [dropserver]
official: [disk-watch]
gate: {packages: 3}
storefront:
  languages: [de, en, pt-BR]
  accent: "#0B6b50"
  featured: [disk-watch, backup]
  repository: https://GitHub.com/acme/plugins/
  branch: stable/2.x
  install:
    vito: vito plugin install {id} --version {version}
    native: "curl -O {url}"
`
	want := Config{
		ID: "acme-plugins", Name: "Acme plugins 🧩", BaseURL: "https://plugins.example.org/stable",
		Packages: []string{"plugins/*", "extensions/php/*"}, Formats: []string{"vito"}, HeadLifetime: Duration(12 * time.Hour),
		Limits:  Limits{PackageSize: 64 << 20, FileSize: 1 << 20, Files: 2000, ManifestSize: 256 << 10},
		Exclude: []string{"**/*.psd", "docs/**"}, Official: []string{"disk-watch"}, Listings: []string{"dropserver"},
		Permissions: Permissions{Known: []string{"storage", "network"}, Dangerous: []string{"network"}}, Blocking: []string{"listing/*", "lint/php-eval"}, Gate: Gate{Packages: 3},
		Storefront: Storefront{
			Languages: []string{"de", "en", "pt-BR"}, Accent: "#0B6b50", Featured: []string{"disk-watch", "backup"}, Repository: "https://github.com/acme/plugins", Branch: "stable/2.x",
			Install: map[string]string{"vito": "vito plugin install {id} --version {version}", "native": "curl -O {url}"},
		},
	}
	for _, doc := range []string{full, strings.ReplaceAll(full, "\n", "\r\n"), "---\n" + full + "...\n"} {
		got, findings := Parse("registry.yaml", []byte(doc), "repo")
		if len(findings) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v, findings %v\nwant %+v", got, findings, want)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	def := func(change func(*Config)) Config {
		c := Default("repo")
		change(&c)
		return c
	}
	for _, test := range []struct {
		shows, doc string
		want       Config
	}{
		{"an empty file", "", Default("repo")},
		{"a file of comments", "# nothing yet\n", Default("repo")},
		{"a document mark alone", "---\n", Default("repo")},
		{"an empty mapping", "{}", Default("repo")},
		{"the name follows the id", "id: acme", def(func(c *Config) { c.ID, c.Name = "acme", "acme" })},
		{"a number in quotes is a text", `name: "1.10"`, def(func(c *Config) { c.Name = "1.10" })},
		{"no in quotes is a text", `name: 'no'`, def(func(c *Config) { c.Name = "no" })},
		{"http for localhost", "base_url: http://localhost:8080", def(func(c *Config) { c.BaseURL = "http://localhost:8080" })},
		{"http for an address of this machine", "base_url: http://[::1]/x/", def(func(c *Config) { c.BaseURL = "http://[::1]/x" })},
		{"packages beside each other with a common beginning", "packages: [plugins/*, plugins-old/*]", def(func(c *Config) { c.Packages = []string{"plugins/*", "plugins-old/*"} })},
		{"an empty list of what may be empty", "exclude: []\nofficial: []", def(func(c *Config) { c.Exclude, c.Official = []string{}, []string{} })},
		{"a number in any of its forms", "limits: {files: 20.0}", def(func(c *Config) { c.Limits.Files = 20 })},
		{"a path with a space and other letters", "packages: [mes modules/é/*]", def(func(c *Config) { c.Packages = []string{"mes modules/é/*"} })},
	} {
		got, findings := Parse("registry.yaml", []byte(test.doc), "repo")
		if len(findings) > 0 || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, findings %v", test.shows, got, findings)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		shows, doc string
		want       []string // code line:column: message | hint
	}{
		{"a key that is unknown, with a near one", "nmae: x\n", []string{`schema/unknown-key 1:1: registry.yaml has no key "nmae" | did you mean "name"?`}},
		{"a key that is unknown, with none near", "id: x\nzzz: 1\n", []string{`schema/unknown-key 2:1: registry.yaml has no key "zzz" | known: base_url, blocking, exclude, formats, gate, head_lifetime, id, limits, listings, name, official, packages, permissions, storefront`}},
		{"an unknown key deeper", "limits:\n  packagesize: 1\n", []string{`schema/unknown-key 2:3: limits has no key "packagesize" | did you mean "package_size"?`}},
		{"a key twice", "id: a\nid: b\n", []string{`yaml/duplicate-key 2:1: the key "id" is here twice, first at line 1 column 1 | remove one of the two: readers don't agree on which of them counts`}},
		{"all findings, in order", "id: Acme\nhead_lifetime: 30\nfoo: 1\n", []string{
			`schema/pattern 1:5: id is "Acme", expected lower-case letters and digits and inner hyphens in parts joined by dots | write it like "acme-plugins"`,
			`config/head-lifetime 2:16: head_lifetime is "30", expected days (30d) or hours (30h) | write days or hours, such as 30d`,
			`schema/unknown-key 3:1: registry.yaml has no key "foo" | known: base_url, blocking, exclude, formats, gate, head_lifetime, id, limits, listings, name, official, packages, permissions, storefront`,
		}},
		{"columns are bytes", `{name: "é", ix: 1}`, []string{`schema/unknown-key 1:14: registry.yaml has no key "ix" | did you mean "id"?`}},
		{"a list at the top", "- id\n", []string{`schema/type 1:1: registry.yaml is a list, expected keys with their values | write keys with their values, such as "base_url": "https://plugins.example.org"`}},
		{"a text at the top", "acme\n", []string{`schema/type 1:1: registry.yaml is the text "acme", expected keys with their values | write keys with their values, such as "base_url": "https://plugins.example.org"`}},
		{"a null at the top", "~\n", []string{`yaml/surprise 1:1: found "~" without quotes, which YAML takes for null | put it in quotes: "~", or write null`}},
		{"a list as a key", "? [a]\n: 1\n", []string{`yaml/key 1:3: found a list as a key, expected a text | put a text that begins with { or [ in quotes`}},
		{"a key without a value", "name:\nid: x\n", []string{`schema/type 1:6: name is empty, expected a text | remove the key where there is nothing to say`}},

		{"YAML 1.1's no", "name: no\n", []string{`yaml/surprise 1:7: found "no" without quotes, which YAML 1.1 takes for false and YAML 1.2 for a text | put it in quotes: "no", or write false`}},
		{"a boolean", "name: true\n", []string{`schema/type 1:7: name is true, expected a text | put it in quotes: "true"`}},
		{"a number that was a version", "name: 1.10\n", []string{`schema/type 1:7: name is the number 1.10, expected a text | put it in quotes: "1.10"`}},
		{"a date", "name: 2026-01-31\n", []string{`yaml/surprise 1:7: found "2026-01-31" without quotes, which YAML 1.1 takes for a date and YAML 1.2 for a text | put it in quotes: "2026-01-31"`}},
		{"YAML 1.1's base 60", "name: 12:30\n", []string{`yaml/surprise 1:7: found "12:30" without quotes, which YAML 1.1 takes for a number to the base 60 (750) and YAML 1.2 for a text | put it in quotes: "12:30"`}},
		{"an octal number", "limits: {files: 0777}\n", []string{`yaml/surprise 1:17: found "0777" without quotes, which YAML 1.1 takes for an octal number (511) and YAML 1.2 for a decimal one or a text | put it in quotes: "0777", or write the number in plain decimal digits`}},
		{"a number with underscores", "limits: {package_size: 1_000_000}\n", []string{`yaml/surprise 1:24: found "1_000_000" without quotes, which some readers of YAML take for the number "1000000" and others for a text | put it in quotes: "1_000_000", or write the number in plain decimal digits`}},
		{"a number with a point", "limits: {files: 10.5}\n", []string{`schema/type 1:17: limits.files is the number 10.5, expected a whole number | write it like 2000`}},

		{"a byte order mark", "\xef\xbb\xbfid: x\n", []string{`yaml/encoding 1:1: the document begins with a byte order mark (UTF-8) | save it as UTF-8 without a byte order mark`}},
		{"UTF-16", "\xff\xfei\x00", []string{`yaml/encoding 1:1: the document begins with a byte order mark (UTF-16) | save it as UTF-8 without a byte order mark`}},
		{"Latin-1", "id: x\nname: caf\xe9\n", []string{`yaml/encoding 2:10: byte 0xe9 is not part of any UTF-8 character | save the file as UTF-8`}},
		{"a control character", "id: x\nname: a\x00b\n", []string{`yaml/character 2:8: found a control character (U+0000), expected visible text | remove it`}},
		{"a bidi override, in a comment too", "# \u202eabc\n", []string{`yaml/character 1:3: found a bidi control (U+202E), expected visible text | remove it`}},
		{"a line end that only some tools count", "id: x\rname: y\n", []string{`yaml/character 1:6: found a control character (U+000D), expected visible text | remove it`}},
		{"an escape that makes a control character", `name: "a\nb"`, []string{`schema/pattern 1:7: name is "a\nb", expected one line of text without spaces around it | write it like "Acme plugins"`}},
		{"more than 64 KiB", strings.Repeat("#", 64<<10) + "\n", []string{`yaml/size 1:1: the document has 65537 bytes, at most 65536 are allowed | move long texts into files of their own`}},

		{"an anchor and its alias", "id: &a x\nname: *a\n", []string{
			`yaml/alias 1:5: found the anchor "&a", expected a document without anchors and aliases | put a text that begins with & in quotes, or remove the anchor and write the value where it is needed`,
			`yaml/alias 2:7: found the alias "*a", expected a document without anchors and aliases | put a text that begins with * in quotes, or write the value itself`,
		}},
		{"an alias of nothing", "id: *a\n", []string{`yaml/alias 1:5: found the alias "*a", expected a document without anchors and aliases | put a text that begins with * in quotes, or write the value itself`}},
		{"a merge key", "<<: {id: x}\n", []string{`yaml/alias 1:1: found the merge key <<, expected a document without anchors and aliases | write the keys themselves`}},
		{"a tag", "id: !!str x\n", []string{`yaml/tag 1:5: found the tag "!!str", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`}},
		{"a second document", "id: x\n---\nname: y\n", []string{`yaml/documents 2:1: a second document begins, expected one | remove the line --- and merge what follows it`}},

		{"a tab as indent", "limits:\n\tfiles: 1\n", []string{`yaml/syntax 2:2: not YAML: found character that cannot start any token | indent with spaces, not with tabs`}},
		{"a colon in a text", "id: x\nname: a: b\n", []string{`yaml/syntax 2:1: not YAML: mapping values are not allowed in this context | put a text that holds a colon in quotes, and indent all keys of a mapping alike`}},
		{"a bracket that isn't closed", "id: x\npackages: [a\nname: x\n", []string{`yaml/syntax 2:1: not YAML: did not find expected ',' or ']' | a bracket isn't closed, or a comma is missing`}},
		{"a quote that isn't closed", "id: \"x\n", []string{`yaml/syntax 1:1: not YAML: found unexpected end of stream | a quote isn't closed`}},
		{"a glob without quotes", "id: x\nexclude: [*.psd]\n", []string{"yaml/syntax 2:1: not YAML: did not find expected alphabetic or numeric character | put a text that begins with *, &, @, `, % or ! in quotes"}},

		{"an id that is a device", "id: con\n", []string{`config/id 1:5: id "con" is the name of a device on Windows | choose another id: it is part of paths, on Windows, too`}},
		{"a long name", "name: " + strings.Repeat("é", 81), []string{`schema/length 1:7: name has 81 characters, expected at most 80 | make it shorter`}},
		{"an empty name", `name: ""`, []string{`schema/pattern 1:7: name is "", expected one line of text without spaces around it | write it like "Acme plugins"`}},

		{"http", "base_url: http://example.org", []string{`config/base-url 1:11: base_url is "http://example.org", expected https, since it isn't localhost | serve it over https`}},
		{"http for a host that only looks local", "base_url: http://localhost.example.org", []string{`config/base-url 1:11: base_url is "http://localhost.example.org", expected https, since it isn't localhost | serve it over https`}},
		{"another scheme", "base_url: ftp://example.org", []string{`schema/pattern 1:11: base_url is "ftp://example.org", expected an address that begins with https:// | write it like "https://plugins.example.org"`}},
		{"no scheme", "base_url: example.org", []string{`schema/pattern 1:11: base_url is "example.org", expected an address that begins with https:// | write it like "https://plugins.example.org"`}},
		{"a query", "base_url: https://example.org/?a", []string{`config/base-url 1:11: base_url is "https://example.org/?a", expected no query and no fragment | remove what follows ? or #`}},
		{"an empty fragment", "base_url: \"https://example.org/#\"", []string{`config/base-url 1:11: base_url is "https://example.org/#", expected no query and no fragment | remove what follows ? or #`}},
		{"a password", "base_url: https://a:b@example.org", []string{`config/base-url 1:11: base_url is "https://a:b@example.org", expected no user and password in it | remove them: the address is published`}},
		{"dots in the path", "base_url: https://example.org/a/%2e%2e/b", []string{`config/base-url 1:11: base_url is "https://example.org/a/%2e%2e/b", expected no . and no .. in its path | write it like https://plugins.example.org`}},
		{"a quote in the host", "base_url: 'https://exa\"mple.org'", []string{`config/base-url 1:11: base_url is "https://exa\"mple.org", expected ASCII letters, digits and - . _ ~ % + between single slashes | write a host of other letters in its xn-- form, and a path percent-encoded`}},

		{"packages as a text", "packages: plugins/*\n", []string{`schema/type 1:11: packages is the text "plugins/*", expected a list | write a list: ["plugins/*"]`}},
		{"a package path without /*", "packages: [plugins]\n", []string{`schema/pattern 1:12: packages[0] is "plugins", expected the path of a directory and /* | write it like "plugins/*"`}},
		{"a package path with **", "packages: ['plugins/**']\n", []string{`schema/pattern 1:12: packages[0] is "plugins/**", expected the path of a directory and /* | write it like "plugins/*"`}},
		{"another wildcard", "packages: ['*/plugins/*']\n", []string{`schema/pattern 1:12: packages[0] is "*/plugins/*", expected the path of a directory and /* | write it like "plugins/*"`}},
		{"a path out of the repo", "packages: [../plugins/*]\n", []string{`config/packages 1:12: packages has "../plugins/*", expected no empty part, no . and no .. in it | write it like plugins/*`}},
		{"an absolute path", "packages: [/plugins/*]\n", []string{`config/packages 1:12: packages has "/plugins/*", expected a path from the top of the repo, without a slash before it | write it like plugins/*`}},
		{"the top of the repo", "packages: [./*]\n", []string{`config/packages 1:12: packages has "./*", expected no empty part, no . and no .. in it | write it like plugins/*`}},
		{"git's own directory", "packages: [.Git/hooks/*]\n", []string{`config/packages 1:12: packages has ".Git/hooks/*", expected a directory that git keeps | write it like plugins/*`}},
		{"packages twice", "packages: [a/*, a/*]\n", []string{`schema/duplicate-item 1:17: packages has "a/*" twice | remove one of the two`}},
		{"packages below packages", "packages: [a/b/c/*, a/*]\n", []string{`config/packages 1:21: packages has "a/b/c/*" and "a/*", expected none below another | keep one of the two`}},
		{"no packages at all", "packages: []\n", []string{`schema/items 1:11: packages has 0 items, expected at least 1 | add what is missing, or remove the key`}},

		{"an unknown format", "formats: [Vitto]\n", []string{`schema/enum 1:11: formats[0] is "Vitto", expected vito, mosis, dropserver, mana or native | did you mean "vito"?`}},
		{"a number among the formats", "formats: [vito, 1]\n", []string{`schema/type 1:17: formats[1] is the number 1, expected a text | write it like "vito"`}},
		{"a lifetime that is too long", "head_lifetime: 2y\n", []string{`config/head-lifetime 1:16: head_lifetime is "2y", expected days (30d) or hours (12h) | write days or hours, such as 30d`}},
		{"a size over the bound", "limits: {package_size: 4 GiB}\n", []string{`config/limits 1:24: limits.package_size is "4 GiB", expected from 1 B to 3 GiB | write a size such as 8 MiB, or remove the key to have its default`}},
		{"a manifest size over its own bound", "limits: {manifest_size: 1 GiB}\n", []string{`config/limits 1:25: limits.manifest_size is "1 GiB", expected from 1 B to 16 MiB | write a size such as 8 MiB, or remove the key to have its default`}},
		{"a size in units of 1000", "limits: {file_size: 5MB}\n", []string{`config/limits 1:21: limits.file_size is "5MB", expected 5 MiB | write a size such as 8 MiB, or remove the key to have its default`}},
		{"more files than a zip holds", "limits: {files: 65535}\n", []string{`schema/range 1:17: limits.files is 65535, expected 1 to 65534 | lower it`}},
		{"a negative number", "limits: {files: -1}\n", []string{`schema/range 1:17: limits.files is -1, expected 1 to 65534 | raise it`}},
		{"no package in a pull request", "gate: {packages: 0}\n", []string{`schema/range 1:18: gate.packages is 0, expected 1 to 100 | raise it`}},
		{"limits as a number", "limits: 5\n", []string{`schema/type 1:9: limits is the number 5, expected keys with their values | write keys with their values, such as "file_size": "64 MiB"`}},

		{"a glob that isn't one", "exclude: ['[a']\n", []string{`config/exclude 1:11: exclude has "[a", expected a doublestar glob: a bracket or a brace isn't closed | write it like docs/** or **/*.psd`}},
		{"a glob out of the package", "exclude: ['../*']\n", []string{`config/exclude 1:11: exclude has "../*", expected no empty part, no . and no .. in it | write it like docs/** or **/*.psd`}},
		{"a glob from the top", "exclude: [/docs]\n", []string{`config/exclude 1:11: exclude has "/docs", expected a pattern for paths in a package, without a slash before or after it | write it like docs/** or **/*.psd`}},
		{"a glob that costs", "exclude: ['{a,b}{a,b}{a,b}']\n", []string{`config/exclude 1:11: exclude has "{a,b}{a,b}{a,b}", expected at most 2 pairs of braces | write it like docs/** or **/*.psd`}},
		{"an official package that can't be", "official: [Disk Watch]\n", []string{`config/official 1:12: official has a package that can't be: id "Disk Watch" has "D", expected lower-case letters, digits, hyphens and dots | write the package's id, which is its directory's name`}},

		{"a language that isn't known", "storefront: {languages: [en, xx]}\n", []string{`config/storefront 1:30: storefront.languages has "xx", expected a language that is known | write the tag of a language, such as de or pt-BR`}},
		{"a language in another spelling", "storefront: {languages: [iw]}\n", []string{`config/storefront 1:26: storefront.languages has "iw", expected its usual spelling | write "he"`}},
		{"no language's tag", "storefront: {languages: [German]}\n", []string{`schema/pattern 1:26: storefront.languages[0] is "German", expected the tag of a language such as de or pt-BR | write it like "en"`}},
		{"a language that is a directory of the tree", "storefront: {languages: [log]}\n", []string{`schema/pattern 1:26: storefront.languages[0] is "log", expected the tag of a language such as de or pt-BR | write it like "en"`}},
		{"a language that is a device", "storefront: {languages: [aux]}\n", []string{`schema/pattern 1:26: storefront.languages[0] is "aux", expected the tag of a language such as de or pt-BR | write it like "en"`}},
		{"a language twice", "storefront: {languages: [de, de]}\n", []string{`schema/duplicate-item 1:30: storefront.languages has "de" twice | remove one of the two`}},
		{"no language at all", "storefront: {languages: []}\n", []string{`schema/items 1:25: storefront.languages has 0 items, expected 1 to 20 | add what is missing, or remove the key`}},
		{"a colour without quotes", "storefront:\n  accent: #0b6b50\n", []string{`config/storefront 2:10: storefront.accent is empty, expected a colour in quotes | write it like "#0b6b50": without quotes, # begins a comment`}},
		{"a colour by name", "storefront: {accent: green}\n", []string{`schema/pattern 1:22: storefront.accent is "green", expected a colour as # and six hexadecimal digits | write it like "#0b6b50"`}},
		{"a short colour", "storefront: {accent: '#0b6'}\n", []string{`schema/pattern 1:22: storefront.accent is "#0b6", expected a colour as # and six hexadecimal digits | write it like "#0b6b50"`}},
		{"more featured packages than the home page has places", "storefront: {featured: [a, b, c, d, e, f, g, h, i, j, k, l, m]}\n", []string{`schema/items 1:24: storefront.featured has 13 items, expected at most 12 | keep those that matter most`}},
		{"a featured package that can't be", "storefront: {featured: [../x]}\n", []string{`config/storefront 1:25: storefront.featured has a package that can't be: id "../x" has an empty part beside a dot | write the package's id, which is its directory's name`}},
		{"a repo over http", "storefront: {repository: 'http://github.com/acme/plugins'}\n", []string{`config/storefront 1:26: storefront.repository is "http://github.com/acme/plugins", expected https, since it isn't localhost | serve it over https`}},
		{"a repo as git writes it", "storefront: {repository: 'git@github.com:acme/plugins.git'}\n", []string{`schema/pattern 1:26: storefront.repository is "git@github.com:acme/plugins.git", expected an address that begins with https:// | write it like "https://github.com/acme/plugins"`}},
		{"a repo to clone", "storefront: {repository: 'https://github.com/acme/plugins.git'}\n", []string{`config/storefront 1:26: storefront.repository is "https://github.com/acme/plugins.git", expected the address that people open in a browser | remove .git at its end`}},
		{"a script as the repo", "storefront: {repository: 'javascript:alert(1)'}\n", []string{`schema/pattern 1:26: storefront.repository is "javascript:alert(1)", expected an address that begins with https:// | write it like "https://github.com/acme/plugins"`}},
		{"a branch that can't be", "storefront: {branch: a..b}\n", []string{`config/storefront 1:22: storefront.branch is "a..b", expected the name of a branch | write the name of the branch, such as main`}},
		{"a command for no format", "storefront: {install: {vitto: x}}\n", []string{`schema/unknown-key 1:24: storefront.install has no key "vitto" | did you mean "vito"?`}},
		{"a command with an unknown place", "storefront: {install: {vito: 'vito install {ID}'}}\n", []string{`config/storefront 1:30: storefront.install.vito has "{ID}", which stands for nothing | in braces there can be {id}, {version} or {url}`}},
		{"a command with an open brace", "storefront: {install: {vito: 'vito install {id'}}\n", []string{`config/storefront 1:30: storefront.install.vito has "{id", which stands for nothing | in braces there can be {id}, {version} or {url}`}},
		{"a command of two lines", "storefront:\n  install:\n    vito: |\n      a\n      b\n", []string{`schema/pattern 3:11: storefront.install.vito is "a\nb\n", expected one line of text without spaces around it | write it like "vito plugin install {id}"`}},
		{"a command that is a list", "storefront: {install: {vito: [a]}}\n", []string{`schema/type 1:30: storefront.install.vito is a list, expected a text | write it like "vito plugin install {id}"`}},
		{"a command that is too long", "storefront: {install: {vito: '" + strings.Repeat("a", 501) + "'}}\n", []string{`schema/length 1:30: storefront.install.vito has 501 characters, expected at most 500 | make it shorter`}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			got, findings := Parse("registry.yaml", []byte(test.doc), "repo")
			var lines []string
			for _, f := range findings {
				place := strings.TrimPrefix(strings.TrimPrefix(f.Place(), "registry.yaml"), ":")
				line := fmt.Sprintf("%s %s: %s", f.Code, place, f.Message)
				if f.Hint != "" {
					line += " | " + f.Hint
				}
				lines = append(lines, line)
			}
			if !reflect.DeepEqual(lines, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(test.want, "\n"))
			}
			usable(t, got)
		})
	}
}

// usable fails unless a configuration can be worked with, as it must be with findings, too.
func usable(t *testing.T, c Config) {
	t.Helper()
	l := c.Limits
	if wire.CheckID(c.ID) != nil || c.Name == "" || len(c.Packages) == 0 || len(c.Formats) == 0 || c.HeadLifetime < MinLifetime || c.HeadLifetime > MaxLifetime ||
		min(l.PackageSize, l.FileSize, l.ManifestSize) < 1 || max(l.PackageSize, l.FileSize, l.ManifestSize) > MaxSize || l.Files < 1 || l.Files > MaxFiles {
		t.Errorf("not usable: %+v", c)
	}
}

func FuzzParse(f *testing.F) {
	for _, doc := range []string{
		"id: a\nname: b\nbase_url: https://e.org/\npackages: [p/*]\nlimits: {files: 1, package_size: 1 MiB}\n",
		"a: &a [x]\nb: *a\n", "? [a]\n: |\n  x\n", "%YAML 1.1\n---\n!!str a\n", "# c\n\n- \"\\u202e\"\n", "exclude: ['**/{a,b}']\n",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		start := time.Now()
		c, findings := Parse("registry.yaml", doc, "repo")
		if d := time.Since(start); d > 5*time.Second {
			t.Fatalf("took %v", d)
		}
		usable(t, c)
		for _, f := range findings {
			if f.Code == "" || f.Message == "" || f.Severity != check.Error || f.Path != "registry.yaml" || f.Line < 0 || f.Column < 0 {
				t.Fatalf("bad finding: %+v", f)
			}
		}
	})
}
