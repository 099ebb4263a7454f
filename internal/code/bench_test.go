package code

import (
	"bytes"
	"os"
	"testing"
)

// The lexers read ordinary code, repeated to a megabyte.
func BenchmarkLexer(b *testing.B) {
	for _, test := range []struct {
		lang Language
		file string
	}{{PHP, "testdata/ordinary.php"}, {Lua, "testdata/ordinary.lua"}, {TS, "testdata/ordinary.ts"}} {
		src, err := os.ReadFile(test.file)
		if err != nil {
			b.Fatal(err)
		}
		data := bytes.Repeat(src, 1<<20/len(src))
		b.Run(test.lang.String(), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var buf [512]Token
			for b.Loop() {
				for l := Lex(test.lang, data); l.Fill(buf[:]) == len(buf); {
				}
			}
		})
	}
}
