package pagetest

import (
	"io/fs"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/site"
)

// arabic returns the storefront's texts as if they were translated into Arabic: each letter is an Arabic one. What the pages give stays, {n}, and so do the texts that
// programs read.
func arabic(t *testing.T) string {
	t.Helper()
	data, err := fs.ReadFile(site.FS, "strings/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	about := map[string]string{"language": "العربية", "direction": "rtl", "thousands": "٬", "decimal": "٫", "date": "{day} {month} {year}", "stop_words": "في من على"}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i < len(n.Content); i += 2 {
				if text, ok := about[n.Content[i].Value]; ok {
					n.Content[i+1].Value = text
				} else {
					visit(n.Content[i+1])
				}
			}
		case yaml.ScalarNode:
			n.Value = inArabicLetters(n.Value)
		}
	}
	visit(doc.Content[0])
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// inArabicLetters puts an Arabic letter in the place of each Latin one, but for what stands in braces.
func inArabicLetters(text string) string {
	letters := []rune("ابتثجحخدذرزسشصضطظعغفقكلمنه")
	inside := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == '{' || r == '}':
			inside = r == '{'
		case inside:
		case r >= 'a' && r <= 'z':
			return letters[r-'a']
		case r >= 'A' && r <= 'Z':
			return letters[r-'A']
		}
		return r
	}, text)
}
