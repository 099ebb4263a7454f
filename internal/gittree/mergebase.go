package gittree

import (
	"fmt"
	"slices"
)

// maxBases bounds the places at which one history may have left another.
const maxBases = 64

// MergeBase returns the commit at which a change left the history that it is
// to go into: of the ancestors that both commits have, one that no other of
// them descends from. found is false where they have none in common, as in a
// clone that is too shallow.
//
// No time of a commit is trusted: whoever writes one could lead a walk that
// goes by times to an older ancestor, and so hide what a change takes back. So
// the whole history of the base is read, once.
func (r *Repo) MergeBase(base, head Hash) (h Hash, found bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, err := r.ancestors(base, nil)
	if err != nil {
		return Hash{}, false, err
	}
	// Where the change's own commits end, the common history begins.
	var ends []Hash
	seen := map[Hash]bool{head: true}
	for queue := []Hash{head}; len(queue) > 0; {
		h := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if known[h] {
			if ends = append(ends, h); len(ends) > maxBases {
				return Hash{}, false, &LimitError{What: "places where the histories meet", Found: maxBases + 1, Limit: maxBases, Unit: "commits"}
			}
			continue
		}
		c, err := r.commit(h)
		if err != nil {
			return Hash{}, false, err
		}
		for _, p := range c.Parents {
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
		if len(seen) > maxHistory {
			return Hash{}, false, &LimitError{What: "history of " + head.String(), Found: maxHistory + 1, Limit: maxHistory, Unit: "commits"}
		}
	}
	// One that another descends from says nothing new.
	for _, this := range slices.Clone(ends) {
		if len(ends) == 1 || !slices.Contains(ends, this) {
			continue
		}
		older, err := r.ancestors(this, known)
		if err != nil {
			return Hash{}, false, err
		}
		ends = slices.DeleteFunc(ends, func(h Hash) bool { return h != this && older[h] })
	}
	if len(ends) == 0 {
		return Hash{}, false, nil
	}
	least := ends[0] // of several, the same one in every run
	for _, h := range ends[1:] {
		if h.String() < least.String() {
			least = h
		}
	}
	return least, true, nil
}

// ancestors returns a commit and all that it descends from; within, where it isn't nil, holds them all.
func (r *Repo) ancestors(of Hash, within map[Hash]bool) (map[Hash]bool, error) {
	seen := map[Hash]bool{of: true}
	for queue := []Hash{of}; len(queue) > 0; {
		c, err := r.commit(queue[len(queue)-1])
		if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", of, err)
		}
		queue = queue[:len(queue)-1]
		for _, p := range c.Parents {
			if !seen[p] && (within == nil || within[p]) {
				seen[p] = true
				queue = append(queue, p)
			}
		}
		if len(seen) > maxHistory {
			return nil, &LimitError{What: "history of " + of.String(), Found: maxHistory + 1, Limit: maxHistory, Unit: "commits"}
		}
	}
	return seen, nil
}
