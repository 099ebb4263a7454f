package fetch

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/regen-registry/regen/internal/store"
)

// userAgent is the same for all devices and versions.
const userAgent = "regen/1"

// Bounds of what a server can make a device do.
const (
	maxRedirects   = 5
	maxHeaderBytes = 64 << 10
	connectTime    = 10 * time.Second // for TCP, and again for TLS
)

// web is a tree on a web server.
type web struct {
	base     string // ends with a slash
	client   *http.Client
	need     int64 // bytes in each span of patience
	patience time.Duration
}

func (m *web) String() string { return m.base }

// newClient returns the client to send requests with, like the given one if there is one.
func newClient(given *http.Client) *http.Client {
	client := &http.Client{Transport: newTransport()}
	if given != nil {
		copied := *given
		client = &copied
	}
	client.Jar = nil
	client.CheckRedirect = checkRedirect
	return client
}

func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: connectTime}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12}, // without a session cache, no session is resumed
		TLSHandshakeTimeout:    connectTime,
		MaxResponseHeaderBytes: maxHeaderBytes,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConnsPerHost:    4,
		ForceAttemptHTTP2:      true,
	}
}

// redirectError is why a redirect isn't followed.
type redirectError string

func (e redirectError) Error() string { return string(e) }

// checkRedirect says whether a redirect is followed. There is nothing secret in a request that a redirect could carry off.
func checkRedirect(r *http.Request, via []*http.Request) error {
	to := r.URL
	switch {
	case len(via) > maxRedirects:
		return redirectError(fmt.Sprintf("redirected more than %d times", maxRedirects))
	case to.Scheme != "https" && to.Scheme != "http":
		return redirectError(fmt.Sprintf("redirected to %q, expected https or http", to.Redacted()))
	case to.Scheme != "https" && via[len(via)-1].URL.Scheme == "https":
		return redirectError(fmt.Sprintf("redirected off https, to %q", to.Redacted()))
	case to.User != nil:
		return redirectError(fmt.Sprintf("redirected to %q, expected no user in it", to.Redacted()))
	}
	r.Header.Del("Referer")
	return nil
}

// document implements mirror.
func (m *web) document(ctx context.Context, path, past string, limit int64) ([]byte, error) {
	resp, body, err := m.get(ctx, path, past, http.Header{"Accept-Encoding": {"gzip"}})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	zipped := false
	switch encoding := resp.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		body.left = limit
	case "gzip", "x-gzip":
		// Of what can't be compressed, gzip makes a little more. A gzip that expands to nothing, without end, ends here.
		zipped, body.left = true, limit+limit/8+4096
	default:
		return nil, fail(m, path, Content, fmt.Errorf("the server sent the encoding %q, expected gzip or none", encoding))
	}
	data, err := readAll(body, zipped, limit+1)
	switch {
	case int64(len(data)) > limit || errors.Is(err, store.ErrTooLarge):
		return nil, fail(m, path, TooLarge, fmt.Errorf("%w: at most %d", store.ErrTooLarge, limit))
	case body.err != nil:
		return nil, body.err
	case err != nil:
		return nil, fail(m, path, Content, fmt.Errorf("the body isn't the gzip that it is said to be: %w", err))
	}
	return data, nil
}

// readAll returns the first bytes of r, decoded.
func readAll(r io.Reader, zipped bool, most int64) ([]byte, error) {
	if zipped {
		zip, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = zip
	}
	return io.ReadAll(io.LimitReader(r, most))
}

// file implements mirror.
func (m *web) file(ctx context.Context, path, past string, from, size int64) (io.ReadCloser, int64, error) {
	header := http.Header{"Accept-Encoding": {"identity"}} // a range counts bytes as they are sent
	if from > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, size-1))
	}
	resp, body, err := m.get(ctx, path, past, header)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		from = 0
	case !isRest(resp, from, size):
		body.Close()
		return m.file(ctx, path, past, 0, size)
	}
	body.left = size - from
	if encoding := resp.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		err = fail(m, path, Content, fmt.Errorf("the server sent the encoding %q, expected none", encoding))
	} else if n := resp.ContentLength; n >= 0 && n != body.left {
		err = fail(m, path, Content, fmt.Errorf("size is %d bytes, expected %d", n, size))
	}
	if err != nil {
		body.Close()
		return nil, 0, err
	}
	return body, from, nil
}

// isRest reports whether an answer is the rest of a file of size bytes, as asked for.
func isRest(resp *http.Response, from, size int64) bool {
	rest := fmt.Sprintf("bytes %d-%d/", from, size-1)
	total := resp.Header.Get("Content-Range")
	return resp.StatusCode == http.StatusPartialContent && (total == rest+strconv.FormatInt(size, 10) || total == rest+"*") &&
		(resp.ContentLength < 0 || resp.ContentLength == size-from)
}

// get sends one request. Its answer has the status 200, or 206 or 416 if a range was asked for. The caller closes the stream, and sets
// how much is left of it.
func (m *web) get(ctx context.Context, path, past string, header http.Header) (*http.Response, *stream, error) {
	ctx, pace := watch(ctx, m.need, m.patience)
	s := &stream{m: m, path: path, ctx: ctx, pace: pace}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.base+escape(path)+past, nil)
	if err != nil {
		pace.end(nil)
		return nil, nil, fail(m, path, Network, err)
	}
	r.Header = header
	r.Header.Set("User-Agent", userAgent)
	resp, err := m.client.Do(r)
	if err != nil {
		err = s.fail(err)
		pace.end(nil)
		return nil, nil, err
	}
	s.body = resp.Body
	code := resp.StatusCode
	// The server's own words for a status aren't shown.
	answered := fmt.Sprintf("the server answered %d %s", code, http.StatusText(code))
	switch {
	case code == http.StatusOK:
		return resp, s, nil
	case header.Get("Range") != "" && (code == http.StatusPartialContent || code == http.StatusRequestedRangeNotSatisfiable):
		return resp, s, nil
	case code == http.StatusNotFound || code == http.StatusGone:
		err = fail(m, path, NotFound, fmt.Errorf("%s: %w", answered, store.ErrNotExist))
	default:
		err = fail(m, path, Status, fmt.Errorf("%s, expected %d", answered, http.StatusOK))
	}
	s.Close()
	return nil, nil, err
}

// stream is what a server sends as the body of one answer.
type stream struct {
	m    *web
	path string
	ctx  context.Context // of the request
	pace *pace
	body io.ReadCloser
	left int64 // bytes that may still come
	err  error // why it broke; nil as long as it didn't, and at its end
}

// Read implements io.Reader. An error is io.EOF or an [*Error].
func (s *stream) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if int64(len(b)) > s.left+1 {
		b = b[:s.left+1]
	}
	n, err := s.pace.read(s.body, b)
	if int64(n) > s.left {
		n, s.err = int(s.left), fail(s.m, s.path, TooLarge, store.ErrTooLarge)
	} else if err != nil && err != io.EOF {
		s.err = s.fail(err)
	}
	s.left -= int64(n)
	if s.err != nil {
		return n, s.err
	}
	return n, err
}

// Close implements io.Closer.
func (s *stream) Close() error {
	err := s.body.Close()
	s.pace.end(nil)
	return err
}

// fail returns what went wrong with the connection as an [*Error].
func (s *stream) fail(err error) error {
	var refused redirectError
	if errors.As(err, &refused) {
		return fail(s.m, s.path, Redirected, refused)
	}
	var slow *tooSlow
	if errors.As(context.Cause(s.ctx), &slow) {
		return fail(s.m, s.path, TooSlow, slow)
	}
	var outer *url.Error // says the address once more
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return fail(s.m, s.path, Network, err)
}
