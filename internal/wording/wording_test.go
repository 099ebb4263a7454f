package wording

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNearest(t *testing.T) {
	known := []string{"name", "icon", "categories", "homepage", "repository", "min_vito_version", "screenshots"}
	for got, want := range map[string]string{
		"categorys":                  "categories",       // a letter wrong
		"catgeories":                 "categories",       // two swapped
		"Icon":                       "icon",             // case
		"min-vito-version":           "min_vito_version", // hyphens
		"screenshot":                 "screenshots",      // one missing
		"nmae":                       "name",
		"colour":                     "", // nothing like it
		"":                           "",
		"x":                          "",
		"homepagehomepage":           "",
		strings.Repeat("name", 1000): "",
	} {
		if best := Nearest(got, known); best != want {
			t.Errorf("Nearest(%.20q) = %q, want %q", got, best, want)
		}
	}
	if got := DidYouMean("x1", []string{"b", "a"}); got != "known: a, b" {
		t.Errorf("with no near word: %s", got)
	}
	if got := DidYouMean("nam", known); got != `did you mean "name"?` {
		t.Errorf("with a near word: %s", got)
	}
}

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		`plain "text"`:                 `"plain \"text\""`,
		"\x1b[31m\r\n::error::\u202e":  `"\x1b[31m\r\n::error::\u202e"`, // nothing reaches the terminal as it is
		"é":                            `"é"`,
		strings.Repeat("a", 60):        `"` + strings.Repeat("a", 60) + `"`,
		strings.Repeat("a", 61):        `"` + strings.Repeat("a", 60) + `"…`,
		strings.Repeat("a", 59) + "éa": `"` + strings.Repeat("a", 59) + `"…`, // never half a character
		strings.Repeat("\x80", 70):     `"` + strings.Repeat(`\x80`, 0) + `"…`,
	} {
		if got := Quote(s); got != want {
			t.Errorf("Quote(%q) = %s, want %s", s, got, want)
		}
	}
}

func TestUnshowable(t *testing.T) {
	for s, want := range map[string]string{
		"plain text, 日本語, עברית, \u200f, 👩\u200d💻": "",
		"tab\t":       "a control character",
		"two\nlines":  "a control character",
		"nul\x00":     "a control character",
		"c1 \u0085":   "a control character",
		"rlo \u202e":  "a bidi control",
		"fsi \u2068":  "a bidi control",
		"ls \u2028":   "a line separator",
		"not \u206a":  "",
		"space\u202f": "",
	} {
		r, what, offset := Unshowable(s)
		if what != want {
			t.Errorf("Unshowable(%q) = %q, want %q", s, what, want)
		}
		if got, _ := utf8.DecodeRuneInString(s[offset:]); what != "" && got != r {
			t.Errorf("Unshowable(%q): offset %d is %q, not %q", s, offset, got, r)
		}
	}
}

func TestList(t *testing.T) {
	if got := List([]string{"a", "b", "c"}) + "; " + List([]string{"a", "b"}) + "; " + List([]string{"a"}); got != "a, b or c; a or b; a" {
		t.Error(got)
	}
}
