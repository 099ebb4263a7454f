package rendition

// A line is one row of a source.
type line struct {
	pixels []byte   // red, green, blue and alpha of each, as a PNG has them
	sums   []uint64 // the same with colours multiplied by alpha: of 255 × 255, which is exact
}

func newLine(width int) *line {
	return &line{pixels: make([]byte, 4*width), sums: make([]uint64, 4*width)}
}

// premultiply fills sums, and tells whether no pixel lets anything through.
func (l *line) premultiply() (opaque bool) {
	opaque = true
	for i := 0; i+4 <= len(l.pixels); i += 4 {
		p, s := l.pixels[i:i+4:i+4], l.sums[i:i+4:i+4]
		a := uint64(p[3])
		s[0], s[1], s[2], s[3] = uint64(p[0])*a, uint64(p[1])*a, uint64(p[2])*a, a
		opaque = opaque && a == 255
	}
	return opaque
}

// A scaler makes a picture smaller, row by row. A pixel of the result is the average of the area that it covers in the source, where
// what is transparent counts for as little as it shows.
//
// In units of which a pixel of the source is width wide, one of the result is sourceWidth wide; so all edges are whole
// numbers, and so it is with heights. The largest sum is 255 × 255 × the source's pixels, which is far below 2⁶⁴.
type scaler struct {
	sourceWidth, sourceHeight int
	width, height             int    // of the result
	out                       []byte // as line.pixels, the rows that are done
	row                       []uint64
	sums                      []uint64 // of the row of the result that isn't done
	missing                   int      // how much of its height, in those units
}

func newScaler(sourceWidth, sourceHeight, width int) *scaler {
	height := max(1, (sourceHeight*width+sourceWidth/2)/sourceWidth)
	return &scaler{
		sourceWidth: sourceWidth, sourceHeight: sourceHeight, width: width, height: height,
		out: make([]byte, 0, 4*width*height), row: make([]uint64, 4*width), sums: make([]uint64, 4*width), missing: sourceHeight,
	}
}

// add takes the next row of the source.
func (s *scaler) add(l *line) {
	s.narrow(l.sums)
	for left := s.height; left > 0; { // of this row's height
		part := min(left, s.missing)
		for i, v := range s.row {
			s.sums[i] += v * uint64(part)
		}
		left -= part
		if s.missing -= part; s.missing == 0 {
			s.finish()
		}
	}
}

// narrow sums up a row of the source to s.row.
func (s *scaler) narrow(src []uint64) {
	at, left := 0, s.width // the pixel of the source, and how much of its width isn't used yet
	for i := 0; i < len(s.row); i += 4 {
		var r, g, b, a uint64
		for missing := s.sourceWidth; missing > 0; {
			part := min(left, missing)
			p, n := src[at:at+4:at+4], uint64(part)
			r, g, b, a = r+p[0]*n, g+p[1]*n, b+p[2]*n, a+p[3]*n
			missing -= part
			if left -= part; left == 0 {
				at, left = at+4, s.width
			}
		}
		row := s.row[i : i+4 : i+4]
		row[0], row[1], row[2], row[3] = r, g, b, a
	}
}

// finish writes a row of the result.
func (s *scaler) finish() {
	area := uint64(s.sourceWidth) * uint64(s.sourceHeight)
	for i := 0; i < len(s.sums); i += 4 {
		p := s.sums[i : i+4 : i+4]
		a := p[3]
		alpha := (a + area/2) / area
		if alpha == 0 {
			s.out = append(s.out, 0, 0, 0, 0) // no colour can be seen, so all are the same
			continue
		}
		s.out = append(s.out, byte((p[0]+a/2)/a), byte((p[1]+a/2)/a), byte((p[2]+a/2)/a), byte(alpha))
	}
	clear(s.sums)
	s.missing = s.sourceHeight
}
