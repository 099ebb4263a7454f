// Package site holds the storefront's own files: templates, one stylesheet and the mark.
//
// internal/storefront says what the templates get to see, and which rules they keep.
package site

import "embed"

// FS has templates/*.html, style.css and icon.svg.
//
//go:embed templates/*.html style.css icon.svg
var FS embed.FS
