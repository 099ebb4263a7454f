package publish_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// advised is an advisory as tests write it. Its versions are a range, or else hashes with commas between them.
type advised struct{ id, pkg, versions, action, reason string }

// advise returns an advisories.yaml.
func advise(list ...advised) gittest.Files {
	var b strings.Builder
	b.WriteString("advisories:\n")
	for _, a := range list {
		what := fmt.Sprintf("versions: %q", a.versions)
		if len(a.versions) >= 64 {
			what = fmt.Sprintf("hashes: [%s]", a.versions)
		}
		fmt.Fprintf(&b, "  - id: %s\n    package: %s\n    %s\n    action: %s\n    reason: %q\n", a.id, a.pkg, what, a.action, a.reason)
	}
	return gittest.Files{advisory.FileName: gittest.Text(b.String())}
}

// versionList returns what is published of a package.
func versionList(t fataler, s store.Store, id string) (list wire.VersionList) {
	t.Helper()
	data, err := s.Read(context.Background(), wire.PackageViewPath(id), 1<<30)
	if err == nil {
		err = wire.DecodeStrict(data, &list)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	return list
}

// states returns the versions of a package with what applies to them: "1.0.0 A-1:block A-2:warn, 1.1.0".
func states(t fataler, s store.Store, id string) string {
	t.Helper()
	var out []string
	for _, v := range versionList(t, s, id).Versions {
		state := v.Version
		for _, y := range v.Yanks {
			state += " " + y.Advisory + ":" + y.Action
		}
		out = append(out, state)
	}
	return strings.Join(out, ", ")
}

// events returns what a report says of advisories: "yank A-1 a block 1.0.0 1.1.0".
func events(r *publish.Report) []string {
	out := []string{}
	for _, a := range r.Advisories {
		out = append(out, strings.Join(strings.Fields(a.Type+" "+a.Advisory+" "+a.ID+" "+a.Action+" "+strings.Join(a.Versions, " ")), " "))
	}
	return out
}

// page returns a page of a tree.
func page(t fataler, s store.Store, path string) string {
	t.Helper()
	data, err := s.Read(context.Background(), path, 1<<20)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(data)
}

// entryOf returns what the catalogue says of a package, in a registry of one node.
func entryOf(t fataler, s store.Store, id string) wire.Entry {
	t.Helper()
	var root wire.Node
	if err := wire.DecodeStrict([]byte(page(t, s, wire.RootPath)), &root); err != nil {
		t.Fatalf("%v", err)
	}
	return root.Packages[id]
}

// sound fails the test unless a tree verifies, has no page that nothing names, and is what the commits give.
func sound(t fataler, repo *gittest.Repo, s store.Store) {
	t.Helper()
	for _, path := range check(t, s).Leftovers {
		if !strings.HasPrefix(path, "advisories/") {
			t.Fatalf("left over: %s", path)
		}
	}
	for rev := "main"; ; rev += "~1" {
		r, err := publish.Rebuild(context.Background(), s, store.NewMem(), options(t, repo, rev, s).History, options(t, repo, rev, s).History, trust.KeyPin(signer().Public()), func(string, int, int) {})
		if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
			continue // the newest commit isn't published
		}
		if err != nil || len(r.Differences) > 0 {
			t.Fatalf("rebuilt at %s, %+v differ (%v)", rev, r, err)
		}
		return
	}
}

// TestAdvisories follows a registry through the life of its advisories, one run a commit.
func TestAdvisories(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	plugin := gittest.Plugin
	dry := store.NewMem()
	for _, c := range []struct {
		what   string
		commit gittest.Files
		events string // with | between them
		a, b   string // states
		shown  string // version that a is shown by
		state  string // of a's entry
	}{
		{"none", gittest.Join(plugin("plugins/a", "1.0.0", "x"), plugin("plugins/b", "1.0.0", "x")), "", "1.0.0", "1.0.0", "1.0.0", ""},
		{"a release", plugin("plugins/a", "1.1.0", "y"), "", "1.0.0, 1.1.0", "1.0.0", "1.1.0", ""},
		{"the highest is blocked", advise(advised{"A-1", "a", "=1.1.0", "block", "x"}), "yank A-1 a block 1.1.0", "1.0.0, 1.1.0 A-1:block", "1.0.0", "1.0.0", ""},
		{"the file is written otherwise", gittest.Files{advisory.FileName: gittest.Text("# moved\n\n\nadvisories: [{action: block, reason: {en: x}, versions: ' =1.1.0', package: a, id: A-1}]\n")}, "",
			"1.0.0, 1.1.0 A-1:block", "1.0.0", "1.0.0", ""},
		{"another action", advise(advised{"A-1", "a", "=1.1.0", "warn", "x"}), "yank A-1 a warn 1.1.0", "1.0.0, 1.1.0 A-1:warn", "1.0.0", "1.1.0", ""},
		{"another reason", advise(advised{"A-1", "a", "=1.1.0", "warn", "y"}), "yank A-1 a warn 1.1.0", "1.0.0, 1.1.0 A-1:warn", "1.0.0", "1.1.0", ""},
		{"two on one version", advise(advised{"A-1", "a", "*", "warn", "y"}, advised{"A-0", "a", "=1.1.0", "uninstall", "z"}), "yank A-0 a uninstall 1.1.0|yank A-1 a warn 1.0.0",
			"1.0.0 A-1:warn, 1.1.0 A-0:uninstall A-1:warn", "1.0.0", "1.0.0", ""},
		{"a release in a range", plugin("plugins/a", "1.2.0", "z"), "yank A-1 a warn 1.2.0", "1.0.0 A-1:warn, 1.1.0 A-0:uninstall A-1:warn, 1.2.0 A-1:warn", "1.0.0", "1.2.0", ""},
		{"all are blocked", advise(advised{"A-1", "a", "<=1.2.0", "block", "y"}, advised{"B", "b", "=1.0.0", "warn", "b"}), "restore A-0 a 1.1.0|yank A-1 a block 1.0.0 1.1.0 1.2.0|yank B b warn 1.0.0",
			"1.0.0 A-1:block, 1.1.0 A-1:block, 1.2.0 A-1:block", "1.0.0 B:warn", "1.2.0", wire.AllBlocked},
		{"delisted, and blocked", gittest.Remove("plugins/a"), "", "1.0.0 A-1:block, 1.1.0 A-1:block, 1.2.0 A-1:block", "1.0.0 B:warn", "1.2.0", wire.Delisted},
		{"delisted, and one is lifted", advise(advised{"A-1", "a", ">=1.1.0 <=1.2.0", "block", "y"}), "restore A-1 a 1.0.0|restore B b 1.0.0",
			"1.0.0, 1.1.0 A-1:block, 1.2.0 A-1:block", "1.0.0", "1.0.0", wire.Delisted},
		{"delisted, and another one comes", advise(advised{"A-1", "a", ">=1.1.0 <=1.2.0", "block", "y"}, advised{"A-2", "a", "*", "block", "y"}), "yank A-2 a block 1.0.0 1.1.0 1.2.0",
			"1.0.0 A-2:block, 1.1.0 A-1:block A-2:block, 1.2.0 A-1:block A-2:block", "1.0.0", "1.2.0", wire.Delisted},
		{"relisted, with a release that is blocked at once", plugin("plugins/a", "1.3.0", "x"), "yank A-2 a block 1.3.0",
			"1.0.0 A-2:block, 1.1.0 A-1:block A-2:block, 1.2.0 A-1:block A-2:block, 1.3.0 A-2:block", "1.0.0", "1.3.0", wire.AllBlocked},
		{"mended", gittest.Join(plugin("plugins/a", "2.0.0-beta.1", "x"), advise(advised{"A-1", "a", ">=1.1.0 <=1.2.0", "block", "y"}, advised{"A-2", "a", "<2.0.0-0", "block", "y"})), "",
			"1.0.0 A-2:block, 1.1.0 A-1:block A-2:block, 1.2.0 A-1:block A-2:block, 1.3.0 A-2:block, 2.0.0-beta.1", "1.0.0", "2.0.0-beta.1", ""},
		{"all are lifted", gittest.Remove(advisory.FileName), "restore A-1 a 1.1.0 1.2.0|restore A-2 a 1.0.0 1.1.0 1.2.0 1.3.0", "1.0.0, 1.1.0, 1.2.0, 1.3.0, 2.0.0-beta.1", "1.0.0", "1.3.0", ""},
	} {
		repo.Commit(t, c.commit)
		want := strings.Split(c.events, "|")
		if c.events == "" {
			want = []string{}
		}
		o := options(t, repo, "main", clone(t, s))
		o.DryRun, o.Signer = true, nil
		if r, err := publish.Run(context.Background(), o); err != nil || !slices.Equal(events(r), want) {
			t.Errorf("%s: a dry run says %v, expected %v (%v)", c.what, events(r), want, err)
		}
		r := run(t, repo, "main", s)
		if !slices.Equal(events(r), want) || len(r.Notes) > 0 || len(r.Failed) > 0 {
			t.Errorf("%s: %v, expected %v; notes %v, failed %v", c.what, events(r), want, r.Notes, r.Failed)
		}
		if a, b := states(t, s, "a"), states(t, s, "b"); a != c.a || b != c.b {
			t.Errorf("%s: a has %s and b %s, expected %s and %s", c.what, a, b, c.a, c.b)
		}
		e := entryOf(t, s, "a")
		if e.State != c.state || !strings.HasPrefix(e.Icon, c.shown+"/") || !strings.Contains(page(t, s, en(wire.PackagePage("a"))), "<span>Version "+c.shown+"</span>") {
			t.Errorf("%s: a is shown as %+v, expected %s, state %q", c.what, e, c.shown, c.state)
		}
		if listed := strings.Contains(page(t, s, wire.HomePage), `href="en/apps/a/index.html"`); listed != (c.state == "") {
			t.Errorf("%s: the home page lists it: %v", c.what, listed)
		}
		sound(t, repo, s)
	}
	// A run of all commits at once, and one of a dry clone, come to the same.
	o := options(t, repo, "main", dry)
	o.From = repo.Git(t, "", "rev-list", "--max-parents=0", "main")
	if _, err := publish.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	same(t, live(t, dry), live(t, s))
}

// TestBrokenAdvisories: a broken file fails the run, publishes nothing of its commit, and lifts nothing; a later commit that mends it brings what was held up.
func TestBrokenAdvisories(t *testing.T) {
	for what, file := range map[string]gittest.File{
		"no YAML":         gittest.Text("advisories: [{"),
		"an unknown key":  gittest.Text("advisroies: []\n"),
		"a bad range":     advise(advised{"A", "a", "^1", "block", "x"})[advisory.FileName],
		"too large":       gittest.Text(strings.Repeat("#", advisory.MaxFile+1)),
		"a symbolic link": {Mode: "120000", Data: "/etc/passwd"},
		"a submodule":     {Mode: "160000", Data: strings.Repeat("1", 40)},
	} {
		repo, s := gittest.New(t), store.NewMem()
		repo.Commit(t, gittest.Files{advisory.FileName: file})
		var first *publish.CommitError
		if r, err := publish.Run(context.Background(), options(t, repo, "main", s)); !errors.As(err, &first) || len(r.Broken) == 0 {
			t.Errorf("%s: in the first commit of all: %v", what, err)
		}
		equalStores(t, s, store.NewMem())
		repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), advise(advised{"A", "a", "*", "block", "x"})))
		run(t, repo, "main", s)
		before := clone(t, s)
		repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.1.0", "y"), gittest.Files{advisory.FileName: file}))
		repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "y"))
		for range 2 {
			r, err := publish.Run(context.Background(), options(t, repo, "main", s))
			var broken *publish.CommitError
			if !errors.As(err, &broken) || broken.Findings[0].Path != advisory.FileName || broken.Findings[0].Hint == "" || len(r.Broken) == 0 {
				t.Fatalf("%s: %v", what, err)
			}
			if f := broken.Findings[0]; f.Line > 0 && f.Source == "" {
				t.Errorf("%s: the finding doesn't quote its line: %+v", what, f)
			}
			equalStores(t, s, before)
		}
		repo.Commit(t, advise(advised{"A", "a", "<1.1.0", "block", "x"}, advised{"B", "b", "*", "warn", "x"}))
		r := run(t, repo, "main", s)
		if got := strings.Join(events(r), "|"); got != "yank B b warn 1.0.0" || len(r.Released) != 2 || len(r.Notes) != 1 {
			t.Errorf("%s: mended: %s, released %v, notes %v", what, got, r.Released, r.Notes)
		}
		if a := states(t, s, "a"); a != "1.0.0 A:block, 1.1.0" {
			t.Errorf("%s: a has %s", what, a)
		}
		sound(t, repo, s)
	}
}

// TestNeverPublished: an advisory about a package that was never published is noted, and takes effect with its first release.
func TestNeverPublished(t *testing.T) {
	const note = "advisories.yaml is about ghost, which was never published"
	repo, s := gittest.New(t), store.NewMem()
	for _, c := range []struct {
		what        string
		commits     []gittest.Files
		notes, evts string
	}{
		{"in the first commit", []gittest.Files{gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), advise(advised{"G", "ghost", "*", "block", "x"}))}, note, ""},
		{"nothing new", []gittest.Files{gittest.Plugin("plugins/a", "1.1.0", "x")}, "", ""},
		{"changed", []gittest.Files{advise(advised{"G", "ghost", "*", "warn", "x"})}, note, ""},
		{"lifted", []gittest.Files{gittest.Remove(advisory.FileName)}, "", ""},
		{"named and unnamed", []gittest.Files{advise(advised{"G", "ghost", "*", "warn", "x"}), gittest.Remove(advisory.FileName)}, "", ""},
		{"named and published", []gittest.Files{advise(advised{"G", "ghost", "*", "warn", "x"}), gittest.Plugin("plugins/ghost", "0.1.0", "x")}, "", "yank G ghost warn 0.1.0"},
	} {
		for _, files := range c.commits {
			repo.Commit(t, files)
		}
		r := run(t, repo, "main", s)
		if notes, evts := strings.Join(r.Notes, "|"), strings.Join(events(r), "|"); notes != c.notes || evts != c.evts {
			t.Errorf("%s: noted %q, and %q; expected %q and %q", c.what, notes, evts, c.notes, c.evts)
		}
	}
	sound(t, repo, s)
}

// TestRewritten: where the published commit isn't in the history, as after a force push, the advisories that HEAD doesn't have are lifted all the same.
func TestRewritten(t *testing.T) {
	plugin := gittest.Plugin("plugins/a", "1.0.0", "x")
	for _, c := range []struct {
		now  gittest.Files
		want string
	}{
		{advise(advised{"A", "a", "*", "block", "x"}), ""},
		{advise(advised{"B", "a", "*", "warn", "x"}), "restore A a 1.0.0|yank B a warn 1.0.0"},
		{gittest.Files{}, "restore A a 1.0.0"},
	} {
		repo, s := gittest.New(t), store.NewMem()
		repo.Commit(t, gittest.Join(plugin, advise(advised{"A", "a", "*", "block", "x"})))
		run(t, repo, "main", s)
		other := gittest.New(t)
		other.Commit(t, gittest.Files{"README.md": gittest.Text("other")})
		other.Commit(t, gittest.Join(plugin, c.now))
		r := run(t, other, "main", s)
		if got := strings.Join(events(r), "|"); got != c.want || len(r.Notes) != 1 {
			t.Errorf("%q, expected %q; notes %v", got, c.want, r.Notes)
		}
		check(t, s)
	}
}

// TestHashes: a hash selects the release whose artifact has it, whatever its version; a dry run knows it, too.
func TestHashes(t *testing.T) {
	repo, s, known := gittest.New(t), store.NewMem(), hashes(t)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.1.0", "x"), gittest.Plugin("plugins/b", "1.0.0", "x")))
	first := run(t, repo, "main~1", s).Released[0].SHA256
	repo.Commit(t, advise(advised{"A", "a", first + ", " + known["b 1.0.0"] + ", " + known["a 1.2.0"], "block", "x"}))
	run(t, repo, "main", s)
	if got := states(t, s, "a") + " / " + states(t, s, "b"); got != "1.0.0 A:block, 1.1.0 / 1.0.0" { // b's hash is named with the package a
		t.Error(got)
	}
	repo.Commit(t, gittest.Plugin("plugins/a", "1.2.0", "x"))
	o := options(t, repo, "main", s)
	o.DryRun = true
	for _, o := range []publish.Options{o, options(t, repo, "main", s)} {
		if r, err := publish.Run(context.Background(), o); err != nil || strings.Join(events(r), "|") != "yank A a block 1.2.0" {
			t.Errorf("dry %v: %v, %v", o.DryRun, events(r), err)
		}
	}
	sound(t, repo, s)
}

// TestManyVersions: of more versions than an event may name, an advisory takes several, and so does its end.
func TestManyVersions(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes hundreds of commits")
	}
	repo, s := gittest.New(t), store.NewMem()
	const n = wire.MaxYanked + 2
	for i := range n {
		repo.Commit(t, gittest.Plugin("plugins/a", fmt.Sprintf("1.%d.0", i), "x"))
	}
	o := options(t, repo, "main", s)
	o.From = repo.Git(t, "", "rev-list", "--max-parents=0", "main")
	if r, err := publish.Run(context.Background(), o); err != nil || len(r.Released) != n {
		t.Fatalf("%v", err)
	}
	for _, c := range []struct {
		files gittest.Files
		state string
	}{{advise(advised{"A", "a", "*", "block", "x"}), wire.AllBlocked}, {gittest.Remove(advisory.FileName), ""}} {
		repo.Commit(t, c.files)
		r := run(t, repo, "main", s)
		if len(r.Advisories) != 2 || len(r.Advisories[0].Versions) != wire.MaxYanked || len(r.Advisories[1].Versions) != 2 || entryOf(t, s, "a").State != c.state {
			t.Errorf("%d events, state %q", len(r.Advisories), entryOf(t, s, "a").State)
		}
		check(t, s)
	}
	sound(t, repo, s)
}

// TestPagesOfAdvisories: an advisory reaches the pages of the package and of the versions that it is about, and no others. None stays behind that says what no longer holds.
func TestPagesOfAdvisories(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	for _, v := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", v, "x"), gittest.Plugin("plugins/b", "1.0.0", "x")))
		run(t, repo, "main", s)
	}
	for _, c := range []struct {
		what    string
		files   gittest.Files
		written string            // versions of a whose own pages are written
		says    map[string]string // page → what it says
	}{
		{"an older one", advise(advised{"A", "a", "=1.0.0", "warn", "It drips."}), "1.0.0", map[string]string{
			en(wire.ReleasePage("a", "1.0.0")): "It drips.", en(wire.PackagePage("a")): `1.0.0</a> <span class="badge warn">warning</span>`,
		}},
		{"the newest one", advise(advised{"A", "a", ">=1.2.0", "block", "It drips."}), "1.0.0 1.2.0", map[string]string{
			en(wire.ReleasePage("a", "1.2.0")): "Version 1.2.0 is blocked.", en(wire.PackagePage("a")): "<span>Version 1.1.0</span>", en(wire.ReleasePage("a", "1.1.0")): "release 1.1.0 alone",
		}},
		{"all", advise(advised{"A", "a", "*", "uninstall", "It drips."}), "1.0.0 1.1.0 1.2.0", map[string]string{
			en(wire.ReleasePage("a", "1.1.0")): "Version 1.1.0 is withdrawn.", en(wire.PackagePage("a")): "Every version of this package is blocked.",
		}},
		{"none", advise(), "1.0.0 1.1.0 1.2.0", map[string]string{
			en(wire.ReleasePage("a", "1.2.0")): `class="button"`, en(wire.PackagePage("a")): `class="button"`,
		}},
	} {
		repo.Commit(t, c.files)
		counted := &countStore{Store: s}
		run(t, repo, "main", counted)
		var written []string
		for _, path := range counted.put {
			if strings.Contains(path, "apps/b/") {
				t.Errorf("%s: %s was written", c.what, path)
			}
			if v, own := strings.CutPrefix(strings.TrimSuffix(path, "/index.html"), "en/apps/a/"); own && !strings.Contains(v, ".html") && v != "feed.atom" {
				written = append(written, v)
			}
		}
		slices.Sort(written)
		if got := strings.Join(written, " "); got != c.written || !slices.Contains(counted.put, en(wire.PackagePage("a"))) {
			t.Errorf("%s: the pages of %s were written, expected %s", c.what, got, c.written)
		}
		for path, says := range c.says {
			if got := page(t, s, path); !strings.Contains(got, says) {
				t.Errorf("%s: %s doesn't say %q: %s", c.what, path, says, got)
			}
		}
		for _, v := range []string{"1.0.0", "1.1.0", "1.2.0"} {
			path := en(wire.ReleasePage("a", v))
			version, _ := versionList(t, s, "a").Find(v)
			if got := page(t, s, path); strings.Contains(got, "It drips.") != (len(version.Yanks) > 0) || strings.Contains(got, `class="button"`) == version.Blocked() {
				t.Errorf("%s: %s isn't about what applies: %s", c.what, path, got)
			}
		}
		sound(t, repo, s)
	}
}

// TestAnyAdvisories: whatever happens to packages and advisories, in whichever runs, each version has the advisories that the last sound file says, and the rest of the tree is as it
// has to be.
func TestAnyAdvisories(t *testing.T) {
	known := hashes(t)
	change := func(rt *rapid.T) gittest.Files {
		files := make(gittest.Files)
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			dir := "plugins/" + rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "id")
			switch rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0:
				files = gittest.Join(files, gittest.Remove(dir))
			case 1, 2, 3:
				files = gittest.Join(files, randomAdvisories(rt, "a", "b", "ghost"))
			case 4:
				hash := known[rapid.SampledFrom(slices.Sorted(maps.Keys(known))).Draw(rt, "hash")]
				files = gittest.Join(files, advise(advised{"H", rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "package"), hash, rapid.SampledFrom(wire.Actions).Draw(rt, "action"), "x"}))
			default:
				files = gittest.Join(files, gittest.Plugin(dir, rapid.SampledFrom(anyVersions).Draw(rt, "version"), rapid.SampledFrom([]string{"x", "x", "y"}).Draw(rt, "text")))
			}
		}
		return files
	}
	anyRuns(t, change, func(rt *rapid.T, repo *gittest.Repo, commits []string, s store.Store) {
		var said []advisory.Advisory
		for _, c := range slices.Backward(commits) {
			history := options(rt, repo, c, s).History
			head, err := history.Head()
			if err != nil {
				rt.Fatalf("%v", err)
			}
			data, err := history.File(head, advisory.FileName, advisory.MaxFile)
			if err != nil {
				break // none
			}
			list, findings := advisory.Parse(advisory.FileName, data)
			if len(findings) == 0 {
				said = list
				break
			}
		}
		for _, id := range []string{"a", "b"} {
			if _, err := s.Read(context.Background(), wire.PackageViewPath(id), 1<<20); err != nil {
				continue // never published
			}
			for _, v := range versionList(rt, s, id).Versions {
				var m wire.Metadata
				if err := wire.DecodeStrict([]byte(page(rt, s, wire.MetadataPath(id, v.Version))), &m); err != nil {
					rt.Fatalf("%v", err)
				}
				var want, got []string
				for _, a := range said {
					if a.Package == id && a.Matches(v.Version, m.Artifact.SHA256) {
						want = append(want, a.ID+" "+a.Action+" "+a.Reason["en"])
					}
				}
				for _, y := range v.Yanks {
					var a wire.Advisory
					if err := wire.DecodeStrict([]byte(page(rt, s, wire.AdvisoryPath(y.SHA256))), &a); err != nil {
						rt.Fatalf("%v", err)
					}
					got = append(got, y.Advisory+" "+y.Action+" "+a.Reason["en"])
				}
				if !slices.Equal(got, want) {
					rt.Fatalf("%s %s has %v, expected %v", id, v.Version, got, want)
				}
			}
		}
		sound(rt, repo, s)
	})
}

// hashes returns the artifacts of the packages that random histories have: "a 1.0.0" → SHA-256.
func hashes(t *testing.T) map[string]string {
	out := make(map[string]string)
	for _, v := range anyVersions {
		repo, s := gittest.New(t), store.NewMem()
		repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", v, "x"), gittest.Plugin("plugins/b", v, "x")))
		for _, r := range run(t, repo, "main", s).Released {
			out[r.ID+" "+r.Version] = r.SHA256
		}
	}
	return out
}

var anyVersions = []string{"1.0.0", "1.1.0-rc.1", "1.1.0", "1.2.0", "2.0.0-beta.1", "2.0.0"}

// randomAdvisories is a file that is sound or broken, or none.
func randomAdvisories(t *rapid.T, ids ...string) gittest.Files {
	switch rapid.IntRange(0, 9).Draw(t, "file") {
	case 0:
		return gittest.Remove(advisory.FileName)
	case 1:
		return gittest.Files{advisory.FileName: gittest.Text("advisories: [{}]\n")}
	}
	var list []advised
	for _, id := range []string{"A-1", "B_2", "c.3"} {
		if rapid.IntRange(0, 3).Draw(t, "there") == 0 {
			continue
		}
		versions := rapid.SampledFrom([]string{"*", "<1.2.0", ">=1.1.0", "=1.0.0 || >1.3.0", "<1.1.0-rc.1", ">=2.0.0-0 <2.0.0", "=9.9.9"}).Draw(t, "versions")
		list = append(list, advised{id, rapid.SampledFrom(ids).Draw(t, "package"), versions, rapid.SampledFrom(wire.Actions).Draw(t, "action"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "reason")})
	}
	return advise(list...)
}

// TestRecent: the home page of a registry that is too large for one list shows the latest releases, and none that is blocked.
func TestRecent(t *testing.T) {
	if testing.Short() {
		t.Skip("it publishes more than a thousand packages")
	}
	repo, s := gittest.New(t), store.NewMem()
	files := make(gittest.Files)
	for i := range wire.MaxLeaf + 10 {
		files = gittest.Join(files, gittest.Plugin(fmt.Sprintf("plugins/p%d", i), "1.0.0", "x"))
	}
	start := repo.Commit(t, files)
	shows := func(id, version string) bool {
		html := page(t, s, wire.HomePage)
		_, card, found := strings.Cut(html, `href="en/apps/`+id+`/index.html"`)
		card, _, _ = strings.Cut(card, "</li>")
		return found && (version == "" || strings.Contains(card, `<span class="version">`+version+"</span>"))
	}
	for _, c := range []struct {
		what   string
		files  gittest.Files
		p1, p2 string // versions that are shown; "" for none
	}{
		{"at first", gittest.Join(gittest.Plugin("plugins/p1", "1.1.0", "x"), gittest.Plugin("plugins/p2", "1.1.0", "x")), "1.1.0", "1.1.0"},
		{"one blocked", advise(advised{"A", "p1", ">1.0.0", "block", "x"}), "", "1.1.0"},
		{"released in the range", gittest.Plugin("plugins/p1", "1.2.0", "x"), "", "1.1.0"},
		{"one above it", gittest.Join(gittest.Plugin("plugins/p1", "1.3.0", "x"), advise(advised{"A", "p1", ">1.0.0 <1.3.0", "block", "x"}, advised{"B", "p2", "*", "warn", "x"})), "1.3.0", "1.1.0"},
		{"other advisories", advise(advised{"A", "p1", ">=1.3.0", "uninstall", "x"}, advised{"B", "p2", "=1.1.0", "block", "x"}), "1.2.0", ""},
		{"lifted", gittest.Remove(advisory.FileName), "1.3.0", "1.1.0"},
	} {
		repo.Commit(t, c.files)
		o := options(t, repo, "main", s)
		o.From = start
		if _, err := publish.Run(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		for id, version := range map[string]string{"p1": c.p1, "p2": c.p2} {
			if version == "" && shows(id, "") || version != "" && !shows(id, version) {
				t.Errorf("%s: %s isn't shown as %q", c.what, id, version)
			}
		}
	}
	sound(t, repo, s)
	same(t, live(t, s), live(t, fresh(t, repo, start)))
}

// TestEntryIsWhole: the catalogue's entry of a package is cut to what there is room for, and has the rest again once there is room.
func TestEntryIsWhole(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	plugin := gittest.Plugin("plugins/a", "1.0.0", "x")
	long := plugin["plugins/a/composer.json"]
	long.Data = strings.Replace(long.Data, "The plugin a.", "The plugin a. "+strings.Repeat("字", 280), 1)
	plugin["plugins/a/composer.json"] = long
	repo.Commit(t, plugin)
	run(t, repo, "main", s)
	whole := entryOf(t, s, "a")
	for _, c := range []struct {
		what  string
		files gittest.Files
		state string
	}{
		{"delisted", gittest.Remove("plugins/a"), wire.Delisted}, {"relisted", plugin, ""},
		{"blocked", advise(advised{"A", "a", "*", "block", "x"}), wire.AllBlocked}, {"lifted", gittest.Remove(advisory.FileName), ""},
	} {
		repo.Commit(t, c.files)
		run(t, repo, "main", s)
		e := entryOf(t, s, "a")
		if e.State != c.state || (e.Summary == whole.Summary) != (c.state != wire.Delisted) {
			t.Errorf("%s: state %q, summary of %d bytes, and at first %d", c.what, e.State, len(e.Summary), len(whole.Summary))
		}
		sound(t, repo, s)
	}
}
