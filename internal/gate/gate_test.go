package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/gittest"
)

// native is a package of the native format.
func native(id, version string, more ...string) gittest.Files {
	return gittest.Files{
		"plugins/" + id + "/regen.yaml": gittest.Text(strings.Join(append([]string{
			"name: Demo", "version: " + version, "summary: A small package", "license: MIT", "authors: [{name: Ada Example}]", "languages: {en: 100}", "icons: [{path: icon.svg}]",
		}, more...), "\n") + "\n"),
		"plugins/" + id + "/icon.svg":  gittest.Text(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>` + "\n"),
		"plugins/" + id + "/README.md": gittest.Text("# Demo\n\nSee https://docs.example.net/.\n"),
		"plugins/" + id + "/main.lua":  gittest.Text("local old = load(code)\nlocal url = \"https://api.example.org/v1\"\n"),
	}
}

const owned = "owners: [Ada, grace]"

// A scene is a repo with one package that Ada and Grace own, and a change to it.
type scene struct {
	*testing.T
	repo       *gittest.Repo
	base, head string
	pull       *github.Pull
	reviews    []github.Review
}

func begin(t *testing.T, author string, base gittest.Files, change gittest.Files) *scene {
	t.Helper()
	s := &scene{T: t, repo: gittest.New(t)}
	s.base = s.repo.Commit(t, base)
	s.head = s.repo.Change(t, s.base, change)
	if author != "" {
		s.pull = pull(s.base, s.head, author)
	}
	return s
}

func (s *scene) look() gate.Result {
	s.Helper()
	r, _ := run(s.T, s.repo, gate.Options{Base: "main", Head: s.head, Pull: s.pull, Reviews: s.reviews})
	return r
}

func (s *scene) expect(r gate.Result, verdict gate.Verdict, labels ...string) {
	s.Helper()
	slices.Sort(labels)
	got := slices.Sorted(slices.Values(r.Labels))
	if want := slices.Sorted(slices.Values(append(labels, "regen/"+string(verdict)))); r.Verdict != verdict || !slices.Equal(got, want) {
		s.Errorf("%s with %v, expected %s with %v\n%s", r.Verdict, got, verdict, want, gate.Markdown(r))
	}
}

func codes(r gate.Result) []string {
	var list []string
	add := func(fs check.Findings) {
		for _, f := range fs {
			if f.Severity == check.Error {
				list = append(list, f.Code)
			}
		}
	}
	add(r.Findings)
	for _, p := range r.Packages {
		add(p.Findings)
	}
	return list
}

func kindsOf(p gate.Package) []gate.Kind {
	var list []gate.Kind
	for _, i := range p.Review {
		list = append(list, i.Kind)
	}
	return list
}

// A release by an owner, in which nothing is to be looked at, passes by itself. The case of a handle doesn't matter.
func TestOwnersRelease(t *testing.T) {
	s := begin(t, "ada", native("demo", "1.0.0", owned), native("demo", "1.1.0", owned))
	r := s.look()
	s.expect(r, gate.Pass, "regen/release")
	p := r.Packages[0]
	if r.Title != "demo 1.1.0" || p.Before != "1.0.0" || p.Version != "1.1.0" || p.Artifact == nil || p.Artifact.SHA256 == "" || p.NeedsOwner || len(r.Ping) > 0 {
		t.Errorf("%+v", r)
	}
	if len(p.Files) != 1 || p.Files[0].Added != 1 || p.Files[0].Removed != 1 || p.Files[0].Status != "modified" {
		t.Errorf("files: %+v", p.Files)
	}
}

// A change by somebody else needs the approval of an owner or a maintainer, of the very commit.
func TestApproval(t *testing.T) {
	base := gittest.Join(native("demo", "1.0.0", owned), gittest.Files{"owners.yaml": gittest.Text("maintainers: [Mel]\n")})
	s := begin(t, "eve", base, native("demo", "1.1.0", owned))
	review := func(who, state, commit string) github.Review {
		return github.Review{User: github.User{Login: who}, State: state, Commit: commit}
	}
	for _, c := range []struct {
		what    string
		reviews []github.Review
		by      string
	}{
		{"nobody", nil, ""},
		{"an owner", []github.Review{review("GRACE", "APPROVED", s.head)}, "GRACE"},
		{"a maintainer", []github.Review{review("mel", "APPROVED", s.head)}, "mel"},
		{"somebody else", []github.Review{review("bob", "APPROVED", s.head)}, ""},
		{"the author", []github.Review{review("eve", "APPROVED", s.head)}, ""},
		{"an owner, of what was there before", []github.Review{review("ada", "APPROVED", s.base)}, ""},
		{"an owner, who then saw something", []github.Review{review("ada", "APPROVED", s.head), review("ada", "CHANGES_REQUESTED", s.head)}, ""},
		{"an owner, dismissed", []github.Review{review("ada", "APPROVED", s.head), review("ada", "DISMISSED", s.head)}, ""},
		{"an owner, who then said more", []github.Review{review("ada", "APPROVED", s.head), review("ada", "COMMENTED", s.head)}, "ada"},
	} {
		s.reviews = c.reviews
		r := s.look()
		p := r.Packages[0]
		if p.ApprovedBy != c.by || p.NeedsOwner != (c.by == "") {
			t.Errorf("approved by %s: %q, needs an owner: %t", c.what, p.ApprovedBy, p.NeedsOwner)
		}
		if c.by == "" {
			s.expect(r, gate.NeedsReview, "regen/release", "regen/needs-owner")
			if !slices.Equal(r.Ping, []string{"Ada", "grace"}) || !strings.Contains(string(gate.Markdown(r)), " @Ada @grace\n") {
				t.Errorf("pinged: %v", r.Ping)
			}
		} else {
			s.expect(r, gate.Pass, "regen/release")
		}
	}
	s.reviews, s.pull.Labels = nil, []github.Label{{Name: gate.OverrideLabel}}
	s.expect(s.look(), gate.NeedsReview, "regen/release")
	s.pull = pull(s.base, s.head, "MEL")
	s.expect(s.look(), gate.Pass, "regen/release")
}

// What the change says of owners doesn't count, and only owners hand a package over.
func TestTransfer(t *testing.T) {
	for _, c := range []struct {
		what, author string
		change       gittest.Files
		fails        bool
	}{
		{"an owner hands it over", "ada", native("demo", "1.1.0", "owners: [eve]"), false},
		{"somebody adds herself", "eve", native("demo", "1.1.0", "owners: [ada, grace, eve]"), true},
		{"somebody registers a key", "eve", native("demo", "1.1.0", owned, "keys: [RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF]"), true},
		{"somebody takes the owners out", "eve", native("demo", "1.1.0"), true},
	} {
		s := begin(t, c.author, native("demo", "1.0.0", owned), c.change)
		r := s.look()
		if got := slices.Contains(codes(r), "gate/transfer"); got != c.fails {
			t.Errorf("%s: %v", c.what, codes(r))
		}
		if !slices.Contains(r.Labels, "regen/owners") {
			t.Errorf("%s: labels %v", c.what, r.Labels)
		}
		s.pull.Labels = []github.Label{{Name: gate.OverrideLabel}}
		if r := s.look(); slices.Contains(codes(r), "gate/transfer") || r.Verdict == gate.Pass {
			t.Errorf("%s, and a maintainer lets it: %s %v", c.what, r.Verdict, codes(r))
		}
	}
}

// What the base says of owners since the change left it is no doing of the change; what it says itself is.
func TestOwnersSince(t *testing.T) {
	for author, c := range map[string]struct {
		owners string
		fails  bool
	}{"eve": {"owners: [ada]", false}, "mallory": {"owners: [ada, mallory]", true}, "nobody": {"", true}} {
		s := begin(t, author, native("demo", "1.0.0", "owners: [ada]"), native("demo", "1.1.0", c.owners))
		s.repo.Commit(t, native("demo", "1.0.0", "owners: [ada, carl]"))
		r := s.look()
		if got := slices.Contains(codes(r), "gate/transfer"); got != c.fails || slices.Contains(kindsOf(r.Packages[0]), gate.KindOwners) != c.fails {
			t.Errorf("%s: %v, %v", author, codes(r), kindsOf(r.Packages[0]))
		}
		if p := r.Packages[0]; !p.NeedsOwner || !slices.Equal(r.Ping, []string{"ada", "carl"}) {
			t.Errorf("%s: %+v pinged %v", author, p, r.Ping)
		}
	}
}

// owners.yaml of the base counts instead of regen.yaml, and that of the change doesn't.
func TestOwnersFile(t *testing.T) {
	base := gittest.Join(native("demo", "1.0.0", "owners: [eve]"), gittest.Files{"owners.yaml": gittest.Text("packages: {demo: [ada]}\n")})
	s := begin(t, "eve", base, gittest.Join(native("demo", "1.1.0", "owners: [eve]"), gittest.Files{"owners.yaml": gittest.Text("packages: {demo: [eve]}\n")}))
	r := s.look()
	if p := r.Packages[0]; !p.NeedsOwner || !slices.Equal(p.Owners, []string{"ada"}) || !slices.Equal(r.Ping, []string{"ada"}) {
		t.Errorf("%+v", p)
	}
	s.expect(r, gate.NeedsReview, "regen/release", "regen/needs-owner", "regen/tooling")
}

// The configuration that counts is the base's: a change can't allow itself anything.
func TestConfigOfBase(t *testing.T) {
	s := begin(t, "ada", native("demo", "1.0.0", owned), gittest.Join(native("demo", "1.1.0", owned), native("more", "1.0.0", "owners: [ada]"), gittest.Files{"registry.yaml": gittest.Text("gate: {packages: 5}\n")}))
	if r := s.look(); !slices.Contains(codes(r), "gate/packages") || r.Verdict != gate.Fail {
		t.Errorf("%s %v", r.Verdict, codes(r))
	}
	s = begin(t, "ada", gittest.Join(native("demo", "1.0.0", owned), gittest.Files{"registry.yaml": gittest.Text("gate: {packages: 2}\n")}), gittest.Join(native("demo", "1.1.0", owned), native("more", "1.0.0", "owners: [ada]")))
	if r := s.look(); len(codes(r)) > 0 || r.PackageCount != 2 || r.Title != "2 packages" {
		t.Errorf("%s %v", r.Title, codes(r))
	}
}

// A new package is reviewed, and its owners include who opens the pull request.
func TestNewPackage(t *testing.T) {
	s := begin(t, "bob", native("demo", "1.0.0", owned), native("more", "0.1.0", "owners: [bob]"))
	s.pull.Association = "FIRST_TIME_CONTRIBUTOR"
	r := s.look()
	s.expect(r, gate.NeedsReview, "regen/new-package", "regen/first-time", "regen/network")
	if r.Title != "Add more 0.1.0" {
		t.Errorf("title %q", r.Title)
	}
	s = begin(t, "bob", native("demo", "1.0.0", owned), native("more", "0.1.0"))
	if r := s.look(); !slices.Equal(codes(r), []string{"gate/new-owner"}) {
		t.Errorf("without owners: %v", codes(r))
	}
}

// What a reviewer should look at: only what the change brings, the most important first.
func TestReview(t *testing.T) {
	base := gittest.Join(native("demo", "1.0.0", owned, "permissions: [storage]"), gittest.Files{"registry.yaml": gittest.Text("permissions: {dangerous: [camera]}\n")})
	change := gittest.Join(native("demo", "1.1.0", owned, "permissions: [storage, network, camera]"), gittest.Files{
		// The line with load stands elsewhere now, and was reviewed before; so was the host.
		"plugins/demo/main.lua": gittest.Text("local url = \"https://api.example.org/v1\"\n-- more\nlocal new = io.popen(cmd)\nlocal other = \"wss://Evil.example.com:8080/x\"\nlocal old = load(code)\n"),
		"plugins/demo/tool.bin": gittest.Text(strings.Repeat("\x00\x01", 40_000)),
		"plugins/demo/min.lua":  gittest.Text("x = '" + strings.Repeat("a", 3000) + "'\n"),
		"plugins/demo/data.txt": gittest.Text(strings.Repeat("text\n", 120_000)),
	})
	change["plugins/demo/regen.yaml"] = gittest.Text(strings.Replace(change["plugins/demo/regen.yaml"].Data, "MIT", "GPL-3.0-only", 1))
	s := begin(t, "ada", base, change)
	r := s.look()
	s.expect(r, gate.NeedsReview, "regen/release", "regen/permissions", "regen/network", "regen/binary")
	var got []string
	for _, i := range r.Packages[0].Review {
		got = append(got, fmt.Sprintf("%s %s:%d %s", i.Kind, strings.TrimPrefix(i.Path, "plugins/demo/"), i.Line, i.Text))
	}
	want := []string{
		"dangerous-permission :0 asks for the permission camera since 1.0.0, which is dangerous",
		"permission :0 asks for the permission network since 1.0.0",
		"unreadable data.txt:0 a file of 600.0 kB: nobody reads that much",
		"unreadable min.lua:0 a file that nobody can review as it is: see what lint says of it",
		"binary tool.bin:0 a file that isn't text, of 80.0 kB",
		"network main.lua:4 names the host evil.example.com, which is new to it",
		"lint main.lua:3 io.popen runs a program, expected none (lint/lua-io-popen)",
		"lint min.lua:1 a line of 3006 bytes, expected at most 2000: minified code can't be reviewed (lint/long-line)",
		"licence :0 the licence changes from MIT to GPL-3.0-only",
	}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) || !strings.HasPrefix(got[len(got)-1], "size ") {
		t.Errorf("got:\n%s\nexpected, and the size:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, f := range r.Packages[0].Findings {
		if f.Code == "lint/lua-load" {
			t.Errorf("advice about a line that was there before: %s", f)
		}
	}
}

// What is held against the tip of the base, and not only against where the change left it.
func TestBaseMovedOn(t *testing.T) {
	s := begin(t, "ada", native("demo", "1.0.0", owned), native("demo", "1.1.0", owned))
	s.repo.Commit(t, native("demo", "1.2.0", owned))
	s.repo.Commit(t, native("other", "1.0.0", owned)) // which the change doesn't touch
	r := s.look()
	if !slices.Equal(codes(r), []string{"release/lower-version"}) || r.PackageCount != 1 {
		t.Errorf("%v of %d packages", codes(r), r.PackageCount)
	}
}

// A theme that can't be used doesn't pass, and neither does a language without texts; each at its place.
func TestTheme(t *testing.T) {
	for path, text := range map[string]string{"site/styles/90-mine.css": "a {\n", "site/scripts/mine.js": "alert(1)\n", "registry.yaml": "storefront: {languages: [en, fr]}\n"} {
		s := begin(t, "bob", native("demo", "1.0.0", owned), gittest.Files{path: gittest.Text(text)})
		r := s.look()
		s.expect(r, gate.Fail, "regen/tooling")
		if i := slices.IndexFunc(r.Findings, func(f check.Finding) bool { return f.Code == "theme/invalid" }); i < 0 || !strings.HasPrefix(r.Findings[i].Path, "site/") {
			t.Errorf("%s: %+v", path, r.Findings)
		}
	}
}

// Changes outside of packages pass through; those that decide what is published, or who may change what, are looked at.
func TestTooling(t *testing.T) {
	for path, verdict := range map[string]gate.Verdict{
		"README.md": gate.Pass, "docs/more.md": gate.Pass, "plugins/README.md": gate.Pass, "plugins/.tool/x": gate.Pass,
		".github/workflows/x.yml": gate.NeedsReview, ".GitHub/x": gate.NeedsReview, "minisign.pub": gate.NeedsReview, "keys/README.md": gate.NeedsReview, "site/styles/90-mine.css": gate.NeedsReview, "docs/.gitattributes": gate.NeedsReview,
	} {
		s := begin(t, "bob", native("demo", "1.0.0", owned), gittest.Files{path: gittest.Text("x\n")})
		r := s.look()
		s.expect(r, verdict, "regen/tooling")
		if r.Title != "a change" || r.PackageCount != 0 || r.OtherCount != 1 {
			t.Errorf("%s: %+v", path, r)
		}
	}
	for path, text := range map[string]string{"registry.yaml": "id: [1]\n", "owners.yaml": "maintainer: [x]\n", "advisories.yaml": "advisories: 1\n"} {
		s := begin(t, "bob", native("demo", "1.0.0", owned), gittest.Files{path: gittest.Text(text)})
		if r := s.look(); r.Verdict != gate.Fail || len(codes(r)) == 0 {
			t.Errorf("a broken %s: %s %v", path, r.Verdict, codes(r))
		}
	}
}

// A package that goes, one that moves, and one that a link stands in for.
func TestRemoval(t *testing.T) {
	s := begin(t, "ada", native("demo", "1.0.0", owned), gittest.Remove("plugins/demo"))
	r := s.look()
	s.expect(r, gate.NeedsReview, "regen/removal")
	if r.Title != "Remove demo" || r.Packages[0].Dir != "plugins/demo" || r.Packages[0].Before != "1.0.0" {
		t.Errorf("%+v", r)
	}
	s = begin(t, "eve", native("demo", "1.0.0", owned), gittest.Remove("plugins/demo"))
	s.expect(s.look(), gate.NeedsReview, "regen/removal", "regen/needs-owner")

	s = begin(t, "ada", native("demo", "1.0.0", owned), gittest.Join(gittest.Remove("plugins/demo"), gittest.Files{"plugins/demo": {Mode: "120000", Data: "/etc"}}))
	if r := s.look(); !slices.Contains(codes(r), "files/symlink") || r.Verdict != gate.Fail {
		t.Errorf("a link: %s %v", r.Verdict, codes(r))
	}

	config := gittest.Files{"registry.yaml": gittest.Text("packages: [plugins/*, apps/*]\n")}
	s = begin(t, "ada", gittest.Join(native("demo", "1.0.0", owned), config), gittest.Join(gittest.Remove("plugins/demo"), native("demo", "1.0.0", owned).In("apps/demo")))
	r = s.look()
	if r.PackageCount != 1 || r.Packages[0].Dir != "apps/demo" || r.Packages[0].Change != "upkeep" || r.Packages[0].NeedsOwner {
		t.Errorf("moved: %+v", r.Packages)
	}
}

// Without a pull request nothing is said about who may change what.
func TestWithoutPull(t *testing.T) {
	s := begin(t, "", native("demo", "1.0.0", owned), native("demo", "1.1.0", "owners: [eve]"))
	r := s.look()
	if len(codes(r)) > 0 || r.Packages[0].NeedsOwner || r.Pull != nil || !slices.Equal(kindsOf(r.Packages[0]), []gate.Kind{gate.KindOwners}) {
		t.Errorf("%v %+v", codes(r), r.Packages[0])
	}
}

// Hundreds of packages are counted, and aren't all looked at.
func TestManyPackages(t *testing.T) {
	all := make([]gittest.Files, 0, 150)
	for i := range 150 {
		all = append(all, native(fmt.Sprintf("p%d", i), "1.0.0", "owners: [ada]"))
	}
	s := begin(t, "ada", gittest.Files{"README.md": gittest.Text("x")}, gittest.Join(all...))
	r := s.look()
	if r.PackageCount != 150 || len(r.Packages) > gate.MaxPackages || !slices.Contains(codes(r), "gate/packages") || r.Title != "150 packages" {
		t.Errorf("%d of %d, %v", len(r.Packages), r.PackageCount, codes(r))
	}
}
