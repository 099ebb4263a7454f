package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// drip sends text byte by byte, as long as somebody listens.
func drip(c net.Conn, text string, pause time.Duration) {
	for i := range len(text) {
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// wait waits until the other end closes the connection.
func wait(c net.Conn) { io.Copy(io.Discard, c) }

// A server that sends nothing, or too little, is dropped when the patience is over: before its headers, in them, in the body.
func TestTooSlow(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
	for name, serve := range map[string]func(c net.Conn, _ string){
		"no answer":        func(c net.Conn, _ string) { wait(c) },
		"dripping headers": func(c net.Conn, _ string) { drip(c, ok+strings.Repeat("X-A: b\r\n", 1000), 5*time.Millisecond) },
		"dripping answers": func(c net.Conn, _ string) {
			drip(c, strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100), 5*time.Millisecond)
		},
		"no body":           func(c net.Conn, _ string) { io.WriteString(c, ok+"\r\n"); wait(c) },
		"a dripping body":   func(c net.Conn, _ string) { drip(c, ok+"\r\n"+strings.Repeat("x", 1000), 10*time.Millisecond) },
		"a stop in between": func(c net.Conn, _ string) { io.WriteString(c, ok+"\r\n"+strings.Repeat("x", 999)); wait(c) },
		"a body without an end": func(c net.Conn, _ string) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"+strings.Repeat("x", 1000)+"\r\n")
			wait(c)
		},
		"a redirect that drips": func(c net.Conn, _ string) {
			io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1000\r\n\r\n")
			drip(c, strings.Repeat("x", 1000), 5*time.Millisecond)
		},
		"compressed nothing": func(c net.Conn, _ string) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
			drip(c, strings.Repeat(string(zipped(t, nil)), 100), 5*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, impatient, raw(t, serve))
			within(t, 10*time.Second, func() {
				_, err := s.Read(ctx, "index.json", large)
				wantKind(t, err, TooSlow)
				wantText(t, err, "in 200ms, expected at least 200")
			})
			if strings.HasSuffix(name, "without an end") || strings.HasPrefix(name, "compressed") {
				return // what a download needs of it is there, or its encoding is refused
			}
			within(t, 10*time.Second, func() { wantKind(t, get(t, s, "x.zip", make([]byte, 1000)), TooSlow) })
		})
	}
}

// A server that is slow, and not too slow, is waited for, much longer than the patience.
func TestSlowEnough(t *testing.T) {
	text := string(noise(7500))
	s := open(t, impatient, raw(t, func(c net.Conn, _ string) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(text))
		for i := 0; i < len(text); i += 300 {
			io.WriteString(c, text[i:i+300])
			time.Sleep(25 * time.Millisecond)
		}
	}))
	begin := time.Now()
	data, err := s.Read(ctx, "index.json", large)
	wantBytes(t, data, err, text)
	if took := time.Since(begin); took < 2*impatient.Patience {
		t.Errorf("took %v: that proves nothing", took)
	}
	if err := get(t, s, "x.zip", []byte(text)); err != nil {
		t.Error(err)
	}
}

// slowTarget is a disk that takes its time at first.
type slowTarget struct {
	target
	pause time.Duration
}

func (w *slowTarget) WriteAt(b []byte, off int64) (int, error) {
	if off == 0 {
		time.Sleep(w.pause)
	}
	return w.target.WriteAt(b, off)
}

// A slow disk isn't the server's fault.
func TestSlowDisk(t *testing.T) {
	data := noise(10_000_000) // more than the connection takes meanwhile
	server := serve(t, content(data))
	w := &slowTarget{target{t: t, data: make([]byte, len(data))}, 3 * impatient.Patience}
	if err := open(t, impatient, server.URL).Download(ctx, "x.zip", wire.RefOf(data), w); err != nil {
		t.Error(err)
	}
	server.wantRequests(t, "/x.zip")
}

// Where one mirror is too slow, the next one is asked, and from then on it is the first.
func TestSlowMirrorIsLeft(t *testing.T) {
	var slow atomic.Int64
	base := raw(t, func(c net.Conn, _ string) { slow.Add(1); wait(c) })
	good := serve(t, answer(200, "abc"))
	s := open(t, impatient, base, good.URL)
	for range 3 {
		data, err := s.Read(ctx, "index.json", large)
		wantBytes(t, data, err, "abc")
	}
	if n := slow.Load(); n != 1 {
		t.Errorf("the slow mirror was asked %d times, expected once", n)
	}
}

// A context that is done ends every wait at once, and it is no mirror's fault.
func TestCancel(t *testing.T) {
	for name, serve := range map[string]func(c net.Conn, _ string){
		"headers": func(c net.Conn, _ string) { wait(c) },
		"body": func(c net.Conn, _ string) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
			wait(c)
		},
		"endless": func(c net.Conn, _ string) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
			for err := error(nil); err == nil; {
				_, err = c.Write(make([]byte, 1<<16))
				time.Sleep(time.Millisecond)
			}
		},
	} {
		base := raw(t, serve)
		other := serveNothing(t)
		s := open(t, Options{}, base, other.URL)
		ref := wire.Ref{SHA256: wire.Sum(nil), Size: 10}
		if name == "endless" {
			ref.Size = 1_000_000_000_000
		}
		for verb, f := range map[string]func(ctx context.Context) error{
			"Read":     func(ctx context.Context) error { _, err := s.Read(ctx, "x", 1<<20); return err },
			"ReadFrom": func(ctx context.Context) error { _, err := s.ReadFrom(ctx, 0, "x", 1<<20); return err },
			"ReadRef":  func(ctx context.Context) error { _, err := s.ReadRef(ctx, "x", ref, ref.Size); return err },
			"Download": func(ctx context.Context) error { return s.Download(ctx, "x", ref, nowhere{}) },
		} {
			if name == "endless" && verb != "Download" {
				continue
			}
			t.Run(fmt.Sprint(verb, " in ", name), func(t *testing.T) {
				canceled, cancel := context.WithCancel(ctx)
				time.AfterFunc(100*time.Millisecond, cancel)
				within(t, 3*time.Second, func() {
					err := f(canceled)
					var e *Error
					if !errors.Is(err, context.Canceled) || errors.As(err, &e) {
						t.Errorf("got the error %v", err)
					}
				})
				short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
				within(t, 3*time.Second, func() {
					if err := f(short); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("got the error %v", err)
					}
				})
			})
		}
		other.wantRequests(t)
	}
}

// serveNothing starts a server that nobody is to ask.
func serveNothing(t *testing.T) *site { return serve(t, answer(500, "")) }

// nowhere is a target that forgets.
type nowhere struct{}

func (nowhere) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }
