package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/sign"
)

// secretHome completes the file of a secret key that a flag names: where it is empty, it lies where minisign keeps its keys.
func secretHome(file *string, name, flag string) error {
	if *file != "" {
		return nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return hinted(err, "name the file with %s", flag)
	}
	*file = filepath.Join(home, ".minisign", name)
	return nil
}

// freeForSecret returns an error unless a new secret key may go to a file.
func freeForSecret(file, flag string) error {
	if err := outsideRepo(file, flag); err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return hinted(fmt.Errorf("%s is there already", file), "a secret key is never overwritten: name another file with %s", flag)
	}
	return nil
}

// newSecret makes a key pair, and writes the secret key to a file that isn't there yet; in clear if the password is empty.
func newSecret(file, pass string) (*sign.Signer, error) {
	signer, err := sign.Generate()
	if err != nil {
		return nil, err
	}
	secret, err := signer.SecretText(pass)
	if err != nil {
		return nil, fmt.Errorf("encrypt the secret key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(append(bytes.TrimRight(secret, "\n"), '\n'))
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(file)
		return nil, err
	}
	return signer, nil
}

// outsideRepo returns an error if a file would lie in the work tree of a git repo, where it is one `git add` from being public.
func outsideRepo(file, flag string) error {
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
	return hinted(fmt.Errorf("%s would lie in the git repo %s", file, repo.Name()), "keep the secret key outside: name another file with %s", flag)
}

// newPassword returns the password for a new key: MINISIGN_PASSWORD, or one that is typed twice.
func newPassword(u *ui, what string) (string, error) {
	pass, fromEnvironment := u.environmentPassword()
	if !fromEnvironment && !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", hinted(errors.New("there is no terminal to ask for a password"), "put one into %s, or make an unencrypted key with -W", passwordVariable)
	}
	for !fromEnvironment {
		var err error
		if pass, err = password(u, "Password for "+what+": "); err != nil {
			return "", err
		}
		if pass == "" {
			break
		}
		again, err := password(u, "The same again: ")
		if err != nil {
			return "", err
		}
		if again == pass {
			break
		}
		fmt.Fprintf(u.err, "  %s the two passwords differ\n", paint(u.errColour, yellow, "no:"))
	}
	if pass == "" {
		return "", hinted(errors.New("the password is empty"), "type one, or make an unencrypted key with -W")
	}
	return pass, nil
}

// loadSigners returns the secret keys in files, or the one in MINISIGN_SECRET_KEY; none where neither is given.
func loadSigners(u *ui, files []string) ([]*sign.Signer, error) {
	if len(files) == 0 && os.Getenv(secretKeyVariable) != "" {
		files = []string{""}
	}
	var signers []*sign.Signer
	for _, file := range files {
		s, err := loadSigner(u, file)
		if err != nil {
			return nil, err
		}
		signers = append(signers, s)
	}
	return signers, nil
}

// publicKeys reads public keys that the command line gives: files, or the keys themselves.
func publicKeys(list []string) ([]string, error) {
	var keys []string
	for _, text := range list {
		key, err := sign.ParsePublic([]byte(text))
		if err != nil {
			if key, err = loadPublic(text); err != nil {
				return nil, err
			}
		}
		keys = append(keys, key.String())
	}
	return keys, nil
}
