package gittree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// kind is what an object is, or how a pack stores it.
type kind uint8

const (
	kindCommit kind = 1
	kindTree   kind = 2
	kindBlob   kind = 3
	kindTag    kind = 4
	kindOfs    kind = 6 // a delta; the base lies some way before it
	kindRef    kind = 7 // a delta; the base is named by its hash
)

func (k kind) String() string {
	switch k {
	case kindCommit:
		return "commit"
	case kindTree:
		return "tree"
	case kindBlob:
		return "blob"
	case kindTag:
		return "tag"
	}
	return fmt.Sprintf("object of kind %d", uint8(k))
}

const (
	// maxBase bounds what a delta is applied to: git makes no deltas of files
	// above this size (core.bigFileThreshold).
	maxBase = 512 << 20
	// maxChain bounds how many deltas lie on one another: git's own bound.
	maxChain = 4095
	// maxRatio is more than deflate can ever shrink: a size above it is false.
	maxRatio = 1032
)

// pack is one pack file with its index.
type pack struct {
	name string // base name without .pack, for messages
	f    io.ReaderAt
	size int64
	idx  *packIndex

	files []*os.File
}

func openPack(idxPath string) (_ *pack, err error) {
	packPath := strings.TrimSuffix(idxPath, ".idx") + ".pack"
	p := &pack{name: filepath.Base(strings.TrimSuffix(idxPath, ".idx"))}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	open := func(path string) (*os.File, int64, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, 0, err
		}
		p.files = append(p.files, f)
		fi, err := f.Stat()
		if err != nil {
			return nil, 0, err
		}
		return f, fi.Size(), nil
	}
	f, size, err := open(packPath)
	if err != nil {
		return nil, err
	}
	p.f, p.size = f, size
	xf, xsize, err := open(idxPath)
	if err != nil {
		return nil, err
	}
	if p.idx, err = openIndex(xf, xsize); err != nil {
		return nil, fmt.Errorf("open %s: %w", idxPath, err)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("open %s: %w", packPath, err)
	}
	return p, nil
}

// check reads the head of the pack, and compares its count with the index.
func (p *pack) check() error {
	var head [12]byte
	if err := readAt(p.f, head[:], 0); err != nil {
		return err
	}
	if !bytes.Equal(head[:4], []byte("PACK")) {
		return corrupt("expected a pack, found another file")
	}
	if v := binary.BigEndian.Uint32(head[4:]); v != 2 && v != 3 {
		return corrupt("expected a pack of version 2 or 3, found version %d", v)
	}
	if n := int64(binary.BigEndian.Uint32(head[8:])); n != p.idx.count() {
		return corrupt("the pack has %d objects, its index %d", n, p.idx.count())
	}
	return nil
}

func (p *pack) close() error {
	var errs []error
	for _, f := range p.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// entry is the head of an object in a pack.
type entry struct {
	kind kind
	size int64 // of the object, or of the delta
	base int64 // where the base of a delta starts
	data int64 // where the deflated bytes start
}

// entry reads the head of the object at an offset, and leaves the input at its
// deflated bytes.
func (r *Reader) entry(p *pack, off int64) (entry, error) {
	var e entry
	if off < 12 || off >= p.size-20 {
		return e, corrupt("%s: an object at %d, outside of the pack's %d bytes", p.name, off, p.size)
	}
	r.in.seek(p, off)
	next := func() (byte, error) {
		b, err := r.in.ReadByte()
		if err == io.EOF {
			err = corrupt("%s: ends within an object", p.name)
		}
		return b, err
	}
	b, err := next()
	if err != nil {
		return e, err
	}
	e.kind = kind(b >> 4 & 7)
	size := uint64(b & 15)
	for shift := 4; b&0x80 != 0; shift += 7 {
		if b, err = next(); err != nil {
			return e, err
		}
		if shift > 53 {
			return e, corrupt("%s: the object at %d has a size of more than 60 bits", p.name, off)
		}
		size |= uint64(b&0x7f) << shift
	}
	e.size = int64(size)
	switch e.kind {
	case kindCommit, kindTree, kindBlob, kindTag:
	case kindOfs:
		var back int64
		for n := 0; ; n++ {
			if b, err = next(); err != nil {
				return e, err
			}
			if n > 0 {
				back++
			}
			back = back<<7 | int64(b&0x7f)
			if back > off {
				return e, corrupt("%s: the delta at %d has its base before the pack", p.name, off)
			}
			if b&0x80 == 0 {
				break
			}
		}
		if back == 0 {
			return e, corrupt("%s: the delta at %d is its own base", p.name, off)
		}
		e.base = off - back
	case kindRef:
		var h Hash
		for i := range h {
			if h[i], err = next(); err != nil {
				return e, err
			}
		}
		base, ok, err := p.idx.find(h)
		if err != nil {
			return e, fmt.Errorf("%s.idx: %w", p.name, err)
		}
		if !ok {
			return e, corrupt("%s: the delta at %d has the base %s, which isn't in the pack", p.name, off, h)
		}
		e.base = base
	default:
		return e, corrupt("%s: the object at %d is of the unknown kind %d", p.name, off, e.kind)
	}
	e.data = r.in.offset()
	if e.size/maxRatio > p.size-e.data {
		return e, corrupt("%s: the object at %d claims %d bytes, more than the rest of the pack can hold", p.name, off, e.size)
	}
	return e, nil
}

// packedSize returns the size of the object at an offset. Of a delta it
// inflates only the head.
func (r *Reader) packedSize(p *pack, off int64) (int64, error) {
	e, err := r.entry(p, off)
	if err != nil {
		return 0, err
	}
	if e.kind != kindOfs && e.kind != kindRef {
		return e.size, nil
	}
	var head [18]byte
	b := head[:min(e.size, int64(len(head)))]
	if err := r.inflatePart(b); err != nil {
		return 0, fmt.Errorf("%s: inflate the delta at %d: %w", p.name, off, err)
	}
	_, size, _, err := deltaSizes(b)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.name, err)
	}
	if size > 1<<60 {
		return 0, corrupt("%s: the delta at %d claims %d bytes", p.name, off, size)
	}
	return int64(size), nil
}

// packedKind returns the kind of the object at an offset: that of the last
// base, where it is a delta.
func (r *Reader) packedKind(p *pack, off int64) (kind, error) {
	for range maxChain + 1 {
		e, err := r.entry(p, off)
		if err != nil {
			return 0, err
		}
		if e.kind != kindOfs && e.kind != kindRef {
			return e.kind, nil
		}
		off = e.base
	}
	return 0, corrupt("%s: more than %d deltas on one another", p.name, maxChain)
}

// unpack returns the object at an offset, if it has at most limit bytes. keep
// says that the caller won't change the bytes, so that they may come from the
// cache and go there.
func (r *Reader) unpack(p *pack, off int64, what string, limit int64, keep bool) (kind, []byte, error) {
	var chain []entry // the deltas, the outermost first
	var outer []byte  // the instructions of the outermost delta
	var data []byte
	var k kind
	at := off
	for {
		if len(chain) > 0 || keep {
			var ok bool
			if k, data, ok = r.cache.get(place{p, at}); ok {
				if len(chain) == 0 && int64(len(data)) > limit {
					return 0, nil, tooLarge(what, int64(len(data)), limit)
				}
				break
			}
		}
		e, err := r.entry(p, at)
		if err != nil {
			return 0, nil, err
		}
		if e.kind != kindOfs && e.kind != kindRef {
			if len(chain) == 0 && e.size > limit {
				return 0, nil, tooLarge(what, e.size, limit)
			}
			if len(chain) > 0 && e.size > maxBase {
				return 0, nil, tooLarge(what+" (the base of its delta)", e.size, maxBase)
			}
			k, data = e.kind, make([]byte, e.size)
			if err := r.inflate(data); err != nil {
				return 0, nil, fmt.Errorf("%s: inflate the object at %d: %w", p.name, at, err)
			}
			if len(chain) > 0 || keep {
				r.cache.put(place{p, at}, k, data)
			}
			break
		}
		if len(chain) == maxChain {
			return 0, nil, corrupt("%s: more than %d deltas on one another at %d", p.name, maxChain, off)
		}
		if len(chain) == 0 {
			// The outermost delta is inflated at once: it tells the size.
			if outer, err = r.delta(p, e, &r.outer); err != nil {
				return 0, nil, err
			}
			_, size, _, err := deltaSizes(outer)
			if err != nil {
				return 0, nil, fmt.Errorf("%s: %w", p.name, err)
			}
			if size > uint64(max(limit, 0)) {
				return 0, nil, tooLarge(what, int64(min(size, 1<<62)), limit)
			}
		}
		chain = append(chain, e)
		at = e.base
	}
	for i := len(chain) - 1; i >= 0; i-- {
		delta := outer
		if i > 0 {
			r.in.seek(p, chain[i].data)
			var err error
			if delta, err = r.delta(p, chain[i], &r.inner); err != nil {
				return 0, nil, err
			}
		}
		base, size, n, err := deltaSizes(delta)
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if base != uint64(len(data)) {
			return 0, nil, corrupt("%s: a delta expects a base of %d bytes, found %d", p.name, base, len(data))
		}
		if i > 0 && size > maxBase {
			return 0, nil, tooLarge(what+" (the base of its delta)", int64(min(size, 1<<62)), maxBase)
		}
		// Each instruction makes at most 16 MiB: a larger claim is false.
		if size>>24 > uint64(len(delta)) {
			return 0, nil, corrupt("%s: a delta of %d bytes claims a result of %d", p.name, len(delta), size)
		}
		result := make([]byte, size)
		if err := applyDelta(result, data, delta[n:]); err != nil {
			return 0, nil, fmt.Errorf("%s: %w", p.name, err)
		}
		data = result
		if i > 0 || keep {
			place := place{p, off}
			if i > 0 {
				place.offset = chain[i-1].base
			}
			r.cache.put(place, k, data)
		}
	}
	return k, data, nil
}

// delta inflates a delta, whose deflated bytes are next, into a buffer that is
// used again.
func (r *Reader) delta(p *pack, e entry, buf *[]byte) ([]byte, error) {
	if e.size > maxBase {
		return nil, corrupt("%s: a delta of %d bytes", p.name, e.size)
	}
	b := *buf
	if int64(cap(b)) < e.size {
		b = make([]byte, max(e.size, 4096))
	}
	if cap(b) <= 1<<20 { // a large one isn't kept
		*buf = b
	}
	b = b[:e.size]
	if err := r.inflate(b); err != nil {
		return nil, fmt.Errorf("%s: inflate the delta at %d: %w", p.name, e.data, err)
	}
	return b, nil
}

func tooLarge(what string, found, limit int64) error {
	return &LimitError{What: what, Found: found, Limit: limit, Unit: "bytes"}
}
