package storefront

import "testing"

// A cold publish renders the pages of every package in every language, so the pages of a plain one are to stay below 150 µs a language.
func BenchmarkPackage(b *testing.B) {
	r := newRenderer(b)
	for _, c := range []struct {
		name string
		pkg  Package
	}{{"plain", plainRelease()}, {"full", fullRelease()}, {"bare", bareRelease()}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				files, err := r.Package(c.pkg)
				if err != nil {
					b.Fatal(err)
				}
				bytes := 0
				for _, f := range files {
					bytes += len(f.Data)
				}
				b.SetBytes(int64(bytes))
			}
		})
	}
}

func BenchmarkMarkdown(b *testing.B) {
	md := newMarkdown()
	doc := document{asset: func(string) (asset, bool) { return asset{}, false }}
	b.SetBytes(int64(len(readme)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := md.render([]byte(readme), doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newRenderer(b)
	}
}
