package release

import (
	"fmt"

	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/wire"
)

// Signed is what a package's author signed.
type Signed struct {
	wire.Authorship        // as it is published
	Key             string // that signed
}

// Author holds the author's signature of a package against keys: those that the package itself registers ([manifest.KeysOf]), or those that its base had. The signature is one by one of them, of what is packed
// and the version, and names the keys that the package registers. Without keys and without a signature there is nothing to say; else one of the results is nil.
//
// The manifest has to be one that was read without an error.
func Author(p manifest.Package, m manifest.Manifest, keys []string) (*Signed, *check.Finding) {
	switch {
	case len(keys) == 0 && p.Signature == nil:
		return nil, nil
	case len(keys) == 0:
		return nil, &check.Finding{Code: "author/unregistered", Severity: check.Warning, Path: p.Dir + "/" + manifest.SignatureFile,
			Message: fmt.Sprintf("is an author's signature, and %s registers no key that it could be by, expected one", manifest.SidecarFile),
			Hint:    fmt.Sprintf("`regen keys register %s --pub FILE` registers the author's key; else remove the file", p.Dir)}
	case p.Signature == nil:
		return nil, &check.Finding{Code: "author/missing", Severity: check.Error, Path: p.Dir + "/" + manifest.SidecarFile,
			Message: fmt.Sprintf("registers the author's key, and there is no %s, expected a signature of the package by %s", manifest.SignatureFile, author.IDs(keys)),
			Hint:    signHint(p)}
	}
	statement := Statement(p, m)
	a := author.Of(statement, manifest.KeysOf(p.Sidecar), p.Signature)
	key, err := author.Signer(p.ID, m.Version, a, keys)
	if err == nil {
		err = author.Content(p.ID, m.Version, a, key, statement)
	}
	if err != nil {
		return nil, &check.Finding{Code: "author/invalid", Severity: check.Error, Path: p.Dir + "/" + manifest.SignatureFile,
			Message: fmt.Sprintf("isn't the author's signature of this package: %v (expected one by %s of the content digest %s)", err, author.IDs(keys), a.Content.SHA256),
			Hint:    signHint(p) + ", after the last change of a packed file, of the version or of the keys"}
	}
	return &Signed{Authorship: a, Key: key}, nil
}

func signHint(p manifest.Package) string {
	return fmt.Sprintf("the author signs it with `regen sign %s`", p.Dir)
}

// Statement returns what the author of a package signs. The manifest has to be one that was read without an error.
func Statement(p manifest.Package, m manifest.Manifest) []byte {
	return author.Statement(p.ID, m.Version, m.Artifact.Files)
}
