package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

var ctx = context.Background()

const large = 1 << 30

// site is a web server that remembers what it was asked.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
}

// serve starts a server that answers with h.
func serve(t *testing.T, h http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(s.remember(h))
	t.Cleanup(s.Close)
	return s
}

func (s *site) remember(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Clone(context.Background()))
		s.mu.Unlock()
		h(w, r)
	}
}

// requests returns the targets of all requests so far, each with its Range if it has one.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	targets := []string{}
	for _, r := range s.asked {
		targets = append(targets, strings.TrimSpace(r.RequestURI+" "+r.Header.Get("Range")))
	}
	return targets
}

// forget forgets the requests so far.
func (s *site) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = nil
}

func (s *site) wantRequests(t *testing.T, want ...string) {
	t.Helper()
	if got := s.requests(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the server was asked %q, expected %q", got, want)
	}
}

// answer returns a handler that always sends the same.
func answer(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// content returns a handler that has one file, and knows ranges.
func content(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "x.bin", time.Time{}, bytes.NewReader(data))
	}
}

// raw starts a server of TCP connections, which are closed when serve returns. The request was read.
func raw(t *testing.T, serve func(c net.Conn, request string)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var request []byte
				for b := make([]byte, 1); !bytes.HasSuffix(request, []byte("\r\n\r\n")); {
					if _, err := c.Read(b); err != nil {
						return
					}
					request = append(request, b...)
				}
				serve(c, string(request))
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// reset closes a connection so that the other end sees an error, and not an end.
func reset(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// dead returns the URL of a server that isn't there.
func dead(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func open(t *testing.T, o Options, mirrors ...string) *Source {
	t.Helper()
	s, err := New(mirrors, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// impatient are options for servers that are slow on purpose.
var impatient = Options{Patience: 200 * time.Millisecond, MinRate: 1000}

func wantKind(t *testing.T, err error, want Kind) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got the error %v, expected an *Error", err)
	}
	if e.Kind != want {
		t.Errorf("the kind is %q, expected %q: %v", e.Kind, want, err)
	}
	return e
}

func wantText(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %v, expected %q in it", err, part)
		}
	}
}

func wantBytes(t *testing.T, got []byte, err error, want string) {
	t.Helper()
	if err != nil || string(got) != want {
		t.Errorf("got %d bytes %.40q, %v, expected %d bytes %.40q", len(got), got, err, len(want), want)
	}
}

// target is what a download is written to. It fails the test where a byte is written behind the end.
type target struct {
	t    *testing.T
	data []byte
	fail error // after half of it
}

func (w *target) WriteAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) > int64(len(w.data)) {
		w.t.Errorf("%d bytes were written at %d, expected none behind %d", len(b), off, len(w.data))
		return 0, io.ErrShortWrite
	}
	if w.fail != nil && off > int64(len(w.data)/2) {
		return 0, w.fail
	}
	return copy(w.data[off:], b), nil
}

// get downloads a file with the given content.
func get(t *testing.T, s *Source, path string, data []byte) error {
	t.Helper()
	w := &target{t: t, data: make([]byte, len(data))}
	err := s.Download(ctx, path, wire.RefOf(data), w)
	if err == nil && !bytes.Equal(w.data, data) {
		t.Fatal("other bytes were written, and there was no error")
	}
	return err
}

// noise returns n bytes that don't repeat.
func noise(n int) []byte {
	data := make([]byte, n)
	x := uint32(2463534242)
	for i := range data {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		data[i] = byte(x)
	}
	return data
}

// within fails the test if f takes longer.
func within(t *testing.T, most time.Duration, f func()) {
	t.Helper()
	begin := time.Now()
	f()
	if took := time.Since(begin); took > most {
		t.Errorf("took %v, expected at most %v", took, most)
	}
}
