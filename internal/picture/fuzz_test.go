package picture

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
)

// Whatever a file holds, checking it ends soon, without a panic, and with findings that are complete. A PNG without an error can be
// read by image/png, too.
func FuzzCheck(f *testing.F) {
	for _, directive := range []string{"png 9 7", "apng 9 7", "jpeg 9 7", "gif 9 7 2", "webp 9 7", "webp-animated 9 7"} {
		f.Add(made(f, directive), uint8(0))
	}
	f.Add(encodePNG(f, noise(3)), uint8(0))
	f.Add(unhex(f, progressiveSample), uint8(0))
	f.Add(unhex(f, lossySample), uint8(0))
	f.Add(unhex(f, alphaSample), uint8(0))
	f.Add([]byte(svgSample), uint8(4))
	f.Add([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><style>a{fill:url(#b)}</style><a href="#b" style="c:d" fill="url('#b')"/></svg>`), uint8(4))
	endings := []string{".png", ".jpg", ".gif", ".webp", ".svg", ".txt"}
	f.Fuzz(func(t *testing.T, data []byte, ending uint8) {
		name := "a" + endings[int(ending)%len(endings)]
		if kind := kindOf(data); kind != "" && ending < 128 {
			name = "a" + kinds[kind].extensions[0]
		}
		start := time.Now()
		info, findings := Check(name, data, Rule{What: "it", Kinds: rasters, Square: true, Severity: check.Warning})
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("it took %v", took)
		}
		for _, finding := range findings {
			if !strings.HasPrefix(finding.Code, "image/") || finding.Severity == "" || finding.Path != name || !strings.HasPrefix(finding.Message, "it ") || finding.Hint == "" {
				t.Fatalf("it isn't complete: %+v", finding)
			}
		}
		if len(findings.Errors()) > 0 {
			return
		}
		if info.Kind == "" || info.Kind != SVG && (info.Width <= 0 || info.Height <= 0) {
			t.Fatalf("no error, and yet it isn't known: %+v", info)
		}
		if info.Kind == PNG && info.Width*info.Height < 1<<20 {
			m, err := png.Decode(bytes.NewReader(data))
			if err != nil || m.Bounds().Dx() != info.Width || m.Bounds().Dy() != info.Height {
				t.Fatalf("image/png reads it as %v", err)
			}
		}
	})
}
