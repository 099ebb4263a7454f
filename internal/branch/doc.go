// Package branch keeps a published tree on a branch of a git remote.
//
// The rules:
//
//   - The remote alone has the state. A run fetches the newest commit of the branch into a repo of its own, in a temporary directory; the clone that packages are published from is neither written nor locked.
//   - Nothing is checked out. The files of the commit are read as objects, so that no symlink, no attribute, no filter and no name of theirs means anything to the file system.
//   - What is published is one commit on top of the fetched one, pushed without force: the push succeeds where the branch is what was fetched, and else not ([ErrMoved]). A run that is killed before leaves
//     nothing behind, and after it there is nothing left to do.
//   - A commit's bytes depend on its parent, the tree, the message and the time that the caller gives, and on nothing else.
//   - git is the one program that is run, with an environment and a configuration of our own: no hooks, no credential helpers, no prompts, no configuration of the user or of the system. A token is handed
//     over in the environment, and for GitHub's server alone.
//   - What a tree may hold is bounded. How much git downloads isn't, since git has no such bound: the remote is the registry's own. A transfer that stalls for a minute is given up.
package branch

import "errors"

// ErrMoved says that the branch isn't what was fetched any more: somebody else published.
var ErrMoved = errors.New("the branch was moved by another publisher")

// ErrForeign says that the branch holds something else than a published tree.
var ErrForeign = errors.New("not a published tree")

// ErrNoGit says that git isn't installed.
var ErrNoGit = errors.New("git isn't there")
