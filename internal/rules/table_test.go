package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/rules"
)

// areas are what codes begin with.
const areas = `(author|json|yaml|schema|text|id|files|image|listing|license|sidecar|permissions|version|release|config|advisories|keys|gate|owners|vito|mosis|mana|dropserver|native|lint|theme)`

// raising are the packages that have codes in their source.
var raising = []string{"archive", "manifest", "validate", "publish", "release", "registry", "config", "advisory", "gate", "shape", "strictjson", "strictyaml", "picture", "lint", "check"}

// noCodes look like codes, and are media types.
var noCodes = []string{"image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp", "text/plain"}

// Every code in the source has a rule, and every rule's code is in the source. A code is written out: one that is put together can't be looked for.
func TestCodesAreRules(t *testing.T) {
	whole := regexp.MustCompile(`^` + areas + `/[a-z0-9-]+$`)
	begun, formatted := regexp.MustCompile(`^`+areas+`/[a-z0-9-]*$`), regexp.MustCompile(`^`+areas+`/[a-z0-9-]*%`)
	used := make(map[string]string) // code → place
	for _, dir := range raising {
		names, err := filepath.Glob("../" + dir + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no source: %v", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			literal := func(n ast.Node) (string, bool) {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return "", false
				}
				text, err := strconv.Unquote(lit.Value)
				return text, err == nil && !slices.Contains(noCodes, text)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if sum, ok := n.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
					for _, part := range []ast.Expr{sum.X, sum.Y} {
						if text, ok := literal(part); ok && begun.MatchString(text) {
							t.Errorf("%s: a code is put together of %q, expected it in one piece", fset.Position(part.Pos()), text)
						}
					}
				}
				if text, ok := literal(n); ok && whole.MatchString(text) {
					if used[text] == "" {
						used[text] = fset.Position(n.Pos()).String()
					}
				} else if ok && formatted.MatchString(text) {
					t.Errorf("%s: a code is put together of %q, expected it in one piece", fset.Position(n.Pos()), text)
				}
				return true
			})
		}
	}
	for _, code := range slices.Sorted(maps.Keys(used)) {
		if _, ok := rules.Get(code); !ok {
			t.Errorf("%s: %s has no rule, expected internal/rules/testdata/%s.txtar", used[code], code, code)
		}
	}
	for _, code := range rules.Codes() {
		if used[code] == "" {
			t.Errorf("the rule %s is raised nowhere", code)
		}
	}
}

// A rule's code has an area and a name, its title is a phrase, and both its title and its reason fit where they are shown.
func TestTable(t *testing.T) {
	code := regexp.MustCompile(`^[a-z]+/[a-z0-9-]+$`)
	known := regexp.MustCompile(`^` + areas + `/`)
	anchors := make(map[string]string)
	for _, r := range rules.All() {
		if !code.MatchString(r.Code) || !known.MatchString(r.Code) {
			t.Errorf("%s: expected a code of an area that there is", r.Code)
		}
		if other := anchors[r.URL()]; other != "" {
			t.Errorf("%s: its address is that of %s", r.Code, other)
		}
		anchors[r.URL()] = r.Code
		if r.Title == "" || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title is %q, expected a phrase without a full stop", r.Code, r.Title)
		}
		const mostSARIF = 1024 // characters of a description that GitHub's code scanning shows
		if n := utf8.RuneCountInString(r.Why); n == 0 || n > mostSARIF || utf8.RuneCountInString(r.Title) > mostSARIF {
			t.Errorf("%s: the reason has %d characters, expected 1 to %d", r.Code, n, mostSARIF)
		}
		plain := func(_, text string) string { return text }
		for _, width := range []int{0, 300, 80} {
			prose, _, _ := strings.Cut(r.Text(plain, width), "\nbad\n")
			for line := range strings.Lines(prose) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 || width == 80 && n > 80 {
					t.Errorf("%s: on %d columns, a line is %d wide: %s", r.Code, width, n, line)
				}
			}
		}
	}
}

// Headings of docs/findings.md that the addresses point to are there.
func TestAddresses(t *testing.T) {
	page := rules.Markdown()
	anchors := make(map[string]bool)
	for line := range strings.Lines(page) {
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			// What GitHub makes of a heading: lower-case letters, digits, hyphens and underscores stay.
			anchors[regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(strings.ToLower(heading), "")] = true
		}
	}
	for _, r := range rules.All() {
		if _, anchor, _ := strings.Cut(r.URL(), "#"); !anchors[anchor] {
			t.Errorf("%s: there is no heading for #%s", r.Code, anchor)
		}
	}
}
