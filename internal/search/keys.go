package search

import (
	"strings"
	"unicode/utf8"
)

// A place is where a document has a key. The lower, the more it counts.
type place int

const (
	inWhole   place = iota // it is the whole name
	inName                 // a word of the name
	inKeyword              // of the keywords, or a part of the id
	inAuthor
	inSummary
	places
)

// maxKeys is how many keys one document may have.
const maxKeys = 256

// keysOf returns the keys of a document, and the best place of each.
func keysOf(d *Doc, stop map[string]bool) map[string]place {
	keys := make(map[string]place)
	if d == nil || d.Number < 0 || d.Number > maxNumber {
		return keys
	}
	add := func(key string, p place) {
		if best, ok := keys[key]; !ok && len(keys) < maxKeys || ok && p < best {
			keys[key] = p
		}
	}
	all := func(text string, p place) {
		for _, r := range runsOf(text) {
			for _, w := range r.words() {
				if p != inSummary || !stop[w] {
					add(w, p)
				}
			}
		}
	}
	if whole := wholeKey(d.Name); whole != "" {
		add(whole, inWhole)
	}
	all(d.Name, inName)
	all(d.ID, inKeyword)
	for _, k := range d.Keywords {
		all(k, inKeyword)
	}
	for _, a := range d.Authors {
		all(a, inAuthor)
	}
	all(d.Summary, inSummary)
	return keys
}

// wholeKey returns the key of a whole name.
func wholeKey(name string) string {
	var texts []string
	for _, r := range runsOf(name) {
		texts = append(texts, r.text)
	}
	return strings.TrimSuffix(cut(strings.Join(texts, "-"), maxName), "-")
}

// mistyped returns the keys under which a key stands for those who mistype it. Names of several words have none, nor have words of two letters, and scripts that
// are cut into pairs.
func mistyped(key string) []string {
	var first []string
	for i, r := range key {
		if isDense(r) {
			return nil
		}
		if len(first) < 3 {
			first = append(first, key[i:i+utf8.RuneLen(r)])
		}
	}
	if len(first) < 3 || strings.Contains(key, "-") || utf8.RuneCountInString(key) > maxWord {
		return nil
	}
	a, b, c := first[0], first[1], first[2]
	keys := []string{b + c + key}
	if a != b {
		keys = append(keys, a+c+key)
	}
	if b != c {
		keys = append(keys, a+b+key)
	}
	return keys
}
