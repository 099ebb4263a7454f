package storefront

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// published stands for a package with a readme in docs/, two pictures and a script that is disguised as one.
var published = map[string]asset{
	"docs/README.md": {url: "../../packages/x/1.0.0/assets/docs/README.md", opens: true},
	"CHANGELOG.md":   {url: "../../packages/x/1.0.0/assets/CHANGELOG.md", opens: true},
	"shots/a b.png":  {url: "../../packages/x/1.0.0/assets/shots/a%20b.png", opens: true, picture: true, width: 1600, height: 1000},
	"icon.svg":       {url: "../../packages/x/1.0.0/assets/icon.svg", picture: true},
}

func renderMarkdown(t testing.TB, src string) string {
	t.Helper()
	out, err := newMarkdown().render([]byte(src), document{
		prefix: "about-", titles: []string{"The Name"}, dir: "docs", source: "plugins/x",
		shown: map[string]string{"CHANGELOG.md": "changelog.html"},
		asset: func(path string) (asset, bool) { a, ok := published[path]; return a, ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestMarkdown(t *testing.T) {
	const away = ` rel="nofollow noopener noreferrer">`
	for name, c := range map[string]struct{ src, want string }{
		"link":                   {`[a](https://e.org/?x=1&y=2 "t")`, `<p><a href="https://e.org/?x=1&amp;y=2"` + away + `a</a></p>`},
		"link by reference":      {"[a]\n\n[a]: https://e.org", `<p><a href="https://e.org"` + away + `a</a></p>`},
		"bare address":           {`See https://e.org/a_b_c (or http://e.org).`, `<p>See <a href="https://e.org/a_b_c"` + away + `https://e.org/a_b_c</a> (or <a href="http://e.org"` + away + `http://e.org</a>).</p>`},
		"address in brackets":    {`<https://e.org>`, `<p><a href="https://e.org"` + away + `https://e.org</a></p>`},
		"address in code":        {"`https://e.org`", `<p><code>https://e.org</code></p>`},
		"no address":             {`xhttps://e.org https:// http`, `<p>xhttps://e.org https:// http</p>`},
		"script":                 {`[a](javascript:alert(1))`, `<p>a</p>`},
		"script by entity":       {`[a](javascript&colon;alert(1)) [b](&#106;avascript:x)`, `<p>a b</p>`},
		"script with a line end": {"[a](java\nscript:alert(1))", "<p>[a](java\nscript:alert(1))</p>"},
		"data":                   {`[a](data:text/html,x) ![b](data:image/png;base64,AAAA)`, `<p>a b</p>`},
		"script in brackets":     {`<javascript:alert(1)> <vbscript:x>`, `<p>javascript:alert(1) vbscript:x</p>`},
		"host without scheme":    {`[a](//e.org/x) ![b](//e.org/x.png)`, `<p>a b</p>`},
		"user name":              {`[a](https://bank.example@e.org/)`, `<p>a</p>`},
		"mail":                   {`[a](mailto:a@e.org) <a@e.org>`, `<p>a a@e.org</p>`},
		"asset":                  {`[a](README.md) [b](./../docs/README.md#x) [c](/docs/README.md) [d](/plugins/x/docs/README.md)`, strings.Join([]string{`<p><a href="../../packages/x/1.0.0/assets/docs/README.md">a</a>`, `">b</a>`, `">c</a>`, `">d</a></p>`}, ` <a href="../../packages/x/1.0.0/assets/docs/README.md`)},
		"file on the page":       {`[a](../CHANGELOG.md)`, `<p><a href="changelog.html">a</a></p>`},
		"asset that may run":     {`[a](../icon.svg) ![b](../icon.svg)`, `<p>a <img src="../../packages/x/1.0.0/assets/icon.svg" alt="b" loading="lazy"></p>`},
		"file not published":     {`[*a*](src/main.go) ![b](c.png)`, `<p><em>a</em> b</p>`},
		"file outside":           {`[a](../../../../index.json)`, `<p>a</p>`},
		"picture":                {`![a "b" *c*](<../shots/a b.png>)`, `<p><img src="../../packages/x/1.0.0/assets/shots/a%20b.png" alt="a &quot;b&quot; c" width="1600" height="1000" loading="lazy"></p>`},
		"picture, escaped path":  {`![](../shots/a%20b.png)`, `<p><img src="../../packages/x/1.0.0/assets/shots/a%20b.png" alt="" width="1600" height="1000" loading="lazy"></p>`},
		"foreign picture":        {`![a](https://e.org/a.png) ![](https://e.org/b.png)`, `<p><a href="https://e.org/a.png"` + away + `a</a> <a href="https://e.org/b.png"` + away + `e.org</a></p>`},
		"foreign linked picture": {`[![a](https://e.org/a.svg)](https://ci.example)`, `<p><a href="https://ci.example"` + away + `a</a></p>`},
		"heading":                {"# The name\n\ntext", `<p>text</p>`},
		"headings":               {"## A & B\n\n#### c\n\n## a & b", "<h3 id=\"about-a--b\">A &amp; B</h3>\n<h5 id=\"about-c\">c</h5>\n<h3 id=\"about-a--b-1\">a &amp; b</h3>"},
		"fragments":              {"[a](#c-d) [b](#nowhere)\n\n# C d", "<p><a href=\"#about-c-d\">a</a> b</p>\n<h3 id=\"about-c-d\">C d</h3>"},
		"raw HTML":               {"a <b onclick=x>b</b> c<br>d <script>alert(1)</script>\n\n<script>\nalert(1)\n</script>\n\n<img src=x onerror=alert(1)>", `<p>a b c<br>d alert(1)</p>`},
		"comment":                {"<!-- a\nc -->\nb", `<p>b</p>`},
		"attributes":             {"# a {onclick=x}", `<h3 id="about-a-onclickx">a {onclick=x}</h3>`},
		"code":                   {"```js\" onclick=\"x\n<b>&\n```", "<pre tabindex=\"0\"><code>&lt;b&gt;&amp;\n</code></pre>"},
		"task":                   {"- [x] a\n- [ ] b", "<ul>\n<li class=\"task\">☑ a</li>\n<li class=\"task\">☐ b</li>\n</ul>"},
		"table":                  {"|a|b|\n|:-:|-|\n|1|2|", "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table></div>"},
		"direction":              {"a\u202egnp.exe\u202c \u2066b\u2069 \u200fc\u0007", "<p>a" + "gnp.exe b \u200fc</p>"},
		"not UTF-8":              {"a\xffb", "<p>a\uFFFDb</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := renderMarkdown(t, c.src); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.src, got, c.want)
			}
		})
	}
}

// Whatever a source repeats, it takes no more time and room than a readme may, and doesn't nest too deep.
func TestMarkdownBounds(t *testing.T) {
	repeated := []string{
		"> ", ">", "- ", "1. ", "> - 1. * ", "- 1) ", "[", "]", "![", "[]", "[a](", "[a](((((((((", `[a](b "`, "[a](b '\n", "[a](b (", "[a](<", "[a](<b>", "[a](b c)", "[a][", "[a][]", "![a](", "[*", "[a]: b\n",
		"[a]: b '\n", "[^", "*a _b ", "**", "***a", "a**b", "_a", "~~a ", "`", "`a``b", "`a\n", "<a ", "<a b='", "<a b=\"\n", "<!--", "<!A ", "<?", "<![CDATA[", "</", "<a@", "http://a ", "http://", "http", "&amp;", "&#",
		"# a\n\n", "# a\n", "#\n", "a\n=\n", "```\n", "~~~a\n", "- a\n  ", "* a\n\n\n", "|", "|\n", "|a|\n|-|\n", "\\", "\\\n", ">>>>>>>>>>>>>>>>\n", "\t", " ", "\n", "<div>\n", "\x00", "> - [x] \n", "a", "a  \n",
	}
	srcs := make(map[string]string)
	const size = maxMarkdown / 4 // so that the test is quick under the race detector, too
	for _, unit := range repeated {
		srcs[unit] = strings.Repeat(unit, size/len(unit))
	}
	columns := size / 8
	srcs["wide and long table"] = strings.Repeat("|", columns) + "\n" + strings.Repeat("|-", columns) + "\n" + strings.Repeat("|\n", columns)
	srcs["deep list"] = func() string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
		}
		return b.String()
	}()
	for name, src := range srcs {
		if costly([]byte(src)) {
			continue // shown as it is
		}
		start := time.Now()
		out := renderMarkdown(t, src)
		if took := time.Since(start); took > 5*time.Second { // on a machine that does other things, too
			t.Errorf("%q: took %v", name, took)
		} else if took > time.Second/4 {
			t.Logf("%q: took %v", name, took)
		}
		if len(out) > 24*size {
			t.Errorf("%q: became %d bytes", name, len(out))
		}
		if depth := depthOf(out); depth > 4*maxDepth {
			t.Errorf("%q: nested %d deep, expected at most %d", name, depth, 4*maxDepth)
		}
	}
}

func TestCostly(t *testing.T) {
	for _, src := range []string{readme, changelog, strings.Repeat(readme, maxMarkdown/len(readme)), strings.Repeat("- [a](https://example.org/a \"b\") and [b](c_(d))\n", 5000), strings.Repeat("|a|b|c|\n|-|-|-|\n|1|2|3|\n|1|2|3|\n\n", 6000)} {
		if costly([]byte(src)) {
			t.Errorf("%.60q… counts as costly", src)
		}
	}
	for _, src := range []string{strings.Repeat("[a](", 60_000), strings.Repeat("[a](b (", 30_000), "|" + strings.Repeat("-|", 1000) + "\n" + strings.Repeat("|\n", 1000)} {
		if !costly([]byte(src)) {
			t.Errorf("%.60q… doesn't count as costly", src)
		}
	}
}

// depthOf returns how deep the elements of a fragment nest.
func depthOf(fragment string) int {
	depth, most := 0, 0
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return most
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) != "img" && string(name) != "br" && string(name) != "hr" {
				depth++
				most = max(most, depth)
			}
		case html.EndTagToken:
			depth--
		}
	}
}

func TestCutMarkdown(t *testing.T) {
	lines := strings.Repeat("0123456789\n", maxMarkdown/11+1)
	start, cut := cutMarkdown([]byte(lines), maxMarkdown)
	if !cut || len(start) > maxMarkdown || len(start) < maxMarkdown-11 || start[len(start)-1] != '\n' {
		t.Errorf("cut is %v at %d, expected the end of the last line before %d", cut, len(start), maxMarkdown)
	}
	start, cut = cutMarkdown([]byte(strings.Repeat("€", maxMarkdown/3+1)), maxMarkdown)
	if !cut || len(start) > maxMarkdown || strings.Trim(string(start), "€") != "" {
		t.Errorf("cut is %v at %d, expected the end of a character", cut, len(start))
	}
	if start, cut := cutMarkdown([]byte("a"), maxMarkdown); cut || string(start) != "a" {
		t.Error("a short source was cut")
	}
}
