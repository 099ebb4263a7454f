package schema_test

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/invopop/jsonschema"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/wire"
)

// form returns the schema of a type that has a form of its own, or nil.
func form(typ reflect.Type) *jsonschema.Schema {
	if s, ok := forms[typ]; ok {
		return s()
	}
	return manaForm(typ)
}

// pattern returns the schema of a text of a form. The words say what it is where one doesn't fit.
func pattern(regexp, words string, longest uint64, example string) func() *jsonschema.Schema {
	return func() *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "string", Pattern: regexp, Examples: []any{example}, Extras: map[string]any{"patternErrorMessage": "expected " + words}}
		if longest > 0 {
			s.MaxLength = &longest
		}
		return s
	}
}

// localised returns the schema of a value, or of one per language.
func localised(value func() *jsonschema.Schema) func() *jsonschema.Schema {
	return func() *jsonschema.Schema {
		one := value()
		examples := one.Examples
		one.Examples = nil
		return &jsonschema.Schema{
			Examples: []any{examples[0], map[string]any{"en": examples[0], "de": examples[0]}},
			OneOf: []*jsonschema.Schema{one, {
				Type: "object", PatternProperties: map[string]*jsonschema.Schema{languages: one}, AdditionalProperties: jsonschema.FalseSchema,
				MinProperties: ptr(1), MaxProperties: ptr(100), Extras: map[string]any{"patternErrorMessage": languageWords},
			}},
		}
	}
}

// languages is the form of the keys of what is there per language.
const (
	languages     = `^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`
	languageWords = `expected the tag of a language such as "de" or "pt-BR"`
)

const (
	line    = `^[^\s\x00-\x1f\x7f](.*[^\s])?$`
	slug    = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`
	id      = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
	semver  = `^(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,14})(-(0|[1-9][0-9]{0,14}|[0-9]*[a-z-][0-9a-z-]*)(\.(0|[1-9][0-9]{0,14}|[0-9]*[a-z-][0-9a-z-]*))*)?$`
	webURL  = `^https?://[^\s"<>\\` + "`" + `]+$`
	path    = `^[^/\\.\x00-\x1f][^\\\x00-\x1f]*$|^\.[^/\\.\x00-\x1f][^\\\x00-\x1f]*$`
	email   = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$" // HTML's, whose lengths are RFC 5321's
	handle  = `^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$`
	sha256  = `^[0-9a-f]{64}$`
	oneLine = "one line of text without spaces around it"
	inside  = "a path in the package, with slashes and without . and .."
)

var forms = map[reflect.Type]func() *jsonschema.Schema{
	reflect.TypeFor[manifest.ID]():              pattern(id, "lower-case letters, digits and inner hyphens, perhaps in parts with dots between them", wire.MaxID, "disk-watch"),
	reflect.TypeFor[manifest.Version]():         pattern(semver, "a semantic version without a v before it", wire.MaxVersion, "1.0.0"),
	reflect.TypeFor[manifest.HostVersion]():     pattern(`^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8}))?$`, "two or three numbers with dots between them", 0, "3.0"),
	reflect.TypeFor[manifest.Line]():            pattern(line, oneLine, 200, "Watches the disks"),
	reflect.TypeFor[manifest.Slug]():            pattern(slug, "lower-case letters, digits and inner hyphens", 64, "server-monitoring"),
	reflect.TypeFor[manifest.URL]():             pattern(webURL, "an address that begins with https://", 2000, "https://example.org/disk-watch"),
	reflect.TypeFor[manifest.Email]():           pattern(email, "an address such as name@example.org", 254, "ada@example.org"),
	reflect.TypeFor[manifest.Handle]():          pattern(handle, "a GitHub handle, without @ and address", 0, "octocat"),
	reflect.TypeFor[manifest.Color]():           pattern(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`, "a colour of three or six hexadecimal digits", 0, "#3b82f6"),
	reflect.TypeFor[manifest.Path]():            pattern(path, inside, 256, "docs/usage.md"),
	reflect.TypeFor[manifest.PNGPath]():         pattern(`^[^/\\\x00-\x1f][^\\\x00-\x1f]*\.png$`, "the path of a file that ends in .png", 256, "assets/overview.png"),
	reflect.TypeFor[manifest.VitoIconPath]():    pattern(`^[^/\\\x00-\x1f][^\\\x00-\x1f]*\.(svg|png)$`, "the path of a file that ends in .svg or .png", 256, "assets/icon.svg"),
	reflect.TypeFor[manifest.PackageName]():     pattern(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9-]*[a-z0-9])?$`, "vendor/package of lower-case letters, digits and inner hyphens", 2*wire.MaxID, "acme/disk-watch"),
	reflect.TypeFor[manifest.MosisID]():         pattern(`^[a-z0-9]+(\.[a-z0-9]+)+$`, "a reverse domain of lower-case letters and digits, with dots between its parts", wire.MaxID, "org.example.diskwatch"),
	reflect.TypeFor[manifest.MosisEntry]():      pattern(`^[^/\\\x00-\x1f][^\\\x00-\x1f]*\.rml$`, "the path of a file that ends in .rml", 256, "main.rml"),
	reflect.TypeFor[manifest.MosisPermission](): pattern(line, "the name of a permission", 64, "storage"),
	reflect.TypeFor[manifest.MosisLocale]():     pattern(languages, `the tag of a language such as "de" or "pt-BR"`, 0, "en"),
	reflect.TypeFor[manifest.License]():         pattern(line, "an SPDX expression", 500, "MIT"),
	reflect.TypeFor[manifest.PublicKey]():       pattern(`^RW[A-Za-z0-9+/]{54}$`, "the second line of a minisign public key file", 0, "RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF"),
	reflect.TypeFor[manifest.Title]():           localised(pattern(line, oneLine, 80, "Disk Watch")),
	reflect.TypeFor[manifest.Sentence]():        localised(pattern(line, oneLine, 300, "Warns before a disk is full")),
	reflect.TypeFor[manifest.LocalURL]():        localised(pattern(`^(https?://|mailto:)[^\s"<>\\`+"`"+`]+$`, "an address that begins with https:// or mailto:", 2000, "https://example.org/help")),
	reflect.TypeFor[manifest.LocalPath]():       localised(pattern(path, inside, 256, "CHANGELOG.md")),
	reflect.TypeFor[manifest.Prose]():           localised(pattern(`\S`, "Markdown, or the path of a Markdown file", 20_000, "README.md")),
	reflect.TypeFor[manifest.LocalPaths](): localised(func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "array", MaxItems: ptr(50), Items: pattern(path, inside, 256, "docs/usage.md")(), Examples: []any{[]any{"docs/usage.md"}}}
	}),
	reflect.TypeFor[manifest.Licenses](): func() *jsonschema.Schema {
		one := pattern(line, "an SPDX expression", 500, "MIT")
		return &jsonschema.Schema{Examples: []any{"MIT", []any{"MIT", "Apache-2.0"}}, OneOf: []*jsonschema.Schema{one(), {Type: "array", Items: one(), MinItems: ptr(1), MaxItems: ptr(20), UniqueItems: true}}}
	},
	reflect.TypeFor[map[string]any](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", MaxProperties: ptr(100), Examples: []any{map[string]any{"key": "value"}}}
	},
	reflect.TypeFor[map[string]string](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "string"}, MaxProperties: ptr(100), Examples: []any{map[string]any{"key": "value"}}}
	},
	reflect.TypeFor[map[string]int](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", PatternProperties: map[string]*jsonschema.Schema{languages: {Type: "integer", Minimum: "0", Maximum: "100"}}, AdditionalProperties: jsonschema.FalseSchema, MaxProperties: ptr(200), Extras: map[string]any{"patternErrorMessage": languageWords}, Examples: []any{map[string]any{"en": 100, "de": 80}}}
	},
	reflect.TypeFor[owners.Packages](): func() *jsonschema.Schema {
		return &jsonschema.Schema{
			Type: "object", AdditionalProperties: jsonschema.FalseSchema, MaxProperties: ptr(10_000), Examples: []any{map[string]any{"disk-watch": []any{"octocat"}}},
			PatternProperties: map[string]*jsonschema.Schema{id: {Type: "array", Items: pattern(handle, "a GitHub handle, without @ and address", 0, "octocat")(), MinItems: ptr(1), MaxItems: ptr(50), UniqueItems: true}},
			Extras:            map[string]any{"patternErrorMessage": "expected the id of a package"},
		}
	},
	reflect.TypeFor[manifest.DropLine](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Pattern: `^[^\x00-\x1f\x7f]*$`, MaxLength: ptr(1000), Extras: map[string]any{"patternErrorMessage": "expected one line of text"}}
	},
	reflect.TypeFor[manifest.DropPath](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Pattern: `^\.?[^.\\\x00-\x1f](\.?[^.\\\x00-\x1f])*\.?$`, MaxLength: ptr(256), Extras: map[string]any{"patternErrorMessage": "expected a path in the package, with slashes and without .."}}
	},
	reflect.TypeFor[advisory.Range](): pattern(ranges(), `comparisons with <, <=, >, >= or = and spaces between them, and || between alternatives, or "*"`, advisory.MaxRange, ">=1.0.0 <1.4.2"),
	reflect.TypeFor[config.Duration](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Pattern: "^[1-9][0-9]*[dh]$", Extras: map[string]any{"patternErrorMessage": "expected days such as 30d or hours such as 36h"}}
	},
	reflect.TypeFor[config.Size](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Examples: []any{"64 MiB"}, OneOf: []*jsonschema.Schema{
			{Type: "string", Pattern: "^[1-9][0-9]* ?(B|KiB|MiB|GiB)?$", Extras: map[string]any{"patternErrorMessage": "expected a size such as 64 MiB"}},
			{Type: "integer", Minimum: "1", Maximum: number(int64(config.MaxSize))},
		}}
	},
}

// ranges returns the pattern of an advisory's range of versions, as far as an editor needs it: see advisory.ParseRange.
func ranges() string {
	comparison := `(<=?|>=?|=) *[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-z.-]+)?`
	alternative := ` *(\*|` + comparison + `(( *, *| +)` + comparison + `)*) *`
	return "^" + alternative + `(\|\|` + alternative + ")*$"
}

func ptr(n uint64) *uint64 { return &n }

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
