package main

import (
	"context"
	"time"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
)

// previewTo writes a preview into a directory: of the working directory, or of a commit.
func previewTo(ctx context.Context, u *ui, dir, rev, to string) error {
	if err := emptyDir(to); err != nil {
		return err
	}
	history, done, err := previewed(dir, rev)
	if err != nil {
		return err
	}
	defer done()
	signer, err := sign.Generate()
	if err != nil {
		return err
	}
	report, err := publish.Run(ctx, publish.Options{
		History: unkeyed{history}, Store: store.NewDir(to), Pin: trust.KeyPin(signer.Public()), Signer: signer, Now: time.Now(), Progress: u.progress,
	})
	if err := u.report(report, err, reportOptions{to: to}); err != nil {
		return err
	}
	u.note("it is signed with a key that was made for it and is gone: look at it, and don't serve it to devices")
	return nil
}

// previewed returns what a preview shows.
func previewed(dir, rev string) (publish.History, func(), error) {
	if rev == "" {
		return openWorkDir(dir)
	}
	repo, err := gittree.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	done := func() { repo.Close() }
	history, err := publish.NewCommits(repo, rev)
	if err != nil {
		done()
		return nil, nil, err
	}
	return history, done, nil
}
