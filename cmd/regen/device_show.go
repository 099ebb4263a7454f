package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

func deviceShowCommand(u *ui) *cobra.Command {
	d := &device{ui: u}
	cmd := &cobra.Command{
		Use:     "show ID[@VERSION] --root DIR --url URL",
		Short:   "Show what the registry has of a package",
		Long:    "show tells the facts of one version, by default of the newest stable one, and lists all\nversions with what advisories say of them. It stores nothing.",
		Example: "  regen device show clock --root ./device --url https://plugins.example.org\n  regen device show clock@1.0.0 --root ./device --url ./public --json",
		Args:    packageArg,
		RunE: d.run(func(ctx context.Context, c *client.Client, args []string) error {
			id, version, _ := parsePackage(args[0])
			shown, err := c.Show(ctx, id, version)
			if err != nil {
				return err
			}
			if d.asJSON {
				return d.ui.json(shown)
			}
			d.shown(shown)
			return nil
		}),
	}
	d.registry(cmd)
	return cmd
}

// packageArg wants one argument: ID or ID@VERSION.
func packageArg(cmd *cobra.Command, list []string) error {
	if err := args(1, "a package's id")(cmd, list); err != nil {
		return err
	}
	if _, _, err := parsePackage(list[0]); err != nil {
		return &usageError{hinted(err, "usage: "+cmd.UseLine())}
	}
	return nil
}

// parsePackage reads ID or ID@VERSION.
func parsePackage(text string) (id, version string, err error) {
	id, version, found := strings.Cut(text, "@")
	if err := wire.CheckID(id); err != nil {
		return "", "", err
	}
	if !found {
		return id, "", nil
	}
	return id, version, wire.CheckVersion(version)
}

func (u *ui) shown(s client.Shown) {
	m := s.Metadata
	u.printf("%s %s\n\n", u.paint(bold, oneLine(m.Name.In(language))), u.paint(dim, s.ID+" "+m.Version))
	list := []fact{{label: "about", text: m.Summary.In(language)}}
	switch {
	case s.List.State == wire.Delisted:
		list = append(list, fact{"state", "delisted: the registry doesn't offer it any more", yellow})
	case s.Entry.State == wire.AllBlocked:
		list = append(list, fact{"state", "every version is blocked", red})
	}
	if in := s.Installed; in != nil {
		text := in.Version
		if in.Pinned {
			text += ", pinned"
		}
		list = append(list, fact{"installed", text, green})
	}
	for _, a := range s.Notices {
		list = append(list, fact{"advisory", action(a.Action) + ": " + advisoryText(a), severity(a.Action)})
	}
	list = append(list, fact{label: "format", text: m.Format}, fact{label: "channel", text: m.Channel}, fact{label: "released", text: day(m.ReleasedAt)}, fact{label: "size", text: wording.Bytes(m.Artifact.Size)})
	list = append(list, packageFacts(m, m.Permissions)...)
	var authors []string
	for _, a := range m.Authors {
		authors = append(authors, a.Name)
	}
	list = append(list, fact{label: "by", text: strings.Join(authors, ", ")}, fact{label: "licence", text: m.License}, fact{label: "homepage", text: m.Homepage}, fact{label: "source", text: m.Repository})
	u.facts(list)
	u.printf("\n")
	u.versions(s.List)
}

// versions lists versions, the highest first.
func (u *ui) versions(list client.VersionList) {
	var rows [][]string
	for _, v := range slices.Backward(list.Versions) {
		if len(rows) == maxRows {
			rows = append(rows, []string{fmt.Sprintf("… and %d more", len(list.Versions)-maxRows)})
			break
		}
		var said []string
		for _, y := range v.Yanks {
			said = append(said, action(y.Action)+" by "+oneLine(y.Advisory))
		}
		rows = append(rows, []string{v.Version, oneLine(v.Channel), day(v.Time), strings.Join(said, ", ")})
	}
	u.table(rows, func(column int, row []string) string {
		switch {
		case column == 3 && strings.Contains(row[3], action(client.Block)):
			return red
		case column == 3:
			return yellow
		case column == 2:
			return dim
		}
		return ""
	})
}

// action says what an advisory does to a version.
func action(a string) string {
	switch a {
	case client.Warn:
		return "warned of"
	case client.Block:
		return "blocked"
	case client.Uninstall:
		return "blocked, to be removed"
	}
	return oneLine(a)
}

// severity is the colour of an advisory.
func severity(action string) string {
	if action == client.Warn {
		return yellow
	}
	return red
}
