package storefront

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/schema"
)

// A schemaPart is what a JSON Schema says of one value. It has the keywords that this project's schemas use.
type schemaPart struct {
	Ref                   string
	Types                 []string
	Title, About          string
	Pattern, PatternError string
	Enum, Examples        []*strictjson.Value
	Default               *strictjson.Value
	Required              []string
	Properties            []schemaProperty
	Patterns              []schemaProperty // by patterns of keys
	Others                *schemaPart      // what other keys hold; nil where nothing is said of them
	Closed                bool             // there are no other keys
	Items                 *schemaPart
	OneOf                 []*schemaPart
	Unique                bool
	Bounds                map[string]string // maxLength, minimum and the like, as they are written
}

type schemaProperty struct {
	Key  string
	Part *schemaPart
}

// schemaBounds are the keywords with a number, in the order in which pages tell them.
var schemaBounds = []string{"maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties"}

// schemaOf reads one of the project's schemas. An error is a mistake of this project: a keyword that nothing here knows.
func schemaOf(name string) (*schemaPart, error) {
	data, err := schema.Get(name)
	if err != nil {
		return nil, err
	}
	doc, problem := strictjson.Parse(data, strictjson.Limits{Size: len(data), Values: 1 << 20})
	if problem != nil {
		return nil, fmt.Errorf("schema %s: %w", name, problem)
	}
	part, err := partOf(doc)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	return part, nil
}

func partOf(v *strictjson.Value) (*schemaPart, error) {
	p := &schemaPart{Bounds: make(map[string]string)}
	for _, m := range v.Members {
		var err error
		switch m.Key {
		case "$schema":
		case "$ref":
			p.Ref = m.Value.String
		case "title":
			p.Title = m.Value.String
		case "description":
			p.About = m.Value.String
		case "pattern":
			p.Pattern = m.Value.String
		case "patternErrorMessage":
			p.PatternError = m.Value.String
		case "enum":
			p.Enum = m.Value.Items
		case "examples":
			p.Examples = m.Value.Items
		case "default":
			p.Default = m.Value
		case "uniqueItems":
			p.Unique = m.Value.Bool
		case "type":
			p.Types = []string{m.Value.String}
			if m.Value.Kind == strictjson.Array {
				p.Types = stringsOf(m.Value.Items)
			}
		case "required":
			p.Required = stringsOf(m.Value.Items)
		case "properties":
			p.Properties, err = partsOf(m.Value)
		case "patternProperties":
			p.Patterns, err = partsOf(m.Value)
		case "additionalProperties":
			if m.Value.Kind == strictjson.Bool {
				p.Closed = !m.Value.Bool
			} else {
				p.Others, err = partOf(m.Value)
			}
		case "items":
			p.Items, err = partOf(m.Value)
		case "oneOf":
			for _, item := range m.Value.Items {
				var one *schemaPart
				if one, err = partOf(item); err != nil {
					break
				}
				p.OneOf = append(p.OneOf, one)
			}
		default:
			if !slices.Contains(schemaBounds, m.Key) || m.Value.Kind != strictjson.Number {
				return nil, fmt.Errorf("%d:%d: the keyword %s is none that the pages know", m.KeyPos.Line, m.KeyPos.Column, m.Key)
			}
			p.Bounds[m.Key] = m.Value.Number.String()
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func partsOf(v *strictjson.Value) ([]schemaProperty, error) {
	var list []schemaProperty
	for _, m := range v.Members {
		part, err := partOf(m.Value)
		if err != nil {
			return nil, err
		}
		list = append(list, schemaProperty{m.Key, part})
	}
	return list, nil
}

func stringsOf(items []*strictjson.Value) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.String
	}
	return list
}

// A schemaField is a field of a schema, at any depth.
type schemaField struct {
	Path     string // extra.vito.name; authors[].name; steps[].data.* for keys of any name
	Part     *schemaPart
	Required bool // within the object that it is a part of
}

// fields returns all fields below a part, each before those that are in it.
func (p *schemaPart) fields(path string) []schemaField {
	var list []schemaField
	seen := make(map[string]bool)
	add := func(more []schemaField) {
		for _, f := range more {
			if !seen[f.Path] { // alternatives may have a field in common
				seen[f.Path] = true
				list = append(list, f)
			}
		}
	}
	dot := path
	if path != "" {
		dot += "."
	}
	for _, property := range p.Properties {
		at := dot + property.Key
		add([]schemaField{{at, property.Part, slices.Contains(p.Required, property.Key)}})
		add(property.Part.fields(at))
	}
	for _, property := range p.Patterns {
		add(property.Part.fields(dot + "*"))
	}
	if p.Others != nil {
		add(p.Others.fields(dot + "*"))
	}
	if p.Items != nil {
		add(p.Items.fields(path + "[]"))
	}
	for _, one := range p.OneOf {
		add(one.fields(path))
	}
	return list
}

// referred returns the path of the field that a reference within a schema names.
func referred(ref string) string {
	path := ""
	parts := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	for i := 0; i < len(parts); i++ {
		switch parts[i] {
		case "items":
			path += "[]"
		case "properties":
			if i++; i < len(parts) {
				if path != "" {
					path += "."
				}
				path += parts[i]
			}
		}
	}
	return path
}

// shown returns a value as JSON: in one line where that is short.
func shown(v *strictjson.Value) string {
	const short = 72
	if line := encoded(v); len(line) <= short {
		return line
	}
	return indented(v)
}

// indented returns a value as JSON of several lines.
func indented(v *strictjson.Value) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(encoded(v)), "", "  "); err != nil {
		return ""
	}
	return b.String()
}

// encoded returns a value as JSON of one line, in the order of its document.
func encoded(v *strictjson.Value) string {
	var b strings.Builder
	text := func(s string) {
		var one bytes.Buffer
		enc := json.NewEncoder(&one)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(s) // a text can always be encoded
		b.Write(bytes.TrimSuffix(one.Bytes(), []byte("\n")))
	}
	var write func(v *strictjson.Value)
	write = func(v *strictjson.Value) {
		switch v.Kind {
		case strictjson.Bool:
			fmt.Fprint(&b, v.Bool)
		case strictjson.Number:
			b.WriteString(v.Number.String())
		case strictjson.String:
			text(v.String)
		case strictjson.Array:
			b.WriteByte('[')
			for i, item := range v.Items {
				if i > 0 {
					b.WriteString(", ")
				}
				write(item)
			}
			b.WriteByte(']')
		case strictjson.Object:
			b.WriteByte('{')
			for i, m := range v.Members {
				if i > 0 {
					b.WriteString(", ")
				}
				text(m.Key)
				b.WriteString(": ")
				write(m.Value)
			}
			b.WriteByte('}')
		default:
			b.WriteString("null")
		}
	}
	write(v)
	return b.String()
}
