package picture

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

const maxBlock = 255 // bytes of data in a row

// decodeGIF takes a GIF apart as image/gif does (GIF89a, CompuServe 1990), but keeps no frame once its pixels were looked at: of tiny frames, a small
// file holds more than fit into memory.
func decodeGIF(info *Info, data []byte) (end int, _ *fault) {
	g := gifReader{rest: data[6:], info: info} // after the name of the version
	screen := g.take(7)
	if screen == nil {
		return 0, g.short()
	}
	info.Width, info.Height = int(binary.LittleEndian.Uint16(screen)), int(binary.LittleEndian.Uint16(screen[2:]))
	if info.Width == 0 || info.Height == 0 {
		return 0, broken("its header says %d×%d pixels", info.Width, info.Height)
	}
	if fault := g.taken.take(*info, info.Width, info.Height, 4); fault != nil {
		return 0, fault
	}
	g.colours = g.table(screen[4])
	for frames := 0; ; {
		introducer := g.take(1)
		if introducer == nil {
			return 0, g.short()
		}
		switch introducer[0] {
		case 0x21: // an extension
			if fault := g.extension(); fault != nil {
				return 0, fault
			}
		case 0x2c: // a frame
			frames++
			info.Animated = frames > 1
			if fault := g.frame(); fault != nil {
				return 0, fault
			}
		case 0x3b: // the end
			if frames == 0 {
				return 0, broken("it has no pixels")
			}
			return len(data) - len(g.rest), nil
		default:
			return 0, broken("it has a block of the kind 0x%02x, which GIF doesn't know", introducer[0])
		}
	}
}

// A gifReader is in a GIF.
type gifReader struct {
	rest    []byte // nil once something is missing
	info    *Info
	colours int // of the table for all frames
	clear   int // index of the colour that is clear in the next frame, or 0
	taken   budget
	pixels  []byte // for a part of a frame
}

// take returns the next n bytes, or nil.
func (g *gifReader) take(n int) []byte {
	if len(g.rest) < n {
		g.rest = nil
		return nil
	}
	taken := g.rest[:n]
	g.rest = g.rest[n:]
	return taken
}

func (g *gifReader) short() *fault {
	return truncated("it ends before its last byte, the trailer")
}

// table skips a table of colours, if there is one, and returns how many it has.
func (g *gifReader) table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	n := 2 << (flags & 7)
	g.take(3 * n)
	return n
}

// blocks returns what stands in the blocks from here on, up to an empty one; ok is false where that is missing.
func (g *gifReader) blocks() (data []byte, ok bool) {
	for {
		size := g.take(1)
		if size == nil {
			return nil, false
		}
		if size[0] == 0 {
			return data, true
		}
		block := g.take(int(size[0]))
		if block == nil {
			return nil, false
		}
		data = append(data, block...)
	}
}

func (g *gifReader) extension() *fault {
	label := g.take(1)
	content, ok := g.blocks()
	switch {
	case label == nil || !ok:
		return g.short()
	case label[0] == 0xf9: // graphic control
		if len(content) != 4 {
			return broken("a frame's controls have %d bytes, expected 4", len(content))
		}
		g.clear = 0
		if content[0]&1 != 0 {
			g.clear = int(content[3])
		}
	case label[0] != 0x01 && label[0] != 0xfe && label[0] != 0xff: // a text, a comment, of an application
		return broken("it has an extension of the kind 0x%02x, which GIF doesn't know", label[0])
	}
	return nil
}

var unpackers = sync.Pool{New: func() any { return lzw.NewReader(nil, lzw.LSB, 8) }}

// frame reads a frame, from after its introducer on.
func (g *gifReader) frame() *fault {
	b := g.take(9)
	if b == nil {
		return g.short()
	}
	x, y := int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))
	width, height := int(binary.LittleEndian.Uint16(b[4:])), int(binary.LittleEndian.Uint16(b[6:]))
	if x+width > g.info.Width || y+height > g.info.Height {
		return broken("it has a frame of %d×%d pixels at %d,%d, which isn't within its %d×%d", width, height, x, y, g.info.Width, g.info.Height)
	}
	if g.info.Animated { // the first frame is no more than the picture
		if fault := g.taken.take(*g.info, width, height, 1); fault != nil {
			return fault
		}
	}
	colours := g.table(b[8])
	if colours == 0 {
		colours = g.colours
	}
	if colours == 0 {
		return broken("it has a frame without colours")
	}
	// Encoders name a clear colour beyond the table, and browsers take it.
	colours = max(colours, g.clear+1)
	g.clear = 0
	bits := g.take(1)
	packed, ok := g.blocks()
	if bits == nil || !ok {
		return g.short()
	}
	if bits[0] < 2 || bits[0] > 8 {
		return broken("a frame has pixels of %d bits, expected 2 to 8", bits[0])
	}
	return g.unpack(packed, int(bits[0]), width*height, colours)
}

// unpack decodes so many pixels.
func (g *gifReader) unpack(packed []byte, bits, count, colours int) *fault {
	unpacker := unpackers.Get().(*lzw.Reader)
	defer unpackers.Put(unpacker)
	compressed := bytes.NewReader(packed)
	unpacker.Reset(compressed, lzw.LSB, bits)
	if g.pixels == nil {
		g.pixels = make([]byte, 32<<10)
	}
	for count > 0 {
		part := g.pixels[:min(count, len(g.pixels))]
		if _, err := io.ReadFull(unpacker, part); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return broken("a frame's data holds fewer pixels than its header says")
			}
			return broken("a frame's pixels: %s", printable(err.Error()))
		}
		if colours < 256 {
			for _, pixel := range part {
				if int(pixel) >= colours {
					return broken("a pixel has colour %d of %d", pixel, colours)
				}
			}
		}
		count -= len(part)
	}
	// Some encoders leave out the code for the end, and some fill up the block after it; browsers take both.
	n, err := unpacker.Read(g.pixels[:1])
	if n > 0 || !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || compressed.Len() > maxBlock {
		return broken("a frame's data holds more pixels than its header says")
	}
	return nil
}
