package fetch

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// counter is a listener that counts what passes its connections.
type counter struct {
	net.Listener
	in, out atomic.Int64
}

type counted struct {
	net.Conn
	l *counter
}

func (l *counter) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return counted{c, l}, err
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.l.in.Add(int64(n))
	return n, err
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.l.out.Add(int64(n))
	return n, err
}

// count starts a server whose bytes are counted.
func count(t *testing.T, h http.HandlerFunc) (*httptest.Server, *counter) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	l := &counter{Listener: server.Listener}
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return server, l
}

// An update check on a registry that didn't change is one GET of the head: at most 2 KiB both ways.
func TestHeadCostsLittle(t *testing.T) {
	head := strings.Repeat("h", 560)
	server, l := count(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		content([]byte(head))(w, r)
	})
	data, err := open(t, Options{}, server.URL).Read(ctx, wire.HeadPath, large)
	wantBytes(t, data, err, head)
	server.Close() // all that was sent is counted then
	t.Logf("a head of %d bytes: %d bytes asked, %d answered", len(head), l.in.Load(), l.out.Load())
	if sum := l.in.Load() + l.out.Load(); sum > 2<<10 || sum <= 560 {
		t.Errorf("the head costs %d bytes on the wire, expected at most %d", sum, 2<<10)
	}
}

// The requests of all devices for the head are the same bytes, whatever the server sent before.
func TestRequestsAreAlike(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	base := raw(t, func(c net.Conn, request string) {
		mu.Lock()
		seen = append(seen, request)
		n := len(seen)
		mu.Unlock()
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\nETag: \"%d\"\r\nLast-Modified: Mon, 02 Jan 2023 15:04:05 GMT\r\n"+
			"Set-Cookie: device=%d; Path=/\r\nAccept-CH: DPR\r\nCache-Control: max-age=60\r\n\r\nhead", n, n)
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []*http.Client{nil, {}, {Jar: jar}} {
		s := open(t, Options{Client: client}, base+"/tree")
		for range 3 {
			data, err := s.Read(ctx, wire.HeadPath, large)
			wantBytes(t, data, err, "head")
		}
		if client != nil && client.Jar == nil && client.CheckRedirect != nil {
			t.Error("the caller's client was changed")
		}
	}
	want := "GET /tree/index.json.minisig HTTP/1.1\r\nHost: " + strings.TrimPrefix(base, "http://") + "\r\nUser-Agent: regen/1\r\nAccept-Encoding: gzip\r\n\r\n"
	if len(seen) != 9 {
		t.Errorf("there were %d requests, expected 9", len(seen))
	}
	for _, request := range seen {
		if request != want {
			t.Errorf("the request is\n%s\nexpected\n%s", request, want)
		}
	}
}

// Over TLS, a device that connects again can't be told from another: no session is resumed. HTTP/2 is spoken where the server does.
func TestTLS(t *testing.T) {
	var resumed, second int
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.DidResume {
			resumed++
		}
		if r.ProtoMajor == 2 {
			second++
		}
		if got := fmt.Sprint(r.Header); got != "map[Accept-Encoding:[gzip] User-Agent:[regen/1]]" {
			t.Errorf("the headers are %s", got)
		}
		io.WriteString(w, "head")
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	client := newClient(nil)
	transport := client.Transport.(*http.Transport)
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	s := open(t, Options{Client: client}, server.URL)
	for range 3 {
		data, err := s.Read(ctx, wire.HeadPath, large)
		wantBytes(t, data, err, "head")
		transport.CloseIdleConnections()
	}
	if resumed != 0 || second != 3 {
		t.Errorf("of 3 requests %d resumed a session, %d came over HTTP/2", resumed, second)
	}
	_, err := open(t, Options{}, server.URL).Read(ctx, wire.HeadPath, large)
	wantKind(t, err, Network) // nobody vouches for the certificate
	wantText(t, err, "certificate")
}

// Over HTTP/2 a stream that breaks is gone on with, and headers are bounded, too.
func TestHTTP2(t *testing.T) {
	data := noise(500_000)
	site := &site{}
	server := httptest.NewUnstartedServer(site.remember(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.ProtoMajor != 2:
			t.Errorf("the request came over %s", r.Proto)
		case r.URL.Path == "/flood":
			for i := range 100 {
				w.Header().Set(fmt.Sprintf("X-Flood-%d", i), strings.Repeat("0123456789abcdef", 64))
			}
		case r.Header.Get("Range") == "":
			content(data)(&cut{w, 300_000}, r)
			w.(http.Flusher).Flush()
			time.Sleep(100 * time.Millisecond) // most of it arrives
			panic(http.ErrAbortHandler)
		default:
			content(data)(w, r)
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	client := newClient(nil)
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	s := open(t, Options{Client: client}, server.URL)
	if err := get(t, s, "x.zip", data); err != nil {
		t.Error(err)
	}
	if asked := site.requests(); len(asked) != 2 || !strings.HasSuffix(asked[1], "-499999") {
		t.Errorf("the requests are %q", asked)
	}
	_, err := s.Read(ctx, "flood", large)
	wantKind(t, err, Network)
}

// The environment doesn't say where requests go.
func TestNoProxy(t *testing.T) {
	proxy := serve(t, answer(200, "wrong"))
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	if newTransport().Proxy != nil {
		t.Error("the default client has a proxy")
	}
}

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Documents come compressed where the server does that, and downloads don't.
func TestEncodings(t *testing.T) {
	text := strings.Repeat("catalogue ", 10_000)
	small := zipped(t, []byte(text))
	var encoding string
	server, l := count(t, func(w http.ResponseWriter, r *http.Request) {
		if encoding = r.Header.Get("Accept-Encoding"); encoding == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(small)
			return
		}
		io.WriteString(w, text)
	})
	s := open(t, Options{}, server.URL)
	data, err := s.Read(ctx, "index.json", int64(len(text)))
	wantBytes(t, data, err, text)
	if n := l.out.Load(); n > 2000 {
		t.Errorf("%d bytes came for a document that has %d compressed", n, len(small))
	}
	data, err = s.ReadRef(ctx, "index.json", wire.RefOf([]byte(text)), large)
	wantBytes(t, data, err, text)
	_, err = s.Read(ctx, "index.json", int64(len(text))-1)
	wantKind(t, err, TooLarge)
	if err := get(t, s, "x.zip", []byte(text)); err != nil || encoding != "identity" {
		t.Errorf("the download asked for %q: %v", encoding, err)
	}
}
