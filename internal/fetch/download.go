package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of new tries at one mirror, within one download.
const (
	maxBreaks   = 5 // in a row that each brought less than a server has to send in one span of patience
	maxRestarts = 2 // from byte 0, where a server can't go on in the middle
)

// Download writes the file that ref names to w, such as an empty [os.File]: nothing behind ref.Size bytes, but each of them perhaps more
// than once. It returns nil when all of them are there and have the right hash. Else w may hold anything.
//
// After a break it goes on where it was, at the same mirror or at the next one. If the bytes of several mirrors don't make the file, it
// starts again, and takes all from one. The error is an [*Error], unless ctx is done or w fails.
func (s *Source) Download(ctx context.Context, path string, ref wire.Ref, w io.WriterAt) error {
	if ref.Size < 0 {
		return fmt.Errorf("%s: the reference has a size of %d bytes", path, ref.Size)
	}
	d := &download{s: s, path: path, ref: ref, w: w, buf: make([]byte, 64<<10), hash: sha256.New()}
	err := s.each(ctx, path, s.first(), func(i int) error { return d.from(ctx, i) })
	var mixed *mixedError
	if !errors.As(err, &mixed) {
		return err
	}
	return s.each(ctx, path, mixed.last, func(i int) error {
		d.reset()
		return d.from(ctx, i)
	})
}

// download is a file on its way.
type download struct {
	s     *Source
	path  string
	ref   wire.Ref
	w     io.WriterAt
	buf   []byte
	hash  hash.Hash // of what is there
	got   int64     // bytes that are there
	owner int       // the mirror that the first of them came from
	mixed bool      // others came from another mirror
}

// mixedError says that bytes of several mirrors don't make the file. Nobody can say which of them is to blame.
type mixedError struct{ last int }

func (*mixedError) Error() string { return "the bytes of several mirrors don't fit together" }

// reset forgets what is there.
func (d *download) reset() {
	d.got, d.mixed = 0, false
	d.hash.Reset()
}

// from gets what is missing from one mirror.
func (d *download) from(ctx context.Context, i int) error {
	return twice(d.ref, func(past string) error { return d.ask(ctx, i, past) })
}

// ask gets what is missing from one mirror. It goes on after breaks as long as that brings something.
func (d *download) ask(ctx context.Context, i int, past string) error {
	for breaks, restarts := 0, 0; ; {
		before := d.got
		brought, start, err := d.stream(ctx, i, past)
		if err == nil {
			return d.check(i)
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != Network || brought == 0 {
			return err
		}
		switch {
		case start < before:
			breaks++
			restarts++
		case brought < d.s.worth:
			breaks++
		default:
			breaks = 0
		}
		if breaks > maxBreaks || restarts > maxRestarts {
			return err
		}
	}
}

// stream sends one request for what is missing, and writes what comes. It returns how many bytes came, and where they started.
func (d *download) stream(ctx context.Context, i int, past string) (brought, start int64, err error) {
	m := d.s.mirrors[i]
	body, start, err := m.file(ctx, d.path, past, d.got, d.ref.Size)
	if err != nil {
		return 0, d.got, err
	}
	defer body.Close()
	if start != d.got {
		d.reset()
	}
	for d.got < d.ref.Size {
		if ctx.Err() != nil {
			return brought, start, ctx.Err()
		}
		n, err := body.Read(d.buf[:min(int64(len(d.buf)), d.ref.Size-d.got)])
		if n > 0 {
			if err := d.write(i, d.buf[:n]); err != nil {
				return brought, start, err
			}
			brought += int64(n)
		}
		switch {
		case err == io.EOF && d.got < d.ref.Size:
			err := fail(m, d.path, Content, fmt.Errorf("size is %d bytes, expected %d", d.got, d.ref.Size))
			d.reset()
			return brought, start, err
		case err != nil && err != io.EOF:
			return brought, start, err
		}
	}
	return brought, start, nil
}

// write adds bytes that came from a mirror.
func (d *download) write(i int, data []byte) error {
	if d.got == 0 {
		d.owner = i
	}
	d.mixed = d.mixed || d.owner != i
	if _, err := d.w.WriteAt(data, d.got); err != nil {
		return fmt.Errorf("write %s: %w", d.path, err)
	}
	d.hash.Write(data)
	d.got += int64(len(data))
	if d.s.progress != nil {
		d.s.progress(d.path, d.got, d.ref.Size)
	}
	return nil
}

// check returns an error, and forgets what is there, unless it is the file. Mirror i brought the last of it.
func (d *download) check(i int) error {
	sum := hex.EncodeToString(d.hash.Sum(nil))
	if sum == d.ref.SHA256 {
		return nil
	}
	mixed := d.mixed
	d.reset()
	if mixed {
		return &mixedError{i}
	}
	return fail(d.s.mirrors[i], d.path, Content, fmt.Errorf("sha256 is %s, expected %s", sum, d.ref.SHA256))
}
