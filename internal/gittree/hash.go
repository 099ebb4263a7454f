package gittree

import (
	"encoding/hex"
	"fmt"
)

// Hash is the name of a git object: the SHA-1 of its kind, size and content.
type Hash [20]byte

// String returns the hash as 40 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether the hash is all zero, which names no object.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads 40 lower-case or upper-case hex digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*len(h) {
		return h, fmt.Errorf("parse hash %q: expected 40 hex digits, found %d characters", s, len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("parse hash %q: expected 40 hex digits", s)
	}
	return h, nil
}
