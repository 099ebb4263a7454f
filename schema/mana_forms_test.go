package schema_test

import (
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/regen-registry/regen/internal/manifest"
)

// manaForm returns the schema of those of mana's types that a Go type can't say alone: values that are a text or an object, keys of a form, and conditions within
// conditions. It returns nil for all others.
func manaForm(typ reflect.Type) *jsonschema.Schema {
	const name = `^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$`
	const nameWords = "up to 64 letters, digits, _ and -"
	switch typ {
	case reflect.TypeFor[manifest.ManaName]():
		return pattern(name, nameWords, 0, "plan")()
	case reflect.TypeFor[manifest.ManaDate]():
		return pattern(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$`, "a day, perhaps with a time, as ISO 8601 writes it", 0, "2026-01-31")()
	case reflect.TypeFor[manifest.ManaDelay]():
		return pattern(`^\+[0-9]{1,5}d$`, "a number of days", 0, "+7d")()
	case reflect.TypeFor[manifest.ManaHash]():
		return pattern(sha256, "64 hexadecimal digits in lower case", 0, "88c7d713770885ebc83c951898f8b918a64bab82263ea9528bbad9f3ced9999c")()
	case reflect.TypeFor[manifest.ManaAuthor]():
		return textOr(pattern(line, oneLine, 200, "Ada Example")(), typ, nil)
	case reflect.TypeFor[manifest.ManaAsset]():
		return textOr(pattern(path, inside, 256, "assets/van.png")(), typ, nil)
	case reflect.TypeFor[manifest.ReleaseOn]():
		at := &jsonschema.Schema{Ref: "#/properties/steps/items/properties/releaseOn"} // where this schema itself stands
		s := textOr(&jsonschema.Schema{Type: "string", Enum: []any{"import"}, Examples: []any{"import"}}, typ, at)
		for _, key := range []string{"any", "all"} {
			list, _ := s.OneOf[1].Properties.Get(key)
			list.Examples = []any{[]any{"import", map[string]any{"trigger": "time", "after": "+7d"}}}
		}
		return s
	case reflect.TypeFor[manifest.BlueprintValue]():
		longest := ptr(500)
		return &jsonschema.Schema{Examples: []any{"+30d"}, OneOf: []*jsonschema.Schema{{Type: "string", MaxLength: longest}, {Type: "number"}, {Type: "boolean"}}}
	case reflect.TypeFor[manifest.BlueprintVariables]():
		s := keyed(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`, "up to 64 letters, digits and _, and no digit first", ptr(200), object(typ.Elem(), nil))
		s.Examples = []any{map[string]any{"moving_day": map[string]any{"type": "date", "prompt": "When do you move?", "default": "+30d"}}}
		return s
	case reflect.TypeFor[manifest.BlueprintData]():
		s := keyed(name, nameWords, nil, keyed(name, nameWords, ptr(100), &jsonschema.Schema{Type: "array"}))
		s.Examples = []any{map[string]any{"tasks": map[string]any{"todo": []any{map[string]any{"id": "van", "title": "Rent a van"}}}}}
		return s
	}
	return nil
}

// textOr returns the schema of a text or a struct.
func textOr(text *jsonschema.Schema, typ reflect.Type, inner *jsonschema.Schema) *jsonschema.Schema {
	examples := text.Examples
	text.Examples = nil
	return &jsonschema.Schema{Examples: examples, OneOf: []*jsonschema.Schema{text, object(typ, inner)}}
}

// object returns the schema of a struct, and inner where the struct holds itself.
func object(typ reflect.Type, inner *jsonschema.Schema) *jsonschema.Schema {
	top := true
	r := &jsonschema.Reflector{Anonymous: true, DoNotReference: true, RequiredFromJSONSchemaTags: true, CommentMap: comments["internal/manifest"], Mapper: func(t reflect.Type) *jsonschema.Schema {
		if t == typ && top {
			top = false
			return nil
		}
		if t == typ {
			return inner
		}
		return form(t)
	}}
	s := r.ReflectFromType(typ)
	s.Version, s.Description = "", ""
	return s
}

// keyed returns the schema of an object with keys of a form.
func keyed(key, words string, most *uint64, value *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{
		Type: "object", PatternProperties: map[string]*jsonschema.Schema{key: value}, AdditionalProperties: jsonschema.FalseSchema, MaxProperties: most,
		Extras: map[string]any{"patternErrorMessage": "expected " + words},
	}
}
