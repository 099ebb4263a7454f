package lint

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/rules/casefile"
)

const examples = "../rules/testdata/lint"

// The examples of each rule: what is bad raises that rule and no other, with the severity of its title; what is good raises none.
func TestExamples(t *testing.T) {
	for _, rule := range Rules() {
		name := strings.TrimPrefix(rule.Code, "lint/")
		archive, err := txtar.ParseFile(filepath.Join(examples, name+".txtar"))
		if err != nil {
			t.Errorf("%s: %v", rule.Code, err)
			continue
		}
		if severity, _, _ := strings.Cut(string(archive.Comment), ":"); severity != string(rule.Severity) {
			t.Errorf("%s: the title says %q, and the table %s", rule.Code, severity, rule.Severity)
		}
		var bad, good int
		for _, file := range archive.Files {
			path, directive, made := strings.Cut(file.Name, " | ")
			data := file.Data
			if made {
				if data, err = casefile.Make(directive, data); err != nil {
					t.Fatalf("%s: %v", rule.Code, err)
				}
			}
			var codes []string
			for _, f := range File("plugins/x/"+path, data) {
				codes = append(codes, f.Code)
				if f.Path != "plugins/x/"+path || f.Line == 0 || f.Column == 0 || f.Message == "" || f.Hint == "" || f.Severity != rule.Severity || strings.Contains(f.Message, "%s") {
					t.Errorf("%s: an incomplete finding %+v", rule.Code, f)
				}
			}
			codes = slices.Compact(codes)
			switch kind, _, _ := strings.Cut(path, "/"); kind {
			case "bad":
				bad++
				if !slices.Equal(codes, []string{rule.Code}) {
					t.Errorf("%s: the bad file %s raises %v", rule.Code, path, codes)
				}
			case "good":
				good++
				if len(codes) > 0 {
					t.Errorf("%s: the good file %s raises %v", rule.Code, path, codes)
				}
			}
		}
		if bad == 0 || good == 0 {
			t.Errorf("%s: %d bad files and %d good ones, expected some of each", rule.Code, bad, good)
		}
	}
}

// Every file of examples belongs to a rule.
func TestExamplesBelong(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(examples, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		code := "lint/" + strings.TrimSuffix(filepath.Base(name), ".txtar")
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Code == code }) {
			t.Errorf("%s: no rule %s", name, code)
		}
	}
}

// The table is sorted, has each code once, and its texts are worded like all findings.
func TestTable(t *testing.T) {
	for i, r := range rules {
		if i > 0 && rules[i-1].Code >= r.Code {
			t.Errorf("%s stands after %s", r.Code, rules[i-1].Code)
		}
		if (len(r.Words) > 0) != (r.fits != nil) {
			t.Errorf("%s: words go with a function that says where they fit", r.Code)
		}
		for _, text := range []string{r.Message, r.Hint} {
			if text == "" || strings.HasSuffix(text, ".") || 'A' <= text[0] && text[0] <= 'Z' && !strings.HasPrefix(text, "Deno") && !strings.HasPrefix(text, "Function") {
				t.Errorf("%s: the text %q", r.Code, text)
			}
		}
	}
}
