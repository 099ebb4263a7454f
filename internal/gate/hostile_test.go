package gate_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/gittest"
)

// texts are what somebody may put where a text goes, to make something else of it.
var texts = []string{
	"<img src=x onerror=alert(1)>", "![x](https://evil.example/x.png)", "[click](javascript:alert(1))", "@everybody #1 org/repo#2 GH-3", "`code` ``more``", "```", "</details>", "<!-- regen -->",
	"https://evil.example/ www.evil.example a@evil.example", "| a | b |", "::error::x", "##[group]x", "*bold* _it_ ~~no~~ $x$", "&lt;script&gt; &#64;ada", "\u202egnp.exe", "a\r\nb\n\n# heading", "\x1b[31mred", "- [ ] task", "\\@ada", "`", "a`", "~~~", "[x]: https://evil.example", "[^1]: x", ":tada:",
	"closes GH-12", "gh-1 xGH-2", ":+1::octocat:", "see d670460b4b4aece5915caf5c68d12f560a9fe3e4", "ada@d670460b4b4aece5915caf5c68d12f560a9fe3e4", "> [!WARNING]", "@acme/team", "`@`ada", "`GH-1`", "@`#`1", "$`x`$",
}

var (
	mention = regexp.MustCompile(`(^|[^\w])@[A-Za-z0-9]`)
	harmful = regexp.MustCompile(`(?i)<(a|img|script|input|del|em|h1|h3 id|table|sup|details open)\b|#[0-9]|\bGH-[0-9]|:[\w+-]+:|\b[0-9a-f]{7,40}\b|markdown-alert`)
	inCode  = regexp.MustCompile(`(?s)<code>.*?</code>`)
)

// Whatever a result holds, its Markdown makes no link, picture, mention or reference, and no HTML but its own.
func TestMarkdownIsSafe(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe()))
	for _, text := range texts {
		f := check.Finding{Code: text, Severity: check.Error, Path: text, Line: 1, Message: text, Hint: text}
		change := gate.FileChange{Path: text, Status: text}
		r := gate.Result{
			Kind: text, Base: text, Head: text, Title: text, Verdict: gate.Verdict(text), Labels: []string{text}, Ping: []string{text}, Findings: check.Findings{f}, PackageCount: 1, OtherCount: 1, Others: []gate.FileChange{change},
			Packages: []gate.Package{{ID: text, Dir: text, Format: text, Change: "release", Version: text, Before: text, Owners: []string{text}, ApprovedBy: text, SignedBy: text,
				Artifact: &gate.Artifact{Name: text, SHA256: text, Source: text}, Review: []gate.Item{{Kind: gate.Kind(text), Text: text, Path: text}}, ReviewCount: 1, Findings: check.Findings{f}, FindingCount: 1, Files: []gate.FileChange{change}, FileCount: 1}},
		}
		out := gate.Markdown(r)
		var b bytes.Buffer
		if err := md.Convert(out, &b); err != nil {
			t.Fatal(err)
		}
		page := inCode.ReplaceAllString(b.String(), "|")
		page = strings.NewReplacer("<details>", "", "</details>", "", "<summary>", "", "</summary>", "", "<br>", "").Replace(page)
		if harmful.MatchString(page) || mention.MatchString(page) || strings.Count(b.String(), "<details>") != 2 || strings.Count(b.String(), "</details>") != 2 {
			t.Errorf("%q:\n%s\n%s", text, out, b.String())
		}
		for _, c := range b.String() {
			if c < ' ' && c != '\n' || c == '\u202e' {
				t.Errorf("%q: holds %U", text, c)
			}
		}
		for line := range strings.SplitSeq(string(out), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("%q: a command to a CI system: %s", text, line)
			}
		}
	}
}

// A result that is too long is cut, and says so.
func TestMarkdownIsBounded(t *testing.T) {
	r := gate.Result{Verdict: gate.Pass, Title: "x", PackageCount: 100}
	for range 100 {
		p := gate.Package{ID: "demo", FileCount: 10_000, ReviewCount: 5000}
		for range 300 {
			p.Files = append(p.Files, gate.FileChange{Path: strings.Repeat("`x", 250), Status: "added"})
			p.Review = append(p.Review, gate.Item{Kind: gate.KindBinary, Text: strings.Repeat("@", 1000)})
		}
		r.Packages = append(r.Packages, p)
	}
	out := gate.Markdown(r)
	if len(out) > gate.MaxMarkdown || !bytes.Contains(out, []byte("packages more")) {
		t.Errorf("%d bytes", len(out))
	}
}

// A pull request whose names and texts are hostile gets a result that its schema allows, and findings.
func TestHostilePull(t *testing.T) {
	change := gittest.Files{}
	for i, text := range texts {
		if strings.ContainsAny(text, "\n\x1b\"\\/") {
			continue // which git fast-import wants quoted, or that make directories
		}
		change["plugins/demo/"+text+string(rune('a'+i))] = gittest.Text(text)
		change[text+string(rune('a'+i))] = gittest.Text(text)
	}
	s := begin(t, "ada", native("demo", "1.0.0", owned), gittest.Join(change, native("demo", "1.1.0", owned, `keywords: ["<b>x</b>"]`)))
	s.pull.Title = "::set-output name=x::y <img> @everybody\n"
	if r := s.look(); r.PackageCount != 1 || r.OtherCount == 0 {
		t.Errorf("%+v", r)
	}
}
