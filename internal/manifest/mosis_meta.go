package manifest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// The directory META-INF is about the package itself.
const (
	mosisMetaDir     = stamp.MetaDir
	mosisDigestsFile = stamp.DigestsFile          // made when the package is packed
	mosisSignature   = mosisMetaDir + "/CERT.SIG" // made by the author

	mosisDigestLine = 2*sha256.Size + len("  ") + len("\n") // bytes of a line, besides the path
	mosisMostKeys   = 20                                    // as in the schema
)

// Stamp implements [Stamper]: it adds META-INF/MANIFEST.MF. One that is there is made anew.
func (Mosis) Stamp(files []File, _ int64) []File { return stamp.WithDigests(files) }

// Unstamp implements [Stamper].
func (Mosis) Unstamp(files []File, _ int64) ([]File, error) { return stamp.WithoutDigests(files) }

// metaInf checks what the source has in META-INF. A MANIFEST.MF there isn't packed, and never counts as a file of the package.
func (m *mosis) metaInf(committed *File) {
	var signature *File
	for i := range m.pkg.Files {
		f := &m.pkg.Files[i]
		switch {
		case f.Path == mosisSignature:
			signature = f
		case stamp.InMeta(f.Path):
			hint := "move it elsewhere"
			if known := []string{mosisSignature, mosisDigestsFile}; wording.Nearest(f.Path, known) != "" {
				hint = wording.DidYouMean(f.Path, known)
			}
			m.file(check.Error, "mosis/meta-inf", f.Path, hint, "%s is in %s, expected nothing there but the author's signature, %s", wording.Quote(f.Path), mosisMetaDir, mosisSignature)
		}
	}
	if committed == nil && signature == nil || !m.small {
		return
	}
	digests := stamp.Digests(m.pkg.Files)
	if committed != nil && !bytes.Equal(committed.Data, digests) {
		m.add(check.Error, mosisDigestsFile, mosisDifference(committed.Data, digests), "mosis/manifest-mf", "remove the file: it is made when the package is packed",
			"the file isn't what will be packed in its place, expected a line \"<sha256>  <path>\" for each file outside of %s, in byte order of the paths", mosisMetaDir)
	}
	if signature != nil {
		m.signature(signature, digests)
	}
}

// mosisDifference returns the start of the first line that differs.
func mosisDifference(a, b []byte) strictjson.Pos {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	line, _ := check.Position(a, i)
	return strictjson.Pos{Line: line, Column: 1}
}

// signature checks the author's signature with the author's keys, as they stand beside the files. Who may change those is not for a format to say.
func (m *mosis) signature(file *File, digests []byte) {
	signature := mosisSignatureOf(file.Data)
	if signature == nil {
		m.file(check.Error, "mosis/signature", file.Path, "write the bare Ed25519 signature of "+mosisDigestsFile, "the file has %d bytes, expected a signature of 64 bytes, or the base64 of them", len(file.Data))
		return
	}
	keys := m.sidecar.Keys[:min(len(m.sidecar.Keys), mosisMostKeys)]
	if len(keys) == 0 {
		m.file(check.Notice, "mosis/signature-unchecked", file.Path, "add keys: [<the author's minisign public key>] to "+SidecarFile,
			"the signature isn't checked, since there are no keys in %s, expected the author's", SidecarFile)
		return
	}
	for _, key := range keys {
		if public, err := mosisKey(key); err == nil && ed25519.Verify(public, digests, signature) {
			return
		}
	}
	m.file(check.Error, "mosis/signature", file.Path, "sign the MANIFEST.MF that is packed, anew after every change of a file",
		"the signature isn't one of %s by a key of %s, expected one by the author", mosisDigestsFile, SidecarFile)
}

// mosisSignatureOf returns a signature, which is there as it is or in base64, or nil.
func mosisSignatureOf(data []byte) []byte {
	if len(data) == ed25519.SignatureSize {
		return data
	}
	text := string(bytes.TrimSpace(data[:min(len(data), 1000)]))
	signature, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(signature) != ed25519.SignatureSize || len(data) > 1000 {
		return nil
	}
	return signature
}

// mosisKey returns the key in a minisign public key: "Ed", a number of 8 bytes, and the key (https://jedisct1.github.io/minisign/#public-key-format).
func mosisKey(key PublicKey) (ed25519.PublicKey, error) {
	const number = 8
	data, err := base64.StdEncoding.Strict().DecodeString(string(key))
	if err != nil || len(data) != 2+number+ed25519.PublicKeySize || string(data[:2]) != "Ed" {
		return nil, fmt.Errorf("%s isn't a minisign public key", wording.Quote(string(key)))
	}
	return data[2+number:], nil
}
