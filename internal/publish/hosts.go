package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/listing"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of what is read for the listings of hosts, in bytes.
const (
	maxArtifact = 4 << 30 // of a package: what a zip without zip64 can hold
	maxIndex    = 1 << 30 // of an index: about two million packages
)

// host returns the host of a format, if the registry has a listing for it.
func (v *views) host(format string) listing.Host {
	if !slices.Contains(v.listings, format) {
		return nil
	}
	return listing.Of(format)
}

// app returns what a listing is made of. known reports whether the files of a release are there.
func (v *views) app(ctx context.Context, list wire.VersionList, known func(version string) bool) listing.App {
	return listing.App{
		Registry: v.registry, List: list,
		Metadata: func(version wire.Version) (wire.Metadata, error) { return v.state.Metadata(ctx, list.ID, version) },
		Artifact: func(m wire.Metadata) ([]byte, error) {
			path := wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name)
			return v.state.ReadRef(ctx, path, wire.Ref{SHA256: m.Artifact.SHA256, Size: m.Artifact.Size}, maxArtifact)
		},
		Asset: func(m wire.Metadata, f wire.File) ([]byte, error) {
			return v.state.ReadRef(ctx, wire.AssetPath(m.ID, m.Version, f.Path), wire.Ref{SHA256: f.SHA256, Size: f.Size}, f.Size)
		},
		Known: known,
		Page: func(m wire.Metadata, link, picture string) ([]byte, error) {
			version, _ := list.Find(m.Version)
			advisories, err := v.advisoriesOf(ctx, version)
			if err != nil {
				return nil, err
			}
			renditions, err := v.renditions(ctx, &m)
			if err != nil {
				return nil, err
			}
			return v.renderer.Landing(storefront.Landing{
				Registry: v.registry, Metadata: m, Renditions: renditions, Delisted: list.State == wire.Delisted, Advisories: advisories, Link: link, Picture: picture,
			})
		},
	}
}

// listing writes what the host of a format reads of a package, if the registry has such a listing. known reports whether the files of a release are there.
func (v *views) listing(ctx context.Context, format string, list wire.VersionList, known func(version string) bool) error {
	host := v.host(format)
	if host == nil {
		return nil
	}
	app := v.app(ctx, list, known)
	files, err := host.App(app)
	if err != nil {
		return fmt.Errorf("%s listing of %s: %w", format, list.ID, err)
	}
	if err := v.putAll(files); err != nil {
		return err
	}
	indexed, ok := host.(listing.Indexed)
	if !ok {
		return nil
	}
	row, err := indexed.Row(app)
	if err != nil {
		return fmt.Errorf("%s listing of %s: %w", format, list.ID, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.hosts[format] == nil {
		v.hosts[format] = make(map[string][]byte)
	}
	v.hosts[format][list.ID] = row
	return nil
}

func (v *views) putAll(files listing.Files) error {
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := v.put(path, files[path], nil); err != nil {
			return err
		}
	}
	return nil
}

// indexes writes the indexes of hosts. Where only what changed is rendered, all other rows are those that the index has.
func (v *views) indexes(ctx context.Context) error {
	for _, format := range v.listings {
		host, ok := v.host(format).(listing.Indexed)
		if !ok || v.partial && len(v.hosts[format]) == 0 {
			continue
		}
		rows := make(map[string][]byte)
		if v.partial {
			var err error
			if rows, err = v.indexed(ctx, host); err != nil {
				return err
			}
		}
		maps.Copy(rows, v.hosts[format])
		maps.DeleteFunc(rows, func(_ string, row []byte) bool { return row == nil })
		files, err := host.Index(v.registry, rows)
		if err != nil {
			return fmt.Errorf("index of %s packages: %w", format, err)
		}
		if err := v.putAll(files); err != nil {
			return err
		}
	}
	return nil
}

// indexed returns the rows of the published index. An index that is gone or spoilt is no reason to fail: then the rows are made anew, of all packages.
func (v *views) indexed(ctx context.Context, host listing.Indexed) (map[string][]byte, error) {
	data, err := v.Store.Read(ctx, host.IndexPath(), maxIndex)
	if err != nil && !errors.Is(err, store.ErrNotExist) && !errors.Is(err, store.ErrTooLarge) {
		return nil, err
	}
	if err == nil {
		if rows, err := host.Rows(v.registry, data); err == nil {
			return rows, nil
		}
	}
	rows := make(map[string][]byte)
	err = v.state.Walk(ctx, v.root, func(_ string, _ *wire.Ref, node wire.Node) error {
		for id, e := range node.Packages {
			if e.Format != host.Format() {
				continue
			}
			list, err := v.list(ctx, id, e)
			if err != nil {
				return err
			}
			if rows[id], err = host.Row(v.app(ctx, list, func(string) bool { return true })); err != nil {
				return fmt.Errorf("%s listing of %s: %w", e.Format, id, err)
			}
		}
		return nil
	})
	return rows, err
}
