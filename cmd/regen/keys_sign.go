package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func keysSignCommand(u *ui) *cobra.Command {
	var repo, key string
	cmd := &cobra.Command{
		Use:   "sign",
		Short: "Add the signature of a root key to the newest trust document",
		Long: `sign shows the newest version of keys/<n>.json, adds the signature of one root key to it,
and says whose are missing still. Look at what changed before you commit.`,
		Example: "  regen keys sign --key /media/usb/root.key",
		Args:    args(0, "no arguments"),
		RunE:    func(*cobra.Command, []string) error { return signKeys(u, repo, key) },
	}
	cmd.Flags().StringVar(&repo, "repo", ".", "the git repo of the registry")
	cmd.Flags().StringVar(&key, "key", "", "file with the secret root key (default: the text in MINISIGN_SECRET_KEY)")
	return cmd
}

func signKeys(u *ui, repo, key string) error {
	k, err := openKeysRepo(repo)
	if err != nil {
		return err
	}
	defer k.close()
	drafts, err := k.drafts()
	if err != nil {
		return err
	}
	if len(drafts) == 0 {
		return hinted(fmt.Errorf("%s is missing: there is nothing to sign", wire.KeysPath(1)), "`regen keys rotate` makes the next version, `regen keys init` the first")
	}
	last := drafts[len(drafts)-1]
	if last.Complete() {
		u.document(last)
		u.printf("\nIt has the signatures that it needs: nothing to do.\n")
		return nil
	}
	signer, err := loadSigner(u, key)
	if err != nil {
		return err
	}
	var before *trust.Document
	if n := len(drafts); n > 1 {
		before = drafts[n-2].Document
	}
	if err := mayRoot(before, last.Trust, signer); err != nil {
		return err
	}
	text := signer.Public().String()
	if slices.ContainsFunc(last.Quorums, func(q trust.Quorum) bool { return slices.Contains(q.Signed, text) }) {
		u.document(last)
		u.signatures(last)
		return hinted(fmt.Errorf("the key %s has signed it already", sign.KeyID(signer.Public())), "another root key has to sign")
	}
	if err := k.sign(last.Trust, last.Data, signer); err != nil {
		return err
	}
	if drafts, err = k.drafts(); err != nil {
		return err
	}
	last = drafts[len(drafts)-1]
	u.document(last)
	u.signatures(last)
	u.commit(k.wrote, fmt.Sprintf("A signature of version %d of the trust document", last.Version))
	return nil
}
