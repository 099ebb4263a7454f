// Package pagetest tests the storefront's pages in a real browser, all kinds of them, as they are published: the tree under test is made by publishing a repo.
//
// The repo has the packages of this one, and others that a page has a hard time with: texts in scripts that run from right to left, words that don't break, names as long as they may be,
// markup wherever a text is. What no package could be published with is put into the published tree afterwards, and the tree is signed again: pages mustn't rely on what
// packages are checked for.
//
// To look at the pages yourself:
//
//	go test ./internal/pagetest -run Screenshots -screenshots DIR
package pagetest
