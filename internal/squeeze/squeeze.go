// Package squeeze makes and reads cheaper ways to get an artifact: compressed copies, and deltas from an older artifact. Both
// are frames of zstd (RFC 8878) that stock tools read:
//
//	zstd -d artifact.zst -o artifact
//	zstd -d --patch-from=old artifact.from-old.zst -o artifact
//
// Neither is trusted, nor has to be: what comes out is an artifact only if it has the size and the hash that the metadata
// says. So the rules are about what reading costs, whatever the bytes:
//
//   - There is one frame, of the kind that holds data. Nothing is before it, nothing after it.
//   - Its header says the size of the content, and that is the artifact's.
//   - It names no dictionary. A delta takes the old artifact for one, whole and as it is.
//   - The window of a compressed copy, which is what a decoder has to keep, is at most [MaxWindow]. A delta is a single segment:
//     its window is its content.
//   - Artifacts of more than [MaxDelta] bytes have no deltas, neither from them nor to them.
//   - A frame isn't much longer than its content: at most by 1 part in 256 and 1 KiB.
//   - Where there is a checksum, it is right. Those that are written here have one, that of no content aside.
//
// The same input gives the same bytes, as long as [Encoder] is the same.
package squeeze

import "fmt"

// Encoder names all that the bytes of compressed copies and deltas depend on besides the artifacts: the module that makes the copies and
// codes the literals of the deltas, and the version of our own part of the deltas.
const Encoder = "klauspost/compress v1.20.3, delta 1"

// MaxWindow is the largest window of a compressed copy, in bytes.
const MaxWindow = 8 << 20

// MaxDelta is the largest artifact that deltas are made from and to, in bytes.
const MaxDelta = 64 << 20

// A FormatError says how a compressed copy or a delta breaks the rules. All errors of reading for which its bytes are to blame
// are of this type; any other comes from its reader, or says that a caller asks for what can't be.
type FormatError struct {
	Err error // what was found and what was expected
}

func (e *FormatError) Error() string { return e.Err.Error() }

func (e *FormatError) Unwrap() error { return e.Err }

func malformed(format string, args ...any) error {
	return &FormatError{Err: fmt.Errorf(format, args...)}
}

// maxFrame returns the most bytes of a frame with so much content. zstd's own bound is a little lower.
func maxFrame(size int64) int64 { return size + size/256 + 1<<10 }
