package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// stopWords of the corpus.
var testStop = []string{"a", "an", "and", "for", "in", "of", "the", "to", "with", "your"}

// corpus makes n documents that are like real ones where it matters for size and speed: words as long as English ones and as unevenly spread over letters, 25,000 of them with
// frequencies by Zipf's law, names of one to three words, numbers with gaps.
func corpus(n int) []Doc {
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := vocabulary(random, 25_000)
	zipf := rand.NewZipf(random, 1.07, 8, uint64(len(vocabulary)-1))
	words := func(least, most int) []string {
		list := make([]string, least+random.IntN(most-least+1))
		for i := range list {
			list[i] = vocabulary[zipf.Uint64()]
		}
		return list
	}
	people := vocabulary[len(vocabulary)/3:]
	docs := make([]Doc, n)
	number := int64(0)
	for i := range docs {
		number += 1 + random.Int64N(6)
		name := words(1, 3)
		for random.IntN(3) > 0 && len(name) > 0 {
			name[0] = vocabulary[random.IntN(len(vocabulary))]
			break
		}
		var authors []string
		for range 1 + random.IntN(2) {
			authors = append(authors, title(people[random.IntN(2000)])+" "+title(people[random.IntN(6000)]))
		}
		var summary []string
		for _, w := range words(8, 18) {
			if random.IntN(3) == 0 {
				summary = append(summary, testStop[random.IntN(len(testStop))])
			}
			summary = append(summary, w)
		}
		docs[i] = Doc{
			Number:   number,
			ID:       fmt.Sprintf("%s-%d", strings.Join(name, "-"), i%7),
			Name:     title(strings.Join(name, " ")),
			Summary:  title(strings.Join(summary, " ")) + ".",
			Keywords: words(0, 6),
			Authors:  authors,
		}
	}
	return docs
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// vocabulary makes distinct words of syllables. Beginnings are as frequent as those of English words.
func vocabulary(random *rand.Rand, n int) []string {
	const (
		onsets  = "s s s s c c c c p p p p d d d r r r m m b b b t t f f h h l l g n w v e e i i u o o a a a j k qu y z st pr con de re in co com tr pl ch sh th gr br cl un dis ex im"
		vowels  = "a e e e i i i o o u ea ou io ai"
		codas   = "n n r r s s t t l l d m c nt st nd ck ng p b g x ll ss"
		endings = "er ing ed ion s es ly ment or al ity"
	)
	on, vo, co, en := strings.Fields(onsets), strings.Fields(vowels), strings.Fields(codas), strings.Fields(endings)
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	seen := make(map[string]bool)
	words := make([]string, 0, n)
	for len(words) < n {
		w := pick(on) + pick(vo) + pick(co)
		for random.IntN(5) > 1 && len(w) < 9 {
			w += pick(vo) + pick(co)
		}
		if random.IntN(3) == 0 {
			w += pick(en)
		}
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}
