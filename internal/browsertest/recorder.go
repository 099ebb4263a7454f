package browsertest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// A Request is something that a page asked for.
type Request struct {
	URL      string
	Kind     string // "Document", "Stylesheet", "Script", "Image", …
	Blocking bool   // nothing is shown before it is there
	id       network.RequestID
}

// A recorder notes what a tab asks for, and its faults.
type recorder struct {
	site     string
	mu       sync.Mutex
	page     string // path of the page that is open
	allowed  map[string]bool
	requests []Request
	faults   []string
}

// begin notes that another page is opened.
func (r *recorder) begin(page string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.page, r.requests = page, nil
}

// allow says that an address may be one that the server has nothing at.
func (r *recorder) allow(url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.allowed == nil {
		r.allowed = make(map[string]bool)
	}
	r.allowed[url] = true
}

// take returns the faults, and forgets them.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	faults := r.faults
	r.faults = nil
	return faults
}

func (r *recorder) list() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// note takes an event of the tab.
func (r *recorder) note(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r.requests = append(r.requests, Request{URL: e.Request.URL, Kind: string(e.Type), Blocking: e.RenderBlockingBehavior == network.RenderBlockingBehaviorBlocking, id: e.RequestID})
		if !r.own(e.Request.URL) {
			r.fault("it asks for %s, expected requests to %s alone", e.Request.URL, r.site)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 && !r.allowed[e.Response.URL] {
			r.fault("it asks for %s, which the server answers with %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			r.fault("%s doesn't load: %s %s", r.urlOf(e.RequestID), e.ErrorText, e.BlockedReason)
		}
	case *log.EventEntryAdded:
		if (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) && !r.allowed[e.Entry.URL] {
			r.fault("the browser says: %s: %s (%s)", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			var args []string
			for _, a := range e.Args {
				args = append(args, strings.Trim(string(a.Value), `"`)+a.Description)
			}
			r.fault("the console says: %s: %s", e.Type, strings.Join(args, " "))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		r.fault("a script throws: %s", text)
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeLazyLoadImageIssue {
			return // a guess about sizes, which the test of layout shifts measures
		}
		details, err := json.Marshal(e.Issue.Details)
		if err != nil {
			details = []byte(err.Error())
		}
		r.fault("the browser has an issue: %s: %s", e.Issue.Code, details)
	}
}

// fault notes what is wrong with the page that is open, once.
func (r *recorder) fault(format string, args ...any) {
	if fault := r.page + ": " + fmt.Sprintf(format, args...); !slices.Contains(r.faults, fault) {
		r.faults = append(r.faults, fault)
	}
}

// own reports whether a request stays with the server under test. What is in the page itself is no request.
func (r *recorder) own(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "data", "blob", "about":
		return true
	}
	return u.Scheme+"://"+u.Host == r.site
}

func (r *recorder) urlOf(id network.RequestID) string {
	for _, request := range r.requests {
		if request.id == id {
			return request.URL
		}
	}
	return "something"
}
