package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/report"
)

func reportCommand(u *ui) *cobra.Command {
	var result, event string
	cmd := &cobra.Command{
		Use:   "report --result FILE --event FILE",
		Short: "Tell a pull request what the gate found",
		Long: `report takes what ` + "`regen gate`" + ` wrote about a pull request, and tells it there: in one
comment, in labels, in the title, and by naming the owners whose approval is missing.
It is for the workflow that runs after the gate's, with a token that can write.

The result is only a claim, since whoever opened the pull request may have made it: it
is held against the event and against GitHub, and where they differ, nothing is written.

It reads the token from GITHUB_TOKEN, the address of the API from GITHUB_API_URL and
the repo from GITHUB_REPOSITORY, as workflows have them.`,
		Example: "  regen report --result gate/result.json --event \"$GITHUB_EVENT_PATH\"",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if result == "" || event == "" {
				return &usageError{hinted(errors.New("--result or --event is missing"), "name the file that `regen gate --out DIR` wrote, and the one in GITHUB_EVENT_PATH")}
			}
			token := os.Getenv("GITHUB_TOKEN")
			os.Unsetenv("GITHUB_TOKEN")
			o := report.Options{Token: token, API: os.Getenv("GITHUB_API_URL"), Repo: os.Getenv("GITHUB_REPOSITORY")}
			var err error
			if o.Result, err = readFile(result, gate.MaxResult); err != nil {
				return err
			}
			if o.Event, err = readFile(event, github.MaxDocument); err != nil {
				return err
			}
			done, err := report.Run(cmd.Context(), o)
			if done != nil {
				u.reported(done)
			}
			var refusal *report.Refusal
			if errors.As(err, &refusal) && refusal.Stale {
				u.note("nothing is written: %s", refusal.Reason)
				return nil
			}
			if refusal != nil {
				return hinted(refusal, "nothing was written: the result can't be relied upon")
			}
			return err
		},
	}
	cmd.Flags().StringVar(&result, "result", "", "file with what the gate found: result.json")
	cmd.Flags().StringVar(&event, "event", "", "file with the workflow_run event")
	return cmd
}

// reported prints what was written.
func (u *ui) reported(d *report.Done) {
	if !d.Vouched {
		u.note("pull request %d has a say in what checks it: its result isn't told", d.Number)
	}
	rows := [][]string{{"comment", d.Commented}}
	if d.Commented == "" {
		rows = nil
	}
	for _, row := range [][]string{{"labelled", strings.Join(d.Add, ", ")}, {"unlabelled", strings.Join(d.Remove, ", ")}, {"title", d.Title}} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	u.table(rows, nil)
}
