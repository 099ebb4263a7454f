package pagetest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/browsertest"
)

var screenshots = flag.String("screenshots", "", "`directory` that pictures of the pages are written to")

// TestScreenshots writes a picture of each kind of page at three widths in both schemes, for people to look at.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("-screenshots names no directory")
	}
	w := published(t)
	if err := os.MkdirAll(*screenshots, 0o777); err != nil {
		t.Fatal(err)
	}
	list := w.all(t)
	for _, page := range hardPages() {
		list = append(list, kind{strings.Split(page, "/")[1], "en/" + page})
	}
	for _, k := range kinds {
		list = append(list, kind{k.name + " from right to left", "ar/" + k.page}, kind{k.name + " in German", "de/" + k.page})
	}
	for _, k := range list {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			tab := w.tab(t)
			for _, width := range []int{320, 1024, 2560} {
				for _, scheme := range []browsertest.Scheme{browsertest.Light, browsertest.Dark} {
					tab.Set(browsertest.Size(width, 900), browsertest.In(scheme))
					w.open(tab, k.page)
					scroll(tab)
					name := fmt.Sprintf("%.60s-%d-%s.png", strings.ReplaceAll(k.name, " ", "-"), width, scheme)
					if err := os.WriteFile(filepath.Join(*screenshots, name), tab.Screenshot(), 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}
