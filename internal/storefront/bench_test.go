package storefront

import "testing"

// A cold publish renders the page of every package, so this is to stay below 150 µs.
func BenchmarkRelease(b *testing.B) {
	r := newRenderer(b)
	for _, c := range []struct {
		name string
		page Release
	}{{"plain", plainRelease()}, {"rich", richRelease()}, {"bare", bareRelease()}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page, err := r.Release(c.page)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(page)))
			}
		})
	}
}

// Every publish renders the home page, so this is to stay below 10 ms.
func BenchmarkHome(b *testing.B) {
	r := newRenderer(b)
	home := Home{Registry: registry, PublicKey: publicKey, Cards: cards(1000)}
	b.ReportAllocs()
	for b.Loop() {
		page, err := r.Home(home)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(page)))
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
