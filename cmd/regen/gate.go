package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/gittree"
)

type gateOptions struct {
	repo, base, head, event, reviews, published, pub, out, output string
}

func gateCommand(u *ui) *cobra.Command {
	var o gateOptions
	cmd := &cobra.Command{
		Use:   "gate --base REV --head REV",
		Short: "Say whether a pull request can be merged, who has to agree, and what to look at",
		Long: `gate looks at what a pull request changes, out of git's objects: nothing of it is
checked out, and nothing of it is run. It says

  - everything that validate finds in the package that changes
  - whether the version goes forward, and whether it is one package alone
  - whose approval is missing: owners are those that the base names
  - what a reviewer should look at: new permissions, hosts, binaries and more
  - the hash of what would be published

The verdict is pass, needs-review or fail. It exits with 1 where it is fail.

--event is the event that GitHub Actions was started by, or the pull request as
GitHub's API has it; without one, nothing is said about who may change what.
--reviews is the API's list of reviews.`,
		Example: `  regen gate --base origin/main --head HEAD
  regen gate --base "$BASE" --head "$HEAD" --event "$GITHUB_EVENT_PATH" --out gate`,
		Args: args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range []string{"base", "head"} {
				if cmd.Flags().Lookup(name).Value.String() == "" {
					return &usageError{hinted(fmt.Errorf("--%s is missing", name), "as in `regen gate --base origin/main --head HEAD`")}
				}
			}
			for _, name := range []string{"event", "reviews", "published", "out"} { // as from a variable that isn't set
				if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
					return &usageError{hinted(fmt.Errorf("--%s is empty", name), "leave it out, or name a file")}
				}
			}
			return runGate(cmd.Context(), u, o)
		},
	}
	cmd.Flags().StringVar(&o.repo, "repo", ".", "the git repo, bare or not")
	cmd.Flags().StringVar(&o.base, "base", "", "the commit that the change is to go into")
	cmd.Flags().StringVar(&o.head, "head", "", "the last commit of the change")
	cmd.Flags().StringVar(&o.event, "event", "", "file with the event, or with the pull request")
	cmd.Flags().StringVar(&o.reviews, "reviews", "", "file with the pull request's reviews")
	cmd.Flags().StringVar(&o.published, "published", "", "hold the packages against this published tree, too: a directory or an address")
	cmd.Flags().StringVar(&o.pub, "pub", "", "file with the public key of the published tree (default: minisign.pub at the top of the repo)")
	cmd.Flags().StringVar(&o.out, "out", "", "write result.json, summary.md and findings.sarif into this directory")
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "what is printed: text, json, markdown or sarif")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json", "markdown", "sarif"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// gateWriters are the ways in which the gate's result is written.
var gateWriters = map[string]func(*bytes.Buffer, gate.Result, check.Report) error{
	"json": func(b *bytes.Buffer, r gate.Result, _ check.Report) error {
		data, err := r.JSON()
		b.Write(data)
		return err
	},
	"markdown": func(b *bytes.Buffer, r gate.Result, _ check.Report) error {
		b.Write(gate.Markdown(r))
		return nil
	},
	"sarif": func(b *bytes.Buffer, _ gate.Result, report check.Report) error {
		return check.Writers["sarif"](b, report, check.Style{})
	},
}

func runGate(ctx context.Context, u *ui, o gateOptions) error {
	write, ok := gateWriters[o.output]
	if !ok && o.output != "text" {
		return &usageError{fmt.Errorf("--output is %q, expected text, %s", o.output, strings.Join(slices.Sorted(maps.Keys(gateWriters)), ", "))}
	}
	options := gate.Options{Base: o.base, Head: o.head, Progress: u.progress}
	if o.event != "" {
		data, err := readFile(o.event, github.MaxDocument)
		if err != nil {
			return err
		}
		pull, err := github.ParsePull(data)
		if err != nil {
			return hinted(fmt.Errorf("%s: %w", o.event, err), "the file is the one that GITHUB_EVENT_PATH names, or what the API says of a pull request")
		}
		options.Pull = &pull
	}
	if o.reviews != "" {
		data, err := readFile(o.reviews, github.MaxDocument)
		if err != nil {
			return err
		}
		if options.Reviews, err = github.ParseReviews(data); err != nil {
			return hinted(fmt.Errorf("%s: %w", o.reviews, err), "the file is what the API answers to GET /repos/OWNER/NAME/pulls/NUMBER/reviews")
		}
	}
	repo, err := gittree.Open(o.repo)
	if err != nil {
		return err
	}
	defer repo.Close()
	options.Repo = repo
	if o.published != "" {
		if options.Published, err = openPublished(ctx, o.published, cmp.Or(o.pub, filepath.Join(repo.WorkTree(), publicKeyFile))); err != nil {
			return err
		}
	}
	result, report, err := gate.Look(ctx, options)
	u.clear()
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := writeGate(o.out, result, report); err != nil {
			return err
		}
	}
	if write == nil {
		if err := u.gate(result, report); err != nil {
			return err
		}
	} else {
		var b bytes.Buffer
		if err := write(&b, result, report); err != nil {
			return err
		}
		if _, err := u.out.Write(b.Bytes()); err != nil {
			return err
		}
	}
	if result.Verdict == gate.Fail {
		return errFailed
	}
	return nil
}

// writeGate writes all that others read of a result.
func writeGate(dir string, result gate.Result, report check.Report) error {
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for name, format := range map[string]string{"result.json": "json", "summary.md": "markdown", "findings.sarif": "sarif"} {
		var b bytes.Buffer
		if err := gateWriters[format](&b, result, report); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
