package pagetest

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/regen-registry/regen/internal/browsertest"
)

// most is how many stops of one page are gone through.
const most = 60

// Tab reaches everything that can be used, in the order in which it stands in the page, and shows where it is. The first stop leads over the head of the page to its content.
func TestKeyboard(t *testing.T) {
	w := published(t)
	for _, k := range w.all(t) {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			tab := w.tab(t)
			w.open(tab, k.page)
			// What can be used and seen, in the order of the page. Of a group of radio buttons, Tab stops at one.
			stops := browsertest.Eval[[]string](tab, `(() => {
				window.describe = e => e === document.body ? "the body" : e.nodeName + (e.id ? "#" + e.id : "") + " " + (e.getAttribute("href") || e.getAttribute("name") || e.textContent).trim().slice(0, 60);
				const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]")];
				const seen = new Set();
				window.stops = all.filter(e => {
					if (e.tabIndex < 0 || e.disabled || e.type === "hidden" || !e.checkVisibility({visibilityProperty: true}) || e.closest("details:not([open])") && e.nodeName !== "SUMMARY" || e.closest("[inert]")) return false;
					if (e.type !== "radio") return true;
					const group = e.form?.elements[e.name]?.value ? e.checked : !seen.has(e.name);
					seen.add(e.name);
					return group;
				});
				return stops.map(describe);
			})()`)
			if len(stops) < 5 {
				t.Fatalf("the page has %d links and controls", len(stops))
			}
			for i, want := range stops[:min(len(stops), most)] {
				tab.Keys(kb.Tab)
				at := browsertest.Eval[struct {
					Index   int    `json:"index"`
					What    string `json:"what"`
					Ring    bool   `json:"ring"`
					Visible bool   `json:"visible"`
				}](tab, `(() => {
					const e = document.activeElement, r = e.getBoundingClientRect();
					// The ring may be around something that the element fills: a card that is a link as a whole.
					const shows = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 && !/(, 0\)|transparent)$/.test(s.outlineColor);
					let ring = ["", "::before", "::after"].some(part => shows(getComputedStyle(e, part)));
					for (let p = e.parentElement; p !== document.body && p !== document.documentElement && p; p = p.parentElement) ring ||= shows(getComputedStyle(p));
					return {index: stops.indexOf(e), what: describe(e), ring, visible: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth};
				})()`)
				if at.Index != i {
					t.Fatalf("after %d times Tab, the focus is on %s, expected %s", i+1, at.What, want)
				}
				if !at.Ring {
					t.Errorf("%s has the focus, and no outline shows it", at.What)
				}
				if !at.Visible {
					t.Errorf("%s has the focus, and can't be seen", at.What)
				}
			}
			w.open(tab, k.page)
			tab.Keys(kb.Tab)
			tab.Keys(kb.Enter)
			if got := browsertest.Eval[string](tab, "location.hash"); got != "#main" {
				t.Errorf("the first stop leads to %q, expected the content: #main", got)
			}
			tab.Keys(kb.Tab)
			if !browsertest.Eval[bool](tab, `document.activeElement === document.body || document.querySelector("main").contains(document.activeElement) || !document.querySelector("main a[href], main button, main input")`) {
				t.Errorf("after the skip link, Tab leads to %s, expected something in the content", browsertest.Eval[string](tab, "document.activeElement.outerHTML.slice(0, 200)"))
			}
		})
	}
}
