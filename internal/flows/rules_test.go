package flows

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"gopkg.in/yaml.v3"
)

// A rule says what is wrong with a workflow.
type rule func(name string, data []byte, w workflow) []string

var rules = map[string]rule{
	"pinned":      pinned,
	"checkout":    checkout,
	"history":     history,
	"permissions": leastPermissions,
	"timeout":     bounded,
	"expressions": noExpressions,
	"secrets":     secretsApart,
	"commands":    stopCommands,
	"strangers":   strangers,
	"short":       short,
}

var pin = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$`)

// pinned: every action is pinned by a full commit hash, with the version in a comment, or lies in the repo itself.
func pinned(_ string, data []byte, _ workflow) []string {
	var wrong []string
	for line := range strings.Lines(string(data)) {
		what, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(line), "- "), "uses:")
		if what = strings.TrimSpace(what); ok && what != "./" && !pin.MatchString(what) {
			wrong = append(wrong, what+" isn't pinned")
		}
	}
	return wrong
}

// checkout: no checkout leaves its token in the clone.
func checkout(_ string, _ []byte, w workflow) []string {
	return w.each(func(j job, s step) string {
		if strings.HasPrefix(string(s.Uses), "actions/checkout@") && s.With["persist-credentials"] != "false" {
			return "a checkout without persist-credentials: false"
		}
		return ""
	})
}

// history: no checkout fetches all branches, of which one has everything that was ever published. git takes the number for no bound on the depth.
func history(_ string, _ []byte, w workflow) []string {
	return w.each(func(j job, s step) string {
		if depth := s.With["fetch-depth"]; depth != "" && depth != "2147483647" {
			return "a checkout of depth " + string(depth)
		}
		return ""
	})
}

// known are the permissions that a job may have, by the workflow, the job and what it does with them.
var known = map[string]permissions{
	"validate/gate":     {"contents": "read", "pull-requests": "read"},
	"report/report":     {"actions": "read", "contents": "read", "pull-requests": "write"},
	"publish/build":     {"contents": "read"},
	"publish/sign":      {"contents": "write"},
	"publish/pages":     {"pages": "write"},
	"publish/keepalive": {"actions": "write"},
	"ci/linux":          {"contents": "read"},
	"ci/others":         {"contents": "read"},
	"release/build":     {"contents": "read"},
	"release/sign":      {},
	"release/publish":   {"attestations": "write", "contents": "write", "id-token": "write"},
}

// leastPermissions: a workflow gives none, and each job exactly those that it is known to need.
func leastPermissions(_ string, _ []byte, w workflow) []string {
	var wrong []string
	if w.Permissions == nil || len(w.Permissions) > 0 {
		wrong = append(wrong, "the workflow doesn't say permissions: {}")
	}
	for _, j := range w.Jobs {
		need, ok := known[w.Name+"/"+j.ID]
		if !ok || j.Permissions == nil || !maps.Equal(j.Permissions, need) {
			wrong = append(wrong, fmt.Sprintf("job %s has the permissions %v, expected %v", j.ID, j.Permissions, need))
		}
	}
	return wrong
}

// bounded: every job has a bound on its time, and it is no longer than an hour and a half.
func bounded(_ string, _ []byte, w workflow) []string {
	var wrong []string
	for _, j := range w.Jobs {
		var minutes int
		if _, err := fmt.Sscanf(string(j.Timeout), "%d", &minutes); err != nil || minutes < 1 || minutes > 90 {
			wrong = append(wrong, fmt.Sprintf("job %s has the bound %q", j.ID, j.Timeout))
		}
	}
	return wrong
}

// noExpressions: no expression stands inside a script, trusted or not.
func noExpressions(_ string, _ []byte, w workflow) []string {
	return w.each(func(j job, s step) string {
		if strings.Contains(string(s.Run), "${{") {
			return "an expression inside a script"
		}
		return ""
	})
}

// secretsApart: a secret stands in the environment of a step in a job with a protected environment, and nowhere else. github.token is one, too, for those who
// write workflows; it has the job's permissions alone, and may be in the environment or the inputs of a step.
func secretsApart(_ string, data []byte, w workflow) []string {
	var wrong []string
	allowed := 0
	for _, j := range w.Jobs {
		for _, s := range j.Steps {
			for _, value := range s.Env {
				n := strings.Count(string(value), "secrets.")
				if n > 0 && (j.Environment == "" || s.Uses != "") {
					wrong = append(wrong, fmt.Sprintf("step %q of job %s has a secret, and the job no protected environment", s.title(), j.ID))
				}
				allowed += n
			}
		}
	}
	if n := len(regexp.MustCompile(`\bsecrets\b`).FindAll(withoutComments(data), -1)); n != allowed {
		wrong = append(wrong, fmt.Sprintf("secrets are named %d times, and %d times in the environment of a step", n, allowed))
	}
	return wrong
}

// risky are commands that print what strangers wrote.
var risky = regexp.MustCompile(`\bregen (gate|preview|report|build|publish|validate)\b`)

// stopCommands: what prints text of strangers does it after ::stop-commands:: with a token that nobody can guess, and before its end. Standard error goes the
// same way as standard output: the runner reads the two apart, and one may overtake the other.
func stopCommands(_ string, _ []byte, w workflow) []string {
	return w.each(func(j job, s step) string {
		stopped := false
		for line := range strings.Lines(string(s.Run)) {
			line = strings.TrimSpace(line)
			switch {
			case line == `echo "::stop-commands::$end"`:
				stopped = strings.Contains(string(s.Run), "end=$(cat /proc/sys/kernel/random/uuid)\n")
			case line == `echo "::$end::"`:
				stopped = false
			case risky.MatchString(line) && (!stopped || !strings.Contains(line, "2>&1") || !strings.Contains(line, "|| failed=$?")):
				return "text of strangers outside of ::stop-commands::"
			}
		}
		if stopped {
			return "::stop-commands:: without an end"
		}
		return ""
	})
}

// strangers: what a pull request starts gets no secret and cannot write; what runs after one checks nothing of it out; and the event that mixes the two isn't used.
func strangers(_ string, _ []byte, w workflow) []string {
	var wrong []string
	events := w.events()
	for _, event := range []string{"pull_request_target", "issue_comment", "issues"} {
		if slices.Contains(events, event) {
			wrong = append(wrong, "it is started by "+event)
		}
	}
	pull := slices.Contains(events, "pull_request") || slices.Contains(events, "pull_request_review")
	after := slices.Contains(events, "workflow_run")
	for _, j := range w.Jobs {
		for scope, value := range j.Permissions {
			if pull && value != "read" {
				wrong = append(wrong, fmt.Sprintf("job %s may write %s, and a pull request starts it", j.ID, scope))
			}
		}
		if (pull || after) && j.Environment != "" {
			wrong = append(wrong, fmt.Sprintf("job %s has a protected environment, and a pull request starts it", j.ID))
		}
		for _, s := range j.Steps {
			ref, given := s.With["ref"]
			switch uses := strings.HasPrefix(string(s.Uses), "actions/checkout@"); {
			case uses && after && (given || s.With["repository"] != ""):
				wrong = append(wrong, "a checkout of something else than the default branch, with a token that can write")
			case uses && pull && w.Name == "validate" && ref != "${{ github.event.pull_request.base.ref }}":
				wrong = append(wrong, "a checkout of something else than the base")
			case strings.HasPrefix(string(s.Uses), "actions/download-artifact@") && after && !strings.HasPrefix(string(s.With["path"]), "${{ runner.temp }}/"):
				wrong = append(wrong, "a stranger's artifact is unpacked into the workspace")
			}
		}
	}
	return wrong
}

// short: a script is a few lines around one command. The rest is in Go.
func short(_ string, _ []byte, w workflow) []string {
	return w.each(func(j job, s step) string {
		if n := strings.Count(strings.TrimSpace(string(s.Run)), "\n") + 1; n > 8 {
			return fmt.Sprintf("a script of %d lines", n)
		}
		if n := strings.Count(string(s.Run), "regen "); n > 2 {
			return fmt.Sprintf("a script with %d commands", n)
		}
		return ""
	})
}

// each collects what is said of the steps.
func (w workflow) each(say func(job, step) string) []string {
	var wrong []string
	for _, j := range w.Jobs {
		for _, s := range j.Steps {
			if text := say(j, s); text != "" {
				wrong = append(wrong, fmt.Sprintf("job %s, step %q: %s", j.ID, s.title(), text))
			}
		}
	}
	return wrong
}

// withoutComments returns the lines of a file that aren't comments.
func withoutComments(data []byte) []byte {
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			b.WriteString(line)
		}
	}
	return []byte(b.String())
}

// Every workflow keeps every rule.
func TestRules(t *testing.T) {
	for name, data := range all(t) {
		w, err := parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(w.Jobs) == 0 {
			t.Errorf("%s has no jobs", name)
		}
		for id, rule := range rules {
			for _, wrong := range rule(name, data, w) {
				t.Errorf("%s: %s: %s", name, id, wrong)
			}
		}
	}
}

// A workflow that breaks a rule is found: each line is a change to one that keeps them all.
func TestRulesFind(t *testing.T) {
	files := own(t)
	for _, c := range []struct{ rule, file, old, new string }{
		{"pinned", "validate.yml", "9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0 # v7.0.0", "v7"},
		{"pinned", "validate.yml", "9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0 # v7.0.0", "9c091bb # v7.0.0"},
		{"pinned", "validate.yml", " # v7.0.0", ""},
		{"pinned", "validate.yml", "uses: ./", "uses: ./elsewhere"},
		{"checkout", "report.yml", "persist-credentials: false", "persist-credentials: true"},
		{"checkout", "validate.yml", "          persist-credentials: false\n", ""},
		{"history", "validate.yml", "fetch-depth: 2147483647", "fetch-depth: 0"},
		{"permissions", "validate.yml", "permissions: {}\n", ""},
		{"permissions", "validate.yml", "permissions: {}\n", "permissions: write-all\n"},
		{"permissions", "validate.yml", "pull-requests: read", "pull-requests: write"},
		{"permissions", "report.yml", "      contents: read # the owners\n", "      contents: read\n      issues: write\n"},
		{"permissions", "release.yml", "    permissions: {}\n    steps", "    steps"},
		{"timeout", "ci.yml", "    timeout-minutes: 90\n", ""},
		{"timeout", "ci.yml", "timeout-minutes: 90", "timeout-minutes: 360"},
		{"expressions", "validate.yml", `refs/pull/$NUMBER/head`, `refs/pull/${{ github.event.pull_request.number }}/head`},
		{"expressions", "publish.yml", `run: echo "::notice::`, `run: echo "${{ github.event.head_commit.message }}::notice::`},
		{"secrets", "publish.yml", "    environment: publish\n", ""},
		{"secrets", "validate.yml", "defaults:", "env:\n  KEY: ${{ secrets.MINISIGN_SECRET_KEY }}\ndefaults:"},
		{"secrets", "validate.yml", "HEAD: ${{ github.event.pull_request.head.sha }}", "HEAD: ${{ secrets.MINISIGN_SECRET_KEY }}"},
		{"secrets", "publish.yml", "path: ${{ runner.temp }}/set", "path: ${{ toJSON(secrets) }}"},
		{"commands", "validate.yml", "          echo \"::stop-commands::$end\"\n", ""},
		{"commands", "validate.yml", "          echo \"::$end::\"\n", ""},
		{"commands", "validate.yml", "cat /proc/sys/kernel/random/uuid", "echo regen"},
		{"commands", "report.yml", " 2>&1", ""},
		{"commands", "publish.yml", ` || failed=$?`, ""},
		{"strangers", "validate.yml", "on:\n  pull_request:", "on:\n  pull_request_target:"},
		{"strangers", "validate.yml", "    timeout-minutes: 10\n", "    timeout-minutes: 10\n    environment: publish\n"},
		{"strangers", "validate.yml", "      contents: read\n", "      contents: write\n"},
		{"strangers", "validate.yml", "pull_request.base.ref", "pull_request.head.sha"},
		{"strangers", "validate.yml", "          ref: ${{ github.event.pull_request.base.ref }}\n", ""},
		{"strangers", "report.yml", "          persist-credentials: false\n", "          persist-credentials: false\n          ref: ${{ github.event.workflow_run.head_sha }}\n"},
		{"strangers", "report.yml", "path: ${{ runner.temp }}/gate", "path: gate"},
		{"short", "publish.yml", "          regen publish", "          a\n          b\n          c\n          d\n          regen publish"},
	} {
		data := string(files[c.file])
		if !strings.Contains(data, c.old) {
			t.Errorf("%s: %s has no %q", c.rule, c.file, c.old)
			continue
		}
		changed := []byte(strings.Replace(data, c.old, c.new, 1))
		w, err := parse(changed)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if len(rules[c.rule](c.file, changed, w)) == 0 {
			t.Errorf("%s finds nothing in %s with %q instead of %q", c.rule, c.file, c.new, c.old)
		}
	}
}

// The composite action keeps the rules that are about steps.
func TestAction(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(top, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	a := parseAction(t, data)
	w := workflow{Name: "action", Jobs: jobs{{ID: "action", Steps: a.Runs.Steps}}}
	for _, id := range []string{"pinned", "checkout", "expressions", "secrets", "commands", "short"} {
		for _, wrong := range rules[id]("action.yml", data, w) {
			t.Errorf("action.yml: %s: %s", id, wrong)
		}
	}
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Errorf("action.yml is %+v, expected a composite action", a)
	}
}

// action is an action.yml.
type action struct {
	Name string `yaml:"name"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

func parseAction(t *testing.T, data []byte) action {
	t.Helper()
	var a action
	if err := yaml.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Every expression in a workflow is one of a few that were looked at. Those that a stranger has a say in are passed as they are, never inside a script.
func TestExpressionsAreKnown(t *testing.T) {
	allowed := []string{
		"github.event.pull_request.base.ref", "github.event.pull_request.head.sha", "github.event.pull_request.number",
		"github.event.workflow_run.head_branch", "github.event.workflow_run.head_repository.full_name", "github.event.workflow_run.id",
		"github.event_name == 'pull_request'", "github.ref", "github.repository", "github.token", "matrix.os", "runner.temp",
		"needs.build.outputs.sha256", "steps.build.outputs.ready", "steps.build.outputs.sha256",
		"secrets.MINISIGN_PASSWORD", "secrets.MINISIGN_SECRET_KEY", "secrets.MINISIGN_SECRET_KEY != ''",
	}
	for name, data := range all(t) {
		for _, src := range spans(string(withoutComments(data))) {
			if !slices.Contains(allowed, strings.TrimSpace(src)) {
				t.Errorf("%s has the expression %s", name, src)
			}
			if _, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(src + "}}")); err != nil {
				t.Errorf("%s: %s: %v", name, src, err)
			}
		}
	}
}
