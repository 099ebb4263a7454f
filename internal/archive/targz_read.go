package archive

import (
	"bytes"
	"fmt"
	"io"
)

// ReadTarGz reads a stored .tar.gz up to the end of r and holds it against every rule. It
// calls visit once for each file, in byte order of the names.
//
// It streams: the name and the size of a file are checked before its visit, along with
// those before it, but not those after it. The only check of the contents stands at the
// archive's end, so that no file is known to be right before ReadTarGz returns nil.
// Content ends in [io.EOF] only if all of it came. It is of use only until visit
// returns, which may leave it unread.
//
// An archive that breaks a rule, or is cut off, gives a [*FormatError]. An error of
// visit is returned as it is. Memory is bounded by lim.Files, [MaxPath] and the most
// directories that there may be, not by what the archive claims.
func ReadTarGz(r io.Reader, lim Limits, visit func(name string, size int64, content io.Reader) error) error {
	if err := lim.check(); err != nil {
		return err
	}
	z, err := newGzipReader(r)
	if err != nil {
		return err
	}
	t := tarReader{r: z, lim: lim, paths: pathSet{names: make(nameTree)}}
	for {
		e, err := t.next()
		if err == io.EOF {
			return t.end()
		}
		if err != nil {
			return err
		}
		content := &tarContent{r: z, name: e.name, left: e.size}
		if err := visit(e.name, e.size, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
		if err := t.skipPadding(e); err != nil {
			return err
		}
	}
}

// A tarReader reads a tar, but for the contents.
type tarReader struct {
	r     io.Reader
	lim   Limits
	block [tarBlock]byte
	want  []byte

	// So far:
	paths pathSet
	files int
	name  string // the last one
	size  int64  // of all contents
	dirs  int64  // that the files lie in
}

var zeros [tarBlock]byte

// next reads the next header and checks it. Its error is io.EOF if there is a block of
// zeros instead.
func (t *tarReader) next() (tarEntry, error) {
	if err := t.read(t.block[:]); err != nil {
		return tarEntry{}, err
	}
	if t.block == zeros {
		return tarEntry{}, io.EOF
	}
	e, err := decodeTar(t.block[:])
	if err != nil {
		return e, err
	}
	if err := CheckPath(e.name); err != nil {
		return e, &FormatError{Err: err}
	}
	t.want = e.appendTo(t.want[:0])
	if err := difference(tarFields, t.block[:], t.want); err != nil {
		return e, &FormatError{Entry: e.name, Err: err}
	}
	if err := t.checkLimits(e); err != nil {
		return e, &FormatError{Entry: e.name, Err: err}
	}
	if e.name < t.name { // the set sees an equal one
		return e, malformed(e.name, "comes after %s, expected byte order", quote(t.name))
	}
	t.dirs += newDirs(t.name, e.name)
	if err := atMost("directories up to this file", t.dirs, maxDirs); err != nil {
		return e, &FormatError{Entry: e.name, Err: err}
	}
	if problem, ok := t.paths.add(e.name); !ok {
		return e, &FormatError{Err: problem}
	}
	t.name, t.files, t.size = e.name, t.files+1, t.size+e.size
	return e, nil
}

// checkLimits returns an error if an entry is beyond the limits, alone or with those
// before it.
func (t *tarReader) checkLimits(e tarEntry) error {
	if err := atMost("files up to this one", int64(t.files)+1, int64(t.lim.Files)); err != nil {
		return err
	}
	if err := atMost("bytes in one file", e.size, t.lim.FileSize); err != nil {
		return err
	}
	return atMost("bytes in all files up to this one", t.size+e.size, t.lim.Size)
}

// skipPadding reads what follows the content of an entry.
func (t *tarReader) skipPadding(e tarEntry) error {
	padding := t.block[:e.padding()]
	if err := t.read(padding); err != nil {
		return err
	}
	if !bytes.Equal(padding, zeros[:len(padding)]) {
		return malformed(e.name, "its last block is filled up with other bytes than zeros")
	}
	return nil
}

// end reads what follows the first block of zeros.
func (t *tarReader) end() error {
	if err := t.read(t.block[:]); err != nil {
		return err
	}
	if t.block != zeros {
		return malformed("", "tar has something after a block of zeros, expected a second one")
	}
	switch n, err := io.ReadFull(t.r, t.block[:1]); {
	case n > 0:
		return malformed("", "tar goes on after two blocks of zeros, expected its end")
	case err != io.EOF:
		return err
	}
	return nil
}

// read fills p from the tar.
func (t *tarReader) read(p []byte) error {
	_, err := io.ReadFull(t.r, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return malformed("", "tar ends too early, expected a header, the rest of a block, or two blocks of zeros")
	}
	return err
}

// A tarContent streams the content of an entry, and ends in io.EOF only if all of it
// came. An error stays.
type tarContent struct {
	r    io.Reader
	name string
	left int64
	err  error
}

func (c *tarContent) Read(p []byte) (int, error) {
	if c.left == 0 && c.err == nil {
		c.err = io.EOF
	}
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF {
		err = fmt.Errorf("tar ends %d bytes before the end of the content", c.left)
		err = &FormatError{Entry: c.name, Err: err}
	}
	c.err = err
	return n, err
}
