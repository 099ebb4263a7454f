package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each command in docs/keys.md is one that there is, with flags that it has; each script that it names is there, and each drill is told of.
func TestKeysDocs(t *testing.T) {
	data, err := os.ReadFile("../../docs/keys.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	commands := regexp.MustCompile("(?m)^ {4,}(regen [^|\n]*)|`(regen [^`]*)`").FindAllStringSubmatch(text, -1)
	if len(commands) < 20 {
		t.Fatalf("%d commands", len(commands))
	}
	for _, m := range commands {
		line := m[1] + m[2]
		args := strings.Fields(line)[1:]
		cmd, rest, err := rootCommand(&ui{out: io.Discard, err: io.Discard}).Find(args)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if err := cmd.ParseFlags(rest); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if cmd.HasSubCommands() {
			t.Errorf("%s: names no command", line)
		}
	}
	scripts, err := filepath.Glob("testdata/script/keys_drill_*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for _, name := range regexp.MustCompile("`(keys_drill_[a-z_]+)`").FindAllStringSubmatch(text, -1) {
		named[name[1]] = true
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".txtar")
		if !named[name] {
			t.Errorf("docs/keys.md doesn't name %s", name)
		}
		delete(named, name)
	}
	for name := range named {
		t.Errorf("docs/keys.md names %s, which isn't there", name)
	}
	for _, link := range regexp.MustCompile(`\]\(#([a-z-]+)\)`).FindAllStringSubmatch(text, -1) {
		if heading := "\n#+ " + strings.ReplaceAll(link[1], "-", "[ ,:]+"); !regexp.MustCompile(`(?i)` + heading + "\n").MatchString(text) {
			t.Errorf("there is no heading for #%s", link[1])
		}
	}
}
