package gittree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// baseCacheSize is how many bytes of delta bases and trees a Reader keeps.
const baseCacheSize = 16 << 20

// maxTree bounds a tree: about two million entries of short names.
const maxTree = 64 << 20

// A Reader reads objects. It holds the buffers and a bounded cache, so it
// serves one goroutine at a time; it has nothing to close.
type Reader struct {
	odb   *odb
	in    *input
	z     io.ReadCloser // a zlib reader, used again and again
	cache *baseCache
	last  *pack // where the last object was found: likely the next one, too

	outer, inner []byte // deltas
}

func newReader(o *odb) *Reader {
	return &Reader{odb: o, in: newInput(), cache: newBaseCache(baseCacheSize)}
}

// find returns the pack that holds an object, and where; or nil.
func (r *Reader) find(h Hash) (*pack, int64, error) {
	try := func(p *pack) (int64, bool, error) {
		off, ok, err := p.idx.find(h)
		if err != nil {
			err = fmt.Errorf("%s.idx: %w", p.name, err)
		}
		return off, ok, err
	}
	if r.last != nil {
		if off, ok, err := try(r.last); ok || err != nil {
			return r.last, off, err
		}
	}
	for _, p := range r.odb.all() {
		if p == r.last {
			continue
		}
		if off, ok, err := try(p); ok || err != nil {
			r.last = p
			return p, off, err
		}
	}
	return nil, 0, nil
}

// object returns an object of one kind, if it has at most limit bytes. See
// unpack for keep.
func (r *Reader) object(h Hash, want kind, limit int64, keep bool) ([]byte, error) {
	what := want.String() + " " + h.String()
	got, data, err := r.any(h, what, limit, keep)
	if err == nil && got != want {
		err = fmt.Errorf("expected a %s, found a %s", want, got)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return data, nil
}

// retry calls f, and once more where an object is missing and there are packs
// that weren't there before.
func (r *Reader) retry(f func() error) error {
	err := f()
	if errors.Is(err, ErrMissing) {
		if found, _ := r.odb.list(); found {
			err = f()
		}
	}
	return err
}

// any returns an object of whatever kind.
func (r *Reader) any(h Hash, what string, limit int64, keep bool) (k kind, data []byte, err error) {
	err = r.retry(func() error {
		k, data, err = r.anyOnce(h, what, limit, keep)
		return err
	})
	return k, data, err
}

func (r *Reader) anyOnce(h Hash, what string, limit int64, keep bool) (kind, []byte, error) {
	limit = min(limit, math.MaxInt)
	p, off, err := r.find(h)
	if err != nil {
		return 0, nil, err
	}
	if p != nil {
		return r.unpack(p, off, what, limit, keep)
	}
	var k kind
	var data []byte
	err = r.loose(h, func(got kind, size int64) error {
		if size > limit {
			return tooLarge(what, size, limit)
		}
		k, data = got, make([]byte, size)
		if err := r.inflateMore(data); err != nil {
			return err
		}
		return r.inflateEnd(size)
	})
	return k, data, err
}

// kindOf returns what an object is, without reading it.
func (r *Reader) kindOf(h Hash) (k kind, err error) {
	err = r.retry(func() error {
		k, err = r.kindOfOnce(h)
		return err
	})
	return k, err
}

func (r *Reader) kindOfOnce(h Hash) (k kind, err error) {
	p, off, err := r.find(h)
	if err != nil {
		return 0, err
	}
	if p != nil {
		return r.packedKind(p, off)
	}
	err = r.loose(h, func(got kind, _ int64) error {
		k = got
		return nil
	})
	return k, err
}

// loose opens a loose object, and calls read with its kind and size while its
// content is next in the inflater.
func (r *Reader) loose(h Hash, read func(kind, int64) error) error {
	name := h.String()
	for _, dir := range r.odb.dirs {
		path := filepath.Join(dir, name[:2], name[2:])
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		err = r.readLoose(f, read)
		r.in.start(nil, 0)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	return fmt.Errorf("%w (is it a partial clone, or a shallow one?)", ErrMissing)
}

func (r *Reader) readLoose(f *os.File, read func(kind, int64) error) error {
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	r.in.start(f, 0)
	if err := r.inflateStart(); err != nil {
		return err
	}
	// "<kind> <size>" and a zero byte
	var head []byte
	for {
		var b [1]byte
		if err := r.inflateMore(b[:]); err != nil {
			return err
		}
		if b[0] == 0 {
			break
		}
		if head = append(head, b[0]); len(head) > 32 {
			return corrupt("expected a kind and a size, found %q", head)
		}
	}
	name, digits, _ := strings.Cut(string(head), " ")
	k := parseKind(name)
	size, err := strconv.ParseInt(digits, 10, 64)
	if k == 0 || err != nil || size < 0 {
		return corrupt("expected a kind and a size, found %q", head)
	}
	if size/maxRatio > fi.Size() {
		return corrupt("claims %d bytes, more than its %d deflated bytes can hold", size, fi.Size())
	}
	return read(k, size)
}

func parseKind(s string) kind {
	for k := kindCommit; k <= kindTag; k++ {
		if k.String() == s {
			return k
		}
	}
	return 0
}

// Size returns the size of a blob (or of any object), without reading it.
func (r *Reader) Size(h Hash) (size int64, err error) {
	err = r.retry(func() error {
		size, err = r.sizeOnce(h)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the size of %s: %w", h, err)
	}
	return size, nil
}

func (r *Reader) sizeOnce(h Hash) (size int64, err error) {
	p, off, err := r.find(h)
	switch {
	case err != nil:
	case p != nil:
		size, err = r.packedSize(p, off)
	default:
		err = r.loose(h, func(_ kind, n int64) error {
			size = n
			return nil
		})
	}
	return size, err
}

// Blob returns the content of a file, which is the caller's to keep. A file of
// more than limit bytes is a [LimitError], and isn't read.
func (r *Reader) Blob(h Hash, limit int64) ([]byte, error) {
	return r.object(h, kindBlob, limit, false)
}
