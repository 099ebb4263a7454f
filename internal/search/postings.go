package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxNumber is the highest number that JavaScript tells from its neighbours.
const maxNumber = 1<<53 - 1

// postings are the numbers of the documents that have a key, by place, rising.
type postings [places][]int64

// digits write numbers, five bits each, the lowest first; the upper half of the digits says that more follow.
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// encode returns the postings as text: for each place that has any its digit, then the distance of each number from the one before it; a dot between places.
func (p *postings) encode() string {
	var b []byte
	for at, numbers := range p {
		if len(numbers) == 0 {
			continue
		}
		if b != nil {
			b = append(b, '.')
		}
		b = append(b, '0'+byte(at))
		last := int64(0)
		for _, n := range numbers {
			gap := n - last
			for ; gap >= 32; gap >>= 5 {
				b = append(b, digits[gap&31|32])
			}
			b = append(b, digits[gap])
			last = n
		}
	}
	return string(b)
}

// values are the digits' values and one more; 0 is none.
var values = func() (v [256]int64) {
	for i := range len(digits) {
		v[digits[i]] = int64(i) + 1
	}
	return v
}()

// decode is the inverse of encode.
func decode(s string) (*postings, error) {
	p := new(postings)
	last := -1
	for part := range strings.SplitSeq(s, ".") {
		if len(part) < 2 || part[0] < '0' || part[0] >= '0'+byte(places) || int(part[0]-'0') <= last {
			return nil, fmt.Errorf("%w: found %.20q, expected a place and its numbers", ErrSpoilt, part)
		}
		last = int(part[0] - '0')
		numbers := make([]int64, 0, len(part)-1)
		number, gap, shift := int64(0), int64(0), 0
		for i := 1; i < len(part); i++ {
			v := values[part[i]] - 1
			if v < 0 || shift > 50 {
				return nil, fmt.Errorf("%w: found %.20q, expected numbers", ErrSpoilt, part)
			}
			gap |= v & 31 << shift
			shift += 5
			if v >= 32 {
				continue
			}
			if number += gap; number > maxNumber || gap == 0 && len(numbers) > 0 {
				return nil, fmt.Errorf("%w: found the number %d after the last one, expected a higher one of at most %d", ErrSpoilt, number, int64(maxNumber))
			}
			numbers = append(numbers, number)
			gap, shift = 0, 0
		}
		if shift != 0 {
			return nil, fmt.Errorf("%w: the last number of %.20q has no end", ErrSpoilt, part)
		}
		p[last] = numbers
	}
	return p, nil
}

// add puts a document in. It tells whether there was none with its number.
func (p *postings) add(at place, number int64) bool {
	for _, numbers := range p {
		if _, found := slices.BinarySearch(numbers, number); found {
			return false
		}
	}
	i, _ := slices.BinarySearch(p[at], number)
	p[at] = slices.Insert(p[at], i, number)
	return true
}

// remove takes a document out. It tells whether it was there.
func (p *postings) remove(at place, number int64) bool {
	i, found := slices.BinarySearch(p[at], number)
	if found {
		p[at] = slices.Delete(p[at], i, i+1)
	}
	return found
}

// maxBest is how many documents an inner file names of each branch.
const maxBest = 20

// best returns the documents that come first: by their best place, and the highest number.
func best(of []*postings) *postings {
	top := new(postings)
	seen := make(map[int64]bool)
	for at := range places {
		set := make(map[int64]bool)
		for _, p := range of {
			// Of one list no more than this can count: each number that was seen already took a seat.
			for _, n := range p[at][max(0, len(p[at])-maxBest):] {
				if !seen[n] {
					set[n] = true
				}
			}
		}
		numbers := slices.Sorted(maps.Keys(set))
		numbers = numbers[max(0, len(numbers)-(maxBest-len(seen))):]
		for _, n := range numbers {
			seen[n] = true
		}
		if top[at] = numbers; len(seen) == maxBest {
			break
		}
	}
	return top
}
