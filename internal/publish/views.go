package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
)

// viewsOf returns what the views of a state show.
func (r *run) viewsOf(s wire.Statement) wire.Views {
	return wire.Views{Root: s.Root.SHA256, Log: fmt.Sprintf("%d:%s", s.LogSize, s.LogRoot), Renderer: rendererDigest(r.Renderer), Key: r.Signer.Public().String(), Listings: r.listings}
}

// listingsVersion changes when the listings of hosts are made differently of the same state.
const listingsVersion = "2"

// rendererDigest returns a digest over all that turns state into views.
func rendererDigest(r *storefront.Renderer) string {
	h := sha256.New()
	fmt.Fprintf(h, "views %s %s\n", r.Digest(), listingsVersion)
	for _, name := range schema.Names() {
		data, err := schema.Get(name)
		if err != nil {
			panic(err) // the name is one of those that there are
		}
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write(data)
	}
	h.Write(schema.StoreAPI())
	return hex.EncodeToString(h.Sum(nil))
}

func sameViews(a, b wire.Views) bool {
	return a.Root == b.Root && a.Log == b.Log && a.Renderer == b.Renderer && a.Key == b.Key && slices.Equal(a.Listings, b.Listings)
}

// shown returns what the views in the store show; nothing where that can't be known.
func (r *run) shown(ctx context.Context) (wire.Views, error) {
	data, err := r.Store.Read(ctx, wire.ViewsPath, 4<<10)
	if errors.Is(err, store.ErrNotExist) || errors.Is(err, store.ErrTooLarge) {
		return wire.Views{}, nil
	}
	if err != nil {
		return wire.Views{}, err
	}
	var v wire.Views
	if err := wire.Decode(data, &v); err != nil {
		return wire.Views{}, nil // whatever it is, the views are made anew
	}
	return v, nil
}

// writeViews brings the views up to the state: those that the run's changes reach if the others are up to date, else all.
func (r *run) writeViews(ctx context.Context, shown wire.Views, u registry.Update, root []byte, head wire.Statement) error {
	want := r.viewsOf(head)
	if sameViews(shown, want) {
		return nil
	}
	v := views{run: r, root: u.Root, head: head, registry: *u.Root.Registry, key: r.Signer.Public().String(), rows: make(map[string]map[string][]byte)}
	if sameViews(shown, r.viewsOf(r.state.Statement)) && r.sameName() && r.floor == nil {
		v.partial = true
		if err := v.changes(ctx, u.Nodes); err != nil {
			return err
		}
	} else if err := v.all(ctx); err != nil {
		return err
	}
	if r.otherKey(shown) {
		if err := r.signAgain(ctx, u.Root); err != nil {
			return err
		}
	}
	if err := v.indexes(ctx); err != nil {
		return err
	}
	if err := v.home(ctx); err != nil {
		return err
	}
	if err := r.Store.Put(wire.RootPath, root); err != nil {
		return err
	}
	if err := r.Store.Put(wire.ReleaseKeyPath, sign.PublicText(r.Signer.Public())); err != nil {
		return err
	}
	static := r.Renderer.Static()
	for _, name := range schema.Names() {
		var err error
		if static[wire.SchemaPath(name)], err = schema.Get(name); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(static)) {
		if err := r.Store.Put(path, static[path]); err != nil {
			return err
		}
	}
	data, err := wire.Encode(want)
	if err != nil {
		return err
	}
	r.report.Views += int(v.pages.Load())
	return r.Store.Put(wire.ViewsPath, data)
}

// sameName reports whether the facts that every page shows are those that the published pages show.
func (r *run) sameName() bool {
	was := r.state.Root.Registry
	return was != nil && factsOf(was) == r.facts
}

// views renders the views of one state.
type views struct {
	*run
	root     wire.Node
	head     wire.Statement
	registry wire.Registry
	key      string
	pages    atomic.Int64
	partial  bool // whether only what changed is rendered
	mu       sync.Mutex
	rows     map[string]map[string][]byte // format → id → what the index of its host says; nil for what isn't in it
}

func (v *views) put(path string, data []byte, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	v.pages.Add(1)
	return v.Store.Put(path, data)
}

// changes renders what the run's changes reach.
func (v *views) changes(ctx context.Context, nodes []registry.Changed) error {
	ids := v.changedIDs()
	err := parallel(len(ids), func(i int) error {
		p := v.changed[ids[i]]
		var before wire.VersionList
		if p.Was != (wire.Ref{}) {
			var err error
			if before, err = v.state.Versions(ctx, ids[i], p.Was); err != nil {
				return err
			}
		}
		return v.pkg(ctx, p.List, before)
	})
	if err != nil {
		return err
	}
	for _, n := range nodes {
		node, err := v.state.Node(ctx, n.Ref)
		if err != nil {
			return err
		}
		if err := v.shelf(n.Digits, node); err != nil {
			return err
		}
	}
	return nil
}

// all renders every page.
func (v *views) all(ctx context.Context) error {
	done := 0
	return v.state.Walk(ctx, v.root, func(digits string, ref *wire.Ref, node wire.Node) error {
		if ref != nil {
			if err := v.shelf(digits, node); err != nil {
				return err
			}
		}
		ids := slices.Sorted(maps.Keys(node.Packages))
		err := parallel(len(ids), func(i int) error {
			list, err := v.list(ctx, ids[i], node.Packages[ids[i]])
			if err != nil {
				return err
			}
			return v.pkg(ctx, list, wire.VersionList{})
		})
		done += len(ids)
		v.Progress("pages", done, v.registry.Count)
		return err
	})
}

// list returns the version list of a package, from memory if the run changed it.
func (v *views) list(ctx context.Context, id string, e wire.Entry) (wire.VersionList, error) {
	if p, ok := v.changed[id]; ok {
		return p.List, nil
	}
	return v.state.Versions(ctx, id, e.Versions)
}

// pkg renders the page of a package, and a page for each of its releases if there are several. Of those that the views in the store show, which are the ones that the
// package had before, only what changed since is rendered.
//
// The release that a package is shown by has a page of its own, too: an advisory can make an older one, or one that was passed over for a while, the shown one, and then its page
// has to be there as ever, and mustn't stay behind untrue.
func (v *views) pkg(ctx context.Context, list, before wire.VersionList) error {
	data, err := wire.Encode(list)
	if err != nil {
		return err
	}
	if err := v.Store.Put(wire.PackageViewPath(list.ID), data); err != nil {
		return err
	}
	shown := make(map[string]wire.Version, len(before.Versions))
	for _, old := range before.Versions {
		shown[old.Version] = old
	}
	primary := list.Primary()
	for _, version := range list.Versions {
		old, known := shown[version.Version]
		known = known && len(shown) > 1 && slices.Equal(old.Yanks, version.Yanks)
		isPrimary, own := version.Version == primary.Version, len(list.Versions) > 1 && !known
		if !isPrimary && !own {
			continue
		}
		page, err := v.release(ctx, list, version)
		if err != nil {
			return err
		}
		if isPrimary {
			html, err := v.Renderer.Release(page)
			if err := v.put(page.Path(), html, err); err != nil {
				return err
			}
			if err := v.listing(ctx, page.Metadata.Format, list, func(version string) bool { return shown[version].Version != "" }); err != nil {
				return err
			}
		}
		if own {
			page.Own, page.List = true, wire.VersionList{} // it tells nothing that other releases change, so that it is seldom written again
			html, err := v.Renderer.Release(page)
			if err := v.put(page.Path(), html, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// release reads what the page of a release shows.
func (v *views) release(ctx context.Context, list wire.VersionList, version wire.Version) (storefront.Release, error) {
	page := storefront.Release{
		Registry: v.registry, PublicKey: v.key, List: list,
	}
	var err error
	if page.Metadata, err = v.state.Metadata(ctx, list.ID, version); err != nil {
		return page, err
	}
	if page.Advisories, err = v.advisoriesOf(ctx, version); err != nil {
		return page, err
	}
	read := func(byLang map[string]wire.File) ([]byte, error) {
		file, ok := byLang[wire.DefaultLanguage]
		if !ok {
			return nil, nil
		}
		path := wire.AssetPath(list.ID, version.Version, file.Path)
		return v.state.ReadRef(ctx, path, wire.Ref{SHA256: file.SHA256, Size: file.Size}, file.Size)
	}
	if page.Readme, err = read(page.Metadata.Description); err != nil {
		return page, err
	}
	page.Changelog, err = read(page.Metadata.Changelog)
	return page, err
}

// advisoriesOf reads what advisories say of a version.
func (v *views) advisoriesOf(ctx context.Context, version wire.Version) ([]wire.Advisory, error) {
	list := make([]wire.Advisory, len(version.Yanks))
	for i, y := range version.Yanks {
		path := wire.AdvisoryPath(y.SHA256)
		data, err := v.state.ReadRef(ctx, path, y.Ref, tree.MaxAdvisory)
		if err != nil {
			return nil, err
		}
		if err := wire.Decode(data, &list[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list[i].ID, list[i].Action = y.Advisory, y.Action // what the log says counts
	}
	return list, nil
}

// cards returns the listed packages of a leaf, sorted by name.
func cards(packages map[string]wire.Entry) []storefront.Card {
	list := make([]storefront.Card, 0, len(packages))
	for id, e := range packages {
		if e.State == "" {
			list = append(list, storefront.Card{ID: id, Entry: e})
		}
	}
	slices.SortFunc(list, func(a, b storefront.Card) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Entry.Name), strings.ToLower(b.Entry.Name)), strings.Compare(a.ID, b.ID))
	})
	return list
}

// shelves returns the pages of a node's children.
func shelves(digits string, node wire.Node) []string {
	var list []string
	for _, digit := range slices.Sorted(maps.Keys(node.Children)) {
		list = append(list, digits+digit)
	}
	return list
}

// shelf renders the page of a node below the root.
func (v *views) shelf(digits string, node wire.Node) error {
	html, err := v.Renderer.Shelf(v.registry, storefront.Shelf{Digits: digits, Cards: cards(node.Packages), Shelves: shelves(digits, node)})
	return v.put(wire.ShelfPage(digits), html, err)
}

// home renders the home page.
func (v *views) home(ctx context.Context) error {
	h := storefront.Home{Registry: v.registry, PublicKey: v.key, Cards: cards(v.root.Packages), Shelves: shelves("", v.root)}
	if v.root.Children != nil {
		var err error
		if h.Cards, err = v.latest(ctx); err != nil {
			return err
		}
	}
	html, err := v.Renderer.Home(h)
	return v.put(wire.HomePage, html, err)
}
