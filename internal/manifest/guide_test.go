package manifest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// What docs/adding-a-format.md says is followed in a copy of the repo: one new file, one line, one command. A package of the new format is then validated and packed by the
// real program.
func TestGuide(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	top := filepath.Join("..", "..")
	guide, err := os.ReadFile(filepath.Join(top, "docs", "adding-a-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(guide), "```go\n")
	if len(blocks) != 3 {
		t.Fatalf("the guide has %d pieces of Go, expected the file and the line", len(blocks)-1)
	}
	code, _, _ := strings.Cut(blocks[1], "```")
	line, _, _ := strings.Cut(blocks[2], "```")
	_, command, ok := strings.Cut(string(guide), "\n    echo ")
	if !ok {
		t.Fatal("the guide has no command")
	}
	command, _, _ = strings.Cut("echo "+command, "\n")

	work := t.TempDir()
	// All of the source is copied, so that a new package of ours doesn't break the guide.
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != ".git" && name != "plugins" {
			copyInto(t, filepath.Join(top, name), filepath.Join(work, name))
		}
	}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(work, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(gittest.Tool(t, name), args...)
		cmd.Dir = work
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	write("internal/manifest/zine.go", code)
	list, err := os.ReadFile(filepath.Join(work, "internal", "manifest", "manifest.go"))
	if err != nil {
		t.Fatal(err)
	}
	with := strings.Replace(string(list), "\tNative{},\n", line+"\tNative{},\n", 1)
	if with == string(list) {
		t.Fatal("there is no line to put the new one before")
	}
	write("internal/manifest/manifest.go", with)
	// The schemas are the part of go generate that knows of the format; the rest of it is tested elsewhere.
	run("sh", "-c", strings.Replace(command, "./...", "./schema", 1))

	write("plugins/night-walks/zine.json", `{"title": "Night Walks", "version": "1.2.0", "about": "Streets after midnight", "pages": ["01.md", "02.md"]}`)
	write("plugins/night-walks/01.md", "# Streets\n")
	write("plugins/night-walks/02.md", "# Bridges\n")
	write("plugins/night-walks/regen.yaml", "license: CC0-1.0\nauthors: [{name: Ada Example}]\nlanguages: {en: 100}\nicons: [{path: icon.svg}]\n")
	write("plugins/night-walks/icon.svg", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>`)
	run("git", "init", "-q")
	if out := run("go", "run", "./cmd/regen", "validate", "plugins/night-walks"); !strings.Contains(out, "nothing found") {
		t.Errorf("a good zine:\n%s", out)
	}
	if out := run("go", "run", "./cmd/regen", "pack", "plugins/night-walks", "--dry-run"); !strings.Contains(out, "night-walks-1.2.0.zip") || !strings.Contains(out, "02.md") {
		t.Errorf("packed:\n%s", out)
	}

	write("plugins/night-walks/zine.json", `{"title": "Night Walks", "version": "1.2.0", "abuot": "Streets", "pages": ["01.md", "3.md"]}`)
	cmd := exec.Command(gittest.Tool(t, "go"), "run", "./cmd/regen", "validate", "plugins/night-walks")
	cmd.Dir = work
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("a bad zine passes")
	}
	for _, want := range []string{"schema/unknown-key", `did you mean "about"?`, "schema/required", "files/missing", `"3.md"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("a bad zine: no %s in\n%s", want, out)
		}
	}
}

func copyInto(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
