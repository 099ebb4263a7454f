package lint

import (
	"bytes"
	"strings"

	"github.com/regen-registry/regen/internal/code"
)

// A rule sees the tokens near the one that it is tried at: so many of them, and no more, wherever the window stands.
const (
	ahead      = 160
	behind     = 32
	windowSize = 768
)

// tokens tries the rules of the file's language at every token.
func (f *file) tokens() {
	index := &indexes[f.language]
	escapes := f.language != code.PHP && bytes.Contains(f.data, []byte(`\u`))
	lexer := code.Lex(f.language, f.data)
	for i, kept := 0, 0; ; i = behind {
		f.n = kept + lexer.Fill(f.window[kept:])
		end := f.n
		if f.n == windowSize {
			end -= ahead
		}
		for ; i < end; i++ {
			t := f.window[i]
			switch t.Kind {
			case code.Ident:
				name := f.data[t.Start:t.End]
				if name[0] == '\\' && f.language == code.PHP {
					name = name[1:]
				} else if escapes && bytes.IndexByte(name, '\\') >= 0 {
					name = []byte(code.JSString(name))
				}
				if index.maybe(name) {
					f.try(index.find(name), i)
				}
			case code.Shell:
				if f.data[t.Start] == '`' {
					f.report(rulePHPBacktick, t.Start, "")
				}
			}
		}
		if f.n < windowSize {
			break
		}
		kept = copy(f.window[:], f.window[end-behind:])
	}
	if lexer.TooDeep() {
		f.report(ruleUnread, 0, "nests thousands of brackets or strings")
	}
}

// try reports the first of a word's rules that fits at token i.
func (f *file) try(w *word, i int) {
	if w == nil {
		return
	}
	f.word = w.text
	for _, r := range w.rules {
		if rules[r].fits(f, i) {
			f.report(r, f.window[i].Start, w.text)
			return
		}
	}
}

// at returns token i, or none.
func (f *file) at(i int) code.Token {
	if i < 0 || i >= f.n {
		return code.Token{}
	}
	return f.window[i]
}

// text returns the source of token i.
func (f *file) text(i int) string {
	t := f.at(i)
	return string(f.data[t.Start:t.End])
}

// is reports whether token i is one of the texts.
func (f *file) is(i int, texts ...string) bool {
	t := f.at(i)
	if t.Kind == code.String {
		return false
	}
	for _, text := range texts {
		if string(f.data[t.Start:t.End]) == text {
			return true
		}
	}
	return false
}

// literal returns what stands in the quotes of token i, if it is a string without values.
func (f *file) literal(i int) (text string, ok bool) {
	t := f.at(i)
	if t.Kind != code.String || t.End-t.Start < 2 {
		return "", false
	}
	return string(f.data[t.Start+1 : t.End-1]), true
}

// closing returns the token that closes the parenthesis at token i, or -1 where it is too far away.
func (f *file) closing(i int) int {
	depth := 0
	for end := min(i+ahead-behind, f.n); i < end; i++ {
		t := f.window[i]
		if t.Kind != code.Punct {
			continue
		}
		switch f.data[t.Start] {
		case '(':
			depth++
		case ')':
			if depth--; depth <= 0 {
				return i
			}
		}
	}
	return -1
}

// callsWithin reports whether one of the functions is called in the parentheses that open at token i.
func (f *file) callsWithin(i int, functions *index) bool {
	end := f.closing(i)
	if end < 0 {
		end = i + ahead - behind
	}
	return f.calls(i, end, functions)
}

// calls reports whether one of the functions is called between two tokens.
func (f *file) calls(from, to int, functions *index) bool {
	for i := from; i < min(to, f.n); i++ {
		t := f.window[i]
		if t.Kind != code.Ident || f.data[f.at(i+1).Start] != '(' {
			continue
		}
		name := bytes.TrimPrefix(f.data[t.Start:t.End], []byte(`\`))
		if functions.maybe(name) && functions.find(name) != nil {
			return true
		}
	}
	return false
}

// An index finds the rules of a name. Nearly all names are of no interest, and two looks at a table tell.
type index struct {
	first, last [256]uint32 // the lengths of the words that begin and end with a byte, a bit each
	words       []word
	fold        bool // whether letter case counts for nothing
}

type word struct {
	text  string
	rules []int
}

var indexes = func() (list [code.TS + 1]index) {
	list[code.PHP].fold = true
	for r, rule := range rules {
		for _, text := range rule.Words {
			list[rule.Language].add(text, r)
		}
	}
	list[code.TS] = list[code.JS]
	return list
}()

// indexOf makes an index of names that no rule goes with.
func indexOf(fold bool, names ...string) *index {
	x := &index{fold: fold}
	for _, name := range names {
		x.add(name, -1)
	}
	return x
}

func (x *index) add(text string, rule int) {
	if len(text) >= 32 {
		panic("lint: the word is too long for the index: " + text)
	}
	for _, c := range []byte{text[0], text[0] &^ 0x20} {
		x.first[c] |= 1 << len(text)
	}
	last := text[len(text)-1]
	for _, c := range []byte{last, last &^ 0x20} {
		x.last[c] |= 1 << len(text)
	}
	for i := range x.words {
		if x.words[i].text == text {
			x.words[i].rules = append(x.words[i].rules, rule)
			return
		}
	}
	x.words = append(x.words, word{text, []int{rule}})
}

// maybe reports whether a name can be one of the words.
func (x *index) maybe(name []byte) bool {
	n := len(name)
	return n > 0 && n < 32 && x.first[name[0]]&x.last[name[n-1]]&(1<<n) != 0
}

// find returns the word that a name is, or nil.
func (x *index) find(name []byte) *word {
	for i := range x.words {
		w := &x.words[i]
		if string(name) == w.text || x.fold && len(name) == len(w.text) && strings.EqualFold(string(name), w.text) {
			return w
		}
	}
	return nil
}
