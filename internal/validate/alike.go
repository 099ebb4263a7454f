package validate

import (
	"slices"
	"strings"
)

// lookAlikes finds the ids of targets that look like those of other packages. Where both are targets, the one that is there already is the other.
func (v *validator) lookAlikes(targets []Target) error {
	v.alike = make(map[string]string)
	known := make(map[string]bool) // published, or at the base
	var all []string
	if v.Known != nil {
		ids, err := v.Known.IDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			known[id] = true
		}
		all = ids
	}
	for _, t := range targets {
		all = append(all, t.ID())
	}
	slices.Sort(all)
	all = slices.Compact(all)
	first := make(map[string]string, len(all))
	for _, wantKnown := range []bool{true, false} {
		for _, id := range all {
			if known[id] != wantKnown {
				continue
			}
			s := skeleton(id)
			if other, taken := first[s]; !taken {
				first[s] = id
			} else if !known[id] {
				v.alike[id] = other // two that are both published already are past mending
			}
		}
	}
	return nil
}

// skeleton returns what an id looks like: the same for two ids that people take for each other, as Unicode's confusables do it for
// names of any letters (UTS #39). An id has lower-case ASCII letters, digits, hyphens and dots alone.
func skeleton(id string) string { return similar.Replace(id) }

// similar takes one character at a time, and makes several of those that several look like: so what stands beside a character never decides
// what becomes of it, and c1 and r-n are what cl and rn are.
var similar = strings.NewReplacer("-", "", ".", "", "m", "rn", "w", "vv", "d", "cl", "0", "o", "1", "l", "i", "l", "5", "s")
