package publish

import (
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

// TestLater: from the end of a log, the last release of each package is listed that nothing behind it blocks or delists.
func TestLater(t *testing.T) {
	for _, c := range []struct {
		what, log, want string // events with commas between them, the oldest first; what is listed, the newest first
	}{
		{"releases", "release a 1, release b 1, release a 2", "a 2, b 1"},
		{"delisted", "release a 1, release b 1, delist a", "b 1"},
		{"relisted", "release a 1, delist a, relist a", "a 1"},
		{"relisted with a release", "release a 1, delist a, relist a, release a 2", "a 2"},
		{"relisted and delisted again", "release a 1, delist a, relist a, delist a", ""},
		{"warned of", "release a 1, yank A a warn 1", "a 1"},
		{"blocked", "release a 1, yank A a block 1", ""},
		{"blocked, with an older one", "release a 1, release b 1, release a 2, yank A a block 2", "b 1, a 1"},
		{"both blocked", "release a 1, release a 2, yank A a uninstall 1 2", ""},
		{"restored", "release a 1, yank A a block 1, restore A a 1", "a 1"},
		{"blocked again", "release a 1, yank A a block 1, restore A a 1, yank A a block 1", ""},
		{"another one restored", "release a 1, yank A a block 1, yank B a block 1, restore B a 1", ""},
		{"both restored", "release a 1, yank A a block 1, yank B a block 1, restore B a 1, restore A a 1", "a 1"},
		{"milder now", "release a 1, yank A a block 1, yank A a warn 1", "a 1"},
		{"stricter now", "release a 1, yank A a warn 1, yank A a uninstall 1", ""},
		{"blocked at once, and the one after it isn't", "release a 1, yank A a block 1, release a 2", "a 2"},
		{"of another package", "release a 1, release b 1, yank B b block 1", "a 1"},
		{"blocked and delisted", "release a 1, yank A a block 1, delist a, restore A a 1", ""},
		{"what isn't known", "release a 1, keys, tomorrow a 1", "a 1"},
	} {
		l := newLater()
		var got []string
		events := strings.Split(c.log, ", ")
		for _, line := range slices.Backward(events) {
			words := strings.Fields(line)
			e := wire.Event{Type: words[0]}
			switch {
			case e.Type == wire.EventYank:
				e.Advisory, e.ID, e.Action, e.Versions = words[1], words[2], words[3], words[4:]
			case e.Type == wire.EventRestore:
				e.Advisory, e.ID, e.Versions = words[1], words[2], words[3:]
			case len(words) > 1:
				e.ID, e.Version = words[1], strings.Join(words[2:], "")
			}
			if l.lists(e) {
				got = append(got, e.ID+" "+e.Version)
			}
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%s: %q, expected %q", c.what, got, c.want)
		}
	}
}
