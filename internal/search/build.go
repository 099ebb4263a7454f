package search

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Build makes the index of documents with distinct numbers. stop are the words of the language that summaries are full of; it may be empty.
func Build(docs []Doc, stop []string) Files {
	set, words := stopWords(stop)
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b Doc) int {
		switch {
		case a.Number < b.Number:
			return -1
		case a.Number > b.Number:
			return 1
		}
		return 0
	})
	byKey := make(map[string]*postings)
	for i := range docs {
		if i > 0 && docs[i].Number == docs[i-1].Number {
			continue
		}
		for key, at := range keysOf(&docs[i], set) {
			p := byKey[key]
			if p == nil {
				p = new(postings)
				byKey[key] = p
			}
			p[at] = append(p[at], docs[i].Number)
		}
	}
	terms := make([]entry, 0, len(byKey))
	typos := make([]entry, 0, 3*len(byKey))
	for key, p := range byKey {
		terms = append(terms, entry{path(key), key, p.encode()})
		for _, m := range mistyped(key) {
			typos = append(typos, entry{path(m), m, ""})
		}
	}
	files := make(Files)
	t, y := tries(nil)
	t.top, y.top = leafOf(terms), leafOf(typos)
	if _, err := write(files, words, t, y); err != nil {
		panic(err) // what was encoded here decodes
	}
	return files
}

// tries returns both, without a node.
func tries(read func(name string) ([]byte, error)) (terms, typos *trie) {
	return &trie{kind: "t", most: maxTerms, read: read, old: make(Files)}, &trie{kind: "y", most: maxTypos, read: read, old: make(Files)}
}

func leafOf(entries []entry) *node {
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return &node{entries: entries, loaded: true, changed: true}
}

// write finishes both tries and adds the root.
func write(put Files, stop string, terms, typos *trie) (gone []string, err error) {
	for _, t := range []*trie{terms, typos} {
		names, err := t.finish(put)
		if err != nil {
			return nil, err
		}
		gone = append(gone, names...)
	}
	slices.Sort(gone)
	put[rootName] = marshal(root{Format: format, Stop: stop, Terms: outline(terms.top), Typos: outline(typos.top)})
	return gone, nil
}

// Update brings an index up to date. read returns a file of it, or an error that is [fs.ErrNotExist] where there is none. What Update returns are the files to write and the names of those to remove; the
// index is then the one that [Build] makes of the documents as they are now. The stop words are those that it was built with. An index that doesn't fit the changes gives [ErrSpoilt]; errors of read are returned.
func Update(read func(name string) ([]byte, error), changes []Change, stop []string) (put Files, gone []string, err error) {
	defer func() {
		if err != nil {
			put, gone, err = nil, nil, fmt.Errorf("update the search index: %w", err)
		}
	}()
	data, err := read(rootName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%w: %s is missing", ErrSpoilt, rootName)
	} else if err != nil {
		return nil, nil, err
	}
	r, err := decodeRoot(data)
	if err != nil {
		return nil, nil, err
	}
	set, words := stopWords(stop)
	if words != r.Stop {
		return nil, nil, fmt.Errorf("%w: it has other stop words", ErrSpoilt)
	}
	terms, typos := tries(read)
	if terms.top, err = parseOutline(r.Terms); err != nil {
		return nil, nil, fmt.Errorf("%s: terms: %w", rootName, err)
	}
	if typos.top, err = parseOutline(r.Typos); err != nil {
		return nil, nil, fmt.Errorf("%s: typos: %w", rootName, err)
	}
	edits := editsOf(changes, set)
	for _, key := range slices.Sorted(maps.Keys(edits)) {
		if err := edits[key].apply(key, terms, typos); err != nil {
			return nil, nil, err
		}
	}
	put = make(Files)
	if gone, err = write(put, words, terms, typos); err != nil {
		return nil, nil, err
	}
	if string(put[rootName]) == string(data) {
		delete(put, rootName)
	}
	return put, gone, nil
}

// An edit is what changes at one key.
type edit struct{ remove, add []posting }

type posting struct {
	at     place
	number int64
}

func editsOf(changes []Change, stop map[string]bool) map[string]*edit {
	edits := make(map[string]*edit)
	at := func(key string) *edit {
		if edits[key] == nil {
			edits[key] = new(edit)
		}
		return edits[key]
	}
	for _, c := range changes {
		before, after := keysOf(c.Old, stop), keysOf(c.New, stop)
		sameNumber := c.Old != nil && c.New != nil && c.Old.Number == c.New.Number
		for key, p := range before {
			if now, ok := after[key]; !ok || now != p || !sameNumber {
				e := at(key)
				e.remove = append(e.remove, posting{p, c.Old.Number})
			}
		}
		for key, p := range after {
			if old, ok := before[key]; !ok || old != p || !sameNumber {
				e := at(key)
				e.add = append(e.add, posting{p, c.New.Number})
			}
		}
	}
	return edits
}

// apply makes the edit, and keeps the words for those who mistype in step with the terms.
func (e *edit) apply(key string, terms, typos *trie) error {
	var was, is bool
	err := terms.edit(key, func(value string, found bool) (string, bool, error) {
		was = found
		p := new(postings)
		if found {
			var err error
			if p, err = decode(value); err != nil {
				return "", false, err
			}
		}
		for _, r := range e.remove {
			if !p.remove(r.at, r.number) {
				return "", false, fmt.Errorf("%w: %q doesn't lead to document %d", ErrSpoilt, key, r.number)
			}
		}
		for _, a := range e.add {
			if !p.add(a.at, a.number) {
				return "", false, fmt.Errorf("%w: %q leads to document %d already", ErrSpoilt, key, a.number)
			}
		}
		value = p.encode()
		is = value != ""
		return value, is, nil
	})
	if err != nil || was == is {
		return err
	}
	for _, m := range mistyped(key) {
		err := typos.edit(m, func(_ string, found bool) (string, bool, error) {
			if found == is {
				return "", false, fmt.Errorf("%w: the words for %q are out of step", ErrSpoilt, key)
			}
			return "", is, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
