// Package sign makes and checks minisign signatures, in the one kind that a registry uses.
//
// The rules that it enforces:
//
//   - Signatures are prehashed (algorithm "ED"). The legacy kind is refused, made or checked.
//   - The trusted comment says what was signed; nothing in a signature depends on the clock, unless the comment does.
//   - A signature has one spelling: four lines, as stock minisign writes them. Only the untrusted comment is free.
//   - A secret key is tried out when it is loaded: one whose halves don't match would leak itself by signing.
//   - No error holds any part of a secret key or a password.
package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"aead.dev/minisign"
)

// PublicKey is a minisign public key.
type PublicKey = minisign.PublicKey

// Bounds of what is read: key files and signatures have a few hundred bytes.
const (
	MaxKeyFile   = 4 << 10  // bytes
	MaxSignature = 16 << 10 // bytes
)

// untrusted is the untrusted comment of every signature. It is constant, since a signature is part of the
// published tree, where the same commits give the same bytes.
const untrusted = "verify with: minisign -V -p release.pub"

// ErrPlaceholder says that a public key file still holds the placeholder that a new registry has.
var ErrPlaceholder = errors.New("the public key is still a placeholder")

// ErrLegacy says that a signature isn't prehashed.
var ErrLegacy = errors.New("a legacy signature (Ed), expected a prehashed one (ED)")

// placeholder is how the comment line of a placeholder starts.
const placeholder = "untrusted comment: placeholder"

// ParsePublic reads a public key: the two lines of a .pub file, or the base64 line alone.
func ParsePublic(text []byte) (PublicKey, error) {
	var key PublicKey
	if len(text) > MaxKeyFile {
		return key, fmt.Errorf("the public key has %d bytes, expected two short lines", len(text))
	}
	if bytes.HasPrefix(text, []byte(placeholder)) {
		return key, ErrPlaceholder
	}
	text = bytes.TrimSpace(text)
	line := text
	if first, second, found := bytes.Cut(text, []byte("\n")); found && bytes.HasPrefix(first, []byte("untrusted comment: ")) {
		line = second
	}
	// One spelling of the key, and nothing behind it.
	if err := key.UnmarshalText(text); err != nil || key.String() != string(line) {
		return PublicKey{}, errors.New("not a minisign public key, expected a comment line and a base64 line of 56 characters")
	}
	return key, nil
}

// PublicText returns the two lines of a .pub file, as stock minisign writes it.
func PublicText(key PublicKey) []byte {
	return fmt.Appendf(nil, "untrusted comment: minisign public key %s\n%s\n", KeyID(key), key)
}

// KeyID returns the id of a key: 16 upper-case hex digits. Ids are hints, not proofs.
func KeyID(key PublicKey) string { return fmt.Sprintf("%016X", key.ID()) }

// A Signer signs with a secret key. It is safe for concurrent use.
type Signer struct {
	key minisign.PrivateKey
	pub PublicKey
}

// ParseSecret reads a secret key file, as stock minisign writes it, encrypted or not (minisign -W). It calls password only for an encrypted
// one. Decrypting takes about a second and a gigabyte of memory, as minisign wants it.
func ParseSecret(text []byte, password func() (string, error)) (*Signer, error) {
	malformed := errors.New("not a minisign secret key, expected a comment line and a base64 line of 212 characters")
	text = bytes.TrimSpace(text)
	if len(text) > MaxKeyFile {
		return nil, malformed
	}
	var key minisign.PrivateKey
	if minisign.IsEncrypted(text) {
		pass, err := password()
		if err != nil {
			return nil, err
		}
		if key, err = minisign.DecryptKey(pass, text); err != nil {
			return nil, errors.New("the password doesn't open the secret key, or the key is damaged")
		}
	} else if err := key.UnmarshalText(text); err != nil {
		return nil, malformed
	}
	pub, ok := key.Public().(PublicKey)
	if !ok {
		return nil, malformed
	}
	s := &Signer{key: key, pub: pub}
	if err := Verify(pub, nil, s.Sign(nil, "regen/1 trial"), "regen/1 trial"); err != nil {
		return nil, errors.New("the secret key is damaged: its two halves don't belong together")
	}
	return s, nil
}

// Generate makes a new key pair from the operating system's randomness.
func Generate() (*Signer, error) {
	pub, key, err := minisign.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("generate a key: %w", err)
	}
	return &Signer{key: key, pub: pub}, nil
}

// SecretText returns the secret key in minisign's own format, encrypted unless the password is empty.
func (s *Signer) SecretText(password string) ([]byte, error) {
	if password == "" {
		return s.key.MarshalText()
	}
	return minisign.EncryptKey(password, s.key)
}

// Public returns the public half.
func (s *Signer) Public() PublicKey { return s.pub }

// Sign returns a signature over the segments, one after the other, with the trusted comment.
func (s *Signer) Sign(segments [][]byte, comment string) []byte {
	return s.SignWith(segments, comment, untrusted)
}

// SignWith is [Signer.Sign] for what isn't in the published tree, with an untrusted comment of its own.
func (s *Signer) SignWith(segments [][]byte, comment, untrusted string) []byte {
	return hash(segments).SignWithComments(s.key, comment, untrusted)
}

// hash returns a reader that has read, and so hashed, all segments. Each one is handed over in one piece.
func hash(segments [][]byte) *minisign.Reader {
	r := minisign.NewReader(inPlace{})
	for _, segment := range segments {
		_, _ = r.Read(segment) // inPlace.Read leaves the bytes as they are, and never fails
	}
	return r
}

// inPlace makes minisign.Reader hash slices that are in memory already, without a copy: its Read "fills" a
// buffer with what the buffer holds.
type inPlace struct{}

func (inPlace) Read(b []byte) (int, error) { return len(b), nil }

// Verify returns an error unless sig is a signature of the message by the key with exactly this trusted comment.
func Verify(key PublicKey, segments [][]byte, sig []byte, comment string) error {
	got, err := Comment(key, sig)
	if err != nil {
		return err
	}
	if got != comment {
		return fmt.Errorf("the signature is for %q, expected %q", got, comment)
	}
	if !hash(segments).Verify(key, sig) {
		return errors.New("the signature doesn't match the content")
	}
	return nil
}

// VerifyReader is [Verify] for a message that doesn't fit into memory.
func VerifyReader(key PublicKey, message io.Reader, sig []byte, comment string) error {
	got, err := Comment(key, sig)
	if err != nil {
		return err
	}
	if got != comment {
		return fmt.Errorf("the signature is for %q, expected %q", got, comment)
	}
	r := minisign.NewReader(message)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if !r.Verify(key, sig) {
		return errors.New("the signature doesn't match the content")
	}
	return nil
}

// Comment returns the trusted comment of a signature by the key. It is authentic: minisign signs it together with the
// signature of the file. That the file is the signed one is another question ([Verify]).
func Comment(key PublicKey, sig []byte) (string, error) {
	s, err := parse(sig)
	if err != nil {
		return "", err
	}
	if s.KeyID != key.ID() {
		return "", fmt.Errorf("signed by key %016X, expected %s", s.KeyID, KeyID(key))
	}
	raw, err := base64.StdEncoding.DecodeString(key.String())
	if err != nil {
		return "", err
	}
	point := ed25519.PublicKey(raw[len(raw)-ed25519.PublicKeySize:])
	if !ed25519.Verify(point, append(s.Signature[:], s.TrustedComment...), s.CommentSignature[:]) {
		return "", errors.New("the signature isn't by the key: its trusted comment doesn't verify")
	}
	return s.TrustedComment, nil
}

// SignedBy returns the id of the key that a signature claims to be by.
func SignedBy(sig []byte) (string, error) {
	s, err := parse(sig)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%016X", s.KeyID), nil
}

func parse(sig []byte) (minisign.Signature, error) {
	var s minisign.Signature
	if len(sig) > MaxSignature {
		return s, fmt.Errorf("the signature has %d bytes, expected at most %d", len(sig), MaxSignature)
	}
	if err := s.UnmarshalText(sig); err != nil {
		return s, errors.New("not a minisign signature")
	}
	if s.Algorithm != minisign.HashEdDSA {
		return s, ErrLegacy
	}
	// One spelling: nothing behind the last line, no other line ends, no other base64.
	if again, err := s.MarshalText(); err != nil || !bytes.Equal(again, sig) || strings.ContainsAny(s.TrustedComment, "\r\n") {
		return s, errors.New("not a minisign signature as minisign writes it")
	}
	return s, nil
}

// StoredComment returns the trusted comment of a signature without checking whose it is: for one that was checked before it was stored.
func StoredComment(sig []byte) (string, error) {
	s, err := parse(sig)
	return s.TrustedComment, err
}
