package rendition

import "encoding/binary"

// turned tells whether a JPEG says that it is to be turned or mirrored: Exif's orientation, in the first directory of a TIFF that an
// APP1 segment holds, is another than 1. Of what it can't read it says no, as a browser does.
func turned(data []byte) bool {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(data) { // 0xda: pixels follow
			return false
		}
		if body := string(data[at+4 : at+2+size]); marker == 0xe1 && len(body) > 6 && body[:6] == "Exif\x00\x00" {
			return orientation([]byte(body[6:])) != 1
		}
		at += 2 + size
	}
	return false
}

// orientation returns what a TIFF says of it, or 1.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at > len(tiff)-2 {
		return 1
	}
	entries := int(order.Uint16(tiff[at:]))
	for at += 2; entries > 0 && at+12 <= len(tiff); at, entries = at+12, entries-1 {
		if order.Uint16(tiff[at:]) != 0x112 {
			continue
		}
		if n := int(order.Uint16(tiff[at+8:])); n >= 1 && n <= 8 {
			return n
		}
	}
	return 1
}
