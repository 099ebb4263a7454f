package squeeze

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A frame reads one frame and passes its bytes on, after a look at what they cost to decode. It ends where the frame does, and
// fails if anything comes after that. The decoder alone would go on to the next frame.
type frame struct {
	r      *bufio.Reader
	size   int64                   // bytes that the content is to have
	check  func(zstd.Header) error // of the frame's header
	passed int64                   // bytes that were passed on
	part   int                     // bytes that are still to be passed on before the next header
	header zstd.Header
	last   bool // the part is that of the last block
	err    error
}

func newFrame(r io.Reader, size int64, check func(zstd.Header) error) *frame {
	return &frame{r: bufio.NewReader(r), size: size, check: check}
}

func (f *frame) Read(p []byte) (int, error) {
	if f.err == nil && f.part == 0 {
		f.part, f.err = f.next()
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.r.Read(p[:min(len(p), f.part)])
	f.part -= n
	f.passed += int64(n)
	switch {
	case err == io.EOF:
		f.err = f.cut()
	case err != nil:
		f.err = err
	case f.passed > maxFrame(f.size):
		f.err = malformed("a frame of more than %d bytes, expected at most that many for %d of content", maxFrame(f.size), f.size)
	}
	return n, f.err
}

// next looks at the next header and returns how many bytes belong to it, or [io.EOF] after the last one.
func (f *frame) next() (int, error) {
	if f.last {
		switch _, err := f.r.Peek(1); err {
		case nil:
			return 0, malformed("more bytes after the frame, at offset %d, expected none", f.passed)
		default:
			return 0, err
		}
	}
	if f.passed == 0 {
		return f.frameHeader()
	}
	return f.block()
}

// frameHeader checks the frame's header and returns its size.
func (f *frame) frameHeader() (int, error) {
	start, err := f.r.Peek(zstd.HeaderMaxSize)
	if err != nil && err != io.EOF {
		return 0, err
	}
	switch err := f.header.Decode(start); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, f.cut()
	case errors.Is(err, zstd.ErrMagicMismatch):
		return 0, malformed("starts with %x, expected %x, a zstd frame", start[:4], magic)
	case err != nil:
		return 0, malformed("frame header: %w", err)
	case f.header.Skippable:
		return 0, malformed("starts with a skippable frame, expected one with data")
	case f.header.DictionaryID != 0:
		return 0, malformed("the frame needs dictionary %d, expected none", f.header.DictionaryID)
	case !f.header.HasFCS:
		return 0, malformed("the frame's header has no size, expected that of the content")
	case f.header.FrameContentSize != uint64(f.size):
		return 0, malformed("content of %d bytes, expected %d", f.header.FrameContentSize, f.size)
	}
	if err := f.check(f.header); err != nil {
		return 0, err
	}
	return f.header.HeaderSize, nil
}

var magic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// block returns the size of the next block with its header, and with the checksum if it is the last one.
func (f *frame) block() (int, error) {
	b, err := f.r.Peek(3)
	if err == io.EOF {
		return 0, f.cut()
	}
	if err != nil {
		return 0, err
	}
	h := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	size := h >> 3
	if h>>1&3 == 1 {
		size = 1 // one byte, that many times
	}
	f.last = h&1 != 0
	if f.last && f.header.HasCheckSum {
		size += 4
	}
	return 3 + size, nil
}

// cut says that the bytes end too early.
func (f *frame) cut() error {
	return malformed("ends after %d bytes, within the frame", f.passed)
}
