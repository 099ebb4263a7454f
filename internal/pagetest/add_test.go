package pagetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regen-registry/regen/internal/browsertest"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
	"github.com/regen-registry/regen/site"
)

// addSites are the servers of the pages that need no package, by the registry's repo.
var addSites = struct {
	sync.Mutex
	servers map[string]string
}{servers: make(map[string]string)}

// addTab opens a tab for the pages that need no package, of a registry whose repo is somewhere.
func addTab(t *testing.T, repository string, options ...browsertest.Option) *browsertest.Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("fills in a form in a browser")
	}
	t.Parallel()
	return browsertest.New(t, addSite(t, repository), options...)
}

func addSite(t *testing.T, repository string) string {
	t.Helper()
	addSites.Lock()
	defer addSites.Unlock()
	if at := addSites.servers[repository]; at != "" {
		return at
	}
	r, err := storefront.New(site.FS, wire.Site{Repository: repository, Branch: "main", Packages: "plugins"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Fixed(wire.Registry{ID: "harbour", Name: "Harbour"})
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range r.Static() {
		files = append(files, storefront.File{Path: path, Data: data})
	}
	for _, name := range schema.Names() {
		data, err := schema.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, storefront.File{Path: wire.SchemaPath(name), Data: data})
	}
	dir := filepath.Join(addDir, wire.Slug(repository))
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	handler, err := browsertest.Serve(dir)
	if err != nil {
		t.Fatal(err)
	}
	addSites.servers[repository] = httptest.NewServer(handler).URL
	return addSites.servers[repository]
}

const addRepository = "https://github.com/acme/plugins"

// addFilled are what is to be filled in, by the id of the field, besides what is there already.
var addFilled = map[string]map[string]string{
	"vito":       {"add-vendor": "acme", "f-description": "Watches the disks, \"all\" of them & more", "f-extra-vito-author-name": "Ada Example"},
	"mosis":      {"f-description": "Shows the time", "f-author-name": "Ada Example"},
	"mana":       {"f-meta-description": "What to think of: everything", "f-meta-author-name": "Ada Example"},
	"dropserver": {"f-short-description": "Lets visitors leave a few words", "f-authors-0-name": "Ada Example"},
	"native":     {"f-summary": "yes: it is #1", "f-authors-0-name": "Ada Example"},
}

// The form of each format makes a manifest of what is filled in, which the publisher finds nothing wrong with, and hands it over to the repo's host under the right name.
func TestAddMakesManifests(t *testing.T) {
	tab := addTab(t, addRepository)
	for _, f := range manifest.Formats {
		tab.Open("en/" + wire.AddFormatPage(f.Name()))
		tab.Until(checked)
		id, title := "disk-watch", "Disk Watch"
		if f.Name() == "mosis" {
			id, title = "org.acme.diskwatch", "Diskwatch"
		}
		fill(tab, "add-id", id)
		for field, text := range addFilled[f.Name()] {
			fill(tab, field, text)
		}
		tab.Until("document.getElementById('add-status').textContent === 'The manifest fits its schema.'")
		open, err := url.Parse(browsertest.Eval[string](tab, "document.getElementById('add-open').href"))
		if err != nil {
			t.Fatal(err)
		}
		name, text := open.Query().Get("filename"), open.Query().Get("value")
		if open.Host != "github.com" || open.Path != "/acme/plugins/new/main" || text != browsertest.Eval[string](tab, "document.getElementById('add-text').textContent") {
			t.Errorf("%s: %s is opened", f.Name(), open)
		}
		p := manifest.Package{Dir: "plugins/" + id, ID: id}
		files, err := starter.Files(starter.Package{Format: f.Name(), Vendor: "acme", ID: id, Title: title, Summary: "A package", Day: "2026-01-31"})
		if err != nil {
			t.Fatal(err)
		}
		replaced := false
		for _, file := range files {
			if "plugins/"+id+"/"+file.Path == name {
				file.Data, replaced = []byte(text), true
			}
			if file.Path == manifest.SidecarFile {
				p.Sidecar = file.Data
			}
			if !f.Excluded(file.Path) {
				p.Files = append(p.Files, manifest.File{Path: file.Path, Data: file.Data})
			}
		}
		if !replaced {
			t.Errorf("%s: the new file is %s, which isn't one of the package", f.Name(), name)
		}
		m, findings := f.Read(p, manifest.Env{})
		for _, finding := range findings {
			if finding.Severity == check.Error {
				t.Errorf("%s: %s: %s", f.Name(), finding.Code, finding.Message)
			}
		}
		if m.Facts.Name[wire.DefaultLanguage] != title || m.Version != "0.1.0" {
			t.Errorf("%s: the package is %q %s", f.Name(), m.Facts.Name, m.Version)
		}
	}
}

// checked is true once the schema is there.
const checked = "!['', document.getElementById('add-form').dataset.unchecked].includes(document.getElementById('add-status').textContent)"

// fill puts a text into a field, as somebody does who writes it.
func fill(tab *browsertest.Tab, id, text string) {
	browsertest.Eval[any](tab, fmt.Sprintf("(() => { const f = document.getElementById(%q); for (let d = f.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; f.focus(); f.select(); return null; })()", id))
	tab.Keys(text)
}

// errorOf returns what is said beside a field; "" is nothing.
func errorOf(tab *browsertest.Tab, id string) string {
	return browsertest.Eval[string](tab, fmt.Sprintf("(() => { const f = document.getElementById(%[1]q), e = document.getElementById(%[1]q + '-error'); return e.hidden !== !f.hasAttribute('aria-invalid') ? 'out of step' : f.getAttribute('aria-describedby').includes(e.id) ? e.textContent : 'not described'; })()", id))
}

const focused = "document.activeElement.id"

// What is wrong is said beside its field: when somebody has been there, or wants to open the manifest. Then the first field that is wrong has the focus, and a list leads to all of them.
func TestAddErrors(t *testing.T) {
	tab := addTab(t, addRepository)
	tab.Open("en/" + wire.AddFormatPage("vito"))
	tab.Until(checked)
	if got := errorOf(tab, "f-description"); got != "" {
		t.Errorf("before somebody was there, a field says %q", got)
	}
	fill(tab, "f-version", "v1")
	if got := errorOf(tab, "f-version"); got != "" {
		t.Errorf("while somebody writes, a field says %q", got)
	}
	tab.Keys(kb.Tab)
	if got := errorOf(tab, "f-version"); got != "Expected: a semantic version without a v before it" {
		t.Errorf("a wrong version: %q", got)
	}
	fill(tab, "f-keywords", "one\ntwo\none")
	fill(tab, "f-autoload-psr-4", "{")
	before := browsertest.Eval[string](tab, "location.href")
	browsertest.Eval[any](tab, "(document.getElementById('add-open').focus(), null)")
	tab.Keys(kb.Enter)
	tab.Until("!document.getElementById('add-problems').hidden")
	if got := browsertest.Eval[string](tab, focused); got != "f-description" {
		t.Errorf("%q has the focus, expected the first field that is wrong", got)
	}
	if browsertest.Eval[string](tab, "location.href") != before {
		t.Error("what is wrong was opened")
	}
	for id, want := range map[string]string{
		"f-description": "Fill this in.", "f-version": "Expected: a semantic version", "f-keywords": "Entry 3: Expected: each entry once", "f-autoload-psr-4": "Expected: JSON without mistakes", "f-extra-vito-name": "", "add-id": "",
	} {
		if got := errorOf(tab, id); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, expected %q", id, got, want)
		}
	}
	if n := browsertest.Eval[int](tab, "document.querySelectorAll('#add-problems li a').length"); n != 4 {
		t.Errorf("the list names %d fields", n)
	}
	tab.Click("#add-problems li:last-child a")
	if got := browsertest.Eval[string](tab, focused); got != "f-keywords" || !browsertest.Eval[bool](tab, "document.getElementById('f-keywords').checkVisibility()") {
		t.Errorf("the last of the list leads to %q", got)
	}
	fill(tab, "f-keywords", "one\ntwo")
	fill(tab, "f-version", "1.0.0-beta.1")
	fill(tab, "f-description", "Watches")
	fill(tab, "f-autoload-psr-4", `{"App\\Vito\\Plugins\\YourName\\MyApp\\": ""}`)
	if !browsertest.Eval[bool](tab, "document.getElementById('add-problems').hidden && document.querySelectorAll('[aria-invalid]').length === 0") {
		t.Error("what was mended is still told")
	}
	fill(tab, "add-id", "My App")
	if got := errorOf(tab, "add-id"); !strings.Contains(got, "Lower-case letters") {
		t.Errorf("a wrong id: %q", got)
	}
	if got := errorOf(tab, "f-name"); !strings.HasPrefix(got, "Expected: vendor/package") {
		t.Errorf("the name that follows it: %q", got)
	}
}

// With all that is wrong shown, and all that can be opened open, axe finds nothing.
func TestAddAxe(t *testing.T) {
	browsertest.NeedAxe(t)
	tab := addTab(t, addRepository)
	for _, format := range []string{"vito", "native"} {
		tab.Open("en/" + wire.AddFormatPage(format))
		tab.Until(checked)
		fill(tab, "add-id", "My App")
		browsertest.Eval[any](tab, "(() => { document.querySelectorAll('#add-form details').forEach(d => { d.open = true; }); document.querySelectorAll('#add-form [data-add]').forEach(b => b.click()); document.getElementById('add-open').click(); return null; })()")
		for _, scheme := range []browsertest.Scheme{browsertest.Light, browsertest.Dark} {
			tab.Set(browsertest.In(scheme))
			for _, finding := range tab.Axe() {
				t.Errorf("%s, %s: axe: %s", format, scheme, finding)
			}
		}
	}
}

// Entries are added and removed with the keyboard, and the manifest has them in their order. In another language, the form speaks that.
func TestAddEntries(t *testing.T) {
	tab := addTab(t, addRepository)
	tab.Open("de/" + wire.AddFormatPage("dropserver"))
	fill(tab, "f-authors-0-name", "Ada")
	add := func() {
		browsertest.Eval[any](tab, "(document.querySelector('#f-authors > [data-add]').focus(), null)")
		tab.Keys(kb.Enter)
	}
	add()
	if got := browsertest.Eval[string](tab, focused); got != "f-authors-1-name" {
		t.Fatalf("a new entry has its focus on %q", got)
	}
	tab.Keys("Grace")
	add()
	tab.Keys("Alan")
	tab.Keys(kb.Tab)
	tab.Keys("nobody")
	tab.Keys(kb.Tab)
	if got := errorOf(tab, "f-authors-2-email"); !strings.HasPrefix(got, "Erwartet: an address") {
		t.Errorf("an entry's wrong address: %q", got)
	}
	names := "JSON.stringify(JSON.parse(document.getElementById('add-text').textContent).authors.map(a => a.name))"
	if got := browsertest.Eval[string](tab, names); got != `["Ada","Grace","Alan"]` {
		t.Error(got)
	}
	browsertest.Eval[any](tab, "(document.querySelectorAll('#f-authors [data-remove]')[1].focus(), null)")
	tab.Keys(kb.Enter)
	if got := browsertest.Eval[string](tab, names); got != `["Ada","Alan"]` {
		t.Error(got)
	}
	if got := browsertest.Eval[string](tab, "[...document.querySelectorAll('#f-authors legend')].map(l => l.textContent.trim()).join()"); !strings.HasSuffix(got, "Eintrag 1,Eintrag 2") {
		t.Error(got)
	}
	add()
	if doubled := browsertest.Eval[int](tab, "(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size; })()"); doubled != 0 {
		t.Errorf("%d ids are there twice", doubled)
	}
}

// What is too long for an address is copied or downloaded; so it is where the host takes no content, or isn't known.
func TestAddOtherWays(t *testing.T) {
	tab := addTab(t, addRepository)
	tab.Open("en/" + wire.AddFormatPage("native"))
	fill(tab, "f-summary", "Short")
	if browsertest.Eval[bool](tab, "document.getElementById('add-open').hidden || !document.getElementById('add-long').hidden") {
		t.Error("a short manifest can't be opened")
	}
	browsertest.Eval[any](tab, "(() => { const f = document.getElementById('f-description'); f.value = 'x '.repeat(4000); f.dispatchEvent(new Event('input', {bubbles: true})); return null; })()")
	if !browsertest.Eval[bool](tab, "document.getElementById('add-open').hidden && document.getElementById('add-long').checkVisibility()") {
		t.Error("a long manifest is to be handed over in an address")
	}
	if got := browsertest.Eval[string](tab, "(async () => document.getElementById('add-download').download + ' ' + (await (await new Promise(done => { const x = new XMLHttpRequest(); done({text: () => document.getElementById('add-download').href}); })).text()).slice(0, 5))()"); got != "regen.yaml blob:" {
		t.Errorf("%q is downloaded", got)
	}
	other := browsertest.New(t, addSite(t, "https://gitlab.com/acme/plugins"))
	other.Open("en/" + wire.AddFormatPage("native"))
	if got := browsertest.Eval[string](other, "document.getElementById('add-open').href"); got != "https://gitlab.com/acme/plugins/-/new/main?file_name=plugins%2Fmy-app%2Fregen.yaml" {
		t.Error(got)
	}
	none := browsertest.New(t, addSite(t, ""))
	none.Open("en/" + wire.AddFormatPage("native"))
	if !browsertest.Eval[bool](none, "document.getElementById('add-open') === null && document.getElementById('add-download').checkVisibility()") {
		t.Error("without a repo, there is another way")
	}
}

// Without a script, the form isn't there, and the page says how to do it by hand.
func TestAddNoScript(t *testing.T) {
	tab := addTab(t, addRepository, browsertest.NoScript())
	tab.Open("en/" + wire.AddFormatPage("vito"))
	if browsertest.Eval[bool](tab, "document.getElementById('add-form').checkVisibility()") {
		t.Error("the form is shown, though it does nothing")
	}
	if !browsertest.Eval[bool](tab, "document.querySelector('.add-steps pre').checkVisibility() && document.querySelector(\".add-steps a[href^='https://github.com/acme/plugins/new/main?']\").checkVisibility()") {
		t.Error("the manifest, or the link that opens it, isn't shown")
	}
}

// The script finds wrong what the publisher finds wrong, and nothing else: in examples, and in thousands of documents that are like them.
func TestAddValidates(t *testing.T) {
	tab := addTab(t, addRepository)
	tab.Open("en/" + wire.AddFormatPage("vito"))
	random := rand.New(rand.NewPCG(6, 6))
	for _, name := range schema.Names() {
		data, err := schema.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
		compiled, err := compiler.Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		var parsed map[string]any
		if err := json.Unmarshal(data, &parsed); err != nil {
			t.Fatal(err)
		}
		documents := slices.Clone(parsed["examples"].([]any))
		for range 400 {
			documents = append(documents, mutated(random, documents[random.IntN(min(len(documents), 1+random.IntN(10)))]))
		}
		problems := browsertest.Eval[[]string](tab, fmt.Sprintf("%s.map(d => JSON.stringify(validate(%s, d)))", script(t, documents), data))
		valid := 0
		for i, document := range documents {
			want := compiled.Validate(document)
			if want == nil {
				valid++
			}
			if (want == nil) != (problems[i] == "[]") {
				text, _ := json.Marshal(document)
				t.Errorf("%s: %.400s: the script says %s, expected %v", name, text, problems[i], want)
			}
		}
		if valid < 10 || valid > len(documents)-10 {
			t.Errorf("%s: %d of %d documents are valid", name, valid, len(documents))
		}
	}
}

// script returns a value as an expression: JSON within a text, since __proto__ is no plain key in a literal.
func script(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		data, err = json.Marshal(string(data))
	}
	if err != nil {
		t.Fatal(err)
	}
	return "JSON.parse(" + string(data) + ")"
}

// mutated returns a copy of a document in which something is otherwise, at a random place.
func mutated(random *rand.Rand, v any) any {
	odd := []any{
		nil, true, false, 0, 1, -1, 1.5, 2147483648, "", " ", "x", "1.0.0", "v1.0.0", "1.0.0-beta.1", "a\nb", "a\u00a0", "\u00a0a", "a\u2028b", "a\vb", "\va", "é", strings.Repeat("é", 300), strings.Repeat("😀", 80), strings.Repeat("😀", 81),
		"https://example.org/", "mailto:a@b", "../x", "a/b.png", "/a.png", "MIT", "de", "zh-Hant-TW", []any{}, map[string]any{}, []any{"a", "a"}, []any{1, "1"}, []any{map[string]any{"a": 1}, map[string]any{"a": 1}}, map[string]any{"en": "x"}, map[string]any{"english": "x"}, map[string]any{"__proto__": 1},
	}
	if random.IntN(30) == 0 {
		return odd[random.IntN(len(odd))]
	}
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		copied := make(map[string]any, len(v))
		for key, value := range v {
			keys = append(keys, key)
			copied[key] = value
		}
		slices.Sort(keys)
		switch n := random.IntN(10); {
		case len(keys) == 0 || n == 0:
			copied[[]string{"x", "constructor", "toString", "en", "de-AT", "a.b"}[random.IntN(6)]] = odd[random.IntN(len(odd))]
		case n < 4:
			delete(copied, keys[random.IntN(len(keys))])
		default:
			key := keys[random.IntN(len(keys))]
			copied[key] = mutated(random, v[key])
		}
		return copied
	case []any:
		copied := slices.Clone(v)
		switch n := random.IntN(8); {
		case len(v) == 0 || n == 0:
			return append(copied, odd[random.IntN(len(odd))])
		case n == 1:
			return append(copied, copied[0])
		case n == 2:
			return copied[1:]
		default:
			i := random.IntN(len(v))
			copied[i] = mutated(random, v[i])
			return copied
		}
	case string:
		if random.IntN(2) == 0 {
			return v + []string{"x", " ", ".1", "-", "/", "\n", "é", "\x7f", "\u2029", "\u0085", "\ufeff"}[random.IntN(11)]
		}
	case float64:
		return v + []float64{1, -1, 0.5, 100, -1000, 1e12}[random.IntN(6)]
	}
	return odd[random.IntN(len(odd))]
}

// What the script writes as YAML is read as what it was.
func TestAddWritesYAML(t *testing.T) {
	tab := addTab(t, addRepository)
	tab.Open("en/" + wire.AddFormatPage("native"))
	data, err := schema.Get("native")
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct{ Examples []any }
	if err := json.Unmarshal(data, &parsed); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 7))
	documents := parsed.Examples
	for range 1000 {
		documents = append(documents, mutated(random, documents[random.IntN(min(len(documents), 40))]))
	}
	for _, text := range []string{"yes", "No", "null", "~", "1.0", "0x1f", "1e3", "- a", "a: b", "a #b", "#a", "'a'", "\"", "\\", "a\n", "\t", "*a", "&a", "!a", "%a", "@a", "`a", "a,b", "[a]", "{a}", "2026-01-31", "12:30", ".inf", "-", "?", "=", "<<", "a ", "on", "Off", "é", "日本", "😀", "y"} {
		documents = append(documents, map[string]any{"a": text, text: []any{text, map[string]any{text: text}, []any{text}}})
	}
	written := browsertest.Eval[[]string](tab, fmt.Sprintf("%s.map(d => manifestText(d, 'yaml'))", script(t, documents)))
	read := 0
	for i, document := range documents {
		want, _ := json.Marshal(document)
		if _, ok := document.(map[string]any); !ok {
			continue // a manifest is an object
		}
		value, problems := strictyaml.Parse([]byte(written[i]), strictjson.Limits{})
		if len(problems) > 0 {
			t.Errorf("%s is written as %q: %v", want, written[i], problems[0])
			continue
		}
		if got, _ := json.Marshal(value.Any()); !sameJSON(got, want) {
			t.Errorf("%s is written as %q, which is %s", want, written[i], got)
		}
		read++
	}
	if read < 500 {
		t.Errorf("%d documents", read)
	}
}

// sameJSON reports whether two documents say the same.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return bytes.Equal(p, q)
}

// The form takes for an id what the publisher takes for one.
func TestAddIDs(t *testing.T) {
	tab := addTab(t, addRepository)
	tab.Open("en/" + wire.AddFormatPage("native"))
	ids := []string{"", "a", "A", "a-b", "-a", "a-", "a--b", "a.b", "a..b", ".a", "a.", "a-.b", "con", "con.a", "a.con", "nul", "com1", "com", "lpt9.x", "a b", "a_b", "é", "a/b", "a\n", strings.Repeat("a", 128), strings.Repeat("a", 129)}
	random := rand.New(rand.NewPCG(8, 8))
	for range 2000 {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteByte("aZ9-.._ /"[random.IntN(9)])
		}
		ids = append(ids, b.String())
	}
	for i, ok := range browsertest.Eval[[]bool](tab, script(t, ids)+".map(isPackageId)") {
		if want := wire.CheckID(ids[i]); ok != (want == nil) {
			t.Errorf("%q: %t, expected %v", ids[i], ok, want)
		}
	}
}
