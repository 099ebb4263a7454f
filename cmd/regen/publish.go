package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

func publishCommand(u *ui) *cobra.Command {
	var src source
	var place remoteBranch
	var set setFlags
	var to, key, from string
	var dryRun, asJSON, skip bool
	cmd := &cobra.Command{
		Use:   "publish --to DIR | --branch NAME",
		Short: "Bring a published tree up to a commit",
		Long: `publish compares the packages that the commits hold with what DIR has published,
and writes what is new: packages, metadata, log, index, pages. It takes each commit
since the last published one in turn, so nothing is missed if runs were.

With --branch the tree is on a branch of a git remote. It is fetched, published to, and
pushed as one commit, never by force: where somebody else was faster, publish starts over
from what that one published. The clone itself is left as it is. GITHUB_TOKEN, if it is
set, opens the https remotes of GITHUB_SERVER_URL. With --set, the packages come out of
a set that ` + "`regen build`" + ` made.

What is published never changes. A package that can't be published keeps its last
release; the others go on, and the exit code is 1.

The secret key comes from MINISIGN_SECRET_KEY (its text) or --key (a file), the
password from MINISIGN_PASSWORD or the terminal.`,
		Example: "  regen publish --to ./public\n  regen publish --branch published --set ./set --sha256 <hex>\n  regen publish --repo ~/registry.git --rev main --to /srv/registry --key ~/.minisign/minisign.key\n  regen publish --to ./public --dry-run --json",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case to == "" && place.name == "":
				return &usageError{hinted(errors.New("--to is missing"), "name the directory of the published tree, as in `regen publish --to ./public`, or a branch with --branch")}
			case to != "" && place.name != "":
				return &usageError{hinted(errors.New("--to and --branch exclude each other"), "publish to one place, and copy it to others")}
			case to != "" && cmd.Flags().Changed("remote"):
				return &usageError{hinted(errors.New("--remote is for --branch"), "as in `regen publish --branch published --remote origin`")}
			}
			if err := set.check(); err != nil {
				return err
			}
			if skip && !dryRun && isKeyless(u, key) {
				return nil
			}
			history, pin, done, err := src.open()
			if skip && isPlaceholder(u, err) {
				return nil
			}
			if err != nil {
				return err
			}
			defer done()
			options := publish.Options{
				History: history, Pin: pin, Now: time.Now(), From: from, DryRun: dryRun,
				Progress: u.progress,
				Waiting:  func() { u.note("another publisher is at work on %s, waiting for it", to) },
			}
			if !dryRun {
				signer, err := loadSigner(u, key)
				if err != nil {
					return err
				}
				options.Signer = signer
			}
			if set.dir != "" {
				if options.Set, err = publish.OpenSet(set.dir, set.sha256); err != nil {
					return fmt.Errorf("%s: %w", set.dir, err)
				}
				defer options.Set.Close()
			}
			if place.name != "" {
				b, err := place.open(cmd.Context(), src.repo)
				if err != nil {
					return err
				}
				defer b.Close()
				report, err := publishBranch(cmd.Context(), u, b, options)
				return u.report(report, err, reportOptions{dryRun: dryRun, json: asJSON, to: b.String()})
			}
			dir, err := openDir(to)
			if err != nil {
				return err
			}
			options.Store = dir
			report, err := publish.Run(cmd.Context(), options)
			return u.report(report, err, reportOptions{dryRun: dryRun, json: asJSON, to: to})
		},
	}
	src.flags(cmd)
	place.flags(cmd)
	set.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "directory of the published tree")
	cmd.Flags().BoolVar(&skip, "skip-without-key", false, "do nothing, and say so, where there is no secret key or minisign.pub is a placeholder")
	cmd.Flags().StringVar(&key, "key", "", "file with the secret key (default: the text in MINISIGN_SECRET_KEY)")
	cmd.Flags().StringVar(&from, "from", "", "commit that a first publish starts at (default: the newest alone)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and write nothing; needs no secret key")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

func statusCommand(u *ui) *cobra.Command {
	var src source
	var to string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "status --to DIR",
		Short:   "Say what publish would do",
		Long:    "status compares the packages that the commits hold with what DIR has published, as publish does, and writes nothing.",
		Example: "  regen status --to ./public",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return &usageError{hinted(errors.New("--to is missing"), "name the directory of the published tree, as in `regen status --to ./public`")}
			}
			history, pin, done, err := src.open()
			if err != nil {
				return err
			}
			defer done()
			dir, err := openDir(to)
			if err != nil {
				return err
			}
			report, err := publish.Run(cmd.Context(), publish.Options{
				History: history, Pin: pin, Store: dir, Now: time.Now(), DryRun: true, Progress: u.progress,
			})
			return u.report(report, err, reportOptions{dryRun: true, json: asJSON, to: to})
		},
	}
	src.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "directory of the published tree")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// openDir returns the tree in a directory. One that is neither empty nor a tree is refused.
func openDir(name string) (*store.Dir, error) {
	dir := store.NewDir(name)
	foreign, err := dir.Foreign()
	if err != nil {
		return nil, err
	}
	if foreign != "" {
		return nil, hinted(fmt.Errorf("%s isn't a published tree: it holds %s", name, foreign), "name an empty directory, or one that regen published to")
	}
	return dir, nil
}

type reportOptions struct {
	dryRun, json bool
	to           string
	set          string // the release set that was made, where nothing else was
}

// report prints what a run did.
func (u *ui) report(r *publish.Report, err error, o reportOptions) error {
	u.clear()
	var broken *publish.CommitError
	if errors.As(err, &broken) {
		r.Broken = broken.Findings
	} else if err != nil {
		return err
	}
	switch {
	case o.json:
		if err := u.json(r); err != nil {
			return err
		}
	case broken == nil || r.Wrote || len(r.Released)+len(r.Relisted)+len(r.Delisted)+len(r.Advisories) > 0:
		u.summary(r, o)
	}
	if broken != nil && !o.json {
		u.printf("%s %s\n", u.paint(red, "not published:"), u.paint(dim, fmt.Sprintf("commit %.12s", broken.Commit)))
		u.findings(broken.Findings)
	}
	if broken != nil || len(r.Failed) > 0 {
		return errFailed
	}
	return nil
}

// maxRows bounds the rows of a summary for each kind; the rest is counted.
const maxRows = 40

func (u *ui) summary(r *publish.Report, o reportOptions) {
	for _, note := range r.Notes {
		u.note("%s", note)
	}
	for _, f := range r.Mended {
		u.note("%s could not be published at commit %.12s; a later commit mended it", f.ID, f.Commit)
	}
	for _, w := range r.Warnings {
		u.findings(w.Findings)
		u.printf("\n")
	}
	var rows [][]string
	add := func(what string, n int, row func(i int) []string) {
		for i := range min(n, maxRows) {
			rows = append(rows, append([]string{what}, row(i)...))
		}
		if n > maxRows {
			rows = append(rows, []string{what, fmt.Sprintf("… and %d more", n-maxRows)})
		}
	}
	add("released", len(r.Released), func(i int) []string {
		x := r.Released[i]
		return []string{x.ID, x.Version, wording.Bytes(x.Size), x.SHA256[:16]}
	})
	add("relisted", len(r.Relisted), func(i int) []string { return []string{r.Relisted[i]} })
	add("delisted", len(r.Delisted), func(i int) []string { return []string{r.Delisted[i]} })
	restored, yanked := advised(r, wire.EventRestore), advised(r, wire.EventYank)
	add("restored", len(restored), func(i int) []string { return advisedRow(restored[i]) })
	add("yanked", len(yanked), func(i int) []string { return advisedRow(yanked[i]) })
	add("failed", len(r.Failed), func(i int) []string {
		return []string{r.Failed[i].ID, r.Failed[i].Findings.Errors()[0].Code}
	})
	colours := map[string]string{"released": green, "relisted": green, "delisted": yellow, "restored": green, "yanked": yellow, "failed": red}
	u.table(rows, func(column int, row []string) string {
		switch column {
		case 0:
			return colours[row[0]]
		case 4:
			if row[0] == "released" {
				return dim
			}
		}
		return ""
	})
	for _, f := range r.Failed {
		u.printf("\n%s %s\n", u.paint(red, clean(f.ID)), u.paint(dim, fmt.Sprintf("at commit %.12s", f.Commit)))
		u.findings(f.Findings)
	}
	if len(rows) > 0 {
		u.printf("\n")
	}
	verb := ""
	if o.dryRun {
		verb = "would be "
	}
	some := func(n int, what string) string { // what seldom happens is told where it does
		if n == 0 {
			return ""
		}
		return fmt.Sprintf("%d %s, ", n, what)
	}
	u.printf("%s  %s%d released, %s%d unchanged, %d delisted, %s%s%d failed\n", u.paint(bold, r.Registry), verb,
		len(r.Released), some(len(r.Relisted), "relisted"), r.Unchanged, len(r.Delisted),
		some(versionsIn(restored), "restored"), some(versionsIn(yanked), "yanked"), len(r.Failed))
	switch {
	case o.set != "":
		u.printf("%s\n", u.paint(dim, "wrote the release set "+o.set))
	case o.dryRun:
		u.printf("%s\n", u.paint(dim, "nothing was written"))
	case r.Wrote:
		u.printf("%s\n", u.paint(dim, fmt.Sprintf("wrote %s: serial %d, %s in the log", o.to, r.Serial, entries(r.LogSize))))
	case r.Views > 0:
		u.printf("%s\n", u.paint(dim, fmt.Sprintf("completed the views of %s", o.to)))
	case len(r.Failed) > 0:
		u.printf("%s\n", u.paint(dim, "nothing was written"))
	default:
		u.printf("%s\n", u.paint(dim, "nothing to do: "+o.to+" is up to date"))
	}
}

// advised returns what a run did with advisories: the yanks, or the restores.
func advised(r *publish.Report, event string) []publish.Advised {
	return slices.DeleteFunc(slices.Clone(r.Advisories), func(a publish.Advised) bool { return a.Type != event })
}

// maxVersions bounds the versions in a row; the rest is counted.
const maxVersions = 5

func advisedRow(a publish.Advised) []string {
	versions := strings.Join(a.Versions[:min(len(a.Versions), maxVersions)], ", ")
	if n := len(a.Versions) - maxVersions; n > 0 {
		versions += fmt.Sprintf(" … and %d more", n)
	}
	return []string{a.ID, a.Advisory, a.Action, versions}
}

// versionsIn counts versions, one that several advisories are about several times.
func versionsIn(list []publish.Advised) int {
	n := 0
	for _, a := range list {
		n += len(a.Versions)
	}
	return n
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
