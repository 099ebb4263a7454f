package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/regen-registry/regen/internal/check"
)

// widest is how wide explanations are, in columns. Longer lines are hard to read.
const widest = 100

// Text returns what `regen explain` shows of a rule. paint gives a text one of a terminal's colours, by ANSI's numbers; width is the terminal's, or 0.
func (r Rule) Text(paint func(colour, text string) string, width int) string {
	const bold, dim, red, green = "1", "2", "31", "32"
	if width <= 0 || width > widest {
		width = widest
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n%s\n\n", paint(bold, r.Code), paint(dim, string(r.Severity)), wrap(r.Title, "", width))
	for line := range strings.SplitSeq(r.Why, "\n") {
		fmt.Fprintf(&b, "%s\n", wrap(line, "", width))
	}
	for _, part := range r.parts() {
		colour := map[string]string{"bad": red, "good": green}[part.title]
		for i, e := range part.examples {
			if i == 0 {
				fmt.Fprintf(&b, "\n%s\n", paint(colour, part.title))
			}
			fmt.Fprintf(&b, "  %s\n", paint(dim, e.label()))
			for line := range strings.Lines(e.shown()) {
				fmt.Fprintf(&b, "    %s", line)
			}
		}
	}
	if i := strings.LastIndex(r.Want, "\n\n"); i >= 0 { // a summary of one package tells nothing
		fmt.Fprintf(&b, "\n%s\n", paint(dim, "what is found in the bad one"))
		for line := range strings.SplitSeq(r.Want[:i], "\n") {
			switch {
			case line == "":
				b.WriteString("\n")
			case strings.Contains(line, "│"): // a caret stands below it
				fmt.Fprintf(&b, "  %s\n", line)
			default:
				fmt.Fprintf(&b, "%s\n", wrap("  "+line, "             ", width))
			}
		}
	}
	return b.String()
}

// wrap breaks a line that is too long; the margin stands before those that it goes on in.
func wrap(line, margin string, width int) string {
	return strings.Join(check.Wrap(line, width-len(margin)), "\n"+margin)
}

// A part is examples with a heading.
type part struct {
	title    string
	examples []Example
}

// parts returns the examples with their headings. What both of them hold is shown once, where each has something else besides.
func (r Rule) parts() []part {
	shared := func(e Example) bool { return slices.Contains(r.Bad, e) && slices.Contains(r.Good, e) }
	bad, good := slices.DeleteFunc(slices.Clone(r.Bad), shared), slices.DeleteFunc(slices.Clone(r.Good), shared)
	if len(bad) == 0 || len(good) == 0 {
		return []part{{"bad", r.Bad}, {"good", r.Good}}
	}
	both := slices.DeleteFunc(slices.Clone(r.Bad), func(e Example) bool { return !shared(e) })
	return []part{{"bad", bad}, {"good", good}, {"in both", both}}
}

// label says which file an example is.
func (e Example) label() string {
	label := strings.TrimPrefix(e.Path, "/")
	if e.Make != "" {
		label += " (" + e.Make + ")"
	}
	if e.Before {
		label += ", before the change"
	}
	return label
}

// shown returns the content of an example, as far as it is text.
func (e Example) shown() string {
	if e.Make != "" && strings.TrimSpace(e.Content) == "" {
		return ""
	}
	lines := strings.SplitAfter(strings.TrimRight(e.Content, "\n")+"\n", "\n")
	const most, widest = 40, 160
	if len(lines) > most {
		lines = append(lines[:most:most], "…\n")
	}
	var b strings.Builder
	for _, line := range lines {
		if r := []rune(line); len(r) > widest {
			line = string(r[:widest]) + "…\n"
		}
		for _, r := range line {
			if r == '\n' || r == '\t' || unicode.IsPrint(r) {
				b.WriteRune(r)
			} else {
				fmt.Fprintf(&b, "\\u%04x", r)
			}
		}
	}
	return b.String()
}

// Markdown returns docs/findings.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Findings\n\nEverything that `regen validate` can find, by its code. `regen explain CODE` shows the same in a terminal. " +
		"An error keeps a package from being published; warnings and notices are advice, unless `blocking` in `registry.yaml` names their code.\n\n" +
		"This page is made from `internal/rules/testdata` by `go generate ./...`; each example there is run by the tests.\n")
	area := ""
	for _, r := range All() {
		if a, _, _ := strings.Cut(r.Code, "/"); a != area {
			area = a
			fmt.Fprintf(&b, "\n## %s\n", area)
		}
		fmt.Fprintf(&b, "\n### `%s`\n\n%s", r.Code, r.Markdown())
	}
	return b.String()
}

// URL returns where [Markdown] is published, at the heading of the rule: GitHub names a heading by its letters, digits and hyphens.
func (r Rule) URL() string {
	return "https://github.com/regen-registry/regen/blob/main/docs/findings.md#" + strings.ReplaceAll(r.Code, "/", "")
}

// Markdown returns what a rule is about, without a heading.
func (r Rule) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\n", title(string(r.Severity)), r.Title, r.Why)
	for _, part := range r.parts() {
		for i, e := range part.examples {
			if i == 0 {
				fmt.Fprintf(&b, "\n%s:\n", title(part.title))
			}
			fmt.Fprintf(&b, "\n- `%s`\n", e.label())
			if content := e.shown(); content != "" {
				fence := "```"
				for strings.Contains(content, fence) {
					fence += "`"
				}
				b.WriteString("\n  " + fence + "\n")
				for line := range strings.Lines(content) {
					b.WriteString(strings.TrimRight("  "+line, " \t\n") + "\n")
				}
				b.WriteString("  " + fence + "\n")
			}
		}
	}
	return b.String()
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
