// Package search makes the index that the storefront's script searches: files that a browser fetches a few of, in place of a server.
//
// The rules that it keeps:
//
//   - The files depend on the documents and the stop words alone. An index that was brought up to date has the same files, byte for byte, as one that was built anew.
//   - Bringing it up to date reads and writes the files that the change reaches, and the root.
//   - All texts are folded alike, here and in the script (site/scripts/search.js, which holds the other half of every rule here): compatibility forms are taken apart, accents
//     dropped, capitals lowered. A word is a run of letters and digits. Scripts that put no space between words are cut into pairs of letters instead.
//   - A key is a word, or the words of a whole name joined by hyphens. It leads to the numbers of the documents that have it, by the best place where each has it.
//     Stop words in summaries have no key.
//   - A document has at most 256 keys; a word counts to its 24th letter, a name to its 40th, a text to its 4096th byte.
//
// The files are two tries, over paths that consist of ASCII alone ([path]). A trie is cut into files by size: as long as the keys below a path weigh little they share one file, a leaf; else
// an inner file stands for the path, and says what each branch weighs and which 20 documents come first below it. A single key is never cut.
//
//	root.json      the stop words, and for both tries the branches with the sizes of their files
//	t-<path>.json  the keys with their documents; the inner files answer the first letters of a word
//	y-<path>.json  the words again, for those who mistype them: under the first three letters less one
//
// A word and the same word with one error (a letter that is missing, too much or wrong, or two that are swapped) have first letters in common after each loses one of the first three at most. So three
// places have all words that a mistyped one can mean, whatever its first letter is.
package search

import "errors"

// A Doc is what is searched of one package, in one language.
type Doc struct {
	Number   int64 // unique and stable, from 0 to 2⁵³-1; a document with any other number isn't found
	ID       string
	Name     string
	Summary  string
	Keywords []string
	Authors  []string
}

// A Change is what happened to one document. Old is nil where it is new, New where it is gone.
type Change struct{ Old, New *Doc }

// Files are those of an index, by their name below its directory.
type Files map[string][]byte

// ErrSpoilt says that what was read isn't an index, or not the one that the changes are to. It has to be built anew.
var ErrSpoilt = errors.New("the search index is spoilt")
