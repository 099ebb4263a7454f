package client_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// rogue is a web server of a published tree. It is honest, but for the paths for which it has a trick.
type rogue struct {
	*httptest.Server
	mu    sync.Mutex
	files tree
	trick func(path string) trick
	asked []string // paths, with their queries
	ends  chan struct{}
}

// A trick answers a request for a file in another way than an honest server. The file is nil if the tree doesn't have it.
type trick func(w http.ResponseWriter, r *http.Request, file []byte)

// serve starts a server of a tree.
func serve(t testing.TB, files tree) *rogue {
	s := &rogue{files: files, ends: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		close(s.ends)
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// ServeHTTP implements http.Handler.
func (s *rogue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	s.mu.Lock()
	file := s.files[path]
	s.asked = append(s.asked, strings.TrimPrefix(r.RequestURI, "/"))
	var do trick
	if s.trick != nil {
		do = s.trick(path)
	}
	s.mu.Unlock()
	if do == nil {
		do = honest
	}
	do(w, r, file)
}

// play replaces the tree and the tricks, and forgets what was asked.
func (s *rogue) play(files tree, trick func(path string) trick) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files, s.trick, s.asked = files, trick, nil
}

// requests returns what was asked since the last [rogue.play].
func (s *rogue) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.asked...)
}

// on plays a trick for the files of a step.
func on(step string, do trick) func(path string) trick {
	return func(path string) trick {
		if stepOf(path) == step {
			return do
		}
		return nil
	}
}

// stepOf names the step of a device at which it reads a file.
func stepOf(path string) string {
	switch {
	case path == wire.HeadPath:
		return "head"
	case strings.HasPrefix(path, "keys/") && strings.HasSuffix(path, wire.SignatureSuffix):
		return "trust signature"
	case strings.HasPrefix(path, "keys/"):
		return "trust document"
	case strings.HasPrefix(path, "index/"):
		return "catalogue"
	case strings.Contains(path, "/tile/entries/"):
		return "log bundle"
	case strings.HasPrefix(path, "log/"):
		return "log tile"
	case strings.HasPrefix(path, "advisories/"):
		return "advisory"
	case strings.Contains(path, "/versions/"):
		return "version list"
	case strings.HasSuffix(path, "/metadata.json"):
		return "metadata"
	case strings.Contains(path, "/assets/"):
		return "asset"
	case strings.HasPrefix(path, "packages/"):
		return "artifact" // or a compressed copy of it, or a delta
	}
	return path
}

// honest answers as a server should.
func honest(w http.ResponseWriter, r *http.Request, file []byte) {
	if file == nil {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, "file.bin", time.Time{}, bytes.NewReader(file))
}

// instead answers with other bytes.
func instead(data []byte) trick {
	return func(w http.ResponseWriter, r *http.Request, _ []byte) { honest(w, r, data) }
}

// altered answers with one byte of the file changed: a letter, so that what is text stays text.
func altered(w http.ResponseWriter, r *http.Request, file []byte) {
	data := bytes.Clone(file)
	if at := bytes.Index(data, []byte("example")); at >= 0 {
		data[at+2] ^= 4 // exemple
	} else if at = bytes.LastIndexAny(data, "0123456789abcdef"); at >= 0 {
		data[at] ^= 1
	} else if len(data) > 0 {
		data[len(data)/2] ^= 1
	}
	honest(w, r, data)
}

// cut answers with the first half of the file.
func cut(w http.ResponseWriter, r *http.Request, file []byte) {
	honest(w, r, file[:len(file)/2:len(file)/2])
}

// longer answers with a byte more.
func longer(w http.ResponseWriter, r *http.Request, file []byte) {
	honest(w, r, append(bytes.Clone(file), 'x'))
}

// empty answers with no bytes.
func empty(w http.ResponseWriter, r *http.Request, _ []byte) { honest(w, r, []byte{}) }

// status answers with a status alone.
func status(code int) trick {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(code) }
}

// endless answers with bytes that never end.
func endless(w http.ResponseWriter, r *http.Request, _ []byte) {
	more := make([]byte, 64<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(more); err != nil {
			return
		}
	}
}

// drip answers with a few bytes a second, and never comes to the end.
func (s *rogue) drip(w http.ResponseWriter, r *http.Request, file []byte) {
	for _, c := range file[:len(file)/2] {
		if _, err := w.Write([]byte{c}); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-s.ends:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.silent(w, r, file)
}

// silent answers nothing, and keeps the connection.
func (s *rogue) silent(_ http.ResponseWriter, r *http.Request, _ []byte) {
	select {
	case <-r.Context().Done():
	case <-s.ends:
	}
}

// zeros is a gzip of 64 MiB.
var zeros = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range 64 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	return b.Bytes()
})

// hostileBomb answers with a small body that expands to a large one.
func hostileBomb(w http.ResponseWriter, _ *http.Request, _ []byte) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Write(zeros())
}

// notZipped says that the body is compressed, and it isn't.
func notZipped(w http.ResponseWriter, _ *http.Request, file []byte) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Write(file)
}

// promise says that so many bytes more come than do.
func promise(more int) trick {
	return func(w http.ResponseWriter, _ *http.Request, file []byte) {
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(file)+more)
		buf.Write(file)
		buf.Flush()
	}
}

// headers answers with header fields that don't end.
func headers(w http.ResponseWriter, r *http.Request, _ []byte) {
	c, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	buf.WriteString("HTTP/1.1 200 OK\r\n")
	for i := 0; ; i++ {
		if _, err := fmt.Fprintf(buf, "X-%d: %s\r\n", i, strings.Repeat("x", 1000)); err != nil {
			return
		}
	}
}

// loop sends the device round and round.
func loop(w http.ResponseWriter, r *http.Request, _ []byte) {
	http.Redirect(w, r, r.URL.Path+"?"+r.URL.RawQuery+"x", http.StatusFound)
}

// poisoned answers with other bytes where a cache may have them, and honestly past it.
func poisoned(do trick) trick {
	return func(w http.ResponseWriter, r *http.Request, file []byte) {
		if r.URL.RawQuery == "" {
			do(w, r, file)
			return
		}
		honest(w, r, file)
	}
}
