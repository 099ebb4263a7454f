package tlog

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	mod "golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/wire"
)

// files is a published log.
type files map[string][]byte

func (f files) read(path string, limit int64) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: too large", path)
	}
	return data, nil
}

func entryOf(i int64) []byte { return fmt.Appendf(nil, "entry %d", i) }

// direct is a log kept by golang.org/x/mod alone, with no tiles.
type direct struct {
	stored []mod.Hash
	size   int64
}

func (d *direct) reader() mod.HashReader {
	return mod.HashReaderFunc(func(indexes []int64) ([]mod.Hash, error) {
		out := make([]mod.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = d.stored[index]
		}
		return out, nil
	})
}

func (d *direct) append(entry []byte) error {
	hashes, err := mod.StoredHashes(d.size, entry, d.reader())
	d.stored = append(d.stored, hashes...)
	d.size++
	return err
}

func (d *direct) root() (string, error) {
	h, err := mod.TreeHash(d.size, d.reader())
	return hex.EncodeToString(h[:]), err
}

// want returns the tiles and bundles that a log of this size has.
func (d *direct) want(entry func(int64) []byte) (files, error) {
	out := make(files)
	for _, t := range mod.NewTiles(wire.LogHeight, 0, d.size) {
		data, err := mod.ReadTileData(t, d.reader())
		if err != nil {
			return nil, err
		}
		out[wire.TilePath(1, t)] = data
	}
	for first := int64(0); first < d.size; first += Width {
		var bundle []byte
		for i := first; i < min(first+Width, d.size); i++ {
			e := entry(i)
			bundle = append(append(bundle, byte(len(e)>>8), byte(len(e))), e...)
		}
		out[wire.TilePath(1, mod.Tile{H: 8, L: -1, N: first / Width, W: int(min(Width, d.size-first))})] = bundle
	}
	return out, nil
}

// build returns a log of the given size, made in one go.
func build(t testing.TB, size int64) (files, string) {
	t.Helper()
	l, err := Open(1, 0, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range size {
		if at, err := l.Append(entryOf(i)); err != nil || at != i {
			t.Fatalf("entry %d is at %d, %v", i, at, err)
		}
	}
	made, err := l.Files()
	if err != nil {
		t.Fatal(err)
	}
	root, err := l.Root()
	if err != nil {
		t.Fatal(err)
	}
	out := make(files)
	for _, f := range made {
		out[f.Path] = f.Data
	}
	return out, root
}

// Roots of RFC 6962 trees, from the definition in its section 2.1, over the leaves of the test data of transparency logs.
func TestRootRFC6962(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	d := &direct{}
	for i, leaf := range leaves {
		data, err := hex.DecodeString(leaf)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.append(data); err != nil {
			t.Fatal(err)
		}
		if root, err := d.root(); err != nil || root != roots[i] {
			t.Errorf("%d leaves have the root %s, %v, expected %s", i+1, root, err, roots[i])
		}
	}
	// The first leaf is empty, and an empty entry isn't one of ours: so the others alone.
	l, err := Open(1, 0, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	d = &direct{}
	for _, leaf := range leaves[1:] {
		data, _ := hex.DecodeString(leaf)
		if _, err := l.Append(data); err != nil {
			t.Fatal(err)
		}
		if err := d.append(data); err != nil {
			t.Fatal(err)
		}
		got, err := l.Root()
		if want, _ := d.root(); err != nil || got != want {
			t.Errorf("%d entries have the root %s, %v, expected %s", d.size, got, err, want)
		}
	}
}

func TestSizes(t *testing.T) {
	sizes := []int64{0, 1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 66000}
	if testing.Short() {
		sizes = sizes[:9]
	}
	d := &direct{}
	for _, size := range sizes {
		for d.size < size {
			if err := d.append(entryOf(d.size)); err != nil {
				t.Fatal(err)
			}
		}
		got, root := build(t, size)
		want, err := d.want(entryOf)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%d entries: the files are\n%v, expected\n%v", size, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		if paths := AllPaths(1, size); !slices.Equal(slices.Sorted(slices.Values(paths)), slices.Sorted(maps.Keys(want))) {
			t.Errorf("%d entries: AllPaths gives %v", size, paths)
		}
		if size == 0 {
			continue
		}
		if wantRoot, _ := d.root(); root != wantRoot {
			t.Errorf("%d entries: the root is %s, expected %s", size, root, wantRoot)
		}
		l, err := Open(1, size, root, got.read)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range [][2]int64{{0, size}, {size, size}, {size - 1, size}, {0, 1}, {size / 2, size}, {max(0, size-300), max(0, size-10)}} {
			next := r[0]
			err := l.Entries(r[0], r[1], func(index int64, entry []byte) error {
				if index != next || !bytes.Equal(entry, entryOf(index)) {
					t.Fatalf("%d entries: got %d: %q, expected %d", size, index, entry, next)
				}
				next++
				return nil
			})
			if err != nil || next != r[1] {
				t.Errorf("%d entries: %v gives entries up to %d, %v", size, r, next, err)
			}
		}
		for _, r := range [][2]int64{{-1, 1}, {0, size + 1}, {1, 0}, {size + 1, size + 1}} {
			if err := l.Entries(r[0], r[1], func(int64, []byte) error { return nil }); err == nil {
				t.Errorf("%d entries: %v is no error", size, r)
			}
		}
		stop := errors.New("stop")
		if err := l.Entries(0, size, func(int64, []byte) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%d entries: the visitor's error became %v", size, err)
		}
	}
}

// However a log is appended to, its root and its files are those that golang.org/x/mod gives. What a batch supersedes is no longer
// among the log's files, and what it leaves is, so that the bookkeeping neither loses nor keeps a file.
func TestBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		published := make(files)
		d := &direct{}
		var size int64
		var root string
		entry := func(i int64) []byte { return fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", int(i*i%97))) }
		for _, batch := range rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 300), rapid.SampledFrom([]int{255, 256, 257, 512})), 1, 6).Draw(t, "batches") {
			l, err := Open(1, size, root, published.read)
			if err != nil {
				t.Fatal(err)
			}
			for range batch {
				if _, err := l.Append(entry(d.size)); err != nil {
					t.Fatal(err)
				}
				if err := d.append(entry(d.size)); err != nil {
					t.Fatal(err)
				}
			}
			made, err := l.Files()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range made {
				if old, ok := published[f.Path]; ok && !bytes.Equal(old, f.Data) {
					t.Fatalf("%s would be overwritten", f.Path)
				}
				published[f.Path] = f.Data
			}
			for _, path := range l.Superseded() {
				if _, ok := published[path]; !ok {
					t.Fatalf("%s is superseded, and isn't there", path)
				}
				if !strings.Contains(path, ".p/") {
					t.Fatalf("%s is superseded, and full", path)
				}
				delete(published, path)
			}
			if root, err = l.Root(); err != nil {
				t.Fatal(err)
			}
			size = l.Size()
			if size == 0 {
				if len(made) != 0 {
					t.Fatalf("an empty log has files: %v", made)
				}
				continue
			}
			want, err := d.want(entry)
			if err != nil {
				t.Fatal(err)
			}
			if !maps.EqualFunc(published, want, bytes.Equal) {
				t.Fatalf("after %d entries there are\n%v, expected\n%v", size, slices.Sorted(maps.Keys(published)), slices.Sorted(maps.Keys(want)))
			}
			if wantRoot, _ := d.root(); root != wantRoot {
				t.Fatalf("the root of %d entries is %s, expected %s", size, root, wantRoot)
			}
		}
	})
}

// touch reads and appends all that a log can be asked for.
func touch(f files, size int64, root string) error {
	l, err := Open(1, size, root, f.read)
	if err != nil {
		return err
	}
	if err := l.Entries(0, size, func(int64, []byte) error { return nil }); err != nil {
		return err
	}
	if _, err := l.Append([]byte("more")); err != nil {
		return err
	}
	_, err = l.Files()
	return err
}

// Every altered, truncated, extended or missing file of a log is an error that names its path.
func TestDamage(t *testing.T) {
	const size = 600
	good, root := build(t, size)
	if err := touch(good, size, root); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(good)) {
		data := good[path]
		flip := func(i int) []byte {
			b := bytes.Clone(data)
			b[i] ^= 1
			return b
		}
		for name, damaged := range map[string][]byte{
			"missing": nil, "empty": {}, "cut by one byte": data[:len(data)-1], "cut in half": data[:len(data)/2], "one byte more": append(bytes.Clone(data), 0),
			"first bit": flip(0), "second byte": flip(1), "middle": flip(len(data) / 2), "last bit": flip(len(data) - 1), "zeros": make([]byte, len(data)),
			"twice": append(bytes.Clone(data), data...),
		} {
			f := maps.Clone(good)
			if f[path] = damaged; damaged == nil {
				delete(f, path)
			}
			err := touch(f, size, root)
			if err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("%s, %s: the error is %v", path, name, err)
			}
		}
	}
}

func TestWrongRoot(t *testing.T) {
	good, root := build(t, 300)
	_, other := build(t, 299)
	if err := touch(good, 300, other); err == nil {
		t.Error("another log's root proves the entries")
	}
	for _, bad := range []string{"", root[2:], root + "00", strings.Repeat("g", 64)} {
		if _, err := Open(1, 300, bad, good.read); err == nil {
			t.Errorf("%q is taken for a root", bad)
		}
	}
	if err := touch(good, 301, root); err == nil {
		t.Error("a log has more entries than its root proves")
	}
	if err := touch(good, 256, root); err == nil {
		t.Error("a log has fewer entries than its root proves")
	}
}

func TestAppendBounds(t *testing.T) {
	l, err := Open(1, 0, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for n, ok := range map[int]bool{0: false, 1: true, wire.MaxEvent: true, wire.MaxEvent + 1: false} {
		if _, err := l.Append(make([]byte, n)); (err == nil) != ok {
			t.Errorf("an entry of %d bytes: %v", n, err)
		}
	}
	if l.Size() != 2 {
		t.Errorf("the log has %d entries", l.Size())
	}
	made, err := l.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range made {
		if strings.Contains(f.Path, "entries") {
			if got, err := splitBundle(f.Data, 2); err != nil || len(got[0])+len(got[1]) != 1+wire.MaxEvent {
				t.Errorf("the bundle is read as %d entries, %v", len(got), err)
			}
		}
	}
}

func TestEpoch(t *testing.T) {
	l, err := Open(3, 0, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append([]byte("x")); err != nil {
		t.Fatal(err)
	}
	made, err := l.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range made {
		if !strings.HasPrefix(f.Path, "log/3/tile/") {
			t.Errorf("%s isn't in its epoch", f.Path)
		}
	}
}

func FuzzSplitBundle(f *testing.F) {
	for size := range int64(4) {
		log, _ := build(f, size)
		for path, data := range log {
			if strings.Contains(path, "entries") {
				f.Add(data, int(size))
			}
		}
	}
	f.Add([]byte{0, 0, 0, 0}, 2)
	f.Add([]byte{0xff, 0xff, 1}, 1)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, data []byte, count int) {
		count = min(max(count, 0), Width)
		entries, err := splitBundle(data, count)
		if err != nil {
			return
		}
		var again []byte
		for _, e := range entries {
			again = appendEntry(again, e)
		}
		if !bytes.Equal(again, data) || len(entries) != count {
			t.Errorf("%x with %d entries is written again as %x", data, count, again)
		}
	})
}
