package fetch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// Every answer but a 200 is an error of a kind. Only 404 and 410 say that there is no file.
func TestStatus(t *testing.T) {
	for code, want := range map[int]Kind{
		404: NotFound, 410: NotFound,
		201: Status, 203: Status, 204: Status, 206: Status, 300: Status, 304: Status, 302: Status, 400: Status, 401: Status, 403: Status,
		416: Status, 429: Status, 500: Status, 503: Status, 599: Status,
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-2/3")
			w.WriteHeader(code)
			if code != 204 && code != 304 {
				io.WriteString(w, "abc")
			}
		})
		s := open(t, Options{}, server.URL)
		_, err := s.Read(ctx, "index.json", large)
		wantKind(t, err, want)
		wantText(t, err, server.URL+"/index.json: the server answered "+fmt.Sprint(code))
		if errors.Is(err, store.ErrNotExist) != (want == NotFound) {
			t.Errorf("%d: errors.Is(ErrNotExist) is %v", code, want != NotFound)
		}
		server.wantRequests(t, "/index.json")
		wantKind(t, get(t, s, "x.zip", []byte("abc")), want)
	}
}

// A limit is one of decoded bytes, and nothing is read on behind it.
func TestLimit(t *testing.T) {
	var sent atomic.Int64
	endless := func(w io.Writer, b []byte) {
		for {
			n, err := w.Write(b)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}
	chunk := make([]byte, 64<<10)
	bomb := zipped(t, make([]byte, 10_000_000))
	empty := zipped(t, nil)
	for len(empty) < 32<<10 {
		empty = append(empty, empty...)
	}
	for name, h := range map[string]http.HandlerFunc{
		"endless": func(w http.ResponseWriter, _ *http.Request) { endless(w, chunk) },
		"a long promise": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000000000000")
			endless(w, chunk)
		},
		"a gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			endless(w, bomb)
		},
		"a gzip of nothing, again and again": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			endless(w, empty)
		},
		"one byte more": answer(200, strings.Repeat("x", 100_001)),
		"one byte more, compressed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped(t, make([]byte, 100_001)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			sent.Store(0)
			server := serve(t, h)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			within(t, 30*time.Second, func() {
				_, err := open(t, Options{}, server.URL).Read(ctx, "index.json", 100_000)
				wantKind(t, err, TooLarge)
				if !errors.Is(err, store.ErrTooLarge) {
					t.Errorf("the error isn't ErrTooLarge: %v", err)
				}
				wantText(t, err, "at most 100000")
			})
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
				t.Errorf("%d bytes were allocated for 100000", n)
			}
		})
	}
	chunks := func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); io.WriteString(w, "abc") }
	compressed := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(zipped(t, []byte("abc")))
	}
	for _, h := range []http.HandlerFunc{answer(200, "abc"), chunks, compressed} {
		s := open(t, Options{}, serve(t, h).URL)
		for limit, fits := range map[int64]bool{-1 << 63: false, -10_000: false, -5: false, 0: false, 2: false, 3: true, 4: true, 1<<63 - 1: true} {
			data, err := s.Read(ctx, "index.json", limit)
			if fits {
				wantBytes(t, data, err, "abc")
			} else if !errors.Is(err, store.ErrTooLarge) || data != nil {
				t.Errorf("with the limit %d: %q, %v", limit, data, err)
			}
		}
	}
}

// A body that isn't what its headers say is an error, and never a part of a document.
func TestLies(t *testing.T) {
	gz := string(zipped(t, []byte("abcdef")))
	with := func(headers, body string) func(c net.Conn, _ string) {
		return func(c net.Conn, _ string) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n"+strings.ReplaceAll(headers, " | ", "\r\n")+"\r\n\r\n"+body)
		}
	}
	for name, test := range map[string]struct {
		serve func(c net.Conn, _ string)
		kind  Kind
	}{
		"a length that is too long":        {with("Content-Length: 10", "abcdef"), Network},
		"two lengths":                      {with("Content-Length: 6 | Content-Length: 7", "abcdefg"), Network},
		"a length that isn't one":          {with("Content-Length: -6", "abcdef"), Network},
		"chunks that break off":            {with("Transfer-Encoding: chunked", "3\r\nabc\r\n3\r\nde"), Network},
		"chunks without an end":            {with("Transfer-Encoding: chunked", "6\r\nabcdef\r\n"), Network},
		"chunks that aren't":               {with("Transfer-Encoding: chunked", "abcdef"), Network},
		"gzip that isn't":                  {with("Content-Encoding: gzip | Content-Length: 6", "abcdef"), Content},
		"gzip that breaks off":             {with("Content-Encoding: gzip | Content-Length: 20", gz[:20]), Content},
		"gzip of nothing":                  {with("Content-Encoding: gzip | Content-Length: 0", ""), Content},
		"gzip with a wrong sum":            {with(fmt.Sprintf("Content-Encoding: gzip | Content-Length: %d", len(gz)), gz[:len(gz)-8]+"\x00\x00\x00\x00"+gz[len(gz)-4:]), Content},
		"gzip with something behind":       {with(fmt.Sprintf("Content-Encoding: gzip | Content-Length: %d", len(gz)+3), gz+"abc"), Content},
		"gzip whose connection breaks off": {with(fmt.Sprintf("Content-Encoding: gzip | Content-Length: %d", len(gz)), gz[:20]), Network},
		"another encoding":                 {with("Content-Encoding: br | Content-Length: 6", "abcdef"), Content},
		"two encodings":                    {with("Content-Encoding: gzip, gzip | Content-Length: 6", "abcdef"), Content},
		"no HTTP":                          {func(c net.Conn, _ string) { io.WriteString(c, "SSH-2.0-OpenSSH\r\n") }, Network},
		"nothing":                          {func(net.Conn, string) {}, Network},
		"a reset":                          {func(c net.Conn, _ string) { reset(c) }, Network},
		"a reset in the middle": {func(c net.Conn, s string) {
			with("Content-Length: 6", "abc")(c, s)
			time.Sleep(50 * time.Millisecond)
			reset(c)
		}, Network},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, Options{}, raw(t, test.serve))
			data, err := s.Read(ctx, "index.json", large)
			wantKind(t, err, test.kind)
			data2, err := s.ReadRef(ctx, "index.json", wire.RefOf([]byte("abcdefghij")), large)
			wantKind(t, err, test.kind)
			if data != nil || data2 != nil {
				t.Errorf("got %q and %q beside the error", data, data2)
			}
		})
	}
	good := open(t, Options{}, raw(t, with(fmt.Sprintf("Content-Encoding: x-gzip | Content-Length: %d", len(gz)), gz)))
	data, err := good.Read(ctx, "index.json", 6)
	wantBytes(t, data, err, "abcdef")

	// A length that is too short cuts the document off. Only a reference can tell.
	short := open(t, Options{}, raw(t, with("Content-Length: 3 | Connection: close", "abcdef")))
	data, err = short.Read(ctx, "index.json", large)
	wantBytes(t, data, err, "abc")
	_, err = short.ReadRef(ctx, "index.json", wire.RefOf([]byte("abcdef")), large)
	wantKind(t, err, Content)
	wantText(t, err, "size is 3 bytes, expected 6")
}

// Headers are bounded: many of them, long ones, and answers before the answer.
func TestHeaderFloods(t *testing.T) {
	for name, line := range map[string]string{
		"many headers":        "X-Flood: 0123456789abcdef\r\n",
		"one header":          strings.Repeat("0123456789abcdef", 64),
		"many early answers":  "\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n",
		"many continued ones": "\r\nHTTP/1.1 100 Continue\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			done := make(chan struct{})
			base := raw(t, func(c net.Conn, _ string) {
				defer close(done)
				first := "HTTP/1.1 200 OK\r\nX-Flood: "
				if strings.HasPrefix(line, "\r\nHTTP") {
					first = "HTTP/1.1 103 Early Hints\r\n"
				}
				_, err := io.WriteString(c, first)
				for err == nil {
					var n int
					n, err = io.WriteString(c, line)
					sent.Add(int64(n))
				}
			})
			within(t, 30*time.Second, func() {
				_, err := open(t, Options{}, base).Read(ctx, "index.json", large)
				wantKind(t, err, Network)
				if len(err.Error()) > 1000 {
					t.Errorf("the error has %d bytes", len(err.Error()))
				}
			})
			<-done
			if n := sent.Load(); n > 16<<20 { // most of it lies in the buffers of the connection
				t.Errorf("the server could send %d bytes of headers", n)
			}
		})
	}
}

// The bound of headers leaves room for those that servers send.
func TestHeaderBound(t *testing.T) {
	for size, fits := range map[int]bool{20_000: true, 100_000: false} {
		s := open(t, Options{}, serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", size))
			io.WriteString(w, "abc")
		}).URL)
		if data, err := s.Read(ctx, "index.json", large); fits {
			wantBytes(t, data, err, "abc")
		} else {
			wantKind(t, err, Network)
		}
	}
}

// Redirects are followed five times, and not a sixth time.
func TestRedirects(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		if fmt.Sscanf(r.URL.Path, "/%d", &n); n > 0 {
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), []int{301, 302, 303, 307, 308}[n%5])
			return
		}
		if got := fmt.Sprint(r.Header); got != "map[Accept-Encoding:[gzip] User-Agent:[regen/1]]" {
			t.Errorf("the headers after a redirect are %s", got)
		}
		io.WriteString(w, "abc")
	})
	s := open(t, Options{}, server.URL)
	data, err := s.Read(ctx, "5", large)
	wantBytes(t, data, err, "abc")
	server.wantRequests(t, "/5", "/4", "/3", "/2", "/1", "/0")
	server.forget()
	_, err = s.Read(ctx, "6", large)
	wantKind(t, err, Redirected)
	wantText(t, err, "redirected more than 5 times")
	server.wantRequests(t, "/6", "/5", "/4", "/3", "/2", "/1")
}

// A redirect leads from https to https alone, on whatever host, and to no other scheme.
func TestRedirectsStaySecure(t *testing.T) {
	to := ""
	redirect := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
	plainFile, secureFile := serve(t, answer(200, "abc")), httptest.NewTLSServer(answer(200, "abc"))
	defer secureFile.Close()
	plain, secure := serve(t, redirect), httptest.NewTLSServer(http.HandlerFunc(redirect))
	defer secure.Close()
	back := httptest.NewTLSServer(http.RedirectHandler(plainFile.URL+"/x", http.StatusFound))
	defer back.Close()
	transport := secure.Client().Transport.(*http.Transport).Clone()
	transport.RegisterProtocol("file", http.NewFileTransport(http.Dir("/")))
	for _, test := range []struct {
		from, to, refused string
	}{
		{secure.URL, secureFile.URL + "/x", ""},
		{plain.URL, plainFile.URL + "/x", ""},
		{plain.URL, secureFile.URL + "/x", ""},
		{secure.URL, plainFile.URL + "/x", "redirected off https"},
		{plain.URL, back.URL, "redirected off https"}, // http, https, http
		{secure.URL, "file:///etc/hostname", "expected https or http"},
		{plain.URL, "file:///etc/hostname", "expected https or http"},
		{plain.URL, "ftp://127.0.0.1/x", "expected https or http"},
		{plain.URL, strings.Replace(plainFile.URL, "//", "//device:7@", 1) + "/x", "no user"},
	} {
		to = test.to
		s := open(t, Options{Client: &http.Client{Transport: transport}}, test.from)
		data, err := s.Read(ctx, "x", large)
		if test.refused == "" {
			wantBytes(t, data, err, "abc")
			continue
		}
		wantKind(t, err, Redirected)
		wantText(t, err, test.refused)
	}
	plainFile.wantRequests(t, "/x")
}

// What a server says in an error is printable and short.
func TestErrorsArePrintable(t *testing.T) {
	plain := &Error{Path: "a\x07b", Mirror: "https://example.org/", Kind: Network, Err: errors.New("a\x1b[31m\u202e\nb\xff: ä 日 c")}
	if got := plain.Error(); got != "https://example.org/a\ufffdb: a\ufffd[31m\ufffd\ufffdb\ufffd: ä 日 c" {
		t.Errorf("the error is %q", got)
	}
	escape := "\x1b[31m::error::\u202e" + strings.Repeat("A", 5000)
	for name, answer := range map[string]string{
		"status":   "HTTP/1.1 500 " + escape + "\r\nContent-Length: 0\r\n\r\n",
		"no HTTP":  escape + "\r\n\r\n",
		"redirect": "HTTP/1.1 302 Found\r\nLocation: ftp://x/" + escape + "\r\nContent-Length: 0\r\n\r\n",
		"location": "HTTP/1.1 302 Found\r\nLocation: http://[" + escape + "\r\nContent-Length: 0\r\n\r\n",
		"encoding": "HTTP/1.1 200 OK\r\nContent-Encoding: " + strings.Repeat("\u202e", 2000) + "\r\nContent-Length: 0\r\n\r\n",
	} {
		base := raw(t, func(c net.Conn, _ string) { io.WriteString(c, answer) })
		for _, mirrors := range [][]string{{base}, {base, base}} {
			_, err := open(t, Options{}, mirrors...).Read(ctx, "index.json", large)
			if err == nil {
				t.Fatalf("%s: no error", name)
			}
			text := err.Error()
			if strings.ContainsAny(text, "\x1b\r\n\u202e") || len(text) > 1200 {
				t.Errorf("%s: the error has %d bytes: %q", name, len(text), text)
			}
		}
	}
}
