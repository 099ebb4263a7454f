package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func deviceUpdateCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	var yes, look bool
	cmd := &cobra.Command{
		Use:   "update [ID...] --root DIR --url URL",
		Short: "Bring packages to their newest versions",
		Long: `update brings all packages, or those that are named, to the newest version of their
channel that no advisory blocks and that runs on the device's --host. It shows what a
version adds, its release notes and the permissions that are new, and asks for each.

Where an advisory says that a package ought to be removed and there is no better
version, it asks whether to; the package's data stays. Pinned packages stay as they
are. A package never goes to a lower version by itself.`,
		Example: "  regen device update --root ./device --url https://plugins.example.org\n  regen device update --check --root ./device --url https://plugins.example.org\n  regen device update clock --yes --json --root ./device --url https://plugins.example.org",
		RunE: d.run(func(ctx context.Context, c *client.Client, ids []string) error {
			q := d.consent(ctx, c, yes)
			removed := make(map[string]bool)
			updated, err := c.Update(ctx, client.UpdateOptions{IDs: ids, Check: look, Confirm: q.install, Uninstall: func(w client.Word, a client.Advisory) bool {
				removed[w.ID] = q.uninstall(w, a)
				return removed[w.ID]
			}})
			d.clear()
			if err != nil && len(updated.Changes) == 0 {
				return err
			}
			if err == nil {
				for _, change := range updated.Changes {
					if m := change.Metadata; m != nil {
						q.readNotes(*m, change.From)
					}
				}
			} else if !d.asJSON {
				updated.Notices = nil // the error is what there is to tell
			}
			if told := q.updated(updated, removed, look); told != nil {
				return told
			}
			if err == nil && q.mute {
				return errNoTerminal
			}
			return err
		}),
	}
	d.registry(cmd)
	d.host(cmd)
	cmd.Flags().BoolVar(&look, "check", false, "only look: change nothing")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "agree to all that is shown, instead of being asked")
	return cmd
}
