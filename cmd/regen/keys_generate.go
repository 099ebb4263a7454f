package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/sign"
)

func keysGenerateCommand(u *ui) *cobra.Command {
	var key, pub string
	var unencrypted bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Make a key pair in minisign's format",
		Long: `generate makes a new key pair. The secret key goes to a file outside any git repo, which
must not exist yet, encrypted with MINISIGN_PASSWORD or a password that is asked for.
The public key goes to minisign.pub: commit it, devices pin it.`,
		Example: "  regen keys generate\n  regen keys generate --key /secure/registry.key --pub minisign.pub\n  regen keys generate -W --key ./ci.key   # unencrypted",
		Args:    args(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if err := secretHome(&key, "minisign.key", "--key"); err != nil {
				return err
			}
			return generate(u, key, pub, unencrypted)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file for the secret key (default: ~/.minisign/minisign.key)")
	cmd.Flags().StringVar(&pub, "pub", "minisign.pub", "file for the public key")
	cmd.Flags().BoolVarP(&unencrypted, "no-password", "W", false, "don't encrypt the secret key")
	return cmd
}

func generate(u *ui, key, pub string, unencrypted bool) error {
	if err := freeForSecret(key, "--key"); err != nil {
		return err
	}
	if err := freeForPublic(pub, "devices pin it; name another file with --pub if you mean to make a second pair"); err != nil {
		return err
	}
	pass := ""
	if !unencrypted {
		var err error
		if pass, err = newPassword(u, "the secret key"); err != nil {
			return err
		}
	}
	signer, err := newSecret(key, pass)
	if err != nil {
		return err
	}
	if err := os.WriteFile(pub, sign.PublicText(signer.Public()), 0o644); err != nil {
		_ = os.Remove(key) // half a pair is of no use, and would be in the way of the next try
		return err
	}
	u.facts([]fact{{"key", sign.KeyID(signer.Public()), ""}, {"secret key", key, ""}, {"public key", pub, ""}})
	if filepath.Base(pub) != publicKeyFile {
		u.printf("\nKeep %s safe. %s goes into a registry with `regen keys rotate` and\n`regen keys revoke`; an author's goes into a package with `regen keys register`.\n", key, pub)
		return nil
	}
	u.printf("\nCommit %s: devices pin it.\nKeep %s safe and in two places: whoever has it can publish, and nobody can without it.\n", pub, key)
	u.ciSecret(key, !unencrypted)
	return nil
}

// freeForPublic returns an error if a file holds a public key already.
func freeForPublic(file, hint string) error {
	old, err := readFile(file, sign.MaxKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := sign.ParsePublic(old); errors.Is(err, sign.ErrPlaceholder) {
		return nil
	}
	return hinted(fmt.Errorf("%s holds a public key already", file), "%s", hint)
}

// ciSecret says how a secret key gets into CI.
func (u *ui) ciSecret(key string, encrypted bool) {
	u.printf("In GitHub Actions, store its text as a secret of the environment %s:\n\n  gh secret set %s --env %s < %s\n", secretsEnvironment, secretKeyVariable, secretsEnvironment, shellPath(key))
	if encrypted {
		u.printf("  gh secret set %s --env %s\n", passwordVariable, secretsEnvironment)
	}
}
