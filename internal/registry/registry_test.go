package registry

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/wire"
)

var hash = strings.Repeat("5a", 32)

func published(format, state string, versions ...string) Published {
	p := Published{Format: format, List: wire.VersionList{ID: "clock", State: state}}
	for i, v := range versions {
		p.List = Add(p.List, wire.Version{Version: v, Channel: wire.ChannelOf(v), Source: "source of " + v, Log: int64(i)})
	}
	return p
}

// What a commit has against what is published, row by row.
func TestDecide(t *testing.T) {
	candidate := func(version, source string) *Candidate {
		return &Candidate{Format: "vito", Version: version, Source: source}
	}
	for _, c := range []struct {
		name string
		pub  Published
		c    *Candidate
		want Decision
		fail string // code of the failure
	}{
		{"new directory", Published{}, candidate("1.0.0", "x"), Decision{Release: true}, ""},
		{"new directory with a prerelease", Published{}, candidate("0.1.0-alpha", "x"), Decision{Release: true}, ""},
		{"source changed, version higher", published("vito", "", "1.0.0"), candidate("1.0.1", "x"), Decision{Release: true}, ""},
		{"higher by precedence, not as text", published("vito", "", "1.9.0"), candidate("1.10.0", "x"), Decision{Release: true}, ""},
		{"prerelease of the next version", published("vito", "", "1.0.0"), candidate("1.1.0-rc.1", "x"), Decision{Release: true}, ""},
		{"release after its prerelease", published("vito", "", "1.1.0-rc.1"), candidate("1.1.0", "x"), Decision{Release: true}, ""},
		{"same source under a higher version", published("vito", "", "1.0.0"), candidate("1.0.1", "source of 1.0.0"), Decision{Release: true}, ""},
		{"source changed, same version", published("vito", "", "1.0.0"), candidate("1.0.0", "x"), Decision{}, "release/same-version"},
		{"version lower", published("vito", "", "1.0.0", "1.1.0"), candidate("1.0.5", "x"), Decision{}, "release/lower-version"},
		{"an earlier version, just as it was", published("vito", "", "1.0.0", "1.1.0"), candidate("1.0.0", "source of 1.0.0"), Decision{}, "release/lower-version"},
		{"prerelease of a published version", published("vito", "", "1.0.0"), candidate("1.0.0-rc.1", "x"), Decision{}, "release/lower-version"},
		{"only other files changed", published("vito", "", "1.0.0"), candidate("1.0.0", "source of 1.0.0"), Decision{}, ""},
		{"directory gone", published("vito", "", "1.0.0"), nil, Decision{Delist: true}, ""},
		{"still gone", published("vito", wire.Delisted, "1.0.0"), nil, Decision{}, ""},
		{"never there", Published{}, nil, Decision{}, ""},
		{"directory back with the same source", published("vito", wire.Delisted, "1.0.0"), candidate("1.0.0", "source of 1.0.0"), Decision{Relist: true}, ""},
		{"directory back with a higher version", published("vito", wire.Delisted, "1.0.0"), candidate("1.0.1", "x"), Decision{Relist: true, Release: true}, ""},
		{"directory back with other content", published("vito", wire.Delisted, "1.0.0"), candidate("1.0.0", "x"), Decision{}, "release/same-version"},
		{"directory back with a lower version", published("vito", wire.Delisted, "1.0.0"), candidate("0.9.0", "x"), Decision{}, "release/lower-version"},
		{"another format", published("mosis", "", "1.0.0"), candidate("2.0.0", "x"), Decision{}, "id/format"},
		{"another format, delisted", published("mosis", wire.Delisted, "1.0.0"), candidate("2.0.0", "x"), Decision{}, "id/format"},
	} {
		before := fmt.Sprint(c.pub)
		got := Decide(c.pub, c.c)
		failure := got.Failure
		got.Failure = nil
		if got != c.want || (failure == nil) != (c.fail == "") || failure != nil && failure.Code != c.fail {
			t.Errorf("%s: got %+v with %v, expected %+v with %q", c.name, got, failure, c.want, c.fail)
		}
		if failure != nil && (failure.Hint == "" || failure.Message == "") {
			t.Errorf("%s: the failure doesn't say what to do: %+v", c.name, failure)
		}
		if fmt.Sprint(c.pub) != before {
			t.Errorf("%s: what is published was changed", c.name)
		}
	}
	f := Decide(published("vito", "", "1.0.0"), candidate("1.0.0", "x")).Failure
	if !strings.Contains(f.Message, "source of 1.0.0") || !strings.Contains(f.Message, "x is here") {
		t.Errorf("the message doesn't name both digests: %s", f.Message)
	}
}

// What of the facts only rises is held against the published version, and so is who the name belongs to.
func TestDecideRising(t *testing.T) {
	for _, c := range []struct {
		name      string
		last, now Rising
		version   string
		want      string // code of the failure
	}{
		{"nothing is said", Rising{}, Rising{}, "1.1.0", ""},
		{"the code rises", Rising{VersionCode: 7}, Rising{VersionCode: 8}, "1.1.0", ""},
		{"the first code", Rising{}, Rising{VersionCode: 1}, "1.1.0", ""},
		{"the same code", Rising{VersionCode: 7}, Rising{VersionCode: 7}, "1.1.0", "release/version-code"},
		{"a lower code", Rising{VersionCode: 7}, Rising{VersionCode: 6}, "1.1.0", "release/version-code"},
		{"no code any more", Rising{VersionCode: 7}, Rising{}, "1.1.0", "release/version-code"},
		{"the schema rises", Rising{DataSchema: 3}, Rising{DataSchema: 4}, "1.1.0", ""},
		{"the schema stays", Rising{DataSchema: 3}, Rising{DataSchema: 3}, "1.1.0", ""},
		{"the schema falls", Rising{DataSchema: 3}, Rising{DataSchema: 2}, "1.1.0", "release/data-schema"},
		{"no schema any more", Rising{DataSchema: 3}, Rising{}, "1.1.0", "release/data-schema"},
		{"the owner stays", Rising{Owner: "acme"}, Rising{Owner: "acme"}, "1.1.0", ""},
		{"another owner", Rising{Owner: "acme"}, Rising{Owner: "evil"}, "1.1.0", "id/owner"},
		{"another owner of the same version", Rising{Owner: "acme"}, Rising{Owner: "evil"}, "1.0.0", "id/owner"},
		{"an owner that isn't known", Rising{Owner: "acme"}, Rising{}, "1.1.0", ""},
		{"a lower version is told first", Rising{VersionCode: 7, DataSchema: 3}, Rising{}, "0.9.0", "release/lower-version"},
	} {
		pub := published("vito", "", "1.0.0")
		pub.Last = c.last
		got, f := "", Decide(pub, &Candidate{Format: "vito", Version: c.version, Source: "x", Rising: c.now}).Failure
		if f != nil {
			got = f.Code
		}
		if got != c.want || f != nil && (f.Message == "" || f.Hint == "") {
			t.Errorf("%s: %+v, expected %q", c.name, f, c.want)
		}
		// Nothing of it matters to an id that isn't published.
		if f := Decide(Published{}, &Candidate{Format: "vito", Version: c.version, Source: "x", Rising: c.now}).Failure; f != nil {
			t.Errorf("%s: %+v for a new id", c.name, f)
		}
	}
	facts := wire.Facts{VersionCode: 3, DataSchema: 4, Ext: map[string]any{"composer": map[string]any{"name": "acme/demo"}}}
	if got := RisingOf(facts); got != (Rising{3, 4, "acme"}) {
		t.Errorf("of the facts: %+v", got)
	}
	for _, ext := range []map[string]any{nil, {"composer": "acme/demo"}, {"composer": map[string]any{"name": 5}}, {"mosis": map[string]any{"name": "acme/demo"}}} {
		if got := RisingOf(wire.Facts{Ext: ext}); got != (Rising{}) {
			t.Errorf("of %v: %+v", ext, got)
		}
	}
}

// catalogue is a catalogue in memory.
type catalogue struct {
	root  wire.Node
	nodes map[wire.Ref]wire.Node
}

func newCatalogue() *catalogue { return &catalogue{nodes: make(map[wire.Ref]wire.Node)} }

func (c *catalogue) read(ref wire.Ref) (wire.Node, error) {
	n, ok := c.nodes[ref]
	if !ok {
		return wire.Node{}, fmt.Errorf("no node %s", ref.SHA256)
	}
	return n, nil
}

// apply changes the catalogue, and forgets the nodes that are retired.
func (c *catalogue) apply(t interface {
	Helper()
	Fatalf(string, ...any)
}, changes map[string]wire.Entry) Update {
	t.Helper()
	made := make(map[wire.Ref]wire.Node)
	u, err := Apply(c.root, pointers(changes), c.read, func(ref wire.Ref, data []byte) error {
		var back wire.Node
		if err := wire.DecodeStrict(data, &back); err != nil || wire.RefOf(data) != ref {
			return fmt.Errorf("node %s isn't what its reference says: %v", ref.SHA256, err)
		}
		made[ref] = back
		return nil
	})
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	if len(made) != len(u.Nodes) {
		t.Fatalf("%d nodes were written, and the update names %d", len(made), len(u.Nodes))
	}
	for _, n := range u.Nodes {
		if _, ok := made[n.Ref]; !ok {
			t.Fatalf("node %s wasn't written", n.Digits)
		}
		c.nodes[n.Ref] = made[n.Ref]
	}
	for _, ref := range u.Retired {
		if _, ok := c.nodes[ref]; !ok {
			t.Fatalf("%s is retired, and wasn't there", ref.SHA256)
		}
		delete(c.nodes, ref)
	}
	c.root = u.Root
	return u
}

func (c *catalogue) bytes(t *testing.T) string {
	t.Helper()
	data, err := wire.Encode(c.root)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func entryOf(id string, n int) wire.Entry {
	return wire.Entry{Format: "vito", Name: id, Channels: map[string]string{"stable": fmt.Sprintf("1.0.%d", n)}, Versions: wire.Ref{SHA256: hash, Size: int64(n + 1)}}
}

func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("p%d", i)
	}
	return out
}

// The shape depends on the set of ids alone: whatever the order and the batches, the same root comes out, with the same nodes and no others.
func TestCatalogueShape(t *testing.T) {
	for _, n := range []int{1, 2, wire.MaxLeaf, wire.MaxLeaf + 1, 3000, 20000} {
		if testing.Short() && n > 3000 {
			continue
		}
		all := make(map[string]wire.Entry, n)
		for i, id := range ids(n) {
			all[id] = entryOf(id, i)
		}
		whole := newCatalogue()
		whole.apply(t, all)
		if (whole.root.Children != nil) != (n > wire.MaxLeaf) || (whole.root.Packages == nil) != (n > wire.MaxLeaf) {
			t.Errorf("%d packages: the root has %d packages and %d children", n, len(whole.root.Packages), len(whole.root.Children))
		}
		for seed := range uint64(3) {
			random := rand.New(rand.NewPCG(seed, uint64(n)))
			c := newCatalogue()
			order := ids(n)
			random.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
			for len(order) > 0 {
				size := min(len(order), n/6+1+random.IntN(n))
				batch := make(map[string]wire.Entry)
				for _, id := range order[:size] {
					if random.IntN(100) == 0 {
						c.apply(t, map[string]wire.Entry{id: entryOf(id, 999999)})
					}
					batch[id] = all[id]
				}
				c.apply(t, batch)
				order = order[size:]
			}
			if !reflect.DeepEqual(c.root, whole.root) {
				t.Fatalf("%d packages, seed %d: another order gives another root", n, seed)
			}
			if !maps.EqualFunc(c.nodes, whole.nodes, func(a, b wire.Node) bool { return reflect.DeepEqual(a, b) }) {
				t.Fatalf("%d packages, seed %d: another order leaves %d nodes, expected %d", n, seed, len(c.nodes), len(whole.nodes))
			}
		}
	}
}

func TestCatalogue(t *testing.T) {
	for _, n := range []int{0, 1, wire.MaxLeaf, wire.MaxLeaf + 1, 5000} {
		c := newCatalogue()
		all := make(map[string]wire.Entry, n)
		for i, id := range ids(n) {
			all[id] = entryOf(id, i)
		}
		c.apply(t, all)
		c.root.Registry = &wire.Registry{ID: "example"}
		for id, want := range all {
			got, ok, err := Find(c.root, id, c.read)
			if err != nil || !ok || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: %+v, %v, %v", id, got, ok, err)
			}
		}
		for _, id := range []string{"", "none", "p-1", "p05", "P1"} {
			if e, ok, err := Find(c.root, id, c.read); ok || err != nil {
				t.Errorf("%d packages: %q is found: %+v, %v", n, id, e, err)
			}
		}
		seen := 0
		depth := 0
		count, err := Walk(c.root, c.read, func(digits string, ref *wire.Ref, node wire.Node) error {
			seen += len(node.Packages)
			depth = max(depth, len(digits))
			if (ref == nil) != (digits == "") {
				t.Errorf("node %q has the reference %v", digits, ref)
			}
			return nil
		})
		if err != nil || count != n || seen != n {
			t.Errorf("%d packages: walked %d and counted %d, %v", n, seen, count, err)
		}
		if n == 5000 && depth != 1 {
			t.Errorf("%d packages lie %d deep, expected 1", n, depth)
		}
		stop := errors.New("stop")
		if _, err := Walk(c.root, c.read, func(string, *wire.Ref, wire.Node) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the visitor's error became %v", err)
		}
	}
}

// Publishing one package in a large registry makes one leaf and its path.
func TestApplyTouchesOnePath(t *testing.T) {
	c := newCatalogue()
	all := make(map[string]wire.Entry)
	for i, id := range ids(20000) {
		all[id] = entryOf(id, i)
	}
	c.apply(t, all)
	reads := 0
	one := map[string]wire.Entry{"p77": entryOf("p77", 5)}
	u, err := Apply(c.root, pointers(one), func(ref wire.Ref) (wire.Node, error) { reads++; return c.read(ref) }, discard)
	if err != nil || len(u.Nodes) != 2 || len(u.Retired) != 2 || reads != 2 {
		t.Errorf("%d nodes made, %d retired, %d read, %v; expected 2 of each", len(u.Nodes), len(u.Retired), reads, err)
	}
	// The same entry again changes nothing.
	before := c.bytes(t)
	if u := c.apply(t, map[string]wire.Entry{"p77": all["p77"]}); len(u.Nodes) != 0 || len(u.Retired) != 0 || c.bytes(t) != before {
		t.Errorf("the same entry makes %d nodes and retires %d", len(u.Nodes), len(u.Retired))
	}
	if u := c.apply(t, nil); len(u.Nodes) != 0 || c.bytes(t) != before {
		t.Error("no change changes something")
	}
	broken := errors.New("broken")
	fail := func(wire.Ref) (wire.Node, error) { return wire.Node{}, broken }
	if _, err := Apply(c.root, pointers(one), fail, discard); !errors.Is(err, broken) {
		t.Errorf("a broken node gives %v", err)
	}
	if _, err := Apply(c.root, pointers(one), c.read, func(wire.Ref, []byte) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a node that can't be written gives %v", err)
	}
	if _, _, err := Find(c.root, "p77", fail); !errors.Is(err, broken) {
		t.Errorf("a broken node gives %v", err)
	}
	c.root.Registry = &wire.Registry{}
	if _, err := Walk(c.root, fail, func(string, *wire.Ref, wire.Node) error { return nil }); !errors.Is(err, broken) {
		t.Errorf("a broken node gives %v", err)
	}
}

// Applying doesn't change the node that it starts from.
func TestApplyLeavesItsInput(t *testing.T) {
	c := newCatalogue()
	c.apply(t, map[string]wire.Entry{"a": entryOf("a", 1)})
	root, before := c.root, c.bytes(t)
	c.apply(t, map[string]wire.Entry{"a": entryOf("a", 2), "b": entryOf("b", 1)})
	if c.root = root; c.bytes(t) != before {
		t.Error("the old root was changed")
	}
}

func TestWalkRefusesWrongShapes(t *testing.T) {
	facts := &wire.Registry{ID: "example"}
	// grown returns a catalogue of two levels.
	grown := func() *catalogue {
		c := newCatalogue()
		all := make(map[string]wire.Entry)
		for i, id := range ids(2000) {
			all[id] = entryOf(id, i)
		}
		c.apply(t, all)
		c.root.Registry = facts
		return c
	}
	// with replaces the child at a digit.
	with := func(digit string, change func(*wire.Node)) *catalogue {
		c := grown()
		n := c.nodes[c.root.Children[digit]]
		n.Packages = maps.Clone(n.Packages)
		change(&n)
		data, err := wire.Encode(n)
		if err != nil {
			t.Fatal(err)
		}
		ref := wire.RefOf(data)
		c.nodes[ref] = n
		c.root.Children[digit] = ref
		return c
	}
	some := func(packages map[string]wire.Entry) string { return slices.Min(slices.Collect(maps.Keys(packages))) }
	leaf := func(packages map[string]wire.Entry) *catalogue {
		c := newCatalogue()
		c.root = wire.Node{Registry: facts, Packages: packages}
		return c
	}
	many := make(map[string]wire.Entry)
	for i, id := range ids(wire.MaxLeaf + 1) {
		many[id] = entryOf(id, i)
	}
	small := newCatalogue() // split, though all its packages would fit into the root
	{
		c := grown()
		small.root = wire.Node{Registry: facts, Children: map[string]wire.Ref{"0": c.root.Children["0"]}}
		small.nodes = c.nodes
	}
	big := entryOf("x", 1)
	big.Summary = strings.Repeat("x", wire.MaxEntry)
	elsewhere := func() *catalogue {
		c := grown()
		c.root.Children["0"], c.root.Children["1"] = c.root.Children["1"], c.root.Children["0"]
		return c
	}
	renamed := func(digit string) *catalogue {
		c := grown()
		c.root.Children[digit] = c.root.Children["a"]
		delete(c.root.Children, "a")
		return c
	}
	for name, c := range map[string]*catalogue{
		"both kinds":                  func() *catalogue { c := grown(); c.root.Packages = map[string]wire.Entry{}; return c }(),
		"neither kind":                {root: wire.Node{Registry: facts}},
		"no facts in the root":        {root: wire.Node{Packages: map[string]wire.Entry{}}},
		"facts below the root":        with("0", func(n *wire.Node) { n.Registry = facts }),
		"too many packages":           leaf(many),
		"split too early":             small,
		"no children":                 {root: wire.Node{Registry: facts, Children: map[string]wire.Ref{}}},
		"an empty leaf":               with("0", func(n *wire.Node) { clear(n.Packages) }),
		"a node in the wrong place":   elsewhere(),
		"a package in the wrong leaf": with("0", func(n *wire.Node) { n.Packages["p1"] = entryOf("p1", 1); n.Packages["p2"] = entryOf("p2", 1) }),
		"a bad id":                    leaf(map[string]wire.Entry{"../x": entryOf("x", 1)}),
		"an entry too large":          leaf(map[string]wire.Entry{"x": big}),
		"upper-case digit":            renamed("A"),
		"no digit":                    renamed("g"),
		"two digits":                  renamed("a0"),
		"empty digit":                 renamed(""),
		"an unreadable child":         func() *catalogue { c := grown(); c.nodes = nil; return c }(),
		"a split child that is small": with("0", func(n *wire.Node) {
			n.Packages, n.Children = nil, map[string]wire.Ref{"0": grown().root.Children["0"]}
		}),
	} {
		if _, err := Walk(c.root, c.read, func(string, *wire.Ref, wire.Node) error { return nil }); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Walk(grown().root, grown().read, func(string, *wire.Ref, wire.Node) error { return nil }); err != nil {
		t.Errorf("the one that the others were made from: %v", err)
	}
	if id := some(grown().nodes[grown().root.Children["0"]].Packages); wire.HashDigits(id)[0] != '0' {
		t.Errorf("%s lies in leaf 0", id)
	}
}

// A catalogue that leads round in a circle ends.
func TestWalkIsBounded(t *testing.T) {
	ref := wire.Ref{SHA256: hash, Size: 1}
	round := func(wire.Ref) (wire.Node, error) { return wire.Node{Children: map[string]wire.Ref{"0": ref}}, nil }
	root := wire.Node{Registry: &wire.Registry{}, Children: map[string]wire.Ref{"0": ref}}
	if _, err := Walk(root, round, func(string, *wire.Ref, wire.Node) error { return nil }); err == nil {
		t.Error("an endless catalogue is accepted")
	}
	every := func(wire.Ref) (wire.Node, error) {
		n := wire.Node{Children: make(map[string]wire.Ref)}
		for _, d := range hexDigits {
			n.Children[d] = ref
		}
		return n, nil
	}
	root, _ = every(ref)
	if _, ok, err := Find(root, "clock", every); ok || err != nil {
		t.Errorf("found in an endless catalogue: %v, %v", ok, err)
	}
}

func TestPrimary(t *testing.T) {
	for want, versions := range map[string][]string{
		"1.0.0":         {"0.9.0", "1.0.0-rc.1", "1.0.0", "1.1.0-beta.1"},
		"2.0.0":         {"1.0.0", "2.0.0"},
		"1.0.0-rc.2":    {"1.0.0-alpha", "1.0.0-beta", "1.0.0-rc.1", "1.0.0-rc.2", "1.1.0-alpha"},
		"1.0.0-dev.2":   {"1.0.0-dev.1", "1.0.0-dev.2"},
		"1.0.0-alpha.1": {"1.0.0-alpha.1", "1.0.0-dev.2"},
		"":              nil,
	} {
		if got := (published("vito", "", versions...).List).Primary(); got.Version != want {
			t.Errorf("%v is shown by %q, expected %q", versions, got.Version, want)
		}
	}
}

func TestAddLeavesItsInput(t *testing.T) {
	list := published("vito", "", "1.0.0", "1.1.0").List
	a := Add(list, wire.Version{Version: "1.2.0"})
	b := Add(list, wire.Version{Version: "1.3.0"})
	if len(list.Versions) != 2 || a.Versions[2].Version != "1.2.0" || b.Versions[2].Version != "1.3.0" {
		t.Errorf("%v, %v and %v", list, a, b)
	}
}

func TestComplete(t *testing.T) {
	m := wire.Metadata{
		ID: "clock", Format: "vito", Version: "1.0.0",
		Facts: wire.Facts{Name: wire.Text{"de": "Uhr", "en": "Clock"}, Summary: wire.Text{"en": strings.Repeat("long ", 400)}, Categories: []string{"time"},
			Icons: []wire.Image{{File: wire.File{Path: "icon.svg"}}, {File: wire.File{Path: "other.png"}}}},
	}
	list := published("vito", wire.Delisted, "1.0.0", "1.1.0-beta.1").List
	e, data, err := Complete(Describe(m), list)
	if err != nil {
		t.Fatal(err)
	}
	var back wire.VersionList
	if err := wire.DecodeStrict(data, &back); err != nil || !reflect.DeepEqual(back, list) {
		t.Errorf("the list is written as %s, %v", data, err)
	}
	encoded, err := wire.Encode(e)
	if err != nil || len(encoded) > wire.MaxEntry {
		t.Errorf("the entry has %d bytes, %v", len(encoded), err)
	}
	e.Summary = ""
	want := wire.Entry{Format: "vito", Name: "Clock", Icon: "1.0.0/assets/icon.svg", Categories: []string{"time"}, State: wire.Delisted,
		Channels: map[string]string{"stable": "1.0.0", "beta": "1.1.0-beta.1"}, Versions: wire.RefOf(data)}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("got  %+v\nwant %+v", e, want)
	}
}

func release(id, version string) wire.Event {
	return wire.Event{Type: wire.EventRelease, ID: id, Version: version, Channel: wire.ChannelOf(version), SHA256: hash, Size: 7}
}

func TestFold(t *testing.T) {
	keys := func(n int, time int64) wire.Event {
		return wire.Event{Type: wire.EventKeys, Keys: n, SHA256: hash, Time: time}
	}
	delist := func(id string, time int64) wire.Event { return wire.Event{Type: wire.EventDelist, ID: id, Time: time} }
	relist := func(id string, time int64) wire.Event { return wire.Event{Type: wire.EventRelist, ID: id, Time: time} }
	wrongChannel := release("clock", "1.0.0-beta")
	wrongChannel.Channel = "stable"
	for name, c := range map[string]struct {
		events []wire.Event
		bad    int // index of the event that is refused, -1 if none is
	}{
		"none":                       {nil, -1},
		"a life":                     {[]wire.Event{keys(1, 5), release("clock", "1.0.0"), delist("clock", 6), relist("clock", 6), release("clock", "1.1.0"), keys(2, 9)}, -1},
		"two packages":               {[]wire.Event{release("a", "2.0.0"), release("b", "1.0.0"), delist("a", 1), release("b", "1.0.1")}, -1},
		"relisted without a release": {[]wire.Event{release("a", "2.0.0"), delist("a", 1), relist("a", 2), delist("a", 3)}, -1},
		"unknown type":               {[]wire.Event{{Type: "merge", ID: "clock"}, release("clock", "1.0.0")}, -1},
		"same version again":         {[]wire.Event{release("clock", "1.0.0"), release("clock", "1.0.0")}, 1},
		"lower version":              {[]wire.Event{release("clock", "1.0.0"), release("clock", "1.0.0-rc.1")}, 1},
		"release while delisted":     {[]wire.Event{release("clock", "1.0.0"), delist("clock", 1), release("clock", "1.1.0")}, 2},
		"wrong channel":              {[]wire.Event{wrongChannel}, 0},
		"delist of nothing":          {[]wire.Event{delist("clock", 1)}, 0},
		"delist twice":               {[]wire.Event{release("clock", "1.0.0"), delist("clock", 1), delist("clock", 1)}, 2},
		"relist of nothing":          {[]wire.Event{relist("clock", 1)}, 0},
		"relist of what is listed":   {[]wire.Event{release("clock", "1.0.0"), relist("clock", 1)}, 1},
		"relist twice":               {[]wire.Event{release("clock", "1.0.0"), delist("clock", 1), relist("clock", 1), relist("clock", 1)}, 3},
		"keys that skip one":         {[]wire.Event{keys(1, 1), keys(3, 1)}, 1},
		"keys again":                 {[]wire.Event{keys(1, 1), keys(1, 1)}, 1},
		"keys from 2":                {[]wire.Event{keys(2, 1)}, 0},
		"time runs backwards":        {[]wire.Event{keys(1, 5), release("clock", "1.0.0"), delist("clock", 4)}, 2},
		"time before 1970":           {[]wire.Event{keys(1, -1)}, 0},
	} {
		s := NewState()
		bad := -1
		for i, e := range c.events {
			if err := s.Fold(e); err != nil {
				if bad = i; !strings.Contains(err.Error(), fmt.Sprintf("log entry %d", i)) {
					t.Errorf("%s: the error doesn't name its entry: %v", name, err)
				}
				break
			}
		}
		if bad != c.bad {
			t.Errorf("%s: event %d is refused, expected %d", name, bad, c.bad)
		}
	}

	s := NewState()
	for _, e := range []wire.Event{keys(1, 5), release("clock", "1.0.0"), release("clock", "1.1.0-beta.1"), delist("clock", 8)} {
		if err := s.Fold(e); err != nil {
			t.Fatal(err)
		}
	}
	ref := wire.Ref{SHA256: hash, Size: 7}
	want := &wire.VersionList{ID: "clock", State: wire.Delisted, Versions: []wire.Version{
		{Version: "1.0.0", Channel: "stable", Metadata: ref, Log: 1}, {Version: "1.1.0-beta.1", Channel: "beta", Metadata: ref, Log: 2},
	}}
	if !reflect.DeepEqual(s.Packages["clock"], want) || s.Trust != 1 || s.Last != 8 || len(s.Packages) != 1 {
		t.Errorf("got %+v (%+v), expected %+v", s, s.Packages["clock"], want)
	}
}

// What Decide says can always be folded: the log that a publisher writes is one that a reader accepts.
func TestDecideAndFoldAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state, pub := NewState(), Published{}
		for range rapid.IntRange(1, 30).Draw(t, "commits") {
			var c *Candidate
			if rapid.IntRange(0, 3).Draw(t, "there") > 0 {
				v := rapid.SampledFrom([]string{"1.0.0-alpha", "1.0.0-beta.2", "1.0.0", "1.0.1", "1.1.0-rc.1", "1.1.0", "2.0.0"}).Draw(t, "version")
				c = &Candidate{Format: "vito", Version: v, Source: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "source") + v}
			}
			d := Decide(pub, c)
			var events []wire.Event
			if d.Relist {
				pub.List.State = ""
				events = append(events, wire.Event{Type: wire.EventRelist, ID: "clock", Time: 1})
			}
			if d.Release {
				pub.Format = c.Format
				pub.List = Add(pub.List, wire.Version{Version: c.Version, Channel: wire.ChannelOf(c.Version), Source: c.Source})
				events = append(events, release("clock", c.Version))
			}
			if d.Delist {
				pub.List.State = wire.Delisted
				events = append(events, wire.Event{Type: wire.EventDelist, ID: "clock", Time: 1})
			}
			if d.Failure != nil && len(events) > 0 || d.Relist && d.Delist {
				t.Fatalf("contradictory: %+v", d)
			}
			for _, e := range events {
				if err := e.Check(); err != nil {
					t.Fatal(err)
				}
				if err := state.Fold(e); err != nil {
					t.Fatal(err)
				}
			}
			if list := state.Packages["clock"]; list != nil && (list.State != pub.List.State || len(list.Versions) != len(pub.List.Versions)) {
				t.Fatalf("the fold has %+v, and the publisher %+v", list, pub.List)
			}
			// Deciding again about the same commit gives nothing to do.
			if again := Decide(pub, c); again.Release || again.Relist || again.Delist {
				t.Fatalf("a second look decides %+v", again)
			}
		}
	})
}

// pointers makes changes of entries.
func pointers(entries map[string]wire.Entry) map[string]*wire.Entry {
	changes := make(map[string]*wire.Entry, len(entries))
	for id, e := range entries {
		changes[id] = &e
	}
	return changes
}

func discard(wire.Ref, []byte) error { return nil }
