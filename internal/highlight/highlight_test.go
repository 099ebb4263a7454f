package highlight

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// marked returns a source with its spans as ‹class text›.
func marked(info, source string) string {
	var b strings.Builder
	at := 0
	for _, span := range Spans(info, source) {
		fmt.Fprintf(&b, "%s‹%s %s›", source[at:span.Start], span.Class, source[span.Start:span.End])
		at = span.End
	}
	return b.String() + source[at:]
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ info, source, want string }{
		{"sh", "# install\nsudo apt-get install -y jq # now\nA=1 ./run.sh --out=\"$B\" '$C' $D | sort", "‹c # install›\n‹k sudo› ‹f apt-get› install -y jq ‹c # now›\n‹v A›=1 ‹f ./run.sh› --out=‹s \"$B\"› ‹s '$C'› ‹v $D› | ‹f sort›"},
		{"bash", "if [ -f \"$x\" ]; then\n  echo it's ${y}\nfi", "‹k if› ‹k [› -f ‹s \"$x\"› ]; ‹k then›\n  ‹f echo› it's ‹v ${y}›\n‹k fi›"},
		{"sh", "cat > a <<'EOF'\nit's #1\nEOF\nls", "‹f cat› > a <<‹s 'EOF'›\n‹s it's #1\nEOF›\n‹f ls›"},
		{"sh", "cat <<EOF\nls", "‹f cat› <<EOF\n‹f ls›"},
		{"sh", "curl a#b \\\n  -o c", "‹f curl› a#b \\\n  -o c"},
		{"console", "$ regen check # all\n3 packages, it's fine\nuser@host:~$ ls", "‹c $› ‹f regen› check ‹c # all›\n3 packages, it's fine\n‹c user@host:~$› ‹f ls›"},
		{"php", "$a = array_map(fn($x) => 'it\\'s', null); // b\n#[Pure] class Foo {}", "‹v $a› = ‹f array_map›(‹k fn›(‹v $x›) => ‹s 'it\\'s'›, ‹n null›); ‹c // b›\n#[‹t Pure›] ‹k class› ‹t Foo› {}"},
		{"php", "<p class=a>it's</p>\n<?php echo \"x\"; ?>\n<b>", "‹t <p› ‹f class›=‹s a›‹t >›it's‹t </p>›\n‹k <?php› ‹k echo› ‹s \"x\"›; ‹k ?>›\n‹t <b>›"},
		{"go", "func F(x int) error { return nil } /* a\n b */ `raw`", "‹k func› ‹f F›(x ‹k int›) ‹k error› { ‹k return› ‹n nil› } ‹c /* a\n b */› ‹s `raw`›"},
		{"js", "const a = `x\n${b}` + 0x1F + 1.5e-3; @dec class A { b() { return true } }", "‹k const› a = ‹s `x\n${b}`› + ‹n 0x1F› + ‹n 1.5e-3›; ‹k @dec› ‹k class› ‹t A› { ‹f b›() { ‹k return› ‹n true› } }"},
		{"TSX {1,3}", "let a", "‹k let› a"},
		{"{.js}", "let a", "‹k let› a"},
		{"json", `{"a": "b", "c" : [1, true]}`, `{‹t "a"›: ‹s "b"›, ‹t "c"› : [‹n 1›, ‹n true›]}`},
		{"yaml", "# a\nb:\n  - c-d: it's \"e\" # f\n    url: http://x:80\n'g h': 12", "‹c # a›\n‹t b›:\n  - ‹t c-d›: it's ‹s \"e\"› ‹c # f›\n    ‹t url›: http://x:‹n 80›\n‹t 'g h'›: ‹n 12›"},
		{"toml", "[a.b]\nc = 'd' # e\nf = 2024-01-01", "‹k [a.b]›\n‹t c› = ‹s 'd'› ‹c # e›\n‹t f› = ‹n 2024›-‹n 01›-‹n 01›"},
		{"ini", "; a\n[b]\nc d = e's", "‹c ; a›\n‹k [b]›\n‹t c d› = e's"},
		{"html", "<!-- a --><a href=\"b\" x=1>&amp; & c</a><script>let d</script>", "‹c <!-- a -->›‹t <a› ‹f href›=‹s \"b\"› ‹f x›=‹s 1›‹t >›‹n &amp;› & c‹t </a><script>›‹k let› d‹t </script>›"},
		{"css", "@media print { a:hover { color: #fff; margin: 0 -1.5em; } } /* b */", "‹k @media› print { ‹t a›:hover { ‹t color›: ‹n #fff›; ‹t margin›: ‹n 0› -‹n 1.5em›; } } ‹c /* b */›"},
		{"lua", "local a = [[b\nc]] -- d\n--[[ e\n]] f('g')", "‹k local› a = ‹s [[b\nc]]› ‹c -- d›\n‹c --[[ e\n]]› ‹f f›(‹s 'g'›)"},
		{"python", "@x\ndef f(a): # b\n    return rb'c' + \"\"\"d\n\"\"\" + None", "‹k @x›\n‹k def› ‹f f›(a): ‹c # b›\n    ‹k return› ‹s rb'c'› + ‹s \"\"\"d\n\"\"\"› + ‹n None›"},
		{"rust", "fn f<'a>(c: &'a str) { 'x'; '\\n'; r#\"a\"b\"#; }", "‹k fn› f<'a>(c: &'a ‹k str›) { ‹s 'x'›; ‹s '\\n'›; ‹s r#\"a\"b\"#›; }"},
		{"sql", "SELECT count(*) FROM t WHERE a = 'it''s' -- b", "‹k SELECT› ‹f count›(*) ‹k FROM› t ‹k WHERE› a = ‹s 'it''s'› ‹c -- b›"},
		{"diff", "--- a\n+++ b\n@@ -1 +1 @@\n-c\n+d\n e", "‹c --- a›\n‹c +++ b›\n‹k @@ -1 +1 @@›\n‹d -c›\n‹i +d›\n e"},
		{"dockerfile", "FROM alpine:3 AS a\nRUN apk add b # c", "‹k FROM› alpine:3 AS a\n‹k RUN› ‹f apk› add b ‹c # c›"},
		{"java", "@Override public void f() { return; }", "‹k @Override› ‹k public› ‹k void› ‹f f›() { ‹k return›; }"},
		{"c", `char *s = "a\"b"; int x = 'c';`, `‹k char› *s = ‹s "a\"b"›; ‹k int› x = ‹s 'c'›;`},

		{"", "let a", "let a"},
		{"klingon", "let a", "let a"},
		{strings.Repeat("js", 1000), "let a", "let a"},
		{"js\" onclick=\"x", "let a", "‹k let› a"},
		{"js", "", ""},
	} {
		if got := marked(c.info, c.source); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.info, got, c.want)
		}
	}
}

// all are names of all languages, one of each.
func all() []string {
	names := []string{"diff", "console", "html", "php"}
	seen := make(map[*syntax]bool)
	for _, name := range slices.Sorted(maps.Keys(languages())) {
		if l := languages()[name]; !seen[l] {
			seen[l] = true
			names = append(names, name)
		}
	}
	return names
}

// pieces are what code in any language is made of.
var pieces = []string{
	"a", "A", "a ", "a\n", "\n", "\t", " ", "0", "0e+", "1.", "'", "\"", "`", "\\", "'\\", "\"\\\n", "'a'", "\"a\" ", "'''", "\"\"\"", "\"\"\"a", "r#\"", "r'", "(", ")", "{", "}", "[", "]", "[[", "[=[", "--[[", "--", "//", "/*", "/**/", "/", "#", "#[", " #",
	"#a", "$", "${", "$a", "$(", "@", "@a", "<", "<<", "<<A", "<<A\n", "<<<'A'\n", "<a", "<a ", "<a b", "<a b=", "<a b='", "<a b=\"c\">", "<!--", "<!", "<?", "<?php ", "<?= ", "?>", "<script>", "<style>", "</", "&", "&amp;", "&#", "=", "a=", "a =", ":", "a:", "a: ",
	"- ", "- a: ", "\na: b", "\n[a]", "[a]\n", ";", "|", "||", "&&", "+", "-", "\n+", "\n-", "@@\n", "$ a\n", "$ a\\\n", "é", "’", "\xff", "\xc3", "€'", "\x00", "\r\n", "if ", "if\n",
}

// Whatever the language and the source, the spans keep the rules, and they are found in time that grows with the length alone.
func TestHostile(t *testing.T) {
	size := 64 << 10 // as much as a page colours
	if testing.Short() {
		size = 4 << 10
	}
	for _, name := range all() {
		sources := []string{func() string { // each heredoc with another word
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				fmt.Fprintf(&b, "<<a%d\n", i)
			}
			return b.String()
		}()}
		for _, piece := range pieces {
			sources = append(sources, strings.Repeat(piece, size/len(piece)))
		}
		for _, source := range sources {
			start := time.Now()
			spans := Spans(name, source)
			if took := time.Since(start); took > 3*time.Second { // it takes some milliseconds
				t.Errorf("%s, %.10q…: took %v", name, source, took)
			}
			hold(t, name, source, spans)
		}
		for i, a := range pieces { // each piece before and behind each other
			source := ""
			for _, b := range pieces[i:] {
				source += a + b
			}
			hold(t, name, source, Spans(name, source))
		}
	}
}

func hold(t *testing.T, name, source string, spans []Span) {
	t.Helper()
	at, valid := 0, utf8.ValidString(source)
	for _, s := range spans {
		if s.Start < at || s.End <= s.Start || s.End > len(source) || len(s.Class) != 1 {
			t.Fatalf("%s, %.40q: the span %v behind %d", name, source, s, at)
		}
		if valid && !utf8.ValidString(source[s.Start:s.End]) {
			t.Fatalf("%s, %.40q: the span %v cuts a character", name, source, s)
		}
		at = s.End
	}
}

func FuzzSpans(f *testing.F) {
	for _, name := range all() {
		f.Add(name, strings.Join(pieces, ""))
	}
	f.Fuzz(func(t *testing.T, name, source string) { hold(t, name, source, Spans(name, source)) })
}

func BenchmarkSpans(b *testing.B) {
	source := strings.Repeat("func F(x int) error { return fmt.Errorf(\"%d\", x) } // a comment\n", 100)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		Spans("go", source)
	}
}
