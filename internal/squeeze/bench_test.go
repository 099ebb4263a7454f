package squeeze

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

var benchSizes = []int{48_000, 5 << 20}

func BenchmarkCompress(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := text(1, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				Compress(segments(data))
			}
		})
	}
}

func BenchmarkExpand(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			frame := Compress(segments(text(1, n)))
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.Copy(io.Discard, Expand(bytes.NewReader(frame), int64(n))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDelta(b *testing.B) {
	for _, n := range append(benchSizes, 40<<20) {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			old := text(1, n)
			new := edited(old, 3+n/50_000)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = len(delta(b, old, new))
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

func BenchmarkApply(b *testing.B) {
	for _, n := range append(benchSizes, 40<<20) {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			old := text(1, n)
			new := edited(old, 3+n/50_000)
			frame := delta(b, old, new)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.Copy(io.Discard, Apply(old, bytes.NewReader(frame), int64(len(new)))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
