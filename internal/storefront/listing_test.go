package storefront

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/highlight"
	"github.com/regen-registry/regen/internal/palette"
	"github.com/regen-registry/regen/site"
)

func TestListing(t *testing.T) {
	const begin, end = `<pre tabindex="0"><code>`, "\n</code></pre>"
	for name, c := range map[string]struct{ src, want string }{
		"colours":            {"```go\nvar a = \"<b>\" // &\n```", begin + `<span class="k">var</span> a = <span class="s">&quot;&lt;b&gt;&quot;</span> <span class="c">// &amp;</span>` + end},
		"language unknown":   {"```klingon\nvar a\n```", begin + `var a` + end},
		"no language":        {"```\nvar a\n```", begin + `var a` + end},
		"indented":           {"    var a", begin + `var a` + end},
		"in a list":          {"- ```js\n  let a\n    let b\n  ```", "<ul>\n<li>\n" + begin + `<span class="k">let</span> a` + "\n  " + `<span class="k">let</span> b` + end + "\n</li>\n</ul>"},
		"with a tab":         {"- ```js\n\tlet a\n  ```", "<ul>\n<li>\n" + begin + `  <span class="k">let</span> a` + end + "\n</li>\n</ul>"},
		"hostile language":   {"```js\"><script>alert(1)</script>\nlet a\n```", begin + `<span class="k">let</span> a` + end},
		"entity in language": {"```&#106;s\nlet a\n```", begin + `let a` + end},
		"end of code":        {"```js\nlet a = '</code></pre><script>alert(1)</script>'\n```", begin + `<span class="k">let</span> a = <span class="s">'&lt;/code&gt;&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;'</span>` + end},
		"script in HTML":     {"```html\n<script>let a</script>\n```", begin + `<span class="t">&lt;script&gt;</span><span class="k">let</span> a<span class="t">&lt;/script&gt;</span>` + end},
		"NUL":                {"```js\n'\x00'\n```", begin + `<span class="s">'` + " " + `'</span>` + end},
		"not UTF-8":          {"```js\n'\xff'\n```", begin + `<span class="s">'` + "\uFFFD" + `'</span>` + end},
	} {
		t.Run(name, func(t *testing.T) {
			if got := renderMarkdown(t, c.src); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.src, got, c.want)
			}
		})
	}
}

// Code is in colours up to so many bytes and parts a text; all of it is shown.
func TestListingBounds(t *testing.T) {
	fence := func(code string) string { return "```js\n" + code + "```\n\n" }
	line := "let a = 1 // " + strings.Repeat("b", 86) + "\n"
	for name, c := range map[string]struct {
		src  string
		want int // parts
	}{
		"as much as may be":      {fence(strings.Repeat(line, 655)), 3 * 655},
		"a long one":             {fence(strings.Repeat(line, 2000)), 0},
		"one behind a long one":  {fence(strings.Repeat(line, 2000)) + fence(line), 3},
		"many that are too much": {strings.Repeat(fence(strings.Repeat(line, 300)), 3), 3 * 300 * 2},
		"many parts":             {fence(strings.Repeat("let a\n", 5000)), maxSpans},
		"many parts in many":     {strings.Repeat(fence("let a\n"), 5000), maxSpans},
	} {
		out := renderMarkdown(t, c.src)
		if got := strings.Count(out, "<span"); got != c.want {
			t.Errorf("%s: %d parts in colour, expected %d", name, got, c.want)
		}
		if got, want := strings.Count(out, "let"), strings.Count(c.src, "let"); got != want {
			t.Errorf("%s: %d of %d lines are shown", name, got, want)
		}
		if again := renderMarkdown(t, c.src); again != out {
			t.Errorf("%s: other HTML the second time", name)
		}
	}
}

// Each class has a colour, and that reaches 4.5 : 1 where code stands, in both schemes.
func TestCodeColours(t *testing.T) {
	schemes := []map[string]palette.Colour{{}, {}}
	style := ""
	for _, name := range []string{"10-base.css", "50-code.css"} {
		data, err := fs.ReadFile(site.FS, "styles/"+name)
		if err != nil {
			t.Fatal(err)
		}
		style += string(data)
	}
	for _, m := range regexp.MustCompile(`(--[a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(style, -1) {
		c, err := palette.Parse(m[2])
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := schemes[0][m[1]]; !ok {
			schemes[0][m[1]] = c
		} else {
			schemes[1][m[1]] = c
		}
	}
	for _, class := range []highlight.Class{
		highlight.Keyword, highlight.String, highlight.Comment, highlight.Number, highlight.Name, highlight.Type, highlight.Variable, highlight.Deleted, highlight.Inserted,
	} {
		m := regexp.MustCompile(`pre \.` + string(class) + `(?:, pre \.[a-z])* \{ color: var\((--[a-z-]+)\); \}`).FindStringSubmatch(style)
		if m == nil {
			t.Errorf("the class %s has no colour", class)
			continue
		}
		for i, scheme := range schemes {
			if c, ok := scheme[m[1]]; !ok {
				t.Errorf("scheme %d has no %s", i, m[1])
			} else if !palette.Readable(c, scheme["--sunken"]) {
				t.Errorf("scheme %d: the class %s is %s on %s, which is hard to read", i, class, c, scheme["--sunken"])
			}
		}
	}
}
