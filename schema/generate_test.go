package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
)

var update = flag.Bool("update", false, "write the schemas anew")

const module = "github.com/regen-registry/regen"

// Each schema is what its type gives today. With -update, they are written.
func TestFresh(t *testing.T) {
	for _, s := range sources() {
		want := generate(t, s)
		file := s.Name + ".schema.json"
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its Go type gives (%v): run go generate ./schema", file, err)
		}
	}
}

// comments are the comments of the Go types, by package.
var comments = make(map[string]map[string]string)

func commentsOf(t *testing.T, pkg string) map[string]string {
	t.Helper()
	if comments[pkg] == nil {
		r := &jsonschema.Reflector{}
		if err := r.AddGoComments(module+"/"+pkg, "../"+pkg); err != nil {
			t.Fatal(err)
		}
		comments[pkg] = make(map[string]string)
		for key, text := range r.CommentMap {
			// AddGoComments joins the import path and the directory.
			if i := strings.LastIndex(key, "/internal/"); i >= 0 {
				key = module + key[i:]
			}
			comments[pkg][key] = strings.Join(strings.Fields(text), " ")
		}
	}
	return comments[pkg]
}

func generate(t *testing.T, s source) []byte {
	t.Helper()
	r := &jsonschema.Reflector{Anonymous: true, DoNotReference: true, RequiredFromJSONSchemaTags: !s.published, AllowAdditionalProperties: s.published, Mapper: form, CommentMap: make(map[string]string)}
	for _, pkg := range []string{"internal/advisory", "internal/check", "internal/config", "internal/gate", "internal/manifest", "internal/owners", "internal/wire"} {
		for key, text := range commentsOf(t, pkg) {
			r.CommentMap[key] = text
		}
	}
	schema := r.Reflect(s.Root)
	schema.Title, schema.Description = s.Title, s.About
	for _, path := range s.Open {
		object := schema
		if path != "" {
			for _, key := range strings.Split(path, ".") {
				object = property(t, object, key)
			}
		}
		object.AdditionalProperties = nil
	}
	if s.adjust != nil {
		s.adjust(t, schema)
	}
	complete(schema, sample(t, s.Sample))
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func property(t *testing.T, s *jsonschema.Schema, key string) *jsonschema.Schema {
	t.Helper()
	if key == "[]" {
		return s.Items
	}
	p, ok := s.Properties.Get(key)
	if !ok {
		t.Fatalf("there is no property %s", key)
	}
	return p
}

// sample returns a value with the types that JSON has.
func sample(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// complete gives every part of a schema an example: that of the sample, or one that is made of the examples of what is in it.
func complete(s *jsonschema.Schema, sample any) {
	if s == nil {
		return
	}
	if s.Properties != nil {
		example := make(map[string]any)
		object, _ := sample.(map[string]any)
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			complete(p.Value, object[p.Key])
			if len(p.Value.Examples) > 0 {
				example[p.Key] = p.Value.Examples[0]
			}
		}
		if sample == nil && len(s.Examples) == 0 && len(example) > 0 {
			s.Examples = []any{example}
		}
	}
	if s.Items != nil {
		var first any
		if list, _ := sample.([]any); len(list) > 0 {
			first = list[0]
		}
		complete(s.Items, first)
		if sample == nil && len(s.Examples) == 0 && len(s.Items.Examples) > 0 {
			s.Examples = []any{[]any{s.Items.Examples[0]}}
		}
	}
	if s.AdditionalProperties != nil {
		var first any
		if object, _ := sample.(map[string]any); len(object) == 1 {
			for _, v := range object {
				first = v
			}
		}
		complete(s.AdditionalProperties, first)
	}
	if sample != nil && len(s.Examples) == 0 {
		s.Examples = []any{sample}
	}
	if s.Type == "string" && s.Extras["patternErrorMessage"] != nil && len(s.Examples) > 1 {
		s.Examples = s.Examples[1:] // the field's own, behind that of its type
	}
	if s.Type == "boolean" && len(s.Examples) == 0 {
		s.Examples = []any{true}
	}
}
