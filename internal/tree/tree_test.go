package tree_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func TestLoad(t *testing.T) {
	s := newSmall(t)
	st, err := tree.Load(ctx, s.store(t), s.pin())
	must(t, err)
	if st.Statement != s.statement || !reflect.DeepEqual(st.Root, s.root) || !bytes.Equal(st.Head, s.files[wire.HeadPath]) {
		t.Errorf("loaded %+v", st.Statement)
	}
	p, err := st.Package(ctx, "clock")
	must(t, err)
	if !reflect.DeepEqual(p.List, s.list) || p.Format != "vito" || p.Entry.Name != "Clock" || p.Was != p.Entry.Versions {
		t.Errorf("the package is %+v", p)
	}
	p, err = st.Package(ctx, "none")
	must(t, err)
	if !reflect.DeepEqual(p, &tree.Package{}) {
		t.Errorf("a package that isn't there is %+v", p)
	}
	var ids []string
	must(t, st.All(ctx, func(id string) { ids = append(ids, id) }))
	if !slices.Equal(ids, []string{"clock"}) {
		t.Errorf("all ids are %v", ids)
	}
	must(t, install(s.store(t), s.key.Public(), registryID, "clock", "1.1.0-rc.1", now))
}

func TestLoadEmpty(t *testing.T) {
	st, err := tree.Load(ctx, store.NewMem(), trust.KeyPin(signer(t, "release key").Public()))
	must(t, err)
	if st.Head != nil || st.Statement != (wire.Statement{}) || st.Log.Size() != 0 || st.Root.Registry != nil {
		t.Errorf("an empty tree is %+v", st)
	}
	p, err := st.Package(ctx, "clock")
	if err != nil || !reflect.DeepEqual(p, &tree.Package{}) {
		t.Errorf("a package in an empty tree is %+v, %v", p, err)
	}
	must(t, st.All(ctx, func(id string) { t.Errorf("an empty tree has %s", id) }))
}

// Whatever is wrong with what a head names, it is an error, and what is missing or altered is damage.
func TestLoadRefuses(t *testing.T) {
	other := signer(t, "another key")
	for name, c := range map[string]struct {
		change  func(s *small)
		damaged bool
	}{
		"wrong key":      {func(s *small) { s.key = other; s.sign(t); s.key = signer(t, "release key") }, false},
		"empty head":     {func(s *small) { s.files[wire.HeadPath] = []byte{} }, false},
		"head cut off":   {func(s *small) { s.files[wire.HeadPath] = s.files[wire.HeadPath][:100] }, false},
		"head too large": {func(s *small) { s.files[wire.HeadPath] = make([]byte, sign.MaxSignature+1) }, false},
		"signature of another purpose": {func(s *small) {
			s.files[wire.HeadPath] = s.files[wire.MetadataPath("clock", "1.0.0")+wire.SignatureSuffix]
		}, false},
		"statement altered": {func(s *small) {
			s.files[wire.HeadPath] = bytes.Replace(s.files[wire.HeadPath], []byte("serial=2"), []byte("serial=3"), 1)
		}, false},
		"statement of other bytes": {func(s *small) {
			s.files[wire.HeadPath] = s.key.Sign([][]byte{[]byte("other bytes")}, s.statement.String())
		}, false},
		"statement out of range": {func(s *small) {
			s.statement.Serial = 0
			s.sign(t)
		}, false},
		"another epoch": {func(s *small) {
			s.statement.Epoch = 2
			s.sign(t)
		}, false},
		"root node missing": {func(s *small) { delete(s.files, wire.NodePath(s.statement.Root.SHA256)) }, true},
		"root node altered": {func(s *small) {
			path := wire.NodePath(s.statement.Root.SHA256)
			s.files[path] = bytes.Replace(s.files[path], []byte("Example"), []byte("Exbmple"), 1)
		}, true},
		"root node longer": {func(s *small) {
			path := wire.NodePath(s.statement.Root.SHA256)
			s.files[path] = append(s.files[path], '\n')
		}, true},
		"root node shorter": {func(s *small) {
			path := wire.NodePath(s.statement.Root.SHA256)
			s.files[path] = s.files[path][:50]
		}, true},
		"root node too large to be read": {func(s *small) {
			s.statement.Root.Size = tree.MaxNode + 1
			s.files[wire.HeadPath] = s.key.Sign(nil, s.statement.String())
		}, true},
		"no facts in the root node": {func(s *small) { s.root.Registry = nil; s.sign(t) }, false},
		"root node that isn't JSON": {func(s *small) {
			root := []byte("{}}")
			s.statement.Root = wire.RefOf(root)
			s.files[wire.NodePath(s.statement.Root.SHA256)] = root
			s.files[wire.HeadPath] = s.key.Sign([][]byte{root}, s.statement.String())
		}, false},
		"critical root node": {func(s *small) {
			root := append([]byte(`{"critical":true,`), encode(t, s.root)[1:]...)
			s.statement.Root = wire.RefOf(root)
			s.files[wire.NodePath(s.statement.Root.SHA256)] = root
			s.files[wire.HeadPath] = s.key.Sign([][]byte{root}, s.statement.String())
		}, false},
	} {
		s := newSmall(t)
		c.change(s)
		if st, err := tree.Load(ctx, s.store(t), s.pin()); err == nil {
			t.Errorf("%s: loaded %+v", name, st.Statement)
		} else if errors.Is(err, tree.ErrDamaged) != c.damaged {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// broken fails to read one path, for a reason that is nobody's fault.
type broken struct {
	store.Store
	path string
}

var errBroken = errors.New("the network is down")

func (b broken) Read(c context.Context, path string, limit int64) ([]byte, error) {
	if path == b.path {
		return nil, errBroken
	}
	return b.Store.Read(c, path, limit)
}

// A failure to read isn't damage.
func TestReadFailureIsNotDamage(t *testing.T) {
	s := newSmall(t)
	for path := range s.files {
		err := install(broken{s.store(t), path}, s.key.Public(), registryID, "clock", "1.0.0", now)
		if err != nil && (!errors.Is(err, errBroken) || errors.Is(err, tree.ErrDamaged)) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Every file on the way from the head to the installed version is held against its hash: whichever of them is missing or altered, nothing is installed.
func TestInstallChain(t *testing.T) {
	s := newSmall(t)
	needed := []string{
		wire.HeadPath, wire.NodePath(s.statement.Root.SHA256), wire.VersionsPath("clock", s.root.Packages["clock"].Versions.SHA256),
		wire.MetadataPath("clock", "1.0.0"), wire.ArtifactPath("clock", "1.0.0", "clock-1.0.0.zip"), "log/1/tile/0/000.p/3", "log/1/tile/entries/000.p/3",
		wire.KeysPath(1), wire.KeysSignaturePath(1, sign.KeyID(s.key.Public())),
	}
	for path, good := range s.files {
		for name, bad := range map[string][]byte{"missing": nil, "empty": {}, "shorter": good[:len(good)-1], "longer": append(bytes.Clone(good), 'x'), "altered": append([]byte{good[0] ^ 4}, good[1:]...)} {
			files := s.store(t)
			if bad == nil {
				must(t, files.Remove(path))
			} else {
				must(t, files.Put(path, bad))
			}
			err := install(files, s.key.Public(), registryID, "clock", "1.0.0", now)
			if (err != nil) != slices.Contains(needed, path) {
				t.Errorf("%s, %s: %v", path, name, err)
			}
		}
	}
	for name, err := range map[string]error{
		"other registry":  install(s.store(t), s.key.Public(), "another", "clock", "1.0.0", now),
		"expired":         install(s.store(t), s.key.Public(), registryID, "clock", "1.0.0", expires),
		"unknown version": install(s.store(t), s.key.Public(), registryID, "clock", "1.0.1", now),
		"unknown package": install(s.store(t), s.key.Public(), registryID, "click", "1.0.0", now),
		"other key":       install(s.store(t), signer(t, "another key").Public(), registryID, "clock", "1.0.0", now),
		"nothing there":   install(store.NewMem(), s.key.Public(), registryID, "clock", "1.0.0", now),
	} {
		if err == nil {
			t.Errorf("%s: installed", name)
		}
	}
}

func TestVersionsOfAnotherPackage(t *testing.T) {
	s := newSmall(t)
	list := encode(t, wire.VersionList{ID: "click", Versions: s.list.Versions})
	ref := wire.RefOf(list)
	s.files[wire.VersionsPath("clock", ref.SHA256)] = list
	st, err := tree.Load(ctx, s.store(t), s.pin())
	must(t, err)
	if _, err := st.Versions(ctx, "clock", ref); !errors.Is(err, tree.ErrDamaged) {
		t.Errorf("the list of click as that of clock: %v", err)
	}
}

// Nodes that are about to be written are known, and each node is read once.
func TestNode(t *testing.T) {
	s := newSmall(t)
	files := s.store(t)
	st, err := tree.Load(ctx, files, s.pin())
	must(t, err)
	leaf := wire.Node{Packages: s.root.Packages}
	data := encode(t, leaf)
	ref := wire.RefOf(data)
	if _, err := st.Node(ctx, ref); !errors.Is(err, tree.ErrDamaged) {
		t.Errorf("a node that isn't there: %v", err)
	}
	must(t, files.Put(wire.NodePath(ref.SHA256), data))
	if got, err := st.Node(ctx, ref); err != nil || !reflect.DeepEqual(got, leaf) {
		t.Errorf("got %+v, %v", got, err)
	}
	must(t, files.Remove(wire.NodePath(ref.SHA256)))
	if got, err := st.Reader(ctx)(ref); err != nil || !reflect.DeepEqual(got, leaf) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Walking remembers nothing, so that it takes no memory for a whole catalogue.
func TestWalk(t *testing.T) {
	s := newSmall(t)
	files := s.store(t)
	st, err := tree.Load(ctx, files, s.pin())
	must(t, err)
	leaf := encode(t, wire.Node{Packages: s.root.Packages})
	ref := wire.RefOf(leaf)
	must(t, files.Put(wire.NodePath(ref.SHA256), leaf))
	inner := wire.Node{Registry: s.root.Registry, Children: map[string]wire.Ref{wire.HashDigits("clock")[:1]: ref}}
	visited := 0
	// One package doesn't make a split root, so the walk ends with an error; but it gets to the leaf.
	err = st.Walk(ctx, inner, func(_ string, _ *wire.Ref, node wire.Node) error {
		visited += len(node.Packages)
		return nil
	})
	if err == nil || visited != 1 {
		t.Errorf("visited %d packages, %v", visited, err)
	}
	must(t, files.Remove(wire.NodePath(ref.SHA256)))
	if err := st.Walk(ctx, inner, func(string, *wire.Ref, wire.Node) error { return nil }); !errors.Is(err, tree.ErrDamaged) {
		t.Errorf("the leaf was remembered: %v", err)
	}
}

func TestReadRefLimit(t *testing.T) {
	s := newSmall(t)
	st, err := tree.Load(ctx, s.store(t), s.pin())
	must(t, err)
	path := wire.MetadataPath("clock", "1.0.0")
	ref := s.list.Versions[0].Metadata
	if _, err := st.ReadRef(ctx, path, ref, ref.Size); err != nil {
		t.Error(err)
	}
	if _, err := st.ReadRef(ctx, path, ref, ref.Size-1); !errors.Is(err, tree.ErrDamaged) {
		t.Errorf("more than the limit: %v", err)
	}
	ref.Size = -1
	if _, err := st.ReadRef(ctx, path, ref, 100); !errors.Is(err, tree.ErrDamaged) {
		t.Errorf("a negative size: %v", err)
	}
}

func TestLoadUnsigned(t *testing.T) {
	s := newSmall(t)
	m := store.NewMem()
	if _, err := tree.LoadUnsigned(ctx, m); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	must(t, m.Put(wire.HeadPath, []byte(s.statement.String())))
	if got, err := tree.LoadUnsigned(ctx, m); err != nil || got != s.statement {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := tree.LoadUnsigned(ctx, s.store(t)); err == nil {
		t.Error("a signature is taken for a bare statement")
	}
}

// A note names nothing but what a head can supersede, since what is noted may be removed.
func TestReadRetired(t *testing.T) {
	hash := strings.Repeat("a1", 32)
	good := []string{
		"index/" + hash + ".json", "packages/clock/versions/" + hash + ".json", "packages/a.b-c/versions/" + hash + ".json",
		"log/1/tile/0/000.p/1", "log/1/tile/entries/000.p/255", "log/2/tile/0/x001/234.p/7", "log/1/tile/1/000.p/3",
	}
	read := func(note string) error {
		m := store.NewMem()
		must(t, m.Put("retired/1.json", []byte(note)))
		_, err := tree.ReadRetired(ctx, m, "retired/1.json")
		return err
	}
	if err := read(string(encode(t, wire.Retired{Issued: 5, Paths: good}))); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{
		"", "/", "index.json", "index.json.minisig", "index/", "index/" + hash, "index/x.json", "index/" + strings.ToUpper(hash) + ".json", "index/../" + hash + ".json", "index/" + hash + ".json/x",
		"packages/clock/1.0.0/metadata.json", "packages/clock/1.0.0/assets/versions/" + hash + ".json", "packages/clock/versions/x.json", "packages/../versions/" + hash + ".json",
		"packages/clock/versions/" + hash + ".json/..", "packages/clock/index.json", "packages//versions/" + hash + ".json",
		"log/1/tile/0/000", "log/1/tile/entries/000", "log/0/tile/0/000.p/1", "log/1/tile/0/000.p/0", "log/1/tile/0/000.p/01", "log/1/tile/0/../000.p/1", "log/1/tile/0/000.p/1/x", "log/1/../0/000.p/1",
		"keys/1.json", "views.json", "retired/1.json", "../outside", "apps/clock/index.html", "log/1/tile/0/000.p/1\n",
	} {
		if read(string(encode(t, wire.Retired{Issued: 5, Paths: []string{good[0], bad}}))) == nil {
			t.Errorf("%q is taken for superseded", bad)
		}
	}
	for _, bad := range []string{"", "{}", "null", "[]", `{"issued":5,"paths":["index/` + hash + `.json"]} `, `{"issued":5,"new":1,"paths":[]}`, `{"issued":"5","paths":[]}`} {
		if read(bad) == nil {
			t.Errorf("%q is taken for a note", bad)
		}
	}
	if _, err := tree.ReadRetired(ctx, store.NewMem(), "retired/1.json"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("no note: %v", err)
	}
}

func FuzzReadRetired(f *testing.F) {
	f.Add([]byte(`{"issued":5,"paths":["index/` + strings.Repeat("a1", 32) + `.json","log/1/tile/0/000.p/1"]}`))
	f.Add([]byte(`{"issued":5,"paths":["packages/clock/1.0.0/metadata.json"]}`))
	f.Add([]byte(`{"issued":5,"paths":["log/1/tile/0/000"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := store.NewMem()
		must(t, m.Put("retired/1.json", data))
		note, err := tree.ReadRetired(ctx, m, "retired/1.json")
		if err != nil {
			return
		}
		for _, p := range note.Paths {
			if wire.KindOf(p) != wire.Immutable || strings.Contains(p, "..") || strings.HasPrefix(p, "keys/") || strings.Contains(p, "metadata.json") {
				t.Errorf("%q is taken for superseded", p)
			}
		}
	})
}

// Loading a tree whose head and root node are anything at all neither panics nor succeeds.
func FuzzLoad(f *testing.F) {
	s := newSmall(f)
	f.Add(s.files[wire.HeadPath], s.files[wire.NodePath(s.statement.Root.SHA256)])
	f.Add([]byte{}, []byte("{}"))
	f.Add([]byte(s.statement.String()), []byte("null"))
	root := wire.NodePath(s.statement.Root.SHA256)
	f.Fuzz(func(t *testing.T, head, node []byte) {
		m := s.store(t)
		must(t, m.Put(wire.HeadPath, head))
		must(t, m.Put(root, node))
		st, err := tree.Load(ctx, m, s.pin())
		if err == nil && (st.Statement != s.statement || !reflect.DeepEqual(st.Root, s.root)) {
			t.Errorf("another tree was loaded: %+v", st.Statement)
		}
	})
}
