package check_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
)

// The sources of the sample.
var files = map[string]string{
	"plugins/one/composer.json": "{\n\t\"name\": \"日本e\u0301\", \"version\": 01\n}\n",
	"plugins/one/min.js":        strings.Repeat("a;", 300) + "eval(x);" + strings.Repeat("b;", 300),
}

// sample is a report with what there can be in one.
func sample() []check.Package {
	one := check.Findings{
		{Code: "json/number", Severity: check.Error, Path: "plugins/one/composer.json", Line: 2, Column: 34, Message: "the number is 01, expected no 0 before it", Hint: "remove the 0"},
		{Code: "lint/js-eval", Severity: check.Warning, Path: "plugins/one/min.js", Line: 1, Column: 601, Message: "eval runs a text as code"},
		{Code: "lint/js-eval", Severity: check.Notice, Path: "plugins/one/min.js", Line: 1, Message: "100% [odd](https://example.org)"},
	}
	one.Quote(func(path string) []byte { return []byte(files[path]) })
	return []check.Package{
		{ID: "one", Dir: "plugins/one", Format: "vito", Version: "1.0.0", Findings: one},
		{ID: "two", Dir: "plugins/two", Format: "native", Version: "2.0.0"},
		{ID: "x,y:z", Dir: "plugins/x,y:z", Findings: check.Findings{
			{Code: "id/name", Severity: check.Error, Path: "plugins/x,y:z", Message: "the id is \"x,y:z\"\r\n::set-output name=a::b", Hint: "rename it\n##[add-mask]x"},
			{Code: "id/alike", Severity: check.Warning, Message: "nowhere"},
		}},
	}
}

func print(t testing.TB, output string, s check.Style, packages ...check.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := check.Writers[output](&b, check.NewReport(packages), s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func describe(code string) check.About {
	if code != "json/number" {
		return check.About{}
	}
	return check.About{Title: "a number", Why: "Numbers.", Help: "Error: a number", URL: "https://example.org/#jsonnumber", Severity: check.Error}
}

// same compares what is printed. In the sample, the é is an e with a mark.
func same(t *testing.T, got []byte, want string) {
	t.Helper()
	want = strings.ReplaceAll(want, "\u00e9", "e\u0301")
	if string(got) != want {
		t.Errorf("printed:\n%s\nexpected:\n%s", got, want)
	}
}

// Errors come first, a caret stands below the character, long lines are cut around it, and nothing from outside acts.
func TestText(t *testing.T) {
	same(t, print(t, "text", check.Style{}, sample()...), `plugins/one  vito 1.0.0
  error    the number is 01, expected no 0 before it
           plugins/one/composer.json:2:34  json/number
         2 │     "name": "日本é", "version": 01
           │                                 ^
           hint: remove the 0

  warning  eval runs a text as code
           plugins/one/min.js:1:601  lint/js-eval
         1 │ …;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;eval(x);b;b;b;b;b;b;b;…
           │                                           ^

  notice   100% [odd](https://example.org)
           plugins/one/min.js:1  lint/js-eval
         1 │ a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a…

plugins/x,y:z
  error    the id is "x,y:z"\u000d\u000a::set-output name=a::b
           plugins/x,y:z  id/name
           hint: rename it\u000a\u0023#[add-mask]x

  warning  nowhere
           id/alike

✗ 2 errors, 2 warnings, 1 notice in 2 of 3 packages
`+"`regen explain json/number` tells why a rule is there\n")
}

// On a terminal, texts are wrapped below where they begin, and a line of source fits, from the narrowest on.
func TestTextWidth(t *testing.T) {
	same(t, print(t, "text", check.Style{Width: 50}, sample()[0]), `plugins/one  vito 1.0.0
  error    the number is 01, expected no 0 before
           it
           plugins/one/composer.json:2:34  json/number
         2 │     "name": "日本é", "version": 01
           │                                 ^
           hint: remove the 0

  warning  eval runs a text as code
           plugins/one/min.js:1:601  lint/js-eval
         1 │ …a;a;a;a;a;a;a;a;a;a;a;eval(x);b;b;b…
           │                        ^

  notice   100% [odd](https://example.org)
           plugins/one/min.js:1  lint/js-eval
         1 │ a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a…

✗ 1 error, 1 warning, 1 notice in 1 package
`+"`regen explain json/number` tells why a rule is there\n")
	for width := 1; width < 200; width++ {
		for line := range strings.Lines(string(print(t, "text", check.Style{Width: width}, sample()[0]))) {
			if n := utf8.RuneCountInString(line) - 1; strings.Contains(line, "│") && n > min(max(width, 40), 120) {
				t.Errorf("at %d columns, a line has %d: %s", width, n, line)
			}
		}
	}
}

// Colours are all that a terminal adds.
func TestTextColours(t *testing.T) {
	coloured := print(t, "text", check.Style{Colour: true}, sample()...)
	if !bytes.Contains(coloured, []byte("  \x1b[31merror\x1b[0m    the number")) {
		t.Errorf("no red error in\n%s", coloured)
	}
	same(t, regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAll(coloured, nil), string(print(t, "text", check.Style{}, sample()...)))
}

// Where nothing is found, one line says so.
func TestClean(t *testing.T) {
	for _, output := range []string{"text", "github"} {
		same(t, print(t, output, check.Style{}, check.Package{Dir: "plugins/a"}), "✓ 1 package, nothing found\n")
		same(t, print(t, output, check.Style{}, make([]check.Package, 3)...), "✓ 3 packages, nothing found\n")
		same(t, print(t, output, check.Style{}), "✓ there are no packages to look at\n")
	}
	const explain = "`regen explain a/b` tells why a rule is there\n"
	notice := check.Package{Findings: check.Findings{{Code: "a/b", Severity: check.Notice, Path: "a", Message: "m"}}}
	if got := string(print(t, "text", check.Style{}, notice, notice)); !strings.HasSuffix(got, "\n✓ 2 notices in 2 packages\n"+explain) {
		t.Errorf("notices are no failure: %s", got)
	}
}

// What is wrong with the configuration is no package's.
func TestConfiguration(t *testing.T) {
	same(t, print(t, "text", check.Style{}, check.Package{Dir: ".", Findings: check.Findings{{Code: "yaml/key", Severity: check.Error, Path: "registry.yaml", Message: "m"}}}),
		`the registry
  error    m
           registry.yaml  yaml/key

✗ 1 error in the registry's configuration; no package was looked at
`+"`regen explain yaml/key` tells why a rule is there\n")
}

// Of more than a hundred findings with one code in one package, text shows a hundred; the others are for programs, and have all.
func TestMany(t *testing.T) {
	p := check.Package{Dir: "p"}
	for i := range 250 {
		p.Findings = append(p.Findings, check.Finding{Code: "lint/long-line", Severity: check.Warning, Path: "p/a", Line: i + 1, Message: "long"})
	}
	p.Findings = append(p.Findings, check.Finding{Code: "id/name", Severity: check.Error, Path: "p", Message: "bad"})
	text := string(print(t, "text", check.Style{}, p))
	if n := strings.Count(text, "\n  warning  long\n"); n != 100 {
		t.Errorf("%d are shown, expected 100", n)
	}
	if want := "\n           150 more of lint/long-line: --output json has them all\n\n✗ 1 error, 250 warnings in 1 package\n"; !strings.Contains(text, want) {
		t.Errorf("no %s in\n%s", want, text)
	}
	for output, part := range map[string]string{"github": "::warning ", "json": `"code": "lint/long-line"`, "sarif": `"ruleId": "lint/long-line"`} {
		if n := strings.Count(string(print(t, output, check.Style{}, p)), part); n != 250 {
			t.Errorf("%s has %d, expected 250", output, n)
		}
	}
}

// Annotations are escaped as GitHub's runner reads them, errors come first, and the summary is no command.
func TestGitHub(t *testing.T) {
	same(t, print(t, "github", check.Style{Colour: true}, sample()...),
		`::error title=json/number,file=plugins/one/composer.json,line=2,col=29::the number is 01, expected no 0 before it%0Ahint: remove the 0
::error title=id/name,file=plugins/x%2Cy%3Az::the id is "x,y:z"\u000d\u000a::set-output name=a::b%0Ahint: rename it\u000a\u0023#[add-mask]x
::warning title=lint/js-eval,file=plugins/one/min.js,line=1,col=601::eval runs a text as code
::warning title=id/alike::nowhere
::notice title=lint/js-eval,file=plugins/one/min.js,line=1::100%25 [odd](https://example.org)
✗ 2 errors, 2 warnings, 1 notice in 2 of 3 packages
`+"`regen explain json/number` tells why a rule is there\n")
}

// JSON has arrays where there is nothing in them, reads back as it was, and shows nothing that acts in a terminal or a log.
func TestJSON(t *testing.T) {
	same(t, print(t, "json", check.Style{}), `{
  "packages": [],
  "errors": 0,
  "warnings": 0,
  "notices": 0
}
`)
	same(t, print(t, "json", check.Style{}, check.Package{ID: "a", Dir: "plugins/a"}), `{
  "packages": [
    {
      "id": "a",
      "dir": "plugins/a",
      "findings": []
    }
  ],
  "errors": 0,
  "warnings": 0,
  "notices": 0
}
`)
	want := check.NewReport(sample())
	want.Packages[1].Findings = check.Findings{}
	want.Packages[0].Findings[0].Message = "\u202e\U000e0001\x7f\u0085 ##[group]x ### <b>&"
	data := print(t, "json", check.Style{}, want.Packages...)
	if part := `"message": "\u202e\udb40\udc01\u007f\u0085 #\u0023[group]x #\u0023\u0023 <b>&"`; !strings.Contains(string(data), part) {
		t.Errorf("there is no %s in\n%s", part, data)
	}
	var got check.Report
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v\nexpected\n%+v", err, got, want)
	}
	if part := "\"line\": 2,\n          \"column\": 34,"; !strings.Contains(string(data), part) {
		t.Errorf("columns are bytes: no %s in\n%s", part, data)
	}
}
