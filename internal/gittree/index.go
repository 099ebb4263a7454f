package gittree

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// indexEntry is a file that git's index knows, with what the file looked like
// when git last compared the two.
type indexEntry struct {
	path  string
	mode  Mode // Dir: a whole directory left out of a sparse work tree
	hash  Hash
	size  uint32 // modulo 2^32, and 0 where git wasn't sure
	mtime time.Time
	stage uint8 // not 0: a conflict

	assumeValid, skipWorktree, intentToAdd bool
}

// readIndex reads the entries below a directory, given as a prefix that is
// empty or ends with a slash, in byte order, and when the index was written.
// It reads versions 2 to 4, and passes over all else in memory of one entry:
// the index of a large registry is much larger than one package of it. The
// checksum isn't compared; git may be told not to write it.
func readIndex(path, prefix string) (entries []indexEntry, written time.Time, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, written, nil
	}
	if err != nil {
		return nil, written, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, written, err
	}
	entries, err = parseIndex(f, fi.Size(), prefix)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = corrupt("the file ends too early")
	}
	if err != nil {
		return nil, written, fmt.Errorf("read %s: %w", path, err)
	}
	return entries, fi.ModTime(), nil
}

func parseIndex(f io.Reader, size int64, prefix string) ([]indexEntry, error) {
	in := &counter{r: bufio.NewReaderSize(f, 64<<10)}
	var head [12]byte
	if err := in.full(head[:]); err != nil {
		return nil, err
	}
	version := binary.BigEndian.Uint32(head[4:])
	if string(head[:4]) != "DIRC" || version < 2 || version > 4 {
		return nil, corrupt("expected a git index of version 2 to 4, found another file or version")
	}
	var entries []indexEntry
	var name []byte
	for range binary.BigEndian.Uint32(head[8:]) {
		start := in.n
		var b [62]byte
		if err := in.full(b[:]); err != nil {
			return nil, err
		}
		flags := binary.BigEndian.Uint16(b[60:])
		var more [2]byte
		if flags&0x4000 != 0 {
			if err := in.full(more[:]); err != nil {
				return nil, err
			}
		}
		name = name[:0]
		if version == 4 {
			strip, err := in.varint()
			if err != nil {
				return nil, err
			}
			last := in.last
			if strip > len(last) {
				return nil, corrupt("a name that drops %d bytes of %d", strip, len(last))
			}
			name = append(name, last[:len(last)-strip]...)
		}
		var err error
		if name, err = in.untilZero(name); err != nil {
			return nil, err
		}
		in.last = append(in.last[:0], name...)
		if version < 4 { // zeros up to a multiple of 8; one was read
			if pad := (in.n - start) % 8; pad != 0 {
				if err := in.full(head[:8-pad]); err != nil {
					return nil, err
				}
			}
		}
		if !bytes.HasPrefix(name, []byte(prefix)) {
			continue
		}
		mode, err := modeOf(binary.BigEndian.Uint32(b[24:]))
		if err != nil {
			return nil, err
		}
		ext := binary.BigEndian.Uint16(more[:])
		entries = append(entries, indexEntry{
			path:         string(name),
			mode:         mode,
			hash:         Hash(b[40:60]),
			size:         binary.BigEndian.Uint32(b[36:]),
			mtime:        time.Unix(int64(binary.BigEndian.Uint32(b[8:])), int64(binary.BigEndian.Uint32(b[12:]))),
			stage:        uint8(flags >> 12 & 3),
			assumeValid:  flags&0x8000 != 0,
			skipWorktree: ext&0x4000 != 0,
			intentToAdd:  ext&0x2000 != 0,
		})
	}
	// Extensions, up to the checksum. Those in lower case change the meaning.
	for size-in.n >= 20+8 {
		if err := in.full(head[:8]); err != nil {
			return nil, err
		}
		switch sig := string(head[:4]); {
		case sig == "link":
			return nil, fmt.Errorf("a split index is %w (git update-index --no-split-index)", ErrUnsupported)
		case sig == "sdir": // directories among the entries
		case sig[0] < 'A' || sig[0] > 'Z':
			return nil, fmt.Errorf("the index extension %q is %w", sig, ErrUnsupported)
		}
		if err := in.skip(int64(binary.BigEndian.Uint32(head[4:]))); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// counter reads and counts.
type counter struct {
	r    *bufio.Reader
	n    int64
	last []byte // the name before
}

func (c *counter) full(b []byte) error {
	n, err := io.ReadFull(c.r, b)
	c.n += int64(n)
	return err
}

func (c *counter) skip(n int64) error {
	m, err := io.CopyN(io.Discard, c.r, n)
	c.n += m
	return err
}

// untilZero appends the bytes up to a zero byte, which it drops.
func (c *counter) untilZero(to []byte) ([]byte, error) {
	for {
		part, err := c.r.ReadSlice(0)
		c.n += int64(len(part))
		to = append(to, part...)
		if err == nil {
			return to[:len(to)-1], nil
		}
		if err != bufio.ErrBufferFull {
			return nil, err
		}
		if len(to) > 1<<20 {
			return nil, corrupt("a name of more than %d bytes", 1<<20)
		}
	}
}

// varint reads an integer as pack entries write offsets.
func (c *counter) varint() (int, error) {
	v := 0
	for i := 0; ; i++ {
		b, err := c.r.ReadByte()
		if err != nil {
			return 0, err
		}
		c.n++
		if i > 0 {
			v++
		}
		v = v<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return v, nil
		}
		if v > 1<<24 {
			return 0, corrupt("a name that drops more than %d bytes", 1<<24)
		}
	}
}

// trackedBelow reports whether any of the sorted entries lies below a
// directory.
func trackedBelow(entries []indexEntry, dir string) bool {
	i := firstAtLeast(entries, dir+"/")
	return i < len(entries) && strings.HasPrefix(entries[i].path, dir+"/")
}

// tracked returns the entry at a path; of a conflict, the first.
func tracked(entries []indexEntry, path string) (indexEntry, bool) {
	i := firstAtLeast(entries, path)
	if i < len(entries) && entries[i].path == path {
		return entries[i], true
	}
	return indexEntry{}, false
}

func firstAtLeast(entries []indexEntry, path string) int {
	lo, hi := 0, len(entries)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if entries[mid].path < path {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
