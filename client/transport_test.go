package client_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/wire"
)

// sendTo redirects to the same path on another server.
func sendTo(base string) trick {
	return func(w http.ResponseWriter, r *http.Request, _ []byte) {
		http.Redirect(w, r, base+r.URL.RequestURI(), http.StatusFound)
	}
}

// TestRedirects: a redirect doesn't lead off https, and where it leads otherwise nobody is trusted, either.
func TestRedirects(t *testing.T) {
	s := newScene(t)
	other := newPress(t) // has the same packages, and other things in them
	for _, version := range []string{"1.0.0", "1.1.0"} {
		other.release("clock", version, func(r *pressed) { r.artifact = zipOf("clock/", plugin("clock", version, "strange")) })
	}
	strange := other.head()
	for _, op := range operations {
		plain, hostile := serve(t, op.files(s)), serve(t, strange)
		secure := &rogue{ends: make(chan struct{})}
		secure.Server = httptest.NewTLSServer(secure)
		t.Cleanup(secure.Close)
		for _, step := range s.steps(t, op) {
			secure.play(op.files(s), on(step, sendTo(plain.URL)))
			root := s.root(t, op)
			before := snapshot(t, root)
			c := must(client.Open(client.Options{Root: root, Mirrors: []string{secure.URL}, Pin: s.press.pin.String(), Now: s.clock, HTTP: secure.Client()}))
			fails(t, op.run(s, c), client.Redirect)
			sameFiles(t, snapshot(t, root), before)

			server := serve(t, nil)
			server.play(op.files(s), on(step, sendTo(plain.URL)))
			if err := op.run(s, s.open(s.root(t, op), long, server.URL)); err != nil {
				t.Errorf("%s, where %s is at another host: %v", op.name, step, err)
			}
			server.play(op.files(s), on(step, sendTo(hostile.URL)))
			root = s.root(t, op)
			before = snapshot(t, root)
			if err := op.run(s, s.open(root, long, server.URL)); !slices.Contains([]client.Class{client.Content, client.Missing, client.Key}, client.ClassOf(err)) {
				t.Errorf("%s, where %s is of another registry: %v", op.name, step, err)
			}
			sameFiles(t, snapshot(t, root), before)
		}
	}
}

// TestBrokenRanges: a download that breaks goes on where it was, or begins again, whatever the server makes of ranges. It never ends with other bytes.
func TestBrokenRanges(t *testing.T) {
	p := newPress(t)
	p.release("clock", "1.0.0", func(r *pressed) {
		files := plugin("clock", "1.0.0", "x")
		files[0].Data = bytes.Repeat([]byte("<?php // and so on\n"), 20_000)
		r.artifact = zipOf("clock/", files)
	})
	files := p.head()
	// half sends half of what was asked for, and breaks off.
	half := func(w http.ResponseWriter, r *http.Request, file []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		w.Write(file[:len(file)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	// part answers a range with a part of the file, and says which.
	part := func(says string, data func(file []byte, from int) []byte) trick {
		return func(w http.ResponseWriter, r *http.Request, file []byte) {
			from := len(file) / 2
			fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			body := data(file, from)
			w.Header().Set("Content-Range", strings.NewReplacer("FROM", fmt.Sprint(from), "LAST", fmt.Sprint(len(file)-1), "SIZE", fmt.Sprint(len(file))).Replace(says))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(body)
		}
	}
	rest := func(file []byte, from int) []byte { return file[from:] }
	for name, c := range map[string]struct {
		rest  trick // for what is asked for with a range
		class client.Class
	}{
		"as it should be":         {honest, ""},
		"the whole file":          {func(w http.ResponseWriter, _ *http.Request, file []byte) { w.Write(file) }, ""},
		"another range":           {part("bytes 0-LAST/SIZE", rest), ""},
		"another size":            {part("bytes FROM-LAST/9", rest), ""},
		"no range at all":         {part("", rest), ""},
		"out of range":            {status(http.StatusRequestedRangeNotSatisfiable), ""},
		"other bytes":             {part("bytes FROM-LAST/SIZE", func(file []byte, from int) []byte { return make([]byte, len(file)-from) }), ""},
		"too few bytes":           {part("bytes FROM-LAST/SIZE", func(file []byte, from int) []byte { return file[from : len(file)-9] }), ""},
		"nothing, with an error":  {status(500), client.Network},
		"a redirect to the start": {loop, client.Redirect},
	} {
		server := serve(t, nil)
		asked := 0
		server.play(files, on("artifact", func(w http.ResponseWriter, r *http.Request, file []byte) {
			asked++
			switch {
			case r.Header.Get("Range") != "":
				c.rest(w, r, file)
			case asked == 1:
				half(w, r, file)
			default:
				honest(w, r, file)
			}
		}))
		d := p.device()
		d.open(server.URL)
		if c.class != "" {
			d.refuses(name, c.class, doInstall)
			// Another mirror goes on, or begins again.
			asked = 0
			d.open(server.URL, serve(t, files).URL)
		}
		d.does(name, doInstall)
		d.sound()
	}
}

// TestFreeComment: the one part of a head that isn't signed tells a device nothing, and isn't kept.
func TestFreeComment(t *testing.T) {
	p := small(t)
	files := p.head()
	d := p.settled(files, "clock")
	before := snapshot(t, d.root)
	_, rest, _ := strings.Cut(string(files[wire.HeadPath]), "\n")
	d.reads(files.replaced(wire.HeadPath, []byte("untrusted comment: "+strings.Repeat("x", 9000)+"\n"+rest)))
	if synced := must(d.Sync(ctx)); !synced.Unchanged {
		t.Errorf("only the comment that isn't signed changed: %+v", synced)
	}
	sameFiles(t, snapshot(t, d.root), before)
	// Nor do mirrors contradict each other by it.
	d.reads(files, files.replaced(wire.HeadPath, []byte("untrusted comment: y\n"+rest)))
	d.does("two comments", all...)
}

// TestTooManyEvents: a log that holds more about installed packages than a device wants to keep is no way to fill its memory: it reads the catalogue.
func TestTooManyEvents(t *testing.T) {
	p := small(t)
	d := p.settled(p.head(), "clock")
	for i := range 140 {
		p.release("clock", fmt.Sprintf("1.1.%d", i))
		last := len(p.entries) - 1
		p.entries[last] = slices.Concat(p.entries[last][:len(p.entries[last])-1], fmt.Appendf(nil, `,"zzz":"%s"}`, strings.Repeat("x", 64_000)))
	}
	d.reads(p.head())
	d.w.now = p.now
	u := d.update()
	if !u.Catalogue || len(u.Changes) != 1 || u.Changes[0].To != "1.1.139" {
		t.Errorf("updated %+v", u)
	}
	d.sound()
}
