package squeeze

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

// frameOf returns a frame with the given header and blocks.
func frameOf(t testing.TB, h zstd.Header, blocks ...[]byte) []byte {
	t.Helper()
	frame, err := h.AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	return append(frame, bytes.Join(blocks, nil)...)
}

// block returns a block of a kind, with the size that its header is to say.
func block(kind, size int, last bool, data ...byte) []byte {
	var w blockWriter
	w.header(kind, size, last)
	return append(w.dst, data...)
}

// changed returns the data with other bytes from an offset on.
func changed(data []byte, at int, with ...byte) []byte {
	data = bytes.Clone(data)
	copy(data[at:], with)
	return data
}

const (
	kindRepeated = 1
	kindReserved = 3
)

var (
	skippable = []byte{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'}
	windowed  = zstd.Header{WindowSize: MaxWindow, HasFCS: true, FrameContentSize: 1000}
	single    = zstd.Header{SingleSegment: true, HasFCS: true, FrameContentSize: 1000}
)

// Whatever breaks a rule is refused, as a compressed copy and as a delta.
func TestRefused(t *testing.T) {
	content := text(1, 1000)
	sound := Compress(segments(content)) // a single segment, so it is also a delta
	endless := frameOf(t, single, bytes.Repeat(block(kindRaw, 0, false), 2000))
	more := block(kindRepeated, 1000, false, 'x')
	applies(t, sound, nil, content)

	for _, test := range []struct {
		name  string
		frame []byte
		want  string
	}{
		{"nothing", nil, "ends after 0 bytes, within the frame"},
		{"another format", []byte("PK\x03\x04 and so on"), "starts with 504b0304, expected 28b52ffd, a zstd frame"},
		{"a byte more", append(bytes.Clone(sound), 0), "more bytes after the frame, at offset"},
		{"two frames", append(bytes.Clone(sound), sound...), "more bytes after the frame"},
		{"skippable frame after", append(bytes.Clone(sound), skippable...), "more bytes after the frame"},
		{"skippable frame before", append(bytes.Clone(skippable), sound...), "starts with a skippable frame, expected one with data"},
		{"empty frame before", append(Compress(nil), sound...), "content of 0 bytes, expected 1000"},
		{"dictionary", frameOf(t, zstd.Header{SingleSegment: true, FrameContentSize: 1000, DictionaryID: 7}), "needs dictionary 7, expected none"},
		{"no size", frameOf(t, zstd.Header{WindowSize: 1 << 20}, block(kindRaw, 3, true, 'a', 'b', 'c')), "header has no size, expected that of the content"},
		{"other size", frameOf(t, zstd.Header{SingleSegment: true, FrameContentSize: 1001}), "content of 1001 bytes, expected 1000"},
		{"huge size", frameOf(t, zstd.Header{SingleSegment: true, FrameContentSize: math.MaxUint64}), "content of 18446744073709551615 bytes, expected 1000"},
		{"reserved bit", changed(sound, 4, sound[4]|8), "frame header: reserved bit set"},
		{"reserved block", frameOf(t, single, block(kindReserved, 10, true)), "reserved block type"},
		{"less", frameOf(t, single, block(kindRepeated, 999, true, 'x')), "fewer bytes of content than its header says"},
		{"none", frameOf(t, single, block(kindRaw, 0, true)), "fewer bytes of content than its header says"},
		{"more", frameOf(t, single, more, block(kindRepeated, 1, true, 'x')), "more bytes of content than its header says"},
		{"much more", frameOf(t, single, bytes.Repeat(more, 300)), "more bytes of content than its header says"},
		{"blocks of nothing", endless, "a frame of more than 2027 bytes, expected at most that many for 1000 of content"},
		{"large block", frameOf(t, single, block(kindRaw, 2000, true)), "window size exceeded"},
		{"wrong checksum", changed(sound, len(sound)-1, sound[len(sound)-1]^1), "checksum isn't the frame's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			refused(t, Expand(bytes.NewReader(test.frame), 1000), 1000, test.want)
			refused(t, Apply([]byte("old"), bytes.NewReader(test.frame), 1000), 1000, test.want)
			refused(t, Expand(iotest.OneByteReader(bytes.NewReader(test.frame)), 1000), 1000, test.want)
		})
	}
	for n := range sound {
		refused(t, Expand(bytes.NewReader(sound[:n]), 1000), 1000, "within the frame")
	}
	for i := range 8 * len(sound) {
		flipped := changed(sound, i/8, sound[i/8]^1<<(i%8))
		if got, err := io.ReadAll(Expand(bytes.NewReader(flipped), 1000)); err == nil && !bytes.Equal(got, content) {
			t.Errorf("with bit %d flipped, other content is accepted", i)
		}
	}
}

// A window costs memory, so what is too large is refused before any is taken.
func TestRefusesLargeWindows(t *testing.T) {
	const size = 100 << 20
	for _, test := range []struct {
		name string
		r    io.Reader
		want string
	}{
		{"largest window", Expand(bytes.NewReader(changed(frameOf(t, windowed), 5, 0xff)), 1000), "a window of 4123168604160 bytes, expected at most 8388608"},
		{"next window", Expand(bytes.NewReader(changed(frameOf(t, windowed), 5, 13<<3|1)), 1000), "a window of 9437184 bytes"},
		{"single segment", Expand(bytes.NewReader(frameOf(t, zstd.Header{SingleSegment: true, FrameContentSize: size})), size), "a window of 104857600 bytes"},
		{"delta with a window", Apply(nil, bytes.NewReader(frameOf(t, windowed)), 1000), "a delta with a window of 8388608 bytes, expected a single segment"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if taken := allocated(func() { refused(t, test.r, 0, test.want) }); taken > 1<<20 {
				t.Errorf("%d bytes of memory were taken", taken)
			}
		})
	}
}

// allocated returns how many bytes of memory a function takes, without what comes back to it.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A few bytes that stand for many give no more than what is asked for.
func TestBombs(t *testing.T) {
	long := bytes.Repeat(block(kindRepeated, maxBlock, false, 0), 10_000) // 1.25 GiB
	for _, size := range []int64{1000, maxBlock, maxBlock + 1, 10 * maxBlock} {
		h := windowed
		h.FrameContentSize = uint64(size)
		bomb := frameOf(t, h, long)
		taken := allocated(func() {
			refused(t, Expand(bytes.NewReader(bomb), size), size, "than its")
		})
		if taken > 12<<20 {
			t.Errorf("%d bytes of memory were taken", taken)
		}
	}
	bomb := Compress(slices.Repeat(segments(make([]byte, 1<<20)), 100))
	refused(t, Expand(bytes.NewReader(bomb), 1000), 0, "content of 104857600 bytes, expected 1000")
	// Where the size is the one that is asked for, it is no bomb.
	if n, err := io.Copy(io.Discard, Expand(bytes.NewReader(bomb), 100<<20)); n != 100<<20 || err != nil {
		t.Errorf("%d bytes, %v; expected 100 MiB", n, err)
	}
}

// The documented memory is what is taken at most, even if none of it came back on the way.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 64 MiB")
	}
	data := append(bytes.Repeat(text(1, 1<<20), 20), noise(1, 20<<20)...)
	frame := Compress(segments(data))
	taken := allocated(func() {
		if n, err := io.Copy(io.Discard, Expand(bytes.NewReader(frame), int64(len(data)))); err != nil {
			t.Error(n, err)
		}
	})
	t.Logf("Expand: %d KiB", taken>>10)
	if taken > 12<<20 {
		t.Errorf("Expand takes %d bytes, expected at most 12 MiB", taken)
	}
	old := append(noise(2, 20<<20), data[:20<<20]...)
	for _, size := range []int{1000, 1 << 20, 40 << 20} {
		frame := delta(t, old, data[len(data)-size:])
		taken := allocated(func() {
			if n, err := io.Copy(io.Discard, Apply(old, bytes.NewReader(frame), int64(size))); err != nil {
				t.Error(n, err)
			}
		})
		t.Logf("Apply: %d KiB for %d", taken>>10, size>>10)
		if taken > uint64(size)+2<<20 {
			t.Errorf("Apply takes %d bytes for %d, expected at most 2 MiB more", taken, size)
		}
	}
}

// What goes wrong with the reader isn't blamed on the bytes.
func TestReadErrors(t *testing.T) {
	content := text(1, 10_000)
	frame := Compress(segments(content))
	for _, want := range []error{errors.New("connection lost"), io.ErrUnexpectedEOF} {
		for n := range len(frame) + 1 {
			r := io.MultiReader(bytes.NewReader(frame[:n]), iotest.ErrReader(want))
			got, err := io.ReadAll(Expand(r, 10_000))
			if err != want || !bytes.HasPrefix(content, got) {
				t.Fatalf("after %d bytes: %d bytes, %v; expected %v", n, len(got), err, want)
			}
		}
	}
	if _, err := Expand(bytes.NewReader(frame), -1).Read(nil); err == nil {
		t.Error("a negative size is accepted")
	}
	if err := iotest.TestReader(Expand(bytes.NewReader(frame), 10_000), content); err != nil {
		t.Error(err)
	}
}
