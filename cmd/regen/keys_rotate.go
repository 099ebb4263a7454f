package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// keysChangeOptions are what rotate and revoke have in common.
type keysChangeOptions struct {
	repo, id            string
	root, release, keys []string
	threshold           int
	expires             string
}

func (o *keysChangeOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.repo, "repo", ".", "the git repo of the registry")
	f.StringVar(&o.id, "id", "", "the registry's id, where the repo has no keys/ yet (default: the one in registry.yaml)")
	f.StringArrayVar(&o.release, "release", nil, "a release key, as a file or as text; once for each, all others go")
	f.StringArrayVar(&o.root, "root", nil, "a root key, in the same way")
	f.IntVar(&o.threshold, "threshold", 0, "how many root keys have to sign")
	f.StringVar(&o.expires, "expires", "", "day from which on the version counts no more, as in 2030-12-31, or none")
	f.StringArrayVar(&o.keys, "key", nil, "file with a secret root key that signs now; several may (default: the text in MINISIGN_SECRET_KEY, if there is one)")
}

// changes reads the flags.
func (o *keysChangeOptions) changes(cmd *cobra.Command, now time.Time) (c trust.Changes, err error) {
	if c.Root, err = publicKeys(o.root); err != nil {
		return c, err
	}
	if c.Release, err = publicKeys(o.release); err != nil {
		return c, err
	}
	if cmd.Flags().Changed("threshold") {
		c.Threshold = &o.threshold
	}
	switch o.expires {
	case "":
	case "none":
		c.Expires = new(int64)
	default:
		day, err := time.Parse("2006-01-02", o.expires)
		if err != nil || !day.After(now) {
			return c, &usageError{fmt.Errorf("--expires is %q, expected a day to come, as in 2030-12-31, or none", o.expires)}
		}
		seconds := day.Unix()
		c.Expires = &seconds
	}
	return c, nil
}

func keysRotateCommand(u *ui) *cobra.Command {
	var o keysChangeOptions
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make the next version of the trust document, with other keys",
		Long: `rotate makes the next version of keys/<n>.json: with other release keys, other root keys
or another threshold. It is signed by the keys that --key names, and says whose
signatures are missing: enough of the root keys before, and enough of its own.
Devices take it up by themselves. A new pair is made by regen keys generate.

A key that was stolen isn't rotated but revoked: see regen keys revoke.

In a registry with one key, whose repo has no keys/ yet, the first rotation writes
keys/1.json as it is published, too.`,
		Example: `  regen keys rotate --release new.pub --key /media/usb/root.key
  regen keys rotate --root a.pub --root b.pub --root c.pub --threshold 2 --key a.key --key b.key`,
		Args: args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := o.changes(cmd, time.Now())
			if err != nil {
				return err
			}
			return changeKeys(u, o, func(_ *keysRepo, last *trust.Document, _ []trust.Draft) (wire.Trust, error) {
				next, err := trust.Rotate(last.Trust, c)
				if errors.Is(err, trust.ErrUnchanged) {
					err = hinted(err, "name what is to change: --release, --root, --threshold or --expires")
				}
				return next, err
			})
		},
	}
	o.flags(cmd)
	return cmd
}

// changeKeys makes the next version of the trust document, and signs it.
func changeKeys(u *ui, o keysChangeOptions, change func(k *keysRepo, last *trust.Document, drafts []trust.Draft) (wire.Trust, error)) (err error) {
	k, err := openKeysRepo(o.repo)
	if err != nil {
		return err
	}
	defer k.close()
	drafts, err := k.drafts()
	if err != nil {
		return err
	}
	signers, err := loadSigners(u, o.keys)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			k.undo()
		}
	}()
	if len(drafts) == 0 {
		if err := k.first(o.id, signers); err != nil {
			return err
		}
		if drafts, err = k.drafts(); err != nil {
			return err
		}
	}
	last, err := newest(drafts)
	if err != nil {
		return err
	}
	next, err := change(k, last, drafts)
	if err != nil {
		return err
	}
	if err := k.draft(last, next, signers); err != nil {
		return err
	}
	if drafts, err = k.drafts(); err != nil {
		return err
	}
	made := drafts[len(drafts)-1]
	u.document(made)
	u.signatures(made)
	u.commit(k.wrote, fmt.Sprintf("Version %d of the trust document", next.Version))
	if made.Complete() {
		u.printf("\nThe next `regen publish` takes it up.\n")
	}
	if !slices.Equal(last.Release, next.Release) {
		u.printf("From then on, one of these keys publishes, and no other: %s. If it is new in CI, store it there before you merge.\n", strings.Join(keyIDs(next.Release), ", "))
	}
	return nil
}

// first writes version 1 of the trust document of a registry with one key, as `regen publish` makes it where the repo has none.
func (k *keysRepo) first(id string, signers []*sign.Signer) error {
	pin, err := k.pin()
	if err != nil {
		return err
	}
	pinned, isKey := pin.Key()
	if !isKey {
		return hinted(fmt.Errorf("%s is missing, and %s pins the hash of a version", wire.KeysPath(1), publicKeyFile), "fetch the keys of the registry: they are in its repo, and in what it publishes")
	}
	i := slices.IndexFunc(signers, func(s *sign.Signer) bool { return s.Public().Equal(pinned) })
	if i < 0 {
		return hinted(errors.New("the repo has no keys/ yet: the registry has one key, and it has to sign"), "name the secret key %s with --key", sign.KeyID(pinned))
	}
	if id, err = k.registry(id); err != nil {
		return err
	}
	return k.draft(nil, wire.SingleKey(id, pinned.String()), signers[i:i+1])
}
