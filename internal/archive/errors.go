package archive

import (
	"fmt"
	"strconv"
)

// A FormatError says how an archive breaks the rules. All errors of reading and
// extracting for which the archive's bytes are to blame are of this type; any
// other comes from its reader, its visitor, or the file system.
//
// It wraps a [PathProblem] or a [LimitError] if one of these is the reason.
type FormatError struct {
	Entry string // the name of the entry, or empty if it is about the archive as a whole
	Err   error  // what was found and what was expected
}

func (e *FormatError) Error() string {
	if e.Entry == "" {
		return e.Err.Error()
	}
	return "entry " + quote(e.Entry) + ": " + e.Err.Error()
}

func (e *FormatError) Unwrap() error { return e.Err }

// malformed returns a FormatError about an entry, or about the whole archive if entry is empty.
func malformed(entry, format string, args ...any) error {
	return &FormatError{Entry: entry, Err: fmt.Errorf(format, args...)}
}

// A LimitError says that there is more of something than is allowed.
type LimitError struct {
	What     string // such as "files", "bytes in one file"
	Got, Max int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%d %s, expected at most %d", e.Got, e.What, e.Max)
}

// atMost returns a LimitError if got is more than most.
func atMost(what string, got, most int64) error {
	if got > most {
		return &LimitError{What: what, Got: got, Max: most}
	}
	return nil
}

// quote quotes a name that may be hostile: control and invisible characters come
// out as escapes, and an endless name is cut.
func quote(name string) string {
	if len(name) > MaxPath {
		return strconv.Quote(name[:MaxPath]) + "…"
	}
	return strconv.Quote(name)
}
