// Package casefile makes the files of a rule's examples that no text file can hold: pictures, damaged ones too, other
// binary content, and long content.
//
// In the archive of a rule, a file's name may be followed by " | " and a directive. It is one maker
//
//	png W H                  a picture
//	png W H claims W2 H2     the same with a header that says another size
//	apng W H                 a PNG that is animated: two frames
//	gif W H FRAMES
//	jpeg W H
//	webp W H                 a lossless one
//	webp-animated W H        two frames
//	hex                      the content is hexadecimal digits, and white space between them
//	repeat N                 the content, without its last newline, N times
//
// and after it, in any number, what is done to the file
//
//	truncated                only its first half
//	append TEXT              TEXT, up to the end of the directive, is put behind it
//
// which also may stand alone. The same directive makes the same bytes.
package casefile

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

const (
	maxSide   = 16383    // of a picture, in pixels: as far as a WebP goes
	maxPixels = 32 << 20 // of all frames together
	maxSize   = 64 << 20 // of what is repeated, in bytes
)

// Make returns the file that a directive makes of the content below it.
func Make(directive string, content []byte) ([]byte, error) {
	d := reader{words: strings.TrimSpace(directive)}
	data := d.make(content)
	if d.err != nil {
		return nil, fmt.Errorf("%q: %w", directive, d.err)
	}
	return data, nil
}

// A reader reads a directive, word by word. After an error, all that it returns is empty.
type reader struct {
	words string // those that are left
	err   error
}

func (d *reader) make(content []byte) []byte {
	data := d.maker(content)
	for d.err == nil && d.words != "" {
		switch word := d.next(); word {
		case "truncated":
			data = data[:len(data)/2]
		case "append":
			data = append(bytes.Clone(data), d.words...)
			d.words = ""
		default:
			d.fail("unknown word %q", word)
		}
	}
	return data
}

// maker returns the file before anything is done to it.
func (d *reader) maker(content []byte) []byte {
	rest := d.words
	switch maker := d.next(); maker {
	case "png":
		data := makePNG(d.size(1))
		if after, ok := strings.CutPrefix(d.words, "claims "); ok && d.err == nil {
			d.words = after
			claimPNG(data, d.number(1, 1<<31-1), d.number(1, 1<<31-1))
		}
		return data
	case "apng":
		return makeAPNG(d.size(2))
	case "gif":
		width, height := d.size(1)
		frames := d.number(1, max(1, maxPixels/max(1, width*height)))
		return makeGIF(width, height, frames)
	case "jpeg":
		return makeJPEG(d.size(1))
	case "webp":
		return makeWebP(d.size(1))
	case "webp-animated":
		return makeAnimatedWebP(d.size(2))
	case "hex":
		data, err := hex.DecodeString(strings.Join(strings.Fields(string(content)), ""))
		if err != nil {
			d.fail("%w", err)
		}
		return data
	case "repeat":
		content = bytes.TrimSuffix(content, []byte("\n"))
		return bytes.Repeat(content, d.number(0, maxSize/max(1, len(content))))
	case "truncated", "append":
		d.words = rest
		return content
	default:
		d.fail("unknown directive %q", maker)
		return nil
	}
}

func (d *reader) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
	d.words = ""
}

func (d *reader) next() string {
	word, rest, _ := strings.Cut(d.words, " ")
	d.words = rest
	return word
}

// number returns a whole number from least to most, or 0.
func (d *reader) number(least, most int) int {
	word := d.next()
	n, err := strconv.Atoi(word)
	if d.err == nil && (err != nil || n < least || n > most) {
		d.fail("%q, expected a number from %d to %d", word, least, most)
	}
	if d.err != nil {
		return 0
	}
	return n
}

// size returns the width and the height of each of some frames, or 0.
func (d *reader) size(frames int) (width, height int) {
	width, height = d.number(1, maxSide), d.number(1, maxSide)
	if d.err == nil && width*height*frames > maxPixels {
		d.fail("more than %d pixels", maxPixels)
	}
	if d.err != nil {
		return 0, 0
	}
	return width, height
}
