package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// readDirectory returns the entries of an archive. Their names are allowed, they are
// within the limits, and together with the directory they fill the archive: there
// is no gap, no overlap, and nothing before or after.
func readDirectory(r io.ReaderAt, size int64, lim Limits) ([]entry, error) {
	tail, err := readEnd(r, size)
	if err != nil {
		return nil, err
	}
	if err := atMost("files", int64(tail.entries), int64(lim.Files)); err != nil {
		return nil, &FormatError{Err: err}
	}
	d := directoryReader{
		r:     bufio.NewReader(io.NewSectionReader(r, int64(tail.offset), int64(tail.size))),
		left:  int64(tail.size),
		limit: int64(tail.offset),
	}
	var entries []entry // grow as entries come, not as many as are claimed
	var names []string
	for range tail.entries {
		e, err := d.next(lim)
		if err != nil {
			return nil, err
		}
		entries, names = append(entries, e), append(names, e.name)
	}
	if d.left != 0 {
		return nil, malformed("", "%d bytes after the directory's last entry, expected none", d.left)
	}
	if d.offset != d.limit {
		return nil, malformed("", "directory starts at offset %d, expected %d, where the last entry ends", d.limit, d.offset)
	}
	if problems := CheckPaths(names); len(problems) > 0 {
		return nil, &FormatError{Err: problems[0]}
	}
	return entries, nil
}

// readEnd reads the end record. The directory that it tells of lies inside the archive
// and ends where the record starts.
func readEnd(r io.ReaderAt, size int64) (endRecord, error) {
	if size < endLen {
		return endRecord{}, malformed("", "an archive of %d bytes, expected at least the %d of an end record", size, endLen)
	}
	if err := atMost("bytes in a zip", size, maxZipSize); err != nil {
		return endRecord{}, &FormatError{Err: err}
	}
	var got [endLen]byte
	if err := readAt(r, got[:], size-endLen); err != nil {
		return endRecord{}, err
	}
	e := decodeEnd(got[:])
	if err := difference(endFields, got[:], e.appendTo(nil)); err != nil {
		return endRecord{}, &FormatError{Err: err}
	}
	if e.entries > maxEntries || e.size > maxZipSize || e.offset > maxZipSize {
		return endRecord{}, malformed("", "end record refers to a zip64 one, expected none")
	}
	if ends := int64(e.offset) + int64(e.size); ends != size-endLen {
		return endRecord{}, malformed("", "directory ends at offset %d, expected %d, where the end record starts", ends, size-endLen)
	}
	return e, nil
}

// A directoryReader reads the entries of a directory, in bounded memory.
type directoryReader struct {
	r     *bufio.Reader
	left  int64 // bytes of the directory
	limit int64 // offset of the directory, where the last entry must end

	// So far:
	name    string // the last one
	offset  int64  // where the last entry ends
	content int64  // bytes of all contents
	dirs    int64  // directories that the files lie in
	header  [centralLen]byte
	want    []byte
}

// next reads the next entry and checks it, all but how its name goes with the others. It
// must follow the last one, in the archive as in byte order.
func (d *directoryReader) next(lim Limits) (entry, error) {
	if err := d.read(d.header[:]); err != nil {
		return entry{}, err
	}
	e, nameLen := decodeCentral(d.header[:])
	if err := atMost("bytes in a name", int64(nameLen), MaxPath); err != nil {
		return entry{}, &FormatError{Err: err}
	}
	name := make([]byte, nameLen)
	if err := d.read(name); err != nil {
		return entry{}, err
	}
	e.name = string(name)
	if err := CheckPath(e.name); err != nil {
		return entry{}, &FormatError{Err: err}
	}
	d.want = e.appendCentral(d.want[:0])
	if err := difference(centralFields, d.header[:], d.want); err != nil {
		return entry{}, &FormatError{Entry: e.name, Err: err}
	}
	if err := d.checkSize(e, lim); err != nil {
		return entry{}, &FormatError{Entry: e.name, Err: err}
	}
	if err := d.checkPlace(e); err != nil {
		return entry{}, &FormatError{Entry: e.name, Err: err}
	}
	d.dirs += newDirs(d.name, e.name)
	if err := atMost("directories up to this file", d.dirs, maxDirs); err != nil {
		return entry{}, &FormatError{Entry: e.name, Err: err}
	}
	d.name, d.offset, d.content = e.name, e.end(), d.content+int64(e.size)
	return e, nil
}

// checkSize returns an error if an entry is beyond the limits, alone or with those
// before it.
func (d *directoryReader) checkSize(e entry, lim Limits) error {
	if err := atMost("bytes in one file", int64(e.size), lim.FileSize); err != nil {
		return err
	}
	return atMost("bytes in all files up to this one", d.content+int64(e.size), lim.Size)
}

// checkPlace returns an error if an entry isn't where it must be.
func (d *directoryReader) checkPlace(e entry) error {
	switch start := int64(e.offset); {
	case e.name < d.name: // CheckPaths sees an equal one
		return fmt.Errorf("comes after %s, expected byte order", quote(d.name))
	case start < d.offset:
		return fmt.Errorf("starts at offset %d, expected %d: overlaps the entry before it", start, d.offset)
	case start > d.offset:
		return fmt.Errorf("starts at offset %d, expected %d: leaves a gap before it", start, d.offset)
	case e.end() > d.limit:
		return fmt.Errorf("ends at offset %d, expected at most %d, where the directory starts", e.end(), d.limit)
	}
	return nil
}

// read fills p from the directory.
func (d *directoryReader) read(p []byte) error {
	if int64(len(p)) > d.left {
		return malformed("", "directory is cut off in an entry: %d bytes left, expected at least %d", d.left, len(p))
	}
	d.left -= int64(len(p))
	if _, err := io.ReadFull(d.r, p); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read the archive's directory: %w", err)
	}
	return nil
}
