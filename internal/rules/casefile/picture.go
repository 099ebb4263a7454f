package casefile

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// pattern returns a picture of a few colours, so that it is small as a file and yet not a single run.
func pattern(width, height, shift int) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{
		color.RGBA{0x1f, 0x29, 0x37, 0xff}, color.RGBA{0x3b, 0x82, 0xf6, 0xff},
		color.RGBA{0x22, 0xc5, 0x5e, 0xff}, color.RGBA{0xf9, 0xfa, 0xfb, 0xff},
	})
	for i := range m.Pix {
		x, y := i%width, i/width
		m.Pix[i] = byte((x/16 + y/16 + shift) % len(m.Palette))
	}
	return m
}

// must takes the error of an encoder that writes a picture of ours into memory: there is none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func makePNG(width, height int) []byte {
	if width == 0 {
		return nil
	}
	var b bytes.Buffer
	must(png.Encode(&b, pattern(width, height, 0)))
	return b.Bytes()
}

// Where a PNG's first chunk, IHDR, stands (PNG, 5.6 and 11.2.1).
const (
	headerType = 12 // of the chunk, which its checksum counts from
	headerSize = 16 // width and height
	headerSum  = 29
	headerEnd  = 33
)

func claimPNG(data []byte, width, height int) {
	if len(data) < headerEnd {
		return
	}
	binary.BigEndian.PutUint32(data[headerSize:], uint32(width))
	binary.BigEndian.PutUint32(data[headerSize+4:], uint32(height))
	binary.BigEndian.PutUint32(data[headerSum:], crc32.ChecksumIEEE(data[headerType:headerSum]))
}

func pngChunk(name string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, name...), body...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// makeAPNG makes an animation of two frames that look alike (PNG, third edition, 11.3.6).
func makeAPNG(width, height int) []byte {
	still := makePNG(width, height)
	if still == nil {
		return nil
	}
	control := func(sequence uint32) []byte {
		b := binary.BigEndian.AppendUint32(nil, sequence)
		b = binary.BigEndian.AppendUint32(b, uint32(width))
		b = binary.BigEndian.AppendUint32(b, uint32(height))
		b = append(b, make([]byte, 8)...)                    // at 0, 0
		return pngChunk("fcTL", append(b, 0, 1, 0, 2, 0, 0)) // for 1/2 second
	}
	out := append(bytes.Clone(still[:headerEnd]), pngChunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0})...)
	sequence, pixels := uint32(1), []byte(nil)
	for rest := still[headerEnd:]; len(rest) > 0; {
		size := 12 + int(binary.BigEndian.Uint32(rest))
		chunk := rest[:size]
		rest = rest[size:]
		switch name := string(chunk[4:8]); {
		case name == "IDAT" && pixels == nil:
			out = append(out, control(0)...)
			fallthrough
		case name == "IDAT":
			pixels = append(pixels, chunk[8:size-4]...)
		case name == "IEND":
			out = append(out, control(sequence)...)
			out = append(out, pngChunk("fdAT", append(binary.BigEndian.AppendUint32(nil, sequence+1), pixels...))...)
		}
		out = append(out, chunk...)
	}
	return out
}

func makeGIF(width, height, frames int) []byte {
	if width == 0 || frames == 0 {
		return nil
	}
	var g gif.GIF
	for i := range frames {
		g.Image = append(g.Image, pattern(width, height, i))
		g.Delay = append(g.Delay, 50)
	}
	var b bytes.Buffer
	must(gif.EncodeAll(&b, &g))
	return b.Bytes()
}

func makeJPEG(width, height int) []byte {
	if width == 0 {
		return nil
	}
	var b bytes.Buffer
	must(jpeg.Encode(&b, pattern(width, height, 0), nil))
	return b.Bytes()
}
