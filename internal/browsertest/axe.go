package browsertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// axeTags are the rules of axe that pages are held to.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// An AxeFinding is something that axe finds wrong with a page.
type AxeFinding struct {
	ID    string `json:"id"`   // of the rule
	Help  string `json:"help"` // what the rule asks for
	Nodes []struct {
		Target  any    `json:"target"` // selectors
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// NeedAxe skips the test where there is no axe-core, and fails it where REGEN_REQUIRE_TOOLS is set. REGEN_AXE names the file axe.min.js.
func NeedAxe(t testing.TB) {
	t.Helper()
	_, err := os.Stat(os.Getenv("REGEN_AXE"))
	if errors.Is(err, fs.ErrNotExist) {
		missing(t, "axe-core is not installed: REGEN_AXE doesn't name axe.min.js")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Axe runs axe-core on the page that is open, once nothing of it moves any more, and returns what it finds: nothing, where the page keeps WCAG 2.2 AA as far as a program can tell. Where rules are
// named, it looks for those alone.
func (tab *Tab) Axe(rules ...string) []AxeFinding {
	tab.t.Helper()
	NeedAxe(tab.t)
	script, err := os.ReadFile(os.Getenv("REGEN_AXE"))
	tab.must(err)
	if !Eval[bool](tab, "!!window.axe") {
		Eval[any](tab, string(script)+"; null")
	}
	kind, values := "tag", axeTags
	if len(rules) > 0 {
		kind, values = "rule", rules
	}
	only, err := json.Marshal(map[string]any{"type": kind, "values": values})
	tab.must(err)
	// What axe loads by itself would be requests that the page doesn't make.
	return Eval[[]AxeFinding](tab, fmt.Sprintf(`Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity).map(a => a.finished)).then(() => axe.run(document, {runOnly: %s, resultTypes: ["violations"], preload: false}))
		.then(r => r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => ({target: n.target, failureSummary: n.failureSummary}))})))`, only))
}

// String says what was found, and where.
func (f AxeFinding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.ID, f.Help)
	for i, n := range f.Nodes {
		if i == 5 {
			fmt.Fprintf(&b, "\n  and %d more", len(f.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %v: %s", n.Target, strings.ReplaceAll(n.Summary, "\n", " "))
	}
	return b.String()
}
