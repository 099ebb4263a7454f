package picture

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
)

const jpegBegin = "\xff\xd8\xff"

// Markers (ITU T.81, table B.1), each after a byte 0xff.
const (
	jpegStuffed = 0x00 // 0xff itself, within compressed data
	jpegSOF0    = 0xc0 // a frame's header: baseline
	jpegSOF2    = 0xc2 // progressive
	jpegSOF15   = 0xcf
	jpegDHT     = 0xc4 // not a frame's header, as the next two
	jpegJPG     = 0xc8
	jpegDAC     = 0xcc
	jpegRST0    = 0xd0 // no length follows from here...
	jpegSOI     = 0xd8
	jpegEOI     = 0xd9 // ...to here
	jpegSOS     = 0xda // a scan; compressed data follows
)

const (
	// maxWorking bounds what image/jpeg takes for a picture, in bytes. For a progressive one it keeps five bytes a sample, so
	// that the bound on the decoded picture alone would let it have four times as much.
	maxWorking = 120 << 20
	// maxScans bounds how often a progressive picture is gone over; common encoders make about ten scans. One more takes a few bytes of
	// the file, and as long as all the picture's blocks take.
	maxScans = 32
)

// decodeJPEG goes from marker to marker, as image/jpeg does, to know what it is in for and where the picture ends. Then image/jpeg
// decodes it.
func decodeJPEG(info *Info, data []byte) (end int, _ *fault) {
	var frame jpegFrame
	scans := 0
	for offset := 2; ; {
		// What stands before the next marker is compressed data, or nothing that matters.
		i := bytes.IndexByte(data[offset:], 0xff)
		if i < 0 || offset+i+1 >= len(data) {
			return 0, truncated("it has no end (EOI)")
		}
		marker := data[offset+i+1]
		switch {
		case marker == 0xff: // it may be there any number of times
			offset += i + 1
			continue
		case marker == jpegEOI:
			end = offset + i + 2
			if scans == 0 {
				return 0, broken("it has no pixels")
			}
			if _, err := jpeg.Decode(bytes.NewReader(data[:end])); err != nil {
				return 0, broken("%s", printable(err.Error()))
			}
			return end, nil
		case marker == jpegStuffed, marker >= jpegRST0 && marker < jpegSOI:
			offset += i + 2
			continue
		}
		body := data[offset+i+2:]
		if len(body) < 2 {
			return 0, truncated("it ends in a segment")
		}
		size := int(binary.BigEndian.Uint16(body)) // with itself
		if size < 2 {
			return 0, broken("a segment has %d bytes, expected at least 2", size)
		}
		if size > len(body) {
			return 0, truncated("a segment has %d bytes, and %d follow", size, len(body))
		}
		body = body[2:size]
		offset += i + 2 + size
		switch {
		case marker == jpegSOS:
			if frame.samples == 0 {
				return 0, broken("its pixels (SOS) stand before its header (SOF)")
			}
			scans++
			if most := frame.maxScans(); scans > most {
				fault := tooLarge("goes over its pixels more than %d times, expected at most that", most)
				fault.hint = "export the picture anew"
				return 0, fault
			}
		case marker >= jpegSOF0 && marker <= jpegSOF15 && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC:
			if frame.samples > 0 {
				return 0, broken("it has two headers (SOF)")
			}
			var fault *fault
			if frame, fault = readFrame(info, marker, body); fault != nil {
				return 0, fault
			}
		}
	}
}

// A jpegFrame is what a frame's header says.
type jpegFrame struct {
	progressive bool
	components  int
	samples     int64 // of all components, in whole blocks
}

// maxScans is how many scans there may be. Where the picture isn't progressive, a component has one.
func (f jpegFrame) maxScans() int {
	if f.progressive {
		return maxScans
	}
	return f.components
}

// readFrame reads a frame's header (ITU T.81, B.2.2).
func readFrame(info *Info, marker byte, b []byte) (f jpegFrame, _ *fault) {
	if marker > jpegSOF2 {
		return f, broken("it isn't a baseline or progressive JPEG (SOF%d), which is all that browsers show", marker-jpegSOF0)
	}
	if len(b) < 6 || len(b) != 6+3*int(b[5]) || b[5] == 0 {
		return f, broken("its header (SOF) has %d bytes, which doesn't fit its components", len(b))
	}
	f.progressive, f.components = marker == jpegSOF2, int(b[5])
	height, width := int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	if width == 0 || height == 0 {
		return f, broken("its header says %d×%d pixels", width, height)
	}
	info.Width, info.Height = width, height
	var taken budget
	if fault := taken.take(*info, width, height, 4); fault != nil {
		return f, fault
	}

	// Blocks of 8×8 samples come in groups, as many across and down as the first component says, and each component has its
	// number of them in a group (A.2.3); a single one has one.
	across, down, inGroup := 1, 1, 1
	if f.components > 1 {
		across, down = int(b[7]>>4), int(b[7]&15)
		inGroup = 0
		for i := range f.components {
			inGroup += int(b[7+3*i]>>4) * int(b[7+3*i]&15)
		}
	}
	if across == 0 || down == 0 || inGroup == 0 {
		return f, broken("its header says that a component has no samples")
	}
	groups := ((width + 8*across - 1) / (8 * across)) * ((height + 8*down - 1) / (8 * down))
	f.samples = int64(groups) * int64(inGroup) * 64
	working := f.samples
	if f.progressive {
		working += 4 * f.samples
	}
	if f.components > 3 {
		working += 4 * int64(width) * int64(height) // put together at the end
	}
	if working > maxWorking {
		return f, tooLarge("has %d×%d pixels and takes %d bytes to decode, expected at most %d", width, height, working, maxWorking)
	}
	return f, nil
}
