package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func keysRevokeCommand(u *ui) *cobra.Command {
	var o keysChangeOptions
	var published, pub, floor string
	cmd := &cobra.Command{
		Use:   "revoke KEYID|KEY...",
		Short: "Make the next version of the trust document, without keys that were stolen",
		Long: `revoke makes the next version of keys/<n>.json: without the keys, which never come back.
A key is named by its id, or by its public key as a file or as text. If it is the only
release key, name the new one with --release; if it is the only root key, with --root.

The version names a floor: the last state of the registry that you vouch for. What was
published after it is undone, on devices, too; the next publish brings again what of it
your repo has. It is the state of the tree that --published names, be it the registry's
own, a mirror or a backup; or the one that --floor spells out. Check the tree first:
regen verify DIR --repo . --rebuild. If the thief has published, name an older state.`,
		Example: `  regen keys revoke 0123456789ABCDEF --release new.pub --published ./public --key /media/usb/root.key
  regen keys revoke stolen.pub --release new.pub --floor 17:204:<root hash> --key /media/usb/root.key`,
		Args: func(cmd *cobra.Command, list []string) error {
			if len(list) == 0 {
				return args(1, "at least one key")(cmd, list)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, list []string) error {
			if (published == "") == (floor == "") {
				return &usageError{hinted(errors.New("--published or --floor is missing, or both are given"), "say which state you vouch for: --published ./public, or --floor SERIAL:SIZE:ROOT")}
			}
			c, err := o.changes(cmd, time.Now())
			if err != nil {
				return err
			}
			return changeKeys(u, o, func(k *keysRepo, last *trust.Document, drafts []trust.Draft) (wire.Trust, error) {
				keys, err := stolenKeys(list, drafts)
				if err != nil {
					return wire.Trust{}, err
				}
				var f wire.Floor
				if published != "" {
					f, err = u.publishedFloor(cmd.Context(), k, last, published, pub)
				} else {
					f, err = parseFloor(floor)
				}
				if err != nil {
					return wire.Trust{}, err
				}
				next, err := trust.Revoke(last.Trust, keys, f, c)
				switch {
				case errors.Is(err, trust.ErrNoKey):
					err = hinted(err, "make a new pair with `regen keys generate`, and name its public key with --release; with --root, if the key is the only root key")
				case err != nil && last.InEpoch() > 1 && f.Size <= last.Floor.Size:
					err = hinted(err, "is %s published? if not, remove it, and revoke all keys at once", wire.KeysPath(last.Version))
				}
				if err == nil {
					u.printf("floor: serial %d, %s, root %s\nWhat was published after it is undone, and published again as far as the repo has it.\n\n", f.Serial, entries(f.Size), f.Root)
				}
				return next, err
			})
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&published, "published", "", "the tree whose state you vouch for: a directory or an address")
	cmd.Flags().StringVar(&pub, "pub", "", "file with the public key of that tree (default: minisign.pub at the top of the repo)")
	cmd.Flags().StringVar(&floor, "floor", "", "the state that you vouch for, in place of --published: serial, size and root hash of the log, as in the head")
	return cmd
}

// stolenKeys reads the keys that are to be revoked: ids of keys of any version, or public keys.
func stolenKeys(list []string, drafts []trust.Draft) ([]string, error) {
	byID := make(map[string]string)
	for _, d := range drafts {
		for _, key := range append(append([]string{}, d.Root.Keys...), d.Release...) {
			byID[trust.KeyID(key)] = key
		}
	}
	var keys []string
	for _, name := range list {
		if key, ok := byID[strings.ToUpper(name)]; ok {
			keys = append(keys, key)
			continue
		}
		if _, err := strconv.ParseUint(name, 16, 64); err == nil && len(name) == 16 {
			return nil, hinted(fmt.Errorf("no version of the trust document has a key %s", name), "`regen keys show` lists them")
		}
		named, err := publicKeys([]string{name})
		if err != nil {
			return nil, err
		}
		keys = append(keys, named...)
	}
	return keys, nil
}

// parseFloor reads a floor: serial, size and root, with colons between them.
func parseFloor(text string) (f wire.Floor, err error) {
	parts := strings.Split(text, ":")
	if len(parts) == 3 {
		f.Root = parts[2]
		if f.Serial, err = strconv.ParseInt(parts[0], 10, 64); err == nil {
			if f.Size, err = strconv.ParseInt(parts[1], 10, 64); err == nil {
				return f, nil // trust.Check looks at the rest
			}
		}
	}
	return f, &usageError{hinted(fmt.Errorf("--floor is %q, expected SERIAL:SIZE:ROOT", text), "a head says it: serial=SERIAL … log=SIZE:ROOT")}
}

// publishedFloor returns the state of a published tree.
func (u *ui) publishedFloor(ctx context.Context, k *keysRepo, last *trust.Document, place, pub string) (f wire.Floor, err error) {
	pin, err := k.pin()
	if pub != "" {
		pin, err = loadPin(pub)
	}
	if err != nil {
		return f, err
	}
	reader, err := openTree(place)
	if err != nil {
		return f, err
	}
	state, err := tree.Load(ctx, reader, pin)
	if err != nil {
		return f, fmt.Errorf("%s: %w", place, err)
	}
	s := state.Statement
	switch newest := state.Chain; {
	case state.Head == nil:
		return f, hinted(fmt.Errorf("nothing is published in %s", place), "name the directory that regen published to, its URL, or a backup of it")
	case s.Registry != last.Registry:
		return f, fmt.Errorf("%s is of registry %q, and %s of %q", place, s.Registry, wire.KeysPath(last.Version), last.Registry)
	case newest[len(newest)-1].Version > last.Version:
		return f, hinted(fmt.Errorf("%s has version %d of the trust document, and the repo %d", place, newest[len(newest)-1].Version, last.Version), "fetch the newest commits and run again")
	}
	if repo := k.work.Repo(); repo != nil {
		if _, err := repo.Resolve(state.Root.Registry.Commit); err != nil {
			u.note("%s was published from commit %.12s, which isn't in this repo: was it the thief? Then name an older state, with --published BACKUP or --floor", place, state.Root.Registry.Commit)
		}
	}
	u.note("the head in %s is signed by %s, issued %s", place, sign.KeyID(state.Key), time.Unix(s.Issued, 0).UTC().Format("2006-01-02 15:04 MST"))
	return wire.Floor{Serial: s.Serial, Size: s.LogSize, Root: s.LogRoot}, nil
}
