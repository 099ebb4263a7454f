package casefile

import "encoding/binary"

// makeWebP makes a lossless WebP of one colour (RFC 9649).
func makeWebP(width, height int) []byte {
	if width == 0 {
		return nil
	}
	return riff(webpChunk("VP8L", lossless(width, height, 0x3b, 0x82, 0xf6)))
}

// makeAnimatedWebP makes two frames, each of one colour.
func makeAnimatedWebP(width, height int) []byte {
	if width == 0 {
		return nil
	}
	const animated = 1 << 1
	canvas := appendSize([]byte{animated, 0, 0, 0}, width, height)
	data := append(webpChunk("VP8X", canvas), webpChunk("ANIM", make([]byte, 6))...)
	for _, red := range []byte{0x20, 0xe0} {
		frame := appendSize(make([]byte, 6), width, height) // at 0, 0
		frame = append(frame, 0xf4, 1, 0, 0)                // for 500 ms
		frame = append(frame, webpChunk("VP8L", lossless(width, height, red, 0x82, 0xf6))...)
		data = append(data, webpChunk("ANMF", frame)...)
	}
	return riff(data)
}

// appendSize appends a width and a height, each less 1 in three bytes.
func appendSize(b []byte, width, height int) []byte {
	w, h := uint32(width-1), uint32(height-1)
	return append(b, byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
}

func riff(chunks []byte) []byte {
	data := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(4+len(chunks)))...)
	return append(append(data, "WEBP"...), chunks...)
}

func webpChunk(name string, body []byte) []byte {
	chunk := append([]byte(name), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	chunk = append(chunk, body...)
	if len(body)%2 == 1 {
		chunk = append(chunk, 0)
	}
	return chunk
}

// lossless returns an image of one colour as VP8L. Each channel has a code of a single symbol, which takes no bits: nothing follows
// the codes.
func lossless(width, height int, red, green, blue byte) []byte {
	var b bits
	b.put(0x2f, 8)
	b.put(uint(width-1), 14)
	b.put(uint(height-1), 14)
	b.put(0, 1)                                                // no alpha
	b.put(0, 3)                                                // version
	b.put(0, 1)                                                // no transform
	b.put(0, 1)                                                // no colour cache
	b.put(0, 1)                                                // one group of codes
	for _, symbol := range []byte{green, red, blue, 0xff, 0} { // the last is of distances
		b.put(1, 1) // a simple code
		b.put(0, 1) // of one symbol
		b.put(1, 1) // in 8 bits
		b.put(uint(symbol), 8)
	}
	return b.bytes
}

// bits are written from the lowest of each byte on.
type bits struct {
	bytes []byte
	used  int
}

func (b *bits) put(value uint, count int) {
	for i := range count {
		if b.used%8 == 0 {
			b.bytes = append(b.bytes, 0)
		}
		b.bytes[b.used/8] |= byte(value>>i&1) << (b.used % 8)
		b.used++
	}
}
