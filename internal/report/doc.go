// Package report tells a pull request what the gate found: in a comment, in labels, in its title, and by naming the owners whose approval is missing.
//
// It has a token that can write, and what it tells was made where a stranger had a say. The rules:
//
//   - The result is data: at most 1 MiB of strict JSON, held against schema/gate.schema.json.
//   - It counts only where it is about what the event says that a run looked at, and where GitHub says that this is the head of an open pull request, of the same
//     author and the same fork. Otherwise nothing is written.
//   - A pull request that changes what the gate is run by can't vouch for itself: it needs a review, whatever its result says, and nothing else of the result is told.
//   - Labels are those of [gate.Labels], and only those are taken away. Nobody is named with @ but owners, by the records of the base branch, of packages that the pull request changes, and maintainers.
//   - There is one comment, which is found by its first line and its author, and changed in place.
//   - Answers are bounded, and so are tries, waiting, and what is written.
//
// [Decide] is pure. [Run] asks GitHub, and writes.
package report
