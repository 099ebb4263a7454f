package main

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func keysShowCommand(u *ui) *cobra.Command {
	var repo string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show [FILE]",
		Short:   "Show what devices pin and the trust documents, or a public key",
		Example: "  regen keys show\n  regen keys show public/release.pub",
		Args: func(cmd *cobra.Command, list []string) error {
			if len(list) > 1 {
				return args(1, "at most one file")(cmd, list)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return showKey(u, args[0], asJSON)
			}
			return showKeys(u, repo, asJSON)
		},
	}
	cmd.Flags().StringVar(&repo, "repo", ".", "the git repo of the registry")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// A shownKey is a public key in the JSON output.
type shownKey struct {
	ID  string `json:"id,omitempty"`
	Key string `json:"key,omitempty"`
}

func shownKeys(keys []string) []shownKey {
	list := []shownKey{}
	for _, text := range keys {
		list = append(list, shownKey{trust.KeyID(text), text})
	}
	return list
}

func (u *ui) publicKey(key sign.PublicKey) {
	u.facts([]fact{{"key", sign.KeyID(key), ""}, {"public", key.String(), ""}, {"verify", "minisign -Vm FILE -P " + key.String(), ""}})
}

func showKey(u *ui, file string, asJSON bool) error {
	key, err := loadPublic(file)
	if err != nil {
		return err
	}
	if asJSON {
		return u.json(shownKey{sign.KeyID(key), key.String()})
	}
	u.publicKey(key)
	return nil
}

// shownQuorum is a [trust.Quorum] in the JSON output.
type shownQuorum struct {
	Version   int      `json:"version"` // whose root keys they are
	Threshold int      `json:"threshold"`
	Signed    []string `json:"signed"`  // key ids
	Missing   []string `json:"missing"` // key ids
}

// shownDocument is a version of the trust document in the JSON output.
type shownDocument struct {
	Version    int           `json:"version"`
	Registry   string        `json:"registry"`
	SHA256     string        `json:"sha256"`
	Threshold  int           `json:"threshold"`
	Root       []shownKey    `json:"root"`
	Release    []shownKey    `json:"release"`
	Revoked    []shownKey    `json:"revoked"`
	Epoch      int           `json:"epoch"`
	Floor      *wire.Floor   `json:"floor,omitempty"`
	Expires    int64         `json:"expires,omitempty"` // unix seconds
	Signatures []shownQuorum `json:"signatures"`
	Complete   bool          `json:"complete"`
}

func shownDocuments(drafts []trust.Draft) []shownDocument {
	list := []shownDocument{}
	for _, d := range drafts {
		s := shownDocument{
			Version: d.Version, Registry: d.Registry, SHA256: wire.Sum(d.Data), Threshold: d.Root.Threshold,
			Root: shownKeys(d.Root.Keys), Release: shownKeys(d.Release), Revoked: shownKeys(d.Revoked),
			Epoch: d.InEpoch(), Floor: d.Floor, Expires: d.Expires, Complete: d.Complete(),
		}
		for _, q := range d.Quorums {
			s.Signatures = append(s.Signatures, shownQuorum{q.Version, q.Threshold, append([]string{}, keyIDs(q.Signed)...), append([]string{}, keyIDs(q.Missing)...)})
		}
		list = append(list, s)
	}
	return list
}

// showKeys shows the pin and the trust documents of a repo; a registry with one key may have none.
func showKeys(u *ui, dir string, asJSON bool) error {
	k, err := openKeysRepo(dir)
	if err != nil {
		return err
	}
	defer k.close()
	drafts, err := k.drafts()
	if err != nil {
		return err
	}
	pin, err := k.pin()
	if err != nil && (len(drafts) == 0 || !errors.Is(err, fs.ErrNotExist)) {
		return err
	}
	key, isKey := pin.Key()
	if asJSON {
		out := struct {
			shownKey
			Pin       string          `json:"pin"`
			Documents []shownDocument `json:"documents"`
		}{Pin: pin.String(), Documents: shownDocuments(drafts)}
		if isKey {
			out.shownKey = shownKey{sign.KeyID(key), key.String()}
		}
		return u.json(out)
	}
	if isKey {
		u.publicKey(key)
	} else {
		u.facts([]fact{{"pin", pin.String(), ""}})
	}
	for i, d := range drafts {
		u.printf("\n")
		u.document(d)
		if i == len(drafts)-1 {
			u.signatures(d)
		}
	}
	return nil
}
