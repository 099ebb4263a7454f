package publish_test

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// TestReconcile goes through what a commit can mean against what is published, a row a case.
func TestReconcile(t *testing.T) {
	plugin := gittest.Plugin
	broken := gittest.Files{"plugins/a/composer.json": gittest.Text("{")}
	for _, c := range []struct {
		name   string
		before []gittest.Files
		commit gittest.Files
		want   string // "released a 1.0.0", "delisted a", "relisted a", "failed a code", "unchanged n"
	}{
		{"new directory", nil, plugin("plugins/a", "1.0.0", "x"), "released a 1.0.0"},
		{"source changed, version higher", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, plugin("plugins/a", "1.0.1", "y"), "released a 1.0.1"},
		{"a release after its prerelease", []gittest.Files{plugin("plugins/a", "1.0.0-beta.2", "x")}, plugin("plugins/a", "1.0.0", "x"), "released a 1.0.0"},
		{"numeric identifiers compare as numbers", []gittest.Files{plugin("plugins/a", "1.0.0-beta.9", "x")}, plugin("plugins/a", "1.0.0-beta.10", "x"), "released a 1.0.0-beta.10"},
		{"a prerelease after its release", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, plugin("plugins/a", "1.0.0-rc.1", "x"), "failed a release/lower-version"},
		{"source changed, same version", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, plugin("plugins/a", "1.0.0", "y"), "failed a release/same-version"},
		{"version lower", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, plugin("plugins/a", "0.9.0", "y"), "failed a release/lower-version"},
		{"only files outside the artifact", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Files{"plugins/a/tests/x.php": gittest.Text("<?php")}, "unchanged 1"},
		{"only files outside of packages", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Files{"README.md": gittest.Text("x"), "plugins/README.md": gittest.Text("y")}, "unchanged 1"},
		{"a file's mode", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Files{"plugins/a/README.md": {Mode: "100755", Data: "# a\n\nA plugin for tests.\n"}}, "unchanged 1"},
		{"manifest broken", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, broken, "failed a json/syntax"},
		{"directory gone", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Remove("plugins/a"), "delisted a"},
		{"directory back", []gittest.Files{plugin("plugins/a", "1.0.0", "x"), gittest.Remove("plugins/a")}, plugin("plugins/a", "1.0.0", "x"), "relisted a"},
		{"directory back with a higher version", []gittest.Files{plugin("plugins/a", "1.0.0", "x"), gittest.Remove("plugins/a")}, plugin("plugins/a", "1.1.0", "x"), "released a 1.1.0, relisted a"},
		{"directory back with a lower version", []gittest.Files{plugin("plugins/a", "1.0.0", "x"), gittest.Remove("plugins/a")}, plugin("plugins/a", "0.1.0", "x"), "failed a release/lower-version"},
		{"renamed", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Join(gittest.Remove("plugins/a"), plugin("plugins/b", "1.0.0", "x")), "released b 1.0.0, delisted a"},
		{"others go on", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Join(broken, plugin("plugins/b", "1.0.0", "x")), "released b 1.0.0, failed a json/syntax"},
		{"nothing", []gittest.Files{plugin("plugins/a", "1.0.0", "x")}, gittest.Files{}, "unchanged 1"},
		{"no manifest", nil, gittest.Files{"plugins/a/x": gittest.Text("x")}, "failed a files/no-manifest"},
		{"bad id", nil, plugin("plugins/a", "1.0.0", "x").In("plugins/A_b"), "failed A_b id/invalid"},
		{"a symlink for a directory", nil, gittest.Files{"plugins/a": {Mode: "120000", Data: "/etc"}}, "failed a files/symlink"},
		{"a submodule for a directory", nil, gittest.Files{"plugins/a": {Mode: "160000", Data: strings.Repeat("1", 40)}}, "failed a files/submodule"},
		{"a symlink in a package", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"plugins/a/l": {Mode: "120000", Data: "/etc/passwd"}}), "failed a files/symlink"},
		{"a submodule in a package", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"plugins/a/m": {Mode: "160000", Data: strings.Repeat("1", 40)}}), "failed a files/submodule"},
		{"a symlink among what is left out", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"plugins/a/tests/l": {Mode: "120000", Data: "/etc/passwd"}}), "released a 1.0.0"},
		{"an LFS pointer", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"plugins/a/big.bin": gittest.Text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")}), "failed a files/lfs-pointer"},
		{"names that differ in case", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"plugins/a/readme.md": gittest.Text("x")}), "failed a files/name"},
		{"a name that isn't UTF-8", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"\"plugins/a/\\377.php\"": gittest.Text("x")}), "failed a files/name"},
		{"a directory's name that isn't UTF-8", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"\"plugins/b\\377/composer.json\"": gittest.Text("{}")}), "released a 1.0.0, failed b\xff id/invalid"},
		{"two directories claim an id", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), plugin("extensions/a", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("packages: [plugins/*, extensions/*]\n")}), "failed a id/claimed-twice"},
		{"two places for packages", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), plugin("extensions/b", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("packages: [plugins/*, extensions/*]\n")}), "released a 1.0.0, released b 1.0.0"},
		{"a file over the limit", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("limits: {file_size: 1000}\n"), "plugins/a/big": gittest.Text(strings.Repeat("x", 1001))}), "failed a files/too-large"},
		{"a package over the limit", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("limits: {package_size: 300}\n")}), "failed a files/package-too-large"},
		{"too many files", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("limits: {files: 3}\n")}), "failed a files/too-many"},
		{"a pattern of the registry's own", nil, gittest.Join(plugin("plugins/a", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("exclude: ['**/secret']\n"), "plugins/a/deep/secret/l": {Mode: "120000", Data: "x"}}), "released a 1.0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			repo, s := gittest.New(t), store.NewMem()
			for _, files := range c.before {
				repo.Commit(t, files)
				run(t, repo, "main", s)
			}
			repo.Commit(t, c.commit)
			r := run(t, repo, "main", s)
			var got []string
			for _, x := range r.Released {
				got = append(got, "released "+x.ID+" "+x.Version)
			}
			for _, id := range r.Relisted {
				got = append(got, "relisted "+id)
			}
			for _, id := range r.Delisted {
				got = append(got, "delisted "+id)
			}
			for _, f := range r.Failed {
				got = append(got, "failed "+f.ID+" "+f.Findings.Errors()[0].Code)
				for _, finding := range f.Findings.Errors() {
					if finding.Message == "" || finding.Path == "" && f.ID != "" {
						t.Errorf("finding without message or place: %+v", finding)
					}
				}
			}
			if len(got) == 0 {
				got = append(got, "unchanged 1")
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s\nwant %s\n%+v", s, c.want, r.Failed)
			}
			check(t, s)
			// A second run has nothing to do, and changes no byte.
			before := clone(t, s)
			run(t, repo, "main", s)
			equalStores(t, s, before)
		})
	}
}

// equalStores fails the test unless two trees are the same in every byte, the head included.
func equalStores(t fataler, a, b store.Store) {
	t.Helper()
	for _, pair := range [][2]store.Store{{a, b}, {b, a}} {
		for path := range pair[0].List("") {
			x, _ := pair[0].Read(context.Background(), path, 1<<30)
			y, err := pair[1].Read(context.Background(), path, 1<<30)
			if err != nil || string(x) != string(y) {
				t.Fatalf("%s changed", path)
			}
		}
	}
}

// TestSameVersionNamesBothDigests: the message names what is published and what is here, and nothing is overwritten.
func TestSameVersionNamesBothDigests(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	before := live(t, s)
	list := string(before[wire.PackageViewPath("a")])
	_, rest, _ := strings.Cut(list, `"source":"`)
	published := rest[:64]
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "y"))
	r := run(t, repo, "main", s)
	message := r.Failed[0].Findings.Errors()[0].Message
	if !strings.Contains(message, published) || strings.Count(message, "digest") < 1 || len(message) < 2*64 {
		t.Errorf("the message doesn't name both digests: %s", message)
	}
	same(t, live(t, s), before)
}

// TestMended: a failure that a later commit of the same walk mended is a note, not an error.
func TestMended(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Files{"plugins/a/composer.json": gittest.Text("{")})
	repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	r := run(t, repo, "main", s)
	if len(r.Failed) != 0 || len(r.Mended) != 1 || len(r.Released) != 1 {
		t.Errorf("failed %v, mended %v, released %v", r.Failed, r.Mended, r.Released)
	}
}

// TestFailingStaysFailing: a package that can't be published is told by every run, whether or not something else changes.
func TestFailingStaysFailing(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), gittest.Plugin("plugins/b", "1.0.0", "x")))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "y"), gittest.Plugin("plugins/b", "1.1.0", "x")))
	for i := range 3 {
		if r := run(t, repo, "main", s); len(r.Failed) != 1 || r.Failed[0].ID != "a" {
			t.Errorf("run %d: failed %+v, expected a", i, r.Failed)
		}
	}
	repo.Commit(t, gittest.Files{"README.md": gittest.Text("x")})
	if r := run(t, repo, "main", s); len(r.Failed) != 1 {
		t.Errorf("after another commit: failed %+v, expected a", r.Failed)
	}
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.1", "y"))
	if r := run(t, repo, "main", s); len(r.Failed) != 0 || len(r.Released) != 1 {
		t.Errorf("mended: failed %+v, released %+v", r.Failed, r.Released)
	}
}

// TestMissedRuns: after ten missed runs, no version is missed.
func TestMissedRuns(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	versions := []string{"1.0.0", "1.1.0", "1.2.0", "2.0.0-beta.1", "2.0.0-beta.2", "2.0.0", "2.0.1", "2.1.0", "3.0.0", "3.0.1", "3.0.2"}
	repo.Commit(t, gittest.Plugin("plugins/a", versions[0], versions[0]))
	run(t, repo, "main", s)
	for _, v := range versions[1:] {
		repo.Commit(t, gittest.Plugin("plugins/a", v, v))
	}
	r := run(t, repo, "main", s)
	if len(r.Released) != 10 || r.Commits != 10 {
		t.Errorf("released %d versions in %d commits, expected 10 in 10", len(r.Released), r.Commits)
	}
	if report := check(t, s); report.Releases != 11 {
		t.Errorf("%d releases are published, expected 11", report.Releases)
	}
}

// TestFrom: a first publish starts at HEAD, or at the commit that is named.
func TestFrom(t *testing.T) {
	repo := gittest.New(t)
	first := repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	if r := run(t, repo, "main", store.NewMem()); len(r.Released) != 1 || r.Released[0].Version != "1.1.0" {
		t.Errorf("without From: released %+v, expected 1.1.0 alone", r.Released)
	}
	o := options(t, repo, "main", store.NewMem())
	o.From = first
	r, err := publish.Run(context.Background(), o)
	if err != nil || len(r.Released) != 2 {
		t.Errorf("with From: released %+v (%v), expected both", r, err)
	}
	o = options(t, repo, first, store.NewMem())
	o.From = repo.Git(t, "", "rev-parse", "main")
	if _, err := publish.Run(context.Background(), o); err == nil {
		t.Error("a From that is no ancestor was accepted")
	}
}

// TestForcePush: where the last reconciled commit is gone, HEAD alone is compared, and the run says so.
func TestForcePush(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	first := repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	run(t, repo, "main", s)
	repo.Git(t, "", "update-ref", "refs/heads/main", first)
	repo.Commit(t, gittest.Plugin("plugins/c", "1.0.0", "x"))
	r := run(t, repo, "main", s)
	if len(r.Notes) != 1 || len(r.Delisted) != 1 || len(r.Released) != 1 {
		t.Errorf("notes %v, delisted %v, released %v; expected one of each", r.Notes, r.Delisted, r.Released)
	}
	check(t, s)
}

// TestShallow: a clone of depth 1 publishes what its one commit holds.
func TestShallow(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	shallow := &gittest.Repo{Dir: t.TempDir() + "/registry.git"}
	repo.Git(t, "", "clone", "-q", "--bare", "--depth", "1", "file://"+repo.Dir, shallow.Dir)
	r := run(t, shallow, "main", s)
	if len(r.Released) != 2 || len(r.Notes) != 1 {
		t.Errorf("released %+v, notes %v; expected a 1.1.0 and b 1.0.0, and a note", r.Released, r.Notes)
	}
	check(t, s)
	if r := run(t, shallow, "main", s); r.Wrote {
		t.Error("a second run of the same shallow clone wrote a head")
	}
}

// TestConfigFacts: a changed name is published, though no package changed; changed packaging looks at every package.
func TestConfigFacts(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("name: A better name\n")})
	if r := run(t, repo, "main", s); !r.Wrote || len(r.Released) != 0 {
		t.Errorf("wrote %v, released %v; expected a head and no release", r.Wrote, r.Released)
	}
	if files := live(t, s); !strings.Contains(files[wire.RootPath], "A better name") || !strings.Contains(files[wire.HomePage], "A better name") {
		t.Error("the new name isn't published")
	}
	repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("exclude: [README.md]\n")})
	if r := run(t, repo, "main", s); len(r.Failed) != 1 {
		t.Errorf("a pattern that leaves out the readme: failed %+v, expected a", r.Failed)
	}
}

// TestBrokenConfig: a broken configuration keeps its commit from being published, until a later commit mends it.
func TestBrokenConfig(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	before := clone(t, s)
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/b", "1.0.0", "x"), gittest.Files{"registry.yaml": gittest.Text("nmae: x\n")}))
	var broken *publish.CommitError
	if _, err := publish.Run(context.Background(), options(t, repo, "main", s)); !errors.As(err, &broken) || broken.Findings[0].Line != 1 {
		t.Fatalf("got %v, expected a broken configuration with its line", err)
	}
	equalStores(t, s, before)
	repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("name: x\n")})
	if r := run(t, repo, "main", s); len(r.Released) != 1 || len(r.Notes) != 1 {
		t.Errorf("released %v, notes %v; expected b and a note", r.Released, r.Notes)
	}
}

// TestEmpty: a registry without packages is a registry.
func TestEmpty(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Files{"README.md": gittest.Text("x")})
	if r := run(t, repo, "main", s); !r.Wrote || r.Packages != 0 {
		t.Errorf("report %+v", r)
	}
	live(t, s)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	live(t, s)
}

// TestRefused: a destination that isn't ours, or is damaged, is refused and left alone.
func TestRefused(t *testing.T) {
	repo := gittest.New(t)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	published := store.NewMem()
	run(t, repo, "main", published)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	root := wire.NodePath(wire.Sum([]byte(live(t, published)[wire.RootPath])))
	for _, c := range []struct {
		name  string
		spoil func(s *store.Mem, o *publish.Options)
		want  string
	}{
		{"signed by another key", func(_ *store.Mem, o *publish.Options) {
			other := must(sign.Generate())
			o.Signer, o.Pin = other, trust.KeyPin(other.Public())
		}, "have the pinned key"},
		{"a secret key that isn't the pinned one", func(_ *store.Mem, o *publish.Options) { o.Signer = must(sign.Generate()) }, "don't belong together"},
		{"a damaged head", func(s *store.Mem, _ *publish.Options) { _ = s.Put(wire.HeadPath, []byte("x")) }, "not a minisign signature"},
		{"a root node that isn't there", func(s *store.Mem, _ *publish.Options) { _ = s.Remove(root) }, root},
		{"a root node with other bytes", func(s *store.Mem, _ *publish.Options) { _ = s.Put(root, []byte("{}")) }, root},
		{"a truncated log tile", func(s *store.Mem, _ *publish.Options) {
			path := "log/1/tile/0/000.p/2"
			data, err := s.Read(context.Background(), path, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Put(path, data[:len(data)-1])
		}, "log/1/tile/0/000.p/2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := clone(t, published)
			o := options(t, repo, "main", s)
			c.spoil(s, &o)
			before := clone(t, s)
			_, err := publish.Run(context.Background(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, expected %q", err, c.want)
			}
			head, _ := s.Read(context.Background(), wire.HeadPath, 1<<20)
			old, _ := before.Read(context.Background(), wire.HeadPath, 1<<20)
			if string(head) != string(old) {
				t.Error("the head was written")
			}
		})
	}
	t.Run("another registry", func(t *testing.T) {
		repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("id: another\n")})
		before := clone(t, published)
		if _, err := publish.Run(context.Background(), options(t, repo, "main", published)); !errors.Is(err, publish.ErrRegistry) {
			t.Errorf("got %v, expected %v", err, publish.ErrRegistry)
		}
		equalStores(t, published, before)
	})
	if !errors.Is(errorsOfMissing(t, published, root), tree.ErrDamaged) {
		t.Error("a missing root node isn't ErrDamaged")
	}
}

func errorsOfMissing(t *testing.T, s store.Store, path string) error {
	m := clone(t, s)
	_ = m.Remove(path)
	_, err := tree.Load(context.Background(), m, trust.KeyPin(signer().Public()))
	return err
}

// TestReissue: a head is issued anew when more than half of its lifetime has passed, and not before.
func TestReissue(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	before := clone(t, s)
	for _, c := range []struct {
		after time.Duration
		wrote bool
	}{{15 * 24 * time.Hour, false}, {15*24*time.Hour + time.Second, true}} {
		o := options(t, repo, "main", s)
		o.Now = now.Add(c.after)
		r, err := publish.Run(context.Background(), o)
		if err != nil || r.Wrote != c.wrote {
			t.Errorf("after %v: wrote %v (%v), expected %v", c.after, r.Wrote, err, c.wrote)
		}
	}
	_ = before.Put(wire.HeadPath, must(s.Read(context.Background(), wire.HeadPath, 1<<20)))
	equalStores(t, s, before)
}

// TestSweep: superseded files go when their time of grace is over, and not before; what is live again stays.
func TestSweep(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Remove("plugins/a"))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x")) // the first version list is live again
	run(t, repo, "main", s)
	grace := check(t, s).Grace
	if len(grace) == 0 {
		t.Fatal("nothing is in its time of grace")
	}
	publishAt := func(at time.Duration, version string) {
		t.Helper()
		repo.Commit(t, gittest.Plugin("plugins/b", version, "x"))
		o := options(t, repo, "main", s)
		o.Now = now.Add(at)
		if _, err := publish.Run(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	const lifetime = 30 * 24 * time.Hour
	publishAt(lifetime+7*24*time.Hour, "1.0.0")
	for _, path := range grace {
		if _, err := s.Read(context.Background(), path, 1<<30); err != nil {
			t.Errorf("%s went too early", path)
		}
	}
	publishAt(lifetime+7*24*time.Hour+time.Second, "1.1.0")
	for _, path := range grace {
		if _, err := s.Read(context.Background(), path, 1<<30); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
	report := must(verifyAt(s, now.Add(lifetime+8*24*time.Hour)))
	if !report.OK() || len(report.Leftovers) > 0 {
		t.Errorf("problems %v, leftovers %v", report.Problems, report.Leftovers)
	}
}

// TestTwoPublishers: one wins, the other starts over, and both releases are there in the end.
func TestTwoPublishers(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	early := repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	repo.Commit(t, gittest.Plugin("plugins/c", "1.0.0", "x"))
	raced := &raceStore{Store: s, at: func() { run(t, repo, early, s) }}
	r := run(t, repo, "main", raced)
	if raced.times != 1 {
		t.Fatal("the other publisher didn't run")
	}
	if len(r.Released) != 1 || r.Released[0].ID != "c" {
		t.Errorf("the second try released %+v, expected c alone", r.Released)
	}
	report := check(t, s)
	if report.Packages != 3 || report.Serial != 3 {
		t.Errorf("%d packages at serial %d, expected 3 at 3", report.Packages, report.Serial)
	}
	live(t, s)
}

// raceStore lets another publisher run just before the first swap.
type raceStore struct {
	store.Store
	at    func()
	times int
}

func (r *raceStore) Swap(path string, old, new []byte) error {
	if r.times == 0 {
		r.times++
		r.at()
	}
	return r.Store.Swap(path, old, new)
}

// TestPages: a release reaches a bounded set of pages, and leaves the others alone.
func TestPages(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), gittest.Plugin("plugins/b", "1.0.0", "x")))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	counted := &countStore{Store: s}
	run(t, repo, "main", counted)
	if i := slices.IndexFunc(counted.put, func(p string) bool { return strings.Contains(p, "apps/b/") }); i >= 0 {
		t.Errorf("%s was written, though b didn't change", counted.put[i])
	}
	for _, want := range []string{en(wire.PackagePage("a")), en(wire.ReleasePage("a", "1.0.0")), wire.HomePage, wire.ViewsPath} {
		if !slices.Contains(counted.put, want) {
			t.Errorf("%s wasn't written", want)
		}
	}
	if last := counted.put[len(counted.put)-1]; last != wire.ViewsPath {
		t.Errorf("%s was written last, expected %s", last, wire.ViewsPath)
	}
}

// TestOlderCommit: a run of an older commit, after a newer one, does nothing; one in a clone that doesn't have the newer commit is refused.
func TestOlderCommit(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	older := repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	early := &gittest.Repo{Dir: t.TempDir() + "/registry.git"}
	repo.Git(t, "", "clone", "-q", "--bare", repo.Dir, early.Dir)
	repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "x"))
	run(t, repo, "main", s)
	before := clone(t, s)
	if r := run(t, repo, older, s); len(r.Delisted) != 0 || r.Wrote || len(r.Notes) != 1 {
		t.Errorf("delisted %v, wrote %v, notes %v; expected a note alone", r.Delisted, r.Wrote, r.Notes)
	}
	if _, err := publish.Run(context.Background(), options(t, early, "main", s)); !errors.Is(err, publish.ErrBehind) {
		t.Errorf("in an old clone: %v, expected %v", err, publish.ErrBehind)
	}
	equalStores(t, s, before)
}

// TestLostHead: a tree that had a head is not founded anew.
func TestLostHead(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	_ = s.Remove(wire.HeadPath)
	if _, err := publish.Run(context.Background(), options(t, repo, "main", s)); !errors.Is(err, tree.ErrDamaged) {
		t.Errorf("got %v, expected %v", err, tree.ErrDamaged)
	}
}

// TestMendedCommit: a commit that can't be published as a whole doesn't block the ones after it.
func TestMendedCommit(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, repo *gittest.Repo)
	}{
		{"a configuration that is too large", func(t *testing.T, repo *gittest.Repo) {
			repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("#" + strings.Repeat("x", 70_000))})
		}},
		{"a configuration that is a symbolic link", func(t *testing.T, repo *gittest.Repo) {
			repo.Commit(t, gittest.Files{"registry.yaml": {Mode: "120000", Data: "/etc/passwd"}})
		}},
		{"a tree with .. in it", func(t *testing.T, repo *gittest.Repo) {
			blob := repo.Git(t, "x", "hash-object", "-w", "--stdin")
			raw, err := hex.DecodeString(blob)
			if err != nil {
				t.Fatal(err)
			}
			bad := repo.Git(t, "100644 ..\x00"+string(raw), "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
			top := repo.Git(t, "040000 tree "+bad+"\tplugins\n", "mktree")
			tip := repo.Git(t, "", "rev-parse", "main")
			commit := repo.Git(t, "", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "bad", "-p", tip, top)
			repo.Git(t, "", "update-ref", "refs/heads/main", commit)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			repo, s := gittest.New(t), store.NewMem()
			repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
			run(t, repo, "main", s)
			c.spoil(t, repo)
			var broken *publish.CommitError
			if _, err := publish.Run(context.Background(), options(t, repo, "main", s)); !errors.As(err, &broken) || broken.Findings[0].Hint == "" {
				t.Fatalf("got %v, expected a finding with a hint", err)
			}
			repo.Commit(t, gittest.Join(gittest.Remove("registry.yaml", "plugins"), gittest.Plugin("plugins/a", "1.1.0", "x")))
			if r := run(t, repo, "main", s); len(r.Released) != 1 || len(r.Notes) != 1 {
				t.Errorf("released %v, notes %v; expected a 1.1.0 and a note", r.Released, r.Notes)
			}
			live(t, s)
		})
	}
}

// TestRebuild: the commits give every file again, also after a change of the configuration alone, and in a clone of another name.
func TestRebuild(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.1.0", "x"), gittest.Files{"plugins/b/composer.json": gittest.Text("{")}))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("name: Later\n")})
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Files{"README.md": gittest.Text("x")})
	renamed := &gittest.Repo{Dir: t.TempDir() + "/other"}
	repo.Git(t, "", "clone", "-q", "--bare", repo.Dir, renamed.Dir)
	for _, c := range []struct {
		repo *gittest.Repo
		rev  string
		same bool
	}{{repo, "main~1", true}, {repo, "main", true}, {renamed, "main", true}, {repo, "main~2", false}, {repo, "main~3", false}} {
		r, err := publish.Rebuild(context.Background(), s, store.NewMem(), options(t, c.repo, c.rev, s).History, options(t, c.repo, c.rev, s).History, trust.KeyPin(signer().Public()), func(string, int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		if same := len(r.Differences) == 0; same != c.same || r.Files < 10 {
			t.Errorf("%s of %s: %d files, differences %v; expected the same: %v", c.rev, c.repo.Dir, r.Files, r.Differences, c.same)
		}
	}
}
