package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
)

type keysInitOptions struct {
	repo, id, key, rootKey string
	offline, unencrypted   bool
}

func keysInitCommand(u *ui) *cobra.Command {
	var o keysInitOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make the keys of a new registry, and version 1 of its trust document",
		Long: `init makes the keys of a registry that nothing was published of yet, and keys/1.json,
which says what they may sign.

By default it is one key for everything. With --offline-root there are two: a root key
that is kept offline and signs nothing but who may publish, and a release key for CI.
If the release key is stolen, the root key replaces it, and no device has to be touched.

minisign.pub is what devices pin: the root key. Secret keys go to files outside any git
repo, encrypted with MINISIGN_PASSWORD or passwords that are asked for. Nothing is
overwritten.`,
		Example: "  regen keys init\n  regen keys init --offline-root --root-key /media/usb/root.key --key ~/.minisign/release.key",
		Args:    args(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if o.rootKey != "" && !o.offline {
				return &usageError{hinted(errors.New("--root-key is for --offline-root"), "name the one key with --key, or make two keys with --offline-root")}
			}
			return initKeys(u, o)
		},
	}
	cmd.Flags().StringVar(&o.repo, "repo", ".", "the git repo of the registry")
	cmd.Flags().StringVar(&o.id, "id", "", "the registry's id (default: the one in registry.yaml)")
	cmd.Flags().StringVar(&o.key, "key", "", "file for the secret key, or for that of the release key (default: ~/.minisign/minisign.key)")
	cmd.Flags().BoolVar(&o.offline, "offline-root", false, "make a root key besides, which is kept offline")
	cmd.Flags().StringVar(&o.rootKey, "root-key", "", "file for the secret root key (default: ~/.minisign/root.key)")
	cmd.Flags().BoolVarP(&o.unencrypted, "no-password", "W", false, "don't encrypt the secret keys")
	return cmd
}

// newKey is a key that init makes.
type newKey struct {
	name, file, flag, pass string
	signer                 *sign.Signer
}

func initKeys(u *ui, o keysInitOptions) error {
	k, err := openKeysRepo(o.repo)
	if err != nil {
		return err
	}
	defer k.close()
	id, err := k.registry(o.id)
	if err != nil {
		return err
	}
	keys, err := createKeys(u, k, id, o)
	if err != nil {
		return err
	}
	return u.madeKeys(k, keys, o)
}

// createKeys makes the keys of a registry, version 1 of its trust document, and minisign.pub; all of it or nothing. The release key is the last one.
func createKeys(u *ui, k *keysRepo, id string, o keysInitOptions) (_ []*newKey, err error) {
	if _, err := os.Lstat(k.file(wire.KeysPath(1))); err == nil {
		return nil, hinted(fmt.Errorf("%s is there already", wire.KeysPath(1)), "`regen keys rotate` makes the next version")
	}
	if err := freeForPublic(k.file(publicKeyFile), "the registry has a key, and devices pin it: go on from it with `regen keys rotate`"); err != nil {
		return nil, err
	}
	release := &newKey{name: "release key", file: o.key, flag: "--key"}
	if err := secretHome(&release.file, "minisign.key", release.flag); err != nil {
		return nil, err
	}
	keys, root := []*newKey{release}, release
	if o.offline {
		root = &newKey{name: "root key", file: o.rootKey, flag: "--root-key"}
		if err := secretHome(&root.file, "root.key", root.flag); err != nil {
			return nil, err
		}
		keys = []*newKey{root, release}
	} else {
		release.name = "key"
	}
	if err := makeKeys(u, keys, o.unencrypted); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			k.undo()
			removeKeys(keys) // they are of no use, and would be in the way of the next try
		}
	}()
	doc := wire.SingleKey(id, root.signer.Public().String())
	doc.Release = []string{release.signer.Public().String()}
	if err := k.draft(nil, doc, []*sign.Signer{root.signer}); err != nil {
		return nil, err
	}
	if err := os.WriteFile(k.file(publicKeyFile), sign.PublicText(root.signer.Public()), 0o644); err != nil {
		return nil, err
	}
	return keys, nil
}

// makeKeys makes all of some keys, or none.
func makeKeys(u *ui, keys []*newKey, unencrypted bool) error {
	for i, key := range keys {
		if err := freeForSecret(key.file, key.flag); err != nil {
			return err
		}
		if i > 0 && key.file == keys[0].file {
			return hinted(fmt.Errorf("both secret keys would go to %s", key.file), "name two files with --root-key and --key")
		}
	}
	for _, key := range keys {
		if unencrypted {
			break
		}
		var err error
		if key.pass, err = newPassword(u, "the "+key.name); err != nil {
			return err
		}
	}
	for _, key := range keys {
		var err error
		if key.signer, err = newSecret(key.file, key.pass); err != nil {
			removeKeys(keys)
			return err
		}
	}
	return nil
}

// removeKeys removes the files of keys that were made.
func removeKeys(keys []*newKey) {
	for _, key := range keys {
		if key.signer != nil {
			_ = os.Remove(key.file)
		}
	}
}

// madeKeys says what to commit and what to keep where.
func (u *ui) madeKeys(k *keysRepo, keys []*newKey, o keysInitOptions) error {
	data, err := k.read(wire.KeysPath(1), 1<<16)
	if err != nil {
		return err
	}
	var list []fact
	for _, key := range keys {
		list = append(list, fact{key.name, sign.KeyID(key.signer.Public()) + "  " + key.file, ""})
	}
	u.facts(list)
	u.commit(append(k.wrote, publicKeyFile), "The registry's keys")
	u.printf("\nDevices pin the key in %s; or, as well, the first version of the trust document:\n\n  sha256:%s\n", publicKeyFile, wire.Sum(data))
	release := keys[len(keys)-1]
	if o.offline {
		u.printf("\nTake %s off this machine: onto two sticks or onto paper, in two places, and never into CI.\nIt signs who may publish, and nothing else. Without it, a stolen release key can't be replaced.\n", keys[0].file)
		u.printf("\nThe release key signs what is published. ")
	} else {
		u.printf("\nKeep %s safe and in two places: whoever has it can publish, and nobody can without it.\nIf it is stolen, new devices have to pin another key: `regen keys init --offline-root` is for that.\n\n", release.file)
	}
	u.ciSecret(release.file, !o.unencrypted)
	return nil
}
