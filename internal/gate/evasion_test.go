package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/wire"
)

// itemsOf returns the texts of what somebody should look at, of one kind.
func itemsOf(r gate.Result, kind gate.Kind) []string {
	var list []string
	for _, p := range r.Packages {
		for _, i := range p.Review {
			if i.Kind == kind {
				list = append(list, i.Text)
			}
		}
	}
	return list
}

// However an address is written, the host that is told is the one that a program would talk to. The package names api.example.org already.
func TestHostsThatHide(t *testing.T) {
	for text, host := range map[string]string{
		`"https://api.example.org/v2"`:                                      "",
		`"https://API.example.org.:443/v2"`:                                 "",
		`"https://user:secret@api.example.org/"`:                            "",
		`"https://"`:                                                        "",
		`"https://evil.example"`:                                            "evil.example",
		`"http://evil.example:8080/x"`:                                      "evil.example",
		`"https:\/\/evil.example\/x"`:                                       "evil.example",
		`"https:/evil.example/x"`:                                           "evil.example",
		`"https:///evil.example/x"`:                                         "evil.example",
		`"https://evil.example?@api.example.org/"`:                          "evil.example",
		`"https://evil.example#@api.example.org/"`:                          "evil.example",
		`"https://evil.example\@api.example.org/"`:                          "evil.example",
		`"https://x@api.example.org@evil.example/"`:                         "evil.example",
		`"https://api.example.org:` + strings.Repeat("x", 200) + `@e.test"`: "e.test",
		`"https://api.example.org。evil.example/"`:                           "api.example.org。evil.example",
		`"https://api.example.org_.evil.example/"`:                          "api.example.org_.evil.example",
		`"https://évil.example/"`:                                           "évil.example",
		`"https://[2001:db8::1]:443/"`:                                      "[2001:db8::1]",
		`"wss://10.0.0.1"`:                                                  "10.0.0.1",
		`-- (see https://evil.example).`:                                    "evil.example",
	} {
		change := native("demo", "1.1.0", owned)
		change["plugins/demo/more.lua"] = gittest.Text("local a = " + text + "\n")
		r := begin(t, "ada", native("demo", "1.0.0", owned), change).look()
		var want []string
		if host != "" {
			want = []string{"names the host " + host + ", which is new to it"}
		}
		if got := itemsOf(r, gate.KindNetwork); !slices.Equal(got, want) {
			t.Errorf("%s: %q, expected %q", text, got, want)
		}
	}
}

// A program isn't taken for a document because its name begins like one. The address of a drawing's format is no host, and what else stands in one is.
func TestHostsByFile(t *testing.T) {
	for name, told := range map[string]bool{
		"notices.lua": true, "AuthorsPage.php": true, "changelog.js": true, "license/check.ts": true,
		"LICENSE": false, "LICENSE-MIT": false, "License.txt": false, "CHANGELOG.de.md": false, "docs/guide.md": false,
	} {
		change := native("demo", "1.1.0", owned)
		change["plugins/demo/"+name] = gittest.Text("https://evil.example\n")
		r := begin(t, "ada", native("demo", "1.0.0", owned), change).look()
		if got := itemsOf(r, gate.KindNetwork); (len(got) > 0) != told {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Code that comes to life because the lines around it go is new, though its own line isn't touched.
func TestLintComesToLife(t *testing.T) {
	was, now := native("demo", "1.0.0", owned), native("demo", "1.1.0", owned)
	was["plugins/demo/main.lua"] = gittest.Text("--[[\nlocal f = io.popen(cmd)\n]]\nlocal old = load(code)\n")
	now["plugins/demo/main.lua"] = gittest.Text("local f = io.popen(cmd)\nlocal old = load(code)\n")
	r := begin(t, "ada", was, now).look()
	if got := itemsOf(r, gate.KindLint); len(got) != 1 || !strings.HasPrefix(got[0], "io.popen ") {
		t.Errorf("got %q, expected io.popen alone", got)
	}
}

// A picture that becomes something else is told; one that becomes another picture is what pictures do.
func TestPictureReplaced(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	for text, told := range map[string]bool{png + "\x01": false, "\x00local f = load(x)\n": true} {
		was, now := native("demo", "1.0.0", owned), native("demo", "1.1.0", owned)
		was["plugins/demo/x.png"], now["plugins/demo/x.png"] = gittest.Text(png), gittest.Text(text)
		if got := itemsOf(begin(t, "ada", was, now).look(), gate.KindBinary); (len(got) > 0) != told {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Where two histories met several times, a change could take back what stands in one of the places and not in the other.
func TestCrissCross(t *testing.T) {
	repo := gittest.New(t)
	evil, mended := gittest.Files{"owners.yaml": gittest.Text("maintainers: [mel, eve]\n")}, gittest.Files{"owners.yaml": gittest.Text("maintainers: [mel]\n")}
	commit := func(message, tree string, parents ...string) string {
		args := []string{"-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", message, tree + "^{tree}"}
		for _, p := range parents {
			args = append(args, "-p", p)
		}
		return repo.Git(t, "", args...)
	}
	root := repo.Commit(t, gittest.Join(native("demo", "1.0.0", owned), evil))
	side := repo.Change(t, root, mended)
	tip := repo.Commit(t, gittest.Files{"README.md": gittest.Text("x\n")})
	merged := commit("merged", side, tip, side)
	for _, tree := range []string{tip, side} { // the head has what one of the two has: nothing differs from that one
		head := commit("head", tree, tip, side)
		r, _ := run(t, repo, gate.Options{Base: merged, Head: head, Pull: pull(merged, head, "eve")})
		if !slices.Equal(codes(r), []string{"gate/history"}) || r.Verdict != gate.Fail {
			t.Errorf("%s %v", r.Verdict, codes(r))
		}
		again := commit("again", merged, head, merged) // what the hint says
		r, _ = run(t, repo, gate.Options{Base: merged, Head: again, Pull: pull(merged, again, "eve")})
		if len(codes(r)) > 0 {
			t.Errorf("after merging the base: %v", codes(r))
		}
	}
}

// An id that the base's owners.yaml names belongs to those, also while there is no such package.
func TestReservedID(t *testing.T) {
	base := gittest.Join(native("demo", "1.0.0", owned), gittest.Files{"owners.yaml": gittest.Text("packages: {more: [ada]}\n")})
	s := begin(t, "eve", base, native("more", "1.0.0", "owners: [eve]"))
	if r := s.look(); !slices.Equal(codes(r), []string{"gate/new-owner"}) || !slices.Equal(r.Packages[0].Owners, []string{"ada"}) {
		t.Errorf("%v %v", codes(r), r.Packages[0].Owners)
	}
	s.pull.User.Login = "Ada"
	if r := s.look(); len(codes(r)) > 0 {
		t.Errorf("its owner: %v", codes(r))
	}
}

// Where the base doesn't say any more what counts, nothing passes by itself.
func TestBrokenBase(t *testing.T) {
	for name, text := range map[string]gittest.File{
		"registry.yaml": gittest.Text("packages: apps\n"), "owners.yaml": gittest.Text("maintainer: [x]\n"), "owners.yaml ": {Mode: "120000", Data: "x"},
	} {
		name = strings.TrimSpace(name)
		s := begin(t, "ada", gittest.Join(native("demo", "1.0.0", owned), gittest.Files{name: text}), native("demo", "1.1.0", owned))
		r := s.look()
		if r.Verdict != gate.NeedsReview || len(r.Findings) != 1 || r.Findings[0].Path != name {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Findings)
		}
		// And it can be mended.
		s = begin(t, "ada", gittest.Join(native("demo", "1.0.0", owned), gittest.Files{name: text}), gittest.Files{name: gittest.Text("{}\n")})
		if r := s.look(); r.Verdict != gate.NeedsReview {
			t.Errorf("mended %s: %s %v", name, r.Verdict, codes(r))
		}
	}
}

// What a manifest says, however long it is, leaves a result that its schema allows.
func TestHostileManifest(t *testing.T) {
	long := strings.Repeat("<", 5000)
	for _, text := range []string{
		"owners: ['" + long + "', ada, '@org/team', -x]\n",
		"name: Demo\nversion: '" + long + "'\nowners: [ada]\n",
		"version: 1.0.0-" + strings.Repeat("a", 300) + "\nowners: [ada]\n",
		"license: '" + long + "'\nversion: 9.0.0\npermissions: ['" + long + "']\nowners: [ada]\n",
	} {
		change := native("more", "1.0.0", owned)
		change["plugins/more/regen.yaml"] = gittest.Text(text)
		if r := begin(t, "ada", native("demo", "1.0.0", owned), change).look(); r.Verdict != gate.Fail {
			t.Errorf("%.40s: %s", text, r.Verdict)
		}
		base := native("demo", "1.0.0", owned)
		base["plugins/demo/regen.yaml"] = gittest.Text(text)
		begin(t, "eve", base, native("demo", "1.1.0", owned)).look()
	}
	var b strings.Builder
	b.WriteString("advisories:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  - {id: %d, %s: 1}\n", i, strings.Repeat("<", 90))
	}
	begin(t, "eve", native("demo", "1.0.0", owned), gittest.Files{"advisories.yaml": gittest.Text(b.String())}).look()
}

// A directory without a file, which only a hand-made tree has, is a package that can't be published.
func TestEmptyDirectory(t *testing.T) {
	s := begin(t, "eve", native("demo", "1.0.0", owned), nil)
	empty := s.repo.Git(t, "", "hash-object", "-t", "tree", "-w", "--stdin")
	root := s.repo.Git(t, "", "ls-tree", s.base)
	demo := s.repo.Git(t, "", "rev-parse", s.base+":plugins/demo")
	plugins := s.repo.Git(t, "040000 tree "+demo+"\tdemo\n040000 tree "+empty+"\tsquat\n", "mktree")
	tree := s.repo.Git(t, strings.ReplaceAll(root, s.repo.Git(t, "", "rev-parse", s.base+":plugins"), plugins)+"\n", "mktree")
	s.head = s.repo.Git(t, "", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "squat", tree, "-p", s.base)
	s.pull = pull(s.base, s.head, "eve")
	if r := s.look(); r.Verdict != gate.Fail || r.PackageCount != 1 || !slices.Contains(codes(r), "files/no-manifest") {
		t.Errorf("%s, %d packages, %v", r.Verdict, r.PackageCount, codes(r))
	}
}

// What needs a person's eyes outside of packages is said.
func TestGuardedIsSaid(t *testing.T) {
	for _, name := range []string{"owners.yaml", ".github/CODEOWNERS", "docs/CODEOWNERS"} {
		r := begin(t, "eve", native("demo", "1.0.0", owned), gittest.Files{name: gittest.Text("{}\n")}).look()
		if r.Verdict != gate.NeedsReview || len(r.Findings) != 1 || r.Findings[0].Code != "gate/guarded" || r.Findings[0].Path != name {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Findings)
		}
	}
}

// published is a tree that has what a commit has.
type published struct{ *publish.Base }

func (p published) Newest(id string) (m wire.Metadata, ok bool, err error) {
	known, err := p.Published(id)
	v, ok := known.List.Highest()
	return wire.Metadata{ID: id, Version: v.Version, Author: author[id]}, ok, err
}

// author is what is published of signatures.
var author = map[string]*wire.Authorship{"signed": {Keys: []string{"RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF"}}}

func publishedAt(t *testing.T, repo *gittest.Repo, rev string) published {
	t.Helper()
	r, err := gittree.Open(repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	commits, err := publish.NewCommits(r, rev)
	if err != nil {
		t.Fatal(err)
	}
	base, err := publish.NewBase(commits)
	if err != nil {
		t.Fatal(err)
	}
	return published{base}
}

// What is merged and waits to be published counts like what is published.
func TestPublishedIsBehind(t *testing.T) {
	repo := gittest.New(t)
	old := repo.Commit(t, native("demo", "1.0.0", owned))
	base := repo.Commit(t, native("demo", "1.2.0", owned))
	for version, code := range map[string]string{"1.1.0": "release/lower-version", "1.2.0": "release/same-version", "1.3.0": ""} {
		change := native("demo", version, owned)
		change["plugins/demo/more.lua"] = gittest.Text("-- more\n")
		head := repo.Change(t, base, change)
		r, _ := run(t, repo, gate.Options{Base: "main", Head: head, Pull: pull(base, head, "ada"), Published: publishedAt(t, repo, old)})
		if got := strings.Join(codes(r), " "); got != code {
			t.Errorf("%s: %q, expected %q", version, got, code)
		}
	}
}

// A package that went and comes back is held against the keys that its releases were signed with, and nobody's until a maintainer says so.
func TestComesBack(t *testing.T) {
	repo := gittest.New(t)
	old := repo.Commit(t, gittest.Join(native("signed", "1.0.0", owned), native("demo", "1.0.0", owned)))
	base := repo.Commit(t, gittest.Remove("plugins/signed", "plugins/demo"))
	for id, want := range map[string]string{"demo": "gate/transfer", "signed": "gate/transfer gate/signature"} {
		head := repo.Change(t, base, native(id, "1.1.0", "owners: [eve]"))
		r, _ := run(t, repo, gate.Options{Base: "main", Head: head, Pull: pull(base, head, "eve"), Published: publishedAt(t, repo, old)})
		if got := strings.Join(codes(r), " "); got != want {
			t.Errorf("%s: %q, expected %q", id, got, want)
		}
	}
}

// However much advice there is, an error is among what is listed, and what is written is bounded.
func TestErrorBehindAdvice(t *testing.T) {
	change := native("demo", "1.1.0", "owners: [eve]")
	for i := range 100 {
		change[fmt.Sprintf("plugins/demo/m%d.lua", i)] = gittest.Text(strings.Repeat("local a = load(x)\n", 20))
	}
	s := begin(t, "eve", native("demo", "1.0.0", owned), change)
	r, report := run(t, s.repo, gate.Options{Base: "main", Head: s.head, Pull: s.pull})
	if !slices.Contains(codes(r), "gate/transfer") || r.Packages[0].FindingCount < 2000 || report.Warnings > 1000 {
		t.Errorf("%v of %d findings, %d reported", codes(r), r.Packages[0].FindingCount, report.Warnings)
	}
}
