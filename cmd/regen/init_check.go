package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/scaffold"
)

// checkInit says which files of a repo have drifted.
func checkInit(ctx context.Context, u *ui, dir string) error {
	top, err := topOf(dir)
	if err != nil {
		return err
	}
	if err := wholeCheckout(ctx, top); err != nil {
		return err
	}
	p, drifts, err := drifted(top)
	if err != nil {
		return err
	}
	list, err := scaffold.Files(p)
	if err != nil {
		return err
	}
	if len(drifts) == 0 {
		u.printf("%s %s, none has drifted\n", u.paint(green, "✓"), plural(len(list), "file"))
		return nil
	}
	for _, d := range drifts {
		if d.Missing() {
			u.printf("%s  %s\n", u.paint(bold, clean(d.Path)), u.paint(red, "missing"))
			continue
		}
		u.printf("%s  %s\n", u.paint(bold, placeOf(d)), u.paint(red, "differs"))
		u.table([][]string{{"  found", d.Found}, {"  expected", d.Expected}}, func(column int, _ []string) string { return []string{dim, ""}[column] })
	}
	u.printf("\n%d of %s have drifted\n%s remove what differs, and run `regen init .`: it writes what is missing\n", len(drifts), plural(len(list), "file"), u.paint(cyan, "hint:"))
	return errFailed
}

func placeOf(d scaffold.Drift) string { return fmt.Sprintf("%s:%d", clean(d.Path), d.Line) }

// drifted compares a repo with what init would write. What its workflows name is taken as it is.
func drifted(top string) (scaffold.Params, []scaffold.Drift, error) {
	read := reader(top)
	p, err := scaffold.Read(read, filepath.Base(top))
	if err != nil {
		return p, nil, hinted(err, "mend it first: `regen validate` says everything that is wrong with it")
	}
	if p.Action == "" {
		version, commit := built()
		p.Action = scaffold.Pinned(commit, version)
	}
	drifts, err := scaffold.Check(p, read)
	return p, drifts, err
}

// topOf returns the top of the repo that a directory lies in, or the directory where there is no repo.
func topOf(dir string) (string, error) {
	repo, err := gittree.Open(dir)
	if errors.Is(err, gittree.ErrNoRepo) {
		return filepath.Abs(dir)
	}
	if err != nil {
		return "", err
	}
	defer repo.Close()
	if repo.WorkTree() == "" {
		return "", hinted(fmt.Errorf("%s is a bare repo: it has no working directory", dir), "name a clone of it")
	}
	return repo.WorkTree(), nil
}

// wholeCheckout returns an error where git leaves files of the commit out of the working directory: what seems to be missing may be there.
func wholeCheckout(ctx context.Context, top string) error {
	if gitConfig(ctx, top, "core.sparseCheckout") != "true" {
		return nil
	}
	return hinted(fmt.Errorf("%s is a sparse checkout: files that aren't here may be committed", top), "`git sparse-checkout disable` brings them, or take another clone")
}
