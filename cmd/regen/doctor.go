package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/doctor"
)

func doctorCommand(u *ui) *cobra.Command {
	var dir, key string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what your set-up lacks, and what to do about it",
		Long: `doctor looks at a clone of a registry and at what is around it: git, its settings, what is
cloned, the configuration, owners, keys, workflows, and the published branch as it was
fetched last. It changes nothing, asks no server, and prints no secret.

A problem keeps something from working, or gives a secret away; then the exit code is 1.
A note is what may surprise you, or what an operator has still to do.`,
		Example: "  regen doctor\n  regen doctor --key /media/usb/release.key\n  regen doctor --json | jq '.checks[] | select(.mark != \"ok\")'",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			facts, err := gatherFacts(cmd.Context(), dir, key)
			if err != nil {
				return err
			}
			results := doctor.Look(facts)
			healthy := doctor.Healthy(results)
			if asJSON {
				err = u.json(struct {
					OK     bool            `json:"ok"`
					Checks []doctor.Result `json:"checks"`
				}{healthy, results})
			} else {
				u.diagnosis(results)
			}
			if err == nil && !healthy {
				err = errFailed
			}
			return err
		},
	}
	cmd.Flags().StringVar(&dir, "repo", ".", "the clone to look at")
	cmd.Flags().StringVar(&key, "key", "", "file with the secret key (default: ~/.minisign/minisign.key, or MINISIGN_SECRET_KEY)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// diagnosis prints results in three columns, each hint below its text.
func (u *ui) diagnosis(results []doctor.Result) {
	colours := map[doctor.Mark]string{doctor.OK: green, doctor.Note: yellow, doctor.Problem: red}
	counts := make(map[doctor.Mark]int)
	widest := 0
	for _, r := range results {
		widest = max(widest, len(r.Check))
	}
	const marks = len(doctor.Problem)
	indent := strings.Repeat(" ", marks+2+widest+2)
	for _, r := range results {
		counts[r.Mark]++
		u.printf("%s%s  %s%s  ", u.paint(colours[r.Mark], string(r.Mark)), strings.Repeat(" ", marks-len(r.Mark)), r.Check, strings.Repeat(" ", widest-len(r.Check)))
		for i, line := range check.Wrap(oneLine(r.Text), u.columns()-len(indent)) {
			if i > 0 {
				u.printf("%s", indent)
			}
			u.printf("%s\n", line)
		}
		if r.Hint == "" {
			continue
		}
		for i, line := range check.Wrap("hint: "+oneLine(r.Hint), u.columns()-len(indent)) {
			if rest, ok := strings.CutPrefix(line, "hint:"); i == 0 && ok {
				line = u.paint(cyan, "hint:") + rest
			}
			u.printf("%s%s\n", indent, line)
		}
	}
	switch p, n := counts[doctor.Problem], counts[doctor.Note]; {
	case p+n == 0:
		u.printf("\n%s nothing is missing\n", u.paint(green, "✓"))
	default:
		u.printf("\n%s, %s\n", plural(p, "problem"), plural(n, "note"))
	}
}
