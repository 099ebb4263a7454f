package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
)

// TestBadPackages: whatever a package is made of, it fails alone, with a place and a hint; the others are published.
func TestBadPackages(t *testing.T) {
	o := newOperator(t)
	good := gittest.Plugin("plugins/good", "1.0.0", "x")
	files := gittest.Join(good)
	want := make(map[string]string) // id → code
	bad := func(id, code string, change func(files gittest.Files, dir string)) {
		dir := "plugins/" + id
		plugin := gittest.Plugin(dir, "1.0.0", "x")
		change(plugin, dir)
		maps.Copy(files, plugin)
		want[id] = code
	}
	manifest := func(edit func(string) string) func(gittest.Files, string) {
		return func(files gittest.Files, dir string) {
			files[dir+"/composer.json"] = gittest.Text(edit(files[dir+"/composer.json"].Data))
		}
	}
	bad("bom", "json/bom", manifest(func(s string) string { return "\xef\xbb\xbf" + s }))
	bad("duplicate", "json/duplicate-key", manifest(func(s string) string { return strings.Replace(s, `"license"`, `"version": "2.0.0", "license"`, 1) }))
	bad("trailing", "json/trailing", manifest(func(s string) string { return s + "{}" }))
	bad("deep", "json/depth", manifest(func(string) string { return strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000) }))
	bad("encoding", "json/encoding", manifest(func(s string) string { return strings.Replace(s, "The plugin", "The \xff plugin", 1) }))
	bad("huge", "json/size", manifest(func(string) string { return strings.Repeat(" ", 100<<20) }))
	bad("symlink", "files/symlink", func(files gittest.Files, dir string) {
		files[dir+"/passwd"] = gittest.File{Mode: "120000", Data: "/etc/passwd"}
	})
	bad("many", "files/too-many", func(files gittest.Files, dir string) {
		for i := range 70_000 {
			files[fmt.Sprintf("%s/f/%d", dir, i)] = gittest.Text("")
		}
	})
	o.repo.Commit(t, files)
	if !testing.Short() {
		// A file of 2 GB takes git some seconds.
		sparse := filepath.Join(t.TempDir(), "sparse")
		if err := errors.Join(os.WriteFile(sparse, nil, 0o644), os.Truncate(sparse, 2<<30)); err != nil {
			t.Fatal(err)
		}
		blob := o.repo.Git(t, "", "-c", "core.compression=1", "-c", "core.bigFileThreshold=1m", "hash-object", "-w", sparse)
		addTree(t, o.repo, "large", "100644 large.bin", blob)
		want["large"] = "files/too-large"
	}
	// A tree that git itself would never make.
	addTree(t, o.repo, "dots", "100644 ..", o.repo.Git(t, "x", "hash-object", "-w", "--stdin"))
	want["dots"] = "files/tree"

	dir := filepath.Join(t.TempDir(), "public")
	cmd := o.publish(dir)
	cmd.Args = append(cmd.Args, "--json")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err == nil || err.(*exec.ExitError).ExitCode() != 1 || stderr.Len() > 0 {
		t.Fatalf("%v, expected exit code 1 and nothing else\n%s", err, &stderr)
	}
	var report publish.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Released) != 1 || report.Released[0].ID != "good" {
		t.Errorf("released %v, expected good alone", report.Released)
	}
	got := make(map[string]string)
	for _, f := range report.Failed {
		finding := f.Findings.Errors()[0]
		got[f.ID] = finding.Code
		if finding.Hint == "" || !strings.HasPrefix(finding.Path, "plugins/"+f.ID) || finding.Message == "" {
			t.Errorf("%s: no hint, place or message: %+v", f.ID, finding)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("failed %v\nexpected %v", got, want)
	}
	if r := o.verify(t, dir); r.Releases != 1 {
		t.Errorf("%d releases, expected 1", r.Releases)
	}
}

// addTree commits a package whose directory holds a plugin's manifest and one more entry, given as mode and name.
func addTree(t *testing.T, repo *gittest.Repo, id, entry, object string) {
	t.Helper()
	manifest := repo.Git(t, "{}", "hash-object", "-w", "--stdin")
	raw := func(hash string) string {
		b, err := hex.DecodeString(hash)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	entries := []string{entry + "\x00" + raw(object), "100644 composer.json\x00" + raw(manifest)}
	if strings.Contains(entry, "large") {
		entries[0], entries[1] = entries[1], entries[0]
	}
	tree := repo.Git(t, strings.Join(entries, ""), "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
	plugins := repo.Git(t, "", "ls-tree", "main:plugins") + "\n040000 tree " + tree + "\t" + id + "\n"
	plugins = repo.Git(t, plugins, "mktree")
	top := repo.Git(t, "040000 tree "+plugins+"\tplugins\n", "mktree")
	commit := repo.Git(t, "", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", id, "-p", "main", top)
	repo.Git(t, "", "update-ref", "refs/heads/main", commit)
}
