package pagetest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// picture draws a picture that looks like something: a gradient with a grid.
func picture(width, height int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{uint8(40 + 160*x/width), uint8(60 + 120*y/height), 150, 255}
			if x%40 == 0 || y%40 == 0 {
				c = color.NRGBA{230, 230, 230, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func pngOf(width, height int) string {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(width, height)); err != nil {
		panic(err)
	}
	return b.String()
}

func jpegOf(width, height int) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(width, height), nil); err != nil {
		panic(err)
	}
	return b.String()
}

const (
	svgIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#345"/><circle cx="32" cy="32" r="16" fill="#9cf"/></svg>`
	// evilIcon is what no package could be published with: a drawing that runs script and loads something when it is opened by itself.
	evilIcon = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 64 64" onload="alert(1)"><script>document.documentElement.setAttribute("x", "1"); fetch("https://evil.example/")</script><image xlink:href="https://evil.example/x.png" width="64" height="64"/><circle cx="32" cy="32" r="16"/></svg>`
)
