package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each command in the guides is one that there is, with flags that it has: in this repo's own, and in those that a new registry gets.
func TestGuides(t *testing.T) {
	guides := []string{"../../README.md", "../../CONTRIBUTING.md", "../../SECURITY.md"}
	templates, err := filepath.Glob("../../internal/scaffold/files/*.md")
	if err != nil || len(templates) < 4 {
		t.Fatalf("%v %v", templates, err)
	}
	commands := 0
	for _, guide := range append(guides, templates...) {
		data, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("(?m)^ {4,}regen ([^|\n]*)|`regen ([^`]*)`").FindAllStringSubmatch(string(data), -1) {
			commands++
			line := regexp.MustCompile(`\[\[.*?\]\]| {2,}#.*`).ReplaceAllString(m[1]+m[2], " ")
			cmd, rest, err := rootCommand(&ui{out: io.Discard, err: io.Discard}).Find(strings.Fields(line))
			if err != nil {
				t.Errorf("%s: regen %s: %v", guide, line, err)
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s: regen %s: %v", guide, line, err)
			}
			if cmd.HasSubCommands() {
				t.Errorf("%s: regen %s: names no command", guide, line)
			}
		}
	}
	if commands < 40 {
		t.Errorf("%d commands", commands)
	}
}
