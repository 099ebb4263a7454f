package schema_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/schema"
)

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	data, err := schema.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name) // against the metaschema, too
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNames(t *testing.T) {
	files, err := fs.ReadDir(schema.FS(), ".")
	if err != nil || len(files) != len(sources()) || len(schema.Names()) != len(sources()) {
		t.Errorf("%d files and %d names of %d sources: %v", len(files), len(schema.Names()), len(sources()), err)
	}
	if _, err := schema.Get("nothing"); err == nil || !strings.Contains(err.Error(), "registry") {
		t.Errorf("a schema that isn't there: %v", err)
	}
}

// Every field has a description and an example that is valid. Objects of what people write are closed, but where their ecosystem has more keys.
func TestComplete(t *testing.T) {
	for _, src := range sources() {
		s := compile(t, src.Name)
		data, err := schema.Get(src.Name)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		fields := 0
		var walk func(path string, node map[string]any, s *jsonschema.Schema, field bool)
		walk = func(path string, node map[string]any, s *jsonschema.Schema, field bool) {
			for s.Ref != nil {
				s = s.Ref
			}
			examples, _ := node["examples"].([]any)
			if field && (node["description"] == nil || len(examples) == 0) {
				t.Errorf("%s has no description or no example", path)
			}
			for _, example := range examples {
				if err := s.Validate(example); err != nil {
					t.Errorf("%s: example %v: %v", path, example, err)
				}
			}
			for key, p := range sub(node, "properties") {
				fields++
				walk(path+"."+key, p.(map[string]any), s.Properties[key], true)
			}
			if items := sub(node, "items"); items != nil && items["$ref"] == nil {
				walk(path+"[]", items, s.Items2020, false)
			}
		}
		walk(src.Name, doc, s, false)
		if fields == 0 {
			t.Errorf("%s has no fields", src.Name)
		}
		open := openObjects(doc, "")
		if !src.published && len(src.Open) == 0 && src.adjust == nil && len(open) > 0 {
			t.Errorf("%s is open at %v", src.Name, open)
		}
	}
}

func sub(node map[string]any, key string) map[string]any {
	m, _ := node[key].(map[string]any)
	return m
}

// openObjects returns the objects with known keys that may have others.
func openObjects(node map[string]any, path string) []string {
	var list []string
	properties := sub(node, "properties")
	if properties != nil && node["additionalProperties"] != false {
		list = append(list, path)
	}
	for key, p := range properties {
		list = append(list, openObjects(p.(map[string]any), path+"."+key)...)
	}
	return list
}

// What Parse accepts, the schema accepts; and where JSON Schema has words for a rule, what Parse
// refuses, it refuses, too.
func TestRegistry(t *testing.T) {
	s := compile(t, "registry")
	example := s.Examples[0].(map[string]any)
	for key, value := range example { // each key of the type is one that Parse knows
		doc, err := yaml.Marshal(map[string]any{key: plain(t, value)})
		if err != nil {
			t.Fatal(err)
		}
		if _, findings := config.Parse("registry.yaml", doc, "repo"); len(findings) > 0 {
			t.Errorf("%s: %v", doc, findings)
		}
	}
	for doc, valid := range map[string]bool{
		"{}": true,
		"id: acme\nname: Acme\nbase_url: http://localhost:1/": true,
		"limits: {package_size: 1048576, file_size: 1 KiB}":   true,
		"limits: {manifest_size: 16777216}":                   true,
		"limits: {manifest_size: 16777217}":                   false,
		"limits: {file_size: 5MB}":                            false,
		"limits: {files: 65535}":                              false,
		"limits: {packages: 1}":                               false,
		"colour: red":                                         false,
		"id: Acme":                                            false,
		"id: [acme]":                                          false,
		"packages: [plugins]":                                 false,
		"packages: []":                                        false,
		"packages: [a/*, a/*]":                                false,
		"packages: [a*/*]":                                    false,
		"formats: [vitto]":                                    false,
		"head_lifetime: 30":                                   false,
		"head_lifetime: 30m":                                  false,
		"name: ''":                                            false,
	} {
		var v any
		if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatal(err)
		}
		err := s.Validate(plain(t, v))
		_, findings := config.Parse("registry.yaml", []byte(doc), "repo")
		if (err == nil) != valid || (len(findings) == 0) != valid {
			t.Errorf("%s: schema: %v; Parse: %v", doc, err, findings)
		}
	}
	if names := schema.Names(); !slices.Contains(names, "registry") {
		t.Error(names)
	}
}

// The same of advisories.yaml.
func TestAdvisories(t *testing.T) {
	s := compile(t, "advisories")
	for _, example := range s.Examples {
		doc, err := yaml.Marshal(plain(t, example))
		if err != nil {
			t.Fatal(err)
		}
		if list, findings := advisory.Parse("advisories.yaml", doc); len(list) != 1 || len(findings) > 0 {
			t.Errorf("%s: %v", doc, findings)
		}
	}
	const rest = "id: A, package: clock, action: block"
	for doc, valid := range map[string]bool{
		"{}":              true,
		"advisories:":     true,
		"advisories: []":  true,
		"advisories: {}":  false,
		"advisories: [1]": false,
		"advisory: []":    false,
		"advisories: [{" + rest + ", reason: x, versions: '*'}]":                                      true,
		"advisories: [{" + rest + ", reason: {en: x, zh-Hant: x}, versions: '>= 1.0.0,<2.0.0-rc.1'}]": true,
		"advisories: [{" + rest + ", reason: x, versions: ' =1.0.0||=1.0.1  ||<0.1.0 >0.0.1 '}]":      true,
		"advisories: [{" + rest + ", reason: x, hashes: [" + sampleRef.SHA256 + "]}]":                 true,
		"advisories: [{" + rest + ", reason: x, versions: '*', link: 'https://example.org'}]":         true,
		"advisories: [{" + rest + ", reason: x, versions: '*', link: 'http://example.org'}]":          false,
		"advisories: [{" + rest + ", reason: x, versions: '*', link: 'https://example.org/ x'}]":      false,
		"advisories: [{" + rest + ", reason: x, versions: ''}]":                                       false,
		"advisories: [{" + rest + ", reason: x, versions: '1.0.0'}]":                                  false,
		"advisories: [{" + rest + ", reason: x, versions: '^1.0.0'}]":                                 false,
		"advisories: [{" + rest + ", reason: x, versions: '<1.x'}]":                                   false,
		"advisories: [{" + rest + ", reason: x, versions: '<1.0.0>0.1.0'}]":                           false,
		"advisories: [{" + rest + ", reason: x, versions: '<1.0.0 ||'}]":                              false,
		"advisories: [{" + rest + ", reason: x, versions: '<1.0.0,,>0.1.0'}]":                         false,
		"advisories: [{" + rest + ", reason: x, hashes: []}]":                                         false,
		"advisories: [{" + rest + ", reason: x, hashes: [x]}]":                                        false,
		"advisories: [{" + rest + ", versions: '*'}]":                                                 false,
		"advisories: [{" + rest + ", reason: {english: x}, versions: '*'}]":                           false,
		"advisories: [{" + rest + ", reason: {}, versions: '*'}]":                                     false,
		"advisories: [{" + rest + ", reason: x, versions: '*', severity: high}]":                      false,
		"advisories: [{id: A, package: clock, action: remove, reason: x, versions: '*'}]":             false,
		"advisories: [{id: -A, package: clock, action: warn, reason: x, versions: '*'}]":              false,
		"advisories: [{id: A, package: Clock, action: warn, reason: x, versions: '*'}]":               false,
		"advisories: [{id: A, package: clock, action: warn, reason: '', versions: '*'}]":              false,
		"advisories: [{id: A, package: clock, action: warn, reason: x, versions: '*', link: ''}]":     false,
	} {
		var v any
		if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatal(err)
		}
		err := s.Validate(plain(t, v))
		_, findings := advisory.Parse("advisories.yaml", []byte(doc))
		if (err == nil) != valid || (len(findings) == 0) != valid {
			t.Errorf("%s: schema: %v; Parse: %v", doc, err, findings)
		}
	}
}

// plain gives a value the types that JSON has.
func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
