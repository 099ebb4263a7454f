// Package qrcode makes QR codes (ISO/IEC 18004) as paths of SVG.
//
// The rules:
//
//   - A code can be read even if 15 % of it is covered (level M), and has the light margin that it needs.
//   - A text that is too long for a camera to read from a screen has no code.
//   - Equal texts give equal paths.
package qrcode

import (
	"strconv"
	"strings"

	"rsc.io/qr"
)

// MaxText bounds what a code is made of, in bytes. That takes 101 modules a side, and a camera hardly tells more apart on a screen.
const MaxText = 700

// quiet is the light margin that a code needs, in modules (ISO/IEC 18004, 6.3.8).
const quiet = 4

// Path returns the dark modules of a text's code as the path of an SVG, with a piece for each run of them, and the side of the whole picture with its margin,
// in modules, which are the units of the path. The path is "" for no text, and for one of more than [MaxText] bytes.
func Path(text string) (d string, side int) {
	if text == "" || len(text) > MaxText {
		return "", 0
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", 0
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for code.Black(x, y) { // nothing outside is
				x++
			}
			if run := strconv.Itoa(x - start); x > start {
				b.WriteString("M" + strconv.Itoa(start+quiet) + " " + strconv.Itoa(y+quiet) + "h" + run + "v1h-" + run + "z")
			}
		}
	}
	return b.String(), code.Size + 2*quiet
}
