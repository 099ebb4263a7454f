package serve

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Live serves a tree that is made again and again, and makes the pages that show it load again. Nothing of it is cached.
type Live struct {
	mu      sync.RWMutex
	dir     string
	version int
	changed chan struct{} // closed when there is a newer tree
}

// NewLive returns a server of nothing, until [Live.Show].
func NewLive() *Live { return &Live{changed: make(chan struct{})} }

// Show serves the tree in a directory from now on, and returns the directory that was served before.
func (l *Live) Show(dir string) (before string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.dir = l.dir, dir
	l.version++
	close(l.changed)
	l.changed = make(chan struct{})
	return before
}

func (l *Live) state() (dir string, version int, changed <-chan struct{}) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.dir, l.version, l.changed
}

// The addresses of what only a preview has.
const (
	livePrefix = "/.preview/"
	liveScript = livePrefix + "reload.js"
	liveEvents = livePrefix + "events"
)

// reload loads the page again when the server has another version than the page was loaded with, also after the server was started anew.
const reload = `const version = document.currentScript.dataset.version;
const events = new EventSource("` + liveEvents + `");
events.onmessage = (e) => { if (e.data !== version) location.reload(); };
`

// ServeHTTP implements [http.Handler].
func (l *Live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case liveScript:
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		io.WriteString(w, reload)
		return
	case liveEvents:
		l.events(w, r)
		return
	}
	dir, version, _ := l.state()
	name, f, info := open(w, r, dir)
	if f == nil {
		return
	}
	defer f.Close()
	h := w.Header()
	headers(h, name)
	if !strings.HasSuffix(name, ".html") {
		http.ServeContent(w, r, "", info.ModTime(), f)
		return
	}
	page, err := io.ReadAll(f)
	if err != nil {
		http.Error(w, "the page can't be read", http.StatusInternalServerError)
		return
	}
	page = bytes.Replace(page, []byte("</head>"), fmt.Appendf(nil, "<script src=%q data-version=\"%d\" defer></script></head>", liveScript, version), 1)
	http.ServeContent(w, r, "", info.ModTime(), bytes.NewReader(page))
}

// events tells a page the version of the tree, now and whenever there is another.
func (l *Live) events(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for {
		_, version, changed := l.state()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", version); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-time.After(30 * time.Second): // keeps the connection
		}
	}
}
