package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/scaffold"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wording"
)

type initOptions struct {
	id, name, format, owner, repository, key string
	unencrypted, check                       bool
}

func initCommand(u *ui) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Begin a registry: a repo with all that one needs",
		Long: `init makes the repo of a new registry in a new or empty directory: its configuration, a
key, the workflows that look at pull requests and publish, forms, texts for people, what
editors need, and a package to begin with. In a repo that is there already it writes what
is missing. It never overwrites anything, and run a second time it does nothing.

The secret key goes to a file outside the repo, encrypted with MINISIGN_PASSWORD or a
password that is asked for. On a terminal, init asks for what no flag says.

With --check it writes nothing, and says which files of a repo have drifted from what it
would write. Those that people are meant to edit need only be there.`,
		Example: "  regen init my-registry\n  regen init my-registry --format vito --owner octocat --repository octocat/my-registry\n  regen init .           # what a repo still lacks\n  regen init --check",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 0 && !o.check {
				return &usageError{hinted(fmt.Errorf("%s takes one directory, found %d arguments", cmd.CommandPath(), len(args)), "usage: %s", cmd.UseLine())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.check {
				for _, name := range []string{"id", "name", "format", "owner", "repository", "key", "no-password"} {
					if cmd.Flags().Changed(name) {
						return &usageError{hinted(fmt.Errorf("--%s is of no use with --check", name), "what the files hang on is read from the repo")}
					}
				}
				return checkInit(cmd.Context(), u, append(args, ".")[0])
			}
			return runInit(cmd.Context(), u, o, args[0])
		},
	}
	cmd.Flags().StringVar(&o.id, "id", "", "the registry's id, which never changes (default: made of the directory's name)")
	cmd.Flags().StringVar(&o.name, "name", "", "what people are shown as its name (default: made of the id)")
	cmd.Flags().StringVar(&o.format, "format", "", "the only format that it takes: "+wording.List(manifest.Names())+" (default: all)")
	cmd.Flags().StringVar(&o.owner, "owner", "", "handle on GitHub of who runs it (default: git's github.user)")
	cmd.Flags().StringVar(&o.repository, "repository", "", "owner/name on GitHub, whose Pages will serve it")
	cmd.Flags().StringVar(&o.key, "key", "", "file for the secret key (default: ~/.minisign/minisign.key)")
	cmd.Flags().BoolVarP(&o.unencrypted, "no-password", "W", false, "don't encrypt the secret key")
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing, and say which files have drifted")
	return cmd
}

func runInit(ctx context.Context, u *ui, o initOptions, dir string) error {
	n, err := openRegistry(ctx, dir)
	if err != nil {
		return err
	}
	if err := n.take(o); err != nil {
		return &usageError{err}
	}
	if n.nothing() {
		u.printf("%s has all that a registry needs: nothing was written\n", dir)
		return nil
	}
	if err := n.placeKey(o); err != nil {
		return err
	}
	if u.terminal && term.IsTerminal(int(os.Stdin.Fd())) {
		if err := n.ask(ask{ctx: ctx, lines: lines(os.Stdin), out: u.err, paint: func(colour, text string) string { return paint(u.errColour, colour, text) }}, o); err != nil {
			return err
		}
	}
	if err := n.askPassword(u, o); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errStopped
	}
	if err := n.write(u, o); err != nil {
		return err
	}
	n.told(u, o)
	return nil
}

// placeKey looks whether the key can go where it is to go, before anything is asked.
func (n *initRepo) placeKey(o initOptions) error {
	if !n.needsKey {
		return nil
	}
	n.key = o.key
	if err := secretHome(&n.key, "minisign.key", "--key"); err != nil {
		return err
	}
	if err := freeForSecret(n.key, "--key"); err != nil {
		return err
	}
	if abs, err := filepath.Abs(n.key); err == nil {
		n.key = abs // what is printed is for another directory
	}
	if inside, err := liesIn(n.key, n.top); err != nil || inside {
		return hinted(errors.Join(err, fmt.Errorf("%s would lie in the registry's repo", n.key)), "keep the secret key outside: name another file with --key")
	}
	return nil
}

// askPassword asks for the key's password, before anything is written.
func (n *initRepo) askPassword(u *ui, o initOptions) error {
	if !n.needsKey || o.unencrypted {
		return nil
	}
	pass, err := newPassword(u, "the secret key")
	if err == nil {
		u.secret = &pass // it is asked for once
		if u.terminal {
			fmt.Fprintln(u.err)
		}
	}
	return err
}

// write makes the repo, the key, the files and the package, in this order: a run that is cut off is completed by another one.
func (n *initRepo) write(u *ui, o initOptions) error {
	if err := os.MkdirAll(n.top, 0o777); err != nil {
		return err
	}
	if !n.exists {
		cmd := exec.CommandContext(n.ctx, "git", "-c", "init.defaultBranch=main", "init", "--quiet", n.top)
		if out, err := cmd.CombinedOutput(); err != nil {
			return hinted(fmt.Errorf("git init: %w %s", err, strings.TrimSpace(string(out))), "is git installed? `git --version` tells")
		}
	}
	if n.needsKey {
		k, err := openKeysRepo(n.top)
		if err != nil {
			return err
		}
		defer k.close()
		keys, err := createKeys(u, k, n.params.ID, keysInitOptions{key: n.key, unencrypted: o.unencrypted})
		if err != nil {
			return err
		}
		n.keyID = sign.KeyID(keys[len(keys)-1].signer.Public())
		n.wrote = append(k.wrote, publicKeyFile)
	}
	root, err := os.OpenRoot(n.top)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range n.missing {
		if err := create(root, f); err != nil {
			return err
		}
		n.wrote = append(n.wrote, f.Path)
	}
	if n.needsPackage {
		n.begin()
	}
	return nil
}

// create writes a file that isn't there yet, and nowhere outside of the repo.
func create(root *os.Root, f scaffold.File) error {
	name := filepath.FromSlash(f.Path)
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Data)
	return errors.Join(err, file.Close())
}

// begin makes a package to begin with. A registry that takes none of it does without.
func (n *initRepo) begin() {
	err := func() error {
		work, done, err := openWorkDir(n.top)
		if err != nil {
			return err
		}
		defer done()
		head, err := work.Head()
		if err != nil {
			return err
		}
		cfg, err := work.Config(head)
		if err != nil {
			return err
		}
		p := &newPackage{ctx: n.ctx, work: work, cfg: cfg}
		p.signedBy(n.ctx)
		p.Owner = n.params.Maintainer
		p.Format = n.starter
		name := "hello"
		if n.starter == "mosis" {
			name = "org.example.hello"
		}
		if err := p.setDir(""); err != nil {
			return err
		}
		if err := p.setName(name); err != nil {
			return err
		}
		files, err := starter.Files(p.Package)
		if err != nil {
			return err
		}
		if err := writePackage(n.ctx, work.Top(), p.dir, p.ID, files); err != nil {
			return err
		}
		n.madePackage = n.params.Dir() + "/" + p.ID
		for _, f := range files {
			n.wrote = append(n.wrote, n.madePackage+"/"+f.Path)
		}
		return nil
	}()
	n.packageErr = err
}

// takes reports whether a file is among those that are to be written.
func (n *initRepo) takes(path string) bool {
	return slices.ContainsFunc(n.missing, func(f scaffold.File) bool { return f.Path == path })
}
