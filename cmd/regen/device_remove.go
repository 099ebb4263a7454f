package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func deviceRemoveCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	var purge bool
	cmd := &cobra.Command{
		Use:     "remove ID --root DIR",
		Short:   "Remove a package",
		Long:    "remove takes a package off the device. What the package itself has stored stays, and is\nthere again if it is installed again; with --purge it goes, too. It needs no network.",
		Example: "  regen device remove clock --root ./device\n  regen device remove clock --purge --root ./device",
		Args:    args(1, "a package's id"),
		RunE: d.run(func(ctx context.Context, c *client.Client, args []string) error {
			change, err := c.Remove(ctx, args[0], purge)
			if err != nil {
				return err
			}
			if d.asJSON {
				return d.ui.json(change)
			}
			data := "its data stays in " + filepath.Join(d.root, "apps", change.ID)
			if purge {
				data = "and its data"
			}
			d.changeTable([][]string{{"removed", change.ID, change.From, data}})
			return nil
		}),
	}
	d.local(cmd)
	cmd.Flags().BoolVar(&purge, "purge", false, "also remove what the package has stored")
	return cmd
}
