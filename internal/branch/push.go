package branch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/wire"
)

// identity is who commits are by.
const identity = "regen <regen@localhost>"

// Push makes a commit of what was written, and pushes it: it fails with [ErrMoved] where the branch isn't what was fetched. Where nothing changed, there is no commit. It returns the new commit, or "".
func (t *Tree) Push(ctx context.Context, message string, at time.Time) (string, error) {
	commit, err := t.commit(ctx, message, at)
	if err != nil || commit == "" {
		return "", err
	}
	return commit, t.branch.push(ctx, commit, t.parent)
}

// change is a file that a commit has otherwise than its parent.
type change struct {
	path    string
	removed bool
}

// changes returns what differs from the fetched commit, by path.
func (t *Tree) changes(ctx context.Context) ([]change, error) {
	var list []change
	for _, path := range slices.Sorted(maps.Keys(t.changed)) {
		old, was := t.old[path]
		switch there := t.changed[path]; {
		case !there && was:
			list = append(list, change{path, true})
		case there && !was:
			list = append(list, change{path, false})
		case there:
			data, err := t.files.Read(ctx, path, math.MaxInt64)
			if err != nil {
				return nil, err
			}
			if gittree.BlobHash(data) != old {
				list = append(list, change{path, false})
			}
		}
	}
	return list, nil
}

// commit makes the commit, and returns its hash; "" where nothing changed.
func (t *Tree) commit(ctx context.Context, message string, at time.Time) (string, error) {
	changes, err := t.changes(ctx)
	if err != nil || len(changes) == 0 {
		return "", err
	}
	if _, ok := t.old[wire.NoJekyllPath]; !ok {
		// GitHub Pages would run the tree through Jekyll, which leaves out files and takes its time.
		if err := t.Put(wire.NoJekyllPath, nil); err != nil {
			return "", err
		}
		changes = append(changes, change{wire.NoJekyllPath, false})
	}
	ref := fmt.Sprintf("refs/regen/%d", t.branch.tries)
	in, out := io.Pipe()
	go func() { out.CloseWithError(t.stream(ctx, out, ref, message, at, changes)) }()
	_, err = t.branch.git(ctx, in, "-C", t.branch.repo(), "fast-import", "--quiet", "--done")
	in.CloseWithError(err) // git may have ended early
	if err != nil {
		return "", err
	}
	hash, err := t.branch.git(ctx, nil, "-C", t.branch.repo(), "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	return strings.TrimSpace(hash), err
}

// stream writes the commit as `git fast-import` reads it. That takes files as they are, whatever attributes the tree names.
func (t *Tree) stream(ctx context.Context, out io.Writer, ref, message string, at time.Time, changes []change) error {
	w := bufio.NewWriterSize(out, 64<<10)
	fmt.Fprintf(w, "commit %s\ncommitter %s %d +0000\ndata %d\n%s\n", ref, identity, at.Unix(), len(message), message)
	if t.parent != "" {
		fmt.Fprintf(w, "from %s\n", t.parent)
	}
	for _, c := range changes {
		if c.removed {
			fmt.Fprintf(w, "D %s\n", quoted(c.path))
			continue
		}
		data, err := t.files.Read(ctx, c.path, math.MaxInt64)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n", quoted(c.path), len(data))
		w.Write(data)
		w.WriteByte('\n')
	}
	w.WriteString("done\n")
	return w.Flush()
}

// quoted returns a path as `git fast-import` reads it: in quotes, with octal escapes.
func quoted(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		if c := path[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			fmt.Fprintf(&b, `\%03o`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
