package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
)

// A quine is an archive that holds itself, so that whoever unpacks what he unpacked never comes to an
// end. It is a program for inflate with two instructions of five bytes each:
//
//	say(n)     print the n bytes that follow (a stored block)
//	again(n)   print the last n bytes of the output again (a match in a block of fixed codes)
//
// The head is what stands before the program, the tail what stands after it.
func quine(head, tail []byte) []byte {
	n, m := len(head)+5, len(tail)+5
	instructions := func(n int) []byte { return say(5 * n) }
	return slices.Concat(
		head,
		say(n), head, say(n),
		again(n),
		instructions(1), again(n),
		instructions(1), instructions(1),
		instructions(4), again(n), instructions(1), instructions(1), instructions(4),
		again(20),
		instructions(4), again(20), instructions(4), again(20), instructions(4),
		again(20),
		instructions(4), again(20), say(0), say(0), say(m),
		again(20), say(0), say(0),
		say(m), again(m), tail,
		again(m),
		tail,
	)
}

// say is the header of a stored block.
func say(n int) []byte { return appendStored(nil, n, false) }

// again is a block of fixed codes of five bytes, of the three lengths that this is possible for.
func again(n int) []byte {
	var bits uint64
	at := 0
	add := func(width int, value uint64) { // a number: the lowest bit first
		bits |= value << at
		at += width
	}
	code := func(width int, value uint64) { // a code: the highest bit first
		for i := width - 1; i >= 0; i-- {
			add(1, value>>i&1)
		}
	}
	const fixed, end = 1 << 1, 0
	add(3, fixed)
	switch n {
	case 20: // twice 10 bytes from 20 bytes before
		for range 2 {
			code(7, 264-256)
			code(5, 8)
			add(3, 20-17)
		}
		code(7, end)
	case 65:
		code(7, 276-256)
		add(3, 65-59)
		code(5, 12)
		add(5, 0)
		code(7, end)
		add(3, fixed) // and a block with nothing in it
		code(7, end)
	case 258:
		code(8, 0b11000000+285-280)
		code(5, 16)
		add(7, 258-257)
		code(7, end)
		add(3, fixed)
		code(7, end)
	}
	if at != 40 {
		panic(at)
	}
	return binary.LittleEndian.AppendUint64(nil, bits)[:5]
}

// withOwnCRC returns what is made for its own CRC-32. Each bit of the one that is given changes
// the one that comes out in its own way, whatever the other bits are: 32 linear equations.
func withOwnCRC(made func(crc uint32) []byte) []byte {
	of := func(crc uint32) uint32 { return crc32.ChecksumIEEE(made(crc)) }
	zero := of(0)
	var rows [32]uint64 // coefficients of one bit of the result, and above them what they must give
	for bit := range 32 {
		effect := of(1<<bit) ^ zero ^ 1<<bit
		for row := range 32 {
			rows[row] |= uint64(effect>>row&1) << bit
		}
	}
	for row := range 32 {
		rows[row] |= uint64(zero>>row&1) << 32
	}
	for bit := range 32 {
		pivot := bit
		for rows[pivot]>>bit&1 == 0 {
			pivot++ // if there is none, this panics: choose another name
		}
		rows[bit], rows[pivot] = rows[pivot], rows[bit]
		for row := range 32 {
			if row != bit && rows[row]>>bit&1 == 1 {
				rows[row] ^= rows[bit]
			}
		}
	}
	crc := uint32(0)
	for bit := range 32 {
		crc |= uint32(rows[bit]>>32) << bit
	}
	return made(crc)
}

// zipQuine is a zip that holds itself, deflated.
func zipQuine() []byte {
	const name = "a-zip-that-holds/itself/it.zip" // of 30 bytes
	made := func(crc, size, deflated uint32) []byte {
		e := entry{name: name, crc: crc, size: size}
		local, central := e.appendLocal(nil), e.appendCentral(nil)
		set16(8, 8)(local)
		set32(18, deflated)(local)
		set16(10, 8)(central)
		set32(20, deflated)(central)
		comment := strings.Repeat("z", 258-5-5-len(central)-endLen)
		set16(32, uint16(len(comment)))(central)
		end := appendStored(nil, 0, true)
		central = append(central, comment...)
		tail := endRecord{entries: 1, size: uint32(len(central)), offset: uint32(len(local)) + deflated}.appendTo(nil)
		return quine(local, slices.Concat(end, central, tail))
	}
	size := len(made(0, 0, 0))
	around := localLen + len(name) + 258 - 5 - 5
	return withOwnCRC(func(crc uint32) []byte { return made(crc, uint32(size), uint32(size-around)) })
}

// gzipQuine is a gzip file that holds itself.
func gzipQuine() []byte {
	nothing := bytes.Repeat(say(0), 10) // to get to the lengths that there are
	head := appendGzipHeader(nil)
	made := func(crc, size uint32) []byte {
		tail := append(slices.Clone(nothing), 3, 0) // an empty block of fixed codes, the last one
		return quine(append(slices.Clone(head), nothing...), appendGzipTrailer(tail, crc, size))
	}
	size := len(made(0, 0))
	return withOwnCRC(func(crc uint32) []byte { return made(crc, uint32(size)) })
}

// They do hold themselves.
func TestQuines(t *testing.T) {
	data := zipQuine()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(content, data) {
		t.Errorf("a zip of %d bytes has %d others in it, %v", len(data), len(content), err)
	}
	if data := gzipQuine(); !bytes.Equal(gunzip(t, data), data) {
		t.Errorf("a gzip file of %d bytes has others in it", len(data))
	}
}
