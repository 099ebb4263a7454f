package check_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // for its copy of the schema
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regen-registry/regen/internal/check"
)

// sarifSchema is the standard's own. It stands in the source of a module that is required for it alone.
var sarifSchema = sync.OnceValue(func() *jsonschema.Schema {
	data, err := oasisSchema()
	if err != nil {
		panic(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("sarif.json")
})

// oasisSchema returns the constant that go-sarif has of the JSON schema that OASIS publishes.
func oasisSchema() ([]byte, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		return nil, fmt.Errorf("where is go-sarif: %w", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "pkg", "report", "v210", "sarif", "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	var text []byte
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if part, err := strconv.Unquote(lit.Value); err == nil {
				text = append(text, part...)
			}
		}
		return true
	})
	return text, nil
}

func validateSARIF(data []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return sarifSchema().Validate(doc)
}

// What is written is SARIF 2.1.0, with and without findings, lines and rules that are known.
func TestSARIFSchema(t *testing.T) {
	for _, data := range [][]byte{
		print(t, "sarif", check.Style{}),
		print(t, "sarif", check.Style{}, sample()...),
		print(t, "sarif", check.Style{Describe: describe}, sample()...),
	} {
		if err := validateSARIF(data); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
	}
}

// The check above can say no.
func TestSARIFSchemaRefuses(t *testing.T) {
	data := string(print(t, "sarif", check.Style{}, sample()...))
	for _, c := range [][2]string{
		{`"level": "error"`, `"level": "bad"`}, {`"startLine": 2`, `"startLine": 0`}, {`"utf16CodeUnits"`, `"bytes"`},
		{`"ruleIndex"`, `"index"`}, {`"uri": "plugins/one/min.js"`, `"uri": "%%%"`},
	} {
		bad := strings.Replace(data, c[0], c[1], 1)
		if bad == data || validateSARIF([]byte(bad)) == nil {
			t.Errorf("%s passes", c[1])
		}
	}
}

// A result, as far as the tests look at it.
type sarifResult struct {
	RuleID    string
	RuleIndex int
	Level     string
	Message   struct{ Text string }
	Locations []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           *struct{ StartLine, StartColumn int }
		}
	}
	PartialFingerprints map[string]string
}

func readSARIF(t *testing.T, data []byte) (results []sarifResult, rules []string) {
	t.Helper()
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []sarifResult
		}
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		rules = append(rules, r.ID)
	}
	return log.Runs[0].Results, rules
}

// Each finding is a result with its rule, level, place and message; columns are counted in UTF-16 code units, and a whole file has none.
func TestSARIFResults(t *testing.T) {
	results, rules := readSARIF(t, print(t, "sarif", check.Style{}, sample()...))
	var got []string
	for _, r := range results {
		if rules[r.RuleIndex] != r.RuleID {
			t.Errorf("the rule at the index of %s is %s", r.RuleID, rules[r.RuleIndex])
		}
		place := r.Locations[0].PhysicalLocation
		region, _ := json.Marshal(place.Region)
		got = append(got, strings.Join([]string{r.RuleID, r.Level, place.ArtifactLocation.URIBaseID, place.ArtifactLocation.URI, string(region), r.Message.Text}, " | "))
	}
	want := []string{
		`json/number | error | %SRCROOT% | plugins/one/composer.json | {"StartLine":2,"StartColumn":29} | the number is 01, expected no 0 before it` + "\n\nHint: remove the 0",
		`lint/js-eval | warning | %SRCROOT% | plugins/one/min.js | {"StartLine":1,"StartColumn":601} | eval runs a text as code`,
		`lint/js-eval | note | %SRCROOT% | plugins/one/min.js | {"StartLine":1,"StartColumn":0} | 100% [odd] (https://example.org)`,
		`id/name | error | %SRCROOT% | plugins/x%2Cy%3Az | null | the id is "x,y:z"\u000d\u000a::set-output name=a::b` + "\n\nHint: rename it\\u000a\\u0023#[add-mask]x",
		`id/alike | warning | %SRCROOT% | . | null | nowhere`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("results:\n%s\nexpected:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A rule tells what it is about, where to read on, and how bad it is.
func TestSARIFRules(t *testing.T) {
	data := string(print(t, "sarif", check.Style{Describe: describe}, sample()...))
	for _, part := range []string{
		`"shortDescription": {` + "\n" + `                "text": "a number"`,
		`"fullDescription": {` + "\n" + `                "text": "Numbers."`,
		`"markdown": "Error: a number"`,
		`"helpUri": "https://example.org/#jsonnumber"`,
		`"defaultConfiguration": {` + "\n" + `                "level": "error"`,
	} {
		if !strings.Contains(data, part) {
			t.Errorf("there is no %s in\n%s", part, data)
		}
	}
}

// A fingerprint stays when lines are added above, and differs between findings, also of one kind in one file.
func TestSARIFFingerprints(t *testing.T) {
	prints := func(shift int) (list []string) {
		f := check.Finding{Code: "lint/long-line", Severity: check.Notice, Path: "a.js", Message: "long"}
		g := f
		f.Line, g.Line = 3+shift, 9+shift
		h := f
		h.Message = "longer"
		whole := f
		whole.Line = 0
		results, _ := readSARIF(t, print(t, "sarif", check.Style{}, check.Package{Findings: check.Findings{f, g, h}}, check.Package{Findings: check.Findings{whole}}))
		for i, r := range results {
			list = append(list, r.PartialFingerprints["regen/v1"])
			// GitHub's upload makes this one of the line; it warns of each that isn't the same as its own.
			if _, ok := r.PartialFingerprints["primaryLocationLineHash"]; ok != (i == 3) {
				t.Errorf("primaryLocationLineHash of result %d: %t", i, ok)
			}
		}
		return list
	}
	before, after := prints(0), prints(5)
	if !slices.Equal(before, after) {
		t.Errorf("%v, then %v", before, after)
	}
	if slices.Sort(before); len(slices.Compact(before)) != 4 {
		t.Errorf("not distinct: %v", after)
	}
}
