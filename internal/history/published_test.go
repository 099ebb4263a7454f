package history_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// world is a repo that is published for real.
type world struct {
	t      *testing.T
	repo   *gittest.Repo
	tree   *store.Mem
	signer *sign.Signer
	pin    trust.Pin
	now    time.Time
}

func newWorld(t *testing.T) *world {
	signer := must(sign.Generate())
	return &world{t: t, repo: gittest.New(t), tree: store.NewMem(), signer: signer, pin: trust.KeyPin(signer.Public()), now: start}
}

// publish commits files and publishes them.
func (w *world) publish(files ...gittest.Files) {
	w.t.Helper()
	w.repo.Commit(w.t, gittest.Join(files...))
	r := must(gittree.Open(w.repo.Dir))
	defer r.Close()
	w.now = w.now.Add(time.Minute)
	_, err := publish.Run(ctx, publish.Options{History: must(publish.NewCommits(r, "main")), Store: w.tree, Pin: w.pin, Signer: w.signer, Now: w.now})
	if err != nil {
		w.t.Fatalf("publish: %v", err)
	}
}

func (w *world) load() *tree.State {
	w.t.Helper()
	return must(tree.Load(ctx, w.tree, w.pin))
}

// follow runs a monitor, and returns the types of the lines that it was told.
func (w *world) follow(from history.State) (history.State, []string) {
	w.t.Helper()
	var types []string
	state, problems, err := history.Follow(history.Options{
		Pin: w.pin, Now: w.now,
		Read: func(path string, limit int64) ([]byte, error) { return w.tree.Read(ctx, path, limit) },
		Tell: func(line []byte) error {
			var l history.Line
			err := json.Unmarshal(line, &l)
			text := l.Type + " " + l.ID
			if l.Undone {
				text = "undone " + text
			}
			types = append(types, text)
			return err
		},
	}, from)
	if err != nil || len(problems) > 0 {
		w.t.Fatalf("not followed: %v, %v", err, problems)
	}
	return state, types
}

const advisories = `advisories:
  - id: ACME-1
    package: beta
    versions: "<1.1.0"
    action: block
    reason: Stores passwords in clear text.
`

// eventful returns a world in which everything happens that can: index 0 keys; 1, 2 releases; 3 release of beta; 4 yank; 5 delist; 6 relist; 7 restore.
func eventful(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	alpha := gittest.Plugin("plugins/alpha", "1.0.0", "one")
	w.publish(alpha, gittest.Plugin("plugins/beta", "1.0.0", "one"))
	w.publish(gittest.Plugin("plugins/beta", "1.1.0", "two"))
	w.publish(gittest.Files{"advisories.yaml": gittest.Text(advisories)})
	w.publish(gittest.Remove("plugins/alpha"))
	w.publish(alpha)
	w.publish(gittest.Remove("advisories.yaml"))
	return w
}

// verifyInclusion computes the root that a proof leads to, by RFC 9162, section 2.1.3.2, and nothing of regen.
func verifyInclusion(entry []byte, index, size int64, proof []string) string {
	sum := func(parts ...[]byte) []byte {
		h := sha256.Sum256(slices.Concat(parts...))
		return h[:]
	}
	fn, sn := index, size-1
	r := sum([]byte{0}, entry)
	for _, text := range proof {
		p := must(hex.DecodeString(text))
		if fn%2 == 1 || fn == sn {
			r = sum([]byte{1}, p, r)
			for fn%2 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = sum([]byte{1}, r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 {
		return "too short"
	}
	return hex.EncodeToString(r)
}

// The history of a package has all its events and no other's, with their times, and proofs that anybody can check.
func TestEvents(t *testing.T) {
	w := eventful(t)
	st := w.load()
	if st.Statement.LogSize != 8 {
		t.Fatalf("the log has %d entries", st.Statement.LogSize)
	}
	type row struct {
		index int64
		kind  string
	}
	keys, a, b1, b2, yank, delist, relist, restore := row{0, "keys"}, row{1, "release"}, row{2, "release"}, row{3, "release"}, row{4, "yank"}, row{5, "delist"}, row{6, "relist"}, row{7, "restore"}
	for _, c := range []struct {
		id      string
		last    int
		want    []row
		earlier int64
	}{
		{"alpha", 100, []row{a, delist, relist}, 0},
		{"beta", 100, []row{b1, b2, yank, restore}, 0},
		{"beta", 4, []row{b1, b2, yank, restore}, 0},
		{"beta", 3, []row{b2, yank, restore}, 1},
		{"", 100, []row{keys, a, b1, b2, yank, delist, relist, restore}, 0},
		{"", 3, []row{delist, relist, restore}, 5},
	} {
		events, earlier, err := history.Events(ctx, st, c.id, c.last)
		if err != nil {
			t.Fatalf("%q: %v", c.id, err)
		}
		if err := history.Prove(st, events); err != nil {
			t.Fatal(err)
		}
		var got []row
		before := int64(0)
		for _, e := range events {
			got = append(got, row{e.Index, e.Type})
			if e.Time < 1_700_000_000 || e.Time < before {
				t.Errorf("%q: entry %d is of %d, the one before of %d", c.id, e.Index, e.Time, before)
			}
			before = e.Time
			p := e.Proof
			if root := verifyInclusion(p.Entry, e.Index, p.Size, p.Hashes); root != st.Statement.LogRoot || p.Root != root || p.Size != 8 {
				t.Errorf("entry %d: the proof leads to %s, expected %s", e.Index, root, st.Statement.LogRoot)
			}
			if root := verifyInclusion(append([]byte{' '}, p.Entry...), e.Index, p.Size, p.Hashes); root == st.Statement.LogRoot {
				t.Errorf("entry %d: another entry is proved", e.Index)
			}
			if leaf := sha256.Sum256(append([]byte{0}, p.Entry...)); p.Leaf != hex.EncodeToString(leaf[:]) {
				t.Errorf("entry %d: the leaf is %s", e.Index, p.Leaf)
			}
		}
		if !slices.Equal(got, c.want) || earlier != c.earlier {
			t.Errorf("%q, %d: %v and %d earlier, expected %v and %d", c.id, c.last, got, earlier, c.want, c.earlier)
		}
	}
	if _, _, err := history.Events(ctx, st, "gamma", 9); !errors.Is(err, history.ErrUnknown) {
		t.Errorf("an unknown package: %v", err)
	}
}

// What isn't what the head names is an error, and no history.
func TestEventsOfDamagedTree(t *testing.T) {
	w := eventful(t)
	st := w.load()
	list := must(st.Package(ctx, "beta")).Was
	for _, path := range []string{"log/1/tile/entries/000.p/8", "log/1/tile/0/000.p/8", wire.VersionsPath("beta", list.SHA256)} {
		good := must(w.tree.Read(ctx, path, 1<<20))
		bad := slices.Clone(good)
		bad[len(bad)/2] ^= 1
		if err := w.tree.Put(path, bad); err != nil {
			t.Fatal(err)
		}
		if events, _, err := history.Events(ctx, w.load(), "beta", 9); err == nil {
			t.Errorf("%s is altered, and the history is %+v", path, events)
		}
		if err := w.tree.Put(path, good); err != nil {
			t.Fatal(err)
		}
	}
}

// A monitor follows what a publisher really publishes, also through a stolen key.
func TestFollowPublished(t *testing.T) {
	w := eventful(t)
	state, types := w.follow(history.State{})
	if want := []string{"keys ", "release alpha", "release beta", "release beta", "yank beta", "delist alpha", "relist alpha", "restore beta"}; !slices.Equal(types, want) {
		t.Errorf("told %q, expected %q", types, want)
	}
	floor := w.load().Statement

	// The thief releases something.
	w.publish(gittest.Plugin("plugins/gamma", "1.0.0", "evil"))
	state, types = w.follow(state)
	if !slices.Equal(types, []string{"release gamma"}) {
		t.Errorf("told %q", types)
	}

	// The operators revoke the key, and go back to before.
	old := w.signer
	w.signer = must(sign.Generate())
	v2 := wire.Trust{
		Registry: floor.Registry, Version: 2, Root: wire.RootKeys{Threshold: 1, Keys: []string{w.signer.Public().String()}}, Release: []string{w.signer.Public().String()},
		Revoked: []string{old.Public().String()}, Epoch: 2, Floor: &wire.Floor{Serial: floor.Serial, Size: floor.LogSize, Root: floor.LogRoot},
	}
	data := must(wire.Encode(v2))
	files := gittest.Files{wire.KeysPath(2): gittest.Text(string(data))}
	for _, s := range []*sign.Signer{old, w.signer} {
		files[wire.KeysSignaturePath(2, sign.KeyID(s.Public()))] = gittest.Text(string(s.Sign([][]byte{data}, wire.KeysComment(v2.Registry, 2, wire.RefOf(data)))))
	}
	w.publish(files, gittest.Remove("plugins/gamma"), gittest.Plugin("plugins/beta", "1.2.0", "three"))
	state, types = w.follow(state)
	if want := []string{"epoch ", "undone release gamma", "keys ", "release beta"}; !slices.Equal(types, want) {
		t.Errorf("told %q, expected %q", types, want)
	}
	if _, types = w.follow(state); len(types) > 0 {
		t.Errorf("told %q again", types)
	}
	events, _, err := history.Events(ctx, w.load(), "beta", 1)
	if err != nil || len(events) != 1 || events[0].Version != "1.2.0" {
		t.Errorf("the newest event is %+v, %v", events, err)
	}
}

// A registry that publishes another history with the same key is found out.
func TestFollowPublishedFork(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/alpha", "1.0.0", "one"))
	state, _ := w.follow(history.State{})
	fork := newWorld(t)
	fork.signer, fork.pin = w.signer, w.pin
	fork.publish(gittest.Plugin("plugins/alpha", "1.0.0", "another"))
	fork.publish(gittest.Plugin("plugins/alpha", "1.1.0", "two"))
	_, _, err := history.Follow(history.Options{
		Pin: w.pin, Now: w.now, Tell: func(line []byte) error { t.Errorf("told %s", line); return nil },
		Read: func(path string, limit int64) ([]byte, error) { return fork.tree.Read(ctx, path, limit) },
	}, state)
	var c *history.Contradiction
	if !errors.As(err, &c) || !errors.Is(err, history.ErrForked) {
		t.Fatalf("the fork: %v", err)
	}
	// The evidence is two heads that the key signed.
	for _, head := range [][]byte{c.Seen, c.Shown} {
		if _, err := sign.Comment(w.signer.Public(), head); err != nil {
			t.Errorf("the evidence isn't signed: %v", err)
		}
	}
}
