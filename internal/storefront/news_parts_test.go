package storefront

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

// TestDayParts: a day with so many releases that one page couldn't hold them has several, of which the earlier ones keep still.
func TestDayParts(t *testing.T) {
	for releases, want := range map[int]int{0: 0, 199: 0, 399: 0, 400: 1, 599: 1, 600: 2, 10_000: 49} {
		if got := DayParts(releases); got != want {
			t.Errorf("%d releases have %d numbered parts, expected %d", releases, got, want)
		}
	}
	r := newRenderer(t)
	day := wire.Day{Day: "2026-11-21"}
	for i := range 2*DayPart - 1 {
		day.Releases = append(day.Releases, wire.DayRelease{Log: int64(i), ID: fmt.Sprintf("package-%d", i*7919%1000), Version: "1.0.0", Channel: wire.Stable, Name: wire.Text{"en": fmt.Sprintf("Package %d", i)}})
	}
	files, err := r.Day(DayPage{Registry: registry, Day: day, Older: 3, Count: 999})
	if err != nil {
		t.Fatal(err)
	}
	if page := files[0].Data; !bytes.Contains(page, []byte(`href="../../en/new/2026-11-21-3.html"`)) || !bytes.Contains(page, []byte("999 releases")) {
		t.Error("the page doesn't lead to the part before, or doesn't say how many there are")
	}
	files, err = r.Day(DayPage{Registry: registry, Day: day, Part: 1})
	if err != nil || files[0].Path != "en/new/2026-11-21-1.html" || bytes.Contains(files[0].Data, []byte(`rel="next"`)) {
		t.Errorf("the first part is at %s, or leads on (%v)", files[0].Path, err)
	}
}
