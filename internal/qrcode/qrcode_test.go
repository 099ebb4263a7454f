package qrcode

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", MaxText+1)} {
		if d, side := Path(text); d != "" || side != 0 {
			t.Errorf("%d bytes have a code of %d modules: %.100s", len(text), side, d)
		}
	}
	d, side := Path("a")
	if again, _ := Path("a"); again != d || side != 29 || !strings.HasPrefix(d, "M4 4h7v1h-7z") {
		t.Errorf("the path is %.100s, of %d modules", d, side)
	}
}

// TestScanned: a program that reads codes reads them.
func TestScanned(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("REGEN_REQUIRE_TOOLS") != "" {
			t.Fatal("zbarimg isn't installed, and REGEN_REQUIRE_TOOLS is set")
		}
		t.Skip("zbarimg isn't installed")
	}
	for i, text := range []string{"https://plugins.example.org/de/apps/disk-watch/", "mana://import?url=https%3A%2F%2Fexample.org%2Fx.mana&sha256=" + strings.Repeat("0f", 32), strings.Repeat("https://e.org/", 50), "ä€😀", strings.Repeat("x", MaxText)} {
		file := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(file, draw(t, text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", file).Output()
		if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != text {
			t.Errorf("%d: was read as %q, expected %q (%v)", i, got, text, err)
		}
	}
}

// draw draws the path of a text as a picture.
func draw(t *testing.T, text string) []byte {
	t.Helper()
	const scale = 4
	d, side := Path(text)
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for piece := range strings.SplitAfterSeq(strings.TrimSuffix(d, "z"), "z") {
		var x, y, run, back int
		if _, err := fmt.Sscanf(piece, "M%d %dh%dv1h-%d", &x, &y, &run, &back); err != nil || run != back || run < 1 {
			t.Fatalf("%q: %v", piece, err)
		}
		for py := y * scale; py < (y+1)*scale; py++ {
			for px := x * scale; px < (x+run)*scale; px++ {
				img.SetGray(px, py, color.Gray{})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkPath(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Path("https://plugins.example.org/en/apps/disk-watch/")
	}
}
