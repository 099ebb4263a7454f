package check

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
)

// writeGitHub prints findings as annotations of a GitHub Actions run
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions), and the summary. GitHub shows only the first 10 errors, warnings and
// notices of a step beside the change, so the errors of all packages come first; its log has them all.
func writeGitHub(out io.Writer, r Report, _ Style) error {
	w := bufio.NewWriter(out)
	for _, severity := range severities {
		for _, p := range r.Packages {
			for _, f := range p.Findings {
				if f.Severity.known() == severity {
					w.WriteString(f.annotation())
				}
			}
		}
	}
	w.WriteString(r.summary(Style{}))
	return w.Flush()
}

// annotation returns the workflow command that shows a finding.
func (f Finding) annotation() string {
	properties := []string{"title=" + property(f.Code)}
	if f.Path != "" {
		properties = append(properties, "file="+property(f.Path))
	}
	if f.Line > 0 {
		properties = append(properties, fmt.Sprintf("line=%d", f.Line))
		if f.Column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", cmp.Or(f.ColumnUTF16, f.Column)))
		}
	}
	message := data(f.Message)
	if f.Hint != "" {
		message += "%0A" + data("hint: "+f.Hint)
	}
	return fmt.Sprintf("::%s %s::%s\n", f.Severity.known(), strings.Join(properties, ","), message)
}

// data escapes the message of a workflow command. Its line ends are made by us alone: one from outside is shown as such.
func data(text string) string { return strings.ReplaceAll(OneLine(text), "%", "%25") }

// property escapes a property of a workflow command.
func property(text string) string {
	return strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C").Replace(OneLine(text))
}
