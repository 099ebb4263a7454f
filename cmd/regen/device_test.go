package main

import (
	"bytes"
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/store"
)

// newRegistry publishes a commit with each of the files, and returns who did, and where.
func newRegistry(t *testing.T, commits ...gittest.Files) (o *operator, tree string) {
	t.Helper()
	o, tree = newOperator(t), filepath.Join(t.TempDir(), "public")
	for _, files := range commits {
		o.repo.Commit(t, files)
		if out, err := o.publish(tree).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return o, tree
}

// Two commands on one root at once: the second says so, waits, and then does its work.
func TestDeviceWaits(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks")
	}
	root := t.TempDir()
	unlock, err := store.NewDir(root).Lock(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	cmd := regen("device", "list", "--root", root)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	said := make([]byte, 1000)
	n, err := stderr.Read(said)
	if want := "another command is at work on " + root + ", waiting for it"; err != nil || !strings.Contains(string(said[:n]), want) {
		t.Errorf("it says %q (%v), expected %q", said[:n], err, want)
	}
	unlock()
	n, _ = stderr.Read(said)
	if err := cmd.Wait(); err != nil || !strings.Contains(string(said[:n]), "nothing is installed") {
		t.Errorf("%v, %q", err, said[:n])
	}
}

// Many commands on one root at once do each their work.
func TestDevicesAtOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks")
	}
	packages := []string{"a", "b", "c", "d"}
	var files []gittest.Files
	for _, id := range packages {
		files = append(files, gittest.Plugin("plugins/"+id, "1.0.0", id))
	}
	o, tree := newRegistry(t, gittest.Join(files...))
	root := filepath.Join(t.TempDir(), "root")
	var running []*exec.Cmd
	for _, id := range packages {
		cmd := regen("device", "install", id, "--yes", "--root", root, "--url", tree, "--pub", o.pub)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("install %s: %v", packages[i], err)
		}
	}
	out, err := regen("device", "verify", "--root", root, "--json").Output()
	var verified []client.Verified
	if err != nil || json.Unmarshal(out, &verified) != nil || len(verified) != len(packages) {
		t.Errorf("%v\n%s", err, out)
	}
}

// onDeviceStep is told of everything that is about to be changed on the disk.
func TestOnDeviceStep(t *testing.T) {
	o, tree := newRegistry(t, gittest.Plugin("plugins/clock", "1.0.0", "x"))
	var writes []string
	onDeviceStep = func(p client.Progress) {
		if p.Writes != "" {
			writes = append(writes, string(p.Step)+" "+p.Writes)
		}
	}
	defer func() { onDeviceStep = nil }()
	var out bytes.Buffer
	root := rootCommand(&ui{out: &out, err: &out})
	root.SetArgs([]string{"device", "install", "clock", "--yes", "--root", filepath.Join(t.TempDir(), "root"), "--url", tree, "--pub", o.pub})
	if err := root.Execute(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if !slices.Contains(writes, "swap package") || !slices.Contains(writes, "store state.json") {
		t.Errorf("it was told of %q", writes)
	}
}

// Whatever a package says of itself, it can't write lines of its own, nor move the cursor.
func TestDeviceShowsHostileText(t *testing.T) {
	evil := "evil\x1b[2J\r\nregen: all is well\u202e\u009b\x00"
	text := client.Text{"en": evil}
	var m client.Metadata
	m.Name, m.Summary, m.Permissions, m.Code, m.Requires, m.RoutesRisk, m.License, m.Homepage = text, text, []string{evil}, evil, []string{evil}, evil, evil, evil
	m.AntiFeatures = []client.AntiFeature{{Kind: evil, Reason: text}}
	advisory := client.Advisory{ID: evil, Action: evil, Reason: text, Link: evil}
	yank := client.Yank{Advisory: evil, Action: evil}
	var out bytes.Buffer
	u := &ui{out: &out, err: &out}
	u.offer(client.Offer{ID: "clock", Metadata: m, Warnings: []client.Advisory{advisory}, Passed: []client.Passed{{Version: "1.0.0", Reason: evil}}}, []string{evil, "::error::x"})
	u.shown(client.Shown{ID: "clock", Metadata: m, Notices: []client.Advisory{advisory}, List: client.VersionList{Versions: []client.Version{{Version: "1.0.0", Channel: evil, Yanks: []client.Yank{yank}}}}})
	u.found([]client.Found{{ID: "clock", Entry: client.Entry{Name: evil, Summary: evil, Channels: map[string]string{"stable": evil}}}})
	u.installed([]client.Package{{ID: "clock", Installed: &client.Installed{Name: text, Channel: "stable"}}})
	u.words([]word{{Word: client.Word{ID: "clock", Kind: evil}}, {Word: client.Word{ID: "clock", Kind: client.Warn, Advisory: &yank}, advisory: advisory}})
	u.changeTable([][]string{changeRow(client.Change{ID: "clock", Passed: []client.Passed{{Version: "1.0.0", Reason: evil}}}, false, false)})
	u.fail(lineError{&client.Error{Step: client.StepChoose, Class: client.Blocked, Err: os.ErrNotExist}})
	if n := strings.Count(out.String(), "evil"); n < 20 {
		t.Errorf("the text is shown %d times", n)
	}
	for line := range strings.Lines(out.String()) {
		if strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\x1b\r\x00\u202e\u009b") || strings.HasPrefix(strings.TrimLeft(line, " "), "regen: all") || strings.HasPrefix(strings.TrimLeft(line, " "), "::") {
			t.Errorf("a line is %q", line)
		}
	}
	if got := (lineError{os.ErrNotExist}).Error(); got != os.ErrNotExist.Error() {
		t.Error(got)
	}
	if got := (lineError{&client.Error{Step: "x", Err: errEvil(evil)}}).Error(); strings.ContainsAny(got, "\x1b\r\n\x00") {
		t.Errorf("an error is %q", got)
	}
}

type errEvil string

func (e errEvil) Error() string { return string(e) }

// Release notes are the part of the changelog that is about the versions in between.
func TestChanges(t *testing.T) {
	const changelog = "# Changelog\n\nAbout.\n\n\n## [Unreleased]\n- u\n\n## [2.0.0] - 2024-05-05\n- two\n\n### More\n- more\n\n## v1.1.0-rc.1\r\n- rc\n\n## 1.0.0\n- one\n## Older\n- old\n"
	for _, c := range []struct{ text, from, to, want string }{
		{changelog, "1.0.0", "2.0.0", "## [2.0.0] - 2024-05-05\n- two\n\n### More\n- more\n\n## v1.1.0-rc.1\n- rc"},
		{changelog, "1.1.0-rc.1", "2.0.0", "## [2.0.0] - 2024-05-05\n- two\n\n### More\n- more"},
		{changelog, "0.9.0", "1.0.0", "## 1.0.0\n- one"},
		{changelog, "1.0.0", "1.5.0", "## v1.1.0-rc.1\n- rc"},
		{"New in this version:\n- a\n", "1.0.0", "2.0.0", "New in this version:\n- a"},
		{changelog, "2.0.0", "3.0.0", "# Changelog\n\nAbout.\n\n## [Unreleased]\n- u\n\n## [2.0.0] - 2024-05-05\n- two\n\n### More\n- more\n\n## v1.1.0-rc.1\n- rc\n\n## 1.0.0\n- one\n## Older\n- old"},
		{"#1.0.0 is no heading\n####### 1.0.0 neither", "0.1.0", "1.0.0", "#1.0.0 is no heading\n####### 1.0.0 neither"},
		{"# 1.0.0\n" + strings.Repeat("ä", maxNote+1), "0.1.0", "1.0.0", "# 1.0.0\n" + strings.Repeat("ä", maxNote) + "…"},
		{"\n \n\r\n", "1.0.0", "2.0.0", ""},
		{"", "1.0.0", "2.0.0", ""},
	} {
		if got := strings.Join(changes(c.text, c.from, c.to), "\n"); got != c.want {
			t.Errorf("%s to %s: %q, expected %q", c.from, c.to, got, c.want)
		}
	}
	var out bytes.Buffer
	u := &ui{out: &out}
	u.releaseNotes(strings.Split(strings.Repeat("x\n", 30)+"x", "\n"))
	if got := strings.Count(out.String(), "  x\n"); got != maxNotes || !strings.Contains(out.String(), "… 11 more lines") {
		t.Errorf("%d lines are shown:\n%s", got, &out)
	}
}

// Each class of failures has a hint, and its place in docs/devices.md.
func TestDeviceClasses(t *testing.T) {
	doc, err := os.ReadFile("../../docs/devices.md")
	if err != nil {
		t.Fatal(err)
	}
	classes := 0
	file, err := parser.ParseFile(token.NewFileSet(), "../../client/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Class" {
			return true
		}
		class, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		classes++
		if deviceHints[client.Class(class)] == "" && client.Class(class) != client.Refused { // whoever said no knows what to do
			t.Errorf("there is no hint for class %s", class)
		}
		if !strings.Contains(string(doc), "\n| `"+class+"` | ") {
			t.Errorf("docs/devices.md has no class %s", class)
		}
		return true
	})
	if classes < 20 {
		t.Errorf("%d classes were found", classes)
	}
}
