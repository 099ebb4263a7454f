package pagetest

import (
	"strings"
	"testing"
)

// The scan finds what it is there to find.
func TestScanFinds(t *testing.T) {
	page := func(body string) *doc {
		d, err := readDoc("en/x/index.html", []byte(`<!doctype html><html lang="en"><title>x</title><body><h1 id="top">x</h1>`+body))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for body, want := range map[string]string{
		`<p>plain &lt;script&gt;</p><script src="x.js" defer></script>`: "",
		`<p onclick="x">`:                            "onclick",
		`<p style="x">`:                              "style",
		`<script>x</script>`:                         "<script>",
		`<iframe src="x"></iframe>`:                  "<iframe>",
		`<style>x</style>`:                           "<style>",
		`<svg><style>x</style></svg>`:                "<style>",
		`<base href="/x">`:                           "<base>",
		`<script type="application/ld+json"></p>`:    "JSON-LD",
		`<svg onload="x"></svg>`:                     "onload",
		`<script src="x.js">x</script>`:              "<script>",
		`<a href="y"></a><object data="x"></object>`: "<object>",
	} {
		if own := page(body).own; (own != "") != (want != "") || !strings.Contains(own, want) {
			t.Errorf("%s: %q, expected %q", body, own, want)
		}
	}
	s := &scan{files: map[string]int{"en/x/index.html": -1, "en/index.html": -1, "a b.png": -1}, docs: map[string]*doc{"en/x/index.html": page(""), "en/index.html": page("")}}
	for body, want := range map[string]string{
		`<a href="index.html">`:                            "",
		`<a href="#top">`:                                  "",
		`<a href="../index.html#top">`:                     "",
		`<a href="../">`:                                   "",
		`<img src="../../a%20b.png">`:                      "",
		`<img srcset="../../a%20b.png 1x, ../c.png 2x">`:   "there is no en/c.png",
		`<a href="https://example.org/">`:                  "",
		`<a href="vito:install?x=y">`:                      "",
		`<a href="` + baseURL + `/en/">`:                   "",
		`<link rel="canonical" href="` + baseURL + `/x/">`: "there is no x/index.html",
		`<a href="y.html">`:                                "there is no en/x/y.html",
		`<a href="#y">`:                                    "no element with the id",
		`<a href="../index.html#y">`:                       "no element with the id",
		`<a href="/en/index.html">`:                        "expected a link that is relative",
		`<a href="//example.org/">`:                        "another host",
		`<a href="javascript:x">`:                          "javascript:",
		`<img src="https://example.org/x.png">`:            "another host",
		`<img src="data:image/png;base64,x">`:              "data:",
		`<form action="https://example.org/">`:             "another host",
	} {
		var said []string
		for _, r := range page(body).refs {
			for _, address := range r.addresses() {
				if err := s.resolve("en/x/index.html", r, address); err != nil {
					said = append(said, err.Error())
				}
			}
		}
		if got := strings.Join(said, "; "); (got != "") != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, expected %q", body, got, want)
		}
	}
}
