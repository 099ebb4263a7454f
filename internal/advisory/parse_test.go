package advisory

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

const (
	hashA = "88c7d713770885ebc83c951898f8b918a64bab82263ea9528bbad9f3ced9999c"
	hashB = "3b5746563b3cd9acb895816d6913f42866ce341e5dc55152483f400cd2a59cc6"
)

func versions(t testing.TB, text string) Range {
	t.Helper()
	r, err := ParseRange(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Everything that an advisory may say, in the order of ids.
func TestParse(t *testing.T) {
	full := `# What is wrong.
advisories:
  - id: b.2
    package: org.example.clock
    hashes:
      - ` + hashA + `
      - "` + hashB + `"
    action: uninstall
    reason: |
      Sends passwords to a stranger.

      Change them.
  - id: ACME-2026-0001
    package: clock
    versions: ">=1.0.0, <1.4.2||=2.0.0-rc.1"
    hashes: [` + hashA + `]
    action: block
    reason:
      en: Stores passwords in clear text.
      de: "Speichert Passwörter im Klartext."
    link: https://example.org/advisories/1?lang=en#top
  - {id: a, package: clock, versions: "*", action: warn, reason: Shows the wrong time}
`
	want := []Advisory{{
		ID: "ACME-2026-0001", Package: "clock", Versions: versions(t, ">=1.0.0 <1.4.2 || =2.0.0-rc.1"), Hashes: []string{hashA}, Action: wire.Block,
		Reason: wire.Text{"en": "Stores passwords in clear text.", "de": "Speichert Passwörter im Klartext."}, Link: "https://example.org/advisories/1?lang=en#top",
		Line: 14, Column: 14,
	}, {
		ID: "a", Package: "clock", Versions: versions(t, "*"), Action: wire.Warn, Reason: wire.Text{"en": "Shows the wrong time"}, Line: 22, Column: 22,
	}, {
		ID: "b.2", Package: "org.example.clock", Hashes: []string{hashA, hashB}, Action: wire.Uninstall,
		Reason: wire.Text{"en": "Sends passwords to a stranger.\n\nChange them."}, Line: 4, Column: 14,
	}}
	for _, doc := range []string{full, strings.ReplaceAll(full, "\n", "\r\n"), "---\n" + full + "...\n"} {
		got, findings := Parse("advisories.yaml", []byte(doc))
		if strings.HasPrefix(doc, "---") {
			for i := range got {
				got[i].Line--
			}
		}
		if len(findings) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v, findings %v\nwant %+v", got, findings, want)
		}
	}
}

// A file without advisories is as good as none, also one from which the last one was lifted.
func TestParseNone(t *testing.T) {
	for _, doc := range []string{"", "# none yet\n", "---\n", "{}", "advisories: []", "advisories:\n", "advisories:\n  # - id: x\n"} {
		if got, findings := Parse("advisories.yaml", []byte(doc)); len(got) > 0 || len(findings) > 0 {
			t.Errorf("%q: %v, findings %v", doc, got, findings)
		}
	}
}

// entry returns a file of one advisory in which a line stands in place of the one with the same key, or is added.
func entry(line string) string {
	lines := []string{"id: A", "package: clock", `versions: "*"`, "action: block", "reason: Shows the wrong time."}
	key, _, _ := strings.Cut(line, ":")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, key+":") })
	if i < 0 {
		lines = append(lines, line)
	} else {
		lines[i] = line
	}
	return "advisories:\n- " + strings.Join(lines, "\n  ") + "\n"
}

// without returns a file of one advisory without a key.
func without(key string) string {
	kept := "advisories:\n- link: https://example.org/\n"
	for line := range strings.Lines(entry("versions: '*'")[len("advisories:\n"):]) {
		if line = line[2:]; !strings.HasPrefix(line, key+":") {
			kept += "  " + line
		}
	}
	return kept
}

func TestParseAccepts(t *testing.T) {
	for _, line := range []string{
		"id: " + strings.Repeat("a", 64), "id: 0.x_y-", "package: a.b-c.d0", "versions: <1.0.0", "versions: =1.0.0", `versions: '>= 1.0.0'`,
		"reason: " + strings.Repeat("é", 2000), `reason: "two\nlines, and\ta tab"`, "reason: {de: Geht nach}", "reason: {pt-BR: Atrasa, zh-Hant: 走慢了}", "reason: 👩\u200d🚀 שלום",
		"link: https://example.org", "link: https://EXAMPLE.org:8443/a%20b/?q=(x)&y=~1;z,@!$'*+#frag", "link: https://xn--bcher-kva.example/",
	} {
		if got, findings := Parse("advisories.yaml", []byte(entry(line))); len(got) != 1 || len(findings) > 0 {
			t.Errorf("%.80s: %v, findings %v", line, got, findings)
		}
	}
}

// Every fault is told at its place, and with one of them there are no advisories.
func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		doc  string
		want []string // code line:column: message
	}{
		{"advisories: [", []string{"yaml/syntax 1:14: not YAML: did not find expected node content"}},
		{"- id: A", []string{"schema/type 1:1: advisories.yaml is a list, expected keys with their values"}},
		{"advisory: []", []string{`schema/unknown-key 1:1: advisories.yaml has no key "advisory"`}},
		{"advisories: {}", []string{"schema/type 1:13: advisories is keys with their values, expected a list"}},
		{"advisories: [x]", []string{`schema/type 1:14: advisories[0] is the text "x", expected keys with their values`}},
		{"advisories: [null]", []string{"schema/type 1:14: advisories[0] is empty, expected keys with their values"}},
		{entry("sevrity: high"), []string{`schema/unknown-key 7:3: advisories[0] has no key "sevrity"`}},

		{without("id"), []string{`schema/required 2:3: advisories[0] has no "id", expected it: what people look the advisory up by`}},
		{entry("id: " + strings.Repeat("a", 65)), []string{"schema/length 2:7: advisories[0].id has 65 characters, expected at most 64"}},
		{entry("id: .a"), []string{`schema/pattern 2:7: advisories[0].id is ".a", expected letters and digits and . _ - with a letter or digit first`}},
		{entry("id: a/b"), []string{`schema/pattern 2:7: advisories[0].id is "a/b", expected letters and digits and . _ - with a letter or digit first`}},
		{entry("id: é"), []string{`schema/pattern 2:7: advisories[0].id is "é", expected letters and digits and . _ - with a letter or digit first`}},
		{entry("id: 2026"), []string{"schema/type 2:7: advisories[0].id is the number 2026, expected a text"}},

		{without("package"), []string{`schema/required 2:3: advisories[0] has no "package", expected it: the id of the package, which is the name of its directory`}},
		{entry("package: Clock"), []string{`schema/pattern 3:12: advisories[0].package is "Clock", expected lower-case letters and digits and inner hyphens in parts joined by dots`}},
		{entry("package: con"), []string{`advisories/package 3:12: advisories[0].package can't be one: id "con" is the name of a device on Windows`}},
		{entry("package: [clock]"), []string{"schema/type 3:12: advisories[0].package is a list, expected a text"}},

		{without("versions"), []string{"advisories/nothing-named 2:3: advisories[0] has neither versions nor hashes, expected at least one of the two"}},
		{entry(`versions: "^1.0.0"`), []string{`advisories/versions 4:13: advisories[0].versions is "^1.0.0", expected <, <=, >, >= or = before "^1.0.0"`}},
		{entry(`versions: ">=1.0.0 <1.0.0"`), []string{`advisories/no-version 4:13: advisories[0].versions has ">=1.0.0 <1.0.0", which no version is in, expected a lower bound below the upper one`}},
		{entry(`versions: "*" # ` + "\n  hashes: [x]"), []string{`schema/pattern 5:12: advisories[0].hashes[0] is "x", expected 64 hexadecimal digits in lower case`}},
		{entry("versions:"), []string{"schema/type 4:12: advisories[0].versions is empty, expected a text"}},
		{entry("versions: 1.0"), []string{"schema/type 4:13: advisories[0].versions is the number 1.0, expected a text"}},
		{entry("versions: <" + strings.Repeat("1", 1000)), []string{
			"schema/length 4:13: advisories[0].versions has 1001 characters, expected at most 1000",
			`schema/pattern 4:13: advisories[0].versions is "<` + strings.Repeat("1", 59) + `"…, expected comparisons with <, <=, >, >= or = and spaces between them, and || between alternatives, or "*"`,
		}},

		{entry("hashes: []"), []string{"schema/items 7:11: advisories[0].hashes has 0 items, expected 1 to 100"}},
		{entry("hashes: [" + strings.ToUpper(hashA) + "]"), []string{`schema/pattern 7:12: advisories[0].hashes[0] is "` + strings.ToUpper(hashA)[:60] + `"…, expected 64 hexadecimal digits in lower case`}},
		{entry("hashes: [" + hashA + ", " + hashA + "]"), []string{`schema/duplicate-item 7:78: advisories[0].hashes has "` + hashA[:60] + `"… twice`}},
		{entry("hashes: " + hashA), []string{`schema/type 7:11: advisories[0].hashes is the text "` + hashA[:60] + `"…, expected a list`}},

		{without("action"), []string{`schema/required 2:3: advisories[0] has no "action", expected it: what devices do`}},
		{entry("action: delete"), []string{`schema/enum 5:11: advisories[0].action is "delete", expected warn, block or uninstall`}},
		{entry("action: Block"), []string{`schema/enum 5:11: advisories[0].action is "Block", expected warn, block or uninstall`}},

		{without("reason"), []string{`schema/required 2:3: advisories[0] has no "reason", expected it: what is wrong, for people`}},
		{entry("reason: ' '"), []string{`schema/pattern 6:11: advisories[0].reason is " ", expected a text that isn't empty`}},
		{entry(`reason: {en: x, de: "\u00a0"}`), []string{"schema/pattern 6:23: advisories[0].reason.de is blank, expected a text"}},
		{entry("reason: {}"), []string{"schema/items 6:11: advisories[0].reason has 0 keys, expected 1 to 100"}},
		{entry("reason: {en: x, english: x}"), []string{`schema/key 6:19: advisories[0].reason has the key "english", expected the tag of a language such as "de" or "pt-BR"`}},
		{entry("reason: {en: " + strings.Repeat("é", 2001) + "}"), []string{"schema/length 6:16: advisories[0].reason.en has 2001 characters, expected at most 2000"}},
		{entry(`reason: "a\u202eb"`), []string{"text/bidi 6:11: advisories[0].reason holds the bidi control U+202E, expected none"}},
		{entry(`reason: {en: x, de: "a\e[31mb", fr: "\u200bx"}`), []string{
			"text/control 6:23: advisories[0].reason holds a control character (U+001B), expected visible text",
			"text/invisible 6:39: advisories[0].reason holds the invisible character U+200B, expected visible text",
		}},
		{entry("reason: 'x ##[error]y'"), []string{`text/workflow-command 6:11: advisories[0].reason holds "##[", which CI systems take for a command, expected text`}},

		{entry("link: http://example.org"), []string{`schema/pattern 7:9: advisories[0].link is "http://example.org", expected an address of ASCII characters that begins with https://`}},
		{entry("link: https://"), []string{`schema/pattern 7:9: advisories[0].link is "https://", expected an address of ASCII characters that begins with https://`}},
		{entry("link: https://a:b@example.org/"), []string{`schema/pattern 7:9: advisories[0].link is "https://a:b@example.org/", expected an address of ASCII characters that begins with https://`}},
		{entry(`link: 'https://example.org/"onclick'`), []string{`schema/pattern 7:9: advisories[0].link is "https://example.org/\"onclick", expected an address of ASCII characters that begins with https://`}},
		{entry("link: https://example.org/%zz"), []string{`text/url 7:9: advisories[0].link is "https://example.org/%zz", expected an address such as https://example.org/`}},
		{entry("link: https://example.org/" + strings.Repeat("a", 2000)), []string{"schema/length 7:9: advisories[0].link has 2020 characters, expected at most 2000"}},
		{entry("link: ''"), []string{`schema/pattern 7:9: advisories[0].link is "", expected an address of ASCII characters that begins with https://`}},

		{entry("link: https://example.org") + entry("id: a")[len("advisories:\n"):], []string{`advisories/duplicate-id 8:7: advisories[1] has the id "a", and so has advisories[0]`}},
		{entry("action: x") + entry("action: y")[len("advisories:\n"):] + entry("id: b")[len("advisories:\n"):], []string{ // all of them, in their order
			`schema/enum 5:11: advisories[0].action is "x", expected warn, block or uninstall`,
			`advisories/duplicate-id 7:7: advisories[1] has the id "A", and so has advisories[0]`,
			`yaml/surprise 10:11: found "y" without quotes, which YAML 1.1 takes for true and YAML 1.2 for a text`,
		}},
	} {
		got, findings := Parse("advisories.yaml", []byte(test.doc))
		var lines []string
		for _, f := range findings {
			lines = append(lines, fmt.Sprintf("%s %d:%d: %s", f.Code, f.Line, f.Column, f.Message))
			if f.Severity != check.Error || f.Path != "advisories.yaml" || f.Hint == "" {
				t.Errorf("%s: no error with a path and a hint: %+v", test.doc, f)
			}
		}
		if !reflect.DeepEqual(lines, test.want) || got != nil {
			t.Errorf("%s\ngot  %s\nwant %s\nadvisories %v", test.doc, strings.Join(lines, "\n     "), strings.Join(test.want, "\n     "), got)
		}
	}
}

// The bounds of the file: as much as they say is read, and one more isn't.
func TestParseBounds(t *testing.T) {
	file := func(n int) []byte {
		var b strings.Builder
		b.WriteString("advisories:\n")
		for i := range n {
			fmt.Fprintf(&b, "- {id: a%d, package: clock, versions: '*', action: warn, reason: Slow}\n", i)
		}
		return []byte(b.String())
	}
	if got, findings := Parse("advisories.yaml", file(MaxAdvisories)); len(got) != MaxAdvisories || len(findings) > 0 {
		t.Errorf("%d advisories, findings %v", len(got), findings)
	}
	got, findings := Parse("advisories.yaml", file(MaxAdvisories+1))
	if got != nil || len(findings) != 1 || findings[0].Code != "schema/items" || findings[0].Message != "advisories has 1001 items, expected at most 1000" {
		t.Errorf("%d advisories, findings %v", len(got), findings)
	}
	full := append(file(1), "#"+strings.Repeat("x", MaxFile)...)[:MaxFile]
	if got, findings := Parse("advisories.yaml", full); len(got) != 1 || len(findings) > 0 {
		t.Errorf("%d advisories, findings %v", len(got), findings)
	}
	if got, findings := Parse("advisories.yaml", append(full, 'x')); got != nil || len(findings) != 1 || findings[0].Code != "yaml/size" {
		t.Errorf("%d advisories, findings %v", len(got), findings)
	}
}

// An advisory is about what its versions or its hashes name.
func TestMatches(t *testing.T) {
	for _, c := range []struct {
		a             Advisory
		version, hash string
		want          bool
	}{
		{Advisory{Versions: versions(t, "<1.4.2")}, "1.4.1", "", true},
		{Advisory{Versions: versions(t, "<1.4.2")}, "1.4.2", "", false},
		{Advisory{Versions: versions(t, "<1.4.2")}, "1.4.2", hashA, false},
		{Advisory{Hashes: []string{hashA}}, "1.4.1", hashA, true},
		{Advisory{Hashes: []string{hashA}}, "1.4.1", hashB, false},
		{Advisory{Hashes: []string{hashA}}, "1.4.1", "", false},
		{Advisory{Versions: versions(t, "<1.4.2"), Hashes: []string{hashA, hashB}}, "1.4.1", "", true},
		{Advisory{Versions: versions(t, "<1.4.2"), Hashes: []string{hashA, hashB}}, "2.0.0", hashB, true},
		{Advisory{Versions: versions(t, "<1.4.2"), Hashes: []string{hashA}}, "2.0.0", hashB, false},
		{Advisory{}, "1.0.0", "", false},
	} {
		if got := c.a.Matches(c.version, c.hash); got != c.want {
			t.Errorf("%s %v matches %s %s: %v", c.a.Versions, c.a.Hashes, c.version, c.hash, got)
		}
		if c.a.NeedsHash() != (len(c.a.Hashes) > 0) {
			t.Errorf("%v needs hashes: %v", c.a.Hashes, c.a.NeedsHash())
		}
	}
}

// The actions are those of the published format.
func TestActions(t *testing.T) {
	for _, action := range wire.Actions {
		if got, findings := Parse("advisories.yaml", []byte(entry("action: "+action))); len(got) != 1 || got[0].Action != action {
			t.Errorf("%s: %v %v", action, got, findings)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, doc := range []string{
		entry("link: https://example.org/"), entry("reason: {en: x, de: y}"), entry("reason: \u00a0"), entry("hashes: [" + hashA + "]"), entry(`versions: ">2.0.0 <1.0.0"`), entry("id: a") + "- x",
		"advisories: [null, [], {versions: [], reason: {en: {}}, package: 5, id: [], link: 1}]", "advisories: {id: x}", "- \"\\u202e\"\n", "a: &a [x]\nb: *a\n",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		start := time.Now()
		list, findings := Parse("advisories.yaml", doc)
		if d := time.Since(start); d > 5*time.Second {
			t.Fatalf("took %v", d)
		}
		if len(list) > MaxAdvisories || list != nil && len(findings) > 0 {
			t.Fatalf("%d advisories beside %d findings", len(list), len(findings))
		}
		for i, a := range list {
			if i > 0 && list[i-1].ID >= a.ID {
				t.Fatalf("%s comes after %s", a.ID, list[i-1].ID)
			}
			if wire.CheckAdvisoryID(a.ID) != nil || wire.CheckID(a.Package) != nil || !slices.Contains(wire.Actions, a.Action) || len(a.Reason) == 0 || a.Line < 1 || a.Column < 1 {
				t.Fatalf("not usable: %+v", a)
			}
			if a.Versions.String() == "" && len(a.Hashes) == 0 {
				t.Fatalf("about nothing: %+v", a)
			}
			for lang, text := range a.Reason {
				if lang == "" || strings.TrimSpace(text) == "" || len([]rune(text)) > 2000 {
					t.Fatalf("bad reason: %+v", a)
				}
			}
		}
		for _, f := range findings {
			if f.Code == "" || f.Message == "" || f.Severity != check.Error || f.Path != "advisories.yaml" || f.Line < 0 || f.Column < 0 {
				t.Fatalf("bad finding: %+v", f)
			}
		}
	})
}

// The example of docs/operations.md is right.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n# yaml-language-server: $schema=advisories.schema.json\n")
	doc, _, _ := strings.Cut(rest, "```")
	if list, findings := Parse("advisories.yaml", []byte(doc)); len(list) != 1 || len(findings) > 0 {
		t.Errorf("%q: %v, findings %v", doc, list, findings)
	}
}
