package verify

import (
	"context"
	"fmt"
	"strings"

	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// rest checks what no device reads: the views, and files that nothing names. Where the state itself is wrong, neither can be told.
func (v *verifier) rest(ctx context.Context) error {
	if !v.report.OK() && !v.expiredAlone() {
		return nil
	}
	if err := v.views(ctx); err != nil {
		return err
	}
	return v.leftovers(ctx)
}

// expiredAlone reports whether all that is wrong is the age of the head.
func (v *verifier) expiredAlone() bool {
	return len(v.report.Problems) == 1 && v.report.Problems[0].Path == wire.HeadPath
}

// views renders the views again and compares. If views.json says that they show an older state, or were made by another renderer, those that
// differ are stale; if it says that they show this one, they are wrong.
func (v *verifier) views(ctx context.Context) error {
	v.alive(wire.ViewsPath)
	expected, err := publish.ExpectViews(ctx, v.Reader, v.state, v.Progress)
	if err != nil {
		return fmt.Errorf("render the views again: %w", err)
	}
	for path := range expected.Paths {
		v.alive(path)
	}
	for _, path := range expected.Differ {
		if expected.Current {
			v.problem(path, "isn't what the state shows, and %s says that it is", wire.ViewsPath)
		} else {
			v.report.Stale = append(v.report.Stale, path)
		}
	}
	return nil
}

// leftovers lists the files that nothing names.
func (v *verifier) leftovers(ctx context.Context) error {
	if v.Lister == nil {
		return nil
	}
	grace := make(map[string]bool)
	var files []string
	earlier := func(path string) bool { // an epoch of the log that a theft ended stays as it was, as evidence
		for e := 1; e < v.state.Statement.Epoch; e++ {
			if strings.HasPrefix(path, wire.LogPath(e)) {
				return true
			}
		}
		return false
	}
	for path, err := range v.Lister.List("") {
		if err != nil {
			return fmt.Errorf("list the tree: %w", err)
		}
		if strings.HasPrefix(path, wire.RetiredPrefix) && !store.IsTemporary(path) {
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
		if !v.live[path] && !earlier(path) && path != wire.NoJekyllPath && path != wire.CNAMEPath {
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
