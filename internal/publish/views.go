package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/regen-registry/regen/internal/browse"
	"github.com/regen-registry/regen/internal/listing"
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
	return wire.Views{Root: s.Root.SHA256, Log: fmt.Sprintf("%d:%s", s.LogSize, s.LogRoot), Renderer: rendererDigest(r.renderer), Key: r.Signer.Public().String(), Listings: r.listings}
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
	partial := sameViews(shown, r.viewsOf(r.state.Statement)) && r.sameName() && r.floor == nil && rowDigits(r.state.Root.Registry.Count) == rowDigits(u.Root.Registry.Count)
	render := func(partial bool) (*views, error) {
		v := &views{
			run: r, root: u.Root, head: head, registry: *u.Root.Registry, key: r.Signer.Public().String(), partial: partial,
			hosts: make(map[string]map[string][]byte), written: make(map[string]bool), made: make(map[string][]storefront.Rendition),
		}
		return v, v.write(ctx)
	}
	v, err := render(partial)
	if errors.Is(err, errSpoilt) && partial {
		v, err = render(false)
	}
	if err != nil {
		return err
	}
	if r.otherKey(shown) {
		if err := r.signAgain(ctx, u.Root); err != nil {
			return err
		}
	}
	if err := r.Store.Put(wire.RootPath, root); err != nil {
		return err
	}
	if err := r.Store.Put(wire.ReleaseKeyPath, sign.PublicText(r.Signer.Public())); err != nil {
		return err
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
	days     days
	notices  notices
	mu       sync.Mutex
	rows     []wire.Row                        // of the packages that are rendered
	hosts    map[string]map[string][]byte      // format → id → what the index of its host says; nil for what isn't in it
	made     map[string][]storefront.Rendition // by where it is noted
	written  map[string]bool                   // paths, where all is rendered in the place of an older state
}

// write renders what is to be rendered.
func (v *views) write(ctx context.Context) error {
	var err error
	if v.partial {
		err = v.changes(ctx)
	} else {
		err = v.all(ctx)
	}
	if err != nil {
		return err
	}
	if err := v.indexes(ctx); err != nil {
		return err
	}
	if err := v.shared(ctx); err != nil {
		return err
	}
	if v.partial {
		return nil
	}
	if err := v.fixed(); err != nil {
		return err
	}
	return v.removeStale()
}

// put writes a view.
func (v *views) put(path string, data []byte, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if strings.HasSuffix(path, ".html") {
		v.pages.Add(1)
	}
	v.seen(path)
	return v.Store.Put(path, data)
}

// seen notes that a view is as it is to be.
func (v *views) seen(path string) {
	if compared, ok := v.Store.(*comparing); ok {
		compared.alive(path)
	}
	if v.partial || v.initial {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.written[path] = true
}

// putFiles writes rendered files.
func (v *views) putFiles(files []storefront.File, err error) error {
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := v.put(f.Path, f.Data, nil); err != nil {
			return err
		}
	}
	return nil
}

// removePage removes a page in every language.
func (v *views) removePage(page string) error {
	for _, lang := range v.renderer.Languages() {
		if err := v.Store.Remove(wire.LangPath(lang, page)); err != nil {
			return err
		}
	}
	return nil
}

// changes renders the packages that the run changed.
func (v *views) changes(ctx context.Context) error {
	ids := v.changedIDs()
	return parallel(len(ids), func(i int) error {
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
}

// all renders every package.
func (v *views) all(ctx context.Context) error {
	done := 0
	return v.state.Walk(ctx, v.root, func(_ string, _ *wire.Ref, node wire.Node) error {
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

// shared renders what several packages are on.
func (v *views) shared(ctx context.Context) error {
	all := &rows{digits: rowDigits(v.registry.Count), byID: make(map[string]*wire.Row, v.registry.Count)}
	if v.partial {
		var err error
		if all, err = v.readRows(ctx, v.state.Root.Registry.Count); err != nil {
			return err
		}
	}
	var ids []string
	var changes []browse.Change
	for i := range v.rows {
		row := &v.rows[i]
		if old := all.byID[row.ID]; old == nil || !reflect.DeepEqual(old, row) {
			changes = append(changes, browse.Change{Old: old, New: row})
			ids = append(ids, row.ID)
			all.byID[row.ID] = row
			if err := v.putDoc(wire.CardPath(row.Number), row); err != nil {
				return err
			}
		}
	}
	if !v.partial {
		ids = nil
	}
	if ids != nil || !v.partial {
		if err := v.putRows(all, ids); err != nil {
			return err
		}
	}
	if err := v.putSitemap(all); err != nil {
		return err
	}
	if err := v.putLists(all, changes); err != nil {
		return err
	}
	if err := v.putDays(ctx); err != nil {
		return err
	}
	if err := v.putNotices(ctx); err != nil {
		return err
	}
	return v.putSearch(ctx, all, changes)
}

// fixed writes the files that don't depend on any package.
func (v *views) fixed() error {
	if err := v.putFiles(v.renderer.Fixed(v.registry)); err != nil {
		return err
	}
	static := v.renderer.Static()
	for _, name := range schema.Names() {
		var err error
		if static[wire.SchemaPath(name)], err = schema.Get(name); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(static)) {
		if err := v.Store.Put(path, static[path]); err != nil {
			return err
		}
	}
	return v.putDoc(wire.SitePath, v.site)
}

// removeStale removes the pages and the data of an older state that this one doesn't have. Styles and scripts stay: a page that somebody has open may ask for them.
func (v *views) removeStale() error {
	if v.initial {
		return nil
	}
	if _, comparing := v.Store.(*comparing); comparing {
		return nil
	}
	var stale []string
	for path, err := range v.Store.List("") {
		if err != nil {
			return err
		}
		top, _, below := strings.Cut(path, "/")
		ours := path == wire.SitemapPath || below && (wire.IsLanguageDirectory(top) || slices.Contains([]string{"storefront", "sitemaps", "apps", "shelves"}, top))
		if ours && !v.written[path] && !store.IsTemporary(path) {
			stale = append(stale, path)
		}
	}
	for _, path := range stale {
		if err := v.Store.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// list returns the version list of a package, from memory if the run changed it.
func (v *views) list(ctx context.Context, id string, e wire.Entry) (wire.VersionList, error) {
	if p, ok := v.changed[id]; ok {
		return p.List, nil
	}
	return v.state.Versions(ctx, id, e.Versions)
}

// pkg renders the pages of a package, and one for each of its releases if there are several. Of those that the views in the store show, which are the ones that the
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
	first := list.Versions[0].Log
	for _, version := range list.Versions {
		first = min(first, version.Log)
	}
	primary := list.Primary()
	for _, version := range list.Versions {
		old, known := shown[version.Version]
		known = known && slices.Equal(old.Yanks, version.Yanks)
		isPrimary, own := version.Version == primary.Version, len(list.Versions) > 1 && !(known && len(shown) > 1)
		if !isPrimary && !own && known {
			continue
		}
		page, err := v.release(ctx, list, version)
		if err != nil {
			return err
		}
		if !known {
			v.days.add(version, wire.DayRelease{
				Log: version.Log, Time: version.Time, ID: list.ID, Version: version.Version, Channel: version.Channel, First: version.Log == first, Action: version.Action(), Name: v.reduce(page.Metadata.Name),
			})
		}
		if isPrimary {
			page.Row = v.row(list, &page.Metadata, v.icons(&page))
			v.mu.Lock()
			v.rows = append(v.rows, page.Row)
			v.mu.Unlock()
			v.notices.add(list, page.Row.Name)
			files, err := v.renderer.Package(page)
			if err := v.putFiles(files, err); err != nil {
				return err
			}
			if err := v.removeChangelog(list.ID, files, len(shown) > 0); err != nil {
				return err
			}
			if err := v.listing(ctx, page.Metadata.Format, list, func(version string) bool { return shown[version].Version != "" }); err != nil {
				return err
			}
		}
		if own {
			page.Own, page.List, page.Row = true, wire.VersionList{ID: list.ID, Versions: []wire.Version{version}}, wire.Row{} // it tells nothing that other releases change, so that it is seldom written again
			if err := v.putFiles(v.renderer.Package(page)); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeChangelog removes the page of a changelog that the package no longer has.
func (v *views) removeChangelog(id string, files []storefront.File, known bool) error {
	page := wire.PackageChangelogPage(id)
	if !known || slices.ContainsFunc(files, func(f storefront.File) bool { return strings.HasSuffix(f.Path, page) }) {
		return nil
	}
	return v.removePage(page)
}

// release reads what the page of a release shows.
func (v *views) release(ctx context.Context, list wire.VersionList, version wire.Version) (storefront.Package, error) {
	page := storefront.Package{Registry: v.registry, PublicKey: v.key, List: list, Epoch: v.head.Epoch}
	var err error
	if page.Metadata, err = v.state.Metadata(ctx, list.ID, version); err != nil {
		return page, err
	}
	page.Link = listing.DeepLink(v.registry, page.Metadata)
	if page.Advisories, err = v.advisoriesOf(ctx, version); err != nil {
		return page, err
	}
	files := v.renderer.TextFiles(&page.Metadata)
	page.Texts = make(map[string][]byte, len(files))
	for _, f := range files {
		path := wire.AssetPath(list.ID, version.Version, f.Path)
		if page.Texts[f.Path], err = v.state.ReadRef(ctx, path, wire.Ref{SHA256: f.SHA256, Size: f.Size}, f.Size); err != nil {
			return page, err
		}
	}
	page.Renditions, err = v.renditions(ctx, &page.Metadata)
	return page, err
}

// icons returns the published paths of the pictures that lists show a package by: one for their place, and one for screens of twice the density.
func (v *views) icons(p *storefront.Package) []string {
	if len(p.Metadata.Icons) == 0 {
		return nil
	}
	icon := storefront.BestIcon(p.Metadata.Icons)
	smaller := p.Renditions[icon.Path]
	original := wire.AssetPath(p.Metadata.ID, p.Metadata.Version, icon.Path)
	switch len(smaller) {
	case 0:
		return []string{original}
	case 1:
		return []string{smaller[0].Path, original}
	}
	return []string{smaller[0].Path, smaller[1].Path}
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
