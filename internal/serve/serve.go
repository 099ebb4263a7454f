// Package serve serves a published tree from a directory, as a CDN should: with the right content types and cache headers, and
// nothing executed. It is for previews on this machine.
package serve

import (
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// types are the content types of published files. The operating system's own table is left out of it, since it differs from one to the next.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
	".json": "application/json", ".md": "text/markdown; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".zip": "application/zip", ".minisig": "text/plain; charset=utf-8", ".pub": "text/plain; charset=utf-8",
	".xml": "application/xml", ".jpg": "image/jpeg", ".webp": "image/webp",
}

// ContentType returns the content type of a published file.
func ContentType(name string) string {
	if t, ok := types[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

// Handler serves the tree in a directory. A path that ends in a slash means its index.html.
func Handler(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if name == "" || strings.HasSuffix(r.URL.Path, "/") {
			name = path.Join(name, "index.html")
		}
		local, err := filepath.Localize(name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		f, err := os.OpenInRoot(dir, local)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", ContentType(name))
		h.Set("Cache-Control", wire.CacheControl(name))
		h.Set("X-Content-Type-Options", "nosniff")
		// A package's own SVG can't run anything, even when it is opened by itself.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
