package shape

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// required says that a key isn't there.
func (k *checker) required(err *jsonschema.ValidationError, key string) strictjson.Error {
	rule := k.property(k.rule(err.SchemaURL), key)
	hint := "add the key with its value"
	if example := example(rule); example != "" {
		hint = "add " + key + ": " + example
		if strings.HasSuffix(k.what, ".json") {
			hint = "add " + strconv.Quote(key) + ": " + example
		}
	}
	want := "expected " + expected(rule)
	if about, _, _ := strings.Cut(text(rule, "description"), ". "); about != "" {
		want = "expected it: " + strings.TrimSuffix(lower(about), ".")
	}
	return problem(CodeRequired, hint, "%s has no %s, %s", k.name(err.InstanceLocation), wording.Quote(key), want)
}

// lower returns a sentence as it goes on in the middle of another.
func lower(s string) string {
	if len(s) > 1 && s[0] < 0x80 && (s[1] == ' ' || s[1] >= 'a' && s[1] <= 'z') {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// otherKind says that a value is of another kind.
func otherKind(v *strictjson.Value, name string, want []string, rule map[string]any) strictjson.Error {
	hint := ""
	switch text, list := slices.Contains(want, "string"), slices.Contains(want, "array"); {
	case text && v.Kind == strictjson.Number && fits(rule, string(v.Number)):
		hint = "put it in quotes: " + strconv.Quote(number(v))
	case text && v.Kind == strictjson.Bool && fits(rule, strconv.FormatBool(v.Bool)):
		hint = "put it in quotes: " + strconv.Quote(strconv.FormatBool(v.Bool))
	case v.Kind == strictjson.Null:
		hint = "remove the key where there is nothing to say"
	case list && v.Kind == strictjson.String && len(v.String) <= mostExample:
		hint = "write a list: [" + strconv.Quote(v.String) + "]"
	case v.Kind == strictjson.String && (slices.Contains(want, "integer") && digits(v.String) || slices.Contains(want, "boolean") && (v.String == "true" || v.String == "false")):
		hint = "write it without quotes: " + v.String
	default:
		hint = like(rule)
	}
	found := show(v)
	if v.Kind == strictjson.String {
		found = "the text " + found
	}
	return problem(CodeType, hint, "%s is %s, expected %s", name, found, kinds(want))
}

// fits reports whether a text is of the form that a rule wants.
func fits(rule map[string]any, s string) bool {
	pattern := text(rule, "pattern")
	if list, _ := rule["oneOf"].([]any); pattern == "" && len(list) > 0 {
		first, _ := list[0].(map[string]any)
		pattern = text(first, "pattern")
	}
	if known, _ := rule["enum"].([]any); known != nil && !slices.Contains(known, any(s)) {
		return false
	}
	ok, err := regexp.MatchString(pattern, s)
	return ok && err == nil
}

func digits(s string) bool {
	return s != "" && len(s) <= 15 && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}

// enum says that a value is none of the known ones.
func enum(v *strictjson.Value, name string, want []any, rule map[string]any) strictjson.Error {
	var known []string
	for _, w := range want {
		known = append(known, fmt.Sprint(w))
	}
	if v.Kind != strictjson.String && len(want) > 0 {
		if _, text := want[0].(string); text {
			return otherKind(v, name, []string{"string"}, rule)
		}
	}
	hint := "write " + wording.List(known)
	if near := wording.Nearest(v.String, known); near != "" {
		hint = "did you mean " + strconv.Quote(near) + "?"
	}
	return problem(CodeEnum, hint, "%s is %s, expected %s", name, show(v), wording.List(known))
}

// kinds words JSON Schema's types.
func kinds(want []string) string {
	var list []string
	for _, w := range want {
		switch w {
		case "array":
			w = "a list"
		case "object":
			w = "keys with their values"
		case "integer":
			w = "a whole number"
		case "string":
			w = "a text"
		case "boolean":
			w = "true or false"
		case "null":
			continue
		default:
			w = "a " + w
		}
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	slices.Sort(list)
	return wording.List(list)
}

// show describes a value.
func show(v *strictjson.Value) string {
	switch v.Kind {
	case strictjson.String:
		return wording.Quote(v.String)
	case strictjson.Number:
		return "the number " + number(v)
	case strictjson.Bool:
		return strconv.FormatBool(v.Bool)
	case strictjson.Array:
		return "a list"
	case strictjson.Object:
		return "keys with their values"
	case strictjson.Null:
		return "empty"
	}
	return "nothing"
}

// number returns a number as it is written. Of a long one it is the beginning.
func number(v *strictjson.Value) string {
	const most = 40
	if s := string(v.Number); len(s) > most {
		return s[:most] + "…"
	}
	return string(v.Number)
}

// words is the keyword that says in words what a pattern wants. Editors know it, too.
const words = "patternErrorMessage"

func text(rule map[string]any, key string) string {
	s, _ := rule[key].(string)
	return s
}

// properties returns the known keys.
func properties(rule map[string]any) []string {
	all, _ := rule["properties"].(map[string]any)
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// expected words what a rule wants: its patternErrorMessage, or its kind.
func expected(rule map[string]any) string {
	if want := text(rule, words); want != "" {
		return strings.TrimPrefix(want, "expected ")
	}
	if list, _ := rule["enum"].([]any); len(list) > 0 {
		known := make([]string, len(list))
		for i, w := range list {
			known[i] = fmt.Sprint(w)
		}
		return wording.List(known)
	}
	if t := text(rule, "type"); t != "" {
		return kinds([]string{t})
	}
	for _, key := range []string{"oneOf", "anyOf"} { // in general a text, or one per language
		if list, _ := rule[key].([]any); len(list) > 0 {
			if first, _ := list[0].(map[string]any); first != nil {
				return expected(first)
			}
		}
	}
	return "a value"
}

// mostExample is how long an example in a hint may be, in bytes.
const mostExample = 60

// example returns the rule's first example as JSON, which is YAML, too; or "". One that only fills a place says nothing.
func example(rule map[string]any) string {
	examples, _ := rule["examples"].([]any)
	if len(examples) == 0 {
		return ""
	}
	data, err := json.Marshal(examples[0])
	if err != nil || len(data) > mostExample || strings.Contains(string(data), `{"key":"value"}`) {
		return ""
	}
	return string(data)
}

// like returns a hint at the form that a rule wants.
func like(rule map[string]any) string {
	if example := example(rule); example != "" {
		return "write it like " + example
	}
	parts, _ := rule["properties"].(map[string]any)
	keys := properties(rule)
	if required, _ := rule["required"].([]any); len(required) > 0 {
		keys = []string{fmt.Sprint(required[0])}
	}
	for _, key := range keys {
		part, _ := parts[key].(map[string]any)
		if example := example(part); example != "" {
			return "write keys with their values, such as " + strconv.Quote(key) + ": " + example
		}
	}
	return "write " + expected(rule)
}

// between words two bounds of a rule, either of which may be missing.
func between(rule map[string]any, low, high string) string {
	l, hasLow := rule[low]
	h, hasHigh := rule[high]
	switch {
	case hasLow && hasHigh && fmt.Sprint(l) == fmt.Sprint(h):
		return fmt.Sprintf("exactly %v", l)
	case hasLow && hasHigh:
		return fmt.Sprintf("%v to %v", l, h)
	case hasLow:
		return fmt.Sprintf("at least %v", l)
	}
	return fmt.Sprintf("at most %v", h)
}

// count returns "1 item" or "2 items".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
