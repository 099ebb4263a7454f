package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what is taken from a text.
const (
	maxText = 4096 // bytes
	maxWord = 24   // letters
	maxName = 40   // letters of all words; with all of them escaped, the name of a file stays below 255 bytes
)

// folds are letters that stand for others without being composed of them.
var folds = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ı': "i", 'ς': "σ", 'ى': "ي", 'ة': "ه",
}

// fold returns a text as it is compared.
func fold(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			continue
		}
		r = unicode.ToLower(r)
		if to, ok := folds[r]; ok {
			b.WriteString(to)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// A run is a row of letters and digits of one kind of script.
type run struct {
	text  string
	dense bool // the script puts no space between words
}

// runsOf returns the runs of a text.
func runsOf(s string) []run {
	s = fold(s)
	var runs []run
	start, dense := -1, false
	end := func(i int) {
		if start >= 0 {
			runs = append(runs, run{s[start:i], dense})
		}
		start = -1
	}
	for i, r := range s {
		switch {
		case !isWord(r):
			end(i)
		case start < 0 || isDense(r) != dense:
			end(i)
			start, dense = i, isDense(r)
		}
	}
	end(len(s))
	return runs
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.Mc)
}

// isDense tells letters of scripts that put no space between words: Thai, Lao, Myanmar, Khmer, Japanese, Chinese.
func isDense(r rune) bool {
	return r >= 0x0E00 && (r <= 0x0EFF || r >= 0x1000 && r <= 0x109F || r >= 0x1780 && r <= 0x17FF || r >= 0x3005 && r <= 0x30FF ||
		r >= 0x3400 && r <= 0x4DBF || r >= 0x4E00 && r <= 0x9FFF || r >= 0x20000 && r <= 0x3FFFF)
}

// words returns the keys of a run: the word itself, or each pair of letters and the last letter, so that every letter begins a key.
func (r run) words() []string {
	if !r.dense {
		return []string{cut(r.text, maxWord)}
	}
	var words []string
	for i, c := range r.text {
		size := utf8.RuneLen(c)
		_, next := utf8.DecodeRuneInString(r.text[i+size:])
		words = append(words, r.text[i:i+size+next])
	}
	return words
}

// cut returns the first n letters.
func cut(s string, n int) string {
	if len(s) > n {
		for i := range s {
			if n == 0 {
				return s[:i]
			}
			n--
		}
	}
	return s
}
