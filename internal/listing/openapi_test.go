package listing

import (
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regen-registry/regen/schema"
)

// Every field of the OpenAPI document has a description and an example that is valid, or refers to what has both, and all that is referred to is there.
func TestOpenAPIComplete(t *testing.T) {
	var doc map[string]any
	decode(t, schema.StoreAPI(), &doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("store.json", doc); err != nil {
		t.Fatal(err)
	}
	at := func(pointer string) any {
		var v any = doc
		for _, key := range strings.Split(strings.TrimPrefix(pointer, "#/"), "/") {
			m, ok := v.(map[string]any)
			if v = m[key]; !ok || v == nil {
				t.Fatalf("there is no %s", pointer)
			}
		}
		return v
	}
	fields := 0
	var walk func(pointer string, v any, field bool)
	walk = func(pointer string, v any, field bool) {
		node, _ := v.(map[string]any)
		for _, item := range slices.Concat([]any{}, asList(v)) {
			walk(pointer+"/?", item, false)
		}
		ref, _ := node["$ref"].(string)
		if ref != "" {
			at(ref)
		}
		described, _ := node["description"].(string)
		examples := asList(node["examples"])
		if field {
			fields++
			if ref != "" && described == "" {
				target := at(ref).(map[string]any)
				described, _ = target["description"].(string)
				examples = slices.Concat(examples, asList(target["examples"]))
			}
			if described == "" || len(examples) == 0 {
				t.Errorf("%s has no description or no example", pointer)
			}
		}
		if len(asList(node["examples"])) > 0 {
			s, err := c.Compile("store.json" + pointer)
			if err != nil {
				t.Fatal(err)
			}
			for _, example := range asList(node["examples"]) {
				if err := s.Validate(example); err != nil {
					t.Errorf("%s: %v: %v", pointer, example, err)
				}
			}
		}
		for key, part := range node {
			if key == "examples" {
				continue
			}
			properties, _ := part.(map[string]any)
			if key != "properties" {
				walk(pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), part, false)
				continue
			}
			for name, property := range properties {
				walk(pointer+"/properties/"+name, property, true)
			}
		}
	}
	walk("#", doc, false)
	if fields < 30 {
		t.Errorf("only %d fields", fields)
	}
	operations := make(map[string]bool)
	for path, methods := range at("#/paths").(map[string]any) {
		get := methods.(map[string]any)["get"].(map[string]any)
		id, _ := get["operationId"].(string)
		if id == "" || operations[id] || get["summary"] == nil || get["responses"] == nil {
			t.Errorf("%s: %v", path, get)
		}
		operations[id] = true
		if parameters := methods.(map[string]any)["parameters"]; (parameters != nil) != strings.Contains(path, "{") {
			t.Errorf("%s: has the parameters %v", path, parameters)
		}
	}
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}
