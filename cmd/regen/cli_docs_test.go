package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/cli.md anew")

// docs/cli.md is what the commands say of themselves today.
func TestCLIDocs(t *testing.T) {
	const name = "../../docs/cli.md"
	want := cliDocs(rootCommand(&ui{out: io.Discard, err: io.Discard}))
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s is not what the commands say (%v): run go generate ./cmd/regen", name, err)
	}
	for _, phrase := range []string{"\n## `regen publish`\n", "\n## `regen device install`\n", "- `--json`", "    regen verify ./public\n"} {
		if !strings.Contains(want, phrase) {
			t.Errorf("docs/cli.md doesn't hold %q", phrase)
		}
	}
}

// cliDocs returns the reference of a command and all below it, as Markdown.
func cliDocs(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Command line\n\nEvery command of `" + root.Name() + "`, with its flags. `--help` shows the same in a terminal.\n\n" +
		"A command exits with 0 when it did its work, with 1 when it failed or found something wrong, and with 2 where the command line can't be understood.\n\n" +
		"This page is made from the commands by `go generate ./...`.\n")
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if !cmd.IsAvailableCommand() && cmd != root || cmd.Name() == "help" {
			return
		}
		describeCommand(&b, cmd)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return b.String()
}

func describeCommand(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "\n## `%s`\n\n%s.\n", cmd.CommandPath(), markdownText(strings.TrimSuffix(cmd.Short, ".")))
	if cmd.Runnable() && !cmd.HasSubCommands() {
		codeBlock(b, cmd.UseLine())
	}
	for _, paragraph := range strings.Split(strings.TrimSpace(cmd.Long), "\n\n") {
		if strings.HasPrefix(paragraph, "  ") && !strings.HasPrefix(strings.TrimSpace(paragraph), "- ") {
			codeBlock(b, paragraph)
		} else if paragraph != "" {
			fmt.Fprintf(b, "\n%s\n", markdownText(paragraph))
		}
	}
	if cmd.Example != "" {
		b.WriteString("\nFor example:\n")
		codeBlock(b, cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nIts commands:\n\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" {
				fmt.Fprintf(b, "- [`%s`](#%s): %s\n", sub.CommandPath(), strings.ReplaceAll(sub.CommandPath(), " ", "-"), markdownText(sub.Short))
			}
		}
	}
	listFlags(b, "Flags:", cmd.NonInheritedFlags())
	listFlags(b, "Flags of the command above it:", cmd.InheritedFlags())
}

// listFlags lists flags, but for --help.
func listFlags(b *strings.Builder, title string, set *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "version" {
			return
		}
		if title != "" {
			fmt.Fprintf(b, "\n%s\n\n", title)
			title = ""
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + value
		}
		fmt.Fprintf(b, "- `%s`: %s", name, markdownText(usage))
		switch f.DefValue {
		case "", "false", "[]", "0", "0s":
		default:
			fmt.Fprintf(b, "; by default `%s`", f.DefValue)
		}
		b.WriteString("\n")
	})
}

func codeBlock(b *strings.Builder, text string) {
	b.WriteString("\n")
	text = strings.Trim(text, "\n")
	margin := text[:len(text)-len(strings.TrimLeft(text, " "))]
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight("    "+strings.TrimPrefix(line, margin), " ") + "\n")
	}
}

// markdownText returns a text as Markdown: what stands between backquotes stays as it is.
func markdownText(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "]", `\]`).Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
