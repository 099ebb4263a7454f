package squeeze

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// genContent makes artifacts, and genNext what they may become.
var genContent = rapid.Custom(func(t *rapid.T) []byte {
	n := rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(0, 20_000), rapid.IntRange(maxBlock-10, 2*maxBlock+10)).Draw(t, "size")
	seed := rapid.Uint64Range(0, 3).Draw(t, "seed")
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return noise(seed, n)
	case 1:
		return bytes.Repeat([]byte{byte(seed)}, n)
	case 2:
		return bytes.Repeat([]byte("abcdefgh"), n/8)
	case 3:
		return rapid.SliceOfN(rapid.SampledFrom([]byte("ab")), 0, 3000).Draw(t, "letters")
	}
	return text(seed, n)
})

func genNext(t *rapid.T, old []byte) []byte {
	if rapid.IntRange(0, 5).Draw(t, "new") == 0 {
		return genContent.Draw(t, "other")
	}
	new := bytes.Clone(old)
	for range rapid.IntRange(0, 12).Draw(t, "changes") {
		from := rapid.IntRange(0, len(new)).Draw(t, "from")
		to := min(len(new), from+rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 1<<16)).Draw(t, "bytes"))
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0: // delete
			new = slices.Delete(new, from, to)
		case 1: // replace
			copy(new[from:to], noise(uint64(to), to-from))
		case 2: // insert
			new = slices.Insert(new, from, text(uint64(to), (to-from)/2)...)
		case 3: // move
			part := bytes.Clone(new[from:to])
			new = slices.Delete(new, from, to)
			new = slices.Insert(new, rapid.IntRange(0, len(new)).Draw(t, "where"), part...)
		}
	}
	return new
}

// Apply makes of the old artifact and a delta what Delta made it of.
func TestDeltaAndApplyAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := genContent.Draw(t, "old")
		new := genNext(t, old)
		frame, err := Delta(old, segments(new))
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(frame)) > maxFrame(int64(len(new))) {
			t.Errorf("a delta to %d bytes has %d, expected at most %d", len(new), len(frame), maxFrame(int64(len(new))))
		}
		half := len(new) / 2
		if parts, err := Delta(old, segments(new[:half], nil, new[half:])); err != nil || !bytes.Equal(parts, frame) {
			t.Errorf("other bytes in other segments, %v", err)
		}
		got, err := io.ReadAll(Apply(old, bytes.NewReader(frame), int64(len(new))))
		if err != nil || !bytes.Equal(got, new) {
			t.Errorf("Apply gives %d bytes, %v; expected the %d of the new artifact", len(got), err, len(new))
		}
	})
}

// Deltas are worth it where artifacts have most in common, and stock zstd applies them.
func TestDeltaIsSmall(t *testing.T) {
	stock := newStock(t)
	for _, test := range []struct {
		name     string
		old, new []byte
		most     int // bytes of the delta
	}{
		{"from nothing", nil, text(1, 48_000), 12_000},
		{"to nothing", text(1, 48_000), nil, 20},
		{"nothing at all", nil, nil, 20},
		{"a byte", []byte{1}, []byte{2}, 20},
		{"the same", text(1, 48_000), text(1, 48_000), 40},
		{"48 KB, 6 changes", text(1, 48_000), edited(text(1, 48_000), 6), 250},
		{"1 MiB, 40 changes", text(1, 1<<20), edited(text(1, 1<<20), 40), 1500},
		{"1 MiB, moved", noise(1, 1<<20), moved(noise(1, 1<<20)), 250},
		{"5 MiB, the same", noise(1, 5<<20), noise(1, 5<<20), 700},
	} {
		t.Run(test.name, func(t *testing.T) { isSmall(t, stock, test.old, test.new, test.most) })
	}
}

// That is so however large they are and however far things moved. Stock zstd needn't be told of the size.
func TestDeltaOfLargeIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("makes deltas of 64 MiB")
	}
	stock := newStock(t)
	for _, size := range []int{40 << 20, MaxDelta} {
		old := noise(1, size)
		isSmall(t, stock, old, moved(old), 10_000)
		isSmall(t, stock, old, edited(old, 100)[:size-4000], 15_000)
	}
}

func isSmall(t *testing.T, stock stock, old, new []byte, most int) {
	frame := delta(t, old, new)
	if len(frame) > most {
		t.Errorf("delta of %d bytes, expected at most %d", len(frame), most)
	}
	applies(t, frame, old, new)
	got := stock.run("-d", "--patch-from="+stock.file("old", old), stock.file("delta.zst", frame))
	if !bytes.Equal(got, new) {
		t.Errorf("stock zstd gives %d other bytes, expected %d", len(got), len(new))
	}
	var h zstd.Header
	if err := h.Decode(frame); err != nil || !h.SingleSegment || !h.HasFCS || !h.HasCheckSum || h.DictionaryID != 0 {
		t.Errorf("header %+v, %v", h, err)
	}
}

// Deltas that stock zstd makes are as good.
func TestApplyStock(t *testing.T) {
	stock := newStock(t)
	check := func(old []byte, news [][]byte, levels ...string) {
		oldFile := stock.file("old", old)
		for _, new := range news {
			newFile := stock.file("new", new)
			for _, level := range levels {
				applies(t, stock.run(level, "--patch-from="+oldFile, newFile), old, new)
			}
		}
	}
	for _, n := range []int{200, 48_000, 1 << 20} {
		old := append(noise(1, n/2), text(1, n/2)...)
		check(old, [][]byte{edited(old, 10), moved(old), text(4, n/10), old}, "-1", "-3", "-19")
	}
	if !testing.Short() {
		old := append(noise(1, 20<<20), text(1, 20<<20)...)
		check(old, [][]byte{moved(edited(old, 10))}, "-3")
	}
}

// Neither side deals with artifacts that are too large.
func TestDeltaLimits(t *testing.T) {
	large := make([]byte, MaxDelta+1)
	small := []byte("small")
	want := "of 67108865 bytes, expected at most 67108864"
	if _, err := Delta(large, segments(small)); err == nil || !strings.Contains(err.Error(), "from an artifact "+want) {
		t.Errorf("from a large artifact: %v", err)
	}
	if _, err := Delta(small, segments(large[:MaxDelta], large[:1])); err == nil || !strings.Contains(err.Error(), "to an artifact "+want) {
		t.Errorf("to a large artifact: %v", err)
	}
	if _, err := io.ReadAll(Apply(large, bytes.NewReader(delta(t, nil, small)), 5)); err == nil || !strings.Contains(err.Error(), "from an artifact "+want) {
		t.Errorf("Apply to a large artifact: %v", err)
	}
	if _, err := io.ReadAll(Apply(small, bytes.NewReader(Compress(segments(large))), MaxDelta+1)); err == nil || !strings.Contains(err.Error(), "to an artifact "+want) {
		t.Errorf("Apply for a large artifact: %v", err)
	}
	applies(t, delta(t, small, large[:MaxDelta]), small, large[:MaxDelta])
}

// A delta to another artifact than the one that it is from gives an error, for its checksum or sooner.
func TestApplyToOther(t *testing.T) {
	old := text(1, 48_000)
	new := edited(old, 6)
	frame := delta(t, old, new)
	changed := bytes.Clone(old)
	changed[20_000] ^= 1
	refused(t, Apply(changed, bytes.NewReader(frame), int64(len(new))), int64(len(new)), "checksum")
	refused(t, Apply(old[:1000], bytes.NewReader(frame), int64(len(new))), int64(len(new)), "match offset")
	refused(t, Apply(nil, bytes.NewReader(frame), int64(len(new))), int64(len(new)), "offset")
}

// What sequences say is what decoders do: all codes of lengths and offsets, the last offsets with and without literals, and numbers
// of sequences in one, two and three bytes.
func TestSequences(t *testing.T) {
	stock := newStock(t)
	for _, oldSize := range []int{10, 3 << 20} {
		for _, length := range []int{0, 3, 60, 5000, maxBlock} { // what literals and matches are longer, at most
			for _, distance := range []int{5, 4 << 20} {
				old := noise(1, oldSize)
				all := bytes.Clone(old)
				rng := rand.New(rand.NewPCG(uint64(length), uint64(distance)))
				header := zstd.Header{SingleSegment: true, FrameContentSize: 4 * maxBlock}
				dst, err := header.AppendTo(nil)
				if err != nil {
					t.Fatal(err)
				}
				w := newBlockWriter(dst)
				for n := range 4 {
					start := len(all)
					var matches []match
					for {
						room := start + maxBlock - len(all) - minMatch
						if room < 0 {
							break
						}
						literals := rng.IntN(min(length, room) + 1)
						all = append(all, noise(uint64(literals), literals)...)
						m := match{
							start:  len(all) - start,
							offset: 1 + rng.IntN(min(distance, len(all))),
							length: minMatch + rng.IntN(min(length, room-literals)+1),
						}
						for range m.length {
							all = append(all, all[len(all)-m.offset])
						}
						matches = append(matches, m)
					}
					all = append(all, make([]byte, start+maxBlock-len(all))...)
					w.write(all[start:], matches, n == 3)
				}
				if length == 0 && len(w.sequences) < 0x7f00 {
					t.Errorf("%d sequences, expected a number of three bytes", len(w.sequences))
				}
				applies(t, w.dst, old, all[len(old):])
				got := stock.run("-d", "--patch-from="+stock.file("old", old), stock.file("delta.zst", w.dst))
				if !bytes.Equal(got, all[len(old):]) {
					t.Errorf("stock zstd gives %d other bytes", len(got))
				}
			}
		}
	}
}

// What is made to be searched for long is searched for about as long as anything else.
func TestDeltaOfPatterns(t *testing.T) {
	if testing.Short() {
		t.Skip("makes some that take long")
	}
	n := 4 << 20
	period := bytes.Repeat(append(bytes.Repeat([]byte("a"), 250), "bcd"...), n/253)
	odd := bytes.Clone(period)
	for i := 0; i < len(odd); i += 199 {
		odd[i] ^= byte(i) | 1
	}
	for _, test := range []struct{ old, new []byte }{{period, odd}, {odd, period}, {odd, odd[7:]}, {make([]byte, n), period}, {period, make([]byte, n)}} {
		start := time.Now()
		frame := delta(t, test.old, test.new)
		if took := time.Since(start); took > 10*time.Second { // it is 0.1 s
			t.Errorf("a delta between 4 MiB takes %v", took)
		}
		applies(t, frame, test.old, test.new)
	}
}
