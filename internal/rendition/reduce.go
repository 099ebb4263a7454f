package rendition

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Bounds of a picture whose colours are reduced. A photo is beyond them.
const (
	maxColours = 1 << 15
	maxError   = 12 // the squares of the differences of all channels of a pixel, summed up, on average: 2 of 255 in each, which is hardly seen
)

// reduce returns a picture in at most 256 colours, or false if that could be seen. Screenshots have few colours, and scaling mixes them to
// many that are nearly the same; with a palette, the file is half as large.
//
// The colours are split into boxes, at each step the one with the largest error in two, at the mean of the channel that has most of it.
func reduce(pixels []byte) ([]byte, bool) {
	counts := make(map[uint32]int64)
	for i := 0; i < len(pixels); i += 4 {
		counts[binary.BigEndian.Uint32(pixels[i:])]++
		if len(counts) > maxColours {
			return nil, false
		}
	}
	all := make([]tally, 0, len(counts))
	for c, n := range counts {
		all = append(all, tally{c, n})
	}
	slices.SortFunc(all, func(a, b tally) int { return cmp.Compare(a.colour, b.colour) })
	boxes := []box{newBox(all)}
	for len(boxes) < 256 {
		worst := 0
		for i, b := range boxes {
			if b.error > boxes[worst].error {
				worst = i
			}
		}
		if boxes[worst].error == 0 {
			break
		}
		low, high := boxes[worst].split()
		boxes[worst] = low
		boxes = append(boxes, high)
	}
	var total int64
	stands := make(map[uint32]uint32, len(all))
	for _, b := range boxes {
		c := b.colour()
		for _, t := range b.tallies {
			stands[t.colour] = c
			for channel := range 4 {
				total += t.error(channel, int64(c>>(8*channel)&255))
			}
		}
	}
	if total > maxError*int64(len(pixels)/4) {
		return nil, false
	}
	reduced := make([]byte, 0, len(pixels))
	for i := 0; i < len(pixels); i += 4 {
		reduced = binary.BigEndian.AppendUint32(reduced, stands[binary.BigEndian.Uint32(pixels[i:])])
	}
	return reduced, true
}

// A tally is a colour and how many pixels have it.
type tally struct {
	colour uint32
	count  int64
}

// at returns a channel's value.
func (t tally) at(channel int) int64 { return int64(t.colour >> (8 * channel) & 255) }

// error returns what it costs if a channel gets that value instead.
func (t tally) error(channel int, v int64) int64 {
	d := t.at(channel) - v
	return d * d * t.count
}

// A box is colours that one of them may stand for.
type box struct {
	tallies []tally
	count   int64
	sum     [4]int64 // of each channel, by all pixels
	channel int      // the one with the largest error
	error   int64    // from its mean
}

func newBox(tallies []tally) box {
	b := box{tallies: tallies}
	for _, t := range tallies {
		b.count += t.count
	}
	for channel := range 4 {
		var e int64
		for _, t := range tallies {
			b.sum[channel] += t.at(channel) * t.count
		}
		mean := b.mean(channel)
		for _, t := range tallies {
			e += t.error(channel, mean)
		}
		if e > b.error {
			b.channel, b.error = channel, e
		}
	}
	return b
}

// mean returns the mean of a channel, rounded.
func (b *box) mean(channel int) int64 { return (b.sum[channel] + b.count/2) / b.count }

// split returns two boxes: with what is at most the mean, and with what is more. If there is an error, there are both.
func (b *box) split() (low, high box) {
	n := 0 // of those that go low
	for i, t := range b.tallies {
		if t.at(b.channel)*b.count <= b.sum[b.channel] {
			b.tallies[n], b.tallies[i] = t, b.tallies[n]
			n++
		}
	}
	return newBox(b.tallies[:n]), newBox(b.tallies[n:])
}

// colour returns the colour that stands for all: the mean, or the one that most pixels have, so that grounds keep their colour exactly.
func (b *box) colour() uint32 {
	for _, t := range b.tallies {
		if 2*t.count > b.count {
			return t.colour
		}
	}
	var c uint32
	for channel := range 4 {
		c |= uint32(b.mean(channel)) << (8 * channel)
	}
	return c
}
