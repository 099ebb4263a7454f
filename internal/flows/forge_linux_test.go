package flows

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// repository is the scratch repo on the forge.
const repository = "acme/registry"

// forge is what GitHub is to a runner: git over https, tokens that carry the permissions of a job, and the parts of the API that workflows use.
type forge struct {
	t    *testing.T
	url  string
	cert string // file with the certificate of the server
	root string // of the bare repos

	mu       sync.Mutex
	tokens   map[string]permissions
	pulls    map[int]*pull
	comments map[int]*comment
	labels   map[string]string // of the repo: name → colour
	pages    int               // the status that a request for a build gets
	private  bool              // whether reading the repo takes a token
	calls    []call
	fail     func(r *http.Request) int // a status to fail with, or 0
	nextID   int
}

// call is a request to the API that changes something, or a push.
type call struct {
	Method, Path string
	Body         string
	Status       int
}

func (c call) String() string { return fmt.Sprintf("%s %s %d %s", c.Method, c.Path, c.Status, c.Body) }

// pull is a pull request.
type pull struct {
	Number               int
	Title, Author, State string
	Fork                 string // its repo
	Branch, Head         string
	Base                 string // the commit that main had when it was opened; GitHub doesn't move it on
	Labels               []string
	Reviews              []map[string]any
}

type comment struct {
	ID     int    `json:"id"`
	Body   string `json:"body"`
	User   user   `json:"user"`
	number int
}

type user struct {
	Login string `json:"login"`
}

// newForge starts a forge with an empty repo.
func newForge(t *testing.T) *forge {
	t.Helper()
	gittest.Tool(t, "git")
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := filepath.Join(strings.TrimSpace(string(path)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		t.Fatal(err)
	}
	f := &forge{t: t, root: t.TempDir(), tokens: make(map[string]permissions), pulls: make(map[int]*pull), comments: make(map[int]*comment), labels: make(map[string]string), pages: http.StatusCreated, nextID: 1000}
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", http.HandlerFunc(f.api)))
	mux.Handle("/", f.git(&cgi.Handler{Path: backend, Root: "/", Env: []string{"GIT_PROJECT_ROOT=" + f.root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + t.TempDir()}, Stderr: io.Discard}))
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	f.url = server.URL
	f.cert = filepath.Join(t.TempDir(), "forge.pem")
	if err := os.WriteFile(f.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	f.bare("init", "-q", "--bare", "-b", "main", f.bareDir())
	f.bare("config", "http.receivepack", "true")
	f.bare("config", "receive.denyNonFastForwards", "true")
	f.bare("config", "uploadpack.allowAnySHA1InWant", "true")
	return f
}

func (f *forge) bareDir() string { return filepath.Join(f.root, repository+".git") }

// bare runs git in the repo on the forge.
func (f *forge) bare(args ...string) string {
	f.t.Helper()
	dir := f.bareDir()
	if args[0] == "init" {
		dir = f.root
	}
	return runGit(f.t, dir, nil, args...)
}

// runGit runs git with nothing of this machine's configuration.
func runGit(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + systemPath, "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0"}, env...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSpace(out.String())
}

// token makes a token with the permissions of a job.
func (f *forge) token(p permissions) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	token := "ghs_" + rand.Text()
	f.tokens[token] = p
	return token
}

// may reports whether a request's token has a permission: one of read and write, the latter including the former.
func (f *forge) may(token, scope, level string) bool {
	has := f.tokens[token][scope]
	return has == level || has == "write"
}

// git serves repos. Anybody may read, unless the repo is private; pushing takes a token that may write contents.
func (f *forge) git(backend http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/"+repository+"/"); ok { // GitHub takes both
			r.URL.Path = "/" + repository + ".git/" + rest
		}
		level := "read"
		if strings.Contains(r.URL.Path, "git-receive-pack") || strings.Contains(r.URL.RawQuery, "git-receive-pack") {
			level = "write"
		}
		_, token, _ := r.BasicAuth()
		f.mu.Lock()
		_, known := f.tokens[token]
		may := f.may(token, "contents", level)
		open := level == "read" && !f.private
		f.mu.Unlock()
		if open {
			backend.ServeHTTP(w, r)
			return
		}
		switch {
		case !known:
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		case !may:
			w.WriteHeader(http.StatusForbidden)
		default:
			backend.ServeHTTP(w, r)
		}
		if strings.HasSuffix(r.URL.Path, "git-receive-pack") {
			f.mu.Lock()
			f.calls = append(f.calls, call{Method: "PUSH", Path: r.URL.Path})
			f.mu.Unlock()
		}
	})
}

// document returns a pull request as the API has it.
func (p *pull) document() map[string]any {
	labels := []any{}
	for _, l := range p.Labels {
		labels = append(labels, map[string]any{"name": l})
	}
	return map[string]any{
		"number": p.Number, "state": p.State, "title": p.Title, "draft": false, "merged_at": nil, "created_at": "2026-01-01T00:00:00Z", "user": map[string]any{"login": p.Author},
		"author_association": "FIRST_TIME_CONTRIBUTOR", "labels": labels, "requested_reviewers": []any{},
		"head": map[string]any{"sha": p.Head, "ref": p.Branch, "repo": map[string]any{"full_name": p.Fork}},
		"base": map[string]any{"sha": p.Base, "ref": "main", "repo": map[string]any{"full_name": repository}},
	}
}

// api serves the API below /repos/acme/registry.
func (f *forge) api(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		f.t.Error(err)
	}
	answer := func(status int, v any) {
		if r.Method != http.MethodGet {
			f.calls = append(f.calls, call{r.Method, r.URL.Path, string(body), status})
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if data, raw := v.([]byte); raw {
			w.Write(data)
		} else if v != nil {
			json.NewEncoder(w).Encode(v)
		}
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	need := func(scope, level string) bool {
		if f.may(token, scope, level) {
			return true
		}
		answer(http.StatusForbidden, map[string]string{"message": "Resource not accessible by integration"})
		return false
	}
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), "/repos/"+repository+"/")
	if !ok || token == "" {
		answer(http.StatusNotFound, map[string]string{"message": "Not Found"})
		return
	}
	if f.fail != nil {
		if status := f.fail(r); status != 0 {
			answer(status, map[string]string{"message": "You have exceeded a secondary rate limit"})
			return
		}
	}
	parts := strings.Split(rest, "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "%2F", "/")
	}
	number := func(i int) int {
		if i >= len(parts) {
			return 0
		}
		n, _ := strconv.Atoi(parts[i])
		return n
	}
	where := r.Method + " " + parts[0]
	switch p := f.pulls[number(1)]; {
	case where == "GET contents":
		if !need("contents", "read") {
			return
		}
		out, err := exec.Command("git", "--git-dir", f.bareDir(), "show", r.URL.Query().Get("ref")+":"+strings.Join(parts[1:], "/")).Output()
		if err != nil {
			answer(http.StatusNotFound, nil)
			return
		}
		answer(http.StatusOK, out)
	case where == "POST pages" && parts[1] == "builds":
		if need("pages", "write") {
			answer(f.pages, map[string]string{"status": "queued"})
		}
	case where == "PUT actions":
		if need("actions", "write") {
			answer(http.StatusNoContent, nil)
		}
	case where == "GET labels":
		if _, ok := f.labels[parts[1]]; ok {
			answer(http.StatusOK, map[string]string{"name": parts[1]})
		} else {
			answer(http.StatusNotFound, nil)
		}
	case where == "POST labels":
		var l struct{ Name, Color, Description string }
		if need("pull-requests", "write") && f.decode(body, &l) {
			f.labels[l.Name] = l.Color
			answer(http.StatusCreated, nil)
		}
	case where == "PATCH issues" && parts[1] == "comments":
		var c struct{ Body string }
		if old := f.comments[number(2)]; old == nil || old.User.Login != "github-actions[bot]" {
			answer(http.StatusForbidden, nil)
		} else if need("pull-requests", "write") && f.decode(body, &c) {
			old.Body = c.Body
			answer(http.StatusOK, nil)
		}
	case p == nil:
		answer(http.StatusNotFound, map[string]string{"message": "Not Found"})
	case where == "GET pulls" && !need("pull-requests", "read"):
	case where == "GET pulls" && len(parts) == 2:
		d := p.document()
		d["changed_files"] = len(f.files(p))
		answer(http.StatusOK, d)
	case where == "GET pulls" && parts[2] == "files":
		answer(http.StatusOK, page(r, f.files(p)))
	case where == "GET pulls" && parts[2] == "reviews":
		answer(http.StatusOK, page(r, p.Reviews))
	case where == "GET issues" && parts[2] == "comments":
		var list []*comment
		for id := range f.nextID {
			if c := f.comments[id]; c != nil && c.number == p.Number {
				list = append(list, c)
			}
		}
		answer(http.StatusOK, page(r, list))
	case !need("pull-requests", "write"):
	case where == "PATCH pulls":
		var change struct{ Title *string }
		if f.decode(body, &change) && change.Title != nil {
			p.Title = *change.Title
			answer(http.StatusOK, nil)
		}
	case where == "POST issues" && parts[2] == "comments":
		var c comment
		if f.decode(body, &c) {
			f.nextID++
			f.comments[f.nextID-1] = &comment{f.nextID - 1, c.Body, user{"github-actions[bot]"}, p.Number}
			answer(http.StatusCreated, nil)
		}
	case where == "POST issues" && parts[2] == "labels":
		var l struct{ Labels []string }
		if f.decode(body, &l) {
			for _, name := range l.Labels {
				if _, ok := f.labels[name]; !ok {
					f.t.Errorf("the label %s is put on before there is one", name)
				}
				if !slices.Contains(p.Labels, name) {
					p.Labels = append(p.Labels, name)
				}
			}
			answer(http.StatusOK, nil)
		}
	case where == "DELETE issues" && parts[2] == "labels":
		i := slices.Index(p.Labels, parts[3])
		if i < 0 {
			answer(http.StatusNotFound, nil)
			return
		}
		p.Labels = slices.Delete(p.Labels, i, i+1)
		answer(http.StatusOK, nil)
	default:
		f.t.Errorf("the forge doesn't know %s %s", r.Method, r.URL.Path)
		answer(http.StatusNotFound, nil)
	}
}

func (f *forge) decode(body []byte, into any) bool {
	if err := json.Unmarshal(body, into); err != nil {
		f.t.Errorf("the body %.200q: %v", body, err)
		return false
	}
	return true
}

// page returns the part of a list that a request asks for.
func page[T any](r *http.Request, list []T) []T {
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	per, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	from := min((max(n, 1)-1)*per, len(list))
	return append([]T{}, list[from:min(from+per, len(list))]...)
}

// tip returns the commit of main.
func (f *forge) tip() string { return f.bare("rev-parse", "refs/heads/main") }

// files returns what a pull request changes, as the API lists it.
func (f *forge) files(p *pull) []map[string]any {
	var list []map[string]any
	base := f.bare("merge-base", "refs/heads/main", p.Head)
	for name := range strings.SplitSeq(f.bare("diff", "--name-only", "-z", base, p.Head), "\x00") {
		if name != "" {
			list = append(list, map[string]any{"filename": name, "status": "modified"})
		}
	}
	return list
}

// wrote returns the calls that changed something since the last time that it was asked.
func (f *forge) wrote() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}
