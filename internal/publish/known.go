package publish

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// Base is a commit that a change is based on, as if its packages were published.
type Base struct {
	*Commits
	config config.Config
	dirs   map[string]gittree.Entry // id → directory, named by its path
	mu     sync.Mutex
	loader release.Loader
}

// NewBase returns the packages of the newest snapshot of a history. A configuration that can't be used is that of the defaults: the change may mend it.
func NewBase(commits *Commits) (*Base, error) {
	b := &Base{Commits: commits, dirs: make(map[string]gittree.Entry), loader: commits.Loader()}
	head, err := commits.Head()
	if err != nil {
		return nil, err
	}
	b.config, err = commits.Config(head)
	if broken := (*CommitError)(nil); errors.As(err, &broken) {
		b.config = config.Default(commits.name)
	} else if err != nil {
		return nil, err
	}
	list, err := List(commits, head, b.config)
	if err != nil {
		return nil, err
	}
	for _, dir := range slices.Sorted(maps.Keys(list)) {
		for _, e := range list[dir] {
			id := e.Name
			if _, twice := b.dirs[id]; twice {
				continue // an id that two directories claim is no package; the first one stands for it in every run
			}
			e.Name = dir + "/" + id
			b.dirs[id] = e
		}
	}
	return b, nil
}

// Settings returns the configuration.
func (b *Base) Settings() config.Config { return b.config }

// Entry returns the directory of an id.
func (b *Base) Entry(id string) (gittree.Entry, bool) {
	e, ok := b.dirs[id]
	return e, ok
}

// All returns all ids, sorted.
func (b *Base) All() []string { return slices.Sorted(maps.Keys(b.dirs)) }

// IDs returns all ids.
func (b *Base) IDs() ([]string, error) { return b.All(), nil }

func (b *Base) load(id string) (manifest.Package, manifest.Format, check.Findings, error) {
	e, ok := b.dirs[id]
	if !ok {
		return manifest.Package{}, nil, nil, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	inputs, fault, err := release.Inputs(b.loader, e.Name, e)
	if fault != nil || err != nil {
		return manifest.Package{}, nil, nil, err
	}
	return release.Load(e.Name, id, inputs, b.config, func(int64) error { return nil })
}

// Published returns the package as if it were published. Of one that couldn't be, nothing is known.
func (b *Base) Published(id string) (registry.Published, error) {
	p, format, findings, err := b.load(id)
	if err != nil || format == nil || len(findings.Errors()) > 0 {
		return registry.Published{}, err
	}
	built, _, err := release.Build(p, format, b.config, "", 0)
	if err != nil || built == nil {
		return registry.Published{}, err
	}
	return registry.Published{
		Format: built.Format, Last: registry.RisingOf(built.Facts),
		List: wire.VersionList{ID: id, Versions: []wire.Version{{Version: built.Version, Channel: built.Channel, Source: built.Source}}},
	}, nil
}

// Owners returns the owners that regen.yaml names.
func (b *Base) Owners(id string) ([]string, error) {
	p, _, _, err := b.load(id)
	return manifest.OwnersOf(p.Sidecar), err
}

// Tree is a published tree.
type Tree struct {
	ctx   context.Context
	state *tree.State
	ids   []string
}

// NewTree returns the packages of a published state.
func NewTree(ctx context.Context, state *tree.State) (*Tree, error) {
	t := &Tree{ctx: ctx, state: state}
	err := state.All(ctx, func(id string) { t.ids = append(t.ids, id) })
	slices.Sort(t.ids)
	return t, err
}

// IDs returns all ids, those of delisted packages included.
func (t *Tree) IDs() ([]string, error) { return t.ids, nil }

// Published returns what is published of an id.
func (t *Tree) Published(id string) (registry.Published, error) {
	p, err := t.state.Package(t.ctx, id)
	if err != nil {
		return registry.Published{}, err
	}
	if highest, ok := p.List.Highest(); ok {
		m, err := t.state.Metadata(t.ctx, id, highest)
		if err != nil {
			return registry.Published{}, err
		}
		p.Last = registry.RisingOf(m.Facts)
	}
	return p.Published, nil
}

// Newest returns the metadata of the highest version of an id; ok is false where nothing of it is published.
func (t *Tree) Newest(id string) (m wire.Metadata, ok bool, err error) {
	p, err := t.state.Package(t.ctx, id)
	if err != nil {
		return m, false, err
	}
	highest, ok := p.List.Highest()
	if !ok {
		return m, false, nil
	}
	m, err = t.state.Metadata(t.ctx, id, highest)
	return m, err == nil, err
}

// Release returns whether a version is published, and what keeps devices from installing it: the id of an advisory, or that the package is delisted.
func (t *Tree) Release(id, version string) (published bool, suspended string, err error) {
	p, err := t.state.Package(t.ctx, id)
	if err != nil {
		return false, "", err
	}
	v, ok := p.List.Find(version)
	if !ok {
		return false, "", nil
	}
	for _, yank := range v.Yanks {
		if yank.Action != wire.Warn {
			return true, "advisory " + yank.Advisory, nil
		}
	}
	if p.List.State == wire.Delisted {
		return true, "the package is delisted", nil
	}
	return true, "", nil
}

// Owners returns nil: owners are no part of a release.
func (t *Tree) Owners(string) ([]string, error) { return nil, nil }
