package main

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/regen-registry/regen/internal/branch"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/tree"
)

// explain adds a hint to an error that has none: what to do about it.
func explain(err error) error {
	if h := (*hintError)(nil); errors.As(err, &h) {
		return err
	}
	if hint := deviceHint(err); hint != "" {
		return hinted(err, hint)
	}
	for _, e := range []struct {
		is   error
		hint string
	}{
		{gittree.ErrNoRepo, "run it inside a git repo, or name one with --repo"},
		{gittree.ErrUnborn, "commit something first: packages are published from commits"},
		{gittree.ErrNoRevision, "is it fetched? `git fetch` and `git rev-parse` tell"},
		{sign.ErrPlaceholder, "run `regen keys init` and commit what it writes; where keys/1.json is there already, take minisign.pub back as it was"},
		{publish.ErrRegistry, "publish to another directory, or set `id` in registry.yaml to the published one"},
		{publish.ErrPair, "publish with a release key that the newest keys/<n>.json names (`regen keys show`); without such a file, with the key that --pub (minisign.pub) is the other half of"},
		{publish.ErrSet, "nothing was published; make the set again with `regen build`, of the same commit"},
		{publish.ErrAltered, "nothing was published; make the set again with `regen build`, and find out who changed it on the way"},
		{branch.ErrMoved, "others publish all the time; nothing is lost: run again"},
		{branch.ErrForeign, "name a branch that doesn't exist yet, or one that regen published to"},
		{branch.ErrNoGit, "install git (https://git-scm.com)"},
		{publish.ErrBehind, "fetch the newest commits and run again"},
		{tree.ErrUntrusted, "is --pub (minisign.pub) the key that the tree is signed with? if so, the head was altered: restore it from a mirror"},
		{tlog.ErrDamaged, "nothing was written; restore the file from a mirror or a backup, then `regen verify` the tree"},
		{gittree.ErrUnsupported, "use a plain clone, with git's default object format and storage, and a revision such as main, HEAD~2 or a hash"},
		{gittree.ErrMissing, "the clone lacks objects: fetch without --filter, or clone anew"},
		{gittree.ErrCorrupt, "`git fsck` tells what is damaged; clone anew"},
		{syscall.ENOTDIR, "name a directory"},
		{tree.ErrDamaged, "nothing was written; restore the tree from a mirror or a backup, then `regen verify` it"},
		{syscall.ENOSPC, "free some space and run again: nothing that is published was touched"},
		{syscall.EROFS, "the destination is read-only: mount it writable, or name another one with --to"},
		{fs.ErrNotExist, "nothing is there: check the path"},
		{fs.ErrPermission, "check the permissions of the path"},
	} {
		if errors.Is(err, e.is) {
			return hinted(err, e.hint)
		}
	}
	return err
}
