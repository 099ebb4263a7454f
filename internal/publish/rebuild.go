package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Difference is a file that a rebuild makes otherwise than it is published.
type Difference struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Rebuilt says what a rebuild found.
type Rebuilt struct {
	Files       int          `json:"files"` // compared
	Bytes       int64        `json:"bytes"`
	Differences []Difference `json:"differences"`
}

// Rebuild makes a published tree again from the commits, in scratch, and compares every file byte for byte. Signatures and the head can't be made
// without the secret key; verifying them is another check. The history must end at the commit that the tree was published from, and
// hold the one that it began at. later is a history that may go on, since a commit that did nothing but change how the storefront looks is in the views alone: what those say of it has to be what
// some commit says from there on.
func Rebuild(ctx context.Context, published store.Reader, scratch store.Store, history, later History, pin trust.Pin, progress func(string, int, int)) (*Rebuilt, error) {
	state, err := tree.Load(ctx, published, pin)
	if err != nil {
		return nil, err
	}
	if state.Head == nil {
		return nil, fmt.Errorf("%s: %w", wire.HeadPath, store.ErrNotExist)
	}
	if commits, ok := history.(*Commits); ok {
		commits.Named(state.Statement.Registry) // the clone may lie in a directory of another name
	}
	// A commit that did nothing but switch a listing on or off is in the views alone, so that the history may end before it.
	shown, err := (&run{Options: Options{Store: &comparing{Reader: published}}}).shown(ctx)
	if err != nil {
		return nil, err
	}
	site, err := publishedSite(ctx, published)
	if err != nil {
		return nil, err
	}
	first, err := firstPin(ctx, published, state)
	if err != nil {
		return nil, err
	}
	_, err = Run(ctx, Options{
		History: history, Store: scratch, Pin: first, Signer: unsigned{state.Key}, site: &site,
		Now: time.Unix(state.Statement.Issued, 0), From: state.Root.Registry.Start, Progress: progress, listings: append([]string{}, shown.Listings...),
	})
	if err != nil {
		return nil, fmt.Errorf("rebuild: %w", err)
	}
	result := &Rebuilt{}
	differ := func(path, format string, args ...any) {
		result.Differences = append(result.Differences, Difference{path, fmt.Sprintf(format, args...)})
	}
	if found, err := saysSite(later, state.Root.Registry.Commit, site); err != nil {
		return nil, err
	} else if !found {
		differ(wire.SitePath, "no commit since %.12s says this of the storefront", state.Root.Registry.Commit)
	}
	const limit = 4 << 30
	var paths []string
	for path, err := range scratch.List("") {
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if strings.HasSuffix(path, wire.SignatureSuffix) || strings.HasPrefix(path, wire.RetiredPrefix) {
			continue
		}
		want, err := scratch.Read(ctx, path, limit)
		if err != nil {
			return nil, err
		}
		result.Files++
		result.Bytes += int64(len(want))
		have, err := published.Read(ctx, path, limit)
		switch {
		case errors.Is(err, store.ErrNotExist):
			differ(path, "the commits give it, and it isn't published")
		case err != nil:
			return nil, err
		case !bytes.Equal(have, want):
			differ(path, "the commits give sha256 %s, and %s is published", wire.Sum(want), wire.Sum(have))
		}
	}
	rebuilt, err := tree.LoadUnsigned(ctx, scratch)
	if err != nil {
		return nil, err
	}
	if a, b := rebuilt.LogSize, state.Statement.LogSize; a != b {
		differ(wire.HeadPath, "the commits give a log of %d entries, and %d are published", a, b)
	} else if rebuilt.LogRoot != state.Statement.LogRoot {
		differ(wire.HeadPath, "the commits give a log with root %s, and %s is published", rebuilt.LogRoot, state.Statement.LogRoot)
	}
	if rebuilt.Root != state.Statement.Root {
		differ(wire.HeadPath, "the commits give the root node %s, and %s is published", rebuilt.Root.SHA256, state.Statement.Root.SHA256)
	}
	return result, nil
}

// firstPin returns what leads to version 1 of the trust document, of which the log proves which one it is. The commits before the first rotation of a registry with one key don't have
// it: there it is made of the key.
func firstPin(ctx context.Context, published store.Reader, state *tree.State) (trust.Pin, error) {
	var first wire.Event
	err := state.Log.Entries(0, 1, func(_ int64, data []byte) (err error) {
		first, err = wire.DecodeEvent(data)
		return err
	})
	if err != nil {
		return trust.Pin{}, err
	}
	path := wire.KeysPath(1)
	data, err := published.Read(ctx, path, trust.MaxDocument)
	if err != nil {
		return trust.Pin{}, err
	}
	if sum := wire.Sum(data); sum != first.SHA256 {
		return trust.Pin{}, fmt.Errorf("%w: %s has hash %s, and the log says %s", tree.ErrDamaged, path, sum, first.SHA256)
	}
	doc, err := trust.Parse(data)
	if err != nil {
		return trust.Pin{}, fmt.Errorf("%s: %w", path, err)
	}
	if single := wire.SingleKey(doc.Registry, doc.Root.Keys[0]); reflect.DeepEqual(doc, single) {
		return trust.ParsePin([]byte(doc.Root.Keys[0]))
	}
	return trust.ParsePin([]byte("sha256:" + first.SHA256))
}

// unsigned stands in for a signer where nothing has to be signed: it writes the trusted comment alone.
type unsigned struct{ key sign.PublicKey }

func (u unsigned) Public() sign.PublicKey                 { return u.key }
func (u unsigned) Sign(_ [][]byte, comment string) []byte { return []byte(comment) }
