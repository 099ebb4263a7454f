package flows

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
)

// results returns how the jobs of a run ended, as job=result, sorted.
func (r *run) results() string {
	var list []string
	for id, j := range r.jobs {
		list = append(list, id+"="+j.Result)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// pushes counts the pushes among calls.
func pushes(calls []call) int {
	n := 0
	for _, c := range calls {
		if c.Method == "PUSH" {
			n++
		}
	}
	return n
}

// asked reports whether a call is among those that changed something, with success.
func asked(calls []call, method, path string) bool {
	return slices.ContainsFunc(calls, func(c call) bool {
		return c.Method == method && c.Path == "/repos/"+repository+path && c.Status < 300
	})
}

// From a fork to the published tree: a pull request, its merge, and the run that the merge starts. The key is in one step, and nowhere else.
func TestMergePublishes(t *testing.T) {
	for variant := range variants {
		t.Run(variant, func(t *testing.T) {
			w := newWorld(t, variant)
			if variants[variant].Self {
				w.protect("a password that nobody may see")
			}
			first := w.publish("push")
			if got := first.results(); got != "build=success keepalive=skipped pages=success sign=success" {
				t.Fatalf("%s\n%s", got, first.log())
			}
			calls := w.forge.wrote()
			if pushes(calls) != 1 || !asked(calls, http.MethodPost, "/pages/builds") || len(calls) != 2 {
				t.Errorf("the run wrote %v", calls)
			}
			w.secretless(first, "Sign and push")
			if env := strings.Join(first.step("sign", "Sign and push").Env, "\n"); !strings.Contains(env, "MINISIGN_SECRET_KEY=untrusted comment:") {
				t.Error("the step that signs has no key")
			}
			p := w.open("ada", "clock-1.1", "clock 1.1.0", plugin("clock", "1.1.0", "two"))
			w.merge(p)
			second := w.publish("push")
			w.secretless(second, "Sign and push")
			if got := w.releases(); second.conclusion() != "success" || !slices.Equal(got, []string{"clock/1.0.0", "clock/1.1.0"}) {
				t.Fatalf("published are %q\n%s", got, second.log())
			}
			w.verify()
			// Nothing of the repo's files got to the branch but what was published, and the branch has a history.
			for _, name := range w.published() {
				if strings.HasPrefix(name, "plugins/") || strings.HasPrefix(name, ".github/") || strings.Contains(name, "minisign.key") {
					t.Errorf("the branch has %s", name)
				}
			}
			if n := w.forge.bare("rev-list", "--count", "published"); n != "2" {
				t.Errorf("the branch has %s commits, expected one for each run", n)
			}
		})
	}
}

// Five merges while a run is at work: GitHub drops three of the waiting runs. All five releases are published.
func TestQueueOfMerges(t *testing.T) {
	w := newWorld(t, "other registry")
	var events []event
	for i := range 5 {
		p := w.open("ada", fmt.Sprintf("clock-1.%d", i+1), "release", plugin("clock", fmt.Sprintf("1.%d.0", i+1), fmt.Sprint(i)))
		events = append(events, w.publishing("push", w.merge(p)))
	}
	runs := w.queue(events...)
	if len(runs) != 2 {
		t.Fatalf("there were %d runs, expected that three are dropped", len(runs))
	}
	for _, r := range runs {
		if r.conclusion() != "success" {
			t.Fatal(r.log())
		}
	}
	want := []string{"clock/1.1.0", "clock/1.2.0", "clock/1.3.0", "clock/1.4.0", "clock/1.5.0"} // the first run begins at its commit
	if got := w.releases(); !slices.Equal(got, want) {
		t.Errorf("published are %q, expected %q", got, want)
	}
	w.verify()
}

// A run that fails leaves what was published, and the next one heals it: here a push that the forge refuses, and a package that can't be published.
func TestFailedRun(t *testing.T) {
	w := newWorld(t, "other registry")
	hook := filepath.Join(w.forge.bareDir(), "hooks/pre-receive")
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte("#!/bin/sh\nwhile read old new ref; do [ $ref != refs/heads/published ] || exit 1; done\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r := w.publish("push"); r.jobs["build"].Result != "success" || r.jobs["sign"].Result != "failure" || w.published() != nil {
		t.Fatalf("%s\n%s", r.results(), r.log())
	}
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}
	if r := w.publish("workflow_dispatch"); r.conclusion() != "success" || !slices.Equal(w.releases(), []string{"clock/1.0.0"}) {
		t.Fatal(r.log())
	}
	// One package is broken, and another one is not: the run is red, and the other one is published.
	broken := plugin("clock", "1.0.0", "changed under its version")
	w.commit("broken", broken)
	for name, data := range plugin("radio", "1.0.0", "new") {
		w.write(map[string]string{name: data})
	}
	w.commit("radio", nil)
	r := w.publish("push")
	if got := w.releases(); r.conclusion() != "failure" || !slices.Equal(got, []string{"clock/1.0.0", "radio/1.0.0"}) {
		t.Fatalf("published are %q: %s\n%s", got, r.results(), r.log())
	}
	if r.jobs["pages"].Result != "success" {
		t.Errorf("the pages aren't built: %s", r.results())
	}
	w.commit("mended", plugin("clock", "1.0.1", "mended"))
	r = w.publish("push")
	if got := w.releases(); r.conclusion() != "success" || !slices.Equal(got, []string{"clock/1.0.0", "clock/1.0.1", "radio/1.0.0"}) {
		t.Fatalf("published are %q\n%s", got, r.log())
	}
	w.verify()
}

// Every day a run looks whether there is something to do. There isn't: the key isn't used, nothing is pushed, and the schedule stays on.
func TestScheduleWithNothingToDo(t *testing.T) {
	w := newWorld(t, "other registry")
	w.publish("push")
	w.forge.wrote()
	before := w.forge.bare("rev-parse", "published")
	r := w.publish("schedule")
	calls := w.forge.wrote()
	if got := r.results(); got != "build=success keepalive=success pages=skipped sign=skipped" || !strings.Contains(r.log(), "nothing is to be published") {
		t.Errorf("%s\n%s", got, r.log())
	}
	if !asked(calls, http.MethodPut, "/actions/workflows/publish.yml/enable") || pushes(calls) > 0 || w.forge.bare("rev-parse", "published") != before {
		t.Errorf("the run wrote %v", calls)
	}
}

// More than half of the head's lifetime is over: a scheduled run issues it anew, although nothing changed.
func TestScheduleReissues(t *testing.T) {
	w := newWorld(t, "other registry")
	w.publishedBefore(16 * 24 * time.Hour)
	before := w.forge.bare("show", "published:index.json.minisig")
	r := w.publish("schedule")
	if got := r.results(); got != "build=success keepalive=success pages=success sign=success" {
		t.Fatalf("%s\n%s", got, r.log())
	}
	after := w.forge.bare("show", "published:index.json.minisig")
	if before == after || !strings.Contains(after, "serial=2 ") || !slices.Equal(w.releases(), []string{"clock/1.0.0"}) {
		t.Errorf("the head is\n%s\nand was\n%s", after, before)
	}
	w.verify()
}

// publishedBefore publishes main to the branch with a clock that was behind.
func (w *world) publishedBefore(ago time.Duration) {
	w.t.Helper()
	repo, err := gittree.Open(w.clone)
	if err != nil {
		w.t.Fatal(err)
	}
	defer repo.Close()
	history, err := publish.NewCommits(repo, "HEAD")
	if err != nil {
		w.t.Fatal(err)
	}
	dir := w.t.TempDir()
	options := publish.Options{History: history, Store: store.NewDir(dir), Pin: trust.KeyPin(w.key.Public()), Signer: w.key, Now: time.Now().Add(-ago)}
	if _, err := publish.Run(context.Background(), options); err != nil {
		w.t.Fatal(err)
	}
	who := []string{"GIT_AUTHOR_NAME=Op", "GIT_AUTHOR_EMAIL=op@example.org", "GIT_COMMITTER_NAME=Op", "GIT_COMMITTER_EMAIL=op@example.org"}
	for _, args := range [][]string{{"init", "-q", "-b", "published"}, {"add", "-A", "-f"}, {"commit", "-q", "-m", "published"}, {"push", "-q", w.forge.bareDir(), "published"}} {
		runGit(w.t, dir, who, args...)
	}
}

// A registry whose minisign.pub is a placeholder, and one that has no secret: the run is green, a notice says why nothing is published, and nothing is.
func TestNotSetUp(t *testing.T) {
	w := newWorld(t, "this repo")
	w.environments = nil
	r := w.publish("push")
	if got := r.results(); !strings.Contains(got, "build=success") || !strings.Contains(got, "sign=success") || w.published() != nil {
		t.Errorf("%s\n%s", got, r.log())
	}
	if commands := r.commands(); len(commands) != 1 || !strings.HasPrefix(commands[0], "notice: ") {
		t.Errorf("the runner obeyed %q, expected one notice\n%s", commands, r.log())
	}
	data, err := os.ReadFile(filepath.Join(top, "minisign.pub"))
	if err != nil || !strings.Contains(string(data), "placeholder") {
		t.Skipf("this repo's minisign.pub is no placeholder any more (%v)", err)
	}
	w.environments = map[string]map[string]string{"publish": w.secrets}
	w.commit("placeholder", map[string]string{"minisign.pub": string(data)})
	r = w.publish("schedule")
	if got := r.results(); got != "build=success keepalive=success pages=skipped sign=skipped" || w.published() != nil {
		t.Errorf("%s\n%s", got, r.log())
	}
	if commands := r.commands(); len(commands) != 1 || !strings.HasPrefix(commands[0], "notice: ") || !strings.Contains(r.log(), "placeholder") {
		t.Errorf("the runner obeyed %q, expected one notice\n%s", commands, r.log())
	}
}

// GitHub Pages isn't set up, or GitHub is at fault: the former is a notice, the latter an error.
func TestPages(t *testing.T) {
	w := newWorld(t, "other registry")
	w.forge.pages = http.StatusNotFound
	r := w.publish("push")
	if commands := r.step("pages", "Ask for a build of the pages").Commands; r.conclusion() != "success" || len(commands) != 1 || !strings.HasPrefix(commands[0], "notice: ") {
		t.Errorf("the runner obeyed %q\n%s", commands, r.log())
	}
	w.forge.pages = http.StatusUnprocessableEntity
	w.commit("clock 1.1.0", plugin("clock", "1.1.0", "two"))
	r = w.publish("push")
	if commands := r.step("pages", "Ask for a build of the pages").Commands; r.jobs["pages"].Result != "failure" || len(commands) != 1 || !strings.HasPrefix(commands[0], "error: ") {
		t.Errorf("the runner obeyed %q\n%s", commands, r.log())
	}
}

// A set that was changed between the two jobs is refused, and so is one that another key than the registry's would sign.
func TestChangedSet(t *testing.T) {
	w := newWorld(t, "other registry")
	e := w.publishing("push", w.forge.tip())
	e.file = []byte(strings.Replace(string(e.file), `          regen publish`, `          find "$RUNNER_TEMP/set" -type f -size +0 -exec sh -c 'printf x >>"$1"' - {} \;
          regen publish`, 1))
	r := w.start(e)
	if r.jobs["sign"].Result != "failure" || w.published() != nil || !strings.Contains(r.log(), "sha256") {
		t.Errorf("a changed set is published\n%s", r.log())
	}
	w.secretless(r, "Sign and push")
}

// A hostile pull request that somebody merged: nothing of it is run, the runner obeys none of it, and the packages that are sound are published.
func TestHostileMerge(t *testing.T) {
	w := newWorld(t, "other registry")
	files := hostile()
	delete(files, "registry.yaml")
	w.merge(w.open("eve", "evil", "evil", files))
	w.commit("radio", plugin("radio", "1.0.0", "new"))
	r := w.publish("push")
	if commands := r.commands(); len(commands) > 0 {
		t.Errorf("the runner obeyed %q", commands)
	}
	w.secretless(r, "Sign and push")
	w.untouched(r)
	if got := w.releases(); r.conclusion() != "failure" || !slices.Equal(got, []string{"radio/1.0.0"}) {
		t.Errorf("published are %q\n%s", got, r.log())
	}
	w.verify()
}

// A branch other than the default one publishes nothing.
func TestOtherBranch(t *testing.T) {
	w := newWorld(t, "other registry")
	e := w.publishing("workflow_dispatch", w.forge.tip())
	e.ref = "refs/heads/topic"
	if got := w.start(e).results(); got != "build=skipped keepalive=skipped pages=skipped sign=skipped" {
		t.Error(got)
	}
}
