package publish

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// retire notes what the next head supersedes. The note is written before the head, and is void until the head with its serial is there.
func (r *run) retire(next wire.Statement, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	slices.Sort(paths)
	data, err := wire.Encode(wire.Retired{Issued: next.Issued, Paths: slices.Compact(paths)})
	if err != nil {
		return err
	}
	return r.Store.Put(wire.RetiredPath(next.Serial), data)
}

// sweep removes superseded files whose time of grace is over: one lifetime of the head and [wire.Grace] after the head that superseded them. What
// the current head names again, or what a younger head superseded again, stays.
func (r *run) sweep(ctx context.Context, root wire.Node, head wire.Statement) error {
	keep := make(map[string]bool)
	var due []string
	notes := make(map[string][]string)
	for path, err := range r.Store.List(strings.TrimSuffix(wire.RetiredPrefix, "/")) {
		if err != nil {
			return fmt.Errorf("list what earlier heads superseded: %w", err)
		}
		if store.IsTemporary(path) {
			continue // a killed run was writing it
		}
		note, err := tree.ReadRetired(ctx, r.Store, path)
		if err != nil {
			return err
		}
		if head.Issued > note.Issued+(head.Expires-head.Issued)+wire.Grace {
			due = append(due, path)
			notes[path] = note.Paths
			continue
		}
		for _, p := range note.Paths {
			keep[p] = true
		}
	}
	if len(due) == 0 {
		return nil
	}
	// Only now is it worth knowing what is live.
	err := r.state.Walk(ctx, root, func(_ string, ref *wire.Ref, node wire.Node) error {
		if ref != nil {
			keep[wire.NodePath(ref.SHA256)] = true
		}
		for id, e := range node.Packages {
			keep[wire.VersionsPath(id, e.Versions.SHA256)] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	keep[wire.NodePath(head.Root.SHA256)] = true
	for _, path := range tlog.EdgePaths(head.Epoch, head.LogSize) {
		keep[path] = true
	}
	slices.Sort(due)
	for _, note := range due {
		for _, path := range notes[note] {
			if keep[path] {
				continue
			}
			if err := r.Store.Remove(path); err != nil {
				return fmt.Errorf("remove a superseded file: %w", err)
			}
		}
		if err := r.Store.Remove(note); err != nil {
			return err
		}
	}
	return nil
}

// changedIDs returns the ids of the packages that this run changed, sorted.
func (r *run) changedIDs() []string { return slices.Sorted(maps.Keys(r.changed)) }
