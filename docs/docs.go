// Package docs holds the project's documentation, which storefronts publish a part of.
package docs

import "embed"

// FS has *.md.
//
//go:embed *.md
var FS embed.FS
