package client_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

// all are all attempts.
var all = slices.Concat(changing, looking)

// replaced returns a tree with another file in it.
func (t tree) replaced(path string, data []byte) tree {
	files := make(tree, len(t))
	for p, d := range t {
		files[p] = d
	}
	files[path] = data
	return files
}

// small returns a registry with a clock, and another package.
func small(t testing.TB) *press {
	p := newPress(t)
	p.release("clock", "1.0.0")
	p.release("other", "1.0.0")
	return p
}

// sameID returns a key with the id of another one: ids are no proof.
func sameID(t testing.TB, of *sign.Signer) *sign.Signer {
	t.Helper()
	mine, theirs := string(must(must(sign.Generate()).SecretText(""))), of.Public()
	return must(sign.ParseSecret([]byte(withID(t, mine, theirs.ID())), nil))
}

// TestWhoSigns: nothing but a head that a release key of the registry signed counts as one.
func TestWhoSigns(t *testing.T) {
	p := small(t)
	good := p.head()
	settled, fresh := p.settled(good, "clock"), p.device(good)
	signed := string(good[wire.HeadPath])
	lines := strings.SplitAfter(signed, "\n")
	comment := strings.TrimSuffix(strings.TrimPrefix(lines[2], "trusted comment: "), "\n")
	s := must(wire.ParseStatement(comment))
	s.Serial++
	root := good[wire.NodePath(s.Root.SHA256)]
	with := func(edit func(*wire.Statement)) []byte {
		other := s
		edit(&other)
		return p.key.Sign([][]byte{root}, other.String())
	}
	artifact := good[wire.ArtifactPath("clock", "1.0.0", "clock-1.0.0.zip")]
	_, stranger, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		head  []byte
		class client.Class
	}{
		{"no signature", []byte(s.String()), client.Syntax},
		{"no lines", []byte{}, client.Syntax},
		{"a page", []byte("<!doctype html><title>Log in</title>"), client.Syntax},
		{"without the comment's signature", []byte(strings.Join(lines[:3], "")), client.Syntax},
		{"something behind it", []byte(signed + "\n"), client.Syntax},
		{"other line ends", []byte(strings.ReplaceAll(signed, "\n", "\r\n")), client.Syntax},
		{"another serial", []byte(strings.Replace(signed, "serial=1", "serial=2", 1)), client.Key},
		{"another key", must(sign.Generate()).Sign([][]byte{root}, s.String()), client.Key},
		{"another key of the same id", sameID(t, p.key).Sign([][]byte{root}, s.String()), client.Key},
		{"a legacy signature", legacy(t, p.key, root, s.String()), client.Legacy},
		{"a legacy signature of a stranger", minisign.SignWithComments(stranger, root, s.String(), "x"), client.Legacy},
		{"signed as an artifact", p.key.Sign([][]byte{artifact}, wire.ArtifactComment("clock", "1.0.0", wire.RefOf(artifact))), client.Purpose},
		{"signed as metadata", p.key.Sign([][]byte{root}, wire.MetadataComment("clock", "1.0.0", s.Root)), client.Purpose},
		{"signed as a trust document", good[wire.KeysSignaturePath(1, sign.KeyID(p.key.Public()))], client.Purpose},
		{"signed for nothing", p.key.Sign([][]byte{root}, "timestamp:1700000000"), client.Purpose},
		{"another format", p.key.Sign([][]byte{root}, strings.Replace(s.String(), "regen/1", "regen/2", 1)), client.Purpose},
		{"a serial of 0", with(func(s *wire.Statement) { s.Serial = 0 }), client.Purpose},
		{"a serial beyond 2^53", with(func(s *wire.Statement) { s.Serial = 1<<53 + 1 }), client.Purpose},
		{"a log of no entries", with(func(s *wire.Statement) { s.LogSize = 0 }), client.Purpose},
		{"a root that is no hash", with(func(s *wire.Statement) { s.LogRoot = "../../etc/passwd" }), client.Purpose},
		{"another registry", with(func(s *wire.Statement) { s.Registry = "elsewhere" }), client.Purpose},
		{"an epoch that never began", with(func(s *wire.Statement) { s.Epoch = 2 }), client.Rollback},
	} {
		bad := good.replaced(wire.HeadPath, c.head)
		settled.reads(bad)
		settled.refuses(c.name, c.class, all...)
		fresh.reads(bad)
		fresh.refuses(c.name+", first contact", c.class, all...)
		// Another mirror's head is as good as ever.
		settled.reads(bad, good)
		settled.does(c.name+", and an honest mirror", looking...)
	}
	// A signature over other bytes than the root node's, of the right size and hash as the statement says.
	other := p.fork()
	other.headOver(root)
	other.files[wire.HeadPath] = p.key.Sign([][]byte{append(slices.Clone(root), ' ')}, s.String())
	fresh.reads(other.files)
	fresh.refuses("a signature over another root node", client.Content, changing[1], looking[1], looking[2])
}

// TestRollback: nothing that is older than what the device has seen is taken, whoever signed it, and nothing of it is shown.
func TestRollback(t *testing.T) {
	p := small(t)
	old := p.head()
	p.release("clock", "1.1.0")
	now := p.head()
	d := p.settled(now, "clock")
	d.reads(old)
	d.refuses("the registry as it was", client.Rollback, all...)

	fewer := p.fork()
	fewer.entries = fewer.entries[:2]
	d.reads(fewer.head())
	d.refuses("a head with a higher serial and a shorter log", client.Rollback, all...)

	lower := p.fork()
	lower.release("clock", "1.2.0")
	d.reads(lower.head(func(s *wire.Statement) { s.Serial = 1 }))
	d.refuses("a head with a longer log and a lower serial", client.Rollback, all...)

	// One mirror that is behind doesn't matter, whichever it is.
	p.release("clock", "1.2.0")
	next := p.head()
	for i, trees := range [][]tree{{old, next}, {next, old}, {now, next}, {next, now}, {old, now, next}} {
		d := p.settled(now, "clock")
		d.reads(trees...)
		if u := d.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.2.0" {
			t.Errorf("mirrors %d: %+v", i, u)
		}
		fresh := p.device(trees...)
		if c := fresh.install("clock", client.InstallOptions{}); c.To != "1.2.0" {
			t.Errorf("mirrors %d, first contact: %+v", i, c)
		}
	}

	// A package isn't rolled back by a catalogue that hides its newest version: no device goes down by itself.
	hidden := p.fork()
	hidden.noise(1000)
	hidden.fill(1100)
	hidden.lists["clock"] = wire.VersionList{ID: "clock", Versions: hidden.lists["clock"].Versions[:1]}
	hidden.shown["clock"] = wire.Entry{Format: "vito", Name: "Clock"}
	newest := p.settled(next, "clock")
	newest.reads(hidden.head())
	u := newest.update()
	if list := must(newest.List(ctx)); !u.Catalogue || len(u.Changes) != 0 || list[0].Version != "1.2.0" {
		t.Errorf("a hidden version: %+v, %+v", u, list)
	}
	if len(u.Notices) != 1 || u.Notices[0].Kind != "undone" {
		t.Errorf("nothing is told of a version that the registry doesn't have any more: %+v", u.Notices)
	}
}

// TestHiddenYank: who serves the registry as it was before an advisory is found out, at each place where it could be hidden.
func TestHiddenYank(t *testing.T) {
	p := small(t)
	before := p.head()
	p.yank("clock", "A-1", client.Block, "It eats clocks.", "1.0.0")
	now := p.head()
	d := p.settled(before, "clock")
	fresh := p.device(now)
	fresh.does("sync", changing[0])
	install := attempt{"install", func(d *device) error { _, err := d.Install(ctx, "clock", client.InstallOptions{}); return err }}

	fresh.reads(before)
	fresh.refuses("the registry before", client.Rollback, install, looking[2])
	older := func(step string) func(path string) trick {
		return on(step, func(w http.ResponseWriter, r *http.Request, _ []byte) {
			for path, data := range before {
				if stepOf(path) == step {
					honest(w, r, data)
					return
				}
			}
		})
	}
	server := serve(t, now)
	for _, c := range []struct {
		step  string
		class client.Class
		d     *device
		do    []attempt
	}{
		{"version list", client.Content, fresh, []attempt{install, looking[2]}},
		{"catalogue", client.Content, fresh, []attempt{install, looking[2]}},
		{"log bundle", client.Content, d, []attempt{changing[0], changing[2]}},
	} {
		server.play(now, older(c.step))
		c.d.open(server.URL)
		c.d.refuses("the "+c.step+" before", c.class, c.do...)
	}
	for _, a := range []trick{status(404), altered, empty} {
		server.play(now, on("advisory", a))
		fresh.open(server.URL)
		if err := install.do(fresh); err == nil {
			t.Error("a blocked version is installed where its advisory can't be read")
		}
	}
	// The device that has the version learns of it, and doesn't run it.
	d.reads(now)
	d.does("sync", changing[0])
	if v := must(d.Verify(ctx)); v[0].OK {
		t.Errorf("a blocked version may be run: %+v", v)
	}
	fresh.reads(now)
	fresh.refuses("the registry", client.Blocked, install)
}

// TestFreeze: a registry that stands still is noticed when its head expires, also if nothing changed. What is installed goes on.
func TestFreeze(t *testing.T) {
	p := small(t)
	frozen := p.head()
	p.release("clock", "1.1.0")
	living := p.head()
	d, fresh := p.settled(frozen, "clock"), p.device(frozen)
	expires := start.Add(time.Minute + 30*24*time.Hour)
	for _, d := range []*device{d, fresh} {
		d.w.now = expires.Add(-time.Second)
	}
	d.does("a second before", changing[0])
	if synced := must(d.Sync(ctx)); !synced.Unchanged {
		t.Errorf("nothing happened: %+v", synced)
	}
	for _, d := range []*device{d, fresh} {
		d.w.now = expires
	}
	d.refuses("the same head for ever", client.Expired, all...)
	fresh.refuses("an expired head", client.Expired, all...)
	d.sound()
	if list := must(d.List(ctx)); len(list) != 1 {
		t.Errorf("installed: %+v", list)
	}
	// A mirror that isn't frozen is enough, before the other one expires and after it.
	for _, now := range []time.Time{expires, p.now} {
		for _, trees := range [][]tree{{frozen, living}, {living, frozen}} {
			d := p.settled(frozen, "clock")
			d.w.now = now
			d.reads(trees...)
			if u := d.update(); len(u.Changes) != 1 {
				t.Errorf("with a living mirror: %+v", u)
			}
		}
	}
	// A mirror that only ever says that nothing was modified gets nowhere.
	server := serve(t, living)
	server.play(living, on("head", status(304)))
	d.w.now = p.now
	d.open(server.URL)
	d.refuses("endless 304", client.Network, all...)
}

// TestClock: a head from the future, or a clock that stands before what the device has seen, is an error of its own.
func TestClock(t *testing.T) {
	p := small(t)
	files := p.head()
	d, fresh := p.settled(files, "clock"), p.device(files)
	for _, c := range []struct {
		before time.Duration
		class  client.Class
	}{{24 * time.Hour, ""}, {24*time.Hour + time.Second, client.Clock}, {20 * 365 * 24 * time.Hour, client.Clock}} {
		for _, d := range []*device{d, fresh} {
			d.w.now = p.now.Add(-c.before)
			if c.class == "" {
				d.does(fmt.Sprint("a clock that stands ", c.before, " before"), looking...)
			} else {
				d.refuses(fmt.Sprint("a clock that stands ", c.before, " before"), c.class, all...)
			}
		}
	}
	// The stored head tells it, too, whatever the mirror serves.
	p.release("clock", "1.1.0")
	early := p.head(func(s *wire.Statement) { s.Issued = start.Add(-48 * time.Hour).Unix() })
	d.w.now = start.Add(-47 * time.Hour)
	d.reads(early)
	d.refuses("a head that is as old as the clock", client.Clock, all...)
	// The tolerance is the owner's choice.
	c := must(client.Open(client.Options{
		Root: fresh.root, Mirrors: []string{serve(t, files).URL}, Pin: p.pin.String(), ClockTolerance: time.Minute,
		Now: func() time.Time { return start.Add(-time.Second) },
	}))
	_, err := c.Sync(ctx)
	fails(t, err, client.Clock)
}

// TestFork: two histories that were signed are found out, in the log and far behind it; both heads are kept.
func TestFork(t *testing.T) {
	p := small(t)
	p.fill(1100)
	p.noise(300) // more than a bundle
	seen := p.head()
	d := p.settled(seen, "clock")

	same := p.fork()
	same.serial--
	same.now = same.now.Add(time.Second)
	d.reads(same.head())
	d.refuses("the same serial, issued at another time", client.Fork, all...)

	more := p.fork()
	more.serial--
	more.now = more.now.Add(-time.Minute)
	head := more.head()
	lines := strings.SplitAfter(string(head[wire.HeadPath]), "\n")
	comment := strings.TrimSuffix(strings.TrimPrefix(lines[2], "trusted comment: "), "\n")
	d.reads(head)
	d.does("the same head", changing[0])
	d.reads(head.replaced(wire.HeadPath, p.key.Sign([][]byte{head[wire.NodePath(must(wire.ParseStatement(comment)).Root.SHA256)]}, comment+" more=1")))
	d.refuses("the same serial, and a member more", client.Fork, all...)

	other := p.fork()
	other.entries = other.entries[:len(other.entries)-1]
	other.yank("other", "A-1", client.Warn, "x", "1.0.0")
	d.reads(other.head())
	d.refuses("a log as long, with other entries", client.Fork, all...)

	// Longer logs have to be read to find out; who only looks doesn't read them.
	for _, n := range []int{1, 255, 1000} {
		longer := p.fork()
		longer.entries = slices.Clone(longer.entries)
		longer.entries[5] = slices.Concat(longer.entries[5][:1], longer.entries[5][1:])
		longer.entries[5] = []byte(strings.Replace(string(longer.entries[5]), "noise", "nosie", 1))
		longer.noise(n)
		files := longer.head()
		d.reads(files)
		d.refuses(fmt.Sprint("a log that was rewritten, ", n, " entries later"), client.Fork, changing...)
		d.refuses(fmt.Sprint("a log that was rewritten, ", n, " entries later"), client.Fork, looking[0])
		// Without its own tiles nobody can say whether the log was rewritten or the mirror is to blame: it is refused all the same.
		server := serve(t, files)
		server.play(files, on("log tile", status(404)))
		d.open(server.URL)
		d.refuses("a log that was rewritten, without tiles", client.Missing, changing...)

		// An honest mirror beside it doesn't make it good: a key signed two histories.
		grown := p.fork()
		grown.noise(1)
		d.reads(files, grown.head())
		d.refuses("a fork beside an honest mirror", client.Fork, changing...)
	}
	d.reads(seen)
	if synced, err := d.Sync(ctx); err != nil || !synced.Unchanged {
		t.Errorf("after all that: %+v, %v", synced, err)
	}

	// Two mirrors that contradict each other are a fork for a device that has seen nothing yet.
	one, two := p.fork(), p.fork()
	one.noise(1)
	two.release("clock", "1.1.0")
	p.device(one.head(), two.head()).refuses("two mirrors, first contact", client.Fork, all...)
}

// TestForkOfTwoPublishers: two repos that are published with one key are two histories.
func TestForkOfTwoPublishers(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	other.signer, other.pin = w.signer, w.pin
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "mine"), gittest.Plugin("plugins/other", "1.0.0", "x"))
	d := w.device()
	d.install("clock", client.InstallOptions{})
	other.publish(gittest.Plugin("plugins/clock", "1.0.0", "theirs"), gittest.Plugin("plugins/other", "1.0.0", "x"))
	d.open(other.tree)
	d.refuses("as long", client.Fork, all...)
	other.publish(gittest.Plugin("plugins/clock", "1.1.0", "theirs"))
	d.w.now = other.now
	d.refuses("longer", client.Fork, changing...)
	d.open(w.tree)
	d.does("its own", all...)
}

// TestEvidence: however many forks are signed, what is kept of them has an end.
func TestEvidence(t *testing.T) {
	p := small(t)
	d := p.settled(p.head(), "clock")
	server := serve(t, nil)
	d.open(server.URL)
	p.serial--
	for range 80 {
		server.play(p.fork().head(), nil)
		p.now = p.now.Add(time.Second)
		_, err := d.Sync(ctx)
		fails(t, err, client.Fork)
	}
	kept, err := os.ReadDir(filepath.Join(d.root, "evidence"))
	if err != nil || len(kept) < 2 || len(kept) > 64 {
		t.Errorf("%d heads are kept, %v, expected at most 64", len(kept), err)
	}
}
