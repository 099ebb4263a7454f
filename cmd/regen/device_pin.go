package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func devicePinCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	var off bool
	cmd := &cobra.Command{
		Use:   "pin ID --root DIR",
		Short: "Hold a package at its version",
		Long: `pin keeps update from bringing a package to another version; with --off, update may
again. Installing another version by its number does so all the same, and the package
stays pinned. Advisories are told of a pinned package as of any other.`,
		Example: "  regen device pin clock --root ./device\n  regen device pin clock --off --root ./device",
		Args:    args(1, "a package's id"),
		RunE: d.run(func(ctx context.Context, c *client.Client, args []string) error {
			if err := c.Pin(ctx, args[0], !off); err != nil {
				return err
			}
			list, err := c.List(ctx)
			if err != nil {
				return err
			}
			for _, p := range list {
				switch {
				case p.ID != args[0]:
				case d.asJSON:
					return d.ui.json(p)
				case off:
					d.printf("%s %s isn't pinned any more\n", p.ID, p.Version)
				default:
					d.printf("%s stays at %s\n", p.ID, p.Version)
				}
			}
			return nil
		}),
	}
	d.local(cmd)
	cmd.Flags().BoolVar(&off, "off", false, "let it go again")
	return cmd
}
