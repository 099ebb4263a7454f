package storefront

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// Every language has every text, with the values of the default language and the forms that its own plurals have.
func TestLanguagesAreWhole(t *testing.T) {
	r := builtIn().r
	first := r.locales[0]
	for _, l := range r.locales {
		for key, known := range first.messages {
			m, ok := l.messages[key]
			if !ok {
				if key != "stop_words" {
					t.Errorf("%s has no %s", l.file, key)
				}
				continue
			}
			if !maps.Equal(m.names(), known.names()) {
				t.Errorf("%s: %s takes %s, expected %s", l.file, key, listNames(m.names()), listNames(known.names()))
			}
			if len(m.forms) > 1 {
				for n := range 200 {
					if category := l.category(n); m.forms[category] == nil {
						t.Errorf("%s: %s has no form %s, as for %d", l.file, key, category, n)
						break
					}
				}
			}
		}
	}
}

// Every text that code and templates name is there, and no other is.
func TestTextsAreUsed(t *testing.T) {
	r := builtIn().r
	named, literals, prefixes := textsInGo(t)
	for _, page := range pageFiles {
		parsed, err := r.parsed[page]()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.checkTexts(parsed); err != nil {
			t.Error(err)
		}
	}
	for _, name := range namesIn(r.files, templateDir, ".html") {
		for i, part := range strings.Split(string(r.files[name]), `t "`) {
			if key, _, ok := strings.Cut(part, `"`); i > 0 && ok {
				literals[key] = true
			}
		}
	}
	texts := r.locales[0].messages
	for key, at := range named {
		if _, ok := texts[key]; !ok {
			t.Errorf("%s: no text %q", at, key)
		}
	}
	for key := range texts {
		used := literals[key] || slices.Contains(required, key) || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used {
			t.Errorf("%s: nothing uses %s", r.locales[0].file, key)
		}
	}
}

// textsInGo returns the texts that calls name, by key their places; all strings of the package; and those with which a name begins that is put together.
func textsInGo(t *testing.T) (named map[string]string, literals map[string]bool, prefixes []string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	named, literals = make(map[string]string), make(map[string]bool)
	files := token.NewFileSet()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
					literals[s] = true
					if strings.HasSuffix(s, "_") {
						prefixes = append(prefixes, s)
					}
				}
			case *ast.CallExpr:
				method, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || method.Sel.Name != "text" && method.Sel.Name != "t" || len(n.Args) == 0 {
					break
				}
				if key, ok := n.Args[0].(*ast.BasicLit); ok && key.Kind == token.STRING {
					s, _ := strconv.Unquote(key.Value)
					named[s] = files.Position(key.Pos()).String()
				}
			}
			return true
		})
	}
	return named, literals, prefixes
}

// Numbers take the form that the language has for them, and its own signs.
func TestPlurals(t *testing.T) {
	r := withArabic(t)
	for lang, want := range map[string]map[int]string{
		"en": {0: "0 packages", 1: "1 package", 2: "2 packages", 12345: "12,345 packages"},
		"de": {0: "0 Pakete", 1: "1 Paket", 2: "2 Pakete", 12345: "12.345 Pakete"},
		"es": {0: "0 paquetes", 1: "1 paquete", 1000000: "1.000.000 paquetes"},
		"ar": {0: "لا حزم", 1: "حزمة واحدة", 2: "حزمتان", 3: "3 حزم", 11: "11 حزمة", 100: "100 حزمة"},
	} {
		for n, text := range want {
			if got := localeOf(t, r, lang).text("packages", "n", n); got != text {
				t.Errorf("%s: %d is %q, expected %q", lang, n, got, text)
			}
		}
	}
	if got := localeOf(t, r, "de").date(1767484800); got != "4. Jan. 2026" {
		t.Errorf("a day is %q", got)
	}
	if got := localeOf(t, r, "es").size(1234567); got != "1,2 MB" {
		t.Errorf("a size is %q", got)
	}
	if plural.Cardinal.MatchPlural(localeOf(t, r, "ar").parsed, 3, 0, 0, 0, 0) != plural.Few {
		t.Error("the plurals of Arabic aren't known")
	}
}

func localeOf(t *testing.T, r *Renderer, lang string) *locale {
	t.Helper()
	for _, l := range r.locales {
		if l.tag == lang {
			return l
		}
	}
	t.Fatalf("there is no language %s", lang)
	return nil
}

// A file of texts that isn't right is refused, with its place.
func TestStringsMistakes(t *testing.T) {
	german := builtInFiles(t)["strings/de.yaml"] // in the place of a language that isn't built in
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown key":    {"skip:", "skipp:", `no page has a text "skipp", expected a key of strings/en.yaml`},
		"unknown value":  {"missing_home: Zur Startseite", "missing_home: Zu {page}", "missing_home: the page gives no {page} there, expected no braces"},
		"open brace":     {"missing_home: Zur Startseite", `missing_home: "Zu {page"`, "stands for no value, expected a name in braces such as {n}"},
		"no other":       {"  other: \"{n} Pakete\"\n", "", "packages: the plural category other is missing"},
		"category":       {"  one: \"{n} Paket\"", "  single: \"{n} Paket\"", `"single" is no plural category`},
		"months":         {" Dez.", "", "months has 11 names, expected 12"},
		"direction":      {"direction: ltr", "direction: left", `direction is "left", expected ltr or rtl`},
		"no direction":   {"direction: ltr\n", "", "direction is missing: it says something about the language itself"},
		"not a text":     {"missing_home: Zur Startseite", "missing_home: [a]", "expected a text"},
		"twice the same": {"missing_home:", "skip: a\nmissing_home:", "skip"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(german, c.from) {
				t.Fatalf("strings/de.yaml doesn't hold %s", c.from)
			}
			_, err := New(site.FS, wire.Site{Languages: []string{"en", "nl"}, Files: map[string]string{"strings/nl.yaml": strings.Replace(german, c.from, c.to, 1)}})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "site/strings/nl.yaml:") {
				t.Errorf("got %v, expected %q with its place", err, c.want)
			}
		})
	}
}
