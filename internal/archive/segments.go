package archive

import "io"

// Segments are the parts of a file, to be written one after another.
type Segments [][]byte

// Size returns how many bytes all segments have together.
func (s Segments) Size() int64 {
	var size int64
	for _, segment := range s {
		size += int64(len(segment))
	}
	return size
}

// WriteTo writes all segments to w, as an [io.WriterTo]. It can be called again, for
// another writer.
func (s Segments) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for _, segment := range s {
		n, err := w.Write(segment)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// Reader returns a reader over all segments. Each call gives one of its own.
func (s Segments) Reader() io.Reader {
	return &segmentsReader{rest: s}
}

type segmentsReader struct {
	rest Segments
	done int // bytes of the first segment that are read
}

func (r *segmentsReader) Read(p []byte) (n int, err error) {
	for n < len(p) && len(r.rest) > 0 {
		c := copy(p[n:], r.rest[0][r.done:])
		n, r.done = n+c, r.done+c
		if r.done == len(r.rest[0]) {
			r.rest, r.done = r.rest[1:], 0
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
