package gittree

import (
	"fmt"
	"slices"
	"strings"
)

// MergeBases returns the commits at which a change left the history that it is
// to go into: of the ancestors that both commits have, those that no other of
// them descends from, in byte order. There are several where the histories met
// crosswise, and none where they have nothing in common, as in a clone that is
// too shallow.
//
// No time of a commit is trusted: whoever writes one could lead a walk that
// goes by times to an older ancestor, and so hide what a change takes back. So
// the whole history of the base is read, once.
func (r *Repo) MergeBases(base, head Hash) ([]Hash, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, err := r.ancestors([]Hash{base}, nil)
	if err != nil {
		return nil, err
	}
	// Where the change's own commits end, the common history begins.
	var ends []Hash
	if _, err := r.ancestors([]Hash{head}, func(h Hash) bool {
		if known[h] {
			ends = append(ends, h)
		}
		return known[h]
	}); err != nil {
		return nil, err
	}
	// One that another descends from says nothing new.
	var before []Hash
	for _, h := range ends {
		c, err := r.commit(h)
		if err != nil {
			return nil, err
		}
		before = append(before, c.Parents...)
	}
	if len(ends) > 1 {
		older, err := r.ancestors(before, nil)
		if err != nil {
			return nil, err
		}
		ends = slices.DeleteFunc(ends, func(h Hash) bool { return older[h] })
	}
	slices.SortFunc(ends, func(a, b Hash) int { return strings.Compare(a.String(), b.String()) })
	return ends, nil
}

// ancestors returns some commits and all that they descend from. Where end is true, it goes no further.
func (r *Repo) ancestors(of []Hash, end func(Hash) bool) (map[Hash]bool, error) {
	seen := make(map[Hash]bool)
	for queue := slices.Clone(of); len(queue) > 0; {
		h := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if seen[h] {
			continue
		}
		if seen[h] = true; len(seen) > maxHistory {
			return nil, &LimitError{What: "history of " + h.String(), Found: maxHistory + 1, Limit: maxHistory, Unit: "commits"}
		}
		if end != nil && end(h) {
			continue
		}
		c, err := r.commit(h)
		if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", of[0], err)
		}
		queue = append(queue, c.Parents...)
	}
	return seen, nil
}
