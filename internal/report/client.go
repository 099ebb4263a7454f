package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/github"
)

// Bounds of what GitHub can make a run do.
const (
	maxTries    = 5
	maxWait     = time.Minute      // before the next try
	requestTime = 30 * time.Second // for one request
)

// client speaks with GitHub's API about one repo.
type client struct {
	base, repo, token string
	http              *http.Client
	sleep             func(context.Context, time.Duration) error
}

// newClient returns a client. The address is an https one, or one of this machine.
func newClient(api, repo, token string, sleep func(context.Context, time.Duration) error) (*client, error) {
	u, err := url.Parse(api)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost") {
		return nil, fmt.Errorf("the address of GitHub's API is %.100q, expected one that begins with https://", api)
	}
	if !repoName.MatchString(repo) {
		return nil, fmt.Errorf("the repo is %.100q, expected owner/name", repo)
	}
	if token == "" {
		return nil, errors.New("there is no token, expected one in GITHUB_TOKEN")
	}
	return &client{
		base: strings.TrimRight(api, "/"), repo: repo, token: token, sleep: sleep,
		// A redirect would carry the token elsewhere. The API answers without.
		http: &http.Client{Timeout: requestTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// statusError is an answer that isn't a success.
type statusError struct {
	method, path string
	code         int
	message      string // GitHub's own words
	wait         time.Duration
	again        bool // whether another try may help
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s %s: GitHub answered %d %s", e.method, e.path, e.code, http.StatusText(e.code))
	if e.message != "" {
		text += ": " + e.message
	}
	return text
}

// isStatus reports whether an error is an answer with that status.
func isStatus(err error, code int) bool {
	var s *statusError
	return errors.As(err, &s) && s.code == code
}

// do sends a request about the repo and decodes the answer. What changes nothing when it is done twice is tried again where that may help.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	return c.patiently(ctx, func() error { return c.once(ctx, method, path, in, out) })
}

// patiently tries again, as long as it may help and no longer than the bounds allow.
func (c *client) patiently(ctx context.Context, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		var s *statusError
		if err == nil || n == maxTries || ctx.Err() != nil || errors.As(err, &s) && !s.again {
			return err
		}
		wait := time.Second << (n - 1)
		if s != nil && s.wait > 0 {
			wait = s.wait
		}
		if err := c.sleep(ctx, min(wait, maxWait)); err != nil {
			return err
		}
	}
}

// once sends one request.
func (c *client) once(ctx context.Context, method, path string, in, out any) error {
	data, err := c.raw(ctx, method, path, "application/vnd.github+json", in)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &statusError{method: method, path: path, code: http.StatusOK, message: "what came isn't what was asked for: " + err.Error()}
	}
	return nil
}

// raw sends one request, and returns the answer's body.
func (c *client) raw(ctx context.Context, method, path, accept string, in any) ([]byte, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/repos/"+c.repo+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("User-Agent", "regen")
	r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, github.MaxDocument+1))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, refused(method, path, resp, data)
	}
	if err != nil {
		return nil, err
	}
	if len(data) > github.MaxDocument {
		return nil, &statusError{method: method, path: path, code: resp.StatusCode, message: fmt.Sprintf("the answer has more than %d bytes", github.MaxDocument)}
	}
	return data, nil
}

// refused returns what an answer without success says, and whether and when to try again: after an error of the server, or when it wants fewer requests.
func refused(method, path string, resp *http.Response, data []byte) error {
	e := &statusError{method: method, path: path, code: resp.StatusCode, again: resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests}
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(data, &said) == nil {
		e.message = check.OneLine(said.Message[:min(len(said.Message), 200)])
	}
	after := resp.Header.Get("Retry-After")
	seconds, err := strconv.Atoi(after)
	if err == nil && seconds > 0 {
		e.wait = time.Duration(min(seconds, int(maxWait/time.Second))) * time.Second
	}
	if resp.StatusCode == http.StatusForbidden && (after != "" || resp.Header.Get("X-RateLimit-Remaining") == "0" || strings.Contains(e.message, "rate limit")) {
		e.again = true
	}
	if e.again && resp.StatusCode < 500 && e.wait == 0 {
		e.wait = maxWait
	}
	return e
}
