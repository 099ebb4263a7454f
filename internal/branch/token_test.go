package branch_test

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/branch"
	"github.com/regen-registry/regen/internal/gittest"
)

const token = "ghs_thisIsTheTokenOfATest"

// gitServer serves a bare repo by https, to those who show the token.
type gitServer struct {
	*httptest.Server
	mu   sync.Mutex
	seen map[string]bool // values of the Authorization header
}

func serve(t *testing.T, remote *gittest.Repo, allow string) *gitServer {
	t.Helper()
	remote.Git(t, "", "config", "http.receivepack", "true")
	s := &gitServer{seen: make(map[string]bool)}
	backend := &cgi.Handler{
		Path: gittest.Tool(t, "git"), Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(remote.Dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := r.Header.Get("Authorization")
		s.mu.Lock()
		s.seen[got] = true
		s.mu.Unlock()
		if got != allow {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			http.Error(w, "who are you with "+got, http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// environment returns a look-up of the real environment with some variables.
func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := vars[name]; ok {
			return value, true
		}
		return os.LookupEnv(name)
	}
}

// spy returns a directory with a git that writes its arguments and its environment into a file, and then runs the real one.
func spy(t *testing.T, log string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("takes a shell script in the place of git")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"args: $0 $*\" >>" + log + "\nenv | grep -v '^GIT_CONFIG_VALUE' >>" + log + "\nexec " + gittest.Tool(t, "git") + " \"$@\"\n"
	ok(t, os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o755))
	return dir
}

// The token goes to GitHub's server, in a header, and is neither in the arguments nor in what is told of a failure.
func TestToken(t *testing.T) {
	remote := gittest.New(t)
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))
	server := serve(t, remote, basic)
	cert := filepath.Join(t.TempDir(), "cert.pem")
	ok(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644))
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("PATH", spy(t, log)+string(os.PathListSeparator)+os.Getenv("PATH"))
	at := func(vars map[string]string) (*branch.Tree, error) {
		vars["GIT_SSL_CAINFO"], vars["GIT_TRACE_CURL"], vars["MINISIGN_SECRET_KEY"] = cert, "1", "secret key"
		b, err := branch.Open(ctx, branch.Options{Repo: ".", Remote: server.URL + "/registry.git", Name: "published", Lookup: environment(vars)})
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { b.Close() })
		return b.Fetch(ctx)
	}
	tree, err := at(map[string]string{"GITHUB_TOKEN": token, "GITHUB_SERVER_URL": server.URL})
	ok(t, err)
	ok(t, tree.Put("a", []byte("x")))
	commit := push(t, tree, "m")
	if got := remote.Git(t, "", "rev-parse", "published"); got != commit {
		t.Errorf("the branch is at %s, expected %s", got, commit)
	}

	for name, vars := range map[string]map[string]string{
		"no token":           {"GITHUB_SERVER_URL": server.URL},
		"an empty token":     {"GITHUB_SERVER_URL": server.URL, "GITHUB_TOKEN": ""},
		"another server":     {"GITHUB_TOKEN": token, "GITHUB_SERVER_URL": "https://github.example.org"},
		"GitHub's own":       {"GITHUB_TOKEN": token},
		"a server like it":   {"GITHUB_TOKEN": token, "GITHUB_SERVER_URL": server.URL + "0"},
		"a server by http":   {"GITHUB_TOKEN": token, "GITHUB_SERVER_URL": strings.Replace(server.URL, "https", "http", 1)},
		"one that can't be":  {"GITHUB_TOKEN": token, "GITHUB_SERVER_URL": "https://%zz"},
		"another token":      {"GITHUB_TOKEN": token + "x", "GITHUB_SERVER_URL": server.URL},
		"a token with lines": {"GITHUB_TOKEN": token + "\nX: y", "GITHUB_SERVER_URL": server.URL},
	} {
		server.mu.Lock()
		clear(server.seen)
		server.mu.Unlock()
		_, err := at(vars)
		if err == nil || strings.Contains(err.Error(), "ghs_") || strings.Contains(err.Error(), "eC1hY2Nlc3M") {
			t.Errorf("%s: %v", name, err)
		}
		if server.seen[basic] {
			t.Errorf("%s: the token was shown", name)
		}
	}
	lines, err := os.ReadFile(log)
	ok(t, err)
	for _, secret := range []string{"ghs_", base64.StdEncoding.EncodeToString([]byte("x-access-token"))[:12], "secret key", "MINISIGN", "GITHUB_TOKEN", "GIT_TRACE"} {
		if strings.Contains(string(lines), secret) {
			t.Errorf("git was told %q in its arguments or by name:\n%s", secret, lines)
		}
	}
	if !strings.Contains(string(lines), "push --quiet") {
		t.Errorf("the log lacks the push:\n%s", lines)
	}
}

// A context that ends, ends git.
func TestCancel(t *testing.T) {
	hung := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(hung)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	cancelled, cancel := context.WithCancel(ctx)
	go func() { <-hung; cancel() }()
	if _, err := open(t, server.URL+"/x.git").Fetch(cancelled); err == nil || cancelled.Err() == nil {
		t.Errorf("%v", err)
	}
}

// A password in a remote's address isn't told.
func TestPasswordInAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	b := open(t, strings.Replace(server.URL, "http://", "http://user:pa55word@", 1)+"/x.git")
	_, err := b.Fetch(ctx)
	if err == nil || strings.Contains(err.Error(), "pa55word") || strings.Contains(b.String(), "pa55word") {
		t.Errorf("%s: %v", b, err)
	}
}
