package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/wire"
)

// stolen returns a registry whose log had 300 entries and serial 1 when its key was stolen, and a monitor's state after each of several further heads.
func stolen(t *testing.T, sizes ...int) (*registry, []history.State) {
	t.Helper()
	r := newRegistry(300)
	var states []history.State
	for _, size := range sizes {
		for len(r.entries) < size {
			r.entries = append(r.entries, entry(len(r.entries), "evil"))
		}
		r.publish()
		states = append(states, r.follow(t, history.State{}).state)
	}
	return r, states
}

// A new epoch undoes what was seen above its floor, which is told, and nothing else.
func TestEpoch(t *testing.T) {
	r, states := stolen(t, 300, 301, 600)
	before := r.clone()
	r.revoke(300, 2, 50)
	for i, seen := range []int64{300, 301, 600} {
		got := r.follow(t, states[i])
		if got.err != nil || len(got.epochs) != 1 {
			t.Fatalf("seen %d: %v, %+v", seen, got.err, got.epochs)
		}
		if want := (history.Epoch{Type: "epoch", Epoch: 2, Floor: *r.doc.Floor, Seen: seen, Kept: 300}); got.epochs[0] != want {
			t.Errorf("told %+v, expected %+v", got.epochs[0], want)
		}
		undone := got.lines[:seen-300]
		for k := range undone {
			if !undone[k].Undone {
				t.Errorf("seen %d: %+v isn't told as undone", seen, undone[k])
			}
			undone[k].Undone = false
		}
		before.wantLines(t, undone, 300, seen)
		got.lines = got.lines[seen-300:]
		r.wantNew(t, got, 300, 350)
		// The next run goes on in the new epoch.
		r.append(1)
		r.publish()
		next := r.follow(t, got.state)
		r.wantNew(t, next, 350, 351)
		if len(next.epochs) > 0 {
			t.Errorf("told of the epoch again")
		}
		// The thief's registry isn't taken any more.
		before.wantRefused(t, got.state, before.follow(t, got.state), history.ErrUntrusted, false)
		r.entries = r.entries[:350]
		r.serial = 2
		r.publish()
	}
	// Who has seen less than the floor, or nothing, goes on as ever.
	young := newRegistry(100)
	state := young.follow(t, history.State{}).state
	young.append(200)
	young.publish()
	young.revoke(200, 2, 10)
	got := young.follow(t, state)
	young.wantNew(t, got, 100, 210)
	if len(got.epochs) != 1 || got.epochs[0].Kept != 100 || got.epochs[0].Seen != 100 {
		t.Errorf("told %+v", got.epochs)
	}
	got = young.follow(t, history.State{})
	young.wantNew(t, got, 0, 210)
	if len(got.epochs) != 0 {
		t.Errorf("told %+v on a first run", got.epochs)
	}
}

// What a thief wrote that nobody can read is told as undone, and is no problem any more.
func TestUndoneUnreadable(t *testing.T) {
	r := newRegistry(3)
	r.entries = append(r.entries, []byte("no JSON"))
	r.publish()
	state := r.follow(t, history.State{}).state
	r.revoke(3, 1, 1)
	got := r.follow(t, state)
	if got.err != nil || len(got.problems) > 0 || len(got.lines) != 2 || !got.lines[0].Undone || got.lines[0].Unreadable == "" {
		t.Errorf("%v, %v, %+v", got.err, got.problems, got.lines)
	}
}

// A monitor that missed a whole epoch finds out what of its own is left: what lies below the first floor.
func TestTwoEpochs(t *testing.T) {
	r := newRegistry(300)
	r.append(100)
	r.publish()
	state := r.follow(t, history.State{}).state
	r.revoke(300, 1, 200) // entries 300 to 499 are others now
	r.revoke(450, 2, 7)
	got := r.follow(t, state)
	if got.err != nil || len(got.epochs) != 1 || got.epochs[0].Epoch != 3 || got.epochs[0].Kept != 300 || got.epochs[0].Seen != 400 || len(got.lines) != 100+157 {
		t.Fatalf("%v, %+v, %d lines", got.err, got.epochs, len(got.lines))
	}
	got.lines = got.lines[100:]
	r.wantNew(t, got, 300, 457)
}

// A floor is no licence to rewrite what lies below it.
func TestFloorIsProved(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(r *registry)
		reason   error
		evidence bool
	}{
		"as it should be": {func(r *registry) { r.revoke(300, 2, 50) }, nil, false},
		"a floor that was never seen": {func(r *registry) {
			r.entries[5] = entry(5, "other")
			r.revoke(300, 2, 50)
		}, history.ErrForked, true},
		"a log without the floor": {func(r *registry) {
			r.revoke(300, 2, 50)
			r.entries[5] = entry(5, "other")
			r.publish()
		}, history.ErrForked, true},
		"a head that isn't above the floor": {func(r *registry) {
			r.revoke(300, 2, 50)
			r.serial = 1
			r.publish()
		}, history.ErrUntrusted, false},
		"nothing left of the old log": {func(r *registry) {
			r.revoke(300, 2, 50)
			for path := range r.files {
				if strings.HasPrefix(path, wire.LogPath(1)) {
					delete(r.files, path)
				}
			}
		}, history.ErrGone, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, states := stolen(t, 310)
			c.change(r)
			got := r.follow(t, states[0])
			if c.reason != nil {
				r.wantRefused(t, states[0], got, c.reason, c.evidence)
			} else if got.err != nil || len(got.lines) != 60 {
				t.Errorf("%v, %d lines", got.err, len(got.lines))
			}
		})
	}
	// Nobody has to have seen anything to find that a log lacks its floor.
	r := newRegistry(300)
	r.revoke(300, 2, 50)
	r.entries[5] = entry(5, "other")
	r.publish()
	r.wantRefused(t, history.State{}, r.follow(t, history.State{}), history.ErrForked, false)
}

// Who has seen less than the floor is told if the new epoch rewrote that.
func TestRewrittenBelowFloor(t *testing.T) {
	for _, rewrite := range []bool{false, true} {
		t.Run(fmt.Sprint(rewrite), func(t *testing.T) {
			r := newRegistry(100)
			state := r.follow(t, history.State{}).state
			r.append(100)
			if rewrite {
				r.entries[50] = entry(50, "other")
			}
			r.publish()
			r.revoke(200, 2, 1)
			if got := r.follow(t, state); rewrite {
				r.wantRefused(t, state, got, history.ErrForked, true)
			} else {
				r.wantNew(t, got, 100, 201)
			}
		})
	}
}
