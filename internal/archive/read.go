package archive

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// ReadZip reads a stored zip of size bytes and holds it against every rule. It calls
// visit once for each file, in byte order of the names.
//
// All names, sizes and positions are checked before the first visit. Contents are
// checked as they stream: content ends in [io.EOF] only if all of it came and its
// CRC-32 is right. What visit leaves unread is read and checked when it returns, so
// that nil from ReadZip means that the whole archive is right, while a visit may have
// seen files of one that isn't. The content is of use only until visit returns.
//
// An archive that breaks a rule gives a [*FormatError]. An error of visit is
// returned as it is. Memory is bounded by lim.Files, [MaxPath] and the most directories
// that there may be, not by what the archive claims.
func ReadZip(r io.ReaderAt, size int64, lim Limits, visit func(name string, size int64, content io.Reader) error) error {
	if err := lim.check(); err != nil {
		return err
	}
	entries, err := readDirectory(r, size, lim)
	if err != nil {
		return err
	}
	var buf []byte
	for _, e := range entries {
		if buf, err = checkLocal(r, e, buf); err != nil {
			return err
		}
		content := &contentReader{r: r, entry: e}
		if err := visit(e.name, int64(e.size), content); err != nil {
			return err
		}
		if err := content.finish(); err != nil {
			return err
		}
	}
	return nil
}

// check returns an error if a limit isn't positive.
func (l Limits) check() error {
	if l.Files <= 0 || l.FileSize <= 0 || l.Size <= 0 {
		return fmt.Errorf("limits %+v: expected all of them to be positive", l)
	}
	return nil
}

// checkLocal reads the local header of an entry and compares it, name and all, with
// the one that it must be. It returns buf, grown if need be, for the next one.
func checkLocal(r io.ReaderAt, e entry, buf []byte) ([]byte, error) {
	buf = e.appendLocal(buf[:0])
	n := len(buf)
	buf = append(buf, buf...)
	want, got := buf[:n], buf[n:]
	if err := readAt(r, got, int64(e.offset)); err != nil {
		return buf, err
	}
	if bytes.Equal(got, want) {
		return buf, nil
	}
	if err := difference(localFields, got, want); err != nil {
		return buf, &FormatError{Entry: e.name, Err: err}
	}
	return buf, malformed(e.name, "local header has the name %s, expected the one in the directory", quote(string(got[localLen:])))
}

// A contentReader streams the content of an entry, and ends in io.EOF only if its CRC
// is right. An error stays.
type contentReader struct {
	r     io.ReaderAt
	entry entry
	read  int64 // bytes so far
	crc   uint32
	err   error
}

func (c *contentReader) Read(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	left := int64(c.entry.size) - c.read
	p = p[:min(int64(len(p)), left)]
	if len(p) == 0 {
		c.err = io.EOF
		if c.crc != c.entry.crc {
			c.err = malformed(c.entry.name, "content has CRC-32 %#08x, expected %#08x", c.crc, c.entry.crc)
		}
		return 0, c.err
	}
	if c.err = readAt(c.r, p, c.entry.end()-left); c.err != nil {
		return 0, c.err
	}
	c.read += int64(len(p))
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p)
	return len(p), nil
}

// finish reads what is left, and returns an error if the content is not right.
func (c *contentReader) finish() error {
	_, err := io.Copy(io.Discard, c)
	return err
}

// readAt fills p from r. That r ends too early isn't the archive's fault but that of
// whoever told its size.
func readAt(r io.ReaderAt, p []byte, offset int64) error {
	n, err := r.ReadAt(p, offset)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d bytes of the archive at offset %d: %w", len(p), offset, err)
}
