package publish_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
	"github.com/regen-registry/regen/internal/wire"
)

// steal publishes with the office's release key, from a clone of its repo with one more commit at the given time.
func (o *office) steal(t *testing.T, time int64, files gittest.Files) {
	t.Helper()
	thief := *o
	thief.repo = &gittest.Repo{Dir: t.TempDir() + "/registry.git"}
	o.repo.Git(t, "", "clone", "-q", "--bare", ".", thief.repo.Dir)
	var b strings.Builder
	fmt.Fprintf(&b, "commit refs/heads/main\ncommitter Thief <t@example.org> %d +0000\ndata 1\nx\nfrom refs/heads/main^0\n", time)
	for path, f := range files {
		fmt.Fprintf(&b, "M %s inline %s\ndata %d\n%s\n", f.Mode, path, len(f.Data), f.Data)
	}
	thief.repo.Git(t, b.String(), "fast-import", "--quiet", "--force")
	if report := thief.publish(t); !report.Wrote {
		t.Fatal("the thief has published nothing")
	}
}

// forge signs a head with the office's release key whose root node says other things.
func (o *office) forge(t *testing.T, change func(*wire.Node, *wire.Statement)) {
	t.Helper()
	st := o.state(t)
	node, next := st.Root, st.Statement
	facts := *node.Registry
	node.Registry = &facts
	change(&node, &next)
	root, err := wire.Encode(node)
	if err != nil {
		t.Fatal(err)
	}
	next.Root = wire.RefOf(root)
	head := o.release.Sign([][]byte{root}, next.String())
	for path, data := range map[string][]byte{wire.NodePath(next.Root.SHA256): root, wire.HeadPath: head} {
		if err := o.store.Put(path, data); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	soon = 1_700_090_000 // after all commits of a test
	far  = 4_000_000_000
)

// What a thief with the release key published above the floor is undone: epoch 2 of the log begins with the entries up to the floor, and what the repo has is published again.
func TestRevocation(t *testing.T) {
	for _, c := range []struct {
		name         string
		theft, later func(t *testing.T, o *office) // before and after the revocation is committed
	}{
		{"nothing was published with the stolen key", nil, nil},
		{"a higher version of a package, and another package", func(t *testing.T, o *office) {
			o.steal(t, soon, gittest.Join(gittest.Plugin("plugins/a", "6.6.6", "evil"), gittest.Plugin("plugins/evil", "1.0.0", "evil")))
		}, nil},
		{"from a commit of the far future", func(t *testing.T, o *office) {
			o.steal(t, far, gittest.Plugin("plugins/a", "6.6.6", "evil"))
		}, nil},
		{"the version that the repo has next, with other content", func(t *testing.T, o *office) {
			o.steal(t, soon, gittest.Plugin("plugins/b", "1.0.0", "evil"))
		}, nil},
		{"a package delisted, and another name", func(t *testing.T, o *office) {
			o.steal(t, soon, gittest.Files{"registry.yaml": gittest.Text("id: registry\nname: Evil\npackages: [nothing/*]\n")})
		}, nil},
		{"a huge serial, and a state of another commit, at another time", nil, func(t *testing.T, o *office) {
			o.forge(t, func(n *wire.Node, s *wire.Statement) {
				s.Serial, s.Issued, s.Expires = 1<<50, far, far+1
				n.Registry.Commit, n.Registry.Time, n.Registry.Start, n.Registry.Configured = strings.Repeat("6", 40), far, strings.Repeat("6", 40), strings.Repeat("6", 40)
				n.Registry.Pending = []string{"*"}
			})
		}},
		{"a state of the newest commit", nil, func(t *testing.T, o *office) {
			head := o.repo.Git(t, "", "rev-parse", "main")
			o.forge(t, func(n *wire.Node, s *wire.Statement) {
				s.Serial++
				n.Registry.Commit, n.Registry.Configured, n.Registry.Start = head, head, head
			})
		}},
		{"a catalogue whose lists aren't there", nil, func(t *testing.T, o *office) {
			o.forge(t, func(n *wire.Node, s *wire.Statement) {
				s.Serial++
				n.Packages["evil"] = wire.Entry{Format: "vito", Name: "Evil", Versions: wire.RefOf([]byte("nothing"))}
				n.Registry.Count = 99
			})
		}},
		{"releases of the far future", nil, func(t *testing.T, o *office) {
			o.forge(t, func(n *wire.Node, s *wire.Statement) {
				s.Serial++
				n.Registry.Time = far
				entry := n.Packages["a"]
				list, err := o.state(t).Versions(context.Background(), "a", entry.Versions)
				if err != nil {
					t.Fatal(err)
				}
				list.Versions[0].Time = far
				data, err := wire.Encode(list)
				if err != nil {
					t.Fatal(err)
				}
				entry.Versions = wire.RefOf(data)
				n.Packages["a"] = entry
				if err := o.store.Put(wire.VersionsPath("a", entry.Versions.SHA256), data); err != nil {
					t.Fatal(err)
				}
			})
		}},
		{"views that claim to be of the new key", func(t *testing.T, o *office) {
			o.steal(t, soon, gittest.Plugin("plugins/a", "6.6.6", "evil"))
		}, func(t *testing.T, o *office) {
			data, _ := o.store.Read(context.Background(), wire.ViewsPath, 1<<20)
			var v wire.Views
			if err := wire.Decode(data, &v); err != nil {
				t.Fatal(err)
			}
			v.Key = o.doc.Release[0]
			data, _ = wire.Encode(v)
			if err := o.store.Put(wire.ViewsPath, data); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			floor := o.floor(t)
			before := o.log(t)
			stolen, fresh := o.release, newKey(t)
			if c.theft != nil {
				c.theft(t, o)
			}
			o.revoked(t, texts(stolen), floor, trust.Changes{Release: texts(fresh)})
			o.repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
			o.repo.Commit(t, signed(t, o.doc, o.root))
			o.repo.Commit(t, gittest.Plugin("plugins/b", "1.1.0", "x"))
			if c.later != nil {
				c.later(t, o)
			}
			o.release = fresh
			report := o.publish(t)
			if len(report.Failed) > 0 || len(report.Broken) > 0 {
				t.Errorf("%+v", report)
			}
			o.wantLog(t, append(before, "keys 2", "release b 1.0.0", "release b 1.1.0")...)
			verified := o.verify(t)
			if verified.Serial != floor.Serial+1 || verified.Packages != 2 {
				t.Errorf("serial %d after floor %d, %d packages", verified.Serial, floor.Serial, verified.Packages)
			}
			st := o.state(t)
			if st.Statement.Epoch != 2 || st.Root.Registry.Name != "registry" || st.Root.Registry.Time >= far || st.Root.Registry.Start != o.repo.Git(t, "", "rev-parse", "main~3") {
				t.Errorf("%+v %+v", st.Statement, st.Root.Registry)
			}
			for _, path := range []string{wire.PackageViewPath("a"), wire.HomePage, en(wire.PackagePage("a"))} {
				if data, _ := o.store.Read(context.Background(), path, 1<<20); strings.Contains(string(data), "6.6.6") || strings.Contains(string(data), "evil") {
					t.Errorf("%s still shows what the thief published", path)
				}
			}
			for _, path := range verified.Leftovers {
				if !strings.Contains(path, "evil") && !strings.Contains(path, "6.6.6") && !strings.HasPrefix(path, "index/") && !strings.HasPrefix(path, "packages/a/versions/") && path != en(wire.ReleasePage("a", "1.0.0")) {
					t.Errorf("left over: %s", path)
				}
			}

			// A later run has nothing to do; the stolen key publishes no more; the registry goes on.
			again := clone(t, o.store)
			if report := o.publish(t); report.Wrote || report.Views > 0 {
				t.Errorf("a later run wrote: %+v", report)
			}
			equalStores(t, o.store, again)
			o.release = stolen
			if _, err := publish.Run(context.Background(), o.options(t, "main")); !errors.Is(err, publish.ErrPair) {
				t.Errorf("the stolen key: %v", err)
			}
			o.release = fresh
			o.repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
			o.publish(t)
			o.wantLog(t, append(before, "keys 2", "release b 1.0.0", "release b 1.1.0", "release a 1.1.0")...)
			o.verify(t)
		})
	}
}

// With the stolen key still in use, a revocation isn't published: the run says which key it takes.
func TestRevocationByTheStolenKey(t *testing.T) {
	o := newOffice(t)
	o.revoked(t, texts(o.release), o.floor(t), trust.Changes{Release: texts(newKey(t))})
	o.repo.Commit(t, signed(t, o.doc, o.root))
	before := clone(t, o.store)
	if _, err := publish.Run(context.Background(), o.options(t, "main")); !errors.Is(err, publish.ErrPair) {
		t.Errorf("%v", err)
	}
	if _, err := o.store.Read(context.Background(), wire.KeysPath(2), 1<<20); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("the document is published without a head under it: %v", err)
	}
	if o.state(t).Statement != must(tree.Load(context.Background(), before, o.pin)).Statement {
		t.Error("the head changed")
	}
}

// Publications of the operators above the floor are undone and made again, as the commit that revokes the key has them.
func TestOwnReleasesAboveTheFloor(t *testing.T) {
	o := newOffice(t)
	o.repo.Commit(t, gittest.Files{"advisories.yaml": gittest.Text(advisoryOf("a", "T-1"))})
	o.publish(t)
	floor := o.floor(t)
	o.repo.Commit(t, gittest.Join(gittest.Plugin("plugins/b", "1.0.0", "x"), gittest.Files{"advisories.yaml": gittest.Text(advisoryOf("b", "T-2"))}))
	o.publish(t)
	// A rotation above the floor stands.
	rotated := newKey(t)
	stolen := o.release
	o.repo.Commit(t, signed(t, o.rotated(t, trust.Changes{Release: texts(stolen, rotated)}), o.root))
	o.publish(t)
	o.repo.Commit(t, gittest.Plugin("plugins/b", "1.1.0", "x"))
	o.publish(t)
	o.wantLog(t, "keys 1", "release a 1.0.0", "yank a", "release b 1.0.0", "restore a", "yank b", "keys 2", "release b 1.1.0", "yank b")
	o.verify(t)
	o.steal(t, soon, gittest.Plugin("plugins/b", "6.6.6", "evil"))

	o.repo.Commit(t, gittest.Join(signed(t, o.revoked(t, texts(stolen), floor, trust.Changes{}), o.root), gittest.Remove("plugins/a")))
	o.release = rotated
	report := o.publish(t)
	o.wantLog(t, "keys 1", "release a 1.0.0", "yank a", "keys 2", "keys 3", "delist a", "release b 1.1.0", "restore a", "yank b")
	if !slices.ContainsFunc(report.Notes, func(n string) bool {
		return strings.Contains(n, "epoch 2 of the log begins with the first 3 of 11 entries")
	}) {
		t.Errorf("the notes: %q", report.Notes)
	}
	o.verify(t)

	// Another theft, another epoch.
	o.repo.Commit(t, gittest.Plugin("plugins/c", "1.0.0", "x"))
	o.publish(t)
	floor = o.floor(t)
	log := o.log(t)
	o.steal(t, far, gittest.Plugin("plugins/c", "6.6.6", "evil"))
	o.release = newKey(t)
	o.repo.Commit(t, signed(t, o.revoked(t, texts(rotated), floor, trust.Changes{Release: texts(o.release)}), o.root))
	o.publish(t)
	o.wantLog(t, append(log, "keys 4")...)
	o.verify(t)
	if st := o.state(t).Statement; st.Epoch != 3 || st.Serial != floor.Serial+1 {
		t.Errorf("%+v", st)
	}

	// From nothing, the whole history gives the same log; its newest commit alone can't, since the floor isn't there.
	log = o.log(t)
	anew := *o
	anew.store = store.NewMem()
	opts := anew.options(t, "main")
	broken := (*publish.CommitError)(nil)
	if _, err := publish.Run(context.Background(), opts); !errors.As(err, &broken) || !strings.Contains(broken.Findings[0].Hint, "--from") {
		t.Errorf("the newest commit alone: %v", err)
	}
	opts = anew.options(t, "main")
	opts.From = o.state(t).Root.Registry.Start
	if _, err := publish.Run(context.Background(), opts); err != nil {
		t.Fatal(err)
	}
	anew.wantLog(t, log...)
	anew.verify(t)
}

func advisoryOf(id, name string) string {
	return "advisories:\n  - id: " + name + "\n    package: " + id + "\n    versions: '*'\n    action: warn\n    reason: Broken.\n"
}

// A run that is killed while it begins an epoch is completed by the next one, wherever it was.
func TestRevocationKilledAnywhere(t *testing.T) {
	o := newOffice(t)
	floor := o.floor(t)
	o.repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	o.publish(t)
	o.steal(t, soon, gittest.Join(gittest.Plugin("plugins/b", "6.6.6", "evil"), gittest.Plugin("plugins/c", "1.0.0", "evil")))
	fresh := newKey(t)
	o.repo.Commit(t, gittest.Join(signed(t, o.revoked(t, texts(o.release), floor, trust.Changes{Release: texts(fresh)}), o.root), gittest.Plugin("plugins/c", "1.0.0", "x")))
	start := o.store
	o.release = fresh

	const plenty = 1 << 30
	o.store = clone(t, start)
	counter := newKillStore(o.store, plenty)
	opts := o.options(t, "main")
	opts.Store = counter
	if _, err := publish.Run(context.Background(), opts); err != nil {
		t.Fatal(err)
	}
	want := named(t, o)
	between := 0
	for _, n := range counter.points() {
		o.store = clone(t, start)
		opts := o.options(t, "main")
		opts.Store = newKillStore(o.store, n)
		if _, err := publish.Run(context.Background(), opts); !errors.Is(err, errKilled) {
			t.Fatalf("killed at write %d: %v", n, err)
		}
		_, err := o.store.Read(context.Background(), wire.KeysPath(2), 1<<20)
		if s := o.state(t).Statement; err == nil && s.Epoch == 1 {
			// Devices take the head of the revoked key no more, and there is no other yet: the tree says so.
			between++
			report, err := verify.Run(context.Background(), verify.Options{Reader: o.store, Lister: o.store, Pin: o.pin, Now: now})
			if err != nil || report.OK() {
				t.Fatalf("between the document and the head: %v %+v", err, report)
			}
		}
		o.publish(t)
		same(t, named(t, o), want)
		if report := o.publish(t); report.Wrote || report.Views > 0 {
			t.Fatalf("killed at write %d: a later run wrote: %+v", n, report)
		}
	}
	if between == 0 {
		t.Error("no run was killed between the document and the head")
	}
}

// named verifies the tree, and returns the files that the head names and the views, but for the head.
func named(t fataler, o *office) map[string]string {
	t.Helper()
	report := o.verify(t)
	dead := map[string]bool{wire.HeadPath: true}
	for _, path := range slices.Concat(report.Grace, report.Leftovers) {
		dead[path] = true
	}
	files := make(map[string]string)
	for path := range o.store.List("") {
		if !dead[path] && !strings.HasPrefix(path, wire.RetiredPrefix) && !strings.HasPrefix(path, wire.LogPath(1)) {
			data, err := o.store.Read(context.Background(), path, 1<<30)
			if err != nil {
				t.Fatalf("%v", err)
			}
			files[path] = string(data)
		}
	}
	return files
}

// What a dry run says of a revocation is what a run does.
func TestRevocationDryRun(t *testing.T) {
	o := newOffice(t)
	floor := o.floor(t)
	o.repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	o.publish(t)
	o.repo.Commit(t, signed(t, o.revoked(t, texts(o.release), floor, trust.Changes{Release: texts(newKey(t))}), o.root))
	before := clone(t, o.store)
	opts := o.options(t, "main")
	opts.DryRun, opts.Signer = true, nil
	report, err := publish.Run(context.Background(), opts)
	if err != nil || len(report.Released) != 1 || report.Released[0].ID != "b" || len(report.Notes) != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	equalStores(t, o.store, before)
}

// In a large registry, no package is lost when an epoch begins, and none is read that needn't be.
func TestRevocationOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("publishes more packages than a leaf holds")
	}
	o := newOffice(t)
	files := make(gittest.Files)
	for i := range wire.MaxLeaf + 50 {
		id := fmt.Sprintf("p%d", i)
		files = gittest.Join(files, gittest.Plugin("plugins/"+id, "1.0.0", "x"))
	}
	o.repo.Commit(t, files)
	o.publish(t)
	floor := o.floor(t)
	o.steal(t, soon, gittest.Plugin("plugins/evil", "1.0.0", "x"))
	stolen := o.release
	o.release = newKey(t)
	o.repo.Commit(t, signed(t, o.revoked(t, texts(stolen), floor, trust.Changes{Release: texts(o.release)}), o.root))
	if report := o.publish(t); len(report.Released) != 0 || len(report.Failed) != 0 {
		t.Errorf("%+v", report)
	}
	if report := o.verify(t); report.Packages != wire.MaxLeaf+51 || report.LogSize != floor.Size+1 {
		t.Errorf("%d packages, %d entries", report.Packages, report.LogSize)
	}
}
