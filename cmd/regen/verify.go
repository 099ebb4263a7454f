package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
	"github.com/regen-registry/regen/internal/wording"
)

func verifyCommand(u *ui) *cobra.Command {
	var pub, repo, rev, since string
	var rebuild, asJSON bool
	cmd := &cobra.Command{
		Use:   "verify DIR|URL",
		Short: "Check a whole published tree",
		Long: `verify makes every check that a device or an auditor would, over the whole tree: each
signature, each hash, each package, the log against the catalogue. Stale views, leftovers
and superseded files in their time of grace are listed; anything else is a failure.

With --rebuild it also makes the tree again from the commits and compares byte for byte.

With --since it watches the log instead, for whoever runs it again and again: it proves
that the registry only went on from what STATE has, prints each new event as a line of
JSON, and then replaces STATE. Without such a file it begins at the first event. Nothing
is printed before it is proved. A run that is killed prints again what it had printed.
Exit code 1 and an old STATE: history was rewritten, or couldn't be proved. The heads
that contradict each other are in STATE.evidence.`,
		Example: `  regen verify ./public
  regen verify https://registry.example.org --pub minisign.pub
  regen verify ./public --rebuild --repo .
  regen verify https://registry.example.org --since registry.json | jq 'select(.type == "yank")'`,
		Args: args(1, "the directory or URL of a tree"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rebuild != (repo != "") {
				return &usageError{hinted(errors.New("--rebuild and --repo go together"), "as in `regen verify ./public --rebuild --repo .`")}
			}
			pin, err := loadPin(pub)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("since") {
				if rebuild || asJSON || rev != "" || since == "" {
					return &usageError{hinted(errors.New("--since takes a file, and none of --rebuild, --repo, --rev and --json"), "as in `regen verify ./public --since state.json`; it prints JSON by itself")}
				}
				return verifySince(cmd.Context(), u, args[0], pin, since)
			}
			return verifyTree(cmd.Context(), u, args[0], pin, verifyOptions{rebuild, repo, rev, asJSON})
		},
	}
	cmd.Flags().StringVar(&pub, "pub", "minisign.pub", "file with the public key that the tree must be signed by")
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "make the tree again from the commits, and compare")
	cmd.Flags().StringVar(&repo, "repo", "", "the git repo to rebuild from")
	cmd.Flags().StringVar(&rev, "rev", "", "the commit to rebuild up to (default: the last one that was published)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	cmd.Flags().StringVar(&since, "since", "", "watch the log: the file that holds what was seen of it")
	return cmd
}

type verifyOptions struct {
	rebuild   bool
	repo, rev string
	json      bool
}

func verifyTree(ctx context.Context, u *ui, place string, pin trust.Pin, o verifyOptions) error {
	options := verify.Options{Pin: pin, Now: time.Now(), Progress: u.progress}
	reader, err := openTree(place)
	if err != nil {
		return err
	}
	options.Reader = reader
	options.Lister, _ = reader.(verify.Lister)
	report, err := verify.Run(ctx, options)
	if err != nil {
		return readError(place, err)
	}
	var rebuilt *publish.Rebuilt
	if o.rebuild {
		if rebuilt, err = rebuildTree(ctx, u, reader, pin, o); err != nil {
			return err
		}
	}
	u.clear()
	ok := report.OK() && (rebuilt == nil || len(rebuilt.Differences) == 0)
	if o.json {
		if err := u.json(struct {
			*verify.Report
			Rebuilt *publish.Rebuilt `json:"rebuilt,omitempty"`
			OK      bool             `json:"ok"`
		}{report, rebuilt, ok}); err != nil {
			return err
		}
	} else {
		u.verified(place, report, rebuilt)
	}
	if !ok {
		return errFailed
	}
	return nil
}

func rebuildTree(ctx context.Context, u *ui, reader store.Reader, pin trust.Pin, o verifyOptions) (*publish.Rebuilt, error) {
	repo, err := gittree.Open(o.repo)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	rev := o.rev
	if rev == "" {
		state, err := tree.Load(ctx, reader, pin)
		if err != nil {
			return nil, err
		}
		rev = state.Root.Registry.Commit
		// A configuration that came without events is younger.
		if configured := state.Root.Registry.Configured; configured != rev {
			later, err := publish.NewCommits(repo, configured)
			if err != nil {
				return nil, hinted(err, "the tree was published from commit %.12s: fetch it, with its history", configured)
			}
			if _, _, found, err := later.Since(rev); err != nil {
				return nil, err
			} else if found {
				rev = configured
			}
		}
	}
	history, err := publish.NewCommits(repo, rev)
	if err != nil {
		return nil, hinted(err, "the tree was published from commit %.12s: fetch it, with its history", rev)
	}
	scratch, err := os.MkdirTemp("", "regen-rebuild-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	var later publish.History = history
	if o.rev == "" {
		if head, err := publish.NewCommits(repo, "HEAD"); err == nil {
			if _, _, found, err := head.Since(rev); err == nil && found {
				later = head
			}
		}
	}
	return publish.Rebuild(ctx, reader, store.NewDir(scratch), history, later, pin, u.progress)
}

// verified prints what verifying found.
func (u *ui) verified(place string, r *verify.Report, rebuilt *publish.Rebuilt) {
	list := func(title, colour string, paths []string) {
		if len(paths) == 0 {
			return
		}
		u.printf("%s %s\n", u.paint(colour, title), u.paint(dim, fmt.Sprintf("(%d)", len(paths))))
		for i, path := range paths {
			if i == maxRows {
				u.printf("  … and %d more\n", len(paths)-maxRows)
				break
			}
			u.printf("  %s\n", clean(path))
		}
	}
	list("stale views", yellow, r.Stale)
	list("in their time of grace", dim, r.Grace)
	list("leftovers", yellow, r.Leftovers)
	for i, p := range r.Problems {
		if i == maxRows {
			u.printf("… and %d more problems\n", len(r.Problems)-maxRows)
			break
		}
		u.printf("%s %s: %s\n", u.paint(red, "wrong:"), u.paint(bold, clean(p.Path)), clean(p.Message))
	}
	if rebuilt != nil {
		for i, d := range rebuilt.Differences {
			if i == maxRows {
				u.printf("… and %d more differences\n", len(rebuilt.Differences)-maxRows)
				break
			}
			u.printf("%s %s: %s\n", u.paint(red, "differs:"), u.paint(bold, clean(d.Path)), clean(d.Message))
		}
	}
	u.table([][]string{
		{"registry", fmt.Sprintf("%s, serial %d", r.Registry, r.Serial)},
		{"issued", time.Unix(r.Issued, 0).UTC().Format("2006-01-02 15:04 MST") + ", expires " + time.Unix(r.Expires, 0).UTC().Format("2006-01-02 15:04 MST")},
		{"checked", fmt.Sprintf("%s, %s, %d signatures, %s of the log, %s", plural(r.Packages, "package"), plural(r.Releases, "release"), r.Signatures, entries(r.LogSize), wording.Bytes(r.Bytes))},
	}, func(column int, _ []string) string {
		if column == 0 {
			return dim
		}
		return ""
	})
	if rebuilt != nil {
		u.table([][]string{{"rebuilt ", fmt.Sprintf("%d files, %s, %d differ", rebuilt.Files, wording.Bytes(rebuilt.Bytes), len(rebuilt.Differences))}}, func(column int, _ []string) string {
			if column == 0 {
				return dim
			}
			return ""
		})
	}
	switch {
	case !r.OK():
		u.printf("\n%s\n", u.paint(red, fmt.Sprintf("%s: %s", place, plural(len(r.Problems), "problem"))))
	case rebuilt != nil && len(rebuilt.Differences) > 0:
		u.printf("\n%s\n", u.paint(red, place+" verifies, but isn't what the commits give"))
	default:
		u.printf("\n%s\n", u.paint(green, place+" verifies"))
	}
}
