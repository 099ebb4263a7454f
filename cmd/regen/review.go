package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/review"
)

func reviewCommand(u *ui) *cobra.Command {
	return group("review", "See what waits for a review", "  regen review list --events ./pulls", reviewListCommand(u))
}

type reviewOptions struct {
	events, published, pub string
	json                   bool
}

// Bounds of a directory of documents.
const (
	maxDocuments     = 5000
	maxDocumentBytes = 256 << 20
)

func reviewListCommand(u *ui) *cobra.Command {
	var o reviewOptions
	cmd := &cobra.Command{
		Use:   "list --events DIR",
		Short: "List pull requests with the state that each is in",
		Long: `list reads the *.json files of a directory: pull requests, events and reviews as
GitHub's API has them, and results of regen gate. It prints where each pull request
stands: submitted, in-review, approved, draft, suspended, rejected or published, and
why.

With --published it looks into the log of the registry: what was merged is published
once its releases are there, and suspended while an advisory blocks one of them.`,
		Example: `  gh api 'repos/OWNER/NAME/pulls?state=all' > pulls/all.json
  gh api repos/OWNER/NAME/pulls/12/reviews > pulls/12-reviews.json
  regen review list --events pulls --published https://registry.example.org`,
		Args: args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.events == "" {
				return &usageError{hinted(errors.New("--events is missing"), "name the directory with the documents, as in `regen review list --events ./pulls`")}
			}
			return listReviews(cmd.Context(), u, o)
		},
	}
	cmd.Flags().StringVar(&o.events, "events", "", "the directory with the documents")
	cmd.Flags().StringVar(&o.published, "published", "", "the published tree: a directory or an address")
	cmd.Flags().StringVar(&o.pub, "pub", "", "file with the public key of the published tree (default: minisign.pub)")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return cmd
}

func listReviews(ctx context.Context, u *ui, o reviewOptions) error {
	queue, err := readQueue(o.events)
	if err != nil {
		return err
	}
	var log review.Log
	if o.published != "" {
		if log, err = openPublished(ctx, o.published, cmp.Or(o.pub, publicKeyFile)); err != nil {
			return err
		}
	}
	list, err := queue.List(log)
	if err != nil {
		return err
	}
	if o.json {
		enc := json.NewEncoder(u.out)
		enc.SetIndent("", "  ")
		return enc.Encode(list)
	}
	if len(list) == 0 {
		u.printf("no pull request is known of\n")
	}
	for _, e := range list {
		u.reviewEntry(e)
	}
	return nil
}

// stateColours are what states are painted in.
var stateColours = map[review.State]string{review.Submitted: yellow, review.InReview: yellow, review.Approved: green, review.Suspended: red, review.Rejected: red}

func (u *ui) reviewEntry(e review.Entry) {
	u.printf("%6s  %s  %s\n", fmt.Sprintf("#%d", e.Number), u.paint(stateColours[e.State], fmt.Sprintf("%-9s", e.State)), u.paint(bold, oneLine(e.Title)))
	about := []string{"by " + e.Author}
	if !e.Opened.IsZero() {
		about = append(about, day(e.Opened.Unix()))
	}
	about = append(about, e.Packages...)
	if e.Verdict != "" {
		about = append(about, "gate: "+e.Verdict)
	}
	if len(e.Waiting) > 0 {
		about = append(about, "waits for "+strings.Join(e.Waiting, ", "))
	}
	const indent = "                   "
	u.printf("%s%s\n", indent, u.paint(dim, oneLine(strings.Join(about, " · "))))
	for _, reason := range e.Reasons {
		u.printf("%s%s\n", indent, oneLine(reason))
	}
}

// readQueue reads the documents of a directory.
func readQueue(dir string) (*review.Queue, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".json" {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, hinted(fmt.Errorf("%s holds no *.json", dir), "save what GitHub's API says there: see `regen review list --help`")
	}
	if len(names) > maxDocuments {
		return nil, fmt.Errorf("%s holds %d documents, expected at most %d", dir, len(names), maxDocuments)
	}
	queue := &review.Queue{}
	total := 0
	for _, name := range names {
		data, err := readFile(name, github.MaxDocument)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		if total += len(data); total > maxDocumentBytes {
			return nil, fmt.Errorf("%s holds more than %d bytes of documents", dir, maxDocumentBytes)
		}
		if err := queue.Add(data); err != nil {
			return nil, hinted(fmt.Errorf("%s: %w", name, err), "the directory holds pull requests, events and reviews as GitHub's API has them, and results of regen gate")
		}
	}
	return queue, nil
}
