package squeeze

import (
	"encoding/binary"
	"math/bits"
)

// XXH64's primes.
const (
	prime1 uint64 = 0x9e3779b185ebca87
	prime2 uint64 = 0xc2b2ae3d27d4eb4f
	prime3 uint64 = 0x165667b19e3779f9
	prime4 uint64 = 0x85ebca77c2b2ae63
	prime5 uint64 = 0x27d4eb2f165667c5
)

// checksum returns the lowest 4 bytes of the XXH64 of the data with seed 0, which end a frame (RFC 8878, 3.1.1).
func checksum(data []byte) uint32 {
	size := uint64(len(data))
	h := prime5
	if size >= 32 {
		a, b, c, d := prime1, prime2, uint64(0), uint64(0)
		a += prime2
		d -= prime1
		for ; len(data) >= 32; data = data[32:] {
			a = round(a, binary.LittleEndian.Uint64(data))
			b = round(b, binary.LittleEndian.Uint64(data[8:]))
			c = round(c, binary.LittleEndian.Uint64(data[16:]))
			d = round(d, binary.LittleEndian.Uint64(data[24:]))
		}
		h = bits.RotateLeft64(a, 1) + bits.RotateLeft64(b, 7) + bits.RotateLeft64(c, 12) + bits.RotateLeft64(d, 18)
		for _, v := range [...]uint64{a, b, c, d} {
			h = (h^round(0, v))*prime1 + prime4
		}
	}
	h += size
	for ; len(data) >= 8; data = data[8:] {
		h = bits.RotateLeft64(h^round(0, binary.LittleEndian.Uint64(data)), 27)*prime1 + prime4
	}
	if len(data) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(data))*prime1, 23)*prime2 + prime3
		data = data[4:]
	}
	for _, v := range data {
		h = bits.RotateLeft64(h^uint64(v)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return uint32(h ^ h>>32)
}

func round(h, v uint64) uint64 {
	return bits.RotateLeft64(h+v*prime2, 31) * prime1
}
