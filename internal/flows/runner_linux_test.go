package flows

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// event is what starts a workflow.
type event struct {
	name    string         // such as pull_request
	payload map[string]any // what GITHUB_EVENT_PATH has
	ref     string         // such as refs/heads/main
	sha     string
	file    []byte // the workflow, as the commit that GitHub takes it from has it
	path    string // of that file in the repo
}

// run is a run of a workflow.
type run struct {
	t         *testing.T
	w         *world
	id        int64
	event     event
	flow      workflow
	jobs      map[string]*result // those that ran, and those that were skipped
	artifacts map[string]string  // name → directory
}

// result is what came of a job.
type result struct {
	Result  string // success, failure or skipped
	Outputs map[string]any
	Steps   []*done
	dir     string // everything that the job had on its disk
}

// done is what came of a step.
type done struct {
	step
	Outcome    string // success, failure or skipped
	Conclusion string
	Env        []string // all that the step's processes got
	Stdout     string
	Stderr     string
	Summary    string
	Commands   []string // the workflow commands that the runner obeyed, as "name: text"
}

// conclusion returns how a run ended.
func (r *run) conclusion() string {
	for _, j := range r.jobs {
		if j.Result == "failure" {
			return "failure"
		}
	}
	return "success"
}

// step returns what came of a step.
func (r *run) step(job, name string) *done {
	r.t.Helper()
	if j := r.jobs[job]; j != nil {
		for _, s := range j.Steps {
			if s.title() == name {
				return s
			}
		}
	}
	r.t.Fatalf("the run of %s has no step %q in job %s", r.flow.Name, name, job)
	return nil
}

// log returns everything that the steps printed.
func (r *run) log() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(r.jobs)) {
		fmt.Fprintf(&b, "job %s: %s\n", id, r.jobs[id].Result)
		for _, s := range r.jobs[id].Steps {
			fmt.Fprintf(&b, "  step %q: %s\n%s%s", s.title(), s.Outcome, s.Stdout, s.Stderr)
		}
	}
	return b.String()
}

// commands returns the workflow commands that the runner obeyed in all steps.
func (r *run) commands() []string {
	var list []string
	for _, j := range r.jobs {
		for _, s := range j.Steps {
			list = append(list, s.Commands...)
		}
	}
	return list
}

// start runs a workflow to its end.
func (w *world) start(e event) *run {
	w.t.Helper()
	flow, err := parse(e.file)
	if err != nil {
		w.t.Fatal(err)
	}
	if !slices.Contains(flow.events(), e.name) {
		w.t.Fatalf("%s isn't started by %s", e.path, e.name)
	}
	w.runs++
	r := &run{t: w.t, w: w, id: 9000 + w.runs, event: e, flow: flow, jobs: make(map[string]*result), artifacts: make(map[string]string)}
	w.byID[r.id] = r
	for _, j := range flow.Jobs { // the files have them in the order of their needs
		r.jobs[j.ID] = r.job(j)
	}
	return r
}

// contexts returns what expressions of a job may name.
func (r *run) contexts(j job, token string) contexts {
	needs := make(map[string]any)
	status := map[string]bool{"success": true, "failure": false, "always": true, "cancelled": false}
	var visit func(id string)
	visit = func(id string) {
		before := r.jobs[id]
		if before == nil {
			r.t.Fatalf("job %s needs %s, which stands after it", j.ID, id)
		}
		status["success"] = status["success"] && before.Result == "success"
		status["failure"] = status["failure"] || before.Result == "failure"
		for _, id := range r.flow.job(r.t, id).Needs {
			visit(id)
		}
	}
	for _, id := range j.Needs {
		visit(id)
		needs[id] = map[string]any{"result": r.jobs[id].Result, "outputs": r.jobs[id].Outputs}
	}
	secrets := map[string]any{"GITHUB_TOKEN": token}
	for name, value := range r.w.environments[string(j.Environment)] {
		secrets[name] = value
	}
	refName := r.event.ref
	if name, ok := strings.CutPrefix(refName, "refs/heads/"); ok {
		refName = name
	} else {
		refName = strings.TrimPrefix(refName, "refs/pull/")
	}
	return contexts{status: status, values: map[string]any{
		"github": map[string]any{
			"event": r.event.payload, "event_name": r.event.name, "ref": r.event.ref, "ref_name": refName, "sha": r.event.sha, "repository": repository, "token": token,
			"run_id": float64(r.id), "workflow": r.flow.Name,
		},
		"needs": needs, "secrets": secrets, "steps": map[string]any{}, "env": map[string]any{},
	}}
}

// job runs a job.
func (r *run) job(j job) *result {
	t := r.t
	t.Helper()
	token := r.w.forge.token(j.Permissions)
	c := r.contexts(j, token)
	out := &result{Result: "skipped", Outputs: map[string]any{}}
	if ok, err := c.holds(string(j.If)); err != nil {
		t.Fatalf("job %s: if: %v", j.ID, err)
	} else if !ok {
		return out
	}
	out.dir = t.TempDir()
	m := &machine{run: r, job: j, token: token, contexts: c, dir: out.dir, workspace: filepath.Join(out.dir, "work"), temp: filepath.Join(out.dir, "temp"), files: filepath.Join(out.dir, "files")}
	for _, dir := range []string{m.workspace, m.temp, m.files, filepath.Join(out.dir, "home")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	payload, err := json.Marshal(r.event.payload)
	if err != nil {
		t.Fatal(err)
	}
	m.write(filepath.Join(m.files, "event.json"), string(payload))
	c.values["runner"] = map[string]any{"temp": m.temp, "os": "Linux"}
	c.status = map[string]bool{"success": true, "failure": false, "always": true, "cancelled": false}
	m.contexts = c
	out.Result = "success"
	for _, s := range j.Steps {
		d := m.step(s)
		out.Steps = append(out.Steps, d)
		if d.Conclusion == "failure" {
			out.Result = "failure"
			c.status["success"], c.status["failure"] = false, true
		}
	}
	for name, text := range j.Outputs {
		value, err := c.fill(string(text))
		if err != nil {
			t.Fatalf("job %s: output %s: %v", j.ID, name, err)
		}
		out.Outputs[name] = value
	}
	return out
}

// machine is what a job runs on.
type machine struct {
	*run
	job
	contexts
	token                  string
	dir                    string
	workspace, temp, files string
	path                   []string // put before PATH, the last first
	env                    []string // from GITHUB_ENV
	actionPath             string
	count                  int
}

func (m *machine) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) filled(what string, text scalar) string {
	m.t.Helper()
	value, err := m.fill(string(text))
	if err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	return value
}

// step runs a step.
func (m *machine) step(s step) *done {
	m.t.Helper()
	m.count++
	d := &done{step: s, Outcome: "skipped", Conclusion: "skipped"}
	if ok, err := m.holds(string(s.If)); err != nil {
		m.t.Fatalf("step %q: if: %v", s.title(), err)
	} else if !ok {
		return d
	}
	outputs := map[string]any{}
	err := m.do(s, d, outputs)
	d.Outcome = "success"
	if err != nil {
		d.Outcome = "failure"
		d.Stderr += fmt.Sprintf("the step failed: %v\n", err)
	}
	d.Conclusion = d.Outcome
	if s.ContinueOnError == "true" {
		d.Conclusion = "success"
	}
	if s.ID != "" {
		m.values["steps"].(map[string]any)[s.ID] = map[string]any{"outputs": outputs, "outcome": d.Outcome, "conclusion": d.Conclusion}
	}
	return d
}

// errStep says that a step's process ended with an error.
var errStep = errors.New("exit code")

func (m *machine) do(s step, d *done, outputs map[string]any) error {
	if s.Uses != "" {
		return m.uses(s)
	}
	shell, dir := s.Shell, s.WorkingDirectory
	for _, d := range []defaults{m.job.Defaults, m.flow.Defaults} {
		if shell == "" {
			shell = d.Run.Shell
		}
		if dir == "" {
			dir = d.Run.WorkingDirectory
		}
	}
	script := filepath.Join(m.files, fmt.Sprintf("step%d.sh", m.count))
	m.write(script, m.filled(s.title(), s.Run))
	args := []string{"-e", script} // without a shell that is named
	if shell == "bash" {
		args = []string{"--noprofile", "--norc", "-eo", "pipefail", script}
	}
	paths := make(map[string]string)
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"} {
		paths[name] = filepath.Join(m.files, fmt.Sprintf("%s%d", name, m.count))
		m.write(paths[name], "")
	}
	d.Env = m.environment(s, paths)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/bash", args...)
	cmd.Dir = filepath.Join(m.workspace, m.filled(s.title(), dir))
	cmd.Env = d.Env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	d.Stdout, d.Stderr = stdout.String(), stderr.String()
	// The runner reads the two apart: what stops commands on one may come late for the other.
	d.Commands = append(obeyed(d.Stdout), obeyed(d.Stderr)...)
	if err != nil {
		err = fmt.Errorf("%w: %v", errStep, err)
	}
	m.take(paths, d, outputs)
	return err
}

// take reads the files that a step told the runner something in.
func (m *machine) take(paths map[string]string, d *done, outputs map[string]any) {
	read := func(name string) string {
		data, err := os.ReadFile(paths[name])
		if err != nil {
			m.t.Fatal(err)
		}
		return string(data)
	}
	d.Summary = read("GITHUB_STEP_SUMMARY")
	if n := len(d.Summary); n > 1<<20 {
		m.t.Errorf("the summary of %q has %d bytes, and GitHub takes 1 MiB", d.title(), n)
	}
	for name, value := range assignments(m.t, read("GITHUB_OUTPUT")) {
		outputs[name] = value
	}
	for name, value := range assignments(m.t, read("GITHUB_ENV")) {
		m.env = append(m.env, name+"="+value)
	}
	for line := range strings.Lines(read("GITHUB_PATH")) {
		m.path = append([]string{strings.TrimSpace(line)}, m.path...)
	}
}

// assignments reads lines such as name=value.
func assignments(t *testing.T, text string) map[string]string {
	values := make(map[string]string)
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok || strings.Contains(name, "<<") {
			t.Errorf("the runner doesn't understand the line %q", line)
		}
		values[name] = value
	}
	return values
}

// environment returns what a step's processes get, and nothing of the test's own.
func (m *machine) environment(s step, paths map[string]string) []string {
	env := []string{
		"CI=true", "GITHUB_ACTIONS=true", "HOME=" + filepath.Join(m.dir, "home"), "LANG=C.UTF-8",
		"PATH=" + strings.Join(append(slices.Clone(m.path), systemPath), ":"),
		"GITHUB_API_URL=" + m.w.forge.url + "/api", "GITHUB_SERVER_URL=" + m.w.forge.url, "GITHUB_REPOSITORY=" + repository,
		"GITHUB_EVENT_NAME=" + m.event.name, "GITHUB_EVENT_PATH=" + filepath.Join(m.files, "event.json"), "GITHUB_SHA=" + m.event.sha, "GITHUB_REF=" + m.event.ref,
		"GITHUB_REF_NAME=" + asText(m.values["github"].(map[string]any)["ref_name"]), "GITHUB_WORKFLOW=" + m.flow.Name, "GITHUB_JOB=" + m.job.ID, "GITHUB_RUN_ID=" + strconv.FormatInt(m.id, 10),
		"GITHUB_WORKSPACE=" + m.workspace, "RUNNER_TEMP=" + m.temp, "RUNNER_OS=Linux",
		// The forge's certificate, which no real machine has to be told of.
		"SSL_CERT_FILE=" + m.w.forge.cert, "GIT_SSL_CAINFO=" + m.w.forge.cert, "CURL_CA_BUNDLE=" + m.w.forge.cert,
	}
	if m.actionPath != "" {
		env = append(env, "GITHUB_ACTION_PATH="+m.actionPath)
	}
	for name, path := range paths {
		env = append(env, name+"="+path)
	}
	env = append(env, m.env...)
	for _, values := range []scalars{m.flow.Env, m.job.Env, s.Env} {
		for name, value := range values {
			env = append(env, name+"="+m.filled(s.title(), value))
		}
	}
	return env
}

// obeyed returns the workflow commands in what was printed, as the runner finds them.
func obeyed(text string) []string {
	var list []string
	stop := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, data := "", ""
		if rest, ok := strings.CutPrefix(line, "::"); ok {
			name, data, ok = strings.Cut(rest, "::")
			if !ok {
				continue
			}
		} else if _, rest, ok := strings.Cut(line, "##["); ok { // the older form, anywhere in a line
			name, data, ok = strings.Cut(rest, "]")
			if !ok {
				continue
			}
		} else {
			continue
		}
		name, _, _ = strings.Cut(name, " ")
		switch {
		case stop != "" && name == stop:
			stop = ""
		case stop != "":
		case name == "stop-commands":
			stop = data
		default:
			list = append(list, name+": "+data)
		}
	}
	return list
}

// The runner obeys what GitHub's obeys, and nothing between ::stop-commands:: and its end.
func TestObeyed(t *testing.T) {
	text := "::notice::a\n  ::error file=x,line=1::b\nno ::warning::c\nx ##[debug]d\n::stop-commands::T\n::error::e\n##[error]f\n::T::\n::notice::g\n"
	want := []string{"notice: a", "error: b", "debug: d", "notice: g"}
	if got := obeyed(text); !slices.Equal(got, want) {
		t.Errorf("obeyed %q, expected %q", got, want)
	}
}

// uses runs an action, or what it does as far as it matters here.
func (m *machine) uses(s step) error {
	with := make(map[string]string)
	for name, value := range s.With {
		with[name] = m.filled(s.title(), value)
	}
	name, _, _ := strings.Cut(string(s.Uses), "@")
	switch name {
	case "actions/checkout":
		return m.checkout(with)
	case "actions/upload-artifact":
		return m.upload(with)
	case "actions/download-artifact":
		return m.download(with)
	case "actions/setup-go":
		return nil
	case "./":
		if _, err := os.Stat(filepath.Join(m.workspace, "action.yml")); err != nil {
			return fmt.Errorf("there is no action in the workspace: %w", err)
		}
		return m.install()
	case "regen-registry/regen":
		return m.install()
	}
	m.t.Fatalf("the runner doesn't know the action %s", name)
	return nil
}

// install puts the binary of the test where regen's action puts one.
func (m *machine) install() error {
	bin := filepath.Join(m.temp, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	m.path = append([]string{bin}, m.path...)
	return os.Symlink(m.w.regen, filepath.Join(bin, "regen"))
}

// git runs git in the workspace.
func (m *machine) git(args ...string) error {
	cmd := exec.Command("git", args...)
	cmd.Dir = m.workspace
	cmd.Env = []string{"PATH=" + systemPath, "HOME=" + filepath.Join(m.dir, "home"), "GIT_SSL_CAINFO=" + m.w.forge.cert, "GIT_TERMINAL_PROMPT=0"}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// checkout does what actions/checkout does.
func (m *machine) checkout(with map[string]string) error {
	if m.event.name == "workflow_run" && with["ref"] != "" {
		return errors.New("it isn't safe to check out a pull request here")
	}
	ref, commit := m.event.ref, m.event.sha
	if with["ref"] != "" {
		ref, commit = "refs/heads/"+with["ref"], ""
	}
	branch := strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/")
	remote := "refs/remotes/origin/" + branch
	steps := [][]string{{"init", "-q", "-b", "main"}, {"remote", "add", "origin", m.w.forge.url + "/" + repository}}
	key, header := "http."+m.w.forge.url+"/.extraheader", "AUTHORIZATION: basic "+base64.StdEncoding.EncodeToString([]byte("x-access-token:"+m.token))
	if with["persist-credentials"] != "false" {
		steps = append(steps, []string{"config", key, header})
	}
	all := []string{"fetch", "-q", "--prune", "--no-recurse-submodules", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"}
	source := commit
	if source == "" {
		source = ref
	}
	depth := with["fetch-depth"]
	if depth == "" {
		depth = "1"
	}
	one := []string{"fetch", "-q", "--no-tags", "--prune", "--no-recurse-submodules", "--depth=" + depth, "origin", "+" + source + ":" + remote}
	if depth == "0" {
		steps = append(steps, all)
		one = slices.Delete(one, 5, 6)
	}
	steps = append(steps, one, []string{"checkout", "-q", "--force", "-B", branch, remote})
	for _, args := range steps {
		if err := m.git(append([]string{"-c", key + "=" + header}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// upload does what actions/upload-artifact does.
func (m *machine) upload(with map[string]string) error {
	from := with["path"]
	if !filepath.IsAbs(from) {
		from = filepath.Join(m.workspace, from)
	}
	to := m.t.TempDir()
	n := 0
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if hidden := rel != "." && strings.HasPrefix(filepath.Base(rel), "."); hidden && with["include-hidden-files"] != "true" {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if i := strings.IndexAny(rel, "\":<>|*?\r\n"); i >= 0 {
			return fmt.Errorf("the artifact's path %q isn't valid: it has %q", rel, rel[i])
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil && n == 0 {
		switch with["if-no-files-found"] {
		case "error":
			return fmt.Errorf("no files were found with the path %s", with["path"])
		case "ignore":
			return nil
		}
	}
	if _, twice := m.artifacts[with["name"]]; twice {
		return fmt.Errorf("there is an artifact %s already", with["name"])
	}
	m.artifacts[with["name"]] = to
	return err
}

// download does what actions/download-artifact does.
func (m *machine) download(with map[string]string) error {
	from := m.run
	if with["run-id"] != "" {
		m.w.forge.mu.Lock()
		may := m.w.forge.may(with["github-token"], "actions", "read")
		m.w.forge.mu.Unlock()
		if !may {
			return errors.New("Resource not accessible by integration")
		}
		id, err := strconv.ParseInt(with["run-id"], 10, 64)
		if err != nil {
			return err
		}
		if from = m.w.byID[id]; from == nil {
			return fmt.Errorf("there is no run %d", id)
		}
	}
	dir, ok := from.artifacts[with["name"]]
	if !ok {
		return fmt.Errorf("artifact not found for name: %s", with["name"])
	}
	to := with["path"]
	if !filepath.IsAbs(to) {
		to = filepath.Join(m.workspace, to)
	}
	return os.CopyFS(to, os.DirFS(dir))
}
