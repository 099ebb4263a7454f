package manifest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
)

// What people write in any script is fine; what they don't see isn't.
func TestSuspicious(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"Watches disks":             "",
		"two\nlines\tand a tab":     "",
		"two\r\nlines":              "",
		"naïve café, Ærø, Łódź":     "",
		"Ελληνικά":                  "",
		"Русский":                   "",
		"日本語 한국어 ไทย":               "",
		"a combined e\u0301":        "",
		"no\u00a0break, thin\u2009": "",

		// emoji, whose parts are joined
		"👩\u200d🔧":                        "",
		"👩🏽\u200d🔧":                       "",
		"👨\u200d👩\u200d👧\u200d👦":          "",
		"❤\ufe0f\u200d🔥":                  "",
		"🏳\ufe0f\u200d🌈":                  "",
		"1\ufe0f\u20e3 and #\ufe0f\u20e3": "",
		"☎\ufe0e":                         "",

		// scripts that are written with joiners, and in two directions
		"می\u200cخواهم":           "", // Persian: I want
		"नमस्\u200dते क्\u200dष":  "", // Devanagari
		"ක්\u200dෂ":               "", // Sinhala
		"C++\u200e في العربية":    "",
		"\u200fWatches\u200f قرص": "",
		"קובץ \u200eREADME.md":    "",
		"葛\U000e0100城":            "", // a variant in a Japanese name

		"a\u202eb":       "text/bidi", // CVE-2021-42574
		"a\u202ab\u202c": "text/bidi",
		"\u2066a\u2069":  "text/bidi",
		"قرص \u202e":     "text/bidi", // of no use in Arabic either

		"a\x00b":       "text/control",
		"\x1b[31m":     "text/control",
		"a\x7f":        "text/control",
		"a\u0085b":     "text/control",
		"a\rb":         "text/control",
		"a\u2028b":     "text/control",
		"a\ufffdb":     "text/control",
		"a\ue000b":     "text/control",
		"a\ufffeb":     "text/control",
		"a\U0010ffffb": "text/control",

		"di\u200bsks":                     "text/invisible",
		"di\u200dsks":                     "text/invisible",
		"di\u200csks":                     "text/invisible",
		"ди\u200dски":                     "text/invisible",
		"\u200dfirst":                     "text/invisible",
		"last\u200c":                      "text/invisible",
		"👩\u200d\u200d🔧":                  "text/invisible",
		"👩\u200d":                         "text/invisible",
		"5\u200d6":                        "text/invisible",
		"soft\u00adhyphen":                "text/invisible",
		"\ufeffmark":                      "text/invisible",
		"word\u2060joiner":                "text/invisible",
		"left\u200eright":                 "text/invisible", // where all goes from left to right
		"Hangul\u3164filler":              "text/invisible",
		"\u115f\u1160":                    "text/invisible",
		"x\uffa0":                         "text/invisible",
		"a\u034fb":                        "text/invisible",
		"🏴\U000e0067\U000e0062\U000e007f": "text/invisible", // tag characters, which hide any text
		"a\U000e0041":                     "text/invisible",
		"a\ufe0fb":                        "text/invisible",
		"😀\ufe01\ufe02\ufe03":             "text/invisible",
		"😀\U000e0150":                     "text/invisible",
		"a\ufff9b":                        "text/invisible",

		"::set-env name=A::b":        "text/workflow-command",
		"x\n  ::error::no":           "text/workflow-command",
		"x ##vso[task.setvariable]y": "text/workflow-command",
		"##[group]x":                 "text/workflow-command",
		"قرص\r\n::add-mask::x":       "text/workflow-command",
		"a::b::c":                    "",
		"::1 is this machine":        "",
		"std::vector":                "",
		"## [Unreleased]":            "",
		"- ::before":                 "",
	} {
		code, hint, message := Suspicious(text)
		if code != want || (code != "") != (message != "") || (code != "") != (hint != "") {
			t.Errorf("%+q: %q (%s, %s), expected %q", text, code, message, hint, want)
		}
		if strings.ContainsFunc(message, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%+q: the message has it, too: %+q", text, message)
		}
	}
}

// HTML is found where a browser would find it.
func TestHTML(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "plain": false, "<3": false, "a < b": false, "1 <2": false, "<": false, "<<": false, "->": false, "< b>": false, "&amp;": false,
		"<b>": true, "</b": true, "<!-- x": true, "<?php": true, "x<img src=x": true, "<SCRIPT>": true, "<<b>": true,
	} {
		if got := html(text); (got != "") != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// A word in letters of two scripts that look alike is found; words beside each other, and units, are fine.
func TestMixed(t *testing.T) {
	for text, want := range map[string]string{
		"PayPal и Яндекс": "", "Ελληνικά and English": "", "10 kΩ, 5 μm": "", "日本語Japanese": "", "Café Ærø": "", "x86 и ARM": "", "тест123test": "", "ﬁle": "",
		"P\u0430yPal": "P\u0430yPal", "one \u0441at": "\u0441at", "ΑΒCD": "ΑΒCD", "аррӏe": "аррӏe",
	} {
		if got := mixed(text); got != want {
			t.Errorf("%+q: %+q, expected %+q", text, got, want)
		}
	}
}

// All texts of a document are looked at, keys too, and so many are told.
func TestCharacters(t *testing.T) {
	v, errs := strictyaml.Parse([]byte("a: [\"x\\u200b\", {b: {\"c\\u202e\": 1, d: \"\\u0007\"}}]\n\"e f\": \"::a::\"\n"), strictjson.Limits{})
	if v == nil {
		t.Fatal(errs)
	}
	s := &source{pkg: Package{Dir: "plugins/demo"}}
	s.characters("regen.yaml", v)
	s.findings.Sort()
	expect(t, "all texts", s.findings,
		`regen.yaml:1:5 error text/invisible: a[0] holds the invisible character U+200B, expected visible text`,
		`regen.yaml:1:21 error text/bidi: the key "c\u202e" holds the bidi control U+202E, expected none`,
		`regen.yaml:1:38 error text/control: a[1].b.d holds a control character (U+0007), expected visible text`,
		`regen.yaml:2:8 error text/workflow-command: e f holds a line that begins with "::", which CI systems take for a command, expected text`,
	)
	v, errs = strictyaml.Parse([]byte(strings.Repeat("- \"\\u200b\"\n", 1000)), strictjson.Limits{})
	if v == nil {
		t.Fatal(errs)
	}
	s = &source{}
	s.characters("regen.yaml", v)
	if len(s.findings) != maxTextFindings {
		t.Errorf("%d findings of 1000, expected %d", len(s.findings), maxTextFindings)
	}
}

// However long a text is, it takes a moment.
func TestSuspiciousCost(t *testing.T) {
	for _, part := range []string{"a", "é", "\u200e", "ا\u200e", "😀", "👩\u200d", "::\n", "::a\n", "##", "क्\u200d", "\r\n", "<", "<<", "Aя ", "葛\U000e0100"} {
		text := strings.Repeat(part, 1<<20/len(part)) + "ا"
		gittest.Within(t, time.Second, fmt.Sprintf("%+q again and again", part), func() {
			Suspicious(text)
			html(text)
			mixed(text)
		})
	}
	long := &strictjson.Value{Kind: strictjson.String, String: "x"}
	for i := range 60 {
		key := strings.Repeat("k", 1000) + fmt.Sprint(i)
		long = &strictjson.Value{Kind: strictjson.Object, Members: []strictjson.Member{{Key: key, Value: long}, {Key: "\u200b" + key, Value: long.Get("none")}}}
		long.Members[1].Value = &strictjson.Value{Kind: strictjson.Null}
	}
	s := &source{}
	s.characters("regen.yaml", long)
	for _, f := range s.findings {
		if len(f.Message) > 500 {
			t.Errorf("a message of %d bytes", len(f.Message))
		}
	}
}
