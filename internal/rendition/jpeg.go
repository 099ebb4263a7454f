package rendition

import (
	"bytes"
	"image"
	"image/jpeg"
)

// quality is where photos of this size show no artefacts yet.
const quality = 82

// encodeJPEG writes pixels that are opaque. A picture without any colour is written without colours.
func encodeJPEG(pixels []byte, width, height int) ([]byte, error) {
	var m image.Image = &image.RGBA{Pix: pixels, Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}
	if grey := greys(pixels); grey != nil {
		m = &image.Gray{Pix: grey, Stride: width, Rect: image.Rect(0, 0, width, height)}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// greys returns a byte for each pixel, or nil if one has a colour or lets anything through.
func greys(pixels []byte) []byte {
	grey := make([]byte, 0, len(pixels)/4)
	for i := 0; i < len(pixels); i += 4 {
		p := pixels[i : i+4 : i+4]
		if p[0] != p[1] || p[1] != p[2] || p[3] != 255 {
			return nil
		}
		grey = append(grey, p[0])
	}
	return grey
}
