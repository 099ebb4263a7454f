package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/sign"
)

func keysCommand(u *ui) *cobra.Command {
	return group("keys", "Make and show the keys of a registry", "  regen keys generate\n  regen keys show",
		keysGenerateCommand(u), keysShowCommand(u))
}

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
			if key == "" {
				home, err := os.UserHomeDir()
				if err != nil {
					return hinted(err, "name the file with --key")
				}
				key = filepath.Join(home, ".minisign", "minisign.key")
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
	if err := outsideRepo(key); err != nil {
		return err
	}
	if _, err := os.Lstat(key); err == nil {
		return hinted(fmt.Errorf("%s is there already", key), "a secret key is never overwritten: name another file with --key")
	}
	if old, err := readFile(pub, sign.MaxKeyFile); err == nil {
		if _, err := sign.ParsePublic(old); !errors.Is(err, sign.ErrPlaceholder) {
			return hinted(fmt.Errorf("%s holds a public key already", pub), "devices pin it; name another file with --pub if you mean to make a second pair")
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	pass := ""
	if !unencrypted {
		var err error
		if pass, err = newPassword(u); err != nil {
			return err
		}
	}
	signer, err := sign.Generate()
	if err != nil {
		return err
	}
	secret, err := signer.SecretText(pass)
	if err != nil {
		return fmt.Errorf("encrypt the secret key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(key), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(key, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(bytes.TrimRight(secret, "\n"), '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.WriteFile(pub, sign.PublicText(signer.Public()), 0o644)
	}
	if err != nil {
		_ = os.Remove(key) // half a pair is of no use, and would be in the way of the next try
		return err
	}
	u.table([][]string{
		{"key", sign.KeyID(signer.Public())},
		{"secret key", key},
		{"public key", pub},
	}, func(column int, _ []string) string {
		if column == 0 {
			return dim
		}
		return ""
	})
	u.printf("\nCommit %s: devices pin it.\nKeep %s safe and in two places: whoever has it can publish, and nobody can without it.\n", pub, key)
	u.printf("In GitHub Actions, store its text as a secret:\n\n  gh secret set %s < %s\n", secretKeyVariable, key)
	if !unencrypted {
		u.printf("  gh secret set %s\n", passwordVariable)
	}
	return nil
}

// outsideRepo returns an error if a file would lie in the work tree of a git repo, where it is one `git add` from being public.
func outsideRepo(file string) error {
	dir := filepath.Dir(file)
	for {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
	repo, err := gittree.Open(dir)
	if err != nil {
		return nil // no repo
	}
	defer repo.Close()
	return hinted(fmt.Errorf("%s would lie in the git repo %s", file, repo.Name()), "keep the secret key outside: name another file with --key")
}

func newPassword(u *ui) (string, error) {
	if _, ok := os.LookupEnv(passwordVariable); !ok && !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", hinted(errors.New("there is no terminal to ask for a password"), "put one into %s, or make an unencrypted key with -W", passwordVariable)
	}
	_, fromEnvironment := os.LookupEnv(passwordVariable)
	pass, err := password(u, "Password for the secret key: ")
	if err != nil {
		return "", err
	}
	if pass == "" {
		return "", hinted(errors.New("the password is empty"), "type one, or make an unencrypted key with -W")
	}
	if fromEnvironment {
		return pass, nil
	}
	again, err := password(u, "The same again: ")
	if err != nil {
		return "", err
	}
	if again != pass {
		return "", errors.New("the two passwords differ")
	}
	return pass, nil
}

func keysShowCommand(u *ui) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show [FILE]",
		Short:   "Show a public key (default: minisign.pub)",
		Example: "  regen keys show\n  regen keys show public/release.pub",
		Args: func(cmd *cobra.Command, list []string) error {
			if len(list) > 1 {
				return args(1, "at most one file")(cmd, list)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			file := publicKeyFile
			if len(args) == 1 {
				file = args[0]
			}
			key, err := loadPublic(file)
			if err != nil {
				return err
			}
			if asJSON {
				return u.json(map[string]string{"id": sign.KeyID(key), "key": key.String()})
			}
			u.table([][]string{
				{"key", sign.KeyID(key)},
				{"public", key.String()},
				{"verify", "minisign -Vm FILE -P " + key.String()},
			}, func(column int, _ []string) string {
				if column == 0 {
					return dim
				}
				return ""
			})
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}
