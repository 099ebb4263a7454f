package gittree

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/zlib"
)

// inputSize is how much is read at once. Most objects of a registry are smaller
// when deflated, and neighbours in a pack are often read one after the other.
const inputSize = 16 << 10

// input reads packs and files through one buffer. It is a bufio.Reader because
// the inflater has a fast path for that.
type input struct {
	*bufio.Reader
	src section
}

// section is a place in a file to read on from.
type section struct {
	f   io.ReaderAt
	off int64
}

func (s *section) Read(b []byte) (int, error) {
	if s.f == nil {
		return 0, io.EOF
	}
	n, err := s.f.ReadAt(b, s.off)
	s.off += int64(n)
	if n > 0 {
		err = nil // again at the next call, if it lasts
	}
	return n, err
}

func newInput() *input {
	in := new(input)
	in.Reader = bufio.NewReaderSize(&in.src, inputSize)
	return in
}

// seek goes to a place in a pack; within what was read already, without reading.
func (in *input) seek(p *pack, off int64) {
	if skip := off - in.offset(); in.src.f == p.f && skip >= 0 && skip <= int64(in.Buffered()) {
		in.Discard(int(skip))
		return
	}
	in.start(p.f, off)
}

// start goes to a place in a file.
func (in *input) start(f io.ReaderAt, off int64) {
	in.src = section{f, off}
	in.Reset(&in.src)
}

// offset returns the place of the next byte.
func (in *input) offset() int64 { return in.src.off - int64(in.Buffered()) }

// inflate fills b with the deflated bytes that are next in the input, and
// checks that they end there and that their checksum is right.
func (r *Reader) inflate(b []byte) error {
	if err := r.inflatePart(b); err != nil {
		return err
	}
	return r.inflateEnd(int64(len(b)))
}

// inflatePart fills b with the first of the deflated bytes that are next.
func (r *Reader) inflatePart(b []byte) error {
	if err := r.inflateStart(); err != nil {
		return err
	}
	return r.inflateMore(b)
}

func (r *Reader) inflateStart() error {
	if r.z == nil {
		z, err := zlib.NewReader(r.in.Reader)
		if err != nil {
			return damaged(err)
		}
		r.z = z
		return nil
	}
	return damaged(r.z.(zlib.Resetter).Reset(r.in.Reader, nil))
}

func (r *Reader) inflateMore(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	n, err := io.ReadFull(r.z, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return corrupt("the deflated data ends after %d bytes, expected %d", n, len(b))
	}
	return damaged(err)
}

func (r *Reader) inflateEnd(size int64) error {
	var b [1]byte
	n, err := io.ReadFull(r.z, b[:])
	if n > 0 {
		return corrupt("the deflated data goes on after %d bytes", size)
	}
	if err == io.EOF {
		return nil
	}
	return damaged(err)
}

// damaged wraps what the inflater says of bytes that it can't make sense of;
// that they can't be read at all is another matter.
func damaged(err error) error {
	var unread *fs.PathError
	if err == nil || errors.As(err, &unread) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
