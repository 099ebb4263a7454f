package flows

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// The action's own step builds regen from the source beside it, and puts it on the PATH.
func TestActionBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tool")
	}
	gittest.Tool(t, "bash")
	data, err := os.ReadFile(filepath.Join(top, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	temp, work := t.TempDir(), t.TempDir()
	path := filepath.Join(work, "path")
	for _, s := range parseAction(t, data).Runs.Steps {
		if s.Run == "" {
			continue
		}
		if s.Shell != "bash" {
			t.Errorf("step %q has the shell %q; a composite action has to name one", s.title(), s.Shell)
		}
		script := filepath.Join(work, "step.sh")
		if err := os.WriteFile(script, []byte(s.Run), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+source, "RUNNER_TEMP="+temp, "GITHUB_PATH="+path)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("step %q: %v\n%s", s.title(), err, out)
		}
	}
	dir, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(strings.TrimSpace(string(dir)), "regen"), "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "regen ") {
		t.Errorf("%s %v", out, err)
	}
}
