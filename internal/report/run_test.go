package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
)

const secret = "ghs_secret"

// api is a GitHub that answers out of a table: method and path → answers, the last one for good.
type api struct {
	t       *testing.T
	mu      sync.Mutex
	answers map[string][]answer
	seen    []string // what was asked for, with bodies
	slept   []time.Duration
	url     string
}

type answer struct {
	status int
	body   string
	header map[string]string
}

func newAPI(t *testing.T) *api {
	t.Helper()
	_, f := sample()
	pull := func(files int) string {
		return fmt.Sprintf(`{"number": 7, "state": "open", "title": "my change", "user": {"login": "eve"}, "labels": [{"name": "regen/fail"}], "changed_files": %d,
			"base": {"sha": %q, "ref": "main", "repo": {"full_name": "acme/registry"}}, "head": {"sha": %q, "ref": "patch-1", "repo": {"full_name": "eve/registry"}}}`, files, base, f.Pull.Head.SHA)
	}
	a := &api{t: t, answers: map[string][]answer{
		"GET /pulls/7":                                    {{status: 200, body: pull(1)}},
		"GET /pulls/7/files?per_page=100&page=1":          {{status: 200, body: `[{"filename": "plugins/clock/main.lua"}]`}},
		"GET /contents/owners.yaml?ref=main":              {{status: 200, body: "maintainers: [op]\n"}},
		"GET /contents/plugins/clock/regen.yaml?ref=main": {{status: 200, body: "owners: [ada]\n"}},
		"GET /issues/7/comments?per_page=100&page=1":      {{status: 200, body: `[]`}},
		"POST /issues/7/comments":                         {{status: 201}},
		"GET /labels/regen%2Fneeds-review":                {{status: 200}},
		"GET /labels/regen%2Fneeds-owner":                 {{status: 404}},
		"POST /labels":                                    {{status: 201}},
		"POST /issues/7/labels":                           {{status: 200}},
		"DELETE /issues/7/labels/regen%2Ffail":            {{status: 200}},
		"PATCH /pulls/7":                                  {{status: 200}},
	}}
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	path, ok := strings.CutPrefix(r.RequestURI, "/repos/acme/registry")
	body, _ := io.ReadAll(r.Body)
	if !ok || r.Header.Get("Authorization") != "Bearer "+secret || r.UserAgent() != "regen" {
		a.t.Errorf("%s %s: %v", r.Method, r.RequestURI, r.Header)
	}
	key := r.Method + " " + path
	a.seen = append(a.seen, strings.TrimSpace(key+" "+string(body)))
	answers := a.answers[key]
	if len(answers) == 0 {
		a.t.Errorf("nobody expected %s", key)
		w.WriteHeader(http.StatusTeapot)
		return
	}
	if len(answers) > 1 {
		a.answers[key] = answers[1:]
	}
	for name, value := range answers[0].header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(answers[0].status)
	io.WriteString(w, answers[0].body)
}

// run reports the sample.
func (a *api) run(change ...func(*gate.Result, *Facts)) (*Done, error) {
	a.t.Helper()
	r, f := sample()
	for _, c := range change {
		c(&r, &f)
	}
	result, err := json.Marshal(r)
	if err != nil {
		a.t.Fatal(err)
	}
	event, err := json.Marshal(f.Event)
	if err != nil {
		a.t.Fatal(err)
	}
	done, err := Run(context.Background(), Options{Result: result, Event: event, API: a.url, Repo: "acme/registry", Token: secret, Sleep: func(_ context.Context, d time.Duration) error {
		a.slept = append(a.slept, d)
		return nil
	}})
	if err != nil && strings.Contains(err.Error(), secret) {
		a.t.Errorf("the error has the token: %v", err)
	}
	return done, err
}

// writes returns what was asked for that changes something.
func (a *api) writes() []string {
	return slices.DeleteFunc(slices.Clone(a.seen), func(s string) bool { return strings.HasPrefix(s, "GET ") })
}

// Everything is written, once: comment, labels with one that has to be made, a label that goes, title.
func TestRun(t *testing.T) {
	a := newAPI(t)
	done, err := a.run()
	if err != nil || done.Commented != "created" {
		t.Fatalf("%+v %v", done, err)
	}
	writes := a.writes()
	for i, want := range []string{"POST /issues/7/comments {\"body\":", `POST /labels {"color":"f9d0c4"`, `POST /issues/7/labels {"labels":["regen/needs-review","regen/needs-owner"]}`, "DELETE /issues/7/labels/regen%2Ffail", `PATCH /pulls/7 {"title":"clock 1.1.0"}`} {
		if len(writes) != 5 || !strings.HasPrefix(writes[i], want) {
			t.Fatalf("wrote %q, expected %q", writes, want)
		}
	}
	if !strings.Contains(writes[0], "@ada") || len(a.slept) > 0 {
		t.Errorf("%q %v", writes[0], a.slept)
	}
}

// Only the token's own comment with the marker is changed: not one that somebody else posted with the same first line, and not another one of the bot's.
func TestStickyComment(t *testing.T) {
	a := newAPI(t)
	list := []issueComment{{ID: 1, Body: Marker + "\nforged", User: github.User{Login: "eve"}}, {ID: 2, Body: "other", User: github.User{Login: bot}}}
	for len(list) < 100 {
		list = append(list, issueComment{ID: 3, Body: "x", User: github.User{Login: "bob"}})
	}
	first, _ := json.Marshal(list)
	second, _ := json.Marshal([]issueComment{{ID: 42, Body: Marker + "\nold", User: github.User{Login: bot}}})
	a.answers["GET /issues/7/comments?per_page=100&page=1"] = []answer{{status: 200, body: string(first)}}
	a.answers["GET /issues/7/comments?per_page=100&page=2"] = []answer{{status: 200, body: string(second)}}
	a.answers["PATCH /issues/comments/42"] = []answer{{status: 200}}
	done, err := a.run()
	if err != nil || done.Commented != "updated" {
		t.Fatalf("%+v %v", done, err)
	}
	// The same again: nothing to change.
	same, _ := json.Marshal([]issueComment{{ID: 42, Body: done.Comment + "\n", User: github.User{Login: bot}}})
	a.answers["GET /issues/7/comments?per_page=100&page=2"] = []answer{{status: 200, body: string(same)}}
	if done, err := a.run(); err != nil || done.Commented != "unchanged" {
		t.Fatalf("%+v %v", done, err)
	}
}

// A comment that was made although the answer was an error isn't made twice.
func TestNoSecondComment(t *testing.T) {
	a := newAPI(t)
	r, f := sample()
	f.Pull.Labels = []github.Label{{Name: "regen/fail"}}
	made, _ := json.Marshal([]issueComment{{ID: 42, Body: decide(t, r, f).Comment, User: github.User{Login: bot}}})
	a.answers["GET /issues/7/comments?per_page=100&page=1"] = []answer{{status: 200, body: "[]"}, {status: 200, body: string(made)}}
	a.answers["POST /issues/7/comments"] = []answer{{status: 502}}
	done, err := a.run()
	if err != nil || done.Commented != "unchanged" || len(a.slept) != 1 {
		t.Fatalf("%+v %v %v", done, err, a.slept)
	}
}

// Errors of the server and limits are waited for, within bounds; others aren't.
func TestRetries(t *testing.T) {
	const key = "GET /pulls/7"
	for _, c := range []struct {
		answers []answer
		slept   []time.Duration
		want    string
	}{
		{[]answer{{status: 500}, {status: 503}}, []time.Duration{time.Second, 2 * time.Second}, ""},
		{[]answer{{status: 429, header: map[string]string{"Retry-After": "7"}}}, []time.Duration{7 * time.Second}, ""},
		{[]answer{{status: 429, header: map[string]string{"Retry-After": "100000"}}}, []time.Duration{maxWait}, ""},
		{[]answer{{status: 403, header: map[string]string{"X-RateLimit-Remaining": "0"}}}, []time.Duration{maxWait}, ""},
		{[]answer{{status: 403, body: `{"message": "You have exceeded a secondary rate limit"}`}}, []time.Duration{maxWait}, ""},
		{[]answer{{status: 500}, {status: 500}, {status: 500}, {status: 500}, {status: 500}}, []time.Duration{1e9, 2e9, 4e9, 8e9}, "500 Internal Server Error"},
		{[]answer{{status: 403, body: `{"message": "Resource not accessible by integration\n::error::x"}`}}, nil, "403 Forbidden: Resource not accessible"},
		{[]answer{{status: 404}}, nil, "there is no pull request 7"},
		{[]answer{{status: 301, header: map[string]string{"Location": "https://evil.example/"}}}, nil, "301"},
		{[]answer{{status: 200, body: "[]"}}, nil, "not a document"},
		{[]answer{{status: 200, body: strings.Repeat(" ", github.MaxDocument+1)}}, nil, "more than 8388608 bytes"},
	} {
		a := newAPI(t)
		a.answers[key] = append(c.answers, a.answers[key]...)
		_, err := a.run()
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%v: %v, expected %q", c.answers[0].status, err, c.want)
		}
		if !slices.Equal(a.slept, c.slept) {
			t.Errorf("%d: slept %v, expected %v", c.answers[0].status, a.slept, c.slept)
		}
		if c.want != "" && len(a.writes()) > 0 {
			t.Errorf("%d: wrote %q", c.answers[0].status, a.writes())
		}
	}
}

// Nothing is asked for where the result and the event alone differ; nothing is written where the pull request moves while it is looked at; and what fails keeps
// nothing else from being written.
func TestRunRefuses(t *testing.T) {
	a := newAPI(t)
	if _, err := a.run(func(r *gate.Result, _ *Facts) { r.Head = other }); err == nil || len(a.seen) > 0 {
		t.Errorf("%v %q", err, a.seen)
	}
	if _, err := a.run(func(_ *gate.Result, f *Facts) { f.Event.Repository.FullName = "acme/other" }); err == nil || len(a.seen) > 0 {
		t.Errorf("%v %q", err, a.seen)
	}
	a = newAPI(t)
	moved := answer{status: 200, body: strings.ReplaceAll(a.answers["GET /pulls/7"][0].body, head, other)}
	a.answers["GET /pulls/7"] = append(a.answers["GET /pulls/7"], moved)
	if _, err := a.run(); err == nil || !strings.Contains(err.Error(), "by now") || len(a.writes()) > 0 {
		t.Errorf("%v %q", err, a.writes())
	}
	a = newAPI(t)
	a.answers["POST /issues/7/comments"] = []answer{{status: 403}}
	if done, err := a.run(); err == nil || done == nil || done.Commented != "" || len(a.writes()) != 5 {
		t.Errorf("%+v %v %q", done, err, a.writes())
	}
}

// More files than GitHub lists: what isn't seen may be a workflow.
func TestRunWithManyFiles(t *testing.T) {
	a := newAPI(t)
	a.answers["GET /pulls/7"][0].body = strings.Replace(a.answers["GET /pulls/7"][0].body, `"changed_files": 1`, `"changed_files": 3001`, 1)
	a.answers["GET /labels/regen%2Ftooling"] = []answer{{status: 200}}
	if done, err := a.run(); err != nil || done.Vouched {
		t.Errorf("%+v %v", done, err)
	}
}

// A file that had another name before counts under both.
func TestRunWithRenames(t *testing.T) {
	a := newAPI(t)
	a.answers["GET /pulls/7/files?per_page=100&page=1"][0].body = `[{"filename": "plugins/clock/main.lua", "previous_filename": ".github/workflows/validate.yml"}]`
	a.answers["GET /labels/regen%2Ftooling"] = []answer{{status: 200}}
	if done, err := a.run(); err != nil || done.Vouched {
		t.Errorf("%+v %v", done, err)
	}
}

// By a broken owners.yaml, and by none for a package without a regen.yaml, nobody is an owner.
func TestRunOwners(t *testing.T) {
	for _, broken := range []answer{{status: 200, body: "maintainers: [ada, ada"}, {status: 404}} {
		a := newAPI(t)
		a.answers["GET /contents/owners.yaml?ref=main"] = []answer{broken}
		a.answers["GET /contents/plugins/clock/regen.yaml?ref=main"] = []answer{{status: 404}}
		if done, err := a.run(); err != nil || strings.Contains(done.Comment, "@") {
			t.Errorf("%+v %v", done, err)
		}
	}
}

// The address, the repo and the token are looked at before anything is sent.
func TestNewClient(t *testing.T) {
	for _, c := range [][3]string{
		{"http://api.github.com", "a/b", "t"}, {"api.github.com", "a/b", "t"}, {"https://u:p@api.github.com", "a/b", "t"}, {"https://api.github.com?x", "a/b", "t"}, {"", "a/b", "t"},
		{"https://api.github.com", "a", "t"}, {"https://api.github.com", "a/b/c", "t"}, {"https://api.github.com", "a/b?", "t"}, {"https://api.github.com", "a/b", ""},
	} {
		if _, err := newClient(c[0], c[1], c[2], sleep); err == nil {
			t.Errorf("%q is taken", c)
		}
	}
	for _, address := range []string{"https://api.github.com", "https://github.example.org/api/v3/", "http://127.0.0.1:1"} {
		if _, err := newClient(address, "a/b", "t", sleep); err != nil {
			t.Error(err)
		}
	}
}
