package gittree

import (
	"errors"
	"fmt"
)

// Kinds of failure, for errors.Is.
var (
	// ErrNoRepo: neither the directory nor one above it is a git repository.
	ErrNoRepo = errors.New("not a git repository")
	// ErrUnsupported: the repository, or the syntax of a revision, is of a kind
	// that this package doesn't read.
	ErrUnsupported = errors.New("not supported")
	// ErrUnborn: HEAD points to a branch that has no commit yet.
	ErrUnborn = errors.New("no commit yet")
	// ErrNoRevision: a revision names nothing, or several things, or something
	// that isn't a commit.
	ErrNoRevision = errors.New("no such commit")
	// ErrMissing: an object isn't in the repository.
	ErrMissing = errors.New("object not in the repository")
	// ErrCorrupt: an object, a pack or an index doesn't hold what it must.
	ErrCorrupt = errors.New("damaged git data")
)

// A LimitError says that something is larger, more or deeper than was allowed.
type LimitError struct {
	What  string // such as "blob 1234…", "files"
	Found int64  // where counting stopped: at least so many
	Limit int64
	Unit  string // "bytes", "files", "levels"
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %d %s, more than the limit of %d", e.What, e.Found, e.Unit, e.Limit)
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}
