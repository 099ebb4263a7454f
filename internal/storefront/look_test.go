package storefront

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	r, err := New(site.FS, wire.Site{})
	if err != nil {
		t.Fatal(err)
	}
	r.site.Dangerous = []string{"network"}
	put := func(path string, data []byte) {
		path = filepath.Join(dir, path)
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cache := map[[3]int][]byte{}
	pic := func(w, h int, c uint8) []byte {
		c = c / 40 * 40
		if b := cache[[3]int{w, h, int(c)}]; b != nil {
			return b
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.Set(x, y, color.RGBA{c, uint8(255 * y / h), uint8(255 * x / w), 255})
			}
		}
		var b bytes.Buffer
		_ = png.Encode(&b, img)
		cache[[3]int{w, h, int(c)}] = b.Bytes()
		return b.Bytes()
	}
	for path, data := range r.Static() {
		put(path, data)
	}
	samples := map[string]Package{"rich": fullRelease(), "bare": bareRelease(), "plain": plainRelease(), "hostile": hostileRelease(), "blocked": richRelease(), "delisted": fullRelease(), "own": fullRelease()}
	for name, p := range samples {
		switch name {
		case "blocked":
			p.Advisories = advisories()
		case "delisted":
			p.List.State = "delisted"
		case "own":
			p.Own = true
		}
		p.Metadata.ID = name
		for _, f := range p.Metadata.Assets() {
			data := pic(1600, 1000, uint8(len(f.Path)*9))
			if strings.Contains(f.Path, "icon") {
				data = pic(192, 192, 90)
			}
			if strings.HasSuffix(f.Path, ".svg") {
				data = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400"><rect width="600" height="400" fill="#7ac"/><circle cx="300" cy="200" r="120" fill="#fff"/></svg>`)
			}
			put("packages/"+name+"/"+p.Metadata.Version+"/assets/"+f.Path, data)
		}
		for _, rs := range p.Renditions {
			for _, rd := range rs {
				put(rd.Path, pic(rd.Width, rd.Height, 100))
			}
		}
		files, err := r.Package(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			put(f.Path, f.Data)
		}
	}
	l, err := r.Landing(Landing{Registry: registry, Metadata: manaLook(), Link: "mana://import?url=x", Picture: "mana/disk-watch/qr.svg"})
	if err != nil {
		t.Fatal(err)
	}
	put("mana/disk-watch/index.html", l)
}

func manaLook() (m wire.Metadata) {
	m = richMetadata()
	m.Format, m.Requires = "mana", []string{"tasks", "calendar"}
	return m
}
