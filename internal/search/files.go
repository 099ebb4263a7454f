package search

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lettersOf returns the letters that a path stands for, without its end and a letter that is escaped in part.
func lettersOf(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '~' && len(path) < i+6:
			return b.String()
		case c == '~':
			n, err := strconv.ParseUint(path[i+1:i+6], 16, 32)
			if err != nil {
				return b.String()
			}
			b.WriteRune(rune(n))
			i += 5
		case c != '_':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// encode returns a node's file.
//
// A leaf is one string, its entries joined by commas. Each begins with how many letters its key shares with the one before it (the first: with the leaf's path), a digit to the base of 36;
// then the rest of the key; then, if it has any, a colon and its postings.
//
// An inner file is an object: for each branch its first character, what it weighs, and what comes first below it.
func (n *node) encode() []byte {
	if !n.isLeaf() {
		branches := make(map[string]string, len(n.kids))
		for _, k := range n.kids {
			branches[k.path[len(n.path):len(n.path)+1]] = strconv.Itoa(k.weight) + " " + k.best
		}
		return marshal(branches)
	}
	var b strings.Builder
	last := lettersOf(n.path)
	for i, e := range n.entries {
		if i > 0 {
			b.WriteByte(',')
		}
		count, size := 0, 0
		for size < len(last) && size < len(e.key) && count < 35 {
			r, width := utf8.DecodeRuneInString(e.key[size:])
			if other, _ := utf8.DecodeRuneInString(last[size:]); other != r {
				break
			}
			count, size = count+1, size+width
		}
		b.WriteString(strconv.FormatInt(int64(count), 36))
		b.WriteString(e.key[size:])
		if e.value != "" {
			b.WriteByte(':')
			b.WriteString(e.value)
		}
		last = e.key
	}
	return marshal(b.String())
}

func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and maps of strings can't fail
	}
	return data
}

func decodeLeaf(data []byte, prefix string) ([]entry, error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return nil, fmt.Errorf("%w: expected a string: %w", ErrSpoilt, err)
	}
	var entries []entry
	last, lastPath := lettersOf(prefix), ""
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			return nil, fmt.Errorf("%w: an entry is empty", ErrSpoilt)
		}
		count, err := strconv.ParseUint(part[:1], 36, 8)
		rest, value, _ := strings.Cut(part[1:], ":")
		begin := cut(last, int(count))
		if err != nil || utf8.RuneCountInString(begin) != int(count) {
			return nil, fmt.Errorf("%w: %.40q shares more letters than there are", ErrSpoilt, part)
		}
		e := entry{key: begin + rest, value: value}
		e.path = path(e.key)
		if len(e.path) > maxPath || !strings.HasPrefix(e.path, prefix) || e.path <= lastPath {
			return nil, fmt.Errorf("%w: found the key %.40q, expected a later one below %s", ErrSpoilt, e.key, prefix)
		}
		entries = append(entries, e)
		last, lastPath = e.key, e.path
	}
	return entries, nil
}

// decodeInner fills in what the parent's file knows of its branches.
func decodeInner(data []byte, n *node) error {
	var branches map[string]string
	if err := json.Unmarshal(data, &branches); err != nil {
		return fmt.Errorf("%w: expected an object: %w", ErrSpoilt, err)
	}
	if len(branches) != len(n.kids) {
		return fmt.Errorf("%w: found %d branches, expected %d", ErrSpoilt, len(branches), len(n.kids))
	}
	for _, k := range n.kids {
		branch := k.path[len(n.path) : len(n.path)+1]
		weight, top, _ := strings.Cut(branches[branch], " ")
		number, err := strconv.Atoi(weight)
		if err != nil || number <= 0 {
			return fmt.Errorf("%w: found %.40q for the branch %s, expected its weight", ErrSpoilt, branches[branch], branch)
		}
		k.weight, k.best = number, top
	}
	return nil
}

// unit is what the sizes in the root count.
const unit = 256

// units returns the size of a file in units, at least one.
func units(data []byte) int { return max(1, (len(data)+unit-1)/unit) }

// A root is the first file of an index. Both tries are written alike: for each node what its path adds to that of the node above it; the size of its file in units of 256 bytes, to the
// base of 26 with capital letters for digits; and, for an inner node, its branches in parentheses.
type root struct {
	Format int    `json:"format"`
	Stop   string `json:"stop"` // folded, sorted, with spaces between
	Terms  string `json:"terms"`
	Typos  string `json:"typos"`
}

const (
	rootName = "root.json"
	format   = 1
)

// outline returns a trie as the root has it.
func outline(top *node) string {
	var b []byte
	var visit func(n *node, above int)
	visit = func(n *node, above int) {
		b = append(b, n.path[above:]...)
		size := []byte{}
		for rest := n.size; rest > 0 || len(size) == 0; rest /= 26 {
			size = append(size, 'A'+byte(rest%26))
		}
		for i := range size {
			b = append(b, size[len(size)-1-i])
		}
		if !n.isLeaf() {
			b = append(b, '(')
			for _, k := range n.kids {
				visit(k, len(n.path))
			}
			b = append(b, ')')
		}
	}
	if top != nil {
		visit(top, 0)
	}
	return string(b)
}

// parseOutline is the inverse of outline.
func parseOutline(s string) (*node, error) {
	if s == "" {
		return nil, nil
	}
	rest := s
	var parse func(above string) (*node, error)
	parse = func(above string) (*node, error) {
		i := 0
		for i < len(rest) && isPathByte(rest[i]) {
			i++
		}
		n := &node{path: above + rest[:i]}
		j := i
		for ; j < len(rest) && rest[j] >= 'A' && rest[j] <= 'Z'; j++ {
			n.size = n.size*26 + int(rest[j]-'A')
		}
		if j == i || j-i > 6 || len(n.path) > maxPath {
			return nil, fmt.Errorf("%w: found %.20q, expected a branch with its size", ErrSpoilt, rest)
		}
		rest = rest[j:]
		if !strings.HasPrefix(rest, "(") {
			return n, nil
		}
		for rest = rest[1:]; !strings.HasPrefix(rest, ")"); {
			k, err := parse(n.path)
			if err != nil {
				return nil, err
			}
			if at := len(n.path); len(k.path) == at || len(n.kids) > 0 && n.kids[len(n.kids)-1].path[at] >= k.path[at] {
				return nil, fmt.Errorf("%w: the branches of %q are out of order", ErrSpoilt, n.path)
			}
			n.kids = append(n.kids, k)
		}
		rest = rest[1:]
		if len(n.kids) < 2 {
			return nil, fmt.Errorf("%w: found %d branches of %q, expected at least 2", ErrSpoilt, len(n.kids), n.path)
		}
		return n, nil
	}
	top, err := parse("")
	if err == nil && rest != "" {
		err = fmt.Errorf("%w: found %.20q after the last branch", ErrSpoilt, rest)
	}
	return top, err
}

func decodeRoot(data []byte) (r root, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("%s: %w: %w", rootName, ErrSpoilt, err)
	}
	if r.Format != format {
		return r, fmt.Errorf("%s: %w: found format %d, expected %d", rootName, ErrSpoilt, r.Format, format)
	}
	return r, nil
}

// stopWords returns the words, and how the root has them.
func stopWords(stop []string) (map[string]bool, string) {
	set := make(map[string]bool)
	for _, text := range stop {
		for _, r := range runsOf(text) {
			for _, w := range r.words() {
				set[w] = true
			}
		}
	}
	words := make([]string, 0, len(set))
	for w := range set {
		words = append(words, w)
	}
	sort.Strings(words)
	return set, strings.Join(words, " ")
}
