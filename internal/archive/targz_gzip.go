package archive

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// maxStored is the most that a stored block can hold (RFC 1951, 3.2.4).
const maxStored = math.MaxUint16

// Lengths of what stands around the content.
const (
	gzipHeaderLen  = 10 // RFC 1952, 2.3
	storedLen      = 5  // header of a stored block
	gzipTrailerLen = 8
)

// appendGzipHeader appends what a gzip file starts with.
func appendGzipHeader(b []byte) []byte {
	return append(b, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)
}

// appendStored appends the header of a stored block of n bytes.
func appendStored(b []byte, n int, final bool) []byte {
	kind := byte(0)
	if final {
		kind = 1
	}
	b = append(b, kind)
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	return binary.LittleEndian.AppendUint16(b, ^uint16(n))
}

// appendGzipTrailer appends what a gzip file ends with. The size is modulo 2^32.
func appendGzipTrailer(b []byte, crc, size uint32) []byte {
	b = binary.LittleEndian.AppendUint32(b, crc)
	return binary.LittleEndian.AppendUint32(b, size)
}

var gzipFields = []field{
	{0, 2, "starts with %#04x, expected %#04x of a gzip file"},
	{2, 1, "gzip header has method %d, expected %d (deflate)"},
	{3, 1, "gzip header has flags %#02x, expected %#02x (no name, comment or extra fields)"},
	{4, 4, "gzip header has time %d, expected %d"},
	{8, 1, "gzip header has extra flags %d, expected %d"},
	{9, 1, "gzip header has system %d, expected %d (unknown)"},
}

var storedFields = []field{
	{0, 1, "starts with %#02x, expected %#02x (stored)"},
	{1, 2, "has %d bytes, expected %d: all but the last are full"},
	{3, 2, "has complement %#04x of its length, expected %#04x"},
}

var gzipTrailerFields = []field{
	{0, 4, "gzip trailer has CRC-32 %#08x, expected %#08x, that of the content"},
	{4, 4, "gzip trailer has size %d, expected %d, that of the content"},
}

// storedGzip lays out a gzip file of content that isn't empty, and doesn't copy it.
func storedGzip(content Segments) Segments {
	size := content.Size()
	blocks := (size + maxStored - 1) / maxStored
	out := make(Segments, 0, len(content)+2*int(blocks)+2)
	out = append(out, appendGzipHeader(nil))
	full := appendStored(nil, maxStored, false)
	crc := uint32(0)
	left, room := size, 0 // not yet in any block, and free in this one
	for _, segment := range content {
		crc = crc32.Update(crc, crc32.IEEETable, segment)
		for len(segment) > 0 {
			if room == 0 {
				room = int(min(left, maxStored))
				left -= int64(room)
				if left > 0 {
					out = append(out, full)
				} else {
					out = append(out, appendStored(nil, room, true))
				}
			}
			n := min(room, len(segment))
			out = append(out, segment[:n:n])
			segment = segment[n:]
			room -= n
		}
	}
	return append(out, appendGzipTrailer(nil, crc, uint32(size)))
}

// A gzipReader streams the content of a stored gzip file that is held against every rule. It
// ends in io.EOF only if all is right up to the file's last byte. An error stays.
type gzipReader struct {
	r      *bufio.Reader
	offset int64 // in the gzip file
	left   int   // bytes of this block
	final  bool  // it is the last one
	crc    uint32
	size   uint32 // so far, modulo 2^32
	err    error
}

func newGzipReader(r io.Reader) (*gzipReader, error) {
	g := &gzipReader{r: bufio.NewReader(r)}
	header, err := g.next(gzipHeaderLen)
	if err != nil {
		return nil, err
	}
	if err := difference(gzipFields, header, appendGzipHeader(nil)); err != nil {
		return nil, &FormatError{Err: err}
	}
	return g, nil
}

func (g *gzipReader) Read(p []byte) (int, error) {
	if g.left == 0 && g.err == nil {
		if g.final {
			g.err = g.end()
		} else {
			g.err = g.nextBlock()
		}
	}
	if g.err != nil || len(p) == 0 {
		return 0, g.err
	}
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.offset += int64(n)
	g.left -= n
	g.size += uint32(n)
	g.crc = crc32.Update(g.crc, crc32.IEEETable, p[:n])
	if err != nil {
		g.err = g.failure(err)
	}
	return n, g.err
}

// nextBlock reads the header of a block.
func (g *gzipReader) nextBlock() error {
	at := g.offset
	got, err := g.next(storedLen)
	if err != nil {
		return err
	}
	g.left, g.final = maxStored, got[0]&1 == 1
	if g.final {
		g.left = int(binary.LittleEndian.Uint16(got[1:]))
	}
	if err := difference(storedFields, got, appendStored(nil, g.left, g.final)); err != nil {
		return malformed("", "deflate block at offset %d %w", at, err)
	}
	if g.left == 0 {
		return malformed("", "deflate block at offset %d is empty, expected something in it", at)
	}
	return nil
}

// end returns io.EOF if the trailer is right, and nothing follows it.
func (g *gzipReader) end() error {
	got, err := g.next(gzipTrailerLen)
	if err != nil {
		return err
	}
	if err := difference(gzipTrailerFields, got, appendGzipTrailer(nil, g.crc, g.size)); err != nil {
		return &FormatError{Err: err}
	}
	switch _, err := g.r.Peek(1); err {
	case nil:
		return malformed("", "something follows the gzip trailer at offset %d, expected the end", g.offset)
	case io.EOF:
		return io.EOF
	default:
		return g.failure(err)
	}
}

// next returns the next n bytes of what isn't content, for use until the next read.
func (g *gzipReader) next(n int) ([]byte, error) {
	b, err := g.r.Peek(n)
	if err != nil {
		g.offset += int64(len(b))
		return nil, g.failure(err)
	}
	g.offset += int64(n)
	_, err = g.r.Discard(n)
	return b, err
}

// failure returns why no more can be read. That it ends too early is the archive's
// fault, as there is no size that it could be held against.
func (g *gzipReader) failure(err error) error {
	if err == io.EOF {
		return malformed("", "cut off after %d bytes, expected more", g.offset)
	}
	return fmt.Errorf("read the archive at offset %d: %w", g.offset, err)
}
