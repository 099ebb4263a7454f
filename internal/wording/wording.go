// Package wording holds what messages about other people's input need: quoting, so
// that hostile text can't act up in a terminal or a log, and guesses at what was meant.
package wording

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostQuoted is how many bytes of a text are shown.
const mostQuoted = 60

// Quote returns s in double quotes. Whatever isn't printable is escaped, bidi controls
// included, and of a long text only the first 60 bytes are shown.
func Quote(s string) string {
	if len(s) <= mostQuoted {
		return strconv.Quote(s)
	}
	cut := mostQuoted
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}

// List returns "a", "a or b", "a, b or c".
func List(words []string) string {
	switch n := len(words); n {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
}

// DidYouMean returns a hint for a word that isn't known: the known one that it is
// nearest to, else all of them.
func DidYouMean(got string, known []string) string {
	if best := Nearest(got, known); best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	sorted := slices.Clone(known)
	slices.Sort(sorted)
	return "known: " + strings.Join(sorted, ", ")
}

// Nearest returns the known word that got was probably meant to be, or "" if none is
// near. Letter case, and '-' for '_', count for nothing; a typing error in every three
// letters is allowed.
func Nearest(got string, known []string) string {
	const longest = 64 // of a word worth comparing, in bytes
	if len(got) > longest {
		return ""
	}
	best, bestDistance := "", 0
	for _, word := range known {
		most := (min(len(got), len(word)) + 2) / 3
		if abs(len(got)-len(word)) > most || len(word) > longest {
			continue
		}
		if d := distance(plain(got), plain(word)); d <= most && (best == "" || d < bestDistance) {
			best, bestDistance = word, d
		}
	}
	return best
}

func plain(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "_")
}

// distance counts the bytes to insert, delete, replace or swap with their neighbour
// to make b of a (the optimal string alignment distance).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int { return max(n, -n) }

// Unshowable returns the first character of s that mustn't stand in a line of text that
// people are shown, what it is, and its offset in bytes; what is "" where there is
// none. Those are controls (Cc), separators of lines and paragraphs, and the bidi
// embeddings, overrides and isolates, which make text look like other text (Unicode
// Technical Report 36; CVE-2021-42574). The marks LRM and RLM and the joiners,
// which scripts and emoji need, may stand.
func Unshowable(s string) (r rune, what string, offset int) {
	for i, r := range s {
		switch {
		case r < ' ', r >= 0x7f && r <= 0x9f:
			return r, "a control character", i
		case r < 0x2028 || r > 0x2069:
		case r >= 0x202a && r <= 0x202e, r >= 0x2066:
			return r, "a bidi control", i
		case unicode.In(r, unicode.Zl, unicode.Zp):
			return r, "a line separator", i
		}
	}
	return 0, "", 0
}
