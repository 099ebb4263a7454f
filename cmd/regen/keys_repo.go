package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// keysRepo is the working directory of a registry, where its trust documents lie.
type keysRepo struct {
	work  *publish.WorkDir
	head  publish.Snapshot
	close func()
	wrote []string // paths from the top
}

// openKeysRepo opens the repo that a directory lies in.
func openKeysRepo(dir string) (*keysRepo, error) {
	work, done, err := openWorkDir(dir)
	if err != nil {
		return nil, err
	}
	head, err := work.Head()
	if err != nil {
		done()
		return nil, err
	}
	return &keysRepo{work: work, head: head, close: done}, nil
}

// file returns where a path from the top lies.
func (k *keysRepo) file(path string) string {
	return filepath.Join(k.work.Top(), filepath.FromSlash(path))
}

// read returns a trust document or a signature.
func (k *keysRepo) read(path string, limit int64) ([]byte, error) {
	return publish.Documents(k.work, k.head)(path, limit)
}

// drafts returns all versions of the trust document that lie in the repo.
func (k *keysRepo) drafts() ([]trust.Draft, error) {
	drafts, err := trust.Drafts(k.read)
	if err != nil {
		return nil, hinted(err, "take it back as it was, or remove it if it isn't published yet")
	}
	return drafts, nil
}

// newest returns the newest version, which must have all signatures that it needs: the next one is signed by its root keys.
func newest(drafts []trust.Draft) (*trust.Document, error) {
	last := drafts[len(drafts)-1]
	if !last.Complete() {
		return nil, hinted(fmt.Errorf("%s lacks signatures", wire.KeysPath(last.Version)), "sign it with `regen keys sign`; or, if it isn't published yet, remove it to make it again")
	}
	return last.Document, nil
}

// pin returns what devices pin, if minisign.pub says it.
func (k *keysRepo) pin() (trust.Pin, error) { return loadPin(k.file(publicKeyFile)) }

// registry returns the registry's id. That of a directory's name isn't taken: a trust document is bound to it for ever.
func (k *keysRepo) registry(id string) (string, error) {
	cfg, err := k.work.Config(k.head)
	if err != nil {
		return "", err
	}
	said := false
	data, err := k.work.File(k.head, publish.ConfigFile, config.MaxFile)
	if err == nil {
		dir := "a" // what the file says doesn't hang on the directory's name
		if cfg.ID == dir {
			dir = "b"
		}
		other, _ := config.Parse(publish.ConfigFile, data, dir)
		said = other.ID == cfg.ID
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	switch {
	case id == "" && !said:
		return "", hinted(fmt.Errorf("%s doesn't say the registry's id, and the keys are bound to it", publish.ConfigFile), "write `id: %s` into it, or the id that is published", cfg.ID)
	case id == "":
		return cfg.ID, nil
	case said && id != cfg.ID:
		return "", hinted(fmt.Errorf("--id is %q, and %s says %q", id, publish.ConfigFile, cfg.ID), "leave out --id")
	}
	return id, wire.CheckID(id)
}

// create writes a file that isn't there yet.
func (k *keysRepo) create(path string, data []byte) error {
	name := k.file(path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	k.wrote = append(k.wrote, path)
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// sign writes the signature of a key. One that is there is of something else, and of no use.
func (k *keysRepo) sign(t wire.Trust, data []byte, s *sign.Signer) error {
	path := wire.KeysSignaturePath(t.Version, sign.KeyID(s.Public()))
	if err := os.MkdirAll(filepath.Dir(k.file(path)), 0o755); err != nil {
		return err
	}
	k.wrote = append(k.wrote, path)
	return os.WriteFile(k.file(path), s.Sign([][]byte{data}, wire.KeysComment(t.Registry, t.Version, wire.RefOf(data))), 0o644)
}

// undo removes what was written.
func (k *keysRepo) undo() {
	for _, path := range k.wrote {
		_ = os.Remove(k.file(path))
	}
	k.wrote = nil
}

// draft writes a version of the trust document, with the signatures of those keys that are root keys of it or of the version before. before is nil for the first one. A key that is neither is
// an error. Nothing is written unless all is.
func (k *keysRepo) draft(before *trust.Document, next wire.Trust, signers []*sign.Signer) (err error) {
	data, err := wire.Encode(next)
	if err != nil {
		return err
	}
	if _, err := trust.Parse(data); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			k.undo()
		}
	}()
	for _, s := range signers {
		if err := mayRoot(before, next, s); err != nil {
			return err
		}
		if err := k.sign(next, data, s); err != nil {
			return err
		}
	}
	return k.create(wire.KeysPath(next.Version), data)
}

// mayRoot returns an error unless a key is a root key of a version or of the one before.
func mayRoot(before *trust.Document, next wire.Trust, s *sign.Signer) error {
	roots := next.Root.Keys
	if before != nil {
		roots = append(before.Root.Keys[:len(before.Root.Keys):len(before.Root.Keys)], roots...)
	}
	for _, text := range roots {
		if text == s.Public().String() {
			return nil
		}
	}
	return hinted(fmt.Errorf("the secret key %s isn't a root key of version %d or of the one before", sign.KeyID(s.Public()), next.Version),
		"the root keys are %s", strings.Join(keyIDs(roots), ", "))
}

// keyIDs returns the ids of public keys, each once.
func keyIDs(keys []string) []string {
	var list []string
	seen := make(map[string]bool)
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			list = append(list, trust.KeyID(key))
		}
	}
	return list
}
