package storefront

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
	"github.com/regen-registry/regen/site"
)

// docsOnce renders the documentation once for all tests that only look at it.
var docsOnce sync.Once
var docsRenderer *Renderer
var docsFiles map[string][]byte

func docs(t *testing.T) (*Renderer, map[string][]byte) {
	t.Helper()
	docsOnce.Do(func() { docsRenderer, docsFiles = docsOf(t, wire.Site{}) })
	return docsRenderer, docsFiles
}

func docsOf(t *testing.T, s wire.Site) (*Renderer, map[string][]byte) {
	t.Helper()
	r, err := New(site.FS, s)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Docs(registry)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, f := range list {
		if files[f.Path] != nil {
			t.Errorf("%s is made twice", f.Path)
		}
		files[f.Path] = f.Data
	}
	return r, files
}

var (
	hrefs = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	ids   = regexp.MustCompile(` id="([^"]*)"`)
)

func idsOf(page []byte) []string {
	var list []string
	for _, m := range ids.FindAllSubmatch(page, -1) {
		list = append(list, string(m[1]))
	}
	return list
}

// Every link between pages of the documentation leads to a page and an id that there are; an id is there once.
func TestDocsLinks(t *testing.T) {
	r, files := docs(t)
	if len(files) < 50*len(r.Languages()) {
		t.Errorf("%d pages", len(files))
	}
	static := r.Static()
	for at, page := range files {
		known := idsOf(page)
		slices.Sort(known)
		if n := len(known); len(slices.Compact(known)) != n {
			t.Errorf("%s: an id is there twice", at)
		}
		lang, _, _ := strings.Cut(at, "/")
		for _, m := range hrefs.FindAllSubmatch(page, -1) {
			link := strings.ReplaceAll(string(m[1]), "&amp;", "&")
			if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
				continue
			}
			file, fragment, _ := strings.Cut(link, "#")
			to := at
			if file != "" {
				to = path.Join(path.Dir(at), file)
			}
			target, isDocs := files[to]
			switch {
			case isDocs:
				if fragment != "" && fragment != "main" && !slices.Contains(idsOf(target), fragment) {
					t.Errorf("%s links to %s, which has no such id", at, link)
				}
			case strings.HasPrefix(to, lang+"/docs/"):
				t.Errorf("%s links to %s, which isn't there", at, link)
			case strings.HasPrefix(to, "schemas/"):
				if _, err := schema.Get(strings.TrimSuffix(path.Base(to), ".schema.json")); err != nil {
					t.Errorf("%s links to %s: %v", at, link, err)
				}
			case strings.HasPrefix(to, "static/") && static[to] == nil:
				t.Errorf("%s links to %s, which isn't there", at, link)
			}
		}
	}
}

// The page of a schema names each of its fields, with an id to link to, what it is about, and whether it is required.
func TestDocsSchemas(t *testing.T) {
	_, files := docs(t)
	fields := 0
	for _, name := range schema.Names() {
		part, err := schemaOf(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := schema.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"en", "de", "es"} {
			page := string(files[wire.LangPath(lang, wire.DocPage("schema-"+name))])
			for _, key := range propertyNames(t, data) {
				if !regexp.MustCompile(`<code>(?:[^<]*[.\]])?` + regexp.QuoteMeta(escaped(key)) + `</code></a></h3>`).MatchString(page) {
					t.Errorf("%s: %s isn't on the page", name, key)
				}
			}
			for _, f := range part.fields("") {
				fields++
				if !strings.Contains(page, `id="`+fieldID(f.Path)+`"`) || !strings.Contains(page, escaped(f.Part.About)) {
					t.Errorf("%s: %s isn't told of", name, f.Path)
				}
			}
			if !strings.Contains(page, `href="../../`+wire.SchemaPath(name)+`"`) {
				t.Errorf("%s: the schema isn't linked", name)
			}
		}
	}
	if fields < 1000 {
		t.Errorf("%d fields", fields)
	}
	page := string(files["en/docs/schema-vito.html"])
	for _, phrase := range []string{`id="field-extra.vito.min_vito_version"`, "at most 300 characters", "<dd lang=\"en\">vendor/package of lower-case letters", `<span class="badge">required</span>`} {
		if !strings.Contains(page, phrase) {
			t.Errorf("the schema of Vito's manifest: %s isn't on the page", phrase)
		}
	}
	if german := string(files["de/docs/schema-vito.html"]); !strings.Contains(german, "höchstens 300 Zeichen") || !strings.Contains(german, "nötig") {
		t.Error("the German page has other labels")
	}
}

// Every finding has its place, with its title in the list of all.
func TestDocsFindings(t *testing.T) {
	_, files := docs(t)
	index := string(files["en/docs/findings.html"])
	for _, rule := range rules.All() {
		area, _, _ := strings.Cut(rule.Code, "/")
		anchor := strings.ReplaceAll(rule.Code, "/", "")
		if page := string(files["en/docs/findings-"+area+".html"]); !strings.Contains(page, `id="`+anchor+`"`) {
			t.Errorf("%s isn't on its page", rule.Code)
		}
		if !strings.Contains(index, `docs/findings-`+area+`.html#`+anchor+`"`) || !strings.Contains(index, escaped(rule.Title)) {
			t.Errorf("%s isn't in the list", rule.Code)
		}
	}
}

// The formats that a registry takes come first, and each says what its packages are made of.
func TestDocsFormats(t *testing.T) {
	_, files := docsOf(t, wire.Site{Formats: []string{"mana"}, Packages: "apps"})
	page := string(files["en/docs/formats.html"])
	at := 0
	for _, phrase := range []string{
		"<code>apps/&lt;id&gt;</code>", "lower-case letters", `id="mana"`, "This registry takes packages", "blueprint.json", "&lt;id&gt;-&lt;version&gt;.mana", `&#34;meta&#34;`, "mana/unreachable",
		`id="vito"`, "takes no packages", "&lt;id&gt;-&lt;version&gt;.zip", "<code>&lt;id&gt;/Plugin.php</code>", "vito-plugin", "vito/psr-4", `id="mosis"`, ".mosis", `id="dropserver"`, ".tar.gz", `id="native"`,
	} {
		i := strings.Index(page[at:], phrase)
		if i < 0 {
			t.Fatalf("%s isn't there, or not in its place", phrase)
		}
		at += i
	}
}

// The text of the documentation is English, and says so on pages in other languages; titles are the page's own.
func TestDocsLanguage(t *testing.T) {
	_, files := docs(t)
	for at, want := range map[string][]string{
		"de/docs/keys.html":        {"<h1>Schlüssel</h1>", "Dieser Text ist auf Englisch.", `lang="en" dir="ltr"`},
		"es/docs/schema-vito.html": {"<h1>Esquema: vito</h1>", "Este texto está en inglés.", "obligatorio"},
	} {
		for _, phrase := range want {
			if !bytes.Contains(files[at], []byte(phrase)) {
				t.Errorf("%s: %s isn't there", at, phrase)
			}
		}
	}
	if bytes.Contains(files["en/docs/keys.html"], []byte("This text is in English")) {
		t.Error("the English page says what its readers know")
	}
}

// The guides are told in full: headings with ids, tables in which each heading says something, links between them and to schemas, and none to files that no page shows.
func TestDocsGuides(t *testing.T) {
	_, files := docs(t)
	for at, want := range map[string][]string{
		"keys":      {`<a href="spec.html#13-keys">`, `<h2 id="what-there-is">`, `<td></td>`, `href="#drills"`},
		"reviewing": {`<a href="schema-gate.html">`, `<a href="findings-gate.html">`},
		"verifying": {`<code>verify.sh</code>`},
		"cli":       {`<h2 id="regen-publish"><code>regen publish</code></h2>`, `<a href="#regen-device-install"><code>regen device install</code></a>`},
	} {
		page := string(files["en/docs/"+at+".html"])
		for _, phrase := range want {
			if !strings.Contains(page, phrase) {
				t.Errorf("%s: %s isn't there", at, phrase)
			}
		}
		if strings.Contains(page, "<th></th>") || strings.Contains(page, ".md\"") || strings.Contains(page, "verify.sh\"") {
			t.Errorf("%s has a heading of nothing, or a link to a file that isn't published", at)
		}
	}
}

// A page with its style and scripts takes less than 60 KB, compressed.
func TestDocsWeight(t *testing.T) {
	r, files := docs(t)
	shared := 0
	for p, data := range r.Static() {
		if ext := path.Ext(p); ext == ".css" || ext == ".js" {
			shared += zipped(t, data)
		}
	}
	heaviest := 0
	for at, page := range files {
		n := shared + zipped(t, page)
		heaviest = max(heaviest, n)
		if n > 60_000 {
			t.Errorf("%s takes %d bytes", at, n)
		}
	}
	t.Logf("style and scripts take %d bytes; the heaviest page with them %d", shared, heaviest)
}

// Two renderers make the same pages.
func TestDocsAreDeterministic(t *testing.T) {
	a, first := docs(t)
	b, second := docsOf(t, wire.Site{})
	if a.Digest() != b.Digest() {
		t.Error("the digests differ")
	}
	for at := range first {
		if !bytes.Equal(first[at], second[at]) {
			t.Errorf("%s differs", at)
		}
	}
}

func zipped(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func escaped(s string) string { return template.HTMLEscapeString(s) }

// propertyNames returns the names of all fields of a schema.
func propertyNames(t *testing.T, data []byte) []string {
	t.Helper()
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var names []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, sub := range v {
				if properties, ok := sub.(map[string]any); ok && key == "properties" {
					for name, part := range properties {
						names = append(names, name)
						walk(part)
					}
				} else if key != "examples" && key != "default" && key != "enum" {
					walk(sub)
				}
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(doc)
	return names
}
