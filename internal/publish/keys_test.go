package publish_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
	"github.com/regen-registry/regen/internal/wire"
)

// office is a registry with an offline root key and a release key.
type office struct {
	repo    *gittest.Repo
	store   *store.Mem
	pin     trust.Pin
	root    *sign.Signer
	release *sign.Signer
	doc     wire.Trust // newest version in the repo
}

// newOffice makes a registry whose first commit has version 1 of the trust document and a plugin, and publishes it.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{repo: gittest.New(t), store: store.NewMem(), root: newKey(t), release: newKey(t)}
	o.pin = trust.KeyPin(o.root.Public())
	o.doc = wire.Trust{Registry: "registry", Version: 1, Root: wire.RootKeys{Threshold: 1, Keys: texts(o.root)}, Release: texts(o.release)}
	o.repo.Commit(t, gittest.Join(signed(t, o.doc, o.root), gittest.Plugin("plugins/a", "1.0.0", "x")))
	o.publish(t)
	return o
}

func newKey(t *testing.T) *sign.Signer {
	t.Helper()
	s, err := sign.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func texts(signers ...*sign.Signer) []string {
	var list []string
	for _, s := range signers {
		list = append(list, s.Public().String())
	}
	return list
}

// signed returns the files of a trust document.
func signed(t *testing.T, doc wire.Trust, signers ...*sign.Signer) gittest.Files {
	t.Helper()
	data, err := wire.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	files := gittest.Files{wire.KeysPath(doc.Version): gittest.Text(string(data))}
	for _, s := range signers {
		sig := s.Sign([][]byte{data}, wire.KeysComment(doc.Registry, doc.Version, wire.RefOf(data)))
		files[wire.KeysSignaturePath(doc.Version, sign.KeyID(s.Public()))] = gittest.Text(string(sig))
	}
	return files
}

// options returns what a run into the office's store needs.
func (o *office) options(t fataler, rev string) publish.Options {
	t.Helper()
	opts := options(t, o.repo, rev, o.store)
	opts.Pin, opts.Signer = o.pin, o.release
	return opts
}

// publish publishes main, and fails the test if the run as a whole fails. A release set of the same state gives the same tree.
func (o *office) publish(t fataler) *publish.Report {
	t.Helper()
	sets := o.options(t, "main")
	sets.Store = clone(t, o.store)
	report, err := publish.Run(context.Background(), o.options(t, "main"))
	if err != nil {
		t.Fatalf("publish: %v", err)
	}
	dir, err := os.MkdirTemp("", "set-")
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer os.RemoveAll(dir)
	if _, err := publishSet(t, sets, dir, build(t, sets, dir)); err != nil {
		t.Fatalf("publish a set: %v", err)
	}
	same(t, every(t, sets.Store), every(t, o.store))
	return report
}

// rotated returns the version after the newest one.
func (o *office) rotated(t *testing.T, c trust.Changes) wire.Trust {
	t.Helper()
	next, err := trust.Rotate(o.doc, c)
	if err != nil {
		t.Fatal(err)
	}
	o.doc = next
	return next
}

// revoked returns the version after the newest one, which revokes keys.
func (o *office) revoked(t *testing.T, keys []string, floor wire.Floor, c trust.Changes) wire.Trust {
	t.Helper()
	next, err := trust.Revoke(o.doc, keys, floor, c)
	if err != nil {
		t.Fatal(err)
	}
	o.doc = next
	return next
}

// state reads what is published.
func (o *office) state(t fataler) *tree.State {
	t.Helper()
	st, err := tree.Load(context.Background(), o.store, o.pin)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return st
}

// now returns the published state as a floor.
func (o *office) floor(t fataler) wire.Floor {
	t.Helper()
	s := o.state(t).Statement
	return wire.Floor{Serial: s.Serial, Size: s.LogSize, Root: s.LogRoot}
}

// verify fails the test unless the tree is sound, shows what it holds, and is what the commits give.
func (o *office) verify(t fataler) *verify.Report {
	t.Helper()
	report, err := verify.Run(context.Background(), verify.Options{Reader: o.store, Lister: o.store, Pin: o.pin, Now: now})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !report.OK() || len(report.Stale) > 0 {
		t.Fatalf("verify: %+v, stale %v", report.Problems, report.Stale)
	}
	if diffs := o.rebuild(t); len(diffs) > 0 {
		t.Fatalf("rebuilt from the commits: %+v", diffs)
	}
	return report
}

func (o *office) rebuild(t fataler) []publish.Difference {
	t.Helper()
	rebuilt, err := publish.Rebuild(context.Background(), o.store, store.NewMem(), o.options(t, "main").History, o.options(t, "main").History, o.pin, func(string, int, int) {})
	if err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	return rebuilt.Differences
}

// log returns the events of the published log, a line each.
func (o *office) log(t fataler) []string {
	t.Helper()
	st := o.state(t)
	var lines []string
	err := st.Log.Entries(0, st.Statement.LogSize, func(_ int64, data []byte) error {
		e, err := wire.DecodeEvent(data)
		line := e.Type
		if e.ID != "" {
			line += " " + e.ID
		}
		if e.Version != "" {
			line += " " + e.Version
		}
		if e.Keys != 0 {
			line += fmt.Sprint(" ", e.Keys)
		}
		lines = append(lines, line)
		return err
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return lines
}

func (o *office) wantLog(t fataler, want ...string) {
	t.Helper()
	if got := o.log(t); !slices.Equal(got, want) {
		t.Fatalf("the log has %q, expected %q", got, want)
	}
}

// A rotation publishes under the new key, and makes the signatures for people anew.
func TestRotation(t *testing.T) {
	o := newOffice(t)
	o.verify(t)
	old := o.release
	o.release = newKey(t)
	o.repo.Commit(t, gittest.Join(signed(t, o.rotated(t, trust.Changes{Release: texts(o.release)}), o.root), gittest.Plugin("plugins/b", "1.0.0", "x")))
	report := o.publish(t)
	if len(report.Released) != 1 || len(report.Notes) != 0 {
		t.Errorf("%+v", report)
	}
	o.wantLog(t, "keys 1", "release a 1.0.0", "keys 2", "release b 1.0.0")
	o.verify(t)
	st := o.state(t)
	if st.Statement.Keys != 2 || !st.Key.Equal(o.release.Public()) || st.Trust.Version != 2 {
		t.Errorf("the head is signed by %s and names version %d", sign.KeyID(st.Key), st.Statement.Keys)
	}
	for path := range o.store.List("packages") {
		if !strings.HasSuffix(path, wire.SignatureSuffix) {
			continue
		}
		data, _ := o.store.Read(context.Background(), path, 1<<20)
		if id, err := sign.SignedBy(data); err != nil || id != sign.KeyID(o.release.Public()) {
			t.Errorf("%s is signed by %s: %v", path, id, err)
		}
	}
	if data, _ := o.store.Read(context.Background(), wire.ReleaseKeyPath, 1<<10); string(data) != string(sign.PublicText(o.release.Public())) {
		t.Errorf("%s holds %s", wire.ReleaseKeyPath, data)
	}
	// A later run has nothing to do. The old key publishes no more.
	before := clone(t, o.store)
	if report := o.publish(t); report.Wrote || report.Views > 0 {
		t.Errorf("a later run wrote: %+v", report)
	}
	equalStores(t, o.store, before)
	o.release = old
	o.repo.Commit(t, gittest.Plugin("plugins/c", "1.0.0", "x"))
	if _, err := publish.Run(context.Background(), o.options(t, "main")); !errors.Is(err, publish.ErrPair) {
		t.Errorf("the old key: %v", err)
	}
	equalStores(t, o.store, before)
}

// A tree whose views nobody knows, as after a run that was killed before it wrote them, gets all its signatures anew when the key changes, if need be by the run after.
func TestRotationKilledBeforeViews(t *testing.T) {
	o := newOffice(t)
	if err := o.store.Remove(wire.ViewsPath); err != nil {
		t.Fatal(err)
	}
	o.release = newKey(t)
	o.repo.Commit(t, signed(t, o.rotated(t, trust.Changes{Release: texts(o.release)}), o.root))
	opts := o.options(t, "main")
	opts.Store = &headOnly{Store: o.store}
	if _, err := publish.Run(context.Background(), opts); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if st := o.state(t); st.Statement.Keys != 2 {
		t.Fatalf("the head is under version %d", st.Statement.Keys)
	}
	o.publish(t)
	o.verify(t)
}

// headOnly is killed right after the head.
type headOnly struct {
	store.Store
	swapped bool
}

func (h *headOnly) Swap(path string, old, new []byte) error {
	h.swapped = true
	return h.Store.Swap(path, old, new)
}

func (h *headOnly) Put(path string, data []byte) error {
	if h.swapped {
		return errKilled
	}
	return h.Store.Put(path, data)
}

// Two release keys may take turns.
func TestTwoReleaseKeys(t *testing.T) {
	o := newOffice(t)
	first, second := o.release, newKey(t)
	o.repo.Commit(t, signed(t, o.rotated(t, trust.Changes{Release: texts(first, second)}), o.root))
	o.publish(t)
	for i, key := range []*sign.Signer{second, first, second} {
		o.release = key
		o.repo.Commit(t, gittest.Plugin("plugins/b", fmt.Sprintf("1.%d.0", i), "x"))
		o.publish(t)
		o.verify(t)
	}
}

// A version below its threshold is a note and changes nothing; the commit that brings the last signature publishes it.
func TestNotYet(t *testing.T) {
	o := newOffice(t)
	second, third := newKey(t), newKey(t)
	o.repo.Commit(t, signed(t, o.rotated(t, trust.Changes{Root: texts(o.root, second, third), Threshold: ptr(2)}), o.root, second))
	o.publish(t)
	o.wantLog(t, "keys 1", "release a 1.0.0", "keys 2")

	newest := newKey(t)
	next := o.rotated(t, trust.Changes{Release: texts(newest)})
	o.repo.Commit(t, signed(t, next, o.root))
	o.repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	report := o.publish(t)
	if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "keys/3.json is signed by 1 of the root keys of version 2, expected 2") {
		t.Errorf("the notes: %q", report.Notes)
	}
	o.wantLog(t, "keys 1", "release a 1.0.0", "keys 2", "release b 1.0.0")
	if _, err := o.store.Read(context.Background(), wire.KeysPath(3), 1<<20); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("a version that isn't there yet is published: %v", err)
	}
	o.verify(t)
	before := clone(t, o.store)
	o.publish(t)
	equalStores(t, o.store, before)

	// Whoever holds the new key only is told what it waits for.
	o.repo.Commit(t, gittest.Plugin("plugins/b", "1.1.0", "x"))
	eager := o.options(t, "main")
	eager.Signer = newKey(t)
	_, err := publish.Run(context.Background(), eager)
	if !errors.Is(err, publish.ErrPair) || !strings.Contains(err.Error(), "keys/3.json is signed by 1 of the root keys") {
		t.Errorf("a key of a version that isn't there yet: %v", err)
	}

	o.repo.Commit(t, signed(t, next, third))
	if _, err := publish.Run(context.Background(), o.options(t, "main")); !errors.Is(err, publish.ErrPair) {
		t.Errorf("the old key: %v", err)
	}
	o.release = newest
	report = o.publish(t)
	if len(report.Notes) != 0 {
		t.Errorf("the notes: %q", report.Notes)
	}
	o.wantLog(t, "keys 1", "release a 1.0.0", "keys 2", "release b 1.0.0", "release b 1.1.0", "keys 3")
	o.verify(t)
}

func ptr[T any](v T) *T { return &v }

// A document that can't follow is an error of its commit, whatever else the commit has, and changes nothing; the next good commit mends it.
func TestBrokenDocument(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken func(t *testing.T, o *office, good gittest.Files) gittest.Files
		want   string
	}{
		{"no JSON", func(_ *testing.T, _ *office, good gittest.Files) gittest.Files { return change(good, 2, "{") }, "not a trust document"},
		{"a line end behind it", func(_ *testing.T, _ *office, good gittest.Files) gittest.Files {
			return change(good, 2, good[wire.KeysPath(2)].Data+"\n")
		}, "not canonical"},
		{"a member that there isn't", func(_ *testing.T, _ *office, good gittest.Files) gittest.Files {
			return change(good, 2, strings.Replace(good[wire.KeysPath(2)].Data, "{", `{"a":1,`, 1))
		}, "not canonical"},
		{"over the cap", func(_ *testing.T, _ *office, good gittest.Files) gittest.Files {
			return change(good, 2, strings.Repeat("x", trust.MaxDocument+1))
		}, "has 65537 bytes, expected at most 65536"},
		{"a symlink", func(_ *testing.T, _ *office, good gittest.Files) gittest.Files {
			good[wire.KeysPath(2)] = gittest.File{Mode: "120000", Data: "1.json"}
			return good
		}, "keys/2.json is no regular file"},
		{"a directory", func(_ *testing.T, _ *office, good gittest.Files) gittest.Files {
			delete(good, wire.KeysPath(2))
			good[wire.KeysPath(2)+"/x"] = gittest.Text("x")
			return good
		}, "keys/2.json is no regular file"},
		{"a signature over the cap", func(_ *testing.T, o *office, good gittest.Files) gittest.Files {
			good[wire.KeysSignaturePath(2, sign.KeyID(o.root.Public()))] = gittest.Text(strings.Repeat("x", sign.MaxSignature+1))
			return good
		}, "has 16385 bytes, expected at most 16384"},
		{"of another registry", func(t *testing.T, o *office, _ gittest.Files) gittest.Files {
			doc := o.doc
			doc.Registry = "other"
			return signed(t, doc, o.root)
		}, `version 2 of "other", expected version 2 of "registry"`},
		{"version 3 in its place", func(t *testing.T, o *office, good gittest.Files) gittest.Files {
			doc := o.doc
			doc.Version = 3
			return change(good, 2, signed(t, doc)[wire.KeysPath(3)].Data)
		}, "keys/2.json is version 3"},
		{"a floor that the log never had", func(t *testing.T, o *office, _ gittest.Files) gittest.Files {
			doc := o.doc
			f := o.floor(t)
			f.Root = wire.Sum(nil)
			doc.Revoked, doc.Epoch, doc.Floor = texts(newKey(t)), 2, &f
			return signed(t, doc, o.root)
		}, "the floor isn't a state of this registry: the log's root at 2 entries"},
		{"a floor above what is published", func(t *testing.T, o *office, _ gittest.Files) gittest.Files {
			doc := o.doc
			f := o.floor(t)
			f.Size = 99
			doc.Revoked, doc.Epoch, doc.Floor = texts(newKey(t)), 2, &f
			return signed(t, doc, o.root)
		}, "the log has 2 entries before version 2 of the trust document, and the floor 99"},
		{"a sound version, and one that can't follow it", func(t *testing.T, o *office, good gittest.Files) gittest.Files {
			doc := o.doc
			doc.Version, doc.Epoch = 3, 2
			return gittest.Join(good, change(nil, 3, `{"registry":"registry"}`))
		}, "keys/3.json"},
		{"two epochs at once", func(t *testing.T, o *office, _ gittest.Files) gittest.Files {
			first, second := o.floor(t), o.floor(t)
			second.Serial, second.Size = second.Serial+1, second.Size+1
			doc := o.doc
			doc.Revoked, doc.Epoch, doc.Floor = texts(newKey(t)), 2, &first
			next := doc
			next.Version, next.Revoked, next.Epoch, next.Floor = 3, append(doc.Revoked, texts(newKey(t))...), 3, &second
			return gittest.Join(signed(t, doc, o.root), signed(t, next, o.root))
		}, "the floor isn't a state of this registry"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			old := o.release
			o.release = newKey(t)
			good := signed(t, o.rotated(t, trust.Changes{Release: texts(old, o.release)}), o.root)
			o.release = old
			o.repo.Commit(t, gittest.Join(c.broken(t, o, gittest.Join(good)), gittest.Plugin("plugins/b", "1.0.0", "x")))
			report, err := publish.Run(context.Background(), o.options(t, "main"))
			broken := (*publish.CommitError)(nil)
			if !errors.As(err, &broken) || broken.Findings[0].Code != "keys/document" || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, expected keys/document with %q", err, c.want)
			}
			if f := broken.Findings[0]; f.Hint == "" || !strings.HasPrefix(f.Path, "keys/") {
				t.Errorf("no hint, or no path: %+v", f)
			}
			if report.Wrote {
				t.Error("something was published")
			}
			o.wantLog(t, "keys 1", "release a 1.0.0")

			// More commits that don't mend it are held up, and the good one brings all of it.
			o.repo.Commit(t, gittest.Plugin("plugins/c", "1.0.0", "x"))
			if _, err := publish.Run(context.Background(), o.options(t, "main")); !errors.As(err, &broken) {
				t.Fatalf("a later commit with the same document: %v", err)
			}
			o.repo.Commit(t, gittest.Join(gittest.Remove("keys"), signed(t, document(o), o.root), good))
			o.publish(t)
			o.wantLog(t, "keys 1", "release a 1.0.0", "keys 2", "release b 1.0.0", "release c 1.0.0")
			o.verify(t)
		})
	}
}

// document returns version 1 as the first commit of an office has it.
func document(o *office) wire.Trust {
	return wire.Trust{Registry: "registry", Version: 1, Root: wire.RootKeys{Threshold: 1, Keys: texts(o.root)}, Release: texts(o.release)}
}

// change returns files with other text in one version of the trust document.
func change(files gittest.Files, n int, text string) gittest.Files {
	return gittest.Join(files, gittest.Files{wire.KeysPath(n): gittest.Text(text)})
}

// A first publish whose commit can't be published at all writes nothing, and says why; a later commit begins the registry.
func TestBrokenFirst(t *testing.T) {
	root, other := newKey(t), newKey(t)
	doc := wire.Trust{Registry: "registry", Version: 1, Root: wire.RootKeys{Threshold: 1, Keys: texts(root)}, Release: texts(root)}
	strange := doc
	strange.Registry = "other"
	for _, c := range []struct {
		name  string
		files gittest.Files
		want  string
	}{
		{"by another key than the pinned one", signed(t, wire.SingleKey("registry", other.Public().String()), other), "doesn't have the pinned key"},
		{"without its signature", signed(t, doc), "isn't signed by the pinned key"},
		{"of another registry", signed(t, strange, root), `it is of registry "other", and registry.yaml says "registry"`},
		{"no JSON", gittest.Files{wire.KeysPath(1): gittest.Text("x")}, "not a trust document"},
		{"an epoch that nothing came before", gittest.Files{wire.KeysPath(1): gittest.Text(`{"epoch":2}`)}, "not a trust document"},
		{"broken advisories", gittest.Files{"advisories.yaml": gittest.Text("x: [")}, "advisories.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &office{repo: gittest.New(t), store: store.NewMem(), pin: trust.KeyPin(root.Public()), root: root, release: root, doc: doc}
			o.repo.Commit(t, gittest.Join(c.files, gittest.Plugin("plugins/a", "1.0.0", "x")))
			report, err := publish.Run(context.Background(), o.options(t, "main"))
			broken := (*publish.CommitError)(nil)
			if !errors.As(err, &broken) || !strings.Contains(err.Error(), c.want) || len(report.Broken) == 0 {
				t.Fatalf("got %v, expected %q", err, c.want)
			}
			for path := range o.store.List("") {
				t.Errorf("%s was written", path)
			}
			o.repo.Commit(t, gittest.Join(gittest.Remove("keys", "advisories.yaml"), signed(t, doc, root)))
			o.publish(t)
			o.wantLog(t, "keys 1", "release a 1.0.0")
			o.verify(t)
		})
	}
}

// A registry with one key has no document in its repo at first. Its first rotation brings version 1 as it is published, and version 2.
func TestFirstRotation(t *testing.T) {
	root := newKey(t)
	o := &office{repo: gittest.New(t), store: store.NewMem(), pin: trust.KeyPin(root.Public()), root: root, release: root}
	o.doc = wire.SingleKey("registry", root.Public().String())
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	o.publish(t)
	first := signed(t, o.doc, root)
	for path, file := range first {
		if data, err := o.store.Read(context.Background(), path, 1<<20); err != nil || string(data) != file.Data {
			t.Errorf("%s isn't what is published: %v", path, err)
		}
	}
	o.release = newKey(t)
	o.repo.Commit(t, gittest.Join(first, signed(t, o.rotated(t, trust.Changes{Release: texts(o.release)}), root)))
	o.publish(t)
	o.wantLog(t, "keys 1", "release a 1.0.0", "keys 2")
	o.verify(t)

	// The pin may be the hash of any version: for the published tree, for its rebuilding, and for a tree that is begun anew.
	for n := 1; n <= 2; n++ {
		data, err := o.store.Read(context.Background(), wire.KeysPath(n), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		pin, err := trust.ParsePin([]byte("sha256:" + wire.Sum(data)))
		if err != nil {
			t.Fatal(err)
		}
		here := &office{repo: o.repo, store: o.store, pin: pin, release: o.release}
		if report := here.verify(t); len(report.Leftovers) > 0 {
			t.Errorf("with version %d for the pin, these are left over: %v", n, report.Leftovers)
		}
		anew := &office{repo: o.repo, store: store.NewMem(), pin: pin, release: o.release}
		anew.publish(t)
		anew.wantLog(t, "keys 1", "keys 2", "release a 1.0.0")
		anew.verify(t)
	}
	pin, _ := trust.ParsePin([]byte("sha256:" + wire.Sum([]byte("x"))))
	lost := &office{repo: o.repo, store: store.NewMem(), pin: pin, release: o.release}
	broken := (*publish.CommitError)(nil)
	if _, err := publish.Run(context.Background(), lost.options(t, "main")); !errors.As(err, &broken) || !strings.Contains(err.Error(), "no version has the pinned hash") {
		t.Errorf("a pin that leads nowhere: %v", err)
	}
}
