package manifest

import (
	"strings"
	"testing"
)

// A page can link to an address as it is, or it is told why not.
func TestURLFault(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org": "", "https://example.org/": "", "http://example.org:8080/a?b=c#d": "", "https://example.org/~ada/%C3%A9": "", "HTTPS://EXAMPLE.ORG": "", "https://[::1]/": "",
		"https://bücher.example/ü": "", "mailto:ada@example.org": "", "irc://irc.example.org/demo": "", "https://" + strings.Repeat("a", 1992): "",

		"":                                     "expected one that begins with https://",
		"example.org":                          "expected one that begins with https://",
		"//example.org":                        "expected one that begins with https://",
		"/a":                                   "expected one that begins with https://",
		"javascript:alert(1)":                  "expected one that begins with https://",
		"javascript://example.org/%0aalert(1)": "expected one that begins with https://",
		"data:text/html,x":                     "expected one that begins with https://",
		"file:///etc/passwd":                   "expected one that begins with https://",
		"ftp://example.org":                    "expected one that begins with https://",
		"https:":                               "expected a host in it",
		"https:///a":                           "expected a host in it",
		"https:example.org":                    "expected a host in it",
		"https://ada@example.org":              "expected no user and password in it",
		"https://a:b@example.org":              "expected no user and password in it",
		"https://example.org/a b":              "expected no spaces, quotes and backslashes in it",
		"https://example.org\\a":               "expected no spaces, quotes and backslashes in it",
		"https://example.org/\"onload=":        "expected no spaces, quotes and backslashes in it",
		"https://example.org/<b>":              "expected no spaces, quotes and backslashes in it",
		"https://example.org\n":                "expected no spaces, quotes and backslashes in it",
		"https://example.org/%zz":              "expected an address such as https://example.org/",
		"https://exa mple.org":                 "expected no spaces, quotes and backslashes in it",
		"https://example.org:port":             "expected an address such as https://example.org/",
		"https://" + strings.Repeat("a", 1993): "expected at most 2000 bytes",
	} {
		if got := urlFault(address); got != want {
			t.Errorf("%q: %q, expected %q", address, got, want)
		}
	}
}

func TestIsLanguage(t *testing.T) {
	for tag, want := range map[string]bool{
		"en": true, "de": true, "pt-BR": true, "zh-Hant": true, "zh-Hant-TW": true, "es-419": true, "gsw": true, "sr-Latn": true,
		"": false, "e": false, "EN": false, "pt-br": false, "pt_BR": false, "english": false, "xx": false, "1": false, "de-": false, "en-US-x-private-use": false, "..": false,
	} {
		if got := isLanguage(tag); got != want {
			t.Errorf("%q: %v", tag, got)
		}
	}
}

func TestIsSlug(t *testing.T) {
	for word, want := range map[string]bool{"a": true, "disk-watch": true, "3d": true, "a--b": true, "": false, "-a": false, "a-": false, "A": false, "a_b": false, "a.b": false, "é": false} {
		if got := isSlug(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

func TestEscapes(t *testing.T) {
	for name, want := range map[string]bool{
		"a": false, "a/b.c": false, ".htaccess": false, "a..b": false, "...": false,
		"": true, ".": true, "..": true, "../a": true, "a/../b": true, "./a": true, "a/": true, "a//b": true, "/a": true, `a\b`: true,
	} {
		if got := escapes(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
