package browsertest

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/serve"
)

// Serve returns a handler that serves the tree in a directory as a host of static files does: index.html for a directory, 404.html for what isn't there, and the headers that the tree's
// _headers asks for.
func Serve(dir string) (http.Handler, error) {
	headers := new(Headers)
	text, err := os.ReadFile(filepath.Join(dir, "_headers"))
	if err == nil {
		headers, err = ParseHeaders(string(text))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &site{os.DirFS(dir), headers}, nil
}

type site struct {
	files   fs.FS
	headers *Headers
}

// ServeHTTP implements [http.Handler].
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "."
	}
	maps.Copy(w.Header(), s.headers.Of(r.URL.Path))
	if info, err := fs.Stat(s.files, name); err == nil && info.IsDir() {
		if !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
			return
		}
		name = path.Join(name, "index.html")
	}
	if f, err := s.files.Open(name); err == nil {
		defer f.Close()
		s.answer(w, r, name, http.StatusOK, f)
		return
	}
	if f, err := s.files.Open("404.html"); err == nil {
		defer f.Close()
		s.answer(w, r, "404.html", http.StatusNotFound, f)
		return
	}
	http.NotFound(w, r)
}

func (s *site) answer(w http.ResponseWriter, r *http.Request, name string, status int, f fs.File) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", serve.ContentType(name))
	}
	if status == http.StatusOK {
		http.ServeContent(w, r, name, time.Time{}, f.(io.ReadSeeker))
		return
	}
	w.WriteHeader(status)
	_, _ = io.Copy(w, f)
}
