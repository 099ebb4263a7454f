package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

func deviceInstallCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	var channel string
	var yes bool
	cmd := &cobra.Command{
		Use:   "install ID[@VERSION] --root DIR --url URL",
		Short: "Install a package, or another version of it",
		Long: `install shows what a package may do, what people may not want about it and what
advisories say of it, and asks. It takes the newest version of the channel that no
advisory blocks and that runs on the device's --host, or exactly the one that is named,
even if that is lower than the installed one.

The device follows the channel from then on; it takes newer versions of more stable
channels, too.

With --author it takes only what the package's own author signed, and remembers the
author's keys: later versions have to come from the same author, with the flag or
without it. --new-author agrees to another one.`,
		Example: "  regen device install clock --root ./device --url https://plugins.example.org --pub minisign.pub\n  regen device install clock --channel beta --root ./device --url https://plugins.example.org\n  regen device install clock@1.0.0 --yes --root ./device --url ./public --host vito=3.11.0",
		Args: func(cmd *cobra.Command, list []string) error {
			if channel != "" && !slices.Contains(wire.Channels, channel) {
				return &usageError{hinted(fmt.Errorf("--channel is %s, expected %s", wording.Quote(channel), wording.List(wire.Channels)), "%s", wording.DidYouMean(channel, wire.Channels))}
			}
			return packageArg(cmd, list)
		},
		RunE: d.run(func(ctx context.Context, c *client.Client, args []string) error {
			id, version, _ := parsePackage(args[0])
			q := d.consent(ctx, c, yes)
			change, err := c.Install(ctx, id, client.InstallOptions{Version: version, Channel: channel, NewAuthor: d.newAuthor, Confirm: q.install})
			d.clear()
			refused := client.ClassOf(err) == client.Refused
			if err != nil && !refused {
				return err
			}
			if d.asJSON {
				if err := d.ui.json(change); err != nil {
					return err
				}
			}
			switch {
			case q.mute:
				return errNoTerminal
			case refused:
				if ctx.Err() == nil {
					d.note("nothing was installed")
				}
				return errFailed
			case d.asJSON:
			case change.To == "":
				d.printf("%s %s is installed already, from channel %s\n", change.ID, change.From, change.Channel)
			default:
				d.changeTable([][]string{changeRow(change, false, false)})
			}
			return nil
		}),
	}
	d.registry(cmd)
	d.host(cmd)
	d.author(cmd)
	cmd.Flags().StringVar(&channel, "channel", "", "channel to follow: "+wording.List(wire.Channels)+" (default: stable, the one that the package has, or that of the version)")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "agree to what is shown, instead of being asked")
	_ = cmd.RegisterFlagCompletionFunc("channel", cobra.FixedCompletions(wire.Channels, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// errNoTerminal says that nobody could be asked.
var errNoTerminal = hinted(errors.New("there is no terminal to ask for consent, and nothing was done"), "look at what is shown, and say yes with --yes")
