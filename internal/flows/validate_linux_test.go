package flows

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gate"
)

// A good pull request from a fork: the gate passes, and says so on the pull request; nothing that ran had a secret, or could write.
func TestGoodPull(t *testing.T) {
	for variant := range variants {
		t.Run(variant, func(t *testing.T) {
			w := newWorld(t, variant)
			p := w.open("ada", "clock-1.1", "my change", plugin("clock", "1.1.0", "two"))
			var r *run
			within(t, time.Minute, func() { r = w.validate(p, "opened") })
			if r.conclusion() != "success" {
				t.Fatalf("validate failed\n%s", r.log())
			}
			w.secretless(r)
			for _, s := range r.jobs["gate"].Steps {
				if s.Outcome != "success" {
					t.Errorf("step %q: %s\n%s", s.title(), s.Outcome, s.Stdout+s.Stderr)
				}
			}
			g := w.result(r)
			if g == nil || g.Head != p.Head || g.Base != w.forge.tip() || g.Verdict == gate.Fail || g.Pull == nil || g.Pull.Number != p.Number || g.Packages[0].NeedsOwner || g.Packages[0].Artifact == nil || g.Packages[0].Artifact.SHA256 == "" {
				t.Fatalf("the result is %+v", g)
			}
			if !strings.Contains(r.step("gate", "Gate").Summary, "clock") {
				t.Error("the summary doesn't name the package")
			}
			if calls := w.forge.wrote(); len(calls) > 0 {
				t.Errorf("validate wrote %v", calls)
			}
			preview := filepath.Join(r.artifacts["preview"], "packages/clock/1.1.0/metadata.json")
			if _, err := os.Stat(preview); err != nil {
				t.Errorf("the preview lacks the new version: %v", err)
			}
			// The pull request's files were never on the disk.
			if data, err := os.ReadFile(filepath.Join(r.jobs["gate"].dir, "work/plugins/clock/Plugin.php")); err != nil || !strings.Contains(string(data), "one") {
				t.Errorf("the workspace isn't the base's: %v", err)
			}

			told := w.report(r, p)
			if told.conclusion() != "success" {
				t.Fatalf("report failed\n%s", told.log())
			}
			w.secretless(told)
			if len(w.forge.comments) != 1 || p.Title != "clock 1.1.0" || !slices.Contains(p.Labels, "regen/"+string(g.Verdict)) {
				t.Errorf("comments %v, title %q, labels %q", w.forge.comments, p.Title, p.Labels)
			}
			w.forge.wrote()
			again := w.report(w.validate(p, "edited"), p)
			if calls := w.forge.wrote(); again.conclusion() != "success" || len(calls) > 0 {
				t.Errorf("the same result again wrote %v", calls)
			}
		})
	}
}

// A bad pull request by somebody else: the check is red, the result is kept all the same, and the owner is asked. With a push that mends it, and the owner's approval, it passes: the one comment
// changes, and labels that don't hold any more go.
func TestBadPull(t *testing.T) {
	w := newWorld(t, "other registry")
	p := w.open("eve", "patch-1", "clock 1.0.0", plugin("clock", "1.0.0", "another text under the same version"))
	r := w.validate(p, "opened")
	if r.conclusion() != "failure" || r.step("gate", "Gate").Outcome != "failure" || r.step("gate", "Keep the result").Outcome != "success" {
		t.Fatalf("a changed release passes\n%s", r.log())
	}
	if g := w.result(r); g.Verdict != gate.Fail {
		t.Fatalf("the result is %+v", g)
	}
	if told := w.report(r, p); told.conclusion() != "success" || !slices.Contains(p.Labels, "regen/fail") {
		t.Fatalf("labels %q\n%s", p.Labels, told.log())
	}
	// Meanwhile the package got another owner, and the pull request takes that over.
	owners := map[string]string{"plugins/clock/regen.yaml": "owners: [ada, carl]\n"}
	w.commit("owners", owners)
	w.push(p, owners)
	w.push(p, plugin("clock", "1.1.0", "two"))
	r = w.validate(p, "synchronize")
	g := w.result(r)
	if r.conclusion() != "success" || g.Verdict != gate.NeedsReview || !slices.Equal(g.Ping, []string{"ada", "carl"}) {
		t.Fatalf("the result is %+v\n%s", g, r.log())
	}
	if told := w.report(r, p); told.conclusion() != "success" {
		t.Fatal(told.log())
	}
	if c := w.forge.comments[1000]; len(w.forge.comments) != 1 || !strings.Contains(c.Body, "@ada @carl") || strings.Contains(c.Body, "@eve") {
		t.Errorf("the comment is %s", c.Body)
	}
	if !slices.Contains(p.Labels, "regen/needs-owner") || slices.Contains(p.Labels, "regen/fail") {
		t.Errorf("labels %q", p.Labels)
	}
	p.Reviews = append(p.Reviews, map[string]any{"user": map[string]any{"login": "ada"}, "state": "APPROVED", "body": "", "commit_id": p.Head, "submitted_at": "2026-01-02T00:00:00Z", "pull_request_url": "https://api.github.com/repos/acme/registry/pulls/1"})
	r = w.validate(p, "submitted")
	if g := w.result(r); g.Packages[0].NeedsOwner || g.Packages[0].ApprovedBy != "ada" || len(g.Ping) > 0 {
		t.Fatalf("the result is %+v\n%s", g, r.log())
	}
	if told := w.report(r, p); told.conclusion() != "success" || slices.Contains(p.Labels, "regen/needs-owner") || strings.Contains(w.forge.comments[1000].Body, "@") {
		t.Errorf("labels %q, comment %s\n%s", p.Labels, w.forge.comments[1000].Body, told.log())
	}
}

// hostile returns a pull request's files whose names and texts are commands to whoever doesn't take care.
func hostile() map[string]string {
	files := plugin("clock", "1.1.0", "two\n::error::pwned\n")
	files["plugins/clock/$(touch pwned).php"] = "<?php eval($_GET['x']); // ::error::pwned\n"
	files["plugins/clock/::error::pwned"] = "x\n"
	files["plugins/clock/a\n::error::pwned\n"] = "x\n"
	files["plugins/clock/README.md"] = "# clock\n\n::error::pwned\n\n<script>alert(1)</script> @op @everyone fixes #1\n"
	files["plugins/::error::pwned/composer.json"] = "{\"name\": \"::error::pwned\\n::error::pwned\"}"
	files["registry.yaml"] = "id: acme\nname: \"::error::pwned\"\npackages: [\"::error::pwned/*\"]\n"
	return files
}

// A hostile pull request: whatever stands in its title, its branch, its files and their names, no shell runs it, and the runner obeys none of it.
func TestHostilePull(t *testing.T) {
	w := newWorld(t, "this repo")
	files := hostile()
	p := w.open("eve", "main;touch${IFS}pwned", "`touch pwned` $(touch pwned) '; touch pwned #\" && touch pwned\n::set-output name=x::y\n::error::pwned\n::add-mask::x\n##[error]pwned\n::stop-commands::x", files)
	r := w.validate(p, "opened")
	w.secretless(r)
	if commands := r.commands(); len(commands) > 0 {
		t.Errorf("the runner obeyed %q", commands)
	}
	g := w.result(r)
	if !strings.Contains(r.log(), "pwned") {
		t.Error("nothing of the hostile texts was printed, so that nothing was shown")
	}
	if g == nil || g.Verdict != gate.Fail || r.conclusion() != "failure" {
		t.Fatalf("the result is %+v\n%s", g, r.log())
	}
	told := w.report(r, p)
	if commands := told.commands(); len(commands) > 0 || told.conclusion() != "success" {
		t.Errorf("the runner obeyed %q\n%s", commands, told.log())
	}
	for _, c := range w.forge.comments {
		if strings.Contains(c.Body, "<script") || strings.Contains(c.Body, "@op") || strings.Contains(c.Body, "@everyone") {
			t.Errorf("the comment is %s", c.Body)
		}
	}
	w.untouched(r, told)
}

// untouched fails the test if a shell ran a stranger's text in one of the runs.
func (w *world) untouched(runs ...*run) {
	w.t.Helper()
	for _, r := range runs {
		for _, j := range r.jobs {
			if j.dir == "" {
				continue
			}
			err := filepath.WalkDir(j.dir, func(path string, d os.DirEntry, err error) error {
				if err == nil && d.Name() == "pwned" {
					w.t.Errorf("a shell ran a stranger's text: %s", path)
				}
				return err
			})
			if err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// A pull request that changes validate.yml runs its own version of it, and keeps whatever result it likes. What it says of itself isn't told.
func TestForgedResult(t *testing.T) {
	w := newWorld(t, "other registry")
	forged := `{"kind": "regen/1 gate", "registry": "acme", "base": "BASE", "head": "HEAD", "pull": {"number": 1, "author": "eve"}, "verdict": "pass", "title": "clock 9.9.9",
		"labels": ["regen/pass", "regen/override"], "ping": ["ada", "victim"], "package_count": 1, "other_count": 0,
		"packages": [{"id": "clock", "dir": "plugins/clock", "change": "release", "needs_owner": true, "file_count": 1, "review": [{"kind": "size", "text": "@victim approved by everybody"}]}]}`
	const attack = `name: validate
on: pull_request
jobs:
  gate:
    runs-on: ubuntu-24.04
    steps:
      - run: mkdir gate && printf '%s' "$RESULT" >gate/result.json && touch gate/summary.md
        env:
          RESULT: 'FORGED'
      - run: env
        env:
          KEY: ${{ secrets.MINISIGN_SECRET_KEY }}
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: gate
          path: gate
`
	base := w.forge.tip()
	validate := func(p *pull, result string) *run {
		t.Helper()
		result = strings.NewReplacer("BASE", base, "HEAD", p.Head, "\n", " ", "\t", "").Replace(result)
		e := event{name: "pull_request", path: ".github/workflows/validate.yml", ref: "refs/pull/1/merge", sha: p.Head, payload: map[string]any{}}
		e.file = []byte(strings.Replace(attack, "FORGED", strings.ReplaceAll(result, "'", "''"), 1))
		return w.start(e)
	}
	files := plugin("clock", "1.1.0", "evil")
	files[".github/workflows/validate.yml"] = attack
	p := w.open("eve", "evil", "clock 1.1.0", files)
	p.Labels = []string{"regen/override"}
	r := validate(p, forged)
	w.secretless(r)
	told := w.report(r, p)
	if told.conclusion() != "success" {
		t.Fatalf("report failed\n%s", told.log())
	}
	if slices.Contains(p.Labels, "regen/pass") || !slices.Contains(p.Labels, "regen/needs-review") || !slices.Contains(p.Labels, "regen/override") || p.Title != "clock 1.1.0" {
		t.Errorf("labels %q, title %q", p.Labels, p.Title)
	}
	for _, c := range w.forge.comments {
		if strings.Contains(c.Body, "victim") || strings.Contains(c.Body, "@ada") || strings.Contains(c.Body, "everybody") || !strings.Contains(c.Body, "changes the workflows or the tool") {
			t.Errorf("the comment is %s", c.Body)
		}
	}
	w.forge.wrote()
	other := w.open("bob", "honest", "clock 1.2.0", plugin("clock", "1.2.0", "honest"))
	for want, result := range map[string]string{
		"comes from \"bob/registry\"":         strings.Replace(forged, `"number": 1, "author": "eve"`, `"number": 2, "author": "bob"`, 1),
		"the result is about commit":          strings.Replace(forged, `"HEAD"`, `"`+other.Head+`"`, 1),
		"is by eve, and the result says":      strings.Replace(forged, `"author": "eve"`, `"author": "ada"`, 1),
		"names no pull request":               strings.Replace(forged, `"pull": {"number": 1, "author": "eve"},`, ``, 1),
		"there is no pull request 77":         strings.Replace(forged, `"number": 1`, `"number": 77`, 1),
		"says fail, and the run ended as suc": strings.Replace(forged, `"verdict": "pass"`, `"verdict": "fail"`, 1),
		"the result isn't one of the gate":    strings.Replace(forged, `"kind"`, `"admin": true, "kind"`, 1),
		"the result isn't strict JSON":        strings.Replace(forged, `"kind"`, `"kind": "regen/1 gate", "kind"`, 1),
		"has more than 1048576 bytes":         forged + "BIG",
	} {
		result, big := strings.CutSuffix(result, "BIG")
		r := validate(p, result)
		if big {
			if err := os.WriteFile(filepath.Join(r.artifacts["gate"], "result.json"), []byte(strings.Repeat(" ", gate.MaxResult)+result), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		told := w.report(r, p)
		if calls := w.forge.wrote(); told.conclusion() != "failure" || len(calls) > 0 || !strings.Contains(told.log(), want) {
			t.Errorf("expected %q, wrote %v\n%s", want, calls, told.log())
		}
	}
	// An artifact without a result, with a directory in its place, and with a command in its place.
	for want, change := range map[string]func(dir string) error{
		"no such file": func(dir string) error { return os.Remove(filepath.Join(dir, "result.json")) },
		"is a directory": func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "result.json")), os.MkdirAll(filepath.Join(dir, "result.json/x"), 0o755))
		},
		"JSON value, fou": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "result.json"), []byte("::error::pwned\n"), 0o644)
		},
	} {
		r := validate(p, forged)
		if err := change(r.artifacts["gate"]); err != nil {
			t.Fatal(err)
		}
		told := w.report(r, p)
		if calls := w.forge.wrote(); told.conclusion() != "failure" || len(calls) > 0 || len(told.commands()) > 0 || !strings.Contains(told.log(), want) {
			t.Errorf("expected %q, wrote %v\n%s", want, calls, told.log())
		}
	}
	// Another workflow that calls itself validate starts report.yml, too.
	r = validate(p, forged)
	r.event.path = ".github/workflows/other.yml"
	if told := w.report(r, p); told.conclusion() != "failure" || len(w.forge.wrote()) > 0 || !strings.Contains(told.log(), "other.yml") {
		t.Errorf("another workflow's result is told\n%s", told.log())
	}
	// And the pull request went on since, or is closed: nothing bad, and nothing to tell.
	r = validate(p, forged)
	before := *p
	w.push(p, map[string]string{"plugins/clock/README.md": "# other\n"})
	if told := w.report(r, &before); told.conclusion() != "success" || len(w.forge.wrote()) > 0 || !strings.Contains(told.log(), "by now") {
		t.Errorf("a result of an older head is told\n%s", told.log())
	}
	r = validate(p, forged)
	p.State = "closed"
	if told := w.report(r, p); told.conclusion() != "success" || len(w.forge.wrote()) > 0 || !strings.Contains(told.log(), "closed") {
		t.Errorf("a closed pull request is told\n%s", told.log())
	}
}

// In a private repo, where reading takes a token, too, all three workflows do what they do elsewhere.
func TestPrivateRepo(t *testing.T) {
	w := newWorld(t, "other registry")
	w.forge.private = true
	p := w.open("ada", "clock-1.1", "my change", plugin("clock", "1.1.0", "two"))
	r := w.validate(p, "opened")
	if r.conclusion() != "success" {
		t.Fatal(r.log())
	}
	if told := w.report(r, p); told.conclusion() != "success" || len(w.forge.comments) != 1 {
		t.Fatal(told.log())
	}
	w.publish("push")
	w.merge(p)
	if r := w.publish("push"); r.conclusion() != "success" || !slices.Equal(w.releases(), []string{"clock/1.0.0", "clock/1.1.0"}) {
		t.Fatalf("published are %q\n%s", w.releases(), r.log())
	}
}

// A part of the reviews that can't be fetched isn't taken for none: it may hold the one that takes an approval back.
func TestReviewsThatFail(t *testing.T) {
	w := newWorld(t, "other registry")
	p := w.open("eve", "patch-1", "clock 1.1.0", plugin("clock", "1.1.0", "two"))
	w.forge.fail = func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/reviews") && r.URL.Query().Get("page") == "2" {
			return http.StatusForbidden
		}
		return 0
	}
	r := w.validate(p, "opened")
	if got := r.step("gate", "Fetch its reviews").Outcome; got != "failure" || w.result(r) != nil {
		t.Errorf("fetching the reviews is a %s\n%s", got, r.log())
	}
}
