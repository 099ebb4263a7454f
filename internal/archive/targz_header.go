package archive

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Lengths in POSIX.1-2017, pax, "ustar Interchange Format".
const (
	tarBlock     = 512
	tarEnd       = 2 * tarBlock // zeros
	tarNameLen   = 100
	tarPrefixLen = 155
	maxTarFile   = 1<<33 - 1 // what 11 octal digits can say
)

// Where a header has what differs from one to the next.
const (
	tarNameAt     = 0
	tarSizeAt     = 124
	tarSizeLen    = 11 // digits
	tarChecksumAt = 148
	tarTypeAt     = 156
	tarMagicAt    = 257
	tarPrefixAt   = 345
)

const tarMagic = "ustar\x0000" // with version 00; GNU tar's own has spaces in it

// A tarEntry is what differs from one entry to the next. All else in its header is fixed,
// so that the encoding is the format: a reader decodes an entry, encodes it again, and
// compares.
type tarEntry struct {
	name string
	size int64 // of the content, in bytes
}

// padding returns how many zeros fill up the content's last block.
func (e tarEntry) padding() int {
	return int(-e.size & (tarBlock - 1))
}

// appendTo appends the header. The name and the size must fit it.
func (e tarEntry) appendTo(b []byte) []byte {
	prefix, name, _ := splitTarName(e.name)
	var h [tarBlock]byte
	copy(h[tarNameAt:], name)
	copy(h[100:], "0000644\x00")
	copy(h[108:], "0000000\x00") // user id
	copy(h[116:], "0000000\x00") // group id
	copy(h[tarSizeAt:], fmt.Sprintf("%0*o\x00", tarSizeLen, e.size))
	copy(h[136:], "00000000000\x00") // time of modification
	h[tarTypeAt] = '0'
	copy(h[tarMagicAt:], tarMagic)
	copy(h[329:], "0000000\x00") // device
	copy(h[337:], "0000000\x00")
	copy(h[tarPrefixAt:], prefix)
	copy(h[tarChecksumAt:], tarChecksum(h[:]))
	return append(b, h[:]...)
}

// tarChecksum returns the field of a header that says the sum of its bytes, where those
// of the field itself count as spaces.
func tarChecksum(header []byte) string {
	sum := 8 * int(' ')
	for i, b := range header {
		if i < tarChecksumAt || i >= tarChecksumAt+8 {
			sum += int(b)
		}
	}
	return fmt.Sprintf("%06o\x00 ", sum)
}

// splitTarName splits a name for the two fields that a header has for it, which are read
// with a slash between them. A name that fits the second stands there alone, any other
// is split at the last slash that leaves the first one small enough.
func splitTarName(path string) (prefix, name string, ok bool) {
	if len(path) <= tarNameLen {
		return "", path, true
	}
	i := strings.LastIndexByte(path[:min(len(path), tarPrefixLen+1)], '/')
	if i < 0 || len(path)-i-1 > tarNameLen {
		return "", "", false
	}
	return path[:i], path[i+1:], true
}

// tarName returns the name in a header.
func tarName(header []byte) string {
	name, _, _ := bytes.Cut(header[tarNameAt:tarNameAt+tarNameLen], []byte{0})
	prefix, _, _ := bytes.Cut(header[tarPrefixAt:tarPrefixAt+tarPrefixLen], []byte{0})
	if len(prefix) == 0 {
		return string(name)
	}
	return string(prefix) + "/" + string(name)
}

// decodeTar returns the entry that a header of tarBlock bytes is about, if it is a sound
// header of a regular file. Its name may be anything.
func decodeTar(header []byte) (tarEntry, error) {
	if magic := string(header[tarMagicAt : tarMagicAt+len(tarMagic)]); magic != tarMagic {
		return tarEntry{}, malformed("", "tar header has magic and version %q, expected %q", magic, tarMagic)
	}
	e := tarEntry{name: tarName(header)}
	if got, want := string(header[tarChecksumAt:tarChecksumAt+8]), tarChecksum(header); got != want {
		return e, malformed(e.name, "header has checksum %q, expected %q", got, want)
	}
	if t := header[tarTypeAt]; t != '0' {
		return e, malformed(e.name, "type flag %q%s, expected \"0\", a regular file", string([]byte{t}), tarTypes[t])
	}
	digits := string(header[tarSizeAt : tarSizeAt+tarSizeLen])
	size, err := strconv.ParseUint(digits, 8, 63)
	if err != nil {
		return e, malformed(e.name, "size %q, expected %d octal digits", digits, tarSizeLen)
	}
	e.size = int64(size)
	return e, nil
}

// tarTypes says what type flags mean that are refused.
var tarTypes = map[byte]string{
	0:   ", a file of a tar older than ustar",
	'1': ", a hard link",
	'2': ", a symbolic link",
	'3': ", a character device",
	'4': ", a block device",
	'5': ", a directory",
	'6': ", a pipe",
	'7': ", a contiguous file",
	'g': ", a pax header for all files",
	'x': ", a pax header",
	'K': ", a long link name of GNU tar",
	'L': ", a long file name of GNU tar",
	'S': ", a sparse file of GNU tar",
}

var tarFields = []field{
	{tarNameAt, tarNameLen, "name field %q, expected %q"},
	{100, 8, "mode %q, expected %q"},
	{108, 8, "user id %q, expected %q"},
	{116, 8, "group id %q, expected %q"},
	{tarSizeAt, 12, "size %q, expected %q"},
	{136, 12, "time %q, expected %q (1970-01-01)"},
	{157, 100, "link name %q, expected %q"},
	{265, 32, "user name %q, expected %q"},
	{297, 32, "group name %q, expected %q"},
	{329, 8, "device %q, expected %q"},
	{337, 8, "device %q, expected %q"},
	{tarPrefixAt, tarPrefixLen, "prefix field %q, expected %q"},
	{500, 12, "%q at the end of its header, expected %q"},
}
