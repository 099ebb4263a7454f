package squeeze

import (
	"slices"

	"github.com/klauspost/compress/huff0"
)

const maxBlock = 128 << 10 // content of a block, in bytes

// Kinds of blocks, and of their literals (RFC 8878, 3.1.1.2.2 and 3.1.1.3.1.1).
const (
	kindRaw        = 0
	kindCompressed = 2
)

// A match says that some bytes were there before.
type match struct {
	start  int // where they are
	offset int // how far back they are, too
	length int
}

// A blockWriter writes the blocks of a frame, one after the other.
type blockWriter struct {
	dst    []byte
	recent offsets // as a decoder knows them
	huff   huff0.Scratch
	// Of the last block, kept for their memory:
	literals  []byte
	sequences []sequence
	body      []byte
}

func newBlockWriter(dst []byte) *blockWriter {
	return &blockWriter{dst: dst, recent: firstOffsets, huff: huff0.Scratch{Reuse: huff0.ReusePolicyNone}}
}

// write writes a block with the given content, by its matches in their order, or raw if that isn't larger.
func (w *blockWriter) write(content []byte, matches []match, last bool) {
	w.literals, w.sequences = w.literals[:0], w.sequences[:0]
	recent := w.recent
	at := 0
	for _, m := range matches {
		literals := m.start - at
		w.literals = append(w.literals, content[at:m.start]...)
		w.sequences = append(w.sequences, sequence{literals, recent.use(m.offset, literals), m.length})
		at = m.start + m.length
	}
	w.literals = append(w.literals, content[at:]...)
	w.body = appendLiterals(w.body[:0], w.literals, &w.huff)
	w.body = appendSequences(w.body, w.sequences)
	if len(w.body) < len(content) {
		w.recent = recent
		w.header(kindCompressed, len(w.body), last)
		w.dst = append(w.dst, w.body...)
	} else {
		w.header(kindRaw, len(content), last)
		w.dst = append(w.dst, content...)
	}
}

// header writes what stands before a block.
func (w *blockWriter) header(kind, size int, last bool) {
	h := kind<<1 | size<<3
	if last {
		h |= 1
	}
	w.dst = append(w.dst, byte(h), byte(h>>8), byte(h>>16))
}

// appendLiterals appends the literals of a block, by a Huffman code where that makes them smaller.
func appendLiterals(dst, literals []byte, huff *huff0.Scratch) []byte {
	n := len(literals)
	compress := huff0.Compress1X
	if n >= 1<<10 {
		compress = huff0.Compress4X // in four streams
	}
	if coded, _, err := compress(literals, huff); err == nil && len(coded) < n {
		c := len(coded)
		switch {
		case n < 1<<10:
			h := kindCompressed | n<<4 | c<<14
			dst = append(dst, byte(h), byte(h>>8), byte(h>>16))
		case n < 1<<14:
			h := kindCompressed | 2<<2 | n<<4 | c<<18
			dst = append(dst, byte(h), byte(h>>8), byte(h>>16), byte(h>>24))
		default:
			h := kindCompressed | 3<<2 | n<<4 | c<<22
			dst = append(dst, byte(h), byte(h>>8), byte(h>>16), byte(h>>24), byte(c>>10))
		}
		return append(dst, coded...)
	}
	switch {
	case n < 1<<5:
		dst = append(dst, byte(kindRaw|n<<3))
	case n < 1<<12:
		h := kindRaw | 1<<2 | n<<4
		dst = append(dst, byte(h), byte(h>>8))
	default:
		h := kindRaw | 3<<2 | n<<4
		dst = append(dst, byte(h), byte(h>>8), byte(h>>16))
	}
	return append(dst, literals...)
}

// offsets are the last three different ones, as far as a decoder keeps them apart, the latest first (RFC 8878, 3.1.1.5). After a small
// change, things go on at the same distance as before it.
type offsets [3]int

var firstOffsets = offsets{1, 4, 8}

// use makes an offset the latest one, and returns the number to write for it, after so many literals: 1 to 3 for one of the
// last, else the offset and 3. Without literals the latest one would only continue the match before, so then the numbers
// mean the second, the third, and the latest less 1.
func (o *offsets) use(offset, literals int) int {
	numbered := [...]int{o[0], o[1], o[2]}
	if literals == 0 {
		numbered = [...]int{o[1], o[2], o[0] - 1}
	}
	number := slices.Index(numbered[:], offset) + 1
	moved := number // how many of the last ones have another place from now on
	if literals == 0 {
		moved++
	}
	if number == 0 || moved >= 3 {
		o[2] = o[1]
	}
	if number == 0 || moved >= 2 {
		o[1] = o[0]
	}
	o[0] = offset
	if number == 0 {
		return offset + 3
	}
	return number
}
