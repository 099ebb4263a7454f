package stamp

import "testing"

// A package that isn't what its format packs has no source.
func TestSource(t *testing.T) {
	for name, c := range map[string]struct {
		format string
		files  []File
		ok     bool
	}{
		"vito":                   {"vito", []File{{Path: "demo/composer.json"}, {Path: "demo/demo/x"}}, true},
		"vito, beside":           {"vito", []File{{Path: "composer.json"}}, false},
		"vito, another":          {"vito", []File{{Path: "demo2/composer.json"}}, false},
		"native":                 {"native", []File{{Path: "regen.yaml"}}, true},
		"mana":                   {"mana", []File{{Path: "demo.mana"}}, true},
		"mosis":                  {"mosis", WithDigests([]File{{Path: "main.rml", Data: []byte("x")}}), true},
		"mosis, without":         {"mosis", []File{{Path: "main.rml"}}, false},
		"mosis, other digests":   {"mosis", []File{{Path: "META-INF/MANIFEST.MF", Data: []byte("x")}, {Path: "main.rml"}}, false},
		"dropserver":             {"dropserver", WithDate([]File{{Path: "dropapp.json", Data: []byte("{}")}}, 7), true},
		"dropserver, without":    {"dropserver", []File{{Path: "dropapp.json", Data: []byte("{}")}}, false},
		"dropserver, other day":  {"dropserver", WithDate([]File{{Path: "dropapp.json", Data: []byte("{}")}}, 1<<20), false},
		"a format that is later": {"later", []File{{Path: "x"}}, true},
	} {
		if got, err := Source(c.format, "demo", c.files, 7); (err == nil) != c.ok {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
