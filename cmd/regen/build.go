package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/branch"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
)

func buildCommand(u *ui) *cobra.Command {
	var src source
	var place remoteBranch
	var to, from string
	cmd := &cobra.Command{
		Use:   "build --branch NAME --to DIR",
		Short: "Make the release set that another run signs and publishes",
		Long: `build fetches and verifies what a branch has published, packs what publish would
release, and writes it into DIR without any signature: a release set. It needs no key.
` + "`regen publish --set`" + `, where the key is, checks the set, signs and publishes it. It reads no
package itself.

Standard output is for programs, as $GITHUB_OUTPUT takes it: ready=true and sha256=<hex>,
the hash that publish has to be given; or ready=false where there is nothing to sign, or
minisign.pub is a placeholder. All else is told on standard error. Packages that can't be
published fail the run that signs, which tells them again; where there is nothing to
sign, they fail this one.`,
		Example: "  regen build --branch published --to ./set >> \"$GITHUB_OUTPUT\"",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case place.name == "":
				return &usageError{hinted(errors.New("--branch is missing"), "name the branch that holds the published tree, as in `regen build --branch published --to ./set`")}
			case to == "":
				return &usageError{hinted(errors.New("--to is missing"), "name a directory for the release set, as in `regen build --branch published --to ./set`")}
			}
			people := u.onErr()
			history, pin, done, err := src.open()
			if isPlaceholder(people, err) {
				u.printf("ready=false\n")
				return nil
			}
			if err != nil {
				return err
			}
			defer done()
			if err := emptyDir(to); err != nil {
				return err
			}
			b, err := place.open(cmd.Context(), src.repo)
			if err != nil {
				return err
			}
			defer b.Close()
			sum, due, err := build(cmd.Context(), people, b, publish.Options{History: history, Pin: pin, From: from, Now: time.Now(), Progress: people.progress}, to)
			if err != nil {
				return err
			}
			u.printf("ready=%t\nsha256=%s\n", due, sum)
			return nil
		},
	}
	src.flags(cmd)
	place.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "directory for the release set, empty or not there yet")
	cmd.Flags().StringVar(&from, "from", "", "commit that a first publish starts at (default: the newest alone)")
	return cmd
}

// build writes a release set, and returns the hash of its set.json, and whether publishing it would write anything.
func build(ctx context.Context, u *ui, b *branch.Branch, o publish.Options, to string) (sum string, due bool, err error) {
	published, err := b.Fetch(ctx)
	if err != nil {
		return "", false, err
	}
	defer published.Close()
	if err := verifyBranch(ctx, u, b, published, o.Pin); err != nil {
		return "", false, err
	}
	o.Store = published
	report, sum, err := publish.Build(ctx, o, to)
	if err := u.report(report, err, reportOptions{dryRun: true, set: to}); err != nil && (!report.Due || !errors.Is(err, errFailed)) {
		return "", false, err // no other run tells it
	}
	if !report.Due {
		u.note("nothing is to be published: all of it is, and the head is fresh")
	}
	return sum, report.Due, nil
}

// verifyBranch checks the whole tree on a branch. That its head may have expired is for devices to mind: publishing issues it anew.
func verifyBranch(ctx context.Context, u *ui, b *branch.Branch, published *branch.Tree, pin trust.Pin) error {
	if err := published.Foreign(); err != nil {
		return err
	}
	state, err := tree.Load(ctx, published, pin)
	if err != nil {
		return fmt.Errorf("%s: %w", b, err)
	}
	if state.Head == nil {
		u.note("nothing is published on %s yet", b)
		return nil
	}
	report, err := verify.Run(ctx, verify.Options{
		Reader: published, Lister: published, Pin: pin, Now: time.Unix(state.Statement.Issued, 0), Progress: u.progress,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", b, err)
	}
	u.clear()
	if !report.OK() {
		u.verified(b.String(), report, nil)
		return errFailed
	}
	u.note("%s verifies: serial %d, %s, %s", b, report.Serial, plural(report.Packages, "package"), plural(report.Releases, "release"))
	return nil
}

// emptyDir returns an error unless a directory is empty, or isn't there yet.
func emptyDir(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	names, _ := f.Readdirnames(1)
	if len(names) > 0 {
		return hinted(fmt.Errorf("%s isn't empty: it holds %s", name, names[0]), "name a directory that is empty, or isn't there yet")
	}
	if info, err := f.Stat(); err != nil || !info.IsDir() {
		return hinted(fmt.Errorf("%s is not a directory", name), "name a directory that is empty, or isn't there yet")
	}
	return nil
}
