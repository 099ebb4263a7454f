package storefront

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"golang.org/x/net/html"
)

// walk visits the elements of a page.
func walk(t testing.TB, page []byte, visit func(n *html.Node, attr map[string]string)) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			attr := make(map[string]string, len(n.Attr))
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			visit(n, attr)
		}
	}
}

// textOf returns what a reader sees, with single spaces.
func textOf(t testing.TB, page []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "title" {
			b.WriteString(n.Data)
			if slices.Contains([]string{"td", "th", "a", "time", "dt", "dd", "span"}, n.Parent.Data) {
				b.WriteByte(' ')
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// unescape undoes %XX.
func unescape(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for ; s != ""; s = s[1:] {
		if s[0] == '%' {
			c, err := hex.DecodeString(s[1:3])
			if err != nil {
				t.Fatal(err)
			}
			b.Write(c)
			s = s[2:]
			continue
		}
		b.WriteByte(s[0])
	}
	return b.String()
}

// checkSafe fails where a page could run, load or submit anything.
func checkSafe(t testing.TB, at string, page []byte) {
	t.Helper()
	policy := false
	allowed := strings.Fields("html head meta title link script body a header main footer nav section article aside div span bdi p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd img figure figcaption " +
		"table caption thead tbody tr th td pre code b strong em del br hr blockquote details summary time svg path circle rect g title form input button noscript dialog select option label textarea fieldset legend template")
	walk(t, page, func(n *html.Node, attr map[string]string) {
		if !slices.Contains(allowed, n.Data) {
			t.Errorf("%s: has <%s>", at, n.Data)
		}
		if n.Data == "script" && attr["type"] != "application/ld+json" && (attr["src"] == "" || n.FirstChild != nil) {
			t.Errorf("%s: has a script of its own", at)
		}
		if attr["http-equiv"] == "Content-Security-Policy" && attr["content"] == wire.PageCSP {
			policy = n.Parent.Data == "head"
		}
		for key, value := range attr {
			if key == "style" || strings.HasPrefix(key, "on") || key == "formaction" || key == "ping" || key == "srcdoc" {
				t.Errorf("%s: <%s %s=%q>", at, n.Data, key, value)
			}
			if key == "href" || key == "src" || key == "srcset" || key == "action" {
				scheme, _, found := strings.Cut(strings.ToLower(value), ":")
				if found && scheme != "https" && scheme != "http" && scheme != "mailto" && !strings.HasPrefix(value, "#") {
					t.Errorf("%s: <%s %s=%q>", at, n.Data, key, value)
				}
			}
		}
	})
	if !policy {
		t.Errorf("%s: has no content security policy", at)
	}
	if i := bytes.IndexAny(page, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b"); i >= 0 {
		t.Errorf("%s: has %q", at, page[i:min(len(page), i+20)])
	}
}
