package manifest

import (
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

// The types below are those of manifests' fields. Their forms are in the schemas (schema/generate_test.go), which every manifest is
// held against; the comments of the fields that have them are the schemas' descriptions.
type (
	// ID is the id of a package.
	ID string
	// Version is a semantic version without build metadata.
	Version string
	// HostVersion is a host's version, of two or three numbers.
	HostVersion string
	// Line is one line of text.
	Line string
	// Slug is a word of lower-case letters, digits and inner hyphens.
	Slug string
	// URL is the address of a web page.
	URL string
	// Email is an address as HTML's email field takes it.
	Email string
	// Handle is a name on GitHub.
	Handle string
	// Color is a colour as CSS writes it.
	Color string
	// Path names a file of the package.
	Path string
	// License is an SPDX expression.
	License string
	// PublicKey is a minisign public key.
	PublicKey string
	// Title is a name in one or more languages.
	Title wire.Text
	// Sentence is a short text in one or more languages.
	Sentence wire.Text
	// LocalURL is the address of a web page, perhaps another one in some languages.
	LocalURL wire.Text
	// LocalPath names a file of the package, perhaps another one in some languages.
	LocalPath map[string]string
	// LocalPaths name files of the package, perhaps others in some languages.
	LocalPaths map[string][]string
	// Prose is Markdown, or the path of a Markdown file of the package, perhaps another one in some languages.
	Prose map[string]string
)

// DecodeValue implements shape.Decoder, and so do the methods below: a text alone is in the default language.
func (t *Title) DecodeValue(v *strictjson.Value) { *t = localised(v) }

// DecodeValue implements shape.Decoder.
func (t *Sentence) DecodeValue(v *strictjson.Value) { *t = localised(v) }

// DecodeValue implements shape.Decoder.
func (t *LocalURL) DecodeValue(v *strictjson.Value) { *t = localised(v) }

// DecodeValue implements shape.Decoder.
func (t *LocalPath) DecodeValue(v *strictjson.Value) { *t = localised(v) }

// DecodeValue implements shape.Decoder.
func (t *Prose) DecodeValue(v *strictjson.Value) { *t = localised(v) }

// DecodeValue implements shape.Decoder.
func (t *LocalPaths) DecodeValue(v *strictjson.Value) {
	list := func(v *strictjson.Value) []string {
		var paths []string
		for _, item := range v.Items {
			paths = append(paths, item.String)
		}
		return paths
	}
	switch v.Kind {
	case strictjson.Array:
		*t = LocalPaths{wire.DefaultLanguage: list(v)}
	case strictjson.Object:
		*t = make(LocalPaths)
		for _, m := range v.Members {
			(*t)[m.Key] = list(m.Value)
		}
	}
}

func localised(v *strictjson.Value) map[string]string {
	switch v.Kind {
	case strictjson.String:
		return map[string]string{wire.DefaultLanguage: v.String}
	case strictjson.Object:
		texts := make(map[string]string)
		for _, m := range v.Members {
			if m.Value.Kind == strictjson.String {
				texts[m.Key] = m.Value.String
			}
		}
		return texts
	}
	return nil
}

// in returns where the text of a language stands.
func in(v *strictjson.Value, lang string) *strictjson.Value {
	if v != nil && v.Kind == strictjson.Object {
		return v.Get(lang)
	}
	return v
}
