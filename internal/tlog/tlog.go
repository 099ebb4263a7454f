// Package tlog keeps the append-only event log of a registry as static tiles: C2SP tlog-tiles, 256 wide, over
// the Merkle tree of RFC 6962. It is a thin layer over golang.org/x/mod/sumdb/tlog, which has the tree and the proofs.
//
// What is read of an existing log is proved against the tree's root before it is used, so a truncated or altered tile is an
// error that names its path. What is written is returned as files; the package writes nothing itself.
//
// Layout: <level>/<index> for the hashes of a level, 32 bytes each; "entries" for the entries themselves, each behind its length as a
// big-endian 16-bit number. A tile that isn't full yet has the suffix .p/<width>.
package tlog

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	mod "golang.org/x/mod/sumdb/tlog"

	"github.com/regen-registry/regen/internal/wire"
)

// Width is how many hashes or entries a full tile has.
const Width = 1 << wire.LogHeight

// ErrDamaged says that a part of the log isn't what its root proves.
var ErrDamaged = errors.New("the log is damaged")

// maxBundle is the most bytes that a bundle of entries can have.
const maxBundle = Width * (2 + wire.MaxEvent)

// ReadFunc returns the bytes at a published path, at most limit of them.
type ReadFunc func(path string, limit int64) ([]byte, error)

// A Log is a log of a known size and root that can grow.
type Log struct {
	epoch   int
	base    mod.Tree // what was there when the log was opened
	read    ReadFunc
	size    int64
	hashes  map[int64]mod.Hash  // by stored index: what was appended, and the right edge of base
	edge    bool                // whether hashes holds the right edge of base
	entries [][]byte            // appended
	tiles   map[mod.Tile][]byte // proved: those that were read last
}

// maxTiles bounds the tiles of a log that are kept in memory, of 8 KiB at most. Reading one bundle after the other takes those at the right edge, and on the way up, again and again.
const maxTiles = 32

// A File is a tile to be written.
type File struct {
	Path string
	Data []byte
}

// Open returns the log with the given size and root (hex). read is called when something of the log is needed. A log of size 0 has no root.
func Open(epoch int, size int64, root string, read ReadFunc) (*Log, error) {
	l := &Log{epoch: epoch, read: read, size: size, hashes: make(map[int64]mod.Hash), tiles: make(map[mod.Tile][]byte)}
	l.base.N = size
	if size > 0 {
		raw, err := hex.DecodeString(root)
		if err != nil || len(raw) != mod.HashSize {
			return nil, fmt.Errorf("open log: root %q isn't a hash", root)
		}
		copy(l.base.Hash[:], raw)
	}
	return l, nil
}

// Size returns the number of entries, appended ones included.
func (l *Log) Size() int64 { return l.size }

// Root returns the Merkle tree hash over all entries, in hex.
func (l *Log) Root() (string, error) {
	if l.size == l.base.N {
		return hex.EncodeToString(l.base.Hash[:]), nil
	}
	h, err := mod.TreeHash(l.size, mod.HashReaderFunc(l.readHashes))
	if err != nil {
		return "", fmt.Errorf("hash log: %w", err)
	}
	return hex.EncodeToString(h[:]), nil
}

// Append adds an entry and returns its index.
func (l *Log) Append(entry []byte) (int64, error) {
	if len(entry) == 0 || len(entry) > wire.MaxEvent {
		return 0, fmt.Errorf("append to log: the entry has %d bytes, expected 1 to %d", len(entry), wire.MaxEvent)
	}
	if err := l.loadEdge(); err != nil {
		return 0, err
	}
	index := l.size
	stored, err := mod.StoredHashes(index, entry, mod.HashReaderFunc(l.readHashes))
	if err != nil {
		return 0, fmt.Errorf("append to log: %w", err)
	}
	at := mod.StoredHashIndex(0, index)
	for i, h := range stored {
		l.hashes[at+int64(i)] = h
	}
	l.entries = append(l.entries, entry)
	l.size++
	return index, nil
}

// loadEdge reads the roots of the complete subtrees of base, which is all that appending needs.
func (l *Log) loadEdge() error {
	if l.edge || l.base.N == 0 {
		return nil
	}
	indexes := edgeIndexes(l.base.N)
	hashes, err := l.readHashes(indexes)
	if err != nil {
		return err
	}
	for i, h := range hashes {
		l.hashes[indexes[i]] = h
	}
	l.edge = true
	return nil
}

// edgeIndexes returns the stored indexes of the roots of the complete subtrees of a log, the largest first.
func edgeIndexes(size int64) []int64 {
	var indexes []int64
	for start, level := int64(0), 62; level >= 0; level-- {
		if size&(1<<level) != 0 {
			indexes = append(indexes, mod.StoredHashIndex(level, start>>level))
			start += 1 << level
		}
	}
	return indexes
}

// readHashes reads hashes by stored index: what was appended from memory, the rest from tiles, proved against the root of base.
func (l *Log) readHashes(indexes []int64) ([]mod.Hash, error) {
	out := make([]mod.Hash, len(indexes))
	var missing []int64
	for i, index := range indexes {
		if h, ok := l.hashes[index]; ok {
			out[i] = h
		} else {
			missing = append(missing, index)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	tiles := &tileReader{l: l}
	read, err := mod.TileHashReader(l.base, tiles).ReadHashes(missing)
	if err != nil && tiles.read != nil {
		return nil, fmt.Errorf("read log: %w: the root proves other hashes than those in %s: %w", ErrDamaged, strings.Join(tiles.read, ", "), err)
	}
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	for i, index := range indexes {
		if _, ok := l.hashes[index]; !ok {
			out[i], read = read[0], read[1:]
		}
	}
	return out, nil
}

// tileReader reads tiles for golang.org/x/mod/sumdb/tlog, which proves them.
type tileReader struct {
	l    *Log
	read []string // paths of the tiles, once all of them are read
}

func (r *tileReader) Height() int { return wire.LogHeight }

// SaveTiles is told of tiles that are proved.
func (r *tileReader) SaveTiles(tiles []mod.Tile, data [][]byte) {
	for i, t := range tiles {
		if len(r.l.tiles) >= maxTiles {
			clear(r.l.tiles)
		}
		r.l.tiles[t] = data[i]
	}
}

func (r *tileReader) ReadTiles(tiles []mod.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	paths := make([]string, len(tiles))
	for i, t := range tiles {
		path := wire.TilePath(r.l.epoch, t)
		paths[i] = path
		if out[i] = r.l.tiles[t]; out[i] != nil {
			continue
		}
		want := t.W * mod.HashSize
		data, err := r.l.read(path, int64(want)+1)
		if err != nil {
			return nil, err
		}
		if len(data) != want {
			return nil, fmt.Errorf("%w: %s has %d bytes, expected %d", ErrDamaged, path, len(data), want)
		}
		out[i] = data
	}
	r.read = paths
	return out, nil
}

// Files returns the tiles and bundles that hold what was appended.
func (l *Log) Files() ([]File, error) {
	if l.size == l.base.N {
		return nil, nil
	}
	var files []File
	for _, t := range mod.NewTiles(wire.LogHeight, l.base.N, l.size) {
		data, err := mod.ReadTileData(t, mod.HashReaderFunc(l.readHashes))
		if err != nil {
			return nil, fmt.Errorf("make log tile %s: %w", wire.TilePath(l.epoch, t), err)
		}
		files = append(files, File{wire.TilePath(l.epoch, t), data})
	}
	for first := l.base.N / Width * Width; first < l.size; first += Width {
		var bundle []byte
		if first < l.base.N {
			// The bundle grows: what is in it already comes from its last partial form.
			err := l.Entries(first, l.base.N, func(_ int64, entry []byte) error {
				bundle = appendEntry(bundle, entry)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		for i := max(first, l.base.N); i < min(first+Width, l.size); i++ {
			bundle = appendEntry(bundle, l.entries[i-l.base.N])
		}
		files = append(files, File{wire.TilePath(l.epoch, bundleTile(first/Width, l.size)), bundle})
	}
	return files, nil
}

// Superseded returns the paths of the partial tiles that the appended entries outgrew.
func (l *Log) Superseded() []string {
	if l.size == l.base.N {
		return nil
	}
	now := make(map[string]bool)
	for _, path := range EdgePaths(l.epoch, l.size) {
		now[path] = true
	}
	var old []string
	for _, path := range EdgePaths(l.epoch, l.base.N) {
		if !now[path] {
			old = append(old, path)
		}
	}
	return old
}

// EdgePaths returns the paths of the partial tiles of a log of the given size: one a level at most, and the bundle.
func EdgePaths(epoch int, size int64) []string {
	var paths []string
	for level := 0; size>>(wire.LogHeight*level) > 0; level++ {
		n := size >> (wire.LogHeight * level)
		if w := int(n % Width); w > 0 {
			paths = append(paths, wire.TilePath(epoch, mod.Tile{H: wire.LogHeight, L: level, N: n / Width, W: w}))
		}
	}
	if size%Width > 0 {
		paths = append(paths, wire.TilePath(epoch, bundleTile(size/Width, size)))
	}
	return paths
}

// AllPaths returns the paths of all tiles and bundles of a log of the given size.
func AllPaths(epoch int, size int64) []string {
	var paths []string
	for _, t := range mod.NewTiles(wire.LogHeight, 0, size) {
		paths = append(paths, wire.TilePath(epoch, t))
	}
	for n := int64(0); n*Width < size; n++ {
		paths = append(paths, wire.TilePath(epoch, bundleTile(n, size)))
	}
	return paths
}

// Entries calls visit with the entries from (inclusive) to to (exclusive) of the log as it was opened, each one proved against the root.
func (l *Log) Entries(from, to int64, visit func(index int64, entry []byte) error) error {
	if from < 0 || to > l.base.N || from > to {
		return fmt.Errorf("read log: entries %d to %d of %d", from, to, l.base.N)
	}
	for n := from / Width; n*Width < to; n++ {
		tile := bundleTile(n, l.base.N)
		path := wire.TilePath(l.epoch, tile)
		data, err := l.read(path, maxBundle)
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		entries, err := splitBundle(data, tile.W)
		if err != nil {
			return fmt.Errorf("read log: %w: %s: %w", ErrDamaged, path, err)
		}
		indexes := make([]int64, tile.W)
		for i := range indexes {
			indexes[i] = mod.StoredHashIndex(0, n*Width+int64(i))
		}
		hashes, err := l.readHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			index := n*Width + int64(i)
			if mod.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("read log: %w: %s: entry %d isn't the one that the log's root proves", ErrDamaged, path, index)
			}
			if index < from || index >= to {
				continue
			}
			if err := visit(index, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// Each is [Log.Entries] for a log that may have grown since it was opened.
func (l *Log) Each(from, to int64, visit func(index int64, entry []byte) error) error {
	if from < l.base.N {
		if err := l.Entries(from, min(to, l.base.N), visit); err != nil {
			return err
		}
	}
	for i := max(from, l.base.N); i < to; i++ {
		if err := visit(i, l.entries[i-l.base.N]); err != nil {
			return err
		}
	}
	return nil
}

// bundleTile names the n-th bundle of entries of a log of the given size.
func bundleTile(n, size int64) mod.Tile {
	return mod.Tile{H: wire.LogHeight, L: -1, N: n, W: int(min(Width, size-n*Width))}
}

func appendEntry(bundle, entry []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
}

// splitBundle returns the entries of a bundle that must hold exactly count of them.
func splitBundle(data []byte, count int) ([][]byte, error) {
	entries := make([][]byte, 0, count)
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("truncated in entry %d of %d", len(entries), count)
		}
		n := int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:2+n:2+n])
		data = data[2+n:]
		if len(entries) > count {
			break
		}
	}
	if len(entries) != count {
		return nil, fmt.Errorf("has %d entries, expected %d", len(entries), count)
	}
	return entries, nil
}
