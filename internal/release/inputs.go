package release

import (
	"errors"
	"fmt"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittree"
)

// MaxInputs bounds the files of a directory that are looked at, left out ones included.
const MaxInputs = 200_000

// A Loader lists the files of directories. It is used by one goroutine.
type Loader interface {
	Inputs(dir string, e gittree.Entry, maxFiles int) ([]Input, error)
}

// Inputs lists the files of what stands where a package is to be, or says why it is none. The error is for what is not the package's fault.
func Inputs(l Loader, dir string, e gittree.Entry) ([]Input, *check.Finding, error) {
	fault := func(code, message, hint string) ([]Input, *check.Finding, error) {
		return nil, &check.Finding{Code: code, Severity: check.Error, Path: dir, Message: message, Hint: hint}, nil
	}
	switch e.Mode {
	case gittree.Symlink:
		return fault("files/symlink", "is a symbolic link, expected a directory", "put the package itself in its place")
	case gittree.Submodule:
		return fault("files/submodule", "is a git submodule, expected a directory", "put the package's files themselves into the repo")
	}
	inputs, err := l.Inputs(dir, e, MaxInputs)
	if tooMany := (*gittree.LimitError)(nil); errors.As(err, &tooMany) {
		return fault("files/too-many", tooMany.Error(), "leave out what isn't needed at run time")
	}
	if errors.Is(err, gittree.ErrCorrupt) {
		// Anybody can make such a tree and push it; it is that package's fault alone.
		return fault("files/tree", err.Error(), "make the directory anew with git itself: `git fsck` tells what is wrong with the tree")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", dir, err)
	}
	return inputs, nil, nil
}
