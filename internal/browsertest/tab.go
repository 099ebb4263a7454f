package browsertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long one step may take: machines are busy at times.
const patience = 30 * time.Second

// A Tab is a tab of the browser. It is for one goroutine. What it can't do fails the test.
type Tab struct {
	t        testing.TB
	ctx      context.Context
	site     string // scheme and host
	settings settings
	rec      recorder
}

// New opens an empty tab for the pages of a site, which is an address such as http://127.0.0.1:8080. It is closed when the test ends, and then its faults fail the test.
func New(t testing.TB, site string, options ...Option) *Tab {
	t.Helper()
	browser, err := chromium()
	if errors.Is(err, errNoChromium) {
		missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	tab := &Tab{t: t, site: strings.TrimSuffix(site, "/"), settings: settings{width: 1280, height: 800, scheme: Light}}
	for _, option := range options {
		option(&tab.settings)
	}
	tab.rec.site = tab.site
	tab.ctx, _ = chromedp.NewContext(browser)
	tab.must(chromedp.Do(tab.ctx)) // opens it: its life is that of this context
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab.ctx)
		for _, fault := range tab.rec.take() {
			t.Error(fault)
		}
	})
	tab.must(chromedp.Listen(tab.ctx, tab.rec.note))
	call(tab, audits.Enable, cdp.Empty{})
	call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	tab.emulate()
	return tab
}

// Open opens a page by its path in the tree, and waits until it is loaded. Its answer has to be a success.
func (tab *Tab) Open(path string) {
	tab.t.Helper()
	if status := tab.load(path); status != 200 {
		tab.rec.take() // they all say the same
		tab.t.Fatalf("open %s: the server answers with %d, expected 200", path, status)
	}
}

// OpenMissing opens a path at which the tree has nothing: what the server answers with has to say so, and isn't a fault.
func (tab *Tab) OpenMissing(path string) {
	tab.t.Helper()
	tab.rec.allow(tab.site + "/" + path)
	if status := tab.load(path); status != 404 {
		tab.rec.take()
		tab.t.Fatalf("open %s: the server answers with %d, expected 404", path, status)
	}
}

func (tab *Tab) load(path string) (status int64) {
	tab.t.Helper()
	tab.rec.begin(path)
	answer, err := run(tab, chromedp.NavigateResponse(tab.site+"/"+path))
	if err != nil {
		tab.t.Fatalf("open %s: %v", path, err)
	}
	return answer.Status
}

// Follow does something that leads to another page, such as pressing Enter on a link, and waits until that is loaded. It returns its path in the tree, with query and fragment.
func (tab *Tab) Follow(do func()) string {
	tab.t.Helper()
	Eval[any](tab, "window.left = false, null")
	do()
	for end := time.Now().Add(patience / 2); ; time.Sleep(10 * time.Millisecond) {
		// Between two pages there is none to ask.
		there, err := run(tab, chromedp.Evaluate[bool](`window.left === undefined && document.readyState === "complete"`))
		if err == nil && there {
			return tab.Path()
		}
		if time.Now().After(end) {
			tab.t.Fatalf("%s: nothing else is opened: %v", tab.Path(), err)
		}
	}
}

// Path returns the path of the page that is shown, with query and fragment.
func (tab *Tab) Path() string {
	tab.t.Helper()
	return strings.TrimPrefix(Eval[string](tab, "location.href"), tab.site+"/")
}

// Eval returns the value of a JavaScript expression in the page; where it is a promise, what that is resolved to. Content security policies don't apply to it.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	v, err := run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("evaluate %.200s: %v", expression, err)
	}
	return v
}

// Until waits until a JavaScript expression is true.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	for end := time.Now().Add(patience / 2); !Eval[bool](tab, "!!("+expression+")"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			tab.t.Fatalf("%s: this doesn't become true: %.300s", tab.Path(), expression)
		}
	}
}

// Click clicks on the first element that matches a selector.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	if _, err := run(tab, chromedp.Click(chromedp.CSS(selector))); err != nil {
		tab.t.Fatalf("click on %s: %v", selector, err)
	}
}

// Keys presses keys one after another: characters, and keys of the package kb such as [kb.Enter].
func (tab *Tab) Keys(keys string) {
	tab.t.Helper()
	_, err := run(tab, chromedp.KeyEvent(keys))
	tab.must(err)
}

// BackTab presses Tab with Shift, which leads to the element before.
func (tab *Tab) BackTab() {
	tab.t.Helper()
	_, err := run(tab, chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	tab.must(err)
}

// Screenshot returns the page as a PNG: all of it, down to a height of 20,000 pixels.
func (tab *Tab) Screenshot() []byte {
	tab.t.Helper()
	size := Eval[[]float64](tab, "[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]")
	beyond := true
	shot := call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond, Clip: &page.Viewport{Width: size[0], Height: min(size[1], 20_000), Scale: 1},
	})
	return shot.Data
}

// OnEveryPage runs a script at the start of every page that is opened from now on.
func (tab *Tab) OnEveryPage(script string) {
	tab.t.Helper()
	call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// Requests returns what the page asked for since it was opened.
func (tab *Tab) Requests() []Request { return tab.rec.list() }

// Faults returns the faults so far, and forgets them: the test doesn't fail by them.
func (tab *Tab) Faults() []string {
	Eval[int](tab, "1") // whatever came before this was noted
	return tab.rec.take()
}

// must fails the test where something went wrong.
func (tab *Tab) must(err error) {
	tab.t.Helper()
	if err != nil {
		tab.t.Fatal(err)
	}
}

func run[T any](tab *Tab, action chromedp.Action[T]) (T, error) {
	ctx, done := context.WithTimeout(tab.ctx, patience)
	defer done()
	return chromedp.Run(ctx, action)
}

// call runs a command of the protocol.
func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	ctx, done := context.WithTimeout(tab.ctx, patience)
	defer done()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		tab.t.Fatalf("%s: %v", command.Method, err)
	}
	return r
}
