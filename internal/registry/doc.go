// Package registry decides: what a commit has against what is published gives events; the events give the state.
//
// It is pure. No files, no clock, no network: what has to be read is passed in, as values or as a function.
//
// The rules:
//
//   - A package is its id. What is published of an id depends on nothing but that id's own events.
//   - Versions only rise, by semver's precedence. Nothing published is ever overwritten.
//   - The same source digest as the highest version means that there is nothing to do.
//   - A package whose directory is gone is delisted, and keeps its id and its releases for ever.
//   - The catalogue's shape depends on the set of ids alone.
package registry
