package pagetest

import (
	"testing"

	"github.com/regen-registry/regen/internal/browsertest"
	"github.com/regen-registry/regen/internal/wire"
)

// The page is light or dark as the reader prefers, and white on paper.
func TestSchemes(t *testing.T) {
	w := published(t)
	tab := w.tab(t)
	w.open(tab, "en/"+wire.PackagePage("rich"))
	// How light the ground of the page is, and its text: from 0 to 1.
	lightness := func() []float64 {
		return browsertest.Eval[[]float64](tab, `Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => {
			const light = c => { const [r, g, b, a] = c.match(/[0-9.]+/g).map(Number); return a === 0 ? 1 : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; };
			return [light(getComputedStyle(document.body).backgroundColor), light(getComputedStyle(document.querySelector("h1")).color)];
		})`)
	}
	tab.Set(browsertest.In(browsertest.Light))
	if l := lightness(); l[0] < 0.85 || l[1] > 0.3 {
		t.Errorf("the light page has the lightness %.2f, with text of %.2f", l[0], l[1])
	}
	tab.Set(browsertest.In(browsertest.Dark))
	if l := lightness(); l[0] > 0.2 || l[1] < 0.7 {
		t.Errorf("the dark page has the lightness %.2f, with text of %.2f", l[0], l[1])
	}
	tab.Set(browsertest.Print())
	if l := lightness(); l[0] < 0.99 || l[1] > 0.2 {
		t.Errorf("the page on paper has the lightness %.2f, with text of %.2f, although the reader prefers dark", l[0], l[1])
	}
}

// A page in a language that runs from right to left does so as a whole; what is in another language runs as that does.
func TestRightToLeft(t *testing.T) {
	w := published(t)
	tab := w.tab(t)
	// Where the middle of an element is, from 0 at the left to 1 at the right, and how its text runs.
	type place struct {
		X   float64 `json:"x"`
		Dir string  `json:"dir"`
	}
	at := func(selector string) place {
		return browsertest.Eval[place](tab, `(() => { const e = document.querySelector(`+"`"+selector+"`"+`), r = e.getBoundingClientRect(); return {x: (r.left + r.right) / 2 / innerWidth, dir: getComputedStyle(e).direction}; })()`)
	}
	for _, lang := range []string{"en", "ar"} {
		w.open(tab, lang+"/"+wire.PackagePage("rich"))
		rtl := lang == "ar"
		brand, icon := at("header .brand"), at("main .icon")
		if (brand.X > 0.5) != rtl || (icon.X > 0.5) != rtl {
			t.Errorf("in %s, the mark is at %.2f and the icon at %.2f of the width", lang, brand.X, icon.X)
		}
		if h1 := at("h1"); (h1.Dir == "rtl") != rtl {
			t.Errorf("in %s, the name runs %s", lang, h1.Dir)
		}
		w.open(tab, lang+"/"+wire.PackagePage("arabic"))
		if h1 := at("h1"); h1.Dir != "rtl" {
			t.Errorf("in %s, an Arabic name runs %s", lang, h1.Dir)
		}
		w.open(tab, lang+"/"+wire.PackagePage("three"))
		if h1 := at("h1"); h1.Dir != "ltr" {
			t.Errorf("in %s, an English name runs %s", lang, h1.Dir)
		}
	}
}
