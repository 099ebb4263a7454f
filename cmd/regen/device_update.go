package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
are. A package never goes to a lower version by itself.

A package that was installed with --author is updated only by what its author signed.
The others are still updated; this one is told, and the command fails. --new-author
agrees to another author of the packages that are named.`,
		Example: "  regen device update --root ./device --url https://plugins.example.org\n  regen device update --check --root ./device --url https://plugins.example.org\n  regen device update clock --yes --json --root ./device --url https://plugins.example.org",
		RunE: d.run(func(ctx context.Context, c *client.Client, ids []string) error {
			q := d.consent(ctx, c, yes)
			if d.newAuthor && len(ids) == 0 {
				return &usageError{hinted(errors.New("--new-author is about packages that are named"), "name the package whose author is another one, as in `regen device update clock --new-author`")}
			}
			removed := make(map[string]bool)
			updated, err := c.Update(ctx, client.UpdateOptions{IDs: ids, Check: look, NewAuthor: d.newAuthor, Confirm: q.install, Uninstall: func(w client.Word, a client.Advisory) bool {
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
			switch {
			case err != nil:
				return err
			case len(updated.Strangers) > 0:
				return stranger(updated)
			case q.mute:
				return errNoTerminal
			}
			return nil
		}),
	}
	d.registry(cmd)
	d.host(cmd)
	d.author(cmd)
	cmd.Flags().BoolVar(&look, "check", false, "only look: change nothing")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "agree to all that is shown, instead of being asked")
	return cmd
}

// stranger is the error of an update that passed over a version because of its author.
func stranger(u client.Updated) error {
	for _, c := range slices.Concat(u.Changes, u.Held) {
		for _, p := range c.Passed {
			if p.Class == client.Author {
				return &client.Error{Step: client.StepChoose, Class: client.Author, Err: fmt.Errorf("%s %s %s", c.ID, p.Version, p.Reason)}
			}
		}
	}
	return &client.Error{Step: client.StepChoose, Class: client.Author, Err: fmt.Errorf("%s: a version isn't its author's", strings.Join(u.Strangers, ", "))}
}
