package gittree

// A delta makes one object out of another: two sizes, that of the base and that
// of the result, then instructions that copy a range of the base or insert
// bytes of the delta itself.

// deltaSizes returns the two sizes at the start of a delta, and how many bytes
// they take.
func deltaSizes(delta []byte) (base, result uint64, n int, err error) {
	base, i, ok := deltaSize(delta)
	if !ok {
		return 0, 0, 0, corrupt("a delta has no size of its base")
	}
	result, j, ok := deltaSize(delta[i:])
	if !ok {
		return 0, 0, 0, corrupt("a delta has no size of its result")
	}
	return base, result, i + j, nil
}

// deltaSize reads an integer of 7 bits a byte, the lowest first.
func deltaSize(b []byte) (v uint64, n int, ok bool) {
	for i := 0; i < len(b) && i < 9; i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return v, i + 1, true
		}
	}
	return 0, 0, false
}

// applyDelta runs the instructions (what follows the two sizes), and fills dst,
// which has the size of the result.
func applyDelta(dst, base, ops []byte) error {
	at := 0
	for i := 0; i < len(ops); {
		op := ops[i]
		i++
		if op == 0 {
			return corrupt("a delta has the reserved instruction 0")
		}
		if op&0x80 == 0 { // insert
			n := int(op)
			if n > len(ops)-i || n > len(dst)-at {
				return corrupt("a delta inserts %d bytes, more than it or its result has", n)
			}
			at += copy(dst[at:], ops[i:i+n])
			i += n
			continue
		}
		var from, n uint32
		for k := range 4 {
			if op&(1<<k) != 0 {
				if i == len(ops) {
					return corrupt("a delta ends within an instruction")
				}
				from |= uint32(ops[i]) << (8 * k)
				i++
			}
		}
		for k := range 3 {
			if op&(0x10<<k) != 0 {
				if i == len(ops) {
					return corrupt("a delta ends within an instruction")
				}
				n |= uint32(ops[i]) << (8 * k)
				i++
			}
		}
		if n == 0 {
			n = 0x10000
		}
		if uint64(from)+uint64(n) > uint64(len(base)) || uint64(n) > uint64(len(dst)-at) {
			return corrupt("a delta copies %d bytes from %d, outside of its base of %d or its result of %d", n, from, len(base), len(dst))
		}
		at += copy(dst[at:], base[from:uint64(from)+uint64(n)])
	}
	if at != len(dst) {
		return corrupt("a delta makes %d bytes, expected %d", at, len(dst))
	}
	return nil
}
