// Package verify checks a whole published tree: everything that a device or an auditor would, for all packages.
//
// The rules:
//
//   - Everything that the head names, directly or through others, must be there, be what its hash says, and be written as this
//     format writes it. Each signature must be by a key that the pin leads to, for its purpose.
//   - The fold of the log must be the catalogue. Each tile must be the one that the entries give.
//   - Each artifact must follow the archive rules, and say of itself what its metadata say. Where its author signed it, the signature must be of these files.
//   - Views are rendered again and compared. Where the tree itself says that its views are older, or made by another renderer, those
//     that differ are reported as stale; else they are wrong. Files that nothing names are listed: as in their time of
//     grace if a head superseded them, else as leftovers. What GitHub Pages reads at the top of a branch is neither.
package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// A Lister can say which files a tree has. Without one, leftovers aren't looked for.
type Lister interface {
	List(dir string) iter.Seq2[string, error]
}

// Problem is something wrong.
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Report says what was checked and what was found.
type Report struct {
	Registry   string    `json:"registry"`
	Serial     int64     `json:"serial"`
	Issued     int64     `json:"issued"`
	Expires    int64     `json:"expires"`
	Commit     string    `json:"commit"`
	LogSize    int64     `json:"log_size"`
	LogRoot    string    `json:"log_root"`
	Packages   int       `json:"packages"`
	Releases   int       `json:"releases"`
	Signatures int       `json:"signatures"`
	Bytes      int64     `json:"bytes"` // of all files that were read
	Problems   []Problem `json:"problems"`
	Stale      []string  `json:"stale"`     // views that show an older state, or are missing
	Grace      []string  `json:"grace"`     // superseded files that may still be asked for
	Leftovers  []string  `json:"leftovers"` // files that nothing names
}

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// Options are what verifying needs.
type Options struct {
	Reader   store.Reader
	Lister   Lister    // nil if the tree can't be listed
	Pin      trust.Pin // what devices pin
	Now      time.Time
	Progress func(stage string, done, total int)
}

// Run checks a tree. The error is for a head that can't be read or trusted: then nothing else can be checked.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	v := &verifier{Options: o, live: make(map[string]bool), report: &Report{}}
	v.Reader = &counting{Reader: o.Reader, v: v}
	state, err := tree.Load(ctx, v.Reader, o.Pin)
	if err != nil {
		return nil, err
	}
	if state.Head == nil {
		return nil, fmt.Errorf("%s: %w", wire.HeadPath, store.ErrNotExist)
	}
	v.state = state
	s := state.Statement
	v.report.Registry, v.report.Serial, v.report.Issued, v.report.Expires = s.Registry, s.Serial, s.Issued, s.Expires
	v.report.Commit, v.report.LogSize, v.report.LogRoot = state.Root.Registry.Commit, s.LogSize, s.LogRoot
	v.signatures(1)
	for _, step := range []func(context.Context) error{v.head, v.trust, v.catalogue, v.log, v.rest} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	byPath := func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message)) }
	slices.SortFunc(v.report.Problems, byPath)
	slices.Sort(v.report.Stale)
	slices.Sort(v.report.Grace)
	slices.Sort(v.report.Leftovers)
	return v.report, nil
}

// verifier is one run.
type verifier struct {
	Options
	state  *tree.State
	mu     sync.Mutex
	report *Report
	live   map[string]bool // what the head names, and the views that belong to it
	lists  map[string]*published
	roots  []string // root keys of the last trust document that the log named
}

// published is what the catalogue says of a package.
type published struct {
	entry wire.Entry
	list  wire.VersionList
	times []int64 // of the releases
}

func (v *verifier) problem(path string, format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Problems = append(v.report.Problems, Problem{path, fmt.Sprintf(format, args...)})
}

func (v *verifier) signatures(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Signatures += n
}

func (v *verifier) alive(paths ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, p := range paths {
		v.live[p] = true
	}
}

// counting counts the bytes that are read.
type counting struct {
	store.Reader
	v *verifier
}

func (c *counting) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	data, err := c.Reader.Read(ctx, path, limit)
	c.count(data)
	return data, err
}

// ReadRef implements [tree.RefReader], where the reader does.
func (c *counting) ReadRef(ctx context.Context, path string, ref wire.Ref, limit int64) ([]byte, error) {
	r, ok := c.Reader.(tree.RefReader)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	data, err := r.ReadRef(ctx, path, ref, limit)
	c.count(data)
	return data, err
}

func (c *counting) count(data []byte) {
	c.v.mu.Lock()
	c.v.report.Bytes += int64(len(data))
	c.v.mu.Unlock()
}

// document reads an immutable document, which must be as this format writes it. What is wrong becomes a problem, and false.
func (v *verifier) document(ctx context.Context, path string, ref wire.Ref, limit int64, doc any) bool {
	v.alive(path)
	data, err := v.state.ReadRef(ctx, path, ref, limit)
	if err == nil {
		err = wire.DecodeStrict(data, doc)
	}
	if err != nil {
		v.problem(path, "%v", err)
	}
	return err == nil
}

// signature checks the signature file of data.
func (v *verifier) signature(ctx context.Context, path string, data []byte, comment string) {
	v.alive(path)
	sig, err := v.Reader.Read(ctx, path, sign.MaxSignature)
	if err == nil {
		err = v.state.Trust.Verify([][]byte{data}, sig, comment)
	}
	if err != nil {
		v.problem(path, "%v", err)
		return
	}
	v.signatures(1)
}

// head checks what tree.Load leaves open: expiry, and the root node's form.
func (v *verifier) head(ctx context.Context) error {
	s := v.state.Statement
	v.alive(wire.HeadPath)
	if now := v.Now.Unix(); now >= s.Expires {
		v.problem(wire.HeadPath, "expired at %s; publish again to issue it anew", time.Unix(s.Expires, 0).UTC().Format(time.RFC3339))
	} else if now < s.Issued-int64(24*time.Hour/time.Second) {
		v.problem(wire.HeadPath, "issued in the future, at %s: is this machine's clock right?", time.Unix(s.Issued, 0).UTC().Format(time.RFC3339))
	}
	var root wire.Node
	path := wire.NodePath(s.Root.SHA256)
	if !v.document(ctx, path, s.Root, tree.MaxNode, &root) {
		return nil
	}
	facts := root.Registry
	if facts.ID != s.Registry {
		v.problem(path, "is of registry %q, and the head of %q", facts.ID, s.Registry)
	}
	return nil
}

// trust checks the trust documents. [tree.Load] has followed them: those in the chain are signed as they must be.
func (v *verifier) trust(context.Context) error {
	for _, doc := range v.state.Chain {
		path := wire.KeysPath(doc.Version)
		v.alive(path)
		var t wire.Trust
		if err := wire.DecodeStrict(doc.Data, &t); err != nil {
			v.problem(path, "%v", err)
		}
		for id := range doc.Signatures {
			v.alive(wire.KeysSignaturePath(doc.Version, id))
			v.signatures(1)
		}
	}
	if newest := v.state.Newest(); newest != v.state.Trust {
		v.problem(wire.HeadPath, "names version %d of the trust document, and version %d counts: publish again", v.state.Trust.Version, newest.Version)
	}
	if e := v.state.Newest().Expires; e != 0 && v.Now.Unix() >= e {
		v.problem(wire.KeysPath(v.state.Newest().Version), "expired at %s: make the next version with `regen keys rotate`", time.Unix(e, 0).UTC().Format(time.RFC3339))
	}
	return nil
}

// parallel calls f with 0 to n-1 on all cores, and returns the first error.
func parallel(ctx context.Context, n int, f func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	group, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		group.Go(func() error {
			for i := w; i < n; i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := f(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// catalogue checks the nodes, the version lists and all that they name.
func (v *verifier) catalogue(ctx context.Context) error {
	v.lists = make(map[string]*published)
	read := func(ref wire.Ref) (wire.Node, error) {
		var node wire.Node
		path := wire.NodePath(ref.SHA256)
		v.alive(path)
		data, err := v.state.ReadRef(ctx, path, ref, tree.MaxNode)
		if err == nil {
			err = wire.DecodeStrict(data, &node)
		}
		return node, err
	}
	count, err := registry.Walk(v.state.Root, read, func(_ string, _ *wire.Ref, node wire.Node) error {
		for id, e := range node.Packages {
			v.lists[id] = &published{entry: e}
		}
		return nil
	})
	if err != nil {
		v.problem("index/", "%v", err)
		return nil // without the catalogue, nothing else is known
	}
	if want := v.state.Root.Registry.Count; count != want {
		v.problem(wire.NodePath(v.state.Statement.Root.SHA256), "says that there are %d packages, and the catalogue has %d", want, count)
	}
	v.report.Packages = count
	ids := sortedKeys(v.lists)
	var mu sync.Mutex
	done := 0
	return parallel(ctx, len(ids), func(i int) error {
		v.pkg(ctx, ids[i], v.lists[ids[i]])
		mu.Lock()
		done++
		n := done
		mu.Unlock()
		v.Progress("packages", n, len(ids))
		return ctx.Err()
	})
}
