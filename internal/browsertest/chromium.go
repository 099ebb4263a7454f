package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// names are what Chromium is called on the systems where these tests run.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

var errNoChromium = errors.New("chromium is not installed")

var (
	chromium = sync.OnceValues(start)
	stop     = func() {}
)

// start starts Chromium.
func start() (context.Context, error) {
	path := ""
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, errNoChromium
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("mute-audio", true),
		chromedp.WSURLReadTimeout(time.Minute), // on a busy machine
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses to work for root
	}
	quiet := func(string, ...any) {}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	stop = func() {
		limited, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		_ = chromedp.Cancel(limited)
	}
	return ctx, nil
}

// Main runs the tests of a package, closes the Chromium that they opened, and does what else is to be done at the end.
func Main(m *testing.M, end ...func()) {
	code := m.Run()
	stop()
	for _, f := range end {
		f()
	}
	os.Exit(code)
}

// missing skips the test for want of a tool, or fails it where the tool has to be there.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("REGEN_REQUIRE_TOOLS") != "" {
		t.Fatalf("%s, and REGEN_REQUIRE_TOOLS says that it has to be", what)
	}
	t.Skip(what)
}
