package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func deviceSyncCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	cmd := &cobra.Command{
		Use:   "sync --root DIR --url URL",
		Short: "Check for news, and say what concerns installed packages",
		Long: `sync reads the registry's head and what happened since the last time, and proves that
nothing that the device had seen was rewritten. On an unchanged registry it is one
request. It installs nothing; it says which advisories are about installed packages.`,
		Example: "  regen device sync --root ./device --url https://plugins.example.org --pub minisign.pub\n  regen device sync --root ./device --url https://plugins.example.org,/media/stick/registry --json",
		Args:    args(0, "no arguments"),
		RunE: d.run(func(ctx context.Context, c *client.Client, _ []string) error {
			synced, err := c.Sync(ctx)
			if err != nil {
				return err
			}
			if d.asJSON {
				return d.ui.json(synced)
			}
			installed, err := c.List(ctx)
			if err != nil {
				return err
			}
			available := 0
			for _, p := range installed {
				if p.Available != "" {
					available++
				}
			}
			d.facts([]fact{
				{label: "registry", text: fmt.Sprintf("%s, serial %d", synced.Registry, synced.Serial)},
				{label: "issued", text: minute(synced.Issued) + ", expires " + minute(synced.Expires)},
				{label: "news", text: news(synced)},
				{label: "installed", text: fmt.Sprintf("%s, %d to update", plural(len(installed), "package"), available)},
			})
			d.words(d.reasons(ctx, c, synced.Notices))
			return nil
		}),
	}
	d.registry(cmd)
	return cmd
}

// news says what a sync found.
func news(s client.Synced) string {
	switch {
	case s.Unchanged:
		return "none since the last time"
	case s.Floor:
		return "the registry recovered from a stolen key: what the thief published is undone"
	case s.Catalogue:
		return "much: the catalogue was read instead of the log"
	case s.Entries == 0:
		return "a new head"
	}
	return entries(s.Entries) + " of the log"
}

// minute and day are times as people read them.
func minute(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04 MST") }
func day(unix int64) string    { return time.Unix(unix, 0).UTC().Format(time.DateOnly) }
