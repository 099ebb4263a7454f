package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

func signCommand(u *ui) *cobra.Command {
	var key string
	var show bool
	cmd := &cobra.Command{
		Use:   "sign PATH",
		Short: "Sign a package as its author",
		Long: `sign writes the author's signature of the package in a directory of the working tree to
regen.minisig in it. The signature covers the id, the version and every packed file, and
names the keys that regen.yaml registers: one of them has to be yours. Sign last, after
every change, and commit the file with the rest. It isn't packed. Where git changes line
ends, ` + "`git add`" + ` the files before: what is staged is signed as it will be committed.

--print signs nothing. It prints what is signed, for stock minisign: the content on
standard output, the trusted comment on standard error.`,
		Example: `  regen sign plugins/disk-watch
  regen sign plugins/disk-watch --key ~/keys/author.key
  regen sign plugins/disk-watch --print > content.txt
  minisign -V -m content.txt -x plugins/disk-watch/regen.minisig -p author.pub`,
		Args: args(1, "the package's directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			w, err := openPackage(u, "sign", args[0])
			if err != nil {
				return err
			}
			defer w.close()
			return signPackage(u, w, key, show)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the author's secret key (default: the text in MINISIGN_SECRET_KEY, or ~/.minisign/minisign.key)")
	cmd.Flags().BoolVar(&show, "print", false, "print what is signed, and sign nothing")
	return cmd
}

func signPackage(u *ui, w *workPackage, keyFile string, show bool) error {
	p, m, err := w.read(u)
	if err != nil {
		return err
	}
	keys, statement := manifest.KeysOf(p.Sidecar), release.Statement(p, m)
	if len(keys) == 0 {
		return hinted(fmt.Errorf("%s registers no author's key", w.dir), "`regen keys register %s --pub FILE` registers yours", w.dir)
	}
	content := wire.RefOf(statement)
	if show {
		u.note("trusted comment: %s", wire.AuthorComment(p.ID, m.Version, content, keys))
		_, err := u.out.Write(statement)
		return err
	}
	if keyFile == "" && os.Getenv(secretKeyVariable) == "" {
		if err := secretHome(&keyFile, "minisign.key", "--key"); err != nil {
			return err
		}
	}
	signer, err := loadSigner(u, keyFile)
	if err != nil {
		return err
	}
	if !slices.Contains(keys, signer.Public().String()) {
		return hinted(fmt.Errorf("the key %s isn't registered: %s/%s has %s", sign.KeyID(signer.Public()), w.dir, manifest.SidecarFile, author.IDs(keys)),
			"sign with a registered key; `regen keys register %s --pub FILE` registers another one", w.dir)
	}
	file := path.Join(w.dir, manifest.SignatureFile)
	signature := author.Sign(signer, p.ID, m.Version, statement, keys)
	u.facts([]fact{
		{"package", p.ID + " " + m.Version, ""}, {"content", content.SHA256, ""}, {"signed by", sign.KeyID(signer.Public()), ""},
		{"names", author.IDs(keys), ""}, {"signature", file, ""},
	})
	if bytes.Equal(signature, p.Signature) {
		u.printf("\nIt was signed like that already: nothing to do.\n")
		return nil
	}
	if err := os.WriteFile(filepath.Join(w.path, manifest.SignatureFile), signature, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	u.printf("\nCommit it together with what it signs:\n\n  git add %s\n", w.dir)
	return nil
}

// read reads a package that can be packed, and tells what is in its way.
func (w *workPackage) read(u *ui) (manifest.Package, manifest.Manifest, error) {
	p, format, findings, err := release.Load(w.dir, w.id, w.inputs, w.config, func(int64) error { return nil })
	var m manifest.Manifest
	if err == nil && len(findings.Errors()) == 0 {
		var more check.Findings
		m, more = release.Read(p, format, w.config, "")
		findings = append(findings, more...)
	}
	if err == nil && len(findings.Errors()) == 0 {
		_, err = release.Layout(p, format, m, w.head.Time)
		if f := release.NameFinding(w.dir, err); f != nil {
			findings, err = append(findings, *f), nil
		}
	}
	if err != nil {
		return p, m, err
	}
	if errs := findings.Errors(); len(errs) > 0 {
		errs.Sort()
		u.findings(errs)
		return p, m, hinted(errors.New("the package can't be packed as it is, and wasn't signed"), "mend what is listed; `regen validate %s` tells more", w.dir)
	}
	return p, m, nil
}
