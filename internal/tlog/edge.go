package tlog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"

	mod "golang.org/x/mod/sumdb/tlog"

	"github.com/regen-registry/regen/internal/wire"
)

// An Edge is the right edge of a log: what somebody keeps of it who wants to notice whether it was ever rewritten. It has the roots of the
// complete subtrees, the largest first, at most one for each bit of the size.
type Edge struct {
	Size   int64    `json:"size"`   // entries
	Hashes []string `json:"hashes"` // hex
}

// Check returns an error unless the edge has as many hashes as its size takes.
func (e Edge) Check() error {
	if e.Size < 0 || len(e.Hashes) != bits.OnesCount64(uint64(e.Size)) {
		return fmt.Errorf("the edge of a log of %d entries has %d hashes, expected %d", e.Size, len(e.Hashes), bits.OnesCount64(uint64(max(e.Size, 0))))
	}
	for _, h := range e.Hashes {
		if err := wire.CheckSHA256(h); err != nil {
			return fmt.Errorf("the edge of a log: %w", err)
		}
	}
	return nil
}

// Append returns the edge with one more entry.
func (e Edge) Append(entry []byte) (Edge, error) {
	if err := e.Check(); err != nil {
		return e, err
	}
	h := mod.RecordHash(entry)
	hashes := e.Hashes
	// Each bit that the carry passes joins two subtrees of one size.
	for n := e.Size; n&1 == 1; n >>= 1 {
		left, err := parse(hashes[len(hashes)-1])
		if err != nil {
			return e, err
		}
		h, hashes = mod.NodeHash(left, h), hashes[:len(hashes)-1]
	}
	next := Edge{Size: e.Size + 1, Hashes: make([]string, 0, len(hashes)+1)}
	next.Hashes = append(append(next.Hashes, hashes...), hex.EncodeToString(h[:]))
	return next, nil
}

// Root returns the Merkle tree hash of the log, in hex; "" where it is empty.
func (e Edge) Root() (string, error) {
	if err := e.Check(); err != nil {
		return "", err
	}
	if e.Size == 0 {
		return "", nil
	}
	h, err := parse(e.Hashes[len(e.Hashes)-1])
	if err != nil {
		return "", err
	}
	for i := len(e.Hashes) - 2; i >= 0; i-- {
		left, err := parse(e.Hashes[i])
		if err != nil {
			return "", err
		}
		h = mod.NodeHash(left, h)
	}
	return hex.EncodeToString(h[:]), nil
}

func parse(text string) (h mod.Hash, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(h) {
		return h, fmt.Errorf("%q isn't a hash", text)
	}
	return mod.Hash(raw), nil
}

// ErrRewritten says that a log isn't the continuation of what was seen of it.
var ErrRewritten = errors.New("the log was rewritten")

// EdgeAt returns the edge that the log, as it was opened, had when it had the given size. It takes tiles, no entries.
func (l *Log) EdgeAt(size int64) (Edge, error) {
	e := Edge{Size: size, Hashes: []string{}}
	if size < 0 || size > l.base.N {
		return e, fmt.Errorf("edge of a log of %d entries at %d", l.base.N, size)
	}
	hashes, err := l.readHashes(edgeIndexes(size))
	if err != nil {
		return e, err
	}
	for _, h := range hashes {
		e.Hashes = append(e.Hashes, hex.EncodeToString(h[:]))
	}
	return e, nil
}

// Continues returns [ErrRewritten] unless the log, as it was opened, begins with the log of the given size and root. It reads what a consistency proof takes (RFC 6962, section 2.1.2): tiles
// at both edges.
func (l *Log) Continues(size int64, root string) error {
	if size == 0 {
		return nil
	}
	if size > l.base.N {
		return fmt.Errorf("%w: it has %d entries, and had %d", ErrRewritten, l.base.N, size)
	}
	old, err := parse(root)
	if err != nil {
		return err
	}
	if size == l.base.N {
		if old != l.base.Hash {
			return fmt.Errorf("%w: its root at %d entries is %x, and was %s", ErrRewritten, size, l.base.Hash[:], root)
		}
		return nil
	}
	proof, err := mod.ProveTree(l.base.N, size, mod.HashReaderFunc(l.readHashes))
	if err != nil {
		return fmt.Errorf("prove the log: %w", err)
	}
	if err := mod.CheckTree(proof, l.base.N, l.base.Hash, size, old); err != nil {
		return fmt.Errorf("%w: its first %d entries don't have the root %s any more", ErrRewritten, size, root)
	}
	return nil
}

// Bundles calls visit with each entry from the edge's size on, and returns the edge that comes out. Nothing is proved until that edge's root is the log's: what visit
// is told may be anything until then. If it isn't, the error is [ErrRewritten].
func (l *Log) Bundles(from Edge, visit func(index int64, entry []byte) error) (Edge, error) {
	edge := from
	for n := from.Size / Width; n*Width < l.base.N; n++ {
		tile := bundleTile(n, l.base.N)
		path := wire.TilePath(l.epoch, tile)
		data, err := l.read(path, maxBundle)
		if err != nil {
			return from, fmt.Errorf("read log: %w", err)
		}
		entries, err := splitBundle(data, tile.W)
		if err != nil {
			return from, fmt.Errorf("read log: %w: %s: %w", ErrDamaged, path, err)
		}
		for i, entry := range entries {
			index := n*Width + int64(i)
			if index < from.Size {
				continue
			}
			if edge, err = edge.Append(entry); err != nil {
				return from, err
			}
			if err := visit(index, entry); err != nil {
				return from, err
			}
		}
	}
	root, err := edge.Root()
	if err != nil {
		return from, err
	}
	if want := hex.EncodeToString(l.base.Hash[:]); root != want {
		return from, fmt.Errorf("%w: the entries since %d give the root %s, expected %s", ErrRewritten, from.Size, root, want)
	}
	return edge, nil
}

// Proof returns the hashes that prove that an entry is in the log, as it was opened (RFC 6962, section 2.1.1), in hex.
func (l *Log) Proof(index int64) ([]string, error) {
	proof, err := mod.ProveRecord(l.base.N, index, mod.HashReaderFunc(l.readHashes))
	if err != nil {
		return nil, fmt.Errorf("prove entry %d: %w", index, err)
	}
	hashes := make([]string, len(proof))
	for i, h := range proof {
		hashes[i] = hex.EncodeToString(h[:])
	}
	return hashes, nil
}
