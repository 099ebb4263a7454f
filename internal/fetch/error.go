package fetch

import (
	"fmt"
	"strings"
	"unicode"
)

// Kind says how a mirror failed. A greater kind is a worse one: it says more surely that somebody serves what nobody should.
type Kind int

// The kinds of failures.
const (
	NotFound   Kind = iota + 1 // there is no such file: 404 or 410
	Network                    // no connection, one that broke, or no HTTP; or a directory that can't be read
	TooSlow                    // less than Options.MinRate over Options.Patience
	Status                     // an answer that doesn't fit the request
	Redirected                 // too often, or to where redirects may not lead
	TooLarge                   // more bytes than the reader allows
	Content                    // other bytes than the reference names, or not in the encoding that was named
)

// String returns the kind in words.
func (k Kind) String() string {
	switch k {
	case NotFound:
		return "not found"
	case Network:
		return "network"
	case TooSlow:
		return "too slow"
	case Status:
		return "status"
	case Redirected:
		return "redirected"
	case TooLarge:
		return "too large"
	case Content:
		return "content"
	}
	return fmt.Sprintf("kind %d", int(k))
}

// Error says why a file couldn't be read. [errors.Is] finds [store.ErrNotExist] in one that is NotFound and
// [store.ErrTooLarge] in one that is TooLarge.
//
// Where several mirrors failed, Kind is that of the worst, so that one that serves wrong bytes isn't hidden behind one that is down. It is
// NotFound only if no mirror has the file. [errors.As] finds what each mirror said in [Failures].
type Error struct {
	Path   string
	Mirror string // with a separator at its end; "" where it isn't one mirror that failed
	Kind   Kind
	Err    error
}

// maxText bounds how much of an error is shown, in bytes. Servers have a say in it.
const maxText = 400

// Error implements error. The text is printable, whatever the servers sent.
func (e *Error) Error() string {
	text := e.Err.Error()
	if _, joined := e.Err.(Failures); !joined {
		text = printable(text)
	}
	return printable(e.Mirror+e.Path) + ": " + text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func printable(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// Failures are what several mirrors said, in the order in which they were asked.
type Failures []*Error

// Error implements error.
func (f Failures) Error() string {
	texts := make([]string, len(f))
	for i, e := range f {
		texts[i] = e.Error()
	}
	return fmt.Sprintf("%d mirrors failed: %s", len(f), strings.Join(texts, "; "))
}

// Unwrap returns the worst failures. With the others, errors.Is would say that a file doesn't exist because one of the mirrors lacks it.
func (f Failures) Unwrap() []error {
	var worst []error
	for _, e := range f {
		if e.Kind == f.worst() {
			worst = append(worst, e)
		}
	}
	return worst
}

func (f Failures) worst() Kind {
	var worst Kind
	for _, e := range f {
		worst = max(worst, e.Kind)
	}
	return worst
}

// join returns the failures as one error.
func (f Failures) join(path string) error {
	if len(f) == 1 {
		return f[0]
	}
	return &Error{Path: path, Kind: f.worst(), Err: f}
}

func fail(m mirror, path string, kind Kind, err error) error {
	return &Error{Path: path, Mirror: m.String(), Kind: kind, Err: err}
}
