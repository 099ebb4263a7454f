package code

import (
	"slices"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	for _, test := range []struct {
		shows, src string
		want       []string // the specifier, "import " before it where that is dynamic, "import" alone where it is computed
	}{
		{"declarations", `import a, {b as c} from "a"; import "b"; import * as d from 'c'; import type {E} from "d"`, []string{"a", "b", "c", "d"}},
		{"exports", `export {a} from "a"; export * from 'b'; export type {C} from "c"; export const from = 1, d = "d"`, []string{"a", "b", "c"}},
		{"attributes", `import a from "a" with {type: "json"};`, []string{"a"}},
		{"addresses", `import "https://a.example/b.ts"; import 'npm:c@1'; import "jsr:@d/e"`, []string{"https://a.example/b.ts", "npm:c@1", "jsr:@d/e"}},
		{"escapes", `import "\x68ttps:\u002f\u{2f}\a\
b"; import '\u{1F600}\ud83d\ude00\101\0'`, []string{"https://ab", "😀😀A\x00"}},
		{"line ends and comments between", "import\n{ a } // from 'x'\nfrom /* 'y' */\n'b'", []string{"b"}},
		{"dynamic ones", "await import('a'); import(\"b\", {with: {}}); import(`c`).then(d)", []string{"import a", "import b", "import c"}},
		{"computed ones", "import(a); import('b' + c); import(`d${e}`); import((\"f\")); import('g'", []string{"import", "import", "import", "import", "import"}},
		{"in templates", "`${await import('a')} import('b')`", []string{"import a"}},
		{"in elements", "x = <a b={import('c')}>import('d') from 'e'</a>", []string{"import c"}},
		{"elements with a library of their own", "/** @jsxImportSource https://a.example */\nx = <b/>; // @jsxImportSource npm:c", []string{"https://a.example", "npm:c"}},
		{"no imports", "a.import('b'); x?.import('c'); import.meta.url; 'import \"d\"'; // import 'e'\n/import 'f'/; x.from('g'); importer('h'); `from ${\"i\"}`; '@jsxImportSource j'", nil},
		{"properties", `({import: "a", from: "b"}).from "c"`, nil},
		{"nothing", "", nil},
	} {
		var got []string
		for _, i := range Imports(JS, []byte(test.src)) {
			text := i.Specifier
			if i.Dynamic {
				text = strings.TrimSuffix("import "+text, " ")
			}
			if i.Computed != (text == "import") {
				t.Errorf("%s: %+v", test.shows, i)
			}
			got = append(got, text)
			if !strings.Contains(test.shows, "escapes") && !i.Computed && !strings.HasPrefix(strings.TrimLeft(test.src[i.Start:], "'\"`"), i.Specifier) {
				t.Errorf("%s: %q doesn't stand at %d", test.shows, i.Specifier, i.Start)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, expected %q", test.shows, got, test.want)
		}
	}
}

func TestJSString(t *testing.T) {
	for source, want := range map[string]string{
		`"a"`: "a", `'a\'b'`: "a'b", "`a\\nb`": "a\nb", `\u0065val`: "eval", `\u{65}v\u0061l`: "eval", `"\x6`: "\"\x06", `"\u{110000}"`: "\ufffd", `"\u{ffffffffff}"`: "\ufffdff}",
		`"\ud83dx"`: "\ufffdx", `"\`: `"\`, `"`: `"`, ``: ``, `"\777"`: "?7",
	} {
		if got := JSString([]byte(source)); got != want {
			t.Errorf("%s: %q, expected %q", source, got, want)
		}
	}
}
