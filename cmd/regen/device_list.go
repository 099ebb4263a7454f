package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
)

func deviceListCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	cmd := &cobra.Command{
		Use:     "list --root DIR",
		Short:   "List what is installed",
		Long:    "list tells what is installed, what the last sync knows of newer versions, and what there\nis to say about a package. It needs no network.",
		Example: "  regen device list --root ./device\n  regen device list --root ./device --json",
		Args:    args(0, "no arguments"),
		RunE: d.run(func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := c.List(ctx)
			if err != nil {
				return err
			}
			if d.asJSON {
				return d.ui.json(list)
			}
			if len(list) == 0 {
				d.note("nothing is installed")
			}
			d.installed(list)
			return nil
		}),
	}
	d.local(cmd)
	return cmd
}

// installed lists packages that are installed.
func (u *ui) installed(list []client.Package) {
	var rows [][]string
	for _, p := range list {
		var said []string
		if p.Available != "" {
			said = append(said, p.Available+" is there")
		}
		if p.Pinned {
			said = append(said, "pinned")
		}
		switch action := p.Action(); {
		case p.Undone:
			said = append(said, "taken back, mustn't be run")
		case action == client.Warn:
			said = append(said, "has a known fault")
		case action != "":
			said = append(said, "mustn't be run")
		case p.Delisted:
			said = append(said, "delisted")
		}
		rows = append(rows, []string{p.ID, p.Version, p.Channel, oneLine(p.Name.In(language)), strings.Join(said, ", ")})
	}
	u.table(rows, func(column int, row []string) string {
		switch said := row[4]; {
		case column == 0:
			return bold
		case column == 2:
			return dim
		case column < 4:
			return ""
		case strings.Contains(said, "mustn't"):
			return red
		case strings.Contains(said, "fault"), strings.Contains(said, "delisted"):
			return yellow
		}
		return cyan
	})
}
