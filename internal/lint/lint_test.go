package lint

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/code"
	"github.com/regen-registry/regen/internal/gittest"
)

// found returns the codes of a file's findings, without "lint/", each once.
func found(path, src string) string {
	var codes []string
	for _, f := range File(path, []byte(src)) {
		if code := strings.TrimPrefix(f.Code, "lint/"); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return strings.Join(codes, " ")
}

func TestRules(t *testing.T) {
	type tests map[string]string // source → codes
	for path, tests := range map[string]tests{
		"a.php": {
			"<?php EXEC ('a');":          "php-exec",
			"<?php $a & exec('b');":      "php-exec",
			"<?php exec(...);":           "php-exec",
			"<?php \"{$a[exec('b')]}\";": "php-exec",
			"<?= `a`":                    "php-backtick",
			"a `b` <?php // c":           "",
			"<?php `a {$b} c {$d}`;":     "php-backtick",
			"<?php function &exec() {} new Exec(); #[Exec('a')]":                                    "",
			"<?php A\\exec(); namespace\\exec(); exec; $exec();":                                    "",
			"<?php A::EVAL(); $a?->eval($b); const EVAL = 1;":                                       "",
			"<?php assert($a, 'b'); assert(fn () => 'a');":                                          "",
			"<?php assert(\"\\$a\"); ":                                                              "php-assert-string",
			"<?php unserialize($a, ['allowed_classes' => [A::class]]); unserialize(serialize($b));": "",
			"<?php unserialize($a, ['allowed_classes' => true]);":                                   "php-unserialize",
			"<?php unserialize(serialize($a) . $b);":                                                "php-unserialize",
			"<?php eval(\\gzinflate(A::b($c)));":                                                    "php-decoded-eval",
			"<?php eval($a); base64_decode($b);":                                                    "php-eval",
			"<?php include 'data://text/plain,' . base64_decode('a');":                              "php-decoded-eval",
			"<?php include 'php://input';":                                                          "php-dynamic-include",
			"<?php require \"a/$b.php\";":                                                           "php-dynamic-include",
			"<?php require ($a);":                                                                   "php-dynamic-include",
			"<?php require dirname(__FILE__) . \"/$a\"; include(__DIR__ . $b); include 'a.php' or die($c); [require 'b.php', $d];": "",
			"<?php $a ? require 'a.php' : $b; f(include 'c.php', $d);":                                                             "",
			"<?php f(require: $a, include: $b); enum A: string { case Include = 'c'; } A::Require . $d; $e->include($f);":          "",
			"<?php fopen('ftp://a', 'r'); copy(\"HTTPS://$a\", 'b');":                                                              "php-network",
			"<?php fopen($a, 'r'); file('http.txt'); $b->file('http://c'); fsockopen;":                                             "",
		},
		"a.lua": {
			"_G.os.execute('a')":   "lua-os-execute",
			"local f = os.execute": "lua-os-execute",
			"os['execute']('a')":   "lua-os-execute",
			"function os.execute() end os.exit() a.os.execute()": "",
			"io.read() io.popens()":                              "",
			"load'a' load[[b]] load('c', 'd') dofile('e.lua')":   "",
			"loadstring(a)":        "lua-load",
			"load('a' .. b)":       "lua-load",
			"load(function() end)": "lua-load",
			"load '\\27Lua'":       "lua-load",
			"dofile()":             "lua-load",
			"local function load(a) end function dofile(b) end c.load(d) c:load(e) load = f": "",
			"debug.sethook(a)": "lua-debug",
			"debug.log('a') debug = true a.debug.sethook()": "",
			"package['loadlib'](a)":                         "lua-loadlib",
			"package.loaded.a = 1":                          "",
			"getfenv(2)":                                    "lua-setfenv",
		},
		"a.ts": {
			"(0, eval)('a')":       "js-eval",
			"eval?.('a')":          "js-eval",
			"globalThis.eval('a')": "js-eval",
			`\u0065val('a')`:       "js-eval",
			"`${eval(a)}`":         "js-eval",
			"eval(a)\n{}":          "js-eval",
			"a ? eval(b) : c; switch (eval(d)) { case eval(e): }":                             "js-eval",
			"class A extends eval(b) {}":                                                      "js-eval",
			"a.eval(b); function eval(c) {} function* eval(d) {} a.window.eval(e); /eval(f)/": "",
			"class A { async eval(b): C {} }\ninterface D { e: string\n  eval(f: G): void }":  "",
			"({ eval(a) { return b; }, eval: c, get eval() {} })":                             "",
			"new Function(a)":                                                        "js-function",
			"let a: Function = b; c.Function(d)":                                     "",
			"Function(String.fromCharCode(97))()":                                    "js-decoded-eval",
			"export * from 'child_process'":                                          "js-child-process",
			"import { a } from 'child_process'; import('node:child_process')":        "js-child-process",
			"process.getBuiltinModule('node:child_process')":                         "js-child-process",
			"const { Command } = Deno; new Command('a')":                             "js-deno-run",
			"Deno['run']({})":                                                        "js-deno-run",
			"globalThis.Deno?.dlopen('a')":                                           "js-deno-ffi",
			"const { readFile } = Deno; Deno.readTextFile('Deno.run'); a.Deno.run()": "",
			"import(a)":        "js-dynamic-import",
			"import('./' + a)": "js-dynamic-import",
			"import(`./a`); import('./b', { with: {} }); type A = import('./c').D; a.import(b)":        "",
			"import a from 'HTTPS://a.example/b'":                                                      "js-remote-import",
			"await import('http://a.example/b')":                                                       "js-remote-import",
			"import a from 'npm:a'; Array.from('https://a.example'); const from = 'https://a.example'": "",
			"window.fetch('a')":                "js-network",
			"new globalThis.WebSocket('a')":    "js-network",
			"await Deno.connect({ port: 80 })": "js-network",
			"export default { fetch(a) { return b }, async fetch(c): Promise<D> {} }; let e: WebSocket; this.fetch(f)": "",
			"setInterval(`a`, 1)": "js-string-timer",
			"setTimeout(a, 1); setTimeout(() => 'b', 1); c.setTimeout('d')": "",
		},
		"a.jsx": {
			"x = <a onClick={() => eval(b)}>c</a>":        "js-eval",
			"x = <a title='eval(b)'>eval(c) fetch(d)</a>": "",
		},
		"a.sh":   {"eval(a)": "", "a\x00b": "binary", "\u2066": "bidi"},
		"a.txt":  {"eval(a)\x00\u202e\xff" + strings.Repeat("a", 3000): ""},
		"a.html": {strings.Repeat("a", 2001): "long-line", strings.Repeat("a", 2000) + "\n": ""},
	} {
		for src, want := range tests {
			if got := found(path, src); got != want {
				t.Errorf("%s: %s\n got %q\nwant %q", path, src, got, want)
			}
		}
	}
}

// What begins like code for a machine is named, whatever the file is called; an archive is found where source is expected.
func TestMachineCode(t *testing.T) {
	pe := "MZ" + strings.Repeat("\x00", 0x3a) + "\x40\x00\x00\x00PE\x00\x00"
	for _, test := range []struct{ path, data, want string }{
		{"bin/a", "\x7fELF\x02", "an ELF program or library"},
		{"a.lua", pe, "a Windows program or library"},
		{"a.lua", "MZ" + strings.Repeat("a", 0x80), ""},
		{"a.js", "\xcf\xfa\xed\xfe\x07", "a Mach-O program or library"},
		{"a.js", "\xca\xfe\xba\xbe\x00\x00\x00\x02", "a Mach-O program or library"},
		{"a.js", "\xca\xfe\xba\xbe\x00\x00\x00\x41", "a Java class"},
		{"a.wasm", "\x00asm\x01", "WebAssembly"},
		{"a.php", "<?php __HALT_COMPILER(); ?>\r\nabGBMB", "a PHAR archive"},
		{"a.php", "OPCACHE8", "PHP bytecode"},
		{"a.php", "PK\x03\x04", "a zip archive"},
		{"a.zip", "PK\x03\x04", ""},
		{"a.rml", "\x1bLJ\x02", "Lua bytecode"},
		{"a.lua", "\x1bLuaQ", "Lua bytecode"},
		{"a.bin", "", ""},
	} {
		findings := File(test.path, []byte(test.data))
		if test.want == "" && len(findings) > 0 || test.want != "" && (len(findings) != 1 || !strings.Contains(findings[0].Message, test.want)) {
			t.Errorf("%s %q: %v, expected %q", test.path, test.data, findings, test.want)
		}
	}
}

// Findings have the place of the word, in bytes, and are sorted by it.
func TestPlace(t *testing.T) {
	findings := File("plugins/a/b.php", []byte("<?php // é\n\n  é(); \\eval($a); `b`;\n"))
	want := []string{"plugins/a/b.php:3:9", "plugins/a/b.php:3:20"}
	if len(findings) != 2 || findings[0].Place() != want[0] || findings[1].Place() != want[1] {
		t.Errorf("got %v, expected %v", findings, want)
	}
	findings.Sort()
	if findings[0].Code != "lint/php-eval" || findings[0].Severity != check.Warning {
		t.Errorf("got %+v", findings[0])
	}
}

// Of one code there are 20 findings a file and one that says how many more; other codes are counted by themselves.
func TestMostPlaces(t *testing.T) {
	for n, want := range map[int]int{20: 20, 21: 21, 500: 21} {
		findings := File("a.js", []byte(strings.Repeat("eval(a);\n", n)+"import(b)\n"))
		if len(findings) != want+1 {
			t.Fatalf("%d places: %d findings, expected %d", n, len(findings), want+1)
		}
		last := findings[want-1]
		if more := strings.Contains(last.Message, "more"); more != (n > 20) {
			t.Errorf("%d places: the last finding is %v", n, last)
		}
		if n == 500 && (last.Line != 21 || !strings.HasPrefix(last.Message, "this and 479 more")) {
			t.Errorf("the last finding is %v", last)
		}
		if findings[want].Code != "lint/js-dynamic-import" {
			t.Errorf("after them comes %v", findings[want])
		}
	}
}

// The rules see as much around a word wherever it stands in the file.
func TestWindow(t *testing.T) {
	const src = "eval(atob(a)); x.eval(b); ({ eval(a, b, c, d) { } });\n"
	for shift := range 2 * windowSize {
		findings := File("a.js", []byte(strings.Repeat(";", shift)+src))
		if len(findings) != 1 || findings[0].Code != "lint/js-decoded-eval" || findings[0].Column != shift+1 {
			t.Fatalf("after %d tokens: %v", shift, findings)
		}
	}
}

// A file over 8 MiB is looked at for its first bytes and for long lines, and it is said that nothing else was.
func TestLarge(t *testing.T) {
	large := strings.Repeat("eval(a);\n", maxSize/9+1)
	if got := found("a.js", large); got != "unread" {
		t.Errorf("got %q", got)
	}
	if got := found("a.js", large+strings.Repeat("a", 3000)); got != "unread long-line" {
		t.Errorf("got %q", got)
	}
	if got := found("a", "\x7fELF"+large); got != "bytecode" {
		t.Errorf("got %q", got)
	}
	if got := found("a.txt", large); got != "" {
		t.Errorf("got %q", got)
	}
	if got := found("a.js", large[:maxSize]); got != "js-eval" {
		t.Errorf("got %q", got)
	}
}

// Whatever is repeated, the time stays linear: 128 KiB take no second.
func TestLinear(t *testing.T) {
	for _, test := range []struct{ path, unit string }{
		{"a.php", "eval("}, {"a.php", "require $a("}, {"a.php", "unserialize("}, {"a.php", "\"{$a["}, {"a.php", "`"},
		{"a.js", "eval("}, {"a.js", "{a:fetch("}, {"a.js", "}=Deno "}, {"a.js", "from'"}, {"a.js", "\u202e"}, {"a.js", "\xe2"}, {"a.js", "\xff"}, {"a.js", "`${"}, {"a.js", `\u0065val(`},
		{"a.lua", "load("}, {"a.lua", "debug.debug."},
	} {
		gittest.Within(t, time.Second, fmt.Sprintf("%s %q", test.path, test.unit), func() {
			File(test.path, []byte("<?php "+strings.Repeat(test.unit, 1<<17/len(test.unit))))
		})
	}
}

func FuzzFile(f *testing.F) {
	paths := []string{"a.php", "a.lua", "a.jsx", "a.ts", "a.sh", "a"}
	for i, seed := range []string{
		"<?php eval(base64_decode('a')); require \"$b\"; unserialize(serialize($c)); `d`;", "load('a' .. b) debug.sethook() os['execute']",
		"({ fetch(a): B {} }); import(`c`); const { run } = Deno; (0, eval)(d)", "import a from 'https://b'; setTimeout('c')", "\x1bLua", "MZ",
	} {
		f.Add(byte(i), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, language byte, data []byte) {
		path := paths[int(language)%len(paths)]
		findings := File(path, data)
		again := File(path, bytes.Clone(data))
		if !slices.Equal(findings, again) {
			t.Fatalf("two runs differ:\n%v\n%v", findings, again)
		}
		counts := map[string]int{}
		lines := 1 + bytes.Count(data, []byte("\n"))
		for _, finding := range findings {
			if counts[finding.Code]++; counts[finding.Code] > maxPlaces+1 {
				t.Fatalf("more than %d of %s", maxPlaces+1, finding.Code)
			}
			if finding.Line < 1 || finding.Line > lines || finding.Column < 1 || finding.Column > len(data)+1 {
				t.Fatalf("%v, in %d lines", finding, lines)
			}
		}
	})
}

// BenchmarkFile looks at ordinary code: 100 copies of it, to be no shorter than the longest files are.
func BenchmarkFile(b *testing.B) {
	for _, extension := range []string{"php", "lua", "ts"} {
		name := "ordinary." + extension
		src, err := os.ReadFile("../code/testdata/" + name)
		if err != nil {
			b.Fatal(err)
		}
		for _, copies := range []int{1, 100} {
			data := bytes.Repeat(src, copies)
			b.Run(fmt.Sprintf("%s/%dKB", code.LanguageOf(name), len(data)>>10), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					File(name, data)
				}
			})
		}
	}
}
