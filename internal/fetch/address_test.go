package fetch

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"testing"
)

func TestNewTakes(t *testing.T) {
	for place, want := range map[string]string{
		"https://example.org":              "https://example.org/",
		"https://example.org/":             "https://example.org/",
		"https://example.org/a/tree":       "https://example.org/a/tree/",
		"https://example.org/a/tree//":     "https://example.org/a/tree/",
		"https://example.org:8443/my tree": "https://example.org:8443/my%20tree/",
		"https://example.org/my%20tree":    "https://example.org/my%20tree/",
		"http://[::1]:80":                  "http://[::1]:80/",
		"HTTP://127.0.0.1:8080":            "http://127.0.0.1:8080/",
	} {
		s, err := New([]string{place}, Options{})
		if err != nil {
			t.Errorf("%s: %v", place, err)
			continue
		}
		if got := s.Mirrors(); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, expected %q", place, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for place, want := range map[string]string{
		"":                           "empty",
		"ftp://example.org/":         "isn't on https or http",
		"file:///media/stick":        "expected the path of the directory alone",
		"://example.org":             "isn't a URL",
		"http://exa mple.org":        "isn't a URL",
		"https://me:pw@example.org/": "has a user",
		"https://example.org/?":      "query or a fragment",
		"https://example.org/?a=b":   "query or a fragment",
		"https://example.org/#":      "query or a fragment",
		"https://example.org/#a":     "query or a fragment",
		"https:///tree":              "has no host",
		"https:example.org":          "has no host",
		"http:/example.org":          "has no host",
		"https://:443/":              "has no host",
	} {
		_, err := New([]string{"https://example.org/", place}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %q", place, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
	if _, err := New(nil, Options{}); err == nil {
		t.Error("no mirror at all is taken")
	}
}

// Paths of listing files hold anything that a file name can. The server sees the very same path, and nothing of it is a query.
func TestPathsAreEscaped(t *testing.T) {
	var path, query string
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { path, query = r.URL.Path, r.URL.RawQuery })
	s := open(t, Options{}, server.URL+"/my tree")
	for _, p := range []string{
		"index.json.minisig", "packages/clock/1.0.0/assets/big picture.png", "a/100%.png", "a/100%25.png", "a/#1.png", "a/?x=y.png", "a/ä ö/日本.png",
		"a/c++.png", `a/b\c.png`, "a/&=;:@,$!*'()[]|<>^`{}~.png", "a/\"q\".png", "a/%2e%2e/x", "a/..x/...", "x:y/z",
	} {
		if _, err := s.Read(ctx, p, large); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if path != "/my tree/"+p || query != "" {
			t.Errorf("%s: the server saw the path %q and the query %q", p, path, query)
		}
	}
	server.forget()
	for _, p := range []string{"a b/c++.png", "ä?#%"} {
		if _, err := s.Read(ctx, p, large); err != nil {
			t.Error(err)
		}
	}
	server.wantRequests(t, "/my%20tree/a%20b/c%2B%2B.png", "/my%20tree/%C3%A4%3F%23%25")
}

// A path that leads out of the tree is sent to nobody.
func TestPathsStayInTheTree(t *testing.T) {
	server := serve(t, answer(200, "x"))
	for _, mirror := range []string{server.URL, t.TempDir()} {
		s := open(t, Options{}, mirror)
		for _, p := range []string{"", ".", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "a/", "\xff"} {
			_, err := s.Read(ctx, p, large)
			_, err2 := s.ReadFrom(ctx, 0, p, large)
			err3 := get(t, s, p, []byte("x"))
			for _, err := range []error{err, err2, err3} {
				if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "isn't the path of a published file") {
					t.Errorf("%q: %v", p, err)
				}
			}
		}
	}
	server.wantRequests(t)
}
