package storefront

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/regen-registry/regen/internal/wire"
)

// yanked returns a package of which these versions have an advisory each.
func yanked(actions map[string]string) Package {
	p := richRelease()
	for i, v := range p.List.Versions {
		if action := actions[v.Version]; action != "" {
			p.List.Versions[i].Yanks = []wire.Yank{{Advisory: "A-" + v.Version, Action: action}}
		}
	}
	return p
}

// shownText returns what a page shows below its head.
func shownText(t *testing.T, page []byte) string {
	t.Helper()
	_, text, found := strings.Cut(textOf(t, page), "Skip to the content")
	if !found {
		t.Fatal("the page doesn't begin as all do")
	}
	return text
}

// TestAdvisories: a page says what advisories say of its version: what devices do, why, and where to read on. Where one blocks the version, the page
// has no button that gets it.
func TestAdvisories(t *testing.T) {
	r := newRenderer(t)
	all := advisories()
	for _, c := range []struct {
		what         string
		list         []wire.Advisory
		says, silent string
		button       bool
	}{
		{"none", nil, "Version 1.4.0 Jan 4, 2026", "Advisory|warning|blocked|withdrawn", true},
		{"warn", all[:1], "A warning about version 1.4.0. Read it before you install it.|Counts the inodes|Advisory HARBOUR-2026-0001|official warning", "More about it|blocked|withdrawn|Devices", true},
		{"block", all[1:2], "Version 1.4.0 is blocked. Devices don’t install it, and don’t run it where it is installed.|Removes files|Update to 1.4.1|HARBOUR-2026-0002|More about it harbour.example|official blocked", "Löscht|warning", false},
		{"uninstall", all[2:], "Version 1.4.0 is withdrawn.|ask whether to remove it.|Schickt Passwörter|HARBOUR-2026-0003|More about it harbour.example|official withdrawn", "warning|is blocked. Devices", false},
		{"all of them, the strictest first", all, "Schickt Passwörter|Removes files|Counts the inodes|official withdrawn", "official blocked|official warning", false},
		{"one that isn't known", []wire.Advisory{{ID: "X", Action: "explode", Reason: wire.Text{"en": "Boom."}}}, "Version 1.4.0", "Boom|Advisory", true},
	} {
		for _, own := range []bool{false, true} {
			p := richRelease()
			p.Own, p.Advisories = own, c.list
			page, err := onePage(r, p)
			if err != nil {
				t.Fatal(err)
			}
			text, last := shownText(t, page), 0
			for says := range strings.SplitSeq(c.says, "|") {
				i := strings.Index(text, says)
				if i < 0 {
					t.Errorf("%s: the page doesn't say %q: %.600s", c.what, says, text)
				}
				if strings.HasPrefix(c.what, "all") && !strings.HasPrefix(says, "official") {
					if i < last {
						t.Errorf("%s: %q stands too early", c.what, says)
					}
					last = i
				}
			}
			for silent := range strings.SplitSeq(c.silent, "|") {
				if strings.Contains(text, silent) {
					t.Errorf("%s: the page says %q: %.600s", c.what, silent, text)
				}
			}
			if got := bytes.Contains(page, []byte(`class="button"`)); got != c.button {
				t.Errorf("%s: the page has a button: %v", c.what, got)
			}
			// The advisories come before all that the package says of itself, and its file stays for who has to look at it.
			if i := strings.Index(text, "Advisory "); i > strings.Index(text, "Checks the disks") {
				t.Errorf("%s: advisories stand below the package's own words", c.what)
			}
			if want := "Every version of this package is blocked."; strings.Contains(text, want) != (!c.button && !own) {
				t.Errorf("%s: own page %v: says %q: %v", c.what, own, want, !(!c.button && !own))
			}
			if !strings.Contains(text, "sha256sum disk-watch-1.4.0.zip") {
				t.Errorf("%s: the page doesn't say how to check the file", c.what)
			}
		}
	}
}

// TestAdvisoryLanguage: a reason that isn't in the page's language says which it is in.
func TestAdvisoryLanguage(t *testing.T) {
	r := newRenderer(t)
	p := richRelease()
	p.Advisories = advisories()
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<p class="reason" dir="auto" lang="de">Schickt`, `<p class="reason" dir="auto">Removes`, "package caches.\n\nUpdate to"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestVersionsAreMarked: the table of versions says which ones are blocked, withdrawn, or warned of.
func TestVersionsAreMarked(t *testing.T) {
	r := newRenderer(t)
	p := yanked(map[string]string{"1.2.0": wire.Uninstall, "1.3.0": wire.Block, "1.4.0-rc.1": wire.Warn})
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, page)
	for _, want := range []string{"1.2.0 withdrawn A-1.2.0 stable", "1.3.0 blocked A-1.3.0 stable", "1.4.0-rc.1 warning A-1.4.0-rc.1 rc", "1.4.0 stable"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page doesn't say %q: %.600s", want, text)
		}
	}
	if strings.Contains(text, "Every version") {
		t.Error("the page says that all versions are blocked")
	}
}

// TestManyAdvisories: a page tells the strictest ones, and where the others are.
func TestManyAdvisories(t *testing.T) {
	r := newRenderer(t)
	p := richRelease()
	for i := range 100 {
		p.Advisories = append(p.Advisories, wire.Advisory{ID: fmt.Sprintf("A-%d", i), Action: wire.Warn, Reason: wire.Text{"en": strings.Repeat("Long. ", 1000)}})
	}
	p.Advisories = append(p.Advisories, wire.Advisory{ID: "WORST", Action: wire.Block})
	page, err := onePage(r, p)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, page)
	if n := strings.Count(text, "Advisory "); n != maxAdvisories || !strings.Contains(text, "WORST") || !strings.Contains(text, "91 more advisories apply to this version. See them all") {
		t.Errorf("%d advisories are shown: %.500s", n, text)
	}
	if !bytes.Contains(page, []byte(`href="../../../packages/disk-watch/index.json"`)) || len(page) > 80<<10 {
		t.Errorf("the page has %d bytes, or leads nowhere", len(page))
	}
}

// TestLandingAdvisories: the page that is passed around warns, too, and has no deep link to what is blocked.
func TestLandingAdvisories(t *testing.T) {
	const link = "mana://import?sha256=00&url=https%3A%2F%2Fexample.org%2Fx.mana"
	for i, blocked := range []bool{false, true, true} {
		page, err := newRenderer(t).Landing(Landing{Registry: registry, Metadata: manaMetadata(), Advisories: advisories()[i : i+1], Link: link})
		if err != nil {
			t.Fatal(err)
		}
		text := textOf(t, page)
		if strings.Contains(text, "Every version of this package is blocked. There is nothing to add.") != blocked || bytes.Contains(page, []byte("mana://")) == blocked ||
			bytes.Contains(page, []byte("download>")) == blocked || !strings.Contains(text, advisories()[i].ID) {
			t.Errorf("%s: %s", advisories()[i].Action, text)
		}
	}
}

// advisoryPage is what leads to the page of an advisory of any name.
var advisoryPage = regexp.MustCompile(`^../../(../)?en/advisories/[^/\\\\]+[.]html$`)

// TestHostileAdvisories: nothing in an advisory is more than text, and only an https URL is linked.
func TestHostileAdvisories(t *testing.T) {
	r := newRenderer(t)
	links := append([]string{"http://e.org/", "https://e.org/\"onmouseover=\"alert(1)", "https://e.org/<script>", "ftp://e.org/", "HTTPS://E.org/x", "https://e.org\\@evil.org/", "https:e.org", "/x", "x"}, hostile...)
	for i, s := range links {
		for _, action := range wire.Actions[i%len(wire.Actions):][:1] { // each in turn: what they say depends on none of the texts
			a := []wire.Advisory{{ID: s, Package: s, Action: action, Reason: wire.Text{"en": s + "\n" + s}, Link: s}, {ID: s, Action: action, Reason: wire.Text{s: s, "a": s}, Link: s}}
			p := richRelease()
			p.Advisories = a
			page, err := onePage(r, p)
			checkPage(t, s, page, err)
			m := manaMetadata()
			other, err := r.Landing(Landing{Registry: registry, Metadata: m, Advisories: a})
			checkPage(t, s, other, err)
			for _, page := range [][]byte{page, other} {
				walk(t, page, func(n *html.Node, attr map[string]string) {
					inNotice := false
					for up := n.Parent; up != nil; up = up.Parent {
						for _, a := range up.Attr {
							inNotice = inNotice || a.Key == "class" && strings.HasPrefix(a.Val, "notice ")
						}
					}
					if inNotice && n.Data == "a" && !(strings.HasPrefix(attr["href"], "https://") && attr["rel"] == rel || advisoryPage.MatchString(attr["href"])) {
						t.Errorf("%q: is linked as %q", s, attr["href"])
					}
				})
			}
		}
	}
	// However many lines a reason has, the page shows a few.
	for text, want := range map[string]string{
		"\n\n\n a \n\n\n\tb\r\n\r\n\r\nc\n\n": "a\n\nb\n\nc", strings.Repeat("\n", 5000): "", "\u202ea\u2028b\x1b[31m": "a b [31m", strings.Repeat("x", 3000): strings.Repeat("x", maxReason) + "…",
	} {
		if got := lines(text); got != want {
			t.Errorf("%.20q becomes %.40q, expected %.40q", text, got, want)
		}
	}
}
