package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// What a zip without zip64 can count: a field of all ones means that the value is in
// a zip64 record (APPNOTE 4.4.1.4), so that the largest is one less.
const (
	maxEntries = math.MaxUint16 - 1
	maxZipSize = math.MaxUint32 - 1
)

// Lengths of the records, without the names that follow two of them.
const (
	localLen   = 30 // APPNOTE 4.3.7
	centralLen = 46 // APPNOTE 4.3.12
	endLen     = 22 // APPNOTE 4.3.16
)

// What never differs from one archive to the next.
const (
	localSignature   = 0x04034b50
	centralSignature = 0x02014b50
	endSignature     = 0x06054b50

	version = 20     // 2.0, on host 0 (APPNOTE 4.4.2, 4.4.3)
	flags   = 0x0800 // the name is UTF-8 (APPNOTE 4.4.4)
	stored  = 0      // APPNOTE 4.4.5
	dosTime = 0      // 00:00:00 (APPNOTE 4.4.6)
	dosDate = 0x0021 // 1980-01-01, the first that there is
)

// An entry is what differs from one entry to the next. All else in its headers is
// fixed, so that these two encodings are the format: a reader decodes an entry,
// encodes it again, and compares.
type entry struct {
	name   string
	crc    uint32
	size   uint32 // of the content, in bytes
	offset uint32 // of the local header
}

// end returns the offset of the first byte after the entry's content.
func (e entry) end() int64 {
	return int64(e.offset) + localLen + int64(len(e.name)) + int64(e.size)
}

// appendLocal appends the local header and the name.
func (e entry) appendLocal(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, localSignature)
	b = e.appendCommon(b)
	return append(b, e.name...)
}

// appendCentral appends the entry of the central directory.
func (e entry) appendCentral(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, centralSignature)
	b = le.AppendUint16(b, version) // made by
	b = e.appendCommon(b)
	b = le.AppendUint16(b, 0) // comment length
	b = le.AppendUint16(b, 0) // disk
	b = le.AppendUint16(b, 0) // internal attributes
	b = le.AppendUint32(b, 0) // external attributes
	b = le.AppendUint32(b, e.offset)
	return append(b, e.name...)
}

// appendCommon appends the fields that both headers have.
func (e entry) appendCommon(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, version) // needed
	b = le.AppendUint16(b, flags)
	b = le.AppendUint16(b, stored)
	b = le.AppendUint16(b, dosTime)
	b = le.AppendUint16(b, dosDate)
	b = le.AppendUint32(b, e.crc)
	b = le.AppendUint32(b, e.size) // compressed
	b = le.AppendUint32(b, e.size)
	b = le.AppendUint16(b, uint16(len(e.name)))
	return le.AppendUint16(b, 0) // extra length
}

// decodeCentral returns the entry that a central header of centralLen bytes is about,
// still without its name, and the length of that.
func decodeCentral(b []byte) (e entry, nameLen int) {
	le := binary.LittleEndian
	e = entry{crc: le.Uint32(b[16:]), size: le.Uint32(b[24:]), offset: le.Uint32(b[42:])}
	return e, int(le.Uint16(b[28:]))
}

// An endRecord is what differs from one end record to the next.
type endRecord struct {
	entries uint16
	size    uint32 // of the central directory, in bytes
	offset  uint32 // of the central directory
}

// appendTo appends the end record.
func (e endRecord) appendTo(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, endSignature)
	b = le.AppendUint16(b, 0) // this disk
	b = le.AppendUint16(b, 0) // the directory's disk
	b = le.AppendUint16(b, e.entries)
	b = le.AppendUint16(b, e.entries)
	b = le.AppendUint32(b, e.size)
	b = le.AppendUint32(b, e.offset)
	return le.AppendUint16(b, 0) // comment length
}

// decodeEnd returns what an end record of endLen bytes says.
func decodeEnd(b []byte) endRecord {
	le := binary.LittleEndian
	return endRecord{entries: le.Uint16(b[10:]), size: le.Uint32(b[12:]), offset: le.Uint32(b[16:])}
}

// A field is a member of a record, for saying where two records differ. It is a number
// if it has 1, 2 or 4 bytes, else text.
type field struct {
	at, width int
	format    string // of what was found and what was expected, in this order
}

var localFields = []field{
	{0, 4, "local header has signature %#08x, expected %#08x"},
	{4, 2, "local header needs version %d, expected %d"},
	{6, 2, "local header has flags %#04x, expected %#04x (UTF-8 name, no data descriptor, not encrypted)"},
	{8, 2, "local header has method %d, expected %d (stored)"},
	{10, 2, "local header has time %d, expected %d"},
	{12, 2, "local header has date %#04x, expected %#04x (1980-01-01)"},
	{14, 4, "local header has CRC-32 %#08x, expected %#08x as in the directory"},
	{18, 4, "local header has compressed size %d, expected %d as in the directory"},
	{22, 4, "local header has size %d, expected %d as in the directory"},
	{26, 2, "local header has a name of %d bytes, expected %d as in the directory"},
	{28, 2, "local header has extra fields of %d bytes, expected %d"},
}

var centralFields = []field{
	{0, 4, "directory entry has signature %#08x, expected %#08x"},
	{4, 2, "made by version and host %#04x, expected %#04x"},
	{6, 2, "needs version %d, expected %d"},
	{8, 2, "flags %#04x, expected %#04x (UTF-8 name, no data descriptor, not encrypted)"},
	{10, 2, "compressed with method %d, expected %d (stored)"},
	{12, 2, "time %d, expected %d"},
	{14, 2, "date %#04x, expected %#04x (1980-01-01)"},
	{20, 4, "compressed size %d, expected %d, the size"},
	{30, 2, "extra fields of %d bytes, expected %d"},
	{32, 2, "a comment of %d bytes, expected %d"},
	{34, 2, "starts on disk %d, expected %d"},
	{36, 2, "internal attributes %#04x, expected %#04x"},
	{38, 4, "external attributes %#08x, expected %#08x"},
}

var endFields = []field{
	{0, 4, "the last 22 bytes have signature %#08x, expected %#08x of an end record: cut off, or something follows it"},
	{4, 2, "end record is on disk %d, expected %d"},
	{6, 2, "directory starts on disk %d, expected %d"},
	{8, 2, "%d entries on this disk, expected %d, all of them"},
	{20, 2, "an archive comment of %d bytes, expected %d"},
}

// difference returns an error about the first field of a record that isn't as
// expected, or nil.
func difference(fields []field, got, want []byte) error {
	for _, f := range fields {
		if g, w := got[f.at:f.at+f.width], want[f.at:f.at+f.width]; !bytes.Equal(g, w) {
			return fmt.Errorf(f.format, f.value(g), f.value(w))
		}
	}
	return nil
}

// value returns what a format prints. NULs that fill up a text are left out.
func (f field) value(b []byte) any {
	switch f.width {
	case 1:
		return b[0]
	case 2:
		return binary.LittleEndian.Uint16(b)
	case 4:
		return binary.LittleEndian.Uint32(b)
	}
	return string(bytes.TrimRight(b, "\x00"))
}
