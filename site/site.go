// Package site holds the storefront's own files: templates, styles, scripts, texts and the mark.
//
// internal/storefront says what the templates get to see, and which rules they keep. The styles are published as one, in the order of their names. A registry may put a file
// of its own in the place of any of them, in the directory site/ of its repo.
package site

import "embed"

// FS has templates/*.html, styles/*.css, scripts/*.js, strings/*.yaml and icon.svg.
//
//go:embed templates/*.html styles/*.css scripts/*.js strings/*.yaml icon.svg
var FS embed.FS
