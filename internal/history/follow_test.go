package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// A first run tells of everything, one with nothing new of nothing, and one with news of those alone.
func TestFollow(t *testing.T) {
	r := newRegistry(3)
	got := r.follow(t, history.State{})
	r.wantNew(t, got, 0, 3)
	state := got.state

	got = r.follow(t, state)
	r.wantNew(t, got, 3, 3)
	if !bytes.Equal(must(got.state.Encode()), must(state.Encode())) {
		t.Error("the state changed, and nothing happened")
	}

	r.publish() // issued anew
	got = r.follow(t, got.state)
	r.wantNew(t, got, 3, 3)

	r.append(600)
	r.publish()
	r.wantNew(t, r.follow(t, got.state), 3, 603)
	// A kill before the state is written: the same once more.
	r.wantNew(t, r.follow(t, got.state), 3, 603)
}

// However the runs of a monitor fall between those of a publisher, it is told of each entry once, in order, and keeps the same state.
func TestFollowAnySteps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRegistry(rapid.IntRange(1, 300).Draw(rt, "first"))
		var state history.State
		seen := int64(0)
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "run") {
				got := r.follow(t, state)
				r.wantNew(t, got, seen, int64(len(r.entries)))
				state, seen = got.state, int64(len(r.entries))
			}
			r.append(rapid.IntRange(0, 300).Draw(rt, "new"))
			r.publish()
		}
		got := r.follow(t, state)
		r.wantNew(t, got, seen, int64(len(r.entries)))
		if fresh := r.follow(t, history.State{}); !bytes.Equal(must(fresh.state.Encode()), must(got.state.Encode())) {
			t.Error("the state depends on the runs")
		}
	})
}

// A registry that rewrote any entry that was seen is found out, by a head of its own key.
func TestRewritten(t *testing.T) {
	const seen = 300
	r := newRegistry(seen)
	state := r.follow(t, history.State{}).state
	for _, more := range []int{0, 1, 300} {
		for _, at := range []int{0, 1, 127, 255, 256, seen - 1, -1} {
			fork := r.clone()
			fork.append(more)
			if at >= 0 {
				fork.entries[at] = entry(at, "evil")
			}
			fork.publish()
			got := fork.follow(t, state)
			if at < 0 {
				fork.wantNew(t, got, seen, int64(seen+more)) // the same but for the rewriting
				continue
			}
			fork.wantRefused(t, state, got, history.ErrForked, true)
			if !errors.Is(got.err, tlog.ErrRewritten) {
				t.Errorf("entry %d of %d: %v", at, seen+more, got.err)
			}
		}
	}
}

// What two heads say by themselves is held against each other.
func TestHeads(t *testing.T) {
	r := newRegistry(10)
	old := r.clone()
	r.append(5)
	r.publish()
	r.publish()
	seen := r.statement()
	state := r.follow(t, history.State{}).state

	old.wantRefused(t, state, old.follow(t, state), history.ErrBehind, true)
	for name, c := range map[string]struct {
		change func(s *wire.Statement)
		reason error
	}{
		"the same serial, another catalogue": {func(s *wire.Statement) { s.Root.Size++ }, history.ErrForked},
		"the same serial, issued later":      {func(s *wire.Statement) { s.Issued++ }, history.ErrForked},
		"a higher serial, a shorter log":     {func(s *wire.Statement) { s.Serial++; s.LogSize-- }, history.ErrForked},
		"a lower serial, a longer log":       {func(s *wire.Statement) { s.Serial--; s.LogSize++ }, history.ErrForked},
		"a lower serial, the same log":       {func(s *wire.Statement) { s.Serial-- }, history.ErrBehind},
		"a higher serial, another root":      {func(s *wire.Statement) { s.Serial++; s.LogRoot = wire.Sum(nil) }, history.ErrForked},
		"the same in all":                    {func(*wire.Statement) {}, nil},
		"a higher serial, the same log":      {func(s *wire.Statement) { s.Serial++ }, nil},
	} {
		s := seen
		c.change(&s)
		r.sign(s)
		got := r.follow(t, state)
		t.Run(name, func(t *testing.T) {
			if c.reason == nil {
				r.wantNew(t, got, 15, 15)
			} else {
				r.wantRefused(t, state, got, c.reason, true)
			}
		})
	}
}

// A head that doesn't count is refused, whatever it says.
func TestUntrusted(t *testing.T) {
	r := newRegistry(3)
	state := r.follow(t, history.State{}).state
	for name, c := range map[string]struct {
		change func(f *registry)
		reason error
	}{
		"another key":           {func(f *registry) { f.release = must(sign.Generate()); f.publish() }, history.ErrUntrusted},
		"another registry":      {func(f *registry) { s := f.statement(); s.Registry = "other"; f.sign(s) }, history.ErrUntrusted},
		"another epoch":         {func(f *registry) { s := f.statement(); s.Epoch = 2; f.sign(s) }, history.ErrUntrusted},
		"another purpose":       {func(f *registry) { f.files[wire.HeadPath] = f.release.Sign(nil, "regen/1 artifact") }, history.ErrUntrusted},
		"no head":               {func(f *registry) { delete(f.files, wire.HeadPath) }, fs.ErrNotExist},
		"a head without an end": {func(f *registry) { f.files[wire.HeadPath] = make([]byte, sign.MaxSignature+1) }, nil},
		"a forged next version": {func(f *registry) {
			next := f.doc
			next.Version, next.Registry = 2, "other"
			f.introduce(next)
		}, trust.ErrForged},
	} {
		f := r.clone()
		c.change(f)
		for _, from := range []history.State{{}, state} {
			got := f.follow(t, from)
			if got.err == nil || c.reason != nil && !errors.Is(got.err, c.reason) || len(got.lines) > 0 || got.state.Head != from.Head {
				t.Errorf("%s: %v, %d lines, expected %v and none", name, got.err, len(got.lines), c.reason)
			}
		}
	}
	got := r.follow(t, state, func(o *history.Options) { o.Pin = trust.KeyPin(must(sign.Generate()).Public()) })
	r.wantRefused(t, state, got, history.ErrPin, false)
}

// A monitor goes on from the trust document that it knows: a key that was taken off doesn't come back with an old tree.
func TestTrustIsKept(t *testing.T) {
	r := newRegistry(3)
	early := r.follow(t, history.State{}).state
	old := r.clone()
	next := r.doc
	next.Version = 2
	r.release = must(sign.Generate())
	next.Release = []string{r.release.Public().String()}
	r.introduce(next)
	r.append(1)
	r.publish()
	got := r.follow(t, early)
	r.wantNew(t, got, 3, 4)
	old.append(9)
	old.publish()
	old.publish()
	old.wantNew(t, old.follow(t, early), 3, 12) // to who has never seen version 2, it is as good as any
	old.wantRefused(t, got.state, old.follow(t, got.state), history.ErrUntrusted, false)
}

// An old head proves the past as well as a young one: it is followed, told, and a problem.
func TestProblems(t *testing.T) {
	r := newRegistry(3)
	at := func(now time.Time) func(*history.Options) { return func(o *history.Options) { o.Now = now } }
	for name, c := range map[string]struct {
		now    time.Time
		reason error
	}{
		"in time":             {r.issued.Add(lifetime - time.Second), nil},
		"expired":             {r.issued.Add(lifetime), history.ErrExpired},
		"a day in the future": {r.issued.Add(-24 * time.Hour), nil},
		"more than a day":     {r.issued.Add(-24*time.Hour - time.Second), history.ErrFuture},
	} {
		got := r.follow(t, history.State{}, at(c.now))
		if got.err != nil || got.state.Log.Size != 3 || len(got.lines) != 3 {
			t.Errorf("%s: %v, %d lines", name, got.err, len(got.lines))
		}
		if c.reason == nil && len(got.problems) > 0 || c.reason != nil && (len(got.problems) != 1 || !errors.Is(got.problems[0], c.reason)) {
			t.Errorf("%s: problems %v, expected %v", name, got.problems, c.reason)
		}
	}
	state := r.follow(t, history.State{}).state
	fork := r.clone()
	fork.entries[0] = entry(0, "evil")
	fork.publish()
	fork.wantRefused(t, state, fork.follow(t, state, at(start.Add(2*lifetime))), history.ErrForked, true)

	next := r.doc
	next.Version, next.Expires = 2, start.Add(time.Hour).Unix()
	r.introduce(next)
	r.publish()
	if got := r.follow(t, state, at(start.Add(time.Hour-time.Second))); got.err != nil || len(got.problems) > 0 {
		t.Errorf("before the trust document expires: %v, %v", got.err, got.problems)
	}
	if got := r.follow(t, state, at(start.Add(time.Hour))); got.err != nil || len(got.problems) != 1 || !errors.Is(got.problems[0], history.ErrExpired) {
		t.Errorf("after the trust document expired: %v, %v", got.err, got.problems)
	}
}

// Nothing is told that isn't proved: whichever file of the log is altered or missing, what is told is of the true log, and the state stays. Caches that hold
// something else are gone past, and each entry is told once.
func TestDamaged(t *testing.T) {
	r := newRegistry(250)
	state := r.follow(t, history.State{}).state
	good := r.clone()
	r.append(60)
	r.publish()
	good.append(60)
	good.publish()
	needed := 0
	for path, data := range r.files {
		if !strings.HasPrefix(path, "log/") {
			continue
		}
		for name, bad := range map[string][]byte{"missing": nil, "altered": append(slices.Clone(data[:len(data)-1]), data[len(data)-1]^1), "shorter": data[:len(data)-1], "longer": append(slices.Clone(data), 0)} {
			r.files[path] = bad
			if bad == nil {
				delete(r.files, path)
			}
			for _, from := range []history.State{{}, state} {
				got := r.follow(t, from)
				if got.err == nil {
					r.wantNew(t, got, from.Log.Size, 310)
				} else {
					needed++
					var c *history.Contradiction
					if errors.As(got.err, &c) || got.state.Head != from.Head {
						t.Errorf("%s %s: %v", path, name, got.err)
					}
					good.wantLines(t, got.lines, from.Log.Size, from.Log.Size+int64(len(got.lines)))
				}
				past := 0
				good.wantNew(t, r.follow(t, from, func(o *history.Options) {
					o.Past = func(path, key string, limit int64) ([]byte, error) {
						past++
						if key != good.statement().LogRoot {
							t.Errorf("%s is asked for with the key %q", path, key)
						}
						return good.read(path, limit)
					}
				}), from.Log.Size, 310)
				if (past > 0) != (got.err != nil) {
					t.Errorf("%s %s: %d files were read past caches", path, name, past)
				}
			}
		}
		r.files[path] = data
	}
	if needed < 30 {
		t.Errorf("only %d changes mattered", needed)
	}
}

// A cache that still has the head, or the trust document, of a while ago is gone past before anybody is alarmed.
func TestOldCache(t *testing.T) {
	r := newRegistry(3)
	old := r.clone()
	r.append(1)
	r.publish()
	state := r.follow(t, history.State{}).state
	past := func(o *history.Options) {
		o.Past = func(path, _ string, limit int64) ([]byte, error) { return r.read(path, limit) }
	}
	old.wantRefused(t, state, old.follow(t, state), history.ErrBehind, true)
	r.wantNew(t, old.follow(t, state, past), 4, 4)
	next := r.doc
	next.Version = 2
	r.release = must(sign.Generate())
	next.Release = []string{r.release.Public().String()}
	delete(old.files, wire.KeysPath(2))
	r.introduce(next)
	r.publish()
	old.files[wire.HeadPath] = r.files[wire.HeadPath]
	old.wantRefused(t, state, old.follow(t, state), history.ErrUntrusted, false)
	r.wantNew(t, old.follow(t, state, past), 4, 4)
}

// What entries say is told as devices understand it, a line each, whatever is in them.
func TestLines(t *testing.T) {
	r := newRegistry(0)
	sound := string(entry(0, "a"))
	for _, e := range []string{
		sound,
		strings.Replace(sound, "{", `{"new":"x",`, 1),
		strings.Replace(sound, "{", `{"index":7,"epoch":7,"undone":true,"unknown":true,"entry":"x","type":"delist",`, 1),
		`{"type":"new","id":"a","by":"somebody"}`,
		`{"type":"epoch","epoch":9}`,
		`{"type":"new","Type":"release"` + strings.Replace(sound, "{", ",", 1),
		"{\n\"type\":\r\n\"new\u2028\" }",
		`{"critical":true,"type":"new"}`,
		`{"type":"release"}`,
		"no JSON\n\x00\xff",
	} {
		r.entries = append(r.entries, []byte(e))
	}
	r.publish()
	got := r.follow(t, history.State{})
	if got.err != nil || len(got.lines) != len(r.entries) || got.state.Log.Size != int64(len(r.entries)) {
		t.Fatalf("%v, %d lines", got.err, len(got.lines))
	}
	if len(got.problems) != 1 || !errors.Is(got.problems[0], history.ErrUnreadable) || !strings.Contains(got.problems[0].Error(), "3 of the new entries, the first one is entry 7") {
		t.Errorf("the problems are %v", got.problems)
	}
	release := must(wire.DecodeEvent([]byte(sound)))
	for i, want := range []history.Line{
		{Event: release}, {Event: release}, {Event: release},
		{Event: wire.Event{Type: "new"}, Unknown: true, Entry: string(r.entries[3])},
		{Event: wire.Event{Type: "epoch"}, Unknown: true, Entry: string(r.entries[4])},
		{Event: release}, // as Go's decoder understands it, and so devices
		{Event: wire.Event{Type: "new\u2028"}, Unknown: true, Entry: string(r.entries[6])},
		{Unreadable: got.lines[7].Unreadable, Entry: string(r.entries[7])},
		{Unreadable: got.lines[8].Unreadable, Entry: string(r.entries[8])},
		{Unreadable: got.lines[9].Unreadable, Entry: "no JSON\n\x00\ufffd"},
	} {
		want.Index, want.Epoch = int64(i), 1
		if line := got.lines[i]; fmt.Sprintf("%+v", line) != fmt.Sprintf("%+v", want) || i >= 7 != (line.Unreadable != "") {
			t.Errorf("told %+v, expected %+v", line, want)
		}
	}
}

// Where a line can't be told, as on a full disk, nothing is kept, and the next run tells it again.
func TestTellFails(t *testing.T) {
	full := errors.New("the disk is full")
	r := newRegistry(300)
	for fails := range 300 {
		if fails > 3 && fails%100 != 0 {
			continue
		}
		n := 0
		got := r.follow(t, history.State{}, func(o *history.Options) {
			o.Past = func(string, string, int64) ([]byte, error) { panic("the files are as they should be") }
			o.Tell = func([]byte) error {
				if n++; n > fails {
					return full
				}
				return nil
			}
		})
		if !errors.Is(got.err, full) || n != fails+1 || got.state.Head != "" {
			t.Errorf("at line %d: %v after %d lines", fails, got.err, n)
		}
	}
}

// Memory doesn't grow with the log.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	peak := func(n int) int64 {
		r := newRegistry(n)
		r.entries = nil // the published files are enough
		heap := func() int64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before, most, lines := heap(), int64(0), 0
		_, _, err := history.Follow(history.Options{Pin: r.pin(), Now: r.issued, Read: r.read, Tell: func([]byte) error {
			if lines++; lines%(n/20) == 0 {
				most = max(most, heap()-before)
			}
			return nil
		}}, history.State{})
		if err != nil || lines != n {
			t.Fatalf("%v, %d lines", err, lines)
		}
		runtime.KeepAlive(r)
		return most
	}
	small, large := peak(2_000), peak(60_000)
	t.Logf("%d bytes at 2,000 entries, %d at 60,000", small, large)
	if large > small+1<<20 {
		t.Errorf("%d bytes at 60,000 entries, %d at 2,000", large, small)
	}
}

// What isn't a state, or isn't one whose parts belong together, is refused.
func TestParseState(t *testing.T) {
	r := newRegistry(3)
	state := r.follow(t, history.State{}).state
	r.append(1)
	r.publish()
	other := r.follow(t, history.State{}).state
	foreign := newRegistry(3)
	for name, change := range map[string]func(s *history.State){
		"as it was":           nil,
		"another format":      func(s *history.State) { s.Format = 2 },
		"another edge":        func(s *history.State) { s.Log = other.Log },
		"another root":        func(s *history.State) { s.Log.Hashes = slices.Clone(s.Log.Hashes); s.Log.Hashes[0] = wire.Sum(nil) },
		"an edge too short":   func(s *history.State) { s.Log.Hashes = s.Log.Hashes[:1] },
		"another head":        func(s *history.State) { s.Head = other.Head },
		"no head":             func(s *history.State) { s.Head = "" },
		"no trust document":   func(s *history.State) { s.Trust = "" },
		"another registry":    func(s *history.State) { s.Registry = "other" },
		"a head that is none": func(s *history.State) { s.Head = string(foreign.files[wire.KeysPath(1)]) },
	} {
		s := state
		if change != nil {
			change(&s)
		}
		if _, err := history.ParseState(must(s.Encode())); (err != nil) != (change != nil) || err != nil && !errors.Is(err, history.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "null", "[]", "{}", `{"format":1}`, `{"format":1,"log":{"size":-1}}`} {
		if _, err := history.ParseState([]byte(text)); !errors.Is(err, history.ErrState) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseState(f *testing.F) {
	r := newRegistry(3)
	data := must(r.follow(f, history.State{}).state.Encode())
	f.Add(data)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := history.ParseState(data)
		if err != nil {
			return
		}
		again, err := history.ParseState(must(s.Encode()))
		if err != nil || !bytes.Equal(must(again.Encode()), must(s.Encode())) {
			t.Errorf("isn't read as it is written: %v", err)
		}
	})
}
