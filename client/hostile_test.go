package client_test

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// scene is a registry at several times, and what a device does in it. Its trust documents take two of three root keys, its catalogue has two levels, and
// between the old tree and the new one the release key changed.
type scene struct {
	t             testing.TB
	press         *press
	old, new, far tree   // far: a thousand entries later
	settled       string // the root of a device that installed the old clock
	changelog     wire.Metadata
	now           time.Time
}

func newScene(t testing.TB) *scene {
	t.Helper()
	p := blankPress(t)
	roots := []*sign.Signer{must(sign.Generate()), must(sign.Generate()), must(sign.Generate())}
	doc := wire.Trust{Registry: p.id, Version: 1, Root: wire.RootKeys{Threshold: 2, Keys: publics(roots...)}, Release: publics(p.key)}
	p.trust(doc, roots...)
	p.pin = trust.KeyPin(roots[0].Public())
	p.fill(1100)
	p.release("clock", "1.0.0")
	p.release("other", "1.0.0", p.cheaper())
	s := &scene{t: t, press: p, old: p.head()}
	s.settled = p.settled(s.old, "clock").root

	p.key = must(sign.Generate())
	doc.Version, doc.Release = 2, publics(p.key)
	p.trust(doc, roots...)
	text := []byte("Turns faster.\n")
	s.changelog = *p.release("clock", "1.1.0", p.cheaper("1.0.0"), func(r *pressed) {
		r.assets = map[string][]byte{"CHANGELOG.md": text}
		r.Changelog = map[string]wire.File{"en": {Path: "CHANGELOG.md", Size: int64(len(text)), SHA256: wire.Sum(text)}}
	})
	p.yank("clock", "A-1", client.Warn, "It turns faster than light.", "1.1.0")
	s.new = p.head()
	far := p.fork()
	far.noise(1000)
	s.far = far.head()
	s.now = far.now.Add(time.Minute)
	return s
}

// publics returns the public keys as trust documents have them.
func publics(signers ...*sign.Signer) []string {
	keys := []string{}
	for _, s := range signers {
		keys = append(keys, s.Public().String())
	}
	return keys
}

// operation is something that a device does.
type operation struct {
	name    string
	settled bool // the device installed the old clock before; else it is new
	files   func(*scene) tree
	run     func(*scene, *client.Client) error
}

func newTree(s *scene) tree { return s.new }

var operations = []operation{
	{"first sync", false, newTree, func(_ *scene, c *client.Client) error { _, err := c.Sync(ctx); return err }},
	{"first install", false, newTree, func(_ *scene, c *client.Client) error {
		_, err := c.Install(ctx, "clock", client.InstallOptions{})
		return err
	}},
	{"sync", true, newTree, func(_ *scene, c *client.Client) error { _, err := c.Sync(ctx); return err }},
	{"sync far behind", true, func(s *scene) tree { return s.far }, func(_ *scene, c *client.Client) error {
		synced, err := c.Sync(ctx)
		if err == nil && !synced.Catalogue {
			return errors.New("the log was read")
		}
		return err
	}},
	{"update", true, newTree, func(_ *scene, c *client.Client) error {
		u, err := c.Update(ctx, client.UpdateOptions{})
		if err == nil && (len(u.Changes) != 1 || u.Changes[0].To != "1.1.0") {
			return errors.New("nothing was updated")
		}
		return err
	}},
	{"install another", true, newTree, func(_ *scene, c *client.Client) error {
		_, err := c.Install(ctx, "other", client.InstallOptions{})
		return err
	}},
	{"search", false, newTree, func(_ *scene, c *client.Client) error {
		found, _, err := c.Search(ctx, "clock")
		if err == nil && (len(found) != 1 || found[0].ID != "clock") {
			return errors.New("the clock wasn't found")
		}
		return err
	}},
	{"show", true, newTree, func(_ *scene, c *client.Client) error {
		shown, err := c.Show(ctx, "clock", "")
		if err == nil && (shown.Metadata.Version != "1.1.0" || len(shown.Notices) != 1) {
			return errors.New("something else was shown")
		}
		return err
	}},
	{"changelog", true, newTree, func(s *scene, c *client.Client) error {
		text, err := c.Changelog(ctx, s.changelog, "en")
		if err == nil && text != "Turns faster.\n" {
			return errors.New("it says something else")
		}
		return err
	}},
}

// root returns the root of a device as it is before the operation.
func (s *scene) root(t testing.TB, op operation) string {
	root := filepath.Join(t.TempDir(), "root")
	if op.settled {
		if err := os.CopyFS(root, os.DirFS(s.settled)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// open opens a device.
func (s *scene) open(root string, patience time.Duration, mirrors ...string) *client.Client {
	return must(client.Open(client.Options{Root: root, Mirrors: mirrors, Pin: s.press.pin.String(), Now: s.clock, Patience: patience}))
}

func (s *scene) clock() time.Time { return s.now }

// long is a patience that no test comes to the end of.
const long = time.Minute

// refused does the operation against mirrors, and fails the test unless it fails with that class and leaves the device as it was.
func (s *scene) refused(t testing.TB, op operation, class client.Class, patience time.Duration, mirrors ...string) {
	t.Helper()
	root := s.root(t, op)
	before := snapshot(t, root)
	fails(t, op.run(s, s.open(root, patience, mirrors...)), class)
	sameFiles(t, snapshot(t, root), before)
}

// attack is something that a server does which has no keys.
type attack struct {
	name  string
	do    trick
	class client.Class // where a hash says what must be there
}

func attacks() []attack {
	return []attack{
		{"altered", altered, client.Content},
		{"cut", cut, client.Content},
		{"longer", longer, client.Content},
		{"empty", empty, client.Content},
		{"another file", instead([]byte(`{"critical":true}`)), client.Content},
		{"not found", status(404), client.Missing},
		{"gone", status(410), client.Missing},
		{"not modified", status(304), client.Network},
		{"no content", status(204), client.Network},
		{"partial", status(206), client.Network},
		{"server error", status(500), client.Network},
		{"endless", endless, client.Content},
		{"hostileBomb", hostileBomb, client.Content},
		{"not zipped", notZipped, client.Content},
		{"promises more", promise(10), client.Network},
		{"promises a lot", promise(1 << 40), client.Network},
		{"endless headers", headers, client.Network},
		{"redirect loop", loop, client.Redirect},
	}
}

// class returns the class of the error that an attack gives at a step.
func (a attack) at(op operation, step string) client.Class {
	unhashed := slices.Contains([]string{"head", "trust document", "trust signature", "log bundle", "log tile"}, step)
	bytes := slices.Contains([]string{"altered", "cut", "longer", "empty", "another file"}, a.name)
	switch {
	case unhashed && (a.name == "endless" || a.name == "hostileBomb"):
		return client.Size // nothing says how long it has to be, but for a bound
	case step == "artifact" && strings.HasPrefix(a.name, "promises"):
		return client.Content // the length is looked at before the bytes
	case step == "head" && a.name == "altered":
		return client.Key
	case step == "head" && bytes:
		return client.Syntax
	case step == "trust signature" && (bytes || a.class == client.Missing):
		return client.Key // as good as none
	case step == "trust document" && a.name == "altered":
		return client.Key
	case step == "trust document" && bytes:
		return client.Syntax
	case step == "trust document" && a.class == client.Missing && op.settled:
		return client.Key // there is no newer one, so the head's key is none that may sign
	}
	return a.class
}

// steps returns at which steps the operation reads something, when all are honest.
func (s *scene) steps(t *testing.T, op operation) []string {
	t.Helper()
	server := serve(t, op.files(s))
	if err := op.run(s, s.open(s.root(t, op), long, server.URL)); err != nil {
		t.Fatalf("%s, with an honest server: %v", op.name, err)
	}
	steps := make(map[string]bool)
	for _, path := range server.requests() {
		steps[stepOf(path)] = true
	}
	return slices.Sorted(maps.Keys(steps))
}

// encounter is an attack at a step of an operation.
type encounter struct {
	op   operation
	step string
	attack
}

// encounters are all that there can be in some operations.
func (s *scene) encounters(t *testing.T, operations []operation) []encounter {
	t.Helper()
	var all []encounter
	for _, op := range operations {
		for _, step := range s.steps(t, op) {
			for _, a := range attacks() {
				all = append(all, encounter{op, step, a})
			}
		}
	}
	return all
}

// each runs a test of each encounter, many at the same time: most of it waits, for servers and disks.
func each(t *testing.T, all []encounter, test func(t *testing.T, e encounter, server *rogue)) {
	t.Helper()
	var done sync.WaitGroup
	tickets := make(chan bool, 16)
	for _, e := range all {
		tickets <- true
		done.Go(func() {
			t.Run(e.op.name+"/"+e.step+"/"+e.name, func(t *testing.T) { test(t, e, serve(t, nil)) })
			<-tickets
		})
	}
	done.Wait()
}

// TestHostileServer: whatever a server without keys does, at whichever step, an operation fails with an error that says what happened, and the device is as it was.
func TestHostileServer(t *testing.T) {
	s := newScene(t)
	all := s.encounters(t, operations)
	seen := make(map[string]bool)
	for _, e := range all {
		seen[e.step] = true
	}
	want := []string{"advisory", "artifact", "asset", "catalogue", "head", "log bundle", "log tile", "metadata", "trust document", "trust signature", "version list"}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
		t.Errorf("attacked %q, expected %q", got, want)
	}
	if testing.Short() {
		all = slices.DeleteFunc(all, func(e encounter) bool { return e.op.name != "first install" && e.op.name != "update" })
	}
	each(t, all, func(t *testing.T, e encounter, server *rogue) {
		server.play(e.op.files(s), on(e.step, e.do))
		s.refused(t, e.op, e.at(e.op, e.step), long, server.URL)
	})
}

// TestSlowServer: a server that gets nowhere is left after some time, at every step.
func TestSlowServer(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for slow servers")
	}
	s := newScene(t)
	var slow []encounter
	for _, op := range operations {
		for _, step := range s.steps(t, op) {
			slow = append(slow, encounter{op, step, attack{name: "drip"}})
			if op.name == "first install" || op.name == "update" {
				slow = append(slow, encounter{op, step, attack{name: "silent"}})
			}
		}
	}
	each(t, slow, func(t *testing.T, e encounter, server *rogue) {
		do := server.drip
		if e.name == "silent" {
			do = server.silent
		}
		server.play(e.op.files(s), on(e.step, do))
		s.refused(t, e.op, client.Slow, 300*time.Millisecond, server.URL)
		// Where another mirror isn't slow, the operation goes on there.
		if err := e.op.run(s, s.open(s.root(t, e.op), time.Second, server.URL, serve(t, e.op.files(s)).URL)); err != nil {
			t.Errorf("with an honest mirror, too: %v", err)
		}
	})
}

// TestOneHonestMirror: whatever one mirror does, the other one is enough, in whichever order they are given.
func TestOneHonestMirror(t *testing.T) {
	s := newScene(t)
	some := []string{"altered", "not found", "server error", "endless", "promises more", "redirect loop"}
	all := slices.DeleteFunc(s.encounters(t, operations), func(e encounter) bool {
		return !slices.Contains(some, e.name) || testing.Short() && e.op.name != "update"
	})
	each(t, all, func(t *testing.T, e encounter, bad *rogue) {
		good := serve(t, e.op.files(s))
		bad.play(e.op.files(s), on(e.step, e.do))
		if err := e.op.run(s, s.open(s.root(t, e.op), long, bad.URL, good.URL)); err != nil {
			t.Errorf("the bad one first: %v", err)
		}
		if e.step != "head" {
			return // the second one is only asked for what the first one lacks
		}
		if err := e.op.run(s, s.open(s.root(t, e.op), long, good.URL, bad.URL)); err != nil {
			t.Errorf("the bad one second: %v", err)
		}
	})
}

// TestPoisonedCache: where a cache has other bytes than the server behind it, or none, the device asks past it. Only of the head nobody knows what it must be.
func TestPoisonedCache(t *testing.T) {
	s := newScene(t)
	some := []string{"altered", "cut", "not found", "endless"}
	all := slices.DeleteFunc(s.encounters(t, operations), func(e encounter) bool {
		return !slices.Contains(some, e.name) || e.step == "head" || testing.Short() && e.op.name != "update"
	})
	each(t, all, func(t *testing.T, e encounter, server *rogue) {
		server.play(e.op.files(s), on(e.step, poisoned(e.do)))
		if err := e.op.run(s, s.open(s.root(t, e.op), long, server.URL)); err != nil {
			t.Error(err)
		}
	})
}

// TestMixAndMatch: files of the registry as it was, in the place of what they are now, are found out at each step.
func TestMixAndMatch(t *testing.T) {
	s := newScene(t)
	for _, op := range operations {
		for _, step := range s.steps(t, op) {
			class := client.Content
			switch step {
			case "head", "asset":
				continue // TestRollback; and there was none
			case "advisory":
				continue // there was none
			case "trust document":
				class = client.Syntax // says that it is another version
			case "trust signature":
				class = client.Key
			}
			was := slices.Sorted(maps.Keys(s.old))
			was = slices.DeleteFunc(was, func(path string) bool { return stepOf(path) != step })
			server := serve(t, op.files(s))
			server.play(op.files(s), on(step, func(w http.ResponseWriter, r *http.Request, file []byte) {
				for _, path := range was {
					if !bytes.Equal(s.old[path], file) {
						file = s.old[path]
						break
					}
				}
				honest(w, r, file)
			}))
			t.Run(op.name+"/"+step, func(t *testing.T) { s.refused(t, op, class, long, server.URL) })
		}
	}
}

// TestMemory: what a hostile server sends takes no memory to speak of.
func TestMemory(t *testing.T) {
	s := newScene(t)
	for _, op := range operations {
		for _, step := range s.steps(t, op) {
			server := serve(t, nil)
			for name, do := range map[string]trick{"endless": endless, "hostileBomb": hostileBomb} {
				server.play(op.files(s), on(step, do))
				c := s.open(s.root(t, op), long, server.URL)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_ = op.run(s, c)
				runtime.ReadMemStats(&after)
				most := uint64(32 << 20)
				if step == "log bundle" {
					most = 512 << 20 // a bundle may have 16 MiB, and a buffer that grows is allocated several times over
				}
				if n := after.TotalAlloc - before.TotalAlloc; n > most {
					t.Errorf("%s, %s at %s: %d MiB were allocated, expected at most %d", op.name, name, step, n>>20, most>>20)
				}
				server.CloseClientConnections()
			}
		}
	}
}
