package code

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
)

var kindNames = [...]string{"", "id", "var", "str", "part", "sh", "num", "re", "", "text"}

// show returns the tokens of a source, each with its kind, but for punctuation.
func show(lang Language, src string) string {
	var list []string
	for l := Lex(lang, []byte(src)); ; {
		t, ok := l.Next()
		if !ok {
			return strings.Join(list, " ")
		}
		text := src[t.Start:t.End]
		if kind := kindNames[t.Kind]; kind != "" {
			text = kind + ":" + text
		}
		list = append(list, strings.ReplaceAll(strings.ReplaceAll(text, "\n", "⏎"), " ", "_"))
	}
}

type lexTest struct{ shows, src, want string }

func testLexer(t *testing.T, lang Language, tests []lexTest) {
	for _, test := range tests {
		if got := show(lang, test.src); got != test.want {
			t.Errorf("%s\n%s\n got %s\nwant %s", test.shows, test.src, got, test.want)
		}
	}
}

func TestPHP(t *testing.T) {
	var tests []lexTest
	for _, test := range []lexTest{
		{"names with their backslashes", `\exec(A\B\c, namespace\d)`, `id:\exec ( id:A\B\c , id:namespace\d )`},
		{"arrows and colons", `$a->b?->c::d`, `var:$a -> id:b ?-> id:c :: id:d`},
		{"a decrement before an arrow", `$a-->exec()`, `var:$a -- > id:exec ( )`},
		{"variables of variables", `$$a ${b} $ 1`, `$ var:$a $ { id:b } $ num:1`},
		{"numbers", `1_000 0x1F 1.5e3 .5 1..2 1...$a`, `num:1_000 num:0x1F num:1.5e3 . num:5 num:1 . . num:2 num:1 . . . var:$a`},
		{"comments", "a // b\nc # d\re /* f\n*/ g", "id:a id:c id:e id:g"},
		{"a comment that isn't closed", "a /* b", "id:a"},
		{"slashes and stars in a comment", "/**/ a /*/ b */ c /* / **/ d", "id:a id:c id:d"},
		{"an attribute is no comment", "#[A(1)] b", "#[ id:A ( num:1 ) ] id:b"},
		{"a comment ends with the code", "a // b ?> c <?php d # e ? f\ng", "id:a ?> text:_c_<?php id:d id:g"},
		{"text between code", "a ?>\n<b>c</b><?= d ?>e", "id:a ?> text:⏎<b>c</b><?= id:d ?> text:e"},
		{"tags that open code, and those that don't", "?><?xml version='1'?><?PHP a ?><? b ?><?phpc", "?> text:<?xml_version='1'?><?PHP id:a ?> text:<? id:b ?> text:<?phpc"},
		{"strings in single quotes", `'a' '\'b' '\\' c`, `str:'a' str:'\'b' str:'\\' id:c`},
		{"a string that isn't closed", `'a \`, `str:'a_\`},
		{"strings without values", `"a" "\"b" "$" "{a}" "\$a" "\{" b"c" B'd'`, `str:"a" str:"\"b" str:"$" str:"{a}" str:"\$a" str:"\{" str:"c" str:'d'`},
		{"strings with values", `"a $b" "$c[0]" d`, `part:"a_$b" part:"$c[0]" id:d`},
		{"values in braces", `"a {$b->c("d")} e {$f}" g`, `part:"a_{ var:$b -> id:c ( str:"d" ) part:}_e_{ var:$f part:}" id:g`},
		{"values that are expressions", `"${exec('a')}" "${b}"`, `part:"${ id:exec ( str:'a' ) part:}" part:"${ id:b part:}"`},
		{"a backslash before a brace", `"\{$a}" b`, `part:"\{$a}" id:b`},
		{"braces in a value", `"{$a[(function () { return '}'; })()]}" b`, `part:"{ var:$a [ ( id:function ( ) { id:return str:'}' ; } ) ( ) ] part:}" id:b`},
		{"strings in values of strings", `"{$a["{$b["c"]}"]}" d`, `part:"{ var:$a [ part:"{ var:$b [ str:"c" ] part:}" ] part:}" id:d`},
		{"a tag in a value ends nothing", `"{$a ?> "} b`, `part:"{ var:$a ? > part:"}_b`},
		{"commands in backticks", "`a` `b {$c} \\`` d", "sh:`a` sh:`b_{ var:$c sh:}_\\`` id:d"},
		{"a heredoc", "<<<A\n'b\n \" $c {$d}\n  A . e", "part:<<<A⏎'b⏎_\"_$c_{ var:$d part:}⏎__A . id:e"},
		{"a heredoc without values", "<<< \"A\"\nb\nA; c", "str:<<<_\"A\"⏎b⏎A ; id:c"},
		{"an empty heredoc", "<<<A\nA; b", "str:<<<A⏎A ; id:b"},
		{"a label within the text", "<<<A\nAB\n xA\n\tA, b", "str:<<<A⏎AB⏎_xA⏎\tA , id:b"},
		{"a backslash at the end of a line", "<<<A\n\\\nA; b", "str:<<<A⏎\\⏎A ; id:b"},
		{"line ends of Windows", "<<<A\r\nb\r\nA; c", "str:<<<A\r⏎b\r⏎A ; id:c"},
		{"a nowdoc", "<<<'A'\n$b {$c}\\\nA; d", "str:<<<'A'⏎$b_{$c}\\⏎A ; id:d"},
		{"no heredoc", "a <<< 1; <<<A B", "id:a < < < num:1 ; < < < id:A id:B"},
		{"data after the end of the code", "a; __HALT_compiler(); exec", "id:a ; id:__HALT_compiler"},
		{"a method of that name", "$a->__halt_compiler(); b", "var:$a -> id:__halt_compiler ( ) ; id:b"},
		{"names beyond ASCII", "é $ü", "id:é var:$ü"},
	} {
		test.src = "<?php " + test.src
		test.want = "text:<?php " + test.want
		tests = append(tests, test)
	}
	testLexer(t, PHP, append(tests,
		lexTest{"text alone", "<b>exec()</b>", "text:<b>exec()</b>"},
		lexTest{"nothing", "", ""},
		lexTest{"the tag alone", "<?php", "text:<?php"},
	))
}

func TestLua(t *testing.T) {
	testLexer(t, Lua, []lexTest{
		{"names and numbers", "a_1 0x1Fp4 1.5 .5 3..2", "id:a_1 num:0x1Fp4 num:1.5 num:.5 num:3 .. num:2"},
		{"dots, colons and labels", "a.b:c() ... d..e ::f:: goto f", "id:a . id:b : id:c ( ) ... id:d .. id:e :: id:f :: id:goto id:f"},
		{"comments of one line", "a -- b\nc --[ d\ne --", "id:a id:c id:e"},
		{"long comments", "a --[[ b\n]] c --[==[ ]] ]=] d ]==] e --[[ f", "id:a id:c id:e"},
		{"strings", `'a' "b" 'c"' "\"d" '\\' e`, `str:'a' str:"b" str:'c"' str:"\"d" str:'\\' id:e`},
		{"a string ends with its line", "'a\nb", "str:'a id:b"},
		{"strings over lines", "'a\\\nb' 'c\\z \n d' 'e\\\r\nf' g", "str:'a\\⏎b' str:'c\\z_⏎_d' str:'e\\\r⏎f' id:g"},
		{"long strings", "[[a\n]] [=[b]]]=] [==[ ]=] ]==] c", "str:[[a⏎]] str:[=[b]]]=] str:[==[_]=]_]==] id:c"},
		{"a long string that isn't closed", "[=[ a ]]", "str:[=[_a_]]"},
		{"indexes", "a[b[1]] a[=1", "id:a [ id:b [ num:1 ] ] id:a [ = num:1"},
		{"a call without parentheses", "load'a' load[[b]] load{}", "id:load str:'a' id:load str:[[b]] id:load { }"},
		{"operators", "a//b ~= c << 2 - -1", "id:a / / id:b ~ = id:c < < num:2 - - num:1"},
		{"the first line", "#!/usr/bin/lua os.execute()\na", "id:a"},
		{"a byte order mark", "\xef\xbb\xbf# a\nb", "id:b"},
	})
}

func TestJS(t *testing.T) {
	testLexer(t, JS, []lexTest{
		{"names", "a $b _c #d é ünï a1", "id:a id:$b id:_c id:#d id:é id:ünï id:a1"},
		{"names with escapes", `\u0065val(\u{65}val, a\u0062c)`, `id:\u0065val ( id:\u{65}val , id:a\u0062c )`},
		{"white space beyond ASCII", "eval\u00a0(a\u2028b)\ufeff", "id:eval ( id:a id:b )"},
		{"numbers", "1 0x1F 1_0n 1.5 .5 1e3 1..a a?.5:b", "num:1 num:0x1F num:1_0n num:1.5 num:.5 num:1e3 num:1 . . id:a id:a ? num:.5 : id:b"},
		{"dots and arrows", "a?.b ...c => d", "id:a ?. id:b ... id:c => id:d"},
		{"comments", "a // b\nc /* d\n*/ e // f\u2028g", "id:a id:c id:e id:g"},
		{"strings", `'a' "b'" "\"c" 'd\` + "\n" + `e' f`, `str:'a' str:"b'" str:"\"c" str:'d\⏎e' id:f`},
		{"a string ends with its line", "'a\nb", "str:'a id:b"},
		{"templates", "`a` `b\\`\\${` `c\nd` $", "str:`a` str:`b\\`\\${` str:`c⏎d` id:$"},
		{"templates with values", "`a${b}c${`d${{e: '}'}}`}` f", "part:`a${ id:b part:}c${ part:`d${ { id:e : str:'}' } part:}` part:}` id:f"},
		{"a template that isn't closed", "`a${b", "part:`a${ id:b"},
		{"regular expressions where a value is expected", `a = /b'/g, !/c/, [/d/], (/e/), x ? /f/ : /g/; /h/`, `id:a = re:/b'/g , ! re:/c/ , [ re:/d/ ] , ( re:/e/ ) , id:x ? re:/f/ : re:/g/ ; re:/h/`},
		{"after keywords", "return /a/; typeof /b/; case /c/: x.return / d / e", "id:return re:/a/ ; id:typeof re:/b/ ; id:case re:/c/ : id:x . id:return / id:d / id:e"},
		{"classes and escapes in them", `a = /[/'"\]]\//u`, `id:a = re:/[/'"\]]\//u`},
		{"divisions", "a / b / c; 1 / 2 / 3; (a) / b / c; a[0] / b / c; 'a' / b / c", "id:a / id:b / id:c ; num:1 / num:2 / num:3 ; ( id:a ) / id:b / id:c ; id:a [ num:0 ] / id:b / id:c ; str:'a' / id:b / id:c"},
		{"after a condition", "if (a) /b/.test(c); while (a) /b/; f(a) / b / c", "id:if ( id:a ) re:/b/ . id:test ( id:c ) ; id:while ( id:a ) re:/b/ ; id:f ( id:a ) / id:b / id:c"},
		{"after blocks and objects", "{ a } /b/; x = { a } / b / c", "{ id:a } re:/b/ ; id:x = { id:a } / id:b / id:c"},
		{"after increments", "a++ / b / c; ++/d/.e; a! / b / c", "id:a ++ / id:b / id:c ; ++ re:/d/ . id:e ; id:a ! / id:b / id:c"},
		{"a regular expression ends on its line", "a = / b\n/ c", "id:a = / id:b / id:c"},
		{"the first line", "#!/usr/bin/env node\na", "id:a"},
		{"brackets that don't fit", "} ) ] a", "} ) ] id:a"},
		{"modules", "import a from 'b'; import.meta; import('c')", "id:import id:a id:from str:'b' ; id:import . id:meta ; id:import ( str:'c' )"},

		{"an element", "a = <b c=\"d'\">e's {f} <g/></b>; h", "id:a = text:<b_c=\"d'\">e's_{ id:f text:}_<g/></b> ; id:h"},
		{"an element without a name", "return <>a</>;", "id:return text:<>a</> ;"},
		{"values in tags", "(<a b={c / d} {...e} f='>'>{'}'}{/g/}</a>)", "( text:<a_b={ id:c / id:d text:}_{ ... id:e text:}_f='>'>{ str:'}' text:}{ re:/g/ text:}</a> )"},
		{"elements in values", "x = <a>{b && <c>{d}</c>}</a> / e", "id:x = text:<a>{ id:b & & text:<c>{ id:d text:}</c> text:}</a> / id:e"},
		{"comments in elements", "x = <a // '\n b /* ' */>//'</a>; c", "id:x = text:<a_//_'⏎_b_/*_'_*/>//'</a> ; id:c"},
		{"an element as an attribute", "x = <a b=<c/> d><e.f/></a>; g", "id:x = text:<a_b=<c/>_d><e.f/></a> ; id:g"},
		{"types in a tag", "x = <a<T> b/>; c", "id:x = text:<a<T>_b/> ; id:c"},
		{"an element that isn't closed", "x = <a>b {c}", "id:x = text:<a>b_{ id:c text:}"},
		{"no elements", "a < b > c; i++ <d; 1 <<e; f<g>(h)", "id:a < id:b > id:c ; id:i ++ < id:d ; num:1 << id:e ; id:f < id:g > ( id:h )"},
		{"functions with types", "x = <T,>(a: T) => a; y = <T extends U>(b) => c; type F = <T>(d) => e", "id:x = < id:T , > ( id:a : id:T ) => id:a ; id:y = < id:T id:extends id:U > ( id:b ) => id:c ; id:type id:F = < id:T > ( id:d ) => id:e"},
		{"a text that begins with a parenthesis", "x = <b>(c's)</b>; d", "id:x = text:<b>(c's)</b> ; id:d"},
	})
	testLexer(t, TS, []lexTest{
		{"a type before a value", "x = <any>window; y = <b>c's", "id:x = < id:any > id:window ; id:y = < id:b > id:c str:'s"},
	})
}

func TestLanguageOf(t *testing.T) {
	for path, want := range map[string]Language{
		"a.php": PHP, "a/b.PHTML": PHP, "a.inc": PHP, "a.blade.php": PHP, "a.lua": Lua, "a.js": JS, "a.mjs": JS, "a.cjs": JS, "a.jsx": JS, "a.tsx": JS,
		"a.ts": TS, "a.mts": TS, "a.d.cts": TS, "a.json": None, "php": None, ".lua/a": None, "a.": None, "": None,
	} {
		if got := LanguageOf(path); got != want {
			t.Errorf("%s: %s, expected %s", path, got, want)
		}
	}
}

// Nesting is bounded: what is deeper isn't read, and the lexer says so.
func TestTooDeep(t *testing.T) {
	for _, test := range []struct {
		lang        Language
		start, open string
	}{
		{PHP, "<?php ", `"{$a[`}, {JS, "", "["}, {JS, "", "`${"}, {JS, "", "x=<a>{"}, {JS, "x=", "<a>"}, {TS, "", "{("},
	} {
		brackets := strings.Count(test.open, "{") + strings.Count(test.open, "(")
		brackets = max(brackets, 1)
		if test.open == "x=<a>{" {
			brackets = 2
		}
		for n, want := range map[int]bool{MaxOpen / brackets: false, MaxOpen/brackets + 1: true} {
			l := Lex(test.lang, []byte(test.start+strings.Repeat(test.open, n)))
			for ok := true; ok; {
				_, ok = l.Next()
			}
			if l.TooDeep() != want {
				t.Errorf("%d of %s: too deep is %v", n, test.open, l.TooDeep())
			}
		}
	}
}

// Whatever is repeated, the time stays linear: a megabyte takes no second.
func TestLinear(t *testing.T) {
	const size = 1 << 20
	for _, test := range []struct {
		lang Language
		unit string
	}{
		{PHP, "//?><?php "}, {PHP, "<?"}, {PHP, "<<<A\n"}, {PHP, "<<<A"}, {PHP, "\"{$a}"}, {PHP, "`"}, {PHP, "/*"}, {PHP, "'\\"},
		{Lua, "[="}, {Lua, "[=["}, {Lua, "]=]--[=["}, {Lua, "'\\z "}, {Lua, "]===="},
		{JS, "(/["}, {JS, "/"}, {JS, "`${"}, {JS, "<a>"}, {JS, "=<a b="}, {JS, "=<a   "}, {JS, "//\u2028"}, {JS, "\\u"}, {JS, "[}"}, {JS, ". \n/"}, {JS, "\u00a0"},
	} {
		data := []byte(strings.Repeat(test.unit, size/len(test.unit)))
		if test.lang == PHP {
			data = append([]byte("<?php "), data...)
		}
		gittest.Within(t, time.Second, fmt.Sprintf("%s %q", test.lang, test.unit), func() {
			for l, ok := Lex(test.lang, data), true; ok; {
				_, ok = l.Next()
			}
		})
	}
}

func FuzzPHP(f *testing.F) {
	fuzz(f, PHP, "<?php <<<X\n{$a}\nX;", "<?php \"{$a[\"x\"]}\" `a` 'b' // c ?> d <?= e", "<?php namespace A { class B {} }", "<?php #[A] $x-->y ?->z /* __halt_compiler();")
}

func FuzzLua(f *testing.F) {
	fuzz(f, Lua, "a.b:c [==[ ]=] ]==] --[[ x ]] 'y\\z \n' 0x1p4 ... :: #!", "#!x\nload'a' [=", "--[==")
}

func FuzzJS(f *testing.F) {
	fuzz(f, JS, "a = /[/]/g / `b${c}` <d e={f}>g{h}</d> \\u{65}val #i ?. ++ '\\", "x=<a<b> c=<d/>//", "<>{`${", "}])")
}

func FuzzTS(f *testing.F) {
	fuzz(f, TS, "x = <T>(a: T) => a! / `${b}` / 2", "import a from 'b' /* @jsxImportSource c */")
}

// fuzz checks what holds for any bytes: tokens aren't empty and rise, Fill reads the same ones as Next, and the functions that read tokens
// don't fail either.
func fuzz(f *testing.F, lang Language, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, filled := Lex(lang, data), Lex(lang, data)
		buf := make([]Token, 3)
		var rest []Token
		last := 0
		for {
			token, ok := l.Next()
			if len(rest) == 0 {
				rest = buf[:filled.Fill(buf)]
			}
			if !ok {
				break
			}
			if token.Kind == 0 || token.Start < last || token.End <= token.Start || token.End > len(data) {
				t.Fatalf("%+v after offset %d of %d", token, last, len(data))
			}
			if len(rest) == 0 || rest[0] != token {
				t.Fatalf("Fill gives %v, and Next %+v", rest, token)
			}
			rest, last = rest[1:], token.End
		}
		if len(rest) > 0 {
			t.Fatalf("Fill gives %v more", rest)
		}
		switch lang {
		case PHP:
			_, namespaces, classes := PHPClass(data, "A", "B")
			for _, n := range append(namespaces, classes...) {
				if string(data[n.Offset:n.Offset+len(n.Name)]) != n.Name && n.Name != ";" {
					t.Fatalf("%q isn't at %d", n.Name, n.Offset)
				}
			}
		case JS, TS:
			for _, i := range Imports(lang, data) {
				if i.Start >= len(data) || i.Computed && i.Specifier != "" {
					t.Fatalf("%+v", i)
				}
			}
		}
	})
}

func ExampleLexer_Next() {
	src := []byte(`<?php \exec("ls $dir"); // exec()`)
	for l := Lex(PHP, src); ; {
		t, ok := l.Next()
		if !ok {
			break
		}
		fmt.Printf("%d %s\n", t.Kind, src[t.Start:t.End])
	}
	// Output:
	// 9 <?php
	// 1 \exec
	// 8 (
	// 4 "ls $dir"
	// 8 )
	// 8 ;
}
