package store

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// HTTP is a tree on a web server, to be read.
type HTTP struct {
	base   string
	client *http.Client
}

// NewHTTP returns the tree below a URL. Redirects must stay on https, if the URL is on it.
func NewHTTP(url string) *HTTP {
	secure := strings.HasPrefix(url, "https://")
	return &HTTP{base: strings.TrimSuffix(url, "/") + "/", client: &http.Client{
		Timeout: 5 * time.Minute,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if secure && r.URL.Scheme != "https" {
				return fmt.Errorf("redirected off https to %s", r.URL.Redacted())
			}
			if len(via) >= 5 {
				return fmt.Errorf("redirected more than 5 times")
			}
			return nil
		},
	}}
}

// Read implements [Reader].
func (h *HTTP) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "regen/1")
	resp, err := h.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s: %w", h.base+path, ErrNotExist)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: the server answered %s", h.base+path, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.base+path, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %w: at most %d", h.base+path, ErrTooLarge, limit)
	}
	return data, nil
}
