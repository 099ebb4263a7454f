// Package history reads the log of a registry for people and for monitors: what happened, with proofs, and that nothing of it was ever rewritten.
//
// The rules that it enforces:
//
//   - A monitor takes a head as a strict device does: by a release key of the newest trust document that follows from the one it knows, of its registry, and not older than the
//     one it has seen. Two heads that contradict each other are a [Contradiction], which has both.
//   - An old head, or an expired trust document, proves as much of the past as a young one. It is a problem, and followed all the same.
//   - The log of a head begins with all that the monitor has seen of it; where keys were revoked, with all of it up to the floor, and with the floor.
//   - Nothing is told before it is proved against the root in the head: each entry by itself, and that the log continues what was seen before the first of them.
//   - What an entry says is told as devices understand it. An entry that they can't read is told as it stands, and is a problem.
//   - Memory doesn't grow with the log: of what is told nothing is kept.
//
// The package has no files, no network and no clock: what it reads is passed in.
package history
