// Package serve serves a published tree from a directory, for previews on this machine: with the content types that a CDN should send, nothing that
// is executed but the few lines that load a page again, and nothing that is cached.
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
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
	".json": "application/json", ".md": "text/markdown; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".zip": "application/zip", ".minisig": "text/plain; charset=utf-8", ".pub": "text/plain; charset=utf-8",
	".gz": "application/gzip", ".mosis": "application/zip", ".manapkg": "application/zip", ".mana": "application/json",
	".xml": "application/xml", ".atom": "application/atom+xml; charset=utf-8", ".webmanifest": "application/manifest+json", ".jpg": "image/jpeg", ".webp": "image/webp",
}

// ContentType returns the content type of a published file.
func ContentType(name string) string {
	if t, ok := types[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

// What is served may run and load what these policies say: a page what the storefront brings, and anything else, such as a package's own SVG that is opened by itself, nothing.
const (
	pagePolicy = wire.PageCSP + "; frame-ancestors 'none'"
	filePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

func headers(h http.Header, name string) {
	h.Set("Content-Type", ContentType(name))
	h.Set("Cache-Control", "no-store") // a preview changes under the same names
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", filePolicy)
	if strings.HasSuffix(name, ".html") {
		h.Set("Content-Security-Policy", pagePolicy)
	}
}

// open opens the file that a request asks for; a path that ends in a slash means its index.html. Where there is none, it answers the request and returns nil.
func open(w http.ResponseWriter, r *http.Request, dir string) (name string, f *os.File, info os.FileInfo) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return "", nil, nil
	}
	name = strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	local, err := filepath.Localize(name)
	if err == nil {
		f, err = os.OpenInRoot(dir, local)
	}
	if err == nil {
		info, err = f.Stat()
	}
	if err != nil || !info.Mode().IsRegular() {
		if f != nil {
			f.Close()
		}
		http.NotFound(w, r)
		return "", nil, nil
	}
	return name, f, info
}
