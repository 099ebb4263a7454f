// Package scaffold makes the files of a new registry's repo, and says where a repo's own have drifted from them.
//
// The rules:
//
//   - What lies below files/ is what a repo gets, under the same path. Each file is a template of package text/template with [[ and ]] as delimiters and
//     [Params] as values; its functions json and md write a text as those languages do. A file is added by putting it there.
//   - Beside them come the JSON Schemas that editors are bound to, and the editor's settings that bind them.
//   - Files that are the same in every registry are compared byte for byte ([Check]). Those that people are meant to edit need only be there.
//   - What workflows call this tool by is read from the workflows that are there ([Action]), so that a newer release of it is no drift.
//   - The same values make the same files. Nothing here reads a file, a clock or the network.
package scaffold

//go:generate go test -run=TestThisRepo . -update
