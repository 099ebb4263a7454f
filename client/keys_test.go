package client_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// authority is a registry whose root keys are kept offline: it takes two of three.
type authority struct {
	*press
	roots []*sign.Signer
}

// newAuthority returns a registry with a clock and another package, whose devices pin one of the root keys.
func newAuthority(t testing.TB) *authority {
	a := &authority{blankPress(t), []*sign.Signer{must(sign.Generate()), must(sign.Generate()), must(sign.Generate())}}
	a.trust(wire.Trust{Registry: a.id, Version: 1, Root: wire.RootKeys{Threshold: 2, Keys: publics(a.roots...)}, Release: publics(a.key)}, a.roots...)
	a.pin = trust.KeyPin(a.roots[0].Public())
	a.release("clock", "1.0.0")
	a.release("other", "1.0.0")
	return a
}

// fork returns the same registry, to be gone on with in another way.
func (a *authority) fork() *authority { return &authority{a.press.fork(), slices.Clone(a.roots)} }

// next publishes the next version of the trust document. The root keys sign it.
func (a *authority) next(edit func(*wire.Trust)) {
	doc := a.doc
	doc.Version++
	edit(&doc)
	a.trust(doc, a.roots...)
}

// rotate replaces the release key.
func (a *authority) rotate() {
	a.key = must(sign.Generate())
	a.next(func(d *wire.Trust) { d.Release = publics(a.key) })
}

// revoke begins a new epoch after the floor, which is the state that the registry is in. The release key is replaced.
func (a *authority) revoke() {
	stolen := a.key
	a.key = must(sign.Generate())
	floor := a.floor()
	a.next(func(d *wire.Trust) {
		d.Release, d.Revoked = publics(a.key), append(slices.Clone(d.Revoked), publics(stolen)...)
		d.Epoch, d.Floor = d.InEpoch()+1, floor
	})
}

// TestRotation: a device follows new keys, however many there were while it was offline. What is signed by an old one doesn't count any more.
func TestRotation(t *testing.T) {
	a := newAuthority(t)
	old := a.fork()
	d := a.settled(a.head(), "clock")
	for range 3 {
		a.rotate()
		a.release("clock", fmt.Sprintf("1.%d.0", a.doc.Version))
	}
	// New root keys, too: two old ones and two new ones sign.
	a.roots[2] = must(sign.Generate())
	a.next(func(t *wire.Trust) { t.Root.Keys = publics(a.roots...) })
	now := a.head()
	d.reads(now)
	d.w.now = a.now
	if u := d.update(); u.Trust != 5 || len(u.Changes) != 1 || u.Changes[0].To != "1.4.0" {
		t.Errorf("after three rotations: %+v", u)
	}
	d.does("all", all...)
	fresh := a.device(now)
	fresh.does("first contact", all...)

	old.noise(40)
	old.serial += 40
	replaced := now.replaced(wire.HeadPath, old.head()[wire.HeadPath])
	for path, data := range old.files {
		if now[path] == nil {
			replaced[path] = data
		}
	}
	d.reads(replaced)
	d.refuses("signed by the first key", client.Key, all...)
	fresh = a.device(replaced)
	fresh.refuses("signed by the first key, first contact", client.Key, all...)
	// The root keys sign no heads.
	a.key = a.roots[0]
	d.reads(a.head())
	d.refuses("signed by a root key", client.Key, all...)
}

// TestBelowThreshold: a trust document that lacks a signature isn't there yet. One that never gets it doesn't help who made it.
func TestBelowThreshold(t *testing.T) {
	a := newAuthority(t)
	d := a.settled(a.head(), "clock")
	before := a.key
	a.key = must(sign.Generate())
	doc := a.doc
	doc.Version, doc.Release = 2, publics(before, a.key)
	first := a.doc
	a.trust(doc, a.roots[0])
	a.release("clock", "1.1.0")
	after := a.key
	a.key = before
	waiting := a.head() // it says that there is a version 2
	d.reads(waiting)
	d.w.now = a.now
	if u := d.update(); u.Trust != 1 || len(u.Changes) != 1 {
		t.Errorf("a document that isn't signed by enough: %+v", u)
	}
	a.key = after
	signed := a.head()
	d.reads(signed)
	d.refuses("a key that isn't known yet", client.Key, all...)
	path := wire.KeysSignaturePath(2, sign.KeyID(a.roots[1].Public()))
	signed[path] = a.roots[1].Sign([][]byte{signed[wire.KeysPath(2)]}, wire.KeysComment(a.id, 2, wire.RefOf(signed[wire.KeysPath(2)])))
	d.reads(signed)
	if synced := must(d.Sync(ctx)); synced.Trust != 2 {
		t.Errorf("with the second signature: %+v", synced)
	}

	// Whoever has one root key, and as many of his own as he likes, gets nowhere.
	thief := must(sign.Generate())
	stolen := a.roots[0]
	for name, c := range map[string]struct {
		doc     func(*wire.Trust)
		signers []*sign.Signer
		class   client.Class
	}{
		"one of the root keys":                 {func(*wire.Trust) {}, []*sign.Signer{stolen}, client.Key},
		"one root key twice":                   {func(d *wire.Trust) { d.Root.Keys = publics(stolen, stolen, thief) }, []*sign.Signer{stolen, thief}, client.Syntax},
		"one root key and one of his own":      {func(d *wire.Trust) { d.Root = wire.RootKeys{Threshold: 1, Keys: publics(stolen, thief)} }, []*sign.Signer{stolen, thief}, client.Key},
		"one of the id of another root key":    {func(d *wire.Trust) {}, []*sign.Signer{stolen, sameID(t, a.roots[1])}, client.Key},
		"a lower threshold":                    {func(d *wire.Trust) { d.Root.Threshold = 1 }, []*sign.Signer{stolen}, client.Key},
		"no threshold":                         {func(d *wire.Trust) { d.Root.Threshold = 0 }, []*sign.Signer{stolen}, client.Syntax},
		"a threshold that can't be reached":    {func(d *wire.Trust) { d.Root.Threshold = 4 }, []*sign.Signer{stolen}, client.Syntax},
		"no root keys":                         {func(d *wire.Trust) { d.Root.Keys = nil }, []*sign.Signer{stolen}, client.Syntax},
		"another registry":                     {func(d *wire.Trust) { d.Registry = "elsewhere" }, a.roots, client.Key},
		"an epoch that nobody began":           {func(d *wire.Trust) { d.Epoch, d.Floor = 2, a.floor() }, a.roots, client.Syntax},
		"a version that says another number":   {func(d *wire.Trust) { d.Version = 3 }, a.roots, client.Syntax},
		"the release key that it also revokes": {func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = d.Release, 2, a.floor() }, a.roots, client.Syntax},
	} {
		b := newAuthority(t)
		b.press.id, b.roots, b.key, b.pin = a.id, a.roots, before, a.pin
		b.files, b.entries, b.lists = make(tree), nil, make(map[string]wire.VersionList)
		b.trust(first, a.roots...)
		b.release("clock", "1.0.0")
		b.release("other", "1.0.0")
		d := b.settled(b.head(), "clock")
		doc := first
		doc.Version, doc.Release = 2, publics(thief)
		c.doc(&doc)
		data := must(wire.Encode(doc))
		b.files[wire.KeysPath(2)] = data
		for _, s := range c.signers {
			b.files[wire.KeysSignaturePath(2, sign.KeyID(s.Public()))] = s.Sign([][]byte{data}, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
		}
		b.key = thief
		files := b.head(func(s *wire.Statement) { s.Keys = 2 })
		d.reads(files)
		d.w.now = b.now
		d.refuses(name, c.class, all...)
		b.device(files).refuses(name+", first contact", c.class, all...)
	}
}

// TestFirstDocument: the first trust document counts only by what is pinned.
func TestFirstDocument(t *testing.T) {
	a := newAuthority(t)
	thief := must(sign.Generate())
	good := a.doc
	one := func(root, release *sign.Signer) wire.Trust {
		return wire.Trust{Registry: a.id, Version: 1, Root: wire.RootKeys{Threshold: 1, Keys: publics(root)}, Release: publics(release)}
	}
	both := one(thief, thief)
	both.Root.Keys = publics(a.roots[0], thief)
	for name, c := range map[string]struct {
		doc     wire.Trust
		key     *sign.Signer // signs the head
		signers []*sign.Signer
	}{
		"the thief's own":                        {one(thief, thief), thief, []*sign.Signer{thief}},
		"without the pinned key's signature":     {good, a.key, a.roots[1:]},
		"with too few signatures":                {good, a.key, a.roots[:1]},
		"with the pinned key and the thief's":    {both, thief, []*sign.Signer{thief}},
		"with the pinned key among the release":  {one(thief, a.roots[0]), a.roots[0], []*sign.Signer{thief, a.roots[0]}},
		"signed by a key of the pinned key's id": {one(a.roots[0], thief), thief, []*sign.Signer{sameID(t, a.roots[0])}},
	} {
		b := blankPress(t)
		b.pin, b.key = a.pin, c.key
		b.trust(c.doc, c.signers...)
		b.release("clock", "1.0.0")
		b.release("other", "1.0.0")
		b.device(b.head()).refuses("a first document "+name, client.Key, all...)
	}
	// Without a pin nothing counts; with another one than the device began with, neither.
	files := a.head()
	d := a.device(files)
	d.w.pin = trust.Pin{}
	d.reads(files)
	d.refuses("without a pin", client.Key, all...)
	d.w.pin = a.pin
	d.reads(files)
	d.does("with it", all...)
	d.w.pin = trust.KeyPin(thief.Public())
	d.reads(files)
	d.refuses("with another pin", client.Key, all...)
}

// TestPinnedHash: a pinned hash vouches for its version, whatever is said of the versions before it.
func TestPinnedHash(t *testing.T) {
	a := newAuthority(t)
	a.rotate()
	a.rotate()
	files := a.head()
	pinned := func(n int) trust.Pin {
		return must(trust.ParsePin([]byte("sha256:" + wire.Sum(files[wire.KeysPath(n)]))))
	}
	for n := 1; n <= 3; n++ {
		a.pin = pinned(n)
		d := a.device(files)
		d.does(fmt.Sprint("version ", n, " is pinned"), all...)
		if synced := must(d.Sync(ctx)); synced.Trust != 3 {
			t.Errorf("version %d is pinned: %+v", n, synced)
		}
	}
	thief := must(sign.Generate())
	forged := must(wire.Encode(wire.SingleKey(a.id, thief.Public().String())))
	sig := thief.Sign([][]byte{forged}, wire.KeysComment(a.id, 1, wire.RefOf(forged)))
	path := wire.KeysSignaturePath(1, sign.KeyID(thief.Public()))
	bad := files.replaced(wire.KeysPath(1), forged).replaced(path, sig)
	a.pin = pinned(2)
	a.device(bad).does("version 2 is pinned, and version 1 is forged", all...)
	a.pin = pinned(1)
	a.device(bad).refuses("version 1 is pinned and forged", client.Key, all...) // no version has the hash
	a.pin = must(trust.ParsePin([]byte("sha256:" + wire.Sum([]byte("something else")))))
	a.device(files).refuses("something else is pinned", client.Key, all...)
	// What follows has to be signed all the same.
	a.pin = pinned(2)
	none := files.replaced(wire.KeysPath(4), nil)
	for _, s := range a.roots {
		delete(none, wire.KeysSignaturePath(3, sign.KeyID(s.Public())))
	}
	delete(none, wire.KeysPath(4))
	a.device(none).refuses("version 3 isn't signed", client.Key, all...)
}

// TestManyDocuments: a walk takes 256 versions. Nobody can make it longer, and a device that is further behind is told.
func TestManyDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("walks through hundreds of trust documents")
	}
	a := newAuthority(t)
	d := a.settled(a.head(), "clock")
	for a.doc.Version < 256 {
		a.next(func(*wire.Trust) {})
	}
	a.rotate()
	files := a.head()
	d.reads(files)
	d.w.now = a.now
	d.does("256 versions later", syncNow)
	far := a.device(files)
	far.does("256 versions after the first", syncNow)
	a.rotate()
	files = a.head()
	far = a.device(files)
	far.refuses("257 versions after the first", client.Key, all...)
	d.reads(files)
	d.does("a version later", syncNow)
}

// TestExpiredDocument: a trust document that expired counts no more, until there is a newer one.
func TestExpiredDocument(t *testing.T) {
	a := newAuthority(t)
	a.next(func(d *wire.Trust) { d.Expires = start.Add(10 * 24 * time.Hour).Unix() })
	files := a.head()
	d, fresh := a.settled(files, "clock"), a.device(files)
	d.w.now = start.Add(10*24*time.Hour - time.Second)
	d.does("a second before", all...)
	for _, d := range []*device{d, fresh} {
		d.w.now = start.Add(10 * 24 * time.Hour)
		d.refuses("an expired trust document", client.Expired, all...)
	}
	d.sound()
	a.next(func(d *wire.Trust) { d.Expires = 0 })
	files = a.head()
	for _, d := range []*device{d, fresh} {
		d.reads(files)
		d.does("a newer one", all...)
	}
}

// robbery is a registry whose release key was stolen: what there was before, what the thief made of it, and what its operators made of it.
type robbery struct {
	*authority            // after the recovery
	before, floor tree    // two states, the second of which the operators vouch for
	stolen        tree    // what the thief signed
	thief         *press  // goes on
	recovered     tree    // the new epoch
	past          *device // installed what the thief made
}

func rob(t testing.TB) *robbery {
	a := newAuthority(t)
	r := &robbery{authority: a}
	r.before = a.head()
	a.release("clock", "1.1.0")
	r.floor = a.head()

	r.thief = a.press.fork()
	r.thief.release("clock", "1.2.0", func(p *pressed) { p.artifact = zipOf("clock/", plugin("clock", "1.2.0", "evil")) })
	r.thief.release("clock", "1.3.0", func(p *pressed) { p.artifact = zipOf("clock/", plugin("clock", "1.3.0", "evil, too")) })
	r.thief.serial = 1 << 40
	r.stolen = r.thief.head()
	r.past = r.thief.settled(r.stolen, "clock")

	a.revoke()
	a.release("clock", "1.2.0")
	r.recovered = a.head()
	return r
}

// TestRecovery: a revoked key undoes what its thief signed, on every device, and nothing else.
func TestRecovery(t *testing.T) {
	r := rob(t)
	for name, files := range map[string]tree{"below": r.before, "at": r.floor} {
		d := r.settled(files, "clock")
		d.reads(r.recovered)
		d.w.now = r.now
		u := d.update()
		if !u.Floor || u.Catalogue || u.Epoch != 2 || len(u.Notices) != 0 || len(u.Changes) != 1 || u.Changes[0].To != "1.2.0" {
			t.Errorf("%s the floor: %+v", name, u)
		}
		d.sound()
		d.does("afterwards", all...)
	}
	fresh := r.device(r.recovered)
	if c := fresh.install("clock", client.InstallOptions{}); c.To != "1.2.0" {
		t.Errorf("first contact: %+v", c)
	}

	d := r.past
	d.does("under the thief's huge serial", all...)
	d.reads(r.recovered)
	d.w.now = r.now
	synced := must(d.Sync(ctx))
	if !synced.Floor || synced.Serial >= 1<<40 || len(synced.Notices) != 1 || synced.Notices[0].Kind != "undone" {
		t.Errorf("past the floor: %+v", synced)
	}
	if v := must(d.Verify(ctx, "clock")); v[0].OK {
		t.Errorf("what was undone may be run: %+v", v)
	}
	if u := d.update(); len(u.Changes) != 0 {
		t.Errorf("went down by itself: %+v", u)
	}
	r.release("clock", "1.3.0")
	next := r.head()
	d.reads(next)
	if u := d.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.3.0" || len(u.Notices) != 1 {
		t.Errorf("a genuine release under the version that was undone: %+v", u)
	}
	d.sound()
	_, err := d.Rollback(ctx, "clock")
	fails(t, err, client.Unknown) // the thief's isn't kept to return to
	d.does("afterwards", all...)

	// What the thief signs afterwards is nothing, whatever serial it has, and so is what was signed before.
	r.thief.serial = 1 << 50
	for name, files := range map[string]tree{"a new head": r.thief.head(), "an old head": r.stolen, "the head before": r.floor} {
		d.reads(files)
		d.refuses(name+" of the old epoch", client.Key, all...)
		d.reads(files, next)
		d.does(name+", and an honest mirror", all...)
	}
}

// TestRecoveryBesideThief: one honest mirror is enough to recover, also while the thief's is asked first, and for who meets the registry only then.
func TestRecoveryBesideThief(t *testing.T) {
	r := rob(t)
	// The thief's mirror has the new trust document, too, with signatures that are none.
	spoilt := r.stolen.replaced(wire.KeysPath(2), r.recovered[wire.KeysPath(2)])
	for _, s := range r.roots {
		spoilt[wire.KeysSignaturePath(2, sign.KeyID(s.Public()))] = []byte("x")
	}
	r.thief.noise(1)
	for name, bad := range map[string]tree{"as it was": r.stolen, "with spoilt signatures": spoilt, "a head later": r.thief.head()} {
		for _, trees := range [][]tree{{bad, r.recovered}, {r.recovered, bad}} {
			for _, d := range []*device{r.settled(r.before, "clock"), r.settled(r.floor, "clock"), r.device(bad)} {
				d.reads(trees...)
				d.w.now = r.now.Add(time.Hour)
				d.does("the thief's mirror "+name, changing...)
				if list := must(d.List(ctx)); list[0].ID == "clock" && list[0].Version != "1.2.0" {
					t.Errorf("the thief's mirror %s: %+v", name, list[0])
				}
			}
		}
	}
	r.past.reads(r.stolen, r.recovered)
	r.past.w.now = r.now
	if synced := must(r.past.Sync(ctx)); !synced.Floor || len(synced.Notices) != 1 {
		t.Errorf("past the floor: %+v", synced)
	}
}

// TestUndonePrevious: a thief's release isn't there to return to, neither when a genuine one takes its place nor when it was the previous one.
func TestUndonePrevious(t *testing.T) {
	r := rob(t)
	d := r.settled(r.floor, "clock") // 1.1.0
	for _, version := range []string{"1.2.0", "1.3.0"} {
		d.reads(r.stolen)
		d.w.now = r.thief.now
		d.install("clock", client.InstallOptions{Version: version})
	}
	d.reads(r.recovered)
	d.w.now = r.now
	d.does("the new epoch", syncNow)
	_, err := d.Rollback(ctx, "clock")
	fails(t, err, client.Unknown)
	if c := d.install("clock", client.InstallOptions{Version: "1.2.0"}); c.To != "1.2.0" {
		t.Errorf("the genuine release: %+v", c)
	}
	d.sound()
	_, err = d.Rollback(ctx, "clock")
	fails(t, err, client.Unknown)

	// What was there before the thief came stays.
	d = r.settled(r.floor, "clock")
	d.reads(r.stolen)
	d.w.now = r.thief.now
	d.install("clock", client.InstallOptions{Version: "1.2.0"})
	d.reads(r.recovered)
	d.w.now = r.now
	d.install("clock", client.InstallOptions{Version: "1.2.0"})
	d.sound()
	if c, err := d.Rollback(ctx, "clock"); err != nil || c.To != "1.1.0" {
		t.Errorf("back to what was before the thief: %+v, %v", c, err)
	}
	d.sound()
}

// TestNobodyRewrites: what came before the floor can't be rewritten, not even by who has the new release key.
func TestNobodyRewrites(t *testing.T) {
	r := rob(t)
	rewritten := r.fork()
	rewritten.entries = slices.Clone(rewritten.entries)
	rewritten.entries[1], rewritten.entries[2] = rewritten.entries[2], rewritten.entries[1]
	files := rewritten.head()
	at := r.settled(r.floor, "clock")
	for name, d := range map[string]*device{"below": r.settled(r.before, "clock"), "at": at, "past": r.past} {
		d.reads(files)
		d.w.now = r.now
		d.refuses("a rewritten log, "+name+" the floor", client.Fork, changing...)
	}
	// A floor that isn't what a device has seen doesn't help: the root keys can't rewrite what it saw below.
	other := newAuthority(t)
	other.roots, other.id, other.pin = r.roots, r.id, r.pin
	b := r.fork()
	b.entries = slices.Clone(b.entries[:3])
	b.entries = append(b.entries[:2], b.entries[1])
	b.doc = wire.Trust{Registry: r.id, Version: 1, Root: r.doc.Root, Release: r.doc.Revoked}
	b.key = must(sign.Generate())
	floor := &wire.Floor{Serial: 1, Size: 3, Root: must(b.log().Root())}
	b.next(func(d *wire.Trust) {
		d.Release, d.Revoked, d.Epoch, d.Floor = publics(b.key), d.Release, 2, floor
	})
	d := r.settled(r.before, "clock")
	d.reads(b.head())
	d.w.now = b.now
	d.refuses("another past", client.Fork, changing...)
}

// TestTwoRecoveries: a device that was past the first of two floors, and offline through both recoveries, gets to the newest epoch.
func TestTwoRecoveries(t *testing.T) {
	r := rob(t)
	for range 9 {
		r.release("other", fmt.Sprintf("1.%d.0", len(r.entries)))
	}
	second := r.head()
	in2 := r.settled(second, "clock")
	thief := r.press.fork()
	thief.release("clock", "9.0.0")
	past2 := r.settled(second, "clock")
	past2.reads(thief.head())
	past2.w.now = thief.now
	past2.update()
	r.revoke()
	r.release("clock", "1.4.0")
	third := r.head()
	for name, c := range map[string]struct {
		d    *device
		word string
	}{
		"past the first floor":       {r.past, "undone"},
		"below the first floor":      {r.settled(r.before, "clock"), ""},
		"at the first floor":         {r.settled(r.floor, "clock"), ""},
		"at the second floor":        {in2, ""},
		"past the second floor":      {past2, "undone"},
		"in the middle of the epoch": {r.settled(r.recovered, "clock"), ""},
	} {
		c.d.reads(third)
		c.d.w.now = r.now
		synced, err := c.d.Sync(ctx)
		if err != nil || !synced.Floor || synced.Epoch != 3 {
			t.Errorf("%s: %+v, %v", name, synced, err)
			continue
		}
		if c.word == "" && len(synced.Notices) != 0 || c.word != "" && (len(synced.Notices) != 1 || synced.Notices[0].Kind != c.word) {
			t.Errorf("%s: %+v", name, synced.Notices)
		}
		c.d.does(name, all...)
		c.d.reads(second)
		c.d.refuses(name+", the epoch before", client.Key, all...)
	}
}

// TestOldEpoch: a head of an epoch that is over is refused, also if its key still counts; and a revoked key never comes back.
func TestOldEpoch(t *testing.T) {
	a := newAuthority(t)
	second := must(sign.Generate())
	a.next(func(d *wire.Trust) { d.Release = append(d.Release, publics(second)...) })
	floor := a.head()
	d := a.settled(floor, "clock")
	old := a.press.fork()
	old.key = second
	stolen := a.key
	a.revoke()
	a.next(func(d *wire.Trust) { d.Release = publics(a.key, second) })
	files := a.head()
	d.reads(files)
	d.w.now = a.now
	d.does("the new epoch", all...)
	old.serial = 1000
	old.noise(50)
	old.doc = a.doc
	d.reads(old.head(func(s *wire.Statement) { s.Epoch = 1 }))
	d.refuses("a head of epoch 1 by a key that counts", client.Rollback, all...)
	below := a.head(func(s *wire.Statement) { s.Serial, s.LogSize = 1, 1 })
	for name, d := range map[string]*device{"of the epoch": d, "of the epoch before": a.settled(floor, "clock"), "that is new": a.device()} {
		d.reads(below)
		d.w.now = a.now
		d.refuses("a head of epoch 2 below its floor, on a device "+name, client.Rollback, all...)
	}

	// A device that knows the key follows to the new epoch as well.
	byOther := a.fork()
	byOther.key = second
	known := a.settled(floor, "clock")
	known.reads(byOther.head())
	known.w.now = byOther.now
	known.does("the new epoch, by a key of the old one", all...)

	// Once revoked, always revoked: whoever says otherwise isn't followed.
	back := a.fork()
	back.next(func(d *wire.Trust) {
		d.Revoked, d.Epoch, d.Floor, d.Release = nil, 0, nil, publics(stolen)
	})
	back.key = stolen
	d.reads(back.head())
	d.refuses("a revoked key that is back", client.Key, all...)
	lower := a.fork()
	lower.next(func(d *wire.Trust) { d.Floor = &wire.Floor{Serial: 1, Size: 1, Root: d.Floor.Root} })
	d.reads(lower.head())
	d.refuses("another floor of the same epoch", client.Key, all...)
}
