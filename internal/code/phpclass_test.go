package code

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

func TestPHPClass(t *testing.T) {
	const ns = "namespace A\\B;\n"
	for _, test := range []struct {
		shows, src string
		want       bool
	}{
		{"plain", "<?php\n" + ns + "class Plugin {}", true},
		{"keywords in any letter case", "<?PHP\nNameSpace A\\B;\nfinal CLASS Plugin {}", true},
		{"modifiers and an attribute", "<?php " + ns + "#[X(class: 1)]\nfinal readonly class Plugin {}", true},
		{"a namespace with braces", "<?php namespace A\\B { class X {} class Plugin {} }", true},
		{"after declare and use", "<?php declare(strict_types=1); " + ns + "use X\\{Y, Z}; use function namespace\\f; class Plugin {}", true},
		{"after functions and other classes", "<?php " + ns + "function f() { if (1) { return 2; } } class X { function g() {} } class Plugin {}", true},
		{"the last of several namespaces", "<?php namespace X; class Plugin {} " + ns + "class Plugin {}", true},
		{"after HTML in the middle", "<?php " + ns + "?>\n<b>class X</b>\n<?php class Plugin {}", true},
		{"comments between", "<?php namespace /* a */ A\\B // x\n ; class # y\n Plugin {}", true},
		{"no space at the end of the tag", "<?php\tnamespace A\\B;class Plugin{}", true},
		{"a comment that ends with the code", "<?php " + ns + "// x ?><?php class Plugin {}", true},

		{"in a line comment", "<?php " + ns + "// class Plugin {}\n# class Plugin {}", false},
		{"in a block comment", "<?php " + ns + "/* class Plugin {} */", false},
		{"in a comment that isn't closed", "<?php " + ns + "/* class Plugin {}", false},
		{"in single quotes", "<?php " + ns + `$a = '\'; class Plugin {}';`, false},
		{"in double quotes", "<?php " + ns + `$a = "\"; class Plugin {}";`, false},
		{"in backticks", "<?php " + ns + "$a = `; class Plugin {}`;", false},
		{"in a heredoc", "<?php " + ns + "$a = <<<X\n; class Plugin {}\nXY\n  X;", false},
		{"in a heredoc with quotes", "<?php " + ns + "$a = <<< \"X\"\n; class Plugin {}\nX;", false},
		{"in a nowdoc", "<?php " + ns + "$a = <<<'X'\n{$a; class Plugin {}\nX;", false},
		{"after a heredoc with code in it", "<?php " + ns + "$a = <<<X\n {$b[\"x\"]} ${c} {$d(fn() => '}')}\n X; class Plugin {}", true},
		{"in code in a string", "<?php " + ns + "$a = \"{$b[(function () { class Plugin {} })()]}\";", false},
		{"after code in a string", "<?php " + ns + "$a = \"{$b[\"}\"]} \\{$c\"; class Plugin {}", true},
		{"after an empty heredoc", "<?php " + ns + "$a = <<<X\nX; class Plugin {}", true},
		{"outside of the code", "namespace A\\B; class Plugin {}", false},
		{"after the code", "<?php " + ns + "?> class Plugin {}", false},
		{"after __halt_compiler", "<?php " + ns + "__halt_compiler(); class Plugin {}", false},
		{"in a function", "<?php " + ns + "function f() { class Plugin {} }", false},
		{"in another namespace", "<?php namespace A\\C; class Plugin {}", false},
		{"in no namespace", "<?php class Plugin {}", false},
		{"in the global one after ours", "<?php namespace A\\B {} namespace { class Plugin {} }", false},
		{"another class", "<?php " + ns + "class Plugins {}", false},
		{"the class in other letter case", "<?php " + ns + "class plugin {}", false},
		{"the namespace in other letter case", "<?php namespace a\\B; class Plugin {}", false},
		{"an interface", "<?php " + ns + "interface Plugin {}", false},
		{"the name of a class", "<?php " + ns + "$a = X::class . Plugin::class;", false},
		{"an anonymous class", "<?php " + ns + "$a = new class extends Plugin {};", false},
		{"a variable", "<?php " + ns + "$class = Plugin; $x->class; Plugin();", false},
		{"a relative name", "<?php namespace\\A\\B; class Plugin {}", false},
		{"a namespace in a comment", "<?php /* namespace A\\B; */ class Plugin {}", false},
		{"a namespace in a block", "<?php { namespace A\\B; } class Plugin {}", false},
		{"nothing", "", false},
		{"the tag alone", "<?php", false},
		{"cut off in the declaration", "<?php " + ns + "class", false},
		{"cut off in a heredoc", "<?php <<<", false},
		{"after the short tag", "<? " + ns + "class Plugin {}", true},
		{"attributes in the parameters", "<?php " + ns + "function f(#[A] $a) {} #[B([1])] final class Plugin {}", true},
		{"brackets that don't fit", "<?php }}} " + ns + "class Plugin {}", true},
	} {
		if got, _, _ := PHPClass([]byte(test.src), `A\B`, "Plugin"); got != test.want {
			t.Errorf("%s: got %v", test.shows, got)
		}
	}
}

// PHP itself, where there is one, agrees on what is declared. It sees conditional declarations as well, which aren't compared.
func TestPHPClassAgainstPHP(t *testing.T) {
	php := gittest.Tool(t, "php")
	file := filepath.Join(t.TempDir(), "Plugin.php")
	for _, body := range []string{
		"class Plugin {}", "$a = <<<X\n {$b[\"x\"]}\n X; class Plugin {}", "$a = \"{$b[\"}\"]}\"; class Plugin {}", "$a = <<<'X'\nclass Plugin {}\nX;", "#[X]\nfinal class Plugin {}", "// class Plugin {}",
	} {
		src := "<?php\nnamespace A\\B;\n" + body + "\n"
		if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(php, "-d", "display_errors=0", "-r", "require $argv[1]; echo class_exists('A\\B\\Plugin') ? 'yes' : 'no';", file).Output()
		found, _, _ := PHPClass([]byte(src), `A\B`, "Plugin")
		if err != nil || strings.HasSuffix(string(out), "yes") != found {
			t.Errorf("%s: php says %q (%v), we say %v", body, out, err, found)
		}
	}
}

// PHP's own tokenizer, where there is one, finds the same names, variables and strings.
func TestPHPAgainstPHP(t *testing.T) {
	php := gittest.Tool(t, "php")
	const script = `
if (!function_exists('token_get_all')) { exit(3); }
foreach (token_get_all(stream_get_contents(STDIN)) as $token) {
	if (is_array($token) && in_array($token[0], [T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED, T_VARIABLE, T_CONSTANT_ENCAPSED_STRING, T_EVAL, T_INCLUDE, T_FN])) {
		echo $token[1], "\n";
	}
}`
	for _, src := range []string{
		"<?php \\exec(A\\B::c(), $d->eval); eval('e'); // f ?> g <?= h",
		"<?php #[A('b')] fn () => $c?->d(...); # e\ninclude 'f';",
		"<?php $a = <<<X\n  exec()\n  X . b('c'); $d = <<<'Y'\n$e\nY;",
		"<?php $a-->exec(); 1...$b; 'c\\'d'; /* e */ f;",
		"<?php f('a'); ?> g('b') <?xml ?> <?php h('c'); __halt_compiler(); i('d');",
		"<?php \"a\" . 'b' /** 'c' */ . \"d\\\"e\";",
	} {
		cmd := exec.Command(php, "-d", "short_open_tag=0", "-r", script)
		cmd.Stdin = strings.NewReader(src)
		out, err := cmd.Output()
		if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 3 {
			if os.Getenv("REGEN_REQUIRE_TOOLS") != "" {
				t.Fatal("this php has no tokenizer, and REGEN_REQUIRE_TOOLS says that it has to")
			}
			t.Skip("this php has no tokenizer")
		}
		if err != nil {
			t.Fatal(err)
		}
		var ours strings.Builder
		for l := Lex(PHP, []byte(src)); ; {
			token, ok := l.Next()
			if !ok {
				break
			}
			text := src[token.Start:token.End]
			if token.Kind == Ident && !strings.EqualFold(text, haltCompiler) || token.Kind == Variable || token.Kind == String && !strings.HasPrefix(text, "<<<") {
				ours.WriteString(text + "\n")
			}
		}
		if ours.String() != string(out) {
			t.Errorf("%s\nPHP finds\n%sand we find\n%s", src, out, &ours)
		}
	}
}
