package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
)

// The environment variables that hold secrets. They are taken out of the environment when they are read.
const (
	secretKeyVariable = "MINISIGN_SECRET_KEY"
	passwordVariable  = "MINISIGN_PASSWORD"
)

// loadSigner returns the secret key: the text in MINISIGN_SECRET_KEY, else the named file.
func loadSigner(u *ui, file string) (*sign.Signer, error) {
	text := []byte(os.Getenv(secretKeyVariable))
	from, what := secretKeyVariable, "the secret key"
	switch {
	case file != "":
		data, err := readFile(file, sign.MaxKeyFile)
		if err != nil {
			return nil, hinted(fmt.Errorf("read the secret key: %w", err), "name the file with --key, or put its text into "+secretKeyVariable)
		}
		text, from, what = data, file, file
	case len(text) == 0:
		return nil, hinted(errors.New("no secret key"),
			"put the text of the key file into %s, or name the file with --key; `regen keys generate` makes a pair", secretKeyVariable)
	}
	os.Unsetenv(secretKeyVariable)
	signer, err := sign.ParseSecret(text, func() (string, error) { return password(u, "Password of "+what+": ") })
	if err != nil {
		if h := (*hintError)(nil); errors.As(err, &h) || errors.Is(err, errStopped) {
			return nil, err
		}
		return nil, hinted(fmt.Errorf("%s: %w", from, err), "the secret key is a file as minisign -G or `regen keys generate` writes it; its password comes from %s or the terminal", passwordVariable)
	}
	return signer, nil
}

// environmentPassword returns MINISIGN_PASSWORD, for all keys of a run.
func (u *ui) environmentPassword() (string, bool) {
	if pass, ok := os.LookupEnv(passwordVariable); ok {
		os.Unsetenv(passwordVariable)
		u.secret = &pass
	}
	if u.secret == nil {
		return "", false
	}
	return *u.secret, true
}

// password returns MINISIGN_PASSWORD, or what is typed at the terminal.
func password(u *ui, prompt string) (string, error) {
	if pass, ok := u.environmentPassword(); ok {
		return pass, nil
	}
	stdin := int(os.Stdin.Fd())
	if !term.IsTerminal(stdin) {
		return "", hinted(errors.New("the secret key is encrypted, and there is no terminal to ask for its password"), "put the password into %s", passwordVariable)
	}
	u.clear()
	pass, err := readHidden(u, stdin, prompt)
	fmt.Fprintln(u.err)
	if err != nil && !errors.Is(err, errStopped) {
		err = fmt.Errorf("read the password: %w", err)
	}
	return pass, err
}

// readHidden asks for a line that the terminal doesn't show. Ctrl-C ends it, and the terminal shows again what is typed.
func readHidden(u *ui, stdin int, prompt string) (string, error) {
	state, err := term.GetState(stdin)
	if err != nil {
		return "", err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(stop)
	fmt.Fprint(u.err, prompt)
	type line struct {
		text []byte
		err  error
	}
	typed := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(stdin)
		typed <- line{text, err}
	}()
	select {
	case l := <-typed:
		return string(l.text), l.err
	case <-stop:
		return "", errors.Join(errStopped, term.Restore(stdin, state))
	}
}

// loadPin returns what a file pins: a public key, or the hash of a trust document.
func loadPin(file string) (trust.Pin, error) {
	data, err := readFile(file, sign.MaxKeyFile)
	if err != nil {
		return trust.Pin{}, hinted(fmt.Errorf("read the public key: %w", err), "name the file of the public key, as in --pub minisign.pub")
	}
	return parsePin(file, data)
}

func parsePin(file string, data []byte) (trust.Pin, error) {
	pin, err := trust.ParsePin(data)
	switch {
	case errors.Is(err, sign.ErrPlaceholder):
		return pin, fmt.Errorf("%s: %w", file, err)
	case err != nil:
		return pin, hinted(fmt.Errorf("%s: %w", file, err), "the file is one that minisign -G or `regen keys` writes, or one line: sha256: and the hash of a trust document")
	}
	return pin, nil
}

// loadPublic returns the public key in a file.
func loadPublic(file string) (sign.PublicKey, error) {
	data, err := readFile(file, sign.MaxKeyFile)
	if err != nil {
		return sign.PublicKey{}, hinted(fmt.Errorf("read the public key: %w", err), "name the file of the public key, as in --pub minisign.pub")
	}
	return parsePublic(file, data)
}

func parsePublic(file string, data []byte) (sign.PublicKey, error) {
	key, err := sign.ParsePublic(data)
	switch {
	case errors.Is(err, sign.ErrPlaceholder):
		return key, fmt.Errorf("%s: %w", file, err)
	case err != nil:
		return key, hinted(fmt.Errorf("%s: %w", file, err), "the file is one that minisign -G or `regen keys generate` writes")
	}
	return key, nil
}
