package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/manifest"
)

var update = flag.Bool("update", false, "write the schemas anew")

// A schema is generated from a type; a new one is one more of these.
type source struct {
	name, title string
	about       string
	root        any      // a value of the type
	tag         string   // the struct tag that names the fields
	packages    []string // whose comments are descriptions, relative to the module
	adjust      func(*jsonschema.Schema)
}

var sources = []source{
	{"registry", "registry.yaml", "How a registry is published from its repo. Every key has a default.", config.Config{}, "yaml", []string{"internal/config"}, func(s *jsonschema.Schema) {
		formats, _ := s.Properties.Get("formats")
		for _, name := range manifest.Names() {
			formats.Items.Enum = append(formats.Items.Enum, name)
		}
		limits, _ := s.Properties.Get("limits")
		size, _ := limits.Properties.Get("manifest_size")
		size.OneOf[1].Maximum = number(int64(config.MaxManifestSize))
	}},
}

const module = "github.com/regen-registry/regen"

// Each schema is what its type gives today. With -update, they are written.
func TestFresh(t *testing.T) {
	for _, s := range sources {
		want := generate(t, s)
		file := s.name + ".schema.json"
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

func generate(t *testing.T, s source) []byte {
	t.Helper()
	r := &jsonschema.Reflector{
		FieldNameTag: s.tag, Anonymous: true, DoNotReference: true, RequiredFromJSONSchemaTags: true,
		Mapper: func(typ reflect.Type) *jsonschema.Schema {
			switch typ {
			case reflect.TypeFor[config.Duration]():
				return &jsonschema.Schema{Type: "string", Pattern: "^[1-9][0-9]*[dh]$"}
			case reflect.TypeFor[config.Size]():
				return &jsonschema.Schema{Type: "string", Format: sizeMark}
			}
			return nil
		},
	}
	for _, p := range s.packages {
		if err := r.AddGoComments(module+"/"+p, "../"+p); err != nil {
			t.Fatal(err)
		}
	}
	// AddGoComments joins the import path and the directory.
	for key, text := range r.CommentMap {
		if i := strings.LastIndex(key, "/internal/"); i >= 0 {
			r.CommentMap[module+key[i:]] = strings.Join(strings.Fields(text), " ")
		}
	}
	schema := r.Reflect(s.root)
	schema.Title, schema.Description = s.title, s.about
	complete(schema)
	s.adjust(schema)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A size is a text or a number, which the reflector has no word for: sizeMark is its place.
const sizeMark = "size"

// complete writes out sizes, and gives lists and objects examples made of those of what is in them.
func complete(s *jsonschema.Schema) {
	switch {
	case s.Format == sizeMark:
		s.Type, s.Format = "", ""
		s.OneOf = []*jsonschema.Schema{
			{Type: "string", Pattern: "^[1-9][0-9]* ?(B|KiB|MiB|GiB)?$"},
			{Type: "integer", Minimum: "1", Maximum: number(int64(config.MaxSize))},
		}
	case s.Type == "array":
		s.Examples, s.Items.Examples = []any{s.Items.Examples}, nil
	case s.Type == "object":
		example := make(map[string]any)
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			complete(p.Value)
			if len(p.Value.Examples) > 0 {
				example[p.Key] = p.Value.Examples[0]
			}
		}
		s.Examples = []any{example}
	}
}

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
