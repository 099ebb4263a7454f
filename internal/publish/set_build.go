package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// Build writes the release set of what [Run] would do with the same options into an empty directory, and returns the hash of its set.json. It needs no signer, and only reads the store. Where there is no
// set, the hash is "".
func Build(ctx context.Context, o Options, dir string) (*Report, string, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	b := &builder{dir: dir, files: make(map[string]int64), paths: make(map[string]wire.Ref)}
	if err := os.MkdirAll(filepath.Join(dir, setFiles), 0o755); err != nil {
		return nil, "", err
	}
	o.DryRun, o.Set, o.Signer, o.Store = false, nil, unsigned{}, buildStore{dryStore{o.Store}, b}
	r := &run{Options: o, report: &Report{}, builder: b}
	err := r.publish(ctx)
	return r.report, b.sum, err
}

// builder gathers a release set.
type builder struct {
	dir      string
	mu       sync.Mutex
	files    map[string]int64    // hash → size
	paths    map[string]wire.Ref // where files are published to
	packages []setPackage        // of the commit that is looked at: in any order
	all      []setPackage
	sum      string // hash of set.json
}

// note keeps what a package of a commit is.
func (b *builder) note(commit, id, before string, c candidate, o outcome) {
	p := setPackage{Commit: commit, ID: setID(id), Published: before, Findings: texts(c.findings)}
	if len(c.findings.Errors()) == 0 {
		p.Found = &setFound{
			Format: c.Format, Version: c.Version, Source: c.Source,
			VersionCode: c.Rising.VersionCode, DataSchema: c.Rising.DataSchema, Owner: c.Rising.Owner,
		}
		if o.decision.Release {
			ref := o.metadata
			p.Found.Metadata = &ref
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.packages = append(b.packages, p)
}

// texts returns findings whose texts can be JSON: names of files can be any bytes.
func texts(findings check.Findings) check.Findings {
	out := slices.Clone(findings)
	for i := range out {
		f := &out[i]
		for _, s := range []*string{&f.Code, &f.Path, &f.Message, &f.Hint, &f.Source} {
			*s = strings.ToValidUTF8(*s, "\uFFFD")
		}
	}
	return out
}

// commit ends the packages of a commit. They were looked at in any order.
func (b *builder) commit() {
	slices.SortFunc(b.packages, func(x, y setPackage) int { return strings.Compare(x.ID, y.ID) })
	b.all = append(b.all, b.packages...)
	b.packages = nil
}

// add keeps a file that will be published.
func (b *builder) add(path string, segments [][]byte) error {
	h := sha256.New()
	ref := wire.Ref{}
	for _, s := range segments {
		h.Write(s)
		ref.Size += int64(len(s))
	}
	ref.SHA256 = hex.EncodeToString(h.Sum(nil))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paths[path] = ref
	if _, ok := b.files[ref.SHA256]; ok {
		return nil
	}
	b.files[ref.SHA256] = ref.Size
	return store.NewDir(b.dir).Create(fileName(ref.SHA256), segments...)
}

// read returns a file that was kept for a path.
func (b *builder) read(path string) ([]byte, bool, error) {
	b.mu.Lock()
	ref, ok := b.paths[path]
	b.mu.Unlock()
	if !ok {
		return nil, false, nil
	}
	data, err := os.ReadFile(filepath.Join(b.dir, setFiles, ref.SHA256))
	return data, true, err
}

// finish writes set.json.
func (r *run) finish(ctx context.Context) error {
	var err error
	if r.report.Due, err = r.due(ctx); err != nil {
		return err
	}
	b, s := r.builder, r.state.Statement
	doc := setDocument{Format: setFormat, Registry: r.config.ID, Commit: r.report.Commit, Packages: b.all, Files: []wire.Ref{}}
	if !r.initial {
		doc.Head = s.String()
	}
	if doc.Packages == nil {
		doc.Packages = []setPackage{}
	}
	for _, sum := range slices.Sorted(maps.Keys(b.files)) {
		doc.Files = append(doc.Files, wire.Ref{SHA256: sum, Size: b.files[sum]})
	}
	data, err := wire.Encode(doc)
	if err != nil {
		return err
	}
	if len(data) > maxSet || len(doc.Files) > maxSetFiles {
		return fmt.Errorf("the release set has %d files, and %d bytes in %s, expected at most %d and %d: publish fewer commits at once with --rev", len(doc.Files), len(data), setName, maxSetFiles, maxSet)
	}
	if err := store.NewDir(b.dir).Create(setName, data); err != nil {
		return err
	}
	b.sum = wire.Sum(data)
	r.report.Serial, r.report.LogSize = s.Serial, r.state.Log.Size()
	return nil
}

// due reports whether publishing would write anything.
func (r *run) due(ctx context.Context) (bool, error) {
	if r.events > 0 || r.initial || r.floor != nil || r.expiring() {
		return true, nil
	}
	_, root, err := r.root(ctx, func(wire.Ref, []byte) error { return nil })
	if err != nil || wire.RefOf(root) != r.state.Statement.Root {
		return true, err
	}
	shown, err := r.shown(ctx)
	if err != nil {
		return true, err
	}
	want := r.viewsOf(r.state.Statement)
	want.Key = r.state.Key.String() // another signer comes with another trust document, which is an event
	return !sameViews(shown, want), nil
}

// buildStore is a published tree with what a set adds to it. Nothing of the tree is written.
type buildStore struct {
	dryStore
	builder *builder
}

// Read implements [store.Reader].
func (s buildStore) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	data, ok, err := s.builder.read(path)
	switch {
	case !ok:
		return s.dryStore.Read(ctx, path, limit)
	case err == nil && int64(len(data)) > limit:
		return nil, fmt.Errorf("%s: %w: at most %d", path, store.ErrTooLarge, limit)
	}
	return data, err
}

// Create implements [store.Store]. What isn't a release's is made again by the run that signs.
func (s buildStore) Create(path string, segments ...[]byte) error {
	if !strings.HasPrefix(path, "packages/") {
		return nil
	}
	return s.builder.add(path, segments)
}
