package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/wording"
)

func explainCommand(u *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Tell why a rule is there, with a bad and a good example",
		Long: `explain tells what the code of a finding means: why the rule is there, an example
that raises it, and one that is near and doesn't. Without a code it lists all.`,
		Example: "  regen explain vito/namespace\n  regen explain lint/\n  regen explain",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{hinted(fmt.Errorf("%s takes one code, found %d arguments", cmd.CommandPath(), len(args)), "usage: "+cmd.UseLine())}
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var list []string
			for _, r := range rules.All() {
				list = append(list, r.Code+"\t"+r.Title)
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				listRules(u, "")
				return nil
			}
			return explainRule(u, args[0])
		},
	}
}

func explainRule(u *ui, code string) error {
	if r, ok := rules.Get(code); ok {
		u.printf("%s", r.Text(u.paint, u.width()))
		return nil
	}
	if listRules(u, strings.TrimSuffix(code, "/")+"/") {
		return nil
	}
	hint := "`regen explain` lists all codes"
	if near := nearCodes(code); len(near) > 0 {
		hint = "did you mean " + wording.List(near) + "?"
	}
	return &usageError{hinted(fmt.Errorf("there is no code %q", code), "%s", hint)}
}

// nearCodes returns what a code that there isn't may have been meant to be: a few that hold it, else the one that is nearest to it.
func nearCodes(code string) []string {
	const few = 6
	var near, areas []string
	for _, c := range rules.Codes() {
		if strings.Contains(c, strings.ToLower(code)) {
			near = append(near, c)
		}
		area, _, _ := strings.Cut(c, "/")
		areas = append(areas, area)
	}
	if n := len(near); n > 0 && n <= few {
		return near
	}
	if best := wording.Nearest(code, append(areas, rules.Codes()...)); best != "" {
		return []string{best}
	}
	return nil
}

// listRules lists the rules of an area, or all of them, and reports whether there are any.
func listRules(u *ui, area string) bool {
	var rows [][]string
	for _, r := range rules.All() {
		if strings.HasPrefix(r.Code, area) {
			rows = append(rows, []string{r.Code, string(r.Severity), r.Title})
		}
	}
	if len(rows) == 0 {
		return false
	}
	u.table(rows, func(column int, row []string) string {
		if column != 1 {
			return ""
		}
		return map[string]string{"error": red, "warning": yellow, "notice": cyan}[strings.TrimSpace(row[1])]
	})
	return true
}

// describe returns what is known of a code.
func describe(code string) check.About {
	r, ok := rules.Get(code)
	if !ok {
		return check.About{}
	}
	return check.About{Title: r.Title, Why: r.Why, Help: r.Markdown(), URL: r.URL(), Severity: r.Severity}
}
