package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/sign"
)

func keysRegisterCommand(u *ui) *cobra.Command {
	var pub string
	cmd := &cobra.Command{
		Use:   "register PATH --pub FILE",
		Short: "Register an author's public key in a package",
		Long: `register adds a public key to the list keys in the package's regen.yaml, which it makes
where there is none. All else in the file stays as it is.

From then on, the package is published only with a signature by one of its keys, which
` + "`regen sign`" + ` makes. The keys count as the default branch has them: a change that
replaces them has to be signed by one that was there before.`,
		Example: "  regen keys register plugins/disk-watch --pub author.pub\n  regen sign plugins/disk-watch",
		Args:    args(1, "the package's directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			if pub == "" {
				return &usageError{hinted(errors.New("--pub is missing"), "name the file of the author's public key, as in --pub author.pub; `regen keys generate` makes a pair")}
			}
			w, err := openPackage(u, "keys register", args[0])
			if err != nil {
				return err
			}
			defer w.close()
			return register(u, w, pub)
		},
	}
	cmd.Flags().StringVar(&pub, "pub", "", "`file` with the author's public key")
	return cmd
}

func register(u *ui, w *workPackage, pub string) error {
	public, err := loadPublic(pub)
	if err != nil {
		return err
	}
	p, _, findings, err := release.Load(w.dir, w.id, w.inputs, w.config, func(int64) error { return nil })
	if err != nil {
		return err
	}
	if errs := findings.Errors(); len(errs) > 0 {
		u.findings(errs)
		return errFailed
	}
	file, key := path.Join(w.dir, manifest.SidecarFile), public.String()
	edited, err := manifest.RegisterKey(p.Sidecar, key)
	if err != nil {
		return hinted(err, "`regen validate %s` tells what is wrong with the file", w.dir)
	}
	u.facts([]fact{{"package", w.id, ""}, {"registered", sign.KeyID(public), ""}, {"keys", author.IDs(manifest.KeysOf(edited)), ""}, {"written", file, ""}})
	if string(edited) == string(p.Sidecar) {
		u.printf("\nIt was registered already: nothing to do.\n")
		return nil
	}
	if err := replaceBeside(filepath.Join(w.path, manifest.SidecarFile), edited); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	u.printf("\nSign the package, and commit both files:\n\n  regen sign %s\n  git add %s\n", w.dir, w.dir)
	return nil
}

// replaceBeside writes a file of a package in one step. What is half-written lies beside the package, where it can't be packed.
func replaceBeside(name string, data []byte) error {
	mode := os.FileMode(0o644)
	if info, err := os.Lstat(name); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(filepath.Dir(name)), ".regen-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
