package main

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tree"
)

// explain adds a hint to an error that has none: what to do about it.
func explain(err error) error {
	if h := (*hintError)(nil); errors.As(err, &h) {
		return err
	}
	for _, e := range []struct {
		is   error
		hint string
	}{
		{gittree.ErrNoRepo, "run it inside a git repo, or name one with --repo"},
		{gittree.ErrUnborn, "commit something first: packages are published from commits"},
		{gittree.ErrNoRevision, "is it fetched? `git fetch` and `git rev-parse` tell"},
		{sign.ErrPlaceholder, "run `regen keys generate` and commit the new minisign.pub"},
		{publish.ErrRegistry, "publish to another directory, or set `id` in registry.yaml to the published one"},
		{tree.ErrDamaged, "nothing was written; restore the tree from a mirror or a backup, then `regen verify` it"},
		{syscall.ENOSPC, "free some space and run again: nothing that is published was touched"},
		{syscall.EROFS, "the destination is read-only: mount it writable, or name another one with --to"},
		{fs.ErrPermission, "check the permissions of the path"},
	} {
		if errors.Is(err, e.is) {
			return hinted(err, e.hint)
		}
	}
	return err
}
