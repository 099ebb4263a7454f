package flows

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/sign"
)

// world is a registry on a forge, and the people around it.
type world struct {
	t            *testing.T
	forge        *forge
	regen        string // the binary
	clone        string // of the operator
	key          *sign.Signer
	secrets      map[string]string
	environments map[string]map[string]string // protected environment → its secrets
	workflows    map[string][]byte
	runs         int64
	byID         map[int64]*run
	clock        int64 // of commits
	pulls        int
}

// binary builds regen once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "regen-flows-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "regen"), "../../cmd/regen").CombinedOutput()
	if err != nil {
		return dir, fmt.Errorf("%w\n%s", err, out)
	}
	return filepath.Join(dir, "regen"), nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// newWorld makes a registry with the package clock, which ada owns. Nothing is published yet.
func newWorld(t *testing.T, variant string) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, tool := range []string{"bash", "curl"} {
		gittest.Tool(t, tool)
	}
	regen, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, forge: newForge(t), regen: regen, clone: t.TempDir(), byID: make(map[int64]*run), workflows: render(t, variants[variant]), clock: 1_700_000_000}
	if w.key, err = sign.Generate(); err != nil {
		t.Fatal(err)
	}
	w.protect("")
	w.git("init", "-q", "-b", "main")
	files := map[string]string{
		"registry.yaml":            "id: acme\nname: Acme\n",
		"owners.yaml":              "maintainers: [op]\n",
		"minisign.pub":             string(sign.PublicText(w.key.Public())),
		"plugins/clock/regen.yaml": "owners: [ada]\n",
	}
	maps.Copy(files, plugin("clock", "1.0.0", "one"))
	if variants[variant].Self {
		files["action.yml"] = "name: Install regen\n"
	}
	for name, data := range w.workflows {
		files[".github/workflows/"+name] = string(data)
	}
	w.commit("a registry", files)
	return w
}

// protect keeps the secret key in the protected environment, with a password or without.
func (w *world) protect(password string) {
	w.t.Helper()
	secret, err := w.key.SecretText(password)
	if err != nil {
		w.t.Fatal(err)
	}
	w.secrets = map[string]string{"MINISIGN_SECRET_KEY": string(secret), "MINISIGN_PASSWORD": password}
	if password == "" {
		delete(w.secrets, "MINISIGN_PASSWORD")
	}
	w.environments = map[string]map[string]string{"publish": w.secrets}
}

// plugin returns the files of a sound package.
func plugin(id, version, text string) map[string]string {
	files := make(map[string]string)
	for path, f := range gittest.Plugin("plugins/"+id, version, text) {
		files[path] = f.Data
	}
	return files
}

// git runs git in the operator's clone.
func (w *world) git(args ...string) string {
	w.t.Helper()
	w.clock += 60
	who := fmt.Sprintf("%d +0000", w.clock)
	return runGit(w.t, w.clone, []string{
		"GIT_AUTHOR_NAME=Op", "GIT_AUTHOR_EMAIL=op@example.org", "GIT_AUTHOR_DATE=" + who,
		"GIT_COMMITTER_NAME=Op", "GIT_COMMITTER_EMAIL=op@example.org", "GIT_COMMITTER_DATE=" + who,
	}, args...)
}

// write puts files into the clone; empty ones are removed.
func (w *world) write(files map[string]string) {
	w.t.Helper()
	for _, path := range slices.Sorted(maps.Keys(files)) {
		name := filepath.Join(w.clone, path)
		if files[path] == "" {
			if err := os.RemoveAll(name); err != nil {
				w.t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[path]), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	w.git("add", "-A")
}

// commit commits files to main, and pushes.
func (w *world) commit(message string, files map[string]string) string {
	w.t.Helper()
	w.write(files)
	w.git("commit", "-q", "--allow-empty", "-m", message)
	w.git("push", "-q", w.forge.bareDir(), "main")
	return w.git("rev-parse", "HEAD")
}

// open opens a pull request from a fork.
func (w *world) open(author, branch, title string, files map[string]string) *pull {
	w.t.Helper()
	w.pulls++
	p := &pull{Number: w.pulls, Title: title, Author: author, State: "open", Fork: author + "/registry", Branch: branch, Base: w.forge.tip()}
	w.forge.mu.Lock()
	w.forge.pulls[p.Number] = p
	w.forge.mu.Unlock()
	w.push(p, files)
	return p
}

// push adds a commit to a pull request.
func (w *world) push(p *pull, files map[string]string) {
	w.t.Helper()
	start := "main"
	if p.Head != "" {
		start = p.Head
	}
	w.git("checkout", "-q", "--detach", start)
	w.write(files)
	w.git("commit", "-q", "--allow-empty", "-m", p.Title)
	p.Head = w.git("rev-parse", "HEAD")
	w.git("push", "-q", "--force", w.forge.bareDir(), p.Head+fmt.Sprintf(":refs/pull/%d/head", p.Number))
	w.git("checkout", "-q", "--force", "main")
}

// validate runs what a change of a pull request starts.
func (w *world) validate(p *pull, action string) *run {
	w.t.Helper()
	// GitHub takes the workflow from the commit that a merge would make.
	w.git("checkout", "-q", "--detach", "main")
	w.git("merge", "-q", "--no-ff", "-m", "merge", p.Head)
	merged := w.git("rev-parse", "HEAD")
	w.git("push", "-q", "--force", w.forge.bareDir(), merged+fmt.Sprintf(":refs/pull/%d/merge", p.Number))
	w.git("checkout", "-q", "--force", "main")
	name := "pull_request"
	payload := map[string]any{
		"action": action, "number": float64(p.Number), "pull_request": asJSON(w.t, p.document()),
		"repository": map[string]any{"full_name": repository, "default_branch": "main"}, "sender": map[string]any{"login": p.Author},
	}
	if action == "submitted" || action == "dismissed" {
		name = "pull_request_review"
		delete(payload, "number")
	}
	const path = ".github/workflows/validate.yml"
	return w.start(event{name: name, payload: payload, ref: fmt.Sprintf("refs/pull/%d/merge", p.Number), sha: merged, path: path, file: []byte(w.git("show", merged+":"+path) + "\n")})
}

// asJSON returns a value with the types that JSON has.
func asJSON(t *testing.T, v any) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// report runs what the end of a run starts.
func (w *world) report(r *run, p *pull) *run {
	w.t.Helper()
	const path = ".github/workflows/report.yml"
	return w.start(event{name: "workflow_run", ref: "refs/heads/main", sha: w.forge.tip(), path: path, file: []byte(w.git("show", "main:"+path) + "\n"), payload: map[string]any{
		"action": "completed",
		"workflow_run": map[string]any{
			"id": float64(r.id), "name": r.flow.Name, "path": r.event.path, "event": r.event.name, "status": "completed", "conclusion": r.conclusion(),
			"head_sha": p.Head, "head_branch": p.Branch, "head_repository": map[string]any{"full_name": p.Fork}, "pull_requests": []any{},
			"html_url": fmt.Sprintf("%s/%s/actions/runs/%d", w.forge.url, repository, r.id),
		},
		"workflow": map[string]any{"name": r.flow.Name, "path": r.event.path}, "repository": map[string]any{"full_name": repository, "default_branch": "main"},
	}})
}

// merge merges a pull request, and returns the commit.
func (w *world) merge(p *pull) string {
	w.t.Helper()
	w.git("merge", "-q", "--no-ff", "-m", fmt.Sprintf("Merge pull request #%d", p.Number), p.Head)
	w.git("push", "-q", w.forge.bareDir(), "main")
	p.State = "closed"
	return w.git("rev-parse", "HEAD")
}

// publishing returns what starts publish.yml at a commit of main.
func (w *world) publishing(name, sha string) event {
	const path = ".github/workflows/publish.yml"
	payload := map[string]any{"repository": map[string]any{"full_name": repository, "default_branch": "main"}}
	switch name {
	case "push":
		payload["ref"], payload["after"] = "refs/heads/main", sha
	case "schedule":
		payload = map[string]any{"schedule": "37 4 * * *"} // GitHub says nothing else
	}
	return event{name: name, ref: "refs/heads/main", sha: sha, path: path, file: []byte(w.git("show", sha+":"+path) + "\n"), payload: payload}
}

// publish runs publish.yml at the tip of main.
func (w *world) publish(name string) *run { return w.start(w.publishing(name, w.forge.tip())) }

// queue runs what events start, one after the other, as GitHub does with a concurrency group while the first is at work: one waits, and another that comes drops
// it. It returns the runs that there were.
func (w *world) queue(events ...event) []*run {
	w.t.Helper()
	var waiting *event
	for i, e := range events {
		flow, err := parse(e.file)
		if err != nil {
			w.t.Fatal(err)
		}
		if flow.Concurrency.Group != "publish" || flow.Concurrency.Cancel != "false" {
			w.t.Fatalf("the runs aren't in one group that keeps what is at work: %+v", flow.Concurrency)
		}
		if i > 0 {
			waiting = &e
		}
	}
	runs := []*run{w.start(events[0])}
	if waiting != nil {
		runs = append(runs, w.start(*waiting))
	}
	return runs
}

// published returns the files on the published branch, or nil.
func (w *world) published() []string {
	w.t.Helper()
	if w.forge.bare("for-each-ref", "refs/heads/published") == "" {
		return nil
	}
	return strings.Split(w.forge.bare("ls-tree", "-r", "--name-only", "published"), "\n")
}

// releases returns id/version of what is published, sorted.
func (w *world) releases() []string {
	w.t.Helper()
	var list []string
	for _, name := range w.published() {
		if rest, ok := strings.CutSuffix(strings.TrimPrefix(name, "packages/"), "/metadata.json"); ok && rest != name {
			list = append(list, rest)
		}
	}
	slices.Sort(list)
	return list
}

// verify holds the published branch against the key, with the whole of regen verify.
func (w *world) verify() {
	w.t.Helper()
	dir := w.t.TempDir()
	runGit(w.t, dir, nil, "clone", "-q", "--branch", "published", w.forge.bareDir(), "tree")
	if err := os.RemoveAll(filepath.Join(dir, "tree", ".git")); err != nil {
		w.t.Fatal(err)
	}
	w.command("verify", filepath.Join(dir, "tree"), "--pub", filepath.Join(w.clone, "minisign.pub"))
}

// command runs regen in the operator's clone.
func (w *world) command(args ...string) string {
	w.t.Helper()
	cmd := exec.Command(w.regen, args...)
	cmd.Dir = w.clone
	cmd.Env = []string{"PATH=" + systemPath, "HOME=" + w.t.TempDir(), "NO_COLOR=1"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("regen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// result returns what a run of validate kept, and nil where it kept nothing.
func (w *world) result(r *run) *gate.Result {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.artifacts["gate"], "result.json"))
	if err != nil {
		return nil
	}
	var g gate.Result
	if err := json.Unmarshal(data, &g); err != nil {
		w.t.Fatal(err)
	}
	return &g
}

// secretless fails the test if a secret stands in the environment of a step, in what it printed, or in any file of the job or of an artifact. Steps that are
// named may have it in their environment.
func (w *world) secretless(r *run, but ...string) {
	w.t.Helper()
	var lines []string
	for _, value := range w.secrets {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "untrusted comment:") {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		w.t.Fatal("there is no secret to look for")
	}
	look := func(where, text string) {
		w.t.Helper()
		for _, line := range lines {
			if strings.Contains(text, line) {
				w.t.Errorf("%s has a secret", where)
			}
		}
	}
	var dirs []string
	for id, j := range r.jobs {
		for _, s := range j.Steps {
			where := fmt.Sprintf("job %s, step %q", id, s.title())
			if !slices.Contains(but, s.title()) {
				look("the environment of "+where, strings.Join(s.Env, "\n"))
			}
			look("the output of "+where, s.Stdout+s.Stderr+s.Summary)
		}
		if j.dir != "" {
			dirs = append(dirs, j.dir)
		}
	}
	dirs = append(dirs, slices.Collect(maps.Values(r.artifacts))...)
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			look(path, string(data))
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// within fails the test if a run took longer than a minute would allow for on a machine of GitHub's.
func within(t *testing.T, limit time.Duration, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if took := time.Since(start); took > limit {
		t.Errorf("it took %v, expected at most %v", took, limit)
	}
}
