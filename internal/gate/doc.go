// Package gate says of a pull request what is wrong with it, who has to agree, and what a reviewer should look at.
//
// The rules:
//
//   - It reads git objects, and executes nothing of the pull request.
//   - What decides is the base branch's: the configuration, owners and keys of the change itself count for new packages alone.
//   - Everything that `regen validate` finds in a changed package is said.
//   - What it returns is bounded ([MaxFiles] and others), and what it writes is escaped: it is safe to paste.
package gate
