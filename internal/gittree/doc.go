// Package gittree reads what a git commit holds: its trees, its files and the
// chain of commits before it. It reads the object store, never the work tree;
// the one exception is [WorkFiles], which reads a directory as git would
// commit it.
//
// # Why it reads packs by itself
//
// A registry of 10,000 packages is 150,000 objects, one of 100,000 is 1.4
// million. Reading every blob of the former takes `git cat-file --batch
// --buffer` 3.3 s and go-git 15 s, and go-git loads a pack's whole index before
// it gives the first object: 0.28 s for 1.4 million. The Readers here take 2.1 s
// on two cores, in 100 MB of memory, and there is next to nothing to load: from
// nothing to the list of 100,000 packages takes 31 ms, most of it to inflate
// that one tree. An index is looked up where it lies, one of its 256 parts at a
// time, and pack entries are inflated through buffers that are used again.
// Packs are read by ReadAt into a small buffer rather than through a memory map:
// a map would count the whole pack as resident memory, and would turn a file cut
// short under the process into a crash instead of an error.
//
// It knows packs with version 2 indexes, loose objects and alternates. go-git
// reads references and configuration. Revisions are resolved here: go-git's
// resolver takes hashes before branches, picks any of several matches, and
// passes over what it doesn't know ("HEAD@{1}" gives HEAD); and go-git doesn't
// open partial or sparse clones at all. The index file and ignore patterns are
// read here, too: go-git's reader refuses indexes that git writes (sparse ones,
// those without a checksum), and its patterns know neither [!a] nor "a/**".
//
// # What is verified
//
// Objects are found by their hash, but not hashed again: git has verified them
// when they were fetched. Against hostile content (trees and files that
// anybody may propose) everything is bounded: sizes are checked before memory
// is taken, as are depths and counts, and a tree must be in git's order,
// without duplicates, and free of names that no file can have. A damaged pack
// gives an error, never a panic. Replacement references and grafts are not
// followed, and neither the environment nor the user's own git configuration
// is read.
package gittree
