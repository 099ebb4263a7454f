package gittree

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"testing"
)

// A made entry of a pack: its head, and what follows.
type madeEntry struct {
	hash Hash
	kind kind
	size int64  // as claimed
	base []byte // of a delta: how the base is named
	data []byte // to be deflated
}

// makePack writes a pack and its index, as git lays them out, with whatever
// the entries claim.
func makePack(entries ...madeEntry) (packed, idx []byte, offsets []int64) {
	var p bytes.Buffer
	p.WriteString("PACK")
	binary.Write(&p, binary.BigEndian, []uint32{2, uint32(len(entries))})
	for _, e := range entries {
		offsets = append(offsets, int64(p.Len()))
		size := uint64(e.size)
		b := byte(e.kind)<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			p.WriteByte(b | 0x80)
			b = byte(size & 0x7f)
		}
		p.WriteByte(b)
		p.Write(e.base)
		p.Write(deflate(e.data))
	}
	sum := sha1.Sum(p.Bytes())
	p.Write(sum[:])

	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool {
		return bytes.Compare(entries[order[i]].hash[:], entries[order[j]].hash[:]) < 0
	})
	var x bytes.Buffer
	x.WriteString("\xfftOc")
	binary.Write(&x, binary.BigEndian, uint32(2))
	for b := range 256 {
		n := sort.Search(len(order), func(i int) bool { return int(entries[order[i]].hash[0]) > b })
		binary.Write(&x, binary.BigEndian, uint32(n))
	}
	for _, i := range order {
		x.Write(entries[i].hash[:])
	}
	x.Write(make([]byte, 4*len(order))) // checksums, which aren't read
	for _, i := range order {
		binary.Write(&x, binary.BigEndian, uint32(offsets[i]))
	}
	x.Write(sum[:])
	sum = sha1.Sum(x.Bytes())
	x.Write(sum[:])
	return p.Bytes(), x.Bytes(), offsets
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// memReader reads a pack held in memory.
func memReader(packed, idx []byte) (*Reader, error) {
	x, err := openIndex(bytes.NewReader(idx), int64(len(idx)))
	if err != nil {
		return nil, err
	}
	p := &pack{name: "pack-x", f: bytes.NewReader(packed), size: int64(len(packed)), idx: x}
	if err := p.check(); err != nil {
		return nil, err
	}
	o := &odb{}
	o.packs.Store(&[]*pack{p})
	return newReader(o), nil
}

func made(t testing.TB, entries ...madeEntry) *Reader {
	t.Helper()
	packed, idx, _ := makePack(entries...)
	rd, err := memReader(packed, idx)
	if err != nil {
		t.Fatal(err)
	}
	return rd
}

func blobEntry(h Hash, data string) madeEntry {
	return madeEntry{hash: h, kind: kindBlob, size: int64(len(data)), data: []byte(data)}
}

func refEntry(h, base Hash, delta []byte) madeEntry {
	return madeEntry{hash: h, kind: kindRef, size: int64(len(delta)), base: base[:], data: delta}
}

func varint(n uint64) []byte {
	var b []byte
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

func deltaOf(base, result uint64, ops ...byte) []byte {
	return append(append(varint(base), varint(result)...), ops...)
}

func TestMadePack(t *testing.T) {
	a, b, c := Hash{1}, Hash{2}, Hash{2, 1}
	rd := made(t, refEntry(c, b, deltaOf(8, 4, 0x91, 4, 4)), refEntry(b, a, deltaOf(5, 8, 0x90, 5, 3, 'x', 'y', 'z')), blobEntry(a, "hello"))
	for h, want := range map[Hash]string{a: "hello", b: "helloxyz", c: "oxyz"} {
		data, err := rd.Blob(h, 100)
		size, serr := rd.Size(h)
		if string(data) != want || err != nil || size != int64(len(want)) || serr != nil {
			t.Errorf("expected %q, found %q, %v, size %d, %v", want, data, err, size, serr)
		}
	}
}

// What a reader hands out is the caller's: changing it changes nothing else.
func TestBlobIsTheCallers(t *testing.T) {
	a, b, c := Hash{1}, Hash{2}, Hash{3}
	rd := made(t, refEntry(c, b, deltaOf(5, 4, 0x90, 4)), refEntry(b, a, deltaOf(5, 5, 0x90, 5)), blobEntry(a, "hello"))
	for range 3 {
		for _, h := range []Hash{a, b, c, a} {
			data, err := rd.Blob(h, 100)
			if !strings.HasPrefix("hello", string(data)) || len(data) < 4 || err != nil {
				t.Errorf("%s: found %q, %v", h, data, err)
			}
			clear(data)
		}
	}
}

// Hostile or damaged entries: an error of the right kind, in little memory.
func TestBadEntries(t *testing.T) {
	a, b := Hash{1}, Hash{2}
	hello := blobEntry(a, "hello")
	claim := func(e madeEntry, size int64) madeEntry {
		e.size = size
		return e
	}
	for name, entries := range map[string][]madeEntry{
		"claims a huge size":            {claim(hello, 1<<40)},
		"claims a size beyond 60 bits":  {claim(hello, -1)},
		"claims more than it has":       {claim(hello, 6)},
		"claims less than it has":       {claim(hello, 4)},
		"claims nothing":                {claim(hello, 0)},
		"unknown kind":                  {{hash: a, kind: 5, size: 5, data: []byte("hello")}},
		"kind 0":                        {{hash: a, kind: 0, size: 5, data: []byte("hello")}},
		"its own base":                  {refEntry(a, a, deltaOf(5, 5, 0x90, 5))},
		"ring of deltas":                {refEntry(a, b, deltaOf(5, 5, 0x90, 5)), refEntry(b, a, deltaOf(5, 5, 0x90, 5))},
		"base isn't there":              {refEntry(a, Hash{9}, deltaOf(5, 5, 0x90, 5))},
		"base before the pack":          {{hash: a, kind: kindOfs, size: 4, base: []byte{0x7f}, data: deltaOf(5, 5, 0x90, 5)}},
		"base in the pack's head":       {{hash: a, kind: kindOfs, size: 4, base: []byte{4}, data: deltaOf(5, 5, 0x90, 5)}},
		"base at 0":                     {{hash: a, kind: kindOfs, size: 4, base: []byte{0}, data: deltaOf(5, 5, 0x90, 5)}},
		"base offset overflows":         {{hash: a, kind: kindOfs, size: 4, base: bytes.Repeat([]byte{0xff}, 12), data: deltaOf(5, 5, 0x90, 5)}},
		"delta for another base":        {refEntry(a, b, deltaOf(6, 5, 0x90, 5)), blobEntry(b, "hello")},
		"delta result too long":         {refEntry(a, b, deltaOf(5, 6, 0x90, 5)), blobEntry(b, "hello")},
		"delta result too short":        {refEntry(a, b, deltaOf(5, 4, 0x90, 5)), blobEntry(b, "hello")},
		"delta copies beyond its base":  {refEntry(a, b, deltaOf(5, 5, 0x91, 1, 5)), blobEntry(b, "hello")},
		"delta inserts beyond its end":  {refEntry(a, b, deltaOf(5, 5, 5, 'x')), blobEntry(b, "hello")},
		"delta with reserved 0":         {refEntry(a, b, deltaOf(5, 0, 0)), blobEntry(b, "hello")},
		"delta ends in an instruction":  {refEntry(a, b, deltaOf(5, 5, 0xff, 1)), blobEntry(b, "hello")},
		"empty delta":                   {refEntry(a, b, nil), blobEntry(b, "hello")},
		"delta without second size":     {refEntry(a, b, []byte{5}), blobEntry(b, "hello")},
		"delta size of too many bytes":  {refEntry(a, b, bytes.Repeat([]byte{0x80}, 20)), blobEntry(b, "hello")},
		"delta claims a huge result":    {refEntry(a, b, deltaOf(5, 1<<39, 0x90, 5)), blobEntry(b, "hello")},
		"delta of a delta claims much":  {refEntry(a, Hash{3}, deltaOf(1<<39, 5, 0x90, 5)), refEntry(Hash{3}, b, deltaOf(5, 1<<39, 0x90, 5)), blobEntry(b, "hello")},
		"delta itself claims much":      {claim(refEntry(a, b, deltaOf(5, 5, 0x90, 5)), 1<<39), blobEntry(b, "hello")},
		"delta of a base claiming much": {refEntry(a, b, deltaOf(1<<39, 5, 0x90, 5)), claim(blobEntry(b, "hello"), 1<<39)},
	} {
		t.Run(name, func(t *testing.T) {
			rd := made(t, entries...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := rd.Blob(a, 1<<50)
			runtime.ReadMemStats(&after)
			var l *LimitError
			if !errors.Is(err, ErrCorrupt) && !errors.As(err, &l) {
				t.Errorf("expected damage or a limit, found %v", err)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
				t.Errorf("expected little memory to be taken, found %d bytes", n)
			}
			rd.Size(a) // whatever it gives, without a panic
			rd.kindOf(a)
		})
	}
}

// A bomb that is well formed stops at the limit, before it is read.
func TestBombs(t *testing.T) {
	a, b := Hash{1}, Hash{2}
	var ops []byte
	for range 1000 {
		ops = append(ops, 0x80|0x40|0x20|0x10, 0, 0, 0) // 64 KiB each
	}
	rd := made(t, refEntry(a, b, deltaOf(1<<16, 1000<<16, ops...)), blobEntry(b, strings.Repeat("x", 1<<16)))
	_, err := rd.Blob(a, 1<<20)
	if l := wantLimit(t, err); l.Found != 1000<<16 {
		t.Errorf("found %+v", l)
	}
	if n, err := rd.Size(a); n != 1000<<16 || err != nil {
		t.Error(n, err)
	}
	if data, err := rd.Blob(a, 1000<<16); len(data) != 1000<<16 || err != nil {
		t.Error(len(data), err)
	}
}

func TestLongDeltaChain(t *testing.T) {
	for n, fails := range map[int]bool{maxChain - 1: false, maxChain + 10: true} {
		entries := []madeEntry{blobEntry(Hash{}, "hello")}
		name := func(i int) Hash { return Hash{byte(i >> 8), byte(i)} }
		for i := 1; i <= n; i++ {
			entries = append(entries, refEntry(name(i), name(i-1), deltaOf(5, 5, 0x90, 5)))
		}
		rd := made(t, entries...)
		data, err := rd.Blob(name(n), 10)
		if fails {
			wantError(t, err, ErrCorrupt)
		} else if string(data) != "hello" || err != nil {
			t.Errorf("found %q, %v", data, err)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newBaseCache(10000)
	for i := range 100 {
		c.put(place{nil, int64(i)}, kindBlob, make([]byte, 1000))
		c.put(place{nil, int64(i)}, kindBlob, make([]byte, 1000))
		c.get(place{nil, 0})
		if c.used > c.max || len(c.byPlace) != c.recent.Len() {
			t.Fatalf("used %d of %d, %d and %d entries", c.used, c.max, len(c.byPlace), c.recent.Len())
		}
	}
	c.put(place{nil, 200}, kindBlob, make([]byte, 6000)) // too large to keep
	for i, want := range map[int64]bool{0: true, 1: false, 98: true, 99: true, 200: false} {
		if _, _, ok := c.get(place{nil, i}); ok != want {
			t.Errorf("%d: expected %v", i, want)
		}
	}
}

// Every cut and many flipped bytes of a pack and an index: errors or other
// content, and no panic.
func TestDamagedFiles(t *testing.T) {
	a, b := Hash{1}, Hash{2}
	packed, idx, _ := makePack(blobEntry(b, text(1, 3)), refEntry(a, b, deltaOf(102, 5, 0x91, 1, 5)))
	try := func(packed, idx []byte) (failed bool) {
		rd, err := memReader(packed, idx)
		if err != nil {
			return true
		}
		for _, h := range []Hash{a, b, {3}} {
			if _, err := rd.Blob(h, 1<<20); err != nil {
				failed = true
			}
			rd.Size(h)
		}
		rd.odb.withPrefix("0100", 10)
		return failed
	}
	for i := range packed {
		if !try(packed[:i], idx) {
			t.Errorf("expected a pack cut to %d of %d bytes to fail", i, len(packed))
		}
		for bit := range 8 {
			flipped := bytes.Clone(packed)
			flipped[i] ^= 1 << bit
			try(flipped, idx)
		}
	}
	for i := range idx {
		if !try(packed, idx[:i]) {
			t.Errorf("expected an index cut to %d of %d bytes to fail", i, len(idx))
		}
		for bit := range 8 {
			flipped := bytes.Clone(idx)
			flipped[i] ^= 1 << bit
			try(packed, flipped)
		}
	}
}

func TestDamagedRepository(t *testing.T) {
	base := layouts["packed"](t, history(t))
	packs, _ := filepath.Glob(filepath.Join(base, ".git/objects/pack/*.pack"))
	idx := strings.TrimSuffix(packs[0], ".pack") + ".idx"
	orig := map[string][]byte{}
	for _, path := range []string{packs[0], idx} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		orig[path] = data
	}
	for name, damage := range map[string]func(){
		"index cut":   func() { os.WriteFile(idx, orig[idx][:len(orig[idx])/2], 0o644) },
		"index empty": func() { os.WriteFile(idx, nil, 0o644) },
		"version 1":   func() { os.WriteFile(idx, orig[idx][8:], 0o644) },
		"pack cut":    func() { os.WriteFile(packs[0], orig[packs[0]][:len(orig[packs[0]])/2], 0o644) },
		"pack empty":  func() { os.WriteFile(packs[0], nil, 0o644) },
		"another pack": func() {
			os.WriteFile(packs[0], append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), make([]byte, 100)...), 0o644)
		},
		"not a pack":     func() { os.WriteFile(packs[0], orig[idx], 0o644) },
		"zeros within":   func() { b := bytes.Clone(orig[packs[0]]); clear(b[20:]); os.WriteFile(packs[0], b, 0o644) },
		"pack not there": func() { os.Remove(packs[0]) },
	} {
		for path, data := range orig {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		damage()
		err := func() error {
			r, err := Open(base)
			if err != nil {
				return err
			}
			defer r.Close()
			h, err := r.Resolve("HEAD")
			if err != nil {
				return err
			}
			c, err := r.Commit(h)
			if err != nil {
				return err
			}
			rd := r.NewReader()
			return rd.Walk(c.Tree, 1000, func(path string, e Entry) error {
				_, err := rd.Blob(e.Hash, 1<<20)
				return err
			})
		}()
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrMissing) {
			t.Errorf("%s: expected damage, found %v", name, err)
		}
	}
}

func TestDamagedLooseObjects(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty":          nil,
		"not deflated":   []byte("blob 5\x00hello"),
		"no size":        deflate([]byte("blob\x00hello")),
		"unknown kind":   deflate([]byte("blot 5\x00hello")),
		"no end of head": deflate([]byte(strings.Repeat("blob 5", 20))),
		"huge":           deflate([]byte("blob 1099511627776\x00hello")),
		"negative":       deflate([]byte("blob -5\x00hello")),
		"short":          deflate([]byte("blob 6\x00hello")),
		"long":           deflate([]byte("blob 4\x00hello")),
		"cut":            deflate([]byte("blob 5\x00hello"))[:12],
	} {
		dir := initRepo(t, t.TempDir())
		h := Hash{0xab, 0xcd}
		write(t, dir, ".git/objects/ab/"+h.String()[2:], string(data))
		_, err := openRepo(t, dir).NewReader().Blob(h, 1<<50)
		if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), h.String()) {
			t.Errorf("%s: expected damage, found %v", name, err)
		}
	}
}
