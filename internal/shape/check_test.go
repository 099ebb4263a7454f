package shape

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/schema"
)

// sample has each keyword that the schemas have.
const sample = `{
	"type": "object",
	"additionalProperties": false,
	"properties": {
		"name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 5, "patternErrorMessage": "expected lower-case letters", "examples": ["disk"]},
		"plain": {"type": "string", "minLength": 1},
		"kind": {"enum": ["png", "svg"]},
		"one": {"const": "1.0"},
		"count": {"type": "integer", "minimum": 1, "maximum": 9, "examples": [3]},
		"exact": {"type": "integer", "minimum": 2, "maximum": 2},
		"share": {"type": "number"},
		"on": {"type": "boolean"},
		"tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3, "uniqueItems": true},
		"paths": {"type": "array", "items": {"type": "string", "pattern": "/"}, "patternErrorMessage": "expected a path"},
		"title": {"oneOf": [
			{"type": "string", "pattern": "\\S"},
			{"type": "object", "patternProperties": {"^[a-z]{2}$": {"type": "string"}}, "patternErrorMessage": "expected a language", "additionalProperties": false, "minProperties": 1, "maxProperties": 2}
		], "examples": ["Disk Watch"]},
		"who": {"type": "object", "properties": {"name": {"type": "string", "description": "The name as people are shown it. More.", "examples": ["Ada"]}, "age": {"type": "integer"}}, "required": ["name"]},
		"tree": {"$ref": "#/$defs/tree"}
	},
	"$defs": {"tree": {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}, "leaf": {"type": "boolean"}}, "required": ["leaf"], "additionalProperties": false}}
}`

func sampleSchema(t testing.TB) compiled {
	t.Helper()
	c, err := compile([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parse(t testing.TB, doc string) *strictjson.Value {
	t.Helper()
	v, errs := strictyaml.Parse([]byte(doc), strictjson.Limits{})
	if v == nil {
		t.Fatal(errs)
	}
	return v
}

func lines(problems []*strictjson.Error) []string {
	var list []string
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s %d:%d: %s | %s", strings.TrimPrefix(p.Code, "schema/"), p.Line, p.Column, p.Message, p.Hint))
	}
	return list
}

// Every kind of problem is told where it is, in words, and with what to do.
func TestMessages(t *testing.T) {
	c := sampleSchema(t)
	for _, test := range []struct {
		doc  string
		want []string
	}{
		{"name: disk\nkind: png\none: '1.0'\ncount: 9\nexact: 2\nshare: 0.5\non: true\ntags: [a, b]\npaths: [a/b]\ntitle: {en: Disk}\nwho: {name: Ada, shoes: 9}\ntree: {leaf: true, kids: []}", nil},
		{"{}", nil},

		{"- name", []string{`type 1:1: it is a list, expected keys with their values | write keys with their values, such as "count": 3`}},
		{"name: 5", []string{`type 1:7: name is the number 5, expected a text | write it like "disk"`}},
		{"plain: 5", []string{`type 1:8: plain is the number 5, expected a text | put it in quotes: "5"`}},
		{"plain: true", []string{`type 1:8: plain is true, expected a text | put it in quotes: "true"`}},
		{"plain:", []string{`type 1:7: plain is empty, expected a text | remove the key where there is nothing to say`}},
		{"tags: a", []string{`type 1:7: tags is the text "a", expected a list | write a list: ["a"]`}},
		{"tags: {a: b}", []string{`type 1:7: tags is keys with their values, expected a list | write a list`}},
		{"on: 'false'", []string{`type 1:5: on is the text "false", expected true or false | write it without quotes: false`}},
		{"on: 1", []string{`type 1:5: on is the number 1, expected true or false | write true or false`}},
		{"share: high", []string{`type 1:8: share is the text "high", expected a number | write a number`}},
		{"count: '5'", []string{`type 1:8: count is the text "5", expected a whole number | write it without quotes: 5`}},
		{"count: 1.5", []string{`type 1:8: count is the number 1.5, expected a whole number | write it like 3`}},
		{"title: [Disk]", []string{`type 1:8: title is a list, expected a text or keys with their values | write it like "Disk Watch"`}},
		{"title: {en: 5}", []string{`type 1:13: title.en is the number 5, expected a text | put it in quotes: "5"`}},

		{"who: {age: 5}", []string{`required 1:6: who has no "name", expected it: the name as people are shown it | add name: "Ada"`}},
		{"tree: {kids: [{leaf: true}, {}]}", []string{
			`required 1:7: tree has no "leaf", expected true or false | add the key with its value`,
			`required 1:29: tree.kids[1] has no "leaf", expected true or false | add the key with its value`,
		}},
		{"nmae: disk\n\"a b\": 1\nxyz: 1", []string{
			`unknown-key 1:1: it has no key "nmae" | did you mean "name"?`,
			`unknown-key 2:1: it has no key "a b" | known: count, exact, kind, name, on, one, paths, plain, share, tags, title, tree, who`,
			`unknown-key 3:1: it has no key "xyz" | known: count, exact, kind, name, on, one, paths, plain, share, tags, title, tree, who`,
		}},
		{"title: {english: Disk, de: Platte, EN: Disk}", []string{
			`items 1:8: title has 3 keys, expected 1 to 2 | keep those that matter most`,
			`key 1:9: title has the key "english", expected a language | rename the key`,
			`key 1:36: title has the key "EN", expected a language | rename the key`,
		}},
		{"name: DISK", []string{`pattern 1:7: name is "DISK", expected lower-case letters | write it like "disk"`}},
		{"title: ' '", []string{`pattern 1:8: title is " ", expected a text | write a text`}},
		{"paths: [a/b, c]", []string{`pattern 1:14: paths[1] is "c", expected a path | write a text`}},
		{"name: d", []string{`length 1:7: name has 1 character, expected 2 to 5 | write some more, or remove the key`}},
		{"name: éééééé", []string{`length 1:7: name has 6 characters, expected 2 to 5 | make it shorter`, `pattern 1:7: name is "éééééé", expected lower-case letters | write it like "disk"`}},
		{"plain: ''", []string{`length 1:8: plain has 0 characters, expected at least 1 | write some more, or remove the key`}},
		{"kind: pgn", []string{`enum 1:7: kind is "pgn", expected png or svg | did you mean "png"?`}},
		{"kind: picture", []string{`enum 1:7: kind is "picture", expected png or svg | write png or svg`}},
		{"kind: 1", []string{`type 1:7: kind is the number 1, expected a text | write png or svg`}},
		{"one: '2.0'", []string{`enum 1:6: one is "2.0", expected 1.0 | did you mean "1.0"?`}},
		{"count: 0", []string{`range 1:8: count is 0, expected 1 to 9 | raise it`}},
		{"count: 10", []string{`range 1:8: count is 10, expected 1 to 9 | lower it`}},
		{"exact: 3", []string{`range 1:8: exact is 3, expected exactly 2 | lower it`}},
		{"tags: []", []string{`items 1:7: tags has 0 items, expected 1 to 3 | add what is missing, or remove the key`}},
		{"tags: [a, b, c, d]", []string{`items 1:7: tags has 4 items, expected 1 to 3 | keep those that matter most`}},
		{"title: {}", []string{`items 1:8: title has 0 keys, expected 1 to 2 | add what is missing, or remove the key`}},
		{"tags: [a, b, a]", []string{`duplicate-item 1:14: tags has "a" twice | remove one of the two`}},
		{"name: DISK\ncount: 0\nwho: {}", []string{ // all, in the order of the document
			`pattern 1:7: name is "DISK", expected lower-case letters | write it like "disk"`,
			`range 2:8: count is 0, expected 1 to 9 | raise it`,
			`required 3:6: who has no "name", expected it: the name as people are shown it | add name: "Ada"`,
		}},
		{"paths:\n  - a\n  - \"\\u202e\\n\"\n", []string{ // what isn't printable is escaped
			`pattern 2:5: paths[0] is "a", expected a path | write a text`,
			`pattern 3:5: paths[1] is "\u202e\n", expected a path | write a text`,
		}},
	} {
		got := lines(c.check("it", parse(t, test.doc)))
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.doc, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
	v, err := strictjson.Parse([]byte(`{"who": {}}`), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.check("app.json", v); len(got) != 1 || got[0].Hint != `add "name": "Ada"` {
		t.Errorf("in JSON a key is in quotes: %v", lines(got))
	}
}

// The same document gives the same problems each time, although the validator goes through objects in any order.
func TestOrder(t *testing.T) {
	c := sampleSchema(t)
	v := parse(t, "title: {english: a, german: b}\nwho: {age: x}\ntree: {leaf: 1, kids: [{leaf: 2, a: 1, b: 2, c: 3}, {d: 4}]}\nz: 1\ny: 2\n")
	want := lines(c.check("it", v))
	for range 50 {
		if got := lines(c.check("it", v)); !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// However many problems there are, so many are told, and soon.
func TestBounds(t *testing.T) {
	c := sampleSchema(t)
	object := func(n int, member string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ","+member, i)
		}
		return "{" + strings.TrimPrefix(b.String(), ",") + "}"
	}
	list := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	long := strings.Repeat("9", 300_000)
	for _, test := range []struct {
		shows, doc string
		problems   int
		most       time.Duration
	}{
		{"10,000 unknown keys", object(10_000, `"key%d":0`), 10_000, 100 * time.Millisecond},
		{"99,000 unknown keys", object(99_000, `"k%d":0`), 99_000, time.Second},
		{"99,000 keys that are no language", `{"title":` + object(99_000, `"k%d":0`) + `}`, 99_001, time.Second},
		{"99,000 values of another kind", `{"tags":` + list(99_000, "1") + `}`, 99_002, time.Second},
		{"30,000 objects without what they need", `{"tree":{"leaf":true,"kids":` + list(30_000, `{"a":1,"b":2}`) + `}}`, 90_000, time.Second},
		{"numbers that take very long to work with", `{"tags":` + list(50_000, "1e999999") + `}`, 50_002, time.Second},
		{"a number that isn't worked with at all", `{"count":1e99999999999}`, 1, time.Second},
		{"a number that is nearly nothing", `{"count":1e-99999999999}`, 1, time.Second},
		{"a very long number", `{"count":` + long + `,"name":` + long + `}`, 2, time.Second},
		{"a very long name", `{"` + strings.Repeat("x", 500_000) + `":1,"name":"` + strings.Repeat("x", 500_000) + `"}`, 2, time.Second},
		{"a long way down", `{"tree":` + strings.Repeat(`{"leaf":true,"kids":[`, 30) + `{}` + strings.Repeat(`]}`, 30) + `}`, 1, time.Second},
	} {
		v, err := strictjson.Parse([]byte(test.doc), strictjson.Limits{Size: 4 << 20})
		if err != nil {
			t.Fatalf("%s: %v", test.shows, err)
		}
		var got []*strictjson.Error
		gittest.Within(t, test.most, test.shows, func() { got = c.check("it", v) })
		want := min(test.problems, 50)
		if test.problems > 50 {
			want++
			last := got[len(got)-1]
			if more := fmt.Sprintf("%d more problems from here on aren't listed", test.problems-50); last.Code != CodeMany || last.Message != more {
				t.Errorf("%s: the last is %v, expected %q", test.shows, last, more)
			}
		}
		if len(got) != want {
			t.Errorf("%s: %d problems, expected %d", test.shows, len(got), want)
		}
		for _, p := range got {
			if len(p.Message) > 500 || len(p.Hint) > 500 {
				t.Errorf("%s: a message of %d bytes with a hint of %d", test.shows, len(p.Message), len(p.Hint))
			}
		}
	}
}

// Numbers mean what readers of JSON make of them.
func TestNumbers(t *testing.T) {
	c := sampleSchema(t)
	for doc, code := range map[string]string{
		`{"count": 3}`: "", `{"count": 3.0}`: "", `{"count": 3e0}`: "", `{"count": 0.3e1}`: "", `{"count": 30000000000000000000000e-22}`: "",
		`{"count": 3.5}`: CodeType, `{"count": 1e400}`: CodeRange, `{"count": -1e400}`: CodeRange, `{"count": 1e-400}`: CodeType, `{"count": 0e999999999999}`: CodeRange, `{"count": -0}`: CodeRange,
		`{"count": 123456789012345678901}`: CodeRange,
	} {
		v, err := strictjson.Parse([]byte(doc), strictjson.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if problems := c.check("it", v); len(problems) > 0 {
			got = problems[0].Code
		}
		if got != code {
			t.Errorf("%s: %q, expected %q", doc, got, code)
		}
	}
}

// FuzzCheck holds any document against any schema.
func FuzzCheck(f *testing.F) {
	for _, name := range schema.Names() {
		data, err := schema.Get(name)
		if err != nil {
			f.Fatal(err)
		}
		var doc struct{ Examples []json.RawMessage }
		if err := json.Unmarshal(data, &doc); err != nil {
			f.Fatal(err)
		}
		for _, example := range doc.Examples {
			f.Add([]byte(example))
		}
	}
	for _, doc := range []string{
		`{"name": {"": 1, "en": [], "de": null}, "version": 1e9, "icons": [{"path": 5}, 7, null]}`, `[[[[]]]]`, `{"limits": {"files": 1e999999999, "package_size": "5"}}`,
		`{"extra": {"vito": {"author": [], "screenshots": ["a", "a"]}}, "license": []}`, `{"steps": [{"id": "a", "releaseOn": {"any": [{"all": []}]}}]}`, `null`, `"x"`, `-1e-400`,
	} {
		f.Add([]byte(doc))
	}
	names := schema.Names()
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := strictjson.Parse(doc, strictjson.Limits{Size: 1 << 16})
		if err != nil {
			return
		}
		for _, name := range names {
			problems := Check(name, name+".json", v)
			if len(problems) > maxProblems+1 {
				t.Fatalf("%d problems", len(problems))
			}
			offset := 0
			for _, p := range problems {
				if p.Code == "" || p.Message == "" || p.Hint == "" || p.Line < 1 || p.Column < 1 || p.Offset < offset || p.Offset > len(doc) {
					t.Fatalf("%s: bad problem %+v", name, p)
				}
				offset = p.Offset
			}
		}
	})
}
