package storefront

import (
	"io"

	"github.com/klauspost/compress/flate"
)

// maxWeight is how many bytes the text of a page may add to what a reader fetches, which is compressed. A page has at most 60 KB with everything,
// and half of that is for the rest of the page, its style and scripts.
const maxWeight = 28 << 10

// weight returns how many bytes a part of a page takes when it is compressed. Of one that has no more than enough as it is, that is
// its length.
func weight(part string, enough int) int {
	if len(part) <= enough {
		return len(part)
	}
	var n counter
	w, err := flate.NewWriter(&n, 6) // as servers do
	if err == nil {
		_, err = io.WriteString(w, part)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return len(part) // it can't be: the level is a valid one, and a counter takes everything
	}
	return int(n)
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
