// Package release turns the source directory of a package into what is published of it: the artifact, its hashes, its facts
// and its listing files.
//
// The rules:
//
//   - Only regular files are packed. A symlink, a submodule, an LFS pointer or a name that some system can't hold is an error.
//   - What a format or the registry leaves out is neither read nor checked.
//   - Limits are looked at before contents are.
//   - A package that registers its author's key carries the author's signature of what is packed and of the version.
//   - The source digest covers the packed files and the facts, so that the same source is known again whatever tool packed it.
package release
