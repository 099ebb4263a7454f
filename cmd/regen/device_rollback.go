package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func deviceRollbackCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	cmd := &cobra.Command{
		Use:   "rollback ID --root DIR",
		Short: "Return a package to the version before",
		Long: `rollback brings back the version that was installed before, unless an advisory blocks
that one. It needs no network, since the device keeps one version back. The package's
data stays as it is. Rolling back again returns to the newer version.`,
		Example: "  regen device rollback clock --root ./device\n  regen device pin clock --root ./device   # and stay there",
		Args:    args(1, "a package's id"),
		RunE: d.run(func(ctx context.Context, c *client.Client, args []string) error {
			change, err := c.Rollback(ctx, args[0])
			if hint := rollbackHints[client.ClassOf(err)]; hint != "" {
				return hinted(err, "%s", hint)
			}
			if err != nil {
				return err
			}
			if d.asJSON {
				return d.ui.json(change)
			}
			d.printf("%s  %s  %s → %s\n", d.paint(green, "rolled back"), change.ID, change.From, change.To)
			verified, err := c.Verify(ctx, change.ID)
			if err != nil {
				return err
			}
			d.words(known(verified[0].Words))
			d.note("the next update goes up again, unless you `regen device pin %s`", change.ID)
			return nil
		}),
	}
	d.local(cmd)
	return cmd
}

// rollbackHints say what to do where there is nothing to go back to.
var rollbackHints = map[client.Class]string{
	client.Unknown: "of what is installed, the device keeps the version before; `regen device install ID@VERSION` brings any other",
	client.Blocked: "`regen device install ID@VERSION` brings another version; `regen device show ID` lists them",
	client.Altered: "`regen device install ID@VERSION` brings the version from the registry",
}
