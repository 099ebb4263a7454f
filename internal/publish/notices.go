package publish

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// notices are the advisories that apply to the packages that are rendered.
type notices struct {
	mu   sync.Mutex
	list []wire.ActiveAdvisory
}

// add takes what applies to versions of a package.
func (n *notices) add(list wire.VersionList, name wire.Text) {
	byID := make(map[string]*wire.ActiveAdvisory)
	for _, version := range list.Versions {
		for _, y := range version.Yanks {
			a := byID[y.Advisory]
			if a == nil {
				a = &wire.ActiveAdvisory{ID: y.Advisory, Package: list.ID, Name: name, Action: y.Action, Ref: y.Ref}
				byID[y.Advisory] = a
			}
			a.Versions = append(a.Versions, version.Version)
			if slices.Index(wire.Actions, y.Action) > slices.Index(wire.Actions, a.Action) {
				a.Action, a.Ref = y.Action, y.Ref
			}
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, a := range byID {
		n.list = append(n.list, *a)
	}
}

// putNotices writes the pages of the advisories that changed, and the one that names all.
func (v *views) putNotices(ctx context.Context) error {
	var before, now wire.ActiveAdvisories
	if v.partial {
		if found, err := v.readData(ctx, wire.AdvisoriesDocPath, &before); err != nil {
			return err
		} else if !found {
			return errSpoilt
		}
		for _, a := range before.Advisories {
			if _, changed := v.changed[a.Package]; !changed {
				now.Advisories = append(now.Advisories, a)
			}
		}
	}
	now.Advisories = append(now.Advisories, v.notices.list...)
	slices.SortFunc(now.Advisories, func(a, b wire.ActiveAdvisory) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Package, b.Package))
	})
	if now.Advisories == nil {
		now.Advisories = []wire.ActiveAdvisory{}
	}
	if v.partial && reflect.DeepEqual(before, now) {
		return nil
	}
	if err := v.putDoc(wire.AdvisoriesDocPath, now); err != nil {
		return err
	}
	if err := v.putFiles(v.renderer.Advisories(storefront.Advisories{Registry: v.registry, List: now.Advisories})); err != nil {
		return err
	}
	was, is := byAdvisory(before), byAdvisory(now)
	for _, id := range slices.Sorted(maps.Keys(is)) {
		if v.partial && reflect.DeepEqual(was[id], is[id]) {
			continue
		}
		page := storefront.AdvisoryPage{Registry: v.registry, Packages: is[id]}
		for _, a := range is[id] {
			path := wire.AdvisoryPath(a.SHA256)
			data, err := v.state.ReadRef(ctx, path, a.Ref, tree.MaxAdvisory)
			if err != nil {
				return err
			}
			var said wire.Advisory
			if err := wire.Decode(data, &said); err != nil {
				return err
			}
			said.ID, said.Action = a.ID, a.Action // what the log says counts
			page.Advisories = append(page.Advisories, said)
		}
		if err := v.putFiles(v.renderer.Advisory(page)); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(was)) {
		if is[id] == nil {
			if err := v.removePage(wire.AdvisoryPage(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

func byAdvisory(a wire.ActiveAdvisories) map[string][]wire.ActiveAdvisory {
	byID := make(map[string][]wire.ActiveAdvisory)
	for _, one := range a.Advisories {
		byID[one.ID] = append(byID[one.ID], one)
	}
	return byID
}
