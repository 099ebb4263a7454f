package registry

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/wire"
)

// about returns an advisory as it applies to versions.
func about(id, action, text string, versions ...string) Applied {
	return Applied{Yank: wire.Yank{Advisory: id, Action: action, Ref: wire.RefOf([]byte(text))}, Versions: versions}
}

// after folds events, which must be as they are written, into a list.
func after(t *rapid.T, list wire.VersionList, events []wire.Event) wire.VersionList {
	for _, e := range events {
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		before, err := wire.Encode(list)
		if err != nil {
			t.Fatal(err)
		}
		folded, err := FoldAdvisory(list, e)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := wire.Encode(list); err != nil || string(again) != string(before) {
			t.Fatalf("folding changed what it was given: %s, %s, %v", before, again, err)
		}
		list = folded
	}
	return list
}

// TestAdviseReachesWhatIsWanted: whatever advisories come and go, the events bring the versions to what the advisories say, and then there is nothing left to do. The log
// alone gives the same.
func TestAdviseReachesWhatIsWanted(t *testing.T) {
	versions := []string{"1.0.0-rc.1", "1.0.0", "1.1.0", "2.0.0-beta.1", "2.0.0"}
	rapid.Check(t, func(t *rapid.T) {
		list, state := published("vito", "", versions...).List, NewState()
		list.ID = "clock"
		for _, v := range versions {
			if err := state.Fold(release("clock", v)); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 6).Draw(t, "commits") {
			var wanted []Applied
			for _, id := range []string{"A-1", "B", "a-1"} {
				a := about(id, rapid.SampledFrom(wire.Actions).Draw(t, "action"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "text"))
				for _, v := range versions {
					if rapid.Bool().Draw(t, "applies") {
						a.Versions = append(a.Versions, v)
					}
				}
				if rapid.IntRange(0, 3).Draw(t, "there") > 0 {
					wanted = append(wanted, a)
				}
			}
			events := Advise(list, wanted, 7)
			if !slices.IsSortedFunc(events, func(a, b wire.Event) int {
				if a.Type != b.Type {
					return strings.Compare(a.Type, b.Type) // restore, yank
				}
				return strings.Compare(a.Advisory, b.Advisory)
			}) {
				t.Fatalf("the events are out of order: %+v", events)
			}
			list = after(t, list, events)
			for _, e := range events {
				if err := state.Fold(e); err != nil {
					t.Fatal(err)
				}
			}
			for i, v := range list.Versions {
				var want []wire.Yank
				for _, a := range wanted {
					if slices.Contains(a.Versions, v.Version) {
						want = append(want, a.Yank)
					}
				}
				if !reflect.DeepEqual(v.Yanks, want) || !reflect.DeepEqual(state.Packages["clock"].Versions[i].Yanks, want) {
					t.Fatalf("%s has %+v, in the log %+v, expected %+v", v.Version, v.Yanks, state.Packages["clock"].Versions[i].Yanks, want)
				}
			}
			if again := Advise(list, wanted, 7); len(again) > 0 {
				t.Fatalf("a second look gives %+v", again)
			}
		}
	})
}

// TestAdvise goes through what a change of advisories means.
func TestAdvise(t *testing.T) {
	for _, c := range []struct {
		what        string
		before, now []Applied
		want        string
	}{
		{"none", nil, nil, ""},
		{"about nothing", nil, []Applied{about("A", wire.Block, "x")}, ""},
		{"a new one", nil, []Applied{about("A", wire.Block, "x", "1.0.0", "1.1.0")}, "yank A block 1.0.0 1.1.0"},
		{"the same", []Applied{about("A", wire.Block, "x", "1.0.0")}, []Applied{about("A", wire.Block, "x", "1.0.0")}, ""},
		{"lifted", []Applied{about("A", wire.Block, "x", "1.0.0")}, nil, "restore A  1.0.0"},
		{"another action", []Applied{about("A", wire.Warn, "x", "1.0.0")}, []Applied{about("A", wire.Uninstall, "x", "1.0.0")}, "yank A uninstall 1.0.0"},
		{"another reason", []Applied{about("A", wire.Warn, "x", "1.0.0")}, []Applied{about("A", wire.Warn, "y", "1.0.0")}, "yank A warn 1.0.0"},
		{"a wider range", []Applied{about("A", wire.Warn, "x", "1.0.0")}, []Applied{about("A", wire.Warn, "x", "1.0.0", "1.1.0")}, "yank A warn 1.1.0"},
		{"a narrower range", []Applied{about("A", wire.Warn, "x", "1.0.0", "1.1.0")}, []Applied{about("A", wire.Warn, "x", "1.1.0")}, "restore A  1.0.0"},
		{"moved, with another reason", []Applied{about("A", wire.Warn, "x", "1.0.0", "1.1.0")}, []Applied{about("A", wire.Warn, "y", "1.1.0", "2.0.0")}, "restore A  1.0.0|yank A warn 1.1.0 2.0.0"},
		{"one for another", []Applied{about("B", wire.Warn, "x", "1.0.0")}, []Applied{about("A", wire.Warn, "x", "1.0.0")}, "restore B  1.0.0|yank A warn 1.0.0"},
		{"two", nil, []Applied{about("B", wire.Warn, "x", "1.0.0"), about("A", wire.Block, "x", "1.0.0", "2.0.0")}, "yank A block 1.0.0 2.0.0|yank B warn 1.0.0"},
	} {
		list := published("vito", "", "1.0.0", "1.1.0", "2.0.0").List
		list.ID = "clock"
		for _, e := range Advise(list, c.before, 5) {
			var err error
			if list, err = FoldAdvisory(list, e); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, e := range Advise(list, c.now, 9) {
			got = append(got, e.Type+" "+e.Advisory+" "+e.Action+" "+strings.Join(e.Versions, " "))
			if e.ID != "clock" || e.Time != 9 || e.Check() != nil {
				t.Errorf("%s: %+v, %v", c.what, e, e.Check())
			}
		}
		if got := strings.Join(got, "|"); got != c.want {
			t.Errorf("%s: %q, expected %q", c.what, got, c.want)
		}
	}
}

// TestAdviseChunks: an event names no more versions than the format allows, and many events name them all.
func TestAdviseChunks(t *testing.T) {
	var versions []string
	for i := range 2*wire.MaxYanked + 1 {
		versions = append(versions, fmt.Sprintf("1.%d.0", i))
	}
	list := published("vito", "", versions...).List
	list.ID = "clock"
	for _, step := range []struct {
		wanted []Applied
		typ    string
	}{{[]Applied{about("A", wire.Block, "x", versions...)}, wire.EventYank}, {nil, wire.EventRestore}} {
		events := Advise(list, step.wanted, 1)
		var named []string
		for _, e := range events {
			if err := e.Check(); err != nil || e.Type != step.typ {
				t.Errorf("%s: %v", e.Type, err)
			}
			named = append(named, e.Versions...)
			var err error
			if list, err = FoldAdvisory(list, e); err != nil {
				t.Fatal(err)
			}
		}
		if len(events) != 3 || !slices.Equal(named, versions) {
			t.Errorf("%d events name %d versions, expected 3 and %d", len(events), len(named), len(versions))
		}
		for _, v := range list.Versions {
			if v.Blocked() != (step.wanted != nil) {
				t.Errorf("%s: blocked %v", v.Version, v.Blocked())
			}
		}
	}
}

// TestFoldAdvisoryRefuses: an event that no publisher writes is an error.
func TestFoldAdvisoryRefuses(t *testing.T) {
	yank := func(action string, versions ...string) wire.Event {
		return wire.Event{Type: wire.EventYank, ID: "clock", Advisory: "A", Action: action, SHA256: hash, Size: 7, Versions: versions}
	}
	restore := func(advisory string, versions ...string) wire.Event {
		return wire.Event{Type: wire.EventRestore, ID: "clock", Advisory: advisory, Versions: versions}
	}
	for what, c := range map[string]struct {
		events []wire.Event
		want   string // of the error on the last of them; "" where there is none
	}{
		"a yank":                       {[]wire.Event{yank("warn", "1.0.0", "2.0.0")}, ""},
		"a yank of what isn't there":   {[]wire.Event{yank("warn", "1.0.0", "1.5.0")}, "yank of clock 1.5.0, which was never released"},
		"a yank that changes nothing":  {[]wire.Event{yank("warn", "1.0.0"), yank("warn", "1.0.0")}, "yank of clock 1.0.0 by advisory A, which applies to it already"},
		"a yank with another action":   {[]wire.Event{yank("warn", "1.0.0"), yank("block", "1.0.0")}, ""},
		"a restore":                    {[]wire.Event{yank("warn", "1.0.0"), restore("A", "1.0.0")}, ""},
		"a restore of nothing":         {[]wire.Event{restore("A", "1.0.0")}, "restore of clock 1.0.0, to which advisory A doesn't apply"},
		"a restore of another one":     {[]wire.Event{yank("warn", "1.0.0"), restore("B", "1.0.0")}, "to which advisory B doesn't apply"},
		"a restore of another version": {[]wire.Event{yank("warn", "1.0.0"), restore("A", "2.0.0")}, "restore of clock 2.0.0"},
		"a restore again":              {[]wire.Event{yank("warn", "1.0.0"), restore("A", "1.0.0"), restore("A", "1.0.0")}, "doesn't apply"},
	} {
		list := published("vito", "", "1.0.0", "2.0.0").List
		state := NewState()
		for _, v := range list.Versions {
			if err := state.Fold(release("clock", v.Version)); err != nil {
				t.Fatal(err)
			}
		}
		var err, inLog error
		for _, e := range c.events {
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			list, err = FoldAdvisory(list, e)
			inLog = state.Fold(e)
		}
		if c.want == "" && (err != nil || inLog != nil) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || inLog == nil) {
			t.Errorf("%s: %v, and in a log %v, expected %q", what, err, inLog, c.want)
		}
	}
	if err := NewState().Fold(yank("warn", "1.0.0")); err == nil || !strings.Contains(err.Error(), "log entry 0") {
		t.Errorf("a yank of a package that was never released: %v", err)
	}
}

// TestAllBlocked: the entry of a package is shown by the highest version that isn't blocked, and says so where all are. That a package is delisted counts more.
func TestAllBlocked(t *testing.T) {
	for _, c := range []struct{ state, blocked, wantState, primary, heads string }{
		{"", "", "", "2.0.0", "map[beta:2.1.0-beta.1 stable:2.0.0]"},
		{"", "2.0.0", "", "1.0.0", "map[beta:2.1.0-beta.1 stable:1.0.0]"},
		{"", "1.0.0 2.0.0", "", "2.1.0-beta.1", "map[beta:2.1.0-beta.1]"},
		{"", "1.0.0 2.0.0 2.1.0-beta.1", wire.AllBlocked, "2.0.0", "map[]"},
		{wire.Delisted, "1.0.0 2.0.0 2.1.0-beta.1", wire.Delisted, "2.0.0", "map[]"},
	} {
		list := published("vito", c.state, "1.0.0", "2.0.0", "2.1.0-beta.1").List
		for _, e := range Advise(list, []Applied{about("A", wire.Block, "x", strings.Fields(c.blocked)...), about("W", wire.Warn, "x", "1.0.0", "2.0.0")}, 1) {
			var err error
			if list, err = FoldAdvisory(list, e); err != nil {
				t.Fatal(err)
			}
		}
		e, _, err := Complete(wire.Entry{}, list)
		if err != nil || e.State != c.wantState || fmt.Sprint(e.Channels) != c.heads || list.Primary().Version != c.primary {
			t.Errorf("%+v: state %q, channels %v, primary %s, %v", c, e.State, e.Channels, list.Primary().Version, err)
		}
	}
}
