package squeeze

import "math/bits"

const minMatch = 3 // the shortest match that can be written

// A lengthCode is one of the codes that lengths are written with: the code's own base, and some bits to add to it.
type lengthCode struct {
	base int
	bits uint8
}

// lengthCodes returns the codes for lengths from first on: one for each of the first exact ones, then those with the
// given number of bits, each beginning where the one before ends.
func lengthCodes(first, exact int, extra ...uint8) []lengthCode {
	var codes []lengthCode
	base := first
	for range exact {
		codes = append(codes, lengthCode{base, 0})
		base++
	}
	for _, n := range extra {
		codes = append(codes, lengthCode{base, n})
		base += 1 << n
	}
	return codes
}

// RFC 8878, 3.1.1.3.2.1.1.
var (
	literalCodes = lengthCodes(0, 16, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
	matchCodes   = lengthCodes(minMatch, 32, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
)

// The predefined distributions of RFC 8878, 3.1.1.3.2.2.
var (
	literalTable = newFSETable(6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1)
	matchTable   = newFSETable(6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1)
	offsetTable  = newFSETable(5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1)
)

// codeOf returns the last code whose base isn't above n.
func codeOf(codes []lengthCode, n int) int {
	low, high := 0, len(codes)
	for high-low > 1 {
		if mid := (low + high) / 2; codes[mid].base <= n {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// A sequence is some literals, then a match (RFC 8878, 3.1.1.3.2), as numbers that can be written.
type sequence struct {
	literals int // how many
	offset   int // as offsets.use returns it
	match    int // length
}

// appendSequences appends a block's sequences: their number, the mode of their tables, and the bits. A decoder reads the
// bits from the end on, so the last sequence is written first.
func appendSequences(dst []byte, seqs []sequence) []byte {
	switch n := len(seqs); {
	case n < 128:
		dst = append(dst, byte(n))
	case n < 0x7f00:
		dst = append(dst, byte(n>>8+128), byte(n))
	default:
		n -= 0x7f00
		dst = append(dst, 255, byte(n), byte(n>>8))
	}
	if len(seqs) == 0 {
		return dst
	}
	dst = append(dst, 0) // all three tables are the predefined ones
	w := bitWriter{out: dst}
	var lit, off, mat int // states
	for i := len(seqs) - 1; i >= 0; i-- {
		s := seqs[i]
		litCode, matCode := codeOf(literalCodes, s.literals), codeOf(matchCodes, s.match)
		offCode := bits.Len(uint(s.offset)) - 1
		if i == len(seqs)-1 {
			lit, off, mat = literalTable.last(litCode), offsetTable.last(offCode), matchTable.last(matCode)
		} else {
			off = offsetTable.before(&w, offCode, off)
			mat = matchTable.before(&w, matCode, mat)
			lit = literalTable.before(&w, litCode, lit)
		}
		w.add(uint64(s.literals-literalCodes[litCode].base), literalCodes[litCode].bits)
		w.add(uint64(s.match-matchCodes[matCode].base), matchCodes[matCode].bits)
		w.add(uint64(s.offset), uint8(offCode)) // all but its highest bit, which the code says
	}
	w.add(uint64(mat), matchTable.log)
	w.add(uint64(off), offsetTable.log)
	w.add(uint64(lit), literalTable.log)
	return w.end()
}

// A bitWriter writes bits, the lowest of a byte first.
type bitWriter struct {
	out   []byte
	bits  uint64
	count uint8 // of bits; below 8 between calls
}

// add writes the lowest n bits of v, at most 56.
func (w *bitWriter) add(v uint64, n uint8) {
	w.bits |= (v & (1<<n - 1)) << w.count
	for w.count += n; w.count >= 8; w.count -= 8 {
		w.out = append(w.out, byte(w.bits))
		w.bits >>= 8
	}
}

// end marks the end by a bit of one, from which a reader starts, and returns what is written.
func (w *bitWriter) end() []byte {
	w.add(1, 1)
	if w.count > 0 {
		w.out = append(w.out, byte(w.bits))
	}
	return w.out
}

// An fseTable encodes symbols by finite state entropy (RFC 8878, 4.1). A decoder goes from state to state. Each stands for a
// symbol, and leads to as many next states as the bits that are read there can tell. An encoder goes the way back.
type fseTable struct {
	log    uint8 // 1<<log states
	states [][]int
}

// newFSETable returns the table of a distribution: of 1<<log states, how many each symbol has. A symbol with -1 has one, at
// which log bits are read.
func newFSETable(log uint8, counts ...int) *fseTable {
	size := 1 << log
	owner := make([]int, size)
	// The symbols with -1 have the last states. The others are spread over the rest in steps.
	rest := size
	for symbol, n := range counts {
		if n < 0 {
			rest--
			owner[rest] = symbol
		}
	}
	at := 0
	for symbol, n := range counts {
		for range n {
			owner[at] = symbol
			at = (at + size/2 + size/8 + 3) % size
			for at >= rest {
				at = (at + size/2 + size/8 + 3) % size
			}
		}
	}
	t := &fseTable{log: log, states: make([][]int, len(counts))}
	for state, symbol := range owner {
		t.states[symbol] = append(t.states[symbol], state)
	}
	return t
}

// last returns a state for the last symbol.
func (t *fseTable) last(symbol int) int { return t.states[symbol][0] }

// before returns a state of the symbol that leads to the state next, and writes the bits that choose it. If a symbol has n states,
// numbered from n to 2n-1, then number x leads by k bits to the states from x<<k - size on, where k is what makes
// them lie between 0 and size.
func (t *fseTable) before(w *bitWriter, symbol, next int) int {
	states := t.states[symbol]
	x := next + 1<<t.log
	k := int(t.log) + 1 - bits.Len(uint(len(states)))
	if x>>k < len(states) {
		k--
	}
	w.add(uint64(x), uint8(k))
	return states[x>>k-len(states)]
}
