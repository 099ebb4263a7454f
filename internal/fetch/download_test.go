package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

const file = "packages/clock/1.0.0/clock.zip"

// A download is whole and right, or there is an error. Its progress is told.
func TestDownload(t *testing.T) {
	data := noise(1_000_000)
	for _, size := range []int{0, 1, 64 << 10, len(data)} {
		data := data[:size]
		server := serve(t, content(data))
		var last int64
		s := open(t, Options{Progress: func(path string, done, total int64) {
			if path != file || total != int64(size) || done <= last || done > total {
				t.Errorf("progress of %s: %d of %d after %d", path, done, total, last)
			}
			last = done
		}}, server.URL)
		if err := get(t, s, file, data); err != nil {
			t.Error(err)
		}
		if last != int64(size) {
			t.Errorf("the progress ends at %d of %d", last, size)
		}
		server.wantRequests(t, "/"+file)
	}

	name := filepath.Join(t.TempDir(), "clock.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t, Options{}, serve(t, content(data)).URL).Download(ctx, file, wire.RefOf(data), f); err != nil {
		t.Error(err)
	}
	f.Close()
	got, err := os.ReadFile(name)
	wantBytes(t, got, err, string(data))

	if err := open(t, Options{}, serve(t, func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() }).URL).Download(ctx, file, wire.Ref{SHA256: wire.Sum(nil), Size: -1}, nowhere{}); err == nil {
		t.Error("a size of -1 bytes is fine")
	}
}

// breaking has a file, and ends each connection after some bytes of the body, as often as times says.
func breaking(t *testing.T, data []byte, after, times int) *site {
	t.Helper()
	var broken atomic.Int64
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if broken.Add(1) > int64(times) {
			content(data)(w, r)
			return
		}
		content(data)(&cut{w, after}, r)
	})
}

// cut ends a body early.
type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.left)])
	if c.left -= n; err == nil && c.left == 0 {
		err = io.ErrShortWrite
	}
	return n, err
}

// After a break a download asks for the rest and no more, at the same mirror.
func TestResume(t *testing.T) {
	data := noise(1_000_000)
	server := breaking(t, data, 600_000, 1)
	if err := get(t, open(t, Options{}, server.URL), file, data); err != nil {
		t.Error(err)
	}
	server.wantRequests(t, "/"+file, "/"+file+" bytes=600000-999999")
}

// The same, where the connection is reset: what was on its way is lost, and nothing else is sent twice.
func TestResumeAfterReset(t *testing.T) {
	data := noise(1_000_000)
	site := &site{}
	server, wire := count(t, site.remember(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			content(data)(w, r)
			return
		}
		content(data)(&cut{w, 600_000}, r)
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Millisecond) // most of it arrives
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		reset(c.(counted).Conn)
	}))
	var done []int64
	s := open(t, Options{Progress: func(_ string, n, _ int64) { done = append(done, n) }}, server.URL)
	if err := get(t, s, file, data); err != nil {
		t.Error(err)
	}
	server.Close() // all that was sent is counted then
	var from int64
	if asked := site.requests(); len(asked) == 2 {
		fmt.Sscanf(asked[1], "/"+file+" bytes=%d-999999", &from)
	}
	if !slices.Contains(done, from) || from < 1 || from > 600_000 {
		t.Fatalf("the requests are %q", site.requests())
	}
	sent, least := wire.out.Load(), 600_000+int64(len(data))-from
	t.Logf("broken after %d of %d bytes: %d bytes on the wire", from, len(data), sent)
	if sent < least || sent > least+1000 {
		t.Errorf("%d bytes were sent, expected %d and headers", sent, least)
	}
}

// A download goes on as long as each connection brings something worth it, and where that is little, only a few times.
func TestManyBreaks(t *testing.T) {
	data := noise(200_000)
	server := breaking(t, data, 10_000, 1000)
	if err := get(t, open(t, Options{Patience: time.Second, MinRate: 10_000}, server.URL), file, data); err != nil {
		t.Error(err)
	}
	if n := len(server.requests()); n != 20 {
		t.Errorf("there were %d requests for 20 pieces", n)
	}

	server = breaking(t, data, 100, 1000)
	err := get(t, open(t, Options{}, server.URL), file, data)
	wantKind(t, err, Network)
	if n := len(server.requests()); n != 1+maxBreaks {
		t.Errorf("there were %d requests, expected %d", n, 1+maxBreaks)
	}
}

// After a break that nothing comes behind, the next mirror is asked for the rest: where the first is dead, too slow, or broken.
func TestResumeAtNextMirror(t *testing.T) {
	data := noise(100_000)
	for name, then := range map[string]func(c net.Conn){
		"dead":   func(c net.Conn) { reset(c) },
		"slow":   func(c net.Conn) { wait(c) },
		"broken": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n") },
		"other":  func(c net.Conn) { io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			first := raw(t, func(c net.Conn, _ string) {
				if asked.Add(1) > 1 {
					then(c)
					return
				}
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:60_000])
			})
			second := serve(t, content(data))
			s := open(t, impatient, first, second.URL)
			if err := get(t, s, file, data); err != nil {
				t.Error(err)
			}
			second.wantRequests(t, "/"+file+" bytes=60000-99999")
			if err := get(t, s, file, data); err != nil {
				t.Error(err)
			}
			second.wantRequests(t, "/"+file+" bytes=60000-99999", "/"+file)
		})
	}
	// The same, where the first mirror stops in the middle.
	first := raw(t, func(c net.Conn, _ string) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:60_000])
		wait(c)
	})
	second := serve(t, content(data))
	if err := get(t, open(t, impatient, first, second.URL), file, data); err != nil {
		t.Error(err)
	}
	second.wantRequests(t, "/"+file+" bytes=60000-99999")
}

// Where a server doesn't send just the rest, the download starts again, and nothing is appended to what was there.
func TestNoRest(t *testing.T) {
	data := noise(100_000)
	rest := func(headers string) func(from int) string {
		return func(from int) string {
			return "HTTP/1.1 206 Partial Content\r\n" + headers + "\r\n\r\n" + string(data[from:])
		}
	}
	const again = "again"
	for name, test := range map[string]struct {
		answer func(from int) string
		then   string // the request after the one for the rest; "" for none
	}{
		"as asked":         {rest("Content-Range: bytes 60000-99999/100000\r\nContent-Length: 40000"), ""},
		"of unknown total": {rest("Content-Range: bytes 60000-99999/*\r\nContent-Length: 40000"), ""},
		"chunks": {func(int) string {
			return chunked("206 Partial Content\r\nContent-Range: bytes 60000-99999/100000", data[60_000:])
		}, ""},
		"the whole":             {func(int) string { return "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + string(data) }, ""},
		"the whole, in chunks":  {func(int) string { return chunked("200 OK", data) }, ""},
		"416":                   {func(int) string { return "HTTP/1.1 416 Nope\r\nContent-Length: 0\r\n\r\n" }, again},
		"no range":              {rest("Content-Length: 40000"), again},
		"another start":         {rest("Content-Range: bytes 60001-99999/100000\r\nContent-Length: 39999"), again},
		"another end":           {rest("Content-Range: bytes 60000-99998/100000\r\nContent-Length: 39999"), again},
		"another total":         {rest("Content-Range: bytes 60000-99999/100001\r\nContent-Length: 40000"), again},
		"another unit":          {rest("Content-Range: lines 60000-99999/100000\r\nContent-Length: 40000"), again},
		"another length":        {rest("Content-Range: bytes 60000-99999/100000\r\nContent-Length: 39999"), again},
		"several parts":         {rest("Content-Type: multipart/byteranges; boundary=x\r\nContent-Length: 40000"), again},
		"not modified":          {func(int) string { return "HTTP/1.1 304 Not Modified\r\n\r\n" }, "fails"},
		"compressed":            {rest("Content-Range: bytes 60000-99999/100000\r\nContent-Length: 40000\r\nContent-Encoding: gzip"), "?"},
		"the whole, other size": {func(int) string { return "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n" }, "?"},
		"less, in chunks": {func(int) string {
			return chunked("206 Partial Content\r\nContent-Range: bytes 60000-99999/100000", data[60_001:])
		}, "?"},
		"other bytes, in chunks": {func(int) string {
			return chunked("206 Partial Content\r\nContent-Range: bytes 60000-99999/100000", data[:40_000])
		}, "?"},
		"gone": {func(int) string { return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" }, "? rest"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			ref := wire.RefOf(data)
			base := raw(t, func(c net.Conn, request string) {
				line, _, _ := strings.Cut(request, " HTTP/")
				_, byteRange, ranged := strings.Cut(request, "\r\nRange: ")
				byteRange, _, _ = strings.Cut(byteRange, "\r\n")
				asked = append(asked, strings.TrimSpace(strings.TrimPrefix(line, "GET /"+file)+" "+byteRange))
				switch {
				case len(asked) == 1:
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:60_000])
				case ranged && len(asked) == 2:
					io.WriteString(c, test.answer(60_000))
				case ranged:
					io.WriteString(c, rest("Content-Range: bytes 60000-99999/100000\r\nContent-Length: 40000")(60_000))
				default:
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data)
				}
			})
			err := get(t, open(t, Options{}, base), file, data)
			want := []string{"", "bytes=60000-99999"}
			switch test.then {
			case "":
			case again:
				want = append(want, "")
			case "?":
				want = append(want, "?"+ref.SHA256)
				if name == "compressed" || name == "the whole, other size" { // what was there is as good as before
					want[2] += " bytes=60000-99999"
				}
			case "? rest":
				want = append(want, "?"+ref.SHA256+" bytes=60000-99999")
			}
			if (err != nil) != (test.then == "fails") {
				t.Errorf("the download ends with %v", err)
			}
			if fmt.Sprintf("%q", asked) != fmt.Sprintf("%q", want) {
				t.Errorf("the requests are %q, expected %q", asked, want)
			}
		})
	}
}

func chunked(status string, data []byte) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", status, len(data), data)
}

// A server that has no ranges and breaks each connection gets a few tries, not endless ones.
func TestRestartsAreBounded(t *testing.T) {
	data := noise(200_000)
	var asked atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		w.Write(data[:100_000+n]) // each time a little more
	})
	wantKind(t, get(t, open(t, Options{}, server.URL), file, data), Network)
	if n := asked.Load(); n != 2+maxRestarts {
		t.Errorf("there were %d requests, expected %d", n, 2+maxRestarts)
	}
}

// A mirror that has another file, or none, is asked once more past its cache, then the next mirror. Never is more written than the file has.
func TestDownloadOfOtherBytes(t *testing.T) {
	data := noise(100_000)
	flipped := bytes.Clone(data)
	flipped[77] ^= 1
	ref := wire.RefOf(data)
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for err := error(nil); err == nil; {
			_, err = w.Write(flipped)
		}
	}
	compressed := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(zipped(t, data))
	}
	labelled := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(data)
	}
	for name, h := range map[string]http.HandlerFunc{
		"other bytes": content(flipped), "shorter": content(data[:99_999]), "longer": content(append(bytes.Clone(data), 0)), "none": http.NotFound,
		"shorter, in chunks": func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); w.Write(data[:99_999]) },
		"endless":            endless, "compressed": compressed, "said to be compressed": labelled,
	} {
		t.Run(name, func(t *testing.T) {
			bad, good := serve(t, h), serve(t, content(data))
			if err := get(t, open(t, Options{}, bad.URL, good.URL), file, data); err != nil {
				t.Error(err)
			}
			bad.wantRequests(t, "/"+file, "/"+file+"?"+ref.SHA256)
			good.wantRequests(t, "/"+file)

			cached := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery == "" {
					h(w, r)
					return
				}
				content(data)(w, r)
			})
			if err := get(t, open(t, Options{}, cached.URL), file, data); err != nil {
				t.Error(err)
			}

			err := get(t, open(t, Options{}, bad.URL), file, data)
			if name == "none" {
				wantKind(t, err, NotFound)
			} else {
				wantKind(t, err, Content)
			}
		})
	}

	// The right bytes are the file, whatever comes behind them.
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(append(bytes.Clone(data), data...))
		endless(w, r)
	})
	if err := get(t, open(t, Options{}, server.URL), file, data); err != nil {
		t.Error(err)
	}
}

// Where a part came from one mirror and the rest from another, and one of them lied, all is taken from one: whichever lied.
func TestMixedDownload(t *testing.T) {
	data := noise(100_000)
	wrong := noise(100_001)[1:]
	ref := wire.RefOf(data)
	// half is a mirror that has half of the file, at first.
	half := func(data []byte, times int64) (string, *atomic.Int64) {
		var asked atomic.Int64
		return raw(t, func(c net.Conn, request string) {
			switch n := asked.Add(1); {
			case n == 1:
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:len(data)/2])
			case n <= times:
				reset(c)
			default:
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data)
			}
		}), &asked
	}
	const rest = " bytes=50000-99999"

	t.Run("the first lied", func(t *testing.T) {
		liar, asked := half(wrong, 1000)
		honest := serve(t, content(data))
		if err := get(t, open(t, Options{}, liar, honest.URL), file, data); err != nil {
			t.Error(err)
		}
		honest.wantRequests(t, "/"+file+rest, "/"+file)
		if n := asked.Load(); n != 2 {
			t.Errorf("the liar was asked %d times, expected 2", n)
		}
	})
	t.Run("the second lied", func(t *testing.T) {
		honest, asked := half(data, 2)
		liar := serve(t, content(wrong))
		if err := get(t, open(t, Options{}, honest, liar.URL), file, data); err != nil {
			t.Error(err)
		}
		liar.wantRequests(t, "/"+file+rest, "/"+file, "/"+file+"?"+ref.SHA256)
		if n := asked.Load(); n != 3 {
			t.Errorf("the honest one was asked %d times, expected 3", n)
		}
	})
	t.Run("both lied", func(t *testing.T) {
		first, _ := half(wrong, 2)
		liar := serve(t, content(wrong))
		err := get(t, open(t, Options{}, first, liar.URL), file, data)
		wantKind(t, err, Content)
		wantText(t, err, "2 mirrors failed", "sha256 is "+wire.Sum(wrong))
	})
	t.Run("one lied, one is dead by now", func(t *testing.T) {
		first, _ := half(data, 1000)
		liar := serve(t, content(wrong))
		wantKind(t, get(t, open(t, Options{}, first, liar.URL), file, data), Content)
	})
}

// A disk that is full ends the download, and no other mirror is asked for it.
func TestDiskFails(t *testing.T) {
	data := noise(500_000)
	first, second := serve(t, content(data)), serveNothing(t)
	full := errors.New("no space left")
	err := open(t, Options{}, first.URL, second.URL).Download(ctx, file, wire.RefOf(data), &target{t: t, data: make([]byte, len(data)), fail: full})
	var e *Error
	if !errors.Is(err, full) || errors.As(err, &e) {
		t.Errorf("the error is %v", err)
	}
	first.wantRequests(t, "/"+file)
	second.wantRequests(t)
}

// A download that starts again tells so.
func TestProgressAfterRestart(t *testing.T) {
	data := noise(300_000)
	bad := bytes.Clone(data)
	bad[1] ^= 1
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			content(bad)(w, r)
			return
		}
		content(data)(w, r)
	})
	var last, back int64
	s := open(t, Options{Progress: func(_ string, done, _ int64) {
		if done < last {
			back++
		}
		last = done
	}}, server.URL)
	if err := get(t, s, file, data); err != nil || back != 1 || last != int64(len(data)) {
		t.Errorf("went back %d times, ended at %d: %v", back, last, err)
	}
}

// A context that is done ends a download from a directory as well.
func TestCancelBetweenReads(t *testing.T) {
	root, data := t.TempDir(), noise(1_000_000)
	if err := os.WriteFile(filepath.Join(root, "x"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(ctx)
	var done int64
	s := open(t, Options{Progress: func(_ string, n, _ int64) { done = n; cancel() }}, root)
	if err := s.Download(canceled, "x", wire.RefOf(data), nowhere{}); !errors.Is(err, context.Canceled) || done == int64(len(data)) {
		t.Errorf("after %d bytes: %v", done, err)
	}
	if _, err := s.Read(canceled, "x", large); !errors.Is(err, context.Canceled) {
		t.Errorf("a document is read all the same: %v", err)
	}
}
