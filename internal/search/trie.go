package search

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"
)

// What the keys of a leaf may weigh, if it has more than one. The file is lighter, since what neighbours have in common is written once: by little where there are postings, to a third where there are none.
const (
	maxTerms = 8 << 10
	maxTypos = 16 << 10
)

// An entry is a key with its postings, encoded. The words for those who mistype have none.
type entry struct{ path, key, value string }

func (e entry) weight() int { return len(e.key) + len(e.value) + 2 }

// A node is a file of a trie. Those of an old index are loaded as the changes reach them.
type node struct {
	path    string  // what all paths below it begin with
	size    int     // of the file, in units
	weight  int     // of all keys below it; known once the parent is loaded
	best    string  // what comes first below it, encoded; likewise
	entries []entry // of a leaf, by path
	kids    []*node // of an inner node, by their first byte after the path; at least two
	loaded  bool
	changed bool
}

func (n *node) isLeaf() bool { return n.kids == nil }

// A trie is one of the two, with the files that were read of it and that are written.
type trie struct {
	kind string // what the names of its files begin with
	most int    // what a leaf may weigh
	top  *node  // nil where there is no key
	read func(name string) ([]byte, error)
	old  Files
}

func (t *trie) name(n *node) string { return t.kind + "-" + n.path + ".json" }

// load reads a node's file.
func (t *trie) load(n *node) error {
	if n.loaded {
		return nil
	}
	name := t.name(n)
	data, err := t.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s is missing", ErrSpoilt, name)
	} else if err != nil {
		return err
	}
	if n.isLeaf() {
		n.entries, err = decodeLeaf(data, n.path)
	} else {
		err = decodeInner(data, n)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	n.loaded = true
	t.old[name] = data
	return nil
}

// edit changes the value of a key. The change gets the old value, and whether there was one; it returns the new one, and whether there is one.
func (t *trie) edit(key string, change func(value string, found bool) (string, bool, error)) error {
	e := entry{path: path(key), key: key}
	place := &t.top
	for *place != nil && !(*place).isLeaf() {
		n := *place
		if err := t.load(n); err != nil {
			return err
		}
		n.changed = true
		if !strings.HasPrefix(e.path, n.path) {
			// The key branches off above the node.
			above := &node{path: n.path[:shared(n.path, e.path)], kids: []*node{n}, loaded: true, changed: true}
			*place, n = above, above
		}
		at := len(n.path)
		i := sort.Search(len(n.kids), func(i int) bool { return n.kids[i].path[at] >= e.path[at] })
		if i == len(n.kids) || n.kids[i].path[at] != e.path[at] {
			n.kids = slices.Insert(n.kids, i, &node{path: e.path[:at+1], loaded: true})
		}
		place = &n.kids[i]
	}
	if *place == nil {
		*place = &node{loaded: true}
	}
	n := *place
	if err := t.load(n); err != nil {
		return err
	}
	n.changed = true
	i, found := slices.BinarySearchFunc(n.entries, e.path, func(e entry, p string) int { return strings.Compare(e.path, p) })
	old := ""
	if found {
		old = n.entries[i].value
	}
	value, keep, err := change(old, found)
	if err != nil {
		return fmt.Errorf("%s: %w", t.name(n), err)
	}
	e.value = value
	switch {
	case keep && found:
		n.entries[i] = e
	case keep:
		n.entries = slices.Insert(n.entries, i, e)
	case found:
		n.entries = slices.Delete(n.entries, i, i+1)
	}
	return nil
}

// settle gives the part of a trie below a node the shape that its keys call for, and returns its top, nil where no key is left. at is the path of the node should it be a leaf.
func (t *trie) settle(n *node, at string) (*node, error) {
	if n.isLeaf() {
		if n.path != at || n.changed {
			return t.settleLeaf(n, at)
		}
		return n, nil
	}
	if !n.changed {
		return n, nil
	}
	kids := make([]*node, 0, len(n.kids))
	weight := 0
	for _, k := range n.kids {
		k, err := t.settle(k, k.path[:len(n.path)+1])
		if err != nil {
			return nil, err
		}
		if k != nil {
			kids = append(kids, k)
			weight += k.weight
		}
	}
	if len(kids) == 1 && !kids[0].isLeaf() {
		return kids[0], nil
	}
	if weight > t.most && len(kids) > 1 {
		return n, n.setKids(kids)
	}
	var all []entry
	for _, k := range kids {
		if !k.isLeaf() {
			return nil, fmt.Errorf("%w: %s has branches, though little lies below it", ErrSpoilt, t.name(k))
		}
		if err := t.load(k); err != nil {
			return nil, err
		}
		all = append(all, k.entries...)
	}
	return t.settleLeaf(&node{entries: all, loaded: true}, at)
}

// settleLeaf cuts a leaf that is too heavy.
func (t *trie) settleLeaf(n *node, at string) (*node, error) {
	if err := t.load(n); err != nil {
		return nil, err
	}
	weight := 0
	for _, e := range n.entries {
		weight += e.weight()
	}
	if len(n.entries) == 0 {
		return nil, nil
	}
	if weight <= t.most || len(n.entries) == 1 {
		top, err := bestOf(n.entries)
		return &node{path: at, weight: weight, best: top, entries: n.entries, loaded: true, changed: true}, err
	}
	first, last := n.entries[0].path, n.entries[len(n.entries)-1].path
	inner := &node{path: first[:shared(first, last)], loaded: true, changed: true}
	var kids []*node
	for rest := n.entries; len(rest) > 0; {
		branch := rest[0].path[:len(inner.path)+1]
		end := sort.Search(len(rest), func(i int) bool { return !strings.HasPrefix(rest[i].path, branch) })
		k, err := t.settleLeaf(&node{entries: rest[:end:end], loaded: true}, branch)
		if err != nil {
			return nil, err
		}
		kids, rest = append(kids, k), rest[end:]
	}
	return inner, inner.setKids(kids)
}

// setKids makes a node the inner node of these.
func (n *node) setKids(kids []*node) error {
	n.kids, n.weight, n.best = kids, 0, ""
	var tops []*postings
	for _, k := range kids {
		n.weight += k.weight
		if k.best != "" {
			p, err := decode(k.best)
			if err != nil {
				return err
			}
			tops = append(tops, p)
		}
	}
	n.best = best(tops).encode()
	return nil
}

// bestOf returns what comes first among entries.
func bestOf(entries []entry) (string, error) {
	var all []*postings
	for _, e := range entries {
		if e.value == "" {
			continue
		}
		p, err := decode(e.value)
		if err != nil {
			return "", err
		}
		all = append(all, p)
	}
	return best(all).encode(), nil
}

// finish settles the trie and tells which files changed.
func (t *trie) finish(put Files) (gone []string, err error) {
	if t.top != nil {
		if t.top, err = t.settle(t.top, ""); err != nil {
			return nil, err
		}
	}
	kept := make(map[string]bool)
	var visit func(n *node)
	visit = func(n *node) {
		name := t.name(n)
		kept[name] = true
		if n.changed {
			data := n.encode()
			n.size = units(data)
			if old, ok := t.old[name]; !ok || string(old) != string(data) {
				put[name] = data
			}
		}
		for _, k := range n.kids {
			visit(k)
		}
	}
	if t.top != nil {
		visit(t.top)
	}
	for name := range t.old {
		if !kept[name] {
			gone = append(gone, name)
		}
	}
	return gone, nil
}
