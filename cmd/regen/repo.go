package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
)

// source are the flags that say what is published, and by whom.
type source struct {
	repo, rev, pub string
}

func (s *source) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.repo, "repo", ".", "the git repo, bare or not")
	cmd.Flags().StringVar(&s.rev, "rev", "HEAD", "the commit to publish")
	cmd.Flags().StringVar(&s.pub, "pub", "", "file with the public key that devices pin (default: minisign.pub at the top of the repo)")
}

// open returns the history and the pinned key.
func (s *source) open() (publish.History, trust.Pin, func() error, error) {
	repo, err := gittree.Open(s.repo)
	if err != nil {
		return nil, trust.Pin{}, nil, err
	}
	history, err := publish.NewCommits(repo, s.rev)
	if err != nil {
		repo.Close()
		return nil, trust.Pin{}, nil, err
	}
	pin, err := s.pin(repo, history)
	if err != nil {
		repo.Close()
		return nil, pin, nil, err
	}
	return history, pin, repo.Close, nil
}

// pin returns what devices pin: of the file that a flag names, else of minisign.pub at the top of the work tree, or of the commit in a bare repo.
func (s *source) pin(repo *gittree.Repo, history *publish.Commits) (trust.Pin, error) {
	switch {
	case s.pub != "":
		return loadPin(s.pub)
	case repo.WorkTree() != "":
		return loadPin(filepath.Join(repo.WorkTree(), publicKeyFile))
	}
	head, err := history.Head()
	if err != nil {
		return trust.Pin{}, err
	}
	data, err := history.File(head, publicKeyFile, sign.MaxKeyFile)
	if err != nil {
		return trust.Pin{}, hinted(fmt.Errorf("read the public key: %w", err), "commit %s, or name another file with --pub", publicKeyFile)
	}
	return parsePin(publicKeyFile, data)
}

// publicKeyFile is where a registry keeps the key that devices pin.
const publicKeyFile = "minisign.pub"
