package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// views checks the views that stock tools read. If views.json says that the views show an older state, others than the
// state's own are stale; if it says that they show this one, they are wrong.
func (v *verifier) views(ctx context.Context) error {
	s := v.state.Statement
	v.alive(wire.ViewsPath, wire.RootPath, wire.ReleaseKeyPath, wire.HomePage)
	var shown wire.Views
	data, err := v.Reader.Read(ctx, wire.ViewsPath, 4<<10)
	if err == nil {
		err = wire.DecodeStrict(data, &shown)
	}
	current := err == nil && shown.Root == s.Root.SHA256 && shown.Log == fmt.Sprintf("%d:%s", s.LogSize, s.LogRoot)
	if !current {
		v.stale(wire.ViewsPath)
	}
	check := func(path string, want []byte) {
		v.alive(path)
		have, err := v.Reader.Read(ctx, path, int64(len(want)))
		switch {
		case err == nil && bytes.Equal(have, want):
		case !current && (err == nil || errors.Is(err, store.ErrNotExist) || errors.Is(err, store.ErrTooLarge)):
			v.stale(path)
		case err != nil:
			v.problem(path, "%v", err)
		default:
			v.problem(path, "shows something else than the state that %s names", wire.ViewsPath)
		}
	}
	root, err := v.state.ReadRef(ctx, wire.NodePath(s.Root.SHA256), s.Root, tree.MaxNode)
	if err != nil {
		return nil // told before
	}
	check(wire.RootPath, root)
	check(wire.ReleaseKeyPath, sign.PublicText(v.Key))
	for _, id := range sortedKeys(v.lists) {
		if p := v.lists[id]; p.list.ID != "" {
			data, err := wire.Encode(p.list)
			if err != nil {
				return err
			}
			check(wire.PackageViewPath(id), data)
		}
	}
	if v.state.Root.Children != nil {
		_, err = registry.Walk(v.state.Root, v.state.Reader(ctx), func(digits string, ref *wire.Ref, _ wire.Node) error {
			if ref != nil {
				v.alive(wire.ShelfPage(digits))
			}
			return nil
		})
	}
	if err != nil {
		return nil // told before
	}
	return nil
}

func (v *verifier) stale(path string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Stale = append(v.report.Stale, path)
}

// leftovers lists the files that nothing names.
func (v *verifier) leftovers(ctx context.Context) error {
	if v.Lister == nil {
		return nil
	}
	grace := make(map[string]bool)
	var files []string
	for path, err := range v.Lister.List("") {
		if err != nil {
			return fmt.Errorf("list the tree: %w", err)
		}
		if strings.HasPrefix(path, wire.RetiredPrefix) {
			note, err := tree.ReadRetired(ctx, v.Reader, path)
			if err != nil {
				v.problem(path, "%v", err)
				continue
			}
			for _, p := range note.Paths {
				grace[p] = true
			}
			continue
		}
		if !v.live[path] && !strings.HasPrefix(path, wire.StaticPath("")) {
			files = append(files, path)
		}
	}
	for _, path := range files {
		if grace[path] {
			v.report.Grace = append(v.report.Grace, path)
		} else {
			v.report.Leftovers = append(v.report.Leftovers, path)
		}
	}
	return nil
}
