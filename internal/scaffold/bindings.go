package scaffold

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/regen-registry/regen/schema"
)

// A binding says which files of a repo a schema is for.
type binding struct {
	schema  string
	files   []string // globs; those of a package begin with its directory, written */
	formats []string // that a registry has to take one of; none: every registry
	yaml    bool
}

// bound are the schemas that editors are bound to. What isn't there yet is left out.
var bound = []binding{
	{"registry", []string{"registry.yaml"}, nil, true},
	{"advisories", []string{"advisories.yaml"}, nil, true},
	{"owners", []string{"owners.yaml"}, nil, true},
	{"regen", []string{"*/regen.yaml"}, []string{"vito", "mosis", "dropserver", "mana"}, true},
	{"vito", []string{"*/composer.json"}, []string{"vito"}, false},
	{"dropserver", []string{"*/dropapp.json"}, []string{"dropserver"}, false},
	{"mosis", []string{"*.*/manifest.json"}, []string{"mosis"}, false}, // whose ids are reverse domains
	{"mana", []string{"*/blueprint.json", "*/*.mana"}, []string{"mana"}, false},
	{"mana-package", []string{"*/manifest.json", "!*.*/manifest.json"}, []string{"mana"}, false},
}

// native is the binding where regen.yaml is the manifest of every package.
var native = binding{"native", []string{"*/regen.yaml"}, []string{"native"}, true}

// bindings returns the schemas that a registry's editors need, and the editor's settings that bind them.
func bindings(p Params) ([]File, error) {
	var list []File
	yaml, jsons := make(map[string][]string), []jsonBinding{}
	known := schema.Names()
	all := bound
	if p.Format() == "native" {
		all = append(slices.Clip(bound), native)
	}
	for _, b := range all {
		if !slices.Contains(known, b.schema) || len(b.formats) > 0 && !slices.ContainsFunc(b.formats, func(f string) bool { return slices.Contains(p.Formats, f) }) {
			continue
		}
		data, err := schema.Get(b.schema)
		if err != nil {
			return nil, err
		}
		path := "schema/" + b.schema + ".schema.json"
		list = append(list, File{Path: path, Data: data})
		if globs := b.globs(p.Packages); b.yaml {
			yaml["./"+path] = globs
		} else {
			jsons = append(jsons, jsonBinding{globs, "./" + path})
		}
	}
	settings, err := settings(yaml, jsons)
	return append(list, File{Path: ".vscode/settings.json", Data: settings}), err
}

// globs returns the files of a binding, in each of the directories that packages lie in.
func (b binding) globs(packages []string) []string {
	var list []string
	for _, glob := range b.files {
		bare, not := strings.CutPrefix(glob, "!")
		if !strings.HasPrefix(bare, "*") {
			list = append(list, glob)
			continue
		}
		for _, dir := range packages {
			dir = strings.TrimSuffix(dir, "*")
			if not {
				dir = "!" + dir
			}
			list = append(list, dir+bare)
		}
	}
	return list
}

type jsonBinding struct {
	Files []string `json:"fileMatch"`
	URL   string   `json:"url"`
}

// settings returns the editor's settings. That a file's line ends and last line are as they should be, .editorconfig says.
func settings(yaml map[string][]string, jsons []jsonBinding) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		YAML map[string][]string `json:"yaml.schemas"`
		JSON []jsonBinding       `json:"json.schemas,omitempty"`
	}{yaml, jsons})
	return b.Bytes(), err
}
