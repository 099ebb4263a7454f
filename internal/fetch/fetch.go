// Package fetch reads a published tree from mirrors: web servers, or directories such as a USB stick. None of them is trusted.
//
// The rules that this package enforces:
//
//   - All requests of all devices for a file look alike: a plain GET with a constant User-Agent, without cookies, validators or
//     referrers. Only a download that goes on after a break has a Range.
//   - Nothing is endless. A document has at most as many bytes as its reader allows, decoded, and a download as its reference says.
//     Headers, redirects, connecting and new tries are bounded, and a server that sends too little is left for the next one.
//   - Bytes that a reference names are those bytes, or there is an error. A mirror that has others, or none, is asked once more past
//     the caches (?<sha256> behind the path). Then the next mirror is asked.
//   - An answer that doesn't fit the request (a 304, a part of a file that nobody asked for, an encoding, a length) is an error of
//     that mirror. A continuation that doesn't fit makes the download start again.
//   - Redirects don't lead off https.
//
// What has no reference, such as the head, is only as good as the caller's own checks.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// Options say how to read. The zero value is fine.
type Options struct {
	// Client sends the requests; nil stands for a client that goes straight to the servers, without a proxy, and resumes no TLS
	// sessions. Its transport is used as it is: whoever gives one bounds headers and connecting. Its cookies and its rule for
	// redirects aren't used.
	Client *http.Client
	// Patience is how long a server may send nothing, or less than MinRate on average. The time until its headers are there counts.
	// 0 stands for 30 seconds.
	Patience time.Duration
	// MinRate is in bytes a second. 0 stands for 1,024.
	MinRate int64
	// Progress is called, if it isn't nil, whenever a download has more bytes than before, or starts again with fewer.
	// It is called from the goroutine of the download, many times a second.
	Progress func(path string, done, total int64)
}

// The defaults of [Options].
const (
	defaultPatience = 30 * time.Second
	defaultMinRate  = 1 << 10
)

// Source reads a published tree from mirrors. It is safe for concurrent use.
type Source struct {
	mirrors  []mirror
	progress func(path string, done, total int64)
	worth    int64        // bytes that a server has to send in one span of patience
	worked   atomic.Int64 // the mirror that worked last, which is asked first
}

var _ store.Reader = (*Source)(nil)

// A mirror is one place that a tree is read from. Its errors are each an [*Error], also those of a body that breaks.
type mirror interface {
	// String returns the mirror's URL or directory, with a separator at its end.
	String() string
	// document returns the file at path: at most limit bytes. past is behind the path, to get past caches.
	document(ctx context.Context, path, past string, limit int64) ([]byte, error)
	// file opens the file at path, which has size bytes. The body starts at from, or at 0 where that can't be had.
	file(ctx context.Context, path, past string, from, size int64) (body io.ReadCloser, start int64, err error)
}

// New returns the tree that the mirrors hold. Each is the URL of the tree, https or http, or the path of a directory. They are asked
// in the order given, until one fails: then the one that worked last is the first to be asked.
func New(mirrors []string, o Options) (*Source, error) {
	if len(mirrors) == 0 {
		return nil, errors.New("no mirror is given, expected a URL or a directory")
	}
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	if o.MinRate <= 0 {
		o.MinRate = defaultMinRate
	}
	client := newClient(o.Client)
	s := &Source{progress: o.Progress, worth: perPatience(o.MinRate, o.Patience)}
	for _, place := range mirrors {
		if !isURL(place) {
			if place == "" {
				return nil, errors.New("a mirror is empty, expected a URL or a directory")
			}
			s.mirrors = append(s.mirrors, newDir(place))
			continue
		}
		base, err := baseURL(place)
		if err != nil {
			return nil, err
		}
		s.mirrors = append(s.mirrors, &web{base: base, client: client, need: s.worth, patience: o.Patience})
	}
	return s, nil
}

// Mirrors returns the mirrors, in the order given.
func (s *Source) Mirrors() []string {
	names := make([]string, len(s.mirrors))
	for i, m := range s.mirrors {
		names[i] = m.String()
	}
	return names
}

// Read implements [store.Reader]. It returns what the first mirror has that has anything. The error is an [*Error], unless ctx is done.
func (s *Source) Read(ctx context.Context, path string, limit int64) (data []byte, err error) {
	err = s.each(ctx, path, s.first(), func(i int) error {
		data, err = s.mirrors[i].document(ctx, path, "", bounded(limit))
		return err
	})
	return data, err
}

// ReadFrom is [Source.Read] from one mirror, an index of [Source.Mirrors]. So the heads of all mirrors can be compared: one of them may
// be older than the others.
func (s *Source) ReadFrom(ctx context.Context, mirror int, path string, limit int64) ([]byte, error) {
	if mirror < 0 || mirror >= len(s.mirrors) {
		return nil, fmt.Errorf("there is no mirror %d, expected one of %d", mirror, len(s.mirrors))
	}
	one := &Source{mirrors: s.mirrors[mirror : mirror+1]}
	return one.Read(ctx, path, limit)
}

// ReadRef returns the bytes that ref names, from the first mirror that has them. It asks nobody if they are more than limit. The error
// is an [*Error], unless ctx is done.
func (s *Source) ReadRef(ctx context.Context, path string, ref wire.Ref, limit int64) (data []byte, err error) {
	if ref.Size > limit {
		return nil, &Error{Path: path, Kind: TooLarge, Err: fmt.Errorf("%d bytes are named: %w: at most %d", ref.Size, store.ErrTooLarge, limit)}
	}
	err = s.each(ctx, path, s.first(), func(i int) error {
		m := s.mirrors[i]
		return twice(ref, func(past string) error {
			data, err = m.document(ctx, path, past, bounded(ref.Size))
			if errors.Is(err, store.ErrTooLarge) {
				return fail(m, path, Content, fmt.Errorf("more than %d bytes, expected just as many", ref.Size))
			}
			if err == nil {
				if err := ref.Check(data); err != nil {
					return fail(m, path, Content, err)
				}
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// first returns the mirror to begin with.
func (s *Source) first() int { return int(s.worked.Load()) }

// each asks one mirror after the other, beginning with the given one, until one succeeds or there is an error that isn't a mirror's.
func (s *Source) each(ctx context.Context, path string, first int, ask func(i int) error) error {
	if err := checkPath(path); err != nil {
		return err
	}
	var failures Failures
	for k := range s.mirrors {
		if ctx.Err() != nil {
			break
		}
		i := (first + k) % len(s.mirrors)
		err := ask(i)
		if err == nil {
			s.worked.Store(int64(i))
			return nil
		}
		var e *Error
		if !errors.As(err, &e) {
			return err
		}
		failures = append(failures, e)
	}
	// What the last mirror said is then about the context.
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", path, ctx.Err())
	}
	return failures.join(path)
}

// twice asks a mirror, and once more past its caches if it has other bytes than ref names, or none. Of two errors it returns the worse.
func twice(ref wire.Ref, ask func(past string) error) error {
	err := ask("")
	var first, second *Error
	if !errors.As(err, &first) || first.Kind != NotFound && first.Kind != Content {
		return err
	}
	err = ask("?" + ref.SHA256)
	if errors.As(err, &second) && second.Kind < first.Kind {
		return first
	}
	return err
}

// bounded returns a limit that isn't negative, and that one can be added to, and more.
func bounded(limit int64) int64 { return min(max(limit, 0), math.MaxInt64/2) }
