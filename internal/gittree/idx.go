package gittree

import (
	"bytes"
	"encoding/binary"
	"io"
	"sort"
	"sync/atomic"
)

const (
	idxHeader  = 8 + 256*4 // magic, version, fanout
	idxTrailer = 2 * 20    // hash of the pack, hash of the index
	idxEntry   = 20 + 4 + 4
)

// packIndex finds objects in a pack: a version 2 index, read part by part. Its
// names are sorted, and the fanout says which of them begin with each byte; the
// names that begin with one byte are read when the first of them is asked for.
// Safe for concurrent use.
type packIndex struct {
	f      io.ReaderAt
	fanout [256]uint32
	large  int64 // how many 8-byte offsets there are
	parts  [256]atomic.Pointer[idxPart]
}

// idxPart holds the names and offsets of all objects whose hash begins with
// one byte.
type idxPart struct {
	names   []byte // 20 bytes each
	offsets []byte // 4 bytes each, as in the file
}

func openIndex(f io.ReaderAt, size int64) (*packIndex, error) {
	if size < idxHeader+idxTrailer {
		return nil, corrupt("%d bytes are too few for a pack index", size)
	}
	var head [idxHeader]byte
	if err := readAt(f, head[:], 0); err != nil {
		return nil, err
	}
	if !bytes.Equal(head[:4], []byte("\xfftOc")) {
		return nil, corrupt("expected a version 2 pack index, found one of version 1 or another file (git index-pack makes it anew)")
	}
	if v := binary.BigEndian.Uint32(head[4:]); v != 2 {
		return nil, corrupt("expected a version 2 pack index, found version %d", v)
	}
	x := &packIndex{f: f}
	var last uint32
	for i := range x.fanout {
		n := binary.BigEndian.Uint32(head[8+4*i:])
		if n < last {
			return nil, corrupt("the pack index counts %d objects, then %d", last, n)
		}
		x.fanout[i], last = n, n
	}
	rest := size - idxHeader - idxTrailer - int64(last)*idxEntry
	if rest < 0 || rest%8 != 0 || rest/8 > int64(last) {
		return nil, corrupt("the pack index has %d bytes, which doesn't fit its %d objects", size, last)
	}
	x.large = rest / 8
	return x, nil
}

// count returns the number of objects.
func (x *packIndex) count() int64 { return int64(x.fanout[255]) }

// part returns the part for hashes that begin with b.
func (x *packIndex) part(b byte) (*idxPart, error) {
	if p := x.parts[b].Load(); p != nil {
		return p, nil
	}
	var from int64
	if b > 0 {
		from = int64(x.fanout[b-1])
	}
	n := int64(x.fanout[b]) - from
	buf := make([]byte, n*24)
	p := &idxPart{names: buf[:n*20], offsets: buf[n*20:]}
	if err := readAt(x.f, p.names, idxHeader+from*20); err != nil {
		return nil, err
	}
	if err := readAt(x.f, p.offsets, idxHeader+x.count()*24+from*4); err != nil {
		return nil, err
	}
	x.parts[b].Store(p) // two goroutines may both have read it: the same bytes
	return p, nil
}

// find returns where the object starts in the pack.
func (x *packIndex) find(h Hash) (offset int64, ok bool, err error) {
	p, err := x.part(h[0])
	if err != nil {
		return 0, false, err
	}
	lo, hi := 0, len(p.names)/20
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		switch c := bytes.Compare(p.names[mid*20:mid*20+20], h[:]); {
		case c == 0:
			offset, err = x.offset(p, mid)
			return offset, err == nil, err
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0, false, nil
}

func (x *packIndex) offset(p *idxPart, i int) (int64, error) {
	v := binary.BigEndian.Uint32(p.offsets[i*4:])
	if v < 1<<31 {
		return int64(v), nil
	}
	n := int64(v &^ (1 << 31))
	if n >= x.large {
		return 0, corrupt("the pack index refers to large offset %d of %d", n, x.large)
	}
	var b [8]byte
	if err := readAt(x.f, b[:], idxHeader+x.count()*idxEntry+n*8); err != nil {
		return 0, err
	}
	u := binary.BigEndian.Uint64(b[:])
	if u > 1<<62 {
		return 0, corrupt("the pack index has an offset of %d", u)
	}
	return int64(u), nil
}

// withPrefix appends the hashes that begin with the hex digits, at most limit.
func (x *packIndex) withPrefix(to []Hash, first byte, digits string, limit int) ([]Hash, error) {
	p, err := x.part(first)
	if err != nil {
		return to, err
	}
	low, err := ParseHash(digits + "0000000000000000000000000000000000000000"[len(digits):])
	if err != nil {
		return to, err
	}
	n := len(p.names) / 20
	for i := sort.Search(n, func(i int) bool { return bytes.Compare(p.names[i*20:i*20+20], low[:]) >= 0 }); i < n && len(to) < limit; i++ {
		h := Hash(p.names[i*20 : i*20+20])
		if h.String()[:len(digits)] != digits {
			break
		}
		to = append(to, h)
	}
	return to, nil
}

// readAt fills b or fails: a file that ends before is damaged.
func readAt(f io.ReaderAt, b []byte, off int64) error {
	n, err := f.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		return corrupt("the file ends at byte %d, expected at least %d", off+int64(n), off+int64(len(b)))
	}
	return err
}
