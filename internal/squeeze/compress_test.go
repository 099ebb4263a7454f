package squeeze

import (
	"bytes"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// Sizes around those of blocks, windows and fields of the header.
var sizes = []int{0, 1, 2, 255, 256, 257, 1023, 1024, 1025, 65535, 65791, 65792, maxBlock - 1, maxBlock, maxBlock + 1, 3*maxBlock + 7, 1 << 20}

// What Expand gives is what Compress got, and stock zstd gives the same.
func TestCompress(t *testing.T) {
	stock := newStock(t)
	for _, n := range sizes {
		for _, data := range [][]byte{text(1, n), noise(1, n), make([]byte, n)} {
			frame := Compress(segments(data))
			expands(t, frame, data)
			if int64(len(frame)) > maxFrame(int64(n)) {
				t.Errorf("%d bytes give a frame of %d, expected at most %d", n, len(frame), maxFrame(int64(n)))
			}
			if got := stock.run("-d", stock.file("copy.zst", frame)); !bytes.Equal(got, data) {
				t.Errorf("stock zstd gives %d other bytes for %d", len(got), n)
			}
			var h zstd.Header
			if err := h.Decode(frame); err != nil || !h.HasFCS || h.FrameContentSize != uint64(n) || h.DictionaryID != 0 {
				t.Errorf("frame of %d bytes has the header %+v, %v", n, h, err)
			}
			if h.HasCheckSum != (n > 0) {
				t.Errorf("frame of %d bytes: checksum is %v", n, h.HasCheckSum)
			}
		}
	}
}

// A device keeps 8 MiB of what it expands, however much there is.
func TestCompressHasSmallWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("compresses 20 MiB")
	}
	data := noise(3, MaxWindow+1)
	data = append(data, data...) // again, out of the window's reach
	frame := Compress(segments(data))
	expands(t, frame, data)
	var h zstd.Header
	if err := h.Decode(frame); err != nil || h.SingleSegment || h.WindowSize != MaxWindow {
		t.Errorf("header %+v, %v; expected a window of %d bytes", h, err, MaxWindow)
	}
}

// The same bytes are compressed to the same, whatever the segments, and whatever the encoder did before.
func TestCompressIsDeterministic(t *testing.T) {
	data := text(2, 300_000)
	want := Compress(segments(data))
	rapid.Check(t, func(t *rapid.T) {
		var parts [][]byte
		for rest := data; len(rest) > 0; {
			n := rapid.IntRange(0, len(rest)).Draw(t, "segment")
			if len(parts) == 20 {
				n = len(rest)
			}
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
		Compress(segments(noise(uint64(len(parts)), 1000*len(parts))))
		if !bytes.Equal(Compress(parts), want) {
			t.Errorf("other bytes in %d segments", len(parts))
		}
	})
}

// An encoder counts positions in 32 bits, and starts anew from time to time.
func TestCompressIsDeterministicForLong(t *testing.T) {
	if testing.Short() {
		t.Skip("compresses 600 packages")
	}
	data := text(2, 200_000)
	want := Compress(segments(data))
	for i := range 600 { // each moves the position on by the window and more
		if !bytes.Equal(Compress(segments(data)), want) {
			t.Fatalf("other bytes at %d", i)
		}
	}
}

func TestCompressIsSafeForConcurrentUse(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 10 {
				data := text(uint64(i), 1000*(n+1))
				frame := Compress(segments(data))
				expands(t, frame, data)
			}
		})
	}
	wg.Wait()
}

// Copies that stock zstd makes are as good.
func TestExpandStock(t *testing.T) {
	stock := newStock(t)
	for _, n := range sizes {
		data := text(3, n)
		path := stock.file("data", data)
		expands(t, stock.run("-3", path), data)
		expands(t, stock.run("-19", "--no-check", path), data)
	}
}
