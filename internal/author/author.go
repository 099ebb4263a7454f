// Package author makes and checks the signatures of packages' authors.
//
// An author signs the content statement of a version: its id, the version, and the hash of every packed file as the source has it. Who checks only needs the files
// and what the metadata have. The rules:
//
//   - A signature is a prehashed minisign signature whose trusted comment has the purpose "author", binds id, version, size and hash of the content statement, and names the author's keys.
//   - One of the keys that it names made it. A key that isn't named there signs nothing.
//   - The keys are 1 to 20, in byte order, each once. A version signed by one of them may name others: so keys are rotated.
//
// It reads no files and no clock.
package author

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
)

// untrusted is the untrusted comment of an author's signature.
const untrusted = "author's signature: regen sign --print prints what is signed"

// ErrContent says that a signature is of other content.
var ErrContent = errors.New("not the content that the author signed")

// Statement returns the content statement, whose hash is the content digest. It has these lines, each ended by \n:
//
//	regen/1 content
//	id <id>
//	version <version>
//	<sha256>  <path>       one a packed source file, in byte order of the paths
//
// Paths have no control characters, so that no path can look like two lines. From the fourth line on, it is what sha256sum writes and checks.
func Statement(id, version string, files []stamp.File) []byte {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b stamp.File) int { return strings.Compare(a.Path, b.Path) })
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s content\nid %s\nversion %s\n", wire.Prefix, id, version)
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		b.WriteString(hex.EncodeToString(sum[:]))
		b.WriteString("  ")
		b.WriteString(f.Path)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Of returns what the metadata have of an author's signature, unchecked.
func Of(statement []byte, keys []string, signature []byte) wire.Authorship {
	return wire.Authorship{Keys: keys, Content: wire.RefOf(statement), Signature: string(signature)}
}

// Sign returns an author's signature of a content statement. The keys are those that it names.
func Sign(signer *sign.Signer, id, version string, statement []byte, keys []string) []byte {
	return signer.SignWith([][]byte{statement}, wire.AuthorComment(id, version, wire.RefOf(statement), keys), untrusted)
}

// Signer returns which of the keys signed what the metadata have of a version. It needs no files: that those are the signed ones is another question ([Check]).
func Signer(id, version string, a wire.Authorship, among []string) (string, error) {
	switch {
	case len(a.Keys) == 0 || len(a.Keys) > wire.MaxAuthorKeys:
		return "", fmt.Errorf("%d keys are named, expected 1 to %d", len(a.Keys), wire.MaxAuthorKeys)
	case !slices.IsSorted(a.Keys) || len(slices.Compact(slices.Clone(a.Keys))) != len(a.Keys):
		return "", errors.New("the keys aren't in byte order, each once")
	}
	for _, text := range a.Keys {
		if _, err := parse(text); err != nil {
			return "", err
		}
	}
	sig := []byte(a.Signature)
	by, err := sign.SignedBy(sig)
	if err != nil {
		return "", err
	}
	want := wire.AuthorComment(id, version, a.Content, a.Keys)
	bad := fmt.Errorf("signed by key %s, expected %s", by, IDs(among))
	for _, text := range among {
		key, err := parse(text)
		if err != nil {
			return "", err
		}
		if sign.KeyID(key) != by { // key ids are hints: several keys can have the same
			continue
		}
		comment, err := sign.Comment(key, sig)
		if err == nil && comment == want {
			return text, nil
		}
		if err == nil {
			err = difference(comment, want)
		}
		bad = err
	}
	return "", bad
}

// difference says where a trusted comment, which is authentic, isn't the one that is expected: the first member that tells.
func difference(got, want string) error {
	is, wanted := strings.Split(got, " "), strings.Split(want, " ")
	if len(is) != len(wanted) || is[0] != wanted[0] || is[1] != wanted[1] {
		return fmt.Errorf("the signature is for %.100q, expected one for %q", got, strings.Join(wanted[:2], " "))
	}
	for i := range wanted {
		name, value, _ := strings.Cut(wanted[i], "=")
		found, ok := strings.CutPrefix(is[i], name+"=")
		switch {
		case is[i] == wanted[i] || name == "size" && ok: // the hash tells more
			continue
		case name == "keys" && ok:
			found, value = IDs(strings.Split(found, ",")), IDs(strings.Split(value, ","))
		case !ok:
			found = is[i]
		}
		return fmt.Errorf("the signature's %s is %.200q, expected %q", name, found, value)
	}
	return fmt.Errorf("the signature is for %.200q, expected %q", got, want)
}

// Check returns the key that signed a version, one of those that the signature names, and an error unless it signed these very files.
func Check(id, version string, a wire.Authorship, files []stamp.File) (string, error) {
	key, err := Signer(id, version, a, a.Keys)
	if err != nil {
		return "", err
	}
	return key, Content(id, version, a, key, Statement(id, version, files))
}

// Content returns an error unless a key signed the content statement.
func Content(id, version string, a wire.Authorship, key string, statement []byte) error {
	if got := wire.RefOf(statement); got != a.Content {
		return fmt.Errorf("%w: the content digest is %s, and the signature's %s", ErrContent, got.SHA256, a.Content.SHA256)
	}
	public, err := parse(key)
	if err != nil {
		return err
	}
	if err := sign.Verify(public, [][]byte{statement}, []byte(a.Signature), wire.AuthorComment(id, version, a.Content, a.Keys)); err != nil {
		return fmt.Errorf("%w: %w", ErrContent, err)
	}
	return nil
}

// IDs returns the ids of public keys, with commas between them.
func IDs(keys []string) string {
	var ids []string
	for _, text := range keys {
		id := text
		if key, err := parse(text); err == nil {
			id = sign.KeyID(key)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

// parse reads a key as manifests and metadata have it: the base64 line alone.
func parse(text string) (sign.PublicKey, error) {
	key, err := sign.ParsePublic([]byte(text))
	if err != nil || key.String() != text {
		return sign.PublicKey{}, fmt.Errorf("%.60q isn't a minisign public key", text)
	}
	return key, nil
}
