package history_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

var ctx = context.Background()

// start is when the first head of a registry is issued, and lifetime how long each is good.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

const lifetime = 30 * 24 * time.Hour

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// registry publishes logs with whatever entries it is told to, as an operator could, or a thief of the key.
type registry struct {
	files   map[string][]byte
	root    *sign.Signer // of the trust documents
	release *sign.Signer // of the heads
	doc     wire.Trust
	entries [][]byte
	serial  int64
	issued  time.Time
}

// newRegistry returns a registry whose log has as many entries as said.
func newRegistry(n int) *registry {
	r := &registry{files: make(map[string][]byte), root: must(sign.Generate()), release: must(sign.Generate()), issued: start}
	r.introduce(wire.Trust{
		Registry: "reg", Version: 1, Root: wire.RootKeys{Threshold: 1, Keys: []string{r.root.Public().String()}}, Release: []string{r.release.Public().String()},
	})
	r.append(n)
	r.publish()
	return r
}

func (r *registry) pin() trust.Pin { return trust.KeyPin(r.root.Public()) }

// introduce publishes a version of the trust document.
func (r *registry) introduce(t wire.Trust) {
	r.doc = t
	data := must(wire.Encode(t))
	r.files[wire.KeysPath(t.Version)] = data
	r.files[wire.KeysSignaturePath(t.Version, sign.KeyID(r.root.Public()))] = r.root.Sign([][]byte{data}, wire.KeysComment(t.Registry, t.Version, wire.RefOf(data)))
}

// append adds sound entries to the log.
func (r *registry) append(n int) {
	for range n {
		r.entries = append(r.entries, entry(len(r.entries), "a"))
	}
}

// entry returns a release.
func entry(i int, id string) []byte {
	return must(wire.Encode(wire.Event{
		Type: wire.EventRelease, ID: id, Version: fmt.Sprintf("1.0.%d", i), Channel: wire.Stable, SHA256: wire.Sum(fmt.Appendf(nil, "%d", i)), Size: 1,
	}))
}

// publish writes the log whole, and a head with the next serial.
func (r *registry) publish() {
	epoch := r.doc.InEpoch()
	log := must(tlog.Open(epoch, 0, "", nil))
	for _, e := range r.entries {
		must(log.Append(e))
	}
	for _, f := range must(log.Files()) {
		r.files[f.Path] = f.Data
	}
	r.serial++
	r.issued = r.issued.Add(time.Minute)
	r.sign(wire.Statement{
		Registry: "reg", Serial: r.serial, Issued: r.issued.Unix(), Expires: r.issued.Add(lifetime).Unix(), Root: wire.RefOf([]byte("{}")),
		Epoch: epoch, LogSize: int64(len(r.entries)), LogRoot: must(log.Root()), Keys: r.doc.Version,
	})
}

func (r *registry) sign(s wire.Statement) {
	r.files[wire.HeadPath] = r.release.Sign([][]byte{[]byte("{}")}, s.String())
}

// statement returns what the head says.
func (r *registry) statement() wire.Statement {
	return must(wire.ParseStatement(must(sign.StoredComment(r.files[wire.HeadPath]))))
}

// clone returns a registry with the same keys and the same past, which goes its own way.
func (r *registry) clone() *registry {
	c := *r
	c.files = maps.Clone(r.files)
	c.entries = slices.Clone(r.entries)
	return &c
}

// revoke begins an epoch at a floor of so many entries, with a new release key, and publishes what is left and some more.
func (r *registry) revoke(floor int64, serial int64, more int) {
	log := must(tlog.Open(1, 0, "", nil))
	for _, e := range r.entries[:floor] {
		must(log.Append(e))
	}
	t := r.doc
	t.Version++
	t.Epoch = t.InEpoch() + 1
	t.Revoked = append(slices.Clone(t.Revoked), r.release.Public().String())
	t.Floor = &wire.Floor{Serial: serial, Size: floor, Root: must(log.Root())}
	r.release = must(sign.Generate())
	t.Release = []string{r.release.Public().String()}
	r.introduce(t)
	r.entries = r.entries[:floor:floor]
	for range more {
		r.entries = append(r.entries, entry(len(r.entries), fmt.Sprintf("e%d", t.Epoch)))
	}
	r.serial = serial
	r.publish()
}

func (r *registry) read(path string, limit int64) ([]byte, error) {
	data, ok := r.files[path]
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: %w", path, store.ErrNotExist)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%s: %w", path, store.ErrTooLarge)
	}
	return slices.Clone(data), nil
}

// run is one run of a monitor.
type run struct {
	state    history.State
	lines    []history.Line
	epochs   []history.Epoch
	problems []error
	err      error
}

// follow runs a monitor over a registry, from the state of an earlier run. The state goes through its file in between.
func (r *registry) follow(t testing.TB, from history.State, change ...func(*history.Options)) run {
	t.Helper()
	if from.Head != "" {
		from = must(history.ParseState(must(from.Encode())))
	}
	var got run
	o := history.Options{Pin: r.pin(), Now: r.issued, Read: r.read, Tell: func(line []byte) error {
		if strings.ContainsAny(string(line), "\n\r") {
			t.Errorf("more than one line: %q", line)
		}
		var l history.Line
		var e history.Epoch
		if err := errors.Join(json.Unmarshal(line, &l), json.Unmarshal(line, &e)); err != nil {
			t.Errorf("%q isn't JSON: %v", line, err)
		}
		if l.Type == history.EventEpoch && !l.Unknown {
			got.epochs = append(got.epochs, e)
		} else {
			got.lines = append(got.lines, l)
		}
		return nil
	}}
	for _, f := range change {
		f(&o)
	}
	got.state, got.problems, got.err = history.Follow(o, from)
	return got
}

// wantNew fails the test unless a run succeeded and told of just the entries from one index to another.
func (r *registry) wantNew(t testing.TB, got run, from, to int64) {
	t.Helper()
	if got.err != nil || len(got.problems) > 0 {
		t.Fatalf("not followed: %v, %v", got.err, got.problems)
	}
	r.wantLines(t, got.lines, from, to)
	if s := r.statement(); got.state.Log.Size != s.LogSize || must(got.state.Log.Root()) != s.LogRoot || got.state.Head != string(r.files[wire.HeadPath]) {
		t.Errorf("the new state has %d entries and the head %q", got.state.Log.Size, got.state.Head)
	}
}

// wantLines fails the test unless lines are just the entries from one index to another of the registry's log.
func (r *registry) wantLines(t testing.TB, lines []history.Line, from, to int64) {
	t.Helper()
	if int64(len(lines)) != to-from {
		t.Fatalf("told of %d entries, expected those from %d to %d", len(lines), from, to)
	}
	for i, l := range lines {
		index := from + int64(i)
		want := history.Line{Index: index, Epoch: r.doc.InEpoch(), Event: must(wire.DecodeEvent(r.entries[index]))}
		if !reflect.DeepEqual(l, want) {
			t.Errorf("told %+v, expected %+v", l, want)
		}
	}
}

// wantRefused fails the test unless a run failed for a reason, told nothing, and left the state alone. It is a contradiction where the two heads are the evidence.
func (r *registry) wantRefused(t testing.TB, before history.State, got run, reason error, evidence bool) {
	t.Helper()
	if !errors.Is(got.err, reason) || len(got.lines)+len(got.epochs) > 0 {
		t.Fatalf("got %v and %d lines, expected %v and none", got.err, len(got.lines), reason)
	}
	if !bytes.Equal(must(got.state.Encode()), must(before.Encode())) {
		t.Errorf("the state changed")
	}
	var c *history.Contradiction
	if errors.As(got.err, &c) != evidence {
		t.Fatalf("a contradiction: %v, expected %v: %v", !evidence, evidence, got.err)
	}
	if evidence && (string(c.Seen) != before.Head || !bytes.Equal(c.Shown, r.files[wire.HeadPath])) {
		t.Errorf("the evidence is %q and %q", c.Seen, c.Shown)
	}
}
