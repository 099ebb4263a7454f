package check

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What isn't printable, or would be a command, is shown as an escape; what people write isn't.
func TestOneLine(t *testing.T) {
	for _, c := range [][2]string{
		{"plain ASCII ~", "plain ASCII ~"},
		{"Grüße, 日本, e\u0301, नमस्ते, שלום, 🎉", "Grüße, 日本, e\u0301, नमस्ते, שלום, 🎉"},
		{"\x1b[31m", `\u001b[31m`},
		{"a\rb\nc\x00\x7f\u0085", `a\u000db\u000ac\u0000\u007f\u0085`},
		{"a\u202eb\u2066c\u200b\u2028", `a\u202eb\u2066c\u200b\u2028`},
		{"\U000e0041\ufeff", `\U000e0041\ufeff`},
		{"a\tb", "a    b"},
		{"bad \xff\xfe", "bad ��"},
		{"e\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\u0301"},
		{"e\u0301\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\u0301" + `\u0301\u0301`},
		{"::error::x", `\u003a:error::x`},
		{" \t ::error::x", `      \u003a:error::x`},
		{"A::B", "A::B"},
		{"a ##[error]x", `a \u0023#[error]x`},
		{"a ##vso[task.x]", `a \u0023#vso[task.x]`},
		{"###[x]", `#\u0023#[x]`},
		{"## Title [1]", "## Title [1]"},
	} {
		if got := OneLine(c[0]); got != c[1] {
			t.Errorf("%q is shown as %q, expected %q", c[0], got, c[1])
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    []string
	}{
		{"one two three", 0, []string{"one two three"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 6, []string{"one", "two", "three"}},
		{"日本 日本 ab", 9, []string{"日本 日本", "ab"}},
		{"a https://example.org/long b", 5, []string{"a", "https://example.org/long", "b"}},
		{"wide  gap", 20, []string{"wide  gap"}},
		{"at the end ::error::x", 10, []string{"at the end ::error::x"}}, // nothing that starts a line with a command
		{"", 5, []string{""}},
	} {
		if got := Wrap(c.text, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d columns is %q, expected %q", c.text, c.columns, got, c.want)
		}
	}
}

// The mark in each text stands where the caret is expected below; a bar is where it points to in the source.
func TestFrame(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, c := range []struct {
		source  string // with a bar before the character
		columns int
		want    string // with a bar before the column
	}{
		{"|abc", 40, "|abc"},
		{"ab|c", 40, "ab|c"},
		{"abc|", 40, "abc|"},
		{"|", 40, "|"},
		{"\t\ta|b", 40, "        a|b"},
		{"\t|\ta", 40, "    |    a"},
		{"日本|語", 40, "日本|語"},
		{"e\u0301|x", 40, "e\u0301|x"},
		{"e|\u0301x", 40, "|e\u0301x"}, // below the letter that the mark is on
		{"각|x", 40, "각|x"},
		{"ﾊﾝ|x", 40, "ﾊﾝ|x"},
		{"a\u202e|b", 40, `a\u202e|b`},
		{"a|\u202eb", 40, `a|\u202eb`},
		{"##[|x", 40, `\u0023#[|x`},
		{"🎉|x", 40, "🎉|x"},
		{long + "|y" + long, 21, "…xxxxxxxxxxx|yxxxxxxx…"},
		{"|y" + long, 21, "|yxxxxxxxxxxxxxxxxxx…"},
		{long + "|", 21, "…xxxxxxxxxxxxxxxxxxx|"},
		{strings.Repeat("日", 100) + "|y" + long, 21, "…日日日日日|yxxxxxxxx…"},
	} {
		at := strings.IndexByte(c.source, '|')
		shown, column := frame(strings.Replace(c.source, "|", "", 1), at, c.columns)
		used := 0
		got := ""
		for _, cell := range cells(shown) {
			if used == column && cell.columns > 0 && !strings.Contains(got, "|") {
				got += "|"
			}
			got += cell.text
			used += cell.columns
		}
		if used == column && !strings.Contains(got, "|") {
			got += "|"
		}
		if got != c.want || used > c.columns {
			t.Errorf("%q in %d columns is %q in %d, expected %q", c.source, c.columns, got, used, c.want)
		}
	}
	if shown, _ := frame(long, -1, 10); shown != "xxxxxxxx…" {
		t.Errorf("without a column, the line is shown as %q", shown)
	}
}

// A quoted line is cut around the column, at no place within a character; columns are counted in the whole line.
func TestQuote(t *testing.T) {
	long := strings.Repeat("é", 1000)
	for _, c := range []struct {
		file         string
		line, column int
		source       string // with a bar before the column
		utf16        int
	}{
		{"a\nbc\r\nd", 1, 1, "|a", 1},
		{"a\nbc\r\nd", 2, 2, "b|c", 2},
		{"a\nbc\r\nd", 2, 3, "bc|", 3},
		{"a\nbc\r\nd", 2, 4, "bc|", 3}, // behind the end
		{"a\nbc\r\nd", 2, 0, "bc", 0},  // no column
		{"a\nbc\r\nd", 3, 1, "|d", 1},
		{"a\n", 2, 1, "|", 1},
		{"a\n", 3, 1, "", 0}, // no such line
		{"", 1, 1, "|", 1},
		{"🎉é|", 1, 7, "🎉é||", 4},
		{"a\xffb", 1, 3, "a�|b", 3},
		{"a日b", 1, 3, "a�|��b", 3}, // within a character
		{long, 1, 1, "|" + strings.Repeat("é", 200) + "…", 1},
		{long, 1, 1001, "…" + strings.Repeat("é", 100) + "|" + strings.Repeat("é", 100) + "…", 501},
		{"x" + long, 1, 1002, "…" + strings.Repeat("é", 100) + "|" + strings.Repeat("é", 100) + "…", 502},
		{long, 1, 2001, "…" + strings.Repeat("é", 200) + "|", 1001},
	} {
		fs := Findings{{Path: "f", Line: c.line, Column: c.column}}
		fs.Quote(func(string) []byte { return []byte(c.file) })
		got := fs[0].Source
		if i := fs[0].Caret - 1; i >= 0 {
			got = got[:i] + "|" + got[i:]
		}
		if got != c.source || fs[0].ColumnUTF16 != c.utf16 {
			t.Errorf("%.20q at %d:%d is %q, column %d, expected %q, column %d", c.file, c.line, c.column, got, fs[0].ColumnUTF16, c.source, c.utf16)
		}
	}
}

// Findings out of order are quoted as well, from several files, some of which aren't there; those that have a line keep it.
func TestQuoteAll(t *testing.T) {
	fs := Findings{{Path: "b", Line: 2}, {Path: "b", Line: 1}, {Path: "none", Line: 1, Column: 1}, {Path: "a", Line: 1}, {Path: "a"}, {Path: "a", Line: 1, Source: "kept"}}
	fs.Quote(func(path string) []byte { return map[string][]byte{"a": []byte("a1\na2"), "b": []byte("b1\nb2")}[path] })
	var got []string
	for _, f := range fs {
		got = append(got, f.Source)
	}
	if want := []string{"b2", "b1", "", "a1", "", "kept"}; !slices.Equal(got, want) {
		t.Errorf("quoted %q, expected %q", got, want)
	}
	if fs[2].Caret != 0 {
		t.Error("a column in a file that isn't there")
	}
}

// Quoting takes one pass, in many lines as in one long one.
func TestQuoteCost(t *testing.T) {
	for _, text := range []string{"é;\n", "é; "} {
		file := []byte(strings.Repeat(text, 1_000_000))
		var fs Findings
		for i := range 20_000 {
			line, column := Position(file[:0], 0)
			if text == "é;\n" {
				line = 1 + 50*i
			} else {
				column = 1 + 200*i
			}
			fs = append(fs, Finding{Path: "f", Line: line, Column: column})
		}
		start := time.Now()
		fs.Quote(func(string) []byte { return file })
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	}
}
