package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/branch"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

// remoteBranch are the flags that name a branch of a remote.
type remoteBranch struct {
	name, remote string
}

func (r *remoteBranch) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.name, "branch", "", "branch that holds the published tree, at a remote")
	cmd.Flags().StringVar(&r.remote, "remote", "origin", "the remote: its name in the repo, a URL or a path")
}

// open returns the branch. Its remote is one of the repo.
func (r *remoteBranch) open(ctx context.Context, repo string) (*branch.Branch, error) {
	if err := branch.CheckName(r.name); err != nil {
		return nil, &usageError{fmt.Errorf("--branch: %w", err)}
	}
	return branch.Open(ctx, branch.Options{Repo: repo, Remote: r.remote, Name: r.name, Lookup: os.LookupEnv})
}

// maxPushes bounds how often a run starts over because others pushed meanwhile.
const maxPushes = 5

// publishBranch publishes to a branch. Where another publisher was faster, it starts over from what that one published.
func publishBranch(ctx context.Context, u *ui, b *branch.Branch, o publish.Options) (report *publish.Report, err error) {
	for try := 1; ; try++ {
		report, err = publishOnce(ctx, b, o)
		if !errors.Is(err, branch.ErrMoved) || try == maxPushes {
			return report, err
		}
		u.note("%s was moved by another publisher: starting over from what it holds now", b)
	}
}

func publishOnce(ctx context.Context, b *branch.Branch, o publish.Options) (*publish.Report, error) {
	tree, err := b.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	if err := tree.Foreign(); err != nil {
		return nil, err
	}
	o.Store = tree
	report, err := publish.Run(ctx, o)
	if broken := (*publish.CommitError)(nil); o.DryRun || err != nil && !errors.As(err, &broken) {
		return report, err
	}
	if _, pushed := tree.Push(ctx, commitMessage(report), time.Unix(report.Issued, 0)); pushed != nil {
		return report, pushed
	}
	return report, err // what came before a broken commit is published
}

// maxNamed is how many releases the first line of a commit's message names.
const maxNamed = 3

// commitMessage says what was published.
func commitMessage(r *publish.Report) string {
	var names []string
	for _, x := range r.Released[:min(len(r.Released), maxNamed)] {
		names = append(names, x.ID+" "+x.Version)
	}
	subject := fmt.Sprintf("serial %d", r.Serial)
	switch more := len(r.Released) - len(names); {
	case more > 0:
		subject += fmt.Sprintf(": %s and %d more", strings.Join(names, ", "), more)
	case len(names) > 0:
		subject += ": " + strings.Join(names, ", ")
	case !r.Wrote:
		subject += ", views"
	}
	return fmt.Sprintf("%s\n\nPublished from commit %s.\n", subject, r.Commit)
}

// isPlaceholder reports whether a registry has no public key yet, which it says in a notice.
func isPlaceholder(u *ui, err error) bool {
	if !errors.Is(err, sign.ErrPlaceholder) {
		return false
	}
	u.notice("nothing is published: %s is still a placeholder. Run `regen keys init`, commit what it makes, and store the secret key as the secret %s", publicKeyFile, secretKeyVariable)
	return true
}

// isKeyless reports whether there is no secret key here, which it says in a notice.
func isKeyless(u *ui, file string) bool {
	if file != "" || os.Getenv(secretKeyVariable) != "" {
		return false
	}
	u.notice("nothing is published: there is no secret key. Store its text as the secret %s, and its password as %s", secretKeyVariable, passwordVariable)
	return true
}

// setFlags name a release set.
type setFlags struct {
	dir, sha256 string
}

func (s *setFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.dir, "set", "", "publish a release set that regen build made; no package is read")
	cmd.Flags().StringVar(&s.sha256, "sha256", "", "the hash of its set.json, as regen build printed it")
}

func (s *setFlags) check() error {
	if (s.dir == "") != (s.sha256 == "") {
		return &usageError{hinted(errors.New("--set and --sha256 go together"), "name the directory, and the hash that `regen build` printed")}
	}
	if s.dir == "" {
		return nil
	}
	if err := wire.CheckSHA256(s.sha256); err != nil {
		return &usageError{fmt.Errorf("--sha256: %w", err)}
	}
	return nil
}
