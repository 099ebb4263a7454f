package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/wording"
)

func packCommand(u *ui) *cobra.Command {
	var dryRun bool
	var out string
	cmd := &cobra.Command{
		Use:   "pack PATH",
		Short: "Pack one package, as publish would",
		Long: `pack checks and packs the package in a directory of the working tree. Files that are
clean against git's index are read from git, so that it gives the same bytes as
publishing the commit.`,
		Example: "  regen pack plugins/disk-watch\n  regen pack plugins/disk-watch --dry-run",
		Args:    args(1, "the package's directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			return pack(u, args[0], out, dryRun)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "check and list, and write nothing")
	cmd.Flags().StringVarP(&out, "output", "o", ".", "directory to write the package into")
	return cmd
}

// workPackage is a package in a directory of the working tree.
type workPackage struct {
	path, dir, id string // where it lies, and the same from the top of the repo
	head          publish.Snapshot
	config        config.Config
	inputs        []release.Input
	close         func()
}

// openPackage opens the package in a directory that the command line names. verb is the command, for hints.
func openPackage(u *ui, verb, path string) (w *workPackage, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(abs)
	if err != nil {
		return nil, hinted(err, "name the directory of a package, as in `regen %s plugins/disk-watch`", verb)
	}
	if !info.IsDir() {
		return nil, hinted(fmt.Errorf("%s is not a directory", path), "name the directory of a package, not a file in it")
	}
	history, done, err := openWorkDir(filepath.Dir(abs))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			done()
		}
	}()
	w = &workPackage{path: abs, id: filepath.Base(abs), close: done}
	if w.head, err = history.Head(); err != nil {
		return nil, err
	}
	w.config, err = history.Config(w.head)
	if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
		u.findings(broken.Findings)
		return nil, errFailed
	}
	if err != nil {
		return nil, err
	}
	if w.dir, err = history.Rel(abs); err != nil {
		return nil, err
	}
	w.inputs, err = history.Loader().Inputs(w.dir, gittree.Entry{}, w.config.Limits.Files+maxLeftOut)
	return w, err
}

func pack(u *ui, path, out string, dryRun bool) error {
	w, err := openPackage(u, "pack", path)
	if err != nil {
		return err
	}
	defer w.close()
	built, findings, err := release.Make(w.dir, w.id, w.inputs, w.config, "", w.head.Time, func(int64) error { return nil })
	if err != nil {
		return err
	}
	findings.Sort()
	u.findings(findings)
	if len(findings.Errors()) > 0 {
		return errFailed
	}
	if len(findings) > 0 {
		u.printf("\n")
	}
	name := filepath.Join(out, built.ArtifactName)
	if !dryRun {
		if err := writeArtifact(name, built); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	rows := [][]string{
		{"package", built.ID + " " + built.Version + " (" + built.Channel + ")"},
		{"format", built.Format},
		{"artifact", built.ArtifactName + ", " + wording.Bytes(built.ArtifactRef.Size)},
		{"sha256", built.ArtifactRef.SHA256},
		{"source", built.Source},
	}
	if dryRun {
		for _, f := range built.Files {
			rows = append(rows, []string{"file", f.Path})
		}
	} else {
		rows = append(rows, []string{"written", name})
	}
	u.table(rows, func(column int, _ []string) string {
		if column == 0 {
			return dim
		}
		return ""
	})
	return nil
}

// maxLeftOut is how many files beside the packed ones a directory may have, such as tests.
const maxLeftOut = 100_000

// writeArtifact writes the package beside its place and renames it.
func writeArtifact(name string, built *release.Built) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return errors.Unwrap(err) // it names a file that nobody asked for
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, err = built.Artifact.WriteTo(w)
	if err = errors.Join(err, w.Flush(), f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
