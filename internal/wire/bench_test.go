package wire

import (
	"fmt"
	"testing"
)

// BenchmarkNode encodes and decodes a leaf of 1,000 packages.
func BenchmarkNode(b *testing.B) {
	n := Node{Packages: make(map[string]Entry)}
	for i := range 1000 {
		id := fmt.Sprintf("package-%d", i)
		n.Packages[id] = Entry{Format: "vito", Name: "Package", Summary: "Says in a sentence what the package is for, and for whom.", Icon: "1.0.0/assets/icon.svg",
			Categories: []string{"monitoring"}, Channels: map[string]string{Stable: "1.0.0"}, Versions: RefOf([]byte(id))}
	}
	data, err := Encode(n)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Encode(n); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			var back Node
			if err := Decode(data, &back); err != nil {
				b.Fatal(err)
			}
		}
	})
}
