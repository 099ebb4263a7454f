package pagetest

import (
	"path"
	"strings"
	"testing"
	"unicode"
)

// No page runs or loads what a package says: no script, style, frame or handler but the storefront's own.
func TestNothingInjected(t *testing.T) {
	wrong := faults{t: t}
	defer wrong.end()
	s := published(t).scan(t)
	for _, d := range s.sorted() {
		if d.own != "" {
			wrong.add("%s has %s", d.path, d.own)
		}
		for _, r := range d.refs {
			target := path.Join(path.Dir(d.path), r.url)
			if (r.tag == "script" || r.tag == "link" && strings.HasSuffix(r.url, ".css")) && !strings.HasPrefix(target, "static/") {
				wrong.add("%s loads %s, expected files of static/ alone", d.path, r.url)
			}
		}
	}
}

// Every page has a title that ends in the registry's name, whatever the package is called; one heading of the first level; and ids that are unique.
func TestTitles(t *testing.T) {
	wrong := faults{t: t}
	defer wrong.end()
	s := published(t).scan(t)
	for _, d := range s.sorted() {
		name := strings.HasSuffix(d.title, " – "+registryName) || d.title == registryName
		if !name || len([]rune(d.title)) > 120 || strings.ContainsFunc(d.title, func(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) }) {
			wrong.add("%s: the title is %q", d.path, d.title)
		}
		if len(d.headings) != 1 || strings.TrimSpace(d.headings[0]) == "" {
			wrong.add("%s: its headings of the first level are %q, expected one", d.path, d.headings)
		}
		for id, n := range d.ids {
			if n > 1 {
				wrong.add("%s: %d elements have the id %q", d.path, n, id)
			}
		}
	}
}

// maxWeight is what a page may cost, in bytes, with its styles and scripts, as servers send it.
const maxWeight = 60_000

// HTML, styles and scripts of every page are light.
func TestWeight(t *testing.T) {
	wrong := faults{t: t}
	defer wrong.end()
	s := published(t).scan(t)
	heaviest, weight := "", 0
	for _, d := range s.sorted() {
		sum := d.zipped
		seen := make(map[string]bool)
		for _, r := range d.refs {
			target := path.Join(path.Dir(d.path), r.url)
			if (r.tag == "script" || r.tag == "link") && s.files[target] > 0 && !seen[target] && path.Ext(target) != ".svg" {
				seen[target] = true
				sum += s.files[target]
			}
		}
		if len(seen) == 0 {
			wrong.add("%s loads no style", d.path)
		}
		if sum > weight {
			heaviest, weight = d.path, sum
		}
		if sum >= maxWeight {
			wrong.add("%s takes %d bytes with its styles and scripts, expected less than %d", d.path, sum, maxWeight)
		}
	}
	t.Logf("%d pages; the heaviest is %s with %d bytes", len(s.docs), heaviest, weight)
}
