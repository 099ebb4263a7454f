package flows

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// lint returns what actionlint finds in a workflow, without the help of other programs: it finds the same on every machine.
func lint(t *testing.T, name string, data []byte) []*actionlint.Error {
	t.Helper()
	repo, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: repo})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint(name, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// actionlint finds nothing in any workflow, and something in a broken one.
func TestActionlint(t *testing.T) {
	for name, data := range all(t) {
		for _, err := range lint(t, name, data) {
			t.Errorf("%s:%d:%d: %s", name, err.Line, err.Column, err.Message)
		}
	}
	broken := "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.event.pull_request.title }}\n"
	if found := lint(t, "broken.yml", []byte(broken)); len(found) == 0 {
		t.Error("actionlint finds nothing in a workflow with a title inside a script")
	}
}

// The workflows of this repo are the rendered templates, and two of its own.
func TestRendered(t *testing.T) {
	files := own(t)
	for name, want := range render(t, variants["this repo"]) {
		if !bytes.Equal(files[name], want) {
			t.Errorf(".github/workflows/%s isn't what internal/scaffold/files has: render it", name)
		}
		delete(files, name)
	}
	delete(files, "ci.yml")
	delete(files, "release.yml")
	for name := range files {
		t.Errorf(".github/workflows/%s is no file of this repo alone, and has no template", name)
	}
	for variant, p := range variants {
		for name, data := range render(t, p) {
			if bytes.Contains(data, []byte("\n\n\n")) || bytes.Contains(data, []byte(" \n")) || !bytes.HasSuffix(data, []byte("\n")) {
				t.Errorf("%s of %s has two blank lines, a space at the end of a line, or no line end", name, variant)
			}
			if !strings.Contains(string(data), "uses: "+p.Action+"\n") {
				t.Errorf("%s of %s doesn't use %s", name, variant, p.Action)
			}
		}
	}
}
