package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func deviceVerifyCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	cmd := &cobra.Command{
		Use:   "verify [ID...] --root DIR",
		Short: "Say which packages may be run",
		Long: `verify holds each file of what is installed, or of the packages that are named, against
what the registry signed, and against the advisories that the last sync brought. A
package that isn't ok mustn't be run. It needs no network.

It exits with 1 if any package isn't ok.`,
		Example: "  regen device verify --root ./device\n  regen device verify clock --root ./device && start-clock",
		RunE: d.run(func(ctx context.Context, c *client.Client, ids []string) error {
			verified, err := c.Verify(ctx, ids...)
			if err != nil {
				return err
			}
			if d.asJSON {
				err = d.ui.json(verified)
			} else {
				d.verifiedPackages(verified)
			}
			if err == nil && slices.ContainsFunc(verified, func(v client.Verified) bool { return !v.OK }) {
				return errFailed
			}
			return err
		}),
	}
	d.local(cmd)
	return cmd
}

func (d *device) verifiedPackages(list []client.Verified) {
	if len(list) == 0 {
		d.note("nothing is installed")
	}
	var rows [][]string
	var words []client.Word
	for _, v := range list {
		state := "ok"
		if !v.OK {
			state = "not ok"
		}
		rows = append(rows, []string{state, v.ID, v.Version})
		words = append(words, v.Words...)
	}
	d.table(rows, func(column int, row []string) string {
		switch {
		case column > 0:
			return ""
		case row[0] == "ok":
			return green
		}
		return red
	})
	d.words(known(words))
}
