package storefront

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
)

// A formField is a field of the form that builds a manifest. Its name in the page is made of the path to it.
type formField struct {
	ID, Key, Label, Path string
	Kind                 string // text, long, integer, boolean, choice, lines, map, json, group or list
	Integers             bool   // of a map: its values are whole numbers
	About, Expected      string // in English
	Rules                []string
	Required             bool
	Bound                string // most characters, or ""
	Options              []string
	Value, Example       string
	Checked              bool
	Main, More           []formField // of a group: those that a small package has, and the others
	Items                []formItem  // of a list
	Blank                *formItem   // of a list: what another entry is made from
}

// A formItem is an entry of a list.
type formItem struct {
	ID         string
	Main, More []formField
}

// blankItem stands for the number of an entry that isn't there yet.
const blankItem = "-n-"

// formMaker makes the fields of one form.
type formMaker struct {
	docsMaker
	sample formatText
}

// object makes the fields of an object. value is what the small package has there, or nil.
func (m formMaker) object(p *schemaPart, value *strictjson.Value, id, path string) (main, more []formField) {
	for _, property := range p.Properties {
		at := property.Key
		if path != "" {
			at = path + "." + at
		}
		has := value.Get(property.Key)
		f := m.fieldOf(property.Part, has, id+"-"+property.Key, property.Key, at, slices.Contains(p.Required, property.Key))
		if f.Required || has != nil {
			main = append(main, f)
		} else {
			more = append(more, f)
		}
	}
	return main, more
}

func (m formMaker) fieldOf(whole *schemaPart, value *strictjson.Value, id, key, path string, required bool) formField {
	p := chosen(whole, value)
	told := m.field(schemaField{path, p, required})
	f := formField{
		ID: strings.ReplaceAll(id, " ", "-"), Key: key, Label: label(key), Path: path, Required: required, About: whole.About,
		Rules: told.Rules, Expected: strings.Join(told.Expected, "; "),
	}
	if len(whole.Examples) > 0 && whole.Examples[0].Kind == strictjson.String {
		f.Example = whole.Examples[0].String
	}
	f.Kind = formKind(p)
	switch f.Kind {
	case "text", "long":
		f.Bound = p.Bounds["maxLength"]
		if value != nil && value.String != m.sample.sample.Summary && value.String != m.sample.sample.Signed() { // what only says that something is to be put there
			f.Value = value.String
		}
	case "choice":
		f.Options = stringsOf(p.Enum)
		if value != nil {
			f.Value = value.String
		} else if required && len(f.Options) == 1 {
			f.Value = f.Options[0]
		}
	case "integer":
		if value != nil {
			f.Value = value.Number.String()
		}
		if len(whole.Examples) > 0 {
			f.Example = whole.Examples[0].Number.String()
		}
	case "boolean":
		f.Checked = value != nil && value.Bool
	case "lines":
		if value != nil {
			f.Value = strings.Join(stringsOf(value.Items), "\n")
		}
		if len(whole.Examples) > 0 {
			f.Example = strings.Join(stringsOf(whole.Examples[0].Items), "\n")
		}
	case "map":
		f.Integers = valueOf(p).Types[0] == "integer"
		if value != nil {
			f.Value = mapLines(value)
		}
		if len(whole.Examples) > 0 {
			f.Example = mapLines(whole.Examples[0])
		}
	case "json":
		if value != nil {
			f.Value = indented(value)
		}
		if len(whole.Examples) > 0 {
			f.Example = shown(whole.Examples[0])
		}
	case "group":
		f.Main, f.More = m.object(p, value, f.ID, path)
	case "list":
		item := func(n string, value *strictjson.Value) formItem {
			it := formItem{ID: f.ID + n}
			it.Main, it.More = m.object(chosen(p.Items, value), value, strings.TrimSuffix(it.ID, "-"), path+"[]")
			return it
		}
		if value != nil {
			for i, v := range value.Items {
				f.Items = append(f.Items, item("-"+strconv.Itoa(i)+"-", v))
			}
		}
		blank := item(blankItem, nil)
		f.Blank = &blank
	}
	return f
}

// chosen returns the alternative that a form offers: that of the value which is there, or the first.
func chosen(p *schemaPart, value *strictjson.Value) *schemaPart {
	if len(p.OneOf) == 0 {
		return p
	}
	if value != nil && value.Kind == strictjson.Object {
		for _, one := range p.OneOf {
			if slices.Contains(one.Types, "object") {
				return one
			}
		}
	}
	return p.OneOf[0]
}

// formKind returns how a value is asked for. What the form has no field for is asked for as JSON.
func formKind(p *schemaPart) string {
	if len(p.Enum) > 0 && slices.Equal(p.Types, []string{"string"}) {
		return "choice"
	}
	if len(p.Types) != 1 {
		return "json"
	}
	switch p.Types[0] {
	case "string":
		if strings.HasPrefix(p.Pattern, "^") || p.Bounds["maxLength"] == "" { // all others may have several lines
			return "text"
		}
		return "long"
	case "integer", "boolean":
		return p.Types[0]
	case "array":
		if p.Items == nil {
			return "json"
		}
		item := chosen(p.Items, nil)
		switch formKind(item) {
		case "text", "long", "choice":
			return "lines"
		case "group":
			for _, property := range item.Properties {
				if !slices.Contains([]string{"text", "long", "integer", "boolean", "choice"}, formKind(chosen(property.Part, nil))) {
					return "json"
				}
			}
			return "list"
		}
	case "object":
		if len(p.Properties) > 0 {
			return "group"
		}
		if v := valueOf(p); v != nil && (slices.Equal(v.Types, []string{"string"}) || slices.Equal(v.Types, []string{"integer"})) {
			return "map"
		}
	}
	return "json"
}

// valueOf returns what the keys of an object hold, where they may be any.
func valueOf(p *schemaPart) *schemaPart {
	if len(p.Patterns) > 0 {
		return p.Patterns[0].Part
	}
	return p.Others
}

// mapLines writes an object with one key a line.
func mapLines(v *strictjson.Value) string {
	var lines []string
	for _, m := range v.Members {
		value := m.Value.String
		if m.Value.Kind != strictjson.String {
			value = encoded(m.Value)
		}
		lines = append(lines, strings.TrimSuffix(m.Key+": "+value, " "))
	}
	return strings.Join(lines, "\n")
}

// label returns a key as people read it.
func label(key string) string {
	words := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return ' '
		}
		return r
	}, key)
	return strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):]
}
