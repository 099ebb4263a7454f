package squeeze

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Expand returns a reader of the artifact that r has a compressed copy of. The artifact has the given size.
//
// The reader never yields more than size bytes. It ends with [io.EOF] if there were as many, the copy keeps all rules and r has no more;
// so only who reads to the end knows that all was well. Whatever the bytes are, it takes at most 12 MiB of memory. It needs no closing.
func Expand(r io.Reader, size int64) io.Reader {
	if size < 0 {
		return failed(fmt.Errorf("artifact of %d bytes, expected at least 0", size))
	}
	check := func(h zstd.Header) error {
		window := h.WindowSize
		if h.SingleSegment {
			window = h.FrameContentSize
		}
		if window > MaxWindow {
			return malformed("a window of %d bytes, expected at most %d", window, MaxWindow)
		}
		return nil
	}
	return newReader(r, size, check, zstd.WithDecoderMaxWindow(MaxWindow))
}

// Apply returns a reader of the artifact that r has a delta to. The artifact has the given size, and the delta is from old,
// which mustn't change until all is read. It fails if one of the two has more than [MaxDelta] bytes.
//
// All else is as for [Expand], but the memory: size bytes and at most 2 MiB, besides old.
func Apply(old []byte, r io.Reader, size int64) io.Reader {
	if err := checkDelta(old, size); err != nil {
		return failed(err)
	}
	check := func(h zstd.Header) error {
		if !h.SingleSegment {
			return malformed("a delta with a window of %d bytes, expected a single segment", h.WindowSize)
		}
		return nil
	}
	return newReader(r, size, check, zstd.WithDecoderMaxWindow(MaxDelta), zstd.WithDecoderDictRaw(0, old))
}

// A reader decodes a frame.
type reader struct {
	frame *frame
	zstd  *zstd.Decoder
	left  int64 // bytes that are still expected
	err   error
}

// newReader returns a reader of a frame whose header has the content's size and passes a further check.
func newReader(r io.Reader, size int64, check func(zstd.Header) error, opts ...zstd.DOption) io.Reader {
	f := newFrame(r, size, check)
	// With one decoder there are no goroutines, so there is nothing to close.
	d, err := zstd.NewReader(f, append(opts, zstd.WithDecoderConcurrency(1))...)
	if err != nil {
		return failed(err)
	}
	return &reader{frame: f, zstd: d, left: size}
}

// failed returns a reader that fails at once.
func failed(err error) io.Reader { return &reader{err: err} }

func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.zstd.Read(p)
	if int64(n) > r.left {
		n, err = int(r.left), zstd.ErrFrameSizeExceeded
	}
	r.left -= int64(n)
	switch {
	case err == nil:
		return n, nil
	case r.frame.err != nil && r.frame.err != io.EOF:
		r.err = r.frame.err
	case err == io.EOF && r.left == 0:
		r.err = io.EOF
	case err == io.EOF || errors.Is(err, zstd.ErrFrameSizeMismatch):
		r.err = malformed("the frame has fewer bytes of content than its header says")
	case errors.Is(err, zstd.ErrFrameSizeExceeded):
		r.err = malformed("the frame has more bytes of content than its header says")
	case errors.Is(err, zstd.ErrCRCMismatch):
		r.err = malformed("the content's checksum isn't the frame's")
	default:
		r.err = malformed("after %d bytes of the frame: %w", r.frame.passed, err)
	}
	return n, r.err
}
