package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// After a mirror failed, the one that worked last is asked first: a dead mirror doesn't cost its timeout for each file.
func TestMirrorsInTurn(t *testing.T) {
	healthy := [3]bool{true, true, true}
	var sites [3]*site
	var bases []string
	for i := range sites {
		sites[i] = serve(t, func(w http.ResponseWriter, r *http.Request) {
			if !healthy[i] {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			fmt.Fprint(w, i)
		})
		bases = append(bases, sites[i].URL)
	}
	s := open(t, Options{}, bases...)
	asked := ""
	read := func(want string, order string) {
		t.Helper()
		for _, s := range sites {
			s.forget()
		}
		data, err := s.Read(ctx, "x", large)
		if want != "" {
			wantBytes(t, data, err, want)
		} else {
			wantKind(t, err, Status)
		}
		asked = ""
		for i, s := range sites {
			asked += strings.Repeat(fmt.Sprint(i), len(s.requests()))
		}
		if asked != order {
			t.Errorf("the mirrors %s were asked, expected %s", asked, order)
		}
	}
	read("0", "0")
	healthy[0] = false
	read("1", "01")
	read("1", "1")
	healthy[0] = true
	read("1", "1")
	healthy[1] = false
	read("2", "12")
	healthy[2] = false
	read("0", "02")
	healthy[0] = false
	read("", "012")
	healthy[1] = true
	read("1", "01")
	healthy[1] = false
	healthy[2] = true

	// One mirror by itself is asked alone, and stays where it is in the order.
	for i, fine := range healthy {
		data, err := s.ReadFrom(ctx, i, "x", large)
		if fine {
			wantBytes(t, data, err, fmt.Sprint(i))
		} else {
			wantText(t, err, bases[i]+"/x: the server answered 503")
		}
	}
	healthy = [3]bool{true, true, true}
	read("1", "1")
	for _, i := range []int{-1, 3} {
		if _, err := s.ReadFrom(ctx, i, "x", large); err == nil {
			t.Errorf("mirror %d is there", i)
		}
	}
	if got := s.Mirrors(); len(got) != 3 || got[2] != bases[2]+"/" {
		t.Errorf("the mirrors are %q", got)
	}
}

// A file isn't there if all mirrors say so, and not if one of them does.
func TestNotFound(t *testing.T) {
	none, gone, broken := serve(t, answer(404, "")), serve(t, answer(410, "")), serve(t, answer(500, ""))
	for _, test := range []struct {
		mirrors []string
		want    bool
	}{
		{[]string{none.URL}, true},
		{[]string{none.URL, gone.URL}, true},
		{[]string{none.URL, t.TempDir()}, true},
		{[]string{none.URL, broken.URL}, false},
		{[]string{dead(t), none.URL}, false},
		{[]string{none.URL, t.TempDir() + "/stick"}, false},
	} {
		s := open(t, Options{}, test.mirrors...)
		_, err := s.Read(ctx, "x", large)
		_, err2 := s.ReadRef(ctx, "x", wire.RefOf([]byte("x")), large)
		for _, err := range []error{err, err2, get(t, s, "x", []byte("x"))} {
			if errors.Is(err, store.ErrNotExist) != test.want || (wantAny(t, err).Kind == NotFound) != test.want {
				t.Errorf("%q: %v", test.mirrors, err)
			}
		}
	}
}

func wantAny(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got the error %v, expected an *Error", err)
	}
	return e
}

// Where all mirrors fail, the error has the kind of the worst and says what each of them said.
func TestAllFail(t *testing.T) {
	none, broken := serve(t, answer(404, "")), serve(t, answer(500, ""))
	other, long := serve(t, answer(200, "xyz")), serve(t, answer(200, "abcd"))
	ref := wire.RefOf([]byte("abc"))
	for _, test := range []struct {
		mirrors []string
		kind    Kind
	}{
		{[]string{none.URL, broken.URL}, Status},
		{[]string{broken.URL, none.URL}, Status},
		{[]string{dead(t), broken.URL}, Status},
		{[]string{none.URL, dead(t)}, Network},
		{[]string{other.URL, dead(t), none.URL, broken.URL}, Content},
		{[]string{dead(t), none.URL, broken.URL, long.URL}, Content},
	} {
		s := open(t, Options{}, test.mirrors...)
		_, err := s.ReadRef(ctx, "index.json", ref, large)
		e := wantKind(t, err, test.kind)
		if e.Path != "index.json" || e.Mirror != "" {
			t.Errorf("the error is about %q at %q", e.Path, e.Mirror)
		}
		wantText(t, err, fmt.Sprintf("index.json: %d mirrors failed: ", len(test.mirrors)))
		var each Failures
		if !errors.As(err, &each) || len(each) != len(test.mirrors) {
			t.Fatalf("the error holds %v", each)
		}
		for i, e := range each {
			if e.Mirror != test.mirrors[i]+"/" || e.Path != "index.json" {
				t.Errorf("failure %d is about %q at %q", i, e.Path, e.Mirror)
			}
			wantText(t, err, e.Error())
		}
	}
	_, err := open(t, Options{}, broken.URL, long.URL).Read(ctx, "index.json", 3)
	if wantKind(t, err, TooLarge); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("%v isn't ErrTooLarge", err)
	}
	if got := fmt.Sprint(NotFound, Network, TooSlow, Status, Redirected, TooLarge, Content, Kind(0)); got != "not found network too slow status redirected too large content kind 0" {
		t.Errorf("the kinds are %s", got)
	}
}

// A mirror that has other bytes than a reference names, or none, is asked once more past its cache, then the next mirror.
func TestReadRef(t *testing.T) {
	const good = "abc"
	ref := wire.RefOf([]byte(good))
	past := "/index.json?" + ref.SHA256
	cached := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == ref.SHA256 {
				code, body := 200, good
				answer(code, body)(w, r)
				return
			}
			answer(code, body)(w, r)
		}
	}
	for name, test := range map[string]struct {
		first  http.HandlerFunc
		asked  []string
		second bool // is asked
	}{
		"right":                    {answer(200, good), []string{"/index.json"}, false},
		"other bytes in the cache": {cached(200, "xyz"), []string{"/index.json", past}, false},
		"cut off in the cache":     {cached(200, "ab"), []string{"/index.json", past}, false},
		"longer in the cache":      {cached(200, "abcd"), []string{"/index.json", past}, false},
		"nothing in the cache":     {cached(404, ""), []string{"/index.json", past}, false},
		"other bytes":              {answer(200, "xyz"), []string{"/index.json", past}, true},
		"no bytes":                 {answer(200, ""), []string{"/index.json", past}, true},
		"longer":                   {answer(200, "abcd"), []string{"/index.json", past}, true},
		"none":                     {answer(404, ""), []string{"/index.json", past}, true},
		"broken":                   {answer(500, ""), []string{"/index.json"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := serve(t, test.first), serve(t, answer(200, good))
			data, err := open(t, Options{}, first.URL, second.URL).ReadRef(ctx, "index.json", ref, 3)
			wantBytes(t, data, err, good)
			first.wantRequests(t, test.asked...)
			if asked := len(second.requests()) > 0; asked != test.second {
				t.Errorf("the second mirror was asked: %v", asked)
			}

			// Alone it either has the bytes, or there is an error.
			alone := serve(t, test.first)
			data, err = open(t, Options{}, alone.URL).ReadRef(ctx, "index.json", ref, 3)
			if test.second && (err == nil || data != nil) {
				t.Errorf("got %q, %v", data, err)
			} else if !test.second {
				wantBytes(t, data, err, good)
			}
			alone.wantRequests(t, test.asked...)
		})
	}

	// Of two answers, the error tells the worse.
	poisoned := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			answer(200, "xyz")(w, r)
			return
		}
		answer(404, "")(w, r)
	})
	_, err := open(t, Options{}, poisoned.URL).ReadRef(ctx, "index.json", ref, 3)
	wantKind(t, err, Content)
	wantText(t, err, "sha256 is "+wire.Sum([]byte("xyz")), "expected "+ref.SHA256)

	// A document that is larger than its reader allows isn't asked for.
	server := serveNothing(t)
	_, err = open(t, Options{}, server.URL).ReadRef(ctx, "index.json", ref, 2)
	if wantKind(t, err, TooLarge); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("%v isn't ErrTooLarge", err)
	}
	server.wantRequests(t)

	// The empty document is one as well.
	data, err := open(t, Options{}, serve(t, answer(200, "")).URL).ReadRef(ctx, "index.json", wire.RefOf(nil), 0)
	wantBytes(t, data, err, "")
	for _, size := range []int64{-1, -1 << 63} {
		if _, err := open(t, Options{}, serve(t, answer(200, "")).URL).ReadRef(ctx, "index.json", wire.Ref{SHA256: wire.Sum(nil), Size: size}, large); err == nil {
			t.Errorf("a size of %d bytes is fine", size)
		}
	}
}

// A source is read from many goroutines, over mirrors that fail in turn.
func TestConcurrent(t *testing.T) {
	files := make(map[string][]byte)
	for i := range 20 {
		files[fmt.Sprintf("/%d", i)] = noise(1000 + 10_000*i)
	}
	var bases []string
	for i := range 3 {
		bases = append(bases, serve(t, func(w http.ResponseWriter, r *http.Request) {
			data := files[r.URL.Path]
			switch (len(data)/1000 + i) % 4 {
			case 0:
				http.NotFound(w, r)
			case 1:
				w.Write(data[:len(data)/2])
			default:
				w.Write(data)
			}
		}).URL)
	}
	s := open(t, Options{Progress: func(string, int64, int64) {}}, bases...)
	var wait sync.WaitGroup
	for path, want := range files {
		for range 3 {
			wait.Go(func() {
				path, ref := path[1:], wire.RefOf(want)
				data, err := s.ReadRef(ctx, path, ref, large)
				if err != nil || !bytes.Equal(data, want) {
					t.Errorf("%s: %d bytes, %v", path, len(data), err)
				}
				w := &target{t: t, data: make([]byte, len(want))}
				if err := s.Download(ctx, path, ref, w); err != nil || !bytes.Equal(w.data, want) {
					t.Errorf("%s: downloaded, %v", path, err)
				}
				if _, err := s.Read(ctx, path, large); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
}

// A document without a reference can be asked for past the caches of one mirror.
func TestReadPast(t *testing.T) {
	cached := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "key" {
			answer(200, "abc")(w, r)
			return
		}
		answer(200, "xyz")(w, r)
	})
	other := serveNothing(t)
	s := open(t, Options{}, other.URL, cached.URL)
	data, err := s.ReadFrom(ctx, 1, "x", large)
	wantBytes(t, data, err, "xyz")
	data, err = s.ReadPast(ctx, 1, "x", "key", 3)
	wantBytes(t, data, err, "abc")
	cached.wantRequests(t, "/x", "/x?key")
	other.wantRequests(t)
	_, err = s.ReadPast(ctx, 1, "x", "key", 2)
	wantKind(t, err, TooLarge)
	for _, i := range []int{-1, 2} {
		if _, err := s.ReadPast(ctx, i, "x", "key", large); err == nil {
			t.Errorf("mirror %d is there", i)
		}
	}
}
