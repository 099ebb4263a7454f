package picture

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/image/webp"

	"github.com/regen-registry/regen/internal/wording"
)

// frameCost is counted for a frame beside its pixels, in bytes: of tiny ones, a file holds very many, and each is decoded anew.
const frameCost = 4 << 10

// decodeWebP takes the container apart (RFC 9649, 2). golang.org/x/image/webp decodes the picture, and each frame of an animation
// as a picture of its own. It bounds the codes of a lossless picture by their number only: a file made to that end has them take 130 MB.
func decodeWebP(info *Info, data []byte) (end int, _ *fault) {
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > int64(len(data)) {
		return 0, truncated("its header says %d bytes, expected as many as the file has, %d", size, len(data))
	}
	if size < 12 {
		return 0, broken("its header says %d bytes, expected at least 12", size)
	}
	chunks, fault := riffChunks(data[12:size])
	if fault != nil {
		return 0, fault
	}
	var frames []riffChunk
	for _, c := range chunks {
		switch c.name {
		case "VP8X":
			if len(c.body) == 10 && c.body[0]&2 != 0 {
				info.Animated = true
			}
		case "ANIM":
			info.Animated = true
		case "ANMF":
			info.Animated = true
			frames = append(frames, c)
		}
	}
	config, err := webp.DecodeConfig(bytes.NewReader(data[:size]))
	if err != nil || config.Width == 0 || config.Height == 0 {
		return 0, broken("it has no header of a picture")
	}
	info.Width, info.Height = config.Width, config.Height
	var taken budget
	if fault := taken.take(*info, info.Width, info.Height, 4); fault != nil {
		return 0, fault
	}
	switch stills := pictures(chunks); {
	case stills > 1 || stills > 0 && len(frames) > 0:
		return 0, broken("it has more than one picture, outside of an animation")
	case len(frames) == 0:
		if _, err := webp.Decode(bytes.NewReader(data[:size])); err != nil {
			return 0, broken("%s", printable(err.Error()))
		}
	}
	for _, frame := range frames {
		if fault := decodeFrame(*info, frame.body, &taken); fault != nil {
			return 0, fault
		}
	}
	return int(size), nil
}

// A riffChunk is a part of a RIFF file.
type riffChunk struct {
	name string
	body []byte
}

// riffChunks splits a file's or a frame's content.
func riffChunks(data []byte) ([]riffChunk, *fault) {
	var chunks []riffChunk
	for len(data) > 0 {
		if len(data) < 8 {
			return nil, broken("a chunk has %d bytes, expected at least 8", len(data))
		}
		name, size := string(data[:4]), int64(binary.LittleEndian.Uint32(data[4:]))
		padded := size + size%2
		if padded > int64(len(data)-8) {
			return nil, broken("its chunk %s has %d bytes, and %d follow", wording.Quote(name), size, len(data)-8)
		}
		chunks = append(chunks, riffChunk{name, data[8 : 8+size]})
		data = data[8+padded:]
	}
	return chunks, nil
}

// pictures counts those that have pixels.
func pictures(chunks []riffChunk) int {
	n := 0
	for _, c := range chunks {
		if c.name == "VP8 " || c.name == "VP8L" {
			n++
		}
	}
	return n
}

// decodeFrame decodes a frame of an animation: its place, and then the chunks of a picture (RFC 9649, 2.7.1.1).
func decodeFrame(info Info, body []byte, taken *budget) *fault {
	if len(body) < 16 {
		return broken("a frame has %d bytes, expected at least 16", len(body))
	}
	number := func(i int) int { return int(body[i]) | int(body[i+1])<<8 | int(body[i+2])<<16 }
	x, y, width, height := 2*number(0), 2*number(3), number(6)+1, number(9)+1
	if x+width > info.Width || y+height > info.Height {
		return broken("it has a frame of %d×%d pixels at %d,%d, which isn't within its %d×%d", width, height, x, y, info.Width, info.Height)
	}
	if fault := taken.take(info, width, height, 4); fault != nil {
		return fault
	}
	if fault := taken.take(info, frameCost, 1, 1); fault != nil {
		return fault
	}
	chunks, fault := riffChunks(body[16:])
	if fault != nil {
		return fault
	}
	if pictures(chunks) != 1 {
		return broken("a frame has %d pictures, expected one", pictures(chunks))
	}
	// The header of a picture of its own, which says the frame's size and whether there is alpha beside the pixels.
	header := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), 0, 0, 0, 0)
	if chunks[0].name == "ALPH" {
		header[len(header)-4] = 1 << 4
	}
	header = append(header, body[6:12]...)
	binary.LittleEndian.PutUint32(header[4:], uint32(len(header)-8+len(body)-16))
	if _, err := webp.Decode(bytes.NewReader(append(header, body[16:]...))); err != nil {
		return broken("a frame: %s", printable(err.Error()))
	}
	return nil
}
