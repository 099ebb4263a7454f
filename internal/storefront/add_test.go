package storefront

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
	"github.com/regen-registry/regen/site"
)

func addPages(t *testing.T, s wire.Site) map[string]string {
	t.Helper()
	r, err := New(site.FS, s)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Add(registry)
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[string]string)
	for _, f := range list {
		pages[f.Path] = string(f.Data)
	}
	return pages
}

// Every field of a form has a label, and what describes it is there; an id is there once.
func TestAddLabels(t *testing.T) {
	control := regexp.MustCompile(`<(?:input|select|textarea) [^>]*>|<input type="checkbox"[^>]*>`)
	attribute := func(tag, name string) string {
		m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		return m[1]
	}
	fields := 0
	for at, page := range addPages(t, wire.Site{}) {
		known := idsOf([]byte(page))
		slices.Sort(known)
		if n := len(known); len(slices.Compact(known)) != n {
			t.Errorf("%s: an id is there twice", at)
		}
		form := page[max(0, strings.Index(page, "<form class=\"add-form")):]
		if !strings.HasPrefix(form, "<form") {
			continue
		}
		form = form[:strings.Index(form, "</form>")]
		for _, tag := range control.FindAllString(form, -1) {
			fields++
			id := attribute(tag, "id")
			if id == "" || !strings.Contains(form, `<label for="`+id+`">`) {
				t.Errorf("%s: no label for %s", at, tag)
			}
			for _, described := range strings.Fields(attribute(tag, "aria-describedby")) {
				if !slices.Contains(known, described) {
					t.Errorf("%s: %s is described by %s, which isn't there", at, id, described)
				}
			}
		}
	}
	if fields < 400 {
		t.Errorf("%d fields", fields)
	}
}

// The form of a format asks for each field of its schema: by a field of its own, or within one that is written as JSON or as lines.
func TestAddFields(t *testing.T) {
	pages := addPages(t, wire.Site{})
	for _, f := range manifest.Formats {
		page := pages["en/"+wire.AddFormatPage(f.Name())]
		part, err := schemaOf(f.Documents()[0].Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, property := range part.Properties {
			if !strings.Contains(page, ` data-key="`+property.Key+`"`) || !strings.Contains(page, escaped(property.Part.About)) {
				t.Errorf("%s: %s isn't asked for", f.Name(), property.Key)
			}
		}
		for _, phrase := range []string{`data-schema="../../` + wire.SchemaPath(f.Documents()[0].Name) + `"`, `<summary>More fields</summary>`, "regen new --format " + f.Name(), "README.md"} {
			if !strings.Contains(page, phrase) {
				t.Errorf("%s: %s isn't there", f.Name(), phrase)
			}
		}
	}
	vito := pages["en/add/vito.html"]
	for _, phrase := range []string{`id="f-extra-vito-name"`, `value="your-name/my-app"`, `<option selected>vito-plugin</option>`, `maxlength="300"`, `data-path="plugins/{id}/composer.json"`, `data-syntax="json"`} {
		if !strings.Contains(vito, phrase) {
			t.Errorf("%s isn't there", phrase)
		}
	}
	if first, more := strings.Index(vito, `id="f-description"`), strings.Index(vito, `id="f-keywords"`); first < 0 || first > more || !strings.Contains(vito[first:more], `class="add-more"`) {
		t.Error("keywords, which no plugin needs, aren't among the other fields")
	}
	if page := pages["en/add/mana.html"]; !strings.Contains(page, `data-path="plugins/{id}/{id}.mana"`) || !strings.Contains(page, "regen.yaml</code> <span") {
		t.Error("the files of a bundle aren't told")
	}
	if page := pages["en/add/native.html"]; !strings.Contains(page, `data-syntax="yaml"`) || !strings.Contains(page, `<template>`) {
		t.Error("regen.yaml isn't YAML, or its lists have no entries")
	}
}

// There is a page for each format that the registry takes, and for no other.
func TestAddTaken(t *testing.T) {
	pages := addPages(t, wire.Site{Formats: []string{"mosis"}, Packages: "apps"})
	if len(pages) != 2*3 || !strings.Contains(pages["en/add/index.html"], `href="../../en/add/mosis.html"`) || strings.Contains(pages["en/add/index.html"], "vito") {
		t.Errorf("%d pages", len(pages))
	}
	if page := pages["de/add/mosis.html"]; !strings.Contains(page, `<code>apps/&lt;id&gt;</code>`) || !strings.Contains(page, "sagt nicht, wo ihr Repo ist") || strings.Contains(page, `id="add-open"`) {
		t.Error("without a repo, the page offers another way, in its language")
	}
}

// Without a script, a link opens the small manifest at the repo's host.
func TestAddOpen(t *testing.T) {
	pages := addPages(t, wire.Site{Repository: "https://github.com/acme/plugins", Branch: "release/1", Packages: "apps"})
	for _, f := range manifest.Formats {
		page := pages["en/"+wire.AddFormatPage(f.Name())]
		m := regexp.MustCompile(`href="(https://github\.com/acme/plugins/new/release/1\?[^"]*)" rel="nofollow noopener noreferrer"`).FindStringSubmatch(page)
		if m == nil {
			t.Errorf("%s: no link opens the manifest", f.Name())
			continue
		}
		u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
		if err != nil || len(u.String()) > maxNewFile {
			t.Fatal(err, len(u.String()))
		}
		name, value := u.Query().Get("filename"), u.Query().Get("value")
		text, err := formatOf(f)
		if err != nil {
			t.Fatal(err)
		}
		if want := "apps/" + text.sample.ID + "/" + text.manifest.Path; name != want || value != string(text.manifest.Data) {
			t.Errorf("%s: %s with %d bytes is opened, expected %s with %d", f.Name(), name, len(value), want, len(text.manifest.Data))
		}
	}
}

// Each host has its own address for a new file. What isn't an address of one, or isn't known, gets none.
func TestNewFileAddress(t *testing.T) {
	for repository, want := range map[string]string{
		"https://github.com/acme/plugins":       "https://github.com/acme/plugins/new/main?filename={path}&value={text}",
		"https://github.com/acme/plugins.git":   "https://github.com/acme/plugins/new/main?filename={path}&value={text}",
		"https://github.com/acme/plugins/":      "https://github.com/acme/plugins/new/main?filename={path}&value={text}",
		"https://gitlab.com/a/b/plugins":        "https://gitlab.com/a/b/plugins/-/new/main?file_name={path}",
		"https://gitlab.example.org/a/b":        "https://gitlab.example.org/a/b/-/new/main?file_name={path}",
		"https://codeberg.org/acme/plugins":     "https://codeberg.org/acme/plugins/_new/main?filename={path}&value={text}",
		"https://gitea.example.org:3000/a/b":    "https://gitea.example.org:3000/a/b/_new/main?filename={path}&value={text}",
		"https://github.com/a/b?x=1#y":          "https://github.com/a/b/new/main?filename={path}&value={text}",
		"https://github.com.example.org/a/b":    "",
		"https://example.org/a/b":               "",
		"http://github.com/a/b":                 "",
		"https://me:secret@github.com/a/b":      "",
		"javascript:alert(1)//github.com/a/b":   "",
		"git@github.com:acme/plugins.git":       "",
		"":                                      "",
		"https://github.com/a/{path}\"><script": "https://github.com/a/%7Bpath%7D%22%3E%3Cscript/new/main?filename={path}&value={text}",
	} {
		if got := newFileAddress(wire.Site{Repository: repository}); got != want {
			t.Errorf("%q: %q, expected %q", repository, got, want)
		}
	}
	if got := newFileAddress(wire.Site{Repository: "https://github.com/a/b", Branch: "a?b#{text}"}); got != "https://github.com/a/b/new/a%3Fb%23%7Btext%7D?filename={path}&value={text}" {
		t.Error(got)
	}
	const address = "https://github.com/a/b/new/main?filename={path}&value={text}"
	if got := newFile(address, "a b/{text}", "x&y=\n+é {path}"); got != "https://github.com/a/b/new/main?filename=a%20b%2F%7Btext%7D&value=x%26y%3D%0A%2B%C3%A9%20%7Bpath%7D" {
		t.Error(got)
	}
	if newFile(address, "a", strings.Repeat("x", 5900)) == "" || newFile(address, "a", strings.Repeat("x", 6000)) != "" {
		t.Error("only an address that hosts take is offered")
	}
}

// The script knows each keyword that the schemas of manifests use.
func TestAddKeywords(t *testing.T) {
	script, err := site.FS.ReadFile("scripts/validate.js")
	if err != nil {
		t.Fatal(err)
	}
	annotations := []string{"$schema", "title", "description", "examples", "default", "patternErrorMessage"}
	used := make(map[string]bool)
	for _, name := range schema.Names() {
		data, err := schema.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		keywords(doc, used)
	}
	for keyword := range used {
		if !slices.Contains(annotations, keyword) && !regexp.MustCompile(`\bschema\.`+regexp.QuoteMeta(keyword)+`\b`).Match(script) {
			t.Errorf("the script doesn't know %s", keyword)
		}
	}
	if len(used) < 20 {
		t.Errorf("%d keywords", len(used))
	}
}

// keywords notes the keywords of a schema, and of the schemas in it.
func keywords(s map[string]any, used map[string]bool) {
	for keyword, v := range s {
		used[keyword] = true
		switch v := v.(type) {
		case map[string]any:
			switch keyword {
			case "properties", "patternProperties":
				for _, part := range v {
					keywords(part.(map[string]any), used)
				}
			case "items", "additionalProperties":
				keywords(v, used)
			case "default":
			default:
				used[keyword+" of an unknown kind"] = true
			}
		case []any:
			if keyword == "oneOf" {
				for _, part := range v {
					keywords(part.(map[string]any), used)
				}
			}
		}
	}
}
