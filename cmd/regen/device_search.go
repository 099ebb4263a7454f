package main

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

func deviceSearchCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	cmd := &cobra.Command{
		Use:   "search [WORD...] --root DIR --url URL",
		Short: "Find packages in the registry",
		Long: `search lists the packages in whose id, name, summary or categories all words are, the
best match first. Without a word it lists them all. It stores nothing.`,
		Example: "  regen device search clock --root ./device --url https://plugins.example.org\n  regen device search --root ./device --url ./public --pub minisign.pub --json",
		RunE: d.run(func(ctx context.Context, c *client.Client, words []string) error {
			found, more, err := c.Search(ctx, strings.Join(words, " "))
			if err != nil {
				return err
			}
			if d.asJSON {
				return d.ui.json(struct {
					Found []client.Found `json:"found"`
					More  bool           `json:"more"`
				}{found, more})
			}
			d.found(found)
			switch {
			case len(found) == 0:
				d.note("nothing was found")
			case more:
				d.note("there are more than %d: say another word", client.MaxFound)
			}
			return nil
		}),
	}
	d.registry(cmd)
	return cmd
}

// found lists packages, each in one line.
func (u *ui) found(found []client.Found) {
	var rows [][]string
	left := u.columns()
	widths := make([]int, 3)
	for _, f := range found {
		version := offered(f.Entry)
		if f.Installed != "" {
			version += ", has " + f.Installed
		}
		row := []string{f.ID, version, oneLine(f.Name), oneLine(f.Summary)}
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i])+2)
		}
		rows = append(rows, row)
	}
	for _, w := range widths {
		left -= w
	}
	for _, row := range rows {
		row[3] = cut(row[3], left)
	}
	u.table(rows, func(column int, _ []string) string { return []string{bold, "", "", dim}[column] })
}

// offered returns the version that a package is offered in: of its most stable channel.
func offered(e client.Entry) string {
	for _, channel := range wire.Channels {
		if v := e.Channels[channel]; v != "" {
			return oneLine(v)
		}
	}
	return ""
}

// cut cuts a text to so many columns, at a space. Where there is no room to speak of, it is left as it is.
func cut(text string, columns int) string {
	if columns < 20 {
		return text
	}
	if lines := check.Wrap(text, columns-2); len(lines) > 1 {
		return lines[0] + " …"
	}
	return text
}
