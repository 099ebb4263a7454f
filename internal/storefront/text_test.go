package storefront

import (
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

func TestFormats(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9950: "10 kB", 31234: "31 kB", 999_499: "999 kB", 999_500: "1.0 MB", 1_500_000: "1.5 MB", 2_000_000_000: "2.0 GB"} {
		if got := formatSize(n); got != want {
			t.Errorf("size %d is %q, expected %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := formatCount(n); got != want {
			t.Errorf("count %d is %q, expected %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "", -1: "", 1: "1970-01-01", 1767484799: "2026-01-03", 1767484800: "2026-01-04"} {
		if got := formatDate(n); got != want {
			t.Errorf("date %d is %q, expected %q", n, got, want)
		}
	}
	for s, want := range map[string]string{"a-1.0.0.zip": "a-1.0.0.zip", "-rf": "./-rf", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "~": "'~'"} {
		if got := shellWord(s); got != want {
			t.Errorf("word %s is %s, expected %s", s, got, want)
		}
	}
	for s, want := range map[string]string{"disk": "D", "…x": "X", "éa": "É", "مراقب": "م", "": "?", "!": "?", "7zip": "7"} {
		if got := monogram(s); got != want {
			t.Errorf("monogram of %q is %q, expected %q", s, got, want)
		}
	}
}

func TestLocal(t *testing.T) {
	for _, c := range []struct {
		text wire.Text
		want Text
	}{
		{nil, Text{}},
		{wire.Text{"en": "a", "de": "b"}, Text{"a", ""}},
		{wire.Text{"pt-BR": "c", "fr": "b"}, Text{"b", "fr"}},
		{wire.Text{`"x`: "b"}, Text{"b", ""}},
	} {
		if got := (&locale{tag: "en"}).local(c.text); got != c.want {
			t.Errorf("%v is shown as %+v, expected %+v", c.text, got, c.want)
		}
	}
}

func TestBestIcon(t *testing.T) {
	icon := func(path string, width int) wire.Image {
		return wire.Image{File: wire.File{Path: path}, Width: width}
	}
	small, middle, large, huge, vector := icon("32", 32), icon("64", 64), icon("256", 256), icon("1024", 1024), icon("svg", 0)
	for _, c := range []struct {
		icons []wire.Image
		want  string
	}{
		{[]wire.Image{small, middle}, "64"},
		{[]wire.Image{huge, small, large, middle}, "256"},
		{[]wire.Image{small, huge}, "1024"},
		{[]wire.Image{large, vector}, "svg"},
	} {
		if got := BestIcon(c.icons).Path; got != c.want {
			t.Errorf("best icon is %q, expected %q", got, c.want)
		}
	}
}
