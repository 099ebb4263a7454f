package strictyaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/strictjson"
)

type object = map[string]any

func TestAccepts(t *testing.T) {
	for _, test := range []struct {
		shows, doc string
		want       any
	}{
		{"nothing at all is an empty object", "", object{}},
		{"comments alone", "# one\n\n  # two\n", object{}},
		{"a document mark alone", "---\n", object{}},
		{"a document mark and comments", "# one\n--- # two\n# three\n...\n", object{}},
		{"null at the top is no empty object", "null\n", nil},
		{"an empty text neither", `""`, ""},
		{"block style", "a:\n  b: x\n  c:\n  - 1\n  - d: e\n    f: g\n", object{"a": object{"b": "x", "c": []any{json.Number("1"), object{"d": "e", "f": "g"}}}}},
		{"flow style", "{a: [b, {c: d}, [], {}], e}", object{"a": []any{"b", object{"c": "d"}, []any{}, object{}}, "e": nil}},
		{"JSON", `{"a": [1, -2.5e+3, "x\u00e9", true, null]}`, object{"a": []any{json.Number("1"), json.Number("-2.5e+3"), "xé", true, nil}}},
		{"both kinds of quotes", `{a: "x\ty", b: 'it''s \t'}`, object{"a": "x\ty", "b": `it's \t`}},
		{"a literal block", "a: |\n  one\n  two\n", object{"a": "one\ntwo\n"}},
		{"a folded block", "a: >-\n  one\n  two\n\n  three\n", object{"a": "one two\nthree"}},
		{"a text of several lines", "a: one\n  two\n", object{"a": "one two"}},
		{"booleans and nulls", "[true, false, null]\n", []any{true, false, nil}},
		{"values left out", "a:\nb:\n- \n", object{"a": nil, "b": []any{nil}}},
		{"windows' line ends", "a: b\r\nc:\r\n  - d\r\n", object{"a": "b", "c": []any{"d"}}},
		{"a mark before the only document", "---\na: b\n...\n# end\n", object{"a": "b"}},
		{"the version of YAML", "%YAML 1.1\n---\na: b\n", object{"a": "b"}},
		{"the same key in two mappings", "- a: 1\n- a: 2\n", []any{object{"a": json.Number("1")}, object{"a": json.Number("2")}}},
		{"keys in quotes may look like anything", "{\"1\": a, 'yes': b, \"<<\": c, \"\": d, \"~\": e}", object{"1": "a", "yes": "b", "<<": "c", "": "d", "~": "e"}},
		{"keys that differ in case", "{a: b, A: c}", object{"a": "b", "A": "c"}},
		{"texts with marks inside", "[a&b, 2*3, what!, http://x/#y, a#b, c:d, '*.psd']", []any{"a&b", "2*3", "what!", "http://x/#y", "a#b", "c:d", "*.psd"}},
		{"letters and emoji of every plane, with joiners", "näme: 👩\u200d🚀 שלום\n", object{"näme": "👩\u200d🚀 שלום"}},
		{"control characters by name are left to whoever shows the text", `"\0\e\u202e"`, "\x00\x1b\u202e"},
	} {
		v, errs := Parse([]byte(test.doc), strictjson.Limits{})
		if len(errs) > 0 || !reflect.DeepEqual(v.Any(), test.want) {
			t.Errorf("%s: got %#v, errors %v, want %#v", test.shows, v.Any(), errs, test.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, test := range []struct {
		shows, doc string
		want       []string // code line:column: message | hint
	}{
		{"a UTF-8 byte order mark", "\xef\xbb\xbfa: b", []string{`yaml/encoding 1:1: the document begins with a byte order mark (UTF-8) | save it as UTF-8 without a byte order mark`}},
		{"UTF-16", "\xff\xfea\x00", []string{`yaml/encoding 1:1: the document begins with a byte order mark (UTF-16) | save it as UTF-8 without a byte order mark`}},
		{"Latin-1", "a: b\nc: caf\xe9\n", []string{`yaml/encoding 2:7: byte 0xe9 is not part of any UTF-8 character | save the file as UTF-8`}},
		{"a surrogate encoded as UTF-8", "\xed\xa0\x80", []string{`yaml/encoding 1:1: byte 0xed is not part of any UTF-8 character | save the file as UTF-8`}},
		{"all characters that nobody sees", "a: é\x00\n# \u202eabc\nb: c\ufeff\uffff", []string{
			`yaml/character 1:6: found a control character (U+0000), expected visible text | remove it`,
			`yaml/character 2:3: found a bidi control (U+202E), expected visible text | remove it`,
			`yaml/character 3:5: found an invisible character (U+FEFF), expected visible text | remove it`,
			`yaml/character 3:8: found a noncharacter (U+FFFF), expected visible text | remove it`}},
		{"line ends that only some tools count", "a: b\rc: d\u2028e: f\u0085", []string{
			`yaml/character 1:5: found a control character (U+000D), expected visible text | remove it`,
			`yaml/character 1:10: found a line separator (U+2028), expected visible text | remove it`,
			`yaml/character 1:17: found a control character (U+0085), expected visible text | remove it`}},

		{"an anchor and its alias", "a: &x y\nb: *x\n", []string{
			`yaml/alias 1:4: found the anchor "&x", expected a document without anchors and aliases | put a text that begins with & in quotes, or remove the anchor and write the value where it is needed`,
			`yaml/alias 2:4: found the alias "*x", expected a document without anchors and aliases | put a text that begins with * in quotes, or write the value itself`}},
		{"aliases within what has an anchor, and as a key", "a: &x [&y b, *y]\n*x : c\n", []string{
			`yaml/alias 1:4: found the anchor "&x", expected a document without anchors and aliases | put a text that begins with & in quotes, or remove the anchor and write the value where it is needed`,
			`yaml/alias 1:8: found the anchor "&y", expected a document without anchors and aliases | put a text that begins with & in quotes, or remove the anchor and write the value where it is needed`,
			`yaml/alias 1:14: found the alias "*y", expected a document without anchors and aliases | put a text that begins with * in quotes, or write the value itself`,
			`yaml/alias 2:1: found the alias "*x", expected a document without anchors and aliases | put a text that begins with * in quotes, or write the value itself`}},
		{"an alias of nothing", "# *x\na: '*x'\né: [b, *x]\n", []string{`yaml/alias 3:9: found the alias "*x", expected a document without anchors and aliases | put a text that begins with * in quotes, or write the value itself`}},
		{"a merge key", "a: b\n<<: {c: d}\n", []string{`yaml/alias 2:1: found the merge key <<, expected a document without anchors and aliases | write the keys themselves`}},
		{"tags of every kind", "a: !!str b\nc: !d e\nf: !<g> h\n!!str i: ! j\n", []string{
			`yaml/tag 1:4: found the tag "!!str", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 2:4: found the tag "!d", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 3:4: found the tag "g", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 4:1: found the tag "!!str", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 4:10: found the tag "!", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`}},
		{"the tag ! of a mapping, a key, a list and nothing", "- !\n  a: b\n- ! c: d\n- ! [e]\n- !\n", []string{
			`yaml/tag 1:3: found the tag "!", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 3:3: found the tag "!", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 4:3: found the tag "!", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`,
			`yaml/tag 5:3: found the tag "!", expected a document without tags | put a text that begins with ! in quotes, or remove the tag`}},
		{"a tag that isn't declared", "a: !b!c d\n", []string{`yaml/tag 1:1: found a tag that isn't declared, expected a document without tags | put a text that begins with ! in quotes, or remove the tag`}},
		{"a second document", "a: b\n---\nc: d\n---\ne: f\n", []string{`yaml/documents 2:1: a second document begins, expected one | remove the line --- and merge what follows it`}},
		{"a second document without content, after other findings", "a: yes\n---\n", []string{
			`yaml/surprise 1:4: found "yes" without quotes, which YAML 1.1 takes for true and YAML 1.2 for a text | put it in quotes: "yes", or write true`,
			`yaml/documents 2:1: a second document begins, expected one | remove the line --- and merge what follows it`}},

		{"a key twice, and three times", "a: 1\n\"a\": 2\n'a': 3\n", []string{
			`yaml/duplicate-key 2:1: the key "a" is here twice, first at line 1 column 1 | remove one of the two: readers don't agree on which of them counts`,
			`yaml/duplicate-key 3:1: the key "a" is here twice, first at line 1 column 1 | remove one of the two: readers don't agree on which of them counts`}},
		{"a key twice, spelt with an escape", `{é: 1, "\xe9": 2}`, []string{`yaml/duplicate-key 1:9: the key "é" is here twice, first at line 1 column 2 | remove one of the two: readers don't agree on which of them counts`}},
		{"keys that aren't texts", "1: a\n1.5: b\ntrue: c\nnull: d\n? [e]\n: f\n? g: h\n: i\n", []string{
			`yaml/key 1:1: found the number "1" as a key, expected a text | put it in quotes: "1"`,
			`yaml/key 2:1: found the number "1.5" as a key, expected a text | put it in quotes: "1.5"`,
			`yaml/key 3:1: found the boolean "true" as a key, expected a text | put it in quotes: "true"`,
			`yaml/key 4:1: found the null "null" as a key, expected a text | put it in quotes: "null"`,
			`yaml/key 5:3: found a list as a key, expected a text | put a text that begins with { or [ in quotes`,
			`yaml/key 7:3: found a mapping as a key, expected a text | put a text that begins with { or [ in quotes`}},
		{"a key that is left out", "a: b\n? \n: c\n", []string{`yaml/key 2:2: found nothing as a key, expected a text | write the key before the colon`}},
		{"a placeholder without quotes", "a: {{ b }}\n", []string{`yaml/key 1:5: found a mapping as a key, expected a text | put a text that begins with { or [ in quotes`}},
		{"a surprise as a key has no other meaning", "on: a\n12:30: b\n", []string{
			`yaml/surprise 1:1: found "on" without quotes, which YAML 1.1 takes for true and YAML 1.2 for a text | put it in quotes: "on"`,
			`yaml/surprise 2:1: found "12:30" without quotes, which YAML 1.1 takes for a number to the base 60 (750) and YAML 1.2 for a text | put it in quotes: "12:30"`}},
		{"columns are bytes", "{é😀: no, x: a, x: b}", []string{
			`yaml/surprise 1:10: found "no" without quotes, which YAML 1.1 takes for false and YAML 1.2 for a text | put it in quotes: "no", or write false`,
			`yaml/duplicate-key 1:20: the key "x" is here twice, first at line 1 column 14 | remove one of the two: readers don't agree on which of them counts`}},

		{"65 levels, twice", "[" + strings.Repeat("[", 64) + strings.Repeat("]", 64) + ",\n" + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "]", []string{
			`yaml/depth 1:65: lists and mappings are nested more than 64 deep | nest them less deeply`,
			`yaml/depth 2:64: lists and mappings are nested more than 64 deep | nest them less deeply`}},
		{"more levels than yaml.v3 wants", "# a\n" + strings.Repeat("[", 20_000), []string{`yaml/depth 2:1: lists and mappings are nested more than 64 deep | nest them less deeply`}},
		{"more than 64 KiB", strings.Repeat("#", 64<<10) + "\n", []string{`yaml/size 1:1: the document has 65537 bytes, at most 65536 are allowed | move long texts into files of their own`}},
	} {
		t.Run(test.shows, func(t *testing.T) { refused(t, test.doc, test.want) })
	}
}

// What isn't YAML ends the parsing, with the right line and a hint.
func TestSyntax(t *testing.T) {
	const (
		tabs     = "indent with spaces, not with tabs"
		quote    = "put a text that begins with *, &, @, `, % or ! in quotes"
		unclosed = "a quote isn't closed"
		colon    = "put a text that holds a colon in quotes, and indent all keys of a mapping alike"
		key      = "indent all keys of a mapping alike, and write nothing after a closing quote or bracket"
		bracket  = "a bracket isn't closed, or a comma is missing"
		comma    = "a value is missing, a bracket isn't closed, or there is a comma too many"
		item     = "indent all items of a list alike, and what follows the list less"
		escape   = `write \\ for a backslash, or put the text in single quotes`
	)
	for _, test := range []struct{ shows, doc, want, hint string }{
		{"a tab as indent", "a:\n\tb: 1\n", "2:2: not YAML: found character that cannot start any token", tabs},
		{"a tab in a block", "a: |\n\ttext\n", "1:1: not YAML: found a tab character where an indentation space is expected", tabs},
		{"a colon in a text, first line", "a: b: c\n", "1:1: not YAML: mapping values are not allowed in this context", colon},
		{"a colon in a text, later", "a: b\nc: d: e\n", "2:1: not YAML: mapping values are not allowed in this context", colon},
		{"a bracket that isn't closed", "a: b\nc: [d\ne: f\n", "2:1: not YAML: did not find expected ',' or ']'", bracket},
		{"a brace that isn't closed", "a: {b: c\nd: e\n", "1:1: not YAML: did not find expected ',' or '}'", bracket},
		{"a comma too many", "a: b\nc: [d, , e]\n", "2:1: not YAML: did not find expected node content", comma},
		{"a quote that isn't closed, first line", "a: \"b\nc: d\ne: f\n", "1:1: not YAML: found unexpected end of stream", unclosed},
		{"a quote that isn't closed, later", "a: b\nc: 'd\ne: f\n", "2:1: not YAML: found unexpected end of stream", unclosed},
		{"a quote within single quotes", "a: b\nc: d\ne: 'it's'\n", "3:1: not YAML: did not find expected key", key},
		{"text after a quote, in the last line", "a: b\nc:\n  d: \"e\" f", "3:3: not YAML: did not find expected key", key},
		{"a key indented less", "a:\n    b: c\n  d: e\n", "3:3: not YAML: did not find expected key", key},
		{"a folded text indented less", "a: >\n  one\n two\nb: c\n", "3:2: not YAML: did not find expected key", key},
		{"a key among items", "a: b\nc:\n  - d\n  - e\n  f: g\nh: i\n", "5:3: not YAML: did not find expected '-' indicator", item},
		{"a line without a colon", "a: b\nc\nd: e\n", "2:1: not YAML: could not find expected ':'", "write key: value, and indent the further lines of a text"},
		{"a list behind a colon", "a: - b\n", "1:1: not YAML: block sequence entries are not allowed in this context", "begin a list on a line of its own, and put a text that begins with a hyphen in quotes"},
		{"a glob in a list", "a: b\nc: [*.psd]\n", "2:1: not YAML: did not find expected alphabetic or numeric character", quote},
		{"a glob of two stars", "c: **/*.psd\n", "1:1: not YAML: did not find expected alphabetic or numeric character", quote},
		{"an @", "a: @b\n", "1:1: not YAML: found character that cannot start any token", quote},
		{"a backquote", "a: b\nc: `d`\n", "2:1: not YAML: found character that cannot start any token", quote},
		{"a path of Windows", `a: "C:\dir"`, "1:1: not YAML: found unknown escape character", escape},
		{"half of a surrogate pair", `a: "\ud800"`, "1:1: not YAML: found invalid Unicode character escape code", escape},
		{"a directive", "%FOO\n---\na: b\n", "1:1: not YAML: found unknown directive name", "remove the line that begins with %"},
		{"in the second document", "a: b\n---\nc: [\n", "4:1: not YAML: did not find expected node content", comma},
	} {
		t.Run(test.shows, func(t *testing.T) { refused(t, test.doc, []string{"yaml/syntax " + test.want + " | " + test.hint}) })
	}
}

func refused(t *testing.T, doc string, want []string) {
	t.Helper()
	var got []string
	_, errs := Parse([]byte(doc), strictjson.Limits{})
	for _, err := range errs {
		got = append(got, err.Code+" "+err.Error()+" | "+err.Hint)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Beside a surprise and a duplicate key there is a value, and beside any other error there is none.
func TestValueBesideErrors(t *testing.T) {
	v, errs := Parse([]byte("a: yes\nb: [0777, c]\nb: d\n"), strictjson.Limits{})
	if want := (object{"a": "yes", "b": []any{"0777", "c"}}); len(errs) != 3 || !reflect.DeepEqual(v.Any(), want) {
		t.Errorf("got %#v, %d errors", v.Any(), len(errs))
	}
	for _, doc := range []string{"a: yes\nb: *c\n", "a: yes\nb: &c d", "a: yes\n1: b\n", "a: yes\nb: !c d\n", "a: yes\n---\n", "a: yes\nb: [", "# \x00", "\xff"} {
		if v, errs := Parse([]byte(doc), strictjson.Limits{}); v != nil || len(errs) == 0 {
			t.Errorf("%q: got %#v, errors %v", doc, v.Any(), errs)
		}
	}
}

// No more than 100 errors are returned; those that aren't count for the value all the same.
func TestErrorsAreBounded(t *testing.T) {
	doc := "[" + strings.Repeat("yes, ", 10_000)
	if v, errs := Parse([]byte(doc+"]"), strictjson.Limits{}); v == nil || len(errs) != 100 {
		t.Errorf("got value %v and %d errors", v != nil, len(errs))
	}
	if v, errs := Parse([]byte(doc+"!a b]"), strictjson.Limits{}); v != nil || len(errs) != 100 {
		t.Errorf("with a tag at the end: got value %v and %d errors", v != nil, len(errs))
	}
}

// The limits are those of the caller: at one nothing happens, beyond it the error comes.
func TestLimits(t *testing.T) {
	for _, test := range []struct {
		doc  string
		lim  strictjson.Limits
		code string
	}{
		{`[[]]`, strictjson.Limits{Size: 4, Depth: 2, Values: 2}, ""},
		{`[[]]`, strictjson.Limits{Size: 3}, CodeSize},
		{`[[]]`, strictjson.Limits{Depth: 1}, CodeDepth},
		{`[[]]`, strictjson.Limits{Values: 1}, CodeValues},
		{`{a: b, c: d}`, strictjson.Limits{Values: 3}, ""}, // keys aren't counted
		{`{a: b, c: d}`, strictjson.Limits{Values: 2}, CodeValues},
		{strings.Repeat("[", 64) + strings.Repeat("]", 64), strictjson.Limits{}, ""},
		{strings.Repeat("- ", 64), strictjson.Limits{}, ""},
		{strings.Repeat("- ", 65), strictjson.Limits{}, CodeDepth},
		{strings.Repeat("[", 1000) + strings.Repeat("]", 1000), strictjson.Limits{Depth: 1 << 40}, ""},
		{strings.Repeat("[", 1001) + strings.Repeat("]", 1001), strictjson.Limits{Depth: 1 << 40}, CodeDepth}, // never deeper
		{strings.Repeat("#", 64<<10), strictjson.Limits{}, ""},
		{strings.Repeat("#", 64<<10+1), strictjson.Limits{}, CodeSize},
		{strings.Repeat("-\n", 99_999), strictjson.Limits{Size: 1 << 20}, ""},
		{strings.Repeat("-\n", 100_000), strictjson.Limits{Size: 1 << 20}, CodeValues},
	} {
		code := ""
		if _, errs := Parse([]byte(test.doc), test.lim); len(errs) > 0 {
			code = errs[0].Code
		}
		if code != test.code {
			t.Errorf("%.20s with %+v: got %q, want %q", test.doc, test.lim, code, test.code)
		}
	}
}

func TestPositions(t *testing.T) {
	doc := "# é\né: [1,\r\n    {\"b\": 'x'}]\nc:\nd: |\n  text\ne:\n  - f\n  -   g: h\n\"i\": "
	v, errs := Parse([]byte(doc), strictjson.Limits{})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, test := range []struct {
		what      string
		pos, want strictjson.Pos
	}{
		{"a mapping begins with its first key", v.Pos, strictjson.Pos{Offset: 5, Line: 2, Column: 1}},
		{"a key", v.Member("é").KeyPos, strictjson.Pos{Offset: 5, Line: 2, Column: 1}},
		{"a list; columns are bytes", v.Get("é").Pos, strictjson.Pos{Offset: 9, Line: 2, Column: 5}},
		{"an item", v.Get("é").Items[0].Pos, strictjson.Pos{Offset: 10, Line: 2, Column: 6}},
		{"after a CRLF", v.Get("é").Items[1].Pos, strictjson.Pos{Offset: 18, Line: 3, Column: 5}},
		{"a key in quotes", v.Get("é").Items[1].Member("b").KeyPos, strictjson.Pos{Offset: 19, Line: 3, Column: 6}},
		{"a text in quotes", v.Get("é").Items[1].Get("b").Pos, strictjson.Pos{Offset: 24, Line: 3, Column: 11}},
		{"a value left out is behind its colon", v.Get("c").Pos, strictjson.Pos{Offset: 32, Line: 4, Column: 3}},
		{"a block begins with its mark", v.Get("d").Pos, strictjson.Pos{Offset: 36, Line: 5, Column: 4}},
		{"a list begins with its first hyphen", v.Get("e").Pos, strictjson.Pos{Offset: 50, Line: 8, Column: 3}},
		{"deep", v.Get("e").Items[1].Get("g").Pos, strictjson.Pos{Offset: 63, Line: 9, Column: 10}},
		{"at the end", v.Get("i").Pos, strictjson.Pos{Offset: 69, Line: 10, Column: 5}},
	} {
		if test.pos != test.want {
			t.Errorf("%s: got %v, want %v", test.what, test.pos, test.want)
		}
	}
}

// What Parse returns doesn't change when the caller uses the buffer again.
func TestKeepsNothing(t *testing.T) {
	doc := []byte("key: [text, 12]\n")
	v, errs := Parse(doc, strictjson.Limits{})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	clear(doc)
	if items := v.Get("key").Items; items[0].String != "text" || items[1].Number != "12" {
		t.Error("the value changed with the buffer")
	}
}

// A document of aliases of aliases is refused at the price of its bytes.
func TestBillionLaughs(t *testing.T) {
	var doc bytes.Buffer
	doc.WriteString("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&doc, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	v, errs := Parse(doc.Bytes(), strictjson.Limits{})
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	if v != nil || len(errs) == 0 || errs[0].Code != CodeAlias {
		t.Errorf("not refused: %v", errs)
	}
	if used := after.TotalAlloc - before.TotalAlloc; elapsed > 100*time.Millisecond || used > 4<<20 {
		t.Errorf("%d bytes took %v and %d bytes of memory", doc.Len(), elapsed, used)
	}
}

// Documents that are as bad as can be take no longer than a moment: 64 KiB, and 1 MiB where that is allowed.
func TestCost(t *testing.T) {
	parse := func(doc string, size int, most time.Duration) {
		gittest.Within(t, most, fmt.Sprintf("%d bytes of %.20q", len(doc), doc), func() { Parse([]byte(doc), strictjson.Limits{Size: size}) })
	}
	for _, s := range []string{
		"[", "{", "{a: ", "- ", "? ", "a: ", "a: {}\n", "#\n", "# a\n\n", "- # a\n", "!a ", "&a ", "*a ", "a\n\n", "\"", "'", "|\n", "---\n", "%A\n",
		"a: |\n ", "[a,", "&a [*a,", ": ", "\t", "a, ", "?\n", "a:\n #\n", "[\n# a\n", "{a,", "[?", "{\"\":[", "é", "~\n", "- y\n", "0_",
	} {
		for _, before := range []string{"", "a: ["} {
			parse(before+strings.Repeat(s, (DefaultSize-len(before))/len(s)), 0, 2*time.Second)
		}
	}
	parse(strings.Repeat("- # a\n", 10_000)+"b: c\n", 0, 2*time.Second) // the line is looked for
	stairs := ""
	for i := 0; len(stairs) < DefaultSize-1000; i++ {
		stairs += strings.Repeat(" ", i) + "a:\n"
	}
	parse(stairs, 0, 2*time.Second)
	if testing.Short() {
		return
	}
	for _, s := range []string{"[", "?\n", "a: 1 # b\n# c\n"} {
		parse(strings.Repeat(s, (1<<20)/len(s)), 1<<20, 5*time.Second)
	}
}

// What made earlier versions of yaml.v3 panic has a value or an error, and what may make this one panic has an error of the syntax.
func TestPanics(t *testing.T) {
	for _, doc := range []string{
		"#\n-\n-\n0", "a:\n.\n-", "#\n-\n{", "0: [:!00 ", "{{},<<}", "? \"\n\" 0", "  0: [\n] 0", "0:\n    - {\n000}0", "\"\\0\\\r\n", " \ufeff\n", "- - - - \n - \n  0\n0: [:!00 \xef",
	} {
		if v, errs := Parse([]byte(doc), strictjson.Limits{}); v == nil && len(errs) == 0 {
			t.Errorf("%q: neither value nor error", doc)
		}
	}
	r := &reader{data: []byte("a: b\n"), lim: orDefaults(strictjson.Limits{})}
	r.characters()
	if r.syntax(errPanic); len(r.errs) != 1 || r.errs[0].Code != CodeSyntax || r.errs[0].Message != "not YAML: the parser can't make sense of it" || r.errs[0].Line != 1 {
		t.Errorf("got %v", r.errs)
	}
}

func FuzzParse(f *testing.F) {
	for _, doc := range []string{
		"", "a: b\nc: [1, -2.5, \"x\\u00e9\", 'y', true, null, ~]\n", "a: &a [x]\nb: *a\n", "? [a]\n: |\n  x\n", "%YAML 1.1\n---\n!!str a\n", "# c\n\n- \"\\u202e\"\n",
		"é: {ü: yes, b: 12:30}\r\n", "a: >-\n  b\n\n  c\n---\nd", "a: 1\na: 2\n1: 3\n", "- - - a\n  - b\n- c", "a: ! b\nc: 1_0", "a: \"b\" c\n", "<<: {a: b}\n", "a:\n\tb", "[a, b: c, {d}, ]",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		start := time.Now()
		v, errs := Parse(doc, strictjson.Limits{})
		if d := time.Since(start); d > time.Second {
			t.Fatalf("took %v", d)
		}
		for _, err := range errs {
			if !strings.HasPrefix(err.Code, "yaml/") || err.Message == "" || err.Hint == "" || !in(doc, err.Pos) {
				t.Fatalf("bad error: %+v", err)
			}
		}
		if len(errs) > 0 {
			return
		}
		places(t, doc, v)
		var want any
		if err := yaml.Unmarshal(doc, &want); err != nil {
			t.Fatalf("accepted what yaml.v3 doesn't: %v", err)
		}
		if want == nil && v.Kind == strictjson.Object {
			want = object{}
		}
		if !same(v, want) {
			t.Fatalf("got %#v, want %#v", v.Any(), want)
		}
	})
}

// in reports whether a place is one of the document, its end included.
func in(doc []byte, pos strictjson.Pos) bool {
	lines := bytes.Split(doc, []byte("\n"))
	if pos.Line < 1 || pos.Line > len(lines) || pos.Column < 1 || pos.Column > len(lines[pos.Line-1])+1 {
		return false
	}
	return pos.Offset == len(bytes.Join(lines[:pos.Line-1], nil))+pos.Line-1+pos.Column-1
}

// places fails unless every scalar stands where it says.
func places(t *testing.T, doc []byte, v *strictjson.Value) {
	begins := func(pos strictjson.Pos, text string) {
		word := text
		if i := strings.IndexAny(text, " \t\n"); i >= 0 {
			word = text[:i]
		}
		if !in(doc, pos) || !bytes.HasPrefix(doc[pos.Offset:], []byte(word)) && (pos.Offset == len(doc) || !strings.ContainsRune(`"'|>?`, rune(doc[pos.Offset]))) {
			t.Fatalf("%q isn't at %+v", text, pos)
		}
	}
	switch v.Kind {
	case strictjson.String:
		begins(v.Pos, v.String)
	case strictjson.Number:
		begins(v.Pos, string(v.Number))
	case strictjson.Bool:
		begins(v.Pos, fmt.Sprint(v.Bool))
	default:
		if !in(doc, v.Pos) {
			t.Fatalf("there is no %+v", v.Pos)
		}
	}
	for _, item := range v.Items {
		places(t, doc, item)
	}
	for _, m := range v.Members {
		begins(m.KeyPos, m.Key)
		places(t, doc, m.Value)
	}
}

// same reports whether yaml.v3 decoded a value into the same.
func same(v *strictjson.Value, want any) bool {
	switch want := want.(type) {
	case object:
		if v.Kind != strictjson.Object || len(v.Members) != len(want) {
			return false
		}
		for _, m := range v.Members {
			if got, ok := want[m.Key]; !ok || !same(m.Value, got) {
				return false
			}
		}
		return true
	case []any:
		if v.Kind != strictjson.Array || len(v.Items) != len(want) {
			return false
		}
		for i := range want {
			if !same(v.Items[i], want[i]) {
				return false
			}
		}
		return true
	case int, int64, uint64, float64:
		f, err := v.Number.Float64()
		return v.Kind == strictjson.Number && err == nil && f == reflect.ValueOf(want).Convert(reflect.TypeFor[float64]()).Float()
	case string:
		return v.Kind == strictjson.String && v.String == want || v.Kind == strictjson.Number && string(v.Number) == want // too large for a float64
	}
	return reflect.DeepEqual(v.Any(), want)
}
