package rendition

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/zlib"
)

// Colour types (PNG, third edition, 11.2.1).
const (
	pngGrey    = 0
	pngColour  = 2
	pngPalette = 3
	pngAlpha   = 6 // red, green, blue and alpha
)

// level is zlib's. Higher ones take half as long again for 2 % fewer bytes.
const level = 6

// A pngForm is pixels as a PNG may hold them.
type pngForm struct {
	colourType, depth byte
	palette, alphas   []byte // of colour type 3 only
	stride            int    // bytes of a row
	step              int    // bytes of a pixel, at least 1
	rows              []byte
}

// encodePNG writes pixels in the form that takes the fewest bytes: with a palette if 256 colours are enough, or nearly; else with all colours.
// Filters help with photos and gradients, and harm where there is text.
func encodePNG(pixels []byte, width, height int) []byte {
	var best []byte
	try := func(f pngForm, filtered bool) {
		if out := f.file(width, height, deflate(f.lines(filtered))); best == nil || len(out) < len(best) {
			best = out
		}
	}
	f, exact := indexed(pixels, width)
	if !exact {
		if reduced, ok := reduce(pixels); ok {
			f, _ = indexed(reduced, width)
			try(f, false)
			return best
		}
	} else {
		try(f, false)
	}
	if !exact || f.depth == 8 {
		f = trueColour(pixels, width)
		try(f, false)
		try(f, true)
	}
	return best
}

// trueColour returns pixels as samples of 8 bits, as few as there have to be.
func trueColour(pixels []byte, width int) pngForm {
	if grey := greys(pixels); grey != nil {
		return pngForm{colourType: pngGrey, depth: 8, stride: width, step: 1, rows: grey}
	}
	for i := 3; i < len(pixels); i += 4 {
		if pixels[i] != 255 {
			return pngForm{colourType: pngAlpha, depth: 8, stride: 4 * width, step: 4, rows: pixels}
		}
	}
	rows := make([]byte, 0, len(pixels)/4*3)
	for i := 0; i < len(pixels); i += 4 {
		rows = append(rows, pixels[i:i+3]...)
	}
	return pngForm{colourType: pngColour, depth: 8, stride: 3 * width, step: 3, rows: rows}
}

// indexed returns pixels as indexes into a palette, if 256 colours are enough. What isn't opaque comes first, since the list of alphas ends
// with the last of those; then they are sorted, so that neighbours in it look alike.
func indexed(pixels []byte, width int) (pngForm, bool) {
	index := make(map[uint32]byte, 256)
	for i := 0; i < len(pixels); i += 4 {
		c := binary.BigEndian.Uint32(pixels[i:])
		if _, ok := index[c]; !ok {
			if len(index) == 256 {
				return pngForm{}, false
			}
			index[c] = 0
		}
	}
	colours := make([]uint32, 0, len(index))
	for c := range index {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b uint32) int {
		if opaque := int(a&255/255) - int(b&255/255); opaque != 0 {
			return opaque
		}
		return cmp.Compare(a, b)
	})
	f := pngForm{colourType: pngPalette, depth: 8, step: 1}
	for i, c := range colours {
		index[c] = byte(i)
		f.palette = append(f.palette, byte(c>>24), byte(c>>16), byte(c>>8))
		if alpha := byte(c); alpha != 255 {
			f.alphas = append(f.alphas, alpha)
		}
	}
	for f.depth > 1 && len(colours) <= 1<<(f.depth/2) {
		f.depth /= 2
	}
	perByte := 8 / int(f.depth)
	f.stride = (width + perByte - 1) / perByte
	f.rows = make([]byte, f.stride*(len(pixels)/4/width))
	for i := range len(pixels) / 4 {
		x, y := i%width, i/width
		shift := 8 - int(f.depth)*(x%perByte+1)
		f.rows[y*f.stride+x/perByte] |= index[binary.BigEndian.Uint32(pixels[4*i:])] << shift
	}
	return f, true
}

// lines returns the rows, each behind the number of its filter (9.2). With filters, each row gets the one with the least sum of
// differences from 0, which is the usual guess; else the filter that leaves a row as it is.
func (f *pngForm) lines(filtered bool) []byte {
	out := make([]byte, 0, len(f.rows)+len(f.rows)/max(f.stride, 1))
	above := make([]byte, f.stride)
	var tries [5][]byte
	for i := range tries {
		tries[i] = make([]byte, f.stride)
	}
	for at := 0; at < len(f.rows); at += f.stride {
		row := f.rows[at : at+f.stride]
		if !filtered {
			out = append(append(out, 0), row...)
			continue
		}
		best := filter(tries, row, above, f.step)
		out = append(append(out, byte(best)), tries[best]...)
		above = row
	}
	return out
}

// filter writes a row by each filter, and returns which one to take.
func filter(tries [5][]byte, row, above []byte, step int) int {
	var sums [5]int
	none, sub, up, average, paeth := tries[0], tries[1], tries[2], tries[3], tries[4]
	for i, v := range row {
		var left, corner byte
		if i >= step {
			left, corner = row[i-step], above[i-step]
		}
		over := above[i]
		none[i], sub[i], up[i] = v, v-left, v-over
		average[i] = v - byte((int(left)+int(over))/2)
		paeth[i] = v - predict(int(left), int(over), int(corner))
		sums[0] += distance(v)
		sums[1] += distance(sub[i])
		sums[2] += distance(up[i])
		sums[3] += distance(average[i])
		sums[4] += distance(paeth[i])
	}
	best := 0
	for i, sum := range sums {
		if sum < sums[best] {
			best = i
		}
	}
	return best
}

// distance returns how far a difference is from 0, around the end of the numbers.
func distance(v byte) int { return min(int(v), 256-int(v)) }

// predict is Paeth's predictor (9.4).
func predict(left, over, corner int) byte {
	p := left + over - corner
	l, o, c := abs(p-left), abs(p-over), abs(p-corner)
	switch {
	case l <= o && l <= c:
		return byte(left)
	case o <= c:
		return byte(over)
	}
	return byte(corner)
}

func abs(v int) int { return max(v, -v) }

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // the level is a valid one, and the buffer takes everything
	}
	return b.Bytes()
}

// file returns a PNG.
func (f *pngForm) file(width, height int, compressed []byte) []byte {
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = binary.BigEndian.AppendUint32(header, uint32(height))
	header = append(header, f.depth, f.colourType, 0, 0, 0) // deflate, filters of rows, no passes
	out := make([]byte, 0, len(compressed)+len(f.palette)+len(f.alphas)+100)
	out = append(out, "\x89PNG\r\n\x1a\n"...)
	out = chunk(out, "IHDR", header)
	if f.colourType == pngPalette {
		out = chunk(out, "PLTE", f.palette)
	}
	if len(f.alphas) > 0 {
		out = chunk(out, "tRNS", f.alphas)
	}
	out = chunk(out, "IDAT", compressed)
	return chunk(out, "IEND", nil)
}

func chunk(out []byte, name string, body []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	start := len(out)
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
