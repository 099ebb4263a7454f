package pagetest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/regen-registry/regen/internal/browsertest"
	"github.com/regen-registry/regen/internal/wire"
)

// seen says what of the gallery is seen: "closed" and the text of the picture with the focus, or the number of the picture that is shown in full, and its text.
const seen = `(() => {
	const list = document.querySelector(".shots"), dialog = document.querySelector("dialog.viewer");
	if (!dialog?.open) return "closed " + (document.activeElement.querySelector?.("img")?.alt ?? "");
	const middle = innerWidth / 2;
	const images = [...dialog.querySelectorAll("img")];
	const at = images.findIndex(i => { const r = i.getBoundingClientRect(); return r.left < middle && r.right > middle; });
	return (at + 1) + " " + images[at]?.alt;
})()`

// Screenshots open in full, and are gone through by keyboard: arrows, Home and End. Escape leads back to where one was.
func TestGallery(t *testing.T) {
	w := published(t)
	for lang, forward := range map[string]string{"en": kb.ArrowRight, "ar": kb.ArrowLeft} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			backward := kb.ArrowLeft
			if forward == kb.ArrowLeft {
				backward = kb.ArrowRight
			}
			tab := w.tab(t, browsertest.ReducedMotion())
			w.open(tab, lang+"/"+wire.PackagePage("rich"))
			texts := browsertest.Eval[[]string](tab, `[...document.querySelectorAll(".shots img")].map(i => i.alt)`)
			if len(texts) < 4 {
				t.Fatalf("the pictures are %q, expected four", texts)
			}
			browsertest.Eval[any](tab, `document.querySelector(".shots a").focus(), null`)
			see := func(did, number, text string) {
				t.Helper()
				want := strings.TrimSpace(number + " " + text)
				tab.Until(seen + ` === ` + quote(want) + ` || performance.now() - (window.pressed ??= performance.now()) > 3000`)
				if got := browsertest.Eval[string](tab, seen); got != want {
					t.Errorf("after %s, one sees %q, expected %q", did, got, want)
				}
				browsertest.Eval[any](tab, `delete window.pressed, null`)
			}
			last := len(texts) - 1
			tab.Keys(kb.Enter)
			see("Enter", "1", texts[0])
			axe(t, tab, "in full")
			tab.Keys(forward)
			see("an arrow forward", "2", texts[1])
			tab.Keys(kb.End)
			see("End", string(rune('1'+last)), texts[last])
			tab.Keys(forward)
			see("an arrow forward at the end", string(rune('1'+last)), texts[last])
			tab.Keys(kb.Home)
			see("Home", "1", texts[0])
			tab.Keys(forward)
			see("an arrow forward", "2", texts[1])
			tab.Keys(forward)
			see("another", "3", texts[2])
			tab.Keys(backward)
			see("an arrow backward", "2", texts[1])
			for range 8 {
				tab.Keys(kb.Tab)
				if !browsertest.Eval[bool](tab, `document.activeElement === document.body || document.querySelector("dialog").contains(document.activeElement)`) {
					t.Errorf("Tab leads out of the full view")
				}
			}
			tab.Keys(kb.Escape)
			see("Escape", "closed", texts[1])
		})
	}
	t.Run("without scripts", func(t *testing.T) {
		t.Parallel()
		tab := w.tab(t, browsertest.NoScript())
		w.open(tab, "en/"+wire.PackagePage("rich"))
		browsertest.Eval[any](tab, `document.querySelector(".shots a").focus(), null`)
		if got := tab.Follow(func() { tab.Keys(kb.Enter) }); !strings.HasPrefix(got, "packages/rich/1.1.0/assets/shots/") {
			t.Errorf("Enter on a picture leads to %s, expected the picture", got)
		}
		tab.Faults() // of the page that Chromium itself makes for a picture: its styles are inline, which the picture's policy forbids
	})
}
