package squeeze

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// Whatever the bytes are, there is an artifact of the asked size, or a FormatError and no more than that.
func bounded(t *testing.T, r io.Reader, size int64) []byte {
	got, err := io.ReadAll(r)
	if int64(len(got)) > size {
		t.Errorf("%d bytes, expected at most %d", len(got), size)
	}
	var format *FormatError
	if err != nil && !errors.As(err, &format) {
		t.Errorf("error %v, expected a FormatError", err)
	}
	if err == nil && int64(len(got)) != size {
		t.Errorf("%d bytes are accepted, expected %d", len(got), size)
	}
	if err != nil {
		return nil
	}
	return got
}

func FuzzExpand(f *testing.F) {
	for _, n := range []int{0, 1, 300, 5000} {
		f.Add(Compress(segments(text(1, n))), uint32(n))
		f.Add(Compress(segments(noise(1, n))), uint32(n))
		f.Add(delta(f, nil, text(1, n)), uint32(n))
	}
	f.Add(frameOf(f, windowed, bytes.Repeat(block(kindRepeated, 1000, false, 0), 100)), uint32(1000))
	f.Fuzz(func(t *testing.T, frame []byte, size uint32) {
		n := int64(size % (1 << 20))
		got := bounded(t, Expand(bytes.NewReader(frame), n), n)
		if got != nil {
			expands(t, Compress(segments(got)), got)
		}
	})
}

func FuzzApply(f *testing.F) {
	old := append(text(1, 3000), noise(1, 3000)...)
	for _, new := range [][]byte{nil, old, moved(old), edited(old, 9), text(7, 5000)} {
		f.Add(old, delta(f, old, new), uint32(len(new)))
	}
	f.Add([]byte{}, delta(f, nil, old), uint32(len(old)))
	f.Fuzz(func(t *testing.T, old, frame []byte, size uint32) {
		n := int64(size % (1 << 20))
		got := bounded(t, Apply(old, bytes.NewReader(frame), n), n)
		if got != nil {
			applies(t, delta(t, old, got), old, got)
		}
	})
}

// Any two artifacts have a delta.
func FuzzDelta(f *testing.F) {
	old := text(1, 3000)
	f.Add(old, edited(old, 5))
	f.Add([]byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), []byte("baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
	f.Fuzz(func(t *testing.T, old, new []byte) {
		applies(t, delta(t, old, new), old, new)
	})
}
