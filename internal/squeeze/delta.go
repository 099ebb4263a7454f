package squeeze

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// Delta returns what [Apply] makes the new artifact of, given the old one. The new one comes in segments: how it is divided into them
// doesn't matter. It fails if one of the two has more than [MaxDelta] bytes.
//
// If they have little in common, a delta is about as large as a compressed copy. Making one takes as much memory as both artifacts
// and the delta together, and 20 MiB. Delta is safe for concurrent use.
//
// We write the frame ourselves. The module's encoder finds what is the same only within some 32 MiB: where
// the parts of 64 MiB have moved, its delta has 27 MB and takes 1.8 s, and this one 7 KB and 0.2 s.
func Delta(old []byte, new [][]byte) ([]byte, error) {
	size := 0
	for _, s := range new {
		size += len(s)
	}
	if err := checkDelta(old, int64(size)); err != nil {
		return nil, err
	}
	header := zstd.Header{SingleSegment: true, HasCheckSum: true, FrameContentSize: uint64(size)}
	dst, err := header.AppendTo(nil)
	if err != nil {
		return nil, fmt.Errorf("frame header: %w", err)
	}
	all := make([]byte, 0, len(old)+size)
	all = append(all, old...)
	for _, s := range new {
		all = append(all, s...)
	}
	m := newMatcher(all, len(old))
	b := newBlockWriter(dst)
	for start, last := len(old), false; !last; start += maxBlock {
		end := min(start+maxBlock, len(all))
		last = end == len(all)
		b.write(all[start:end], m.block(start, end), last)
	}
	return binary.LittleEndian.AppendUint32(b.dst, checksum(all[len(old):])), nil
}

// checkDelta checks the sizes of two artifacts between which there is to be a delta.
func checkDelta(old []byte, size int64) error {
	if len(old) > MaxDelta {
		return fmt.Errorf("delta from an artifact of %d bytes, expected at most %d", len(old), MaxDelta)
	}
	if size < 0 || size > MaxDelta {
		return fmt.Errorf("delta to an artifact of %d bytes, expected at most %d", size, MaxDelta)
	}
	return nil
}

const (
	farLength  = 32 // bytes that the far table looks at
	nearLength = 6  // bytes that the near table looks at
	farBits    = 22 // the far table has at most 1<<22 entries, of 4 bytes
	nearBits   = 18
	indexed    = 16 // places of a match that are entered in the near table
)

// A matcher finds what of the new artifact was there before, in the old one or earlier in the new one.
type matcher struct {
	all    []byte // the old artifact, then the new one
	recent offsets

	// Where bytes with some hash were last, and 1; 0 is nowhere. The far table has the places in the old artifact, all of
	// them or, if they are many, each 2nd, 4th and so on. Few bytes are often the same by chance, and to go there costs more
	// than it gains, so it looks at many. The near table is for what is short and not far away.
	far, near []uint32

	matches []match // of the last block
}

// newMatcher returns a matcher for what follows the first old bytes.
func newMatcher(all []byte, old int) *matcher {
	m := &matcher{all: all, recent: firstOffsets}
	size := max(8, bits.Len(uint(len(all))))
	m.far = make([]uint32, 1<<min(size, farBits))
	m.near = make([]uint32, 1<<min(size, nearBits))
	step := 1
	for old/step > len(m.far) {
		step *= 2
	}
	for p := 0; p+farLength <= old; p += step {
		*m.farEntry(p) = uint32(p) + 1
	}
	for p := max(0, old-len(m.near)); p+8 <= old; p++ {
		*m.nearEntry(p) = uint32(p) + 1
	}
	return m
}

// farEntry returns the far table's entry for what is at p, or an empty one that nobody keeps if that is too short.
func (m *matcher) farEntry(p int) *uint32 {
	if p+farLength > len(m.all) {
		return new(uint32)
	}
	v := m.load(p)*prime1 ^ bits.RotateLeft64(m.load(p+farLength-8), 23)
	return &m.far[hash(v, len(m.far))]
}

// nearEntry is like farEntry.
func (m *matcher) nearEntry(p int) *uint32 {
	if p+8 > len(m.all) {
		return new(uint32)
	}
	return &m.near[hash(m.load(p)<<(64-8*nearLength), len(m.near))]
}

// hash returns a number below n, a power of two.
func hash(v uint64, n int) uint64 { return v * prime5 >> (65 - bits.Len(uint(n))) }

func (m *matcher) load(p int) uint64 { return binary.LittleEndian.Uint64(m.all[p:]) }

// block returns the matches between start and end, which don't overlap, by their places in the block. They are valid until the next call,
// which must be for the block that follows.
func (m *matcher) block(start, end int) []match {
	m.matches = m.matches[:0]
	free := start // what isn't in a match yet
	for p := start; p+8 <= end; {
		best := m.find(p, free, end)
		if best.length == 0 {
			// Where nothing is found for long, look less often. The steps are odd and those of the far table aren't, so
			// they meet.
			p += 1 + 2*min(7, (p-free)>>9)
			continue
		}
		// The beginning of what is the same is enough, since all of it is known where it was.
		for next := p + 1; next < min(best.start+best.length, p+indexed); next++ {
			*m.nearEntry(next) = uint32(next) + 1
		}
		m.recent.use(best.offset, best.start-free)
		p = best.start + best.length
		free = p
		best.start -= start
		m.matches = append(m.matches, best)
	}
	return m.matches
}

// find returns the best match at p. It may begin earlier, at most at free, or a bit later, and ends at most at end.
func (m *matcher) find(p, free, end int) match {
	var best match
	for _, offset := range m.recent {
		best = m.better(best, p-offset, p, free, end)
	}
	best = m.better(best, int(*m.farEntry(p))-1, p, free, end)
	entry := m.nearEntry(p)
	best = m.better(best, int(*entry)-1, p, free, end)
	*entry = uint32(p) + 1
	if best.length == 0 || best.length > 256 {
		return best
	}
	// Texts often begin with what many begin with. See whether a longer match begins within this one.
	for next := p + 1; next < best.start+best.length && next < p+256; next++ {
		best = m.better(best, int(*m.farEntry(next))-1, next, free, end)
	}
	return best
}

// better returns the match of what is at from with what is at p, as long as it can be, if it is better than best.
func (m *matcher) better(best match, from, p, free, end int) match {
	if from < 0 || p-from == best.offset && p < best.start+best.length {
		return best
	}
	length := m.same(from, p, end)
	if length < 4 {
		return best
	}
	offset := p - from
	for p > free && from > 0 && m.all[p-1] == m.all[from-1] {
		p, from, length = p-1, from-1, length+1
	}
	if found := (match{start: p, offset: offset, length: length}); m.gain(found) > m.gain(best) {
		return found
	}
	return best
}

// gain estimates how many bits a match saves: as literals its bytes take about 6 each, as a match some 20 and its offset.
func (m *matcher) gain(found match) int {
	if found.length == 0 {
		return 0
	}
	gain := 6*found.length - 20
	if !slices.Contains(m.recent[:], found.offset) {
		gain -= bits.Len(uint(found.offset))
	}
	return gain
}

// same returns how many bytes are the same from a on and from b on, up to where b is end.
func (m *matcher) same(a, b, end int) int {
	start := b
	for b+8 <= end {
		if x := m.load(a) ^ m.load(b); x != 0 {
			return b + bits.TrailingZeros64(x)/8 - start
		}
		a, b = a+8, b+8
	}
	for b < end && m.all[a] == m.all[b] {
		a, b = a+1, b+1
	}
	return b - start
}
